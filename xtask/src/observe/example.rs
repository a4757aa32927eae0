//! What was observed as examples for the pages: names, types and shapes, and no value of anybody's.
//!
//! A value survives only if a page lists it, or if it says nothing: `null`. Every other one is
//! replaced by a made-up one of the same type and spelling.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Number, Value};
use time::Date;
use vendor_sandbox::contract::{Kind, Shape};

use crate::observe::compare::section_of;
use crate::observe::exchange::{self, Exchange};
use crate::page::{Row, Vendor};

/// How the name of such an example begins. The day follows.
pub(crate) const OBSERVED_ON: &str = "observed on ";

/// How many elements of an array are shown at most, all of them different.
const ELEMENTS: usize = 3;

/// An instant in epoch milliseconds.
const SOME_INSTANT: i64 = 1_772_438_400_000;

/// The successes as examples to be pasted into the pages, one of each operation: the one that shows
/// most.
pub(crate) fn all(vendor: &Vendor, exchanges: &[Exchange], on: Date) -> String {
    let mut examples: BTreeMap<(&str, usize, &str), String> = BTreeMap::new();
    for exchange in exchanges.iter().filter(|exchange| exchange.is_success()) {
        let Some((page, section, _)) = section_of(vendor, exchange) else {
            continue;
        };
        let Some(body) = exchange.json().filter(|body| !body.is_null()) else {
            continue;
        };
        let rows: Vec<&Row> = section.response_rows().collect();
        let example = of_value(vendor, &body, "", &rows);
        // A value of JSON can always be written.
        let text = serde_json::to_string_pretty(&example).unwrap_or_default();
        let key = (page.path.as_str(), section.line, section.operation());
        let shown = examples.entry(key).or_default();
        if text.len() > shown.len() {
            *shown = text;
        }
    }
    let mut all = String::new();
    for ((page, line, operation), text) in examples {
        // Writing to a string cannot fail.
        let _ = write!(
            all,
            "For {page}:{line}, among the examples of `{operation}`:\n\n\
             #### Response: {OBSERVED_ON}{on}\n\n```json\n{text}\n```\n\n"
        );
    }
    all
}

/// A value at a path of these rows, replaced by one that says no more than its type.
fn of_value(vendor: &Vendor, value: &Value, at: &str, rows: &[&Row]) -> Value {
    let here = || rows.iter().filter(|row| row.field.path == at);
    if here().any(|row| is_listed(row, value)) {
        return value.clone();
    }
    let named = here().find_map(|row| named_type(&row.field.kind));
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => Value::Bool(true),
        Value::Number(number) => Value::Number(of_number(number)),
        Value::String(text) => Value::String(of_text(text)),
        Value::Array(elements) => {
            let mut shown = Vec::new();
            for element in elements {
                let element = match named {
                    Some(name) => of_type(vendor, name, element),
                    None => of_value(vendor, element, &format!("{at}[]"), rows),
                };
                if !shown.contains(&element) && shown.len() < ELEMENTS {
                    shown.push(element);
                }
            }
            Value::Array(shown)
        }
        Value::Object(_) if named.is_some() => of_type(vendor, named.unwrap_or_default(), value),
        Value::Object(members) => object(members, |name, member| {
            let below = if at.is_empty() {
                name.to_owned()
            } else {
                format!("{at}.{name}")
            };
            of_value(vendor, member, &below, rows)
        }),
    }
}

/// A value of a named type. What tells its variants apart is listed by the names of the variants.
fn of_type(vendor: &Vendor, name: &str, value: &Value) -> Value {
    let (Some(section), Value::Object(members)) = (vendor.type_named(name), value) else {
        return of_value(vendor, value, "", &[]);
    };
    let of_variants = section.variants.iter().flat_map(|variant| &variant.rows);
    let rows: Vec<&Row> = section.rows.iter().chain(of_variants).collect();
    object(members, |name, member| {
        let tells_variants = section.discriminator.as_deref() == Some(name);
        let mut variants = section.variants.iter();
        match tells_variants && variants.any(|variant| *member == *variant.name) {
            true => member.clone(),
            false => of_value(vendor, member, name, &rows),
        }
    })
}

fn object(members: &Map<String, Value>, of: impl Fn(&str, &Value) -> Value) -> Value {
    let members = members.iter();
    let shown = members.map(|(name, member)| (exchange::name(name).to_owned(), of(name, member)));
    Value::Object(shown.collect())
}

/// Whether a page lists this value.
fn is_listed(row: &Row, value: &Value) -> bool {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return false,
    };
    let constraints = &row.field.constraints;
    constraints.known.contains(&text) || constraints.one_of.contains(&text)
}

fn named_type(kind: &Kind) -> Option<&str> {
    kind.any_of.iter().find_map(|shape| match shape {
        Shape::Named { name } => Some(name.as_str()),
        Shape::Array { of } => match &**of {
            Shape::Named { name } => Some(name.as_str()),
            _ => None,
        },
        _ => None,
    })
}

