//! What the service says of a failure, and the envelope that every answer comes in.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use vendor_client_core::{Error, Outcome, Response, StatusCode, VendorMessage};

/// The outcome, in every answer.
///
/// Docs: `docs/geoplanning/types.md`, "Type: EnvelopeStatus".
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
pub(crate) struct EnvelopeStatus {
    code: i64,
    #[cfg_attr(feature = "schema", serde(skip_serializing_if = "Option::is_none"))]
    message: Option<String>,
}

impl EnvelopeStatus {
    /// What the service says, where it says that it failed.
    fn failure(self) -> Option<VendorMessage> {
        (self.code != 0).then(|| VendorMessage::new(Some(self.code.to_string()), self.message))
    }
}

/// An answer: its outcome, and what was asked for under a name of its own.
pub(crate) trait Answer: DeserializeOwned {
    type Content;

    fn open(self) -> (EnvelopeStatus, Self::Content);
}

/// Declares answers by the name of what they hold.
macro_rules! answers {
    ($($name:ident { $field:ident as $wire:literal: $content:ty })+) => {$(
        #[derive(serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(serde::Serialize, schemars::JsonSchema))]
        pub(crate) struct $name {
            status: $crate::error::EnvelopeStatus,
            #[serde(rename = $wire)]
            $field: $content,
        }

        impl $crate::error::Answer for $name {
            type Content = $content;

            fn open(self) -> ($crate::error::EnvelopeStatus, $content) {
                (self.status, self.$field)
            }
        }
    )+};
}

pub(crate) use answers;

/// Takes what was asked for out of an answer.
///
/// A code other than 0 is a failure, whatever the HTTP status (finding G-26). What was asked for
/// is then not to be expected, so the code is looked for in whatever cannot be read, too.
pub(crate) fn open<A: Answer>(response: &Response) -> Result<A::Content, Error> {
    let answer = match response.json::<A>() {
        Ok(answer) => answer,
        Err(unreadable) => {
            let failure = failure_inside(response.body());
            return Err(failure.map_or(unreadable, |vendor| rejected(response, vendor)));
        }
    };
    let (status, content) = answer.open();
    match status.failure() {
        Some(vendor) => Err(rejected(response, vendor)),
        None => Ok(content),
    }
}

/// Checks an answer that has nothing to say. A 204 has no body, whatever bytes follow its head
/// (finding G-22); another success may have none, `null`, or an envelope with a code in it. What
/// is none of these, such as a proxy's page, does not tell that anything was done.
pub(crate) fn check_done(response: &Response) -> Result<(), Error> {
    if response.status() == StatusCode::NO_CONTENT || response.body().is_empty() {
        return Ok(());
    }
    let envelope: Option<DoneEnvelope> = response.json()?;
    match envelope.and_then(|envelope| envelope.status?.failure()) {
        Some(vendor) => Err(rejected(response, vendor)),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
struct DoneEnvelope {
    status: Option<EnvelopeStatus>,
}

fn rejected(response: &Response, vendor: VendorMessage) -> Error {
    response.vendor_failure(vendor, Outcome::Rejected)
}

#[derive(Deserialize)]
struct Envelope {
    status: EnvelopeStatus,
}

/// What an answer says of its failure, where it says that it is one.
fn failure_inside(body: &[u8]) -> Option<VendorMessage> {
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    envelope.status.failure()
}

/// Reads the words of an answer whose HTTP status says that it failed. What its body looks like
/// is not documented (finding G-26).
pub(crate) fn read_failure(body: &[u8]) -> VendorMessage {
    failure_inside(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_and_the_words_are_read_where_they_are_there() {
        let vendor = read_failure(br#"{"status":{"code":7,"message":"no such round"}}"#);
        assert_eq!(vendor.code.as_deref(), Some("7"));
        assert_eq!(vendor.message.as_deref(), Some("no such round"));
        let silent = read_failure(br#"{"status":{"code":-1},"round":null}"#);
        assert_eq!((silent.code.as_deref(), silent.message), (Some("-1"), None));
    }

    #[test]
    fn an_undocumented_failure_is_survived() {
        for body in [
            &b""[..],
            b"null",
            b"{}",
            b"<html>",
            br#"{"status":404,"error":"Not Found"}"#,
            br#"{"status":{"code":0}}"#,
        ] {
            assert!(read_failure(body) == VendorMessage::default());
        }
    }
}
