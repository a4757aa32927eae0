//! A successful response, and reading its body.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::{Attempt, Error, ErrorKind, Outcome, VendorMessage};
use crate::failure::Failure;
use crate::liberal;
use crate::operation::Operation;
use crate::status;

/// What one attempt received: a success, read to its end.
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A response with a success status.
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    operation: &'static Operation,
    /// The attempts before this response came.
    earlier: Vec<Attempt>,
}

impl Response {
    pub(crate) fn new(
        operation: &'static Operation,
        earlier: Vec<Attempt>,
        received: Received,
    ) -> Self {
        let Received {
            status,
            headers,
            body,
        } = received;
        Self {
            status,
            headers,
            body,
            operation,
            earlier,
        }
    }

    /// The status, always a success.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response's headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body: decompressed, without a byte-order mark, and in UTF-8 if it is declared as ISO
    /// 8859-1 or Windows-1252.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    #[cfg(test)]
    pub(crate) fn into_body(self) -> Bytes {
        self.body
    }

    /// The attempts before the one that got this response.
    #[must_use]
    pub fn earlier_attempts(&self) -> &[Attempt] {
        &self.earlier
    }

    /// The vendor's or a gateway's identifier of this exchange, if it sent one.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        status::request_id(&self.headers)
    }

    /// How many times the request was sent again before this response came.
    #[must_use]
    pub fn resend_count(&self) -> usize {
        self.earlier.len()
    }

    /// Reads the body as JSON, regardless of its media type.
    ///
    /// If it isn't quite of this shape, it is read a second time, liberally: a text from a number
    /// or a boolean, a number from its text, an integer from `4.0`, a boolean from `0`, `1`,
    /// `"true"` and `"false"`, a list from null, an optional value that isn't text from `""`, an
    /// enumeration without regard to case, and of two names of one field the first that isn't null.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] if it isn't JSON or isn't of this shape: the JSON path and the reason
    /// are in the error, the body's beginning in [`Error::body_snippet`]. The operation itself
    /// succeeded by its status, so its outcome is [`Outcome::Unknown`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        // Checking the encoding once is faster than checking it string by string, which is for a
        // body that is wrong in a part that nobody reads.
        let decoded = match simdutf8::basic::from_utf8(&self.body) {
            Ok(text) => liberal::read(text),
            Err(_) => serde_json::from_slice(&self.body),
        };
        decoded.map_err(|error| self.not_decoded::<T>(&self.body, &error))
    }

    /// Reads the body as [`json`](Self::json) does, and an empty one, such as that of a 204, as
    /// `null`.
    ///
    /// # Errors
    ///
    /// As for [`json`](Self::json).
    pub fn json_or_null<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match self.body.is_empty() {
            true => serde_json::from_str("null").or_else(|_| self.json()),
            false => self.json(),
        }
    }

    /// Reads a part of the body: `json`, which is at `path` in it.
    ///
    /// If it fails, the error names the part as `what`, which must hold nothing of the response.
    ///
    /// # Errors
    ///
    /// As for [`json`](Self::json).
    pub fn part<T: DeserializeOwned>(
        &self,
        json: &str,
        path: impl fmt::Display,
        what: impl fmt::Display,
    ) -> Result<T, Error> {
        liberal::read_part(json).map_err(|error| {
            let mut failure = Failure::new(ErrorKind::Body, Outcome::Unknown)
                .reason(format!("{what}: {}", describe(&error)));
            failure.json_path = Some(match json_path::<T>(json.as_bytes()) {
                Some(inner) if inner.starts_with('[') => format!("{path}{inner}"),
                Some(inner) => format!("{path}.{inner}"),
                None => path.to_string(),
            });
            self.unreadable(failure)
        })
    }

    /// The error for a success status with a failure inside.
    #[must_use]
    pub fn vendor_failure(&self, vendor: VendorMessage, outcome: Outcome) -> Error {
        let mut failure = Failure::new(ErrorKind::VendorFailure, outcome);
        failure.vendor = vendor;
        self.unreadable(failure)
    }

    /// The error for a success that lacks what the operation promises; `reason` must hold
    /// nothing of the response.
    #[must_use]
    pub fn unexpected(&self, reason: &'static str) -> Error {
        self.unreadable(Failure::new(ErrorKind::Body, Outcome::Unknown).reason(reason))
    }

    /// Finds out why decoding failed. Only here is the body read with its path, which costs more.
    #[cold]
    fn not_decoded<T: DeserializeOwned>(&self, body: &[u8], error: &serde_json::Error) -> Error {
        let mut failure = Failure::new(ErrorKind::Body, Outcome::Unknown);
        // If the text isn't JSON, the path may lead through members that no type knows, and what a
        // vendor calls those is not ours to show.
        if error.is_data() {
            failure.reason = Some(describe(error));
            failure.json_path = json_path::<T>(body);
        } else {
            let reason = self.not_json(body);
            failure.reason = Some(reason.unwrap_or_else(|| describe(error)));
        }
        self.unreadable(failure)
    }

    /// Why a body isn't JSON at all.
    fn not_json(&self, body: &[u8]) -> Option<String> {
        if body.is_empty() {
            return Some("it is empty".to_owned());
        }
        match status::media_type(&self.headers) {
            Some(media_type) if media_type.eq_ignore_ascii_case("text/html") => {
                Some("it is an HTML page, perhaps from a proxy or login portal".to_owned())
            }
            Some(media_type) if !status::is_json(media_type) => {
                Some(format!("its media type is `{media_type}` instead of JSON"))
            }
            _ => unreadable_text(body).map(str::to_owned),
        }
    }

    fn unreadable(&self, mut failure: Failure) -> Error {
        failure.status = Some(self.status);
        failure.snippet = status::snippet(&self.body);
        failure.request_id = status::request_id(&self.headers);
        failure.after(self.operation, self.earlier.clone())
    }
}

