//! Opening hours: one way to say them, although tasks and customers spell them differently.

use std::fmt;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Time, Weekday};
use vendor_client_core::{FieldName, Violations};

/// How many minutes a day has.
pub(crate) const DAY: u16 = 24 * 60;

const WORKING_DAYS: [Weekday; 5] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
];

const WEEK_END: [Weekday; 2] = [Weekday::Saturday, Weekday::Sunday];

/// When a place is open in a week; the same for a task and for a customer.
///
/// ```
/// use geoplanning::OpeningHours;
/// use time::{Weekday, macros::time};
///
/// let hours = OpeningHours::monday_to_friday(time!(9:00), time!(18:00))
///     .and(Weekday::Saturday, time!(9:00), time!(12:30));
/// assert_eq!(hours.len(), 6);
/// ```
///
/// They are a set: in the order of the week, whatever the order that they come in.
///
/// A place that is open over midnight has two: until [`TimeOfDay::EndOfDay`] on the first day, and
/// from midnight on the second. One that closes before it opens is refused before sending.
///
/// Wire: `openingHours`. A task counts weekdays from 0, a customer from 1; both have times of day
/// in minutes from midnight.
///
/// Docs: [Type: NewOpeningHour](crate::contract::opening_hours#type-newopeninghour) and
/// [Type: CustomerOpeningHour](crate::contract::opening_hours#type-customeropeninghour).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpeningHours(Vec<OpeningHour>);

impl OpeningHours {
    /// Never open, or nothing said: an empty array. In an update it clears what is there, where
    /// `None` leaves it.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// From Monday to Friday, each day the same.
    #[must_use]
    pub fn monday_to_friday(opens: impl Into<TimeOfDay>, closes: impl Into<TimeOfDay>) -> Self {
        Self::on_each(&WORKING_DAYS, opens.into(), closes.into())
    }

    /// Every day of the week, each day the same.
    #[must_use]
    pub fn every_day(opens: impl Into<TimeOfDay>, closes: impl Into<TimeOfDay>) -> Self {
        let (opens, closes) = (opens.into(), closes.into());
        let week_end = Self::on_each(&WEEK_END, opens, closes);
        Self::monday_to_friday(opens, closes)
            .into_iter()
            .chain(week_end)
            .collect()
    }

    /// On one day of the week.
    #[must_use]
    pub fn on(day: Weekday, opens: impl Into<TimeOfDay>, closes: impl Into<TimeOfDay>) -> Self {
        Self::none().and(day, opens, closes)
    }

    /// The same, and on one more day, or once more on the same day.
    #[must_use]
    pub fn and(
        self,
        day: Weekday,
        opens: impl Into<TimeOfDay>,
        closes: impl Into<TimeOfDay>,
    ) -> Self {
        let hour = OpeningHour::new(day, opens, closes);
        self.into_iter().chain([hour]).collect()
    }

    /// The hours, in the order of the week.
    pub fn iter(&self) -> impl Iterator<Item = &OpeningHour> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn on_each(days: &[Weekday], opens: TimeOfDay, closes: TimeOfDay) -> Self {
        days.iter()
            .map(|day| OpeningHour::new(*day, opens, closes))
            .collect()
    }
}

impl FromIterator<OpeningHour> for OpeningHours {
    fn from_iter<I: IntoIterator<Item = OpeningHour>>(hours: I) -> Self {
        let mut hours: Vec<_> = hours.into_iter().collect();
        hours.sort_by_key(|hour| (hour.day.number_days_from_monday(), hour.opens, hour.closes));
        Self(hours)
    }
}

impl IntoIterator for OpeningHours {
    type Item = OpeningHour;
    type IntoIter = std::vec::IntoIter<OpeningHour>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// When a place is open on one day of the week.
///
/// Docs: [Type: NewOpeningHour](crate::contract::opening_hours#type-newopeninghour) and
/// [Type: CustomerOpeningHour](crate::contract::opening_hours#type-customeropeninghour).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OpeningHour {
    /// The day. Wire: `weekDay`, 0 to 6, for a task; `day`, 1 to 7, for a customer.
    #[doc(alias = "weekDay")]
    pub day: Weekday,
    /// When it opens. Wire: `from` for a task, `begin` for a customer.
    #[doc(alias = "from")]
    #[doc(alias = "begin")]
    pub opens: TimeOfDay,
    /// When it closes. Wire: `to` for a task, `end` for a customer.
    #[doc(alias = "to")]
    #[doc(alias = "end")]
    pub closes: TimeOfDay,
}

impl OpeningHour {
    /// From one time of day to another.
    #[must_use]
    pub fn new(day: Weekday, opens: impl Into<TimeOfDay>, closes: impl Into<TimeOfDay>) -> Self {
        Self {
            day,
            opens: opens.into(),
            closes: closes.into(),
        }
    }
}

/// A time of day, to the minute, the day's end included.
///
/// It is made from a [`Time`]. One that is not a whole minute is refused before sending.
///
/// Wire: minutes from midnight; 570 is 09:30, 1440 the day's end.
///
/// Docs: [Units](crate::contract#units).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TimeOfDay {
    /// Before the day's end.
    At(Time),
    /// Midnight at the end of the day. A customer cannot have it (finding
    /// [G-08](crate::contract#g-08)).
    EndOfDay,
}

impl TimeOfDay {
    /// Minutes from midnight; `None` if it is not a whole minute.
    #[must_use]
    pub fn minutes(self) -> Option<u16> {
        match self {
            Self::EndOfDay => Some(DAY),
            Self::At(time) if time.second() == 0 && time.nanosecond() == 0 => {
                Some(u16::from(time.hour()) * 60 + u16::from(time.minute()))
            }
            Self::At(_) => None,
        }
    }

