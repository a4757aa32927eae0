//! `cargo xtask coverage`: which operations are documented, implemented and in the sandbox.
//!
//! Nothing in the table is anybody's claim. What is documented comes from the pages, what is
//! implemented from the crates, what the sandbox has from a sandbox that is started, and the date
//! from the page's own line of source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use vendor_sandbox::Sandbox;

use crate::crates;
use crate::error::{Error, Result};
use crate::markdown::anchor;
use crate::page::Vendor;
use crate::problem::Problem;

pub(crate) const PAGE: &str = "docs/README.md";
const HEADING: &str = "## Coverage\n";
const COMMAND: &str = "cargo xtask coverage";

/// The names of the operations that the sandbox serves, by vendor.
type Served = BTreeMap<String, BTreeSet<String>>;

/// Names every row that is not what it should be.
pub(crate) fn check(root: &Path, vendors: &[Vendor]) -> Result<Vec<Problem>> {
    let page = read(root)?;
    let coverage = coverage(vendors, &served()?)?;
    Ok(differences(&page, &coverage))
}

/// Writes the coverage into its page. Returns what it did, if the page was stale.
pub(crate) fn write(root: &Path, vendors: &[Vendor]) -> Result<Option<String>> {
    write_section(root, HEADING, &coverage(vendors, &served()?)?)
}

/// Replaces the section of the page that begins with `heading`. Returns what it did, if the page was
/// stale.
pub(crate) fn write_section(root: &Path, heading: &str, section: &str) -> Result<Option<String>> {
    let page = read(root)?;
    let (before, _, after) = cut(&page, heading);
    let text = format!("{}\n\n{section}{after}", before.trim_end());
    if text == page {
        return Ok(None);
    }
    fs::write(root.join(PAGE), text).map_err(Error::file(PAGE))?;
    Ok(Some(format!("wrote {PAGE}")))
}

pub(crate) fn read(root: &Path) -> Result<String> {
    fs::read_to_string(root.join(PAGE)).map_err(Error::file(PAGE))
}

/// What precedes the section under a heading, the section with its heading, and what follows it.
pub(crate) fn cut<'a>(page: &'a str, heading: &str) -> (&'a str, &'a str, &'a str) {
    let Some(start) = page.find(heading) else {
        return (page, "", "");
    };
    let (before, rest) = page.split_at(start);
    let end = rest[heading.len()..]
        .find("\n## ")
        .map(|at| heading.len() + at);
    let (coverage, after) = rest.split_at(end.unwrap_or(rest.len()));
    (before, coverage, after)
}

fn differences(page: &str, expected: &str) -> Vec<Problem> {
    let (before, coverage, _) = cut(page, HEADING);
    if coverage == expected {
        return Vec::new();
    }
    let heading = before.matches('\n').count() + 1;
    let line_of = |row: &str| {
        let at = coverage.lines().position(|line| same_operation(line, row));
        at.map_or(heading, |at| heading + at)
    };
    let rows = |text: &'_ str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("| `"))
            .map(str::to_owned)
            .collect()
    };
    let (now, wanted) = (rows(coverage), rows(expected));
    let mut problems = Vec::new();
    for row in wanted.iter().filter(|row| !now.contains(row)) {
        let message = format!("the row is stale: refresh it with `{COMMAND}`");
        problems.push(Problem::new(PAGE, line_of(row), message).operation(operation_of(row)));
    }
    for row in now
        .iter()
        .filter(|row| !wanted.iter().any(|other| same_operation(row, other)))
    {
        let problem = Problem::new(PAGE, line_of(row), "no page has such an operation");
        problems.push(problem.operation(operation_of(row)));
    }
    if problems.is_empty() {
        let message = format!("the table is stale: refresh it with `{COMMAND}`");
        problems.push(Problem::new(PAGE, heading, message));
    }
    problems
}

fn operation_of(row: &str) -> &str {
    row.split('`').nth(1).unwrap_or_default()
}

fn same_operation(row: &str, other: &str) -> bool {
    row.starts_with("| `") && operation_of(row) == operation_of(other)
}

fn coverage(vendors: &[Vendor], served: &Served) -> Result<String> {
    let mut text = format!(
        "{HEADING}\nWritten by `{COMMAND}`. *Documented* links to the page, *Implemented* means that \
         the client's crate has the operation, *Sandbox* that the sandbox serves it, *Compared* \
         when the page was last compared with the vendor's text, *Observed* when the service itself \
         sent an example of the page.\n"
    );
    for vendor in vendors {
        let title = &vendor.service.title;
        text.push_str(&format!(
            "\n### {title}\n\n\
             | Operation | Documented | Implemented | Sandbox | Compared | Observed |\n\
             | --- | --- | --- | --- | --- | --- |\n"
        ));
        let implemented = crates::operations(&vendor.name).unwrap_or_default();
        for (page, section) in vendor.sections() {
            for route in &section.routes {
                let name = route.name.as_str();
                let link = format!(
                    "[{}]({}/{}#{})",
                    section.title,
                    vendor.name,
                    page.file,
                    anchor(&section.title)
                );
                let is_implemented = implemented.iter().any(|known| known.operation.name == name);
                let is_served = served
                    .get(&vendor.name)
                    .is_some_and(|names| names.contains(name));
                text.push_str(&format!(
                    "| `{name}` | {link} | {} | {} | {} | {} |\n",
                    yes(is_implemented),
                    yes(is_served),
                    page.read_on,
                    section.observed_on(name).unwrap_or("–"),
                ));
            }
        }
    }
    Ok(text)
}

