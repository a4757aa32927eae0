//! What is asked of an activity: assign, plan, unassign, start, finish, reject, cancel.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use vendor_client_core::{Validate, Violations, redacted_debug, validated};

use crate::activity_statuses::StatusReference;
use crate::id::{ResourceId, TaskId};
use crate::rounds::{Round, RoundKey};
use crate::wire;

/// Assigns an activity to a resource, in no round yet.
///
/// Docs: [Assign an activity](crate::contract::activities#assign-an-activity).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Assign {
    /// The resource that gets the activity. Wire: `resourceId`.
    #[doc(alias = "resourceId")]
    #[serde(rename = "resourceId")]
    pub resource_id: ResourceId,
    /// The activity's task, by its own id (finding [G-29](crate::contract#g-29)). Wire: `taskId`.
    #[doc(alias = "taskId")]
    #[serde(rename = "taskId")]
    pub task_id: TaskId,
    /// When it should be planned for, to the millisecond. Wire: `assignDate`, in ISO 8601.
    #[doc(alias = "assignDate")]
    #[serde(
        rename = "assignDate",
        with = "wire::utc_milliseconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::IsoDate>"))]
    pub at: Option<OffsetDateTime>,
}

impl Assign {
    /// For no day in particular.
    #[must_use]
    pub const fn new(resource: ResourceId, task: TaskId) -> Self {
        Self {
            resource_id: resource,
            task_id: task,
            at: None,
        }
    }

    /// For this day: its midnight in UTC (finding [G-47](crate::contract#g-47)).
    #[must_use]
    pub const fn on(self, day: Date) -> Self {
        self.at(day.midnight().assume_utc())
    }

    /// For this instant, as the vendor's example has one.
    #[must_use]
    pub const fn at(mut self, at: OffsetDateTime) -> Self {
        self.at = Some(at);
        self
    }
}

validated!(Assign);

impl Validate for Assign {
    fn validate(&self, violations: &mut Violations) {
        let is_writable = self.at.is_none_or(wire::is_writable);
        violations.require(("at", "assignDate"), is_writable, wire::DATE_RULE);
    }
}

/// Puts an activity into a round.
///
/// Docs: [Plan an activity](crate::contract::activities#plan-an-activity).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// The round that gets the activity. Wire: `round`.
    pub round: RoundKey,
    /// The status to set, of type `ASSIGNED`. `None`: the default one. Wire: `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusReference>,
    /// When the action takes place, to the millisecond. Wire: `date`, in ISO 8601.
    #[doc(alias = "date")]
    #[serde(rename = "date", with = "wire::utc_seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::schema::IsoDate"))]
    pub at: OffsetDateTime,
    /// Where in the round; 0 is its beginning. Wire: `activityIndex`.
    #[doc(alias = "activityIndex")]
    #[serde(rename = "activityIndex")]
    pub index: u32,
}

impl Plan {
    /// Into this round, at this place, with the default status.
    #[must_use]
    pub const fn new(round: RoundKey, index: u32, at: OffsetDateTime) -> Self {
        Self {
            round,
            status: None,
            at,
            index,
        }
    }

    /// Behind everything that is in this round, with the default status.
    ///
    /// The place counts what somebody has planned, and not the routes, which the service makes by
    /// itself. Whether the service counts them too isn't documented.
    #[must_use]
    pub fn at_end(round: &Round, date: OffsetDateTime) -> Self {
        let planned = round.activities().iter();
        let others = planned.filter(|other| other.route().is_none()).count();
        Self::new(round.key(), u32::try_from(others).unwrap_or(u32::MAX), date)
    }

    /// With this status.
    #[must_use]
    pub fn status(mut self, status: impl Into<StatusReference>) -> Self {
        self.status = Some(status.into());
        self
    }
}

validated!(Plan);

impl Validate for Plan {
    fn validate(&self, violations: &mut Violations) {
        check_status_and_date(self.status.as_ref(), self.at, violations);
    }
}

/// Reports progress on an activity: that it is started, finished or rejected.
///
/// Docs: [Start an activity](crate::contract::activities#start-an-activity) and those after it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Progress {
    /// The round that the activity is in. Wire: `round`.
    pub round: RoundKey,
    /// The status to set, of a type that fits the action. `None`: the default one. Wire: `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusReference>,
    /// When the work began or ended, to the millisecond. Wire: `date`, in ISO 8601.
    #[doc(alias = "date")]
    #[serde(rename = "date", with = "wire::utc_seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::schema::IsoDate"))]
    pub at: OffsetDateTime,
}

impl Progress {
    /// At that time, with the default status.
    #[must_use]
    pub const fn new(round: RoundKey, at: OffsetDateTime) -> Self {
        Self {
            round,
            status: None,
            at,
        }
    }

    /// With this status.
    #[must_use]
    pub fn status(mut self, status: impl Into<StatusReference>) -> Self {
        self.status = Some(status.into());
        self
    }
}

validated!(Progress);

impl Validate for Progress {
    fn validate(&self, violations: &mut Violations) {
        check_status_and_date(self.status.as_ref(), self.at, violations);
    }
}

/// Takes an activity away from its resource.
///
/// With the round's key it is done only while the round is as the caller knows it. Without it the
/// activity is taken from wherever it is by now, which the caller has to ask for explicitly.
///
/// Docs: [Unassign an activity](crate::contract::activities#unassign-an-activity).
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unassign {
    /// The `hashKey` of the round, under another name (finding [G-18](crate::contract#g-18)). Wire:
    /// `roundHash`.
    #[serde(rename = "roundHash", skip_serializing_if = "Option::is_none")]
    round_hash: Option<String>,
}

redacted_debug!(Unassign { round_hash });

impl Unassign {
    /// From the round that has this key, as long as it has it.
    #[doc(alias = "roundHash")]
    #[must_use]
    pub fn from_round(round: &RoundKey) -> Self {
        Self {
            round_hash: Some(round.hash_key.clone()),
        }
    }

    /// From wherever it is, unchecked: it may be taken from somebody else.
    #[must_use]
    pub const fn from_wherever_it_is() -> Self {
        Self { round_hash: None }
    }
}

validated!(Unassign);

impl Validate for Unassign {}

/// Cancels an activity for good.
///
/// Docs: [Cancel an activity](crate::contract::activities#cancel-an-activity).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Cancel {
    /// The round that the activity is in; `None` if it is in none. Wire: `round`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<RoundKey>,
    /// When the action takes place, to the millisecond. Wire: `date`, in ISO 8601.
    #[doc(alias = "date")]
    #[serde(rename = "date", with = "wire::utc_seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::schema::IsoDate"))]
    pub at: OffsetDateTime,
}

impl Cancel {
    /// An activity that is in no round.
    #[must_use]
    pub const fn outside_rounds(at: OffsetDateTime) -> Self {
        Self { round: None, at }
    }

    /// An activity that is in this round.
    #[must_use]
    pub const fn in_round(round: RoundKey, at: OffsetDateTime) -> Self {
        Self {
            round: Some(round),
            at,
        }
    }
}

validated!(Cancel);

impl Validate for Cancel {
    fn validate(&self, violations: &mut Violations) {
        violations.require(("at", "date"), wire::is_writable(self.at), wire::DATE_RULE);
    }
}

fn check_status_and_date(
    status: Option<&StatusReference>,
    at: OffsetDateTime,
    violations: &mut Violations,
) {
    if let Some(status) = status {
        violations.nested("status", status);
    }
    violations.require(("at", "date"), wire::is_writable(at), wire::DATE_RULE);
}
