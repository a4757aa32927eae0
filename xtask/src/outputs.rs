//! Generated files: written, or compared with what is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::problem::Problem;

/// The files that one command generates, by their path from the workspace's root.
pub(crate) struct Outputs {
    /// The command that writes them.
    command: &'static str,
    /// The folders that hold nothing else.
    folders: Vec<String>,
    files: BTreeMap<String, Output>,
}

struct Output {
    text: String,
    /// What a problem says about the file: where it comes from.
    origin: Problem,
}

impl Outputs {
    pub(crate) fn new(command: &'static str) -> Self {
        Self {
            command,
            folders: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// Claims a folder: a file in it that is not generated is an orphan.
    pub(crate) fn claim(&mut self, folder: String) {
        self.folders.push(folder);
    }

    /// Adds a file. `origin` makes the problem about it from a message.
    pub(crate) fn add(
        &mut self,
        path: String,
        text: String,
        origin: impl Fn(String) -> Problem,
    ) -> Result<(), Problem> {
        if self.files.contains_key(&path) {
            return Err(origin(format!("{path} would be written twice")));
        }
        let origin = origin(format!(
            "{path} is stale: refresh it with `{}`",
            self.command
        ));
        self.files.insert(path, Output { text, origin });
        Ok(())
    }

    /// Names every file that is missing, differs, or comes from nowhere.
    pub(crate) fn check(&self, root: &Path) -> Vec<Problem> {
        let stale = self
            .files
            .iter()
            .filter(|(path, output)| !is_current(root, path, output));
        let mut problems: Vec<_> = stale.map(|(_, output)| output.origin.clone()).collect();
        for path in self.orphans(root) {
            let message = format!("orphaned file; `{}` removes it", self.command);
            problems.push(Problem::new(&path, 0, message));
        }
        problems
    }

    /// Writes what is not current and removes the orphans. Returns what it did, one line a file.
    pub(crate) fn write(&self, root: &Path) -> Result<Vec<String>> {
        let mut done = Vec::new();
        for (path, output) in &self.files {
            if is_current(root, path, output) {
                continue;
            }
            let file = root.join(path);
            fs::create_dir_all(file.parent().unwrap_or(root)).map_err(Error::file(path))?;
            fs::write(&file, &output.text).map_err(Error::file(path))?;
            done.push(format!("wrote {path}"));
        }
        for path in self.orphans(root) {
            fs::remove_file(root.join(&path)).map_err(Error::file(&path))?;
            done.push(format!("removed {path}"));
        }
        Ok(done)
    }

    fn orphans(&self, root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for folder in &self.folders {
            list(root, folder, &mut found);
        }
        found.retain(|path| !self.files.contains_key(path));
        found.sort();
        found
    }
}

fn is_current(root: &Path, path: &str, output: &Output) -> bool {
    fs::read_to_string(root.join(path)).is_ok_and(|text| text == output.text)
}

/// Lists the files in `folder` and below. A folder that is not there has none.
fn list(root: &Path, folder: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return;
    };
    for entry in entries.flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(root, &path, found);
        } else {
            found.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::problem::Problem;
    use crate::sample_page::{PAGE, line_of, listed, vendor};
    use crate::{contract, fixtures};

    fn texts(problems: &[Problem]) -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_was_written_is_current() {
        let root = tempfile::tempdir().unwrap();
        let (vendor, _) = vendor(PAGE);
        let vendors = [vendor];
        for generate in [fixtures::generate, contract::generate] {
            let (outputs, problems) = generate(Path::new(""), &vendors);
            assert!(problems.is_empty(), "{}", listed(&problems));
            assert!(!outputs.check(root.path()).is_empty());
            assert!(!outputs.write(root.path()).unwrap().is_empty());
            assert!(outputs.check(root.path()).is_empty());
            assert!(
                outputs.write(root.path()).unwrap().is_empty(),
                "written twice"
            );
        }
    }

    #[test]
    fn a_fixture_is_the_example_to_the_letter() {
        let root = tempfile::tempdir().unwrap();
        let (vendor, _) = vendor(PAGE);
        fixtures::generate(Path::new(""), &[vendor])
            .0
            .write(root.path())
            .unwrap();
        let path = root
            .path()
            .join("crates/library/tests/fixtures/add_book/request.json");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(PAGE.contains(&format!("```json\n{text}```")), "{text}");
        assert!(
            text.contains("7.50"),
            "the spelling of numbers is the vendor's"
        );
    }

    #[test]
    fn a_stale_file_is_named_with_its_page_and_the_command() {
        let root = tempfile::tempdir().unwrap();
        let (vendor, _) = vendor(PAGE);
        let (outputs, _) = fixtures::generate(Path::new(""), &[vendor]);
        outputs.write(root.path()).unwrap();
        let path = "crates/library/tests/fixtures/add_book/request.json";
        std::fs::write(root.path().join(path), "{}").unwrap();
        let line = line_of(PAGE, "#### Request");
        assert_eq!(
            texts(&outputs.check(root.path())),
            [format!(
                "docs/library/books.md:{line}: add_book: {path} is stale: refresh it with `cargo xtask fixtures`"
            )]
        );
    }

    #[test]
    fn an_orphaned_file_is_found_and_removed() {
        let root = tempfile::tempdir().unwrap();
        let (vendor, _) = vendor(PAGE);
        let (outputs, _) = fixtures::generate(Path::new(""), &[vendor]);
        outputs.write(root.path()).unwrap();
        let path = "crates/library/tests/fixtures/add_book/request-old.json";
        std::fs::write(root.path().join(path), "{}").unwrap();
        assert_eq!(
            texts(&outputs.check(root.path())),
            [format!(
                "{path}: orphaned file; `cargo xtask fixtures` removes it"
            )]
        );
        assert_eq!(
            outputs.write(root.path()).unwrap(),
            [format!("removed {path}")]
        );
    }

    #[test]
    fn two_examples_of_the_same_name_are_found() {
        let page = PAGE.replacen("#### Response\n", "#### Request\n", 1);
        let (vendor, _) = vendor(&page);
        let (_, problems) = fixtures::generate(Path::new(""), &[vendor]);
        assert!(
            listed(&problems).contains("would be written twice"),
            "{}",
            listed(&problems)
        );
    }
}
