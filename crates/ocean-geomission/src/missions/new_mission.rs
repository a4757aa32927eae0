//! A mission to create.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vendor_client_core::{Validate, Violations, redacted_debug, validated};

use crate::id::MissionId;
use crate::missions::sent::sent;
use crate::recipient::{Coordinates, Recipient};
use crate::wire::utc_minute;

/// A mission to create.
///
/// ```
/// use ocean_geomission::NewMission;
///
/// let mission = NewMission::new("M-1").vehicle("VAN-07").comment("Dock 3").send();
/// assert_eq!(mission.send, Some(true));
/// ```
///
/// `Debug` shows neither the recipient nor the destination nor the comment.
///
/// Docs: [Create a mission](crate::contract::missions#create-a-mission).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewMission {
    /// Your own identifier of the mission. Every later call names the mission by it.
    ///
    /// Wire: `idMission`.
    #[doc(alias = "idMission")]
    #[serde(rename = "idMission")]
    pub id: MissionId,

    /// When work should start, to the minute. Any offset is converted to UTC. A value with
    /// seconds is refused, because the service would cut them off. `None`: the
    /// service decides.
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
    /// as [`scheduled_at`](Self::scheduled_at). `None`: it stays.
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

    /// Whether the mission is sent to its recipient, which then must be set, or only prepared.
    /// `None`: the service decides, and doesn't document how.
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

redacted_debug!(NewMission {
    id,
    scheduled_at,
    expires_at,
    kind,
    send
});

sent! {
    /// A mission with its identifier and nothing else.
    NewMission
}

validated!(NewMission);

impl Validate for NewMission {
    fn validate(&self, violations: &mut Violations) {
        self.check(violations);
        let is_sent_to_nobody = self.send == Some(true) && self.recipient.is_none();
        violations.require(
            ("send", "aEnvoyer"),
            !is_sent_to_nobody,
            "must not be true without a recipient",
        );
    }
}
