//! What the service reports about a failure.

use serde::Deserialize;
use vendor_client_core::VendorMessage;

/// Reads the vendor's words from a response that reports a failure. The mission pages show no body
/// of one; success responses have `message`, and so do the errors of the framework that the
/// service is built with.
pub(crate) fn read_failure(body: &[u8]) -> VendorMessage {
    #[derive(Deserialize)]
    struct Failure {
        message: Option<String>,
    }
    let message = serde_json::from_slice::<Failure>(body)
        .ok()
        .and_then(|failure| failure.message);
    VendorMessage::new(None, message)
}
