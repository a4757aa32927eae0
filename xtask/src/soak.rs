//! The soak of `conformance/`, which tells its options.

use std::path::Path;

use crate::problem::Problem;
use crate::workspace::cargo;

/// Runs it; it prints its own figures and complaints.
pub(crate) fn run(root: &Path, options: &[&str]) -> Result<Vec<Problem>, String> {
    let status = cargo(root)
        .args(["run", "--quiet", "--package", "conformance", "--", "soak"])
        .args(options)
        .status()
        .map_err(|error| error.to_string())?;
    match status.success() {
        true => Ok(Vec::new()),
        false => Err("the soak failed".to_owned()),
    }
}
