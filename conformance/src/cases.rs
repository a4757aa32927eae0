//! All cases, as tables.

mod json;
mod network;
mod statuses;

use vendor_client_core::{ErrorKind, Outcome};

use crate::case::{Attempts, Case, Expected, Failure, UNREADABLE};
use crate::http::Answer;
use crate::subject::Subject;

/// The cases of a topic.
pub struct Topic {
    /// Its name.
    pub name: &'static str,
    /// Its cases.
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
    Expected::Failure(Failure::new(kind, outcome, attempts))
}

/// The connection broke; nobody knows what the vendor did.
const INTERRUPTED: Expected = failure(
    ErrorKind::Interrupted,
    Outcome::Unknown,
    Attempts::WhereSafe(4),
);

/// Time ran out. Two attempts of 30 seconds fill the minute that a call has.
const TIMEOUT: Expected = failure(ErrorKind::Timeout, Outcome::Unknown, Attempts::WhereSafe(2));

/// The answer is no answer of this operation.
const BODY: Expected = Expected::Failure(UNREADABLE);

/// The vendor's answer where it has a body, otherwise some JSON.
fn with_body(answer: &Answer) -> Answer {
    match answer.body.is_empty() || answer.status == 204 {
        true => Answer::json(200, br#"{"canary-member":"canary-answer"}"#),
        false => answer.clone(),
    }
}
