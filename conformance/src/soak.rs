//! A soak: many workers create, change, follow and delete things at all vendors, while several per
//! cent of their requests go wrong and tokens expire. At the end of each round, what the clients
//! reported is compared with the sandbox's ledger: nothing lost, nothing twice, nothing leaked.
//!
//! What goes wrong with which thing depends on the seed alone; the order in which workers get
//! there does not. Neither matters to the comparison, and a slow machine only makes more calls
//! end as unknown: the sandbox would have to leave a request lying for two seconds, and then take
//! up a later one first, for a creation to be done twice.

mod faults;
mod lives;
mod tally;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use vendor_client_core::{Clock, LookUp, RetryPolicy, TransportConfig};
use vendor_sandbox::ocean_geomission::Duplicates;
use vendor_sandbox::{Clock as Time, Sandbox};

use lives::Clients;
use tally::Tally;

/// How many things live through a round. The sandbox is reset at its end.
const LIVES_PER_ROUND: u64 = 1_000;

/// A hundredth of a second, for a second.
const LAG_STEP: Duration = Duration::from_millis(10);

/// How long a client that has been dropped may take to close its connections and end its tasks.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much larger the process may become after its first rounds, in KiB, beyond a quarter.
const SLACK_KIB: u64 = 16 * 1024;

/// The limits of a soak.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What goes wrong, and where.
    pub seed: u64,
    /// About how many calls are made.
    pub operations: u64,
    /// About how long it lasts.
    pub seconds: u64,
    pub workers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            operations: 100_000,
            seconds: 300,
            workers: 32,
        }
    }
}

/// The results of a soak.
#[derive(Debug)]
pub struct Findings {
    /// The figures, as a table in Markdown.
    pub figures: String,
    /// What was wrong, in sentences.
    pub complaints: Vec<String>,
}

pub fn soak(options: Options) -> Findings {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run(options))
}

async fn run(options: Options) -> Findings {
    let start = Instant::now();
    let sandbox = Arc::new(
        Sandbox::builder()
            .clock(Time::system())
            .start()
            .await
            .unwrap(),
    );
    let clients = Clients::new(&sandbox, &config(&sandbox));
    let mut tally = Tally::default();
    let mut memory = Vec::new();
    let mut most_connections = 0;
    let mut rounds = 0;
    while tally.calls < options.operations && start.elapsed() < Duration::from_secs(options.seconds)
    {
        configure(&sandbox, lag(rounds));
        let round = round(&sandbox, &clients, options, rounds).await;
        for service in sandbox.emulators() {
            service.ledger().settled().await;
            most_connections = most_connections.max(service.ledger().open_connections());
        }
        tally.add(round.compared_with(&sandbox));
        sandbox.reset();
        memory.push(resident_kib());
        rounds += 1;
    }
    let took = start.elapsed();
    drop(clients);
    tally.complaints.extend(leaks(&sandbox).await);
    tally.complaints.extend(growth(&memory));

    let mut figures = String::from("| Figure | Value |\n| --- | --: |\n");
    let mut line = |name: &str, value: String| {
        let _ = writeln!(figures, "| {name} | {value} |");
    };
    line("seed", options.seed.to_string());
    line("workers", options.workers.to_string());
    line("rounds", rounds.to_string());
    line("calls", tally.calls.to_string());
    line(
        "calls per second",
        format!("{:.0}", rate(tally.calls, took)),
    );
    line("seconds", format!("{:.1}", took.as_secs_f64()));
    tally.write(&mut line);
    line(
        "most connections open at the end of a round",
        most_connections.to_string(),
    );
    line("memory after each fifth, MiB", by_fifths(&memory));
    Findings {
        figures,
        complaints: tally.complaints,
    }
}

/// Short waits, so that a soak spends its time on calls.
fn config(sandbox: &Sandbox) -> TransportConfig {
    TransportConfig::default()
        .attempt_timeout(Duration::from_secs(2))
        .deadline(Duration::from_secs(10))
        .look_up(LookUp::default().waits([1, 3, 9].map(|wait| LAG_STEP * wait)))
        .retry(RetryPolicy::default().first_wait(Duration::from_millis(2)))
        .clock(Arc::new(SandboxTime(sandbox.clock().clone())))
}

