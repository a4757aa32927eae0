//! One account's token in a store, as the cache uses it: in good time, and without ever failing.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use crate::token::{
    AccountKey, StoreFuture, StoreLock, StoredFailure, StoredToken, Token, TokenStore,
};

/// How long a store may take to load, save or remove a token, however long a call may take.
const LONGEST_PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait while another process logs in, however long a call may take. It's much less
/// than a log-in may take in all.
const LONGEST_TURN: Duration = Duration::from_secs(15);

/// Where processes share one account's token.
pub(super) struct SharedToken {
    store: Arc<dyn TokenStore>,
    account: AccountKey,
    /// How long to wait while another process logs in.
    turn_patience: Duration,
}

/// The right to log in, as far as the store can tell.
pub(super) enum Turn {
    Mine(StoreLock),
    Anothers,
    /// The store can't be used.
    Nobodys,
}

impl SharedToken {
    pub(super) fn new(store: Arc<dyn TokenStore>, account: AccountKey, deadline: Duration) -> Self {
        Self {
            store,
            account,
            turn_patience: (deadline / 4).min(LONGEST_TURN),
        }
    }

    /// How long to wait for a turn.
    pub(super) fn turn_patience(&self) -> Duration {
        self.turn_patience
    }

    /// Opens the store for one log-in.
    pub(super) fn visit(&self) -> Visit<'_> {
        Visit {
            shared: self,
            has_failed: false,
        }
    }
}

impl fmt::Debug for SharedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedToken")
            .field("store", &self.store)
            .field("account", &self.account)
            .field("turn_patience", &self.turn_patience)
            .finish()
    }
}

/// The store during one log-in. Once it has failed it isn't used again, so that a store that is
/// down costs its patience once and logs one event.
pub(super) struct Visit<'a> {
    shared: &'a SharedToken,
    has_failed: bool,
}

impl<'a> Visit<'a> {
    pub(super) async fn load(&mut self) -> Option<StoredToken> {
        let SharedToken { store, account, .. } = self.usable()?;
        self.bounded("load", store.load(account)).await?
    }

    pub(super) async fn take_turn(&mut self) -> Turn {
        let Some(SharedToken { store, account, .. }) = self.usable() else {
            return Turn::Nobodys;
        };
        match self.bounded("lock", store.try_lock(account)).await {
            Some(Some(lock)) => Turn::Mine(lock),
            Some(None) => Turn::Anothers,
            None => Turn::Nobodys,
        }
    }

    pub(super) async fn load_failure(&mut self) -> Option<StoredFailure> {
        let SharedToken { store, account, .. } = self.usable()?;
        self.bounded("load", store.load_failure(account)).await?
    }

    pub(super) async fn save_failure(&mut self, failure: &StoredFailure) {
        if let Some(SharedToken { store, account, .. }) = self.usable() {
            let saved = store.save_failure(account, failure);
            self.bounded("save", saved).await;
        }
    }

    pub(super) async fn save(&mut self, token: &StoredToken) {
        if let Some(SharedToken { store, account, .. }) = self.usable() {
            self.bounded("save", store.save(account, token)).await;
        }
    }

    pub(super) async fn remove(&mut self, refused: &Token) {
        if let Some(SharedToken { store, account, .. }) = self.usable() {
            self.bounded("remove", store.remove(account, refused)).await;
        }
    }

    pub(super) async fn release(&mut self, lock: StoreLock) {
        self.bounded("release", Box::pin(lock.release())).await;
    }

    fn usable(&self) -> Option<&'a SharedToken> {
        (!self.has_failed).then_some(self.shared)
    }

    async fn bounded<T>(&mut self, action: &'static str, work: StoreFuture<'_, T>) -> Option<T> {
        let patience = self.shared.turn_patience.min(LONGEST_PATIENCE);
        match timeout(patience, work).await {
            Ok(Ok(done)) => return Some(done),
            Ok(Err(error)) => self.fail(action, error.kind()),
            Err(_) => self.fail(action, io::ErrorKind::TimedOut),
        }
        None
    }

    /// Reports the kind alone: the store's own words might name an account.
    fn fail(&mut self, action: &'static str, kind: io::ErrorKind) {
        self.has_failed = true;
        tracing::warn!(action, error.type = ?kind, "the token store failed; going on without it");
    }
}
