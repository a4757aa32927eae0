//! Adding or updating, whichever it takes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What it took for the service to have a thing as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "there is no fourth way, and a caller should not have to write an arm for one"
)]
pub enum Saved<T> {
    /// It was not there, and was added.
    Added(T),
    /// It was there, differed, and was updated.
    Updated(T),
    /// It was there as it was given. Nothing was sent.
    Unchanged(T),
}

impl<T> Saved<T> {
    /// The thing itself, as the service has it now.
    #[must_use]
    pub fn into_inner(self) -> T {
        match self {
            Self::Added(thing) | Self::Updated(thing) | Self::Unchanged(thing) => thing,
        }
    }
}

/// What replaces a thing so that it gets what `given` sets and keeps the rest of what it has:
/// `None` if that cannot be sent again.
pub(crate) fn merged<T>(given: &T, has: Option<T>) -> T
where
    T: Clone + Serialize + DeserializeOwned,
{
    has.and_then(|has| overlaid(given, &has))
        .unwrap_or_else(|| given.clone())
}

/// `has`, with each field that `given` sets.
fn overlaid<T: Serialize + DeserializeOwned>(given: &T, has: &T) -> Option<T> {
    let mut merged = serde_json::to_value(has).ok()?;
    match (&mut merged, serde_json::to_value(given).ok()?) {
        (Value::Object(fields), Value::Object(given)) => fields.extend(given),
        _ => return None,
    }
    serde_json::from_value(merged).ok()
}
