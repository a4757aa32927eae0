//! What is strange about this vendor on the wire.
//!
//! Docs: [Dates and times](crate::contract#dates-and-times) and [Units](crate::contract#units).

use std::fmt;
use std::time::Duration;

use serde::de::{Error as _, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serializer};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};
use vendor_client_core::exact_integer;

/// What a date must be so that it can be written.
pub(crate) const DATE_RULE: &str = "must be between the years 0 and 9999 in UTC";

/// What a duration must be so that it can be written.
pub(crate) const MINUTES_RULE: &str =
    "must be a whole number of minutes: the service takes nothing finer";

/// Whether a date can be written in every spelling.
pub(crate) fn is_writable(at: OffsetDateTime) -> bool {
    in_utc(at).is_some()
}

/// Whether a day can be written in every spelling.
pub(crate) fn is_writable_day(day: Date) -> bool {
    (0..=9999).contains(&day.year())
}

fn in_utc(at: OffsetDateTime) -> Option<OffsetDateTime> {
    at.checked_to_offset(UtcOffset::UTC)
        .filter(|utc| (0..=9999).contains(&utc.year()))
}

/// A duration in whole minutes; `None` if it is not one.
pub(crate) fn whole_minutes(duration: Duration) -> Option<u64> {
    let is_whole = duration.subsec_nanos() == 0 && duration.as_secs().is_multiple_of(60);
    is_whole.then_some(duration.as_secs() / 60)
}

/// A value that a field may lack.
pub(crate) trait Field<T>: Sized {
    fn value(&self) -> Option<&T>;
    fn from_read(value: Option<T>) -> Result<Self, &'static str>;
}

impl<T> Field<T> for Option<T> {
    fn value(&self) -> Option<&T> {
        self.as_ref()
    }

    fn from_read(value: Option<T>) -> Result<Self, &'static str> {
        Ok(value)
    }
}

impl Field<Self> for OffsetDateTime {
    fn value(&self) -> Option<&Self> {
        Some(self)
    }

    fn from_read(value: Option<Self>) -> Result<Self, &'static str> {
        value.ok_or("null where a date is required")
    }
}

impl Field<Self> for Duration {
    fn value(&self) -> Option<&Self> {
        Some(self)
    }

    fn from_read(value: Option<Self>) -> Result<Self, &'static str> {
        value.ok_or("null where a duration is required")
    }
}

/// A date as responses have it: ISO 8601, with a fraction or without and with any offset, or epoch
/// milliseconds (findings [G-05](crate::contract#g-05), [G-06](crate::contract#g-06),
/// [G-07](crate::contract#g-07)). Written as the examples of responses are.
pub(crate) mod instant {
    use super::*;

    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    const FINER_FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");

    pub(crate) fn serialize<F, S>(at: &F, out: S) -> Result<S::Ok, S::Error>
    where
        F: Field<OffsetDateTime>,
        S: Serializer,
    {
        let is_finer = |at: &OffsetDateTime| !at.nanosecond().is_multiple_of(1_000_000);
        let format = if at.value().is_some_and(is_finer) {
            FINER_FORMAT
        } else {
            FORMAT
        };
        write_in_utc(at, format, out)
    }

    pub(crate) fn deserialize<'de, F, D>(input: D) -> Result<F, D::Error>
    where
        F: Field<OffsetDateTime>,
        D: Deserializer<'de>,
    {
        let at = Option::<Instant>::deserialize(input)?;
        F::from_read(at.map(|at| at.0)).map_err(D::Error::custom)
    }
}

