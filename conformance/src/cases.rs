//! All cases, as tables.

mod json;
mod network;
mod statuses;

use vendor_client_core::{ErrorKind, Outcome};

use crate::case::{Attempts, Case, Expected, ExpectedError, UNREADABLE};
use crate::http::RawResponse;
use crate::subject::Subject;

/// The cases of a topic.
pub struct Topic {
    pub name: &'static str,
    pub cases: Vec<Case>,
}

/// All topics that are made of cases.
pub fn topics<S: Subject>() -> Vec<Topic> {
    let topic = |name, cases| Topic { name, cases };
    vec![
        topic("Connections and framing", network::cases()),
        topic("Compression", network::compression()),
        topic("Statuses", statuses::cases::<S>()),
        topic("Redirects", statuses::redirects()),
        topic("JSON", json::cases()),
    ]
}

const fn failure(kind: ErrorKind, outcome: Outcome, attempts: Attempts) -> Expected {
    Expected::Error(ExpectedError::new(kind, outcome, attempts))
}

/// The connection broke; nobody knows what the vendor did.
const INTERRUPTED: Expected = failure(
    ErrorKind::Interrupted,
    Outcome::Unknown,
    Attempts::IfIdempotent(4),
);

/// Time ran out. Two attempts of 30 seconds fill a call's minute.
const TIMEOUT: Expected = failure(
    ErrorKind::Timeout,
    Outcome::Unknown,
    Attempts::IfIdempotent(2),
);

/// The response is not one of this operation's.
const BODY: Expected = Expected::Error(UNREADABLE);

/// The vendor's response if it has a body, otherwise some JSON.
fn with_body(response: &RawResponse) -> RawResponse {
    match response.body.is_empty() || response.status == 204 {
        true => RawResponse::json(200, br#"{"canary-member":"canary-response"}"#),
        false => response.clone(),
    }
}
