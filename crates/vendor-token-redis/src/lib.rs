//! A token store for a fleet: processes on any number of machines share the tokens of their
//! accounts through Redis or Valkey, so that the whole fleet logs in once.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use vendor_token_redis::{EncryptionKey, RedisTokenStore};
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // 64 hexadecimal digits, such as `openssl rand -hex 32` prints. The same for the whole fleet.
//! let key = EncryptionKey::from_hex(&std::env::var("TOKEN_KEY")?)?;
//! let store = RedisTokenStore::open("redis://redis.internal", key)?;
//!
//! let client = ocean_geomission::Client::builder()
//!     .credentials("login", "password")
//!     .token_store(Arc::new(store))
//!     .build()?;
//! # Ok(()) }
//! ```
//!
//! - **One log-in.** Processes take turns at logging in: the right to do so is a key with a random
//!   value that expires after 6 s unless its holder renews it. A holder that dies costs the others
//!   those 6 s. Nobody waits longer than a quarter of a call's deadline.
//! - **One revocation.** A process whose token is refused removes it, if it's still the one that is
//!   stored, and logs in; the others find the new one. So a refusal that comes late doesn't evict a
//!   newer token.
//! - **One wrong password.** If the service turns a log-in down, the fleet doesn't try it again for
//!   as long as the process that tried it wouldn't.
//! - **No dependence.** If Redis is down, stuck, full or refuses the connection, each process logs in
//!   by itself, reports a `tracing` event, and goes on.
//! - **No plain text.** Tokens are encrypted with XChaCha20-Poly1305 by a key that only the fleet
//!   has, and bound to their account: somebody who can write to Redis can't give one account
//!   another's token. The names of keys hold a digest of vendor, base URL and login, never a login.
//!
//! Everything in Redis expires by itself: tokens at the end of their lives, failures after two
//! minutes. The names are `vendor-token:{<digest>}:token`, `…:failure` and `…:lock`; a user for this
//! crate needs `GET`, `SET`, `DEL` and `EVAL` for `~vendor-token:*`.
//!
//! To change the key, restart the fleet with the new one. Tokens of the old key are ignored and
//! replaced; while both are in use, some processes log in without need.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod key;
mod store;

pub use key::{EncryptionKey, InvalidKey};
/// The crate that connects to Redis: [`RedisTokenStore::new`] takes its client.
pub use redis;
pub use store::RedisTokenStore;

/// Keeps the README's example compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
