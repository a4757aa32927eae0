//! What the vendor says when a call fails.
//!
//! Docs: `docs/cegid-loop/README.md`, "Error responses".

use serde::Deserialize;
use serde_json::Value;
use vendor_client_core::VendorMessage;

/// Reads the gateway's description of a failure: `{"statusCode": 401, "message": "…"}`.
pub(crate) fn read_failure(body: &[u8]) -> VendorMessage {
    #[derive(Deserialize)]
    struct Failure {
        #[serde(rename = "statusCode", alias = "code")]
        code: Option<Value>,
        message: Option<String>,
    }
    let Ok(failure) = serde_json::from_slice::<Failure>(body) else {
        return VendorMessage::default();
    };
    let code = failure.code.and_then(|code| match code {
        Value::String(code) => Some(code),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    });
    VendorMessage::new(code, failure.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_words_are_read() {
        let failure = read_failure(br#"{ "statusCode": 401, "message": "Access denied" }"#);
        assert_eq!(failure.code.as_deref(), Some("401"));
        assert_eq!(failure.message.as_deref(), Some("Access denied"));
        assert_eq!(read_failure(b"<html>"), VendorMessage::default());
        let no_code = read_failure(br#"{ "code": { "client": "canary" } }"#);
        assert_eq!(no_code, VendorMessage::default());
    }
}
