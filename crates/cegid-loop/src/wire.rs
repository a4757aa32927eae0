//! What is strange about this vendor's JSON: every departure from plain serde.
//!
//! A value that is not set arrives as `null`, as an empty string or not at all; all three are
//! read as `None`. Texts alone are handed on as they stand, empty or not (finding C-20).
//!
//! Docs: `docs/cegid-loop/README.md`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

/// An integer, or a numeric string: the tables say `string`, the examples hold integers.
///
/// 0 and values that are not listed are kept. An empty string is `None`.
///
/// Docs: `docs/cegid-loop/README.md`, "Deviations" (findings C-03 and C-04).
pub(crate) fn integer<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<i64>,
{
    struct Integer<T>(PhantomData<T>);

    impl<'de, T: From<i64>> Visitor<'de> for Integer<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an integer, a numeric string or null")
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
            Ok(Some(value.into()))
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
            let value = i64::try_from(value).map_err(|_| E::custom("an integer too large"))?;
            Ok(Some(value.into()))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
            whole(value)
                .map(|value| Some(value.into()))
                .ok_or_else(|| E::custom("a number with a fraction where an integer is meant"))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            let text = text.trim();
            if text.is_empty() {
                return Ok(None);
            }
            let value: i64 = text
                .parse()
                .map_err(|_| E::custom("a string that is no integer"))?;
            Ok(Some(value.into()))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    input.deserialize_any(Integer(PhantomData))
}

/// `4.0` is an integer, `4.5` is none. Beyond 2⁵³ a float cannot tell.
fn whole(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (value.trunc() == value && value.abs() <= EXACT).then_some(value as i64)
}

/// A UUID. An empty string is `None`, as in a reference to nothing.
pub(crate) fn id<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<Uuid>,
{
    struct Id<T>(PhantomData<T>);

    impl<'de, T: From<Uuid>> Visitor<'de> for Id<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a UUID or null")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            if text.is_empty() {
                return Ok(None);
            }
            let uuid = Uuid::try_parse(text).map_err(|_| E::custom("a string that is no UUID"))?;
            Ok(Some(uuid.into()))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    input.deserialize_any(Id(PhantomData))
}

/// Instants in ISO 8601, with a fraction or without and with any offset.
///
/// The instant is kept as it stands. That a fiscal year begins at `2020-12-31T19:00:00Z` may be a
/// midnight at UTC+5, or one in UTC that was printed in UTC-5: the wire does not say, so nothing
/// is shifted and nothing is cut down to a day.
///
/// Docs: `docs/cegid-loop/README.md`, "Deviations" (findings C-12 and C-13).
pub(crate) mod instant {
    use serde::ser::Error as _;
    use serde::{Serialize, Serializer};
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    use super::*;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<OffsetDateTime>, D::Error> {
        input.deserialize_any(Instant)
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

    struct Instant;

    impl Visitor<'_> for Instant {
        type Value = Option<OffsetDateTime>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a date and time in ISO 8601 or null")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            if text.is_empty() {
                return Ok(None);
            }
            OffsetDateTime::parse(text, &Rfc3339)
                .map(Some)
                .map_err(|_| E::custom("a string that is no date and time in ISO 8601"))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
}

/// Words: one string, or an array of strings.
///
/// Docs: `docs/cegid-loop/types.md`, "Deviations" (finding C-08).
pub(crate) fn words<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    struct Words;

    impl<'de> Visitor<'de> for Words {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string, an array of strings or null")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
            let mut words = Vec::new();
            while let Some(word) = array.next_element::<Option<String>>()? {
                words.extend(word);
            }
            Ok(words)
        }
    }

    input.deserialize_any(Words)
}

/// An object, or a plain string in its place: the tables call references and files `string`.
///
/// Docs: `docs/cegid-loop/types.md`, "Deviations" (finding C-07).
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
            T::deserialize(serde::de::value::MapAccessDeserializer::new(object)).map(Some)
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

/// The rows of one page, out of either envelope: a bare array, or `{"data": […]}`.
///
/// Which one it is shows at the first byte, so nothing is decoded twice. Other members of the
/// object are passed over.
///
/// Docs: `docs/cegid-loop/README.md`, "Lists" (finding C-17).
pub(crate) struct Envelope<Row>(pub(crate) Vec<Row>);

impl<'de, Row: Deserialize<'de>> Deserialize<'de> for Envelope<Row> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Either<Row>(PhantomData<Row>);

        impl<'de, Row: Deserialize<'de>> Visitor<'de> for Either<Row> {
            type Value = Envelope<Row>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of rows, or an object with one in `data`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = array.next_element()? {
                    rows.push(row);
                }
                Ok(Envelope(rows))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut rows = None;
                while let Some(name) = object.next_key::<Name>()? {
                    match name {
                        Name::Data if rows.is_some() => return Err(Error::duplicate_field("data")),
                        Name::Data => rows = Some(object.next_value()?),
                        Name::Other => {
                            object.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                rows.map(Envelope)
                    .ok_or_else(|| Error::missing_field("data"))
            }
        }

        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Name {
            Data,
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
            Envelope::deserialize(input).map(|Envelope(data)| Self { data })
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
    use time::OffsetDateTime;
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
        let rows = |text| serde_json::from_str::<Envelope<i64>>(text).map(|envelope| envelope.0);
        assert_eq!(rows("[1, 2]").unwrap(), [1, 2]);
        assert_eq!(rows(r#"{"data": [1, 2]}"#).unwrap(), [1, 2]);
        assert_eq!(
            rows(r#"{"total": {"n": 2}, "data": [1, 2], "next": null}"#).unwrap(),
            [1, 2]
        );
        assert!(rows("[]").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_envelope_is_an_error() {
        for text in [
            "{}",
            "null",
            "1",
            r#""x""#,
            r#"{"data": null}"#,
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
