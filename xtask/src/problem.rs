//! What a task found wrong, and where.

use std::fmt;

/// One thing that is stale, malformed or in disagreement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// The file, from the workspace's root: a page as a rule.
    page: String,
    /// The line in it; 0 where the whole file is meant.
    line: usize,
    operation: String,
    field: String,
    message: String,
}

impl Problem {
    pub(crate) fn new(page: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            page: page.to_owned(),
            line,
            operation: String::new(),
            field: String::new(),
            message: message.into(),
        }
    }

    /// Names the operation, or the type, that it is about.
    pub(crate) fn operation(mut self, name: &str) -> Self {
        name.clone_into(&mut self.operation);
        self
    }

    /// Names the field, by its path on the wire.
    pub(crate) fn field(mut self, path: &str) -> Self {
        path.clone_into(&mut self.field);
        self
    }

    /// What tells problems apart when the same row is reached by many operations.
    pub(crate) fn identity(&self) -> impl Ord + use<> {
        let operation = if self.field.is_empty() {
            &self.operation
        } else {
            ""
        };
        (
            self.page.clone(),
            self.line,
            self.message.clone(),
            operation.to_owned(),
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.page)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        f.write_str(": ")?;
        if !self.operation.is_empty() {
            write!(f, "{}: ", self.operation)?;
        }
        if !self.field.is_empty() {
            write!(f, "`{}`: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// The problems in the order of files and lines, each once.
pub(crate) fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    problems
}
