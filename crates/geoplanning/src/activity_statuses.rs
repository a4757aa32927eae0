//! The statuses that activities can have.

use serde::{Deserialize, Serialize};
use vendor_client_core::{Error, Validate, Violations, endpoints, redacted_debug, validated};

use crate::UnknownFields;
use crate::client::Client;
use crate::envelope::envelopes;
use crate::id::StatusId;
use crate::list::{Apart, List};
use crate::wire::open_enum;

endpoints! {
    LIST_ACTIVITY_STATUSES = GET "/activity/status" (), () => ActivityStatusesResponse, idempotent;
}

envelopes! {
    ActivityStatusesResponse { statuses as "activityStatus": List<ActivityStatus>, or List::default() }
}

/// The operation on activity statuses; from [`Client::activity_statuses`].
///
/// Docs: [Activity statuses](crate::contract::activity_statuses).
#[derive(Clone, Copy, Debug)]
pub struct ActivityStatuses<'a> {
    client: &'a Client,
}

impl Client {
    /// The statuses that activities can have.
    #[doc(alias = "activityStatus")]
    #[must_use]
    pub fn activity_statuses(&self) -> ActivityStatuses<'_> {
        ActivityStatuses { client: self }
    }
}

impl ActivityStatuses<'_> {
    /// All statuses.
    ///
    /// `GET /activity/status`. Docs:
    /// [List activity statuses](crate::contract::activity_statuses#list-activity-statuses).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// for status in client.activity_statuses().list().await? {
    ///     println!("{}: {}", status.id, status.kind);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    #[doc(alias = "list_activity_statuses")]
    pub async fn list(self) -> Result<List<ActivityStatus>, Error> {
        self.client.contents(&LIST_ACTIVITY_STATUSES, (), ()).await
    }
}

/// How far an activity has come. Each customer of the vendor names statuses freely; the service
/// goes by [`kind`](Self::kind), and so should programs (finding [G-11](crate::contract#g-11)).
///
/// `Debug` shows id and kind.
///
/// Docs: [Type: ActivityStatus](crate::contract::activity_statuses#type-activitystatus).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ActivityStatus {
    /// The status's id. Wire: `id`.
    pub id: StatusId,
    /// The caller's foreign id. Wire: `fid`.
    #[doc(alias = "fid")]
    #[serde(rename = "fid", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// Free text. Wire: `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the status means. Wire: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type")]
    pub kind: StatusKind,
    /// Colour of the icon, `#RRGGBB`. Wire: `color`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Whether an action of this kind sets this status if none is named. Wire: `byDefault`.
    #[doc(alias = "byDefault")]
    #[serde(rename = "byDefault", skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(ActivityStatus { id, kind });

impl ActivityStatus {
    /// A status of which only what is always there is set.
    #[must_use]
    pub fn new(id: StatusId, kind: StatusKind) -> Self {
        Self {
            id,
            foreign_id: None,
            name: None,
            kind,
            color: None,
            is_default: None,
            unknown: UnknownFields::new(),
        }
    }
}

impl Apart for ActivityStatus {}

open_enum! {
    /// What an activity's status means. Other values are kept (finding
    /// [G-10](crate::contract#g-10)).
    ///
    /// Docs: [Type: ActivityStatus](crate::contract::activity_statuses#type-activitystatus).
    StatusKind {
        /// Unassigned.
        Unassigned = "UNASSIGNED",
        /// Given to a resource, in no round yet.
        PreAssigned = "PREASSIGNED",
        /// In a round.
        Assigned = "ASSIGNED",
        /// Under way.
        Working = "WORKING",
        /// Done.
        Completed = "COMPLETED",
        /// Rejected after the start.
        RejectedOnSite = "REJECTED_ON_SITE",
        /// Rejected before the start.
        RejectedNoMove = "REJECTED_NO_MOVE",
        /// Cancelled.
        Cancelled = "CANCELLED",
    }
}

/// Names the status that an action sets: by its id, by the caller's foreign id, or by both.
///
/// The service decides whether its kind fits the action (finding [G-36](crate::contract#g-36)).
///
/// Docs: [Type: StatusReference](crate::contract::activity_statuses#type-statusreference).
#[derive(Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusReference {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<StatusId>,
    #[serde(rename = "fid", skip_serializing_if = "Option::is_none")]
    foreign_id: Option<String>,
}

redacted_debug!(StatusReference { id });

impl StatusReference {
    /// By the service's id. Wire: `id`.
    #[must_use]
    pub const fn by_id(id: StatusId) -> Self {
        Self {
            id: Some(id),
            foreign_id: None,
        }
    }

    /// By the caller's foreign id. Wire: `fid`.
    #[must_use]
    pub fn by_foreign_id(foreign_id: impl Into<String>) -> Self {
        Self {
            id: None,
            foreign_id: Some(foreign_id.into()),
        }
    }

    /// By both, as the vendor's examples have it.
    #[must_use]
    pub fn by_both(id: StatusId, foreign_id: impl Into<String>) -> Self {
        Self {
            id: Some(id),
            foreign_id: Some(foreign_id.into()),
        }
    }
}

validated!(StatusReference);

impl Validate for StatusReference {
    fn validate(&self, violations: &mut Violations) {
        let is_named = self.id.is_some() || self.foreign_id.is_some();
        violations.require("", is_named, "must have an id or a foreign id");
    }
}

impl From<StatusId> for StatusReference {
    fn from(id: StatusId) -> Self {
        Self::by_id(id)
    }
}

impl From<&ActivityStatus> for StatusReference {
    fn from(status: &ActivityStatus) -> Self {
        Self {
            id: Some(status.id),
            foreign_id: status.foreign_id.clone(),
        }
    }
}
