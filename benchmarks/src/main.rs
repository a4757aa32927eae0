//! Speed of the clients, as ratios to bare reqwest.
//!
//! `cargo run --release -p benchmarks` measures calls, what options add, and the token cache;
//! `cargo run --release -p benchmarks -- cold-build` measures a cold build of a user's program.

// Measurements are printed.
#![allow(clippy::print_stdout)]

mod cold_build;
mod options;
mod status_call;
mod token_cache;

use benchmarks::{Benchmark, BoxError, Limits};

fn main() -> Result<(), BoxError> {
    if std::env::args().nth(1).as_deref() == Some("cold-build") {
        return benchmarks::report(cold_build::run);
    }
    let status_call = Benchmark {
        title: "Status call, 2 KB response",
        contenders: status_call::contenders,
        limits: Some(Limits {
            instructions: 0.95,
            time: 1.02,
            more_allocations: Some(8),
            less_than: &[],
        }),
    };
    let options = Benchmark {
        title: "The same call with options",
        contenders: options::contenders,
        limits: None,
    };
    let responses = options::responses()
        .into_iter()
        .chain(status_call::responses());
    benchmarks::run(
        &[status_call, options],
        responses.collect(),
        token_cache::run,
    )
}
