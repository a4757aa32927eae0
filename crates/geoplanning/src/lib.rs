//! A client for [Geoplanning](https://www.geoplanning.net): plan field work into the rounds of the
//! people who do it.
//!
//! # A planner's walk
//!
//! Add an activity, plan it into a resource's round, start it, finish it:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use geoplanning::{
//!     Client, NewActivity, NewRound, NewTask, Plan, Progress, ResourceId, StreetAddress,
//! };
//! use time::macros::{date, datetime};
//!
//! # async fn run() -> Result<(), geoplanning::Error> {
//! let client = Client::builder()
//!     .credentials("planner@example.com", "the password")
//!     .build()?;
//!
//! // What is to be done, and where.
//! let address = StreetAddress::new("BE", "5100", "Naninne", "Chaussée de Marche").number("774");
//! let mut task = NewTask::new("Repair the network", Duration::from_secs(90 * 60), address);
//! task.foreign_id = Some("GP-100".to_owned());
//! let new = NewActivity::new(task);
//! let activity = client.activities().find_or_add(&new).await?.into_inner();
//!
//! // Who does it, and when: first thing in the round of that day.
//! let new = NewRound::new(ResourceId::new(1), date!(2026-11-24));
//! let round = client.rounds().find_or_add(&new).await?.into_inner();
//! let mut key = round.key();
//! let plan = Plan::new(key.clone(), 0, datetime!(2026-11-23 16:00 +01:00));
//! key.renew(&client.activities().plan(activity.id, &plan).await?);
//!
//! // Every action returns the round's new key, which the next one needs.
//! let started = Progress::new(key.clone(), datetime!(2026-11-24 08:05 +01:00));
//! key.renew(&client.activities().start(activity.id, &started).await?);
//! let finished = Progress::new(key.clone(), datetime!(2026-11-24 09:20 +01:00));
//! client.activities().finish(activity.id, &finished).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Dates are those of the crate [`time`], which is re-exported; its macros, used here, need it
//! among your own dependencies.
//!
//! # What the types do for you
//!
//! - Units: durations, instants, weekdays and times of day are types. The service takes minutes
//!   and returns seconds, takes epoch milliseconds and returns ISO 8601, counts weekdays from 0
//!   for a task and from 1 for a customer; all of that stays on the wire.
//! - Updates: a `PUT` blanks what it is not given, so an update is made from what was read
//!   ([`TaskUpdate`], [`SimpleActivityUpdate`], [`ResourceUpdate`], [`CustomerUpdate`]), and what
//!   the service never returns has to be given.
//! - Absent and empty: `None` leaves an array as it is, an empty one clears it.
//! - Addresses: coordinates, or the administrative part, or both ([`NewAddress`]).
//! - Keys of rounds: an action names the round by its [`RoundKey`], which the action makes stale
//!   and the response renews.
//! - Unknown fields: fields and values that this version does not know are kept, in the `unknown` of
//!   each type and the `Other` of each enumeration.
//!
//! # When a call fails
//!
//! [`Error`] reports what happened, and above all whether the service may have acted. Reads,
//! updates and deletions are retried after a transient failure. Additions and actions are retried
//! only while the service certainly has not acted; after an unknown outcome,
//! [`Activities::add_or_find`] checks whether the activity is there before it adds it again.
//!
//! A dropped future is an unknown outcome, and so is a crash. [`Activities::find_or_add`] looks
//! first, so a program that uses it may be run again at any time; two processes must not add the
//! same foreign id at the same time.
//!
//! ```no_run
//! # use geoplanning::{ActivityId, Client, Error, Plan};
//! # async fn run(client: Client, id: ActivityId, plan: Plan) -> Result<(), Error> {
//! match client.activities().plan(id, &plan).await {
//!     Ok(changed) => println!("{} rounds changed", changed.rounds.len()),
//!     Err(error) if error.may_have_been_applied() => {
//!         let activity = client.activities().get(id).await?;
//!         println!("it is now {}", activity.status.kind);
//!     }
//!     Err(error) if error.is_retryable() => println!("later: {error}"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Following rounds
//!
//! The service reports no changes, so the client looks, less often while nothing changes:
//!
//! ```no_run
//! use geoplanning::{Change, Client, Day, ResourceId};
//!
//! # async fn run(client: Client, team: Vec<ResourceId>, day: Day) {
//! let mut rounds = client.rounds().follow_many(team, day);
//! while let Some((resource, news)) = rounds.next().await {
//!     match news {
//!         Ok(Change::Now(change)) => {
//!             for round in change.changed {
//!                 println!("{resource}: {} came, {} went", round.came.len(), round.went.len());
//!             }
//!         }
//!         Ok(Change::Gone) => println!("{resource}: no such resource"),
//!         Err(error) => eprintln!("{resource}: {error}"),
//!     }
//! }
//! # }
//! ```
//!
//! [`Activities::add_many`] makes many additions, a few at a time, with a result for each.
//! [`Pace`] limits how fast a client and its clones send requests together.
//!
//! # Time zones
//!
//! An instant is an [`OffsetDateTime`](time::OffsetDateTime) with any offset, and is converted to
//! UTC when it's sent. What a bare day or a time of day refers to is documented on the item.
//!
//! # Testing
//!
//! [`vendor-sandbox`](https://docs.rs/vendor-sandbox) serves this API on loopback, so your tests
//! need no account:
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = vendor_sandbox::Sandbox::start().await?;
//! let service = sandbox.geoplanning();
//! let client = geoplanning::Client::builder()
//!     .base_url(service.base_url())
//!     .credentials(service.login(), service.password())
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
//! use geoplanning::test_util::{self, Reply, Script};
//! use geoplanning::{Client, ErrorKind, TransportConfig};
//!
//! #[tokio::test]
//! async fn the_planner_is_known() -> Result<(), geoplanning::Error> {
//!     let user = r#"{"status": {"code": 0}, "userData": {"id": 7}}"#;
//!     let script = Script::new([Reply::json(200, user)]);
//!     let client = Client::builder()
//!         .credentials("planner", "secret")
//!         .transport(TransportConfig::default().script(&script))
//!         .build()?;
//!     assert_eq!(client.check_login().await?.id.get(), 7);
//!     Ok(())
//! }
//!
//! # fn main() -> Result<(), geoplanning::Error> {
//! #     the_planner_is_known()?;
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
//! [`Client`] and [`ClientBuilder`]; then a handle per kind of object: [`Activities`], [`Events`],
//! [`ActivityStatuses`], [`ActivityTypes`], [`Rounds`], [`Resources`], [`Customers`], [`Users`],
//! [`Pois`]. [`Client::call`] calls [`endpoints`], this crate's and your own. The service as its
//! vendor documents it, with every quirk we know of, is in [`contract`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod activities;
mod activity_statuses;
mod activity_types;
mod address;
mod client;
mod concurrent;
/// The service as its vendor documents it, and where this crate departs from that.
#[cfg(doc)]
pub mod contract;
mod customers;
mod day;
pub mod endpoints;
mod enumerables;
mod envelope;
mod error;
mod events;
mod fields;
mod foreign_id;
mod found;
#[cfg(doc)]
pub mod guide;
mod id;
mod list;
mod login;
mod many;
mod opening_hours;
mod pois;
mod resources;
mod rounds;
mod saved;
#[cfg(feature = "schema")]
#[doc(hidden)]
pub mod schema;
mod task;
mod users;
mod wire;

