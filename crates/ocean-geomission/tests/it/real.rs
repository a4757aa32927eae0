//! What is true of the service, whichever it is: the sandbox or, if the environment asks for one, a
//! real system.
//!
//! ```text
//! OCEAN_GEOMISSION_REAL=1 OCEAN_GEOMISSION_BASE_URL=… \
//!     OCEAN_GEOMISSION_LOGIN=… OCEAN_GEOMISSION_PASSWORD=… cargo test -p ocean-geomission real
//! ```
//!
//! With `OCEAN_GEOMISSION_WRITE=1` it writes as well: a mission whose identifier begins with `real-`,
//! for nobody, which it deletes again.

use std::time::SystemTime;

use ocean_geomission::{Client, Error, MissionUpdate, NewMission};
use vendor_sandbox::Sandbox;

/// What a suite faces.
struct Service {
    client: Client,
    writes: bool,
}

impl Service {
    /// The service that these variables ask for; none without `OCEAN_GEOMISSION_REAL=1`.
    fn asked_for(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        if variable("OCEAN_GEOMISSION_REAL")? != "1" {
            return None;
        }
        let needed = |name| variable(name).unwrap_or_else(|| panic!("{name} is missing"));
        let client = Client::builder()
            .base_url(needed("OCEAN_GEOMISSION_BASE_URL"))
            .credentials(
                needed("OCEAN_GEOMISSION_LOGIN"),
                needed("OCEAN_GEOMISSION_PASSWORD"),
            )
            .build()
            .unwrap();
        let writes = variable("OCEAN_GEOMISSION_WRITE").is_some_and(|it| it == "1");
        Some(Self { client, writes })
    }

    /// The service that the environment asks for.
    fn real() -> Option<Self> {
        Self::asked_for(|name| std::env::var(name).ok())
    }

    /// The sandbox, as if the environment asked for it.
    fn pretended(sandbox: &Sandbox, write: &str) -> Self {
        let ocean = sandbox.ocean_geomission();
        let service = Self::asked_for(|name| match name {
            "OCEAN_GEOMISSION_REAL" => Some("1".to_owned()),
            "OCEAN_GEOMISSION_BASE_URL" => Some(ocean.base_url()),
            "OCEAN_GEOMISSION_LOGIN" => Some(ocean.login().to_owned()),
            "OCEAN_GEOMISSION_PASSWORD" => Some(ocean.password().to_owned()),
            "OCEAN_GEOMISSION_WRITE" => Some(write.to_owned()),
            _ => None,
        });
        service.unwrap()
    }

    /// Everything that the suite knows to be true.
    async fn examine(&self) -> Result<(), Error> {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let key = format!("real-{:x}", now.as_secs());
        self.client.log_in().await?;
        let unknown = self.client.mission_status(&key).await;
        assert!(unknown.is_err(), "there is no such mission yet");
        if self.writes {
            let written = self.write(&key).await;
            // What was never created is not there either.
            let _ = self.client.delete_mission(&key).await;
            written?;
            assert!(self.client.mission_status(&key).await.is_err());
        }
        Ok(())
    }

    /// What is created is found and changed.
    async fn write(&self, key: &str) -> Result<(), Error> {
        let client = &self.client;
        client.create_mission(&NewMission::new(key)).await?;
        client.mission_status(key).await?;
        let update = MissionUpdate::new(key).comment("Real system test");
        client.modify_mission(&update).await?;
        client.mission_status(key).await?;
        Ok(())
    }
}

#[test]
fn credentials_in_the_environment_ask_for_no_real_system() {
    let all_but_the_switch =
        |name: &str| (name != "OCEAN_GEOMISSION_REAL").then(|| "set".to_owned());
    assert!(Service::asked_for(all_but_the_switch).is_none());
}

#[tokio::test]
async fn the_service_is_what_the_client_takes_it_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let service = Service::real().unwrap_or_else(|| Service::pretended(&sandbox, "0"));
    service.examine().await.unwrap();
}

#[tokio::test]
async fn nothing_is_written_to_a_real_system_unless_that_is_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    for not_asked in ["0", ""] {
        let service = Service::pretended(&sandbox, not_asked);
        service.examine().await.unwrap();
    }
    let entries = ocean.ledger().entries();
    assert_eq!(entries.len(), 4, "{entries:?}");
    for entry in entries {
        let is_log_in = entry.route == Some("log_in");
        assert!(is_log_in || entry.method == "GET", "{entry:?}");
        assert!(is_log_in || !entry.took_effect, "{entry:?}");
    }
}

#[tokio::test]
async fn what_is_written_to_a_real_system_is_gone_afterwards() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    Service::pretended(&sandbox, "1").examine().await.unwrap();
    assert_eq!(ocean.ledger().received("create_mission"), 1);
    assert_eq!(ocean.mission_ids(), [""; 0]);
}
