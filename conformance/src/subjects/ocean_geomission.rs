//! Océan Géomission under the suite.

use std::time::Duration;

use ocean_geomission::{
    Client, Coordinates, Creation, Error, MissionId, MissionUpdate, NewMission, Recipient,
};
use vendor_client_core::schema::OperationSchema;
use vendor_sandbox::{Clock, Emulator, Sandbox};

use crate::subject::{Body, Key, LogIn, Setup, Subject, Subjected, Way, without_contents};

/// Océan Géomission.
pub struct OceanGeomission {
    sandbox: Sandbox,
}

impl Subject for OceanGeomission {
    type Client = Client;

    const NAME: &'static str = "ocean-geomission";

    const CREATIONS: &'static [&'static str] = &["create_mission"];

    const ANOTHER_THING: Option<&'static str> =
        Some(r#"{"idMission": "another", "statut": "canary-words"}"#);

    async fn start() -> Self {
        Self {
            sandbox: Sandbox::start().await.unwrap(),
        }
    }

    fn service(&self) -> &Emulator {
        self.sandbox.ocean_geomission().emulator()
    }

    fn clock(&self) -> &Clock {
        self.sandbox.clock()
    }

    fn client(&self, setup: Setup) -> Result<Client, Error> {
        let ocean = self.sandbox.ocean_geomission();
        let builder = Client::builder()
            .base_url(setup.base_url)
            .credentials(ocean.login(), ocean.password())
            .transport(setup.transport);
        match setup.token_store {
            Some(store) => builder.token_store(store).build(),
            None => builder.build(),
        }
    }

    fn operations(&self) -> Vec<Subjected> {
        ocean_geomission::operations()
            .filter(|operation| operation.name != "log_in")
            .map(|operation| Subjected {
                operation,
                body: match operation.name {
                    "mission_status" => Body::Read,
                    _ => Body::Optional,
                },
            })
            .collect()
    }

    fn schema() -> Vec<OperationSchema> {
        ocean_geomission::schema::operations()
    }

    async fn probe(&self, client: &Client) -> Result<(), Error> {
        match client.mission_status(&MissionId::new("nothing")).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    async fn authenticate(&self, client: &Client) -> Result<(), Error> {
        client.log_in().await
    }

    async fn arrange(&self, client: &Client, operation: &str, key: Key) -> Result<(), Error> {
        match operation {
            "create_mission" => Ok(()),
            _ => client.create_mission(&laden(key)).await.map(drop),
        }
    }

    async fn perform(&self, client: &Client, operation: &str, key: Key) -> Result<String, Error> {
        let id = MissionId::new(key.text());
        match operation {
            "create_mission" => client.create_mission(&laden(key)).await.map(shown),
            "modify_mission" => {
                let update = MissionUpdate::from(laden(key));
                client.modify_mission(&update).await.map(shown)
            }
            "mission_status" => client.mission_status(&id).await.map(shown),
            "delete_mission" => client.delete_mission(&id).await.map(shown),
            other => unreachable!("`{other}` is no operation of this vendor"),
        }
    }

    async fn create(
        &self,
        client: &Client,
        _: &str,
        key: Key,
        way: Way,
    ) -> Result<Creation<()>, Error> {
        let mission = laden(key);
        let creation = match way {
            Way::CreateOrFind => client.create_or_find(&mission).await,
            Way::FindOrCreate => client.find_or_create(&mission).await,
        };
        Ok(without_contents(creation?))
    }

    fn effects(&self, operation: &str, key: Key) -> usize {
        self.service().ledger().effects(operation, &key.text())
    }

    fn secrets(&self) -> Vec<String> {
        let ocean = self.sandbox.ocean_geomission();
        vec![
            ocean.login().to_owned(),
            ocean.password().to_owned(),
            "12.3456".to_owned(),
            "65.4321".to_owned(),
        ]
    }

    fn secret_headers(&self) -> &'static [&'static str] {
        &["x-auth-token"]
    }

    fn log_in(&self) -> Option<LogIn<'_>> {
        let ocean = self.sandbox.ocean_geomission();
        Some(LogIn {
            path: "/restapi/auth/authenticate2",
            // An unknown account is a 404.
            refusals: &[401, 404],
            revoke: Box::new(|| ocean.revoke_tokens()),
            lifetime: Duration::from_secs(12 * 3600),
        })
    }
}

fn shown(response: impl std::fmt::Debug) -> String {
    format!("{response:?}")
}

/// A mission with personal data in every field that can hold some.
fn laden(key: Key) -> NewMission {
    let mut mission = NewMission::new(key.text());
    mission.recipient = Some(Recipient::person("canary-last", "canary-first"));
    mission.comment = Some("canary-comment".to_owned());
    mission.reference_address = Some("canary-address".to_owned());
    mission.street = Some("canary-street".to_owned());
    mission.postal_code = Some("canary-code".to_owned());
    mission.city = Some("canary-city".to_owned());
    mission.coordinates = Some(Coordinates::new(12.3456, 65.4321));
    mission
}
