//! `cargo xtask rustdoc`: each vendor's pages as the module `contract` of its crate, and the chapters
//! of the guide that are the same for all crates.
//!
//! A package can't hold files from outside its folder, so the crate has copies: of each page, in which
//! links between pages are links between modules, and of each chapter, in which `$crate` is the crate.
//! What links to the contract from the crate's own documentation is checked here as well, because
//! rustdoc checks modules but not anchors; and that every method that calls shows how.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::links::{README, Targets, findings, module};
use crate::outputs::Outputs;
use crate::page::Vendor;
use crate::pages::{file_name, read_dir};
use crate::problem::Problem;

pub(crate) const COMMAND: &str = "cargo xtask rustdoc";

/// The chapters of the guide that are the same for all crates.
const CHAPTERS: &str = "docs/guide";

/// The modules of these vendors, with the links on their pages that lead nowhere.
pub(crate) fn generate(root: &Path, vendors: &[Vendor]) -> (Outputs, Vec<Problem>) {
    let mut outputs = Outputs::new(COMMAND);
    let mut problems = Vec::new();
    for vendor in vendors {
        let targets = Targets::of(vendor);
        add(&vendor.name, &targets, &mut outputs, &mut problems);
        if let Err(error) = add_chapters(root, &vendor.name, &mut outputs) {
            problems.push(Problem::new(CHAPTERS, 0, error.to_string()));
        }
    }
    (outputs, problems)
}

/// The links in the crates' documentation that lead nowhere, the findings that aren't linked, and the
/// methods without an example.
pub(crate) fn check(root: &Path, vendors: &[Vendor]) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for vendor in vendors {
        let targets = Targets::of(vendor);
        let source = root.join("crates").join(&vendor.name).join("src");
        for file in files(&source)? {
            let is_chapter = file.starts_with(source.join("guide"));
            let text = fs::read_to_string(&file).map_err(Error::file(&file))?;
            let lines = match file.extension().and_then(|extension| extension.to_str()) {
                Some("rs") => doc_comments(&text),
                Some("md") if is_chapter => (1..).zip(text.lines()).collect(),
                _ => continue,
            };
            let path = file.strip_prefix(root).unwrap_or(&file).display();
            let found = broken(&targets, &vendor.name, &lines).into_iter();
            for (line, message) in found.chain(without_example(&text)) {
                problems.push(Problem::new(&path.to_string(), line, message));
            }
        }
    }
    Ok(problems)
}

fn add(vendor: &str, targets: &Targets, outputs: &mut Outputs, problems: &mut Vec<Problem>) {
    let source = format!("crates/{vendor}/src");
    outputs.claim(format!("{source}/contract"));
    let mut code = format!("// Written by `{COMMAND}` from `docs/{vendor}`.\n\n");
    code.push_str("#![doc = include_str!(\"contract/README.md\")]\n");
    for file in targets.texts.keys() {
        let page = targets.path(file);
        let text = targets.for_rustdoc(file, problems);
        let origin = |message| Problem::new(&page, 0, message);
        let added = outputs.add(format!("{source}/contract/{file}"), text, origin);
        problems.extend(added.err());
        if let Some(name) = module(file) {
            code.push_str(&format!(
                "\n#[doc = include_str!(\"contract/{file}\")]\npub mod {name} {{}}\n"
            ));
        }
    }
    let readme = targets.path(README);
    let origin = |message| Problem::new(&readme, 0, message);
    let added = outputs.add(format!("{source}/contract.rs"), code, origin);
    problems.extend(added.err());
}

fn add_chapters(root: &Path, vendor: &str, outputs: &mut Outputs) -> Result<()> {
    let folder = format!("crates/{vendor}/src/guide/common");
    outputs.claim(folder.clone());
    if !root.join(CHAPTERS).is_dir() {
        return Ok(());
    }
    for path in read_dir(&root.join(CHAPTERS))? {
        let file = file_name(&path).unwrap_or_default();
        let text = fs::read_to_string(&path).map_err(Error::file(&path))?;
        let text = text.replace("$crate", &vendor.replace('-', "_"));
        let origin = |message| Problem::new(&format!("{CHAPTERS}/{file}"), 0, message);
        // Two chapters can't have one name: they are files of one folder.
        let _ = outputs.add(format!("{folder}/{file}"), text, origin);
    }
    Ok(())
}

