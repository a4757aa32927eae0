//! A successful response, and reading its body.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::{Attempt, Error, ErrorKind, Outcome, VendorMessage};
use crate::failure::Failure;
use crate::operation::Operation;
use crate::spellings;
use crate::status;

/// A response with a success status.
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// The call that it answers; set before anybody outside sees it.
    call: Option<(&'static Operation, Vec<Attempt>)>,
}

impl Response {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
            call: None,
        }
    }

    pub(crate) fn of_call(mut self, operation: &'static Operation, earlier: Vec<Attempt>) -> Self {
        self.call = Some((operation, earlier));
        self
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

    /// The body, decompressed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// How often the request was sent again before this answer came.
    #[must_use]
    pub fn resend_count(&self) -> usize {
        self.call.as_ref().map_or(0, |(_, earlier)| earlier.len())
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] where it is no JSON or not of this shape: the JSON path and the reason
    /// are in the error, the body's beginning in [`Error::body_snippet`]. The operation itself
    /// succeeded by its status, so its outcome is [`Outcome::Unknown`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if let Some(reason) = self.wrong_media_type() {
            return Err(
                self.unreadable(Failure::new(ErrorKind::Body, Outcome::Unknown).reason(reason))
            );
        }
        // Checking the encoding once is faster than checking it string by string, which is for a
        // body that is wrong in a part that nobody reads.
        let decoded = match str::from_utf8(&self.body) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&self.body),
        };
        decoded.map_err(|error| self.not_decoded::<T>(&error))
    }

    /// Reads a part of the body: `json`, which is at `path` in it. If an object has several names
    /// of one field, the first that is not null counts.
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
        spellings::read(json).map_err(|error| {
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

    /// The error for a success answer that lacks what the operation promises; `reason` must hold
    /// nothing of the response.
    #[must_use]
    pub fn unexpected(&self, reason: &'static str) -> Error {
        self.unreadable(Failure::new(ErrorKind::Body, Outcome::Unknown).reason(reason))
    }

    fn wrong_media_type(&self) -> Option<String> {
        let media_type = status::media_type(&self.headers)?;
        if status::is_json(media_type) {
            return None;
        }
        if media_type.eq_ignore_ascii_case("text/html") {
            return Some("it is an HTML page, perhaps from a proxy or login portal".to_owned());
        }
        Some(format!("its media type is `{media_type}` instead of JSON"))
    }

    /// Finds out why decoding failed. Only here is the body read with its path, which costs more.
    #[cold]
    fn not_decoded<T: DeserializeOwned>(&self, error: &serde_json::Error) -> Error {
        let mut failure = Failure::new(ErrorKind::Body, Outcome::Unknown);
        failure.reason = Some(match unreadable_text(&self.body) {
            Some(reason) => reason.to_owned(),
            None => describe(error),
        });
        // Where the text is no JSON, the path may lead through members that no type knows, and
        // what a vendor calls those is not ours to show.
        if error.is_data() {
            failure.json_path = json_path::<T>(&self.body);
        }
        self.unreadable(failure)
    }

    fn unreadable(&self, mut failure: Failure) -> Error {
        failure.status = Some(self.status);
        failure.snippet = status::snippet(&self.body);
        failure.request_id = status::request_id(&self.headers);
        match &self.call {
            Some((operation, earlier)) => failure.after(operation, earlier.clone()),
            None => failure.into(),
        }
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

/// Why a body is no JSON text at all.
fn unreadable_text(body: &[u8]) -> Option<&'static str> {
    if body.is_empty() {
        return Some("it is empty");
    }
    if body.starts_with(b"\xef\xbb\xbf")
        || body.starts_with(b"\xff\xfe")
        || body.starts_with(b"\xfe\xff")
    {
        return Some("it begins with a byte-order mark");
    }
    if std::str::from_utf8(body).is_err() {
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

/// Where decoding fails; `None` where it fails at the top.
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
    struct Answer {
        #[expect(dead_code, reason = "only its decoding matters")]
        rounds: Vec<Round>,
    }

    #[derive(Debug, Deserialize)]
    struct Round {
        #[expect(dead_code, reason = "only its decoding matters")]
        #[serde(rename = "hashKey")]
        hash_key: u32,
    }

    fn response(media_type: Option<&'static str>, body: &'static [u8]) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(media_type) = media_type {
            headers.insert(header::CONTENT_TYPE, media_type.parse().unwrap());
        }
        Response::new(StatusCode::OK, headers, Bytes::from_static(body))
            .of_call(&CREATE, Vec::new())
    }

    fn refusal(body: &'static [u8]) -> Error {
        response(Some("application/json"), body)
            .json::<Answer>()
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
            (b"\xef\xbb\xbf{\"rounds\":[]}", "byte-order mark"),
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
    fn a_wrong_media_type_is_named() {
        let html = response(Some("text/html; charset=utf-8"), b"{}")
            .json::<Answer>()
            .unwrap_err();
        assert!(html.to_string().contains("HTML page"));
        let pdf = response(Some("application/pdf"), b"{}")
            .json::<Answer>()
            .unwrap_err();
        assert!(pdf.to_string().contains("`application/pdf`"));
    }

    #[test]
    fn every_spelling_of_json_and_none_at_all_is_read() {
        for media_type in [
            None,
            Some("application/json"),
            Some("Application/JSON;charset=utf-8"),
            Some("application/vnd.geo-v3.0+json;charset=UTF-8"),
            Some("application-json"),
            Some("text/json"),
        ] {
            assert!(
                response(media_type, br#"{"rounds":[]}"#)
                    .json::<Answer>()
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
            let response = Response::new(StatusCode::OK, headers, Bytes::from(body))
                .of_call(&CREATE, Vec::new());
            if let Err(error) = response.json::<Answer>() {
                prop_assert_eq!(error.kind(), ErrorKind::Body);
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains("canary"));
            }
        }
    }
}
