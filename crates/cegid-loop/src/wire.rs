//! What is strange about this vendor's JSON: every departure from plain serde.
//!
//! A value that is not set arrives as `null`, as an empty string or not at all; all three are read
//! as `None`. Texts alone are kept as they are, empty or not (finding
//! [C-20](crate::contract#c-20)). A value that can be read without guessing is read, whatever its
//! JSON type: a number from a string, a text from a number.
//!
//! Docs: [Lists](crate::contract#lists).

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Number;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use vendor_client_core::exact_integer;

/// A value that is neither an array nor an object.
enum Scalar<'de> {
    Null,
    Boolean(bool),
    Number(Number),
    Text(Cow<'de, str>),
}

impl Scalar<'_> {
    /// The text without blanks around it; `None` if nothing is set.
    fn trimmed(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Whether nothing is set: null or a blank text.
    fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a number, a boolean or null")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Scalar::Boolean(value))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Number(value.into()))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Scalar::Number(value.into()))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                let number = Number::from_f64(value).ok_or_else(|| E::custom("not a number"))?;
                Ok(Scalar::Number(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text)))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Scalar::Null)
            }

            /// How numbers arrive if any crate of the program turns on serde_json's
            /// `arbitrary_precision`.
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Number::deserialize(MapAccessDeserializer::new(map)).map(Scalar::Number)
            }
        }

        input.deserialize_any(Any)
    }
}

/// An integer, or a numeric string: the tables say `string`, the examples hold integers.
///
/// 0 and values that are not listed are kept. An empty string is `None`.
///
/// Docs: [Deviations](crate::contract#deviations) (findings [C-03](crate::contract#c-03) and
/// [C-04](crate::contract#c-04)).
pub(crate) fn integer<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<i64>,
{
    let scalar = Scalar::deserialize(input)?;
    if scalar.is_nothing() {
        return Ok(None);
    }
    let value = match &scalar {
        Scalar::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().and_then(exact_integer)),
        _ => scalar.trimmed().and_then(whole_text),
    };
    let value = value.ok_or_else(|| D::Error::custom("expected an integer or a numeric string"))?;
    Ok(Some(value.into()))
}

fn whole_text(text: &str) -> Option<i64> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_whole = fraction.bytes().all(|digit| digit == b'0');
    is_whole.then(|| digits.parse().ok()).flatten()
}

/// A number, or a numeric string. An empty string is `None`.
pub(crate) fn number<'de, D: Deserializer<'de>>(input: D) -> Result<Option<f64>, D::Error> {
    let scalar = Scalar::deserialize(input)?;
    if scalar.is_nothing() {
        return Ok(None);
    }
    let value = match &scalar {
        Scalar::Number(number) => number.as_f64(),
        _ => scalar.trimmed().and_then(|text| text.parse().ok()),
    };
    value
        .filter(|value: &f64| value.is_finite())
        .map(Some)
        .ok_or_else(|| D::Error::custom("expected a number or a numeric string"))
}

/// A boolean, `1` or `0`, or either as a string. An empty string is `None`.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(input: D) -> Result<Option<bool>, D::Error> {
    let scalar = Scalar::deserialize(input)?;
    if scalar.is_nothing() {
        return Ok(None);
    }
    let value = match &scalar {
        Scalar::Boolean(value) => Some(*value),
        Scalar::Number(number) => number.as_f64().and_then(exact_integer).and_then(bit),
        _ => scalar.trimmed().and_then(truth),
    };
    value
        .map(Some)
        .ok_or_else(|| D::Error::custom("expected a boolean"))
}

fn bit(value: i64) -> Option<bool> {
    match value {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

fn truth(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => whole_text(text).and_then(bit),
    }
}

/// A text as it is, or the text of a number or a boolean.
pub(crate) fn text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(match Scalar::deserialize(input)? {
        Scalar::Null => None,
        Scalar::Boolean(value) => Some(value.to_string()),
        Scalar::Number(value) => Some(value.to_string()),
        Scalar::Text(text) => Some(text.into_owned()),
    })
}