pub use activities::{
    Activities, Activity, ActivityDetails, ActivityUpdate, Assign, Attachment, AttachmentKind,
    Cancel, Event, HistoryEntry, NewActivity, Plan, Progress, Route, SimpleActivity,
    SimpleActivityUpdate, TaskUpdate, Unassign, UnsettledDuration,
};
pub use activity_statuses::{ActivityStatus, ActivityStatuses, StatusKind, StatusReference};
pub use activity_types::{
    ActivityRole, ActivityType, ActivityTypeReference, ActivityTypes, MetaType,
    ResourceActivityType,
};
pub use address::{Address, Coordinates, NewAddress, StreetAddress};
pub use client::{Client, ClientBuilder, TEST_SYSTEM};
pub use customers::{Customer, CustomerUpdate, Customers, NewCustomer};
pub use day::Day;
pub use enumerables::{Enumerable, NewEnumerable};
pub use events::Events;
pub use found::Found;
pub use id::{
    ActivityId, ActivityTypeId, AddressId, AppointmentId, AttachmentId, CapacityId, CustomerId,
    EnumerableId, EventId, OpeningHourId, OrderId, PersonId, PoiId, ResourceId, RoundId, StatusId,
    TaskId, UserId,
};
pub use list::{List, Unreadable};
pub use login::LoginUser;
pub use opening_hours::{OpeningHour, OpeningHours, TimeOfDay};
pub use pois::{Poi, Pois};
pub use resources::{
    Capacity, NewCapacity, NewResource, Resource, ResourceField, ResourceReference, ResourceUpdate,
    Resources,
};
pub use rounds::{
    ChangedRounds, NewRound, PersonReference, Round, RoundChange, RoundKey, RoundReference, Rounds,
    RoundsChange,
};
pub use saved::Saved;
pub use secrecy::SecretString;
/// JSON values, as [`Properties`] and [`UnknownFields`] hold them.
pub use serde_json;
pub use task::{
    Appointment, Contact, CustomerReference, NewAppointment, NewOrder, NewTask, Order,
    PreAssignment, Task, TaskOpeningHour,
};
/// Dates and times. Its macros need the crate `time` itself among the dependencies.
pub use time;
pub use users::{User, UserField, Users};
/// The HTTP client that [`TransportConfig::http_client`] takes.
use vendor_client_core::ListedEndpoint;
pub use vendor_client_core::reqwest;
#[cfg(feature = "test-util")]
#[doc(inline)]
pub use vendor_client_core::test_util;
pub use vendor_client_core::{
    Attempt, ClientCertificate, Clock, ConnectionPool, Creation, Endpoint, Error, ErrorKind, Form,
    Idempotency, Json, LookUp, ManualClock, Method, Operation, Outcome, Pace, Part, Path, Proxy,
    Query, Response, RetryPolicy, RootCertificates, StatusCode, SystemClock, Tls, TransportConfig,
    Validate, Violation, Violations, check,
};
pub use vendor_client_core::{
    AttemptEnded, CallEnded, LookResult, Observation, Observed, Observer,
};
pub use vendor_client_core::{Change, Follow, FollowMany, Many, Polling, Waited};

