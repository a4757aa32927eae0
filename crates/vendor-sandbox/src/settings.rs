//! Settings as JSON, for the remote control and the command line.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A change of settings names a setting that does not exist, or a value that it cannot have.
#[derive(Debug, thiserror::Error)]
#[error("invalid settings: {0}")]
pub struct InvalidSettings(#[from] serde_json::Error);

/// Settings as a JSON object.
pub(crate) fn as_json<S: Serialize>(settings: &S) -> Value {
    serde_json::to_value(settings).unwrap_or_default()
}

/// The settings with some of them changed.
pub(crate) fn changed<S: Serialize + DeserializeOwned>(
    settings: &S,
    changes: Map<String, Value>,
) -> Result<S, InvalidSettings> {
    let mut all = as_json(settings);
    if let Some(all) = all.as_object_mut() {
        all.extend(changes);
    }
    Ok(serde_json::from_value(all)?)
}

/// A length of time as a JSON number of seconds.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(time: &Duration, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(time.as_secs_f64())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// An HTTP status that a final response can have.
pub(crate) mod status {
    use serde::{Deserialize, Deserializer, de};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
        match u16::deserialize(from)? {
            status @ 200..=599 => Ok(status),
            other => Err(de::Error::custom(format_args!(
                "{other} is not a status from 200 to 599"
            ))),
        }
    }
}
