//! The client against the sandbox, against exact bytes, and against all that is documented.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod actions;
mod activities;
mod connections;
mod customers;
mod endpoints;
mod findings;
#[cfg(feature = "schema")]
mod fixtures;
mod follow;
mod lists;
mod lost_responses;
mod outcomes;
mod outside_a_runtime;
mod own_endpoints;
mod real;
mod resources;
mod rounds;
mod secrets;
mod support;
mod validation;
mod values;
mod walk;
mod wire;
