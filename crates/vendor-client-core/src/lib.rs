//! What the clients of different vendors share: transport, retries, token caching, errors and
//! telemetry. It knows no vendor.

mod error;
mod operation;
mod validate;

pub use error::{Attempt, Error, ErrorKind, Outcome, VendorMessage};
pub use http::{HeaderName, HeaderValue, Method, StatusCode};
pub use operation::{Operation, Repeat};
pub use validate::{Validate, Violation, Violations};
