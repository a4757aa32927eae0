//! Missions: create, modify, status, delete.

mod follow;
mod many;
mod mission_update;
mod new_mission;
mod sent;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vendor_client_core::{
    Creation, Endpoint, Error, Outcome, Query, Response, Validate, VendorMessage, endpoints,
    redacted_debug,
};

use crate::client::Client;
use crate::id::MissionId;
pub use crate::missions::mission_update::MissionUpdate;
pub use crate::missions::new_mission::NewMission;
use crate::parameters::{ById, OfCustomer, Parameters};
use crate::wire::text;

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
    /// `POST /restapi/geomission/ajoutMission`. Docs:
    /// [Create a mission](crate::contract::missions#create-a-mission).
    ///
    /// The client retries only while the service certainly hasn't acted. If it may have, for
    /// instance after a timeout, the error says so; [`create_or_find`](Self::create_or_find)
    /// takes it from there. A future that is dropped before it's done leaves the outcome unknown
    /// as well.
    ///
    /// A receipt isn't proof: the service also responds with 200 and a text to a mission that it
    /// refuses. See [`Receipt`].
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, NewMission};
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// let receipt = client.create_mission(&NewMission::new("M-1")).await?;
    /// println!("the service says: {}", receipt.message.unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint, before
    /// anything is sent; [`VendorFailure`](crate::ErrorKind::VendorFailure) if
    /// [`ClientBuilder::read_receipts`](crate::ClientBuilder::read_receipts) reads the receipt as
    /// a refusal; otherwise as [`Error`] explains. If
    /// [`may_have_been_applied`](Error::may_have_been_applied) holds, look the mission up before
    /// creating it again.
    #[doc(alias = "ajoutMission")]
    pub async fn create_mission(&self, mission: &NewMission) -> Result<Receipt, Error> {
        self.write(&CREATE_MISSION, mission)
            .await
            .map(Told::into_receipt)
    }

    /// Creates a mission so that it is neither lost nor sent twice, for an identifier that
    /// certainly hasn't been used yet. If the program may run twice, use
    /// [`find_or_create`](Self::find_or_create).
    ///
    /// If it's unknown whether the service created the mission, this waits a little, looks it up
    /// by its identifier, and creates it again only if it isn't there after several looks
    /// ([`TransportConfig::look_up`](crate::TransportConfig::look_up)). A mission that takes
    /// longer to appear is created a second time, and what the service makes of that isn't
    /// documented.
    ///
    /// A success is confirmed by looking as well, because it may be a refusal in words (see
    /// [`Receipt`]). That costs one more call; it's saved if
    /// [`ClientBuilder::read_receipts`](crate::ClientBuilder::read_receipts) recognizes your
    /// tenant's texts.
    ///
    /// It makes at most two creations, each within the deadline of one call
    /// ([`TransportConfig::deadline`](crate::TransportConfig::deadline)).
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, Creation, NewMission};
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// let creation = client.create_or_find(&NewMission::new("M-1")).await?;
    /// if let Creation::Found(_) = creation {
    ///     println!("a response was lost, and the mission was found");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`create_mission`](Self::create_mission). The outcome stays unknown if the mission
    /// wasn't found after the last creation, or if no look could tell; the looks that failed are
    /// among the error's [`attempts`](Error::attempts).
    pub async fn create_or_find(
        &self,
        mission: &NewMission,
    ) -> Result<Creation<Receipt, MissionStatus>, Error> {
        let create = || self.write(&CREATE_MISSION, mission);
        let find = || self.find_mission(&mission.id);
        let creation = self.transport().create_or_find(create, find).await?;
        self.confirmed(creation, &mission.id).await
    }

    /// Looks a mission up and creates it only if it isn't there. After an unknown outcome it
    /// continues as [`create_or_find`](Self::create_or_find) does.
    ///
    /// It's safe to call again at any time with the same mission: after a crash, or after its
    /// future was dropped. But two processes must not do so at once: both may find nothing and
    /// both create the mission. A mission that was deleted isn't there, so it's created again.
    ///
    /// [`Creation::Found`] says that a mission with this identifier exists. The service doesn't
    /// return its fields, so they can't be compared with yours.
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, Creation, NewMission};
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// match client.find_or_create(&NewMission::new("M-1")).await? {
    ///     Creation::Created(_) => println!("created"),
    ///     Creation::Found(_) => println!("was there already"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the first look fails, nothing was sent; otherwise as for
    /// [`create_or_find`](Self::create_or_find).
    pub async fn find_or_create(
        &self,
        mission: &NewMission,
    ) -> Result<Creation<Receipt, MissionStatus>, Error> {
        let create = || self.write(&CREATE_MISSION, mission);
        let find = || self.find_mission(&mission.id);
        let creation = self.transport().find_or_create(find, create).await?;
        self.confirmed(creation, &mission.id).await
    }

    /// Looks a mission up: its status, or `None` if the service reports that it doesn't know the
    /// mission.
    ///
    /// `GET /restapi/geomission/statutMission`. Docs:
    /// [Status of a mission](crate::contract::missions#status-of-a-mission).
    ///
    /// Unlike [`mission_status`](Self::mission_status) it takes nothing for a status that isn't
    /// one: a success that shows no mission, such as `{}` or a text, is an error, and so is the
    /// 404 page of a gateway.
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, MissionId};
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// match client.find_mission("M-1").await? {
    ///     Some(status) => println!("{}", status.status.unwrap_or_default()),
    ///     None => println!("there is no such mission"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Body`](crate::ErrorKind::Body) if the response shows no mission, or another one;
    /// otherwise as [`Error`] explains.
    pub async fn find_mission(&self, id: impl AsRef<str>) -> Result<Option<MissionStatus>, Error> {
        let id = id.as_ref();
        let parameters = self.by_id(id);
        let response = match self.call_raw(&MISSION_STATUS, &parameters, ()).await {
            Ok(response) => response,
            Err(error) if error.is_absent() => return Ok(None),
            Err(error) => return Err(error),
        };
        let status: MissionStatus = response.json()?;
        let named: Named = response.json()?;
        let shown_id = named.id.as_ref().and_then(text);
        if shown_id.map_or(status.shows_a_mission(), |shown| shown == id) {
            return Ok(Some(status));
        }
        Err(response.unexpected("it doesn't show the mission that was asked for"))
    }

    /// A creation of which the mission was seen, or the receipt leaves no doubt.
    async fn confirmed(
        &self,
        creation: Creation<Told, MissionStatus>,
        id: &MissionId,
    ) -> Result<Creation<Receipt, MissionStatus>, Error> {
        let told = match creation {
            Creation::Found(status) => return Ok(Creation::Found(status)),
            Creation::Created(told) => told,
        };
        if let Told::Unclear(_, unknown) = &told {
            let find = || self.find_mission(id);
            self.transport().confirm(unknown.clone(), find).await?;
        }
        Ok(Creation::Created(told.into_receipt()))
    }

    /// Calls a writing endpoint and reads what its receipt says.
    async fn write<T: Serialize + Validate + 'static>(
        &self,
        endpoint: &'static Endpoint<Parameters<T>, (), Receipt>,
        parameters: &T,
    ) -> Result<Told, Error> {
        let response = self.call_raw(endpoint, self.placed(parameters), ()).await?;
        let receipt = Receipt::from_response(&response)?;
        let failure = |outcome| {
            let words = VendorMessage::new(None, receipt.message.clone());
            response.vendor_failure(words, outcome)
        };
        match self.verdict(receipt.message.as_deref()) {
            Verdict::Done => Ok(Told::Done(receipt)),
            Verdict::Refused => Err(failure(Outcome::Rejected)),
            Verdict::Unclear => {
                let unknown = failure(Outcome::Unknown);
                Ok(Told::Unclear(receipt, unknown))
            }
        }
    }

    fn by_id(&self, id: &str) -> OfCustomer<ById> {
        self.of_customer(ById::new(id))
    }

    /// Changes a mission.
    ///
    /// `POST /restapi/geomission/modifierMission`. Docs:
    /// [Modify a mission](crate::contract::missions#modify-a-mission).
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, MissionUpdate};
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// let mut update = MissionUpdate::new("M-1");
    /// update.comment = Some("Dock 4".to_owned());
    /// client.modify_mission(&update).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`create_mission`](Self::create_mission); [`is_not_found`](Error::is_not_found) if
    /// the service doesn't know the mission.
    #[doc(alias = "modifierMission")]
    pub async fn modify_mission(&self, update: &MissionUpdate) -> Result<Receipt, Error> {
        self.write(&MODIFY_MISSION, update)
            .await
            .map(Told::into_receipt)
    }

    /// Reads the status of a mission.
    ///
    /// `GET /restapi/geomission/statutMission`. Docs:
    /// [Status of a mission](crate::contract::missions#status-of-a-mission).
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, MissionId};
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// let status = client.mission_status("M-1").await?;
    /// println!("{}", status.status.unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if the service doesn't know the mission; otherwise
    /// as [`Error`] explains.
    #[doc(alias = "statutMission")]
    pub async fn mission_status(&self, id: impl AsRef<str>) -> Result<MissionStatus, Error> {
        let id = id.as_ref();
        let parameters = self.by_id(id);
        let response = self.call_raw(&MISSION_STATUS, &parameters, ()).await?;
        response.json()
    }

    /// Deletes a mission.
    ///
    /// `POST /restapi/geomission/supprimerMission`. Docs:
    /// [Delete a mission](crate::contract::missions#delete-a-mission).
    ///
    /// If the response to a first attempt was lost, the second attempt finds the mission gone. The
    /// error is then both [`is_not_found`](Error::is_not_found) and
    /// [`may_have_been_applied`](Error::may_have_been_applied).
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, MissionId};
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// client.delete_mission("M-1").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if the service doesn't know the mission; otherwise
    /// as [`Error`] explains.
    #[doc(alias = "supprimerMission")]
    pub async fn delete_mission(&self, id: impl AsRef<str>) -> Result<Receipt, Error> {
        let parameters = ById::new(id.as_ref());
        self.write(&DELETE_MISSION, &parameters)
            .await
            .map(Told::into_receipt)
    }
}

