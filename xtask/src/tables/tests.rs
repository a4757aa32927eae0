//! A page and types that agree; then one of the two is changed, and the change is found.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vendor_client_core::schema::OperationSchema;
use vendor_client_core::{Idempotency, Method, Operation, Validate, Violations};

use super::compare;
use crate::problem::Problem;
use crate::sample_page::{PAGE, changed, line_of, listed, names, vendor};

static ADD_BOOK: Operation = Operation::new(
    "add_book",
    Method::POST,
    "/books",
    Idempotency::NotIdempotent,
);
static GET_BOOK: Operation = Operation::new(
    "get_book",
    Method::GET,
    "/books/{id}",
    Idempotency::Idempotent,
);

#[derive(Serialize, Deserialize, JsonSchema)]
struct AddBook {
    titre: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["novel", "essay"]))]
    genre: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    authors: Vec<Author>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Language {
    Fr,
    En,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Author {
    name: String,
}

impl Validate for AddBook {
    fn validate(&self, violations: &mut Violations) {
        violations.length("titre", &self.titre, 1..=20);
        if let Some(pages) = self.pages {
            violations.range("pages", pages, 1..=5000);
        }
        if let Some(price) = self.price {
            violations.range("price", price, 0.0..=99.5);
        }
        violations.require(
            "authors",
            (1..=3).contains(&self.authors.len()),
            "must be 1 to 3",
        );
        violations.each("authors", &self.authors);
    }
}

impl Validate for Author {
    fn validate(&self, violations: &mut Violations) {
        violations.length("name", &self.name, 0..=30);
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Envelope<T> {
    book: T,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Book {
    id: i64,
    #[serde(alias = "title")]
    titre: Option<String>,
    #[schemars(extend("examples" = ["novel", "essay"]))]
    genre: Option<String>,
    state: Option<State>,
    copies: Option<Vec<Copies>>,
    sequel: Option<Box<Book>>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Copies {
    shelf: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum State {
    Lent { reader: Reader },
    Here { since: Option<String> },
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Reader {
    id: i64,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Unbounded {
    titre: String,
}

impl Validate for Unbounded {
    fn validate(&self, _: &mut Violations) {}
}

fn add_book<T>() -> OperationSchema
where
    T: JsonSchema + Serialize + for<'de> Deserialize<'de> + Validate + 'static,
{
    OperationSchema::of(&ADD_BOOK)
        .query_parameter::<Option<bool>>("notify")
        .body::<T>()
        .response::<Envelope<Book>>()
}

fn get_book<T>() -> OperationSchema
where
    T: JsonSchema + Serialize + for<'de> Deserialize<'de> + 'static,
{
    OperationSchema::of(&GET_BOOK)
        .path_parameter::<i64>("id")
        .response::<Envelope<T>>()
}

fn operations() -> Vec<OperationSchema> {
    vec![add_book::<AddBook>(), get_book::<Book>()]
}

/// Compares a page with the types as they are.
fn compare_page(page: &str) -> Vec<Problem> {
    let (vendor, mut problems) = vendor(page);
    problems.extend(compare(&vendor, &operations(), &BTreeSet::new()));
    problems
}

/// The page with `old` replaced must have a problem at the line of `at`.
#[track_caller]
fn is_found(old: &str, new: &str, at: &str, message: &str) {
    let page = changed(old, new);
    let problems = compare_page(&page);
    let line = line_of(&page, at);
    assert!(
        names(&problems, line, message),
        "line {line} of {}",
        listed(&problems)
    );
}

/// Other types for the page as it is must have a problem at the line of `at`.
#[track_caller]
fn type_is_found(operations: &[OperationSchema], at: &str, message: &str) {
    let (vendor, _) = vendor(PAGE);
    let problems = compare(&vendor, operations, &BTreeSet::new());
    let line = line_of(PAGE, at);
    assert!(
        names(&problems, line, message),
        "line {line} of {}",
        listed(&problems)
    );
}

#[test]
fn a_page_and_types_that_agree_have_no_problems() {
    let problems = compare_page(PAGE);
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn an_operation_that_only_one_side_has_is_found() {
    is_found(
        "`get_book`:",
        "`fetch_book`:",
        "## Get a book",
        "fetch_book: documented, and not in the crate",
    );
    let problems = compare_page(&changed("`get_book`:", "`fetch_book`:"));
    assert!(listed(&problems).contains("get_book: in the crate, and documented nowhere"));
}

#[test]
fn another_method_or_path_is_found() {
    is_found(
        "`POST /books`",
        "`PUT /books`",
        "## Add a book",
        "the method is PUT here, POST in the crate",
    );
    is_found(
        "`POST /books`",
        "`POST /books/`",
        "## Add a book",
        "the path is /books/ here",
    );
}

#[test]
fn a_renamed_field_is_found_on_both_sides() {
    let (old, new) = ("| `note` |", "| `remark` |");
    is_found(old, new, new, "`remark`: documented, and not in the type");
    is_found(
        old,
        new,
        "### Request body",
        "`note` is in the type, and not documented",
    );
}

#[test]
fn a_dropped_row_is_found() {
    let row = "| `note` | string | no | | A note. |\n";
    is_found(
        row,
        "",
        "### Request body",
        "`note` is in the type, and not documented",
    );
    let row = "| `id` | integer | yes | | The book's id. |\n";
    is_found(
        row,
        "",
        "## Type: Book",
        "`id` is in the type, and not documented",
    );
}

#[test]
fn an_added_row_is_found() {
    let row = "| `note` | string | no | | A note. |\n";
    let more = format!("{row}| `isbn` | string | no | | Its number. |\n");
    is_found(row, &more, "| `isbn`", "documented, and not in the type");
}

#[test]
fn another_type_is_found() {
    is_found(
        "| `note` | string |",
        "| `note` | integer |",
        "| `note`",
        "documented as integer, the type has string",
    );
    is_found(
        "| `copies[].shelf` | string or null |",
        "| `copies[].shelf` | integer or string or null |",
        "| `copies[].shelf`",
        "documented as integer or string, the type has string",
    );
    is_found(
        "| `notify` | boolean |",
        "| `notify` | string |",
        "| `notify`",
        "the type has boolean",
    );
    is_found(
        "| `id` | integer | yes | | The book. |",
        "| `id` | string | yes | | The book. |",
        "| `id`",
        "the type has integer",
    );
}

#[test]
fn another_requirement_is_found_in_a_request() {
    is_found(
        "| `note` | string | no |",
        "| `note` | string | yes |",
        "| `note`",
        "documented as required",
    );
    is_found(
        "| `titre` | string | yes |",
        "| `titre` | string | no |",
        "| `titre`",
        "documented as optional",
    );
    is_found(
        "| `name` | string | yes |",
        "| `name` | string | no |",
        "| `name`",
        "documented as optional",
    );
}

#[test]
fn another_requirement_is_found_in_a_response() {
    is_found(
        "| `titre` | string | no |",
        "| `titre` | string | yes |",
        "| `titre` | string | yes | | The title",
        "documented as required",
    );
    is_found(
        "| `id` | integer | yes | | The book's",
        "| `id` | integer | no | | The book's",
        "| `id` | integer | no |",
        "documented as optional",
    );
    is_found(
        "| `reader` | object | yes |",
        "| `reader` | object | no |",
        "| `reader`",
        "documented as optional",
    );
}

#[test]
fn another_bound_is_found_in_every_direction() {
    for (old, new, at) in [
        ("1..20 characters", "1..21 characters", "| `titre`"),
        ("1..20 characters", "1..19 characters", "| `titre`"),
        ("1..20 characters", "2..20 characters", "| `titre`"),
        ("1..20 characters", "0..20 characters", "| `titre`"),
        ("1..20 characters", "", "| `titre`"),
        ("1..5000", "0..5000", "| `pages`"),
        ("1..5000", "2..5000", "| `pages`"),
        ("1..5000", "1..4999", "| `pages`"),
        ("1..5000", "1..5001", "| `pages`"),
        ("1..5000", "1..", "| `pages`"),
        ("0..99.5", "0..99.6", "| `price`"),
        ("0..99.5", "0..99.4", "| `price`"),
        ("0..99.5", "-0.1..99.5", "| `price`"),
        ("0..99.5", "", "| `price`"),
        ("..30 characters", "..31 characters", "| `name`"),
        ("..30 characters", "..29 characters", "| `name`"),
        ("..30 characters", "", "| `name`"),
        ("1..3 elements", "1..4 elements", "| `authors`"),
        ("1..3 elements", "1..2 elements", "| `authors`"),
        ("1..3 elements", "2..3 elements", "| `authors`"),
        (
            "| `note` | string | no | |",
            "| `note` | string | no | ..50 characters |",
            "| `note`",
        ),
    ] {
        is_found(old, new, at, "the client ");
    }
}

#[test]
fn other_values_are_found() {
    is_found(
        "one of fr, en",
        "one of fr, en, nl",
        "| `language`",
        "the client refuses nl",
    );
    is_found(
        "one of fr, en",
        "known fr, en",
        "| `language`",
        "does not keep",
    );
    is_found(
        "known novel, essay",
        "one of novel, essay",
        "| `genre`",
        "the client takes a value that is not listed",
    );
}

#[test]
fn another_spelling_is_found() {
    is_found(
        "also spelled `title`",
        "also spelled `Title`",
        "| `titre` | string | no |",
        "also spelled `Title`, which the client does not read",
    );
}

#[test]
fn an_added_field_of_a_type_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Longer {
        #[serde(flatten)]
        book: Book,
        isbn: Option<String>,
    }
    let operations = [add_book::<AddBook>(), get_book::<Longer>()];
    type_is_found(
        &operations,
        "## Type: Book",
        "`isbn` is in the type, and not documented",
    );
}

#[test]
fn a_dropped_field_of_a_type_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Shorter {
        id: i64,
        titre: Option<String>,
    }
    let operations = [add_book::<AddBook>(), get_book::<Shorter>()];
    type_is_found(&operations, "| `sequel`", "documented, and not in the type");
}

#[test]
fn a_client_that_counts_bytes_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Counted {
        titre: String,
    }
    impl Validate for Counted {
        fn validate(&self, violations: &mut Violations) {
            let fits = (1..=20).contains(&self.titre.len());
            violations.require("titre", fits, "must have 1 to 20 bytes");
        }
    }
    let operations = [add_book::<Counted>(), get_book::<Book>()];
    type_is_found(&operations, "| `titre`", "the client refuses 20 characters");
}

#[test]
fn a_type_without_validation_is_found() {
    let operations = [add_book::<Unbounded>(), get_book::<Book>()];
    type_is_found(&operations, "| `titre`", "the client takes 21 characters");
}

#[test]
fn a_changed_type_of_a_field_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Other {
        id: String,
    }
    let operations = [add_book::<AddBook>(), get_book::<Other>()];
    type_is_found(
        &operations,
        "| `id` | integer | yes | | The book's",
        "documented as integer, the type has string",
    );
}

#[test]
fn a_type_that_bears_no_new_fields_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        id: i64,
    }
    let operations = [add_book::<AddBook>(), get_book::<Strict>()];
    type_is_found(
        &operations,
        "| `book` | [Book](#book) | yes | | The book. |\n\n## Type",
        "an unknown field in it is not survived",
    );
}

#[test]
fn an_enumeration_that_forgets_unknown_values_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Closed {
        id: i64,
        genre: Option<Genre>,
    }
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Genre {
        Novel,
        Essay,
        #[serde(other)]
        Other,
    }
    let operations = [add_book::<AddBook>(), get_book::<Closed>()];
    type_is_found(
        &operations,
        "| `genre` | string | no | known novel, essay | The genre. |\n| `state`",
        "a value that is not listed is not kept",
    );
}

#[test]
fn an_example_that_the_client_writes_otherwise_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Renaming {
        #[serde(flatten)]
        book: AddBook,
        #[serde(default)]
        edition: u32,
    }
    impl Validate for Renaming {
        fn validate(&self, violations: &mut Violations) {
            self.book.validate(violations);
        }
    }
    let operations = [add_book::<Renaming>(), get_book::<Book>()];
    type_is_found(
        &operations,
        "#### Request",
        "the client writes it otherwise than the example",
    );
}

#[test]
fn a_body_that_only_one_side_has_is_found() {
    let without_body = OperationSchema::of(&ADD_BOOK).query_parameter::<Option<bool>>("notify");
    type_is_found(
        &[without_body, get_book::<Book>()],
        "### Request body",
        "the crate has no type for this request body",
    );
    let with_body = get_book::<Book>().body::<Unbounded>();
    type_is_found(
        &[add_book::<AddBook>(), with_body],
        "## Get a book",
        "the crate has a type for a request body",
    );
}

#[test]
fn one_thing_wrong_with_a_shared_row_is_one_problem() {
    let problems = compare_page(&changed(
        "| `genre` | string | no | known novel, essay | The genre. |\n| `state`",
        "| `genre` | integer | no | | The genre. |\n| `state`",
    ));
    let about = problems
        .iter()
        .filter(|problem| problem.to_string().contains("the type has string"));
    assert_eq!(about.count(), 1, "{}", listed(&problems));
}

#[test]
fn a_recursive_type_is_compared_once_round() {
    let (vendor, _) = vendor(PAGE);
    let section = &vendor.pages[0].sections[1];
    let rows: Vec<_> = section.tables[1].rows.iter().collect();
    let documented = super::documented::open(&vendor, "docs/library/books.md", &rows);
    assert!(documented.cuts.contains("book.sequel"));
    let schema = schemars::schema_for!(Envelope<Book>);
    let structure = super::structure::Structure::of_schema(schema.as_value());
    assert!(structure.entries.contains_key("book.sequel"));
    assert!(matches!(schema.as_value(), Value::Object(_)));
}

#[test]
fn another_format_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Formatted {
        id: i64,
        #[schemars(extend("format" = "uuid"))]
        titre: Option<String>,
    }
    let operations = [add_book::<AddBook>(), get_book::<Formatted>()];
    type_is_found(
        &operations,
        "| `titre` | string | no |",
        "the type has the format uuid",
    );
}

