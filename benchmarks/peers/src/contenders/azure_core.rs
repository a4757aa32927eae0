//! (e) Azure's pipeline, with its default policies.

use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{ClientOptions, Context, Method, Pipeline, Request, Url};
use benchmarks::BoxError;
use serde::de::DeserializeOwned;

use super::{TOKEN, TOKEN_HEADER};
use crate::calls::{Api, ID, SEARCH};
use crate::visit::{Created, Visit};

pub struct AzureCore {
    pipeline: Pipeline,
    server: Url,
}

impl AzureCore {
    fn request(&self, method: Method, path: &str) -> Result<Request, BoxError> {
        let mut request = Request::new(self.server.join(path)?, method);
        request.insert_header(HeaderName::from_static(TOKEN_HEADER), TOKEN);
        Ok(request)
    }

    async fn send<T: DeserializeOwned>(&self, mut request: Request) -> Result<T, BoxError> {
        let context = Context::new();
        let response = self.pipeline.send(&context, &mut request, None).await?;
        Ok(response.into_body().json()?)
    }
}

impl Api for AzureCore {
    const NAME: &'static str = "azure_core";

    fn new(server: &str) -> Result<Self, BoxError> {
        let options = ClientOptions::default();
        let version = option_env!("CARGO_PKG_VERSION");
        Ok(Self {
            pipeline: Pipeline::new(Some("peers"), version, options, vec![], vec![], None),
            server: server.parse()?,
        })
    }

    async fn get_one(&self) -> Result<Visit, BoxError> {
        self.send(self.request(Method::Get, &format!("/visits/{ID}"))?)
            .await
    }

    async fn list(&self) -> Result<Vec<Visit>, BoxError> {
        let mut request = self.request(Method::Get, "/visits")?;
        request
            .url_mut()
            .query_pairs_mut()
            .append_pair("day", SEARCH.day)
            .append_pair("limit", &SEARCH.limit.to_string());
        self.send(request).await
    }

    async fn create(&self, visit: &Visit) -> Result<Created, BoxError> {
        let mut request = self.request(Method::Post, "/visits")?;
        request.insert_header(CONTENT_TYPE, "application/json");
        request.set_json(visit)?;
        self.send(request).await
    }
}
