//! This vendor's quirks on the wire.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use vendor_client_core::{FieldName, Violations};

/// Requires that a text names something: the service would take a blank one for none.
pub(crate) fn not_blank<'n>(
    field: impl Into<FieldName<'n>>,
    text: &str,
    violations: &mut Violations,
) {
    violations.require(field, !text.trim().is_empty(), "must not be blank");
}

/// The text of a JSON value, whatever its type; none for `null`.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A number of degrees. Read as a JSON number first, because coordinates are flattened: serde
/// buffers them then, and a bare `f64` would vanish if a program turns on serde_json's arbitrary
/// precision.
pub(crate) fn degrees<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    let number = serde_json::Number::deserialize(input)?;
    number
        .as_f64()
        .ok_or_else(|| D::Error::custom("degrees beyond what a float can hold"))
}

/// A whole number that only informs: read from a number or a text, and `None` if it's neither, so
/// that it never costs the rest of the response.
pub(crate) fn informative<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
    let value = Option::<Value>::deserialize(input)?;
    let number = match value {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text,
        _ => return Ok(None),
    };
    let number = number.trim();
    let whole = number.split_once('.').map_or(number, |(whole, fraction)| {
        let is_whole = fraction.bytes().all(|digit| digit == b'0');
        if is_whole { whole } else { "" }
    });
    Ok(whole.parse().ok())
}

/// UTC instants as `dd/MM/yyyy HH:mm`: no offset, no seconds.
///
/// Docs: [Dates](crate::contract#dates). The French pages lack the space in one of two places,
/// which looks like a slip (finding [O-02](crate::contract#o-02)).
pub(crate) mod utc_minute {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use time::format_description::BorrowedFormatItem;
    use time::macros::format_description;
    use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};
    use vendor_client_core::Violations;

    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[day]/[month]/[year] [hour]:[minute]");

    /// What a date must be so that the format loses none of it.
    const RULE: &str =
        "must be a whole minute of the years 1 to 9999 in UTC: the service doesn't take seconds";

    /// Requires that the instants of a mission can be written, and that it doesn't expire before
    /// it starts.
    pub(crate) fn validate(
        scheduled_at: Option<OffsetDateTime>,
        expires_at: Option<OffsetDateTime>,
        violations: &mut Violations,
    ) {
        const SCHEDULED_AT: (&str, &str) = ("scheduled_at", "jourHeureInter");
        const EXPIRES_AT: (&str, &str) = ("expires_at", "jourHeurePeremp");
        violations.require(SCHEDULED_AT, scheduled_at.is_none_or(can_write), RULE);
        violations.require(EXPIRES_AT, expires_at.is_none_or(can_write), RULE);
        if let (Some(starts), Some(expires)) = (scheduled_at, expires_at) {
            let rule = "must not be before jourHeureInter";
            violations.require(EXPIRES_AT, starts <= expires, rule);
        }
    }

    pub(super) fn can_write(at: OffsetDateTime) -> bool {
        at.checked_to_offset(UtcOffset::UTC).is_some_and(|utc| {
            (1..=9999).contains(&utc.year()) && utc.second() == 0 && utc.nanosecond() == 0
        })
    }

    pub(crate) fn serialize<S: Serializer>(
        at: &Option<OffsetDateTime>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        let Some(at) = at else {
            return out.serialize_none();
        };
        let utc = at
            .checked_to_offset(UtcOffset::UTC)
            .ok_or_else(|| S::Error::custom(RULE))?;
        let text = utc.format(FORMAT).map_err(S::Error::custom)?;
        out.serialize_str(&text)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<OffsetDateTime>, D::Error> {
        let Some(text) = Option::<String>::deserialize(input)? else {
            return Ok(None);
        };
        let at = PrimitiveDateTime::parse(&text, FORMAT)
            .map_err(|_| D::Error::custom("a date is not written as dd/MM/yyyy HH:mm"))?;
        Ok(Some(at.assume_utc()))
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::{informative, utc_minute};

    #[derive(Debug, Deserialize)]
    struct Informed(#[serde(deserialize_with = "informative")] Option<i64>);

    #[test]
    fn a_figure_that_only_informs_is_read_from_its_neighbours_and_never_fails() {
        for (json, figure) in [
            ("42", Some(42)),
            ("42.0", Some(42)),
            ("-3", Some(-3)),
            (r#""42""#, Some(42)),
            (r#"" 42 ""#, Some(42)),
            (r#""42.00""#, Some(42)),
            ("42.5", None),
            (r#""""#, None),
            (r#""soon""#, None),
            ("null", None),
            ("true", None),
            ("[1]", None),
            ("{}", None),
            ("1e300", None),
        ] {
            let read: Informed = serde_json::from_str(json).unwrap();
            assert_eq!(read.0, figure, "{json}");
        }
    }

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Dated(#[serde(with = "utc_minute")] Option<OffsetDateTime>);

    #[test]
    fn a_date_is_written_in_utc_whatever_its_offset() {
        let date = Dated(Some(datetime!(2025-11-24 00:30 +02:00)));
        assert_eq!(
            serde_json::to_string(&date).unwrap(),
            r#""23/11/2025 22:30""#
        );
    }

    #[test]
    fn the_documented_example_is_read_back() {
        let date: Dated = serde_json::from_str(r#""24/11/2025 08:30""#).unwrap();
        assert_eq!(date, Dated(Some(datetime!(2025-11-24 08:30 UTC))));
    }

    #[test]
    fn a_year_keeps_its_four_digits() {
        let date = Dated(Some(datetime!(0987-01-02 03:04 UTC)));
        assert_eq!(
            serde_json::to_string(&date).unwrap(),
            r#""02/01/0987 03:04""#
        );
    }

    #[test]
    fn a_date_that_the_format_would_cut_is_recognized() {
        assert!(utc_minute::can_write(datetime!(2025-11-24 08:30 UTC)));
        assert!(!utc_minute::can_write(datetime!(2025-11-24 08:30:01 UTC)));
        assert!(!utc_minute::can_write(datetime!(2025-11-24 08:30:00.5 UTC)));
        assert!(!utc_minute::can_write(datetime!(9999-12-31 23:30 -01:00)));
        assert!(!utc_minute::can_write(datetime!(-0001-01-01 00:00 UTC)));
    }
}
