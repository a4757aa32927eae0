//! A second, liberal reading of a body that is JSON but not quite of the documented types.
//!
//! It reads what can be read without guessing: a text from a number, a number from a text, and so
//! on. What isn't certain stays an error: neither `4.5` nor `"04"` is an integer.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Error, Number, Value};
use serde_path_to_error::{Path, Segment};

/// Below this, and its negative, a float stands for one integer alone.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// How many fields may have to be mended, so that the time has a bound.
const MAX_MENDED_FIELDS: usize = 64;

/// How deep a second reading goes, as serde_json's own.
const MAX_DEPTH: usize = 128;

/// Reads a `T`: strictly, and liberally if that fails. Fails with the strict reading's error.
///
/// In the liberal reading, an empty text that can't be read as what it should be is null, and of
/// several names of one field, the first that isn't null counts. An object that has a member twice
/// under the very same name isn't read, because nobody knows which of the two is meant.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    read_unless(Tree::has_a_member_twice, json)
}

/// Reads JSON as [`Response::json`](crate::Response::json) does, for a part of a response. A member
/// that is there twice is as good as two names of one field: it costs no more than itself.
///
/// # Errors
///
/// That of the strict reading. Its words may quote the value: show them to nobody.
pub fn read_part<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    read_unless(|_| false, json)
}

fn read_unless<T: DeserializeOwned>(is_refused: fn(&Tree) -> bool, json: &str) -> Result<T, Error> {
    serde_json::from_str(json).or_else(|error| {
        let tree = match error.is_data() {
            true => Tree::of(json).filter(|tree| !is_refused(tree)),
            false => None,
        };
        tree.and_then(read_mended).ok_or(error)
    })
}

/// Reads a `T`, mending what it stumbles over; `None` if it can't be mended.
#[cold]
fn read_mended<T: DeserializeOwned>(mut tree: Tree) -> Option<T> {
    // Each round mends one field in all the rows at once.
    for _ in 0..=MAX_MENDED_FIELDS {
        let error = match serde_path_to_error::deserialize(Liberal(&tree)) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let is_mended = match repeated_field(error.inner()) {
            Some(field) => keep_one_name::<T>(&mut tree, error.path(), &field),
            None => tree.clear_empty_text(&segments(error.path())),
        };
        if !is_mended {
            return None;
        }
    }
    None
}

fn segments(path: &Path) -> Vec<&Segment> {
    path.iter().collect()
}

/// The field that is said to be there twice.
fn repeated_field(error: &Error) -> Option<String> {
    let text = error.to_string();
    let (field, _) = text.strip_prefix("duplicate field `")?.split_once('`')?;
    Some(field.to_owned())
}

/// Of the names of `field` that the object at `path` has, keeps the first whose value isn't null,
/// and does so in every element of the lists on the way. Returns whether anything was dropped.
fn keep_one_name<T: DeserializeOwned>(tree: &mut Tree, place: &Path, field: &str) -> bool {
    let path = &segments(place);
    let Some(Tree::Object(members)) = tree.at(path) else {
        return false;
    };
    let others = members.iter().map(|(name, _)| name.clone());
    let others: Vec<String> = others.filter(|name| name != field).collect();
    // Another name of the field is one that T refuses beside it.
    let mut names = vec![field.to_owned()];
    for name in others {
        let both = [&name, field].map(|name| (name.to_owned(), Tree::Scalar(Value::Null)));
        let Some(object) = tree.at_mut(path) else {
            return false;
        };
        let whole = std::mem::replace(object, Tree::Object(both.into()));
        let is_refused = match serde_path_to_error::deserialize::<_, T>(Liberal(tree)) {
            Ok(_) => false,
            Err(error) => {
                repeated_field(error.inner()).as_deref() == Some(field)
                    && error.path().to_string() == place.to_string()
            }
        };
        if let Some(object) = tree.at_mut(path) {
            *object = whole;
        }
        if is_refused {
            names.push(name);
        }
    }
    tree.keep_first_of(&names, path)
}

