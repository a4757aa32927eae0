//! Activities, as they are read.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::de::value::MapDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;
use vendor_client_core::redacted_debug;

use crate::UnknownFields;
use crate::activity_statuses::ActivityStatus;
use crate::activity_types::ActivityType;
use crate::address::Address;
use crate::id::{ActivityId, EventId};
use crate::list::Apart;
use crate::rounds::RoundReference;
use crate::task::{Appointment, Task};
use crate::wire::{self, Instant, Seconds};

/// Something that takes a resource's time.
///
/// `Debug` shows ids, dates, the type and the status.
///
/// Docs: [Type: Activity](crate::contract::activities#type-activity).
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Activity {
    /// The activity's id. Wire: `id`.
    pub id: ActivityId,
    /// The activity's type. Wire: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<ActivityType>,
    /// When it should start. `None` until it is planned. Wire: `computedStartDate`.
    #[doc(alias = "computedStartDate")]
    #[serde(
        rename = "computedStartDate",
        serialize_with = "wire::instant::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub computed_start: Option<OffsetDateTime>,
    /// When it should end. `None` until it is planned. Wire: `computedEndDate`.
    #[doc(alias = "computedEndDate")]
    #[serde(
        rename = "computedEndDate",
        serialize_with = "wire::instant::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub computed_end: Option<OffsetDateTime>,
    /// When it did start. `None` until then. Wire: `actualStartDate`.
    #[doc(alias = "actualStartDate")]
    #[serde(
        rename = "actualStartDate",
        serialize_with = "wire::instant::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub actual_start: Option<OffsetDateTime>,
    /// When it did end. `None` until then. Wire: `actualEndDate`.
    #[doc(alias = "actualEndDate")]
    #[serde(
        rename = "actualEndDate",
        serialize_with = "wire::instant::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub actual_end: Option<OffsetDateTime>,
    /// The round that it is in. `None` while there is none, and in the round's own list.
    /// Wire: `round`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<RoundReference>,
    /// How far it has come. Wire: `status`.
    pub status: ActivityStatus,
    /// What kind of thing it is, with all that only such things have. Wire: `subtype`, and fields
    /// beside it.
    #[serde(flatten)]
    pub details: ActivityDetails,
    /// Fields that this version of the crate does not know; all of them, where it does not know
    /// the subtype.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Activity {
    id,
    activity_type,
    computed_start,
    computed_end,
    actual_start,
    actual_end,
    round,
    status,
    details
});

impl Apart for Activity {}

impl Activity {
    /// An activity with what every activity has, as a test may need one.
    #[must_use]
    pub fn new(
        id: ActivityId,
        status: ActivityStatus,
        details: impl Into<ActivityDetails>,
    ) -> Self {
        Self {
            id,
            activity_type: None,
            computed_start: None,
            computed_end: None,
            actual_start: None,
            actual_end: None,
            round: None,
            status,
            details: details.into(),
            unknown: UnknownFields::new(),
        }
    }

    /// The task, if this is an assignment.
    #[must_use]
    pub fn task(&self) -> Option<&Task> {
        match &self.details {
            ActivityDetails::Assignment { task } => Some(task),
            _ => None,
        }
    }

    /// The caller's foreign id, of a task or of a simple activity.
    #[must_use]
    pub fn foreign_id(&self) -> Option<&str> {
        match &self.details {
            ActivityDetails::Assignment { task } => task.foreign_id.as_deref(),
            ActivityDetails::SimpleActivity(simple) => simple.foreign_id.as_deref(),
            _ => None,
        }
    }

    /// The simple activity, if this is one.
    #[must_use]
    pub fn simple_activity(&self) -> Option<&SimpleActivity> {
        match &self.details {
            ActivityDetails::SimpleActivity(simple) => Some(simple),
            _ => None,
        }
    }

