//! The soak of `conformance/`, which prints its own options.

use std::path::Path;

use crate::error::{Error, Result};
use crate::problem::Problem;
use crate::workspace::cargo;

/// Runs it; it prints its own figures and complaints.
pub(crate) fn run(root: &Path, options: &[&str]) -> Result<Vec<Problem>> {
    let mut soak = cargo(root);
    soak.args(["run", "--quiet", "--package", "conformance", "--", "soak"])
        .args(options);
    let status = soak.status().map_err(Error::not_run(&soak))?;
    match status.success() {
        true => Ok(Vec::new()),
        false => Err(Error::Soak),
    }
}
