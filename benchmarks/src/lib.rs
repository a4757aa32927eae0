//! Measures ways of making the same HTTP call against each other.
//!
//! A program hands its [`Benchmark`]s to [`run`]. That starts the program again as the server, so
//! that the server's work is not counted, and again under valgrind, where one is installed, to
//! count instructions and allocations.

// Measurements are printed; and this crate is not published.
#![allow(clippy::missing_errors_doc, clippy::print_stdout, missing_docs)]

mod contender;
pub mod process;
mod report;
mod server;
mod timing;
mod valgrind;

use std::env;

pub use contender::{BoxError, Contender};
pub use report::Verdict;
pub use server::{CannedResponse, Server, serve};
pub use timing::median;

use report::Measured;
use tokio::runtime::Runtime;

/// One call and the ways to make it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "unpublished")]
pub struct Benchmark {
    pub title: &'static str,
    /// Prepares the ways to call the server at a base URL. All are measured against the first.
    pub contenders: fn(&str) -> Result<Vec<Contender>, BoxError>,
    /// The second contender's, if it must keep any.
    pub limits: Option<Limits>,
}

impl Benchmark {
    /// Some clients start tasks as soon as they are built.
    fn contenders_on(&self, runtime: &Runtime, server: &str) -> Result<Vec<Contender>, BoxError> {
        let _guard = runtime.enter();
        (self.contenders)(server)
    }
}

/// The limits for a way of calling, as ratios to the first contender.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "unpublished")]
pub struct Limits {
    /// Of user-space instructions per call.
    pub instructions: f64,
    /// Of time per call, one after the other and with many in flight.
    pub time: f64,
    /// How many more allocations it may make.
    pub more_allocations: Option<u32>,
    /// Names of the contenders that it must beat in every figure.
    pub less_than: &'static [&'static str],
}

/// Runs the benchmarks against a server with these responses, then `more`, and prints the results.
pub fn run(
    benchmarks: &[Benchmark],
    responses: Vec<CannedResponse>,
    more: impl FnOnce() -> Result<Vec<Verdict>, BoxError>,
) -> Result<(), BoxError> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => report(|| measure_all(benchmarks, more)),
        ["serve"] => serve(responses),
        ["call", title, name, server, count] => {
            let benchmark = benchmarks.iter().find(|one| one.title == title);
            let runtime = contender::runtime()?;
            let contenders = benchmark
                .ok_or("no such benchmark")?
                .contenders_on(&runtime, server)?;
            let contender = contenders.iter().find(|one| one.name() == name);
            let contender = contender.ok_or("no such contender")?;
            runtime.block_on(contender.calls(count.parse()?))
        }
        _ => Err("takes no arguments".into()),
    }
}

/// Names the machine, measures, and prints each target with the figure reached.
pub fn report(measure: impl FnOnce() -> Result<Vec<Verdict>, BoxError>) -> Result<(), BoxError> {
    println!("{}\n", report::machine());
    println!("{}", report::summary(&measure()?));
    Ok(())
}

fn measure_all(
    benchmarks: &[Benchmark],
    more: impl FnOnce() -> Result<Vec<Verdict>, BoxError>,
) -> Result<Vec<Verdict>, BoxError> {
    let server = Server::start()?;
    let mut verdicts = Vec::new();
    for benchmark in benchmarks {
        let measured = measure(benchmark, &server)?;
        println!("{}", report::table(benchmark, &measured));
        if let Some(limits) = benchmark.limits {
            verdicts.extend(report::verdicts(benchmark.title, limits, &measured));
        }
    }
    verdicts.extend(more()?);
    Ok(verdicts)
}

fn measure(benchmark: &Benchmark, server: &Server) -> Result<Vec<Measured>, BoxError> {
    let runtime = contender::runtime()?;
    let contenders = benchmark.contenders_on(&runtime, server.url())?;
    let timings = timing::measure(&runtime, &contenders)?;
    contenders
        .iter()
        .zip(timings)
        .map(|(contender, timing)| {
            Ok(Measured {
                name: contender.name(),
                timing,
                counts: valgrind::count(benchmark.title, contender.name(), server.url())?,
            })
        })
        .collect()
}
