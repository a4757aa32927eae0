//! Finding things by the caller's own references.

use std::borrow::Cow;

use serde::Serialize;
use vendor_client_core::{Error, Validate, Violations};

/// The query parameter that names a thing by the caller's reference.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(serde::Deserialize, schemars::JsonSchema))]
pub(crate) struct ByForeignId<'a> {
    fid: Cow<'a, str>,
}

impl<'a> ByForeignId<'a> {
    pub(crate) const fn new(reference: &'a str) -> Self {
        Self {
            fid: Cow::Borrowed(reference),
        }
    }
}

/// An empty reference names nobody, or everything that has none.
impl Validate for ByForeignId<'_> {
    fn validate(&self, violations: &mut Violations) {
        violations.require("fid", !self.fid.is_empty(), "must not be empty");
    }
}

/// Requires that an update by reference repeats the reference, which stands in `field`: left out,
/// it would become blank, and changed, it would lead a repeated call to another thing.
pub(crate) struct Repeated<'a> {
    pub(crate) reference: &'a str,
    pub(crate) field: &'static str,
    pub(crate) given: Option<&'a str>,
}

impl Validate for Repeated<'_> {
    fn validate(&self, violations: &mut Violations) {
        violations.require(
            self.field,
            self.given == Some(self.reference),
            "must repeat the reference that is updated; update by id to change it",
        );
    }
}

/// The reference that a thing is found by after its addition; it stands in `field`.
pub(crate) fn required<'a>(
    field: &str,
    given: Option<&'a str>,
    violations: &mut Violations,
) -> &'a str {
    let reference = given.unwrap_or_default();
    violations.require(
        field,
        !reference.is_empty(),
        "must be given: what was added is found by it",
    );
    reference
}

/// What came of looking a thing up.
pub(crate) fn found<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
