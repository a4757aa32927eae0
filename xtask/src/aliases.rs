//! What a search in a crate's documentation finds: the vendor's words, as names or as aliases.
//!
//! A user who knows the vendor's pages searches for `ajoutMission` or `jourHeureInter`. So each name
//! on the wire and each operation of the pages must be the name of a public item, or a
//! `#[doc(alias = "…")]` of one. An alias that is not such a word is stale, and a problem too.

use std::collections::BTreeSet;

use crate::page::{REFUSAL, Row, Vendor, name_of};
use crate::problem::Problem;
use crate::sources::{Sources, WireField};

/// What `vendor_code` and `vendor_message` of the core's `Error` report, for every vendor.
const OF_THE_CORE: [&str; 2] = ["code", "message"];

/// Every word that a search doesn't find, and every alias that is none of the vendor's words.
pub(crate) fn compare(vendor: &Vendor, sources: &Sources) -> Vec<Problem> {
    let words = words(vendor);
    let mut problems: Vec<_> = sources.fields.iter().filter_map(unfindable).collect();
    problems.extend(missing(&words, &sources.searchable));
    problems.extend(stale(&words, sources));
    problems
}

/// A word of the vendor's, and where a page has it.
struct Word<'a> {
    text: &'a str,
    page: &'a str,
    line: usize,
    operation: &'a str,
    also_spelled: &'a [String],
}

impl<'a> Word<'a> {
    fn of_row(row: &'a Row, page: &'a str, operation: &'a str) -> Option<Self> {
        let text = name_of(&row.field.path);
        let is_read = !text.is_empty() && !row.is_passed_over;
        is_read.then_some(Self {
            text,
            page,
            line: row.line,
            operation,
            also_spelled: &row.field.also_spelled,
        })
    }
}

/// The names of the pages' operations, the last words of their paths, and the names of all fields.
fn words(vendor: &Vendor) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for (page, section) in vendor.sections() {
        for route in &section.routes {
            let mut of_path = route.path.rsplit('/');
            let of_path = of_path.find(|word| !word.is_empty() && !word.starts_with('{'));
            let of_route = of_path.into_iter().chain([route.name.as_str()]);
            words.extend(of_route.map(|text| Word {
                text,
                page: &page.path,
                line: section.line,
                operation: &route.name,
                also_spelled: &[],
            }));
        }
        let rows = section.tables.iter().flat_map(|table| &table.rows);
        words.extend(rows.filter_map(|row| Word::of_row(row, &page.path, section.operation())));
    }
    for page in &vendor.pages {
        // What a refusal holds is in an error of the core's.
        for section in page.types.iter().filter(|one| one.name != REFUSAL) {
            let variants = section.variants.iter().flat_map(|variant| &variant.rows);
            let rows = section.rows.iter().chain(variants);
            words.extend(rows.filter_map(|row| Word::of_row(row, &page.path, &section.name)));
        }
    }
    words
}

/// A field whose name on the wire isn't its alias.
fn unfindable(field: &WireField) -> Option<Problem> {
    let wire = field.wire.as_ref()?;
    if field.name() == wire || field.aliases.contains(wire) {
        return None;
    }
    let message = format!("{}: no `#[doc(alias = \"{wire}\")]`", field.path);
    Some(field.at.problem(message))
}

/// The words by which a search finds nothing, each where a page has it first.
fn missing(words: &[Word<'_>], searchable: &BTreeSet<String>) -> Vec<Problem> {
    let mut reported = BTreeSet::new();
    let is_found = |word: &str| searchable.contains(word) || OF_THE_CORE.contains(&word);
    let unknown = words.iter().filter(|word| !is_found(word.text));
    unknown
        .filter(|word| reported.insert(word.text))
        .map(|word| {
            let message = "a search in the crate finds nothing by this word: make it an alias of \
                           the item with `#[doc(alias = \"…\")]`";
            let problem = Problem::new(word.page, word.line, message);
            problem.operation(word.operation).field(word.text)
        })
        .collect()
}

/// The aliases that no page has.
fn stale(words: &[Word<'_>], sources: &Sources) -> Vec<Problem> {
    let names = words.iter().map(|word| word.text);
    let others = words.iter().flat_map(|word| word.also_spelled);
    let known: BTreeSet<_> = names.chain(others.map(String::as_str)).collect();
    let aliases = sources.aliases.iter();
    aliases
        .filter(|alias| !known.contains(alias.text.as_str()))
        .map(|alias| {
            let message = format!("the alias \"{}\" is no word of a page", alias.text);
            alias.at.problem(message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_page::{PAGE, line_of, listed, names, vendor};

    const SOURCE: &str = r#"
        /// A book.
        #[derive(Serialize)]
        pub struct Book {
            pub id: i64,
            #[doc(alias = "titre")]
            #[doc(alias = "title")]
            #[serde(rename = "titre", alias = "title")]
            pub name: String,
            pub genre: String,
            pub state: State,
            pub copies: Vec<Copy>,
            pub shelf: String,
            pub sequel: Box<Book>,
            pub pages: u16,
            pub price: f64,
            pub language: String,
            pub note: String,
            pub authors: Vec<String>,
            pub kind: String,
            pub reader: u64,
            pub since: String,
        }

        impl Client {
            /// Adds a book.
            #[doc(alias = "add_book")]
            #[doc(alias = "books")]
            pub fn add(&self, notify: bool) {}

            #[doc(alias = "notify")]
            pub fn get_book(&self) {}

            /// Whatever a crate keeps to itself is found by nobody.
            fn book(&self) {}
        }

        pub fn book() {}
    "#;

    fn problems(old: &str, new: &str) -> Vec<Problem> {
        assert!(SOURCE.contains(old), "{old}");
        let mut sources = Sources::default();
        let text = SOURCE.replacen(old, new, 1);
        sources.read("crates/library/src/books.rs", &text).unwrap();
        let (vendor, _) = vendor(PAGE);
        compare(&vendor, &sources)
    }

    #[test]
    fn names_and_aliases_are_found() {
        assert_eq!(listed(&problems("A book.", "A book.")), "");
    }

    #[test]
    fn a_word_by_which_a_search_finds_nothing_is_found() {
        let message = "a search in the crate finds nothing by this word";
        for (old, word, at) in [
            (r#"#[doc(alias = "add_book")]"#, "add_book", "## Add a book"),
            (r#"#[doc(alias = "books")]"#, "books", "## Add a book"),
            (r#"#[doc(alias = "notify")]"#, "notify", "| `notify` |"),
            ("pub since: String,", "since", "| `since` |"),
            ("pub fn book() {}", "book", "| `book` |"),
        ] {
            let problems = problems(old, "");
            assert!(
                names(&problems, line_of(PAGE, at), message),
                "{word}: {}",
                listed(&problems)
            );
        }
    }

    #[test]
    fn a_field_without_its_name_on_the_wire_as_an_alias_is_found() {
        let problems = listed(&problems(r#"#[doc(alias = "titre")]"#, ""));
        assert!(problems.contains(r#"Book::name: no `#[doc(alias = "titre")]`"#));
    }

    #[test]
    fn a_stale_alias_is_found() {
        for (old, new) in [
            (r#"alias = "title")]"#, r#"alias = "titel")]"#),
            (r#"alias = "notify")]"#, r#"alias = "notice")]"#),
        ] {
            let found = listed(&problems(old, new));
            assert!(found.contains("is no word of a page"), "{found}");
        }
    }
}
