//! A vendor's contract, as the machine reads it.
//!
//! `cargo xtask contract` writes one file per vendor, `contracts/<vendor>.json`, from the pages
//! under `docs/`; the sandbox embeds these files and refuses every request that breaks them. The
//! grammar of the pages is described in `docs/README.md`, and each type here names the part of it
//! that it holds.
//!
//! A part that a page does not have is absent from the file: an empty list, no constraint.
//!
//! Every type has public fields and a constructor that takes what the grammar always gives:
//!
//! ```
//! use vendor_sandbox::contract::{Bounds, Field, Shape};
//!
//! let mut field = Field::new("orders[].name", Shape::string());
//! field.required = true;
//! field.constraints.characters = Some(Bounds::new(Some(1), Some(100)));
//! assert_eq!(
//!     serde_json::to_value(&field).unwrap(),
//!     serde_json::json!({
//!         "path": "orders[].name",
//!         "kind": { "any_of": [{ "type": "string" }] },
//!         "required": true,
//!         "constraints": { "characters": { "min": 1, "max": 100 } },
//!     }),
//! );
//! ```

mod validate;

use std::collections::BTreeMap;
use std::io;

pub use validate::{Breach, Place, closest, validate_response, validate_value};
pub(crate) use validate::{Incoming, parameters, parameters_as_json, validate};

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// Everything in one vendor's pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contract {
    /// The vendor's folder below `docs/`, such as `ocean-geomission`.
    pub vendor: String,
    /// The operations, in the order of the pages and of their sections.
    pub operations: Vec<Operation>,
    /// The statuses that any operation may respond with, beside its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<Status>,
    /// The named types, by the name in their heading (`Type: Address` is `Address`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, Type>,
}

impl Contract {
    /// A contract without operations.
    pub fn new(vendor: impl Into<String>) -> Self {
        Self {
            vendor: vendor.into(),
            operations: Vec::new(),
            statuses: Vec::new(),
            types: BTreeMap::new(),
        }
    }

    /// Reads a contract from the text of its file.
    pub(crate) fn from_json(text: &str) -> Result<Self, UnreadableContract> {
        Ok(serde_json::from_str(text)?)
    }

    /// A contract that the crate embeds, read earlier.
    pub(crate) fn embedded(
        read: &'static Result<Self, UnreadableContract>,
    ) -> io::Result<&'static Self> {
        read.as_ref()
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

/// An embedded contract is not what this crate's types expect.
#[derive(Debug, thiserror::Error)]
#[error("could not decode an embedded contract: {0}")]
pub(crate) struct UnreadableContract(#[from] serde_json::Error);

/// One operation: a second-level section of a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Operation {
    /// The section's heading, such as `Create a mission`.
    pub title: String,
    /// The page below the vendor's folder, such as `missions.md`.
    pub page: String,
    /// The ways to reach it; at least one.
    pub routes: Vec<Route>,
    /// The parameters in the path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path_parameters: Vec<FieldTable>,
    /// The parameters in the query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query_parameters: Vec<FieldTable>,
    /// The request headers of this operation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_headers: Vec<FieldTable>,
    /// The shapes that a request body may have; none if no body is sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Body>,
    /// The shapes that a response body may have; none if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<Body>,
    /// Its own documented statuses. Those that any operation may have are in
    /// [`Contract::statuses`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<Status>,
}

impl Operation {
    /// An operation of which only the heading and the page are known.
    pub fn new(title: impl Into<String>, page: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            page: page.into(),
            ..Self::default()
        }
    }
}

/// One way to reach an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Route {
    /// The name that the code uses, such as `create_mission`; unique within a vendor.
    pub name: String,
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path below the vendor's base URL, with its parameters in braces: `/activity/{id}`.
    pub path: String,
}

impl Route {
    /// A route from its three parts.
    pub fn new(
        name: impl Into<String>,
        method: impl Into<String>,
        path: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            method: method.into(),
            path: path.into(),
        }
    }
}

/// A table of parameters or headers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldTable {
    /// The one route that the table is for; absent if it is for all of the operation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The rows, in their order.
    pub fields: Vec<Field>,
}

impl FieldTable {
    /// A table for one route, or for all.
    pub fn new(route: Option<String>, fields: Vec<Field>) -> Self {
        Self { route, fields }
    }
}

/// The table of one shape of a request or response body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Body {
    /// The one route that has this body; absent if all of the operation's have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The name of this shape if a body has several, such as `simple activity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The rows, in their order.
    pub fields: Vec<Field>,
}

impl Body {
    /// The only shape of a body, for all routes of the operation.
    pub fn new(fields: Vec<Field>) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }
}

/// One row of the table of statuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Status {
    /// The HTTP status.
    pub status: u16,
    /// What it means; the cell's text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub meaning: String,
}

