//! The types that go over the wire, for the comparison with the documentation.

use vendor_client_core::schema::OperationSchema;

/// Every operation with its types.
#[must_use]
pub fn operations() -> Vec<OperationSchema> {
    crate::ENDPOINTS
        .iter()
        .flat_map(|endpoints| endpoints.iter())
        .map(|endpoint| endpoint.schema())
        .collect()
}
