//! The sandbox as its users meet it: over a socket.

// A test that cannot continue may panic.
#![allow(clippy::unwrap_used)]

#[cfg(unix)]
mod browser;
mod cegid_loop;
mod faults;
mod geoplanning;
mod ocean_geomission;
#[cfg(unix)]
mod page;
#[cfg(feature = "cli")]
mod program;
mod remote_control;
mod sandbox;
mod support;
