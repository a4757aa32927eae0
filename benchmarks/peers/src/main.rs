//! Speed of the core against other ways of calling an HTTP API.
//!
//! `cargo run --release`, in this folder.

mod calls;
mod contenders;
mod visit;

use benchmarks::{Benchmark, BoxError, Limits};

/// What people would use instead: ours must need less than each of them.
const SDKS: &[&str] = &["reqwest-middleware", "octocrab", "azure_core"];

const LIMITS: Limits = Limits {
    instructions: 0.97,
    time: 1.02,
    more_allocations: Some(8),
    less_than: SDKS,
};

fn main() -> Result<(), BoxError> {
    let benchmarks = [
        Benchmark {
            title: "2 KB response",
            contenders: calls::get_one,
            limits: Some(LIMITS),
        },
        Benchmark {
            title: "60 KB list",
            contenders: calls::list,
            // Nearly all of it is decoding, which is the same for all.
            limits: Some(Limits {
                instructions: 1.01,
                ..LIMITS
            }),
        },
        Benchmark {
            title: "2 KB POST",
            contenders: calls::create,
            limits: Some(LIMITS),
        },
    ];
    benchmarks::run(&benchmarks, visit::responses(), || Ok(Vec::new()))
}
