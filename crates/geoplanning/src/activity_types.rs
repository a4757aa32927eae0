//! The types that activities can have.

use serde::{Deserialize, Serialize};
use vendor_client_core::{Error, Validate, Violations, endpoints, redacted_debug, validated};

use crate::UnknownFields;
use crate::client::Client;
use crate::envelope::envelopes;
use crate::id::ActivityTypeId;
use crate::list::{Apart, List};
use crate::wire::open_enum;

endpoints! {
    LIST_ACTIVITY_TYPES = GET "/activity/types" (), () => ActivityTypesResponse, idempotent;
}

envelopes! {
    ActivityTypesResponse { types as "activityTypes": List<ActivityType>, or List::default() }
}

/// The operation on activity types; from [`Client::activity_types`].
///
/// Docs: [Activity types](crate::contract::activity_types).
#[derive(Clone, Copy, Debug)]
pub struct ActivityTypes<'a> {
    client: &'a Client,
}

impl Client {
    /// The types that activities can have.
    #[doc(alias = "activityTypes")]
    #[must_use]
    pub fn activity_types(&self) -> ActivityTypes<'_> {
        ActivityTypes { client: self }
    }
}

impl ActivityTypes<'_> {
    /// All types.
    ///
    /// `GET /activity/types`. Docs:
    /// [List activity types](crate::contract::activity_types#list-activity-types).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// for kind in client.activity_types().list().await? {
    ///     println!("{:?}", kind.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    #[doc(alias = "list_activity_types")]
    #[doc(alias = "types")]
    pub async fn list(self) -> Result<List<ActivityType>, Error> {
        self.client.contents(&LIST_ACTIVITY_TYPES, (), ()).await
    }
}

/// What kind of activity it is: what it is called, how it is shown, who may create it.
///
/// Name and [`meta_type`](Self::meta_type) are independent (finding [G-13](crate::contract#g-13)).
///
/// `Debug` shows id and meta type.
///
/// Docs: [Type: ActivityType](crate::contract::activity_types#type-activitytype).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ActivityType {
    /// The type's id. Wire: `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ActivityTypeId>,
    /// The caller's foreign id. Wire: `fid`.
    #[doc(alias = "fid")]
    #[serde(rename = "fid", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// Free text. Wire: `name`.
    pub name: String,
    /// Shape of the icon: `default`, `squarre`, `drop`, `lightning`, … Wire: `icon`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// The least duration of an activity of this type, in a unit that the service does not state,
    /// probably minutes (finding [G-04](crate::contract#g-04)). Wire: `defaultDuration`.
    #[doc(alias = "defaultDuration")]
    #[serde(rename = "defaultDuration", skip_serializing_if = "Option::is_none")]
    pub default_duration: Option<i64>,
    /// Whether the duration is fixed, by the field's name; its description says that it may be
    /// changed. Wire: `fixedDuration`.
    #[doc(alias = "fixedDuration")]
    #[serde(rename = "fixedDuration", skip_serializing_if = "Option::is_none")]
    pub is_duration_fixed: Option<bool>,
    /// What the service takes the type for. Wire: `metaType`.
    #[doc(alias = "metaType")]
    #[serde(rename = "metaType", skip_serializing_if = "Option::is_none")]
    pub meta_type: Option<MetaType>,
    /// What it is to the resource. Wire: `resourceActivityType`.
    #[doc(alias = "resourceActivityType")]
    #[serde(
        rename = "resourceActivityType",
        skip_serializing_if = "Option::is_none"
    )]
    pub resource_activity_type: Option<ResourceActivityType>,
    /// Who may create an activity of this type. Wire: `roles`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<ActivityRole>>,
    /// What the type may be used for: the sum of 1 (tasks), 2 (routes) and 4 (simple activities).
    /// See [`is_for_tasks`](Self::is_for_tasks) and those beside it. Wire: `targetActivityMask`.
    #[doc(alias = "targetActivityMask")]
    #[serde(rename = "targetActivityMask", skip_serializing_if = "Option::is_none")]
    pub target_activity_mask: Option<i64>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(ActivityType { id, meta_type });

