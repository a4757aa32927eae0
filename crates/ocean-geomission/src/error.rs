//! What the service says of a failure.

use serde::Deserialize;
use vendor_client_core::VendorMessage;

/// Reads the words of an answer that reports a failure. No page shows the body of one; the
/// success answers have `message`, and so have the error answers of the framework that the
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
