//! What was found instead of being added.

use serde::Serialize;
use serde_json::Value;

/// An object that carries the very foreign id that was asked for, and how it differs from what was
/// to be added.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Found<T> {
    /// What the service has.
    pub thing: T,
    /// The wire paths of the sent fields that the service has otherwise, such as
    /// `task.description`; empty if it is as it was to be added.
    ///
    /// The service computes the part of an address that is not sent, and may move what it knows a
    /// closer place for, so a path below an address need not be a conflict.
    pub differs_in: Vec<String>,
}

impl<T> Found<T> {
    /// What was found, and the wire paths of the sent fields in which it differs.
    #[must_use]
    pub const fn new(thing: T, differs_in: Vec<String>) -> Self {
        Self { thing, differs_in }
    }

    /// Compares what was to be sent with `as_sent`: what the service has, as it would be sent, or
    /// `None` if it cannot be.
    pub(crate) fn compared(
        thing: T,
        sent: &impl Serialize,
        as_sent: Option<impl Serialize>,
    ) -> Self {
        let json = |value| serde_json::to_value(value).unwrap_or_default();
        let sent = serde_json::to_value(sent).unwrap_or_default();
        let as_sent = as_sent.map(json).unwrap_or_default();
        let mut differs_in = Vec::new();
        compare(&sent, &as_sent, "", &mut differs_in);
        differs_in.sort_unstable();
        Self { thing, differs_in }
    }
}

/// Collects the paths of the leaves of `sent` that `has` lacks or has otherwise.
fn compare(sent: &Value, has: &Value, path: &str, differs_in: &mut Vec<String>) {
    match (sent, has) {
        (Value::Object(sent), has) => {
            for (name, sent) in sent {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                compare(
                    sent,
                    has.get(name).unwrap_or(&Value::Null),
                    &path,
                    differs_in,
                );
            }
        }
        (sent, has) if is_same(sent, has) => {}
        _ => differs_in.push(path.to_owned()),
    }
}

/// Whether two values are the same: numbers however they are written, and arrays in any order.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|left| right.iter().any(|right| is_same(left, right)))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, left)| right.get(name).is_some_and(|right| is_same(left, right)))
        }
        _ => left == right,
    }
}
