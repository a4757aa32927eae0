//! What every layer knows about an operation: one static each.

use http::Method;

/// One operation of a vendor's service.
///
/// A vendor crate declares each of its operations as one `static`; transport, retries, errors,
/// telemetry and the comparison with the documentation all read that same value.
///
/// ```
/// use vendor_client_core::{Method, Operation, Idempotency};
///
/// static GET_CUSTOMER: Operation =
///     Operation::new("get_customer", Method::GET, "/customers/{id}", Idempotency::Idempotent);
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The operation's name in code, logs and documentation, such as `get_customer`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below the base URL, with `{name}` for each value, such as `/customers/{id}`.
    pub template: &'static str,
    /// Whether doing it twice has the same effect as doing it once.
    pub idempotency: Idempotency,
}

impl Operation {
    /// Declares an operation.
    #[must_use]
    pub const fn new(
        name: &'static str,
        method: Method,
        template: &'static str,
        idempotency: Idempotency,
    ) -> Self {
        Self {
            name,
            method,
            template,
            idempotency,
        }
    }

    /// The names that the template has in braces, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        let after_braces = self.template.split('{').skip(1);
        after_braces.filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
    }
}

/// Whether an operation may be sent again when nobody knows whether it took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Idempotency {
    /// Doing it twice has the same effect as doing it once: reads, and writes that set a final
    /// state. It is retried after any transient failure.
    Idempotent,
    /// Doing it twice may act twice. It is retried only after an attempt that certainly had no
    /// effect.
    NotIdempotent,
}

impl Idempotency {
    /// Whether this is [`Idempotent`](Self::Idempotent).
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        matches!(self, Self::Idempotent)
    }
}
