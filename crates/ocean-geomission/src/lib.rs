//! Client for [Océan](https://www.ocean-orange-business.fr)'s Géomission: send missions to
//! vehicles and field workers, change and delete them, and follow their status.
//!
//! ```no_run
//! use ocean_geomission::{Client, Mission, Recipient};
//! use time::macros::datetime;
//!
//! # async fn run() -> Result<(), ocean_geomission::Error> {
//! let client = Client::builder()
//!     .credentials("dispatcher@example.com", "the password")
//!     .build()?;
//!
//! let mut mission = Mission::new("2026-0042");
//! mission.recipient = Some(Recipient::vehicle("VAN-07"));
//! mission.scheduled_at = Some(datetime!(2026-11-24 08:30 UTC));
//! mission.street = Some("12 rue de la Paix".to_owned());
//! mission.city = Some("Paris".to_owned());
//! mission.send = Some(true);
//!
//! client.create_or_find(&mission).await?;
//! let status = client.mission_status(&mission.id).await?;
//! println!("{}", status.status.unwrap_or_default());
//! # Ok(())
//! # }
//! ```
//!
//! # What the client does by itself
//!
//! - It logs in when the first call needs it, keeps the token for its 12 hours, and replaces one
//!   that the service refuses. [`ClientBuilder::token_store`] shares it between processes.
//! - It repeats what may be repeated. A creation whose outcome is unknown is not repeated blindly:
//!   [`Client::create_or_find`] looks first.
//! - It refuses a mission that breaks a documented constraint before anything is sent.
//!
//! # When a call fails
//!
//! [`Error`] says what happened, and above all whether the mission may have been sent:
//!
//! ```no_run
//! # use ocean_geomission::{Client, Error, Mission};
//! # async fn run(client: Client, mission: Mission) -> Result<(), Error> {
//! match client.create_mission(&mission).await {
//!     Ok(receipt) => println!("created: {}", receipt.message.unwrap_or_default()),
//!     Err(error) if error.may_have_been_applied() => {
//!         let status = client.mission_status(&mission.id).await;
//!         println!("looked it up: {status:?}");
//!     }
//!     Err(error) if error.is_retryable() => println!("later: {error}"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! [`Client`] and [`ClientBuilder`]; [`Mission`] and [`Recipient`], what is sent;
//! [`Receipt`] and [`MissionStatus`], what is answered. What the vendor's service has of oddities
//! is listed, with its documentation, in `docs/ocean-geomission` of the repository.

mod authentication;
mod client;
mod error;
mod missions;
#[cfg(feature = "schema")]
pub mod schema;
mod wire;

pub use client::{Client, ClientBuilder, ParameterPlace};
pub use missions::{
    Coordinates, CustomerId, Mission, MissionId, MissionStatus, Receipt, Recipient,
};
pub use secrecy::{ExposeSecret, SecretString};
/// Dates and times. Its macros need the crate `time` itself among the dependencies.
pub use time;
/// The HTTP client that [`TransportConfig::http_client`] takes.
pub use vendor_client_core::reqwest;
pub use vendor_client_core::{
    Attempt, Clock, Creation, Error, ErrorKind, FileTokenStore, Idempotency, ManualClock, Method,
    Operation, Outcome, RetryPolicy, StatusCode, StoreFuture, StoreLock, StoredToken, SystemClock,
    Tls, Token, TokenStore, TransportConfig, Violation,
};

/// Every operation of the service that this crate has.
#[must_use]
pub fn operations() -> [&'static Operation; 5] {
    [
        &authentication::LOG_IN,
        &missions::CREATE_MISSION,
        &missions::MODIFY_MISSION,
        &missions::MISSION_STATUS,
        &missions::DELETE_MISSION,
    ]
}

/// Keeps the README's example compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
