//! Behaviour through the public interface.

// A test that unwraps nothing fails, as it should.
#![allow(clippy::unwrap_used)]

mod filters;
mod javascript;
