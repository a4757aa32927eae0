//! The client against the sandbox, and against exact bytes.

mod authentication;
mod confirm;
mod fixtures;
mod missions;
mod secrets;
mod support;
mod wire;
