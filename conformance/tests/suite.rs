//! Every client passes every case. With `--nocapture`, each test prints its vendor's table.

// A test ends at the first surprise, and prints what it is asked to.
#![allow(clippy::print_stdout)]

use std::path::Path;

use conformance::report::markdown;
use conformance::subjects::{CegidLoop, Geoplanning, OceanGeomission};
use conformance::{Subject, examine};

fn passes_every_case<S: Subject>() {
    let program = Path::new(env!("CARGO_BIN_EXE_conformance"));
    let report = examine::<S>(program);
    println!("{}", markdown(std::slice::from_ref(&report)));
    let complaints = report.complaints();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn the_client_of_ocean_geomission_passes_every_case() {
    passes_every_case::<OceanGeomission>();
}

#[test]
fn the_client_of_cegid_loop_passes_every_case() {
    passes_every_case::<CegidLoop>();
}

#[test]
fn the_client_of_geoplanning_passes_every_case() {
    passes_every_case::<Geoplanning>();
}
