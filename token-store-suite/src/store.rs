//! What a store does by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use vendor_client_core::{
    AccountKey, Error, StoreLock, StoredFailure, StoredToken, Token, TokenStore,
};

use crate::{Backend, account};

const LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// No wait of the suite is longer.
const PATIENCE: Duration = Duration::from_secs(60);

fn token(secret: &str) -> StoredToken {
    let obtained_at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_800_000_000_123);
    StoredToken::new(Token::new(secret, LIFETIME).unwrap(), obtained_at)
}

async fn save(store: &dyn TokenStore, account: &AccountKey, secret: &str) {
    store.save(account, &token(secret)).await.unwrap();
}

async fn remove(store: &dyn TokenStore, account: &AccountKey, secret: &str) {
    let refused = token(secret).token().clone();
    store.remove(account, &refused).await.unwrap();
}

async fn secret(store: &dyn TokenStore, account: &AccountKey) -> Option<String> {
    let stored = store.load(account).await.unwrap()?;
    Some(stored.token().secret().expose_secret().to_owned())
}

/// Waits for the right, as the cache does.
async fn lock(store: &dyn TokenStore, account: &AccountKey) -> StoreLock {
    let lock = async {
        loop {
            if let Some(lock) = store.try_lock(account).await.unwrap() {
                return lock;
            }
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, lock).await.unwrap()
}

pub async fn what_is_saved_is_loaded_by_every_process(backend: &impl Backend) {
    let (one, other, alice) = (backend.open(), backend.open(), account("alice"));
    assert_eq!(secret(&*one, &alice).await, None);
    save(&*one, &alice, "t").await;
    for store in [one, other, backend.open()] {
        let stored = store.load(&alice).await.unwrap().unwrap();
        assert_eq!(stored.token().secret().expose_secret(), "t");
        assert_eq!(stored.token().lifetime(), LIFETIME);
        assert_eq!(stored.obtained_at(), token("t").obtained_at());
    }
}

pub async fn a_newer_token_takes_the_place_of_an_older_one(backend: &impl Backend) {
    let (one, other, alice) = (backend.open(), backend.open(), account("alice"));
    save(&*one, &alice, "first").await;
    save(&*other, &alice, "second").await;
    assert_eq!(secret(&*one, &alice).await.unwrap(), "second");
}

pub async fn what_is_removed_is_gone_and_may_be_removed_again(backend: &impl Backend) {
    let (one, other, alice) = (backend.open(), backend.open(), account("alice"));
    save(&*one, &alice, "t").await;
    remove(&*other, &alice, "t").await;
    remove(&*other, &alice, "t").await;
    assert_eq!(secret(&*one, &alice).await, None);
}

pub async fn a_late_refusal_leaves_a_newer_token_alone(backend: &impl Backend) {
    let (one, other, alice) = (backend.open(), backend.open(), account("alice"));
    save(&*one, &alice, "newer").await;
    remove(&*other, &alice, "older").await;
    assert_eq!(secret(&*one, &alice).await.unwrap(), "newer");
}

pub async fn accounts_share_a_store_and_nothing_else(backend: &impl Backend) {
    let store = backend.open();
    let (alice, bob) = (account("alice"), account("bob"));
    let alice_in_production = AccountKey::new("suite", "https://production.example.com", "alice");
    save(&*store, &alice, "alice-s").await;
    let failure = failure();
    store.save_failure(&alice, &failure).await.unwrap();
    let _held = lock(&*store, &alice).await;
    for other in [&bob, &alice_in_production] {
        assert_eq!(secret(&*store, other).await, None);
        assert!(store.load_failure(other).await.unwrap().is_none());
        let right = store.try_lock(other).await.unwrap();
        right.unwrap().release().await.unwrap();
        save(&*store, other, "other-s").await;
        remove(&*store, other, "other-s").await;
    }
    assert_eq!(secret(&*store, &alice).await.unwrap(), "alice-s");
}

pub async fn one_process_at_a_time_has_the_right_to_log_in(backend: &impl Backend) {
    let (one, other, alice) = (backend.open(), backend.open(), account("alice"));
    let held = one.try_lock(&alice).await.unwrap().unwrap();
    for store in [&one, &other] {
        assert!(store.try_lock(&alice).await.unwrap().is_none());
    }
    held.release().await.unwrap();
    let held = other.try_lock(&alice).await.unwrap();
    assert!(held.is_some(), "a right that is released is free at once");
    assert!(one.try_lock(&alice).await.unwrap().is_none());
}

pub async fn a_right_that_is_dropped_is_free_again(backend: &impl Backend) {
    let (one, other, alice) = (backend.open(), backend.open(), account("alice"));
    drop(one.try_lock(&alice).await.unwrap().unwrap());
    drop(lock(&*other, &alice).await);
}

fn failure() -> StoredFailure {
    let error = Error::configuration("a failure like any other").into_unauthorized();
    let until = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_060);
    StoredFailure::new(&error, until)
}

pub async fn a_failed_log_in_is_told_to_every_process(backend: &impl Backend) {
    let (one, other, alice) = (backend.open(), backend.open(), account("alice"));
    assert!(one.load_failure(&alice).await.unwrap().is_none());
    one.save_failure(&alice, &failure()).await.unwrap();
    let stored = other.load_failure(&alice).await.unwrap().unwrap();
    assert_eq!(stored.until(), failure().until());
    assert!(stored.error().is_unauthorized());
}

pub async fn a_thousand_tasks_take_turns(backend: &impl Backend) {
    let inside = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    let stores: Vec<_> = (0..10).map(|_| backend.open()).collect();
    for number in 0..1000 {
        let (store, inside) = (Arc::clone(&stores[number % 10]), Arc::clone(&inside));
        tasks.spawn(async move {
            // Not all of them wait to the end: that would be a test of patience.
            let Some(lock) = store.try_lock(&account("alice")).await.unwrap() else {
                return 0;
            };
            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
            tokio::task::yield_now().await;
            inside.fetch_sub(1, Ordering::SeqCst);
            lock.release().await.unwrap();
            1
        });
    }
    let turns: usize = timeout(PATIENCE, tasks.join_all())
        .await
        .unwrap()
        .iter()
        .sum();
    assert!(turns >= 1);
    drop(lock(&*stores[0], &account("alice")).await);
}

pub async fn neither_the_store_nor_its_lock_shows_a_secret(backend: &impl Backend) {
    let (store, account) = (backend.open(), account("canary-login"));
    save(&*store, &account, "canary-secret").await;
    let lock = lock(&*store, &account).await;
    let shown = format!("{store:?} {lock:?} {account:?}");
    assert!(!shown.contains("canary"), "{shown}");
}
