//! Prints the table of the conformance suite, case × vendor, and the failures; or runs a soak.

// A command line tool talks on its standard output.
#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::ExitCode;

use conformance::report::markdown;
use conformance::soak::{Options, soak};
use conformance::{LOG_IN_COMMAND, examine, for_each_vendor, log_in};

const USAGE: &str = "\
Usage: cargo run -p conformance [soak [options]]

Without arguments, runs the conformance suite and prints its table. Options of a soak:

  --seed <number>         what goes wrong, and where. Default: 1
  --operations <number>   about how many calls are made. Default: 100000
  --seconds <number>      about how long it lasts. Default: 300
  --workers <number>      number of workers. Default: 32";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let succeeded = match arguments[..] {
        [] => print_table(),
        ["soak", ref options @ ..] => run_soak(options),
        [LOG_IN_COMMAND, vendor, base_url, directory] => {
            log_in_once(vendor, base_url, Path::new(directory))
        }
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
    let reports = for_each_vendor!(examine(&program));
    println!("{}", markdown(&reports));
    let mut succeeded = true;
    for complaint in reports.iter().flat_map(|report| report.complaints()) {
        eprintln!("{complaint}");
        succeeded = false;
    }
    succeeded
}

/// What the suite starts twice, to see two processes share a token.
fn log_in_once(vendor: &str, base_url: &str, directory: &Path) -> bool {
    let results = for_each_vendor!(log_in(vendor, base_url, directory));
    match results.into_iter().flatten().next() {
        Some(Ok(())) => true,
        Some(Err(error)) => {
            eprintln!("{error}");
            false
        }
        None => {
            eprintln!("unknown vendor `{vendor}`");
            false
        }
    }
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
