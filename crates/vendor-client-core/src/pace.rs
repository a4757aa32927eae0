//! How fast a client calls, whatever its callers would like.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::clock::from_now;
use crate::error::Error;
use crate::failure::Failure;
use crate::retry::{Retries, throttled};

/// A limit on how fast a client and its clones send requests together.
///
/// Every attempt takes a turn: each retry, each log-in and each look for what may have been created
/// is an attempt of its own, because the service counts it as one. Turns are given in the order in
/// which they were asked for. A call that cannot get its turn before its deadline fails at once
/// with [`ErrorKind::Throttled`](crate::ErrorKind::Throttled), and nothing is sent.
///
/// While the service asks for a wait (`Retry-After`), nobody gets a turn; afterwards the calls that
/// wait go out at this pace and not all at the same time.
///
/// ```
/// use vendor_client_core::{Pace, TransportConfig};
///
/// let config = TransportConfig::default().pace(Pace::per_second(5.0).in_flight(8));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    per_second: Option<f64>,
    in_flight: Option<usize>,
}

impl Pace {
    /// At most this many requests per second, evenly spread: with 5.0, one every 200 ms. Less than
    /// one per second is a fraction, such as 0.5. It must be greater than 0.
    ///
    /// Waits are rounded up to a millisecond, so a limit near 1,000 per second comes out lower.
    #[must_use]
    pub fn per_second(requests: f64) -> Self {
        Self {
            per_second: Some(requests),
            in_flight: None,
        }
    }

    /// At most this many requests at a time, from before the request is sent until its response has
    /// been read. It must be at least 1. Default: no limit.
    ///
    /// `Pace::default().in_flight(8)` limits nothing else.
    #[must_use]
    pub fn in_flight(mut self, requests: usize) -> Self {
        self.in_flight = Some(requests);
        self
    }

    /// The time between two turns; zero if there is no limit.
    fn interval(&self) -> Result<Duration, Error> {
        let Some(per_second) = self.per_second else {
            return Ok(Duration::ZERO);
        };
        let interval = Duration::try_from_secs_f64(per_second.recip());
        interval
            .ok()
            .filter(|_| per_second > 0.0 && per_second.is_finite())
            .ok_or_else(|| Error::configuration("a pace must be greater than 0 requests a second"))
    }
}

/// Gives turns at a pace; shared by a client's clones.
pub(crate) struct Turns {
    /// Who waits for a turn, in order: only the first looks at the rest.
    line: Semaphore,
    waiting: AtomicU32,
    interval: Duration,
    next: Mutex<Instant>,
    in_flight: Option<Semaphore>,
}

/// The right to send one request. Whoever drops it makes room for another in flight.
pub(crate) type Turn<'a> = Option<SemaphorePermit<'a>>;

impl Turns {
    /// Checks the pace.
    pub(crate) fn new(pace: &Pace) -> Result<Self, Error> {
        if pace.in_flight == Some(0) {
            let reason = "a pace must allow at least 1 request in flight";
            return Err(Error::configuration(reason));
        }
        let in_flight = |limit: usize| Semaphore::new(limit.min(Semaphore::MAX_PERMITS));
        Ok(Self {
            line: Semaphore::new(1),
            waiting: AtomicU32::new(0),
            interval: pace.interval()?,
            next: Mutex::new(Instant::now()),
            in_flight: pace.in_flight.map(in_flight),
        })
    }

