//! What was observed, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use crate::page::Page;

/// A line of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(String, usize);

impl Place {
    pub(crate) fn of(page: &Page, line: usize) -> Self {
        Self(page.path.clone(), line)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

/// Something that isn't as its page says: the place, the operation, the field, what.
type Difference = (Place, String, String, String);

/// All that was observed, without a value.
#[derive(Debug, Default)]
pub(crate) struct Report {
    differences: BTreeMap<Difference, usize>,
    errors: BTreeMap<Difference, usize>,
    undocumented_calls: BTreeMap<String, usize>,
    headers: BTreeMap<String, BTreeSet<String>>,
    timings: BTreeMap<String, Vec<Duration>>,
    calls: BTreeMap<String, usize>,
    seen: BTreeSet<usize>,
    expected: BTreeMap<usize, (Place, String, String)>,
}

impl Report {
    pub(crate) fn difference(&mut self, at: Place, operation: &str, field: &str, what: String) {
        let difference = (at, operation.to_owned(), field.to_owned(), what);
        *self.differences.entry(difference).or_default() += 1;
    }

    pub(crate) fn error_body(&mut self, at: Place, operation: &str, what: String) {
        let difference = (at, operation.to_owned(), String::new(), what);
        *self.errors.entry(difference).or_default() += 1;
    }

    /// A call that no page has.
    pub(crate) fn undocumented_call(&mut self, outline: &str) {
        let count = self.undocumented_calls.entry(outline.to_owned());
        *count.or_default() += 1;
    }

    pub(crate) fn header(&mut self, operation: &str, header: &str) {
        let headers = self.headers.entry(operation.to_owned()).or_default();
        headers.insert(header.to_ascii_lowercase());
    }

    pub(crate) fn timing(&mut self, operation: &str, duration: Option<Duration>) {
        *self.calls.entry(operation.to_owned()).or_default() += 1;
        let timings = self.timings.entry(operation.to_owned()).or_default();
        timings.extend(duration);
    }

    /// A value came for this row.
    pub(crate) fn seen(&mut self, row: usize) {
        self.seen.insert(row);
    }

    /// A value may come for this row, of an operation or of a named type. Returns whether that is
    /// new.
    pub(crate) fn expect(&mut self, row: usize, at: Place, of: &str, field: &str) -> bool {
        let expected = (at, of.to_owned(), field.to_owned());
        self.expected.insert(row, expected).is_none()
    }

    /// Rows for which no value came, in the order of the pages.
    fn missing(&self) -> BTreeSet<&(Place, String, String)> {
        let rows = self.expected.iter();
        let missing = rows.filter(|(row, _)| !self.seen.contains(row));
        missing.map(|(_, expected)| expected).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls: usize = self.calls.values().sum();
        writeln!(
            f,
            "{calls} calls of {} documented operations",
            self.calls.len()
        )?;
        writeln!(f, "\nNot as documented:")?;
        for ((at, operation, field, what), count) in &self.differences {
            match field.is_empty() {
                true => writeln!(f, "  {at}: {operation}: {what} ({})", times(*count))?,
                false => writeln!(
                    f,
                    "  {at}: {operation}: `{field}` {what} ({})",
                    times(*count)
                )?,
            }
        }
        writeln!(f, "\nDocumented, and never seen:")?;
        for (at, of, field) in self.missing() {
            writeln!(f, "  {at}: {of}: `{field}`")?;
        }
        writeln!(f, "\nErrors:")?;
        for ((at, operation, _, what), count) in &self.errors {
            writeln!(f, "  {at}: {operation}: {what} ({})", times(*count))?;
        }
        writeln!(f, "\nCalls that no page has:")?;
        for (call, count) in &self.undocumented_calls {
            writeln!(f, "  {call} ({})", times(*count))?;
        }
        writeln!(f, "\nResponse headers:")?;
        for (operation, headers) in &self.headers {
            let headers: Vec<_> = headers.iter().map(String::as_str).collect();
            writeln!(f, "  {operation}: {}", headers.join(", "))?;
        }
        writeln!(f, "\nMilliseconds (least, median, most):")?;
        for (operation, timings) in &self.timings {
            let mut timings: Vec<_> = timings.iter().map(Duration::as_millis).collect();
            timings.sort_unstable();
            if let (Some(least), Some(most)) = (timings.first(), timings.last()) {
                let median = timings[timings.len() / 2];
                writeln!(f, "  {operation}: {least}, {median}, {most}")?;
            }
        }
        Ok(())
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}
