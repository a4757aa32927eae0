//! What a response's status and headers mean.

use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use reqwest::Url;
use serde::de::IgnoredAny;

use crate::error::Outcome;

/// Headers by which gateways and servers name a request, the most telling first.
const REQUEST_ID_HEADERS: [&str; 5] = [
    "x-request-id",
    "request-id",
    "x-ms-request-id",
    "x-correlation-id",
    "traceparent",
];

/// How much of an unreadable body an error keeps, in bytes.
const SNIPPET_SIZE: usize = 1024;

/// How long a text from a header may be to be kept.
const MAX_HEADER_TEXT: usize = 200;

/// What a non-success response says about the effect, and whether a later attempt may fare better.
///
/// A 4xx status means that the request was not carried out, except for 408, which a gateway also
/// sends when the application took too long. A 5xx status never does: with
/// `Retry-After` or without, it may come from a proxy whose application carried the request out. A redirect
/// does if the method must be kept (307, 308); after any other, the request may have been carried
/// out.
pub(crate) fn judge(status: StatusCode) -> (Outcome, bool) {
    match status.as_u16() {
        408 => (Outcome::Unknown, true),
        429 => (Outcome::Rejected, true),
        500 | 502..=504 | 520..=524 | 529 | 530 => (Outcome::Unknown, true),
        307 | 308 | 400..=499 => (Outcome::Rejected, false),
        _ => (Outcome::Unknown, false),
    }
}

/// The identifier that the vendor gave to the request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = REQUEST_ID_HEADERS
        .iter()
        .find_map(|name| headers.get(*name))?;
    let id = id.to_str().ok()?;
    (id.len() <= MAX_HEADER_TEXT).then(|| id.to_owned())
}

/// The host that a redirect points to.
pub(crate) fn redirect_host(from: &Url, headers: &HeaderMap) -> Option<String> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    host_and_port(&from.join(location).ok()?)
}

pub(crate) fn host_and_port(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// The beginning of a body, as text.
pub(crate) fn snippet(body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    let start = &body[..body.len().min(SNIPPET_SIZE)];
    Some(String::from_utf8_lossy(start).into_owned())
}

/// The media type, without parameters; `None` if there is none or it is not a short plain text.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let media_type = value.split(';').next().unwrap_or(value).trim();
    (media_type.len() <= MAX_HEADER_TEXT).then_some(media_type)
}

/// Whether a media type promises JSON: `application/json`, `text/json`, and those that end in
/// `+json` or, as some pages spell it, `-json`, in any case.
pub(crate) fn is_json(media_type: &str) -> bool {
    let Some((before, end)) = media_type.as_bytes().split_last_chunk::<4>() else {
        return false;
    };
    end.eq_ignore_ascii_case(b"json") && matches!(before.last(), Some(b'/' | b'+' | b'-'))
}

/// Whether the media type declares ISO 8859-1 or Windows-1252.
pub(crate) fn is_latin(headers: &HeaderMap) -> bool {
    const LATIN: [&[u8]; 3] = [b"iso-8859-1", b"latin1", b"windows-1252"];
    let media_type = headers.get(header::CONTENT_TYPE);
    let media_type = media_type.map_or(&b""[..], HeaderValue::as_bytes);
    if ends_with(media_type, b"utf-8") || !media_type.contains(&b';') {
        return false;
    }
    let mut parameters = media_type.split(|byte| *byte == b';').skip(1);
    let charset = parameters.find_map(|parameter| {
        let mut parts = parameter.splitn(2, |byte| *byte == b'=');
        let (name, value) = (parts.next()?, parts.next()?);
        let is_charset = name.trim_ascii().eq_ignore_ascii_case(b"charset");
        is_charset.then(|| unquoted(value.trim_ascii()))
    });
    charset.is_some_and(|charset| LATIN.iter().any(|name| charset.eq_ignore_ascii_case(name)))
}

/// Whether a header's value ends with `end`, in any case of letters.
fn ends_with(value: &[u8], end: &[u8]) -> bool {
    let start = value.len().saturating_sub(end.len());
    value[start..].eq_ignore_ascii_case(end)
}

fn unquoted(value: &[u8]) -> &[u8] {
    let inner = value.strip_prefix(b"\"");
    inner
        .and_then(|value| value.strip_suffix(b"\""))
        .unwrap_or(value)
}

/// Whether a response can be that of the application, which speaks JSON or says nothing, and not
/// that of a gateway in front of it, which sends a page or a line of text.
pub(crate) fn can_be_the_applications(headers: &HeaderMap, body: &[u8]) -> bool {
    let is_json = media_type(headers).is_none_or(is_json);
    let body = body.trim_ascii();
    body.is_empty() || (is_json && serde_json::from_slice::<IgnoredAny>(body).is_ok())
}
