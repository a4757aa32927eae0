//! The envelope that every response comes in, and taking what was asked for out of it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use vendor_client_core::{Error, Outcome, Response, StatusCode, VendorMessage};

/// The outcome, in every response.
///
/// Docs: `docs/geoplanning/envelope.md`, "Type: EnvelopeStatus".
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
pub(crate) struct EnvelopeStatus {
    code: i64,
    #[cfg_attr(feature = "schema", serde(skip_serializing_if = "Option::is_none"))]
    message: Option<String>,
}

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

/// A response without content. A 204 has no body, whatever bytes follow its head (finding G-22);
/// another success may have none, `null`, or an envelope with a code in it. Anything else, such as
/// a proxy's page, does not show that anything was done.
impl Contents for () {
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

/// Declares envelopes by the name of what they hold.
macro_rules! envelopes {
    ($($name:ident { $field:ident as $wire:literal: $content:ty })+) => {$(
        #[derive(serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
        pub(crate) struct $name {
            status: $crate::envelope::EnvelopeStatus,
            #[serde(rename = $wire)]
            $field: $content,
        }

        impl $crate::envelope::Contents for $name {
            type Content = $content;

            fn take(
                response: &vendor_client_core::Response,
            ) -> Result<$content, vendor_client_core::Error> {
                $crate::envelope::open(response, |envelope: Self| (envelope.status, envelope.$field))
            }
        }
    )+};
}

pub(crate) use envelopes;

/// Takes what was asked for out of its envelope.
///
/// A code other than 0 is a failure, whatever the HTTP status (finding G-26). The envelope of a
/// failure need not have the rest, so the code is also looked for in what cannot be read.
pub(crate) fn open<E: DeserializeOwned, C>(
    response: &Response,
    parts: impl FnOnce(E) -> (EnvelopeStatus, C),
) -> Result<C, Error> {
    let envelope = match response.json::<E>() {
        Ok(envelope) => envelope,
        Err(unreadable) => {
            let failure = failure_inside(response.body());
            return Err(failure.map_or(unreadable, |vendor| rejected(response, vendor)));
        }
    };
    let (status, content) = parts(envelope);
    match status.failure() {
        Some(vendor) => Err(rejected(response, vendor)),
        None => Ok(content),
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
    let envelope: BareEnvelope = serde_json::from_slice(body).ok()?;
    envelope.failure()
}
