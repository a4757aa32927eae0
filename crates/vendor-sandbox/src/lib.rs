//! Océan Géomission, Cegid Loop and Geoplanning emulated on loopback, for development and tests.
//!
//! A developer has no account with the vendors at hand. This is the next best thing:
//! real HTTP on 127.0.0.1, with state (what is created can be read, changed and deleted), strict (a
//! call that breaks the contract is refused by the vendor's status, with a message that names the
//! field), and able to misbehave on request. It knows no client: only the vendors' contracts.
//!
//! # In a test
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use std::time::Duration;
//!
//! use vendor_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start().await?;
//! let ocean = sandbox.ocean_geomission();
//!
//! // Where the client under test goes, and as whom.
//! let (base_url, login, password) = (ocean.base_url(), ocean.login(), ocean.password());
//! # let _ = (base_url, login, password);
//!
//! // Time passes when the test says so.
//! sandbox.clock().advance(Duration::from_secs(13 * 3600));
//!
//! // What goes wrong, and how often.
//! ocean.faults().on("create_mission").times(2).after_processing().reset();
//!
//! // What really happened.
//! assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 0);
//! # Ok(())
//! # }
//! ```
//!
//! A sandbox has a thread and a runtime of its own, takes ports that the system chooses, and ends
//! when it is dropped. A test that pauses tokio's clock pauses its own runtime only. There is one
//! thing to know then: while a paused runtime has nothing to do but wait for the sandbox's
//! response, tokio moves its clock on to the next timer, so a client's deadline may strike at once.
//! Let such a test hold the request ([`FaultPlan::hold`]) and decide by itself what comes first, or
//! leave the clock running if nothing is timed.
//!
//! # From another language
//!
//! The binary serves the same on ports that stay the same, prints base URLs and credentials, and
//! has a remote control over HTTP for faults, ledger and clock: see the crate's README.
//!
//! # What is in the crate
//!
//! - [`Sandbox`], [`Builder`], [`Clock`]: starting, and the time.
//! - [`Emulator`]: what every vendor has. [`Faults`] and [`Ledger`] belong to it.
//! - [`OceanGeomission`], [`CegidLoop`], [`Geoplanning`]: each vendor's world, to look at and to
//!   change from outside.
//! - [`contract`]: the contracts, and the check of requests and responses against them.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod cegid_loop;
mod clock;
mod connection;
pub mod contract;
mod emulator;
mod exchange;
mod fault;
pub mod geoplanning;
mod ledger;
pub mod ocean_geomission;
mod ports;
mod remote_control;
mod route;
mod sandbox;
mod script;
mod settings;

pub use cegid_loop::CegidLoop;
pub use clock::Clock;
pub use emulator::Emulator;
pub use exchange::Response;
pub use fault::{ConnectionEnd, Fault, FaultPlan, Faults, Gate};
pub use geoplanning::Geoplanning;
pub use ledger::{Ending, Entry, Ledger};
pub use ocean_geomission::OceanGeomission;
pub use sandbox::{Builder, Sandbox};
pub use settings::InvalidSettings;

/// The README's example is compiled and run with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
