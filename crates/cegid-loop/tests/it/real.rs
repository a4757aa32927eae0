//! What is true of the service, whichever it is: the sandbox or, if the environment asks for one, a
//! real system. It only reads.
//!
//! ```text
//! CEGID_LOOP_REAL=1 CEGID_LOOP_BASE_URL=… CEGID_LOOP_SUBSCRIPTION_KEY=… \
//!     CEGID_LOOP_API_KEY=… CEGID_LOOP_API_SECRET=… CEGID_LOOP_FOLDER=cabinet cargo test -p cegid-loop real
//! ```

use cegid_loop::{Client, Error, Filter, letters};
use vendor_sandbox::Sandbox;

/// What a suite faces.
struct Service {
    client: Client,
    folder: String,
}

impl Service {
    /// The service that these variables ask for; none without `CEGID_LOOP_REAL=1`.
    fn asked_for(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        if variable("CEGID_LOOP_REAL")? != "1" {
            return None;
        }
        let needed = |name| variable(name).unwrap_or_else(|| panic!("{name} is missing"));
        let client = Client::builder()
            .base_url(needed("CEGID_LOOP_BASE_URL"))
            .subscription_key(needed("CEGID_LOOP_SUBSCRIPTION_KEY"))
            .api_key(
                needed("CEGID_LOOP_API_KEY"),
                needed("CEGID_LOOP_API_SECRET"),
            )
            .build()
            .unwrap();
        let folder = needed("CEGID_LOOP_FOLDER");
        Some(Self { client, folder })
    }

    /// The service that the environment asks for.
    fn real() -> Option<Self> {
        Self::asked_for(|name| std::env::var(name).ok())
    }

    /// The sandbox, as if the environment asked for it.
    fn pretended(sandbox: &Sandbox) -> Self {
        let cegid = sandbox.cegid_loop();
        let service = Self::asked_for(|name| match name {
            "CEGID_LOOP_REAL" => Some("1".to_owned()),
            "CEGID_LOOP_BASE_URL" => Some(cegid.base_url()),
            "CEGID_LOOP_SUBSCRIPTION_KEY" => Some(cegid.subscription_key().to_owned()),
            "CEGID_LOOP_API_KEY" => Some(cegid.api_key().to_owned()),
            "CEGID_LOOP_API_SECRET" => Some(cegid.api_secret().to_owned()),
            "CEGID_LOOP_FOLDER" => Some("cabinet".to_owned()),
            _ => None,
        });
        service.unwrap()
    }

    /// A page of each list is understood to its last row, and a letter is found again by its id.
    async fn examine(&self) -> Result<(), Error> {
        let list = self.client.engagement_letters(Filter::unfiltered());
        let page = list.folder(&self.folder).page().await?;
        assert!(page.rows.len() <= 100);
        if let Some(id) = page.rows.first().and_then(|letter| letter.id) {
            let found = self.client.engagement_letters(letters::ID.eq(id));
            let found = found.folder(&self.folder).page().await?;
            let ids: Vec<_> = found.rows.iter().map(|letter| letter.id).collect();
            assert_eq!(ids, [Some(id)]);
        }
        let activities = self.client.activities(Filter::unfiltered());
        let activities = activities.folder(&self.folder).page().await?;
        assert!(activities.rows.len() <= 100);
        Ok(())
    }
}

#[test]
fn credentials_in_the_environment_ask_for_no_real_system() {
    let all_but_the_switch = |name: &str| (name != "CEGID_LOOP_REAL").then(|| "set".to_owned());
    assert!(Service::asked_for(all_but_the_switch).is_none());
}

#[tokio::test]
async fn the_service_is_what_the_client_takes_it_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let service = Service::real().unwrap_or_else(|| Service::pretended(&sandbox));
    service.examine().await.unwrap();
}

#[tokio::test]
async fn nothing_is_written_to_a_real_system() {
    let sandbox = Sandbox::start().await.unwrap();
    Service::pretended(&sandbox).examine().await.unwrap();
    let entries = sandbox.cegid_loop().ledger().entries();
    assert_eq!(entries.len(), 3, "{entries:?}");
    for entry in entries {
        assert_eq!(entry.method, "GET", "{entry:?}");
        assert!(!entry.took_effect, "{entry:?}");
    }
}