/// A date that was read in any of its spellings.
pub(crate) struct Instant(pub(crate) OffsetDateTime);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct AnySpelling;

        impl Visitor<'_> for AnySpelling {
            type Value = Instant;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date in ISO 8601 or in epoch milliseconds")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Instant, E> {
                read_date(text)
                    .map(Instant)
                    .ok_or_else(|| E::custom("a date is neither in ISO 8601 nor in milliseconds"))
            }

            fn visit_i64<E: serde::de::Error>(self, milliseconds: i64) -> Result<Instant, E> {
                let nanoseconds = i128::from(milliseconds) * 1_000_000;
                OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
                    .map(Instant)
                    .map_err(|_| E::custom("a date lies too far away"))
            }

            fn visit_u64<E: serde::de::Error>(self, milliseconds: u64) -> Result<Instant, E> {
                let milliseconds = i64::try_from(milliseconds)
                    .map_err(|_| E::custom("a date lies too far away"))?;
                self.visit_i64(milliseconds)
            }

            fn visit_f64<E: serde::de::Error>(self, milliseconds: f64) -> Result<Instant, E> {
                let milliseconds = exact_integer(milliseconds)
                    .ok_or_else(|| E::custom("a date is not in whole milliseconds"))?;
                self.visit_i64(milliseconds)
            }
        }

        input.deserialize_any(AnySpelling)
    }
}

/// A date in any spelling of ISO 8601, or a number of epoch milliseconds as text. Without an offset
/// it is taken as UTC, and without a time of day as midnight.
fn read_date(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(at);
    }
    if let Ok(at) = OffsetDateTime::parse(text, &Iso8601::PARSING) {
        return Some(at);
    }
    if let Ok(at) = PrimitiveDateTime::parse(text, &Iso8601::PARSING) {
        return Some(at.assume_utc());
    }
    if let Ok(day) = Date::parse(text, &Iso8601::PARSING) {
        return Some(day.midnight().assume_utc());
    }
    let milliseconds: i64 = text.parse().ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).ok()
}

