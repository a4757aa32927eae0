//! What every layer knows about an operation: one static each.

use http::Method;

/// One operation of a vendor's service.
///
/// A vendor crate declares each of its operations as one `static`; transport, retries, errors,
/// telemetry and the comparison with the documentation all read that same value.
///
/// ```
/// use vendor_client_core::{Method, Operation, Repeat};
///
/// static GET_CUSTOMER: Operation =
///     Operation::new("get_customer", Method::GET, "/customers/{id}", Repeat::Safe);
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The operation's name in code, logs and documentation, such as `get_customer`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below the base URL, with `{name}` where a value goes, such as `/customers/{id}`.
    pub template: &'static str,
    /// Whether doing it twice does no more than doing it once.
    pub repeat: Repeat,
}

impl Operation {
    /// Declares an operation.
    #[must_use]
    pub const fn new(
        name: &'static str,
        method: Method,
        template: &'static str,
        repeat: Repeat,
    ) -> Self {
        Self {
            name,
            method,
            template,
            repeat,
        }
    }
}

/// Whether an operation may be repeated when nobody knows if it took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repeat {
    /// Repeating it changes nothing: reads, and writes that set a final state.
    Safe,
    /// Repeating it may act twice. It is repeated only after an attempt that certainly had no
    /// effect.
    Unsafe,
}
