//! Client for [Océan](https://www.ocean-orange-business.fr)'s Géomission: send missions to
//! vehicles and field workers, change and delete them, and follow their status.
//!
//! ```no_run
//! use ocean_geomission::{Client, NewMission, Recipient};
//! use time::macros::datetime;
//!
//! # async fn run() -> Result<(), ocean_geomission::Error> {
//! let client = Client::builder()
//!     .credentials("dispatcher@example.com", "the password")
//!     .build()?;
//!
//! let mut mission = NewMission::new("2026-0042");
//! mission.recipient = Some(Recipient::vehicle("VAN-07"));
//! mission.scheduled_at = Some(datetime!(2026-11-24 08:30 UTC));
//! mission.street = Some("12 rue de la Paix".to_owned());
//! mission.city = Some("Paris".to_owned());
//! mission.send = Some(true);
//!
//! // Looks first, so running this twice sends the mission once.
//! client.find_or_create(&mission).await?;
//! let status = client.mission_status(&mission.id).await?;
//! println!("{}", status.status.unwrap_or_default());
//! # Ok(())
//! # }
//! ```
//!
//! # What the client does for you
//!
//! - It logs in on the first call, keeps the token for its 12 hours, and replaces it when the
//!   service refuses it. [`ClientBuilder::token_store`] shares it between processes.
//! - It retries what is safe to retry. If it's unknown whether a mission was created,
//!   [`Client::find_or_create`] and [`Client::create_or_find`] look it up before creating it again.
//! - It refuses a mission that breaks a documented constraint before anything is sent.
//!
//! # When a call fails
//!
//! [`Error`] says what happened, and above all whether the mission may have been sent:
//!
//! ```no_run
//! # use ocean_geomission::{Client, Error, NewMission};
//! # async fn run(client: Client, mission: NewMission) -> Result<(), Error> {
//! match client.create_mission(&mission).await {
//!     Ok(receipt) => println!("the service says: {}", receipt.message.unwrap_or_default()),
//!     Err(error) if error.may_have_been_applied() => {
//!         let found = client.find_mission(&mission.id).await?;
//!         println!("looked it up: {found:?}");
//!     }
//!     Err(error) if error.is_retryable() => println!("later: {error}"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A future that is dropped before it's done leaves the outcome unknown as well; call
//! [`Client::find_or_create`] again to find out. Two processes must not do that with the same
//! identifier at once: both may find nothing.
//!
//! A success isn't proof either. The service reports a refusal, such as an unknown vehicle, with
//! status 200 and a free text too: see [`Receipt`].
//!
//! # Following missions
//!
//! The service reports no changes, so the client looks, less often while nothing changes:
//!
//! ```no_run
//! use ocean_geomission::{Change, Client, MissionId};
//!
//! # async fn run(client: Client) {
//! let mut missions = client.follow_missions(["M-1", "M-2"].map(MissionId::new));
//! while let Some((id, news)) = missions.next().await {
//!     match news {
//!         Ok(Change::Now(status)) => println!("{id}: {}", status.status.unwrap_or_default()),
//!         Ok(Change::Gone) => println!("{id}: deleted"),
//!         Err(error) => eprintln!("{id}: {error}"),
//!     }
//! }
//! # }
//! ```
//!
//! [`Client::wait_for_mission`] waits for a status. [`Client::create_many`] and
//! [`Client::statuses`] make many calls, a few at a time, with a result for each. [`Pace`] limits
//! how fast a client and its clones send requests together.
//!
//! # Time zones
//!
//! The service works in UTC, to the minute. Give any offset: the client converts it, and refuses
//! an instant that isn't a whole minute.
//!
//! # Testing
//!
//! [`vendor-sandbox`](https://docs.rs/vendor-sandbox) serves this API on loopback, so your tests
//! need no account:
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = vendor_sandbox::Sandbox::start().await?;
//! let ocean = sandbox.ocean_geomission();
//! let client = ocean_geomission::Client::builder()
//!     .base_url(ocean.base_url())
//!     .credentials(ocean.login(), ocean.password())
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! Unit tests need no service at all. With the feature `test-util`, a list of replies takes its
//! place, and an error of any kind can be made (more in the [guide](guide::testing)):
//!
#![cfg_attr(feature = "test-util", doc = "```")]
#![cfg_attr(not(feature = "test-util"), doc = "```ignore")]
//! # mod tokio { pub use ::tokio::{main as test, runtime}; }
//! use ocean_geomission::test_util::{self, Reply, Script, logged_in};
//! use ocean_geomission::{Client, ErrorKind, TransportConfig};
//!
//! #[tokio::test]
//! async fn a_mission_on_site_is_read() -> Result<(), ocean_geomission::Error> {
//!     let script = Script::new([logged_in(), Reply::json(200, r#"{"status": "on site"}"#)]);
//!     let client = Client::builder()
//!         .credentials("dispatcher", "secret")
//!         .transport(TransportConfig::default().script(&script))
//!         .build()?;
//!     let mission = client.mission_status("M-1").await?;
//!     assert_eq!(mission.status.as_deref(), Some("on site"));
//!     Ok(())
//! }
//!
//! # fn main() -> Result<(), ocean_geomission::Error> {
//! #     a_mission_on_site_is_read()?;
//! let lost = test_util::error(ErrorKind::Interrupted).build();
//! assert!(lost.may_have_been_applied());
//! # Ok(())
//! # }
//! ```
//!
//! # Tracing
//!
//! Each call is one [`tracing`](https://docs.rs/tracing) span, `http.client.call`, with
//! OpenTelemetry's names: operation, method, path template, status, number of retries. Each retry
//! is one event. None of them contains a value you sent or received.
//!
//! For metrics, an [`Observer`] is told of each attempt, call, log-in, wait and look, without any
//! value either ([`TransportConfig::observer`]).
//!
//! # Proxies and certificates
//!
//! The client uses the proxy of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, except for
//! a service on loopback. [`TransportConfig`] takes another proxy, with credentials, the
//! certificates of your own authorities, and a client certificate.
//!
//! # Many accounts
//!
//! An agency with one account per customer makes its clients on demand, lets them share connections,
//! and drops those that nobody has used for a while. Tokens, retry budgets and waits that the service
//! asked for stay one per client.
//!
//! ```no_run
//! use std::collections::BTreeMap;
//! use std::time::{Duration, SystemTime};
//!
//! use ocean_geomission::{Client, ConnectionPool, Error, TransportConfig};
//!
//! struct Tenants {
//!     transport: TransportConfig,
//!     clients: BTreeMap<String, (Client, SystemTime)>,
//! }
//!
//! impl Tenants {
//!     fn new() -> Self {
//!         Self {
//!             transport: TransportConfig::default().connection_pool(ConnectionPool::new()),
//!             clients: BTreeMap::new(),
//!         }
//!     }
//!
//!     /// The client of an account. Calls under way go on with a client that is dropped here.
//!     fn client(&mut self, login: &str, password: &str) -> Result<Client, Error> {
//!         const IDLE: Duration = Duration::from_secs(15 * 60);
//!         let now = SystemTime::now();
//!         let idle = |last: &SystemTime| now.duration_since(*last).is_ok_and(|idle| idle > IDLE);
//!         self.clients.retain(|_, (_, last)| !idle(last));
//!         if let Some((client, last)) = self.clients.get_mut(login) {
//!             *last = now;
//!             return Ok(client.clone());
//!         }
//!         let client = Client::builder()
//!             .credentials(login, password)
//!             .transport(self.transport.clone())
//!             .build()?;
//!         self.clients.insert(login.to_owned(), (client.clone(), now));
//!         Ok(client)
//!     }
//! }
//! ```
//!
//! A client that is made again logs in again, unless a [`TokenStore`] has kept the token.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls with ring and the platform's certificate store.
//! - `rustls-aws-lc`: rustls with aws-lc; choose it with `Tls::RustlsAwsLc`.
//! - `native-tls`: the platform's own TLS library; choose it with `Tls::Native`.
//! - `test-util`: module `test_util`, responses without a socket and errors of any kind, for your own
//!   tests.
//! - `schema`: JSON schemas of what goes over the wire.
//!
//! Features add up: turning one on beside the default changes nothing until you choose it.
//!
//! # Where things are
//!
//! How to use it well is in the [`guide`], a chapter at a time.
//!
//! [`Client`] and [`ClientBuilder`]; [`NewMission`], [`MissionUpdate`] and [`Recipient`], which
//! you send; [`Receipt`] and [`MissionStatus`], which you get back. [`Client::call`] calls
//! [`endpoints`], this crate's and your own. The service as its
//! vendor documents it, with every quirk we know of, is in [`contract`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod authentication;
mod client;
/// The service as its vendor documents it, and where this crate departs from that.
#[cfg(doc)]
pub mod contract;
pub mod endpoints;
mod error;
#[cfg(doc)]
pub mod guide;
mod id;
mod missions;
mod parameters;
mod recipient;
#[cfg(feature = "schema")]
#[doc(hidden)]
pub mod schema;
#[cfg(feature = "test-util")]
pub mod test_util;
mod wire;