impl Apart for ActivityType {}

impl ActivityType {
    /// A type with its name and nothing else.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: None,
            foreign_id: None,
            name: name.into(),
            icon: None,
            default_duration: None,
            is_duration_fixed: None,
            meta_type: None,
            resource_activity_type: None,
            roles: None,
            target_activity_mask: None,
            unknown: UnknownFields::new(),
        }
    }

    /// Whether it may be used for tasks; `None` if the service did not return it.
    #[must_use]
    pub fn is_for_tasks(&self) -> Option<bool> {
        self.has_target(1)
    }

    /// Whether it may be used for routes; `None` if the service did not return it.
    #[must_use]
    pub fn is_for_routes(&self) -> Option<bool> {
        self.has_target(2)
    }

    /// Whether it may be used for simple activities; `None` if the service did not return it.
    #[must_use]
    pub fn is_for_simple_activities(&self) -> Option<bool> {
        self.has_target(4)
    }

    fn has_target(&self, bit: i64) -> Option<bool> {
        self.target_activity_mask.map(|mask| mask & bit != 0)
    }
}

open_enum! {
    /// What the service takes an activity's type for.
    ///
    /// Docs: [Type: ActivityType](crate::contract::activity_types#type-activitytype).
    MetaType {
        /// Nothing in particular.
        Unspecified = "NONE",
        /// A meal.
        Lunch = "LUNCH",
        /// Filling up the load.
        Refill = "REFILL",
        /// A way.
        Route = "ROUTE",
        /// Waiting.
        WaitTime = "WAIT_TIME",
        /// A place to pass.
        Waypoint = "WAYPOINT",
        /// Being at hand.
        StandBy = "STAND_BY",
    }
}

open_enum! {
    /// What an activity is to the resource.
    ///
    /// Docs: [Type: ActivityType](crate::contract::activity_types#type-activitytype).
    ResourceActivityType {
        /// Work.
        ActiveBusiness = "ACTIVE_BUSINESS",
        /// Compensatory leave.
        InactiveCompensatoryLeave = "INACTIVE_COMPENSATORY_LEAVE",
        /// Rest.
        InactiveNonBusiness = "INACTIVE_NON_BUSINESS",
    }
}

open_enum! {
    /// Who may create an activity of a type.
    ///
    /// Docs: [Type: ActivityType](crate::contract::activity_types#type-activitytype).
    ActivityRole {
        /// Dispatchers.
        DispatcherCreate = "DISPATCHER_CREATE",
        /// Resources.
        ResourceCreate = "RESOURCE_CREATE",
    }
}

/// Names the type of an activity that is sent. The vendor doesn't document which of the two finds
/// the type, so give both if there are both (finding [G-32](crate::contract#g-32)).
///
/// Docs: [Type: ActivityTypeReference](crate::contract::activity_types#type-activitytypereference).
#[derive(Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ActivityTypeReference {
    /// The caller's foreign id of the type, 20 characters at most. Wire: `fid`.
    #[doc(alias = "fid")]
    #[serde(rename = "fid", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// The type's name, from 1 to 100 characters. Wire: `name`.
    pub name: String,
}

redacted_debug!(ActivityTypeReference {});

impl ActivityTypeReference {
    /// The type of that name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            foreign_id: None,
            name: name.into(),
        }
    }

    /// The same with the caller's foreign id of the type.
    #[must_use]
    pub fn foreign_id(mut self, foreign_id: impl Into<String>) -> Self {
        self.foreign_id = Some(foreign_id.into());
        self
    }
}

impl From<&ActivityType> for ActivityTypeReference {
    fn from(activity_type: &ActivityType) -> Self {
        Self {
            foreign_id: activity_type.foreign_id.clone(),
            name: activity_type.name.clone(),
        }
    }
}

validated!(ActivityTypeReference);

impl Validate for ActivityTypeReference {
    fn validate(&self, violations: &mut Violations) {
        if let Some(reference) = &self.foreign_id {
            violations.length(("foreign_id", "fid"), reference, 0..=20);
        }
        violations.length("name", &self.name, 1..=100);
    }
}
