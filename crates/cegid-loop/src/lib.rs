//! Client for [Cegid Loop](https://www.cegid.com): the engagement letters of an accounting firm,
//! the activities they promise, and any other list of the service.
//!
//! ```no_run
//! use cegid_loop::Client;
//! use cegid_loop::letters;
//!
//! # async fn run() -> Result<(), cegid_loop::Error> {
//! let client = Client::builder()
//!     .subscription_key("the subscription key")
//!     .api_key("the key", "the client secret")
//!     .build()?;
//!
//! for letter in client.engagement_letters(letters::signed()).try_collect().await? {
//!     println!("{}", letter.number.as_deref().unwrap_or("without a number"));
//!     for activity in client.activities_of(&letter).try_collect().await? {
//!         println!("  {}", activity.name.unwrap_or_default());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Lists
//!
//! [`Client::engagement_letters`], [`Client::activities`] and, with a row type of your own,
//! [`Client::list`] make a [`List`]. It takes an order, a selection of fields and a limit, and is
//! read as a whole, page by page, or row by row in constant memory:
//!
//! ```no_run
//! # async fn run(client: cegid_loop::Client) -> Result<(), cegid_loop::Error> {
//! use cegid_loop::{Filter, activities};
//!
//! let mut rows = client.activities(Filter::unfiltered()).prefetch().rows();
//! let mut hours = 0.0;
//! while let Some(activity) = rows.next().await {
//!     hours += activity?.unit_hours.unwrap_or_default();
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Filters
//!
//! A [`Filter`] is made from the typed fields of a list. A misspelt field, a field of another
//! list and a value of the wrong type do not compile:
//!
//! ```compile_fail,E0277
//! # use cegid_loop::letters;
//! letters::STATUS.eq("signed");
//! ```
//!
//! ```compile_fail,E0308
//! # use cegid_loop::{activities, letters};
//! letters::NUMBER.eq("LM2021111").and(activities::NAME.eq("Visite"));
//! ```
//!
//! Values are escaped, so text from any source is safe to compare with.
//!
//! # What is read
//!
//! Every field of a row is optional, since the service may leave any of them out. Enumerations
//! such as [`LetterStatus`](letters::LetterStatus) are open: a value that the vendor has not
//! listed is kept. Dates are instants, as the service returns them; see
//! [`EngagementLetter::fiscal_year_starts_at`] for a peculiarity of theirs.
//!
//! Fields that a row type does not have are dropped. To read one, list the rows in a type of your
//! own, or as `serde_json::Value`: `client.list("LettresDeMissions", filter)`.
//!
//! # When a call fails
//!
//! [`Error`] reports what happened. Reading is always safe to repeat, and the client repeats it
//! if that can help. [`Rows::position`] is where to resume.
//!
//! # What has changed
//!
//! The service reports no changes to these lists. [`List::changes_since`] reads a list again and
//! compares it with what was [known](Known), which a program keeps from one run to the next.
//! [`Pace`] limits how fast a client and its clones send requests together.
//!
//! # Time zones
//!
//! Dates are instants and are kept as the service sends them, in UTC. The calendar day of an
//! instant depends on the firm's time zone: convert it before you read the date.
//!
//! # Testing
//!
//! [`vendor-sandbox`](https://docs.rs/vendor-sandbox) serves this API on loopback, so your tests
//! need no account:
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = vendor_sandbox::Sandbox::start().await?;
//! let cegid = sandbox.cegid_loop();
//! let client = cegid_loop::Client::builder()
//!     .base_url(cegid.base_url())
//!     .subscription_key(cegid.subscription_key())
//!     .api_key(cegid.api_key(), cegid.api_secret())
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
//! use cegid_loop::test_util::{self, Reply, Script};
//! use cegid_loop::{Client, ErrorKind, Filter, TransportConfig};
//!
//! #[tokio::test]
//! async fn a_letter_has_its_number() -> Result<(), cegid_loop::Error> {
//!     let script = Script::new([Reply::json(200, r#"[{"codeIBS": "LM-1"}]"#)]);
//!     let client = Client::builder()
//!         .subscription_key("key")
//!         .api_key("key", "secret")
//!         .transport(TransportConfig::default().script(&script))
//!         .build()?;
//!     let page = client.engagement_letters(Filter::unfiltered()).page().await?;
//!     assert_eq!(page.rows[0].number.as_deref(), Some("LM-1"));
//!     Ok(())
//! }
//!
//! # fn main() -> Result<(), cegid_loop::Error> {
//! #     a_letter_has_its_number()?;
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
//! [`Client`] and [`ClientBuilder`]; [`List`], [`Pages`] and [`Rows`]; [`Filter`], [`Sort`] and
//! [`Select`]; [`letters`] and [`activities`], the rows and their fields. The service as
//! its vendor documents it, with every quirk we know of, is in [`contract`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod changes;
mod client;
mod code;
/// The service as its vendor documents it, and where this crate departs from that.
#[cfg(doc)]
pub mod contract;
pub mod endpoints;
mod error;
mod field;
mod filter;
#[cfg(doc)]
pub mod guide;
mod id;
mod list;
mod seen;
mod sort;
mod types;
mod wire;

pub mod activities;
pub mod letters;
#[cfg(feature = "schema")]
#[doc(hidden)]
pub mod schema;

pub use activities::LetterActivity;
pub use changes::{Changes, Known, Revised, RowChange};
pub use client::{Client, ClientBuilder};
pub use filter::{Field, Filter, IntoLiteral, Literal};
pub use id::{ActivityId, LetterId, ObjectId};
pub use letters::EngagementLetter;
pub use list::{List, Page, Pages, Rows};
pub use secrecy::SecretString;
pub use sort::{Select, Sort};
/// Dates and times. Its macros need the crate `time` itself among the dependencies.
pub use time;
pub use types::{FileReference, Reference};
/// UUIDs, which identifiers are.
pub use uuid;
use vendor_client_core::ListedEndpoint;
/// The HTTP client that [`TransportConfig::http_client`] takes.
pub use vendor_client_core::reqwest;
#[cfg(feature = "test-util")]
#[doc(inline)]
pub use vendor_client_core::test_util;
pub use vendor_client_core::{
    Attempt, ClientCertificate, Clock, ConnectionPool, Endpoint, Error, ErrorKind, Form,
    Idempotency, Json, ManualClock, Many, Method, Operation, Outcome, Pace, Part, Path, Proxy,
    Query, Response, RetryPolicy, RootCertificates, StatusCode, SystemClock, Tls, TransportConfig,
    Validate, Violation, Violations, check,
};
pub use vendor_client_core::{
    AttemptEnded, CallEnded, LookResult, Observation, Observed, Observer,
};

/// The endpoints of every file.
const ENDPOINTS: &[&[ListedEndpoint]] = &[letters::ENDPOINTS, activities::ENDPOINTS];

/// Every documented operation of the service that this crate has.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    let listed = ENDPOINTS.iter().copied().flatten();
    listed.map(|endpoint| endpoint.operation)
}

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
