//! Changes to a mission.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vendor_client_core::{Validate, Violations, redacted_debug, validated};

use crate::id::MissionId;
use crate::missions::NewMission;
use crate::missions::sent::sent;
use crate::recipient::{Coordinates, Recipient};
use crate::wire::utc_minute;

/// Changes to a mission.
///
/// A field that is `None` isn't sent. The service doesn't document whether the mission then keeps
/// the value it has, so set every field that matters: [`MissionUpdate::from`] starts from the
/// mission as it was created.
///
/// `Debug` shows neither the recipient nor the destination nor the comment.
///
/// Docs: [Modify a mission](crate::contract::missions#modify-a-mission).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MissionUpdate {
    /// The identifier that the mission was created with.
    ///
    /// Wire: `idMission`.
    #[doc(alias = "idMission")]
    #[serde(rename = "idMission")]
    pub id: MissionId,

    /// When work should start, to the minute. Any offset is converted to UTC. A value with
    /// seconds is refused, because the service would cut them off.
    ///
    /// Wire: `jourHeureInter`, as `dd/MM/yyyy HH:mm` in UTC.
    #[doc(alias = "jourHeureInter")]
    #[serde(
        rename = "jourHeureInter",
        with = "utc_minute",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub scheduled_at: Option<OffsetDateTime>,

    /// When the mission disappears from the recipient's screen by itself, to the minute, written
    /// as [`scheduled_at`](Self::scheduled_at).
    ///
    /// Wire: `jourHeurePeremp`, as `dd/MM/yyyy HH:mm` in UTC.
    #[doc(alias = "jourHeurePeremp")]
    #[serde(
        rename = "jourHeurePeremp",
        with = "utc_minute",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub expires_at: Option<OffsetDateTime>,

    /// The kind of mission, in the customer's own terms.
    ///
    /// Wire: `typeMission`.
    #[doc(alias = "typeMission")]
    #[serde(rename = "typeMission", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,

    /// Who receives it.
    ///
    /// Wire: `nomVeh`, or `nomIndi` and `prenomIndi`, or `nomPrenom`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,

    /// A comment for the recipient.
    ///
    /// Wire: `commentaire`.
    #[doc(alias = "commentaire")]
    #[serde(rename = "commentaire", skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,

    /// The name of the customer's reference address. The service accepts longer names and
    /// displays the first 20 characters.
    ///
    /// Wire: `adrRefCli`.
    #[doc(alias = "adrRefCli")]
    #[serde(rename = "adrRefCli", skip_serializing_if = "Option::is_none")]
    pub reference_address: Option<String>,

    /// The destination's street, with its number.
    ///
    /// Wire: `rue`.
    #[doc(alias = "rue")]
    #[serde(rename = "rue", skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,

    /// The destination's postal code.
    ///
    /// Wire: `codPost`.
    #[doc(alias = "codPost")]
    #[serde(rename = "codPost", skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,

    /// The destination's city.
    ///
    /// Wire: `ville`.
    #[doc(alias = "ville")]
    #[serde(rename = "ville", skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,

    /// Whether the mission is sent to its recipient, or only prepared.
    ///
    /// Wire: `aEnvoyer`.
    #[doc(alias = "aEnvoyer")]
    #[serde(rename = "aEnvoyer", skip_serializing_if = "Option::is_none")]
    pub send: Option<bool>,

    /// The coordinates of the destination.
    ///
    /// Wire: `latitude` and `longitude`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<Coordinates>,
}

redacted_debug!(MissionUpdate {
    id,
    scheduled_at,
    expires_at,
    kind,
    send
});

sent! {
    /// An update of the mission with this identifier that changes nothing yet.
    MissionUpdate
}

/// Repeats every field of the mission, so that you can change some of them.
impl From<NewMission> for MissionUpdate {
    fn from(mission: NewMission) -> Self {
        Self {
            id: mission.id,
            scheduled_at: mission.scheduled_at,
            expires_at: mission.expires_at,
            kind: mission.kind,
            recipient: mission.recipient,
            comment: mission.comment,
            reference_address: mission.reference_address,
            street: mission.street,
            postal_code: mission.postal_code,
            city: mission.city,
            send: mission.send,
            coordinates: mission.coordinates,
        }
    }
}

validated!(MissionUpdate);

impl Validate for MissionUpdate {
    fn validate(&self, violations: &mut Violations) {
        self.check(violations);
    }
}
