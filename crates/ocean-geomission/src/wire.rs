//! This vendor's quirks on the wire.

/// UTC instants as `dd/MM/yyyy HH:mm`: no offset, no seconds.
///
/// Docs: `docs/ocean-geomission/README.md`, "Dates". The French pages lack the space in one of
/// two places, which looks like a slip (finding O-02).
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

    pub(crate) fn validate(field: &str, at: Option<OffsetDateTime>, violations: &mut Violations) {
        violations.require(field, at.is_none_or(can_write), RULE);
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

    use super::utc_minute;

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
