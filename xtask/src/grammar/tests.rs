//! What is wrong with a page is reported, at its line.

use crate::sample_page::{PAGE, changed, is_reported, line_of, listed, names, vendor};

#[test]
fn a_page_after_the_grammar_has_no_problems() {
    let (vendor, problems) = vendor(PAGE);
    assert!(problems.is_empty(), "{}", listed(&problems));
    assert_eq!(vendor.pages[0].read_on, "2026-11-21");
    assert_eq!(vendor.pages[0].sections[0].examples.len(), 2);
    assert_eq!(vendor.pages[0].types[2].variants[1].name, "here");
}

#[test]
fn a_page_without_title_or_source_is_reported() {
    is_reported("# Books\n", "Books\n", "Books", "starts with a title");
    is_reported(", read on 2026-11-21", "", "# Books", "no line \"Source:");
    is_reported("2026-11-21", "today, later", "# Books", "no line \"Source:");
}

#[test]
fn an_unknown_heading_is_reported() {
    is_reported(
        "### Statuses",
        "### Status",
        "### Status",
        "unknown heading",
    );
    is_reported(
        "#### Response\n",
        "#### Answer\n",
        "#### Answer",
        "unknown heading",
    );
    is_reported(
        "## Type: Author",
        "## Author",
        "## Author",
        "neither an operation",
    );
    is_reported(
        "### Variant: here",
        "### Also: here",
        "### Also",
        "unknown heading",
    );
    is_reported(
        "### Statuses",
        "##### Statuses",
        "##### Statuses",
        "skips a level",
    );
    is_reported(
        "### Query parameters",
        "### Query parameters: add",
        "### Query",
        "names no route",
    );
}

#[test]
fn headings_out_of_order_are_reported() {
    let page = changed("### Query parameters", "### Aside");
    let page = page.replacen("### Request body", "### Query parameters", 1);
    let page = page.replacen("### Aside", "### Request body", 1);
    let (_, problems) = vendor(&page);
    let line = line_of(&page, "### Query parameters");
    assert!(
        names(&problems, line, "stands too late"),
        "{}",
        listed(&problems)
    );
}

#[test]
fn a_malformed_route_is_reported() {
    for route in [
        "`POST`",
        "`POST books`",
        "`SEND /books`",
        "`POST /books?x=1`",
        "POST /books",
    ] {
        is_reported("`POST /books`", route, "- `add_book`", "a route is written");
    }
    is_reported(
        "- `add_book`: `POST /books`\n",
        "",
        "## Add a book",
        "neither an operation",
    );
}

#[test]
fn a_malformed_table_is_reported() {
    let row = "| `note` | string | no | | A note. |";
    is_reported(
        row,
        "| `note` | string | no | A note. |",
        "| `note`",
        "4 cells instead of 5",
    );
    is_reported(
        row,
        "| `note` | string | no | | A | note. |",
        "| `note`",
        "6 cells instead of 5",
    );
    is_reported(
        "| Status | Meaning |\n| --- | --- |",
        "| Code | Meaning |\n| --- | --- |",
        "| Code",
        "the columns are Status, Meaning",
    );
    is_reported(
        "| Status | Meaning |\n| --- | --- |\n",
        "| Status | Meaning |\n",
        "### Statuses",
        "has one table",
    );
    is_reported(
        "| 201 |",
        "| created |",
        "| created",
        "a status is a number",
    );
}

#[test]
fn a_malformed_row_is_reported() {
    is_reported(
        "| `note` |",
        "| note |",
        "| note |",
        "written as one `path`",
    );
    is_reported("| `note` |", "| `a..b` |", "| `a..b` |", "is no path");
    is_reported(
        "| `note` | string |",
        "| `note` | text |",
        "| `note`",
        "unknown type \"text\"",
    );
    is_reported(
        "| `note` | string | no |",
        "| `note` | string | maybe |",
        "| `note`",
        "neither yes nor no",
    );
    is_reported(
        "1..20 characters",
        "short",
        "| `titre`",
        "unknown constraint \"short\"",
    );
    is_reported(
        "1..5000",
        "1..5000 characters",
        "| `pages`",
        "in a string only",
    );
    is_reported(
        "[Author](#author)",
        "[Author](#autor)",
        "| `authors`",
        "no type stands at `#autor`",
    );
    is_reported(
        "[Author](#author)",
        "[Author](people.md#author)",
        "| `authors`",
        "no type stands at",
    );
}

