//! The crates whose types are in a client's interface, as its README lists them.
//!
//! A program that depends on the client and on tokio alone builds the README's example
//! (`cargo xtask package`). Here the list itself is compared: with what the crate re-exports, and with
//! the public dependencies that `VERSIONS.md` promises something about.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::{Item, UseTree, Visibility};

use crate::error::{Error, Result};
use crate::markdown::{Content, blocks};
use crate::page::Vendor;
use crate::problem::Problem;

const HEADING: &str = "Other crates in its interface";
const VERSIONS: &str = "VERSIONS.md";

/// The core's own re-export, which the clients pass on.
const PASSED_ON: &str = "reqwest";

/// Everything in which the lists differ from the crates, and from `VERSIONS.md`.
pub(crate) fn check(root: &Path, vendors: &[Vendor]) -> Result<Vec<Problem>> {
    let read = |path: &str| fs::read_to_string(root.join(path)).map_err(Error::file(path));
    let promised = listed(&read(VERSIONS)?, "Public dependencies");
    let mut problems = Vec::new();
    for vendor in vendors {
        let readme = format!("crates/{}/README.md", vendor.name);
        let source = format!("crates/{}/src/lib.rs", vendor.name);
        let listed = listed(&read(&readme)?, HEADING);
        let reexported = reexported(&source, &read(&source)?)?;
        let mut report = |name: &String, message: &str| {
            let message = format!("\"{HEADING}\": `{name}` {message}");
            problems.push(Problem::new(&readme, 0, message));
        };
        for name in reexported.difference(&listed) {
            report(name, "is re-exported by the crate and not listed");
        }
        for name in listed.difference(&promised) {
            report(name, "is no public dependency of VERSIONS.md");
        }
    }
    Ok(problems)
}

/// The names of crates in the first column of the table below a heading.
fn listed(text: &str, heading: &str) -> BTreeSet<String> {
    let blocks = blocks(text);
    let below = blocks
        .iter()
        .skip_while(|block| !is_heading(&block.content, heading));
    let table = below.skip(1).find_map(|block| match &block.content {
        Content::Table(table) => Some(table),
        _ => None,
    });
    let rows = table.into_iter().flat_map(|table| &table.rows);
    let names = rows.filter_map(|row| row.cells.first());
    names
        .flat_map(|cell| cell.codes().map(str::to_owned))
        .collect()
}

fn is_heading(content: &Content, heading: &str) -> bool {
    matches!(content, Content::Heading { text, .. } if text.plain() == heading)
}

/// The other crates that a crate's root re-exports, or parts of them.
fn reexported(path: &str, text: &str) -> Result<BTreeSet<String>> {
    let file = syn::parse_file(text).map_err(|source| Error::Source {
        path: path.to_owned(),
        source,
    })?;
    let modules: BTreeSet<_> = file.items.iter().filter_map(module).collect();
    let public = file.items.iter().filter_map(|item| match item {
        Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => Some(&item.tree),
        _ => None,
    });
    let crates = public.filter_map(first_names);
    let crates = crates.filter_map(|(name, below)| match (name.as_str(), below) {
        ("vendor_client_core", Some(below)) if below == PASSED_ON => Some(below),
        ("vendor_client_core", _) => None,
        _ => Some(name),
    });
    Ok(crates.filter(|name| !modules.contains(name)).collect())
}

fn module(item: &Item) -> Option<String> {
    match item {
        Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    }
}

/// The first name of a path, and the second if the path ends there.
fn first_names(tree: &UseTree) -> Option<(String, Option<String>)> {
    match tree {
        UseTree::Path(path) => {
            let below = match &*path.tree {
                UseTree::Name(name) => Some(name.ident.to_string()),
                _ => None,
            };
            Some((path.ident.to_string(), below))
        }
        UseTree::Name(name) => Some((name.ident.to_string(), None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reexport_of_another_crate_is_seen() {
        let text = "mod id; pub use id::Id; pub use time; pub use secrecy::{A, B}; use serde::C;
            pub use vendor_client_core::reqwest; pub use vendor_client_core::Error;";
        let crates = reexported("lib.rs", text).unwrap();
        assert_eq!(Vec::from_iter(crates), ["reqwest", "secrecy", "time"]);
    }

    #[test]
    fn the_list_of_a_readme_is_the_table_below_its_heading() {
        let text = format!(
            "# a\n\n| `no` | x |\n| --- | --- |\n| `no` | x |\n\n## {HEADING}\n\nWords.\n\n\
             | Crate | Where |\n| --- | --- |\n| `time` | dates |\n| `serde` and `http` | `x` |\n"
        );
        assert_eq!(
            Vec::from_iter(listed(&text, HEADING)),
            ["http", "serde", "time"]
        );
    }
}
