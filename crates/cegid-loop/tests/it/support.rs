//! What the tests share.

use std::time::Duration;

use cegid_loop::{Client, ClientBuilder, RetryPolicy, TransportConfig};
use httpmock::MockServer;
use vendor_sandbox::Sandbox;

/// No waits between attempts, so that no test waits.
pub(crate) fn at_once() -> TransportConfig {
    TransportConfig::default().retry(RetryPolicy::default().first_wait(Duration::ZERO))
}

pub(crate) fn builder(sandbox: &Sandbox) -> ClientBuilder {
    let cegid = sandbox.cegid_loop();
    Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .transport(at_once())
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).build().unwrap()
}

pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::start().await.unwrap()
}

/// A client of a service that the test itself plays.
pub(crate) fn mocked(service: &MockServer) -> Client {
    Client::builder()
        .base_url(service.base_url())
        .subscription_key("s")
        .api_key("k", "c")
        .transport(at_once())
        .build()
        .unwrap()
}
