//! Ours: the core, as a vendor's client uses it.

use std::time::Duration;

use benchmarks::BoxError;
use vendor_client_core::{
    Endpoint, Error, HeaderMap, HeaderName, Json, LogIn, Path, Query, Request, Response, Service,
    Token, TokenCache, Transport, TransportConfig, Validate, VendorMessage,
};

use super::TOKEN;
use crate::calls::{Api, ID, SEARCH, Search};
use crate::visit::{Created, Visit};

const TOKEN_HEADER: HeaderName = HeaderName::from_static(super::TOKEN_HEADER);

static SERVICE: Service = Service::new("peers/0.0.0", |_body| VendorMessage::default());
static GET_ONE: Endpoint<Path<&str>, (), Visit> =
    Endpoint::get("get_one", "/visits/{id}").idempotent();
static LIST: Endpoint<Query<Search>, (), Vec<Visit>> =
    Endpoint::get("list", "/visits").idempotent();
static CREATE: Endpoint<(), Json<Visit>, Created> = Endpoint::post("create", "/visits");

impl Validate for Search {}

impl Validate for Visit {}

struct Account;

impl LogIn for Account {
    async fn log_in(&self) -> Result<Token, Error> {
        Token::new(TOKEN, Duration::from_secs(12 * 3600))
    }
}

pub struct Core {
    transport: Transport,
    tokens: TokenCache,
}

impl Core {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let Self { transport, tokens } = self;
        transport
            .send_with_token(request, &TOKEN_HEADER, tokens)
            .await
    }
}

impl Api for Core {
    const NAME: &'static str = "vendor-client-core";

    fn new(server: &str) -> Result<Self, BoxError> {
        let config = TransportConfig::default();
        let transport = Transport::new(&SERVICE, server, HeaderMap::new(), &config)?;
        Ok(Self {
            tokens: transport.token_cache(Account, "login", None),
            transport,
        })
    }

    async fn get_one(&self) -> Result<Visit, BoxError> {
        let request = self.transport.request_to(&GET_ONE, &ID, ());
        Ok(self.send(request).await?.json()?)
    }

    async fn list(&self) -> Result<Vec<Visit>, BoxError> {
        let request = self.transport.request_to(&LIST, &SEARCH, ());
        Ok(self.send(request).await?.json()?)
    }

    async fn create(&self, visit: &Visit) -> Result<Created, BoxError> {
        let request = self.transport.request_to(&CREATE, (), visit);
        Ok(self.send(request).await?.json()?)
    }
}
