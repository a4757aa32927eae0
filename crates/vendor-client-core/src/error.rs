//! The one error: what was attempted, what the vendor said, whether it may have acted.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::failure::Failure;
use crate::operation::{Idempotency, Operation};
use crate::validate::{self, Violation, Violations};

/// A call that did not succeed, or a client that could not be built.
///
/// It is cheap to clone. Neither `Display` nor `Debug`, here or along the source chain, shows a
/// credential, an identifier, a query, a header, a body or the vendor's own words, any of which
/// may hold personal data; [`vendor_message`](Self::vendor_message) and
/// [`body_snippet`](Self::body_snippet) give the last two to a caller who asks.
///
/// ```
/// # fn record(_: &vendor_client_core::Error) {}
/// # fn advise(error: vendor_client_core::Error) -> &'static str {
/// if error.may_have_been_applied() {
///     return "look whether it happened before doing it again";
/// }
/// if error.is_retryable() {
///     return "try again later";
/// }
/// "mend the request"
/// # }
/// ```
#[derive(Clone, thiserror::Error)]
#[error(transparent)]
pub struct Error(Arc<Failure>);

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client's configuration is invalid, or the client cannot be used where it was called,
    /// which is outside a tokio runtime.
    Configuration,
    /// The request breaks documented constraints and was not sent; see [`Error::violations`].
    InvalidRequest,
    /// The client could not connect to the vendor.
    Connect,
    /// The connection was lost before the response was complete.
    Interrupted,
    /// Time ran out before the response was complete.
    Timeout,
    /// The call's turn comes after its deadline, and nothing was sent: the service asked for a
    /// longer wait ([`Error::retry_after`]), or too many calls are ahead of it at the client's own
    /// [`Pace`](crate::Pace).
    Throttled,
    /// The login failed, so the operation was not sent; the source has the reason.
    LogIn,
    /// The vendor responded with a redirect, which is never followed; see
    /// [`Error::redirect_host`].
    Redirect,
    /// The vendor responded with a non-success status; see [`Error::status`].
    Status,
    /// The vendor responded with a success status and an error in the body.
    VendorFailure,
    /// The response's body is not what is documented, or is larger than allowed.
    Body,
}

impl ErrorKind {
    /// A name of few variants, such as `timeout`, for logs and metrics: OpenTelemetry's
    /// `error.type` of a call without a response.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::InvalidRequest => "invalid_request",
            Self::Connect => "connect",
            Self::Interrupted => "interrupted",
            Self::Timeout => "timeout",
            Self::Throttled => "throttled",
            Self::LogIn => "log_in",
            Self::Redirect => "redirect",
            Self::Status => "status",
            Self::VendorFailure => "vendor_failure",
            Self::Body => "body",
        }
    }
}

/// How far the cause of a failure reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The same call may fare better later.
    Moment,
    /// The same call fails again, but others may not.
    Request,
    /// Every call fails until somebody mends the client's credentials or configuration.
    Everything,
}

/// What is known of the operation's effect at the vendor's, after all attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// No attempt reached the vendor's application.
    NotSent,
    /// The vendor reported that it did not do it.
    Rejected,
    /// It may have happened.
    Unknown,
}

/// One attempt of a call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// What went wrong in this attempt.
    pub kind: ErrorKind,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// What is known of this attempt's effect.
    pub outcome: Outcome,
    /// Whether it was a look for what may have been created, after the creation itself.
    pub is_look_up: bool,
    /// How long the client waited after it before the next one; `None` after the last.
    pub waited: Option<Duration>,
}

/// What the vendor said of a failure, in its own terms.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VendorMessage {
    /// The vendor's error code, if it has one.
    pub code: Option<String>,
    /// The vendor's words, unaltered.
    pub message: Option<String>,
}

impl VendorMessage {
    /// Combines the vendor's code and words.
    #[must_use]
    pub fn new(code: Option<String>, message: Option<String>) -> Self {
        Self { code, message }
    }
}

