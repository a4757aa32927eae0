//! The vendor crates whose types are compared with their pages: one line each.

use vendor_client_core::schema::OperationSchema;

/// A vendor crate.
pub(crate) struct Crate {
    /// Its name, and that of its folder below `docs/`.
    pub(crate) name: &'static str,
    /// What it tells about its types.
    pub(crate) operations: fn() -> Vec<OperationSchema>,
}

pub(crate) const CRATES: &[Crate] = &[
    Crate {
        name: "cegid-loop",
        operations: cegid_loop::schema::operations,
    },
    Crate {
        name: "geoplanning",
        operations: geoplanning::schema::operations,
    },
    Crate {
        name: "ocean-geomission",
        operations: ocean_geomission::schema::operations,
    },
];

/// What the crate of the vendor `name` tells, once it is registered above.
pub(crate) fn operations(name: &str) -> Option<Vec<OperationSchema>> {
    let known = CRATES.iter().find(|known| known.name == name)?;
    Some((known.operations)())
}