/// A client's clock that shows the sandbox's time.
#[derive(Debug)]
struct SandboxTime(vendor_sandbox::Clock);

impl Clock for SandboxTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

/// The vendor carries out twice what is sent twice, so that it shows, and shows a new thing only
/// after a while.
fn configure(sandbox: &Sandbox, lag: Duration) {
    sandbox.ocean_geomission().configure(|settings| {
        settings.duplicates = Duplicates::Second;
        settings.visible_after = lag;
    });
    let geoplanning = sandbox.geoplanning();
    geoplanning.configure(|settings| settings.visible_after = lag);
}

/// How long the vendors take in this round to show what was created: up to five steps. With the
/// clients' default policy, whose waits are as many seconds, a step would be a second.
fn lag(round: u64) -> Duration {
    LAG_STEP * u32::try_from(round % 6).unwrap_or_default()
}

/// Lets the things of one round live.
async fn round(sandbox: &Arc<Sandbox>, clients: &Clients, options: Options, round: u64) -> Tally {
    let first = round * LIVES_PER_ROUND;
    let next = Arc::new(AtomicU64::new(first));
    let mut workers = JoinSet::new();
    for _ in 0..options.workers {
        let (sandbox, clients, next) = (Arc::clone(sandbox), clients.clone(), Arc::clone(&next));
        workers.spawn(async move {
            let mut tally = Tally::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= first + LIVES_PER_ROUND {
                    return tally;
                }
                age(&sandbox, number);
                let mut rng = fastrand::Rng::with_seed(options.seed ^ number.rotate_left(32));
                clients
                    .live(&sandbox, number, lag(round), &mut rng, &mut tally)
                    .await;
            }
        });
    }
    let mut tally = Tally::default();
    for worker in workers.join_all().await {
        tally.add(worker);
    }
    tally
}

/// Lets time pass, so that tokens expire, and takes them away at times.
fn age(sandbox: &Sandbox, number: u64) {
    if number.is_multiple_of(40) {
        sandbox.clock().advance(Duration::from_secs(3600));
    }
    if number.is_multiple_of(170) {
        sandbox.ocean_geomission().revoke_tokens();
    }
}

/// What is left of clients that were dropped: connections and tasks.
async fn leaks(sandbox: &Sandbox) -> Vec<String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let open: u64 = sandbox
            .emulators()
            .map(|service| service.ledger().open_connections())
            .sum();
        let tasks = Handle::current().metrics().num_alive_tasks();
        if open == 0 && tasks == 0 {
            return Vec::new();
        }
        if Instant::now() > end {
            return vec![format!("{open} connections and {tasks} tasks were left")];
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// Whether memory grew after the first rounds. Too few rounds prove nothing.
fn growth(memory: &[u64]) -> Option<String> {
    const ENOUGH: usize = 10;
    if memory.len() < ENOUGH {
        return None;
    }
    let (early, late) = (memory[memory.len() / 5], memory[memory.len() - 1]);
    (late > early + early / 4 + SLACK_KIB)
        .then(|| format!("memory grew from {early} to {late} KiB"))
}

/// This process's memory, if the system reports it.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}

/// Memory after each fifth of the rounds, so that growth that goes on shows.
fn by_fifths(memory: &[u64]) -> String {
    let after = |fifth: usize| memory.get((memory.len() * fifth / 5).saturating_sub(1));
    let figures = (1..=5).filter_map(after);
    let figures: Vec<String> = figures
        .map(|kib| format!("{:.1}", mebibytes(*kib)))
        .collect();
    figures.join(", ")
}

fn mebibytes(kib: u64) -> f64 {
    f64::from(u32::try_from(kib).unwrap_or(u32::MAX)) / 1024.0
}

fn rate(calls: u64, took: Duration) -> f64 {
    f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / took.as_secs_f64().max(0.001)
}
