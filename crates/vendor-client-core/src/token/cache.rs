//! The cache as its callers meet it: settings, the hit, and invalidation.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::Guard;
use http::HeaderValue;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::token::flight::{DynLogIn, Shared};
use crate::token::{LogIn, StoredToken, Token, TokenStore};

/// Keeps one account's token, and logs in when there is none that can be used.
///
/// - Nothing runs until a token is needed, and nothing goes on afterwards.
/// - A hit takes no lock and writes to no memory that threads share.
/// - At most one log-in is in flight. It runs as a task of its own, so a caller that gives up
///   neither stops it nor delays the others, and what it learns is kept.
/// - Shortly before the token's end, one caller logs in while all others use the old token. That
///   caller waits two seconds at most; then it goes on with the old token too.
/// - A failed log-in is shared by all that wait for it and remembered for a while. As long as the
///   old token lives, callers get that instead of the failure.
/// - The end of a token's life is judged by the wall clock, so that a machine that was suspended
///   does not use a dead one; and by the monotonic clock as well, so that a wall clock that is
///   set back does not prolong it.
///
/// Clones share the token. [`get`](Self::get) must be called within a tokio runtime that has its
/// timer enabled.
///
/// ```no_run
/// use std::time::Duration;
/// use vendor_client_core::{Error, LogIn, Token, TokenCache};
///
/// struct Account;
///
/// impl LogIn for Account {
///     async fn log_in(&self) -> Result<Token, Error> {
///         Token::new("what the vendor returned", Duration::from_secs(12 * 3600))
///     }
/// }
///
/// # async fn example() -> Result<(), Error> {
/// let tokens = TokenCache::new(Account);
/// let token = tokens.get().await?;
/// let (header, generation) = (token.header().clone(), token.generation());
/// drop(token);
/// // … send the request with `header`; if the response is 401:
/// tokens.invalidate(generation);
/// let token = tokens.get().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TokenCache {
    pub(super) shared: Arc<Shared>,
}

impl TokenCache {
    /// A cache with the default settings, for this process alone.
    #[must_use]
    pub fn new(log_in: impl LogIn) -> Self {
        Self::builder(log_in).build()
    }

    /// A cache to be configured.
    #[must_use]
    pub fn builder(log_in: impl LogIn) -> TokenCacheBuilder {
        TokenCacheBuilder {
            log_in: Box::new(log_in),
            clock: Arc::new(SystemClock),
            store: None,
            rng: fastrand::Rng::new(),
            settings: Settings::default(),
        }
    }

    /// The current token, after a log-in where there is none.
    ///
    /// The returned future can be dropped at any moment without harm.
    ///
    /// # Errors
    ///
    /// What the log-in failed with, be it this moment or, remembered, shortly before.
    #[inline]
    pub async fn get(&self) -> Result<CurrentToken, Error> {
        if let Some(token) = self.at_hand() {
            return Ok(token);
        }
        let token = Box::pin(self.shared.obtain()).await?;
        Ok(CurrentToken(Guard::from_inner(token)))
    }

    /// The current token, if nothing has to be done for it.
    #[inline]
    pub(crate) fn at_hand(&self) -> Option<CurrentToken> {
        self.shared.fresh().map(CurrentToken)
    }

    /// Gives up the token of `generation`, which the vendor has refused.
    ///
    /// A newer token stays: so of many calls that are refused at once, the first gives the token
    /// up, and the next [`get`](Self::get) of all of them waits for the same log-in. A store
    /// does not bring the refused token back.
    pub fn invalidate(&self, generation: Generation) {
        self.shared.invalidate(generation);
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenCache").field(&self.shared).finish()
    }
}

/// Configures a [`TokenCache`].
pub struct TokenCacheBuilder {
    pub(super) log_in: Box<dyn DynLogIn>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Option<Arc<dyn TokenStore>>,
    pub(super) rng: fastrand::Rng,
    pub(super) settings: Settings,
}

impl TokenCacheBuilder {
    /// How long before a token's end the next one is fetched. Default: 10 minutes, and never
    /// more than a quarter of the token's lifetime.
    ///
    /// Up to half of it is taken off at random, so that processes that share an account do not
    /// all log in at the same moment.
    #[must_use]
    pub fn refresh_ahead(mut self, refresh_ahead: Duration) -> Self {
        self.settings.refresh_ahead = refresh_ahead;
        self
    }

    /// How long a failure that may pass by itself, such as a timeout or a 503, is remembered.
    /// Default: 5 s. If the vendor asks for a longer wait, that is kept, up to
    /// [`refusal_memory`](Self::refusal_memory).
    #[must_use]
    pub fn failure_memory(mut self, failure_memory: Duration) -> Self {
        self.settings.failure_memory = failure_memory;
        self
    }