    /// Requires that the time in `field` is a whole minute and not after `latest`.
    pub(crate) fn check<'n>(
        self,
        field: impl Into<FieldName<'n>>,
        latest: u16,
        violations: &mut Violations,
    ) {
        match self.minutes() {
            Some(minutes) => violations.range(field, minutes, 0..=latest),
            None => violations.add(field, "must be a whole minute"),
        }
    }

    fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes == DAY {
            return Some(Self::EndOfDay);
        }
        let hour = u8::try_from(minutes / 60).ok()?;
        let minute = u8::try_from(minutes % 60).ok()?;
        Time::from_hms(hour, minute, 0).ok().map(Self::At)
    }
}

impl From<Time> for TimeOfDay {
    fn from(time: Time) -> Self {
        Self::At(time)
    }
}

/// Writes hours and minutes, such as `09:30`.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(time) => write!(f, "{:02}:{:02}", time.hour(), time.minute()),
            Self::EndOfDay => f.write_str("24:00"),
        }
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let minutes = self.minutes();
        let minutes = minutes.ok_or_else(|| S::Error::custom("a time of day has seconds"))?;
        out.serialize_u16(minutes)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let minutes = u16::deserialize(input)?;
        let time = Self::from_minutes(minutes);
        time.ok_or_else(|| D::Error::custom("a time of day is not within 0 and 1440 minutes"))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for TimeOfDay {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": 1440 })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::macros::time;
    use vendor_client_core::Validate;

    use super::*;
    use crate::wire::hours;

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Task(#[serde(with = "hours::Spelled::<hours::OfTask>")] Option<OpeningHours>);

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Customer(#[serde(with = "hours::Spelled::<hours::OfCustomer>")] Option<OpeningHours>);

    fn written(value: impl Serialize) -> Value {
        serde_json::to_value(value).unwrap()
    }

    fn violations<W: From<OpeningHour> + Validate>(hours: &OpeningHours) -> Vec<String> {
        let mut violations = Violations::new();
        violations.each(
            ("opening_hours", "openingHours"),
            &hours::spelled::<W>(hours),
        );
        violations.iter().map(|found| found.path.clone()).collect()
    }

    /// Finding G-08; the literals are of "Add an activity".
    #[test]
    fn monday_to_friday_from_9_to_18_is_one_call_for_a_task() {
        let hours = OpeningHours::monday_to_friday(time!(9:00), time!(18:00));
        let expected: Vec<_> = (0..5)
            .map(|day| json!({ "weekDay": day, "from": 540, "to": 1080 }))
            .collect();
        assert_eq!(written(Task(Some(hours))), Value::Array(expected));
    }

    /// Finding G-08; the literals are of "Add a customer".
    #[test]
    fn the_same_call_counts_from_one_for_a_customer() {
        let hours = OpeningHours::every_day(time!(8:00), time!(16:00));
        let expected: Vec<_> = (1..8)
            .map(|day| json!({ "day": day, "begin": 480, "end": 960 }))
            .collect();
        assert_eq!(written(Customer(Some(hours))), Value::Array(expected));
    }

    /// Finding G-08: the service returns Wednesday before Tuesday.
    #[test]
    fn hours_are_a_set_whatever_order_they_come_in() {
        let monday = OpeningHour::new(Weekday::Monday, time!(9:00), time!(18:00));
        let sunday = OpeningHour::new(Weekday::Sunday, time!(9:00), time!(18:00));
        let one: OpeningHours = [monday, sunday].into_iter().collect();
        let other: OpeningHours = [sunday, monday].into_iter().collect();
        assert_eq!(one, other);
    }

    #[test]
    fn each_weekday_is_read_as_it_is_written() {
        let all = Some(OpeningHours::every_day(time!(0:00), TimeOfDay::EndOfDay));
        let task = Task(all.clone());
        assert_eq!(
            serde_json::from_value::<Task>(written(&task)).unwrap(),
            task
        );
        let hours = Some(OpeningHours::every_day(time!(0:00), time!(23:59)));
        let customer = Customer(hours);
        assert_eq!(
            serde_json::from_value::<Customer>(written(&customer)).unwrap(),
            customer
        );
        for day in [-1, 7] {
            let hours = json!([{ "weekDay": day, "from": 0, "to": 1 }]);
            assert!(serde_json::from_value::<Task>(hours).is_err());
        }
        for day in [0, 8] {
            let hours = json!([{ "day": day, "begin": 0, "end": 1 }]);
            assert!(serde_json::from_value::<Customer>(hours).is_err());
        }
    }

    /// Finding G-08: 1439 is a customer's latest time.
    #[test]
    fn the_end_of_the_day_is_for_tasks_and_refused_for_customers() {
        let hours = OpeningHours::on(Weekday::Friday, time!(22:00), TimeOfDay::EndOfDay);
        assert!(violations::<hours::OfTask>(&hours).is_empty());
        assert_eq!(
            violations::<hours::OfCustomer>(&hours),
            ["openingHours[0].end"]
        );
    }

    #[test]
    fn a_time_with_seconds_is_refused_not_cut() {
        let hours = OpeningHours::on(Weekday::Friday, time!(9:00:30), time!(10:00:00.5));
        assert_eq!(
            violations::<hours::OfTask>(&hours),
            ["openingHours[0].from", "openingHours[0].to"]
        );
        assert!(serde_json::to_value(Task(Some(hours))).is_err());
    }

    #[test]
    fn every_minute_of_the_day_is_read_as_it_is_written() {
        for minutes in 0..=DAY {
            let time: TimeOfDay = serde_json::from_value(json!(minutes)).unwrap();
            assert_eq!(written(time), json!(minutes));
        }
        assert!(serde_json::from_value::<TimeOfDay>(json!(DAY + 1)).is_err());
    }
}
