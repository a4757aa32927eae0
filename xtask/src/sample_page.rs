//! A small made-up vendor for the tests: a library that lends books.

use std::collections::BTreeMap;

use crate::page::Vendor;
use crate::pages;
use crate::problem::{Problem, sorted};

pub(crate) const PAGE: &str = "\
# Books

Source: made up, read on 2026-11-21.

A book can be lent.

## Add a book

- `add_book`: `POST /books`

Adds a book.

### Query parameters

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `notify` | boolean | no | | Whether readers are told. |

### Request body

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `titre` | string | yes | 1..20 characters | The title. |
| `pages` | integer | no | 1..5000 | How many pages. |
| `price` | number | no | 0..99.5 | The price. |
| `language` | string | no | one of fr, en | The language. |
| `genre` | string | no | known novel, essay | The genre. |
| `note` | string | no | | A note. |
| `authors` | array of [Author](#author) | yes | 1..3 elements | Who wrote it. |

### Response body

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `book` | [Book](#book) | yes | | The book. |

### Statuses

| Status | Meaning |
| --- | --- |
| 201 | Added. |

### Examples

#### Request

```json
{
  \"titre\": \"Candide\",
  \"pages\": 120,
  \"price\": 7.50,
  \"language\": \"fr\",
  \"genre\": \"novel\",
  \"authors\": [
    { \"name\": \"Voltaire\" }
  ]
}
```

#### Response

```json
{
  \"book\": {
    \"id\": 1,
    \"titre\": \"Candide\",
    \"genre\": \"novel\",
    \"state\": { \"kind\": \"lent\", \"reader\": { \"id\": 7 } },
    \"copies\": [ { \"shelf\": null } ]
  }
}
```

### Deviations

| Field | The vendor says | Here | Why |
| --- | --- | --- | --- |
| - | nothing | something | A test. |
| `titre` | `title` in one place | `titre` | A test. |

## Get a book

- `get_book`: `GET /books/{id}`

Reads a book.

### Path parameters

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `id` | integer | yes | | The book. |

### Response body

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `book` | [Book](#book) | yes | | The book. |

## Type: Author

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `name` | string | yes | ..30 characters | The name. |

## Type: Book

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `id` | integer | yes | | The book's id. |
| `titre` | string | no | | The title. |
| `genre` | string | no | known novel, essay | The genre. |
| `state` | [State](#state) | no | | Where it is. |
| `copies` | array of object | no | | The copies. |
| `copies[].shelf` | string or null | no | | The shelf. |
| `sequel` | [Book](#book) | no | | What comes after it. |

### Deviations

| Field | The vendor says | Here | Why |
| --- | --- | --- | --- |
| `titre` | `title` | `titre`; also spelled `title` | A test. |

## Type: State

The variants are told apart by `kind`.

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `kind` | string | yes | | The variant. |

### Variant: lent

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `reader` | object | yes | | Who has it. |
| `reader.id` | integer | yes | | The reader's id. |

### Variant: here

| Field | Type | Required | Constraints | Meaning |
| --- | --- | --- | --- | --- |
| `since` | string (ISO 8601) | no | | Since when. |
";

pub(crate) const README: &str = "\
# The library

## Base URL

`https://a.example` or `https://a.example/b`.

## Authentication

| Header | Value |
| --- | --- |
| `x-key` | the key |

## Other headers

| Header | Value |
| --- | --- |
| `Content-Type` | `application/x+json;charset=UTF-8` |

## Statuses

| Status | Meaning |
| --- | --- |
| 401 | No key. |
";

/// The vendor with one page of this text, beside that of its folder.
pub(crate) fn vendor(text: &str) -> (Vendor, Vec<Problem>) {
    let pages = BTreeMap::from([
        ("README.md".to_owned(), README.to_owned()),
        ("books.md".to_owned(), text.to_owned()),
    ]);
    let (vendor, problems) = pages::read("library", &pages);
    (vendor, sorted(problems))
}

/// The page with `old` replaced, which stands in it.
pub(crate) fn changed(old: &str, new: &str) -> String {
    assert!(PAGE.contains(old), "not on the page: {old}");
    PAGE.replacen(old, new, 1)
}

/// The line of the page on which `text` stands first.
pub(crate) fn line_of(page: &str, text: &str) -> usize {
    let before = page.split(text).next().unwrap_or_default();
    before.matches('\n').count() + 1
}

/// Whether a problem names this line of the page and has this in its message.
pub(crate) fn names(problems: &[Problem], line: usize, message: &str) -> bool {
    let start = format!("docs/library/books.md:{line}: ");
    problems
        .iter()
        .map(ToString::to_string)
        .any(|problem| problem.starts_with(&start) && problem.contains(message))
}

/// Asserts that the page with `old` replaced has a problem on the line of `at`.
#[track_caller]
pub(crate) fn is_reported(old: &str, new: &str, at: &str, message: &str) {
    let page = changed(old, new);
    let (_, problems) = vendor(&page);
    let line = line_of(&page, at);
    assert!(
        names(&problems, line, message),
        "line {line} of {}",
        listed(&problems)
    );
}

/// The problems as text, for the message of a failing assertion.
pub(crate) fn listed(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
