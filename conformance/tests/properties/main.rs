//! What holds for any value: what is sent can be read back, and what is received is read or
//! refused, and never a panic.

// A test ends at the first surprise.
#![allow(clippy::unwrap_used)]

mod documents;
mod requests;
mod responses;

use proptest::test_runner::{Config, RngSeed};

/// How property tests run: the same each time, and quickly.
fn arbitrary() -> Config {
    Config {
        cases: 300,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..Config::default()
    }
}
