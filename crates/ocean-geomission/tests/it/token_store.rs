//! A token store of the caller's own, written with nothing but this crate.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocean_geomission::{
    AccountKey, ExposeSecret, StoreFuture, StoreLock, StoredToken, Token, TokenStore,
};
use vendor_sandbox::{Ending, Sandbox};

use crate::support::{builder, full_mission};

/// Keeps each account's token as JSON, as a database would.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<BTreeMap<String, String>>>);

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shelf")
    }
}

impl Shelf {
    fn content(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every token there is.
    fn tokens(&self) -> Vec<String> {
        self.content().values().cloned().collect()
    }
}

impl TokenStore for Shelf {
    fn try_lock<'a>(&'a self, _: &'a AccountKey) -> StoreFuture<'a, Option<StoreLock>> {
        Box::pin(async { Ok(Some(StoreLock::new(()))) })
    }

    fn load<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoredToken>> {
        let json = self.content().get(account.as_str()).cloned();
        Box::pin(async { Ok(json.and_then(|json| StoredToken::from_json(json.as_bytes()))) })
    }

    fn save<'a>(&'a self, account: &'a AccountKey, stored: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.content().insert(account.to_string(), stored.to_json());
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, account: &'a AccountKey, refused: &'a Token) -> StoreFuture<'a, ()> {
        let mut content = self.content();
        let stored = content.get(account.as_str());
        let stored = stored.and_then(|json| StoredToken::from_json(json.as_bytes()));
        if stored.is_some_and(|stored| {
            stored.token().secret().expose_secret() == refused.secret().expose_secret()
        }) {
            content.remove(account.as_str());
        }
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn clients_with_one_store_log_in_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let shelf = Shelf::default();
    for id in ["M-1", "M-2"] {
        let store = Arc::new(shelf.clone());
        let client = builder(&sandbox).token_store(store).build().unwrap();
        client.create_mission(&full_mission(id)).await.unwrap();
    }
    assert_eq!(sandbox.ocean_geomission().ledger().received("log_in"), 1);
}

#[tokio::test]
async fn nobody_works_with_the_token_of_another_account() {
    let sandbox = Sandbox::start().await.unwrap();
    let store = Arc::new(Shelf::default());
    let alice = builder(&sandbox).token_store(store.clone());
    alice.build().unwrap().log_in().await.unwrap();
    let bob = builder(&sandbox)
        .credentials("bob", "his own password")
        .token_store(store.clone())
        .build()
        .unwrap();
    let error = bob.create_mission(&full_mission("M-1")).await.unwrap_err();
    assert!(error.is_unauthorized());
    let ocean = sandbox.ocean_geomission();
    assert_eq!(ocean.ledger().received("create_mission"), 0);
    assert_eq!(store.tokens().len(), 1);
}

#[tokio::test]
async fn the_test_system_s_token_never_goes_to_production() {
    let (test_system, production) = (
        Sandbox::start().await.unwrap(),
        Sandbox::start().await.unwrap(),
    );
    let store = Arc::new(Shelf::default());
    for sandbox in [&test_system, &production, &test_system] {
        let client = builder(sandbox).token_store(store.clone()).build().unwrap();
        client.mission_status("M-1").await.unwrap_err();
    }
    for sandbox in [test_system, production] {
        let ledger = sandbox.ocean_geomission().ledger();
        assert_eq!(ledger.received("log_in"), 1);
        let refused = Ending::Responded(401);
        assert!(ledger.entries().iter().all(|entry| entry.ending != refused));
    }
    assert_eq!(store.tokens().len(), 2);
}

#[tokio::test]
async fn a_stored_token_that_the_service_has_revoked_is_replaced_in_the_store() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let shelf = Shelf::default();
    let client = || builder(&sandbox).token_store(Arc::new(shelf.clone()));
    client().build().unwrap().log_in().await.unwrap();
    let revoked = shelf.tokens();
    ocean.revoke_tokens();
    let client = client().build().unwrap();
    client.create_mission(&full_mission("M-1")).await.unwrap();
    assert_ne!(shelf.tokens(), revoked);
    assert_eq!(ocean.ledger().received("log_in"), 2);
    assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 1);
}
