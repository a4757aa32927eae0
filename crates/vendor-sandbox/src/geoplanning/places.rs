//! Places: addresses, how far they are apart, and what the service can find out about them.

use serde::{Deserialize, Serialize};

use crate::exchange::Response;

use super::wire::refused;

/// A place. As it is sent, either part may be missing; as it is kept, both are there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Address {
    #[serde(skip_deserializing)]
    pub(crate) id: i64,
    pub(crate) longitude: Option<f64>,
    pub(crate) latitude: Option<f64>,
    pub(crate) country: Option<String>,
    pub(crate) postcode: Option<String>,
    pub(crate) locality: Option<String>,
    pub(crate) street: Option<String>,
    pub(crate) number: Option<String>,
}

/// The mean radius of the Earth. The vendor's distances differ from a sphere's by less than 1 %.
const EARTH_RADIUS_METRES: f64 = 6_371_000.0;

impl Address {
    /// The way to another place as the crow flies, in metres.
    pub(crate) fn metres_to(&self, other: &Self) -> f64 {
        let (from, to) = (self.radians(), other.radians());
        let half_latitudes = ((to.1 - from.1) / 2.0).sin().powi(2);
        let half_longitudes = ((to.0 - from.0) / 2.0).sin().powi(2);
        let haversine = half_latitudes + from.1.cos() * to.1.cos() * half_longitudes;
        2.0 * EARTH_RADIUS_METRES * haversine.sqrt().min(1.0).asin()
    }

    /// Longitude and latitude.
    fn radians(&self) -> (f64, f64) {
        let radians = |degrees: Option<f64>| degrees.unwrap_or_default().to_radians();
        (radians(self.longitude), radians(self.latitude))
    }

    fn has_coordinates(&self) -> bool {
        self.longitude.is_some()
    }

    fn has_street(&self) -> bool {
        self.street.is_some()
    }

    /// The rules that no table can hold: what belongs together, and that something must be there.
    fn demand_whole_parts(&self, field: &str) -> Result<(), Response> {
        let coordinates = [
            ("longitude", self.longitude.is_some()),
            ("latitude", self.latitude.is_some()),
        ];
        let administrative = [
            ("country", self.country.is_some()),
            ("postcode", self.postcode.is_some()),
            ("locality", self.locality.is_some()),
            ("street", self.street.is_some()),
        ];
        demand_all_or_none(field, &coordinates)?;
        demand_all_or_none(field, &administrative)?;
        if !self.has_coordinates() && !self.has_street() {
            let text = format!("field `{field}` must have coordinates, or country to street");
            return Err(refused(400, &text));
        }
        if self.number.is_some() && !self.has_street() {
            let text = format!("field `{field}.street` is required: a number goes with a street");
            return Err(refused(400, &text));
        }
        Ok(())
    }
}

/// Fields that are given together or not at all.
fn demand_all_or_none(field: &str, parts: &[(&str, bool)]) -> Result<(), Response> {
    let missing = parts.iter().find(|(_, given)| !given);
    let any_given = parts.iter().any(|(_, given)| *given);
    match missing {
        Some((name, _)) if any_given => {
            let names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
            let together = names.join(", ");
            let text = format!("field `{field}.{name}` is required: {together} belong together");
            Err(refused(400, &text))
        }
        _ => Ok(()),
    }
}

/// Every address that was ever used. The same place has the same id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses(Vec<Address>);

impl Addresses {
    /// Keeps an address that was sent in `field`: what it lacks is computed.
    ///
    /// What is computed is taken from the closest of the [`PLACES`]; what was sent stays as it is.
    pub(crate) fn keep(&mut self, sent: Address, field: &str) -> Result<Address, Response> {
        sent.demand_whole_parts(field)?;
        Ok(self.with_id(located(sent)))
    }

    /// Keeps an address that is complete.
    pub(crate) fn with_id(&mut self, mut address: Address) -> Address {
        let known = self.0.iter().find(|known| {
            address.id = known.id;
            **known == address
        });
        if let Some(known) = known {
            return known.clone();
        }
        address.id = i64::try_from(self.0.len() + 1).unwrap_or(i64::MAX);
        self.0.push(address.clone());
        address
    }
}

/// An address with both of its parts.
pub(crate) fn located(mut address: Address) -> Address {
    if !address.has_coordinates() {
        let place = closest_by_name(&address);
        address.longitude = place.longitude;
        address.latitude = place.latitude;
    }
    if !address.has_street() {
        let place = closest_by_distance(&address);
        address.country = place.country;
        address.postcode = place.postcode;
        address.locality = place.locality;
        address.street = place.street;
        address.number = place.number;
    }
    address
}

/// The known place of the same street, or locality, or with the closest postcode.
fn closest_by_name(address: &Address) -> Address {
    let differs = |mine: &Option<String>, theirs: &Option<String>| {
        mine.as_deref().map(str::to_lowercase) != theirs.as_deref().map(str::to_lowercase)
    };
    let number = |postcode: &Option<String>| -> i64 {
        let postcode = postcode.as_deref().unwrap_or_default();
        postcode.parse::<u32>().map_or(0, i64::from)
    };
    let closest = PLACES.iter().map(Place::address).min_by_key(|place| {
        (
            differs(&address.street, &place.street),
            differs(&address.locality, &place.locality),
            (number(&address.postcode) - number(&place.postcode)).abs(),
        )
    });
    closest.unwrap_or_default()
}