    /// How long a failure that will not pass by itself, such as a wrong password, is remembered.
    /// Default: 60 s. In that time the log-in is not tried again, lest the
    /// vendor locks the account.
    #[must_use]
    pub fn refusal_memory(mut self, refusal_memory: Duration) -> Self {
        self.settings.refusal_memory = refusal_memory;
        self
    }

    /// How long a log-in may take in all, the store included. Default: 60 s.
    ///
    /// It is the last resort against one that never ends. Each caller's own deadline is apart
    /// from it and usually shorter.
    #[must_use]
    pub fn log_in_limit(mut self, log_in_limit: Duration) -> Self {
        self.settings.log_in_limit = log_in_limit;
        self
    }

    /// The wall clock. Default: the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where processes share the token. Default: nowhere.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// Makes the random part of the refresh time repeatable.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.rng = fastrand::Rng::with_seed(seed);
        self
    }

    /// The cache. Nothing is asked of the vendor or the store yet.
    #[must_use]
    pub fn build(self) -> TokenCache {
        TokenCache {
            shared: Arc::new(Shared::new(self)),
        }
    }
}

impl fmt::Debug for TokenCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCacheBuilder")
            .field("settings", &self.settings)
            .field("clock", &self.clock)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

/// Durations that can be configured; the builder's methods explain them.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) refresh_ahead: Duration,
    pub(super) failure_memory: Duration,
    pub(super) refusal_memory: Duration,
    pub(super) log_in_limit: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            refresh_ahead: Duration::from_secs(10 * 60),
            failure_memory: Duration::from_secs(5),
            refusal_memory: Duration::from_secs(60),
            log_in_limit: Duration::from_secs(60),
        }
    }
}

impl Settings {
    /// How long a log-in is not tried again after it failed with `error`.
    pub(super) fn memory_of(&self, error: &Error) -> Duration {
        if !error.is_retryable() {
            return self.refusal_memory;
        }
        let longest = self.refusal_memory.max(self.failure_memory);
        let asked = error.retry_after().unwrap_or_default();
        asked.clamp(self.failure_memory, longest)
    }
}

/// The token to use now. Keep it no longer than it takes to copy what is needed out of it.
pub struct CurrentToken(Guard<Arc<IssuedToken>>);

impl CurrentToken {
    /// The header value to send, marked sensitive. Cloning it copies no bytes.
    #[must_use]
    pub fn header(&self) -> &HeaderValue {
        self.0.stored.token().header()
    }

    /// The secret itself.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        self.0.stored.token().secret()
    }

    /// Which token it is, for [`TokenCache::invalidate`].
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.0.generation
    }

    /// When it ends, by the wall clock.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.0.expires_at
    }
}

impl fmt::Debug for CurrentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CurrentToken").field(&self.0).finish()
    }
}

/// Which of a cache's tokens is meant: every new one has a higher generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub(super) u64);

/// A token in the cache, with everything that a hit compares made ready.
#[derive(Clone, Debug)]
pub(super) struct IssuedToken {
    pub(super) stored: StoredToken,
    pub(super) generation: Generation,
    /// When one caller has to fetch the next one, by the wall clock.
    fresh_until: SystemTime,
    expires_at: SystemTime,
    /// When it has lived its lifetime, whatever the wall clock shows.
    outlived_at: Instant,
}

impl IssuedToken {
    /// Stands for no token: it is never fresh, and its secret equals no other.
    pub(super) fn none() -> Self {
        Self {
            stored: StoredToken::new(Token::none(), SystemTime::UNIX_EPOCH),
            generation: Generation(0),
            fresh_until: SystemTime::UNIX_EPOCH,
            expires_at: SystemTime::UNIX_EPOCH,
            outlived_at: Instant::now(),
        }
    }

    /// A token that is put to use at `now`, to be replaced `refresh_ahead` of its end.
    pub(super) fn new(
        stored: StoredToken,
        generation: Generation,
        now: SystemTime,
        refresh_ahead: Duration,
    ) -> Self {
        let expires_at = stored.expires_at();
        let used_from = Instant::now();
        Self {
            generation,
            fresh_until: expires_at.checked_sub(refresh_ahead).unwrap_or(expires_at),
            expires_at,
            outlived_at: used_from
                .checked_add(stored.remaining(now))
                .unwrap_or(used_from),
            stored,
        }
    }

    /// The same token, which nobody replaces before `until`.
    pub(super) fn kept_until(&self, until: SystemTime) -> Self {
        Self {
            fresh_until: until.min(self.expires_at),
            ..self.clone()
        }
    }

    /// Whether it can be used, and nobody has to fetch the next one yet.
    #[inline]
    pub(super) fn is_fresh(&self, now: SystemTime) -> bool {
        now < self.fresh_until
    }

    pub(super) fn is_alive(&self, now: SystemTime) -> bool {
        now < self.expires_at && !self.is_outlived()
    }

    pub(super) fn is_outlived(&self) -> bool {
        self.outlived_at <= Instant::now()
    }
}
