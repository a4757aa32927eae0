//! Points of interest: the closest ones to a place.

use serde::{Deserialize, Serialize};
use vendor_client_core::{Error, Idempotency, Method, Operation, redacted_debug};

use crate::UnknownFields;
use crate::address::{Address, Coordinates, StreetAddress};
use crate::client::Client;
use crate::error::answers;
use crate::id::PoiId;

pub(crate) static CLOSEST_POIS_BY_ADDRESS: Operation = Operation::new(
    "closest_pois_by_address",
    Method::GET,
    "/pois/closest",
    Idempotency::Idempotent,
);

/// Told apart from the other by its query alone (finding G-28).
pub(crate) static CLOSEST_POIS_BY_COORDINATES: Operation = Operation::new(
    "closest_pois_by_coordinates",
    Method::GET,
    "/pois/closest",
    Idempotency::Idempotent,
);

answers! {
    PoisAnswer { pois as "pois": Vec<Poi> }
}

/// The operations on points of interest; from [`Client::pois`].
///
/// Docs: `docs/geoplanning/pois.md`.
#[derive(Clone, Copy, Debug)]
pub struct Pois<'a> {
    pub(crate) client: &'a Client,
}

impl Pois<'_> {
    /// The ten points of interest that are closest to an address, the nearest first.
    ///
    /// `GET /pois/closest`. Docs: `docs/geoplanning/pois.md`,
    /// "List the closest points to an address".
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) where the country is no code of two
    /// letters; otherwise what [`Error`] says.
    pub async fn closest_to_address(self, address: &StreetAddress) -> Result<Vec<Poi>, Error> {
        let request = self.client.request(&CLOSEST_POIS_BY_ADDRESS);
        let request = request.validate(address).query(address);
        self.client.ask::<PoisAnswer>(request).await
    }

    /// The ten points of interest that are closest to a place, the nearest first.
    ///
    /// `GET /pois/closest`. Docs: `docs/geoplanning/pois.md`,
    /// "List the closest points to coordinates".
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) where the coordinates are not on
    /// earth; otherwise what [`Error`] says.
    pub async fn closest_to_coordinates(self, place: Coordinates) -> Result<Vec<Poi>, Error> {
        let request = self.client.request(&CLOSEST_POIS_BY_COORDINATES);
        let request = request.validate(&place).query(&place);
        self.client.ask::<PoisAnswer>(request).await
    }
}

/// A place worth knowing: where a technician lives, say.
///
/// `Debug` shows neither where nor how far it is.
///
/// Docs: `docs/geoplanning/types.md`, "Type: Poi".
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Poi {
    /// The point's id. Wire: `id`.
    pub id: PoiId,
    /// What it is, such as `TECHNICIAN_HOME_ADDRESS`; no list is documented. Wire: `type`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where it is. Wire: `address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// How far it is, in metres by all appearances. Wire: `distance`.
    #[serde(rename = "distance", skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// Whether it belongs to the resource of the user who asks. Wire: `yours`.
    #[serde(rename = "yours", skip_serializing_if = "Option::is_none")]
    pub is_yours: Option<bool>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Poi { id, kind });
