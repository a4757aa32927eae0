//! The one error: what was attempted, what the vendor said, whether it may have acted.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::operation::{Idempotency, Operation};
use crate::validate::{Violation, Violations};

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
#[derive(Clone)]
pub struct Error(Arc<Failure>);

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built from what it was given.
    Configuration,
    /// The request breaks documented constraints and was not sent; see [`Error::violations`].
    InvalidRequest,
    /// No connection to the vendor could be made.
    Connect,
    /// The connection broke before the answer was complete.
    Interrupted,
    /// There was no complete answer in time.
    Timeout,
    /// The service asked for a wait that lasts beyond the call's deadline; see
    /// [`Error::retry_after`]. Nothing was sent.
    Throttled,
    /// Logging in failed, so the operation was not sent; the source tells why.
    LogIn,
    /// The vendor answered with a redirect, which is never followed; see
    /// [`Error::redirect_host`].
    Redirect,
    /// The vendor answered with a status that is no success; see [`Error::status`].
    Status,
    /// The vendor answered with a success status and a failure inside.
    VendorFailure,
    /// The answer's body is not what is documented, or is larger than allowed.
    Body,
}

/// What is known of the operation's effect at the vendor's, after all attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// No attempt reached the vendor's application.
    NotSent,
    /// The vendor answered that it did not do it.
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
    /// The status of the answer, where there was one.
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
    /// The vendor's error code, where it has one.
    pub code: Option<String>,
    /// The vendor's words, unaltered.
    pub message: Option<String>,
}

impl VendorMessage {
    /// Puts together what the vendor said.
    #[must_use]
    pub fn new(code: Option<String>, message: Option<String>) -> Self {
        Self { code, message }
    }
}

impl VendorMessage {
    /// The code, where it is one: a word without spaces. Whatever else stands in its place may
    /// hold personal data or break a line of a log.
    fn plain_code(&self) -> Option<&str> {
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

/// Everything an [`Error`] holds, while it is put together.
#[derive(Clone)]
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
    /// A reason in our own words, without anything of the request or the answer.
    pub(crate) reason: Option<String>,
    pub(crate) json_path: Option<String>,
    pub(crate) snippet: Option<String>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) source: Option<Arc<dyn StdError + Send + Sync>>,
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
        self.source = Some(Arc::new(source));
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
        Error(Arc::new(self))
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

    /// The operation that was attempted; `None` where a client could not be built.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The HTTP status of the last answer, where there was one.
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

    /// The error's line with the vendor's words at its end. They may hold personal data: this is
    /// for the eyes of who made the call, not for a log.
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

    /// The identifier that the vendor gave to the request, for its support, where a header has
    /// one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Every attempt that was made, in order, a log-in that failed in the place of one included;
    /// empty where the request was refused before it left or a client could not be built.
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

    /// How long the vendor asks to wait, counted from its answer.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The documented constraints that the request breaks, each by its wire path.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// The host that a refused redirect points to, with its port where it names one.
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
        self.0.source.as_ref()?.downcast_ref()
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

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failure = &*self.0;
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
        f.write_str(self.advice())
    }
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
        ErrorKind::Configuration => f.write_str("the client cannot be built"),
        ErrorKind::InvalidRequest => write_violations(&failure.violations, f),
        ErrorKind::Connect => f.write_str("no connection could be made"),
        ErrorKind::Interrupted => {
            f.write_str("the connection broke before the answer was complete")
        }
        ErrorKind::Timeout => f.write_str("there was no complete answer in time"),
        ErrorKind::Throttled => f.write_str("the service asked to wait beyond the deadline"),
        ErrorKind::LogIn => f.write_str("logging in failed"),
        ErrorKind::Redirect => write_redirect(failure, f),
        ErrorKind::Status | ErrorKind::VendorFailure => write_answer(failure, f),
        ErrorKind::Body => write_body_problem(failure, f),
    }
}

fn write_violations(violations: &[Violation], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("the request is invalid")?;
    for (index, violation) in violations.iter().enumerate() {
        write!(f, "{}{violation}", if index == 0 { ": " } else { "; " })?;
    }
    Ok(())
}

fn write_redirect(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match &failure.redirect_host {
        Some(host) => write!(f, "the vendor redirects to {host}, which is not followed"),
        None => f.write_str("the vendor redirects, which is not followed"),
    }
}

fn write_answer(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match failure.status {
        Some(status) => write!(f, "the vendor answered {status}")?,
        None => f.write_str("the vendor answered")?,
    }
    if failure.kind == ErrorKind::VendorFailure {
        f.write_str(" with a failure inside")?;
    }
    if let Some(code) = failure.vendor.plain_code() {
        write!(f, " (code {code})")?;
    }
    Ok(())
}

fn write_body_problem(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("the answer cannot be read")?;
    if let Some(path) = &failure.json_path {
        write!(f, " at {path}")?;
    }
    Ok(())
}

impl Error {
    /// What the caller can make of it, as the end of the line that `Display` writes.
    fn advice(&self) -> &'static str {
        match (self.0.kind, self.0.outcome) {
            (ErrorKind::Configuration | ErrorKind::InvalidRequest, _) => "",
            (_, Outcome::NotSent) => "; nothing was sent",
            (_, Outcome::Rejected) => "; it had no effect",
            (_, Outcome::Unknown) if self.idempotency().is_idempotent() => "; it is safe to repeat",
            (_, Outcome::Unknown) => "; it may have taken effect, look before repeating it",
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failure = &*self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &failure.kind)
            .field("outcome", &failure.outcome);
        if let Some(operation) = failure.operation {
            out.field("operation", &operation.name);
        }
        let mut optional = |name, value: Option<&dyn fmt::Debug>| {
            if let Some(value) = value {
                out.field(name, value);
            }
        };
        optional("status", failure.status.as_ref().map(|v| v as _));
        let code = failure.vendor.plain_code();
        optional("vendor_code", code.as_ref().map(|v| v as _));
        optional("request_id", failure.request_id.as_ref().map(|v| v as _));
        optional("retry_after", failure.retry_after.as_ref().map(|v| v as _));
        optional(
            "redirect_host",
            failure.redirect_host.as_ref().map(|v| v as _),
        );
        optional("reason", failure.reason.as_ref().map(|v| v as _));
        optional("json_path", failure.json_path.as_ref().map(|v| v as _));
        optional("source", failure.source.as_ref().map(|v| v as _));
        if !failure.violations.is_empty() {
            out.field("violations", &failure.violations);
        }
        if !failure.attempts.is_empty() {
            out.field("attempts", &failure.attempts);
        }
        out.finish_non_exhaustive()
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
