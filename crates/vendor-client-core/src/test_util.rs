//! For the tests of programs that use a client: responses without a socket, and errors of any kind.
//!
//! Feature `test-util`. A [`Script`] takes the place of the service:
//!
//! ```
//! use vendor_client_core::TransportConfig;
//! use vendor_client_core::test_util::{Reply, Script};
//!
//! let script = Script::new([
//!     Reply::json(503, "{}"),
//!     Reply::json(200, r#"{"name": "Ann"}"#),
//! ]);
//! let config = TransportConfig::default().script(&script);
//! // A client that is built with `config` gets these two, and `script.requests()` has what it sent.
//! ```
//!
//! [`error`] makes an error:
//!
//! ```
//! use vendor_client_core::test_util;
//! use vendor_client_core::{ErrorKind, StatusCode};
//!
//! let error = test_util::error(ErrorKind::Status).status(StatusCode::NOT_FOUND).build();
//! assert!(error.is_not_found() && !error.may_have_been_applied());
//! ```

mod error;
mod reply;
mod script;

pub use error::{ErrorBuilder, error};
pub use reply::Reply;
pub use script::{Script, SentRequest};