    /// The route, if this is one.
    #[must_use]
    pub fn route(&self) -> Option<&Route> {
        match &self.details {
            ActivityDetails::Route(route) => Some(route),
            _ => None,
        }
    }
}

/// What kind of thing an activity is.
///
/// Wire: told apart by `subtype`.
///
/// Docs: [Type: Activity](crate::contract::activities#type-activity).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "subtype")]
#[non_exhaustive]
pub enum ActivityDetails {
    /// A task at a customer's. Wire: `assignment`.
    #[serde(rename = "assignment")]
    #[non_exhaustive]
    Assignment {
        /// What is to be done. Wire: `task`.
        task: Box<Task>,
    },
    /// Anything else with a name: a refill, a break. Wire: `simpleactivity`.
    #[serde(rename = "simpleactivity")]
    SimpleActivity(Box<SimpleActivity>),
    /// The way between two of them. The service makes routes. Wire: `route`.
    #[serde(rename = "route")]
    Route(Box<Route>),
    /// A subtype that is not documented; what it holds is in [`Activity::unknown`] (finding
    /// [G-14](crate::contract#g-14)).
    #[serde(untagged)]
    #[non_exhaustive]
    Other {
        /// The subtype as it came. Wire: `subtype`.
        subtype: String,
    },
}

impl From<Task> for ActivityDetails {
    fn from(task: Task) -> Self {
        let task = Box::new(task);
        Self::Assignment { task }
    }
}

impl From<SimpleActivity> for ActivityDetails {
    fn from(simple: SimpleActivity) -> Self {
        Self::SimpleActivity(Box::new(simple))
    }
}

impl From<Route> for ActivityDetails {
    fn from(route: Route) -> Self {
        Self::Route(Box::new(route))
    }
}

/// The fields that only simple activities have.
///
/// `Debug` shows the duration, dates and the event.
///
/// Docs: [Type: Activity](crate::contract::activities#type-activity),
/// [Variant: simpleactivity](crate::contract::activities#variant-simpleactivity).
#[derive(Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SimpleActivity {
    /// The caller's foreign id. No example returns it (finding [G-35](crate::contract#g-35)). Wire:
    /// `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// How long it takes, in a unit that the service leaves open. Wire: `duration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<UnsettledDuration>,
    /// When it was created. Wire: `creationDate`.
    #[doc(alias = "creationDate")]
    #[serde(
        rename = "creationDate",
        serialize_with = "wire::instant::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub created_at: Option<OffsetDateTime>,
    /// Its name. Wire: `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is to be done, in words. Wire: `description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it takes place. Wire: `address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The agreed time. Wire: `appointment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// The event that it comes from. Wire: `event`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
}

redacted_debug!(SimpleActivity {
    duration,
    created_at,
    appointment,
    event
});

/// The fields that only routes have.
///
/// `Debug` shows distance and duration.
///
/// Docs: [Type: Activity](crate::contract::activities#type-activity),
/// [Variant: route](crate::contract::activities#variant-route).
#[derive(Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Route {
    /// Where the way begins. Wire: `origin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Address>,
    /// Where the way ends. Wire: `destination`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Address>,
    /// The way's length, apparently in metres (finding [G-03](crate::contract#g-03)). Wire:
    /// `distance`.
    #[doc(alias = "distance")]
    #[serde(rename = "distance", skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// How long the way takes. Wire: `duration`, in seconds (finding [G-03](crate::contract#g-03)).
    #[serde(
        serialize_with = "wire::seconds::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub duration: Option<Duration>,
}

redacted_debug!(Route {
    distance_m,
    duration
});

/// A simple activity's duration, as a bare number: the service gives back the 35 that were sent as
/// minutes, and elsewhere 20 for what takes 20 seconds (finding [G-02](crate::contract#g-02)).
///
/// Who knows what their tenant means says so.
///
/// Docs: [Units](crate::contract#units).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct UnsettledDuration(i64);

