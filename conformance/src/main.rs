//! Prints the table of the conformance suite, case × vendor, and what failed.

// A command line tool talks on its standard output.
#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::ExitCode;

use conformance::report::markdown;
use conformance::soak::{Options, soak};
use conformance::subjects::{CegidLoop, Geoplanning, OceanGeomission};
use conformance::{LOG_IN_COMMAND, examine, log_in};

const USAGE: &str = "\
Usage: cargo run -p conformance [soak [options]]

Without arguments, prints the table of the conformance suite. A soak takes, in any order:

  --seed <number>         what goes wrong, and where (1)
  --operations <number>   how many calls are made, a round more or less (100000)
  --seconds <number>      how long it lasts, a round more or less (300)
  --workers <number>      how many workers there are (32)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let succeeded = match arguments[..] {
        [] => print_table(),
        ["soak", ref options @ ..] => run_soak(options),
        [LOG_IN_COMMAND, "ocean-geomission", base_url, file] => log_in_once(base_url, file),
        _ => {
            eprintln!("{USAGE}");
            false
        }
    };
    match succeeded {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn print_table() -> bool {
    let Ok(program) = std::env::current_exe() else {
        return false;
    };
    let reports = [
        examine::<OceanGeomission>(&program),
        examine::<CegidLoop>(&program),
        examine::<Geoplanning>(&program),
    ];
    println!("{}", markdown(&reports));
    let mut succeeded = true;
    for complaint in reports.iter().flat_map(|report| report.complaints()) {
        eprintln!("{complaint}");
        succeeded = false;
    }
    succeeded
}

/// What the suite starts twice, to see two processes share a token.
fn log_in_once(base_url: &str, file: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else { return false };
    let file = Path::new(file);
    let result = runtime.block_on(log_in::<OceanGeomission>(base_url.to_owned(), file));
    if let Err(error) = &result {
        eprintln!("{error}");
    }
    result.is_ok()
}

fn run_soak(arguments: &[&str]) -> bool {
    let Some(options) = read_options(arguments) else {
        eprintln!("{USAGE}");
        return false;
    };
    let findings = soak(options);
    println!("{}", findings.figures);
    for complaint in &findings.complaints {
        eprintln!("{complaint}");
    }
    findings.complaints.is_empty()
}

fn read_options(arguments: &[&str]) -> Option<Options> {
    let mut options = Options::default();
    for pair in arguments.chunks(2) {
        let [name, number] = pair else { return None };
        match *name {
            "--seed" => options.seed = number.parse().ok()?,
            "--operations" => options.operations = number.parse().ok()?,
            "--seconds" => options.seconds = number.parse().ok()?,
            "--workers" => options.workers = number.parse().ok()?,
            _ => return None,
        }
    }
    Some(options)
}
