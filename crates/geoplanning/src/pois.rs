//! Points of interest: the closest ones to a place.

use serde::{Deserialize, Serialize};
use vendor_client_core::{Error, Query, endpoints, redacted_debug};

use crate::UnknownFields;
use crate::address::{Address, Coordinates, StreetAddress};
use crate::client::Client;
use crate::envelope::envelopes;
use crate::id::PoiId;
use crate::list::{Apart, List};

endpoints! {
    CLOSEST_POIS_BY_ADDRESS = GET "/pois/closest"
        Query<StreetAddress>, () => PoisResponse, idempotent;
    /// Told apart from the other by its query alone (finding [G-28](crate::contract#g-28)).
    CLOSEST_POIS_BY_COORDINATES = GET "/pois/closest"
        Query<Coordinates>, () => PoisResponse, idempotent;
}

envelopes! {
    PoisResponse { pois as "pois": List<Poi>, or List::default() }
}

/// The operations on points of interest; from [`Client::pois`].
///
/// Docs: [Points of interest](crate::contract::pois).
#[derive(Clone, Copy, Debug)]
pub struct Pois<'a> {
    client: &'a Client,
}

impl Client {
    /// Points of interest.
    #[must_use]
    pub fn pois(&self) -> Pois<'_> {
        Pois { client: self }
    }
}

impl Pois<'_> {
    /// The ten points of interest that are closest to an address, the nearest first.
    ///
    /// `GET /pois/closest`. Docs:
    /// [List the closest points to an address](crate::contract::pois#list-the-closest-points-to-an-address).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, StreetAddress};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let address = StreetAddress::new("BE", "5000", "Namur", "Rue de Fer");
    /// for poi in client.pois().closest_to_address(&address).await? {
    ///     println!("{poi:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the country is not a code of two
    /// letters; otherwise any [`Error`].
    #[doc(alias = "closest_pois_by_address")]
    #[doc(alias = "closest")]
    pub async fn closest_to_address(self, address: &StreetAddress) -> Result<List<Poi>, Error> {
        self.client
            .contents(&CLOSEST_POIS_BY_ADDRESS, address, ())
            .await
    }

    /// The ten points of interest that are closest to a place, the nearest first.
    ///
    /// `GET /pois/closest`. Docs:
    /// [List the closest points to coordinates](crate::contract::pois#list-the-closest-points-to-coordinates).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Coordinates};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let place = Coordinates::new(50.4669, 4.8675);
    /// let pois = client.pois().closest_to_coordinates(place).await?;
    /// println!("{} near", pois.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the coordinates are not on earth;
    /// otherwise any [`Error`].
    #[doc(alias = "closest_pois_by_coordinates")]
    #[doc(alias = "closest")]
    pub async fn closest_to_coordinates(self, place: Coordinates) -> Result<List<Poi>, Error> {
        self.client
            .contents(&CLOSEST_POIS_BY_COORDINATES, &place, ())
            .await
    }
}

/// A point of interest, such as a technician's home.
///
/// `Debug` shows neither the place nor the distance.
///
/// Docs: [Type: Poi](crate::contract::pois#type-poi).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Poi {
    /// The point's id. Wire: `id`.
    pub id: PoiId,
    /// What it is, such as `TECHNICIAN_HOME_ADDRESS`; no list is documented. Wire: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where it is. Wire: `address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// How far it is, apparently in metres. Wire: `distance`.
    #[doc(alias = "distance")]
    #[serde(rename = "distance", skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// Whether it belongs to the resource of the user who asks. Wire: `yours`.
    #[doc(alias = "yours")]
    #[serde(rename = "yours", skip_serializing_if = "Option::is_none")]
    pub is_yours: Option<bool>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Poi { id, kind });

impl Poi {
    /// A point with its id and nothing else.
    #[must_use]
    pub fn new(id: PoiId) -> Self {
        Self {
            id,
            kind: None,
            address: None,
            distance_m: None,
            is_yours: None,
            unknown: UnknownFields::new(),
        }
    }
}

impl Apart for Poi {}
