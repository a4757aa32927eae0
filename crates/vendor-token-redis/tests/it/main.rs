//! The store against a real server, which each test starts for itself.
//!
//! Without `redis-server` on the path, one line says that these tests were skipped.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod faults;
mod figures;
mod ocean_geomission;
mod processes;
mod secrets;
mod server;
mod suite;
