//! What is in Redis, and what isn't.

use std::time::{Duration, SystemTime};

use vendor_client_core::{AccountKey, StoredToken, Token, TokenStore as _};
use vendor_token_redis::{EncryptionKey, RedisTokenStore};

use crate::server::Server;

const HOUR: Duration = Duration::from_secs(3600);

fn account(login: &str) -> AccountKey {
    AccountKey::new("vendor", "https://canary-host.example.com", login)
}

fn token() -> StoredToken {
    let obtained_at = SystemTime::UNIX_EPOCH + 500_000 * HOUR;
    StoredToken::new(Token::new("canary-token", HOUR).unwrap(), obtained_at)
}

#[tokio::test]
async fn no_login_and_no_token_can_be_read_in_redis() {
    let Some(server) = Server::start().await else {
        return;
    };
    let (store, account) = (server.store(), account("canary-login"));
    store.save(&account, &token()).await.unwrap();
    let _held = store.try_lock(&account).await.unwrap().unwrap();
    let names = server.names().await;
    assert_eq!(names.len(), 2);
    for name in names {
        let value: Vec<u8> = server.call(redis::cmd("GET").arg(&name)).await;
        let shown = format!("{name} {}", String::from_utf8_lossy(&value));
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[tokio::test]
async fn everything_in_redis_expires() {
    let Some(server) = Server::start().await else {
        return;
    };
    let (store, account) = (server.store(), account("alice"));
    store.save(&account, &token()).await.unwrap();
    let _held = store.try_lock(&account).await.unwrap().unwrap();
    for name in server.names().await {
        let left: i64 = server.call(redis::cmd("PTTL").arg(&name)).await;
        assert!((1..=3_600_000).contains(&left), "{name}: {left}");
    }
}

#[tokio::test]
async fn one_account_s_token_cannot_be_passed_off_as_another_s() {
    let Some(server) = Server::start().await else {
        return;
    };
    let (store, alice, bob) = (server.store(), account("alice"), account("bob"));
    store.save(&alice, &token()).await.unwrap();
    let name = |account: &AccountKey| format!("vendor-token:{{{account}}}:token");
    let copy = |from: &AccountKey, to: &AccountKey| {
        let mut command = redis::cmd("COPY");
        command.arg(name(from)).arg(name(to));
        command
    };
    let copied: i64 = server.call(&copy(&alice, &bob)).await;
    assert_eq!(copied, 1);
    assert!(store.load(&bob).await.unwrap().is_none());
    store.save(&bob, &token()).await.unwrap();
    assert!(store.load(&bob).await.unwrap().is_some());
}

#[tokio::test]
async fn a_token_of_another_encryption_key_is_ignored_and_replaced() {
    let Some(server) = Server::start().await else {
        return;
    };
    let other = RedisTokenStore::open(&server.url(), EncryptionKey::new([8; 32])).unwrap();
    let account = account("alice");
    other.save(&account, &token()).await.unwrap();
    let store = server.store();
    assert!(store.load(&account).await.unwrap().is_none());
    store.remove(&account, token().token()).await.unwrap();
    store.save(&account, &token()).await.unwrap();
    assert!(store.load(&account).await.unwrap().is_some());
    assert!(other.load(&account).await.unwrap().is_none());
}

#[test]
fn the_address_s_password_is_not_shown() {
    let url = "redis://user:canary@localhost/";
    let store = RedisTokenStore::open(url, EncryptionKey::new([7; 32])).unwrap();
    assert!(!format!("{store:?}").contains("canary"));
}