#[test]
fn a_null_that_the_type_does_not_read_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Shelved {
        id: i64,
        copies: Option<Vec<Shelf>>,
    }
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Shelf {
        #[serde(default)]
        shelf: String,
    }
    let operations = [add_book::<AddBook>(), get_book::<Shelved>()];
    type_is_found(
        &operations,
        "| `copies[].shelf`",
        "documented as null too, which the client does not read",
    );
}

#[test]
fn a_known_value_without_a_name_and_a_name_without_a_known_value_are_found() {
    let row = "| `genre` | string | no | known novel, essay | The genre. |";
    for (known, message) in [
        (
            "novel, essay, poem",
            "known poem, which the crate has no name for",
        ),
        (
            "novel",
            "the crate has names for essay, which are not known here",
        ),
    ] {
        let other = row.replace("novel, essay", known);
        is_found(row, &other, "| `genre`", message);
    }
    is_found(
        row,
        &row.replace("known novel, essay", ""),
        "| `genre`",
        "names for essay, novel",
    );
}

#[test]
fn another_unit_than_in_the_docs_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Slow {
        titre: String,
        /// How long it takes to read. Wire:
        /// `pages`, in minutes (really).
        pages: Option<i64>,
    }
    impl Validate for Slow {
        fn validate(&self, _: &mut Violations) {}
    }

    let slow = [add_book::<Slow>(), get_book::<Book>()];
    type_is_found(
        &slow,
        "| `pages`",
        "the unit is missing here, minutes in the docs",
    );
    for (unit, message) in [
        ("minutes", ""),
        ("seconds", "the unit is seconds here, minutes in the docs"),
    ] {
        let typed = format!("| `pages` | integer ({unit}) |");
        let (vendor, _) = vendor(&changed("| `pages` | integer |", &typed));
        let problems = listed(&compare(&vendor, &slow, &BTreeSet::new()));
        assert_eq!(problems.contains("the unit is"), !message.is_empty());
        assert!(problems.contains(message), "{problems}");
    }
}

