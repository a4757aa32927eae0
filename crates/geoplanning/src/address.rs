//! Where things are: addresses as they are read, and as they are sent.

use serde::{Deserialize, Serialize};
use vendor_client_core::{FieldName, Validate, Violations, redacted_debug, validated};

use crate::UnknownFields;
use crate::id::AddressId;

/// A place on earth, in decimal degrees, WGS 84.
///
/// `Debug` shows none of it.
///
/// Docs: [Addresses](crate::contract#addresses).
#[derive(Clone, Copy, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Coordinates {
    /// From -180 to 180. Wire: `longitude`.
    pub longitude: f64,
    /// From -90 to 90. Wire: `latitude`.
    pub latitude: f64,
}

impl Coordinates {
    /// A place by latitude and longitude, in this order. What lies outside their ranges is
    /// refused before sending.
    #[must_use]
    pub const fn new(latitude: f64, longitude: f64) -> Self {
        Self {
            longitude,
            latitude,
        }
    }
}

validated!(Coordinates);

impl Validate for Coordinates {
    fn validate(&self, violations: &mut Violations) {
        violations.range("longitude", self.longitude, -180.0..=180.0);
        violations.range("latitude", self.latitude, -90.0..=90.0);
    }
}

redacted_debug!(Coordinates {});

/// The administrative part of an address: country, postal code, city and street, together, and the
/// house number if it has one.
///
/// ```
/// use geoplanning::StreetAddress;
///
/// let mut street = StreetAddress::new("BE", "5100", "Naninne", "Chaussée de Marche");
/// street.number = Some("774".to_owned());
/// ```
///
/// `Debug` shows none of it.
///
/// Docs: [Addresses](crate::contract#addresses).
#[derive(Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct StreetAddress {
    /// ISO 3166-1 code of two letters. Wire: `country`.
    pub country: String,
    /// Postal code. Wire: `postcode`.
    #[doc(alias = "postcode")]
    #[serde(rename = "postcode")]
    pub postal_code: String,
    /// City, town or village. Wire: `locality`.
    #[doc(alias = "locality")]
    #[serde(rename = "locality")]
    pub city: String,
    /// Name of the street. Wire: `street`.
    pub street: String,
    /// The house number. `None` if it has none. Wire: `number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

impl StreetAddress {
    /// An address without a house number.
    #[must_use]
    pub fn new(
        country: impl Into<String>,
        postal_code: impl Into<String>,
        city: impl Into<String>,
        street: impl Into<String>,
    ) -> Self {
        Self {
            country: country.into(),
            postal_code: postal_code.into(),
            city: city.into(),
            street: street.into(),
            number: None,
        }
    }

    /// The same address with a house number.
    #[must_use]
    pub fn number(mut self, number: impl Into<String>) -> Self {
        self.number = Some(number.into());
        self
    }
}

validated!(StreetAddress);

impl Validate for StreetAddress {
    fn validate(&self, violations: &mut Violations) {
        violations.length("country", &self.country, 0..=2);
    }
}

redacted_debug!(StreetAddress {});

