//! What a fleet of processes gets from a store, each of them with a cache of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use vendor_client_core::{Error, LogIn, ManualClock, Token, TokenCache};

use crate::{Backend, account};

const LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// Time enough for a slow machine; no test waits for it.
const DEADLINE: Duration = Duration::from_secs(240);

/// As many processes as there are in a small fleet.
const PROCESSES: usize = 16;

/// A vendor whose first token is `token-1`, its second `token-2`, and so on.
#[derive(Clone)]
struct Vendor {
    log_ins: Arc<AtomicUsize>,
    /// Whether log-ins are answered.
    open: watch::Sender<bool>,
    failure: Arc<Mutex<Option<Error>>>,
}

impl Vendor {
    fn new() -> Self {
        Self {
            log_ins: Arc::default(),
            open: watch::Sender::new(true),
            failure: Arc::default(),
        }
    }

    fn log_ins(&self) -> usize {
        self.log_ins.load(Ordering::SeqCst)
    }

    fn fail_with(&self, error: impl Into<Option<Error>>) {
        *self.failure.lock().unwrap() = error.into();
    }
}

impl LogIn for Vendor {
    async fn log_in(&self) -> Result<Token, Error> {
        let number = self.log_ins.fetch_add(1, Ordering::SeqCst) + 1;
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open).await.unwrap();
        match self.failure.lock().unwrap().clone() {
            Some(failure) => Err(failure),
            None => Token::new(format!("token-{number}"), LIFETIME),
        }
    }
}

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
}

/// A process: a cache with a store of its own.
fn process(vendor: &Vendor, clock: &ManualClock, backend: &impl Backend) -> TokenCache {
    TokenCache::builder(vendor.clone())
        .clock(Arc::new(clock.clone()))
        .store(backend.open(), account("alice"), DEADLINE)
        .build()
}

fn fleet(vendor: &Vendor, backend: &impl Backend) -> Vec<TokenCache> {
    let clock = clock();
    (0..PROCESSES)
        .map(|_| process(vendor, &clock, backend))
        .collect()
}

/// What each process gets, all at once.
async fn tokens(fleet: &[TokenCache]) -> Vec<Result<String, Error>> {
    let calls: JoinSet<_> = fleet
        .iter()
        .map(|process| {
            let process = process.clone();
            async move {
                let token = process.get().await?;
                Ok(token.secret().expose_secret().to_owned())
            }
        })
        .collect();
    timeout(DEADLINE, calls.join_all()).await.unwrap()
}

async fn expect(fleet: &[TokenCache], expected: &str) {
    for token in tokens(fleet).await {
        assert_eq!(token.unwrap(), expected);
    }
}

pub async fn a_cold_fleet_logs_in_once(backend: &impl Backend) {
    let vendor = Vendor::new();
    vendor.open.send_replace(false);
    let fleet = fleet(&vendor, backend);
    let (waiting, release) = (tokens(&fleet), async {
        while vendor.log_ins() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // The others look at the store meanwhile.
        tokio::time::sleep(Duration::from_millis(100)).await;
        vendor.open.send_replace(true);
    });
    let (tokens, ()) = tokio::join!(waiting, release);
    for token in tokens {
        assert_eq!(token.unwrap(), "token-1");
    }
    assert_eq!(vendor.log_ins(), 1);
}

pub async fn a_revoked_token_is_replaced_for_all_by_one_log_in(backend: &impl Backend) {
    let vendor = Vendor::new();
    let fleet = fleet(&vendor, backend);
    expect(&fleet, "token-1").await;
    for process in &fleet {
        let token = process.get().await.unwrap().generation();
        process.accepted(token);
        assert!(process.invalidate(token));
    }
    expect(&fleet, "token-2").await;
    assert_eq!(vendor.log_ins(), 2);
}

pub async fn a_late_refusal_costs_no_log_in(backend: &impl Backend) {
    let vendor = Vendor::new();
    let fleet = fleet(&vendor, backend);
    expect(&fleet, "token-1").await;
    let (first, late) = (&fleet[..1], &fleet[1..2]);
    for process in first {
        process.invalidate(process.get().await.unwrap().generation());
    }
    expect(first, "token-2").await;
    for process in late {
        process.invalidate(process.get().await.unwrap().generation());
    }
    expect(late, "token-2").await;
    expect(first, "token-2").await;
    assert_eq!(vendor.log_ins(), 2);
}

pub async fn a_wrong_password_is_tried_once_by_the_fleet(backend: &impl Backend) {
    let vendor = Vendor::new();
    vendor.fail_with(Error::configuration("a wrong password").into_unauthorized());
    let fleet = fleet(&vendor, backend);
    for _ in 0..2 {
        for token in tokens(&fleet).await {
            assert!(token.unwrap_err().is_unauthorized());
        }
    }
    assert_eq!(vendor.log_ins(), 1);
}

pub async fn a_service_that_cannot_be_reached_from_one_machine_is_tried_by_another(
    backend: &impl Backend,
) {
    let vendor = Vendor::new();
    let fleet = fleet(&vendor, backend);
    vendor.fail_with(Error::configuration("no connection from here"));
    tokens(&fleet[..1]).await.remove(0).unwrap_err();
    vendor.fail_with(None);
    expect(&fleet[1..], "token-2").await;
}

pub async fn a_process_that_starts_later_does_not_log_in(backend: &impl Backend) {
    let (vendor, clock) = (Vendor::new(), clock());
    expect(&[process(&vendor, &clock, backend)], "token-1").await;
    clock.advance(LIFETIME / 2);
    expect(&[process(&vendor, &clock, backend)], "token-1").await;
    clock.advance(LIFETIME / 2);
    expect(&[process(&vendor, &clock, backend)], "token-2").await;
    assert_eq!(vendor.log_ins(), 2);
}
