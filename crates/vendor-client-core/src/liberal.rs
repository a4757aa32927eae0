//! A second, liberal reading of a body that is JSON but not quite of the documented types.
//!
//! It reads what can be read without guessing: a text from a number, a number from a text, and so
//! on. What isn't certain stays an error: neither `4.5` nor `"04"` is an integer.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Error, Map, Number, Value};
use serde_path_to_error::Segment;

/// Below this, and its negative, a float stands for one integer alone.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// How many fields may be empty texts that can't be read, so that the time has a bound.
const MAX_EMPTY_FIELDS: usize = 64;

/// Reads a `T` liberally; `None` if that fails too.
///
/// An empty text that can't be read as what it should be is null. An object that has a member twice
/// isn't read, because one of the two would be lost.
#[cold]
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    serde_json::from_slice::<NothingTwice>(json).ok()?;
    let mut value = serde_json::from_slice(json).ok()?;
    // Each round mends one field in all the rows at once.
    for _ in 0..=MAX_EMPTY_FIELDS {
        let error = match serde_path_to_error::deserialize(Liberal(&value)) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let path: Vec<&Segment> = error.path().iter().collect();
        if !clear_empty_text(&mut value, &path) {
            return None;
        }
    }
    None
}

/// Replaces the empty text at `path` by null, in every element of the lists on the way. Returns
/// whether there was one.
fn clear_empty_text(value: &mut Value, path: &[&Segment]) -> bool {
    match (path, value) {
        ([], value) if value.as_str() == Some("") => {
            *value = Value::Null;
            true
        }
        ([Segment::Seq { .. }, rest @ ..], Value::Array(elements)) => {
            let cleared = elements
                .iter_mut()
                .map(|element| clear_empty_text(element, rest));
            cleared.fold(false, |any, this| any | this)
        }
        ([Segment::Map { key }, rest @ ..], Value::Object(members)) => members
            .get_mut(key)
            .is_some_and(|member| clear_empty_text(member, rest)),
        _ => false,
    }
}

/// The deserializer of the second reading.
#[derive(Clone, Copy)]
struct Liberal<'de>(&'de Value);

impl<'de> Liberal<'de> {
    /// The number that this is, or that its text is as JSON.
    fn number(self) -> Option<Number> {
        match self.0 {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }

    fn integer<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Some(number) = self.number() else {
            return self.deserialize_any(visitor);
        };
        if number.is_i64() || number.is_u64() {
            return number.deserialize_any(visitor);
        }
        match number.as_f64().and_then(exact_integer) {
            Some(integer) => integer.into_deserializer().deserialize_any(visitor),
            None => self.deserialize_any(visitor),
        }
    }

    fn float<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.number() {
            Some(number) => number.deserialize_any(visitor),
            None => self.deserialize_any(visitor),
        }
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Number(_) | Value::Bool(_) => visitor.visit_string(self.0.to_string()),
            _ => self.deserialize_any(visitor),
        }
    }
}

/// The integer that a float stands for.
fn exact_integer(float: f64) -> Option<i64> {
    let is_exact = float.fract() == 0.0 && float.abs() < MAX_EXACT;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it has no fraction and is in range"
    )]
    is_exact.then_some(float as i64)
}

fn entries<'de>(
    members: &'de Map<String, Value>,
) -> MapDeserializer<'de, impl Iterator<Item = (&'de str, Liberal<'de>)>, Error> {
    MapDeserializer::new(
        members
            .iter()
            .map(|(name, value)| (name.as_str(), Liberal(value))),
    )
}

impl<'de> IntoDeserializer<'de, Error> for Liberal<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! each {
    ($read:ident: $($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$read(visitor)
        }
    )+};
}