fn yes(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

/// Starts a sandbox and asks what it serves.
fn served() -> Result<Served> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(Error::Sandbox)?;
    let sandbox = runtime.block_on(Sandbox::start()).map_err(Error::Sandbox)?;
    let services = sandbox.emulators().map(|service| {
        let names = service
            .served_operations()
            .iter()
            .map(|name| (*name).to_owned());
        (service.name().to_owned(), names.collect())
    });
    Ok(services.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_page::{PAGE as BOOKS, listed, vendor};

    fn library() -> (tempfile::TempDir, Vec<Vendor>) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("docs/library")).unwrap();
        let (vendor, _) = vendor(BOOKS);
        (root, vec![vendor])
    }

    fn page(coverage: &str) -> String {
        format!("# The contract\n\n{coverage}\n## More\n")
    }

    #[test]
    fn the_coverage_has_a_row_for_every_route() {
        let (_, vendors) = library();
        let served = Served::from([("library".to_owned(), ["add_book".to_owned()].into())]);
        let coverage = coverage(&vendors, &served).unwrap();
        let add = "| `add_book` | [Add a book](library/books.md#add-a-book) | no | yes | 2026-11-21 | – |";
        let get =
            "| `get_book` | [Get a book](library/books.md#get-a-book) | no | no | 2026-11-21 | – |";
        assert!(coverage.contains("### The library\n"));
        assert!(coverage.contains(add), "{coverage}");
        assert!(coverage.contains(get), "{coverage}");
        assert!(differences(&page(&coverage), &coverage).is_empty());
    }

    #[test]
    fn an_observed_example_has_its_day_in_the_coverage_and_a_fixture() {
        let heading = "#### Response\n";
        assert!(BOOKS.contains(heading));
        let observed = BOOKS.replacen(heading, "#### Response: observed on 2026-11-28\n", 1);
        let (vendor, problems) = vendor(&observed);
        assert!(problems.is_empty(), "{}", listed(&problems));
        let vendors = [vendor];
        let coverage = coverage(&vendors, &Served::new()).unwrap();
        assert!(
            coverage.contains("| no | no | 2026-11-21 | 2026-11-28 |"),
            "{coverage}"
        );
        let root = tempfile::tempdir().unwrap();
        let (fixtures, _) = crate::fixtures::generate(root.path(), &vendors);
        fixtures.write(root.path()).unwrap();
        let folder = "crates/library/tests/fixtures/add_book";
        let fixture = format!("{folder}/response-observed-on-2026-11-28.json");
        assert!(root.path().join(fixture).is_file());
    }

    #[test]
    fn a_cell_that_is_not_true_is_found() {
        let (_, vendors) = library();
        let coverage = coverage(&vendors, &Served::new()).unwrap();
        let claimed = coverage.replacen("| no | no | 2026-11-21 |", "| yes | no | 2026-11-21 |", 1);
        let problems = differences(&page(&claimed), &coverage);
        assert_eq!(
            listed(&problems),
            "docs/README.md:11: add_book: the row is stale: refresh it with `cargo xtask coverage`"
        );
    }

    #[test]
    fn a_row_too_many_and_one_too_few_are_found() {
        let (_, vendors) = library();
        let coverage = coverage(&vendors, &Served::new()).unwrap();
        let other = coverage.replace("| `get_book` |", "| `lend_book` |");
        let found = listed(&differences(&page(&other), &coverage));
        assert!(found.contains("get_book: the row is stale"), "{found}");
        assert!(
            found.contains("lend_book: no page has such an operation"),
            "{found}"
        );
    }

    #[test]
    fn a_page_without_the_table_is_found_and_gets_one() {
        let (root, vendors) = library();
        fs::write(root.path().join(PAGE), "# The contract\n").unwrap();
        assert!(!check(root.path(), &vendors).unwrap().is_empty());
        let wrote = Some("wrote docs/README.md".to_owned());
        assert_eq!(write(root.path(), &vendors).unwrap(), wrote);
        assert_eq!(check(root.path(), &vendors).unwrap(), []);
        assert_eq!(write(root.path(), &vendors).unwrap(), None, "written twice");
        assert_eq!(check(root.path(), &vendors).unwrap(), []);
    }
}
