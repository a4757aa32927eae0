//! Names on the wire that stand in the source: in doc comments, and in constants.
//!
//! What serde does is compared with the pages by `tables`. What only a reader sees, or only a
//! filter sends, is compared here.

use std::collections::BTreeSet;

use crate::markdown;
use crate::page::Vendor;
use crate::problem::Problem;
use crate::sources::{RowConstant, Sources, WireField};

/// Everything in which the source of a vendor's crate disagrees with serde or with the pages.
pub(crate) fn compare(vendor: &Vendor, sources: &Sources) -> Vec<Problem> {
    let mut problems: Vec<_> = sources.fields.iter().flat_map(wire_line).collect();
    // A field that serde knows by a name is compared with the pages by `tables`.
    let codes: BTreeSet<_> = vendor
        .texts
        .values()
        .flat_map(|text| markdown::codes(text))
        .collect();
    let fields = sources.fields.iter().filter_map(|field| {
        let line = field.docs.as_ref().filter(|_| field.wire.is_none())?;
        Some((&field.at, &line.names))
    });
    let mentions = sources
        .mentions
        .iter()
        .map(|mention| (&mention.at, &mention.names));
    for (at, names) in fields.chain(mentions) {
        for name in names.iter().filter(|name| !codes.contains(*name)) {
            let message = format!("the docs name `{name}`, which no page has");
            problems.push(at.problem(message));
        }
    }
    problems.extend(
        sources
            .constants
            .iter()
            .filter_map(|constant| stale(vendor, constant)),
    );
    problems
}

/// The doc comment of a field against what serde does with it.
fn wire_line(field: &WireField) -> Vec<Problem> {
    let problem = |message: String| vec![field.at.problem(format!("{}: {message}", field.path))];
    let Some(wire) = &field.wire else {
        return Vec::new();
    };
    let Some(line) = &field.docs else {
        return problem(format!("the docs have no line \"Wire: `{wire}`.\""));
    };
    if line.names != [wire.as_str()] {
        let names = line.names.join(", ");
        return problem(format!("the docs name `{names}`, serde has `{wire}`"));
    }
    if line.also_read != field.also_read {
        let names = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
        return problem(format!(
            "the docs have \"also read as\" {}, serde has {}",
            names(&line.also_read),
            names(&field.also_read)
        ));
    }
    Vec::new()
}

/// A constant that names no field of its row.
fn stale(vendor: &Vendor, constant: &RowConstant) -> Option<Problem> {
    if vendor.has_field(&constant.row, &constant.path) {
        return None;
    }
    let message = format!(
        "{} is `{}`, which is no field of {}",
        constant.name, constant.path, constant.row
    );
    Some(constant.at.problem(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::sample_page::{PAGE, listed, vendor};

    const SOURCE: &str = r#"
        /// A book.
        #[derive(Clone, Serialize)]
        pub struct Book {
            /// Its id. Wire: `id`.
            pub id: i64,
            /// Its title, as the cover has it.
            ///
            /// Wire: `titre`, also read as `title`.
            #[serde(rename = "titre", alias = "title", skip_serializing_if = "Option::is_none")]
            #[doc(alias = "titre")]
            pub title: Option<String>,
            /// What is shared.
            #[serde(flatten)]
            pub state: State,
        }

        impl Book {
            /// Sets the genre. Wire: `genre`.
            pub fn genre(self) -> Self { self }
        }

        fields! {
            Book {
                /// [`Book::title`].
                TITLE: String = "titre";
                READER_ID: i64 = "state.reader.id";
            }
        }

        #[cfg(test)]
        mod tests {
            #[derive(Deserialize)]
            pub struct Undocumented { pub field: i64 }
        }
    "#;

    /// The problems of the source with `old` replaced, which stands in it.
    fn problems(old: &str, new: &str) -> String {
        assert!(SOURCE.contains(old), "{old}");
        let mut sources = Sources::default();
        let text = SOURCE.replacen(old, new, 1);
        sources.read("crates/library/src/books.rs", &text).unwrap();
        let (vendor, _) = vendor(PAGE);
        let problems: Vec<Problem> = compare(&vendor, &sources);
        listed(&problems)
    }

    #[test]
    fn docs_that_name_what_serde_reads_and_writes_have_no_problem() {
        assert_eq!(problems("A book.", "A book."), "");
    }

    #[test]
    fn a_stale_wire_line_is_found() {
        let found = problems("Wire: `id`.", "Wire: `number`.");
        assert!(found.contains("books.rs:6: Book::id: the docs name `number`, serde has `id`"));
        let found = problems("rename = \"titre\"", "rename = \"titel\"");
        assert!(found.contains("the docs name `titre`, serde has `titel`"));
        let found = problems("also read as `title`", "also read as `titel`");
        assert!(found.contains("\"also read as\" titel, serde has title"));
        let found = problems("Wire: `genre`.", "Wire: `sort`.");
        assert!(found.contains("the docs name `sort`, which no page has"));
    }

    #[test]
    fn a_public_field_without_its_wire_name_is_found() {
        let found = problems(" Wire: `id`.", "");
        assert!(found.contains("Book::id: the docs have no line \"Wire: `id`.\""));
    }

    #[test]
    fn a_stale_constant_is_found() {
        let found = problems("= \"titre\";", "= \"title\";");
        assert!(found.contains("books.rs:26: TITLE is `title`, which is no field of Book"));
        let found = problems("\"state.reader.id\"", "\"state.reader.name\"");
        assert!(found.contains("READER_ID is `state.reader.name`"));
    }
}
