//! Maintainers' commands. `docs/README.md` tells what they read and what they make of it.

mod aliases;
mod cells;
mod check;
mod code;
mod contract;
mod coverage;
mod crates;
mod days;
mod docs;
mod error;
mod examples;
mod fixtures;
mod grammar;
mod interface;
mod links;
mod markdown;
#[cfg(test)]
mod mutations;
mod observe;
mod openapi;
mod outputs;
mod package;
mod page;
mod pages;
mod problem;
mod release;
mod remarks;
mod responses;
mod rustdoc;
#[cfg(test)]
mod sample_page;
mod service;
mod settle;
mod soak;
mod sources;
mod tables;
mod workspace;

use std::path::Path;
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::problem::Problem;

const USAGE: &str = "\
Usage: cargo xtask <command> [--check]

  write        write everything that is derived from the pages
  fixtures     write the pages' example payloads into each crate's tests/fixtures
  contract     write each vendor's machine-readable contract
  openapi      write each vendor's OpenAPI description
  rustdoc      write each vendor's pages as the module `contract` of its crate
  tables       compare the field tables with the Rust types, their docs and their constants
  coverage     write the table of operations in docs/README.md
  experiments  write what the experiments lead to in the sandbox into docs/README.md
  check        compare everything derived from the pages, and the tables; write nothing

  package            package the published crates, and run each client's example from the packages
  release <crate>    check what a release of a crate needs, and print the steps
  observe <vendor>   compare what a real service sends with the pages
  settle <vendor>    make experiments with a real service that settle recorded findings
  soak [options]     let many workers call the sandbox while requests go wrong

With --check, a command that writes only compares.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let found = match arguments[..] {
        ["check"] => check::check(root()).inspect(clean),
        ["write"] => check::write(root()),
        ["fixtures"] => check::generate(root(), fixtures::generate, false),
        ["fixtures", "--check"] => check::generate(root(), fixtures::generate, true).inspect(clean),
        ["openapi"] => check::generate(root(), openapi::generate, false),
        ["openapi", "--check"] => check::generate(root(), openapi::generate, true).inspect(clean),
        ["rustdoc"] => check::generate(root(), rustdoc::generate, false),
        ["rustdoc", "--check"] => check::generate(root(), rustdoc::generate, true).inspect(clean),
        ["coverage"] => check::coverage(root(), false),
        ["coverage", "--check"] => check::coverage(root(), true).inspect(clean),
        ["experiments"] => check::experiments(root(), false),
        ["experiments", "--check"] => check::experiments(root(), true).inspect(clean),
        ["tables"] => check::tables(root()).inspect(clean),
        ["contract"] => check::generate(root(), contract::generate, false),
        ["contract", "--check"] => check::generate(root(), contract::generate, true).inspect(clean),
        ["package"] => package::prove(root()),
        ["release", name] => release::prepare(root(), name, say),
        ["observe", vendor, ref options @ ..] => observe::run(root(), vendor, options),
        ["settle", vendor, ref options @ ..] => settle::run(root(), vendor, options),
        ["soak", ref options @ ..] => soak::run(root(), options),
        _ => Err(Error::Usage(USAGE)),
    };
    report(found)
}

/// The workspace's folder.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Says that a comparison found no problem.
#[allow(
    clippy::ptr_arg,
    reason = "what `Result::inspect` passes is the vector"
)]
fn clean(problems: &Vec<Problem>) {
    if problems.is_empty() {
        say("no problems found");
    }
}

fn report(found: Result<Vec<Problem>>) -> ExitCode {
    let problems = match found {
        Ok(problems) => problems,
        Err(error) => {
            say(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    for problem in &problems {
        say(&problem.to_string());
    }
    match problems.len() {
        0 => return ExitCode::SUCCESS,
        1 => say("1 problem found"),
        count => say(&format!("{count} problems found")),
    }
    ExitCode::FAILURE
}

/// Prints a line: these commands have no other output.
#[allow(
    clippy::print_stdout,
    reason = "a command line tool talks on its standard output"
)]
fn say(line: &str) {
    println!("{line}");
}
