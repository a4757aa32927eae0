//! Tokens in Redis.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind};
use secrecy::ExposeSecret as _;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tokio::time::sleep;
use vendor_client_core::{
    AccountKey, StoreFuture, StoreLock, StoredFailure, StoredToken, Token, TokenStore,
};

use crate::key::{EncryptionKey, Kind};

/// How long the right to log in outlives a holder that dies.
const LOCK_EXPIRY: Duration = Duration::from_secs(6);

/// How often a holder renews it.
const RENEWAL: Duration = Duration::from_secs(2);

/// How often at most, in case a holder forgets to release it.
const RENEWALS: usize = 40;

/// How long a failed log-in stays in Redis. It says itself until when it holds.
const FAILURE_EXPIRY: Duration = Duration::from_secs(120);

/// How long connecting and each response may take. The cache has a limit of its own.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes the right to log in, or renews one's own: 1, or 0 if it's somebody else's. It can be
/// repeated when a connection breaks.
const TAKE: &str = "\
    local holder = redis.call('GET', KEYS[1]) \
    if holder and holder ~= ARGV[1] then return 0 end \
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) \
    return 1";

/// Deletes a key if it still has a certain value.
const DELETE_IF_EQUAL: &str = "\
    if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end \
    return 0";

/// Shares tokens through Redis or Valkey. Cheap to clone; clones share a connection.
///
/// One store serves any number of accounts and vendors. Nothing is sent before a client needs a
/// token.
#[derive(Clone)]
pub struct RedisTokenStore(Arc<Inner>);

struct Inner {
    client: Client,
    key: EncryptionKey,
    connection: OnceCell<ConnectionManager>,
}

impl RedisTokenStore {
    /// A store at `url`, such as `redis://user:password@redis.internal:6379/0`, or `rediss://…` with
    /// the feature `rustls`.
    ///
    /// # Errors
    ///
    /// If the URL isn't one of Redis.
    pub fn open(url: &str, key: EncryptionKey) -> Result<Self, RedisError> {
        Ok(Self::new(Client::open(url)?, key))
    }

    /// A store that `client` leads to, for everything that a URL can't say.
    #[must_use]
    pub fn new(client: Client, key: EncryptionKey) -> Self {
        Self(Arc::new(Inner {
            client,
            key,
            connection: OnceCell::new(),
        }))
    }
}

/// Hides the address, which may hold a password.
impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokenStore").finish_non_exhaustive()
    }
}

impl TokenStore for RedisTokenStore {
    fn try_lock<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoreLock>> {
        Box::pin(async {
            let right = Right::of(self, account);
            let is_taken = right.take().await?;
            Ok(is_taken.then(|| right.hold()))
        })
    }

    fn load<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async {
            let sealed = self.get(Kind::Token, account).await?;
            Ok(sealed.and_then(|sealed| self.read_token(account, &sealed)))
        })
    }

    fn save<'a>(&'a self, account: &'a AccountKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        let lifetime = token.token().lifetime();
        Box::pin(async move {
            self.set(Kind::Token, account, token.to_json().as_bytes(), lifetime)
                .await
        })
    }

    fn remove<'a>(&'a self, account: &'a AccountKey, refused: &'a Token) -> StoreFuture<'a, ()> {
        Box::pin(async {
            let Some(sealed) = self.get(Kind::Token, account).await? else {
                return Ok(());
            };
            let is_refused = |stored: StoredToken| {
                stored.token().secret().expose_secret() == refused.secret().expose_secret()
            };
            if self.read_token(account, &sealed).is_some_and(is_refused) {
                let name = name(Kind::Token.name(), account);
                self.delete_if_equal(&name, &sealed).await?;
            }
            Ok(())
        })
    }

    fn load_failure<'a>(
        &'a self,
        account: &'a AccountKey,
    ) -> StoreFuture<'a, Option<StoredFailure>> {
        Box::pin(async {
            let sealed = self.get(Kind::Failure, account).await?;
            let open = |sealed: Vec<u8>| self.0.key.open(Kind::Failure, account, &sealed);
            Ok(sealed
                .and_then(open)
                .and_then(|json| StoredFailure::from_json(&json)))
        })
    }

    fn save_failure<'a>(
        &'a self,
        account: &'a AccountKey,
        failure: &'a StoredFailure,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async {
            let json = failure.to_json();
            self.set(Kind::Failure, account, json.as_bytes(), FAILURE_EXPIRY)
                .await
        })
    }
}

