//! A call as a vendor's module sees it, and the response.

use std::collections::BTreeMap;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, TRANSFER_ENCODING,
};
use hyper::http::response;
use hyper::{HeaderMap, StatusCode};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::contract::{Breach, Contract, Incoming, Operation, Route, validate};

/// A request that has found its route, received whole and decoded.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    pub(crate) route: &'static Route,
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// Every breach of the contract in this call.
    pub(crate) fn breaches(&self, contract: &Contract) -> Vec<Breach> {
        let incoming = Incoming::new(&self.path, &self.query, &self.headers, &self.body);
        validate(contract, self.operation, &self.route.name, &incoming)
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type of the body, without its parameters and in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        let whole = self.header(CONTENT_TYPE.as_str())?;
        let essence = whole.split(';').next().unwrap_or_default();
        Some(essence.trim().to_ascii_lowercase())
    }
}

/// The result of a call that a vendor's module has handled.
#[derive(Debug)]
pub(crate) struct Handled {
    pub(crate) response: Response,
    /// Whether the vendor's state has changed.
    pub(crate) took_effect: bool,
}

impl Handled {
    /// The response to a call that changed something.
    pub(crate) fn after_effect(response: Response) -> Self {
        Self {
            response,
            took_effect: true,
        }
    }
}

impl From<Response> for Handled {
    /// The response to a call that changed nothing.
    fn from(response: Response) -> Self {
        Self {
            response,
            took_effect: false,
        }
    }
}

/// An HTTP response: status, headers and body.
///
/// In the remote control's JSON, `headers` is an object (`{"retry-after": "1"}`) or, if a name occurs
/// more than once, a list of pairs (`[["set-cookie", "a"], ["set-cookie", "b"]]`).
///
/// The sandbox adds `Content-Length`. A 204 or 304 with a body is sent with it, against HTTP's
/// rules and as some vendors do, and the connection stays open.
///
/// ```
/// use vendor_sandbox::Response;
///
/// let proxy = Response::new(502)
///     .header("content-type", "text/html")
///     .body("<h1>Bad gateway</h1>");
/// # let _ = proxy;
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Response {
    /// The status, from 200 to 999.
    pub status: u16,
    /// Names and values.
    #[serde(default, deserialize_with = "pairs_or_object")]
    pub headers: Vec<(String, String)>,
    /// The body. In the remote control's JSON it is a string.
    #[serde(default, with = "as_text")]
    pub body: Bytes,
}

impl Response {
    /// A response without headers and body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// A response with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status)
            .header(CONTENT_TYPE.as_str(), "application/json;charset=utf-8")
            .body(body.to_string())
    }

    /// An HTML page, such as a proxy or an application server sends.
    pub fn html(status: u16, page: impl Into<Bytes>) -> Self {
        Self::new(status)
            .header(CONTENT_TYPE.as_str(), "text/html;charset=utf-8")
            .body(page)
    }

    /// A 429, with the text of its `Retry-After` (seconds or a date) if there is one.
    pub fn too_many_requests(retry_after: Option<&str>) -> Self {
        Self::new(429).retry_after(retry_after)
    }

    /// A 503, with the text of its `Retry-After` (seconds or a date) if there is one.
    pub fn service_unavailable(retry_after: Option<&str>) -> Self {
        Self::new(503).retry_after(retry_after)
    }

    /// A redirect to another place.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(status).header(LOCATION.as_str(), location)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    fn retry_after(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.header(RETRY_AFTER.as_str(), text),
            None => self,
        }
    }

    /// This response with its JSON body changed by a merge patch (RFC 7396). A body that is not JSON
    /// counts as null.
    pub(crate) fn amended(self, patch: &Value) -> Self {
        let mut body = serde_json::from_slice(&self.body).unwrap_or_default();
        merge(&mut body, patch);
        self.body(body.to_string())
    }

    /// Whether this has a body although HTTP forbids one.
    pub(crate) fn has_stray_body(&self) -> bool {
        matches!(self.status, 204 | 304) && !self.body.is_empty()
    }

    /// Why this can never be sent, if it cannot.
    pub(crate) fn problem(&self) -> Option<String> {
        if !(200..=999).contains(&self.status) {
            return Some(format!("{} is not a status from 200 to 999", self.status));
        }
        self.headers
            .iter()
            .find_map(|(name, value)| header_problem(name, value))
    }

    /// The response as hyper sends it. One that cannot be sent becomes a 500 that says so.
    pub(crate) fn into_hyper(self) -> hyper::Response<Full<Bytes>> {
        let problem = self.problem();
        let mut builder = response::Builder::new().status(self.status);
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        match (problem, builder.body(Full::new(self.body))) {
            (None, Ok(response)) => response,
            (problem, _) => {
                let reason = problem.unwrap_or_default();
                let text = format!("the planned response cannot be sent: {reason}");
                let mut response = hyper::Response::new(Full::from(text));
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        }
    }

    /// The status line and the headers as written on the wire. `framing` is the header that says
    /// where the body ends.
    pub(crate) fn head(&self, framing: &str) -> Vec<u8> {
        let reason = StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default();
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("{framing}\r\n\r\n"));
        head.into_bytes()
    }
}

