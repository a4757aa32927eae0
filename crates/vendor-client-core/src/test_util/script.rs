//! A service that does what a test says.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;

use super::Reply;
use crate::config::TransportConfig;
use crate::error::{ErrorKind, Outcome};
use crate::failure::Failure;
use crate::operation::Operation;

/// A list of replies in the place of a service: no socket is opened, and nothing is sent.
///
/// Each attempt takes the first reply that is [meant for it](Reply::to). The rest of a call is as
/// ever: constraints, log-ins, retries and their waits, time limits, decoding, errors. So a reply
/// with status 503 is followed by another attempt if the operation is idempotent, and that takes
/// the next reply.
///
/// An attempt for which there is no reply fails with an error that says so and is not retried.
///
/// ```
/// use vendor_client_core::test_util::{Reply, Script};
/// use vendor_client_core::{Endpoint, HeaderMap, Path, Service, Transport, TransportConfig};
/// # use vendor_client_core::VendorMessage;
/// # static SERVICE: Service = Service::new("example/0.1.0", |_body| VendorMessage::default());
///
/// static GET_NAME: Endpoint<Path<u64>, (), String> = Endpoint::get("get_name", "/names/{id}");
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), vendor_client_core::Error> {
/// let script = Script::new([Reply::json(200, "\"Ann\"")]);
/// let config = TransportConfig::default().script(&script);
/// let transport = Transport::new(&SERVICE, "https://example.com", HeaderMap::new(), &config)?;
///
/// let name: String = transport.send(transport.request_to(&GET_NAME, &7, ())).await?.json()?;
/// assert_eq!(name, "Ann");
/// assert_eq!(script.requests()[0].path(), "/names/7");
/// # Ok(())
/// # }
/// ```
///
/// Clones share replies and requests. It keeps all requests, so it's for tests only.
#[derive(Clone, Default)]
pub struct Script(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    replies: VecDeque<Reply>,
    requests: Vec<SentRequest>,
}

impl Script {
    /// Replies in the order in which attempts take them.
    #[must_use]
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let script = Self::default();
        script.state().replies.extend(replies);
        script
    }

    /// Adds a reply at the end.
    pub fn push(&self, reply: Reply) {
        self.state().replies.push_back(reply);
    }

    /// Every request so far, log-ins and repeated attempts included.
    #[must_use]
    pub fn requests(&self) -> Vec<SentRequest> {
        self.state().requests.clone()
    }

    /// How many replies are left, apart from those [for all attempts](Reply::always). A test that
    /// ends with 0 has used its whole list.
    #[must_use]
    pub fn replies_left(&self) -> usize {
        let state = self.state();
        let left = state.replies.iter().filter(|reply| !reply.is_standing());
        left.count()
    }

    /// Takes the place of an exchange.
    pub(crate) async fn exchange(
        &self,
        operation: &'static Operation,
        request: reqwest::Request,
    ) -> Result<reqwest::Response, Failure> {
        let url = request.url().clone();
        let request = Arc::new(request);
        let reply = self.state().take(SentRequest { operation, request });
        match reply {
            Some(reply) => reply.come(url).await,
            None => Err(Failure::new(ErrorKind::Configuration, Outcome::NotSent)
                .reason("the script has no reply left for it")),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, request: SentRequest) -> Option<Reply> {
        let name = request.operation.name;
        self.requests.push(request);
        let index = self.replies.iter().position(|reply| reply.is_for(name))?;
        match self.replies.get(index) {
            Some(standing) if standing.is_standing() => Some(standing.clone()),
            _ => self.replies.remove(index),
        }
    }
}

impl TransportConfig {
    /// Takes the replies of a script instead of a service's.
    #[must_use]
    pub fn script(self, script: &Script) -> Self {
        self.scripted(script.clone())
    }
}

/// Shows neither replies nor requests.
impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("replies_left", &self.replies_left())
            .finish_non_exhaustive()
    }
}

/// A request that a client would have sent.
#[derive(Clone)]
pub struct SentRequest {
    operation: &'static Operation,
    request: Arc<reqwest::Request>,
}

impl SentRequest {
    /// The operation that was called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The encoded path, that of the base URL included.
    #[must_use]
    pub fn path(&self) -> &str {
        self.request.url().path()
    }

    /// The encoded query, without its question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.request.url().query()
    }

    /// The decoded value of a parameter of the query.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut parameters = self.request.url().query_pairs();
        let (_, value) = parameters.find(|(found, _)| found == name)?;
        Some(value.into_owned())
    }

    /// The value of a header, credentials included, if it is visible text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// The body; empty if there is none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        let body = self.request.body().and_then(reqwest::Body::as_bytes);
        body.unwrap_or_default()
    }
}

/// Shows where the request went, and of its headers those that hold no credentials. The body, which
/// may hold some, is shown by its length.
impl fmt::Debug for SentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentRequest")
            .field("operation", &self.operation.name)
            .field("method", self.method())
            .field("path", &self.path())
            .field("query", &self.query())
            .field("headers", self.request.headers())
            .field("body_length", &self.body().len())
            .finish()
    }
}
