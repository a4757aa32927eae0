//! One request, built so that no value can change where it goes.

use std::fmt;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use serde::Serialize;
use std::time::Duration;

use crate::base_url::BaseUrl;
use crate::error::Error;
use crate::operation::Operation;
use crate::validate::{Validate, Violations};

/// Everything but the characters that never need encoding in a URL (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The size up to which a JSON body is written without growing its buffer.
const EXPECTED_BODY: usize = 1024;

/// A request of one operation, made by [`Transport::request_to`](crate::Transport::request_to).
///
/// Values that cannot be encoded or break a constraint are refused, all at once, when the request
/// is sent.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    pub(crate) operation: &'static Operation,
    /// Where it goes. Path and query are set on what the base URL was parsed to, so that nothing
    /// in them can lead to another origin.
    pub(crate) url: Url,
    /// The path, the base URL's own included, as far as it is written.
    path: String,
    /// The part of the operation's template that is not yet in `path`; empty once the path is
    /// complete.
    template: &'static str,
    /// In the order in which they were set; of one name, the last counts.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) deadline: Option<Duration>,
    pub(crate) correlation_id: Option<String>,
    violations: Violations,
}

impl Request {
    pub(crate) fn new(operation: &'static Operation, base: &BaseUrl) -> Self {
        let prefix = base.path();
        let mut path = String::with_capacity(prefix.len() + operation.template.len() + 32);
        path.push_str(prefix);
        let mut request = Self {
            operation,
            url: base.url().clone(),
            path,
            template: operation.template,
            headers: Vec::new(),
            body: Bytes::new(),
            deadline: None,
            correlation_id: None,
            violations: Violations::new(),
        };
        request.complete_path();
        request
    }

    /// Puts `value` into the path at the template's next `{name}`.
    ///
    /// It is encoded as one segment. A value that no encoding can keep in its segment, which is an
    /// empty one, `.` or `..`, is refused.
    pub fn path(mut self, value: impl fmt::Display) -> Self {
        let Some((literal, (name, rest))) = next_parameter(self.template) else {
            self.violations
                .add("path", "has no parameter left for a value");
            return self;
        };
        let value = value.to_string();
        if matches!(value.as_str(), "" | "." | "..") {
            self.violations
                .add(name, "must be neither empty nor `.` nor `..`");
        }
        self.path.push_str(literal);
        self.path.extend(utf8_percent_encode(&value, RESERVED));
        self.template = rest;
        self.complete_path();
        self
    }

    /// Sets the path once it has all of its values.
    fn complete_path(&mut self) {
        if next_parameter(self.template).is_some() {
            return;
        }
        self.path.push_str(std::mem::take(&mut self.template));
        if !self.path.is_empty() {
            self.url.set_path(&self.path);
        }
    }

    /// Adds the fields of `parameters` to the query string, form-encoded; absent ones are left
    /// out.
    pub fn query(mut self, parameters: &impl Serialize) -> Self {
        let is_written = parameters
            .serialize(serde_urlencoded::Serializer::new(
                &mut self.url.query_pairs_mut(),
            ))
            .is_ok();
        if !is_written {
            self.cannot_write("query", "cannot be written as a query");
        }
        if self.url.query() == Some("") {
            self.url.set_query(None);
        }
        self
    }

    /// Sends `value` as a JSON body.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        let mut body = Vec::with_capacity(EXPECTED_BODY);
        match serde_json::to_writer(&mut body, value) {
            Ok(()) => self.body = Bytes::from(body),
            Err(_) => self.cannot_write("body", "cannot be written as JSON"),
        }
        self.header(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )
    }

    /// Sends `value` as a form-encoded body.
    pub fn form(mut self, value: &impl Serialize) -> Self {
        match serde_urlencoded::to_string(value) {
            Ok(body) => self.body = Bytes::from(body),
            Err(_) => self.cannot_write("body", "cannot be written as a form"),
        }
        self.header(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        )
    }

    /// Sets a header of this request. Headers of the service win over it.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Bounds this call, instead of the client's overall deadline.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Names this call for the client's own [`Observer`](crate::Observer), so that what it is told
    /// can be brought together with what the program does. It is not sent.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.correlation_id = Some(id.into());
        self
    }

    /// Checks the documented constraints of `value`; violations are refused when the request is
    /// sent. Validate before writing: a value that cannot be written for a known reason is then
    /// reported by that reason alone.
    pub fn validate(mut self, value: &impl Validate) -> Self {
        value.validate(&mut self.violations);
        self
    }

    /// A violation that is known already is the reason, and says more.
    fn cannot_write(&mut self, place: &str, rule: &str) {
        if self.violations.is_empty() {
            self.violations.add(place, rule);
        }
    }

    /// Refuses what breaks a constraint.
    pub(crate) fn finish(mut self) -> Result<Self, Error> {
        if let Some((_, (name, _))) = next_parameter(self.template) {
            self.violations.add(name, "is missing from the path");
        }
        if self.violations.is_empty() {
            return Ok(self);
        }
        Err(Error::invalid_request(self.operation, self.violations))
    }
}

/// What a path template has before its first parameter, then that parameter's name and the rest.
fn next_parameter(template: &str) -> Option<(&str, (&str, &str))> {
    let (literal, rest) = template.split_once('{')?;
    Some((literal, rest.split_once('}')?))
}

