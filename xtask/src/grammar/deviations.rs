//! Tables of deviations.

use super::Parser;
use super::outline::Part;
use crate::markdown::{Inline, Inlines};
use crate::page::{Deviation, Direction};

impl Parser<'_> {
    pub(super) fn deviations(&mut self, part: &Part<'_>) -> Vec<Deviation> {
        self.no_parts(part);
        let columns = ["Field", "The vendor says", "Here", "Why"];
        let Some(table) = self.table(part, &columns) else {
            return Vec::new();
        };
        let mut deviations = Vec::new();
        for row in &table.rows {
            let [field, _, here, _] = &row.cells[..] else {
                continue;
            };
            match subject(&field.marked()) {
                Ok(subject) => deviations.push(Deviation {
                    line: row.line,
                    also_spelled: also_spelled(here),
                    ..subject
                }),
                Err(error) => self.report(row.line, error.to_string()),
            }
        }
        deviations
    }
}

/// What is wrong with the *Field* of a deviation.
#[derive(Debug, PartialEq, thiserror::Error)]
enum SubjectError {
    #[error("a deviation is about `fields` with commas between them, or about all: -")]
    NotFields,
    #[error("unknown marker \"{0}\"; the markers are \"example\", \"not read\" and \"not sent\"")]
    UnknownMarker(String),
    #[error("a marker needs a field")]
    MarkerWithoutField,
}

/// Reads ``request `orders[].id`, `note` (example, not sent)``.
fn subject(cell: &str) -> Result<Deviation, SubjectError> {
    let (side, rest) = match cell.split_once(' ').unwrap_or((cell, "")) {
        ("request", rest) => (Some(Direction::Request), rest),
        ("response", rest) => (Some(Direction::Response), rest),
        _ => (None, cell),
    };
    let (fields, markers) = match rest.split_once(" (") {
        Some((fields, markers)) => (fields, markers.strip_suffix(')').unwrap_or(markers)),
        None => (rest, ""),
    };
    let mut deviation = Deviation {
        side,
        fields: paths(fields)?,
        ..Deviation::default()
    };
    for marker in markers.split(", ").filter(|marker| !marker.is_empty()) {
        match marker {
            "example" => deviation.is_on_example = true,
            "not read" | "not sent" => deviation.is_passed_over = true,
            _ => return Err(SubjectError::UnknownMarker(marker.to_owned())),
        }
        if deviation.fields.is_empty() {
            return Err(SubjectError::MarkerWithoutField);
        }
    }
    Ok(deviation)
}

/// Reads `` `a`, `b[].c` ``; a dash, or nothing behind a side, is no path.
fn paths(text: &str) -> Result<Vec<String>, SubjectError> {
    if matches!(text, "-" | "") {
        return Ok(Vec::new());
    }
    let path = |code: &str| {
        let path = code.strip_prefix('`')?.strip_suffix('`')?;
        (!path.contains('`')).then(|| path.to_owned())
    };
    let paths = text.split(", ").map(path).collect::<Option<Vec<_>>>();
    paths.ok_or(SubjectError::NotFields)
}

/// Reads ``also spelled `timestring` ``, several times or with several names.
fn also_spelled(cell: &Inlines) -> Vec<String> {
    let mut names = Vec::new();
    let mut listing = false;
    for inline in &cell.0 {
        match inline {
            Inline::Text(text) if text.ends_with("also spelled ") => listing = true,
            Inline::Text(text) => listing = listing && matches!(text.trim(), "," | "and" | "or"),
            Inline::Code(name) if listing => names.push(name.clone()),
            _ => listing = false,
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_names_its_side_its_fields_and_its_markers() {
        assert_eq!(subject("-"), Ok(Deviation::default()));
        let subject = subject("request `orders[].id`, `note` (example, not sent)");
        let subject = subject.unwrap();
        assert_eq!(subject.side, Some(Direction::Request));
        assert_eq!(subject.fields, ["orders[].id", "note"]);
        assert!(subject.is_on_example && subject.is_passed_over);
    }

    #[test]
    fn a_marker_that_does_nothing_is_refused() {
        let unknown = SubjectError::UnknownMarker("exmaple".to_owned());
        assert_eq!(subject("`note` (exmaple)"), Err(unknown));
        assert_eq!(
            subject("- (example)"),
            Err(SubjectError::MarkerWithoutField)
        );
        assert_eq!(subject("the note"), Err(SubjectError::NotFields));
    }
}
