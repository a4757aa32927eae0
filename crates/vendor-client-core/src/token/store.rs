//! A place where processes share a token.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;

use crate::token::{AccountKey, Token};

/// How far in the future a token's log-in may lie before it is disbelieved: clocks of machines
/// that share a store differ a little, and are set back a little.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// The future that a [`TokenStore`]'s methods return.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// Keeps tokens where other processes find them.
///
/// One store serves any number of accounts, also at different services: each method gets the
/// [`AccountKey`], and a store must never return the token of another account.
///
/// The cache uses the store only if it has no good token of its own. A store that fails or hangs
/// never breaks a call: the cache reports the failure as a `tracing` event and logs in by itself.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Waits for the sole right to log in to the account. It is held until the [`StoreLock`] is
    /// released or dropped.
    ///
    /// The wait needs no bound: the cache gives up after a quarter of a call's deadline. An error
    /// means that the store can't be used, not that somebody else holds the right.
    fn lock<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, StoreLock>;

    /// The account's token in the store, dead or alive; `None` if there is none that can be used.
    fn load<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoredToken>>;

    /// Replaces the account's token. Usually called with the lock held.
    fn save<'a>(&'a self, account: &'a AccountKey, token: &'a StoredToken) -> StoreFuture<'a, ()>;

    /// Removes the account's token, if it is still the one that the service has refused. Usually
    /// called with the lock held.
    fn remove<'a>(&'a self, account: &'a AccountKey, refused: &'a Token) -> StoreFuture<'a, ()>;
}

/// The sole right to log in, until it is released or dropped.
#[must_use = "the right ends when this is dropped"]
pub struct StoreLock {
    release: Option<StoreFuture<'static, ()>>,
    _held: Box<dyn Send>,
}

impl StoreLock {
    /// A lock that dropping `held` releases.
    pub fn new(held: impl Send + 'static) -> Self {
        Self {
            release: None,
            _held: Box::new(held),
        }
    }

    /// A lock that `release` releases: at the latest when this is dropped, in a task of its own.
    pub fn released_by(release: impl Future<Output = io::Result<()>> + Send + 'static) -> Self {
        Self {
            release: Some(Box::pin(release)),
            _held: Box::new(()),
        }
    }

    /// Releases the lock and waits until others can have it.
    ///
    /// # Errors
    ///
    /// Returned as the store reports them.
    pub async fn release(mut self) -> io::Result<()> {
        match self.release.take() {
            Some(release) => release.await,
            None => Ok(()),
        }
    }
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        if let (Some(release), Ok(runtime)) = (self.release.take(), Handle::try_current()) {
            runtime.spawn(release);
        }
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreLock")
    }
}

/// A token, and when its life began by the wall clock.
#[derive(Clone, Debug)]
pub struct StoredToken {
    token: Token,
    obtained_at: SystemTime,
}

impl StoredToken {
    /// A token whose log-in began at `obtained_at`.
    #[must_use]
    pub fn new(token: Token, obtained_at: SystemTime) -> Self {
        Self { token, obtained_at }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// When its log-in began.
    #[must_use]
    pub fn obtained_at(&self) -> SystemTime {
        self.obtained_at
    }

    /// When it ends.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.obtained_at
            .checked_add(self.token.lifetime)
            .unwrap_or(self.obtained_at)
    }

    /// Whether it is alive by the wall clock, and its log-in does not lie in the future.
    pub(crate) fn is_alive(&self, now: SystemTime) -> bool {
        let ahead = self.obtained_at.duration_since(now).unwrap_or_default();
        ahead <= CLOCK_TOLERANCE && now < self.expires_at()
    }

    /// How much of its life is left, never more than all of it.
    pub(crate) fn remaining(&self, now: SystemTime) -> Duration {
        let left = self.expires_at().duration_since(now).unwrap_or_default();
        left.min(self.token.lifetime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_token_lives_from_its_log_in_to_its_end() {
        let start = SystemTime::UNIX_EPOCH + 1000 * HOUR;
        let stored = StoredToken::new(Token::new("t", HOUR).unwrap(), start);
        assert!(stored.is_alive(start));
        assert!(stored.is_alive(start + HOUR - Duration::from_nanos(1)));
        assert!(!stored.is_alive(start + HOUR));
    }

    #[test]
    fn a_token_from_the_future_is_not_believed() {
        let start = SystemTime::UNIX_EPOCH + 1000 * HOUR;
        let stored = StoredToken::new(Token::new("t", HOUR).unwrap(), start);
        assert!(stored.is_alive(start - CLOCK_TOLERANCE));
        assert!(!stored.is_alive(start - CLOCK_TOLERANCE - Duration::from_secs(1)));
        assert_eq!(stored.remaining(start - CLOCK_TOLERANCE), HOUR);
    }
}
