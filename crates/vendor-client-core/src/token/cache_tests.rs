//! What callers rely on, shown with a vendor that counts log-ins and responds when allowed to.
//!
//! Time is paused: tokio's clock stands for what goes on within a call, the manual clock for the
//! wall clock.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use secrecy::ExposeSecret as _;
use tokio::sync::watch;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, advance};

use crate::clock::ManualClock;
use crate::error::{Error, ErrorKind, Outcome};
use crate::failure::Failure;
use crate::token::{CurrentToken, LogIn, Token, TokenCache, TokenCacheBuilder};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// A vendor whose first token is `token-1`, its second `token-2`, and so on.
#[derive(Clone)]
struct Vendor {
    log_ins: Arc<AtomicUsize>,
    open: watch::Sender<bool>,
    failure: Arc<Mutex<Option<Error>>>,
    panics: Arc<AtomicBool>,
    lifetime: Duration,
}

impl Vendor {
    fn new() -> Self {
        Self {
            log_ins: Arc::default(),
            open: watch::Sender::new(true),
            failure: Arc::default(),
            panics: Arc::default(),
            lifetime: LIFETIME,
        }
    }

    fn log_ins(&self) -> usize {
        self.log_ins.load(Ordering::SeqCst)
    }

    /// From here on, log-ins begin but get no response.
    fn close(&self) {
        self.open.send_replace(false);
    }

    fn open(&self) {
        self.open.send_replace(true);
    }

    fn fail_with(&self, failure: impl Into<Option<Error>>) {
        *self.failure.lock().unwrap() = failure.into();
    }
}

impl LogIn for Vendor {
    async fn log_in(&self) -> Result<Token, Error> {
        let number = self.log_ins.fetch_add(1, Ordering::SeqCst) + 1;
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open).await.unwrap();
        assert!(!self.panics.load(Ordering::SeqCst), "the vendor panics");
        match self.failure.lock().unwrap().clone() {
            Some(failure) => Err(failure),
            None => Token::new(format!("token-{number}"), self.lifetime),
        }
    }
}

/// The wrong password.
fn refusal() -> Error {
    Failure::new(ErrorKind::Status, Outcome::Rejected)
        .status(StatusCode::UNAUTHORIZED)
        .into()
}

fn passing_failure() -> Error {
    Failure::new(ErrorKind::Connect, Outcome::NotSent)
        .transient()
        .into()
}

fn request_to_wait(retry_after: Duration) -> Error {
    let mut failure = Failure::new(ErrorKind::Status, Outcome::Rejected)
        .transient()
        .status(StatusCode::TOO_MANY_REQUESTS);
    failure.retry_after = Some(retry_after);
    failure.into()
}

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + 500_000 * HOUR)
}

fn builder(vendor: &Vendor, clock: &ManualClock) -> TokenCacheBuilder {
    TokenCache::builder(vendor.clone())
        .clock(Arc::new(clock.clone()))
        .seed(1)
}

fn secret(token: &CurrentToken) -> String {
    token.secret().expose_secret().to_owned()
}

async fn get(cache: &TokenCache) -> String {
    secret(&cache.get().await.unwrap())
}

