//! A failed log-in, for other processes to know of.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Outcome, VendorMessage};
use crate::failure::Failure;
use crate::token::store::{at_ms, since_epoch_ms};

/// A log-in that failed, and until when it isn't worth trying again.
#[derive(Clone, Deserialize, Serialize)]
pub struct StoredFailure {
    /// Unix time.
    until_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    is_transient: bool,
    is_quota: bool,
    refuses_credentials: bool,
}

impl StoredFailure {
    /// A log-in that failed with `error` and is not tried again before `until`.
    #[must_use]
    pub fn new(error: &Error, until: SystemTime) -> Self {
        let failure = error.failure();
        Self {
            until_ms: since_epoch_ms(until),
            status: failure.status.map(|status| status.as_u16()),
            code: failure.vendor.code.clone(),
            message: failure.vendor.message.clone(),
            is_transient: error.is_retryable(),
            is_quota: failure.is_quota,
            refuses_credentials: failure.refuses_credentials,
        }
    }

    /// When the log-in is tried again, by the wall clock.
    #[must_use]
    pub fn until(&self) -> SystemTime {
        at_ms(self.until_ms).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// The failure as an error, with the status and the vendor's own words.
    #[must_use]
    pub fn error(&self) -> Error {
        let kind = match self.status {
            Some(_) => ErrorKind::Status,
            None => ErrorKind::LogIn,
        };
        let mut failure = Failure::new(kind, Outcome::Rejected)
            .reason("another process of the same account failed to log in shortly before");
        failure.transient = self.is_transient;
        failure.status = self
            .status
            .and_then(|status| StatusCode::from_u16(status).ok());
        failure.vendor = VendorMessage::new(self.code.clone(), self.message.clone());
        failure.is_quota = self.is_quota;
        failure.refuses_credentials = self.refuses_credentials;
        failure.into()
    }

    /// The failure as JSON, for a store to keep. It contains the vendor's words, which may name the
    /// account.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Text and numbers can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A failure from its JSON, if it's one.
    #[must_use]
    pub fn from_json(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// How long the log-in still is not worth trying; `None` if it is.
    pub(super) fn remaining(&self, now: SystemTime, longest: Duration) -> Option<Duration> {
        let remaining = self.until().duration_since(now).ok()?;
        (!remaining.is_zero()).then(|| remaining.min(longest))
    }
}

/// Hides the vendor's words.
impl fmt::Debug for StoredFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredFailure")
            .field("until_ms", &self.until_ms)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_comes_back_with_what_callers_ask_of_it() {
        let mut failure =
            Failure::new(ErrorKind::Status, Outcome::Rejected).status(StatusCode::UNAUTHORIZED);
        failure.vendor = VendorMessage::new(Some("E7".into()), Some("canary".into()));
        let until = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let stored = StoredFailure::new(&failure.into(), until);
        assert!(!format!("{stored:?}").contains("canary"));
        let stored = StoredFailure::from_json(stored.to_json().as_bytes()).unwrap();
        assert_eq!(stored.until(), until);
        let error = stored.error();
        assert!(error.is_unauthorized() && !error.is_retryable());
        assert_eq!(error.vendor_code(), Some("E7"));
        assert_eq!(error.vendor_message(), Some("canary"));
    }

    #[test]
    fn a_clock_that_is_wrong_keeps_nobody_from_logging_in() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let minute = Duration::from_secs(60);
        let remaining = |until| {
            let error = Error::configuration("a failure like any other");
            StoredFailure::new(&error, until).remaining(now, minute)
        };
        assert_eq!(remaining(now + minute / 2), Some(minute / 2));
        assert_eq!(remaining(now + 1000 * minute), Some(minute));
        assert_eq!(remaining(now), None);
        assert_eq!(remaining(now - minute), None);
    }
}
