//! When an attempt is repeated, and after what wait.

use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::HeaderValue;
use tokio::time::Instant;

use crate::clock::from_now;
use crate::error::{ErrorKind, Outcome};
use crate::failure::Failure;
use crate::operation::Idempotency;
use crate::telemetry;

/// How failed attempts are repeated.
///
/// Whether one may be repeated at all does not depend on this policy: an operation that may act
/// twice is repeated only after an attempt that certainly had no effect.
///
/// ```
/// use std::time::Duration;
/// use vendor_client_core::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(6).max_wait(Duration::from_secs(30));
/// let none = RetryPolicy::never();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    first_wait: Duration,
    max_wait: Duration,
    max_retry_after: Duration,
    budget: u32,
}

impl Default for RetryPolicy {
    /// Four attempts, waits of up to 250 ms, 500 ms and 1 s, `Retry-After` honoured up to 30 s,
    /// and a budget of 50 retries.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            first_wait: Duration::from_millis(250),
            max_wait: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(30),
            budget: 50,
        }
    }
}

impl RetryPolicy {
    /// Every call is attempted once.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Maximum number of attempts per call, including the first. Default: 4. Replaying a request
    /// after the token expired doesn't count as an attempt.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The longest wait before the second attempt; it doubles with each further one. The wait
    /// itself is random, between zero and that length, so that clients don't come back in step.
    /// Default: 250 ms.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// The longest wait before any attempt. Default: 10 s.
    #[must_use]
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// The longest `Retry-After` that a call waits for. If the vendor asks for a longer one, the
    /// call fails at once, with that wait in [`Error::retry_after`](crate::Error::retry_after).
    /// Default: 30 s.
    #[must_use]
    pub fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// How many retries the client and its clones have together. Each retry takes one and each
    /// success gives a tenth back, so that retries don't multiply a vendor's outage. Default: 50.
    #[must_use]
    pub fn budget(mut self, retries: u32) -> Self {
        self.budget = retries;
        self
    }
}

/// A policy at work, shared by a client's clones.
pub(crate) struct Retries {
    policy: RetryPolicy,
    budget: Budget,
    brake: Brake,
    random: Mutex<fastrand::Rng>,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another attempt, after this wait.
    After(Duration),
    /// None.
    Never,
    /// None, and only because the client's budget of retries is used up.
    NoBudget,
}

impl fmt::Debug for Retries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.policy.fmt(f)
    }
}

impl Retries {
    pub(crate) fn new(policy: RetryPolicy, random: fastrand::Rng) -> Self {
        Self {
            budget: Budget::new(policy.budget),
            brake: Brake::new(),
            random: Mutex::new(random),
            policy,
        }
    }

    /// Notes that a call went well.
    pub(crate) fn succeeded(&self) {
        self.budget.refund();
    }

    /// Whether there is another attempt, and when: by `policy`, or by the client's own.
    ///
    /// A service that asks for a wait by a 429 gets it without a charge to the budget: to wait as
    /// asked multiplies no outage.
    pub(crate) fn next_attempt(
        &self,
        failure: &Failure,
        idempotency: Idempotency,
        attempts_made: u32,
        deadline: Instant,
        policy: Option<&RetryPolicy>,
    ) -> Next {
        let policy = policy.unwrap_or(&self.policy);
        if !failure.may_be_retried(idempotency) || attempts_made >= policy.max_attempts {
            return Next::Never;
        }
        let Some(wait) = self.wait(policy, failure.retry_after, attempts_made) else {
            return Next::Never;
        };
        if from_now(wait) >= deadline {
            return Next::Never;
        }
        if failure.asks_for_a_wait() || self.budget.take() {
            return Next::After(wait);
        }
        Next::NoBudget
    }

    /// Holds every call of the client back for as long as the service asks, unless it asks for
    /// longer than calls wait.
    pub(crate) fn brake(&self, failure: &Failure) {
        let asked = failure.retry_after.filter(|_| failure.transient);
        if let Some(wait) = asked.filter(|wait| *wait <= self.policy.max_retry_after) {
            self.brake.hold(wait);
        }
    }

    /// Waits until the service takes calls again.
    ///
    /// Fails if that is not before the deadline. Nothing was sent then.
    pub(crate) async fn wait_for_brake(&self, deadline: Instant) -> Result<(), Failure> {
        while let Some(wait) = self.held_back() {
            if from_now(wait) >= deadline {
                return Err(throttled(Some(wait)));
            }
            // Not all at the same instant.
            let spread = self.policy.first_wait.mul_f64(self.share());
            let wait = wait.saturating_add(spread);
            telemetry::held_back(wait);
            tokio::time::sleep_until(from_now(wait).min(deadline)).await;
        }
        Ok(())
    }