fn write_in_utc<F, S>(at: &F, format: &[BorrowedFormatItem<'_>], out: S) -> Result<S::Ok, S::Error>
where
    F: Field<OffsetDateTime>,
    S: Serializer,
{
    let Some(at) = at.value() else {
        return out.serialize_none();
    };
    let utc = in_utc(*at).ok_or_else(|| S::Error::custom(DATE_RULE))?;
    let text = utc.format(format).map_err(S::Error::custom)?;
    out.serialize_str(&text)
}

fn write_day<S>(day: Date, format: &[BorrowedFormatItem<'_>], out: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
{
    if !is_writable_day(day) {
        return Err(S::Error::custom(DATE_RULE));
    }
    let text = day.format(format).map_err(S::Error::custom)?;
    out.serialize_str(&text)
}

/// `dueDate` and `appointment` of a task that is sent: epoch milliseconds (finding
/// [G-05](crate::contract#g-05)). What is finer is cut.
pub(crate) mod epoch_milliseconds {
    use super::*;

    pub(crate) use super::instant::deserialize;

    pub(crate) fn serialize<F, S>(at: &F, out: S) -> Result<S::Ok, S::Error>
    where
        F: Field<OffsetDateTime>,
        S: Serializer,
    {
        let Some(at) = at.value() else {
            return out.serialize_none();
        };
        let milliseconds = at.unix_timestamp_nanos().div_euclid(1_000_000);
        let milliseconds = i64::try_from(milliseconds).map_err(S::Error::custom)?;
        out.serialize_i64(milliseconds)
    }
}

/// `assignDate`: ISO 8601 in UTC, with milliseconds (finding [G-07](crate::contract#g-07)). What is
/// finer is cut.
pub(crate) mod utc_milliseconds {
    use super::*;

    pub(crate) use super::instant::deserialize;

    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

    pub(crate) fn serialize<F, S>(at: &F, out: S) -> Result<S::Ok, S::Error>
    where
        F: Field<OffsetDateTime>,
        S: Serializer,
    {
        write_in_utc(at, FORMAT, out)
    }
}

/// `date` of the actions: ISO 8601 in UTC, with seconds; milliseconds only where they are not zero
/// (finding [G-07](crate::contract#g-07)). What is finer is cut.
pub(crate) mod utc_seconds {
    use super::*;

    pub(crate) use super::instant::deserialize;

    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

    pub(crate) fn serialize<F, S>(at: &F, out: S) -> Result<S::Ok, S::Error>
    where
        F: Field<OffsetDateTime>,
        S: Serializer,
    {
        if at.value().is_some_and(|at| at.millisecond() != 0) {
            return utc_milliseconds::serialize(at, out);
        }
        write_in_utc(at, FORMAT, out)
    }
}

/// The day of a new round: its midnight in UTC, with seconds (findings [G-07](crate::contract#g-07)
/// and [G-47](crate::contract#g-47)).
pub(crate) mod day {
    use super::*;

    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T00:00:00Z");

    pub(crate) fn serialize<S: Serializer>(day: &Date, out: S) -> Result<S::Ok, S::Error> {
        write_day(*day, FORMAT, out)
    }

    /// Reads the day that an instant is on in UTC.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Date, D::Error> {
        let Instant(at) = Instant::deserialize(input)?;
        let utc = in_utc(at).ok_or_else(|| D::Error::custom(DATE_RULE))?;
        Ok(utc.date())
    }
}

/// The day whose rounds are listed: its midnight with milliseconds and the caller's offset, which
/// says whose day is meant (findings [G-07](crate::contract#g-07) and
/// [G-47](crate::contract#g-47)).
pub(crate) mod local_day {
    use super::*;
    use crate::day::Day;

    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
        "[year]-[month]-[day]T00:00:00.000[offset_hour sign:mandatory]:[offset_minute]"
    );

    pub(crate) fn serialize<S: Serializer>(day: &Day, out: S) -> Result<S::Ok, S::Error> {
        if !is_writable_day(day.date) {
            return Err(S::Error::custom(DATE_RULE));
        }
        let midnight = day.date.midnight().assume_offset(day.offset);
        let text = midnight.format(FORMAT).map_err(S::Error::custom)?;
        out.serialize_str(&text)
    }

    #[cfg(feature = "schema")]
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Day, D::Error> {
        Instant::deserialize(input).map(|Instant(at)| Day::from(at))
    }
}

/// The duration of what is sent: whole minutes (finding [G-01](crate::contract#g-01)).
pub(crate) mod minutes {
    use super::*;

    pub(crate) fn serialize<F, S>(duration: &F, out: S) -> Result<S::Ok, S::Error>
    where
        F: Field<Duration>,
        S: Serializer,
    {
        let Some(duration) = duration.value() else {
            return out.serialize_none();
        };
        let minutes = whole_minutes(*duration).ok_or_else(|| S::Error::custom(MINUTES_RULE))?;
        out.serialize_u64(minutes)
    }

    pub(crate) fn deserialize<'de, F, D>(input: D) -> Result<F, D::Error>
    where
        F: Field<Duration>,
        D: Deserializer<'de>,
    {
        let duration = match Option::<u64>::deserialize(input)? {
            Some(minutes) => {
                let seconds = minutes.checked_mul(60);
                let seconds = seconds.ok_or_else(|| D::Error::custom("a duration is too long"))?;
                Some(Duration::from_secs(seconds))
            }
            None => None,
        };
        F::from_read(duration).map_err(D::Error::custom)
    }
}

/// The duration of what is received: seconds (findings [G-01](crate::contract#g-01),
/// [G-03](crate::contract#g-03)). Other amounts come back as decimals (finding
/// [G-45](crate::contract#g-45)), so these are read with a fraction as well.
pub(crate) mod seconds {
    use super::*;

    pub(crate) fn serialize<F, S>(duration: &F, out: S) -> Result<S::Ok, S::Error>
    where
        F: Field<Duration>,
        S: Serializer,
    {
        match duration.value() {
            None => out.serialize_none(),
            Some(duration) if duration.subsec_nanos() == 0 => out.serialize_u64(duration.as_secs()),
            Some(duration) => out.serialize_f64(duration.as_secs_f64()),
        }
    }

    pub(crate) fn deserialize<'de, F, D>(input: D) -> Result<F, D::Error>
    where
        F: Field<Duration>,
        D: Deserializer<'de>,
    {
        let duration = Option::<Seconds>::deserialize(input)?;
        F::from_read(duration.map(|duration| duration.0)).map_err(D::Error::custom)
    }
}

/// A duration that was read in seconds.
pub(crate) struct Seconds(pub(crate) Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Seconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of seconds")
            }

            fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<Seconds, E> {
                Ok(Seconds(Duration::from_secs(seconds)))
            }

            fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<Seconds, E> {
                let seconds =
                    u64::try_from(seconds).map_err(|_| E::custom("a duration is negative"))?;
                self.visit_u64(seconds)
            }

            fn visit_f64<E: serde::de::Error>(self, seconds: f64) -> Result<Seconds, E> {
                Duration::try_from_secs_f64(seconds)
                    .map(Seconds)
                    .map_err(|_| E::custom("a duration is negative or too long"))
            }
        }

        input.deserialize_any(Number)
    }
}

