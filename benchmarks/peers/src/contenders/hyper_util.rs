//! (d) Hyper-util's client: no SDK, and what a call costs at the least.

use benchmarks::BoxError;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;

use super::{TOKEN, TOKEN_HEADER};
use crate::calls::{Api, ID, SEARCH};
use crate::visit::{Created, Visit};

pub struct HyperUtil {
    client: Client<HttpConnector, Full<Bytes>>,
    server: String,
}

impl HyperUtil {
    async fn send<T: DeserializeOwned>(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<T, BoxError> {
        let response = self.client.request(request).await?;
        if !response.status().is_success() {
            return Err("not a success".into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice(&body)?)
    }
}

impl Api for HyperUtil {
    const NAME: &'static str = "hyper-util";

    fn new(server: &str) -> Result<Self, BoxError> {
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            server: server.to_owned(),
        })
    }

    async fn get_one(&self) -> Result<Visit, BoxError> {
        let request = Request::get(format!("{}/visits/{ID}", self.server))
            .header(TOKEN_HEADER, TOKEN)
            .body(Full::default())?;
        self.send(request).await
    }

    async fn list(&self) -> Result<Vec<Visit>, BoxError> {
        let (day, limit) = (SEARCH.day, SEARCH.limit);
        let request = Request::get(format!("{}/visits?day={day}&limit={limit}", self.server))
            .header(TOKEN_HEADER, TOKEN)
            .body(Full::default())?;
        self.send(request).await
    }

    async fn create(&self, visit: &Visit) -> Result<Created, BoxError> {
        let request = Request::post(format!("{}/visits", self.server))
            .header(TOKEN_HEADER, TOKEN)
            .header("content-type", "application/json")
            .body(serde_json::to_vec(visit)?.into())?;
        self.send(request).await
    }
}
