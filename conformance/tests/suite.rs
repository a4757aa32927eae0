//! Every client passes every case. With `--nocapture`, prints the table.

// A test ends at the first surprise, and prints what it is asked to.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::Path;
use std::thread::{self, Scope, ScopedJoinHandle};

use conformance::report::{Report, markdown};
use conformance::{Subject, examine, for_each_vendor};

fn start<'scope, S: Subject>(scope: &'scope Scope<'scope, '_>) -> ScopedJoinHandle<'scope, Report> {
    scope.spawn(|| examine::<S>(Path::new(env!("CARGO_BIN_EXE_conformance"))))
}

#[test]
fn every_client_passes_every_case_with_every_operation() {
    let reports =
        thread::scope(|scope| for_each_vendor!(start(scope)).map(|vendor| vendor.join().unwrap()));
    println!("{}", markdown(&reports));
    let complaints: Vec<&str> = reports
        .iter()
        .flat_map(|report| report.complaints())
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