    /// Waits for a turn, and until the service takes calls again.
    ///
    /// Fails if there is none before the deadline: at once if that can be told.
    pub(crate) async fn next(
        &self,
        retries: &Retries,
        deadline: Instant,
    ) -> Result<Turn<'_>, Failure> {
        let held = retries.held_back();
        if held.is_some_and(|wait| from_now(wait) >= deadline) {
            return Err(throttled(held));
        }
        let place = Place::take(&self.waiting);
        let earliest = self.earliest(held.unwrap_or_default(), place.ahead);
        if earliest.is_none_or(|turn| turn >= deadline) {
            return Err(throttled(None));
        }
        match timeout_at(deadline, self.turn(retries, deadline)).await {
            Ok(turn) => turn,
            Err(_) => Err(throttled(None)),
        }
    }

    async fn turn(&self, retries: &Retries, deadline: Instant) -> Result<Turn<'_>, Failure> {
        // Neither semaphore is ever closed.
        let _first = self.line.acquire().await.ok();
        let turn = match &self.in_flight {
            Some(in_flight) => in_flight.acquire().await.ok(),
            None => None,
        };
        let free = self.next_free();
        // The timer counts in milliseconds: it would wait for the end of this one.
        if free > Instant::now() {
            sleep_until(free).await;
        }
        retries.wait_for_brake(deadline).await?;
        self.taken();
        Ok(turn)
    }

    /// The earliest turn of a call that has so many others ahead of it, if calls are held back for
    /// `held`; `None` if the clock cannot hold it.
    fn earliest(&self, held: Duration, ahead: u32) -> Option<Instant> {
        let first = Instant::now().checked_add(held)?.max(self.next_free());
        first.checked_add(self.interval.checked_mul(ahead)?)
    }

    fn next_free(&self) -> Instant {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn after this one. A timer that rang late by less than an interval slows nobody down.
    fn taken(&self) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_late = now.saturating_duration_since(*next) >= self.interval;
        let from = if is_late { now } else { *next };
        *next = from.checked_add(self.interval).unwrap_or(from);
    }
}

