//! (b) Reqwest-middleware with reqwest-retry.

use benchmarks::BoxError;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;

use super::{TOKEN, TOKEN_HEADER};
use crate::calls::{Api, ID, SEARCH};
use crate::visit::{Created, Visit};

pub struct ReqwestMiddleware {
    client: ClientWithMiddleware,
    server: String,
}

impl Api for ReqwestMiddleware {
    const NAME: &'static str = "reqwest-middleware";

    fn new(server: &str) -> Result<Self, BoxError> {
        let policy = ExponentialBackoff::builder().build_with_max_retries(3);
        let client = ClientBuilder::new(reqwest::Client::new())
            .with(RetryTransientMiddleware::new_with_policy(policy))
            .build();
        Ok(Self {
            client,
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
