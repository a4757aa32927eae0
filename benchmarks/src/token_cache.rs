//! The cost of taking a token from the cache.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, SystemTime};

use benchmarks::{BoxError, Verdict, median};
use tokio::runtime::Builder;
use tokio::time::Instant;
use vendor_client_core::{Error, LogIn, Token, TokenCache};

const ROUNDS: usize = 301;
/// Few enough that a round is seldom interrupted.
const HITS: u32 = 20_000;

struct Account;

impl LogIn for Account {
    async fn log_in(&self) -> Result<Token, Error> {
        Token::new("not-a-real-token", Duration::from_secs(12 * 3600))
    }
}

/// Measures one thread, two that share a cache, and two that do not, which shows how the
/// processor itself copes with two busy threads.
pub(crate) fn run() -> Result<Vec<Verdict>, BoxError> {
    let clock = nanos_per_look_at_the_clock();
    let shared = TokenCache::new(Account);
    let alone = nanos_per_hit(&[&shared])?;
    let apart = nanos_per_hit(&[&TokenCache::new(Account), &TokenCache::new(Account)])?;
    let together = nanos_per_hit(&[&shared, &shared])?;
    println!("A token from the cache: {alone:.1} ns; reading the wall clock: {clock:.1} ns");
    Ok(vec![
        Verdict::at_most(
            "Token from the cache, to reading the wall clock",
            alone / clock,
            2.2,
            " ×",
        ),
        Verdict::at_most(
            "Two threads on one cache, to one each",
            together / apart,
            1.05,
            " ×",
        ),
    ])
}

/// The yardstick: a hit has to read the wall clock once, and the processor decides what that costs.
fn nanos_per_look_at_the_clock() -> f64 {
    let round = |_| {
        let start = Instant::now();
        for _ in 0..HITS {
            black_box(SystemTime::now());
        }
        start.elapsed().as_nanos() as f64 / f64::from(HITS)
    };
    median((0..ROUNDS).map(round))
}

/// The median over the rounds of all threads, one per cache.
fn nanos_per_hit(caches: &[&TokenCache]) -> Result<f64, BoxError> {
    let rounds: Result<Vec<Vec<f64>>, BoxError> = thread::scope(|scope| {
        let threads: Vec<_> = caches
            .iter()
            .map(|cache| scope.spawn(|| hammer(cache)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| "a thread panicked")?)
            .collect()
    });
    Ok(median(rounds?.into_iter().flatten()))
}

fn hammer(cache: &TokenCache) -> Result<Vec<f64>, BoxError> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        cache.get().await?;
        let mut rounds = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let start = Instant::now();
            for _ in 0..HITS {
                black_box(cache.get().await?.header());
            }
            rounds.push(start.elapsed().as_nanos() as f64 / f64::from(HITS));
        }
        Ok(rounds)
    })
}
