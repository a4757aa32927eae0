//! Identifiers.

use std::borrow::Borrow;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vendor_client_core::{Validate, Violations, id};

use crate::wire::not_blank;

id! {
    /// The service's number of a customer. Only users who serve several customers need one.
    ///
    /// Wire: `customerId`.
    CustomerId;
}

/// Your own identifier of a mission. Every call names the mission by it.
///
/// Never use one twice: the service doesn't document what a second mission with the same
/// identifier does, and a look-up finds the first.
///
/// Wire: `idMission`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct MissionId(String);

impl MissionId {
    /// Takes an identifier. A call refuses a blank one before it sends anything.
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

impl AsRef<str> for MissionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for MissionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Every text is an identifier, so this never fails.
impl FromStr for MissionId {
    type Err = Infallible;

    fn from_str(id: &str) -> Result<Self, Infallible> {
        Ok(Self::new(id))
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
        not_blank(("id", "idMission"), &self.0, violations);
    }
}