/// Weekdays and times of day, which tasks and customers spell differently (finding
/// [G-08](crate::contract#g-08)).
pub(crate) mod hours {
    use std::marker::PhantomData;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use time::Weekday;
    use vendor_client_core::{Validate, Violations};

    use crate::opening_hours::{DAY, OpeningHour, OpeningHours, TimeOfDay};

    const LATER_RULE: &str = "must close after it opens; give hours over midnight to two days";

    /// A weekday as a number, of which the first is Monday.
    pub(crate) struct DaysFrom<const FIRST: u8>;

    impl<const FIRST: u8> DaysFrom<FIRST> {
        pub(crate) fn serialize<S: Serializer>(day: &Weekday, out: S) -> Result<S::Ok, S::Error> {
            out.serialize_u8(FIRST + day.number_days_from_monday())
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            input: D,
        ) -> Result<Weekday, D::Error> {
            let number = u8::deserialize(input)?;
            let days_from_monday = number.checked_sub(FIRST).filter(|days| *days < 7);
            days_from_monday
                .map(|days| Weekday::Monday.nth_next(days))
                .ok_or_else(|| {
                    D::Error::custom(format_args!(
                        "a weekday is not from {FIRST} to {}",
                        FIRST + 6
                    ))
                })
        }
    }

    /// An opening hour of a task that is sent.
    ///
    /// Docs: [Type: NewOpeningHour](crate::contract::opening_hours#type-newopeninghour).
    #[derive(Deserialize, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub(crate) struct OfTask {
        #[serde(rename = "weekDay", with = "DaysFrom::<0>")]
        #[cfg_attr(feature = "schema", schemars(with = "u8"))]
        day: Weekday,
        from: TimeOfDay,
        to: TimeOfDay,
    }

    impl Validate for OfTask {
        fn validate(&self, violations: &mut Violations) {
            self.from.check(("opens", "from"), DAY, violations);
            self.to.check(("closes", "to"), DAY, violations);
            violations.require("", self.from < self.to, LATER_RULE);
        }
    }

    impl From<OpeningHour> for OfTask {
        fn from(hour: OpeningHour) -> Self {
            let OpeningHour { day, opens, closes } = hour;
            Self {
                day,
                from: opens,
                to: closes,
            }
        }
    }

    impl From<OfTask> for OpeningHour {
        fn from(hour: OfTask) -> Self {
            Self::new(hour.day, hour.from, hour.to)
        }
    }

    /// An opening hour of a customer's. It cannot be the day's end.
    ///
    /// Docs: [Type: CustomerOpeningHour](crate::contract::opening_hours#type-customeropeninghour).
    #[derive(Deserialize, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub(crate) struct OfCustomer {
        #[serde(with = "DaysFrom::<1>")]
        #[cfg_attr(feature = "schema", schemars(with = "u8"))]
        day: Weekday,
        begin: TimeOfDay,
        end: TimeOfDay,
    }

    impl Validate for OfCustomer {
        fn validate(&self, violations: &mut Violations) {
            self.begin.check(("opens", "begin"), DAY - 1, violations);
            self.end.check(("closes", "end"), DAY - 1, violations);
            violations.require("", self.begin < self.end, LATER_RULE);
        }
    }

    impl From<OpeningHour> for OfCustomer {
        fn from(hour: OpeningHour) -> Self {
            let OpeningHour { day, opens, closes } = hour;
            Self {
                day,
                begin: opens,
                end: closes,
            }
        }
    }

    impl From<OfCustomer> for OpeningHour {
        fn from(hour: OfCustomer) -> Self {
            Self::new(hour.day, hour.begin, hour.end)
        }
    }

    /// Opening hours as an array of `W`.
    pub(crate) struct Spelled<W>(PhantomData<W>);

    impl<W> Spelled<W> {
        pub(crate) fn serialize<S: Serializer>(
            hours: &Option<OpeningHours>,
            out: S,
        ) -> Result<S::Ok, S::Error>
        where
            W: From<OpeningHour> + Serialize,
        {
            hours.as_ref().map(spelled::<W>).serialize(out)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            input: D,
        ) -> Result<Option<OpeningHours>, D::Error>
        where
            W: Into<OpeningHour> + Deserialize<'de>,
        {
            let hours = Option::<Vec<W>>::deserialize(input)?;
            Ok(hours.map(|hours| hours.into_iter().map(W::into).collect()))
        }
    }

    /// Opening hours as they are on the wire.
    pub(crate) fn spelled<W: From<OpeningHour>>(hours: &OpeningHours) -> Vec<W> {
        hours.iter().map(|hour| W::from(*hour)).collect()
    }
}

