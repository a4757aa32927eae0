//! Whom a mission goes to, and where.

use std::fmt;

use serde::{Deserialize, Serialize};
use vendor_client_core::{Validate, Violations, redacted_debug};

use crate::wire::{degrees, not_blank};

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
        #[doc(alias = "nomVeh")]
        #[serde(rename = "nomVeh")]
        name: String,
    },
    /// A person, by last and first name.
    #[non_exhaustive]
    Person {
        /// The last name. Wire: `nomIndi`.
        #[doc(alias = "nomIndi")]
        #[serde(rename = "nomIndi")]
        last_name: String,
        /// The first name. Wire: `prenomIndi`.
        #[doc(alias = "prenomIndi")]
        #[serde(rename = "prenomIndi")]
        first_name: String,
    },
    /// A person, by full name, as the service has it.
    #[non_exhaustive]
    FullName {
        /// Last and first name. Wire: `nomPrenom`.
        #[doc(alias = "nomPrenom")]
        #[serde(rename = "nomPrenom")]
        name: String,
    },
}

impl Recipient {
    /// The vehicle with this name.
    #[must_use]
    pub fn vehicle(name: impl Into<String>) -> Self {
        Self::Vehicle { name: name.into() }
    }

    /// The person with this last and first name.
    #[must_use]
    pub fn person(last_name: impl Into<String>, first_name: impl Into<String>) -> Self {
        Self::Person {
            last_name: last_name.into(),
            first_name: first_name.into(),
        }
    }

    /// The person with this full name.
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

impl Validate for Recipient {
    fn validate(&self, violations: &mut Violations) {
        match self {
            Self::Vehicle { name } => not_blank(("name", "nomVeh"), name, violations),
            Self::Person {
                last_name,
                first_name,
            } => {
                not_blank(("last_name", "nomIndi"), last_name, violations);
                not_blank(("first_name", "prenomIndi"), first_name, violations);
            }
            Self::FullName { name } => not_blank(("name", "nomPrenom"), name, violations),
        }
    }
}

/// A place on Earth, in decimal degrees.
#[derive(Clone, Copy, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Coordinates {
    /// From -90 to 90. Wire: `latitude`.
    #[serde(deserialize_with = "degrees")]
    pub latitude: f64,
    /// From -180 to 180. Wire: `longitude`.
    #[serde(deserialize_with = "degrees")]
    pub longitude: f64,
}

impl Coordinates {
    /// A place by latitude and longitude, in this order. A call refuses values outside their
    /// ranges before it sends anything.
    #[must_use]
    pub const fn new(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
        }
    }
}

redacted_debug!(Coordinates {});

impl Validate for Coordinates {
    fn validate(&self, violations: &mut Violations) {
        violations.range("longitude", self.longitude, -180.0..=180.0);
        violations.range("latitude", self.latitude, -90.0..=90.0);
    }
}