/// The files below `folder`.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in read_dir(folder)? {
        match path.is_dir() {
            true => found.extend(files(&path)?),
            false => found.push(path),
        }
    }
    Ok(found)
}

/// The lines of a file up to its tests, which are nobody's documentation.
fn published(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().take_while(|line| *line != "mod tests {");
    (1..).zip(lines.map(str::trim_start))
}

/// The doc comments of a file, by line.
fn doc_comments(text: &str) -> Vec<(usize, &str)> {
    let comments = published(text).filter_map(|(at, line)| {
        let comment = line.strip_prefix("///").or(line.strip_prefix("//!"))?;
        Some((at, comment))
    });
    comments.collect()
}

/// The public asynchronous methods whose doc comment has no example, by line.
fn without_example(text: &str) -> Vec<(usize, String)> {
    let mut problems = Vec::new();
    let mut has_example = false;
    for (at, line) in published(text) {
        if line.starts_with("///") {
            has_example |= line.contains("```");
        } else if !line.starts_with("#[") {
            if let Some(method) = line.strip_prefix("pub async fn ")
                && !has_example
            {
                let name = method.split(['(', '<']).next().unwrap_or_default();
                problems.push((at, format!("{name} has no example")));
            }
            has_example = false;
        }
    }
    problems
}

