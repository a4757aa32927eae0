//! Missions: create, modify, status, delete.

mod mission_update;
mod new_mission;

use serde::Deserialize;
use serde_json::Value;
use vendor_client_core::{Creation, Error, Query, Response, endpoints, redacted_debug};

use crate::client::{Client, FromResponse};
use crate::id::MissionId;
pub use crate::missions::mission_update::MissionUpdate;
pub use crate::missions::new_mission::NewMission;
use crate::parameters::{ById, OfCustomer, Parameters};

endpoints! {
    /// The vendor doesn't document what a second creation with the same identifier does.
    CREATE_MISSION = POST "/restapi/geomission/ajoutMission"
        Parameters<NewMission>, () => Receipt, not_idempotent;
    /// Modifying twice leaves the mission as modifying once does.
    MODIFY_MISSION = POST "/restapi/geomission/modifierMission"
        Parameters<MissionUpdate>, () => Receipt, idempotent;
    MISSION_STATUS = GET "/restapi/geomission/statutMission"
        Query<OfCustomer<ById>>, () => MissionStatus, idempotent;
    /// Deleting twice deletes once; the second response is a 404.
    DELETE_MISSION = POST "/restapi/geomission/supprimerMission"
        Parameters<ById>, () => Receipt, idempotent;
}

impl Client {
    /// Creates a mission and, with [`NewMission::send`], sends it to its recipient.
    ///
    /// `POST /restapi/geomission/ajoutMission`. Docs: `docs/ocean-geomission/missions.md`,
    /// "Create a mission".
    ///
    /// The client retries only while the service certainly hasn't acted. If it may have, for
    /// instance after a timeout, the error says so; [`create_or_find`](Self::create_or_find)
    /// takes it from there.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint, before
    /// anything is sent; otherwise as [`Error`] explains. If
    /// [`may_have_been_applied`](Error::may_have_been_applied) holds, look the mission up before
    /// creating it again.
    pub async fn create_mission(&self, mission: &NewMission) -> Result<Receipt, Error> {
        let parameters = self.placed(mission);
        self.call(&CREATE_MISSION, parameters, ()).await
    }

    /// Creates a mission so that it is neither lost nor sent twice. If it stays unknown whether
    /// the service created it, this waits a little, looks the mission up by its identifier, and
    /// creates it again only if it isn't there.
    ///
    /// This relies on two things. The identifier has never been used before; otherwise an older
    /// mission is taken for this one. And the service shows a new mission within the wait
    /// ([`TransportConfig::look_up`](crate::TransportConfig::look_up)). A
    /// mission that takes longer to appear is created a second time, and what the service makes
    /// of that isn't documented.
    ///
    /// It makes at most two creations and two look-ups, each within the deadline of one call
    /// ([`TransportConfig::deadline`](crate::TransportConfig::deadline)).
    ///
    /// # Errors
    ///
    /// As for [`create_mission`](Self::create_mission). The outcome stays unknown if both
    /// creations got no response and the mission wasn't found, or if its status couldn't be read.
    pub async fn create_or_find(
        &self,
        mission: &NewMission,
    ) -> Result<Creation<Receipt, MissionStatus>, Error> {
        let create = || self.create_mission(mission);
        let find = || self.find_mission(&mission.id);
        self.transport().create_or_find(create, find).await
    }

