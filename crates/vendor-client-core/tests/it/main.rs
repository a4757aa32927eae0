//! Calls over real sockets on loopback, against a server that does exactly what a test says.

mod body;
mod canary;
mod deadline;
mod redirect;
mod retry;
mod server;
mod support;
mod telemetry;
mod token;
