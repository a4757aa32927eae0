//! The vendor crates: one entry each, and nothing else in `xtask` names a vendor.

use vendor_client_core::schema::OperationSchema;
use vendor_sandbox::Sandbox;

/// A vendor crate.
pub(crate) struct Crate {
    /// Its name, and that of its folder below `docs/`.
    pub(crate) name: &'static str,
    /// Its operations, with their types.
    pub(crate) operations: fn() -> Vec<OperationSchema>,
    /// The environment that leads the example of its README to the sandbox.
    pub(crate) environment: fn(&Sandbox) -> Vec<(&'static str, String)>,
}

pub(crate) const CRATES: &[Crate] = &[
    Crate {
        name: "cegid-loop",
        operations: cegid_loop::schema::operations,
        environment: |sandbox| {
            let cegid = sandbox.cegid_loop();
            let key = cegid.subscription_key().to_owned();
            vec![
                ("CEGID_LOOP_BASE_URL", cegid.base_url()),
                ("CEGID_LOOP_SUBSCRIPTION_KEY", key),
                ("CEGID_LOOP_API_KEY", cegid.api_key().to_owned()),
                ("CEGID_LOOP_API_SECRET", cegid.api_secret().to_owned()),
            ]
        },
    },
    Crate {
        name: "geoplanning",
        operations: geoplanning::schema::operations,
        environment: |sandbox| {
            let geoplanning = sandbox.geoplanning();
            vec![
                ("GEOPLANNING_BASE_URL", geoplanning.base_url()),
                ("GEOPLANNING_LOGIN", geoplanning.login().to_owned()),
                ("GEOPLANNING_PASSWORD", geoplanning.password().to_owned()),
            ]
        },
    },
    Crate {
        name: "ocean-geomission",
        operations: ocean_geomission::schema::operations,
        environment: |sandbox| {
            let ocean = sandbox.ocean_geomission();
            vec![
                ("OCEAN_GEOMISSION_BASE_URL", ocean.base_url()),
                ("OCEAN_GEOMISSION_LOGIN", ocean.login().to_owned()),
                ("OCEAN_GEOMISSION_PASSWORD", ocean.password().to_owned()),
            ]
        },
    },
];

/// The operations of the crate `name`, if it is registered above.
pub(crate) fn operations(name: &str) -> Option<Vec<OperationSchema>> {
    let known = CRATES.iter().find(|known| known.name == name)?;
    Some((known.operations)())
}