/// Lets every task run until all of them wait.
async fn settle() {
    for _ in 0..20 {
        yield_now().await;
    }
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// As many calls of `get` at once, each in its own task.
fn many(count: usize, cache: &TokenCache) -> JoinSet<Result<String, Error>> {
    (0..count)
        .map(|_| {
            let cache = cache.clone();
            async move { cache.get().await.map(|token| secret(&token)) }
        })
        .collect()
}

mod one_log_in {
    use super::*;

    #[test]
    fn nothing_is_asked_of_the_vendor_before_a_token_is_needed() {
        let vendor = Vendor::new();
        let cache = TokenCache::new(vendor.clone());
        drop(cache);
        assert_eq!(vendor.log_ins(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_kept_for_the_calls_that_follow() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        for _ in 0..100 {
            assert_eq!(get(&cache).await, "token-1");
        }
        assert_eq!(vendor.log_ins(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_callers_on_a_cold_cache_cause_one_log_in() {
        let vendor = Vendor::new();
        vendor.close();
        let cache = builder(&vendor, &clock()).build();
        let callers = many(1000, &cache);
        settle().await;
        assert_eq!(vendor.log_ins(), 1);
        vendor.open();
        for token in callers.join_all().await {
            assert_eq!(token.unwrap(), "token-1");
        }
        assert_eq!(vendor.log_ins(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_thousand_callers_on_several_threads_cause_one_log_in() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        for token in many(1000, &cache).join_all().await {
            assert_eq!(token.unwrap(), "token-1");
        }
        assert_eq!(vendor.log_ins(), 1);
    }

    #[test]
    fn outside_a_runtime_there_is_an_error_and_no_panic() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        let mut get = pin!(cache.get());
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        let Poll::Ready(Err(error)) = get.as_mut().poll(&mut cx) else {
            panic!("it must fail at once");
        };
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Configuration, Outcome::NotSent)
        );
        assert!(error.to_string().contains("call it within one"), "{error}");
    }
}

mod end_of_life {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_was_suspended_does_not_use_a_dead_token() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = builder(&vendor, &clock).build();
        get(&cache).await;
        // Nothing but the wall clock goes on while a machine sleeps.
        clock.advance(LIFETIME);
        vendor.close();
        let mut waiting = pin!(cache.get());
        assert!(poll_once(waiting.as_mut()).await.is_pending());
        vendor.open();
        assert_eq!(secret(&waiting.await.unwrap()), "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn life_is_counted_from_when_the_log_in_began() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = builder(&vendor, &clock).build();
        vendor.close();
        let callers = many(1, &cache);
        settle().await;
        clock.advance(SECOND);
        vendor.open();
        callers.join_all().await;
        clock.advance(LIFETIME - SECOND);
        vendor.fail_with(refusal());
        assert!(cache.get().await.unwrap_err().is_unauthorized());
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_set_back_keeps_the_token_for_its_lifetime() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = builder(&vendor, &clock).build();
        get(&cache).await;
        clock.jump_back(1000 * HOUR);
        assert_eq!(get(&cache).await, "token-1");
        clock.advance(LIFETIME);
        advance(LIFETIME).await;
        vendor.fail_with(refusal());
        assert!(cache.get().await.unwrap_err().is_unauthorized());
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_set_back_later_does_not_prolong_the_token_s_life() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = builder(&vendor, &clock).build();
        get(&cache).await;
        clock.advance(6 * HOUR);
        advance(6 * HOUR).await;
        clock.jump_back(5 * HOUR);
        assert_eq!(get(&cache).await, "token-1");
        clock.advance(6 * HOUR);
        advance(6 * HOUR).await;
        assert_eq!(get(&cache).await, "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_set_forward_and_back_again_leaves_a_token_that_works() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = builder(&vendor, &clock).build();
        get(&cache).await;
        clock.advance(1000 * HOUR);
        assert_eq!(get(&cache).await, "token-2");
        clock.jump_back(1000 * HOUR);
        assert_eq!(get(&cache).await, "token-2");
    }
}

mod refresh_ahead {
    use super::*;

    /// A cache whose token has a minute to live, whose `vendor` no longer responds.
    async fn shortly_before_the_end(vendor: &Vendor, clock: &ManualClock) -> TokenCache {
        let cache = builder(vendor, clock).build();
        get(&cache).await;
        clock.advance(LIFETIME - MINUTE);
        vendor.close();
        cache
    }

    #[tokio::test(start_paused = true)]
    async fn one_caller_fetches_the_next_token_while_all_others_use_the_old_one() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = shortly_before_the_end(&vendor, &clock).await;
        let fetching = many(1, &cache);
        settle().await;
        assert_eq!(vendor.log_ins(), 2);
        for _ in 0..1000 {
            let token = poll_once(pin!(cache.get())).await;
            assert!(matches!(token, Poll::Ready(Ok(token)) if secret(&token) == "token-1"));
            assert!(cache.shared.fresh().is_some(), "this takes a lock");
        }
        vendor.open();
        assert_eq!(fetching.join_all().await[0].as_ref().unwrap(), "token-2");
        assert_eq!(get(&cache).await, "token-2");
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_log_in_delays_its_caller_by_seconds_only() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = shortly_before_the_end(&vendor, &clock).await;
        let start = Instant::now();
        assert_eq!(get(&cache).await, "token-1");
        assert_eq!(start.elapsed(), 2 * SECOND);
        vendor.open();
        settle().await;
        assert_eq!(get(&cache).await, "token-2");
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_dies_while_the_next_is_fetched_is_not_used() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = shortly_before_the_end(&vendor, &clock).await;
        let fetching = many(1, &cache);
        settle().await;
        clock.advance(MINUTE);
        advance(6 * SECOND).await;
        settle().await;
        let late = many(10, &cache);
        settle().await;
        vendor.open();
        for token in [fetching.join_all().await, late.join_all().await].concat() {
            assert_eq!(token.unwrap(), "token-2");
        }
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_leaves_the_old_token_in_use_and_is_not_repeated_at_once() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = shortly_before_the_end(&vendor, &clock).await;
        vendor.open();
        vendor.fail_with(passing_failure());
        for _ in 0..100 {
            assert_eq!(get(&cache).await, "token-1");
        }
        assert_eq!(vendor.log_ins(), 2);
        clock.advance(5 * SECOND);
        advance(5 * SECOND).await;
        vendor.fail_with(None);
        assert_eq!(get(&cache).await, "token-3");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_told_once_the_old_token_is_dead() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = shortly_before_the_end(&vendor, &clock).await;
        vendor.open();
        vendor.fail_with(refusal());
        clock.advance(MINUTE / 2);
        assert_eq!(get(&cache).await, "token-1");
        clock.advance(MINUTE / 2);
        assert!(cache.get().await.unwrap_err().is_unauthorized());
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_caller_that_fetches_can_be_dropped() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = shortly_before_the_end(&vendor, &clock).await;
        let mut fetching = many(1, &cache);
        settle().await;
        fetching.shutdown().await;
        vendor.open();
        settle().await;
        assert_eq!(get(&cache).await, "token-2");
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_of_it_is_random_within_the_window() {
        let mut moments = Vec::new();
        for seed in [1, 1, 2, 3] {
            moments.push(first_refresh(seed).await);
        }
        assert_eq!(moments[0], moments[1]);
        assert_ne!(moments[0], moments[2]);
        assert_ne!(moments[0], moments[3]);
        for moment in moments {
            assert!((LIFETIME - 10 * MINUTE..=LIFETIME - 5 * MINUTE).contains(&moment));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_with_a_short_life_is_used_for_most_of_it() {
        let (mut vendor, clock) = (Vendor::new(), clock());
        vendor.lifetime = MINUTE;
        let cache = builder(&vendor, &clock).build();
        for _ in 0..45 {
            assert_eq!(get(&cache).await, "token-1");
            clock.advance(SECOND);
        }
    }

    /// The age, to a second, at which a token is replaced.
    async fn first_refresh(seed: u64) -> Duration {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = builder(&vendor, &clock).seed(seed).build();
        get(&cache).await;
        let mut age = LIFETIME - 15 * MINUTE;
        clock.advance(age);
        while get(&cache).await == "token-1" {
            clock.advance(SECOND);
            age += SECOND;
        }
        age
    }
}

mod failure {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_failed_log_in_is_shared_by_all_that_wait_for_it() {
        let vendor = Vendor::new();
        vendor.close();
        vendor.fail_with(refusal());
        let cache = builder(&vendor, &clock()).build();
        let callers = many(1000, &cache);
        settle().await;
        vendor.open();
        for outcome in callers.join_all().await {
            assert!(outcome.unwrap_err().is_unauthorized());
        }
        assert_eq!(vendor.log_ins(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wrong_password_is_tried_once_a_minute() {
        let vendor = Vendor::new();
        vendor.fail_with(refusal());
        let cache = builder(&vendor, &clock()).build();
        assert_eq!(log_ins_within(&cache, &vendor, MINUTE - SECOND).await, 1);
        advance(SECOND).await;
        vendor.fail_with(None);
        assert_eq!(get(&cache).await, "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_passing_failure_is_forgotten_after_seconds() {
        let vendor = Vendor::new();
        vendor.fail_with(passing_failure());
        let cache = builder(&vendor, &clock()).build();
        assert_eq!(log_ins_within(&cache, &vendor, 4 * SECOND).await, 1);
        advance(SECOND).await;
        vendor.fail_with(None);
        assert_eq!(get(&cache).await, "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_vendor_that_asks_for_a_wait_gets_it() {
        let vendor = Vendor::new();
        vendor.fail_with(request_to_wait(30 * SECOND));
        let cache = builder(&vendor, &clock()).build();
        assert_eq!(log_ins_within(&cache, &vendor, 29 * SECOND).await, 1);
        advance(SECOND).await;
        vendor.fail_with(None);
        assert_eq!(get(&cache).await, "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_vendor_cannot_ask_for_a_wait_without_end() {
        let vendor = Vendor::new();
        vendor.fail_with(request_to_wait(Duration::MAX));
        let cache = builder(&vendor, &clock()).build();
        cache.get().await.unwrap_err();
        advance(MINUTE).await;
        vendor.fail_with(None);
        assert_eq!(get(&cache).await, "token-2");
    }

    /// Calls once a second; the number of log-ins that it caused.
    async fn log_ins_within(cache: &TokenCache, vendor: &Vendor, time: Duration) -> usize {
        let before = vendor.log_ins();
        for _ in 0..time.as_secs() {
            cache.get().await.unwrap_err();
            advance(SECOND).await;
        }
        cache.get().await.unwrap_err();
        vendor.log_ins() - before
    }
}

mod no_hang {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn dropping_the_caller_that_logs_in_harms_nobody() {
        let vendor = Vendor::new();
        vendor.close();
        let cache = builder(&vendor, &clock()).build();
        let mut first = many(1, &cache);
        settle().await;
        let others = many(10, &cache);
        settle().await;
        first.shutdown().await;
        vendor.open();
        for token in others.join_all().await {
            assert_eq!(token.unwrap(), "token-1");
        }
        assert_eq!(vendor.log_ins(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_in_that_everybody_gave_up_is_not_in_vain() {
        let vendor = Vendor::new();
        vendor.close();
        let cache = builder(&vendor, &clock()).build();
        let mut callers = many(10, &cache);
        settle().await;
        callers.shutdown().await;
        vendor.open();
        settle().await;
        assert_eq!(get(&cache).await, "token-1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wrong_password_is_remembered_although_every_caller_gave_up() {
        let vendor = Vendor::new();
        vendor.close();
        vendor.fail_with(refusal());
        let cache = builder(&vendor, &clock()).build();
        let mut callers = many(10, &cache);
        settle().await;
        callers.shutdown().await;
        vendor.open();
        settle().await;
        assert!(cache.get().await.unwrap_err().is_unauthorized());
        assert_eq!(vendor.log_ins(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_is_not_polled_stops_nobody() {
        let vendor = Vendor::new();
        vendor.close();
        let cache = builder(&vendor, &clock()).build();
        let mut idle = pin!(cache.get());
        assert!(poll_once(idle.as_mut()).await.is_pending());
        vendor.open();
        assert_eq!(get(&cache).await, "token-1");
        assert_eq!(secret(&idle.await.unwrap()), "token-1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_in_that_never_ends_is_an_error_for_all() {
        let vendor = Vendor::new();
        vendor.close();
        let cache = builder(&vendor, &clock()).build();
        let start = Instant::now();
        for outcome in many(10, &cache).join_all().await {
            let error = outcome.unwrap_err();
            assert!(error.is_timeout() && error.is_retryable());
        }
        assert_eq!(start.elapsed(), MINUTE);
        assert_eq!(vendor.log_ins(), 1);
        advance(5 * SECOND).await;
        vendor.open();
        assert_eq!(get(&cache).await, "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_in_that_panics_is_an_error_for_all() {
        let vendor = Vendor::new();
        vendor.panics.store(true, Ordering::SeqCst);
        let cache = builder(&vendor, &clock()).build();
        for outcome in many(10, &cache).join_all().await {
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::LogIn);
        }
        vendor.panics.store(false, Ordering::SeqCst);
        get(&cache).await;
    }

    #[test]
    fn a_log_in_lost_with_its_runtime_is_taken_over() {
        let vendor = Vendor::new();
        vendor.close();
        let cache = builder(&vendor, &clock()).build();
        let lost = runtime();
        lost.block_on(async {
            assert!(poll_once(pin!(cache.get())).await.is_pending());
            settle().await;
        });
        runtime().block_on(async {
            let callers = many(10, &cache);
            settle().await;
            assert_eq!(vendor.log_ins(), 1);
            std::thread::spawn(|| drop(lost)).join().unwrap();
            vendor.open();
            for token in callers.join_all().await {
                assert_eq!(token.unwrap(), "token-2");
            }
        });
        assert_eq!(vendor.log_ins(), 2);
    }

    #[test]
    fn a_log_in_on_a_runtime_that_stands_still_is_taken_over() {
        let vendor = Vendor::new();
        vendor.close();
        let cache = builder(&vendor, &clock()).build();
        let still = runtime();
        still.block_on(async {
            assert!(poll_once(pin!(cache.get())).await.is_pending());
            settle().await;
        });
        vendor.open();
        runtime().block_on(async {
            for token in many(10, &cache).join_all().await {
                assert_eq!(token.unwrap(), "token-2");
            }
        });
        assert_eq!(vendor.log_ins(), 2);
        // What the first one brings in the end is too late to be of use.
        still.block_on(settle());
        assert_eq!(runtime().block_on(get(&cache)), "token-2");
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
    }
}

mod invalidation {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_replaced_by_one_log_in_for_all() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        get(&cache).await;
        vendor.close();
        let callers: JoinSet<_> = (0..1000)
            .map(|_| {
                let cache = cache.clone();
                async move {
                    let refused = cache.get().await.unwrap().generation();
                    yield_now().await;
                    cache.invalidate(refused);
                    get(&cache).await
                }
            })
            .collect();
        settle().await;
        vendor.open();
        for token in callers.join_all().await {
            assert_eq!(token, "token-2");
        }
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_refusal_of_an_old_token_leaves_the_newer_one_alone() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        let old = cache.get().await.unwrap().generation();
        cache.invalidate(old);
        let new = cache.get().await.unwrap().generation();
        assert!(new > old);
        cache.invalidate(old);
        assert_eq!(cache.get().await.unwrap().generation(), new);
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_refused_while_the_next_is_fetched_is_not_used_again() {
        let (vendor, clock) = (Vendor::new(), clock());
        let cache = builder(&vendor, &clock).build();
        get(&cache).await;
        clock.advance(LIFETIME - MINUTE);
        vendor.close();
        let fetching = many(1, &cache);
        settle().await;
        cache.invalidate(cache.get().await.unwrap().generation());
        let others = many(10, &cache);
        settle().await;
        vendor.open();
        for token in [fetching.join_all().await, others.join_all().await].concat() {
            assert_eq!(token.unwrap(), "token-2");
        }
        assert_eq!(vendor.log_ins(), 2);
    }
}

mod a_service_that_refuses_every_token {
    use super::*;

    /// As many calls as given, each replayed once with another token if there is one.
    async fn refused_calls(cache: &TokenCache, count: usize) {
        for _ in 0..count {
            let refused = cache.get().await.unwrap().generation();
            if cache.invalidate(refused) {
                cache.get().await.unwrap();
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn costs_a_few_log_ins() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        refused_calls(&cache, 100).await;
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn is_asked_for_another_token_after_growing_pauses() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        let mut moments = Vec::new();
        for second in 0..200 {
            let before = vendor.log_ins();
            refused_calls(&cache, 10).await;
            moments.extend((before < vendor.log_ins()).then_some(second));
            advance(SECOND).await;
        }
        assert_eq!(moments, [0, 5, 15, 35, 75, 135, 195]);
    }

    #[tokio::test(start_paused = true)]
    async fn leaves_the_token_in_use_while_nobody_asks_for_another() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        refused_calls(&cache, 2).await;
        let token = cache.get().await.unwrap();
        assert!(!cache.invalidate(token.generation()));
        assert_eq!(get(&cache).await, "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn is_forgiven_once_it_accepts_one() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        refused_calls(&cache, 10).await;
        cache.accepted(cache.get().await.unwrap().generation());
        refused_calls(&cache, 1).await;
        assert_eq!(vendor.log_ins(), 3, "the revocation of a token that worked");
        refused_calls(&cache, 1).await;
        assert_eq!(vendor.log_ins(), 4, "a first new token that does not work");
    }

    #[tokio::test(start_paused = true)]
    async fn is_told_from_one_that_revokes_tokens_all_the_time() {
        let vendor = Vendor::new();
        let cache = builder(&vendor, &clock()).build();
        for revocations in 0..100 {
            assert_eq!(vendor.log_ins(), revocations);
            let token = cache.get().await.unwrap().generation();
            cache.accepted(token);
            assert!(cache.invalidate(token));
        }
    }
}

mod sharing {
    use std::io;

    use tokio::sync::OwnedMutexGuard;

    use super::*;
    use crate::token::{AccountKey, StoreFuture, StoreLock, StoredToken, TokenStore};

    /// A store in memory that can fail in every way.
    #[derive(Debug, Default)]
    struct Shelf {
        token: Mutex<Option<StoredToken>>,
        lock: Arc<tokio::sync::Mutex<()>>,
        fails: AtomicBool,
        hangs: AtomicBool,
    }

    impl Shelf {
        fn respond<'a, T: Send + 'a>(
            &'a self,
            work: impl Future<Output = T> + Send + 'a,
        ) -> StoreFuture<'a, T> {
            Box::pin(async move {
                if self.hangs.load(Ordering::SeqCst) {
                    std::future::pending::<()>().await;
                }
                if self.fails.load(Ordering::SeqCst) {
                    return Err(io::Error::other("canary-in-the-store's-error"));
                }
                Ok(work.await)
            })
        }

        fn put(&self, secret: &str, obtained_at: SystemTime) {
            let token = Token::new(secret, LIFETIME).unwrap();
            *self.token.lock().unwrap() = Some(StoredToken::new(token, obtained_at));
        }

        fn secret(&self) -> Option<String> {
            let token = self.token.lock().unwrap();
            Some(token.as_ref()?.token().secret().expose_secret().to_owned())
        }

        async fn held(&self) -> OwnedMutexGuard<()> {
            Arc::clone(&self.lock).lock_owned().await
        }
    }

    impl TokenStore for Shelf {
        fn try_lock<'a>(&'a self, _: &'a AccountKey) -> StoreFuture<'a, Option<StoreLock>> {
            self.respond(async {
                let held = Arc::clone(&self.lock).try_lock_owned();
                held.ok().map(StoreLock::new)
            })
        }

        fn load<'a>(&'a self, _: &'a AccountKey) -> StoreFuture<'a, Option<StoredToken>> {
            self.respond(async { self.token.lock().unwrap().clone() })
        }

        fn save<'a>(&'a self, _: &'a AccountKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
            self.respond(async { *self.token.lock().unwrap() = Some(token.clone()) })
        }

        fn remove<'a>(&'a self, _: &'a AccountKey, refused: &'a Token) -> StoreFuture<'a, ()> {
            self.respond(async {
                let is_refused =
                    |stored: &mut StoredToken| stored.token().has_the_secret_of(refused);
                self.token.lock().unwrap().take_if(is_refused);
            })
        }
    }

    fn account() -> AccountKey {
        AccountKey::new("vendor", "https://api.example.com", "canary-login")
    }

    /// A cache as another process would have it.
    fn process(vendor: &Vendor, clock: &ManualClock, shelf: &Arc<Shelf>) -> TokenCache {
        builder(vendor, clock)
            .store(shelf.clone(), account(), MINUTE)
            .build()
    }

    #[tokio::test(start_paused = true)]
    async fn processes_on_a_cold_store_log_in_once() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::default());
        vendor.close();
        let callers: Vec<_> = (0..10)
            .map(|_| many(10, &process(&vendor, &clock, &shelf)))
            .collect();
        settle().await;
        assert_eq!(vendor.log_ins(), 1);
        vendor.open();
        for process in callers {
            for token in process.join_all().await {
                assert_eq!(token.unwrap(), "token-1");
            }
        }
        assert_eq!(vendor.log_ins(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_living_token_is_used_without_log_in_and_without_waiting_for_the_lock() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        shelf.put("stored", clock_now(&clock));
        let _held = shelf.held().await;
        let start = Instant::now();
        assert_eq!(get(&process(&vendor, &clock, &shelf)).await, "stored");
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(vendor.log_ins(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dead_token_is_replaced() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        shelf.put("stored", clock_now(&clock) - LIFETIME);
        assert_eq!(get(&process(&vendor, &clock, &shelf)).await, "token-1");
        assert_eq!(shelf.secret().unwrap(), "token-1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_from_the_future_is_replaced() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        shelf.put("stored", clock_now(&clock) + HOUR);
        assert_eq!(get(&process(&vendor, &clock, &shelf)).await, "token-1");
        assert_eq!(shelf.secret().unwrap(), "token-1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stored_token_lives_no_longer_for_having_been_loaded() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        shelf.put("stored", clock_now(&clock) - 11 * HOUR);
        let cache = process(&vendor, &clock, &shelf);
        assert_eq!(get(&cache).await, "stored");
        clock.advance(HOUR);
        assert_eq!(get(&cache).await, "token-1");
    }

    #[tokio::test(start_paused = true)]
    async fn what_another_process_fetched_ahead_is_taken_over() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        let cache = process(&vendor, &clock, &shelf);
        get(&cache).await;
        clock.advance(LIFETIME - MINUTE);
        shelf.put("by-another", clock_now(&clock));
        assert_eq!(get(&cache).await, "by-another");
        assert_eq!(vendor.log_ins(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_token_is_fetched_although_the_store_still_has_the_old_one() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        let cache = process(&vendor, &clock, &shelf);
        get(&cache).await;
        clock.advance(LIFETIME - MINUTE);
        assert_eq!(get(&cache).await, "token-2");
        assert_eq!(shelf.secret().unwrap(), "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_does_not_come_back_from_the_store() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        let (first, second) = (
            process(&vendor, &clock, &shelf),
            process(&vendor, &clock, &shelf),
        );
        assert_eq!((get(&first).await, get(&second).await), pair("token-1"));
        for cache in [&first, &second] {
            cache.invalidate(cache.get().await.unwrap().generation());
        }
        assert_eq!((get(&first).await, get(&second).await), pair("token-2"));
        assert_eq!(vendor.log_ins(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_leaves_the_store_even_if_the_log_in_fails() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        let cache = process(&vendor, &clock, &shelf);
        cache.invalidate(cache.get().await.unwrap().generation());
        vendor.fail_with(passing_failure());
        cache.get().await.unwrap_err();
        assert_eq!(shelf.secret(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn refusing_a_token_leaves_another_process_s_newer_one_in_the_store() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        let cache = process(&vendor, &clock, &shelf);
        let refused = cache.get().await.unwrap().generation();
        shelf.put("by-another", clock_now(&clock));
        cache.invalidate(refused);
        assert_eq!(get(&cache).await, "by-another");
        assert_eq!(shelf.secret().unwrap(), "by-another");
        assert_eq!(vendor.log_ins(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_fails_breaks_no_call() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        shelf.fails.store(true, Ordering::SeqCst);
        let cache = process(&vendor, &clock, &shelf);
        for _ in 0..10 {
            assert_eq!(get(&cache).await, "token-1");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_hangs_breaks_no_call() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        shelf.hangs.store(true, Ordering::SeqCst);
        let cache = process(&vendor, &clock, &shelf);
        let start = Instant::now();
        for _ in 0..10 {
            assert_eq!(get(&cache).await, "token-1");
        }
        assert_eq!(start.elapsed(), 5 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_fails_is_asked_and_reported_once_per_log_in() {
        let log = Log::default();
        let _guard = tracing::subscriber::set_default(log.subscriber());
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        shelf.fails.store(true, Ordering::SeqCst);
        get(&process(&vendor, &clock, &shelf)).await;
        assert_eq!(log.text().matches("token store failed").count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_that_is_never_released_breaks_no_call() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        let _held = shelf.held().await;
        let start = Instant::now();
        assert_eq!(get(&process(&vendor, &clock, &shelf)).await, "token-1");
        assert!(start.elapsed() >= MINUTE / 4);
        assert!(start.elapsed() < MINUTE / 4 + SECOND);
        assert_eq!(shelf.secret().unwrap(), "token-1");
    }

    #[tokio::test(start_paused = true)]
    async fn the_lock_is_released_when_the_log_in_fails_or_is_broken_off() {
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::default());
        vendor.fail_with(refusal());
        process(&vendor, &clock, &shelf).get().await.unwrap_err();
        shelf.held().await;
        vendor.close();
        process(&vendor, &clock, &shelf).get().await.unwrap_err();
        shelf.held().await;
    }

    #[tokio::test(start_paused = true)]
    async fn no_secret_is_printed_or_logged() {
        let log = Log::default();
        let _guard = tracing::subscriber::set_default(log.subscriber());
        let (vendor, clock, shelf) = (Vendor::new(), clock(), Arc::new(Shelf::default()));
        shelf.put("canary-stored", clock_now(&clock) - LIFETIME);
        let builder = builder(&vendor, &clock).store(shelf.clone(), account(), MINUTE);
        let mut printed = format!("{builder:?} {clock:?}");
        let cache = builder.build();
        shelf.fails.store(true, Ordering::SeqCst);
        let token = cache.get().await.unwrap();
        shelf.fails.store(false, Ordering::SeqCst);
        cache.invalidate(token.generation());
        vendor.fail_with(refusal());
        let error = cache.get().await.unwrap_err();
        printed += &format!("{cache:?} {token:?} {shelf:?} {error} {error:?}");
        let stored = StoredToken::new(Token::new("canary", LIFETIME).unwrap(), clock_now(&clock));
        printed += &format!("{stored:?} {:?}", shelf.try_lock(&account()).await.unwrap());
        printed += &log.text();
        assert!(printed.contains("token store failed"));
        assert!(!printed.contains("canary"), "{printed}");
        assert!(!printed.contains("token-1"), "{printed}");
    }

    fn pair(token: &str) -> (String, String) {
        (token.to_owned(), token.to_owned())
    }

    fn clock_now(clock: &ManualClock) -> SystemTime {
        crate::clock::Clock::now(clock)
    }

    /// Everything that is traced, at the finest level.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Log {
        fn subscriber(&self) -> impl tracing::Subscriber + use<> {
            let log = self.clone();
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_writer(move || log.clone())
                .finish()
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
