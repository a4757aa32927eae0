//! One log-in for many callers.
//!
//! A *flight* is one log-in under way. It runs as a task of its own, bounded in time; callers only
//! wait for it to land. So none of them can stop it or hold it up by being dropped or by not being
//! polled, and what it brings is kept even when all of them have gone.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::{ArcSwap, Guard};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::Instrument as _;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Outcome};
use crate::failure::Failure;
use crate::runtime;
use crate::token::issued::{Generation, IssuedToken};
use crate::token::shared_token::{SharedToken, Turn, Visit};
use crate::token::{LogIn, StoredFailure, StoredToken, Token};

/// How long the caller that fetches the next token waits for it while the old one still lives.
const REFRESH_PATIENCE: Duration = Duration::from_secs(2);

/// How long before a token's end the next one is fetched, and never more than a quarter of the
/// token's lifetime.
const REFRESH_AHEAD: Duration = Duration::from_secs(10 * 60);

/// How long a log-in may take in all, the store included: the last resort against one that never
/// ends. Each caller's own deadline is apart from it and usually shorter.
const LOG_IN_LIMIT: Duration = Duration::from_secs(60);

/// How long a failure that may pass by itself, such as a timeout or a 503, is remembered. It's also
/// the first pause between two tokens that the vendor refuses.
const FAILURE_MEMORY: Duration = Duration::from_secs(5);

/// How long a failure that won't pass by itself, such as a wrong password, is remembered. It's also
/// the longest wait that a vendor can ask for, and the longest pause between two tokens that the
/// vendor refuses.
const REFUSAL_MEMORY: Duration = Duration::from_secs(60);

/// How long after its limit a flight that has not landed is given up for lost.
const GRACE: Duration = Duration::from_secs(1);

/// How long to wait before looking again for what another process brings; twice as long each time,
/// up to the second.
const LOOKS: (Duration, Duration) = (Duration::from_millis(25), Duration::from_millis(200));

/// How often a caller waits anew after a flight was lost: with its runtime, or by a panic.
const TRIES: usize = 3;

/// What a cache is made from.
pub(super) struct Parts {
    pub(super) log_in: Box<dyn DynLogIn>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Option<SharedToken>,
    /// For the random part of the refresh time.
    pub(super) rng: fastrand::Rng,
}

/// What all clones of a cache and its flights share.
pub(super) struct Shared {
    /// The token, or [`IssuedToken::none`]. Written only with `state` locked.
    current: ArcSwap<IssuedToken>,
    /// The last second of the wall clock in which the token's age was verified.
    verified_second: AtomicU64,
    /// The highest generation that the vendor has accepted.
    accepted: AtomicU64,
    /// Off the path of a hit, and never locked across an `await`.
    state: Mutex<State>,
    log_in: Box<dyn DynLogIn>,
    clock: Arc<dyn Clock>,
    store: Option<SharedToken>,
}

struct State {
    generation: u64,
    flights: u64,
    flight: Option<Flight>,
    failure: Option<RememberedFailure>,
    /// The last token that the vendor refused: a store must not bring it back.
    refused: Option<Token>,
    disappointments: Disappointments,
    rng: fastrand::Rng,
}

/// Tokens in a row that the vendor refused before it had accepted them once.
#[derive(Default)]
struct Disappointments {
    in_a_row: u32,
    /// The generation of the last one.
    last: u64,
    /// When the next one may be replaced.
    paused_until: Option<Instant>,
}

#[derive(Clone)]
struct RememberedFailure {
    error: Error,
    until: Instant,
}

/// What a flight brings, before it has landed.
type Fetched = Result<StoredToken, RememberedFailure>;

type Landing = Result<Arc<IssuedToken>, Error>;

/// What a caller that found no fresh token does next.
enum Next {
    Use(Arc<IssuedToken>),
    Await(Flight),
    Refresh(Flight, Arc<IssuedToken>),
}

