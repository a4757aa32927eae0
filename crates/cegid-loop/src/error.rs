//! What the vendor says when a call fails.
//!
//! Docs: [Error responses](crate::contract#error-responses).

use serde_json::Value;
use vendor_client_core::{Error, Outcome, Response, VendorMessage};

/// Reads the code and the words of a failure.
///
/// The gateway sends `{"statusCode": 401, "message": "…"}`, an import that is refused
/// `{"error": {"instanceId": "…", "message": "…"}}`; a server behind them may send
/// `{"error": {"code": "…", "message": "…"}}` or `{"title": "…", "status": 500, "detail": "…"}`.
pub(crate) fn read_failure(body: &[u8]) -> VendorMessage {
    let Ok(failure) = serde_json::from_slice::<Value>(body) else {
        return VendorMessage::default();
    };
    let error = &failure["error"];
    let places = match error {
        Value::Object(_) => [error, &failure],
        _ => [&failure, error],
    };
    let code = first(&places, &["statusCode", "code", "status"], code);
    let message = first(&places, &["message", "detail", "title", "error"], words);
    VendorMessage::new(code, message)
}

/// Whether the body of a success holds an `error`, as that of an import which is refused.
pub(crate) fn is_refusal(body: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Refusal {
        error: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Refusal>(body).is_ok_and(|refusal| refusal.error.is_some())
}

/// The error for a success with an `error` inside.
pub(crate) fn refused(response: &Response) -> Error {
    response.vendor_failure(read_failure(response.body()), Outcome::Rejected)
}

/// What is at the first of the names that holds something.
fn first(places: &[&Value], names: &[&str], read: fn(&Value) -> Option<String>) -> Option<String> {
    let members = places
        .iter()
        .flat_map(|place| names.iter().filter_map(|name| place.get(*name)));
    members.filter_map(read).next()
}

fn code(value: &Value) -> Option<String> {
    match value {
        Value::Number(code) => Some(code.to_string()),
        _ => words(value),
    }
}

fn words(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
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
