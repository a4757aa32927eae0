//! A case: what goes wrong, and what the client must make of it.

use std::sync::Arc;
use std::time::Duration;

use vendor_client_core::{ErrorKind, Outcome};

use crate::gateway::{After, Pace, Payload, Wire};
use crate::http::RawResponse;
use crate::subject::{Body, Subjected};

/// One kind of misbehaviour.
#[derive(Clone)]
pub struct Case {
    /// What goes wrong, in a few words.
    pub name: &'static str,
    /// Whether the vendor acts on the request before it goes wrong.
    pub stage: Stage,
    pub connection: Connection,
    pub wire: Wire,
    pub expected: Expected,
    /// How many requests meet it. Default: all.
    pub times: usize,
    /// Whether it moves so much data that it runs with two operations per vendor only.
    pub is_heavy: bool,
    /// How long an attempt and the whole call may take.
    pub limits: Limits,
    /// The status that the error must report.
    pub status: Option<u16>,
    /// The `Retry-After` that the error must report.
    pub retry_after: Option<Duration>,
    /// Whether the error must say that there were too many requests.
    pub is_rate_limited: bool,
    /// The host that the error must name.
    pub redirect_host: Option<&'static str>,
}

/// The time limits of a client.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub attempt: Duration,
    pub call: Duration,
}

impl Default for Limits {
    /// The clients' own: half a minute and a minute.
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(30),
            call: Duration::from_secs(60),
        }
    }
}

/// Whether the vendor acts before it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Never: a response of this kind, or its absence, says that it did not.
    NotActed,
    /// Always: what goes wrong is in the vendor's own response.
    Acted,
    /// Both are tried.
    Both,
}

impl Stage {
    /// Each way in which the case is run: whether the vendor acts first.
    pub fn runs(self) -> &'static [bool] {
        match self {
            Self::NotActed => &[false],
            Self::Acted => &[true],
            Self::Both => &[false, true],
        }
    }
}

/// The state of the client's connection when it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// There is none: the client opens one.
    Fresh,
    /// There is one that has already served calls.
    Reused,
}

/// What a client must make of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Success,
    Error(ExpectedError),
    /// The connection breaks before anything is read. Each attempt may see that while it connects,
    /// so that nothing was sent, or when it writes, so that it does not know.
    BreaksEarly,
    /// The call succeeds, or fails like this.
    SuccessOr(ExpectedError),
    /// The body cannot be read.
    Unreadable,
    /// The body is empty, which is enough for some operations and an error for others.
    Empty,
    /// The body is `null`, likewise.
    Null,
    /// The body is a text or a number, which is a receipt for some operations.
    Scalar,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedError {
    pub kind: ErrorKind,
    pub outcome: Outcome,
    pub attempts: Attempts,
}

/// How many attempts a client makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempts {
    Exactly(usize),
    /// So many if the operation is idempotent, otherwise one.
    IfIdempotent(usize),
    /// One, or two if the vendor has tokens: the second with a new one.
    OnePerToken,
}

impl Expected {
    /// The failures that `operation` may end with, and whether it may succeed.
    pub fn of(self, operation: &Subjected) -> (Vec<ExpectedError>, bool) {
        match (self, operation.body) {
            (Self::Success, _)
            | (Self::Empty, Body::Optional | Body::Nothing)
            | (Self::Null, Body::Optional | Body::Nothing)
            | (Self::Scalar, Body::Optional) => (Vec::new(), true),
            (Self::Error(expected), _) => (vec![expected], false),
            (Self::BreaksEarly, _) => (Vec::new(), false),
            (Self::SuccessOr(failure), _) => (vec![failure], true),
            (Self::Unreadable | Self::Empty | Self::Null | Self::Scalar, _) => {
                (vec![UNREADABLE], false)
            }
        }
    }

