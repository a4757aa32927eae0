//! What is sent to add an activity, and to replace one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use vendor_client_core::schema::{Describe, OperationSchema};
use vendor_client_core::{
    Error, FieldName, Part, Request, Validate, Violations, redacted_debug, setters, validated,
};

use super::UPDATE_ACTIVITY;
use super::activity::Activity;
use crate::activity_types::ActivityTypeReference;
use crate::address::NewAddress;
use crate::foreign_id::{HasForeignId, check_not_blank};
use crate::task::NewTask;
use crate::wire;

/// An assignment with its task, as it is sent, to add it or to replace what is there.
///
/// Docs: [Add an activity](crate::contract::activities#add-an-activity) and
/// [Update an activity](crate::contract::activities#update-an-activity).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewActivity {
    subtype: Assignment,
    /// The activity's type. Wire: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<ActivityTypeReference>,
    /// What is to be done. Wire: `task`.
    pub task: NewTask,
}

/// What replaces a task: all of it, so it is made from what was read.
///
/// ```no_run
/// # use geoplanning::{ActivityId, Client, Error, TaskUpdate};
/// # async fn run(client: Client, id: ActivityId) -> Result<(), Error> {
/// let activity = client.activities().get(id).await?;
/// let mut update = TaskUpdate::from_read(&activity)?;
/// update.task.description = Some("Bring the long ladder".to_owned());
/// client.activities().update(id, &update).await?;
/// # Ok(())
/// # }
/// ```
///
/// Docs: [Update an activity](crate::contract::activities#update-an-activity).
pub type TaskUpdate = NewActivity;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum Assignment {
    #[serde(rename = "assignment")]
    Assignment,
}

impl NewActivity {
    /// An activity of no type in particular.
    #[must_use]
    pub const fn new(task: NewTask) -> Self {
        Self {
            subtype: Assignment::Assignment,
            activity_type: None,
            task,
        }
    }

    /// Of this type.
    #[must_use]
    pub fn of_type(mut self, activity_type: impl Into<ActivityTypeReference>) -> Self {
        self.activity_type = Some(activity_type.into());
        self
    }

    /// Everything that was read and can be sent, with the units converted: sent as it is, it
    /// changes nothing.
    ///
    /// An activity that was read without a type makes an update without one (finding
    /// [G-39](crate::contract#g-39)): where it is known to have one, give it with
    /// [`of_type`](Self::of_type). No request has a task's [`properties`](crate::Task::properties),
    /// or fields that this version does not know; what becomes of them is not documented.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the activity is not an assignment.
    pub fn from_read(activity: &Activity) -> Result<Self, Error> {
        let Some(task) = activity.task() else {
            return Err(not_a("assignment"));
        };
        let activity_type = activity.activity_type.as_ref();
        Ok(Self {
            activity_type: activity_type.map(ActivityTypeReference::from),
            ..Self::new(NewTask::from(task))
        })
    }
}

impl From<NewTask> for NewActivity {
    fn from(task: NewTask) -> Self {
        Self::new(task)
    }
}

validated!(NewActivity);

impl Validate for NewActivity {
    fn validate(&self, violations: &mut Violations) {
        if let Some(activity_type) = &self.activity_type {
            violations.nested(("activity_type", "type"), activity_type);
        }
        violations.nested("task", &self.task);
    }
}

/// What replaces a simple activity: all of it, and what is `None` becomes blank.
///
/// `Debug` shows type and duration.
///
/// Docs: [Update an activity](crate::contract::activities#update-an-activity).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SimpleActivityUpdate {
    subtype: Simple,
    /// The activity's type. Wire: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<ActivityTypeReference>,
    /// Its name. Wire: `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The caller's foreign id, which the service is not known to return (finding
    /// [G-35](crate::contract#g-35)). Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// What is to be done, in words. Wire: `description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How long it takes: a whole number of minutes. Wire: `duration`, in minutes.
    #[serde(
        with = "wire::minutes",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub duration: Option<Duration>,
    /// Where it takes place. Wire: `address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<NewAddress>,
}

redacted_debug!(SimpleActivityUpdate {
    activity_type,
    duration
});

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum Simple {
    #[serde(rename = "simpleactivity")]
    SimpleActivity,
}

impl SimpleActivityUpdate {
    /// Everything blank.
    #[must_use]
    pub const fn blank() -> Self {
        Self {
            subtype: Simple::SimpleActivity,
            activity_type: None,
            name: None,
            foreign_id: None,
            description: None,
            duration: None,
            address: None,
        }
    }

