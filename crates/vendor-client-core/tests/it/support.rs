//! What the tests share: two endpoints, a service, and ways to build a transport.

use std::time::Duration;

use vendor_client_core::{
    Endpoint, Error, HeaderMap, Path, RetryPolicy, Service, Transport, TransportConfig,
    VendorMessage,
};

pub(crate) static READ: Endpoint<Path<&str>, (), String> =
    Endpoint::get("read_thing", "/things/{id}").idempotent();

/// Without a body, unless a test adds one.
pub(crate) static CREATE: Endpoint<(), (), String> = Endpoint::post("create_thing", "/things");

pub(crate) static SERVICE: Service = Service::new("test/0.0.0", |body| {
    let message = String::from_utf8_lossy(body).into_owned();
    VendorMessage::new(Some("E-7".to_owned()), Some(message))
});

/// No wait between attempts, so that no test waits.
pub(crate) fn at_once() -> TransportConfig {
    TransportConfig::default().retry(RetryPolicy::default().first_wait(Duration::ZERO))
}

pub(crate) fn transport(url: &str) -> Transport {
    with_config(url, &at_once())
}

pub(crate) fn with_config(url: &str, config: &TransportConfig) -> Transport {
    Transport::new(&SERVICE, url, HeaderMap::new(), config).unwrap()
}

pub(crate) async fn read(transport: &Transport) -> Result<String, Error> {
    transport
        .send(transport.request_to(&READ, &"1", ()))
        .await?
        .json()
}

pub(crate) async fn create(transport: &Transport) -> Result<String, Error> {
    transport
        .send(transport.request_to(&CREATE, (), ()).json(&"thing"))
        .await?
        .json()
}

/// Begins an HTTP client of the caller's own. It has no certificates: the tests speak plain http.
pub(crate) fn own_client() -> reqwest::ClientBuilder {
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
}

/// Keeps a paused clock where it is until the guard is dropped or the test advances it.
///
/// A paused clock leaps forward whenever the runtime has nothing to do, which includes waiting
/// for a socket; it does not while a blocking task runs.
pub(crate) fn freeze_time() -> std::sync::mpsc::Sender<()> {
    let (guard, dropped) = std::sync::mpsc::channel();
    tokio::task::spawn_blocking(move || dropped.recv());
    guard
}