impl UnsettledDuration {
    /// A number, in minutes or in seconds.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number as it came.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// What it is if the number means minutes; `None` if it is negative or too large.
    #[must_use]
    pub fn if_minutes(self) -> Option<Duration> {
        let seconds = u64::try_from(self.0).ok()?.checked_mul(60)?;
        Some(Duration::from_secs(seconds))
    }

    /// What it is if the number means seconds; `None` if it is negative.
    #[must_use]
    pub fn if_seconds(self) -> Option<Duration> {
        u64::try_from(self.0).ok().map(Duration::from_secs)
    }
}

/// What a simple activity comes from.
///
/// Docs: [Type: Event](crate::contract::activities#type-event).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Event {
    /// The event's id. Wire: `id`.
    pub id: EventId,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Event { id });

impl Event {
    /// An event with its id and nothing else.
    #[must_use]
    pub fn new(id: EventId) -> Self {
        Self {
            id,
            unknown: UnknownFields::new(),
        }
    }
}

/// Reads the fields one by one, so that an error names its path and nothing is read twice: the
/// subtype decides what the others are, and the service writes it first.
impl<'de> Deserialize<'de> for Activity {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct AnActivity;

        impl<'de> Visitor<'de> for AnActivity {
            type Value = Activity;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an activity")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Activity, A::Error> {
                let mut fields = Fields::default();
                fields.read(map)?;
                fields.read_those_before_the_subtype()?;
                fields.finish()
            }
        }

        input.deserialize_map(AnActivity)
    }
}

/// An activity while it is read.
#[derive(Default)]
struct Fields {
    id: Option<ActivityId>,
    activity_type: Option<ActivityType>,
    computed_start: Option<OffsetDateTime>,
    computed_end: Option<OffsetDateTime>,
    actual_start: Option<OffsetDateTime>,
    actual_end: Option<OffsetDateTime>,
    round: Option<RoundReference>,
    status: Option<ActivityStatus>,
    details: Option<Details>,
    unknown: UnknownFields,
    /// Whether `unknown` has what came before the subtype was known.
    is_unsorted: bool,
}

/// The details of an activity while it is read.
enum Details {
    Assignment(Option<Box<Task>>),
    SimpleActivity(Box<SimpleActivity>),
    Route(Box<Route>),
    Other(String),
}

/// The name of a field, borrowed where the input allows it.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Fields {
    fn read<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            match &*name {
                "subtype" => {
                    self.details = Some(Details::of(map.next_value()?));
                    self.is_unsorted = !self.unknown.is_empty();
                }
                "id" => self.id = Some(map.next_value()?),
                "type" => self.activity_type = map.next_value()?,
                "computedStartDate" => self.computed_start = date(&mut map)?,
                "computedEndDate" => self.computed_end = date(&mut map)?,
                "actualStartDate" => self.actual_start = date(&mut map)?,
                "actualEndDate" => self.actual_end = date(&mut map)?,
                "round" => self.round = map.next_value()?,
                "status" => self.status = Some(map.next_value()?),
                name => {
                    let is_read = match &mut self.details {
                        Some(details) => details.read(name, &mut map)?,
                        None => false,
                    };
                    if !is_read {
                        self.unknown.insert(name.to_owned(), map.next_value()?);
                    }
                }
            }
        }
        Ok(())
    }

    fn read_those_before_the_subtype<E: serde::de::Error>(&mut self) -> Result<(), E> {
        if !self.is_unsorted {
            return Ok(());
        }
        let early = std::mem::take(&mut self.unknown);
        let early: MapDeserializer<'_, _, serde_json::Error> =
            MapDeserializer::new(early.into_iter());
        self.read(early).map_err(E::custom)
    }

    fn finish<E: serde::de::Error>(self) -> Result<Activity, E> {
        let details = self.details.ok_or_else(|| E::missing_field("subtype"))?;
        Ok(Activity {
            id: self.id.ok_or_else(|| E::missing_field("id"))?,
            activity_type: self.activity_type,
            computed_start: self.computed_start,
            computed_end: self.computed_end,
            actual_start: self.actual_start,
            actual_end: self.actual_end,
            round: self.round,
            status: self.status.ok_or_else(|| E::missing_field("status"))?,
            details: details.finish()?,
            unknown: self.unknown,
        })
    }
}