impl Status {
    /// A status and its meaning.
    pub fn new(status: u16, meaning: impl Into<String>) -> Self {
        Self {
            status,
            meaning: meaning.into(),
        }
    }
}

/// One row of a field table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Field {
    /// The path on the wire: `round.id`, `orders[].name`, `[]`.
    pub path: String,
    /// The *Type* column.
    pub kind: Kind,
    /// The *Required* column. A sender may leave a field out that is not required.
    pub required: bool,
    /// The *Constraints* column.
    #[serde(default, skip_serializing_if = "Constraints::is_empty")]
    pub constraints: Constraints,
    /// Other names under which the field may arrive, by a deviation; the last segment only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_spelled: Vec<String>,
    /// The *Meaning* column.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub meaning: String,
}

impl Field {
    /// An optional field without constraints.
    pub fn new(path: impl Into<String>, kind: impl Into<Kind>) -> Self {
        Self {
            path: path.into(),
            kind: kind.into(),
            required: false,
            constraints: Constraints::default(),
            also_spelled: Vec::new(),
            meaning: String::new(),
        }
    }
}

/// What a value may be: one of several shapes, and null if the type says `or null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Kind {
    /// The alternatives, without null. Usually one.
    pub any_of: Vec<Shape>,
    /// Whether null is allowed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
}

impl Kind {
    /// A kind of these alternatives.
    pub fn new(any_of: Vec<Shape>, nullable: bool) -> Self {
        Self { any_of, nullable }
    }
}

impl From<Shape> for Kind {
    fn from(shape: Shape) -> Self {
        Self::new(vec![shape], false)
    }
}

/// One alternative of a type.
///
/// `format` is the text in parentheses, verbatim: `ISO 8601`, `dd/MM/yyyy HH:mm`, `minutes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Shape {
    /// A string.
    String {
        /// What the text looks like.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<String>,
    },
    /// A whole number.
    Integer {
        /// Its unit, or what it counts from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<String>,
    },
    /// A number with or without a fraction.
    Number {
        /// Its unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<String>,
    },
    /// True or false.
    Boolean,
    /// An object. Its fields have rows of their own; without such rows it may hold anything.
    Object,
    /// Anything.
    Any,
    /// An array.
    Array {
        /// What its elements are.
        of: Box<Shape>,
    },
    /// A type that has its own heading.
    Named {
        /// The key in [`Contract::types`].
        name: String,
    },
}

impl Shape {
    /// A string without a format.
    pub fn string() -> Self {
        Self::String { format: None }
    }

    /// A whole number without a format.
    pub fn integer() -> Self {
        Self::Integer { format: None }
    }

    /// A number without a format.
    pub fn number() -> Self {
        Self::Number { format: None }
    }

    /// An array of such elements.
    pub fn array_of(element: Self) -> Self {
        Self::Array {
            of: Box::new(element),
        }
    }

    /// A type that has its own heading.
    pub fn named(name: impl Into<String>) -> Self {
        Self::Named { name: name.into() }
    }
}

/// What a machine can check about a value.
///
/// If the value is an array of strings or numbers, all but `elements` hold for each element.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Constraints {
    /// The length of a string, in characters (`1..100 characters`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characters: Option<Bounds<u64>>,
    /// The range of a number (`0..1439`), with the bounds as they are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Bounds<Number>>,
    /// The number of elements of an array (`1..7 elements`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elements: Option<Bounds<u64>>,
    /// The only values accepted (`one of A, B, C`); numbers as their text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// The values known so far (`known A, B, C`); others may come and are kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
    /// What an absent value stands for (`default X`), as its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

impl Constraints {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A range with both ends included; an absent end is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bounds<T> {
    /// The least that is accepted.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub min: Option<T>,
    /// The most that is accepted.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub max: Option<T>,
}

impl<T> Bounds<T> {
    /// A range between two ends.
    pub fn new(min: Option<T>, max: Option<T>) -> Self {
        Self { min, max }
    }
}

/// A type that has its own heading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Type {
    /// The page below the vendor's folder, such as `types.md`.
    pub page: String,
    /// The rows that every variant has, or all rows if there are no variants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// The field that distinguishes the variants, such as `subtype`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discriminator: Option<String>,
    /// Each variant's own rows, by the discriminator's value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, Vec<Field>>,
}

impl Type {
    /// A type without variants.
    pub fn new(page: impl Into<String>, fields: Vec<Field>) -> Self {
        Self {
            page: page.into(),
            fields,
            ..Self::default()
        }
    }
}

/// `skip_serializing_if` wants a reference.
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A plain `default` would ask `T` for a default that it need not have.
fn none<T>() -> Option<T> {
    None
}