pub use client::{Client, ClientBuilder};
pub use id::{CustomerId, MissionId};
pub use missions::{MissionStatus, MissionUpdate, NewMission, Receipt, Verdict};
pub use parameters::ParameterPlace;
pub use recipient::{Coordinates, Recipient};
pub use secrecy::{ExposeSecret, SecretString};
/// Dates and times. Its macros need the crate `time` itself among the dependencies.
pub use time;
use vendor_client_core::ListedEndpoint;
/// The HTTP client that [`TransportConfig::http_client`] takes.
pub use vendor_client_core::reqwest;
pub use vendor_client_core::{
    AccountKey, Attempt, ClientCertificate, Clock, ConnectionPool, Creation, Endpoint, Error,
    ErrorKind, FileTokenStore, Form, Idempotency, Json, LookUp, ManualClock, Method, Operation,
    Outcome, Pace, Part, Path, Proxy, Query, Response, RetryPolicy, RootCertificates, StatusCode,
    StoreFuture, StoreLock, StoredFailure, StoredToken, SystemClock, Tls, Token, TokenStore,
    TransportConfig, Validate, Violation, Violations, check,
};
pub use vendor_client_core::{
    AttemptEnded, CallEnded, LookResult, Observation, Observed, Observer,
};
pub use vendor_client_core::{Change, Follow, FollowMany, Many, Polling, Waited};

/// The endpoints of every file.
static ENDPOINTS: &[&[ListedEndpoint]] = &[authentication::ENDPOINTS, missions::ENDPOINTS];

/// Every operation of the service that this crate has.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = ENDPOINTS.iter().flat_map(|endpoints| endpoints.iter());
    all.map(|endpoint| endpoint.operation)
}

/// Keeps the README's example compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