impl Details {
    fn of(subtype: Cow<'_, str>) -> Self {
        match subtype.to_ascii_lowercase().as_str() {
            "assignment" => Self::Assignment(None),
            "simpleactivity" => Self::SimpleActivity(Box::default()),
            "route" => Self::Route(Box::default()),
            _ => Self::Other(subtype.into_owned()),
        }
    }

    /// Reads the field `name`, where it is one of these details.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match (self, name) {
            (Self::Assignment(task), "task") => *task = Some(map.next_value()?),
            (Self::SimpleActivity(simple), "foreignId") => simple.foreign_id = map.next_value()?,
            (Self::SimpleActivity(simple), "duration") => simple.duration = map.next_value()?,
            (Self::SimpleActivity(simple), "creationDate") => simple.created_at = date(map)?,
            (Self::SimpleActivity(simple), "name") => simple.name = map.next_value()?,
            (Self::SimpleActivity(simple), "description") => {
                simple.description = map.next_value()?;
            }
            (Self::SimpleActivity(simple), "address") => simple.address = map.next_value()?,
            (Self::SimpleActivity(simple), "appointment") => {
                simple.appointment = map.next_value()?;
            }
            (Self::SimpleActivity(simple), "event") => simple.event = map.next_value()?,
            (Self::Route(route), "origin") => route.origin = map.next_value()?,
            (Self::Route(route), "destination") => route.destination = map.next_value()?,
            (Self::Route(route), "distance") => route.distance_m = map.next_value()?,
            (Self::Route(route), "duration") => {
                let duration: Option<Seconds> = map.next_value()?;
                route.duration = duration.map(|duration| duration.0);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn finish<E: serde::de::Error>(self) -> Result<ActivityDetails, E> {
        Ok(match self {
            Self::Assignment(task) => ActivityDetails::Assignment {
                task: task.ok_or_else(|| E::missing_field("task"))?,
            },
            Self::SimpleActivity(simple) => ActivityDetails::SimpleActivity(simple),
            Self::Route(route) => ActivityDetails::Route(route),
            Self::Other(subtype) => ActivityDetails::Other { subtype },
        })
    }
}

fn date<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<OffsetDateTime>, A::Error> {
    let at: Option<Instant> = map.next_value()?;
    Ok(at.map(|at| at.0))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn status() -> Value {
        json!({ "id": 2, "name": "Planned", "type": "ASSIGNED" })
    }

    fn read(value: &Value) -> Activity {
        serde_json::from_str(&value.to_string()).unwrap()
    }

    fn assert_kept(value: &Value) -> Activity {
        let activity = read(value);
        assert_eq!(&serde_json::to_value(&activity).unwrap(), value);
        activity
    }

    /// Finding G-14: whatever an unknown subtype holds, it breaks no list.
    #[test]
    fn an_activity_of_an_unknown_subtype_is_kept_as_it_is() {
        let activity = assert_kept(&json!({
            "subtype": "coffee break",
            "id": 7,
            "status": status(),
            "duration": "PT15M",
            "task": ["none"],
            "name": { "en": "Coffee" },
        }));
        assert_eq!(activity.id, ActivityId::new(7));
        let ActivityDetails::Other { subtype } = &activity.details else {
            panic!("{activity:?}");
        };
        assert_eq!(subtype, "coffee break");
        assert_eq!(activity.unknown["duration"], "PT15M");
    }

    #[test]
    fn the_subtype_may_come_last() {
        let text = r#"{
            "duration": 178, "distance": 2968.5, "tolls": 2, "id": 1,
            "status": {"id": 2, "type": "ASSIGNED"}, "subtype": "route"
        }"#;
        let activity: Activity = serde_json::from_str(text).unwrap();
        let route = activity.route().unwrap();
        assert_eq!(route.duration, Some(Duration::from_secs(178)));
        assert_eq!(route.distance_m, Some(2968.5));
        assert_eq!(activity.unknown.len(), 1);
        assert_eq!(activity.unknown["tolls"], 2);
    }