impl<'de> Deserializer<'de> for Liberal<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(elements) => {
                SeqDeserializer::new(elements.iter().map(Liberal)).deserialize_any(visitor)
            }
            Value::Object(members) => entries(members).deserialize_any(visitor),
            scalar => scalar.deserialize_any(visitor),
        }
    }

    each!(integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128);
    each!(integer: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128);
    each!(float: deserialize_f32 deserialize_f64);
    each!(text: deserialize_str deserialize_string);

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Number(number) if number.as_u64() == Some(0) => visitor.visit_bool(false),
            Value::Number(number) if number.as_u64() == Some(1) => visitor.visit_bool(true),
            Value::String(text) if text == "false" => visitor.visit_bool(false),
            Value::String(text) if text == "true" => visitor.visit_bool(true),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => {
                SeqDeserializer::new(std::iter::empty::<Liberal<'de>>()).deserialize_any(visitor)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// Reads an enumeration, a name without regard to case.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(text) if variants.contains(&text.as_str()) => {
                visitor.visit_enum(text.as_str().into_deserializer())
            }
            Value::String(text) => {
                let mut alike = variants
                    .iter()
                    .filter(|name| name.eq_ignore_ascii_case(text));
                let name = match (alike.next(), alike.next()) {
                    (Some(name), None) => name,
                    _ => text.as_str(),
                };
                visitor.visit_enum(name.into_deserializer())
            }
            Value::Object(members) => {
                visitor.visit_enum(MapAccessDeserializer::new(entries(members)))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        char bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}

/// JSON in which no object has a member twice.
struct NothingTwice;

impl<'de> Deserialize<'de> for NothingTwice {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for NothingTwice {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut names = BTreeSet::new();
        while let Some((name, Self)) = map.next_entry::<String, Self>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a member is there twice"));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    enum Status {
        Open,
        #[serde(rename = "closed")]
        Closed,
    }

    fn liberal<T: DeserializeOwned>(value: &Value) -> Option<T> {
        read(value.to_string().as_bytes())
    }

    #[test]
    fn a_text_is_read_from_a_number_or_a_boolean() {
        assert_eq!(liberal(&json!(2_021_111)), Some("2021111".to_owned()));
        assert_eq!(liberal(&json!(true)), Some("true".to_owned()));
        assert_eq!(liberal::<String>(&json!([])), None);
        assert_eq!(liberal::<String>(&json!(null)), None);
    }

    #[test]
    fn an_integer_is_read_from_text_or_from_a_float_without_a_fraction() {
        for value in [json!(4), json!(4.0), json!("4"), json!("4.0"), json!(" 4 ")] {
            assert_eq!(liberal(&value), Some(4_u8), "{value}");
        }
        assert_eq!(liberal(&json!("-4")), Some(-4_i64));
        for value in [
            json!(4.5),
            json!("4.5"),
            json!("04"),
            json!("4x"),
            json!(256),
            json!(-1),
            json!(true),
            json!(null),
        ] {
            assert_eq!(liberal::<u8>(&value), None, "{value}");
        }
        assert_eq!(liberal::<i64>(&json!(9_007_199_254_740_992.0)), None);
    }

    #[test]
    fn a_float_is_read_from_text() {
        assert_eq!(liberal(&json!("0.15")), Some(0.15));
        for text in ["NaN", "inf", "0,15", ""] {
            assert_eq!(liberal::<f64>(&json!(text)), None, "{text}");
        }
    }

    #[test]
    fn a_boolean_is_read_from_zero_one_and_its_names() {
        for value in [json!(1), json!("true"), json!(true)] {
            assert_eq!(liberal(&value), Some(true), "{value}");
        }
        for value in [json!(0), json!("false"), json!(false)] {
            assert_eq!(liberal(&value), Some(false), "{value}");
        }
        for value in [json!(2), json!("yes"), json!(null)] {
            assert_eq!(liberal::<bool>(&value), None, "{value}");
        }
    }

    #[test]
    fn an_empty_text_is_none_only_if_it_cannot_be_read() {
        assert_eq!(liberal(&json!("")), Some(None::<f64>));
        assert_eq!(liberal(&json!("")), Some(Some(String::new())));
        assert_eq!(liberal(&json!("")), Some(None::<Status>));
        assert_eq!(liberal::<Option<f64>>(&json!("x")), None);
        assert_eq!(liberal::<f64>(&json!("")), None);
        let rows = json!([{"a": "", "b": ""}, {"a": "1", "b": ""}]);
        type Rows = Vec<BTreeMap<String, Option<i64>>>;
        let a: Vec<_> = liberal::<Rows>(&rows)
            .unwrap()
            .iter()
            .map(|row| row["a"])
            .collect();
        assert_eq!(a, [None, Some(1)]);
    }

    #[test]
    fn the_number_of_empty_fields_is_bounded() {
        let object = |size: usize| -> Value {
            (0..size)
                .map(|index| (index.to_string(), json!("")))
                .collect()
        };
        type Fields = BTreeMap<String, Option<i64>>;
        assert_eq!(liberal::<Fields>(&object(64)).unwrap().len(), 64);
        assert_eq!(liberal::<Fields>(&object(100_000)), None);
    }

    #[test]
    fn null_is_an_empty_list() {
        assert_eq!(liberal(&json!(null)), Some(Vec::<u8>::new()));
        assert_eq!(liberal::<(u8, u8)>(&json!(null)), None);
    }

    #[test]
    fn an_enumeration_is_read_without_regard_to_case() {
        assert_eq!(liberal(&json!("OPEN")), Some(Status::Open));
        assert_eq!(liberal(&json!("Closed")), Some(Status::Closed));
        assert_eq!(liberal::<Status>(&json!("shut")), None);
    }

    #[test]
    fn an_object_with_a_member_twice_is_not_read() {
        let json = br#"{"a": "1", "a": 2}"#;
        assert_eq!(read::<BTreeMap<String, u8>>(json), None);
    }

    #[test]
    fn json_nested_too_deep_is_not_read() {
        assert_eq!(read::<Value>("[".repeat(100_000).as_bytes()), None);
    }

    proptest! {
        #![proptest_config(crate::arbitrary())]

        #[test]
        fn what_the_strict_reading_reads_is_read_alike(
            number: i64, float: f64, text: String, rows: Vec<Option<bool>>,
        ) {
            let json = json!([number, float, text, rows]).to_string();
            type Row = (i64, f64, Option<String>, Vec<Option<bool>>);
            let strict: Row = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read(json.as_bytes()), Some(strict));
        }

        #[test]
        fn an_integer_survives_its_text(number: i64) {
            prop_assert_eq!(liberal(&json!(number.to_string())), Some(number));
            prop_assert_eq!(liberal(&json!(number)), Some(number.to_string()));
        }

        #[test]
        fn any_text_is_read_or_left(text: String) {
            let json = text.as_bytes();
            let _ = read::<i64>(json);
            if let Some(number) = liberal::<i64>(&json!(text)) {
                let float: f64 = text.trim().parse().unwrap();
                #[expect(clippy::cast_precision_loss, reason = "the text was read in the same way")]
                let number = number as f64;
                prop_assert_eq!(number.to_bits(), (float + 0.0).to_bits());
            }
        }
    }
}
