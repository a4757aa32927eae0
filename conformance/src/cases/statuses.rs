//! Responses that are no success, and redirects.

use std::time::{Duration, SystemTime};

use vendor_client_core::{ErrorKind, Outcome};
use vendor_sandbox::Clock;

use super::failure;
use crate::case::Stage::{Both, NotActed};
use crate::case::{Attempts, Case, Expected, Stage};
use crate::gateway::After;
use crate::http::RawResponse;
use crate::subject::Subject;

const WORDS: &str = r#"{"message": "canary-words", "status": {"code": 7, "message": "canary"}}"#;

/// The vendor says no, for good.
const REFUSED: Expected = failure(ErrorKind::Status, Outcome::Rejected, Attempts::Exactly(1));

/// The vendor says not now.
const PUT_OFF: Expected = failure(ErrorKind::Status, Outcome::Rejected, Attempts::Exactly(4));

/// The vendor failed; nobody knows when.
const FAILED: Expected = failure(
    ErrorKind::Status,
    Outcome::Unknown,
    Attempts::IfIdempotent(4),
);

/// A status of which nothing is known.
const STRANGE: Expected = failure(ErrorKind::Status, Outcome::Unknown, Attempts::Exactly(1));

fn status(name: &'static str, status: u16, stage: Stage, expected: Expected) -> Case {
    let bytes = move |_: &RawResponse| RawResponse::json(status, WORDS).bytes();
    response(name, stage, status, bytes, expected)
}

/// The same with a `Retry-After`.
fn later(
    name: &'static str,
    status: u16,
    stage: Stage,
    expected: Expected,
    wait: impl Into<String>,
) -> Case {
    let wait = wait.into();
    let bytes = move |_: &RawResponse| {
        let response = RawResponse::json(status, WORDS);
        response.header("retry-after", &wait).bytes()
    };
    response(name, stage, status, bytes, expected)
}

fn response(
    name: &'static str,
    stage: Stage,
    status: u16,
    bytes: impl Fn(&RawResponse) -> Vec<u8> + Send + Sync + 'static,
    expected: Expected,
) -> Case {
    let case = Case::sending(name, stage, bytes, After::KeepAlive, expected).status(status);
    match status {
        429 => case.rate_limited(),
        _ => case,
    }
}

/// A date so many seconds from now, by the sandbox's clock.
fn date(seconds: u64) -> String {
    let start: SystemTime = Clock::START.into();
    httpdate::fmt_http_date(start + Duration::from_secs(seconds))
}

pub(super) fn cases<S: Subject>() -> Vec<Case> {
    let mut cases = statuses();
    if let Some(status) = S::QUOTA_STATUS {
        let name = "the status of an exhausted quota, `Retry-After` of 7 seconds";
        cases.push(later(name, status, NotActed, PUT_OFF, "7").rate_limited());
    }
    if S::FAILURE_INSIDE.is_some() {
        let refused = failure(
            ErrorKind::VendorFailure,
            Outcome::Rejected,
            Attempts::Exactly(1),
        );
        let inside =
            |_: &RawResponse| RawResponse::json(200, S::FAILURE_INSIDE.unwrap_or_default()).bytes();
        cases.push(response(
            "200 with a failure inside",
            NotActed,
            200,
            inside,
            refused,
        ));
    }
    cases
}