impl VendorMessage {
    /// The code, if it is one: a word without spaces. Anything else in its place may hold personal
    /// data or break a line of a log.
    pub(crate) fn plain_code(&self) -> Option<&str> {
        const LONGEST: usize = 40;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        let code = self.code.as_deref()?;
        (code.len() <= LONGEST && code.bytes().all(is_plain)).then_some(code)
    }
}

/// Shows the code; the words may hold personal data.
impl fmt::Debug for VendorMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorMessage")
            .field("code", &self.plain_code())
            .finish_non_exhaustive()
    }
}

impl Error {
    /// The client cannot be built; `reason` says what to mend.
    #[must_use]
    pub fn configuration(reason: impl Into<String>) -> Self {
        Failure::new(ErrorKind::Configuration, Outcome::NotSent)
            .reason(reason)
            .into()
    }

    /// The client cannot be built because of `source`.
    pub(crate) fn configuration_from(
        reason: &str,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Failure::new(ErrorKind::Configuration, Outcome::NotSent)
            .reason(reason)
            .source(source)
            .into()
    }

    /// The request breaks constraints and must not be sent.
    #[must_use]
    pub fn invalid_request(operation: &'static Operation, violations: Violations) -> Self {
        let mut failure = Failure::new(ErrorKind::InvalidRequest, Outcome::NotSent);
        failure.violations = violations.into_vec();
        failure.operation = Some(operation);
        failure.into()
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that was attempted; `None` if a client could not be built.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The HTTP status of the last response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The vendor's error code, unaltered.
    #[must_use]
    pub fn vendor_code(&self) -> Option<&str> {
        self.0.vendor.code.as_deref()
    }

    /// The vendor's words, unaltered. They may hold personal data, so log them with care.
    #[must_use]
    pub fn vendor_message(&self) -> Option<&str> {
        self.0.vendor.message.as_deref()
    }

    /// The error's line with the vendor's words at its end. They may hold personal data: show
    /// it to the caller, do not log it.
    ///
    /// ```
    /// # fn show(error: vendor_client_core::Error) {
    /// eprintln!("{}", error.disclosed());
    /// # }
    /// ```
    #[must_use]
    pub fn disclosed(&self) -> impl fmt::Display {
        Disclosed(self)
    }

    /// The identifier that the vendor gave to the request, for its support, if a header has
    /// one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Every attempt that was made, in order, a log-in that failed in the place of one included;
    /// empty if the request was refused before it left or a client could not be built.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// What is known of the operation's effect at the vendor's.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// Whether the operation may have taken effect although it failed: look before repeating it.
    #[must_use]
    pub fn may_have_been_applied(&self) -> bool {
        self.0.outcome == Outcome::Unknown
    }

    /// Whether the same call may succeed later and does no harm when repeated: the cause is a
    /// passing one, and the operation either had no effect or may be repeated.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.may_be_retried(self.idempotency())
    }

