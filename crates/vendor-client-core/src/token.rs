//! Tokens: 'log in, get a token that lives so long', done once however many callers need it.
//!
//! A vendor client implements [`LogIn`]; [`TokenCache`] calls it when a token is needed and none
//! is at hand, and keeps what comes back until shortly before its end. A [`TokenStore`], such as
//! [`FileTokenStore`], lets several processes share one token.
//!
//! Reading order: this file, then `token/cache.rs` (what a caller meets), `token/flight.rs` (how
//! one log-in serves many), `token/issued.rs`, `token/shared_token.rs`, `token/store.rs`,
//! `token/stored_failure.rs`, `token/account.rs` and `token/file_store.rs`.

mod account;
mod cache;
#[cfg(test)]
mod cache_tests;
mod file_store;
#[cfg(test)]
mod file_store_tests;
mod flight;
mod issued;
mod shared_token;
mod store;
mod stored_failure;

use std::fmt;
use std::future::Future;
use std::time::Duration;

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Error, ErrorKind, Outcome};
use crate::failure::Failure;

pub use account::AccountKey;
pub use cache::{CurrentToken, TokenCache, TokenCacheBuilder};
pub use file_store::FileTokenStore;
pub use issued::Generation;
pub use store::{StoreFuture, StoreLock, StoredToken, TokenStore};
pub use stored_failure::StoredFailure;

/// No token is believed to live longer than this: a year.
const LONGEST_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// Logs in to a vendor: the one thing that a [`TokenCache`] has to be given.
pub trait LogIn: Send + Sync + 'static {
    /// Logs in and returns the new token.
    ///
    /// The cache never calls this twice at a time, and does not drop it with the call that
    /// needed the token. It should bound and retry itself like any other operation.
    ///
    /// # Errors
    ///
    /// The reason why the log-in failed. The cache remembers it briefly if
    /// [`Error::is_retryable`] holds, otherwise, as for a wrong password, for longer.
    fn log_in(&self) -> impl Future<Output = Result<Token, Error>> + Send;
}

/// What a log-in gives: a secret, and how long the vendor honours it.
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    /// The secret as a header value, made once so that no call has to.
    header: HeaderValue,
    lifetime: Duration,
}

impl Token {
    /// A token that lives for `lifetime`, counted from when its log-in began.
    ///
    /// # Errors
    ///
    /// A secret that is empty, or has characters that no HTTP header can carry, is refused with
    /// the kind [`ErrorKind::Body`].
    pub fn new(secret: impl Into<SecretString>, lifetime: Duration) -> Result<Self, Error> {
        let secret = secret.into();
        let header = sensitive_header(&secret)?;
        Ok(Self {
            secret,
            header,
            lifetime: lifetime.min(LONGEST_LIFETIME),
        })
    }

    /// Stands for no token; its secret equals no other.
    fn none() -> Self {
        Self {
            secret: SecretString::default(),
            header: HeaderValue::from_static(""),
            lifetime: Duration::ZERO,
        }
    }

    /// The secret itself.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// The secret as a header value, marked sensitive.
    #[must_use]
    pub fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// How long the vendor honours it, from the log-in on; at most a year.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    pub(crate) fn has_the_secret_of(&self, other: &Self) -> bool {
        self.secret.expose_secret() == other.secret.expose_secret()
    }
}

/// Shows the lifetime only.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

fn sensitive_header(secret: &SecretString) -> Result<HeaderValue, Error> {
    let text = secret.expose_secret();
    if text.is_empty() {
        return Err(unusable("the token is empty"));
    }
    let mut header = HeaderValue::from_str(text)
        .map_err(|_| unusable("the token has characters that no header can carry"))?;
    header.set_sensitive(true);
    Ok(header)
}

fn unusable(reason: &str) -> Error {
    Failure::new(ErrorKind::Body, Outcome::NotSent)
        .reason(reason)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_token_that_no_header_can_carry_is_refused() {
        for secret in ["", "two\nlines", "nul\0", "é\u{7f}"] {
            let error = Token::new(secret, HOUR).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Body);
            assert!(secret.is_empty() || !format!("{error} {error:?}").contains(secret));
        }
    }

    #[test]
    fn the_header_is_sensitive_and_no_secret_is_printed() {
        let token = Token::new("canary-secret", HOUR).unwrap();
        assert_eq!(token.header().to_str().unwrap(), "canary-secret");
        assert!(token.header().is_sensitive());
        assert!(!format!("{token:?}").contains("canary"));
    }

    #[test]
    fn an_endless_lifetime_is_cut_to_a_year() {
        let token = Token::new("t", Duration::MAX).unwrap();
        assert_eq!(token.lifetime(), LONGEST_LIFETIME);
    }
}