#[test]
fn a_child_without_its_parent_is_reported() {
    is_reported(
        "| `reader` | object | yes | | Who has it. |\n",
        "",
        "| `reader.id`",
        "no row `reader` stands before",
    );
    is_reported(
        "| `copies` | array of object |",
        "| `copies` | array of string |",
        "| `copies[].shelf`",
        "cannot have fields",
    );
    is_reported(
        "| `copies` | array of object |",
        "| `copies` | object |",
        "| `copies[].shelf`",
        "cannot have fields",
    );
}

#[test]
fn duplicates_are_reported() {
    is_reported(
        "| `note` |",
        "| `pages` |",
        "| `pages` | string",
        "duplicate",
    );
    is_reported(
        "`get_book`",
        "`add_book`",
        "## Get a book",
        "the name stands in",
    );
    is_reported(
        "## Type: Author",
        "## Type: Book",
        "## Type: Book\n\n| Field | Type | Required | Constraints | Meaning |\n| --- | --- | --- | --- | --- |\n| `id`",
        "the type stands in",
    );
    is_reported(
        "### Variant: here",
        "### Variant: lent",
        "### Variant: lent\n\n| Field | Type | Required | Constraints | Meaning |\n| --- | --- | --- | --- | --- |\n| `since`",
        "duplicate",
    );
}

#[test]
fn path_parameters_and_path_must_agree() {
    is_reported(
        "`GET /books/{id}`",
        "`GET /books/{number}`",
        "## Get a book",
        "`number`: no path parameter",
    );
    is_reported(
        "`GET /books/{id}`",
        "`GET /books/{number}`",
        "| `id` | integer | yes | | The book. |",
        "in no path",
    );
}

#[test]
fn a_path_cannot_do_without_a_parameter() {
    is_reported(
        "| `id` | integer | yes | | The book. |",
        "| `id` | integer | no | | The book. |",
        "| `id` | integer | no | | The book. |",
        "a path cannot do without it",
    );
}

#[test]
fn the_values_that_tell_variants_apart_are_the_variants() {
    let row = "| `kind` | string | yes | | The variant. |";
    for (values, is_right) in [("known here, lent", true), ("known here, lost", false)] {
        let listing = row.replace("yes | |", &format!("yes | {values} |"));
        let (_, problems) = vendor(&changed(row, &listing));
        assert_eq!(problems.is_empty(), is_right, "{}", listed(&problems));
    }
}

#[test]
fn variants_need_the_field_that_tells_them_apart() {
    is_reported(
        "The variants are told apart by `kind`.\n",
        "",
        "## Type: State",
        "no line \"The variants",
    );
    is_reported(
        "told apart by `kind`",
        "told apart by `sort`",
        "## Type: State",
        "has no row in the common table",
    );
}

#[test]
fn a_deviation_on_no_field_is_reported() {
    is_reported(
        "| `titre` | `title` in one",
        "| `title` | `title` in one",
        "| `title`",
        "no such field",
    );
    is_reported(
        "| `titre` | `title` | ",
        "| `titel` | `title` | ",
        "| `titel`",
        "no such field",
    );
}

#[test]
fn a_malformed_subject_of_a_deviation_is_reported() {
    for (field, message) in [
        ("titre", "commas between them"),
        ("`titre` and `pages`", "commas between them"),
        ("`titre` (exmaple)", "unknown marker"),
        ("response `titre`", "no such field"),
    ] {
        let row = format!("| {field} | `title` in one");
        is_reported("| `titre` | `title` in one", &row, &row, message);
    }
}

#[test]
fn a_deviation_reaches_into_named_types() {
    let page = changed(
        "| `titre` | `title` in one",
        "| response `book.state.reader.id`, `Book.genre` | `title` in one",
    );
    let (_, problems) = vendor(&page);
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn a_broken_example_is_reported_at_its_line() {
    is_reported(
        "  \"pages\": 120,",
        "  \"pages\" 120,",
        "  \"pages\"",
        "no JSON",
    );
    is_reported(
        "```json\n{\n  \"titre\"",
        "```\n{\n  \"titre\"",
        "#### Request",
        "one block of json",
    );
}
