//! Success responses whose JSON is broken, made from the vendor's own response.

use serde_json::{Map, Value, json};

use super::with_body;
use crate::case::Expected::{self, Success, Unreadable};
use crate::case::Stage::Acted;
use crate::case::{Case, UNREADABLE};
use crate::gateway::After;
use crate::http::RawResponse;

/// Read where the client does not look at what is wrong, otherwise an error.
const EITHER: Expected = Expected::SuccessOr(UNREADABLE);

macro_rules! body {
    ($name:expr, $expected:expr, $make:expr) => {
        Case::sending(
            $name,
            Acted,
            |response| {
                let make: fn(&RawResponse) -> Vec<u8> = $make;
                let response = with_body(response);
                let body = make(&response);
                response.with_body(body).bytes()
            },
            After::KeepAlive,
            $expected,
        )
    };
}

/// A body made from the parsed body of the vendor's own response.
macro_rules! value {
    ($name:expr, $expected:expr, $change:expr) => {
        body!($name, $expected, |response| {
            let change: fn(Value) -> Value = $change;
            change(parsed(response)).to_string().into_bytes()
        })
    };
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        body!("an empty body", Expected::Empty, |_| Vec::new()),
        value!("`null`", Expected::Null, |_| Value::Null),
        value!("a string", Expected::Scalar, |_| json!("canary")),
        value!("a number", Expected::Scalar, |_| json!(7)),
        value!("array for object, object for array", EITHER, swapped),
        value!("an empty object", EITHER, |_| json!({})),
        value!("every member missing", EITHER, without_members),
        value!("every member `null`", EITHER, |value| each_leaf(
            value,
            &|_| Value::Null
        )),
        value!("every value of another type", EITHER, |value| each_leaf(
            value,
            &|leaf| match leaf {
                Value::String(_) => json!(7),
                _ => json!("canary"),
            }
        )),
        value!("an object for every value", EITHER, |value| {
            each_leaf(value, &|_| json!({"canary-member": "canary"}))
        }),
        value!(
            "a row of another type in every list",
            Success,
            with_a_bad_row
        ),
        value!("numbers out of range", EITHER, |value| each_leaf(
            value,
            &|leaf| match leaf {
                Value::Number(_) => json!(1e300),
                other => other.clone(),
            }
        )),
        body!("numbers beyond any type", EITHER, |response| {
            let marked = each_leaf(parsed(response), &|leaf| match leaf {
                Value::Number(_) => json!("canary-number"),
                other => other.clone(),
            });
            let text = marked.to_string();
            text.replace("\"canary-number\"", &"9".repeat(400))
                .into_bytes()
        }),
        body!("`NaN` for every number", EITHER, |response| {
            let marked = each_leaf(parsed(response), &|leaf| match leaf {
                Value::Number(_) => json!("canary-number"),
                other => other.clone(),
            });
            marked
                .to_string()
                .replace("\"canary-number\"", "NaN")
                .into_bytes()
        }),
        body!("every member twice", EITHER, |response| twice(&parsed(
            response
        ))
        .into_bytes()),
        value!("members that nobody knows", Success, with_strangers),
        body!("nested 100,000 deep", Unreadable, |_| b"[".repeat(100_000)),
        body!("a member nested 100,000 deep", EITHER, |response| {
            let text = parsed(response).to_string();
            let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
            match text.rsplit_once('}') {
                Some((start, end)) => {
                    format!("{start}, \"canary-member\": {deep}}}{end}").into_bytes()
                }
                None => deep.into_bytes(),
            }
        }),
        body!("a lone surrogate in every string", EITHER, |response| {
            in_strings(response, r"\ud800canary")
        }),
        body!(
            "an unescaped control character in every string",
            EITHER,
            |response| { in_strings(response, "canary\u{1}") }
        ),
        body!("Latin-1 in every string", EITHER, |response| {
            let text = String::from_utf8(in_strings(response, "canary§")).unwrap();
            text.chars()
                .flat_map(|character| match u8::try_from(u32::from(character)) {
                    Ok(byte) => vec![byte],
                    Err(_) => character.to_string().into_bytes(),
                })
                .collect()
        }),
        body!("a byte-order mark", Success, |response| {
            [b"\xef\xbb\xbf".to_vec(), response.body.clone()].concat()
        }),
        body!("UTF-16", Unreadable, |response| {
            let text = String::from_utf8_lossy(&response.body).into_owned();
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        }),
        body!("JSON that ends in the middle", Unreadable, |response| {
            response.body[..response.body.len() / 2].to_vec()
        }),
        body!("something after the JSON", Unreadable, |response| {
            [response.body.clone(), b" canary".to_vec()].concat()
        }),
        body!("two documents", Unreadable, |response| response
            .body
            .repeat(2)),
        body!("a string of 10 MB", EITHER, |response| in_strings(
            response,
            &"canary".repeat(1_700_000)
        ))
        .heavy(),
    ]
}

fn parsed(response: &RawResponse) -> Value {
    serde_json::from_slice(&response.body).unwrap_or(Value::Null)
}

fn swapped(value: Value) -> Value {
    match value {
        Value::Array(mut items) => items.pop().unwrap_or(json!({"canary-member": 1})),
        other => json!([other]),
    }
}

fn without_members(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(without_members).collect(),
        Value::Object(_) => json!({}),
        other => other,
    }
}

/// The same value with every leaf changed.
fn each_leaf(value: Value, change: &dyn Fn(&Value) -> Value) -> Value {
    match value {
        Value::Array(items) => items
            .into_iter()
            .map(|item| each_leaf(item, change))
            .collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, each_leaf(value, change)))
            .collect(),
        leaf => change(&leaf),
    }
}

/// The same value with one more row in every list that has any, which is like none of the others.
fn with_a_bad_row(value: Value) -> Value {
    match value {
        Value::Array(items) if items.is_empty() => Value::Array(items),
        Value::Array(items) => {
            let rows = items.into_iter().map(with_a_bad_row);
            rows.chain([json!(7)]).collect()
        }
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, with_a_bad_row(value)))
            .collect(),
        leaf => leaf,
    }
}

/// The same value with further members in every object.
fn with_strangers(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_strangers).collect(),
        Value::Object(members) => {
            let mut all: Map<String, Value> = members
                .into_iter()
                .map(|(name, value)| (name, with_strangers(value)))
                .collect();
            all.insert("canary-member".to_owned(), json!([1, {"canary": null}]));
            Value::Object(all)
        }
        leaf => leaf,
    }
}

/// The same value as text, with every member of every object written twice.
fn twice(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(twice).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}:{}", json!(name), twice(value)))
                .collect();
            let members = members.join(",");
            match members.is_empty() {
                true => "{}".to_owned(),
                false => format!("{{{members},{members}}}"),
            }
        }
        leaf => leaf.to_string(),
    }
}

/// The same value as text, with every string replaced by these raw characters.
fn in_strings(response: &RawResponse, raw: &str) -> Vec<u8> {
    let marked = each_leaf(parsed(response), &|leaf| match leaf {
        Value::String(_) => json!("canary-string"),
        other => other.clone(),
    });
    marked
        .to_string()
        .replace("canary-string", raw)
        .into_bytes()
}
