//! A place where processes share a token.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::token::{AccountKey, StoredFailure, Token};

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
    /// Takes the sole right to log in to the account, and keeps it until the [`StoreLock`] is
    /// released or dropped.
    ///
    /// `None` if another process has the right: the cache then asks again, for at most a quarter of
    /// a call's deadline or 15 s, and meanwhile looks for that process's token. An error means that the
    /// store can't be used.
    fn try_lock<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoreLock>>;

    /// The account's token in the store, dead or alive; `None` if there is none that can be used.
    fn load<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoredToken>>;

    /// Replaces the account's token. Usually called with the lock held.
    fn save<'a>(&'a self, account: &'a AccountKey, token: &'a StoredToken) -> StoreFuture<'a, ()>;

    /// Removes the account's token, if it is still the one that the service has refused. Usually
    /// called with the lock held.
    fn remove<'a>(&'a self, account: &'a AccountKey, refused: &'a Token) -> StoreFuture<'a, ()>;

    /// The account's last failed log-in, over or not. Default: `None`.
    fn load_failure<'a>(
        &'a self,
        account: &'a AccountKey,
    ) -> StoreFuture<'a, Option<StoredFailure>> {
        let _ = account;
        Box::pin(async { Ok(None) })
    }

    /// Keeps a failed log-in, so that other processes don't try it again in vain and an account with
    /// a wrong password isn't locked. Default: does nothing, so that each process tries for itself.
    fn save_failure<'a>(
        &'a self,
        account: &'a AccountKey,
        failure: &'a StoredFailure,
    ) -> StoreFuture<'a, ()> {
        let _ = (account, failure);
        Box::pin(async { Ok(()) })
    }
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

    /// The token as JSON, for a store to keep. It contains the secret.
    #[must_use]
    pub fn to_json(&self) -> String {
        let kept = Kept {
            token: self.token.secret().expose_secret().into(),
            obtained_at_ms: since_epoch_ms(self.obtained_at),
            lifetime_ms: milliseconds(self.token.lifetime),
        };
        // Text and numbers can always be written.
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// A token from its JSON; `None` if no log-in can have led to it.
    #[must_use]
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let kept: Kept<'_> = serde_json::from_slice(json).ok()?;
        let lifetime = Duration::from_millis(kept.lifetime_ms);
        let token = Token::new(kept.token.into_owned(), lifetime).ok()?;
        Some(Self::new(token, at_ms(kept.obtained_at_ms)?))
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

/// A token's JSON. It has no `Debug`: it holds the secret.
#[derive(Deserialize, Serialize)]
struct Kept<'a> {
    token: Cow<'a, str>,
    /// Unix time.
    obtained_at_ms: u64,
    lifetime_ms: u64,
}

pub(super) fn since_epoch_ms(time: SystemTime) -> u64 {
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH);
    milliseconds(since_epoch.unwrap_or_default())
}

pub(super) fn at_ms(since_epoch: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(since_epoch))
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
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
        assert!(stored.is_alive(start + HOUR - Duration::from_millis(1)));
        assert!(!stored.is_alive(start + HOUR));
    }

    #[test]
    fn a_token_is_read_from_its_json_and_from_nothing_else() {
        let start = SystemTime::UNIX_EPOCH + 1000 * HOUR;
        let json = StoredToken::new(Token::new("t\"", HOUR).unwrap(), start).to_json();
        let stored = StoredToken::from_json(json.as_bytes()).unwrap();
        assert_eq!(stored.token().secret().expose_secret(), "t\"");
        assert_eq!(stored.token().lifetime(), HOUR);
        assert_eq!(stored.obtained_at(), start);
        for length in 0..json.len() {
            assert!(StoredToken::from_json(&json.as_bytes()[..length]).is_none());
        }
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