fn closest_by_distance(address: &Address) -> Address {
    let places = PLACES.iter().map(Place::address);
    let closest = places.min_by(|one, other| {
        let (one, other) = (one.metres_to(address), other.metres_to(address));
        one.total_cmp(&other)
    });
    closest.unwrap_or_default()
}

/// A place that the service can find.
#[derive(Debug)]
pub(crate) struct Place {
    street: &'static str,
    number: &'static str,
    postcode: &'static str,
    locality: &'static str,
    longitude: f64,
    latitude: f64,
}

impl Place {
    pub(crate) fn address(&self) -> Address {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Address {
            id: 0,
            longitude: Some(self.longitude),
            latitude: Some(self.latitude),
            country: text("BE"),
            postcode: text(self.postcode),
            locality: text(self.locality),
            street: text(self.street),
            number: text(self.number),
        }
    }
}

/// The place with this postcode among the [`PLACES`].
pub(crate) fn in_postcode(postcode: &str) -> Address {
    let place = PLACES.iter().find(|place| place.postcode == postcode);
    place.map(Place::address).unwrap_or_default()
}

const fn place(
    street: &'static str,
    number: &'static str,
    postcode: &'static str,
    locality: &'static str,
    longitude: f64,
    latitude: f64,
) -> Place {
    Place {
        street,
        number,
        postcode,
        locality,
        longitude,
        latitude,
    }
}

/// All that the service knows of Belgium.
#[rustfmt::skip]
pub(crate) const PLACES: &[Place] = &[
    place("Rue de Gembloux", "110", "5002", "Saint-Servais", 4.849_353_905_469_97, 50.473_032_559_676_8),
    place("Avenue du Prince de Liège", "104", "5100", "Jambes", 4.888_556_127_053_65, 50.463_747_499_476_7),
    place("Chaussée de Marche", "774", "5101", "Naninne", 4.925_903_085_817_6, 50.427_947_439_678_8),
    place("Koningschapsstraat", "", "1020", "Laken", 4.352_518_049_209_14, 50.876_648_400_743_6),
    place("Rue des Pommiers", "22", "7090", "Braine-le-Comte", 4.135_209_326_041, 50.605_618_121_365_1),
    place("Rue de Sy", "258", "7830", "Fouleng", 3.9002, 50.6691),
    place("Grand-Place", "1", "7700", "Mouscron", 3.2087, 50.7446),
    place("Rue de Fer", "24", "5000", "Namur", 4.8663, 50.4669),
    place("Chaussée de Tirlemont", "75", "5030", "Gembloux", 4.6990, 50.5702),
    place("Rue de Bruxelles", "9", "1300", "Wavre", 4.6088, 50.7172),
    place("Bondgenotenlaan", "20", "3000", "Leuven", 4.7051, 50.8798),
    place("Place Saint-Lambert", "5", "4000", "Liège", 5.5734, 50.6453),
    place("Boulevard Tirou", "88", "6000", "Charleroi", 4.4446, 50.4108),
    place("Rue de Nimy", "40", "7000", "Mons", 3.9530, 50.4569),
    place("Meir", "50", "2000", "Antwerpen", 4.4093, 51.2182),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn point(longitude: f64, latitude: f64) -> Address {
        Address {
            longitude: Some(longitude),
            latitude: Some(latitude),
            ..Address::default()
        }
    }

    #[test]
    fn a_degree_of_latitude_is_about_111_kilometres() {
        let metres = point(4.0, 50.0).metres_to(&point(4.0, 51.0));
        assert!((111_100.0..111_300.0).contains(&metres), "{metres}");
        assert_eq!(point(4.0, 50.0).metres_to(&point(4.0, 50.0)), 0.0);
    }

    #[test]
    fn the_missing_part_of_an_address_is_that_of_the_closest_place() {
        let by_point = located(point(4.85, 50.47));
        assert_eq!(by_point.locality.as_deref(), Some("Saint-Servais"));
        assert_eq!(by_point.longitude, Some(4.85), "what was sent stays");

        let mut by_name = in_postcode("7830");
        by_name.longitude = None;
        by_name.latitude = None;
        by_name.street = Some("Rue Neuve".to_owned());
        let by_name = located(by_name);
        assert_eq!(by_name.longitude, Some(3.9002));
        assert_eq!(by_name.street.as_deref(), Some("Rue Neuve"));
    }

    #[test]
    fn the_same_place_has_the_same_id() {
        let mut addresses = Addresses::default();
        let first = addresses.with_id(in_postcode("7830"));
        let other = addresses.with_id(in_postcode("5100"));
        assert_ne!(first.id, other.id);
        assert_eq!(addresses.with_id(in_postcode("7830")), first);
    }
}
