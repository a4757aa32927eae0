//! The sandbox as its users meet it: over a socket.

// A test that cannot go on may say so by panicking.
#![allow(clippy::unwrap_used)]

mod faults;
mod ocean_geomission;
mod remote_control;
mod sandbox;
mod support;
