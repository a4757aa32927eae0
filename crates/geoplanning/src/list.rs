//! Lists of which a single element cannot spoil the rest.

use std::fmt;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use vendor_client_core::read_json;

/// A list that the service returned: the elements that could be read, in their order.
///
/// It derefs to a slice of them. An element that could not be read costs nothing but itself: it is
/// kept as it came, with its position and the reason, in [`unreadable`](Self::unreadable).
///
/// ```
/// # fn plan(rounds: geoplanning::List<geoplanning::Round>) {
/// for lost in rounds.unreadable() {
///     eprintln!("round {} of the day: {}", lost.position, lost.reason);
/// }
/// for round in &rounds {
///     println!("{}", round.id);
/// }
/// # }
/// ```
///
/// Docs: [Responses](crate::contract#responses).
#[derive(Clone, Debug, PartialEq)]
pub struct List<T> {
    elements: Vec<T>,
    unreadable: Vec<Unreadable>,
}

impl<T> List<T> {
    /// The elements that could not be read; usually none.
    #[must_use]
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// The elements, if all of them could be read.
    ///
    /// # Errors
    ///
    /// The first that could not.
    pub fn complete(self) -> Result<Vec<T>, Unreadable> {
        match self.unreadable.into_iter().next() {
            Some(first) => Err(first),
            None => Ok(self.elements),
        }
    }
}

impl<T> List<T> {
    /// Adds an element that couldn't be read, as a test of yours may need one.
    #[must_use]
    pub fn with_unreadable(mut self, element: Unreadable) -> Self {
        self.unreadable.push(element);
        self.unreadable.sort_by_key(|lost| lost.position);
        self
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(elements: Vec<T>) -> Self {
        Self {
            elements,
            unreadable: Vec::new(),
        }
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.elements
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.elements.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.elements.iter()
    }
}

/// Reads strictly: what cannot be read is kept apart by the response it comes in.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Vec::deserialize(input).map(Self::from)
    }
}

/// Writes every element in its place, those that could not be read as they came.
impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Element<'a, T> {
            Read(&'a T),
            Raw(&'a Value),
        }

        let mut unreadable = self.unreadable.iter().peekable();
        let mut elements = self.elements.iter();
        let count = self.elements.len() + self.unreadable.len();
        out.collect_seq((0..count).filter_map(|position| {
            match unreadable.next_if(|lost| lost.position == position) {
                Some(lost) => Some(Element::Raw(&lost.raw)),
                None => elements.next().map(Element::Read),
            }
        }))
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<T>::json_schema(generator)
    }
}

/// An element of a [`List`] that could not be read.
///
/// Neither `Display` nor `Debug` shows the element: it may be personal data.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Where it is in the list that the service returned; 0 is the first.
    pub position: usize,
    /// The element as it came.
    pub raw: Value,
    /// Why it could not be read.
    pub reason: String,
}

impl Unreadable {
    /// An element that couldn't be read, at a position counted from 0.
    #[must_use]
    pub fn new(position: usize, raw: Value, reason: impl Into<String>) -> Self {
        Self {
            position,
            raw,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            position, reason, ..
        } = self;
        write!(f, "could not read element {position} of a list: {reason}")
    }
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unreadable")
            .field("position", &self.position)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Unreadable {}

/// Reads a value of which a part may be unreadable. It costs more than strict reading, and is
/// tried after that has failed.
pub(crate) trait Apart: DeserializeOwned {
    fn read_apart(json: &RawValue) -> Result<Self, serde_json::Error> {
        read_json(json.get())
    }
}

impl<T: Apart> Apart for List<T> {
    fn read_apart(json: &RawValue) -> Result<Self, serde_json::Error> {
        let elements: Vec<&RawValue> = serde_json::from_str(json.get())?;
        let mut list = Self::default();
        for (position, raw) in elements.into_iter().enumerate() {
            match T::read_apart(raw) {
                Ok(element) => list.elements.push(element),
                Err(error) => list.unreadable.push(Unreadable {
                    position,
                    raw: serde_json::from_str(raw.get())?,
                    reason: reason(&error),
                }),
            }
        }
        Ok(list)
    }
}

/// The decoder's reason without the offending value, which its own words quote.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("missing field") {
        return text;
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "unexpected value".to_owned(),
    }
}