/// Shows the operation only: path, query, headers and body hold identifiers and personal data.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use proptest::prelude::*;

    use super::*;
    use crate::operation::Idempotency;

    static BY_FOREIGN_ID: Operation = Operation::new(
        "get_by_foreign_id",
        Method::GET,
        "/customers/ref/{ref}/notes",
        Idempotency::Idempotent,
    );
    static SEARCH: Operation =
        Operation::new("search", Method::GET, "/search", Idempotency::Idempotent);

    fn request(operation: &'static Operation) -> Request {
        Request::new(operation, &BaseUrl::parse("https://h/base", false).unwrap())
    }

    fn url(request: Request) -> Url {
        request.finish().unwrap().url
    }

    #[test]
    fn a_value_stays_in_its_path_segment_whatever_it_holds() {
        for value in [
            "../x", "a/b", "a?b=c", "a#b", "a&b", "%2f", "%2e%2e", "a;b", "é", "a b", "a+b",
            "a\\b", "\r\n", "\u{2028}", "//h2/",
        ] {
            let url = url(request(&BY_FOREIGN_ID).path(value));
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            assert_eq!(url.host_str(), Some("h"), "{value}");
            assert_eq!(segments.len(), 5, "{value}: {url}");
            let decoded = percent_encoding::percent_decode_str(segments[3])
                .decode_utf8()
                .unwrap();
            assert_eq!(decoded, value);
            assert_eq!((segments[0], segments[4]), ("base", "notes"));
            assert_eq!((url.query(), url.fragment()), (None, None));
        }
    }

    proptest! {
        #![proptest_config(crate::arbitrary())]

        #[test]
        fn any_path_value_stays_in_its_segment_or_is_refused(value: String) {
            let request = request(&BY_FOREIGN_ID).path(&value).finish();
            prop_assert_eq!(request.is_err(), matches!(value.as_str(), "" | "." | ".."));
            if let Ok(request) = request {
                let segments: Vec<_> = request.url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 5);
                let decoded = percent_encoding::percent_decode_str(segments[3]).decode_utf8();
                prop_assert_eq!(decoded.unwrap(), value);
                prop_assert_eq!(request.url.host_str(), Some("h"));
                prop_assert_eq!((request.url.query(), request.url.fragment()), (None, None));
            }
        }

        #[test]
        fn any_query_is_read_back_as_it_was_meant(
            given in prop::collection::vec(any::<(String, String)>(), 0..5),
        ) {
            let url = url(request(&SEARCH).query(&given));
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs, given);
            prop_assert_eq!((url.path(), url.fragment()), ("/base/search", None));
        }
    }

    #[test]
    fn a_segment_that_a_url_would_swallow_is_refused() {
        for value in ["", ".", ".."] {
            let error = request(&BY_FOREIGN_ID).path(value).finish().unwrap_err();
            assert_eq!(error.violations()[0].path, "ref");
        }
    }

    #[test]
    fn a_path_parameter_that_is_missing_or_too_many_is_refused() {
        let missing = request(&BY_FOREIGN_ID).finish().unwrap_err();
        assert_eq!(missing.violations()[0].path, "ref");
        let too_many = request(&SEARCH).path(1).finish().unwrap_err();
        assert!(too_many.to_string().contains("no parameter left"));
    }

    #[test]
    fn a_brace_that_opens_no_parameter_is_part_of_the_path() {
        static ODD: Operation =
            Operation::new("odd", Method::GET, "/odd{path", Idempotency::Idempotent);
        assert_eq!(url(request(&ODD)).path(), "/base/odd%7Bpath");
    }

    #[test]
    fn a_query_value_cannot_add_a_parameter() {
        #[derive(Serialize)]
        struct Search<'a> {
            name: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            limit: Option<u32>,
        }
        for value in ["a&b=c", "a=b", "#x", "?", "é +%2B", "a\r\nb", ""] {
            let parameters = Search {
                name: value,
                limit: None,
            };
            let url = url(request(&SEARCH).query(&parameters));
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            assert_eq!(pairs, [("name".to_owned(), value.to_owned())]);
            assert_eq!((url.path(), url.fragment()), ("/base/search", None));
        }
    }

    #[test]
    fn what_cannot_be_written_is_reported_once_and_by_its_own_path_if_that_is_known() {
        struct Unwritable;
        impl Serialize for Unwritable {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("a reason"))
            }
        }
        impl Validate for Unwritable {
            fn validate(&self, violations: &mut Violations) {
                violations.add("duration", "must be a whole number of minutes");
            }
        }
        let paths = |request: Request| {
            let error = request.finish().err().unwrap();
            let paths = error.violations().iter().map(|found| found.path.clone());
            paths.collect::<Vec<_>>()
        };
        assert_eq!(paths(request(&SEARCH).json(&Unwritable)), ["body"]);
        assert_eq!(paths(request(&SEARCH).form(&Unwritable)), ["body"]);
        assert_eq!(paths(request(&SEARCH).query(&Unwritable)), ["query"]);
        let validated = request(&SEARCH).validate(&Unwritable);
        assert_eq!(
            paths(validated.query(&Unwritable).json(&Unwritable)),
            ["duration"]
        );
    }

    #[test]
    fn an_empty_query_leaves_no_question_mark() {
        let none: [(&str, &str); 0] = [];
        let url = url(request(&SEARCH).query(&none));
        assert_eq!(url.as_str(), "https://h/base/search");
    }

    #[test]
    fn queries_add_up() {
        let request = request(&SEARCH).query(&[("a", "1")]);
        let url = url(request.query(&[("b", "2")]));
        assert_eq!(url.as_str(), "https://h/base/search?a=1&b=2");
    }

    #[test]
    fn debug_shows_nothing_of_the_request_but_its_operation() {
        let request = request(&BY_FOREIGN_ID)
            .path("canary-reference")
            .query(&[("name", "canary-name")])
            .json(&"canary-body");
        assert!(!format!("{request:?}").contains("canary"));
    }
}