    /// Whether an attempt or the whole call ran out of time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout || self.cause().is_some_and(Self::is_timeout)
    }

    /// Whether no connection to the vendor could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect || self.cause().is_some_and(Self::is_connect)
    }

    /// Whether the vendor refused the credentials, at log-in or after a new token: a 401, or what a
    /// vendor has instead of it.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        let refuses = |error: &Self| error.0.refuses_credentials;
        self.has_status(StatusCode::UNAUTHORIZED)
            || refuses(self)
            || self.cause().is_some_and(refuses)
    }

    /// Whether the account may not do this (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.has_status(StatusCode::FORBIDDEN) && !self.0.is_quota
    }

    /// Whether the vendor does not have what was asked for (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::Status && self.has_status(StatusCode::NOT_FOUND)
    }

    /// Whether the vendor wants fewer calls: a 429, or the status by which it reports an exhausted
    /// quota; see [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.0.is_quota || self.has_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the request was refused before it left; see [`violations`](Self::violations).
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        self.0.kind == ErrorKind::InvalidRequest
    }

    /// How long the vendor asks to wait, counted from its response.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The documented constraints that the request breaks, each by its wire path.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// The host that a refused redirect points to, with its port if it names one.
    #[must_use]
    pub fn redirect_host(&self) -> Option<&str> {
        self.0.redirect_host.as_deref()
    }

    /// Where in a JSON body a value is missing or not as documented, such as
    /// `rounds[0].hashKey`.
    #[must_use]
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }

    /// The beginning of a body that could not be read, at most 1 KiB. It may hold personal data,
    /// so log it with care.
    #[must_use]
    pub fn body_snippet(&self) -> Option<&str> {
        self.0.snippet.as_deref()
    }

    /// Whether the service itself reports that it does not have what was asked for: a 404 with a
    /// JSON body or none.
    ///
    /// A 404 with a page or a text is a gateway's, for instance during a redeployment, and says
    /// nothing about the thing.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.is_not_found() && self.0.is_from_application
    }

    /// This error as one that refuses the credentials, for services that say so by another status
    /// than 401.
    #[must_use]
    pub fn into_unauthorized(self) -> Self {
        let mut failure = (*self.0).clone();
        failure.refuses_credentials = true;
        failure.into()
    }

    pub(crate) fn reach(&self) -> Reach {
        match self.0.kind {
            ErrorKind::Configuration => Reach::Everything,
            ErrorKind::LogIn if !self.0.transient => Reach::Everything,
            _ if self.is_unauthorized() => Reach::Everything,
            ErrorKind::InvalidRequest => Reach::Request,
            _ => Reach::Moment,
        }
    }

    /// The error of a look that kept a creation from being sent.
    pub(crate) fn before_sending(&self) -> Self {
        let mut failure = (*self.0).clone();
        failure.outcome = Outcome::NotSent;
        failure.into()
    }

    /// This error with a failed look among its attempts.
    pub(crate) fn with_failed_look(&self, look: &Self) -> Self {
        let mut failure = (*self.0).clone();
        let mut attempt = look.0.as_attempt(None);
        attempt.is_look_up = true;
        failure.attempts.push(attempt);
        failure.into()
    }

    fn has_status(&self, status: StatusCode) -> bool {
        self.0.status == Some(status)
    }

    /// Whether a call that could have been retried was not, because the client and its clones had
    /// used up their [budget of retries](crate::RetryPolicy::budget).
    #[must_use]
    pub fn is_out_of_budget(&self) -> bool {
        self.0.is_out_of_budget
    }

    fn idempotency(&self) -> Idempotency {
        self.operation()
            .map_or(Idempotency::NotIdempotent, |operation| {
                operation.idempotency
            })
    }

    /// The error of the log-in that this one comes from.
    fn cause(&self) -> Option<&Self> {
        self.0.source.as_deref()?.downcast_ref()
    }

    pub(crate) fn failure(&self) -> &Failure {
        &self.0
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self(Arc::new(failure))
    }
}

/// The one line that `Display` writes.
pub(crate) struct Line<'a>(pub(crate) &'a Failure);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(self.0, f)
    }
}

fn write_line(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(operation) = failure.operation {
        write!(f, "{}: ", operation.name)?;
    }
    write_what(failure, f)?;
    if let Some(reason) = &failure.reason {
        write!(f, ": {reason}")?;
    }
    let looks = failure.attempts.iter().filter(|attempt| attempt.is_look_up);
    let looks = looks.count();
    if failure.attempts.len() - looks > 1 {
        write!(f, ", after {} attempts", failure.attempts.len() - looks)?;
    }
    match looks {
        0 => {}
        1 => f.write_str(", and looking it up failed")?,
        looks => write!(f, ", and looking it up failed {looks} times")?,
    }
    if failure.is_out_of_budget {
        f.write_str(", not retried because the client's retry budget is used up")?;
    }
    f.write_str(advice(failure))
}

struct Disclosed<'a>(&'a Error);

impl fmt::Display for Disclosed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        match self.0.vendor_message() {
            Some(message) => write!(f, "; the vendor says: {message}"),
            None => Ok(()),
        }
    }
}

