//! The crates of the workspace that are published, and running cargo on them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::{Error, Result};

/// A crate that is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Its folder, from the workspace's root.
    pub(crate) folder: PathBuf,
}

/// The published crates, in the order of their names.
pub(crate) fn published(root: &Path) -> Result<Vec<Published>> {
    let arguments = ["metadata", "--format-version=1", "--no-deps", "--offline"];
    let metadata = output(cargo(root).args(arguments))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(Error::Metadata)?;
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let mut crates: Vec<_> = packages
        .iter()
        .filter(|package| package["publish"].is_null())
        .filter_map(|package| {
            let manifest = Path::new(package["manifest_path"].as_str()?);
            Some(Published {
                name: package["name"].as_str()?.to_owned(),
                version: package["version"].as_str()?.to_owned(),
                folder: manifest.parent()?.strip_prefix(root).ok()?.to_owned(),
            })
        })
        .collect();
    crates.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(crates)
}

/// Cargo, run in `folder`.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder);
    cargo
}

/// Runs a command and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output();
    let output = output.map_err(Error::not_run(command))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Error::Failed {
        command: format!("{command:?}"),
        complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
