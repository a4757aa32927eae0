//! The envelope that every response comes in, and taking what was asked for out of it.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
#[cfg(feature = "schema")]
use vendor_client_core::schema::{DescribeResponse, OperationSchema};
use vendor_client_core::{
    Error, Outcome, Response, StatusCode, VendorMessage, read_json, redacted_debug,
};

use crate::list::Apart;

/// The outcome, in every response. [`Client::call`](crate::Client::call) returns any code other than
/// 0 as an error.
///
/// `Debug` shows the code.
///
/// Docs: [Type: EnvelopeStatus](crate::contract::envelope#type-envelopestatus).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
#[non_exhaustive]
pub struct EnvelopeStatus {
    /// 0 is success; the vendor documents no other code. Wire: `code`.
    pub code: i64,
    /// What the service says about it; `None` if it says nothing. Wire: `message`.
    #[cfg_attr(feature = "schema", serde(skip_serializing_if = "Option::is_none"))]
    pub message: Option<String>,
}

redacted_debug!(EnvelopeStatus { code });

impl EnvelopeStatus {
    /// What the service reports if it failed.
    fn failure(self) -> Option<VendorMessage> {
        (self.code != 0).then(|| VendorMessage::new(Some(self.code.to_string()), self.message))
    }
}

/// The type of an endpoint's response: what a caller gets of it.
pub(crate) trait Contents {
    type Content;

    fn take(response: &Response) -> Result<Self::Content, Error>;
}

/// The response to a deletion, of which only the outcome matters: it may have no body, or an
/// envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(input).map(|_| Self)
    }
}

#[cfg(feature = "schema")]
impl DescribeResponse for Nothing {
    fn describe_response(schema: OperationSchema) -> OperationSchema {
        schema
    }
}

/// A response without content. A 204 has no body, whatever bytes follow its head (finding
/// [G-22](crate::contract#g-22)); another success may have none, `null`, or an envelope with a code
/// in it. Anything else, such as a proxy's page, does not show that anything was done.
impl Contents for Nothing {
    type Content = ();

    fn take(response: &Response) -> Result<(), Error> {
        if response.status() == StatusCode::NO_CONTENT || response.body().is_empty() {
            return Ok(());
        }
        let envelope: Option<BareEnvelope> = response.json()?;
        match envelope.and_then(BareEnvelope::failure) {
            Some(vendor) => Err(rejected(response, vendor)),
            None => Ok(()),
        }
    }
}

/// Declares envelopes by the name of what they hold. What the service means if it is absent or
/// `null` follows it; without that, it is then an error.
macro_rules! envelopes {
    ($($name:ident { $field:ident as $wire:literal: $content:ty $(, or $absent:expr)? })+) => {$(
        #[doc = concat!("A response with `", $wire, "`, in its envelope.")]
        #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct $name {
            /// The outcome. Wire: `status`.
            pub status: $crate::envelope::EnvelopeStatus,
            #[doc = concat!("What was asked for. Wire: `", $wire, "`.")]
            #[serde(rename = $wire)]
            pub $field: $content,
        }

        impl $crate::envelope::Contents for $name {
            type Content = $content;

            fn take(
                response: &vendor_client_core::Response,
            ) -> Result<$content, vendor_client_core::Error> {
                let opened = $crate::envelope::open(response, $wire, |envelope: Self| {
                    (envelope.status, envelope.$field)
                })?;
                opened
                    $(.or(Some($absent)))?
                    .ok_or_else(|| response.unexpected(concat!("it has no `", $wire, "`")))
            }
        }
    )+};
}

pub(crate) use envelopes;

/// Takes the member `name` out of its envelope.
///
/// A code other than 0 is a failure, whatever the HTTP status (finding
/// [G-26](crate::contract#g-26)). Alone, it means that nothing was done; beside what was asked for,
/// nobody knows.
pub(crate) fn open<E: DeserializeOwned, C: Apart>(
    response: &Response,
    name: &str,
    parts: impl FnOnce(E) -> (EnvelopeStatus, C),
) -> Result<Option<C>, Error> {
    let (status, content) = match response.json::<E>() {
        Ok(envelope) => {
            let (status, content) = parts(envelope);
            (status, Some(content))
        }
        Err(unreadable) => open_apart(response.body(), name).ok_or(unreadable)?,
    };
    let Some(vendor) = status.failure() else {
        return Ok(content);
    };
    let outcome = match holds(response.body(), name) {
        true => Outcome::Unknown,
        false => Outcome::Rejected,
    };
    Err(response.vendor_failure(vendor, outcome))
}

/// Fails if the response is an envelope with a code other than 0.
pub(crate) fn check(response: &Response) -> Result<(), Error> {
    let members: BTreeMap<String, &RawValue> =
        serde_json::from_slice(response.body()).unwrap_or_default();
    let status = members.get("status").map(|status| read_json(status.get()));
    let Some(Ok(status)) = status else {
        return Ok(());
    };
    let Some(vendor) = EnvelopeStatus::failure(status) else {
        return Ok(());
    };
    let mut others = members.keys().filter(|name| *name != "status");
    let outcome = match others.any(|name| holds(response.body(), name)) {
        true => Outcome::Unknown,
        false => Outcome::Rejected,
    };
    Err(response.vendor_failure(vendor, outcome))
}

/// Opens an envelope that cannot be read as documented: of a failure its status alone, and of a
/// success the elements that can be read, or nothing.
#[cold]
fn open_apart<C: Apart>(body: &[u8], name: &str) -> Option<(EnvelopeStatus, Option<C>)> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    let status: EnvelopeStatus = read_json(members.get("status")?.get()).ok()?;
    let content = match members.get(name) {
        Some(json) if status.code == 0 && json.get() != "null" => Some(C::read_apart(json).ok()?),
        _ => None,
    };
    Some((status, content))
}

/// Whether a body holds something under `name`: not nothing, in any of the service's spellings
/// (finding [G-40](crate::contract#g-40)).
#[cold]
fn holds(body: &[u8], name: &str) -> bool {
    let members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    match members.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Array(elements)) => !elements.is_empty(),
        Some(Value::Object(members)) => !members.is_empty(),
        Some(_) => true,
    }
}

fn rejected(response: &Response, vendor: VendorMessage) -> Error {
    response.vendor_failure(vendor, Outcome::Rejected)
}

/// An envelope of which only the outcome is read.
#[derive(Deserialize)]
struct BareEnvelope {
    status: Option<EnvelopeStatus>,
}

impl BareEnvelope {
    fn failure(self) -> Option<VendorMessage> {
        self.status?.failure()
    }
}

/// The failure that a body reports, if it reports one.
pub(crate) fn failure_inside(body: &[u8]) -> Option<VendorMessage> {
    let envelope: BareEnvelope = read_json(str::from_utf8(body).ok()?).ok()?;
    envelope.failure()
}
