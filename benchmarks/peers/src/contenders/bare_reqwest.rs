//! (a) Reqwest, with what it brings for JSON.

use benchmarks::BoxError;
use reqwest::Client;

use super::{TOKEN, TOKEN_HEADER};
use crate::calls::{Api, ID, SEARCH};
use crate::visit::{Created, Visit};

pub struct BareReqwest {
    client: Client,
    server: String,
}

impl Api for BareReqwest {
    const NAME: &'static str = "bare reqwest";

    fn new(server: &str) -> Result<Self, BoxError> {
        // Only the first call takes effect, and any provider will do: nothing here is encrypted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            client: Client::new(),
            server: server.to_owned(),
        })
    }

    async fn get_one(&self) -> Result<Visit, BoxError> {
        let request = self.client.get(format!("{}/visits/{ID}", self.server));
        let request = request.header(TOKEN_HEADER, TOKEN);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn list(&self) -> Result<Vec<Visit>, BoxError> {
        let request = self.client.get(format!("{}/visits", self.server));
        let request = request.query(&SEARCH).header(TOKEN_HEADER, TOKEN);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn create(&self, visit: &Visit) -> Result<Created, BoxError> {
        let request = self.client.post(format!("{}/visits", self.server));
        let request = request.header(TOKEN_HEADER, TOKEN).json(visit);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }
}