/// Shows the status and the size only: headers and body may hold secrets and personal data.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_size", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What is wrong with the text of a body that isn't JSON.
fn unreadable_text(body: &[u8]) -> Option<&'static str> {
    if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
        return Some("it is UTF-16 instead of UTF-8");
    }
    if str::from_utf8(body).is_err() {
        return Some("it is not valid UTF-8");
    }
    if body.trim_ascii_start().starts_with(b"<") {
        return Some("it is an HTML or XML page, perhaps from a proxy or login portal");
    }
    None
}

/// The decoder's reason without the offending value, which its own words quote.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_eof() {
        return format!("it ends too early, at {place}");
    }
    if error.is_syntax() {
        return format!("it is not valid JSON, at {place}");
    }
    if text.starts_with("missing field") || text.starts_with("duplicate field") {
        let what = text.split(" at line ").next().unwrap_or(&text);
        return format!("{what}, at {place}");
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => {
            let expected = expected.split(" at line ").next().unwrap_or(expected);
            format!("expected {expected}, at {place}")
        }
        None => format!("unexpected value, at {place}"),
    }
}

/// Where decoding fails; `None` if it fails at the top.
fn json_path<T: DeserializeOwned>(body: &[u8]) -> Option<String> {
    const MAX_LENGTH: usize = 200;
    let mut json = serde_json::Deserializer::from_slice(body);
    let failure = serde_path_to_error::deserialize::<_, T>(&mut json).err()?;
    let path = failure.path().to_string();
    let is_telling = path != "." && path != "?" && path.len() <= MAX_LENGTH;
    is_telling.then_some(path)
}

#[cfg(test)]
mod tests {
    use http::Method;
    use http::header;
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::operation::Idempotency;

    static CREATE: Operation =
        Operation::new("create", Method::POST, "/x", Idempotency::NotIdempotent);

    #[derive(Debug, Deserialize)]
    struct Rounds {
        rounds: Vec<Round>,
    }

    #[derive(Debug, Deserialize)]
    struct Round {
        #[serde(rename = "hashKey")]
        hash_key: u32,
    }

    fn received(headers: HeaderMap, body: Bytes) -> Response {
        let status = StatusCode::OK;
        let received = Received {
            status,
            headers,
            body,
        };
        Response::new(&CREATE, Vec::new(), received)
    }

