//! What the one line of an error says of a connection that could not be made.

use std::sync::Arc;

use vendor_client_core::reqwest::dns::{Name, Resolve, Resolving};
use vendor_client_core::{Error, ErrorKind, Outcome, Proxy, TransportConfig};

use crate::network::{Authority, Certified, ProxyServer, TlsFront};
use crate::server::{ClosedPort, Reply, Server};
use crate::support::{at_once, create, read, with_config};
use crate::tls::choices;

/// Checks that a call failed for `reason` before it was sent, and after so many attempts.
fn assert_cause(error: &Error, reason: &str, attempts: usize) {
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
    assert_eq!(error.attempts().len(), attempts, "{error:?}");
    assert_eq!(error.is_retryable(), attempts > 1, "{error:?}");
    let line = error.to_string();
    assert!(
        line.contains(&format!("could not connect: {reason}")),
        "{line}"
    );
}

/// The certificate is for 127.0.0.1; the caller trusts the authority or does not.
async fn assert_refused(certified: &Certified, trusted: Option<&Authority>, reason: &str) {
    let server = Server::start([Reply::json(200, "\"here\"")]);
    for (index, tls) in choices().into_iter().enumerate() {
        let front = TlsFront::start(certified, server.address());
        let mut config = at_once().tls(tls);
        if let Some(authority) = trusted {
            config = config.root_certificates(authority.as_root());
        }
        let error = read(&with_config(&front.url(), &config)).await.unwrap_err();
        assert_cause(&error, reason, 1);
        assert_eq!(front.connections(), 1, "{index}: {tls:?}");
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn a_certificate_from_an_unknown_authority_is_named_and_tried_once() {
    let certified = Authority::new().certify(&["127.0.0.1"]);
    let reason = "the server's certificate is from an unknown authority";
    assert_refused(&certified, None, reason).await;
}

#[tokio::test]
async fn an_expired_certificate_is_named_and_tried_once() {
    let authority = Authority::new();
    let certified = authority.certify_expired(&["127.0.0.1"]);
    let reason = "the server's certificate has expired";
    assert_refused(&certified, Some(&authority), reason).await;
}

#[tokio::test]
async fn a_certificate_for_another_host_is_named_and_tried_once() {
    let authority = Authority::new();
    let certified = authority.certify(&["elsewhere.test"]);
    let reason = "the server's certificate is for another host name";
    assert_refused(&certified, Some(&authority), reason).await;
}

#[tokio::test]
async fn a_missing_client_certificate_is_named_and_nothing_was_sent() {
    let authority = Authority::new();
    let server = Server::start([Reply::json(200, "\"here\"")]);
    let certified = authority.certify(&["127.0.0.1"]);
    let front = TlsFront::for_certified_clients(&certified, &authority, server.address());
    for tls in choices() {
        let config = at_once().tls(tls).root_certificates(authority.as_root());
        let error = create(&with_config(&front.url(), &config))
            .await
            .unwrap_err();
        assert_cause(&error, "the server requires a client certificate", 1);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_proxy_that_asks_for_credentials_is_named_and_tried_once() {
    let server = Server::start([Reply::json(200, "\"here\"")]);
    let proxy = ProxyServer::start(Some("Basic Z29vZDpvbmU="), server.address());
    let given = Proxy::new(&proxy.url()).unwrap();
    for given in [given.clone(), given.basic_auth("wrong", "one")] {
        let before = proxy.heads().len();
        let transport = with_config("https://service.test", &at_once().proxy(given));
        let error = read(&transport).await.unwrap_err();
        assert_cause(&error, "the proxy requires other credentials (407)", 1);
        assert_eq!(proxy.heads().len() - before, 1);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_proxy_that_asks_for_credentials_in_the_clear_is_named_and_tried_once() {
    let server = Server::start([]);
    let proxy = ProxyServer::start(Some("Basic Z29vZDpvbmU="), server.address());
    let config = at_once()
        .allow_insecure_http()
        .proxy(Proxy::new(&proxy.url()).unwrap());
    let error = read(&with_config("http://service.test", &config))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("the proxy returned 407"),
        "{error}"
    );
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert!(!error.is_retryable());
    assert_eq!(proxy.heads().len(), 1);
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_is_named() {
    let closed = ClosedPort::take();
    let config = at_once().proxy(Proxy::new(&closed.url()).unwrap());
    let error = read(&with_config("https://service.test", &config))
        .await
        .unwrap_err();
    assert_cause(&error, "the proxy could not be reached", 4);
}

#[tokio::test]
async fn a_refused_connection_is_named() {
    let error = read(&with_config(&ClosedPort::take().url(), &at_once())).await;
    assert_cause(&error.unwrap_err(), "the connection was refused", 4);
}

#[tokio::test]
async fn a_host_name_without_an_address_is_named() {
    /// Knows no name.
    struct Nowhere;
    impl Resolve for Nowhere {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(async { Err("canary".into()) })
        }
    }
    let config = TransportConfig::default();
    let client = config.http_client_builder().unwrap().no_proxy();
    let client = client.dns_resolver(Arc::new(Nowhere)).build().unwrap();
    let transport = with_config("https://service.test", &at_once().http_client(client));
    let error = read(&transport).await.unwrap_err();
    assert_cause(&error, "the host name could not be resolved", 4);
}
