//! Foreign ids: the caller's own keys, by which things are found.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use vendor_client_core::schema::{Describe, OperationSchema};
use vendor_client_core::{Endpoint, Error, FieldName, Part, Request, Validate, Violations, check};

/// A foreign id as the query parameter `fid`, given as a `&str`.
#[non_exhaustive]
pub struct InQuery;

#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ByForeignId<'a> {
    fid: Cow<'a, str>,
}

/// A blank foreign id would name nothing, or everything that has none.
impl Validate for ByForeignId<'_> {
    fn validate(&self, violations: &mut Violations) {
        check_not_blank(("foreign_id", "fid"), Some(&self.fid), violations);
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

/// A foreign id as the path parameter `ref`, given as a `&str`.
#[non_exhaustive]
pub struct InPath;

impl Part for InPath {
    type Value<'a> = &'a str;

    fn put(foreign_id: &str, request: Request) -> Request {
        request.validate(&NotBlank(foreign_id)).path(foreign_id)
    }
}

#[cfg(feature = "schema")]
impl Describe for InPath {
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema.path_parameter::<String>("ref")
    }
}

struct NotBlank<'a>(&'a str);

impl Validate for NotBlank<'_> {
    fn validate(&self, violations: &mut Violations) {
        // An empty one is refused with the path.
        if !self.0.is_empty() {
            check_not_blank(("foreign_id", "ref"), Some(self.0), violations);
        }
    }
}

/// Requires that a foreign id, if there is one, has something in it.
pub(crate) fn check_not_blank<'n>(
    field: impl Into<FieldName<'n>>,
    foreign_id: Option<&str>,
    violations: &mut Violations,
) {
    let is_blank = foreign_id.is_some_and(|foreign_id| foreign_id.trim().is_empty());
    violations.require(field, !is_blank, "must not be blank");
}

/// What can carry a foreign id.
pub trait HasForeignId {
    /// The field that holds it.
    fn field(&self) -> FieldName<'static>;

    fn foreign_id(&self) -> Option<&str>;
}

impl<T: HasForeignId> HasForeignId for &T {
    fn field(&self) -> FieldName<'static> {
        (*self).field()
    }

    fn foreign_id(&self) -> Option<&str> {
        (*self).foreign_id()
    }
}

/// The body of an update by foreign id, given as a pair of the foreign id and the update. The update
/// has to repeat it: left out, it would become blank, and changed, a repeated call would meet
/// another thing.
pub struct Repeated<Body>(PhantomData<fn(Body)>);

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
    field: FieldName<'static>,
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

/// The foreign id by which `thing` is found once `endpoint` has added it.
///
/// # Errors
///
/// Every constraint that `thing` breaks, and the foreign id if it has none.
pub(crate) fn required<'a, T, At, Body, Response>(
    thing: &'a T,
    endpoint: &'static Endpoint<At, Body, Response>,
) -> Result<&'a str, Error>
where
    T: HasForeignId + Validate,
{
    let mut violations = check(thing).err().unwrap_or_default();
    match thing.foreign_id() {
        Some(foreign_id) if violations.is_empty() => return Ok(foreign_id),
        Some(_) => {}
        None => violations.add(
            thing.field(),
            "must be given: what was added is found by it",
        ),
    }
    Err(Error::invalid_request(endpoint.operation(), violations))
}
