use std::time::Duration;

use vendor_client_core::{ConnectionPool, RetryPolicy, TransportConfig};

use crate::network::{Authority, TlsFront};
use crate::server::{Reply, Server};
use crate::support::{at_once, read, with_config};

fn pooled() -> TransportConfig {
    at_once().connection_pool(ConnectionPool::new())
}

#[tokio::test]
async fn clients_with_one_pool_use_one_connection() {
    let server = Server::start([Reply::json(200, "\"here\"")]);
    let config = pooled();
    for _ in 0..5 {
        read(&with_config(&server.url(), &config)).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    let apart = pooled();
    read(&with_config(&server.url(), &apart)).await.unwrap();
    assert_eq!(server.connections(), 2, "another pool has its own");
}

#[tokio::test]
async fn clients_with_one_pool_use_one_connection_over_tls() {
    let authority = Authority::new();
    let server = Server::start([Reply::json(200, "\"here\"")]);
    let front = TlsFront::start(&authority.certify(&["127.0.0.1"]), server.address());
    let config = pooled().root_certificates(authority.as_root());
    for _ in 0..5 {
        read(&with_config(&front.url(), &config)).await.unwrap();
    }
    assert_eq!(front.connections(), 1);
}

#[tokio::test]
async fn clients_that_connect_in_another_way_do_not_share() {
    let authority = Authority::new();
    let server = Server::start([Reply::json(200, "\"here\"")]);
    let front = TlsFront::start(&authority.certify(&["127.0.0.1"]), server.address());
    let config = pooled();
    let trusting = config.clone().root_certificates(authority.as_root());
    read(&with_config(&front.url(), &trusting)).await.unwrap();
    let error = read(&with_config(&front.url(), &config)).await.unwrap_err();
    assert!(error.to_string().contains("unknown authority"), "{error}");
    let patient = trusting.connect_timeout(Duration::from_secs(20));
    read(&with_config(&front.url(), &patient)).await.unwrap();
    assert_eq!(front.connections(), 3);
}

#[tokio::test]
async fn clients_with_one_pool_have_budgets_of_their_own() {
    let server = Server::start([Reply::json(500, "")]);
    let policy = RetryPolicy::default().first_wait(Duration::ZERO).budget(3);
    let config = pooled().retry(policy);
    let one = with_config(&server.url(), &config);
    let other = with_config(&server.url(), &config);
    assert_eq!(read(&one).await.unwrap_err().attempts().len(), 4);
    assert!(read(&one).await.unwrap_err().is_out_of_budget());
    assert_eq!(read(&other).await.unwrap_err().attempts().len(), 4);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_wait_that_the_service_asks_of_one_client_does_not_hold_back_another() {
    let server = Server::start([
        Reply::with(429, &[("retry-after", "3600")], ""),
        Reply::json(200, "\"here\""),
    ]);
    let config = pooled();
    let (one, other) = (
        with_config(&server.url(), &config),
        with_config(&server.url(), &config),
    );
    assert!(read(&one).await.unwrap_err().is_rate_limited());
    assert_eq!(read(&other).await.unwrap(), "here");
}