/// A place in the line, given up when it is dropped.
struct Place<'a> {
    waiting: &'a AtomicU32,
    ahead: u32,
}

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicU32) -> Self {
        let ahead = waiting.fetch_add(1, Ordering::Relaxed);
        Self { waiting, ahead }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::{ErrorKind, Outcome};
    use crate::retry::RetryPolicy;

    const FAR: Duration = Duration::from_secs(3600);

    struct Client {
        turns: Turns,
        retries: Retries,
        start: Instant,
    }

    fn client(pace: &Pace) -> Arc<Client> {
        let policy = RetryPolicy::default().first_wait(Duration::ZERO);
        Arc::new(Client {
            turns: Turns::new(pace).unwrap(),
            retries: Retries::new(policy, fastrand::Rng::with_seed(7)),
            start: Instant::now(),
        })
    }

    impl Client {
        async fn turn_within(&self, limit: Duration) -> Result<Turn<'_>, Failure> {
            let deadline = Instant::now() + limit;
            self.turns.next(&self.retries, deadline).await
        }

        /// When a call that holds its turn for `work` gets it, in milliseconds.
        async fn call(self: Arc<Self>, work: Duration) -> u128 {
            let turn = self.turn_within(FAR).await.unwrap();
            let at = self.start.elapsed().as_millis();
            tokio::time::sleep(work).await;
            drop(turn);
            at
        }

        fn brake(&self, wait: Duration) {
            let mut failure = Failure::new(ErrorKind::Status, Outcome::Rejected).transient();
            failure.retry_after = Some(wait);
            self.retries.brake(&failure);
        }
    }

    /// When each of `calls` gets its turn, in the order in which they asked.
    async fn turns(client: &Arc<Client>, calls: usize, work: Duration) -> Vec<u128> {
        let mut tasks = Vec::new();
        for _ in 0..calls {
            tasks.push(tokio::spawn(Arc::clone(client).call(work)));
            tokio::task::yield_now().await;
        }
        let mut turns = Vec::new();
        for task in tasks {
            turns.push(task.await.unwrap());
        }
        turns
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_evenly_spread_and_in_the_order_in_which_they_were_asked_for() {
        let client = client(&Pace::per_second(5.0));
        let turns = turns(&client, 6, Duration::from_secs(9)).await;
        assert_eq!(turns, [0, 200, 400, 600, 800, 1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nobody_called_is_not_made_up_for() {
        let client = client(&Pace::per_second(5.0));
        tokio::time::sleep(Duration::from_secs(10)).await;
        let turns = turns(&client, 3, Duration::ZERO).await;
        assert_eq!(turns, [10_000, 10_200, 10_400]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_calls_than_allowed_are_in_flight() {
        let client = client(&Pace::default().in_flight(2));
        let turns = turns(&client, 6, Duration::from_secs(1)).await;
        assert_eq!(turns, [0, 0, 1000, 1000, 2000, 2000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_free_is_taken_at_once() {
        // Between two beats of the timer.
        tokio::time::advance(Duration::from_micros(500)).await;
        for pace in [Pace::default().in_flight(2), Pace::per_second(1e6)] {
            let client = client(&pace);
            for _ in 0..3 {
                drop(client.turn_within(FAR).await.unwrap());
                tokio::time::advance(Duration::from_micros(1)).await;
            }
            assert_eq!(client.start.elapsed(), Duration::from_micros(3), "{pace:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_and_a_number_in_flight_both_hold() {
        let client = client(&Pace::per_second(10.0).in_flight(2));
        let turns = turns(&client, 5, Duration::from_secs(1)).await;
        assert_eq!(turns, [0, 100, 1000, 1100, 2000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_whose_turn_comes_after_its_deadline_fails_at_once_and_says_why() {
        let client = client(&Pace::per_second(1.0));
        let crowd: Vec<_> = (0..4)
            .map(|_| tokio::spawn(Arc::clone(&client).call(Duration::ZERO)))
            .collect();
        tokio::task::yield_now().await;
        let before = Instant::now();
        let failure = client.turn_within(Duration::from_secs(3)).await.err();
        assert_eq!(Instant::now(), before, "it doesn't wait");
        let error = Error::from(failure.unwrap());
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Throttled, Outcome::NotSent)
        );
        assert!(error.to_string().contains("own pace"), "{error}");
        assert!(
            client
                .turn_within(Duration::from_millis(4500))
                .await
                .is_ok()
        );
        for call in crowd {
            call.await.unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waits_for_one_in_flight_ends_at_its_deadline() {
        let client = client(&Pace::default().in_flight(1));
        let _turn = client.turn_within(FAR).await;
        let failure = client.turn_within(Duration::from_secs(5)).await.err();
        assert_eq!(failure.unwrap().kind, ErrorKind::Throttled);
        assert_eq!(client.start.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_were_given_up_take_no_turn() {
        let client = client(&Pace::per_second(1.0));
        let crowd: Vec<_> = (0..100)
            .map(|_| tokio::spawn(Arc::clone(&client).call(Duration::ZERO)))
            .collect();
        tokio::task::yield_now().await;
        for call in crowd {
            call.abort();
            let _ = call.await;
        }
        assert!(client.turn_within(Duration::from_secs(2)).await.is_ok());
        assert_eq!(client.start.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_wait_that_the_service_asked_for_the_crowd_goes_on_at_its_pace() {
        let client = client(&Pace::per_second(5.0));
        client.brake(Duration::from_secs(7));
        let turns = turns(&client, 4, Duration::ZERO).await;
        assert_eq!(turns, [7000, 7200, 7400, 7600]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_the_service_asks_for_counts_towards_the_deadline() {
        let client = client(&Pace::per_second(1.0));
        client.brake(Duration::from_secs(3));
        let _waiting = tokio::spawn(Arc::clone(&client).call(Duration::ZERO));
        tokio::task::yield_now().await;
        let failure = client.turn_within(Duration::from_millis(3500)).await.err();
        assert_eq!(failure.unwrap().retry_after, None);
        let failure = client.turn_within(Duration::from_secs(2)).await.err();
        assert_eq!(failure.unwrap().retry_after, Some(Duration::from_secs(3)));
        assert_eq!(client.start.elapsed(), Duration::ZERO);
    }

    #[test]
    fn a_pace_that_allows_nothing_is_refused() {
        let rates = [
            0.0,
            -1.0,
            f64::NAN,
            f64::INFINITY,
            f64::MIN_POSITIVE,
            1e-300,
        ];
        for pace in rates.map(Pace::per_second) {
            let error = Turns::new(&pace).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{pace:?}");
        }
        assert!(Turns::new(&Pace::default().in_flight(0)).is_err());
        assert!(Turns::new(&Pace::default().in_flight(usize::MAX)).is_ok());
        assert!(Turns::new(&Pace::default()).is_ok());
    }
}
