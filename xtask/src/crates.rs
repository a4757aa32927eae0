//! The vendor crates: one entry each, and nothing else in `xtask` names a vendor.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use vendor_client_core::Error;
use vendor_client_core::schema::OperationSchema;
use vendor_sandbox::Sandbox;

/// Parameters of calls, by their names on the wire.
pub(crate) type Parameters = BTreeMap<String, String>;

/// A reading call that is ready to be made, with its operation's name.
pub(crate) type Call = (
    &'static str,
    Pin<Box<dyn Future<Output = Result<(), Error>>>>,
);

/// A vendor crate.
pub(crate) struct Crate {
    /// Its name, and that of its folder below `docs/`.
    pub(crate) name: &'static str,
    /// Its operations, with their types.
    pub(crate) operations: fn() -> Vec<OperationSchema>,
    /// The environment that leads the example of its README to the sandbox.
    pub(crate) environment: fn(&Sandbox) -> Vec<(&'static str, String)>,
    /// The reading calls for which the parameters are there, with the account of `from_env`, to
    /// the service at a base URL.
    pub(crate) read: fn(&str, &Parameters) -> Result<Vec<Call>, Error>,
}

impl Crate {
    /// The environment variable that leads `from_env` to another service than production.
    pub(crate) fn base_url_variable(&self) -> String {
        let name = self.name.to_ascii_uppercase().replace('-', "_");
        format!("{name}_BASE_URL")
    }
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
        read: |url, with| {
            let client = cegid_loop::ClientBuilder::from_env()?
                .base_url(url)
                .build()?;
            let Some(folder) = with.get("codeDossier").cloned() else {
                return Ok(Vec::new());
            };
            let letters = client
                .engagement_letters(cegid_loop::Filter::unfiltered())
                .folder(&folder);
            let activities = client
                .activities(cegid_loop::Filter::unfiltered())
                .folder(&folder);
            Ok(vec![
                call("list_engagement_letters", async {
                    letters.page().await.map(drop)
                }),
                call("list_activities", async {
                    activities.page().await.map(drop)
                }),
            ])
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
        read: |url, with| {
            let client = geoplanning::ClientBuilder::from_env()?
                .base_url(url)
                .build()?;
            let mut calls = vec![
                of(&client, "list_users", async |client| {
                    client.users().list().await.map(drop)
                }),
                of(&client, "list_activity_types", async |client| {
                    client.activity_types().list().await.map(drop)
                }),
                of(&client, "list_activity_statuses", async |client| {
                    client.activity_statuses().list().await.map(drop)
                }),
            ];
            let resource = with.get("resource").and_then(|id| id.parse().ok());
            if let Some(resource) = resource.map(geoplanning::ResourceId::new) {
                let today = time::OffsetDateTime::now_utc().date();
                calls.push(of(&client, "list_rounds", async move |client| {
                    client.rounds().list(resource, today).await.map(drop)
                }));
            }
            if let Some(id) = with.get("fid").cloned() {
                calls.push(of(&client, "get_activity", async move |client| {
                    client.activities().get_by_foreign_id(&id).await.map(drop)
                }));
            }
            Ok(calls)
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
        read: |url, with| {
            let client = ocean_geomission::ClientBuilder::from_env()?
                .base_url(url)
                .build()?;
            let mut calls = vec![of(&client, "log_in", async |client| client.log_in().await)];
            if let Some(id) = with.get("idMission").cloned() {
                let id = ocean_geomission::MissionId::new(id);
                calls.push(of(&client, "mission_status", async move |client| {
                    client.mission_status(&id).await.map(drop)
                }));
            }
            Ok(calls)
        },
    },
];

fn call(name: &'static str, future: impl Future<Output = Result<(), Error>> + 'static) -> Call {
    (name, Box::pin(future))
}

/// A call of a client's, which goes with it.
fn of<C: Clone + 'static>(
    client: &C,
    name: &'static str,
    make: impl AsyncFnOnce(C) -> Result<(), Error> + 'static,
) -> Call {
    call(name, make(client.clone()))
}

/// The crate `name`, if it is registered above.
pub(crate) fn named(name: &str) -> Option<&'static Crate> {
    CRATES.iter().find(|known| known.name == name)
}

/// The operations of the crate `name`, if it is registered above.
pub(crate) fn operations(name: &str) -> Option<Vec<OperationSchema>> {
    let known = CRATES.iter().find(|known| known.name == name)?;
    Some((known.operations)())
}