/// Why a response cannot have this header, if it cannot.
fn header_problem(name: &str, value: &str) -> Option<String> {
    let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
        return Some(format!("`{name}` is not the name of a header"));
    };
    if HeaderValue::from_str(value).is_err() {
        return Some(format!("header `{name}` has a value that cannot be sent"));
    }
    let is_framing = [CONTENT_LENGTH, TRANSFER_ENCODING].contains(&parsed);
    is_framing.then(|| {
        format!("header `{name}` is the sandbox's own: for a wrong length, plan `truncate_body`")
    })
}

/// A merge patch as RFC 7396 has it.
fn merge(value: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *value = patch.clone();
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Some(members) = value.as_object_mut() else {
        return;
    };
    for (name, change) in changes {
        match change {
            Value::Null => {
                members.remove(name);
            }
            change => merge(members.entry(name.clone()).or_insert(Value::Null), change),
        }
    }
}

/// Headers as a list of pairs or as an object.
fn pairs_or_object<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, String)>, D::Error> {
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "headers must be an object of strings or a list of pairs of strings"
    )]
    enum Headers {
        Pairs(Vec<(String, String)>),
        Object(BTreeMap<String, String>),
    }
    Ok(match Headers::deserialize(from)? {
        Headers::Pairs(pairs) => pairs,
        Headers::Object(object) => object.into_iter().collect(),
    })
}

/// Bytes as a JSON string.
pub(crate) mod as_text {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&String::from_utf8_lossy(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        String::deserialize(from).map(Bytes::from)
    }
}

/// The name-value pairs of a query or of a form body. None if it is not well encoded.
pub(crate) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((
                decode(&name.replace('+', " "))?,
                decode(&value.replace('+', " "))?,
            ))
        })
        .collect()
}

/// Text without its percent-encoding. None if a `%` is not followed by two hexadecimal digits, or
/// if the bytes are not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = tail;
            continue;
        }
        let (digits, tail) = tail.split_at_checked(2)?;
        let [high, low] = [digits[0], digits[1]].map(|digit| char::from(digit).to_digit(16));
        bytes.push(u8::try_from(high? * 16 + low?).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_strictly() {
        let expected = [("a b", "é+c&=d"), ("e", ""), ("", "f")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs("a+b=%C3%A9%2Bc%26=d&e&&=f"), Some(expected.to_vec()));
        assert_eq!(pairs("a=%C3"), None);
        assert_eq!(pairs("a=%4"), None);
        assert_eq!(pairs("a=%+1"), None);
    }

    #[test]
    fn a_response_that_cannot_be_sent_is_a_500() {
        let broken = Response::new(200).header("two words", "x");
        assert_eq!(broken.into_hyper().status(), 500);
        assert_eq!(Response::new(2).into_hyper().status(), 500);
        let lying = Response::new(200).header("Content-Length", "5");
        assert_eq!(lying.into_hyper().status(), 500);
    }
}
