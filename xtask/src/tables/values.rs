//! Reaching into JSON values by the paths of the tables.

use serde_json::Value;

use super::documented::{Condition, DocField};

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    Field(&'a str),
    Elements,
}

/// A way through a value: field names and indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Field(String),
    Index(usize),
}

/// Cuts `orders[].name` into its steps.
pub(crate) fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let name = part.trim_end_matches("[]");
        if !name.is_empty() {
            steps.push(Step::Field(name));
        }
        let arrays = (part.len() - name.len()) / "[]".len();
        steps.extend(std::iter::repeat_n(Step::Elements, arrays));
    }
    steps
}

/// `orders[0].name`, as the validation of a client names it.
pub(crate) fn written(way: &[At]) -> String {
    let mut text = String::new();
    for at in way {
        match at {
            At::Field(name) if text.is_empty() => text.push_str(name),
            At::Field(name) => {
                text.push('.');
                text.push_str(name);
            }
            At::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

/// All places in `value` where the field is: elements of all arrays, of the right variants.
pub(crate) fn ways_to(value: &Value, field: &DocField<'_>) -> Vec<Vec<At>> {
    let ways = ways(value, &field.path);
    ways.into_iter()
        .filter(|way| field.conditions.iter().all(|c| holds(value, way, c)))
        .collect()
}

/// All places in `value` where `path` leads.
pub(crate) fn ways(value: &Value, path: &str) -> Vec<Vec<At>> {
    let mut found = vec![(Vec::new(), value)];
    for step in steps(path) {
        found = found
            .into_iter()
            .flat_map(|(way, value)| one_step(&way, value, step))
            .collect();
    }
    found.into_iter().map(|(way, _)| way).collect()
}

fn one_step<'v>(way: &[At], value: &'v Value, step: Step<'_>) -> Vec<(Vec<At>, &'v Value)> {
    let extend = |at| way.iter().cloned().chain([at]).collect::<Vec<_>>();
    match (step, value) {
        (Step::Field(name), Value::Object(object)) => object
            .get(name)
            .map(|value| (extend(At::Field(name.to_owned())), value))
            .into_iter()
            .collect(),
        (Step::Elements, Value::Array(elements)) => elements
            .iter()
            .enumerate()
            .map(|(index, value)| (extend(At::Index(index)), value))
            .collect(),
        _ => Vec::new(),
    }
}

fn holds(value: &Value, way: &[At], condition: &Condition<'_>) -> bool {
    let object = get(value, &way[..steps(&condition.at).len().min(way.len())]);
    object.and_then(|object| object.get(condition.discriminator)?.as_str()) == Some(condition.value)
}

pub(crate) fn get<'v>(value: &'v Value, way: &[At]) -> Option<&'v Value> {
    way.iter().try_fold(value, |value, at| match at {
        At::Field(name) => value.get(name),
        At::Index(index) => value.get(*index),
    })
}

fn get_mut<'v>(value: &'v mut Value, way: &[At]) -> Option<&'v mut Value> {
    way.iter().try_fold(value, |value, at| match at {
        At::Field(name) => value.get_mut(name),
        At::Index(index) => value.get_mut(*index),
    })
}

/// `value` with `new` at `way`, in an object that is there.
pub(crate) fn with(value: &Value, way: &[At], new: Value) -> Value {
    let mut value = value.clone();
    let Some((last, parents)) = way.split_last() else {
        return new;
    };
    match (get_mut(&mut value, parents), last) {
        (Some(Value::Object(object)), At::Field(name)) => {
            object.insert(name.clone(), new);
        }
        (Some(Value::Array(elements)), At::Index(index)) if *index < elements.len() => {
            elements[*index] = new;
        }
        _ => {}
    }
    value
}

/// `value` without the field at `way`.
pub(crate) fn without(value: &Value, way: &[At]) -> Value {
    let mut value = value.clone();
    if let Some((At::Field(name), parents)) = way.split_last()
        && let Some(Value::Object(object)) = get_mut(&mut value, parents)
    {
        object.remove(name);
    }
    value
}

/// `value` with the field at `way` under another name.
pub(crate) fn renamed(value: &Value, way: &[At], name: &str) -> Value {
    let (Some(field), Some((_, parents))) = (get(value, way).cloned(), way.split_last()) else {
        return value.clone();
    };
    let mut new = parents.to_vec();
    new.push(At::Field(name.to_owned()));
    with(&without(value, way), &new, field)
}

/// Where two values differ, by the paths of the tables (`orders[].name`).
///
/// Numbers are equal by value, however they are spelled. With `null_is_absent`, so are null and
/// absent fields.
pub(crate) fn differences(left: &Value, right: &Value, null_is_absent: bool) -> Vec<String> {
    let mut found = Vec::new();
    compare(left, right, "", null_is_absent, &mut found);
    found.sort();
    found.dedup();
    found
}

fn compare(left: &Value, right: &Value, at: &str, null_is_absent: bool, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            for name in left.keys().chain(right.keys()) {
                let [left, right] = [left, right].map(|object| object.get(name));
                let at = if at.is_empty() {
                    name.clone()
                } else {
                    format!("{at}.{name}")
                };
                match (left, right) {
                    (Some(left), Some(right)) => compare(left, right, &at, null_is_absent, found),
                    (Some(Value::Null), None) | (None, Some(Value::Null)) if null_is_absent => {}
                    _ => found.push(at),
                }
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (left, right) in left.iter().zip(right) {
                compare(left, right, &format!("{at}[]"), null_is_absent, found);
            }
        }
        (Value::Number(left), Value::Number(right)) if left.as_f64() == right.as_f64() => {}
        _ if left == right => {}
        _ => found.push(at.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_through_every_element() {
        let value = json!({ "orders": [{}, { "name": "a" }] });
        let ways = ways(&value, "orders[].name");
        assert_eq!(ways.len(), 1);
        assert_eq!(written(&ways[0]), "orders[1].name");
        assert_eq!(get(&value, &ways[0]), Some(&json!("a")));
    }

    #[test]
    fn a_value_is_changed_at_a_place() {
        let value = json!([{ "id": 1 }]);
        let way = &ways(&value, "[].id")[0];
        assert_eq!(with(&value, way, json!(2)), json!([{ "id": 2 }]));
        assert_eq!(without(&value, way), json!([{}]));
        assert_eq!(renamed(&value, way, "ident"), json!([{ "ident": 1 }]));
    }

    #[test]
    fn differences_are_named_by_path() {
        let left = json!({ "a": [{ "b": 1 }], "c": null, "d": 1.0 });
        let right = json!({ "a": [{ "b": 2 }], "d": 1 });
        assert_eq!(differences(&left, &right, true), ["a[].b"]);
        assert_eq!(differences(&left, &right, false), ["a[].b", "c"]);
    }
}
