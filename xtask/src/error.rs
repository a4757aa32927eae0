//! Why a command could not run to its end.
//!
//! What a command finds is a [`Problem`](crate::problem::Problem), and not an error.

use std::io;
use std::path::Path;
use std::process::Command;

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Usage(&'static str),
    #[error("cannot read or write {path}: {source}")]
    File { path: String, source: io::Error },
    #[error("cannot read {path} as Rust: {source}")]
    Source { path: String, source: syn::Error },
    #[error("cannot write a derived file as JSON: {0}")]
    Json(#[source] serde_json::Error),
    #[error("cannot read what `cargo metadata` prints: {0}")]
    Metadata(#[source] serde_json::Error),
    #[error("cannot run {command}: {source}")]
    NotRun { command: String, source: io::Error },
    #[error("{command} failed:\n{complaint}")]
    Failed { command: String, complaint: String },
    #[error("cannot start the sandbox: {0}")]
    Sandbox(#[source] io::Error),
    #[error("{name} is not a published crate; these are: {}", .published.join(", "))]
    NotPublished {
        name: String,
        published: Vec<String>,
    },
    #[error("the soak failed")]
    Soak,
    #[error("a page has a problem; `cargo xtask check` shows them all: {0}")]
    Page(String),
    #[error("there is no vendor {0:?}; each folder below docs/ is one")]
    NoSuchVendor(String),
    #[error("cannot read the exchanges in {path}: {reason}")]
    Saved { path: String, reason: String },
    #[error("there is no experiment {0:?}; --list shows them all")]
    NoSuchExperiment(String),
    #[error("the experiment {0} has a setting that the sandbox refuses: {1}")]
    Setting(&'static str, #[source] vendor_sandbox::InvalidSettings),
    #[error("cannot sign in: {0}")]
    NotSignedIn(String),
    #[error(transparent)]
    Client(#[from] vendor_client_core::Error),
    #[error("a call could not be handed on: {0}")]
    Http(#[from] vendor_client_core::reqwest::Error),
    #[error("a call could not be received: {0}")]
    Received(#[from] hyper::Error),
}

impl Error {
    /// The error about the file or folder at `path`.
    pub(crate) fn file(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().display().to_string();
        |source| Self::File { path, source }
    }

    /// The error about a command that could not be run.
    pub(crate) fn not_run(command: &Command) -> impl FnOnce(io::Error) -> Self {
        let command = format!("{command:?}");
        |source| Self::NotRun { command, source }
    }
}