/// A UUID. An empty string is `None`, as in a reference to nothing.
pub(crate) fn id<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<Uuid>,
{
    let scalar = Scalar::deserialize(input)?;
    if scalar.is_nothing() {
        return Ok(None);
    }
    let uuid = scalar.trimmed().and_then(|text| text.parse::<Uuid>().ok());
    uuid.map(|uuid| Some(uuid.into()))
        .ok_or_else(|| D::Error::custom("expected a UUID"))
}

/// Instants in ISO 8601, with a fraction or without and with any offset.
///
/// The instant is kept as it is. That a fiscal year begins at `2020-12-31T19:00:00Z` may be a
/// midnight at UTC+5, or one in UTC that was printed in UTC-5: the wire does not say, so nothing
/// is shifted and nothing is cut down to a day.
///
/// An instant without an offset, and a date without a time, are in UTC. A number is milliseconds
/// since 1970.
///
/// Docs: [Deviations](crate::contract#deviations) (findings [C-12](crate::contract#c-12) and
/// [C-13](crate::contract#c-13)).
pub(crate) mod instant {
    use serde::ser::Error as _;
    use serde::{Serialize, Serializer};

    use super::*;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<OffsetDateTime>, D::Error> {
        let scalar = Scalar::deserialize(input)?;
        if scalar.is_nothing() {
            return Ok(None);
        }
        let at = match &scalar {
            Scalar::Number(number) => number
                .as_i64()
                .or_else(|| number.as_f64().and_then(exact_integer))
                .and_then(from_milliseconds),
            _ => scalar.trimmed().and_then(from_text),
        };
        at.map(Some)
            .ok_or_else(|| D::Error::custom("expected a date and time in ISO 8601"))
    }

    pub(crate) fn serialize<S: Serializer>(
        at: &Option<OffsetDateTime>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        at.map(|at| at.format(&Rfc3339))
            .transpose()
            .map_err(S::Error::custom)?
            .serialize(out)
    }

    fn from_milliseconds(value: i64) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(value) * 1_000_000)
            .ok()
            .filter(|at| at.year() >= 0)
    }

    fn from_text(text: &str) -> Option<OffsetDateTime> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339);
        parsed.ok().or_else(|| from_loose_text(text))
    }

    /// The date alone, a time without seconds or offset, an offset like `+0100` or `+01`.
    fn from_loose_text(text: &str) -> Option<OffsetDateTime> {
        if !text.is_ascii() {
            return None;
        }
        let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00"));
        let offset_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
        let (time, offset) = time.split_at(offset_at);
        let offset = match offset.len() {
            0 => "Z".to_owned(),
            3 => format!("{offset}:00"),
            5 => format!("{}:{}", &offset[..3], &offset[3..]),
            _ => offset.to_owned(),
        };
        let seconds = if time.len() == 5 { ":00" } else { "" };
        OffsetDateTime::parse(&format!("{date}T{time}{seconds}{offset}"), &Rfc3339).ok()
    }
}

/// Words: one string, or an array of strings.
///
/// Docs: [Deviations](crate::contract::types#deviations) (finding [C-08](crate::contract#c-08)).
pub(crate) fn words<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct Word(#[serde(deserialize_with = "text")] Option<String>);

    struct Words;

    impl<'de> Visitor<'de> for Words {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string, an array of strings or null")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
            Ok(vec![value.to_string()])
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
            Ok(vec![value.to_string()])
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
            let mut words = Vec::new();
            while let Some(Word(word)) = array.next_element()? {
                words.extend(word);
            }
            Ok(words)
        }
    }

    input.deserialize_any(Words)
}

/// An object, or a plain string in its place: the tables call references and files `string`.
///
/// Docs: [Deviations](crate::contract::types#deviations) (finding [C-07](crate::contract#c-07)).
pub(crate) fn object_or_text<'de, D, T>(
    input: D,
    from_text: fn(&str) -> T,
) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct ObjectOrText<T>(fn(&str) -> T);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOrText<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object, a string or null")
        }

        fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
            T::deserialize(MapAccessDeserializer::new(object)).map(Some)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok((!text.is_empty()).then(|| (self.0)(text)))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    input.deserialize_any(ObjectOrText(from_text))
}