fn of_number(number: &Number) -> Number {
    match number.as_i64() {
        // The milliseconds of any day between 2001 and 2286 have 13 digits.
        Some(1_000_000_000_000..=9_999_999_999_999) => Number::from(SOME_INSTANT),
        Some(_) => Number::from(1),
        None => Number::from_f64(1.5).unwrap_or(Number::from(1)),
    }
}

/// A text that is spelled alike: a date, a UUID, a number, a word.
fn of_text(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_made_of = |others: &str| {
        text.chars()
            .all(|it| it.is_ascii_digit() || others.contains(it))
    };
    if digits >= 8 && text.contains('/') && is_made_of("/: +-.") {
        return with_digits(text, "020320260800");
    }
    if digits >= 8 && text.contains('-') && is_made_of("-:.+TZ ") {
        return with_digits(text, "20260302080000");
    }
    if digits > 0 && is_made_of("") {
        return "1".repeat(text.len());
    }
    if text.len() == 36 && text.chars().filter(|it| *it == '-').count() == 4 {
        return "00000000-0000-4000-8000-000000000000".to_owned();
    }
    match text {
        "" => String::new(),
        _ => "text".to_owned(),
    }
}

/// The text with these digits in the place of its own, and zeros when they are used up.
fn with_digits(text: &str, digits: &str) -> String {
    let mut digits = digits.chars();
    let letters = text.chars();
    letters
        .map(|letter| match letter {
            '0'..='9' => digits.next().unwrap_or('0'),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;
    use crate::pages;

    fn vendor(name: &str) -> Vendor {
        let (vendor, problems) = pages::read(name, &pages::texts(crate::root(), name).unwrap());
        assert!(problems.is_empty());
        vendor
    }

    fn exchange(path: &str, body: &Value) -> Exchange {
        Exchange {
            method: "GET".to_owned(),
            path: path.to_owned(),
            status: 200,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
            duration: None,
        }
    }

    fn example(vendor_name: &str, path: &str, body: &Value) -> String {
        let exchanges = [exchange(path, body)];
        all(&vendor(vendor_name), &exchanges, date!(2026 - 11 - 28))
    }

    #[test]
    fn an_example_has_names_types_and_listed_values_and_no_canary() {
        let body = json!({
            "status": { "code": 0, "message": "canary-message" },
            "activity": {
                "subtype": "assignment",
                "id": 987_654,
                "computedStartDate": "2015-07-13T09:48:34.123+05:30",
                "status": { "id": 987_654, "name": "canary-name", "type": "ASSIGNED", "byDefault": false },
                "task": {
                    "id": 987_654,
                    "name": "canary-name",
                    "dueDate": 1_472_767_140_000_i64,
                    "address": { "id": 3, "longitude": 4.987_654, "latitude": 50.987_654 },
                    "orders": [
                        { "id": 987_654, "name": "canary-order", "unit": "t", "amount": 12.5 },
                        { "id": 987_655, "name": "canary-order", "unit": "t", "amount": 12.5 },
                    ],
                    "canary name": "canary-value",
                    "properties": {},
                },
            },
        });
        let example = example("geoplanning", "/activity/987654", &body);
        assert!(!example.contains("canary"), "{example}");
        for secret in ["9876", "2015", "147276", "12.5", "false", "\"t\""] {
            assert!(!example.contains(secret), "{secret}: {example}");
        }
        assert!(
            example.starts_with("For docs/geoplanning/activities.md:"),
            "{example}"
        );
        assert!(example.contains("#### Response: observed on 2026-11-28\n"));
        assert!(example.contains("\"subtype\": \"assignment\""));
        assert!(example.contains("\"type\": \"ASSIGNED\""));
        assert!(example.contains("\"computedStartDate\": \"2026-03-02T08:00:00.000+00:00\""));
        assert!(example.contains("\"dueDate\": 1772438400000"));
        assert_eq!(
            example.matches("\"unit\"").count(),
            1,
            "one of two equal elements"
        );
    }

    #[test]
    fn a_text_keeps_its_spelling() {
        assert_eq!(of_text("24/11/2025 09:12"), "02/03/2026 08:00");
        assert_eq!(of_text("2025-11-24"), "2026-03-02");
        assert_eq!(of_text("0612345678"), "1111111111");
        assert_eq!(of_text("2"), "1");
        assert_eq!(of_text("efb2dfc9-71a5-4e72-98fd-78b427790086").len(), 36);
        assert_eq!(of_text("Dupont 12"), "text");
        assert_eq!(of_text(""), "");
    }

    #[test]
    fn a_refusal_is_no_example_and_of_two_successes_the_longer_one_is() {
        let path = "/ocean/restapi/geomission/statutMission";
        let mut refusal = exchange(path, &json!({ "message": "canary" }));
        refusal.status = 404;
        let short = exchange(path, &json!({ "status": "canary" }));
        let long = exchange(path, &json!({ "status": "canary", "statusCode": "canary" }));
        let vendor = vendor("ocean-geomission");
        let on = date!(2026 - 11 - 28);
        assert_eq!(all(&vendor, &[refusal], on), "");
        let shown = all(&vendor, &[short.clone(), long, short], on);
        assert_eq!(shown.matches("####").count(), 1);
        assert!(shown.contains("statusCode"), "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
