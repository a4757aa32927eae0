//! The cache as its callers meet it: settings, the hit, and invalidation.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::Guard;
use http::HeaderValue;
use secrecy::SecretString;

use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::runtime;
use crate::token::flight::{Parts, Shared};
use crate::token::issued::{Generation, IssuedToken};
use crate::token::shared_token::SharedToken;
use crate::token::{AccountKey, LogIn, TokenStore};

/// Keeps one account's token, and logs in if it has none that can be used.
///
/// - Nothing runs until a token is needed, and nothing goes on afterwards.
/// - A hit takes no lock and writes to no memory that threads share.
/// - At most one log-in is in flight. It runs as a task of its own, so a caller that gives up
///   neither stops it nor delays the others, and its result is kept. It ends after 60 s at most.
/// - Ten minutes before the token's end (or a quarter of its lifetime, if that is shorter), one
///   caller logs in while all others use the old token. That caller waits two seconds at most;
///   then it goes on with the old token too. Up to half of that time is taken off at random, so
///   that processes which share an account don't all log in at the same moment.
/// - A failed log-in is shared by all that wait for it, and remembered: for 60 s if it won't pass
///   by itself, such as a wrong password, lest the vendor locks the account; otherwise for 5 s, or
///   for as long as the vendor asks, up to 60 s. As long as the old token lives, callers get that
///   instead of the failure.
/// - A token that the vendor refuses is replaced at once. But if the vendor has refused it before
///   it worked for a single call, and its predecessor too, then it is replaced only 5 s after
///   that one was, and the next ones after 10, 20, 40 and 60 s. Until then the calls go on with
///   the refused token. So a service that logs everybody in and then refuses every call isn't
///   flooded with log-ins.
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
        TokenCacheBuilder(Parts {
            log_in: Box::new(log_in),
            clock: Arc::new(SystemClock),
            store: None,
            rng: fastrand::Rng::new(),
        })
    }

    /// The current token, after a log-in if there is none.
    ///
    /// The returned future can be dropped at any moment without harm.
    ///
    /// # Errors
    ///
    /// The failure of the log-in: of this one, or of one that is remembered.
    #[inline]
    pub async fn get(&self) -> Result<CurrentToken, Error> {
        if let Some(token) = self.at_hand() {
            return Ok(token);
        }
        runtime::here(None)?;
        let token = Box::pin(self.shared.obtain()).await?;
        Ok(CurrentToken(Guard::from_inner(token)))
    }

    /// The current token, if nothing has to be done for it.
    #[inline]
    pub(crate) fn at_hand(&self) -> Option<CurrentToken> {
        self.shared.fresh().map(CurrentToken)
    }

    /// Reports that the vendor has accepted the token of `generation`.
    ///
    /// The cache uses this to tell a token that was revoked from one that never worked.
    #[inline]
    pub fn accepted(&self, generation: Generation) {
        self.shared.accepted(generation);
    }

    /// Gives up the token of `generation`, which the vendor has refused. Returns whether there is
    /// or may be a better one, so that the call is worth repeating.
    ///
    /// A newer token stays: so of many calls that are refused at once, the first gives the token
    /// up, and the next [`get`](Self::get) of all of them waits for the same log-in. A store
    /// does not bring the refused token back. A service that refuses one new token after another
    /// is only asked for the next one after a while; until then this returns `false` and changes
    /// nothing.
    pub fn invalidate(&self, generation: Generation) -> bool {
        self.shared.invalidate(generation)
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenCache").field(&self.shared).finish()
    }
}

/// Configures a [`TokenCache`].
pub struct TokenCacheBuilder(Parts);

impl TokenCacheBuilder {
    /// The wall clock. Default: the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.0.clock = clock;
        self
    }

    /// Where processes share the token of `account`. Default: nowhere.
    ///
    /// While another process logs in, this one waits for its token, but no longer than a quarter
    /// of `deadline`, the time limit of a call, and 15 s at most; then it logs in by itself. It
    /// does the same at once if the store fails, or takes more than 5 s for one step.
    #[must_use]
    pub fn store(
        mut self,
        store: Arc<dyn TokenStore>,
        account: AccountKey,
        deadline: Duration,
    ) -> Self {
        self.0.store = Some(SharedToken::new(store, account, deadline));
        self
    }

    /// Makes the random part of the refresh time repeatable.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.rng = fastrand::Rng::with_seed(seed);
        self
    }

    /// The cache. Nothing is asked of the vendor or the store yet.
    #[must_use]
    pub fn build(self) -> TokenCache {
        TokenCache {
            shared: Arc::new(Shared::new(self.0)),
        }
    }
}

impl fmt::Debug for TokenCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCacheBuilder")
            .field("clock", &self.0.clock)
            .field("store", &self.0.store)
            .finish_non_exhaustive()
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

    /// Identifies the token, for [`TokenCache::invalidate`].
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
