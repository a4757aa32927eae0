//! Calls over real sockets on loopback, against a server that does exactly what a test says.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod body;
mod canary;
mod cause;
mod deadline;
mod endpoint;
mod network;
mod observer;
mod pace;
mod pool;
mod proxy;
mod redirect;
mod retry;
mod server;
mod support;
mod telemetry;
mod test_util;
mod tls;
mod token;
mod token_stores;
mod user_agent;