/// The rows of one page, out of either envelope: a bare array, or `{"data": […]}`. Null in the
/// place of an array is an empty list.
///
/// Which one it is shows at the first byte, so nothing is decoded twice. Other members of the
/// object are ignored.
///
/// Docs: [Lists](crate::contract#lists) (finding [C-17](crate::contract#c-17)).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Envelope<Row> {
    /// A bare array.
    List(Vec<Row>),
    /// `{"data": […]}`.
    Wrapped(Vec<Row>),
    /// An object with an `error` in it.
    Refusal,
}

impl<Row> Envelope<Row> {
    /// The rows; `None` if there is an error instead, which [`Client::call`](crate::Client::call)
    /// has reported as one.
    #[must_use]
    pub fn into_rows(self) -> Option<Vec<Row>> {
        match self {
            Self::List(rows) | Self::Wrapped(rows) => Some(rows),
            Self::Refusal => None,
        }
    }
}

impl<'de, Row: Deserialize<'de>> Deserialize<'de> for Envelope<Row> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Either<Row>(PhantomData<Row>);

        impl<'de, Row: Deserialize<'de>> Visitor<'de> for Either<Row> {
            type Value = Envelope<Row>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of rows, or an object with one in `data`")
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Envelope::List(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = array.next_element()? {
                    rows.push(row);
                }
                Ok(Envelope::List(rows))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut rows = None;
                let mut is_refusal = false;
                while let Some(name) = object.next_key::<Name>()? {
                    match name {
                        Name::Data if rows.is_some() => return Err(Error::duplicate_field("data")),
                        Name::Data => rows = Some(object.next_value::<Option<Vec<Row>>>()?),
                        Name::Error => {
                            is_refusal |= object.next_value::<Option<IgnoredAny>>()?.is_some()
                        }
                        Name::Other => {
                            object.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                if is_refusal {
                    return Ok(Envelope::Refusal);
                }
                rows.map(|rows| Envelope::Wrapped(rows.unwrap_or_default()))
                    .ok_or_else(|| Error::missing_field("data"))
            }
        }

        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Name {
            Data,
            Error,
            #[serde(other)]
            Other,
        }

        input.deserialize_any(Either(PhantomData))
    }
}