fn statuses() -> Vec<Case> {
    let unauthorized = failure(ErrorKind::Status, Outcome::Rejected, Attempts::OnePerToken);
    let three = failure(ErrorKind::Status, Outcome::Rejected, Attempts::Exactly(3));
    vec![
        status("400", 400, NotActed, REFUSED),
        status("401", 401, NotActed, unauthorized),
        status("403", 403, NotActed, REFUSED),
        status("404", 404, NotActed, REFUSED),
        status("405", 405, NotActed, REFUSED),
        status("408", 408, Both, FAILED),
        status("409", 409, NotActed, REFUSED),
        status("413", 413, NotActed, REFUSED),
        status("415", 415, NotActed, REFUSED),
        status("422", 422, NotActed, REFUSED),
        Case::sending(
            "422 whose body breaks off",
            NotActed,
            |_| RawResponse::json(422, WORDS).head("HTTP/1.1", "content-length: 999\r\n"),
            After::Close,
            REFUSED,
        )
        .status(422),
        status("429", 429, NotActed, PUT_OFF),
        later(
            "429, `Retry-After` of 7 seconds",
            429,
            NotActed,
            PUT_OFF,
            "7",
        )
        .retry_after(Duration::from_secs(7)),
        later(
            "429, `Retry-After` of 25 seconds",
            429,
            NotActed,
            three,
            "25",
        ),
        later(
            "429, `Retry-After` with a date",
            429,
            NotActed,
            PUT_OFF,
            date(7),
        )
        .retry_after(Duration::from_secs(7)),
        later(
            "429, `Retry-After` with a past date",
            429,
            NotActed,
            PUT_OFF,
            "Sun, 06 Nov 1994 08:49:37 GMT",
        )
        .retry_after(Duration::ZERO),
        later(
            "429, `Retry-After` of 10²⁰ seconds",
            429,
            NotActed,
            REFUSED,
            "99999999999999999999",
        )
        .retry_after(Duration::from_secs(u64::MAX)),
        later(
            "429, `Retry-After` in the year 9999",
            429,
            NotActed,
            REFUSED,
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ),
        later(
            "429, `Retry-After` that is nonsense",
            429,
            NotActed,
            PUT_OFF,
            "canary",
        ),
        status("429 once", 429, NotActed, Expected::Success).times(1),
        status("500", 500, Both, FAILED),
        response(
            "502 with an HTML page",
            Both,
            502,
            |_| html(502).bytes(),
            FAILED,
        ),
        status("503", 503, Both, FAILED),
        later("503, `Retry-After` of 7 seconds", 503, Both, FAILED, "7"),
        later("503, `Retry-After` of an hour", 503, Both, STRANGE, "3600")
            .retry_after(Duration::from_secs(3600)),
        status("504", 504, Both, FAILED),
        response(
            "500 with no body",
            Both,
            500,
            |_| RawResponse::new(500, "").bytes(),
            FAILED,
        ),
        status("501", 501, Both, STRANGE),
        status("520", 520, Both, FAILED),
        status("524", 524, Both, FAILED),
        status("529", 529, Both, FAILED),
        status("530", 530, Both, FAILED),
        status("599", 599, Both, STRANGE),
        status("999", 999, Both, STRANGE),
        Case::sending(
            "200 with an HTML page",
            Both,
            |_| html(200).bytes(),
            After::KeepAlive,
            Expected::Unreadable,
        ),
    ]
}

fn html(status: u16) -> RawResponse {
    RawResponse::new(status, "<html><body>canary-page</body></html>")
        .header("content-type", "text/html")
}

/// Not followed, and nobody knows whether the vendor acted: 301 and 302 are also said afterwards.
const REDIRECTED: Expected = failure(ErrorKind::Redirect, Outcome::Unknown, Attempts::Exactly(1));

/// Not followed, and the vendor has not acted: the method was to be kept.
const SENT_ON: Expected = failure(ErrorKind::Redirect, Outcome::Rejected, Attempts::Exactly(1));

fn redirect(
    name: &'static str,
    status: u16,
    stage: Stage,
    expected: Expected,
    location: &'static str,
) -> Case {
    let bytes = move |_: &RawResponse| {
        let response = RawResponse::json(status, WORDS);
        response.header("location", location).bytes()
    };
    response(name, stage, status, bytes, expected)
}

/// Another host on loopback, where nobody listens: a redirect that is followed fails otherwise.
const ELSEWHERE: &str = "http://127.0.0.2:9";

/// The same with all that a URL can hold.
const LADEN: &str = "http://canary-user:canary-password@127.0.0.2:9/canary?canary=canary#canary";

pub(super) fn redirects() -> Vec<Case> {
    vec![
        redirect(
            "301 to the same host",
            301,
            Both,
            REDIRECTED,
            "/canary?canary",
        ),
        redirect("301 to another host", 301, Both, REDIRECTED, ELSEWHERE)
            .redirect_host("127.0.0.2:9"),
        redirect("302 to the same host", 302, Both, REDIRECTED, "/canary"),
        redirect("302 to another host", 302, Both, REDIRECTED, LADEN).redirect_host("127.0.0.2:9"),
        redirect(
            "302 to another scheme",
            302,
            Both,
            REDIRECTED,
            "https://127.0.0.2:9/canary",
        )
        .redirect_host("127.0.0.2:9"),
        redirect("302 to a file", 302, Both, REDIRECTED, "file:///etc/canary"),
        redirect("302 to nowhere", 302, Both, REDIRECTED, "http://[canary"),
        redirect("303 to another host", 303, Both, REDIRECTED, ELSEWHERE)
            .redirect_host("127.0.0.2:9"),
        redirect("304", 304, Both, REDIRECTED, ""),
        redirect("307 to the same host", 307, NotActed, SENT_ON, "/canary"),
        redirect("307 to another host", 307, NotActed, SENT_ON, LADEN).redirect_host("127.0.0.2:9"),
        redirect(
            "307 to another scheme",
            307,
            NotActed,
            SENT_ON,
            "https://127.0.0.2:9/canary",
        )
        .redirect_host("127.0.0.2:9"),
        redirect("308 to the same host", 308, NotActed, SENT_ON, "/canary"),
        redirect("308 to another host", 308, NotActed, SENT_ON, ELSEWHERE)
            .redirect_host("127.0.0.2:9"),
        redirect(
            "308 to another scheme",
            308,
            NotActed,
            SENT_ON,
            "ftp://127.0.0.2/canary",
        )
        .redirect_host("127.0.0.2"),
    ]
}
