//! What is true of the service, whichever it is: the sandbox or, if the environment asks for one, a
//! real system.
//!
//! ```text
//! GEOPLANNING_REAL=1 GEOPLANNING_BASE_URL=https://apitest.geoplanning.net \
//!     GEOPLANNING_LOGIN=… GEOPLANNING_PASSWORD=… cargo test -p geoplanning real
//! ```
//!
//! With `GEOPLANNING_WRITE=1` it writes as well: things whose foreign ids begin with `real-`, which it
//! deletes again.

use std::time::Duration;

use geoplanning::{
    Client, Coordinates, Creation, CustomerUpdate, Error, NewActivity, NewCustomer, NewTask,
    ResourceField, StreetAddress, UserField,
};
use time::OffsetDateTime;
use vendor_sandbox::Sandbox;

use crate::support::naninne;

/// What a suite faces.
struct Service {
    client: Client,
    writes: bool,
}

impl Service {
    /// The service that these variables ask for; none without `GEOPLANNING_REAL=1`.
    fn asked_for(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        if variable("GEOPLANNING_REAL")? != "1" {
            return None;
        }
        let needed = |name| variable(name).unwrap_or_else(|| panic!("{name} is missing"));
        let client = Client::builder()
            .base_url(needed("GEOPLANNING_BASE_URL"))
            .credentials(needed("GEOPLANNING_LOGIN"), needed("GEOPLANNING_PASSWORD"))
            .build()
            .unwrap();
        let writes = variable("GEOPLANNING_WRITE").is_some_and(|it| it == "1");
        Some(Self { client, writes })
    }

    /// The service that the environment asks for.
    fn real() -> Option<Self> {
        Self::asked_for(|name| std::env::var(name).ok())
    }

    /// The sandbox, as if the environment asked for it.
    fn pretended(sandbox: &Sandbox, write: &str) -> Self {
        let geoplanning = sandbox.geoplanning();
        let service = Self::asked_for(|name| match name {
            "GEOPLANNING_REAL" => Some("1".to_owned()),
            "GEOPLANNING_BASE_URL" => Some(geoplanning.base_url()),
            "GEOPLANNING_LOGIN" => Some(geoplanning.login().to_owned()),
            "GEOPLANNING_PASSWORD" => Some(geoplanning.password().to_owned()),
            "GEOPLANNING_WRITE" => Some(write.to_owned()),
            _ => None,
        });
        service.unwrap()
    }

    /// Everything that the suite knows to be true.
    async fn examine(&self) -> Result<(), Error> {
        self.read().await?;
        if self.writes {
            let key = format!("real-{:x}", OffsetDateTime::now_utc().unix_timestamp());
            let written = self.write(&key).await;
            self.clean_up(&key).await;
            written?;
        }
        Ok(())
    }

    /// What is read is understood to the last element.
    async fn read(&self) -> Result<(), Error> {
        let client = &self.client;
        let user = client.check_login().await?;
        let roles = client.users().get(user.id, &[UserField::Roles]).await?;
        assert_eq!(roles.id, user.id);
        assert_eq!(client.users().list().await?.unreadable(), []);
        assert_eq!(client.activity_types().list().await?.unreadable(), []);
        assert_eq!(client.activity_statuses().list().await?.unreadable(), []);
        let brussels = Coordinates::new(50.8467, 4.3525);
        let closest = client.pois().closest_to_coordinates(brussels).await?;
        assert_eq!(closest.unreadable(), []);
        let Some(resource) = user.resource_id else {
            return Ok(());
        };
        let fields = [ResourceField::StartAddress, ResourceField::Capacities];
        assert_eq!(
            client.resources().get(resource, &fields).await?.id,
            resource
        );
        let today = OffsetDateTime::now_utc().date();
        let rounds = client.rounds().list(resource, today).await?;
        assert_eq!(rounds.unreadable(), []);
        for round in rounds.iter().take(3) {
            let again = client.rounds().get(round.id).await?;
            assert_eq!(again.id, round.id);
        }
        Ok(())
    }

    /// What is added is found, changed and deleted.
    async fn write(&self, key: &str) -> Result<(), Error> {
        let client = &self.client;
        let address = StreetAddress::new("BE", "5100", "Naninne", "Chaussée de Marche");
        let mut customer = NewCustomer::new("Real system test", address);
        customer.foreign_id = Some(key.to_owned());
        let added = client.customers().add(&customer).await?;
        let found = client.customers().find_or_add(&customer).await?;
        assert!(matches!(found, Creation::Found(_)), "{found:?}");
        let mut update = CustomerUpdate::from_read(&added, None)?;
        update.name = "Real system test, changed".to_owned();
        let changed = client.customers().update(added.id, &update).await?;
        assert_eq!(changed.name, Some(update.name));

        let mut task = NewTask::new("Real system test", Duration::from_secs(2100), naninne());
        task.foreign_id = Some(key.to_owned());
        let added = client.activities().add(&NewActivity::new(task)).await?;
        let found = client.activities().get_by_foreign_id(key).await?;
        assert_eq!(found.id, added.id);
        assert_eq!(found.task().unwrap().duration, Duration::from_secs(2100));
        Ok(())
    }

    async fn clean_up(&self, key: &str) {
        // What was never added is not there either.
        let _ = self.client.activities().delete_by_foreign_id(key).await;
        let _ = self.client.customers().delete_by_foreign_id(key).await;
    }
}

#[test]
fn credentials_in_the_environment_ask_for_no_real_system() {
    let all_but_the_switch = |name: &str| (name != "GEOPLANNING_REAL").then(|| "set".to_owned());
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
    for not_asked in ["0", ""] {
        let service = Service::pretended(&sandbox, not_asked);
        service.examine().await.unwrap();
    }
    let entries = sandbox.geoplanning().ledger().entries();
    assert!(entries.len() >= 14, "{entries:?}");
    for entry in entries {
        assert_eq!(entry.method, "GET", "{entry:?}");
        assert!(!entry.took_effect, "{entry:?}");
    }
}

#[tokio::test]
async fn what_is_written_to_a_real_system_is_gone_afterwards() {
    let sandbox = Sandbox::start().await.unwrap();
    let geoplanning = sandbox.geoplanning();
    Service::pretended(&sandbox, "1").examine().await.unwrap();
    assert_eq!(geoplanning.ledger().received("add_activity"), 1);
    let state = geoplanning.emulator().state().to_string();
    assert!(!state.contains("real-"), "{state}");
}