    /// How long the service takes no calls; `None` if it does.
    pub(crate) fn held_back(&self) -> Option<Duration> {
        self.brake.remaining()
    }

    fn wait(
        &self,
        policy: &RetryPolicy,
        retry_after: Option<Duration>,
        attempts_made: u32,
    ) -> Option<Duration> {
        let asked = retry_after.unwrap_or_default();
        if asked > policy.max_retry_after {
            return None;
        }
        let longest = policy
            .first_wait
            .saturating_mul(1 << (attempts_made - 1).min(20))
            .min(policy.max_wait);
        Some(asked.saturating_add(longest.mul_f64(self.share())))
    }

    /// Between 0 and 1, evenly.
    fn share(&self) -> f64 {
        self.random
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .f64()
    }
}

/// The failure of a call whose turn comes after its deadline, because the service asked for a wait
/// or because of the client's own pace.
pub(crate) fn throttled(asked: Option<Duration>) -> Failure {
    let mut failure = Failure::new(ErrorKind::Throttled, Outcome::NotSent).transient();
    failure.retry_after = asked;
    failure
}

/// Until when the service wants no calls: shared by a client's clones.
struct Brake {
    start: Instant,
    /// Milliseconds after `start`; in the past if nothing is held.
    until: AtomicU64,
}

impl Brake {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            until: AtomicU64::new(0),
        }
    }

    /// Holds for `wait` from now, or longer if it does already.
    fn hold(&self, wait: Duration) {
        let until = self
            .start
            .elapsed()
            .saturating_add(wait)
            .as_nanos()
            .div_ceil(1_000_000);
        let until = u64::try_from(until).unwrap_or(u64::MAX);
        self.until.fetch_max(until, Ordering::Relaxed);
    }

    /// How long it still holds; `None` if it doesn't.
    fn remaining(&self) -> Option<Duration> {
        let until = self.until.load(Ordering::Relaxed);
        // Nothing was ever held, the ordinary case: the clock isn't read.
        if until == 0 {
            return None;
        }
        let remaining = Duration::from_millis(until).checked_sub(self.start.elapsed())?;
        (!remaining.is_zero()).then_some(remaining)
    }
}

/// A token bucket, in tenths of a retry.
struct Budget {
    full: u32,
    tenths: AtomicU32,
}

impl Budget {
    const RETRY: u32 = 10;
    const SUCCESS: u32 = 1;

    fn new(retries: u32) -> Self {
        let full = retries.saturating_mul(Self::RETRY);
        Self {
            full,
            tenths: AtomicU32::new(full),
        }
    }

    fn take(&self) -> bool {
        let taken = |tenths: u32| tenths.checked_sub(Self::RETRY);
        self.tenths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
            .is_ok()
    }

    fn refund(&self) {
        // A full bucket, the ordinary case, is only read: no write that other cores would see.
        if self.tenths.load(Ordering::Relaxed) >= self.full {
            return;
        }
        let refunded = |tenths: u32| Some(self.full.min(tenths.saturating_add(Self::SUCCESS)));
        let _ = self
            .tenths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, refunded);
    }
}