    /// The words of the table.
    pub fn in_words(self) -> String {
        match self {
            Self::Success => "success".to_owned(),
            Self::Error(expected) => expected.in_words(),
            Self::BreaksEarly => "`Connect` or `Interrupted`, not sent or unknown".to_owned(),
            Self::SuccessOr(failure) => format!("success; or {}", failure.in_words()),
            Self::Unreadable => UNREADABLE.in_words(),
            Self::Empty | Self::Null | Self::Scalar => {
                format!(
                    "success if that is enough; otherwise {}",
                    UNREADABLE.in_words()
                )
            }
        }
    }
}

/// How a call fails if its response cannot be read.
pub(crate) const UNREADABLE: ExpectedError =
    ExpectedError::new(ErrorKind::Body, Outcome::Unknown, Attempts::Exactly(1));

impl ExpectedError {
    pub const fn new(kind: ErrorKind, outcome: Outcome, attempts: Attempts) -> Self {
        Self {
            kind,
            outcome,
            attempts,
        }
    }

    fn in_words(self) -> String {
        let outcome = match self.outcome {
            Outcome::NotSent => "not sent",
            Outcome::Rejected => "rejected",
            _ => "unknown",
        };
        let attempts = match self.attempts {
            Attempts::Exactly(1) => "1 attempt".to_owned(),
            Attempts::Exactly(attempts) => format!("{attempts} attempts"),
            Attempts::IfIdempotent(attempts) => format!("1 attempt, {attempts} if idempotent"),
            Attempts::OnePerToken => "1 attempt, 2 with a new token".to_owned(),
        };
        format!("`{:?}`, {outcome}, {attempts}", self.kind)
    }
}

impl Attempts {
    /// How many attempts are made of an operation.
    pub fn of(self, operation: &Subjected, has_tokens: bool) -> usize {
        match self {
            Self::Exactly(attempts) => attempts,
            Self::IfIdempotent(attempts) if operation.is_idempotent() => attempts,
            Self::OnePerToken if has_tokens => 2,
            Self::IfIdempotent(_) | Self::OnePerToken => 1,
        }
    }
}

impl Case {
    /// A case in which these bytes follow the request.
    pub fn sending(
        name: &'static str,
        stage: Stage,
        bytes: impl Fn(&RawResponse) -> Vec<u8> + Send + Sync + 'static,
        after: After,
        expected: Expected,
    ) -> Self {
        let payload = Payload {
            bytes: Arc::new(bytes),
            pace: Pace::AtOnce,
            after,
        };
        Self::new(name, stage, Wire::Send(payload), expected)
    }

    /// A case with this misbehaviour.
    pub fn new(name: &'static str, stage: Stage, wire: Wire, expected: Expected) -> Self {
        Self {
            name,
            stage,
            connection: Connection::Fresh,
            wire,
            expected,
            times: usize::MAX,
            is_heavy: false,
            limits: Limits::default(),
            status: None,
            retry_after: None,
            is_rate_limited: false,
            redirect_host: None,
        }
    }

    /// The same on a connection that was used before.
    #[must_use]
    pub fn reused(mut self) -> Self {
        self.connection = Connection::Reused;
        self
    }

    /// The same for the next so many requests only.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// For two operations of a vendor only.
    #[must_use]
    pub fn heavy(mut self) -> Self {
        self.is_heavy = true;
        self
    }

    /// With time limits that end neither an attempt nor the call.
    #[must_use]
    pub fn patient(mut self) -> Self {
        let hour = Duration::from_secs(3600);
        self.limits = Limits {
            attempt: hour,
            call: hour,
        };
        self
    }

    /// At so many bytes per second.
    #[must_use]
    pub fn per_second(mut self, size: usize) -> Self {
        if let Wire::Send(payload) = &mut self.wire {
            payload.pace = Pace::PerSecond(size);
        }
        self
    }

    /// With a status that the error reports.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With a wait that the error reports.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// With an error that says that there were too many requests.
    #[must_use]
    pub fn rate_limited(mut self) -> Self {
        self.is_rate_limited = true;
        self
    }

    /// With a host that the error names.
    #[must_use]
    pub fn redirect_host(mut self, host: &'static str) -> Self {
        self.redirect_host = Some(host);
        self
    }
}