#[test]
fn a_spelling_that_is_not_on_record_is_found() {
    let spellings = BTreeSet::from(["title".to_owned(), "name".to_owned()]);
    let found = |page: &str| listed(&compare(&vendor(page).0, &operations(), &spellings));
    assert_eq!(found(PAGE), "");
    let page = changed("`titre`; also spelled `title`", "`titre`");
    let found = found(&page);
    assert!(
        found.contains("`book.titre`: the client reads `title` as well"),
        "{found}"
    );
}

#[test]
fn a_misspelt_query_parameter_is_found() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Notify {
        notfy: Option<bool>,
    }
    impl Validate for Notify {}

    let misspelt = OperationSchema::of(&ADD_BOOK)
        .query::<Notify>()
        .body::<AddBook>()
        .response::<Envelope<Book>>();
    let (vendor, _) = vendor(PAGE);
    let problems = listed(&compare(
        &vendor,
        &[misspelt, get_book::<Book>()],
        &BTreeSet::new(),
    ));
    assert!(problems.contains("`notify`: documented, and not in the type"));
    assert!(problems.contains("`notfy` is in the type, and not documented"));
}

#[test]
fn a_field_may_be_passed_over_where_a_deviation_says_so() {
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Brief {
        id: i64,
        #[serde(alias = "title")]
        titre: Option<String>,
        genre: Option<String>,
        state: Option<State>,
        copies: Option<Vec<Copies>>,
    }
    let operations = [add_book::<AddBook>(), get_book::<Brief>()];
    let row = "| `titre` | `title` | `titre`; also";
    let page = changed(
        row,
        &format!("| `sequel` (not read) | a book | not read | A test. |\n{row}"),
    );
    let (vendor, _) = vendor(&page);
    let problems = compare(&vendor, &operations, &BTreeSet::new());
    assert!(
        !listed(&problems).contains("`book.sequel`: documented"),
        "{}",
        listed(&problems)
    );
}

#[test]
fn a_field_may_be_left_out_where_a_deviation_says_so() {
    let example = "\"pages\": 120,";
    let page = changed(example, &format!("{example}\n  \"shelfmark\": null,"));
    let row = "| `note` | string | no |";
    let page = page.replacen(
        row,
        &format!("| `shelfmark` | string or null | no | | |\n{row}"),
        1,
    );
    let deviation = "| - | nothing |";
    let unsent = "| `shelfmark` (not sent) | null in the example | not sent | A test. |";
    let (vendor, _) = vendor(&page.replacen(deviation, &format!("{unsent}\n{deviation}"), 1));
    let problems = compare(&vendor, &operations(), &BTreeSet::new());
    assert!(problems.is_empty(), "{}", listed(&problems));
}
