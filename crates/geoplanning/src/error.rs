//! What the service reports of a failure.

use vendor_client_core::VendorMessage;

use crate::envelope;

/// Reads the code and message of a response with a failure status. The vendor does not document its
/// body (finding [G-26](crate::contract#g-26)).
pub(crate) fn read_failure(body: &[u8]) -> VendorMessage {
    envelope::failure_inside(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_keeps_the_code_and_the_message_that_the_service_gives() {
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
