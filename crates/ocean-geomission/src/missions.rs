//! Missions: create, modify, status, delete.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vendor_client_core::{
    Creation, Error, Idempotency, Method, Operation, Request, Response, Validate, Violations,
    redacted_debug,
};

use crate::client::Client;
use crate::wire::utc_minute;

/// What a second creation with the same identifier does is not documented.
pub(crate) static CREATE_MISSION: Operation = Operation::new(
    "create_mission",
    Method::POST,
    "/restapi/geomission/ajoutMission",
    Idempotency::NotIdempotent,
);

/// Modifying twice leaves the mission as modifying once does.
pub(crate) static MODIFY_MISSION: Operation = Operation::new(
    "modify_mission",
    Method::POST,
    "/restapi/geomission/modifierMission",
    Idempotency::Idempotent,
);

pub(crate) static MISSION_STATUS: Operation = Operation::new(
    "mission_status",
    Method::GET,
    "/restapi/geomission/statutMission",
    Idempotency::Idempotent,
);

/// Deleting twice deletes once; the second answer is a 404.
pub(crate) static DELETE_MISSION: Operation = Operation::new(
    "delete_mission",
    Method::POST,
    "/restapi/geomission/supprimerMission",
    Idempotency::Idempotent,
);

/// The caller's own identifier of a mission. Every call names the mission by it.
///
/// Use one that is never used again: the service does not say what a second mission of the same
/// identifier does, and [`Client::create_or_find`] finds the first.
///
/// Wire: `idMission`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct MissionId(String);

impl MissionId {
    /// Takes an identifier. An empty one is refused when it is sent.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The identifier's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for MissionId {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for MissionId {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl fmt::Display for MissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Validate for MissionId {
    fn validate(&self, violations: &mut Violations) {
        violations.require("idMission", !self.0.is_empty(), "must not be empty");
    }
}

/// The service's number of a customer. Only users who serve several customers need one.
///
/// Wire: `customerId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct CustomerId(i64);

impl CustomerId {
    /// Takes a customer's number.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<i64> for CustomerId {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who receives a mission.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Recipient {
    /// A vehicle.
    #[non_exhaustive]
    Vehicle {
        /// The vehicle's name. Wire: `nomVeh`.
        #[serde(rename = "nomVeh")]
        name: String,
    },
    /// A person, by last and first name.
    #[non_exhaustive]
    Person {
        /// The last name. Wire: `nomIndi`.
        #[serde(rename = "nomIndi")]
        last_name: String,
        /// The first name. Wire: `prenomIndi`.
        #[serde(rename = "prenomIndi")]
        first_name: String,
    },
    /// A person, by the full name as the service has it.
    #[non_exhaustive]
    FullName {
        /// Last and first name. Wire: `nomPrenom`.
        #[serde(rename = "nomPrenom")]
        name: String,
    },
}

impl Recipient {
    /// The vehicle of that name.
    #[must_use]
    pub fn vehicle(name: impl Into<String>) -> Self {
        Self::Vehicle { name: name.into() }
    }

    /// The person of that last and first name.
    #[must_use]
    pub fn person(last_name: impl Into<String>, first_name: impl Into<String>) -> Self {
        Self::Person {
            last_name: last_name.into(),
            first_name: first_name.into(),
        }
    }

    /// The person of that full name.
    #[must_use]
    pub fn full_name(name: impl Into<String>) -> Self {
        Self::FullName { name: name.into() }
    }
}

/// Shows the kind of recipient, not the name.
impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vehicle { .. } => "Vehicle(..)",
            Self::Person { .. } => "Person(..)",
            Self::FullName { .. } => "FullName(..)",
        })
    }
}

/// A place on earth, in decimal degrees.
#[derive(Clone, Copy, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Coordinates {
    /// From -90 to 90. Wire: `latitude`.
    pub latitude: f64,
    /// From -180 to 180. Wire: `longitude`.
    pub longitude: f64,
}

impl Coordinates {
    /// A place by latitude and longitude, in this order. What lies outside their ranges is
    /// refused when it is sent.
    #[must_use]
    pub const fn new(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
        }
    }
}

redacted_debug!(Coordinates {});

