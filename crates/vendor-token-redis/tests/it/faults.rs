//! What goes wrong with Redis costs a log-in per process and one event, and never a call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;
use vendor_client_core::{AccountKey, Error, LogIn, StoreLock, Token, TokenCache, TokenStore as _};
use vendor_token_redis::RedisTokenStore;

use crate::server::{Server, key};

const LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// A call's deadline, of which a fault may cost a quarter.
const DEADLINE: Duration = Duration::from_secs(60);

/// No call with a fault of Redis takes longer.
const BOUND: Duration = Duration::from_secs(20);

#[derive(Clone, Default)]
pub(crate) struct Vendor(Arc<AtomicUsize>);

impl Vendor {
    pub(crate) fn log_ins(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl LogIn for Vendor {
    async fn log_in(&self) -> Result<Token, Error> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Token::new(format!("token-{number}"), LIFETIME)
    }
}

fn account() -> AccountKey {
    AccountKey::new("vendor", "https://api.example.com", "canary-login")
}

/// A process with a cache of its own.
pub(crate) fn process(vendor: &(impl LogIn + Clone), store: RedisTokenStore) -> TokenCache {
    TokenCache::builder(vendor.clone())
        .store(Arc::new(store), account(), DEADLINE)
        .build()
}

async fn get(cache: &TokenCache) {
    timeout(BOUND, cache.get()).await.unwrap().unwrap();
}

/// Uses the process's token up, as a revocation does.
pub(crate) async fn revoke(cache: &TokenCache) {
    let token = cache.get().await.unwrap().generation();
    cache.accepted(token);
    cache.invalidate(token);
}

async fn lock(store: &RedisTokenStore) -> StoreLock {
    store.try_lock(&account()).await.unwrap().unwrap()
}

/// What the process logs at the level of warnings, for one thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn start(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::WARN)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(ToOwned::to_owned).collect()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Each of three processes logs in once, works on, and reports one event that names no account.
async fn expect_one_log_in_per_process(store: impl Fn() -> RedisTokenStore, kind: &str) {
    let vendor = Vendor::default();
    for number in 1..=3 {
        let log = Log::default();
        let _guard = log.start();
        let process = process(&vendor, store());
        for _ in 0..10 {
            get(&process).await;
        }
        assert_eq!(vendor.log_ins(), number);
        let lines = log.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("token store failed"), "{lines:?}");
        assert!(lines[0].contains(kind), "{lines:?}");
        assert!(!lines[0].contains("canary"), "{lines:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_down_costs_a_log_in_per_process() {
    let Some(mut server) = Server::start().await else {
        return;
    };
    server.kill();
    expect_one_log_in_per_process(|| server.store(), "ConnectionRefused").await;
}

#[tokio::test]
async fn a_server_that_is_paused_costs_a_log_in_per_process() {
    let Some(server) = Server::start().await else {
        return;
    };
    server.pause();
    expect_one_log_in_per_process(|| server.store(), "TimedOut").await;
    server.resume();
}

#[tokio::test]
async fn a_server_without_memory_costs_a_log_in_per_process() {
    let options = ["--maxmemory", "1", "--maxmemory-policy", "noeviction"];
    let Some(server) = Server::start_with(&options).await else {
        return;
    };
    expect_one_log_in_per_process(|| server.store(), "StorageFull").await;
}

#[tokio::test]
async fn a_wrong_password_of_the_server_costs_a_log_in_per_process() {
    let Some(server) = Server::start().await else {
        return;
    };
    let set: String = server
        .call(
            redis::cmd("CONFIG")
                .arg("SET")
                .arg("requirepass")
                .arg("right"),
        )
        .await;
    assert_eq!(set, "OK");
    let with = |password: &str| {
        let url = server
            .url()
            .replace("redis://", &format!("redis://:{password}@"));
        RedisTokenStore::open(&url, key()).unwrap()
    };
    expect_one_log_in_per_process(|| server.store(), "PermissionDenied").await;
    expect_one_log_in_per_process(|| with("canary-wrong"), "PermissionDenied").await;
    let vendor = Vendor::default();
    for _ in 0..3 {
        get(&process(&vendor, with("right"))).await;
    }
    assert_eq!(vendor.log_ins(), 1);
}

#[tokio::test]
async fn a_store_works_again_with_a_server_that_was_killed_and_restarted() {
    let Some(mut server) = Server::start().await else {
        return;
    };
    let vendor = Vendor::default();
    let (one, other) = (
        process(&vendor, server.store()),
        process(&vendor, server.store()),
    );
    get(&one).await;
    get(&other).await;
    assert_eq!(vendor.log_ins(), 1);
    server.kill();
    get(&one).await;
    assert_eq!(vendor.log_ins(), 1, "a token in use needs no Redis");
    revoke(&one).await;
    get(&one).await;
    assert_eq!(vendor.log_ins(), 2);
    server.restart().await;
    revoke(&one).await;
    revoke(&other).await;
    get(&one).await;
    get(&other).await;
    assert_eq!(vendor.log_ins(), 3, "they share again");
}

#[tokio::test]
async fn an_idle_connection_that_the_server_closed_costs_nothing() {
    let Some(server) = Server::start().await else {
        return;
    };
    let vendor = Vendor::default();
    let store = server.store();
    get(&process(&vendor, store.clone())).await;
    let closed: i64 = server
        .call(redis::cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal"))
        .await;
    assert!(closed >= 1);
    let log = Log::default();
    let _guard = log.start();
    get(&process(&vendor, store)).await;
    assert_eq!(vendor.log_ins(), 1);
    assert_eq!(log.lines(), [""; 0]);
}

/// A real wait, of two seconds: only the server's clock can tell when a key expires.
#[tokio::test]
async fn a_holder_that_dies_costs_the_fleet_its_expiry_and_one_log_in() {
    let Some(server) = Server::start().await else {
        return;
    };
    // A holder that is not there to renew or release.
    let name = format!("vendor-token:{{{}}}:lock", account());
    let set: String = server
        .call(redis::cmd("SET").arg(&name).arg("dead").arg("PX").arg(2000))
        .await;
    assert_eq!(set, "OK");
    let vendor = Vendor::default();
    let mut fleet = JoinSet::new();
    for _ in 0..16 {
        let process = process(&vendor, server.store());
        fleet.spawn(async move { get(&process).await });
    }
    fleet.join_all().await;
    assert_eq!(vendor.log_ins(), 1);
}

#[tokio::test]
async fn a_right_expires_by_itself_and_is_renewed_by_its_holder() {
    let Some(server) = Server::start().await else {
        return;
    };
    let store = server.store();
    let held = lock(&store).await;
    let name = format!("vendor-token:{{{}}}:lock", account());
    let left: i64 = server.call(redis::cmd("PTTL").arg(&name)).await;
    assert!((1..=6_000).contains(&left));
    let shortened: i64 = server
        .call(redis::cmd("PEXPIRE").arg(&name).arg(4_000))
        .await;
    assert_eq!(shortened, 1);
    let renewed = async {
        loop {
            let left: i64 = server.call(redis::cmd("PTTL").arg(&name)).await;
            if left > 4_000 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(BOUND, renewed).await.unwrap();
    held.release().await.unwrap();
    assert_eq!(server.names().await, [""; 0]);
}

#[tokio::test]
async fn a_holder_that_lost_its_right_does_not_take_it_from_another() {
    let Some(server) = Server::start().await else {
        return;
    };
    let (one, other) = (server.store(), server.store());
    let late = lock(&one).await;
    let name = format!("vendor-token:{{{}}}:lock", account());
    // As if it had expired.
    let deleted: i64 = server.call(redis::cmd("DEL").arg(&name)).await;
    assert_eq!(deleted, 1);
    let held = lock(&other).await;
    late.release().await.unwrap();
    assert!(one.try_lock(&account()).await.unwrap().is_none());
    held.release().await.unwrap();
    drop(lock(&one).await);
}

#[tokio::test]
async fn a_thousand_tasks_of_one_process_log_in_once() {
    let Some(server) = Server::start().await else {
        return;
    };
    let vendor = Vendor::default();
    let caches: Vec<_> = (0..10).map(|_| process(&vendor, server.store())).collect();
    let mut tasks = JoinSet::new();
    for number in 0..1000 {
        let cache = caches[number % caches.len()].clone();
        tasks.spawn(async move { get(&cache).await });
    }
    tasks.join_all().await;
    assert_eq!(vendor.log_ins(), 1);
}

/// The redis crate would panic if no provider of cryptography had been chosen.
#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_server_without_tls_costs_a_log_in_per_process() {
    let Some(server) = Server::start().await else {
        return;
    };
    let url = server.url().replace("redis://", "rediss://");
    let store = || RedisTokenStore::open(&url, key()).unwrap();
    expect_one_log_in_per_process(store, "token store failed").await;
}