/// JSON with the members of its objects in their order, which decides between two names.
enum Tree {
    /// Neither an array nor an object.
    Scalar(Value),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    fn of(json: &str) -> Option<Self> {
        Self::read(serde_json::from_str(json).ok()?, MAX_DEPTH).ok()
    }

    fn read(json: &RawValue, depth: usize) -> Result<Self, Error> {
        let text = json.get();
        let is_nested = text.starts_with(['[', '{']);
        let Some(depth) = depth.checked_sub(usize::from(is_nested)) else {
            return Err(Error::custom("nested too deep"));
        };
        if text.starts_with('[') {
            let elements: Vec<&RawValue> = serde_json::from_str(text)?;
            let elements = elements.into_iter().map(|raw| Self::read(raw, depth));
            return Ok(Self::Array(elements.collect::<Result<_, _>>()?));
        }
        if text.starts_with('{') {
            let Members(members) = serde_json::from_str(text)?;
            let members = members
                .into_iter()
                .map(|(name, raw)| Ok((name, Self::read(raw, depth)?)));
            return Ok(Self::Object(members.collect::<Result<_, Error>>()?));
        }
        serde_json::from_str(text).map(Self::Scalar)
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(Value::Null))
    }

    fn has_a_member_twice(&self) -> bool {
        match self {
            Self::Scalar(_) => false,
            Self::Array(elements) => elements.iter().any(Self::has_a_member_twice),
            Self::Object(members) => {
                let mut names: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
                names.sort_unstable();
                names.windows(2).any(|pair| pair.first() == pair.last())
                    || members.iter().any(|(_, value)| value.has_a_member_twice())
            }
        }
    }

    fn at(&self, path: &[&Segment]) -> Option<&Self> {
        match (path, self) {
            ([], _) => Some(self),
            ([Segment::Seq { index }, rest @ ..], Self::Array(elements)) => {
                elements.get(*index)?.at(rest)
            }
            ([Segment::Map { key }, rest @ ..], Self::Object(members)) => {
                let mut named = members.iter().filter(|(name, _)| name == key);
                named.next()?.1.at(rest)
            }
            _ => None,
        }
    }

    fn at_mut(&mut self, path: &[&Segment]) -> Option<&mut Self> {
        match (path, self) {
            ([], tree) => Some(tree),
            ([Segment::Seq { index }, rest @ ..], Self::Array(elements)) => {
                elements.get_mut(*index)?.at_mut(rest)
            }
            ([Segment::Map { key }, rest @ ..], Self::Object(members)) => {
                let mut named = members.iter_mut().filter(|(name, _)| name == key);
                named.next()?.1.at_mut(rest)
            }
            _ => None,
        }
    }

    /// Changes what is at `path`, in every element of the lists on the way. Returns whether
    /// anything was changed.
    fn mend(&mut self, path: &[&Segment], change: &mut dyn FnMut(&mut Self) -> bool) -> bool {
        match (path, self) {
            ([], tree) => change(tree),
            ([Segment::Seq { .. }, rest @ ..], Self::Array(elements)) => {
                let changed = elements
                    .iter_mut()
                    .map(|element| element.mend(rest, change));
                changed.fold(false, |any, this| any | this)
            }
            ([Segment::Map { key }, rest @ ..], Self::Object(members)) => {
                let named = members.iter_mut().filter(|(name, _)| name == key);
                let changed = named.map(|(_, value)| value.mend(rest, change));
                changed.fold(false, |any, this| any | this)
            }
            _ => false,
        }
    }

    /// Replaces the empty text at `path` by null. Returns whether there was one.
    fn clear_empty_text(&mut self, path: &[&Segment]) -> bool {
        self.mend(path, &mut |tree| {
            let is_empty = matches!(tree, Self::Scalar(Value::String(text)) if text.is_empty());
            if is_empty {
                *tree = Self::Scalar(Value::Null);
            }
            is_empty
        })
    }

    /// Keeps the first of these members that isn't null in the object at `path`. Returns whether
    /// any was dropped.
    fn keep_first_of(&mut self, names: &[String], path: &[&Segment]) -> bool {
        self.mend(path, &mut |tree| match tree {
            Self::Object(members) => {
                let before = members.len();
                keep_first(names, members);
                members.len() < before
            }
            _ => false,
        })
    }
}