/// Fields that the vendor's customer has defined. Wire: `properties`.
///
/// Docs: [Type: Task](crate::contract::task#type-task) and
/// [Type: Resource](crate::contract::resources#type-resource).
pub type Properties = serde_json::Map<String, serde_json::Value>;

/// Fields of a response that this version of the crate does not know, as they came.
///
/// Docs: [Responses](crate::contract#responses).
pub type UnknownFields = serde_json::Map<String, serde_json::Value>;

/// The endpoints of every file.
static ENDPOINTS: &[&[ListedEndpoint]] = &[
    activities::ENDPOINTS,
    activity_statuses::ENDPOINTS,
    activity_types::ENDPOINTS,
    customers::ENDPOINTS,
    events::ENDPOINTS,
    login::ENDPOINTS,
    pois::ENDPOINTS,
    resources::ENDPOINTS,
    rounds::ENDPOINTS,
    users::ENDPOINTS,
];

/// Every operation of the service that this crate has. One that can be called in two ways is
/// there twice.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = ENDPOINTS.iter().flat_map(|endpoints| endpoints.iter());
    all.map(|endpoint| endpoint.operation)
}

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// An id of another kind of thing does not compile.
///
/// ```compile_fail,E0308
/// # use geoplanning::{Client, Error, ResourceId};
/// # async fn run(client: Client, resource: ResourceId) -> Result<(), Error> {
/// client.rounds().get(resource).await?;
/// # Ok(())
/// # }
/// ```
#[cfg(doctest)]
struct Ids;
