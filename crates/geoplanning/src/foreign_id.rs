//! Foreign ids: the caller's own keys, by which things are found.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use vendor_client_core::schema::{Describe, OperationSchema};
use vendor_client_core::{Error, Part, Request, Validate, Violations};

/// A foreign id as the query parameter `fid`.
pub(crate) struct InQuery;

#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ByForeignId<'a> {
    fid: Cow<'a, str>,
}

/// An empty foreign id would name nothing, or everything that has none.
impl Validate for ByForeignId<'_> {
    fn validate(&self, violations: &mut Violations) {
        violations.require("fid", !self.fid.is_empty(), "must not be empty");
    }
}

impl Part for InQuery {
    type Value<'a> = &'a str;

    fn put(foreign_id: &str, request: Request) -> Request {
        let by = ByForeignId {
            fid: Cow::Borrowed(foreign_id),
        };
        request.validate(&by).query(&by)
    }
}

#[cfg(feature = "schema")]
impl Describe for InQuery {
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema.query::<ByForeignId<'static>>()
    }
}

/// A foreign id as the path parameter `ref`.
pub(crate) struct InPath;

impl Part for InPath {
    type Value<'a> = &'a str;

    fn put(foreign_id: &str, request: Request) -> Request {
        request.path(foreign_id)
    }
}

#[cfg(feature = "schema")]
impl Describe for InPath {
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema.path_parameter::<String>("ref")
    }
}

/// What can carry a foreign id.
pub(crate) trait HasForeignId {
    /// The path of the field that holds it.
    fn field(&self) -> &'static str;

    fn foreign_id(&self) -> Option<&str>;
}

impl<T: HasForeignId> HasForeignId for &T {
    fn field(&self) -> &'static str {
        (*self).field()
    }

    fn foreign_id(&self) -> Option<&str> {
        (*self).foreign_id()
    }
}

/// The body of an update by foreign id, given together with the foreign id. The update has to
/// repeat it: left out, it would become blank, and changed, a repeated call would meet another
/// thing.
pub(crate) struct Repeated<Body>(PhantomData<fn(Body)>);

impl<Body> Part for Repeated<Body>
where
    Body: Part,
    for<'a> Body::Value<'a>: HasForeignId,
{
    type Value<'a> = (&'a str, Body::Value<'a>);

    fn put((foreign_id, update): Self::Value<'_>, request: Request) -> Request {
        let is_repeated = update.foreign_id() == Some(foreign_id);
        let repetition = Repetition {
            field: update.field(),
            is_repeated,
        };
        Body::put(update, request.validate(&repetition))
    }
}

#[cfg(feature = "schema")]
impl<Body: Describe> Describe for Repeated<Body> {
    fn describe(schema: OperationSchema) -> OperationSchema {
        Body::describe(schema)
    }
}

struct Repetition {
    field: &'static str,
    is_repeated: bool,
}

impl Validate for Repetition {
    fn validate(&self, violations: &mut Violations) {
        violations.require(
            self.field,
            self.is_repeated,
            "must repeat the foreign id of what is updated; update by id to change it",
        );
    }
}

/// The foreign id by which `thing` is found once it has been added.
///
/// # Errors
///
/// Every constraint that `thing` breaks, and the foreign id if it has none.
pub(crate) fn required<T>(thing: &T) -> Result<&str, Violations>
where
    T: HasForeignId + Validate,
{
    let mut violations = Violations::new();
    thing.validate(&mut violations);
    let foreign_id = thing.foreign_id().unwrap_or_default();
    violations.require(
        thing.field(),
        !foreign_id.is_empty(),
        "must be given: what was added is found by it",
    );
    if violations.is_empty() {
        return Ok(foreign_id);
    }
    Err(violations)
}

/// The result of looking something up: `None` if it is not there.
pub(crate) fn found<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