    async fn find_mission(&self, id: &MissionId) -> Result<Option<MissionStatus>, Error> {
        match self.mission_status(id).await {
            Ok(status) => Ok(Some(status)),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Changes a mission.
    ///
    /// `POST /restapi/geomission/modifierMission`. Docs: `docs/ocean-geomission/missions.md`,
    /// "Modify a mission".
    ///
    /// # Errors
    ///
    /// As for [`create_mission`](Self::create_mission); [`is_not_found`](Error::is_not_found) if
    /// the service doesn't know the mission.
    pub async fn modify_mission(&self, update: &MissionUpdate) -> Result<Receipt, Error> {
        let parameters = self.placed(update);
        self.call(&MODIFY_MISSION, parameters, ()).await
    }

    /// Reads the status of a mission.
    ///
    /// `GET /restapi/geomission/statutMission`. Docs: `docs/ocean-geomission/missions.md`,
    /// "Status of a mission".
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if the service doesn't know the mission; otherwise
    /// as [`Error`] explains.
    pub async fn mission_status(&self, id: &MissionId) -> Result<MissionStatus, Error> {
        let parameters = OfCustomer {
            customer_id: self.customer(),
            parameters: ById { id: id.clone() },
        };
        self.call(&MISSION_STATUS, &parameters, ()).await
    }

    /// Deletes a mission.
    ///
    /// `POST /restapi/geomission/supprimerMission`. Docs: `docs/ocean-geomission/missions.md`,
    /// "Delete a mission".
    ///
    /// If the response to a first attempt was lost, the second attempt finds the mission gone. The
    /// error is then both [`is_not_found`](Error::is_not_found) and
    /// [`may_have_been_applied`](Error::may_have_been_applied).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if the service doesn't know the mission; otherwise
    /// as [`Error`] explains.
    pub async fn delete_mission(&self, id: &MissionId) -> Result<Receipt, Error> {
        let parameters = ById { id: id.clone() };
        self.call(&DELETE_MISSION, self.placed(&parameters), ())
            .await
    }
}

/// The service's response to a creation, a modification or a deletion.
///
/// A receipt comes with status 200 or 201. Its free text is all that tells success from failure,
/// so look the mission up if you need certainty.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
#[non_exhaustive]
pub struct Receipt {
    /// The service's words. Wire: `message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

redacted_debug!(Receipt {});

/// The status of a mission. Fields that this version doesn't know are dropped.
///
/// `Debug` shows none of the free texts.
///
/// Docs: `docs/ocean-geomission/missions.md`, "Status of a mission".
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
#[non_exhaustive]
pub struct MissionStatus {
    /// The status in words. The vendor doesn't list the values. Wire: `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// The status as a code. The vendor doesn't list the values. Wire: `statusCode`.
    #[serde(rename = "statusCode", skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,

    /// Why the recipient refused. `None` or empty if they didn't. Wire: `commentRefuseReason`.
    #[serde(
        rename = "commentRefuseReason",
        skip_serializing_if = "Option::is_none"
    )]
    pub refusal_reason: Option<String>,

    /// Further information. Wire: `complement`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complement: Option<String>,

    /// The service's technical identifier. It is not the caller's [`MissionId`].
    /// Wire: `externalMissionId`.
    #[serde(rename = "externalMissionId", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,

    /// The mission's date, as the service writes it; its format isn't documented.
    /// Wire: `time`, also read as `timestring`, which the French page has (finding O-01).
    #[serde(alias = "timestring", skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

redacted_debug!(MissionStatus {
    status,
    status_code,
    external_id,
    time
});

/// Whatever a success says, it's a receipt: an effect must not look undone because its text is
/// missing or isn't JSON. Only a page, and JSON that breaks off, can't come from the service.
impl FromResponse for Receipt {
    fn from_response(response: &Response) -> Result<Self, Error> {
        match str::from_utf8(response.body().trim_ascii()) {
            Ok("" | "null") => Ok(Self { message: None }),
            Ok(text) if !text.starts_with(['{', '[', '"', '<', '\u{feff}']) => {
                Ok(Self::new(&Value::from(text)))
            }
            _ => {
                let json: Value = response.json()?;
                let receipt = json.get(0).unwrap_or(&json);
                Ok(Self::new(receipt.get("message").unwrap_or(receipt)))
            }
        }
    }
}

impl Receipt {
    fn new(message: &Value) -> Self {
        let message = match message {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(message.to_string()),
            _ => None,
        };
        Self { message }
    }
}

impl FromResponse for MissionStatus {
    fn from_response(response: &Response) -> Result<Self, Error> {
        response.json()
    }
}
