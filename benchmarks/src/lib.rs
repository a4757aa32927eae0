//! Measures ways of making the same HTTP call against each other.
//!
//! A program hands its [`Benchmark`]s to [`run`]. That starts the program again as the server, so
//! that the server's work is not counted, and again under valgrind, where one is installed, to
//! count instructions and allocations.

// What is measured is printed.
#![allow(clippy::print_stdout)]

mod contender;
mod report;
mod server;
mod timing;
mod valgrind;

use std::env;

pub use contender::{Contender, Failure};
pub use report::{Verdict, median};
pub use server::Answer;

use report::Measured;
use server::Server;
use tokio::runtime::Runtime;

/// One call and the ways to make it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "unpublished")]
pub struct Benchmark {
    /// What is called.
    pub title: &'static str,
    /// Prepares the ways to call the server at the given base URL. All are measured against the
    /// first; the second is ours.
    pub contenders: fn(&str) -> Result<Vec<Contender>, Failure>,
    /// What ours has to reach.
    pub limits: Limits,
}

impl Benchmark {
    /// Some clients start tasks as soon as they are built.
    fn contenders_on(&self, runtime: &Runtime, server: &str) -> Result<Vec<Contender>, Failure> {
        let _guard = runtime.enter();
        (self.contenders)(server)
    }
}

/// What our way of calling has to reach, as ratios to the first contender.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "unpublished")]
pub struct Limits {
    /// Of user-space instructions per call.
    pub instructions: f64,
    /// Of time per call, one after the other and with many in flight.
    pub time: f64,
    /// How many allocations more there may be.
    pub more_allocations: Option<u32>,
    /// Contenders than which ours must need less of everything, by name.
    pub less_than: &'static [&'static str],
}

/// Runs the benchmarks against a server that gives `answers`, then `more`, and prints what was
/// reached.
///
/// # Errors
///
/// Where the server or a contender fails, or output cannot be written.
pub fn run(
    benchmarks: &[Benchmark],
    answers: Vec<Answer>,
    more: impl FnOnce() -> Result<Vec<Verdict>, Failure>,
) -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => report(|| measure_all(benchmarks, more)),
        ["serve"] => server::serve(answers),
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

/// Names the machine, measures, and prints the targets with what was reached.
///
/// # Errors
///
/// Where measuring fails.
pub fn report(measure: impl FnOnce() -> Result<Vec<Verdict>, Failure>) -> Result<(), Failure> {
    println!("{}\n", report::machine());
    println!("{}", report::summary(&measure()?));
    Ok(())
}

fn measure_all(
    benchmarks: &[Benchmark],
    more: impl FnOnce() -> Result<Vec<Verdict>, Failure>,
) -> Result<Vec<Verdict>, Failure> {
    let server = Server::start()?;
    let mut verdicts = Vec::new();
    for benchmark in benchmarks {
        let measured = measure(benchmark, &server)?;
        println!("{}", report::table(benchmark, &measured));
        verdicts.extend(report::verdicts(benchmark, &measured));
    }
    verdicts.extend(more()?);
    Ok(verdicts)
}

fn measure(benchmark: &Benchmark, server: &Server) -> Result<Vec<Measured>, Failure> {
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
