//! Instructions and allocations per call, counted by valgrind.
//!
//! The program runs twice with different numbers of calls. The difference is the cost of the extra
//! calls: starting, connecting and logging in cancel out.

use std::env;
use std::io;
use std::process::Command;

use crate::contender::BoxError;

const FEW: u32 = 500;
const MANY: u32 = 1500;

/// The cost of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    /// Instructions in user space.
    pub(crate) instructions: f64,
    /// Allocations, including reallocations.
    pub(crate) allocations: f64,
}

/// Counts. `None` if valgrind is not installed.
pub(crate) fn count(title: &str, name: &str, server: &str) -> Result<Option<Counts>, BoxError> {
    let per_call = |tool: &[&str], figure: fn(&str) -> Option<f64>| -> Result<_, BoxError> {
        let mut totals = [0.0; 2];
        for (total, calls) in totals.iter_mut().zip([FEW, MANY]) {
            let mut command = Command::new("valgrind");
            command.args(tool).arg(env::current_exe()?);
            command.args(["call", title, name, server, &calls.to_string()]);
            let output = match command.output() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                output => output?,
            };
            let text = String::from_utf8_lossy(&output.stderr);
            let found = text.lines().find_map(figure);
            *total = found.ok_or_else(|| format!("valgrind reports no figure:\n{text}"))?;
        }
        Ok(Some((totals[1] - totals[0]) / f64::from(MANY - FEW)))
    };
    let callgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let memcheck = [
        "--tool=memcheck",
        "--leak-check=no",
        "--undef-value-errors=no",
    ];
    let instructions = per_call(&callgrind, |line| number_after(line, "Collected :"))?;
    let allocations = per_call(&memcheck, |line| number_after(line, "total heap usage:"))?;
    Ok(instructions
        .zip(allocations)
        .map(|(instructions, allocations)| Counts {
            instructions,
            allocations,
        }))
}

fn number_after(line: &str, label: &str) -> Option<f64> {
    let (_, rest) = line.split_once(label)?;
    let number = rest.split_whitespace().next()?.replace(',', "");
    number.parse().ok()
}