    fn response(media_type: Option<&'static str>, body: &'static [u8]) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(media_type) = media_type {
            headers.insert(header::CONTENT_TYPE, media_type.parse().unwrap());
        }
        let body = crate::body::decoded(&headers, Bytes::from_static(body));
        received(headers, body)
    }

    fn refusal(body: &'static [u8]) -> Error {
        response(Some("application/json"), body)
            .json::<Rounds>()
            .unwrap_err()
    }

    #[test]
    fn a_value_of_the_wrong_type_is_named_by_its_path_and_not_shown() {
        let error = refusal(br#"{"rounds":[{"hashKey":1},{"hashKey":"canary, expected canary"}]}"#);
        assert_eq!(error.json_path(), Some("rounds[1].hashKey"));
        assert!(error.to_string().contains("expected u32"), "{error}");
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
        assert!(error.body_snippet().unwrap().contains("canary"));
        assert!(error.may_have_been_applied());
    }

    #[test]
    fn a_member_that_no_type_knows_is_not_shown() {
        for body in [
            &b"{\"canary\":\"\x01\",\"rounds\":[]}"[..],
            b"{\"canary\":[1,{\"canary\":",
            b"{\"canary\":01}",
        ] {
            let error = refusal(body);
            assert_eq!(error.json_path(), None);
            assert!(
                !format!("{error} {error:?}").contains("canary"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = refusal(br#"{"rounds":[{}]}"#);
        assert_eq!(error.json_path(), Some("rounds[0]"));
        assert!(
            error.to_string().contains("missing field `hashKey`"),
            "{error}"
        );
    }

    #[test]
    fn each_kind_of_unreadable_body_is_told_apart() {
        for (body, reason) in [
            (&b""[..], "it is empty"),
            (b"\xef\xbb\xbf", "it is empty"),
            (b"\xff\xfe{\0}\0", "UTF-16"),
            (b"{\"rounds\":\"\xe9t\xe9\"}", "not valid UTF-8"),
            (b"  <html>canary</html>", "HTML"),
            (b"{\"rounds\":[", "ends too early"),
            (b"{\"rounds\":[}]", "not valid JSON"),
            (b"{\"rounds\":[],\"rounds\":[]}", "duplicate field"),
            (b"null", "expected"),
            (b"[1, 2]", "expected"),
        ] {
            let error = refusal(body);
            assert_eq!(error.kind(), ErrorKind::Body);
            assert!(error.to_string().contains(reason), "{error}");
            assert!(!error.to_string().contains("canary"));
        }
    }

    #[test]
    fn json_nested_too_deep_is_an_error() {
        let body: &'static [u8] = "[".repeat(100_000).leak().as_bytes();
        assert_eq!(refusal(body).kind(), ErrorKind::Body);
    }

    #[test]
    fn a_wrong_media_type_explains_a_failure() {
        for (media_type, body, reason) in [
            ("text/html; charset=utf-8", &b"canary"[..], "HTML page"),
            ("application/pdf", b"%PDF", "`application/pdf`"),
            ("application/pdf", b"", "it is empty"),
            ("text/html", b"{}", "missing field `rounds`"),
        ] {
            let response = response(Some(media_type), body);
            let error = response.json::<Rounds>().unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn values_of_a_neighbouring_type_are_read() {
        let body = br#"{"rounds":[{"hashKey":"7"},{"hashKey":7.0}]}"#;
        let list: Rounds = response(None, body).json().unwrap();
        let keys: Vec<u32> = list.rounds.iter().map(|round| round.hash_key).collect();
        assert_eq!(keys, [7, 7]);
        let list: Rounds = response(None, br#"{"rounds":null}"#).json().unwrap();
        assert!(list.rounds.is_empty());
    }

    #[test]
    fn what_the_liberal_reading_refuses_is_told_by_the_strict_one() {
        let error = refusal(br#"{"rounds":[{"hashKey":"7"},{"hashKey":7.5}]}"#);
        assert_eq!(error.json_path(), Some("rounds[0].hashKey"));
        assert!(error.to_string().contains("expected u32"), "{error}");
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        let body = b"\xef\xbb\xbf\"caf\xc3\xa9\"";
        let response = response(Some("application/json"), body);
        assert_eq!(response.json::<String>().unwrap(), "café");
    }

    #[test]
    fn a_declared_latin_charset_is_decoded() {
        for media_type in [
            "application/json;charset=ISO-8859-1",
            "text/plain; q=1; Charset = \"latin1\"",
            "application/json; charset=windows-1252",
        ] {
            let response = response(Some(media_type), b"\"caf\xe9 \x80 \x9cuf\"");
            let text = response.json::<String>();
            assert_eq!(text.unwrap(), "café € œuf", "{media_type}");
        }
        let utf8 = response(Some("application/json;charset=utf-8"), b"\"caf\xe9\"");
        let error = utf8.json::<String>().unwrap_err();
        assert!(error.to_string().contains("not valid UTF-8"), "{error}");
    }

    #[test]
    fn json_is_read_whatever_the_media_type_says() {
        for media_type in [
            None,
            Some("application/json"),
            Some("Application/JSON;charset=utf-8"),
            Some("application/vnd.geo-v3.0+json;charset=UTF-8"),
            Some("application-json"),
            Some("text/json"),
            Some("text/plain"),
            Some("text/html"),
        ] {
            assert!(
                response(media_type, br#"{"rounds":[]}"#)
                    .json::<Rounds>()
                    .is_ok(),
                "{media_type:?}"
            );
        }
    }

    #[test]
    fn debug_shows_neither_headers_nor_body() {
        let response = response(Some("application/canary"), b"canary");
        assert!(!format!("{response:?}").contains("canary"));
    }

    proptest! {
        #![proptest_config(crate::arbitrary())]

        #[test]
        fn any_bytes_are_read_or_are_an_error_that_does_not_show_them(
            start in "(\\{\"rounds\": ?)?(\\[\\{\"hashKey\": ?)?",
            bytes: Vec<u8>,
            media_type in "[ -~]{0,40}",
        ) {
            let body = [start.as_bytes(), b"\"canary\"", &bytes].concat();
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, media_type.parse().unwrap());
            let body = crate::body::decoded(&headers, Bytes::from(body));
            let response = received(headers, body);
            if let Err(error) = response.json::<Rounds>() {
                prop_assert_eq!(error.kind(), ErrorKind::Body);
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains("canary"));
            }
        }
    }
}
