//! `cargo xtask check`: everything that the pages say, compared with everything that follows.

use std::path::Path;

use crate::finding::{Finding, sorted};
use crate::outputs::Outputs;
use crate::page::Vendor;
use crate::{contract, fixtures, ledger, openapi, tables, vendor};

/// Makes files of the pages, with what stands in the way.
pub(crate) type Generator = fn(&Path, &[Vendor]) -> (Outputs, Vec<Finding>);

/// What makes the files that are derived from the pages.
const GENERATORS: [Generator; 3] = [fixtures::generate, contract::generate, openapi::generate];

/// Reads the pages of all vendors, with everything that is wrong in them.
pub(crate) fn load(root: &Path) -> Result<(Vec<Vendor>, Vec<Finding>), String> {
    let mut vendors = Vec::new();
    let mut findings = Vec::new();
    for name in vendor::names(root)? {
        let (vendor, found) = vendor::load(root, &name)?;
        vendors.push(vendor);
        findings.extend(found);
    }
    Ok((vendors, findings))
}

/// Runs every comparison, and writes nothing.
pub(crate) fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let (vendors, mut findings) = load(root)?;
    for generate in GENERATORS {
        let (outputs, found) = generate(root, &vendors);
        findings.extend(found);
        findings.extend(outputs.check(root));
    }
    findings.extend(tables::check(&vendors));
    findings.extend(ledger::check(root, &vendors)?);
    Ok(sorted(findings))
}

/// Writes everything that is derived from the pages.
///
/// Nothing is written if a page has a problem.
pub(crate) fn write(root: &Path) -> Result<Vec<Finding>, String> {
    let (vendors, mut findings) = load(root)?;
    let mut all = Vec::new();
    for generate in GENERATORS {
        let (outputs, found) = generate(root, &vendors);
        findings.extend(found);
        all.push(outputs);
    }
    if !findings.is_empty() {
        return Ok(sorted(findings));
    }
    for line in all.iter().map(|outputs| outputs.write(root)) {
        line?.iter().for_each(|line| crate::say(line));
    }
    ledger::write(root, &vendors)?;
    Ok(Vec::new())
}

/// Writes the ledger, or with `only_check` compares it.
pub(crate) fn ledger(root: &Path, only_check: bool) -> Result<Vec<Finding>, String> {
    let (vendors, mut findings) = load(root)?;
    if only_check {
        findings.extend(ledger::check(root, &vendors)?);
    } else if findings.is_empty() {
        ledger::write(root, &vendors)?;
    }
    Ok(sorted(findings))
}

/// Compares the field tables with the types alone.
pub(crate) fn tables(root: &Path) -> Result<Vec<Finding>, String> {
    let (vendors, mut findings) = load(root)?;
    findings.extend(tables::check(&vendors));
    Ok(sorted(findings))
}

/// Runs one generator: writes its files, or with `only_check` compares them.
///
/// Nothing is written from pages that have something wrong in them.
pub(crate) fn generate(
    root: &Path,
    generator: Generator,
    only_check: bool,
) -> Result<Vec<Finding>, String> {
    let (vendors, mut findings) = load(root)?;
    let (outputs, found) = generator(root, &vendors);
    findings.extend(found);
    if only_check {
        findings.extend(outputs.check(root));
    } else if findings.is_empty() {
        for line in outputs.write(root)? {
            crate::say(&line);
        }
    }
    Ok(sorted(findings))
}