/// What is wrong in these lines of documentation.
fn broken(targets: &Targets, vendor: &str, lines: &[(usize, &str)]) -> Vec<(usize, String)> {
    let mut problems = Vec::new();
    for &(line, text) in lines {
        let mut report = |message| problems.push((line, message));
        if text.contains(&format!("docs/{vendor}")) {
            report("a package doesn't hold docs/: link to crate::contract".to_owned());
        }
        for (at, start) in text.match_indices("crate::contract") {
            let is_part = |c: char| c.is_alphanumeric() || "_:#-".contains(c);
            let rest = &text[at + start.len()..];
            let length = start.len() + rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let item = &text[at..at + length];
            if !targets.has_item(item) {
                report(format!("{item} leads nowhere"));
            }
        }
        for found in findings(text) {
            match targets.finding(&text[found.clone()]) {
                Some(Ok(link)) if !text[found.start.saturating_sub(1)..].starts_with(&link) => {
                    report(format!("link to the finding: {link}"));
                }
                Some(Err(message)) => report(message),
                _ => {}
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Texts;
    use crate::sample_page::{PAGE, changed, line_of, listed, vendor};

    const REGISTER: &str = "\
# The library

See [books](books.md#add-a-book). Finding L-02 matters.

## Findings

| Finding | Settled |
| --- | --- |
| L-01 | As in L-02. |
| L-02 | See [above](#the-library). |
";

    /// A workspace with the sample vendor's pages, and a crate of one file.
    fn library(readme: &str, page: &str, code: &str) -> (tempfile::TempDir, Vec<Vendor>) {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("crates/library/src/lib.rs", code);
        let (mut vendor, _) = vendor(PAGE);
        vendor.texts = Texts::from([
            ("README.md".to_owned(), readme.to_owned()),
            ("books.md".to_owned(), page.to_owned()),
        ]);
        (root, vec![vendor])
    }

    /// The sample pages, whose types are linked by the anchors that their headings have.
    fn page() -> String {
        ["author", "book", "state"]
            .iter()
            .fold(PAGE.to_owned(), |page, name| {
                page.replace(&format!("(#{name})"), &format!("(#type-{name})"))
            })
    }

    #[test]
    fn pages_become_modules_that_link_to_each_other() {
        let (root, vendors) = library(REGISTER, &page(), "");
        let (outputs, problems) = generate(root.path(), &vendors);
        assert_eq!(listed(&problems), "");
        outputs.write(root.path()).unwrap();
        let read = |path: &str| {
            fs::read_to_string(root.path().join("crates/library/src").join(path)).unwrap()
        };
        assert!(read("contract.rs").contains("pub mod books {}"));
        assert!(read("contract/books.md").contains("[Author](crate::contract::books#type-author)"));
        assert_eq!(
            read("contract/README.md"),
            "\
# The library

See [books](crate::contract::books#add-a-book). Finding [L-02](crate::contract#l-02) matters.

## Findings

| Finding | Settled |
| --- | --- |
| <a id=\"l-01\"></a>L-01 | As in [L-02](crate::contract#l-02). |
| <a id=\"l-02\"></a>L-02 | See [above](crate::contract#the-library). |
"
        );
    }

    #[test]
    fn a_link_on_a_page_that_leads_nowhere_is_found() {
        let wrong = page().replace("(#type-author)", "(#type-writer)");
        let (root, vendors) = library(REGISTER, &wrong, "");
        let (_, problems) = generate(root.path(), &vendors);
        let line = line_of(&wrong, "(#type-writer)");
        assert_eq!(
            listed(&problems),
            format!(
                "docs/library/books.md:{line}: no heading #type-writer in docs/library/books.md"
            )
        );
    }

    #[test]
    fn a_finding_that_is_not_registered_is_found() {
        let register = REGISTER.replace("Finding L-02", "Finding L-03");
        let (root, vendors) = library(&register, &page(), "");
        let (_, problems) = generate(root.path(), &vendors);
        assert_eq!(
            listed(&problems),
            "docs/library/README.md:3: no finding L-03 in docs/library/README.md"
        );
    }

    #[test]
    fn doc_comments_link_to_what_is_there() {
        let code = "\
/// Docs: [Add a book](crate::contract::books#add-a-book) (finding [L-01](crate::contract#l-01)).
/// Docs: [Lend a book](crate::contract::books#lend-a-book).
/// Docs: [Readers](crate::contract::readers).
/// Finding L-02, and finding L-09.
/// Docs: `docs/library/books.md`.
// Finding L-02 in a plain comment is for those who read the code.
";
        let (root, vendors) = library(REGISTER, &page(), code);
        assert_eq!(
            listed(&check(root.path(), &vendors).unwrap()),
            "\
crates/library/src/lib.rs:2: crate::contract::books#lend-a-book leads nowhere
crates/library/src/lib.rs:3: crate::contract::readers leads nowhere
crates/library/src/lib.rs:4: link to the finding: [L-02](crate::contract#l-02)
crates/library/src/lib.rs:4: no finding L-09 in docs/library/README.md
crates/library/src/lib.rs:5: a package doesn't hold docs/: link to crate::contract"
        );
    }

    #[test]
    fn a_chapter_of_the_guide_names_the_crate() {
        let (root, vendors) = library(REGISTER, &page(), "");
        fs::create_dir_all(root.path().join(CHAPTERS)).unwrap();
        let chapter = "Use `$crate::Error`, see [it](crate::Error).\n";
        fs::write(root.path().join(CHAPTERS).join("logs.md"), chapter).unwrap();
        let (outputs, problems) = generate(root.path(), &vendors);
        assert_eq!(listed(&problems), "");
        outputs.write(root.path()).unwrap();
        let path = "crates/library/src/guide/common/logs.md";
        assert_eq!(
            fs::read_to_string(root.path().join(path)).unwrap(),
            "Use `library::Error`, see [it](crate::Error).\n"
        );
    }

    #[test]
    fn a_chapter_links_to_what_is_there() {
        let (root, vendors) = library(REGISTER, &page(), "");
        let folder = root.path().join("crates/library/src/guide");
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            folder.join("lending.md"),
            "# Lending\n\nSee finding L-01.\n",
        )
        .unwrap();
        assert_eq!(
            listed(&check(root.path(), &vendors).unwrap()),
            "crates/library/src/guide/lending.md:3: link to the finding: \
             [L-01](crate::contract#l-01)"
        );
    }

    #[test]
    fn a_method_that_calls_has_an_example() {
        let code = "\
impl Books {
    /// ```no_run
    /// # async fn run(books: Books) { books.lend().await }
    /// ```
    #[must_use]
    pub async fn lend(&self) {}

    /// Takes a book back.
    pub async fn take_back<T>(&self, book: T) {}

    async fn inner(&self) {}
}
";
        let (root, vendors) = library(REGISTER, &page(), code);
        assert_eq!(
            listed(&check(root.path(), &vendors).unwrap()),
            "crates/library/src/lib.rs:9: take_back has no example"
        );
    }

    #[test]
    fn a_renamed_heading_is_noticed_in_the_crate() {
        let code = "/// Docs: [Add a book](crate::contract::books#add-a-book).\n";
        let renamed = changed("## Add a book", "## Buy a book");
        let (root, vendors) = library(REGISTER, &renamed, code);
        assert_eq!(
            listed(&check(root.path(), &vendors).unwrap()),
            "crates/library/src/lib.rs:1: crate::contract::books#add-a-book leads nowhere"
        );
    }
}
