//! Prints the table of the conformance suite: case × vendor.

#![allow(
    clippy::print_stdout,
    reason = "a command line tool talks on its standard output"
)]

use std::process::ExitCode;

use conformance::report::markdown;
use conformance::{examine, subjects};

fn main() -> ExitCode {
    let reports = [
        examine::<subjects::OceanGeomission>(),
        examine::<subjects::CegidLoop>(),
        examine::<subjects::Geoplanning>(),
    ];
    println!("{}", markdown(&reports));
    let mut code = ExitCode::SUCCESS;
    for complaint in reports.iter().flat_map(|report| report.complaints()) {
        eprintln!("{complaint}");
        code = ExitCode::FAILURE;
    }
    code
}
