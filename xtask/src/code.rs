//! What the pages are compared with: the source of the clients, their types, and the sandbox.

use std::collections::BTreeMap;
use std::path::Path;

use crate::crates::CRATES;
use crate::error::Result;
use crate::page::Vendor;
use crate::problem::Problem;
use crate::responses::{self, Responses};
use crate::sources::{self, Literals, Sources};
use crate::{aliases, crates, docs, service, tables};

/// The code of one vendor.
pub(crate) struct Code {
    client: Sources,
    sandbox: Literals,
    responses: Responses,
}

/// The code of each vendor, by its name.
pub(crate) type Codes = BTreeMap<&'static str, Code>;

/// Reads the code of every vendor that has a crate.
pub(crate) fn load(root: &Path) -> Result<Codes> {
    let mut responses = responses::observe()?;
    let code = |name| {
        let code = Code {
            client: sources::load(root, &format!("crates/{name}/src"))?,
            sandbox: sources::sandbox(root, name)?,
            responses: responses.remove(name).unwrap_or_default(),
        };
        Ok((name, code))
    };
    CRATES.iter().map(|known| known.name).map(code).collect()
}

/// Everything in which a vendor's pages and its code disagree.
///
/// What is derived from the pages is not looked at: whoever refreshes it still has to get a
/// problem.
pub(crate) fn compare(vendor: &Vendor, codes: &Codes) -> Vec<Problem> {
    let Some(code) = codes.get(vendor.name.as_str()) else {
        let message = "the pages are compared with no crate: there is none in xtask/src/crates.rs";
        return vec![Problem::new(&format!("docs/{}", vendor.name), 0, message)];
    };
    let operations = crates::operations(&vendor.name).unwrap_or_default();
    let mut problems = docs::compare(vendor, &code.client);
    problems.extend(aliases::compare(vendor, &code.client));
    let literals = &code.client.literals;
    problems.extend(service::compare(vendor, literals, &code.sandbox));
    problems.extend(responses::compare(vendor, &code.responses));
    let spellings = code.client.spellings();
    problems.extend(tables::compare(vendor, &operations, &spellings));
    problems
}