    /// Findings G-06 and G-42: what is in tables only, with dates in milliseconds as they say.
    #[test]
    fn all_that_a_simple_activity_can_have_is_known() {
        let activity = read(&json!({
            "subtype": "simpleactivity",
            "id": 2,
            "status": status(),
            "actualEndDate": 1_472_734_800_000_i64,
            "foreignId": "r-123",
            "duration": 35,
            "creationDate": "2016-09-02T14:21:48.987Z",
            "name": "Refill",
            "description": "Both vans",
            "address": { "country": "BE" },
            "appointment": { "id": 0, "start": 1_472_727_600_000_i64, "end": 1_472_734_800_000_i64 },
            "event": { "id": 0 },
        }));
        assert!(activity.unknown.is_empty());
        let simple = activity.simple_activity().unwrap();
        let appointment = simple.appointment.as_ref().unwrap();
        assert_eq!(Some(appointment.ends_at), activity.actual_end);
        assert_eq!(simple.foreign_id.as_deref(), Some("r-123"));
        assert_eq!(simple.event.as_ref().unwrap().id, EventId::new(0));
        assert!(simple.address.is_some() && simple.created_at.is_some());
    }

    /// What only other variants have is as unknown as a field of tomorrow.
    #[test]
    fn a_field_of_another_variant_survives() {
        let activity = assert_kept(&json!({
            "subtype": "route",
            "id": 1,
            "status": status(),
            "name": "To the depot",
            "distance": 1.5,
            "someday": [1, { "a": null }],
        }));
        assert_eq!(activity.unknown["name"], "To the depot");
    }

    #[test]
    fn what_an_activity_cannot_do_without_is_named() {
        for (value, field) in [
            (json!({ "id": 1, "status": status() }), "subtype"),
            (json!({ "subtype": "route", "status": status() }), "id"),
            (json!({ "subtype": "route", "id": 1 }), "status"),
            (
                json!({ "subtype": "assignment", "id": 1, "status": status() }),
                "task",
            ),
        ] {
            let error = serde_json::from_value::<Activity>(value).unwrap_err();
            assert!(
                error
                    .to_string()
                    .contains(&format!("missing field `{field}`"))
            );
        }
    }

    /// Finding G-40: null is as good as absent.
    #[test]
    fn null_counts_as_absent() {
        let activity = read(&json!({
            "subtype": "simpleactivity",
            "id": 1,
            "type": null,
            "computedStartDate": null,
            "round": null,
            "status": status(),
            "duration": null,
            "address": null,
            "event": null,
        }));
        assert_eq!(activity.computed_start, None);
        assert_eq!(activity.simple_activity(), Some(&SimpleActivity::default()));
    }

    /// Finding G-02: 35 for 35 minutes in one place, 20 for 20 seconds in another.
    #[test]
    fn the_duration_of_a_simple_activity_has_no_unit_until_the_caller_says_so() {
        let duration = UnsettledDuration(35);
        assert_eq!(duration.get(), 35);
        assert_eq!(duration.if_minutes(), Some(Duration::from_secs(35 * 60)));
        assert_eq!(duration.if_seconds(), Some(Duration::from_secs(35)));
        assert_eq!(UnsettledDuration(-1).if_minutes(), None);
        assert_eq!(UnsettledDuration(i64::MAX).if_minutes(), None);
    }
}