/// Reads a `Retry-After` header: seconds, or an HTTP date relative to `now`. A date that has
/// passed is no wait; a number too large to hold is the longest wait; anything else is ignored.
pub(crate) fn read_retry_after(value: &HeaderValue, now: SystemTime) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FAR: Duration = Duration::from_secs(3600);

    fn retries(policy: RetryPolicy) -> Retries {
        Retries::new(policy, fastrand::Rng::with_seed(7))
    }

    fn failure(outcome: Outcome) -> Failure {
        Failure::new(ErrorKind::Interrupted, outcome).transient()
    }

    fn asking_for(wait: Duration) -> Failure {
        let mut failure = failure(Outcome::Rejected);
        failure.retry_after = Some(wait);
        failure
    }

    fn wait(retries: &Retries, failure: &Failure, attempts: u32) -> Option<Duration> {
        let deadline = Instant::now() + FAR;
        wait_before(
            retries,
            failure,
            Idempotency::Idempotent,
            attempts,
            deadline,
        )
    }

    fn wait_before(
        retries: &Retries,
        failure: &Failure,
        idempotency: Idempotency,
        attempts: u32,
        deadline: Instant,
    ) -> Option<Duration> {
        match retries.next_attempt(failure, idempotency, attempts, deadline, None) {
            Next::After(wait) => Some(wait),
            Next::Never | Next::NoBudget => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_unsafe_operation_is_repeated_only_when_it_certainly_had_no_effect() {
        let retries = retries(RetryPolicy::default());
        let deadline = Instant::now() + FAR;
        let repeats = |outcome, idempotency| {
            wait_before(&retries, &failure(outcome), idempotency, 1, deadline).is_some()
        };
        assert!(repeats(Outcome::NotSent, Idempotency::NotIdempotent));
        assert!(repeats(Outcome::Rejected, Idempotency::NotIdempotent));
        assert!(!repeats(Outcome::Unknown, Idempotency::NotIdempotent));
        assert!(repeats(Outcome::Unknown, Idempotency::Idempotent));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lasting_failure_is_not_repeated() {
        let lasting = Failure::new(ErrorKind::Status, Outcome::Rejected);
        assert_eq!(wait(&retries(RetryPolicy::default()), &lasting, 1), None);
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_are_bounded() {
        let retries = retries(RetryPolicy::default().max_attempts(3));
        assert!(wait(&retries, &failure(Outcome::NotSent), 2).is_some());
        assert!(wait(&retries, &failure(Outcome::NotSent), 3).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn waits_are_drawn_from_zero_to_a_length_that_doubles_up_to_its_ceiling() {
        let retries = retries(
            RetryPolicy::default()
                .max_attempts(u32::MAX)
                .budget(10_000)
                .first_wait(Duration::from_secs(1))
                .max_wait(Duration::from_secs(4)),
        );
        for (attempts, longest) in [(1, 1), (2, 2), (3, 4), (4, 4), (40, 4)] {
            let longest = Duration::from_secs(longest);
            let waits: Vec<_> = (0..200)
                .map(|_| wait(&retries, &failure(Outcome::NotSent), attempts).unwrap())
                .collect();
            assert!(waits.iter().all(|wait| *wait <= longest));
            assert!(waits.iter().any(|wait| *wait < longest / 10));
            assert!(waits.iter().any(|wait| *wait > longest / 10 * 9));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_that_the_vendor_asks_for_is_never_shortened() {
        let retries = retries(RetryPolicy::default().first_wait(Duration::from_secs(1)));
        let asked = Duration::from_secs(20);
        let waited = wait(&retries, &asking_for(asked), 1).unwrap();
        assert!((asked..=asked + Duration::from_secs(1)).contains(&waited));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_beyond_the_ceiling_is_left_to_the_caller() {
        let retries = retries(RetryPolicy::default().max_retry_after(Duration::from_secs(30)));
        assert!(wait(&retries, &asking_for(Duration::from_secs(30)), 1).is_some());
        assert!(wait(&retries, &asking_for(Duration::from_secs(31)), 1).is_none());
        assert!(wait(&retries, &asking_for(Duration::from_secs(u64::MAX)), 1).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn no_retry_is_started_that_cannot_finish_its_wait_in_time() {
        let retries = retries(RetryPolicy::default().first_wait(Duration::ZERO));
        let failure = asking_for(Duration::from_secs(10));
        let before = |seconds| {
            let deadline = Instant::now() + Duration::from_secs(seconds);
            wait_before(&retries, &failure, Idempotency::Idempotent, 1, deadline)
        };
        assert_eq!(before(10), None);
        assert_eq!(before(11), Some(Duration::from_secs(10)));
    }

    #[tokio::test(start_paused = true)]
    async fn the_budget_ends_retries_in_an_outage_and_successes_refill_it() {
        let retries = retries(RetryPolicy::default().budget(2));
        let outage = failure(Outcome::NotSent);
        assert!(wait(&retries, &outage, 1).is_some());
        assert!(wait(&retries, &outage, 1).is_some());
        assert!(wait(&retries, &outage, 1).is_none());
        for _ in 0..9 {
            retries.succeeded();
        }
        assert!(wait(&retries, &outage, 1).is_none());
        retries.succeeded();
        assert!(wait(&retries, &outage, 1).is_some());
        for _ in 0..1_000 {
            retries.succeeded();
        }
        assert!(wait(&retries, &outage, 1).is_some());
        assert!(wait(&retries, &outage, 1).is_some());
        assert!(
            wait(&retries, &outage, 1).is_none(),
            "the bucket never overflows"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_used_up_budget_is_the_reason_and_a_wait_that_the_service_asks_for_costs_none() {
        let retries = retries(RetryPolicy::default().budget(0));
        let deadline = Instant::now() + FAR;
        let next = |failure: &Failure| {
            retries.next_attempt(failure, Idempotency::Idempotent, 1, deadline, None)
        };
        assert_eq!(next(&failure(Outcome::NotSent)), Next::NoBudget);
        assert!(matches!(
            next(&asking_for(Duration::from_secs(1))),
            Next::After(_)
        ));
        let lasting = Failure::new(ErrorKind::Status, Outcome::Rejected);
        assert_eq!(next(&lasting), Next::Never);
    }

    #[tokio::test(start_paused = true)]
    async fn one_retry_after_holds_every_call_back_until_then() {
        let retries = retries(RetryPolicy::default());
        let start = Instant::now();
        retries.brake(&asking_for(Duration::from_secs(7)));
        retries.brake(&asking_for(Duration::from_secs(2)));
        assert!(retries.wait_for_brake(start + FAR).await.is_ok());
        assert!((7_000..=7_260).contains(&start.elapsed().as_millis()));
        assert!(retries.wait_for_brake(start + FAR).await.is_ok());
        assert!(start.elapsed().as_millis() <= 7_260, "the brake holds once");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_whose_deadline_comes_before_the_end_of_the_brake_is_not_sent() {
        let retries = retries(RetryPolicy::default());
        retries.brake(&asking_for(Duration::from_secs(7)));
        let start = Instant::now();
        let held = retries.wait_for_brake(start + Duration::from_secs(5)).await;
        let failure = held.err().unwrap();
        assert_eq!(
            (failure.kind, failure.outcome),
            (ErrorKind::Throttled, Outcome::NotSent)
        );
        assert_eq!(failure.retry_after, Some(Duration::from_secs(7)));
        assert_eq!(start.elapsed(), Duration::ZERO, "it fails at once");
    }

    #[tokio::test(start_paused = true)]
    async fn no_call_is_held_back_beyond_its_deadline() {
        let retries = retries(RetryPolicy::default().first_wait(Duration::MAX));
        retries.brake(&asking_for(Duration::from_secs(1)));
        let start = Instant::now();
        let deadline = start + Duration::from_secs(5);
        assert!(retries.wait_for_brake(deadline).await.is_ok());
        assert!(Instant::now() <= deadline);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_no_call_would_wait_holds_nobody_back() {
        let retries = retries(RetryPolicy::default());
        retries.brake(&asking_for(Duration::from_secs(u64::MAX)));
        assert!(retries.wait_for_brake(Instant::now() + FAR).await.is_ok());
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = httpdate::parse_http_date("Sat, 21 Nov 2026 12:00:00 GMT").unwrap();
        let read = |text: &str| read_retry_after(&HeaderValue::from_str(text).unwrap(), now);
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(read("0"), Some(Duration::ZERO));
        assert_eq!(
            read("Sat, 21 Nov 2026 12:00:30 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(read("Sat, 21 Nov 2026 11:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(
            read("99999999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
        for nonsense in ["", "soon", "-1", "1.5", "+1"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    proptest! {
        #![proptest_config(crate::arbitrary())]

        #[test]
        fn any_retry_after_is_a_wait_or_is_ignored(bytes: Vec<u8>, seconds: u64) {
            // Some systems' clocks end a few ten thousand years from now.
            let now = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
            let now = now.unwrap_or(SystemTime::UNIX_EPOCH);
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let _ = read_retry_after(&value, now);
            }
        }

        #[test]
        fn any_number_of_seconds_is_read(seconds: u64) {
            let value = HeaderValue::from_str(&seconds.to_string()).unwrap();
            let read = read_retry_after(&value, SystemTime::UNIX_EPOCH);
            prop_assert_eq!(read, Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn any_date_is_the_wait_until_then(now in 0_u64..4_000_000_000, wait in 0_u64..1_000_000) {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
            let date = httpdate::fmt_http_date(now + Duration::from_secs(wait));
            let value = HeaderValue::from_str(&date).unwrap();
            prop_assert_eq!(read_retry_after(&value, now), Some(Duration::from_secs(wait)));
            let later = now + Duration::from_secs(2_000_000);
            prop_assert_eq!(read_retry_after(&value, later), Some(Duration::ZERO));
        }
    }
}
