//! The client against the sandbox, and against exact bytes.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod authentication;
mod confirm;
mod endpoints;
mod fixtures;
mod follow;
mod missions;
mod outside_a_runtime;
mod own_endpoints;
mod reading;
mod real;
mod refusals;
mod secrets;
mod support;
mod threads;
mod token_store;
mod wire;
