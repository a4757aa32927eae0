//! What an error holds.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::{Attempt, Error, ErrorKind, Line, Outcome, VendorMessage};
use crate::operation::{Idempotency, Operation};
use crate::validate::Violation;

/// Everything an [`Error`] holds, while it is put together.
#[derive(Clone, thiserror::Error)]
#[error("{}", Line(self))]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) outcome: Outcome,
    /// Whether a later attempt may fare better.
    pub(crate) transient: bool,
    /// Whether there was no further attempt only because the client's budget of retries was used up.
    pub(crate) is_out_of_budget: bool,
    /// Whether the response can be the service's own and not that of a gateway in front of it.
    pub(crate) is_from_application: bool,
    /// Whether it refuses the credentials although its status isn't 401.
    pub(crate) refuses_credentials: bool,
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) vendor: VendorMessage,
    pub(crate) request_id: Option<String>,
    /// Whether the status reports an exhausted quota, as 429 does.
    pub(crate) is_quota: bool,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) redirect_host: Option<String>,
    pub(crate) violations: Vec<Violation>,
    /// A reason in our own words, without anything of the request or the response.
    pub(crate) reason: Option<String>,
    pub(crate) json_path: Option<String>,
    pub(crate) snippet: Option<String>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) source: Option<Source>,
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, outcome: Outcome) -> Self {
        Self {
            kind,
            outcome,
            transient: false,
            is_out_of_budget: false,
            is_from_application: false,
            refuses_credentials: false,
            operation: None,
            status: None,
            vendor: VendorMessage::default(),
            request_id: None,
            is_quota: false,
            retry_after: None,
            redirect_host: None,
            violations: Vec::new(),
            reason: None,
            json_path: None,
            snippet: None,
            attempts: Vec::new(),
            source: None,
        }
    }

    pub(crate) fn transient(mut self) -> Self {
        self.transient = true;
        self
    }

    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    pub(crate) fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    pub(crate) fn source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Source(Arc::new(source)));
        self
    }

    /// Whether another attempt may succeed and cannot do harm: the one rule that retries and
    /// [`Error::is_retryable`] share.
    pub(crate) fn may_be_retried(&self, idempotency: Idempotency) -> bool {
        self.transient && (idempotency.is_idempotent() || self.outcome != Outcome::Unknown)
    }

    /// Whether the service turned the request away and says for how long.
    pub(crate) fn asks_for_a_wait(&self) -> bool {
        self.retry_after.is_some() && self.outcome == Outcome::Rejected
    }

    /// This failure as one attempt among others.
    pub(crate) fn as_attempt(&self, waited: Option<Duration>) -> Attempt {
        Attempt {
            kind: self.kind,
            status: self.status,
            outcome: self.outcome,
            is_look_up: false,
            waited,
        }
    }

    /// The failure of the whole call: what is known of the effect is the least certain of all
    /// the attempts.
    pub(crate) fn after(mut self, operation: &'static Operation, earlier: Vec<Attempt>) -> Error {
        let last = self.as_attempt(None);
        self.outcome = earlier
            .iter()
            .map(|attempt| attempt.outcome)
            .fold(self.outcome, Outcome::max);
        self.attempts = earlier;
        self.attempts.push(last);
        self.operation = Some(operation);
        self.into()
    }
}

/// Shows what a log may hold.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.kind)
            .field("outcome", &self.outcome);
        if let Some(operation) = self.operation {
            out.field("operation", &operation.name);
        }
        let mut optional = |name, value: Option<&dyn fmt::Debug>| {
            if let Some(value) = value {
                out.field(name, value);
            }
        };
        optional("status", self.status.as_ref().map(|v| v as _));
        let code = self.vendor.plain_code();
        optional("vendor_code", code.as_ref().map(|v| v as _));
        optional("request_id", self.request_id.as_ref().map(|v| v as _));
        optional("retry_after", self.retry_after.as_ref().map(|v| v as _));
        optional("redirect_host", self.redirect_host.as_ref().map(|v| v as _));
        optional("reason", self.reason.as_ref().map(|v| v as _));
        optional("json_path", self.json_path.as_ref().map(|v| v as _));
        let source = self
            .source
            .as_deref()
            .map(|source| source as &dyn fmt::Debug);
        optional("source", source);
        if !self.violations.is_empty() {
            out.field("violations", &self.violations);
        }
        if !self.attempts.is_empty() {
            out.field("attempts", &self.attempts);
        }
        out.finish_non_exhaustive()
    }
}

/// The cause of a failure. It is shared by the error's clones, and the chain shows the cause
/// itself.
#[derive(Clone)]
pub(crate) struct Source(Arc<dyn StdError + Send + Sync>);

impl Deref for Source {
    type Target = dyn StdError + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}