    /// Everything that was read and can be sent, and what cannot be known from reading: the
    /// caller's foreign id, which the service is not known to return, and the duration, which it
    /// returns without a unit (see [`UnsettledDuration`](crate::UnsettledDuration)). `None` blanks
    /// them, except for a foreign id that was read after all.
    ///
    /// An activity that was read without a type makes an update without one.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not a simple activity.
    pub fn from_read(
        activity: &Activity,
        foreign_id: Option<String>,
        duration: Option<Duration>,
    ) -> Result<Self, Error> {
        let Some(simple) = activity.simple_activity() else {
            return Err(not_a("simpleactivity"));
        };
        let activity_type = activity.activity_type.as_ref();
        Ok(Self {
            activity_type: activity_type.map(ActivityTypeReference::from),
            name: simple.name.clone(),
            foreign_id: foreign_id.or_else(|| simple.foreign_id.clone()),
            description: simple.description.clone(),
            duration,
            address: simple.address.as_ref().map(NewAddress::from),
            ..Self::blank()
        })
    }
}

setters!(SimpleActivityUpdate {
    activity_type: ActivityTypeReference,
    name: String,
    foreign_id: String,
    description: String,
    duration: Duration,
    address: NewAddress,
});

validated!(SimpleActivityUpdate);

impl Validate for SimpleActivityUpdate {
    fn validate(&self, violations: &mut Violations) {
        if let Some(activity_type) = &self.activity_type {
            violations.nested(("activity_type", "type"), activity_type);
        }
        check_not_blank(
            ("foreign_id", "foreignId"),
            self.foreign_id.as_deref(),
            violations,
        );
        let is_whole = |duration| wire::whole_minutes(duration).is_some();
        violations.require(
            "duration",
            self.duration.is_none_or(is_whole),
            wire::MINUTES_RULE,
        );
        if let Some(address) = &self.address {
            violations.nested("address", address);
        }
    }
}

/// What replaces an activity: a [`TaskUpdate`] or a [`SimpleActivityUpdate`]. Routes cannot be
/// replaced.
///
/// Docs: [Update an activity](crate::contract::activities#update-an-activity).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ActivityUpdate<'a> {
    /// Replaces an assignment and its task.
    Task(&'a TaskUpdate),
    /// Replaces a simple activity.
    SimpleActivity(&'a SimpleActivityUpdate),
}

impl<'a> From<&'a TaskUpdate> for ActivityUpdate<'a> {
    fn from(update: &'a TaskUpdate) -> Self {
        Self::Task(update)
    }
}

impl<'a> From<&'a SimpleActivityUpdate> for ActivityUpdate<'a> {
    fn from(update: &'a SimpleActivityUpdate) -> Self {
        Self::SimpleActivity(update)
    }
}

validated!(ActivityUpdate<'_>);

impl Validate for ActivityUpdate<'_> {
    fn validate(&self, violations: &mut Violations) {
        match self {
            Self::Task(update) => violations.nested("", update),
            Self::SimpleActivity(update) => violations.nested("", update),
        }
    }
}

impl HasForeignId for ActivityUpdate<'_> {
    fn field(&self) -> FieldName<'static> {
        match self {
            Self::Task(update) => update.field(),
            Self::SimpleActivity(update) => update.field(),
        }
    }

    fn foreign_id(&self) -> Option<&str> {
        match self {
            Self::Task(update) => HasForeignId::foreign_id(*update),
            Self::SimpleActivity(update) => HasForeignId::foreign_id(*update),
        }
    }
}

impl HasForeignId for NewActivity {
    fn field(&self) -> FieldName<'static> {
        ("task.foreign_id", "task.foreignId").into()
    }

    fn foreign_id(&self) -> Option<&str> {
        self.task.foreign_id.as_deref()
    }
}

impl HasForeignId for SimpleActivityUpdate {
    fn field(&self) -> FieldName<'static> {
        ("foreign_id", "foreignId").into()
    }

    fn foreign_id(&self) -> Option<&str> {
        self.foreign_id.as_deref()
    }
}

/// A JSON body with an [`ActivityUpdate`], in one of two shapes.
#[non_exhaustive]
pub struct TaskOrSimpleActivity;

impl Part for TaskOrSimpleActivity {
    type Value<'a> = ActivityUpdate<'a>;

    fn put(update: ActivityUpdate<'_>, request: Request) -> Request {
        request.validate(&update).json(&update)
    }
}

#[cfg(feature = "schema")]
impl Describe for TaskOrSimpleActivity {
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema
            .body_named::<TaskUpdate>("task")
            .body_named::<SimpleActivityUpdate>("simple activity")
    }
}

fn not_a(subtype: &str) -> Error {
    let mut violations = Violations::new();
    violations.add("subtype", format!("must be `{subtype}`"));
    Error::invalid_request(UPDATE_ACTIVITY.operation(), violations)
}