fn keep_first(names: &[String], members: &mut Vec<(String, Tree)>) {
    let is_named = |(name, _): &(String, Tree)| names.contains(name);
    let mut positions = (0..members.len()).filter(|at| members.get(*at).is_some_and(is_named));
    let is_set = |at: &usize| members.get(*at).is_some_and(|(_, value)| !value.is_null());
    let kept = positions.clone().find(is_set).or_else(|| positions.next());
    let mut at = 0;
    members.retain(|member| {
        let is_kept = kept == Some(at) || !is_named(member);
        at += 1;
        is_kept
    });
}

/// The members of an object, in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        input.deserialize_map(InOrder)
    }
}

/// The deserializer of the second reading.
#[derive(Clone, Copy)]
struct Liberal<'de>(&'de Tree);

impl<'de> Liberal<'de> {
    /// The scalar that this is; `None` for an array or an object.
    fn scalar(self) -> Option<&'de Value> {
        match self.0 {
            Tree::Scalar(value) => Some(value),
            Tree::Array(_) | Tree::Object(_) => None,
        }
    }

    /// The number that this is, or that its text is as JSON.
    fn number(self) -> Option<Number> {
        match self.scalar()? {
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
        match self.scalar() {
            Some(value @ (Value::Number(_) | Value::Bool(_))) => {
                visitor.visit_string(value.to_string())
            }
            _ => self.deserialize_any(visitor),
        }
    }
}

/// The integer that a float stands for: `4.0` is one, `4.5` is none, and beyond 2⁵³ a float doesn't
/// tell.
#[must_use]
pub fn exact_integer(float: f64) -> Option<i64> {
    let is_exact = float.fract() == 0.0 && float.abs() < MAX_EXACT;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it has no fraction and is in range"
    )]
    is_exact.then_some(float as i64)
}

