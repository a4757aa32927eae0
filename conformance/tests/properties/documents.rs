//! Documents made from the documented payloads, for every part of every operation.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use conformance::{Subject, for_each_vendor};
use fastrand::Rng;
use serde_json::{Map, Value, json};
use vendor_client_core::schema::{OperationSchema, Part};

/// How often each payload is changed.
const CHANGES: usize = 100;

/// Every operation of every vendor, by its vendor.
pub(crate) fn operations() -> Vec<(&'static str, OperationSchema)> {
    fn of<S: Subject>() -> Vec<(&'static str, OperationSchema)> {
        let operations = S::schema().into_iter();
        operations.map(|operation| (S::NAME, operation)).collect()
    }
    for_each_vendor!(of()).into_iter().flatten().collect()
}

/// The documented payloads of an operation, by the names of their files.
pub(crate) fn fixtures(vendor: &str, operation: &str) -> BTreeMap<PathBuf, Value> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let folder = crates.join(vendor).join("tests/fixtures").join(operation);
    let Ok(files) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    files
        .map(|file| file.unwrap().path())
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

/// The same document with one thing changed, somewhere.
pub(crate) fn changed(value: &Value, rng: &mut Rng) -> Value {
    match value {
        Value::Array(items) if !items.is_empty() && rng.u8(0..6) > 0 => {
            let mut items = items.clone();
            let index = rng.usize(0..items.len());
            match rng.u8(0..5) {
                0 => {
                    items.remove(index);
                }
                1 => items.push(items[index].clone()),
                _ => items[index] = changed(&items[index], rng),
            }
            Value::Array(items)
        }
        Value::Object(members) if !members.is_empty() && rng.u8(0..12) > 0 => {
            let mut members = members.clone();
            let names: Vec<String> = members.keys().cloned().collect();
            let name = &names[rng.usize(0..names.len())];
            match rng.u8(0..8) {
                0 => {
                    members.remove(name);
                }
                1 => {
                    members.insert(text(rng), any_value(rng, 2));
                }
                _ => {
                    let value = changed(&members[name], rng);
                    members.insert(name.clone(), value);
                }
            }
            Value::Object(members)
        }
        Value::String(_) if rng.u8(0..4) > 0 => Value::String(text(rng)),
        Value::Number(_) if rng.u8(0..4) > 0 => number(rng),
        _ => any_value(rng, 2),
    }
}

/// Any document.
pub(crate) fn any_value(rng: &mut Rng, depth: u8) -> Value {
    let kinds = if depth == 0 { 5 } else { 7 };
    match rng.u8(0..kinds) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => number(rng),
        3 | 4 => Value::String(text(rng)),
        5 => (0..rng.u8(0..4))
            .map(|_| any_value(rng, depth - 1))
            .collect(),
        _ => {
            let members = (0..rng.u8(0..4)).map(|_| (text(rng), any_value(rng, depth - 1)));
            Value::Object(Map::from_iter(members.collect::<Vec<_>>()))
        }
    }
}

fn number(rng: &mut Rng) -> Value {
    match rng.u8(0..6) {
        0 => json!(0),
        1 => json!(rng.i64(..)),
        2 => json!(rng.u64(..)),
        3 => json!(f64::from_bits(rng.u64(..))),
        4 => json!(rng.f64() * 1e6),
        _ => json!(rng.i32(-100..100_000)),
    }
}

fn text(rng: &mut Rng) -> String {
    const LIKELY: [&str; 12] = [
        "",
        "0",
        "-1",
        "4.5",
        "null",
        "2026-03-02T08:00:00Z",
        "2020-12-31T19:00:00.250+05:00",
        "24/11/2025 08:30",
        "efb2dfc9-71a5-4e72-98fd-78b427790086",
        "task",
        "name",
        "status",
    ];
    match rng.u8(0..3) {
        0 => LIKELY[rng.usize(0..LIKELY.len())].to_owned(),
        1 => (0..rng.u8(0..8)).map(|_| rng.alphanumeric()).collect(),
        _ => (0..rng.u8(0..8)).map(|_| rng.char(..)).collect(),
    }
}

/// What can be read is written so that it is read back the same. Returns whether it can be read.
fn is_stable(part: &Part, value: &Value, where_: &str) -> bool {
    let Ok(probed) = part.probe(value) else {
        return false;
    };
    let again = part.probe(&probed.written).unwrap_or_else(|error| {
        panic!(
            "{where_}: {error}\nread: {value}\nwritten: {}",
            probed.written
        )
    });
    assert!(
        is_same(&again.written, &probed.written),
        "{where_}\nread: {value}\nwritten: {}\nand again: {}",
        probed.written,
        again.written
    );
    true
}

/// Whether two documents are the same, but for the last bit of a fraction, which serde_json may
/// read differently.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let [one, other] = [one, other].map(|number| number.as_f64().unwrap_or_default());
            (one - other).abs() <= 4.0 * f64::EPSILON * one.abs()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, one)| other.get(name).is_some_and(|other| is_same(one, other)))
        }
        (one, other) => one == other,
    }
}

#[test]
fn whatever_can_be_read_is_written_so_that_it_is_read_back_the_same() {
    let mut rng = Rng::with_seed(7);
    let (mut read, mut parts_read) = (0, 0);
    for (vendor, schema) in operations() {
        let name = schema.operation.name;
        let parts = schema
            .query
            .iter()
            .chain(&schema.bodies)
            .chain(&schema.responses);
        for part in parts {
            let mut is_part_read = false;
            for (path, payload) in fixtures(vendor, name) {
                let mut value = payload.clone();
                for _ in 0..CHANGES {
                    let next = changed(&value, &mut rng);
                    let where_ = format!("{} as {}", path.display(), part.type_name);
                    if is_stable(part, &next, &where_) {
                        read += 1;
                        is_part_read = true;
                        // Changes add up, as long as the document can be read.
                        value = next;
                    }
                }
            }
            parts_read += usize::from(is_part_read);
        }
    }
    // So that the test cannot pass by reading nothing.
    assert!(
        read > 3_000 && parts_read > 60,
        "{read} of {parts_read} parts"
    );
}

#[test]
fn any_document_at_all_is_read_or_refused() {
    let mut rng = Rng::with_seed(11);
    for (vendor, schema) in operations() {
        let parts = [
            &schema.path,
            &schema.query,
            &schema.bodies,
            &schema.responses,
        ];
        for part in parts.into_iter().flatten() {
            for _ in 0..CHANGES {
                let value = any_value(&mut rng, 4);
                is_stable(part, &value, vendor);
            }
        }
    }
}