/// The service's response to a creation, a modification or a deletion.
///
/// A receipt comes with status 200 or 201, but the service also reports failures that way, such as
/// an unknown vehicle, and only the free text tells one from the other (finding
/// [O-06](crate::contract#o-06)). What the texts are isn't documented. So a receipt alone doesn't
/// prove an effect: look the mission up with [`Client::find_mission`], use
/// [`Client::find_or_create`] or [`Client::create_or_find`], which do so, or say how your tenant's
/// texts are to be read, with
/// [`ClientBuilder::read_receipts`](crate::ClientBuilder::read_receipts).
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
/// Docs: [Status of a mission](crate::contract::missions#status-of-a-mission).
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MissionStatus {
    /// The status in words. The vendor doesn't list the values. Wire: `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// The status as a code. The vendor doesn't list the values. Wire: `statusCode`.
    #[doc(alias = "statusCode")]
    #[serde(rename = "statusCode", skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,

    /// Why the recipient refused. `None` or empty if they didn't. Wire: `commentRefuseReason`.
    #[doc(alias = "commentRefuseReason")]
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
    #[doc(alias = "externalMissionId")]
    #[serde(rename = "externalMissionId", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,

    /// The mission's date, as the service writes it; its format isn't documented. Wire: `time`,
    /// also read as `timestring`, which the French page has (finding [O-01](crate::contract#o-01)).
    #[doc(alias = "timestring")]
    #[serde(alias = "timestring", skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

redacted_debug!(MissionStatus {
    status,
    status_code,
    external_id,
    time
});

/// What the text of a receipt says; see
/// [`ClientBuilder::read_receipts`](crate::ClientBuilder::read_receipts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The service did what it was asked for.
    Done,
    /// The service refused, so nothing has changed.
    Refused,
    /// The text doesn't say.
    Unclear,
}

