//! What the service reports about a failure.

use serde_json::Value;
use vendor_client_core::VendorMessage;

/// Reads the vendor's code and words from a response that reports a failure.
///
/// The mission pages show no body of one. Other pages have `{"oceanStatus", "message"}`, alone or
/// in a list; the framework that the service is built with writes `{"status", "error", "message"}`
/// or, in newer versions, `{"title", "detail"}`; gateways write `{"statusCode", "message"}` or
/// `{"error": {"code", "message"}}`.
///
/// Docs: [Responses](crate::contract#responses).
pub(crate) fn read_failure(body: &[u8]) -> VendorMessage {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let failure = body.get(0).unwrap_or(&body);
    let inner = &failure["error"];
    let code = ["oceanStatus", "code"].map(|name| &failure[name]);
    let code = code.into_iter().chain([&inner["code"]]).find_map(text);
    let words = ["message", "detail", "title"].map(|name| &failure[name]);
    let words = words.into_iter().chain([&inner["message"], inner]);
    VendorMessage::new(code, words.into_iter().find_map(text))
}

/// A text with something in it, or a number as one.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_words_are_found_in_each_shape() {
        for (body, code, words) in [
            (r#"{"message": "no"}"#, None, Some("no")),
            (
                r#"{"oceanStatus": "badParameters", "message": "no"}"#,
                Some("badParameters"),
                Some("no"),
            ),
            (
                r#"[{"oceanStatus": "badParameters", "message": "no"}]"#,
                Some("badParameters"),
                Some("no"),
            ),
            (
                r#"{"timestamp": 1, "status": 404, "error": "Not Found", "message": "no", "path": "/x"}"#,
                None,
                Some("no"),
            ),
            (
                r#"{"timestamp": 1, "status": 404, "error": "Not Found", "message": "", "path": "/x"}"#,
                None,
                Some("Not Found"),
            ),
            (r#"{"statusCode": 403, "message": "no"}"#, None, Some("no")),
            (
                r#"{"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "no"}"#,
                None,
                Some("no"),
            ),
            (
                r#"{"error": {"code": "E1", "message": "no"}}"#,
                Some("E1"),
                Some("no"),
            ),
            (r#"{"message": null}"#, None, None),
            ("[]", None, None),
            ("<html>no</html>", None, None),
            ("", None, None),
        ] {
            let read = read_failure(body.as_bytes());
            assert_eq!(
                (read.code.as_deref(), read.message.as_deref()),
                (code, words),
                "{body}"
            );
        }
    }
}
