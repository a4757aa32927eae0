//! What happens outside a tokio runtime: every call fails in the same way, and nothing panics.

use std::future::Future;

use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio::time::error::Elapsed;

use crate::error::{Error, ErrorKind, Outcome};
use crate::failure::Failure;
use crate::operation::Operation;

/// The runtime to make a call in; an error if there is none.
pub(crate) fn here(operation: Option<&'static Operation>) -> Result<Handle, Error> {
    Handle::try_current().map_err(|_| missing(operation))
}

#[cold]
fn missing(operation: Option<&'static Operation>) -> Error {
    let mut failure = Failure::new(ErrorKind::Configuration, Outcome::NotSent).reason(
        "there is no tokio runtime here; call it within one, such as that of `#[tokio::main]`",
    );
    failure.operation = operation;
    failure.into()
}

/// Tokio's `timeout_at`; without a limit outside a runtime, where each call fails at once.
pub(crate) async fn timeout_at<F: Future>(
    deadline: Instant,
    work: F,
) -> Result<F::Output, Elapsed> {
    match Handle::try_current() {
        Ok(_) => tokio::time::timeout_at(deadline, work).await,
        Err(_) => Ok(work.await),
    }
}
