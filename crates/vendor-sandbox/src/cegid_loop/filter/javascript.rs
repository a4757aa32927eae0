//! How JavaScript compares the values that JSON has. `None` is its `undefined`.

use std::cmp::Ordering;

use serde_json::Value;

/// `left == right`. Nothing equals nothing alone, be it null or undefined.
pub(super) fn loosely_equal(left: Option<&Value>, right: &Value) -> bool {
    match (is_nothing(left), right) {
        (true, Value::Null) => true,
        (true, _) | (_, Value::Null) => false,
        (false, right) => match (Primitive::of(left), Primitive::of(Some(right))) {
            (Primitive::Text(left), Primitive::Text(right)) => left == right,
            // NaN equals nothing.
            (left, right) => left.number() == right.number(),
        },
    }
}

/// `left === right`, for a `right` that is not an object.
pub(super) fn strictly_equal(left: Option<&Value>, right: &Value) -> bool {
    match (left, right) {
        (Some(Value::Null), Value::Null) => true,
        (Some(Value::Bool(left)), Value::Bool(right)) => left == right,
        (Some(Value::String(left)), Value::String(right)) => left == right,
        (Some(Value::Number(left)), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => false,
    }
}

/// The order of `<` and `>`: texts by their UTF-16 units, everything else as numbers. None if one of
/// them is `NaN`.
pub(super) fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (Primitive::of(left), Primitive::of(right)) {
        (Primitive::Text(left), Primitive::Text(right)) => {
            Some(left.encode_utf16().cmp(right.encode_utf16()))
        }
        (left, right) => left.number().partial_cmp(&right.number()),
    }
}

fn is_nothing(value: Option<&Value>) -> bool {
    value.is_none_or(Value::is_null)
}

/// A value that is not an object.
enum Primitive {
    Number(f64),
    Text(String),
}

impl Primitive {
    fn of(value: Option<&Value>) -> Self {
        match value {
            None => Self::Number(f64::NAN),
            Some(Value::Null) => Self::Number(0.0),
            Some(Value::Bool(value)) => Self::Number(f64::from(u8::from(*value))),
            Some(Value::Number(value)) => Self::Number(value.as_f64().unwrap_or(f64::NAN)),
            Some(other) => Self::Text(text(other)),
        }
    }

    fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Text(text) => number(text),
        }
    }
}

/// `String(value)`.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number_text(number.as_f64().unwrap_or(f64::NAN)),
        Value::Array(elements) => {
            let texts: Vec<String> = elements.iter().map(element_text).collect();
            texts.join(",")
        }
        Value::Object(_) => "[object Object]".to_owned(),
        Value::Null | Value::Bool(_) => value.to_string(),
    }
}

/// An element of an array in the text of that array, where null is empty.
fn element_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        other => text(other),
    }
}

/// `String(number)`: the shortest digits that mean this number, with an exponent for what is very
/// large or very small.
fn number_text(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(-6..=20) => number.to_string(),
        Ok(exponent) if exponent > 0 => format!("{digits}e+{exponent}"),
        _ => format!("{digits}e{exponent}"),
    }
}

/// `Number(text)`.
fn number(text: &str) -> f64 {
    let text = text.trim_matches(is_white_space);
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, bits) in [("0x", 4), ("0o", 3), ("0b", 1)] {
        if let Some(digits) = strip_prefix_of_any_case(text, prefix) {
            return binary(digits, bits);
        }
    }
    match text.trim_start_matches(['+', '-']) {
        "Infinity" => text.parse().unwrap_or(f64::NAN),
        // What else Rust reads as a number has only these.
        unsigned if unsigned.bytes().all(is_decimal) => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

/// White space and line ends, as JavaScript has them.
pub(super) fn is_white_space(c: char) -> bool {
    // Unicode's, but without the next line, and with the byte-order mark.
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

fn is_decimal(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-')
}

fn strip_prefix_of_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Digits of so many bits each, rounded once.
fn binary(digits: &str, bits: u32) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    // The leading 64 bits, and what power of two they count. A bit that falls off stays in the last
    // one, so that rounding sees it.
    let (mut leading, mut power) = (0_u64, 0_i32);
    for digit in digits.chars() {
        let Some(digit) = digit.to_digit(1 << bits) else {
            return f64::NAN;
        };
        for shift in (0..bits).rev() {
            let bit = u64::from((digit >> shift) & 1);
            if leading >> 63 == 0 {
                leading = (leading << 1) | bit;
            } else {
                leading |= bit;
                power = power.saturating_add(1);
            }
        }
    }
    leading as f64 * 2_f64.powi(power)
}