impl RedisTokenStore {
    fn read_token(&self, account: &AccountKey, sealed: &[u8]) -> Option<StoredToken> {
        let token = self.0.key.open(Kind::Token, account, sealed);
        let token = token.and_then(|json| StoredToken::from_json(&json));
        if token.is_none() {
            tracing::warn!(
                "a token in Redis is damaged or has another encryption key; it will be replaced"
            );
        }
        token
    }

    async fn get(&self, kind: Kind, account: &AccountKey) -> io::Result<Option<Vec<u8>>> {
        self.query(redis::cmd("GET").arg(name(kind.name(), account)))
            .await
    }

    async fn set(
        &self,
        kind: Kind,
        account: &AccountKey,
        plain: &[u8],
        expiry: Duration,
    ) -> io::Result<()> {
        let sealed = self.0.key.seal(kind, account, plain);
        let sealed = sealed.ok_or_else(|| io::Error::other("cannot encrypt"))?;
        self.query(
            redis::cmd("SET")
                .arg(name(kind.name(), account))
                .arg(sealed)
                .arg("PX")
                .arg(milliseconds(expiry)),
        )
        .await
    }

    async fn delete_if_equal(&self, name: &str, value: &[u8]) -> io::Result<()> {
        self.query(
            redis::cmd("EVAL")
                .arg(DELETE_IF_EQUAL)
                .arg(1)
                .arg(name)
                .arg(value),
        )
        .await
    }

    /// Sends a command that may be repeated.
    async fn query<T: FromRedisValue>(&self, command: &Cmd) -> io::Result<T> {
        let mut connection = self.connection().await.map_err(into_io)?;
        match command.query_async(&mut connection).await {
            // The server closes connections that are idle, so the next one may do better.
            Err(error) if error.is_connection_dropped() => {
                command.query_async(&mut connection).await
            }
            result => result,
        }
        .map_err(into_io)
    }

    async fn connection(&self) -> Result<ConnectionManager, RedisError> {
        let connect = async || {
            #[cfg(feature = "rustls")]
            choose_tls_provider();
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(0)
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE));
            ConnectionManager::new_lazy_with_config(self.0.client.clone(), config)
        };
        self.0.connection.get_or_try_init(connect).await.cloned()
    }
}

/// The right to log in, as one process asks for it.
#[derive(Clone)]
struct Right {
    store: RedisTokenStore,
    name: String,
    /// Tells this process's hold from any other.
    holder: String,
}

impl Right {
    fn of(store: &RedisTokenStore, account: &AccountKey) -> Self {
        Self {
            store: store.clone(),
            name: name("lock", account),
            holder: EncryptionKey::random_name(),
        }
    }

    /// Takes or renews the right. Returns whether it's this process's now.
    async fn take(&self) -> io::Result<bool> {
        self.store
            .query(
                redis::cmd("EVAL")
                    .arg(TAKE)
                    .arg(1)
                    .arg(&self.name)
                    .arg(&self.holder)
                    .arg(milliseconds(LOCK_EXPIRY)),
            )
            .await
    }

    /// Holds the right, which was taken, until it's released.
    fn hold(self) -> StoreLock {
        // Stopped when it's dropped, with the lock.
        let mut renewal = JoinSet::new();
        let right = self.clone();
        renewal.spawn(async move {
            for _ in 0..RENEWALS {
                sleep(RENEWAL).await;
                if matches!(right.take().await, Ok(false)) {
                    break;
                }
            }
        });
        StoreLock::released_by(async move {
            renewal.shutdown().await;
            self.store
                .delete_if_equal(&self.name, self.holder.as_bytes())
                .await
        })
    }
}

/// The name of a key. What is in braces decides on the node of a cluster.
fn name(kind: &str, account: &AccountKey) -> String {
    format!("vendor-token:{{{account}}}:{kind}")
}

/// At least one, because Redis refuses an expiry of zero.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis())
        .unwrap_or(u64::MAX)
        .max(1)
}

/// The cache reports the kind, and nothing else.
fn into_io(error: RedisError) -> io::Error {
    let kind = match (error.kind(), error.code()) {
        (ErrorKind::AuthenticationFailed, _)
        | (ErrorKind::Server(ServerErrorKind::NoPerm), _)
        | (_, Some("NOAUTH" | "WRONGPASS")) => io::ErrorKind::PermissionDenied,
        (_, Some("OOM")) => io::ErrorKind::StorageFull,
        _ if error.is_timeout() => io::ErrorKind::TimedOut,
        _ if error.is_connection_refusal() => io::ErrorKind::ConnectionRefused,
        _ if error.is_connection_dropped() => io::ErrorKind::ConnectionAborted,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

/// The redis crate panics if the process has no provider for rustls, or several.
#[cfg(feature = "rustls")]
fn choose_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have chosen one meanwhile, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
