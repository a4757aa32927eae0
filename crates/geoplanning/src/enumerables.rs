//! Skills and attributes of resources, which tasks ask for: languages, categories.

use serde::{Deserialize, Serialize};
use vendor_client_core::{Validate, Violations, redacted_debug, setters, validated};

use crate::UnknownFields;
use crate::id::EnumerableId;
use crate::list::Apart;

/// A skill or attribute of a resource, which a task may ask for, as it is read.
///
/// `Debug` shows the id only: what a person knows is personal.
///
/// Docs: [Type: Enumerable](crate::contract::enumerables#type-enumerable).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Enumerable {
    /// The attribute's id. Wire: `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<EnumerableId>,
    /// The caller's foreign id. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// `French`, say. Wire: `name`.
    pub name: String,
    /// `Languages`, say. Wire: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type")]
    pub kind: String,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

impl Apart for Enumerable {}

redacted_debug!(Enumerable { id });

impl Enumerable {
    /// A skill or an attribute of which only what is always there is set.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            id: None,
            foreign_id: None,
            name: name.into(),
            kind: kind.into(),
            unknown: UnknownFields::new(),
        }
    }
}

/// A skill or attribute of a resource, which a task may ask for, as it is sent.
///
/// `Debug` shows none of it.
///
/// Docs: [Type: NewEnumerable](crate::contract::enumerables#type-newenumerable). The `id` of the
/// vendor's examples, always `null`, is not sent (finding [G-33](crate::contract#g-33)).
#[derive(Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewEnumerable {
    /// The caller's foreign id, 20 characters at most. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// `French`, say. Wire: `name`.
    pub name: String,
    /// `Languages`, say; it must exist in the service. Wire: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type")]
    pub kind: String,
}

redacted_debug!(NewEnumerable {});

impl NewEnumerable {
    /// An ability by name, of a type that exists in the service.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            foreign_id: None,
            name: name.into(),
            kind: kind.into(),
        }
    }
}

impl From<&Enumerable> for NewEnumerable {
    fn from(enumerable: &Enumerable) -> Self {
        Self {
            foreign_id: enumerable.foreign_id.clone(),
            name: enumerable.name.clone(),
            kind: enumerable.kind.clone(),
        }
    }
}

setters!(NewEnumerable { foreign_id: String });

validated!(NewEnumerable);

impl Validate for NewEnumerable {
    fn validate(&self, violations: &mut Violations) {
        if let Some(reference) = &self.foreign_id {
            violations.length(("foreign_id", "foreignId"), reference, 0..=20);
        }
    }
}
