//! What building a user's program costs from nothing.

use std::error::Error;

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    Ok(())
}