/// Declares an enumeration that is open: the service may have values that are not listed, and these
/// are kept and can be sent. Case is ignored on reading; what is listed is written as listed here
/// (finding [G-12](crate::contract#g-12)).
macro_rules! open_enum {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$value_doc:meta])* $variant:ident = $wire:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$value_doc])*
                #[doc = concat!("Wire: `", $wire, "`.")]
                #[doc(alias = $wire)]
                $variant,
            )+
            /// A value that is not listed, as it came.
            Other(String),
        }

        impl $name {
            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Other(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                $(if value.eq_ignore_ascii_case($wire) {
                    return Self::$variant;
                })+
                Self::Other(value.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                $crate::wire::read_text(input, |value| Self::from(value))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "examples": [$($wire),+] })
            }
        }
    };
}

pub(crate) use open_enum;

/// Reads a string without keeping it.
pub(crate) fn read_text<'de, D, T>(input: D, make: impl FnOnce(&str) -> T) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    struct Text<F>(F);

    impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Text<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            Ok((self.0)(text))
        }
    }

    input.deserialize_str(Text(make))
}

/// Reads `null` as the empty value.
pub(crate) fn null_as_empty<'de, D, T>(input: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(input).map(Option::unwrap_or_default)
}

/// How the spellings look in a schema.
#[cfg(feature = "schema")]
pub(crate) mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    /// A date that is read in either spelling.
    pub(crate) struct Instant;

    impl JsonSchema for Instant {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Instant".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": ["string", "integer"], "format": "date-time" })
        }
    }

    /// A date that is sent in ISO 8601.
    pub(crate) struct IsoDate;

    impl JsonSchema for IsoDate {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "IsoDate".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "format": "date-time" })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;
    use crate::activity_types::MetaType;

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Read(#[serde(with = "instant")] Option<OffsetDateTime>);

    #[derive(Deserialize, Serialize)]
    struct Epoch(#[serde(with = "epoch_milliseconds")] OffsetDateTime);

    #[derive(Deserialize, Serialize)]
    struct Assign(#[serde(with = "utc_milliseconds")] OffsetDateTime);

    #[derive(Deserialize, Serialize)]
    struct Action(#[serde(with = "utc_seconds")] OffsetDateTime);

    #[derive(Serialize)]
    struct Query(#[serde(serialize_with = "local_day::serialize")] crate::day::Day);

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Sent(#[serde(with = "minutes")] Duration);

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Received(#[serde(with = "seconds")] Duration);

    fn read(value: Value) -> Option<OffsetDateTime> {
        serde_json::from_value::<Read>(value).unwrap().0
    }

    fn written(value: impl Serialize) -> Value {
        serde_json::to_value(value).unwrap()
    }

    /// Findings G-05, G-06 and G-07.
    #[test]
    fn a_date_is_read_in_every_spelling_of_the_documents() {
        let expected = Some(datetime!(2015-07-13 10:00 UTC));
        for spelling in [
            json!("2015-07-13T10:00:00Z"),
            json!("2015-07-13T10:00:00.000Z"),
            json!("2015-07-13T12:00:00.000+02:00"),
            json!("2015-07-13T12:00:00+0200"),
            json!("2015-07-13T05:30:00-04:30"),
            json!("2015-07-13T10:00:00"),
            json!("2015-07-13T10:00:00.000"),
            json!(" 2015-07-13T10:00:00Z "),
            json!("1436781600000"),
            json!(1_436_781_600_000_i64),
            json!(1_436_781_600_000.0),
        ] {
            assert_eq!(read(spelling.clone()), expected, "{spelling}");
        }
        assert_eq!(read(json!(null)), None);
        assert_eq!(
            read(json!(-1)),
            Some(datetime!(1969-12-31 23:59:59.999 UTC))
        );
    }

    #[test]
    fn a_date_without_an_offset_is_in_utc_and_without_a_time_is_midnight() {
        for (spelling, expected) in [
            ("0001-01-01T00:00:00", datetime!(0001-01-01 00:00 UTC)),
            ("2020-12-31T19:00:00", datetime!(2020-12-31 19:00 UTC)),
            ("2020-12-31T19:00", datetime!(2020-12-31 19:00 UTC)),
            ("2015-07-13", datetime!(2015-07-13 00:00 UTC)),
            ("2015-07-13T12:00:00+0100", datetime!(2015-07-13 11:00 UTC)),
        ] {
            assert_eq!(read(json!(spelling)), Some(expected), "{spelling}");
        }
    }

    #[test]
    fn what_is_no_date_is_an_error_that_does_not_show_it() {
        for canary in [
            json!("canary"),
            json!("13/07/2015"),
            json!("2015-07-13T10:00:00 canary"),
            json!("2015-13-07"),
            json!(1.5),
            json!(u64::MAX),
            json!(i64::MAX),
            json!({}),
        ] {
            let error = serde_json::from_value::<Read>(canary).unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_date_that_was_read_is_written_as_the_responses_have_it() {
        for date in ["2015-07-10T12:07:39.657Z", "2015-07-13T10:00:00.000Z"] {
            assert_eq!(written(Read(read(json!(date)))), json!(date));
        }
        let finer = json!("2015-07-13T10:00:00.000001000Z");
        assert_eq!(written(Read(read(finer.clone()))), finer);
    }

    /// Finding G-05; the literals are of "Add an activity".
    #[test]
    fn a_due_date_is_sent_in_epoch_milliseconds() {
        let due = datetime!(2016-09-01 23:59 +02:00);
        assert_eq!(written(Epoch(due)), json!(1_472_767_140_000_i64));
        let cut = due + Duration::from_nanos(1_999_999);
        assert_eq!(written(Epoch(cut)), json!(1_472_767_140_001_i64));
    }

    /// Finding G-07; the literals are of "Assign", "Plan" and "Listing rounds".
    #[test]
    fn each_date_of_a_request_has_its_own_spelling() {
        let at = datetime!(2016-10-07 15:01:59 +02:00);
        assert_eq!(written(Assign(at)), json!("2016-10-07T13:01:59.000Z"));
        let at = datetime!(2015-07-13 12:00 +02:00);
        assert_eq!(written(Action(at)), json!("2015-07-13T10:00:00Z"));
        let at = datetime!(2015-07-13 10:00:00.250_9 UTC);
        assert_eq!(written(Action(at)), json!("2015-07-13T10:00:00.250Z"));
        let at = datetime!(2015-07-13 00:00 +02:00);
        assert_eq!(
            written(Query(at.into())),
            json!("2015-07-13T00:00:00.000+02:00")
        );
        let at = datetime!(2015-07-13 00:00 -03:30);
        assert_eq!(
            written(Query(at.into())),
            json!("2015-07-13T00:00:00.000-03:30")
        );
        let at = datetime!(2015-07-13 00:00 -00:30);
        assert_eq!(
            written(Query(at.into())),
            json!("2015-07-13T00:00:00.000-00:30")
        );
        // Paris before 1911.
        let at = datetime!(1910-07-13 00:00 +00:09:21);
        assert_eq!(
            written(Query(at.into())),
            json!("1910-07-13T00:00:00.000+00:09")
        );
    }

    #[test]
    fn a_date_beyond_four_digits_cannot_be_written() {
        for at in [
            datetime!(-0001-01-01 00:00 UTC),
            datetime!(9999-12-31 23:30 -01:00),
            datetime!(0000-01-01 00:30 +01:00),
        ] {
            assert!(!is_writable(at));
            assert!(serde_json::to_value(Action(at)).is_err());
        }
        let before_all = datetime!(-0001-01-01 00:00 UTC);
        assert!(!is_writable_day(before_all.date()));
        assert!(serde_json::to_value(Query(before_all.into())).is_err());
        assert!(is_writable(datetime!(9999-12-31 23:59 UTC)));
    }

    /// Finding G-01; the literals are of "Add an activity" and of its response.
    #[test]
    fn a_duration_is_sent_in_minutes_and_received_in_seconds() {
        let two_hours = Duration::from_secs(7200);
        assert_eq!(written(Sent(two_hours)), json!(120));
        assert_eq!(
            serde_json::from_value::<Received>(json!(7200)).unwrap(),
            Received(two_hours)
        );
        assert_eq!(written(Received(two_hours)), json!(7200));
        assert_eq!(
            serde_json::from_value::<Sent>(json!(120)).unwrap(),
            Sent(two_hours)
        );
    }

    #[test]
    fn a_duration_that_is_no_whole_number_of_minutes_is_refused_not_cut() {
        for duration in [
            Duration::from_secs(20),
            Duration::from_secs(3601),
            Duration::from_nanos(1),
        ] {
            assert_eq!(whole_minutes(duration), None);
            assert!(serde_json::to_value(Sent(duration)).is_err());
        }
    }

    /// Finding G-45: other integers come back as decimals.
    #[test]
    fn seconds_are_read_as_decimals_too() {
        let read = |value| serde_json::from_value::<Received>(value).map(|read| read.0);
        assert_eq!(read(json!(20.0)).unwrap(), Duration::from_secs(20));
        assert_eq!(read(json!(0.5)).unwrap(), Duration::from_millis(500));
        assert_eq!(written(Received(Duration::from_millis(500))), json!(0.5));
        assert!(read(json!(-1)).is_err());
        assert!(read(json!(1e300)).is_err());
    }

    /// Finding G-12: lower case in the tables, upper case in the examples.
    #[test]
    fn a_listed_value_is_read_in_any_case_and_written_in_upper_case() {
        for spelling in ["WAIT_TIME", "wait_time", "Wait_Time"] {
            let meta_type: MetaType = serde_json::from_value(json!(spelling)).unwrap();
            assert_eq!(meta_type, MetaType::WaitTime);
            assert_eq!(written(meta_type), json!("WAIT_TIME"));
        }
    }

    /// Findings G-10 and G-12.
    #[test]
    fn a_value_that_is_not_listed_is_kept_and_written_as_it_came() {
        let meta_type: MetaType = serde_json::from_value(json!("Nap_2")).unwrap();
        assert_eq!(meta_type, MetaType::Other("Nap_2".to_owned()));
        assert_eq!(written(meta_type), json!("Nap_2"));
    }
}