/// A place, as it is sent: coordinates, or the administrative part, or both.
///
/// The service computes the part that is not given; what it finds is the closest place that it
/// knows. Both parts are kept as they are.
///
/// ```
/// use geoplanning::{Coordinates, NewAddress, StreetAddress};
///
/// let place = NewAddress::from(Coordinates::new(50.4279, 4.9259));
/// let house = NewAddress::from(StreetAddress::new("BE", "5100", "Naninne", "Chaussée de Marche"));
/// let both = house.at(Coordinates::new(50.4279, 4.9259));
/// ```
///
/// Half of a part cannot be built. One that was read may have one, as `From<&Address>` takes it
/// over; sending it is then refused, by the path of what is missing.
///
/// `Debug` shows none of it.
///
/// Docs: [Type: NewAddress](crate::contract::address#type-newaddress) and
/// [Type: CustomerAddress](crate::contract::address#type-customeraddress).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewAddress {
    #[serde(skip_serializing_if = "Option::is_none")]
    longitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(rename = "postcode", skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(rename = "locality", skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

/// These fields by their names in Rust and on the wire.
const POSTAL_CODE: (&str, &str) = ("postal_code", "postcode");
const CITY: (&str, &str) = ("city", "locality");

impl NewAddress {
    /// The same address with these coordinates.
    #[must_use]
    pub fn at(mut self, place: Coordinates) -> Self {
        self.longitude = Some(place.longitude);
        self.latitude = Some(place.latitude);
        self
    }

    /// The same address with this administrative part.
    #[must_use]
    pub fn called(self, street: StreetAddress) -> Self {
        Self {
            longitude: self.longitude,
            latitude: self.latitude,
            ..Self::from(street)
        }
    }

    /// The coordinates, if there are both.
    #[must_use]
    pub fn coordinates(&self) -> Option<Coordinates> {
        Some(Coordinates::new(self.latitude?, self.longitude?))
    }

    fn texts(&self) -> [(FieldName<'static>, Option<&str>); 4] {
        [
            ("country".into(), self.country.as_deref()),
            (POSTAL_CODE.into(), self.postal_code.as_deref()),
            (CITY.into(), self.city.as_deref()),
            ("street".into(), self.street.as_deref()),
        ]
    }

    fn check_coordinates(&self, violations: &mut Violations) {
        match (self.longitude, self.latitude) {
            (None, None) => {}
            (Some(_), None) => violations.add("latitude", "must be given with the longitude"),
            (None, Some(_)) => violations.add("longitude", "must be given with the latitude"),
            (Some(longitude), Some(latitude)) => {
                violations.nested("", &Coordinates::new(latitude, longitude));
            }
        }
    }

    fn check_street(&self, rule: &str, violations: &mut Violations) {
        for (name, text) in self.texts() {
            violations.require(name, text.is_some(), rule);
        }
    }

    fn check_country(&self, violations: &mut Violations) {
        if let Some(country) = &self.country {
            violations.length("country", country, 0..=2);
        }
    }
}

redacted_debug!(NewAddress {});

validated!(NewAddress);

impl Validate for NewAddress {
    fn validate(&self, violations: &mut Violations) {
        let has_place = self.longitude.is_some() || self.latitude.is_some();
        let has_street =
            self.number.is_some() || self.texts().iter().any(|(_, text)| text.is_some());
        violations.require(
            "",
            has_place || has_street,
            "must have coordinates, or country, postal code, city and street, or both",
        );
        self.check_coordinates(violations);
        if has_street {
            self.check_street("must be given with the rest of the address", violations);
        }
        self.check_country(violations);
    }
}

/// The address of a customer, who needs the administrative part (finding
/// [G-37](crate::contract#g-37)).
pub(crate) struct AddressOfCustomer<'a>(pub(crate) &'a NewAddress);

impl Validate for AddressOfCustomer<'_> {
    fn validate(&self, violations: &mut Violations) {
        let address = self.0;
        address.check_coordinates(violations);
        address.check_street("must be given for a customer", violations);
        address.check_country(violations);
        let sizes = [
            (FieldName::from(POSTAL_CODE), &address.postal_code, 50),
            (CITY.into(), &address.city, 100),
            ("street".into(), &address.street, 100),
            ("number".into(), &address.number, 50),
        ];
        for (name, text, most) in sizes {
            if let Some(text) = text {
                violations.length(name, text, 0..=most);
            }
        }
    }
}

impl From<Coordinates> for NewAddress {
    fn from(place: Coordinates) -> Self {
        Self {
            longitude: Some(place.longitude),
            latitude: Some(place.latitude),
            country: None,
            postal_code: None,
            city: None,
            street: None,
            number: None,
        }
    }
}

impl From<StreetAddress> for NewAddress {
    fn from(street: StreetAddress) -> Self {
        Self {
            longitude: None,
            latitude: None,
            country: Some(street.country),
            postal_code: Some(street.postal_code),
            city: Some(street.city),
            street: Some(street.street),
            number: street.number,
        }
    }
}

/// Takes over everything but the id, so that what was read can be sent again.
impl From<&Address> for NewAddress {
    fn from(address: &Address) -> Self {
        Self {
            longitude: address.longitude,
            latitude: address.latitude,
            country: address.country.clone(),
            postal_code: address.postal_code.clone(),
            city: address.city.clone(),
            street: address.street.clone(),
            number: address.number.clone(),
        }
    }
}

/// A place, as the service knows it. Any part may be missing (finding
/// [G-37](crate::contract#g-37)).
///
/// `Debug` shows the id only.
///
/// Docs: [Type: Address](crate::contract::address#type-address).
#[derive(Clone, Default, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Address {
    /// The address's id. Wire: `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<AddressId>,
    /// Decimal degrees, WGS 84. Wire: `longitude`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// Decimal degrees, WGS 84. Wire: `latitude`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// ISO 3166-1 code of two letters. Wire: `country`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Postal code. Wire: `postcode`.
    #[doc(alias = "postcode")]
    #[serde(rename = "postcode", skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// City, town or village. Wire: `locality`.
    #[doc(alias = "locality")]
    #[serde(rename = "locality", skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Name of the street. Wire: `street`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The house number. `None` if it has none or the service does not return it. Wire: `number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Address { id });

impl Address {
    /// The coordinates, if there are both.
    #[must_use]
    pub fn coordinates(&self) -> Option<Coordinates> {
        Some(Coordinates::new(self.latitude?, self.longitude?))
    }

    /// The administrative part, if it is complete.
    #[must_use]
    pub fn street_address(&self) -> Option<StreetAddress> {
        Some(StreetAddress {
            country: self.country.clone()?,
            postal_code: self.postal_code.clone()?,
            city: self.city.clone()?,
            street: self.street.clone()?,
            number: self.number.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const PLACE: Coordinates = Coordinates::new(50.4279474396788, 4.9259030858176);

    fn house() -> StreetAddress {
        StreetAddress::new("BE", "5100", "Naninne", "Chaussée de Marche").number("774")
    }

    fn written(address: &NewAddress) -> Value {
        serde_json::to_value(address).unwrap()
    }

    fn broken(check: impl FnOnce(&mut Violations)) -> Vec<String> {
        let mut violations = Violations::new();
        check(&mut violations);
        violations.iter().map(|found| found.path.clone()).collect()
    }

    fn read(value: Value) -> NewAddress {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_address_is_coordinates_or_a_street_or_both() {
        let place = json!({ "longitude": 4.9259030858176, "latitude": 50.4279474396788 });
        assert_eq!(written(&PLACE.into()), place);
        let street = json!({
            "country": "BE",
            "postcode": "5100",
            "locality": "Naninne",
            "street": "Chaussée de Marche",
            "number": "774",
        });
        assert_eq!(written(&house().into()), street);
        let mut both = place;
        both.as_object_mut()
            .unwrap()
            .extend(street.as_object().unwrap().clone());
        assert_eq!(written(&NewAddress::from(house()).at(PLACE)), both);
        assert_eq!(written(&NewAddress::from(PLACE).called(house())), both);
    }

    /// Finding G-37: half of a part could come from what was read.
    #[test]
    fn half_of_an_address_is_refused_by_the_path_of_what_is_missing() {
        let check = |value: Value| broken(|found| found.nested("task.address", &read(value)));
        assert_eq!(check(json!({})), ["task.address"]);
        assert_eq!(
            check(json!({ "longitude": 4.0 })),
            ["task.address.latitude"]
        );
        assert_eq!(
            check(json!({ "latitude": 4.0 })),
            ["task.address.longitude"]
        );
        assert_eq!(
            check(json!({ "country": "BE", "postcode": "5100", "number": "1" })),
            ["task.address.locality", "task.address.street"]
        );
        assert_eq!(check(json!({ "number": "1" })).len(), 4);
        assert!(check(json!({ "longitude": 4.0, "latitude": 50.0 })).is_empty());
    }

    #[test]
    fn coordinates_beyond_the_earth_are_refused() {
        for (latitude, longitude, path) in [
            (90.5, 0.0, "a.latitude"),
            (0.0, -180.5, "a.longitude"),
            (f64::NAN, 0.0, "a.latitude"),
        ] {
            let address = NewAddress::from(Coordinates::new(latitude, longitude));
            assert_eq!(broken(|found| found.nested("a", &address)), [path]);
        }
        let edge = NewAddress::from(Coordinates::new(-90.0, 180.0));
        assert!(broken(|found| found.nested("a", &edge)).is_empty());
    }

    /// Finding G-37: customers ask for more than the overview says.
    #[test]
    fn coordinates_alone_do_not_suffice_for_a_customer() {
        let address = NewAddress::from(PLACE);
        assert_eq!(
            broken(|found| found.nested("address", &AddressOfCustomer(&address))),
            [
                "address.country",
                "address.postcode",
                "address.locality",
                "address.street"
            ]
        );
        let house = NewAddress::from(house());
        assert!(broken(|found| found.nested("address", &AddressOfCustomer(&house))).is_empty());
    }

    #[test]
    fn what_was_read_can_be_sent_without_its_id() {
        let address: Address = serde_json::from_value(json!({
            "id": 1,
            "longitude": 4.8,
            "latitude": 50.4,
            "country": "BE",
            "postcode": "5002",
            "locality": "Saint-Servais",
            "street": "Rue de Gembloux",
            "floor": 2,
        }))
        .unwrap();
        let sent = NewAddress::from(&address);
        assert_eq!(sent.coordinates(), address.coordinates());
        let keys: Vec<_> = written(&sent)
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert!(!keys.iter().any(|key| key == "id" || key == "floor"));
        assert!(broken(|found| found.nested("a", &sent)).is_empty());
    }

    #[test]
    fn debug_shows_no_place() {
        let canary =
            StreetAddress::new("QX", "canary-1", "canary-2", "canary-3").number("canary-4");
        let sent = NewAddress::from(canary.clone()).at(Coordinates::new(12.345_678, 12.345_678));
        let text = format!("{PLACE:?} {canary:?} {sent:?}");
        assert!(!text.contains("canary") && !text.contains("QX") && !text.contains("12.34"));
    }
}
