//! JSON schemas of what goes over the wire, for comparing it with the documentation.

pub use vendor_client_core::schema::{OperationSchema, Part, Probed};

/// Every documented operation, with the types that it sends and reads.
#[must_use]
pub fn operations() -> Vec<OperationSchema> {
    let listed = crate::ENDPOINTS.iter().copied().flatten();
    listed.map(|endpoint| endpoint.schema()).collect()
}
