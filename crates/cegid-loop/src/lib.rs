//! Client for [Cegid Loop](https://www.cegid.com): the engagement letters of an accounting firm,
//! the activities they promise, and any other list of the service.
//!
//! ```no_run
//! use cegid_loop::Client;
//! use cegid_loop::letters::{self, LetterStatus};
//!
//! # async fn run() -> Result<(), cegid_loop::Error> {
//! let client = Client::builder()
//!     .subscription_key("the subscription key")
//!     .api_key("the key", "the client secret")
//!     .build()?;
//!
//! let signed = letters::STATUS.eq(LetterStatus::SIGNED);
//! for letter in client.engagement_letters(signed).try_collect().await? {
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
//! [`Client::list`] make a [`List`]. It takes an order, a choice of fields and a limit, and is
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
//! Values are escaped, so that text from anywhere can be compared with.
//!
//! # What is read
//!
//! Every field of a row is optional, since the service may leave any of them out. Enumerations
//! such as [`LetterStatus`](letters::LetterStatus) are open: a value that the vendor has not
//! listed is kept. Dates are instants, as the service has them; see
//! [`EngagementLetter::fiscal_year_starts_at`] for what is odd about them.
//!
//! # When a call fails
//!
//! [`Error`] says what happened. Reading is always safe to repeat, and the client repeats it
//! where that can help. [`Rows::position`] tells where to go on.
//!
//! # Where things are
//!
//! [`Client`] and [`ClientBuilder`]; [`List`], [`Pages`] and [`Rows`]; [`Filter`], [`Sort`] and
//! [`Select`]; [`letters`] and [`activities`], the rows and their fields. What the vendor's
//! service has of oddities is listed, with its documentation, in `docs/cegid-loop` of the
//! repository.

mod client;
mod code;
mod filter;
mod id;
mod list;
mod reference;
mod sort;
mod wire;

pub mod activities;
pub mod letters;
#[cfg(feature = "schema")]
pub mod schema;

pub use activities::LetterActivity;
pub use client::{Client, ClientBuilder};
pub use filter::{Field, Filter, IntoLiteral, Literal};
pub use id::{ActivityId, LetterId, ObjectId};
pub use letters::EngagementLetter;
pub use list::{List, Page, Pages, Rows};
pub use reference::{FileReference, Reference};
pub use secrecy::SecretString;
pub use sort::{Select, Sort};
/// Dates and times. Its macros need the crate `time` itself among the dependencies.
pub use time;
/// The UUIDs that identifiers are.
pub use uuid;
/// The HTTP client that [`TransportConfig::http_client`] takes.
pub use vendor_client_core::reqwest;
pub use vendor_client_core::{
    Attempt, Clock, Error, ErrorKind, Idempotency, ManualClock, Method, Operation, Outcome,
    RetryPolicy, StatusCode, SystemClock, Tls, TransportConfig, Violation,
};

/// Every documented operation of the service that this crate has.
#[must_use]
pub fn operations() -> [&'static Operation; 2] {
    [&client::LIST_ENGAGEMENT_LETTERS, &client::LIST_ACTIVITIES]
}

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