/// What the readers above accept, as JSON schemas.
#[cfg(feature = "schema")]
pub(crate) mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer, Serialize};

    use vendor_client_core::schema::{DescribeResponse, OperationSchema};

    use super::Envelope;

    impl<Row> DescribeResponse for Envelope<Row>
    where
        Row: JsonSchema + Serialize + DeserializeOwned + 'static,
    {
        fn describe_response(schema: OperationSchema) -> OperationSchema {
            schema
                .response_named::<Vec<Row>>("list")
                .response_named::<Wrapped<Row>>("wrapped")
        }
    }

    /// The wrapped form of an [`Envelope`].
    #[derive(Serialize, JsonSchema)]
    pub(crate) struct Wrapped<Row> {
        data: Vec<Row>,
    }

    impl<'de, Row: DeserializeOwned> Deserialize<'de> for Wrapped<Row> {
        fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            let envelope = Envelope::deserialize(input)?;
            let data = envelope.into_rows();
            data.map(|data| Self { data })
                .ok_or_else(|| serde::de::Error::custom("an error instead of rows"))
        }
    }

    /// See [`integer`](super::integer).
    pub(crate) struct Integer;

    impl JsonSchema for Integer {
        fn schema_name() -> Cow<'static, str> {
            "Integer".into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": ["integer", "string"] })
        }
    }

    /// An [`Integer`] of which the vendor lists the values from 0 to `LAST`.
    pub(crate) struct UpTo<const LAST: i64>;

    impl<const LAST: i64> JsonSchema for UpTo<LAST> {
        fn schema_name() -> Cow<'static, str> {
            format!("UpTo{LAST}").into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            let listed: Vec<i64> = (0..=LAST).collect();
            json_schema!({ "type": ["integer", "string"], "examples": listed })
        }
    }

    /// See [`instant`](super::instant).
    pub(crate) struct Instant;

    impl JsonSchema for Instant {
        fn schema_name() -> Cow<'static, str> {
            "Instant".into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "format": "date-time" })
        }
    }

    /// See [`words`](super::words).
    pub(crate) struct Words;

    impl JsonSchema for Words {
        fn schema_name() -> Cow<'static, str> {
            "Words".into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "anyOf": [
                    { "type": "array", "items": { "type": "string" } },
                    { "type": ["string", "null"] },
                ],
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq, Default)]
    #[serde(default)]
    struct Quirks {
        #[serde(deserialize_with = "integer")]
        integer: Option<i64>,
        #[serde(deserialize_with = "id")]
        id: Option<Uuid>,
        #[serde(deserialize_with = "instant::deserialize")]
        at: Option<OffsetDateTime>,
        #[serde(deserialize_with = "words")]
        words: Vec<String>,
    }

    fn read(value: Value) -> serde_json::Result<Quirks> {
        serde_json::from_str(&value.to_string())
    }

    fn integer_of(value: Value) -> Option<i64> {
        read(json!({ "integer": value })).unwrap().integer
    }

    #[test]
    fn null_absent_and_empty_all_mean_that_nothing_is_set() {
        let nothing = Quirks::default();
        assert_eq!(read(json!({})).unwrap(), nothing);
        let null = json!({ "integer": null, "id": null, "at": null, "words": null });
        assert_eq!(read(null).unwrap(), nothing);
        let empty = json!({ "integer": "", "id": "", "at": "", "words": [] });
        assert_eq!(read(empty).unwrap(), nothing);
    }

    #[test]
    fn an_enumeration_is_read_from_an_integer_and_from_a_numeric_string() {
        assert_eq!(integer_of(json!(5)), Some(5));
        assert_eq!(integer_of(json!("5")), Some(5));
        assert_eq!(integer_of(json!(0)), Some(0));
        assert_eq!(integer_of(json!("0")), Some(0));
        assert_eq!(integer_of(json!(-1)), Some(-1));
        assert_eq!(integer_of(json!(4.0)), Some(4));
    }

    #[test]
    fn what_is_no_integer_is_an_error_and_never_a_wrong_number() {
        for value in [
            json!(4.5),
            json!("signed"),
            json!("1e3"),
            json!(u64::MAX),
            json!(1e300),
            json!(true),
            json!([]),
        ] {
            assert!(read(json!({ "integer": value })).is_err(), "{value}");
        }
    }

    #[test]
    fn the_shift_of_a_fiscal_year_is_left_alone() {
        let quirks = read(json!({ "at": "2020-12-31T19:00:00Z" })).unwrap();
        assert_eq!(quirks.at, Some(datetime!(2020-12-31 19:00 UTC)));
        let offset = read(json!({ "at": "2021-01-01T00:00:00.250+05:00" })).unwrap();
        assert_eq!(offset.at, Some(datetime!(2020-12-31 19:00:00.25 UTC)));
    }

    #[test]
    fn a_date_or_an_id_that_is_none_is_an_error() {
        assert!(read(json!({ "at": "31/12/2020" })).is_err());
        assert!(read(json!({ "id": "efb2dfc9" })).is_err());
    }

    #[test]
    fn words_are_a_string_or_an_array() {
        assert_eq!(
            read(json!({ "words": "ENT002" })).unwrap().words,
            ["ENT002"]
        );
        let array = read(json!({ "words": ["ENT002", null, "Client "] })).unwrap();
        assert_eq!(array.words, ["ENT002", "Client "]);
    }

    #[test]
    fn both_envelopes_hold_the_same_rows() {
        let rows = |text| {
            serde_json::from_str::<Envelope<i64>>(text)
                .map(|envelope| envelope.into_rows().unwrap())
        };
        assert_eq!(rows("[1, 2]").unwrap(), [1, 2]);
        assert_eq!(rows(r#"{"data": [1, 2]}"#).unwrap(), [1, 2]);
        assert_eq!(
            rows(r#"{"total": {"n": 2}, "data": [1, 2], "next": null}"#).unwrap(),
            [1, 2]
        );
        for nothing in ["[]", "null", r#"{"data": null}"#] {
            assert!(rows(nothing).unwrap().is_empty(), "{nothing}");
        }
    }

    #[test]
    fn what_is_no_envelope_is_an_error() {
        for text in [
            "{}",
            "1",
            r#""x""#,
            r#"{"data": {}}"#,
            r#"{"data": [], "data": []}"#,
            r#"{"rows": []}"#,
        ] {
            assert!(
                serde_json::from_str::<Envelope<i64>>(text).is_err(),
                "{text}"
            );
        }
    }
}