// The hit, and invalidation.
impl Shared {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            current: ArcSwap::from_pointee(IssuedToken::none()),
            verified_second: AtomicU64::new(u64::MAX),
            accepted: AtomicU64::new(0),
            state: Mutex::new(State {
                generation: 0,
                flights: 0,
                flight: None,
                failure: None,
                refused: None,
                disappointments: Disappointments::default(),
                rng: parts.rng,
            }),
            log_in: parts.log_in,
            clock: parts.clock,
            store: parts.store,
        }
    }

    /// The hit: a token that can be used and need not be replaced yet.
    #[inline]
    pub(super) fn fresh(&self) -> Option<Guard<Arc<IssuedToken>>> {
        let current = self.current.load();
        let now = self.clock.now();
        let fresh = current.is_fresh(now) && self.age_is_verified(&current, now);
        fresh.then_some(current)
    }

    /// Whether the token is younger than its lifetime, although a wall clock that was set back
    /// may say so wrongly. Reading a second clock costs as much as all the rest of a hit, so this
    /// looks once in every second of the wall clock.
    #[inline]
    fn age_is_verified(&self, token: &IssuedToken, now: SystemTime) -> bool {
        let second = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        if self.verified_second.load(Ordering::Relaxed) == second {
            return true;
        }
        if token.is_outlived() {
            return false;
        }
        self.verified_second.store(second, Ordering::Relaxed);
        true
    }

    #[inline]
    pub(super) fn accepted(&self, generation: Generation) {
        if self.accepted.load(Ordering::Relaxed) < generation.0 {
            self.accepted.fetch_max(generation.0, Ordering::Relaxed);
        }
    }

    pub(super) fn invalidate(&self, generation: Generation) -> bool {
        let mut state = self.lock();
        let current = self.current.load();
        if current.generation != generation {
            return true;
        }
        let accepted = self.accepted.load(Ordering::Relaxed);
        if !state.disappointments.may_replace(generation.0, accepted) {
            return false;
        }
        state.refused = Some(current.stored.token().clone());
        self.current.store(Arc::new(IssuedToken::none()));
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// What a caller does that found no fresh token.
impl Shared {
    pub(super) async fn obtain(self: &Arc<Self>) -> Landing {
        for _ in 0..TRIES {
            match self.next()? {
                Next::Use(token) => return Ok(token),
                Next::Await(mut flight) => {
                    if let Some(landing) = flight.landing().await {
                        return landing;
                    }
                }
                Next::Refresh(mut flight, old) => {
                    if let Ok(Some(Ok(new))) = timeout(REFRESH_PATIENCE, flight.landing()).await {
                        return Ok(new);
                    }
                    if old.is_alive(self.clock.now()) {
                        return Ok(old);
                    }
                }
            }
        }
        Err(flight_failure("the log-in was broken off"))
    }

    fn next(self: &Arc<Self>) -> Result<Next, Error> {
        let mut state = self.lock();
        let now = self.clock.now();
        let current = self.current.load_full();
        let alive = current.is_alive(now);
        if alive && current.is_fresh(now) {
            return Ok(Next::Use(current));
        }
        if let Some(flight) = state.flight.as_ref().filter(|flight| !flight.is_lost()) {
            return Ok(if alive {
                Next::Use(current)
            } else {
                Next::Await(flight.clone())
            });
        }
        if let Some(error) = state.remembered_failure() {
            return if alive {
                Ok(Next::Use(current))
            } else {
                Err(error)
            };
        }
        let flight = self.take_off(&mut state)?;
        if !alive {
            return Ok(Next::Await(flight));
        }
        // From here on everybody else hits the old token again.
        self.keep(&current, now, LOG_IN_LIMIT);
        Ok(Next::Refresh(flight, current))
    }

    /// Starts the one log-in.
    fn take_off(self: &Arc<Self>, state: &mut State) -> Result<Flight, Error> {
        let runtime = runtime::here(None)?;
        let (sender, receiver) = watch::channel(None);
        state.flights += 1;
        let flight = Flight {
            number: state.flights,
            overdue_at: Instant::now() + LOG_IN_LIMIT + GRACE,
            receiver,
        };
        state.flight = Some(flight.clone());
        runtime.spawn(
            Arc::clone(self)
                .fly(flight.number, sender)
                .in_current_span(),
        );
        Ok(flight)
    }

    /// Lets everybody hit `token` for `time` more, while or before the next one is fetched.
    fn keep(&self, token: &IssuedToken, now: SystemTime, time: Duration) {
        let until = now.checked_add(time).unwrap_or(now);
        self.current.store(Arc::new(token.kept_until(until)));
    }
}

impl State {
    fn remembered_failure(&self) -> Option<Error> {
        let failure = self.failure.as_ref()?;
        (Instant::now() < failure.until).then(|| failure.error.clone())
    }
}

impl RememberedFailure {
    fn new(error: Error) -> Self {
        let memory = memory_of(&error);
        Self::lasting(error, memory)
    }

    fn lasting(error: Error, memory: Duration) -> Self {
        Self {
            error,
            until: Instant::now() + memory,
        }
    }
}

impl Disappointments {
    /// Whether a refused token may be replaced now. One that has worked may, and so may the first
    /// that has not; the next ones only after growing pauses.
    fn may_replace(&mut self, refused: u64, accepted: u64) -> bool {
        if accepted > self.last {
            *self = Self::default();
        }
        if accepted >= refused {
            return true;
        }
        let now = Instant::now();
        if self.paused_until.is_some_and(|until| now < until) {
            return false;
        }
        let growth = 2_u32.saturating_pow(self.in_a_row);
        let pause = FAILURE_MEMORY.saturating_mul(growth).min(REFUSAL_MEMORY);
        self.in_a_row += 1;
        self.last = refused;
        self.paused_until = Some(now + pause);
        true
    }
}

/// One log-in under way, as those who wait for it see it.
#[derive(Clone)]
struct Flight {
    number: u64,
    /// Past this, its runtime has stopped driving it.
    overdue_at: Instant,
    receiver: watch::Receiver<Option<Landing>>,
}

impl Flight {
    /// Waits for the flight to land; `None` if it is lost.
    async fn landing(&mut self) -> Option<Landing> {
        let landed = timeout_at(self.overdue_at, self.receiver.wait_for(Option::is_some)).await;
        landed.ok()?.ok()?.clone()
    }

    fn is_lost(&self) -> bool {
        self.receiver.has_changed().is_err() || self.overdue_at <= Instant::now()
    }
}

// The flight itself.
impl Shared {
    async fn fly(self: Arc<Self>, number: u64, sender: watch::Sender<Option<Landing>>) {
        let token = timeout(LOG_IN_LIMIT, self.fetch())
            .await
            .unwrap_or_else(|_| Err(RememberedFailure::new(flight_timeout())));
        let landing = self.land(number, token);
        // Nobody listens if everybody has given up; the token is kept all the same.
        let _ = sender.send(Some(landing));
    }

    /// A token from the store, or else from a log-in.
    async fn fetch(&self) -> Fetched {
        let Some(shared) = &self.store else {
            return self.log_in().await;
        };
        let mut store = shared.visit();
        let end = Instant::now() + shared.turn_patience();
        let (mut pause, longest_pause) = LOOKS;
        loop {
            if let Some(found) = self.find(&mut store).await {
                return found;
            }
            match store.take_turn().await {
                Turn::Mine(lock) => {
                    let fetched = self.fetch_in_turn(&mut store).await;
                    store.release(lock).await;
                    return fetched;
                }
                Turn::Anothers if Instant::now() < end => sleep(pause).await,
                Turn::Anothers => {
                    tracing::debug!("another process takes too long to log in; not waiting for it");
                    return self.fetch_from_vendor(&mut store).await;
                }
                Turn::Nobodys => return self.log_in().await,
            }
            pause = longest_pause.min(2 * pause);
        }
    }

    /// Logs in, unless the process that had its turn before has.
    async fn fetch_in_turn(&self, store: &mut Visit<'_>) -> Fetched {
        match self.find(store).await {
            Some(found) => found,
            None => self.fetch_from_vendor(store).await,
        }
    }

    /// Logs in and lets other processes know what came of it.
    async fn fetch_from_vendor(&self, store: &mut Visit<'_>) -> Fetched {
        let refused = self.lock().refused.clone();
        if let Some(refused) = refused {
            store.remove(&refused).await;
        }
        let fetched = self.log_in().await;
        match &fetched {
            Ok(token) => store.save(token).await,
            // Another machine may well get through where this one doesn't, but not with a password
            // that is wrong, or past a limit of the account.
            Err(failure) if failure.error.is_unauthorized() || failure.error.is_rate_limited() => {
                let memory = failure.until.duration_since(Instant::now());
                let until = self.clock.now().checked_add(memory);
                let until = until.unwrap_or(SystemTime::UNIX_EPOCH);
                store
                    .save_failure(&StoredFailure::new(&failure.error, until))
                    .await;
            }
            Err(_) => {}
        }
        fetched
    }

    /// What another process has left in the store: a token, or a failure that is to be heeded.
    async fn find(&self, store: &mut Visit<'_>) -> Option<Fetched> {
        if let Some(token) = store.load().await.filter(|token| self.wants(token)) {
            return Some(Ok(token));
        }
        let failure = store.load_failure().await?;
        let memory = failure.remaining(self.clock.now(), REFUSAL_MEMORY)?;
        Some(Err(RememberedFailure::lasting(failure.error(), memory)))
    }

    /// Whether a stored token is alive and another than the one to be replaced.
    fn wants(&self, stored: &StoredToken) -> bool {
        let is = |token: &Token| stored.token().has_the_secret_of(token);
        stored.is_alive(self.clock.now())
            && !is(self.current.load().stored.token())
            && !self.lock().refused.as_ref().is_some_and(is)
    }

    async fn log_in(&self) -> Fetched {
        let obtained_at = self.clock.now();
        let token = self.log_in.log_in().await.map_err(RememberedFailure::new)?;
        Ok(StoredToken::new(token, obtained_at))
    }

    /// Puts what the flight brings in its place.
    fn land(&self, number: u64, token: Fetched) -> Landing {
        let mut state = self.lock();
        if state
            .flight
            .as_ref()
            .is_none_or(|flight| flight.number != number)
        {
            // It was given up for lost, and another has taken its place.
            return Err(flight_timeout());
        }
        state.flight = None;
        match token {
            Ok(token) => Ok(self.put_to_use(token, &mut state)),
            Err(failure) => {
                self.remember(failure.clone(), &mut state);
                Err(failure.error)
            }
        }
    }

    fn put_to_use(&self, stored: StoredToken, state: &mut State) -> Arc<IssuedToken> {
        state.failure = None;
        state.generation += 1;
        let refresh_ahead = self.refresh_ahead(stored.token().lifetime(), &mut state.rng);
        let token = Arc::new(IssuedToken::new(
            stored,
            Generation(state.generation),
            self.clock.now(),
            refresh_ahead,
        ));
        self.current.store(Arc::clone(&token));
        token
    }

    fn remember(&self, failure: RememberedFailure, state: &mut State) {
        let memory = failure.until.duration_since(Instant::now());
        self.keep(&self.current.load(), self.clock.now(), memory);
        state.failure = Some(failure);
    }

    /// How long before its end a token is replaced, with up to half taken off at random.
    fn refresh_ahead(&self, lifetime: Duration, rng: &mut fastrand::Rng) -> Duration {
        let longest = REFRESH_AHEAD.min(lifetime / 4);
        longest.mul_f64(1.0 - rng.f64() / 2.0)
    }
}

/// Shows where the cache stands, and no secret.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("current", &self.current.load())
            .field("clock", &self.clock)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

/// How long a log-in is not tried again after it failed with `error`.
fn memory_of(error: &Error) -> Duration {
    if !error.is_retryable() {
        return REFUSAL_MEMORY;
    }
    let asked = error.retry_after().unwrap_or_default();
    asked.clamp(FAILURE_MEMORY, REFUSAL_MEMORY)
}

/// A log-in, whatever its type.
pub(super) trait DynLogIn: Send + Sync {
    fn log_in(&self) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + '_>>;
}

impl<L: LogIn> DynLogIn for L {
    fn log_in(&self) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + '_>> {
        Box::pin(LogIn::log_in(self))
    }
}

fn flight_failure(reason: &str) -> Error {
    Failure::new(ErrorKind::LogIn, Outcome::NotSent)
        .transient()
        .reason(reason)
        .into()
}

fn flight_timeout() -> Error {
    Failure::new(ErrorKind::Timeout, Outcome::NotSent)
        .transient()
        .reason("the log-in took too long")
        .into()
}
