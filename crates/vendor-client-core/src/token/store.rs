//! A place where processes share a token.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use crate::token::Token;

/// How far in the future a token's log-in may lie before it is disbelieved: clocks of machines
/// that share a store differ a little, and are set back a little.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// The future that a [`TokenStore`]'s methods return.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// Keeps one account's token where other processes find it.
///
/// The cache asks it only when it has no good token of its own. A store that fails or hangs
/// never breaks a call: the cache reports the failure as a `tracing` event and logs in by
/// itself. A store is for one account; it must not give out the token of another.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Waits for the sole right to log in. It is held until the [`StoreLock`] is dropped.
    fn lock(&self) -> StoreFuture<'_, StoreLock>;

    /// The token in the store, dead or alive; `None` where there is none that can be used.
    fn load(&self) -> StoreFuture<'_, Option<StoredToken>>;

    /// Puts a token in the place of whatever is there. Called with the lock held.
    fn save(&self, token: StoredToken) -> StoreFuture<'_, ()>;

    /// Removes the token, which the vendor has refused. Called with the lock held.
    fn remove(&self) -> StoreFuture<'_, ()>;
}

/// The sole right to log in, until it is dropped.
pub struct StoreLock {
    _held: Box<dyn Send>,
}

impl StoreLock {
    /// A lock that dropping `held` releases.
    #[must_use]
    pub fn new(held: impl Send + 'static) -> Self {
        Self {
            _held: Box::new(held),
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
