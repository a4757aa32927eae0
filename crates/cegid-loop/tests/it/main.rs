//! Behaviour through the public interface: against the sandbox, and against exact bytes.

// A test that cannot go on may say so by panicking.
#![allow(clippy::unwrap_used)]

mod changes;
mod endpoints;
mod filters;
mod findings;
mod gateway;
mod javascript;
mod lists;
mod outside_a_runtime;
mod own_endpoints;
mod paging;
mod reading;
mod real;
mod rows;
mod secrets;
mod support;
mod threads;
mod wire;