/// A receipt as it was read.
enum Told {
    Done(Receipt),
    /// With the error for an effect that can't be confirmed.
    Unclear(Receipt, Error),
}

impl Told {
    fn into_receipt(self) -> Receipt {
        match self {
            Self::Done(receipt) | Self::Unclear(receipt, _) => receipt,
        }
    }
}

impl Receipt {
    /// Whatever a success says, it's a receipt: an effect must not look undone because its text is
    /// missing or isn't JSON. Only a page, and JSON that breaks off, can't come from the service.
    fn from_response(response: &Response) -> Result<Self, Error> {
        match str::from_utf8(response.body().trim_ascii()) {
            Ok("" | "null") => Ok(Self { message: None }),
            Ok(text) if !text.starts_with(['{', '[', '"', '<']) => {
                Ok(Self::new(&Value::from(text)))
            }
            _ => {
                let json: Value = response.json()?;
                let receipt = json.get(0).unwrap_or(&json);
                Ok(Self::new(receipt.get("message").unwrap_or(receipt)))
            }
        }
    }

    fn new(message: &Value) -> Self {
        let message = match message {
            Value::Object(_) | Value::Array(_) => None,
            message => text(message).filter(|text| !text.trim().is_empty()),
        };
        Self { message }
    }
}

/// The identifier of the mission that a status belongs to. No page has it, but a response may.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "idMission")]
    id: Option<Value>,
}

impl MissionStatus {
    /// Whether it has a status, a code or the service's own identifier of a mission.
    fn shows_a_mission(&self) -> bool {
        [&self.status, &self.status_code, &self.external_id]
            .into_iter()
            .flatten()
            .any(|text| !text.trim().is_empty())
    }
}
