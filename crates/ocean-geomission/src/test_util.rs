//! For your own tests: responses without a socket, and errors of any kind.
//!
//! Feature `test-util`. How to use it is in the [guide](crate::guide::testing#without-a-socket).

pub use vendor_client_core::test_util::*;

/// The reply to every log-in: a token. Put it first in a [`Script`]; it is never used up.
///
/// ```
/// use ocean_geomission::test_util::{Reply, Script, logged_in};
///
/// let script = Script::new([logged_in(), Reply::json(200, r#"{"status": "on site"}"#)]);
/// ```
#[must_use]
pub fn logged_in() -> Reply {
    Reply::json(200, r#"{"token": "a-token"}"#)
        .to("log_in")
        .always()
}