fn entries<'de>(
    members: &'de [(String, Tree)],
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
            Tree::Array(elements) => {
                SeqDeserializer::new(elements.iter().map(Liberal)).deserialize_any(visitor)
            }
            Tree::Object(members) => entries(members).deserialize_any(visitor),
            Tree::Scalar(value) => value.deserialize_any(visitor),
        }
    }

    each!(integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128);
    each!(integer: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128);
    each!(float: deserialize_f32 deserialize_f64);
    each!(text: deserialize_str deserialize_string);

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.scalar() {
            Some(Value::Number(number)) if number.as_u64() == Some(0) => visitor.visit_bool(false),
            Some(Value::Number(number)) if number.as_u64() == Some(1) => visitor.visit_bool(true),
            Some(Value::String(text)) if text == "false" => visitor.visit_bool(false),
            Some(Value::String(text)) if text == "true" => visitor.visit_bool(true),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.is_null() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.is_null() {
            true => {
                SeqDeserializer::new(std::iter::empty::<Liberal<'de>>()).deserialize_any(visitor)
            }
            false => self.deserialize_any(visitor),
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
            Tree::Scalar(Value::String(text)) if variants.contains(&text.as_str()) => {
                visitor.visit_enum(text.as_str().into_deserializer())
            }
            Tree::Scalar(Value::String(text)) => {
                let mut alike = variants
                    .iter()
                    .filter(|name| name.eq_ignore_ascii_case(text));
                let name = match (alike.next(), alike.next()) {
                    (Some(name), None) => name,
                    _ => text.as_str(),
                };
                visitor.visit_enum(name.into_deserializer())
            }
            Tree::Object(members) => {
                visitor.visit_enum(MapAccessDeserializer::new(entries(members)))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        char bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
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
        read(&value.to_string()).ok()
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

    #[derive(Debug, Deserialize, PartialEq)]
    struct Row {
        #[serde(default, rename = "statut", alias = "status")]
        status: Option<i64>,
        #[serde(alias = "Libelle", alias = "libelle")]
        name: Option<String>,
    }

    fn row(json: &str) -> Option<(Option<i64>, Option<String>)> {
        let row = read_part::<Row>(json).ok();
        row.map(|row| (row.status, row.name))
    }

    #[test]
    fn the_first_name_that_is_not_null_counts() {
        for (json, status, name) in [
            (r#"{"name":"a"}"#, None, "a"),
            (r#"{"name":"a","statut":1,"status":2}"#, Some(1), "a"),
            (r#"{"status":2,"name":"a","statut":1}"#, Some(2), "a"),
            (r#"{"status":null,"name":"a","statut":1}"#, Some(1), "a"),
            (r#"{"status":null,"name":"a","statut":null}"#, None, "a"),
            (r#"{"status":"2","name":"a","statut":1}"#, Some(2), "a"),
            (r#"{"libelle":"c","Libelle":"b","name":"a"}"#, None, "c"),
            (
                r#"{"libelle":null,"Libelle":"b","name":"a","statut":1,"status":2,"x":{"y":[1]}}"#,
                Some(1),
                "b",
            ),
            (r#"{"statut":1,"statut":2,"name":"a"}"#, Some(1), "a"),
        ] {
            assert_eq!(row(json), Some((status, Some(name.to_owned()))), "{json}");
        }
    }

    #[test]
    fn what_is_wrong_otherwise_stays_wrong() {
        for json in [
            r#"{"statut":"x","status":2,"name":"a"}"#,
            r#"{"name":[],"libelle":"a","statut":1}"#,
            "[]",
            "{",
        ] {
            assert_eq!(row(json), None, "{json}");
        }
    }

    #[test]
    fn two_names_of_one_field_are_read_at_any_depth_and_in_every_row() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Team {
            leader: Row,
            rows: Vec<Row>,
            #[serde(flatten)]
            unknown: BTreeMap<String, Value>,
        }
        let json = r#"{
            "leader": {"status": 1, "statut": 2, "name": "a"},
            "rows": [
                {"name": "b"},
                {"libelle": null, "name": "c", "statut": null, "status": "3"},
                {"statut": 4, "status": 5, "Libelle": "d", "libelle": "e"}
            ],
            "more": 1
        }"#;
        let team: Team = read(json).unwrap();
        let row = |status, name: &str| Row {
            status,
            name: Some(name.to_owned()),
        };
        assert_eq!(team.leader, row(Some(1), "a"));
        let rows = [row(None, "b"), row(Some(3), "c"), row(Some(4), "d")];
        assert_eq!(team.rows, rows);
        assert_eq!(team.unknown.len(), 1);
    }

    #[test]
    fn an_object_with_a_member_twice_is_not_read() {
        let json = r#"{"a": "1", "a": 2}"#;
        assert!(read::<BTreeMap<String, u8>>(json).is_err());
    }

    #[test]
    fn json_nested_too_deep_is_not_read() {
        let deep = "[".repeat(100_000);
        assert!(read::<Value>(&deep).is_err());
        let closed = format!("[1,{deep}{}]", "]".repeat(100_000));
        assert!(read::<(String, Value)>(&closed).is_err());
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
            let tree = Tree::of(&json).unwrap();
            prop_assert_eq!(read_mended(tree), Some(strict));
        }

        #[test]
        fn an_integer_survives_its_text(number: i64) {
            prop_assert_eq!(liberal(&json!(number.to_string())), Some(number));
            prop_assert_eq!(liberal(&json!(number)), Some(number.to_string()));
        }

        #[test]
        fn any_text_is_read_or_left(text: String) {
            let _ = read::<i64>(&text);
            if let Some(number) = liberal::<i64>(&json!(text)) {
                let float: f64 = text.trim().parse().unwrap();
                #[expect(clippy::cast_precision_loss, reason = "the text was read in the same way")]
                let number = number as f64;
                prop_assert_eq!(number.to_bits(), (float + 0.0).to_bits());
            }
        }
    }
}