fn write_what(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match failure.kind {
        ErrorKind::Configuration if failure.operation.is_some() => {
            f.write_str("the client cannot make this call")
        }
        ErrorKind::Configuration => f.write_str("invalid client configuration"),
        ErrorKind::InvalidRequest => write_violations(&failure.violations, f),
        ErrorKind::Connect => f.write_str("could not connect"),
        ErrorKind::Interrupted => f.write_str("connection lost before the response was complete"),
        ErrorKind::Timeout => f.write_str("timed out waiting for the response"),
        ErrorKind::Throttled if failure.retry_after.is_some() => {
            f.write_str("the service asked to wait beyond the deadline")
        }
        ErrorKind::Throttled => {
            f.write_str("the client's own pace has no turn before the deadline")
        }
        ErrorKind::LogIn => write_log_in(failure, f),
        ErrorKind::Redirect => write_redirect(failure, f),
        ErrorKind::Status | ErrorKind::VendorFailure => write_response(failure, f),
        ErrorKind::Body => write_body_problem(failure, f),
    }
}

/// A login fails for many reasons; the line names the one that counts.
fn write_log_in(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("login failed")?;
    let cause = failure.source.as_deref();
    let Some(cause) = cause.and_then(|source| source.downcast_ref::<Error>()) else {
        return Ok(());
    };
    if cause.is_unauthorized() {
        return match failure.status {
            Some(status) => write!(
                f,
                ": the service rejected the credentials ({})",
                status.as_u16()
            ),
            None => f.write_str(": the service rejected the credentials"),
        };
    }
    f.write_str(": ")?;
    write_what(&cause.0, f)?;
    match &cause.0.reason {
        Some(reason) => write!(f, ": {reason}"),
        None => Ok(()),
    }
}

fn write_violations(violations: &[Violation], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("invalid request: ")?;
    validate::write_all(violations, f)
}

fn write_redirect(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match &failure.redirect_host {
        Some(host) => write!(f, "refused to follow a redirect to {host}"),
        None => f.write_str("refused to follow a redirect"),
    }
}

fn write_response(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match failure.status {
        // Only a proxy asks for credentials by this one.
        Some(status @ StatusCode::PROXY_AUTHENTICATION_REQUIRED) => {
            write!(f, "the proxy returned {status}")?;
        }
        Some(status) => write!(f, "the vendor returned {status}")?,
        None => f.write_str("the vendor responded")?,
    }
    if failure.kind == ErrorKind::VendorFailure {
        f.write_str(" with an error in the body")?;
    }
    if let Some(code) = failure.vendor.plain_code() {
        write!(f, " (code {code})")?;
    }
    Ok(())
}

fn write_body_problem(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("could not decode the response")?;
    if let Some(path) = &failure.json_path {
        write!(f, " at `{path}`")?;
    }
    Ok(())
}

/// What the caller can make of it, as the end of the line.
fn advice(failure: &Failure) -> &'static str {
    let is_idempotent = failure
        .operation
        .is_some_and(|operation| operation.idempotency.is_idempotent());
    match (failure.kind, failure.outcome) {
        (ErrorKind::InvalidRequest, _) => "",
        (ErrorKind::Configuration, _) if failure.operation.is_none() => "",
        (_, Outcome::NotSent) => "; nothing was sent",
        (_, Outcome::Rejected) => "; it had no effect",
        (_, Outcome::Unknown) if is_idempotent => "; it is safe to retry",
        (_, Outcome::Unknown) => "; it may have taken effect, check before retrying",
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_with(code: &str) -> Error {
        let mut failure = Failure::new(ErrorKind::Status, Outcome::Rejected);
        failure.vendor = VendorMessage::new(Some(code.to_owned()), None);
        failure.into()
    }

    #[test]
    fn a_code_is_shown() {
        for code in ["7", "E-7", "invalid_request", "urn:x:1.2"] {
            let error = refused_with(code);
            assert!(error.to_string().contains(code), "{error}");
            assert!(format!("{error:?}").contains(code), "{error:?}");
        }
    }

    #[test]
    fn a_sentence_in_the_place_of_a_code_is_for_those_who_ask() {
        let long = "canary".repeat(10);
        for code in ["canary of a client", "canary\nline", "canaré", &long] {
            let error = refused_with(code);
            let vendor = &error.failure().vendor;
            let shown = format!("{error} {error:?} {vendor:?}");
            assert!(!shown.contains("canar"), "{shown}");
            assert_eq!(error.vendor_code(), Some(code));
        }
    }
}
