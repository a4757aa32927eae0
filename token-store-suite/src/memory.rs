//! The store in memory: the simplest one that passes the suite.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::ExposeSecret as _;
use tokio::sync::OwnedMutexGuard;
use vendor_client_core::{
    AccountKey, StoreFuture, StoreLock, StoredFailure, StoredToken, Token, TokenStore,
};

use crate::Backend;

/// Keeps tokens for the clients of one process.
#[derive(Clone, Debug, Default)]
pub struct MemoryTokenStore(Arc<Mutex<BTreeMap<AccountKey, Entry>>>);

#[derive(Debug, Default)]
struct Entry {
    token: Option<StoredToken>,
    failure: Option<StoredFailure>,
    right: Arc<tokio::sync::Mutex<()>>,
}

impl MemoryTokenStore {
    fn with<T: Send + 'static>(
        &self,
        account: &AccountKey,
        work: impl FnOnce(&mut Entry) -> T,
    ) -> StoreFuture<'static, T> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let done = work(entries.entry(account.clone()).or_default());
        Box::pin(async { Ok(done) })
    }
}

impl TokenStore for MemoryTokenStore {
    fn try_lock<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoreLock>> {
        self.with(account, |entry| {
            let held: OwnedMutexGuard<()> = Arc::clone(&entry.right).try_lock_owned().ok()?;
            Some(StoreLock::new(held))
        })
    }

    fn load<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.with(account, |entry| entry.token.clone())
    }

    fn save<'a>(&'a self, account: &'a AccountKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.with(account, |entry| entry.token = Some(token.clone()))
    }

    fn remove<'a>(&'a self, account: &'a AccountKey, refused: &'a Token) -> StoreFuture<'a, ()> {
        let refused = refused.secret().expose_secret();
        self.with(account, |entry| {
            entry
                .token
                .take_if(|stored| stored.token().secret().expose_secret() == refused);
        })
    }

    fn load_failure<'a>(
        &'a self,
        account: &'a AccountKey,
    ) -> StoreFuture<'a, Option<StoredFailure>> {
        self.with(account, |entry| entry.failure.clone())
    }

    fn save_failure<'a>(
        &'a self,
        account: &'a AccountKey,
        failure: &'a StoredFailure,
    ) -> StoreFuture<'a, ()> {
        self.with(account, |entry| entry.failure = Some(failure.clone()))
    }
}

impl Backend for MemoryTokenStore {
    fn open(&self) -> Arc<dyn TokenStore> {
        Arc::new(self.clone())
    }
}
