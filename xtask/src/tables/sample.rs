//! Values made up from the tables, for fields that no example has.

use serde_json::{Number, Value};
use vendor_sandbox::contract::{Constraints, Shape};

use super::documented::{DocField, Documented};
use super::values::{At, Step, get, steps, with};

/// The least that the tables ask for, with the field `wanted` in it and whatever is around that.
pub(crate) fn minimal(documented: &Documented<'_>, wanted: Option<&DocField<'_>>) -> Value {
    let is_array = documented
        .fields
        .first()
        .is_some_and(|field| field.path == "[]");
    let mut value = if is_array {
        Value::Array(Vec::new())
    } else {
        Value::Object(Default::default())
    };
    for field in &documented.fields {
        let leads_to_wanted = wanted.is_some_and(|wanted| leads_to(&field.path, &wanted.path));
        let needed = match field.path.strip_suffix("[]") {
            Some(array) => least_elements(documented, array) > 0,
            None => field.required,
        };
        if (needed || leads_to_wanted) && fits_variant(documented, field, wanted) {
            value = put(&value, &field.path, sample(field));
        }
    }
    for field in documented.fields.iter().filter(|field| field.is_array()) {
        value = filled(&value, &field.path, least_elements(documented, &field.path));
    }
    // The fields that tell variants apart say which were chosen.
    for field in &documented.fields {
        for condition in &field.conditions {
            if !fits_variant(documented, field, wanted) {
                continue;
            }
            let path = join(&condition.at, condition.discriminator);
            if get(&value, &first_way(&condition.at)).is_some() {
                value = put(&value, &path, Value::from(condition.value));
            }
        }
    }
    value
}

/// How many elements the array at `path` must have.
fn least_elements(documented: &Documented<'_>, path: &str) -> u64 {
    let array = documented
        .fields
        .iter()
        .find(|field| field.path == path && field.is_array());
    let bounds = array.and_then(|field| field.row.field.constraints.elements.as_ref());
    bounds.and_then(|bounds| bounds.min).unwrap_or(0)
}

/// `value` with its array at `path` brought to `least` elements by repeating the first.
fn filled(value: &Value, path: &str, least: u64) -> Value {
    let way = first_way(path);
    let Some([first, ..]) = get(value, &way)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    else {
        return value.clone();
    };
    let elements = (0..least.max(1)).map(|_| first.clone()).collect();
    with(value, &way, Value::Array(elements))
}

/// Whether `field` belongs to the variants that lead to `wanted`, or to the first ones.
fn fits_variant(
    documented: &Documented<'_>,
    field: &DocField<'_>,
    wanted: Option<&DocField<'_>>,
) -> bool {
    field.conditions.iter().all(|condition| {
        let chosen = wanted.into_iter().flat_map(|wanted| &wanted.conditions);
        let mut chosen = chosen.filter(|chosen| chosen.at == condition.at);
        if let Some(chosen) = chosen.next() {
            return chosen.value == condition.value;
        }
        let all = documented.fields.iter().flat_map(|field| &field.conditions);
        let mut all = all.filter(|other| other.at == condition.at);
        all.next()
            .is_none_or(|first| first.value == condition.value)
    })
}

/// Whether `path` is on the way to `wanted`.
fn leads_to(path: &str, wanted: &str) -> bool {
    wanted
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

pub(crate) fn join(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}

/// The way to `path` through the first element of every array.
pub(crate) fn first_way(path: &str) -> Vec<At> {
    let steps = steps(path).into_iter().map(|step| match step {
        Step::Field(name) => At::Field(name.to_owned()),
        Step::Elements => At::Index(0),
    });
    steps.collect()
}

/// Puts `new` at `path`, whose parent is there. An empty array grows by its first element.
fn put(value: &Value, path: &str, new: Value) -> Value {
    let way = first_way(path);
    if let Some((At::Index(0), array)) = way.split_last()
        && get(value, array)
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
    {
        return with(value, array, Value::Array(vec![new]));
    }
    with(value, &way, new)
}

/// A value that the field's row allows.
pub(crate) fn sample(field: &DocField<'_>) -> Value {
    let constraints = &field.row.field.constraints;
    field
        .shapes
        .first()
        .map_or(Value::Null, |shape| sample_of(shape, constraints))
}

fn sample_of(shape: &Shape, constraints: &Constraints) -> Value {
    let listed = constraints.one_of.first().or(constraints.known.first());
    match shape {
        Shape::String { format } => match (listed, format.as_deref()) {
            (Some(value), _) => Value::from(value.as_str()),
            (None, Some("ISO 8601")) => Value::from("2025-11-24T08:30:00Z"),
            (None, Some("dd/MM/yyyy HH:mm")) => Value::from("24/11/2025 08:30"),
            (None, Some("UUID")) => Value::from("efb2dfc9-71a5-4e72-98fd-78b427790086"),
            (None, _) => {
                let bounds = constraints.characters.as_ref();
                let least = bounds.and_then(|bounds| bounds.min).unwrap_or(1).max(1);
                let most = bounds.and_then(|bounds| bounds.max).unwrap_or(least);
                Value::from("x".repeat(usize::try_from(least.min(most)).unwrap_or(1)))
            }
        },
        Shape::Integer { .. } | Shape::Number { .. } => {
            let listed = listed.and_then(|value| value.parse().ok());
            let bounds = constraints.range.as_ref();
            let bound = bounds.and_then(|bounds| bounds.min.clone().or(bounds.max.clone()));
            Value::Number(listed.or(bound).unwrap_or(Number::from(1)))
        }
        Shape::Boolean => Value::Bool(true),
        Shape::Array { .. } => Value::Array(Vec::new()),
        Shape::Object | Shape::Named { .. } => Value::Object(Default::default()),
        _ => Value::from("anything"),
    }
}