/// A mission, as it is created and modified.
///
/// `Debug` shows neither the recipient nor the destination nor the comment.
///
/// Docs: `docs/ocean-geomission/missions.md`, "Create a mission" and "Modify a mission".
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Mission {
    /// The caller's own identifier, reused by every later call.
    ///
    /// Wire: `idMission`.
    #[serde(rename = "idMission")]
    pub id: MissionId,

    /// When work should start, to the minute. Any offset is converted to UTC; a value with
    /// seconds is refused, since the service would cut them. `None`: the service decides.
    ///
    /// Wire: `jourHeureInter`, as `dd/MM/yyyy HH:mm` in UTC.
    #[serde(
        rename = "jourHeureInter",
        with = "utc_minute",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub scheduled_at: Option<OffsetDateTime>,

    /// When the mission disappears from the recipient's screen by itself, to the minute, as
    /// [`scheduled_at`](Self::scheduled_at). `None`: it stays.
    ///
    /// Wire: `jourHeurePeremp`, as `dd/MM/yyyy HH:mm` in UTC.
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
    #[serde(rename = "commentaire", skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,

    /// The name of the customer's reference address. The service takes longer names and displays
    /// the first 20 characters.
    ///
    /// Wire: `adrRefCli`.
    #[serde(rename = "adrRefCli", skip_serializing_if = "Option::is_none")]
    pub reference_address: Option<String>,

    /// The destination's street, with its number.
    ///
    /// Wire: `rue`.
    #[serde(rename = "rue", skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,

    /// The destination's postal code.
    ///
    /// Wire: `codPost`.
    #[serde(rename = "codPost", skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,

    /// The destination's city.
    ///
    /// Wire: `ville`.
    #[serde(rename = "ville", skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,

    /// Whether the mission is sent to its recipient, or only prepared. `None`: the service
    /// decides, and does not say how.
    ///
    /// Wire: `aEnvoyer`.
    #[serde(rename = "aEnvoyer", skip_serializing_if = "Option::is_none")]
    pub send: Option<bool>,

    /// Where the destination is: both coordinates or none.
    ///
    /// Wire: `latitude` and `longitude`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<Coordinates>,
}

redacted_debug!(Mission {
    id,
    scheduled_at,
    expires_at,
    kind,
    send
});

impl Mission {
    /// A mission of which only the identifier is set.
    #[must_use]
    pub fn new(id: impl Into<MissionId>) -> Self {
        Self {
            id: id.into(),
            scheduled_at: None,
            expires_at: None,
            kind: None,
            recipient: None,
            comment: None,
            reference_address: None,
            street: None,
            postal_code: None,
            city: None,
            send: None,
            coordinates: None,
        }
    }
}

impl Validate for Mission {
    fn validate(&self, violations: &mut Violations) {
        self.id.validate(violations);
        let is_minute = |at: Option<OffsetDateTime>| at.is_none_or(utc_minute::can_write);
        violations.require(
            "jourHeureInter",
            is_minute(self.scheduled_at),
            utc_minute::RULE,
        );
        violations.require(
            "jourHeurePeremp",
            is_minute(self.expires_at),
            utc_minute::RULE,
        );
        if let Some(place) = self.coordinates {
            violations.range("longitude", place.longitude, -180.0..=180.0);
            violations.range("latitude", place.latitude, -90.0..=90.0);
        }
    }
}

/// The parameters of an operation: whose they are, and the rest.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(Deserialize, schemars::JsonSchema))]
pub(crate) struct OfCustomer<T> {
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    customer_id: Option<CustomerId>,
    #[serde(flatten)]
    parameters: T,
}

impl<T: Validate> Validate for OfCustomer<T> {
    fn validate(&self, violations: &mut Violations) {
        self.parameters.validate(violations);
    }
}

/// The one parameter that names a mission.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(Deserialize, schemars::JsonSchema))]
pub(crate) struct ById<'a> {
    #[serde(rename = "idMission")]
    id: Cow<'a, MissionId>,
}

impl<'a> ById<'a> {
    fn new(id: &'a MissionId) -> Self {
        Self {
            id: Cow::Borrowed(id),
        }
    }
}

impl Validate for ById<'_> {
    fn validate(&self, violations: &mut Violations) {
        self.id.validate(violations);
    }
}

/// What the service says about a creation, a modification or a deletion.
///
/// A receipt comes with status 200 or 201. The service tells success and failure apart in its
/// message only, in free text, so a caller who needs certainty asks for the mission's status.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(Serialize, schemars::JsonSchema))]
#[non_exhaustive]
pub struct Receipt {
    /// The service's words. Wire: `message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

redacted_debug!(Receipt {});

/// How far a mission is.
///
/// `Debug` shows none of the free texts.
///
/// Docs: `docs/ocean-geomission/missions.md`, "Status of a mission".
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(Serialize, schemars::JsonSchema))]
#[non_exhaustive]
pub struct MissionStatus {
    /// The status in words. No page lists the values. Wire: `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// The status's code. No page lists the values. Wire: `statusCode`.
    #[serde(rename = "statusCode", skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,

    /// Why the recipient refused. `None` or empty where they did not. Wire: `commentRefuseReason`.
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

