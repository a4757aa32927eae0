//! One suite of misbehaviour that every client has to pass, and a soak.
//!
//! A [`Gateway`](gateway::Gateway) stands between a client and the sandbox. For each [`Case`] and
//! each operation it responds with broken, slow or hostile bytes, before or after the sandbox has
//! acted, and the suite compares what the client reports with the sandbox's ledger.
//!
//! A vendor crate joins the suite with a [`Subject`] of its own: one small file in `src/subjects/`,
//! and one line in [`for_each_vendor`].
//!
//! In reading order: [`subject`], [`gateway`], [`case`](mod@case), [`cases`], `run.rs`,
//! `creations.rs`, `callers.rs`, [`report`]; and the soak by itself, [`soak`].

// This is test code: it is not published, and ends at the first surprise.
#![allow(
    missing_docs,
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    clippy::missing_errors_doc,
    clippy::unwrap_used
)]

mod callers;
pub mod case;
pub mod cases;
mod creations;
pub mod gateway;
mod http;
mod outputs;
pub mod report;
mod run;
mod scene;
pub mod soak;
pub mod subject;
pub mod subjects;
mod suite;
mod time;

pub use callers::{LOG_IN_COMMAND, log_in};
pub use case::Case;
pub use http::RawResponse;
pub use subject::Subject;
pub use suite::examine;
