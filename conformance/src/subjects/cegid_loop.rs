//! Cegid Loop under the suite.

use cegid_loop::{Client, Error, LetterId, activities, letters};
use vendor_client_core::schema::OperationSchema;
use vendor_sandbox::{Clock, Emulator, Sandbox};

use crate::subject::{Body, Key, Setup, Subject, Subjected};

/// Cegid Loop.
pub struct CegidLoop {
    sandbox: Sandbox,
}

impl Subject for CegidLoop {
    type Client = Client;

    const NAME: &'static str = "cegid-loop";

    const QUOTA_STATUS: Option<u16> = Some(403);

    async fn start() -> Self {
        Self {
            sandbox: Sandbox::start().await.unwrap(),
        }
    }

    fn service(&self) -> &Emulator {
        self.sandbox.cegid_loop().emulator()
    }

    fn clock(&self) -> &Clock {
        self.sandbox.clock()
    }

    fn client(&self, setup: Setup) -> Result<Client, Error> {
        let cegid = self.sandbox.cegid_loop();
        Client::builder()
            .base_url(setup.base_url)
            .subscription_key(cegid.subscription_key())
            .api_key(cegid.api_key(), cegid.api_secret())
            .transport(setup.transport)
            .build()
    }

    fn operations(&self) -> Vec<Subjected> {
        cegid_loop::operations()
            .map(|operation| Subjected {
                operation,
                // Null and nothing are an empty list.
                body: Body::Nothing,
            })
            .collect()
    }

    fn schema() -> Vec<OperationSchema> {
        cegid_loop::schema::operations()
    }

    async fn probe(&self, client: &Client) -> Result<(), Error> {
        let nothing = "00000000-0000-0000-0000-000000000001";
        let id: LetterId = serde_json::from_value(nothing.into()).unwrap();
        client.engagement_letter(id).await.map(drop)
    }

    async fn arrange(&self, _: &Client, _: &str, _: Key) -> Result<(), Error> {
        Ok(())
    }

    async fn perform(&self, client: &Client, operation: &str, key: Key) -> Result<String, Error> {
        match operation {
            "list_engagement_letters" => {
                let filter = letters::DESCRIPTION.ne(format!("canary-{}", key.text()));
                let list = client.engagement_letters(filter).limit(2);
                list.page().await.map(shown)
            }
            "list_activities" => {
                let filter = activities::NAME.ne(format!("canary-{}", key.text()));
                client.activities(filter).limit(2).page().await.map(shown)
            }
            other => unreachable!("`{other}` is no operation of this vendor"),
        }
    }

    /// Reading has no effect.
    fn effects(&self, _: &str, _: Key) -> usize {
        0
    }

    fn secrets(&self) -> Vec<String> {
        let cegid = self.sandbox.cegid_loop();
        [
            cegid.subscription_key(),
            cegid.api_key(),
            cegid.api_secret(),
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn secret_headers(&self) -> &'static [&'static str] {
        &["ocp-apim-subscription-key", "x-apikey"]
    }
}

fn shown(response: impl std::fmt::Debug) -> String {
    format!("{response:?}")
}