    /// The mission's date, as the service writes it: no page gives the format.
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

impl Client {
    /// Creates a mission and, with [`Mission::send`], sends it to its recipient.
    ///
    /// `POST /restapi/geomission/ajoutMission`
    ///
    /// It is repeated only while the service certainly has not acted. After an unknown outcome,
    /// such as a timeout, the error says so; [`create_or_find`](Self::create_or_find) goes
    /// on from there by itself.
    ///
    /// Docs: `docs/ocean-geomission/missions.md`, "Create a mission".
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint, before
    /// anything is sent; otherwise what [`Error`] says. Where
    /// [`may_have_been_applied`](Error::may_have_been_applied) holds, ask for the status of the
    /// mission before creating it again.
    pub async fn create_mission(&self, mission: &Mission) -> Result<Receipt, Error> {
        self.write(&CREATE_MISSION, mission).await
    }

    /// Creates a mission so that it is neither lost nor sent twice: after an unknown outcome it
    /// waits a little, asks for the status of the mission's identifier, and creates it again only
    /// where the service does not know it.
    ///
    /// It relies on two things. The identifier must not have been used before, or an older
    /// mission is taken for this one. And the service must show a mission that it took within the
    /// wait ([`TransportConfig::find_after`](crate::TransportConfig::find_after), 2 s by
    /// default): one that it is still working on then is created a second time, and what becomes
    /// of the second is not documented.
    ///
    /// It makes at most two creations and two look-ups, each within the deadline of a call
    /// ([`TransportConfig::deadline`](crate::TransportConfig::deadline)).
    ///
    /// # Errors
    ///
    /// As for [`create_mission`](Self::create_mission). The outcome is still unknown after two
    /// creations without an answer and without the mission being found, and where the status
    /// could not be read.
    pub async fn create_or_find(
        &self,
        mission: &Mission,
    ) -> Result<Creation<Receipt, MissionStatus>, Error> {
        let create = || self.create_mission(mission);
        let find = || async {
            match self.mission_status(&mission.id).await {
                Ok(status) => Ok(Some(status)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(error),
            }
        };
        self.transport().create_or_find(create, find).await
    }

    /// Changes a mission.
    ///
    /// `POST /restapi/geomission/modifierMission`
    ///
    /// Whether a field that is `None` keeps its value is not documented, so
    /// give all that matter.
    ///
    /// Docs: `docs/ocean-geomission/missions.md`, "Modify a mission".
    ///
    /// # Errors
    ///
    /// As for [`create_mission`](Self::create_mission); [`is_not_found`](Error::is_not_found)
    /// where the service does not know the mission.
    pub async fn modify_mission(&self, mission: &Mission) -> Result<Receipt, Error> {
        self.write(&MODIFY_MISSION, mission).await
    }

    /// Asks how far a mission is.
    ///
    /// `GET /restapi/geomission/statutMission`
    ///
    /// Docs: `docs/ocean-geomission/missions.md`, "Status of a mission".
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) where the service does not know the mission;
    /// otherwise what [`Error`] says.
    pub async fn mission_status(&self, id: &MissionId) -> Result<MissionStatus, Error> {
        let parameters = self.of_customer(ById::new(id));
        let request = self
            .transport()
            .request(&MISSION_STATUS)
            .validate(&parameters)
            .query(&parameters);
        self.send(request).await?.json()
    }

    /// Deletes a mission.
    ///
    /// `POST /restapi/geomission/supprimerMission`
    ///
    /// Where the answer to a first attempt was lost, the second finds the mission gone. The error
    /// is then [`is_not_found`](Error::is_not_found) and
    /// [`may_have_been_applied`](Error::may_have_been_applied) at once.
    ///
    /// Docs: `docs/ocean-geomission/missions.md`, "Delete a mission".
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) where the service does not know the mission;
    /// otherwise what [`Error`] says.
    pub async fn delete_mission(&self, id: &MissionId) -> Result<Receipt, Error> {
        self.write(&DELETE_MISSION, ById::new(id)).await
    }

    async fn write<T: Serialize + Validate>(
        &self,
        operation: &'static Operation,
        parameters: T,
    ) -> Result<Receipt, Error> {
        let parameters = self.of_customer(parameters);
        let request = self.transport().request(operation).validate(&parameters);
        let request = self.place(request, &parameters);
        receipt(&self.send(request).await?)
    }

    fn of_customer<T>(&self, parameters: T) -> OfCustomer<T> {
        OfCustomer {
            customer_id: self.customer(),
            parameters,
        }
    }

    fn place(&self, request: Request, parameters: &impl Serialize) -> Request {
        use crate::client::ParameterPlace;
        match self.parameter_place() {
            ParameterPlace::Query => request.query(parameters),
            ParameterPlace::Form => request.form(parameters),
            ParameterPlace::Json => request.json(parameters),
        }
    }
}

/// A success without a body is a success: what the service has done must not look undone for want
/// of a text.
fn receipt(response: &Response) -> Result<Receipt, Error> {
    if response.body().is_empty() {
        return Ok(Receipt { message: None });
    }
    response.json()
}
