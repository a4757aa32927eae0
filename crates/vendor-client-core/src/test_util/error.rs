//! Errors as a call would have returned them.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::error::{Error, ErrorKind, Outcome, VendorMessage};
use crate::failure::Failure;
use crate::operation::Operation;
use crate::status;
use crate::validate::Violations;

/// Starts an error of this kind.
///
/// Unless they are set, the outcome and whether the cause is a passing one are what a call would
/// have come to: by the status, or else by the kind.
///
/// ```
/// use vendor_client_core::{ErrorKind, Outcome, StatusCode, test_util};
///
/// let error = test_util::error(ErrorKind::Status)
///     .status(StatusCode::BAD_REQUEST)
///     .vendor("E-7", "unknown vehicle")
///     .build();
/// assert_eq!(error.outcome(), Outcome::Rejected);
/// assert_eq!(error.vendor_message(), Some("unknown vehicle"));
/// ```
pub fn error(kind: ErrorKind) -> ErrorBuilder {
    ErrorBuilder {
        failure: Failure::new(kind, Outcome::Unknown),
        outcome: None,
        transient: None,
        attempts: None,
    }
}

/// Builds an [`Error`] for a test; from [`error`].
#[derive(Clone)]
#[must_use = "nothing is built until `build` is called"]
pub struct ErrorBuilder {
    failure: Failure,
    outcome: Option<Outcome>,
    transient: Option<bool>,
    attempts: Option<usize>,
}

impl ErrorBuilder {
    /// Sets what is known of the effect.
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// Sets the status of the response. A 404 is the service's own and not a gateway's.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.failure.status = Some(status);
        self.failure.is_from_application = true;
        self
    }

    /// Sets whether the cause is a passing one.
    ///
    /// The error is [retryable](Error::is_retryable) if it is, and the operation either had no
    /// effect or is idempotent.
    pub fn transient(mut self, transient: bool) -> Self {
        self.transient = Some(transient);
        self
    }

    /// Sets the operation that was attempted. Without one it counts as not idempotent.
    pub fn operation(mut self, operation: &'static Operation) -> Self {
        self.failure.operation = Some(operation);
        self
    }

    /// Sets the vendor's code and words.
    pub fn vendor(mut self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.failure.vendor = VendorMessage::new(Some(code.into()), Some(message.into()));
        self
    }

    /// Sets the vendor's words alone.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.failure.vendor.message = Some(message.into());
        self
    }

    /// Sets how many attempts were made, each of which failed in the same way. Default: 1, or 0 if
    /// the kind is one of an error before the first attempt.
    pub fn attempts(mut self, number: usize) -> Self {
        self.attempts = Some(number);
        self
    }

    /// Sets how long the vendor asks to wait.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.failure.retry_after = Some(wait);
        self
    }

    /// Sets the identifier that the vendor gave to the request.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.failure.request_id = Some(id.into());
        self
    }

    /// Sets the constraints that the request breaks.
    pub fn violations(mut self, violations: Violations) -> Self {
        self.failure.violations = violations.into_vec();
        self
    }

    /// Sets where in a JSON body a value is missing or not as documented.
    pub fn json_path(mut self, path: impl Into<String>) -> Self {
        self.failure.json_path = Some(path.into());
        self
    }

    /// Sets the cause, such as the error of the log-in that kept a call from being sent.
    pub fn source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.failure = self.failure.source(source);
        self
    }

    /// Builds the error.
    #[must_use]
    pub fn build(self) -> Error {
        let mut failure = self.failure;
        let (outcome, transient) = match failure.status {
            Some(status) if is_of_status(failure.kind) => status::judge(status),
            _ => of_kind(failure.kind),
        };
        failure.outcome = self.outcome.unwrap_or(outcome);
        failure.transient = self.transient.unwrap_or(transient);
        let attempts = self.attempts.unwrap_or(match failure.kind {
            ErrorKind::Configuration | ErrorKind::InvalidRequest => 0,
            _ => 1,
        });
        failure.attempts = vec![failure.as_attempt(None); attempts];
        failure.into()
    }
}

/// Whether the status of the response decides what is known of the effect.
fn is_of_status(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Redirect | ErrorKind::Status)
}

/// What a call comes to if it fails in this way: its outcome, and whether the cause is a passing one.
fn of_kind(kind: ErrorKind) -> (Outcome, bool) {
    match kind {
        ErrorKind::Configuration | ErrorKind::InvalidRequest | ErrorKind::LogIn => {
            (Outcome::NotSent, false)
        }
        ErrorKind::Connect | ErrorKind::Throttled => (Outcome::NotSent, true),
        ErrorKind::Interrupted | ErrorKind::Timeout => (Outcome::Unknown, true),
        ErrorKind::VendorFailure => (Outcome::Rejected, false),
        ErrorKind::Redirect | ErrorKind::Status | ErrorKind::Body => (Outcome::Unknown, false),
    }
}

/// Shows what the error will show.
impl fmt::Debug for ErrorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ErrorBuilder").field(&self.failure).finish()
    }
}
