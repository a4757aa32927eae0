//! What the clients of different vendors share: transport, retries, token caching, errors and
//! telemetry. It knows no vendor.
//!
//! An application uses a vendor's crate, which re-exports the parts of this one that are public. A
//! vendor's crate declares each [`Endpoint`] as a `static`, builds a [`Request`] from it, and sends
//! that through its [`Transport`]:
//!
//! ```no_run
//! use vendor_client_core::{
//!     Endpoint, Error, HeaderMap, Path, Service, Transport, TransportConfig, VendorMessage,
//! };
//!
//! static SERVICE: Service = Service::new("example/0.1.0", |_body| VendorMessage::default());
//! static GET_CUSTOMER: Endpoint<Path<u64>, (), Customer> =
//!     Endpoint::get("get_customer", "/customers/{id}").idempotent();
//!
//! #[derive(serde::Deserialize)]
//! struct Customer {
//!     name: String,
//! }
//!
//! # async fn run() -> Result<(), Error> {
//! let config = TransportConfig::default();
//! let transport = Transport::new(&SERVICE, "https://api.example.com", HeaderMap::new(), &config)?;
//! let request = transport.request_to(&GET_CUSTOMER, &7, ());
//! let customer: Customer = transport.send(request).await?.json()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls with ring and the platform's certificate store.
//! - `rustls-aws-lc`: rustls with aws-lc; choose it with `Tls::RustlsAwsLc`.
//! - `native-tls`: the platform's own TLS library; choose it with `Tls::Native`.
//! - `schema`: JSON schemas of the types, for the comparison with the documentation.
//! - `test-util`: responses without a socket, and errors of any kind, for the tests of programs.
//!
//! Features add up: turning one on beside the default changes nothing until you choose it.
//!
//! # Where things are
//!
//! In reading order: [`Endpoint`] and [`Operation`], [`Request`] and [`Violations`], [`Transport`] and
//! [`TransportConfig`], [`RetryPolicy`], [`TokenCache`], [`Response`], [`Error`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base_url;
mod body;
mod call_options;
mod cause;
mod clock;
mod config;
mod connecting;
mod creation;
mod debug;
mod endpoint;
pub mod environment;
mod error;
mod failure;
mod follow;
mod id;
mod liberal;
mod many;
mod observer;
mod operation;
mod pace;
mod pool;
mod proxy;
mod recent;
mod request;
mod response;
mod retry;
mod runtime;
#[cfg(feature = "schema")]
pub mod schema;
mod setters;
mod status;
mod telemetry;
#[cfg(feature = "test-util")]
pub mod test_util;
mod tls;
mod token;
mod transport;
mod validate;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::TransportConfig;
pub use creation::{Creation, LookUp};
pub use endpoint::{Endpoint, Form, Json, ListedEndpoint, Part, Path, Query};
#[doc(hidden)]
pub use endpoint::{as_text, lower_case};
pub use error::{Attempt, Error, ErrorKind, Outcome, VendorMessage};
pub use follow::{Change, Follow, FollowMany, Polling, Waited};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
pub use liberal::{exact_integer, read_part as read_json};
pub use many::Many;
pub use observer::{AttemptEnded, CallEnded, LookResult, Observation, Observed, Observer};
pub use operation::{Idempotency, Operation};
pub use pace::Pace;
pub use pool::ConnectionPool;
pub use proxy::Proxy;
pub use request::Request;
/// The HTTP client that [`TransportConfig::http_client`] takes.
pub use reqwest;
pub use response::Response;
pub use retry::RetryPolicy;
pub use tls::{ClientCertificate, RootCertificates, Tls};
pub use token::{
    AccountKey, CurrentToken, FileTokenStore, Generation, LogIn, StoreFuture, StoreLock,
    StoredFailure, StoredToken, Token, TokenCache, TokenCacheBuilder, TokenStore,
};
pub use transport::{Service, Transport};
pub use validate::{FieldName, Validate, Violation, Violations, check};

/// How property tests run: the same each time, and quickly.
#[cfg(test)]
fn arbitrary() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases: 500,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
