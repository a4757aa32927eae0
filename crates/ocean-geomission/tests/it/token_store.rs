//! A token store of the caller's own, written with nothing but this crate.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ocean_geomission::{ExposeSecret, StoreFuture, StoreLock, StoredToken, Token, TokenStore};
use vendor_sandbox::Sandbox;

use crate::support::{builder, full_mission};

/// Keeps the token's text and its log-in's time, as a database would.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Option<(String, std::time::SystemTime)>>>);

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shelf")
    }
}

impl Shelf {
    fn put(&self, content: Option<(String, std::time::SystemTime)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = content;
    }

    fn content(&self) -> Option<(String, std::time::SystemTime)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl TokenStore for Shelf {
    fn lock(&self) -> StoreFuture<'_, StoreLock> {
        Box::pin(async { Ok(StoreLock::new(())) })
    }

    fn load(&self) -> StoreFuture<'_, Option<StoredToken>> {
        Box::pin(async {
            let Some((secret, obtained_at)) = self.content() else {
                return Ok(None);
            };
            let lifetime = Duration::from_secs(12 * 3600);
            let token = Token::new(secret, lifetime).map_err(std::io::Error::other)?;
            Ok(Some(StoredToken::new(token, obtained_at)))
        })
    }

    fn save(&self, stored: StoredToken) -> StoreFuture<'_, ()> {
        let secret = stored.token().secret().expose_secret().to_owned();
        self.put(Some((secret, stored.obtained_at())));
        Box::pin(async { Ok(()) })
    }

    fn remove(&self) -> StoreFuture<'_, ()> {
        self.put(None);
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
async fn a_stored_token_that_the_service_has_revoked_is_replaced_in_the_store() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let shelf = Shelf::default();
    let client = || builder(&sandbox).token_store(Arc::new(shelf.clone()));
    client().build().unwrap().log_in().await.unwrap();
    let revoked = shelf.content().unwrap();
    ocean.revoke_tokens();
    let client = client().build().unwrap();
    client.create_mission(&full_mission("M-1")).await.unwrap();
    assert_ne!(shelf.content().unwrap().0, revoked.0);
    assert_eq!(ocean.ledger().received("log_in"), 2);
    assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 1);
}
