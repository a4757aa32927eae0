//! The way of a call: describe, authenticate, attempt, guard, decode.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use reqwest::Url;
use tokio::time::{Instant, timeout_at};

use crate::base_url::BaseUrl;
use crate::body;
use crate::call_options::CallOptions;
use crate::cause;
use crate::clock::{Clock, from_now};
use crate::config::TransportConfig;
use crate::connecting;
use crate::creation::{LookUp, Looking};
use crate::error::{Attempt, Error, ErrorKind, Outcome, VendorMessage};
use crate::failure::Failure;
use crate::observer::{Observer, Observing};
use crate::operation::{Idempotency, Operation};
use crate::pace::{Turn, Turns};
use crate::request::Request;
use crate::response::{Received, Response};
use crate::retry::{Next, Retries, RetryPolicy, read_retry_after};
use crate::runtime;
use crate::status;
use crate::telemetry::CallSpan;
#[cfg(feature = "test-util")]
use crate::test_util::Script;
use crate::token::{AccountKey, CurrentToken, Generation, LogIn, TokenCache, TokenStore};

/// The most memory that is set aside because a response announces its length, which may be wrong.
const MOST_EXPECTED: usize = 64 * 1024 * 1024;

/// What is the same for every call of one vendor's service.
#[derive(Debug)]
#[non_exhaustive]
pub struct Service {
    /// The value of `User-Agent`, such as `ocean-geomission/0.1.0`.
    pub user_agent: &'static str,
    /// Reads the vendor's code and words from the body of a response that reports a failure.
    pub read_failure: fn(&[u8]) -> VendorMessage,
    /// The status that reports an exhausted quota if `Retry-After` comes with it, as 429 does.
    pub quota_status: Option<StatusCode>,
    /// The header that carries a token, in lower case, if the service has log-ins.
    pub token_header: Option<&'static str>,
}

impl Service {
    /// Describes a service.
    #[must_use]
    pub const fn new(user_agent: &'static str, read_failure: fn(&[u8]) -> VendorMessage) -> Self {
        Self {
            user_agent,
            read_failure,
            quota_status: None,
            token_header: None,
        }
    }

    /// Names the header that carries a token, in lower case, so that no call sets another.
    #[must_use]
    pub const fn token_header(mut self, header: &'static str) -> Self {
        self.token_header = Some(header);
        self
    }

    /// The product in the user agent, without its version.
    fn name(&self) -> &str {
        let (name, _) = self
            .user_agent
            .split_once('/')
            .unwrap_or((self.user_agent, ""));
        name
    }

    /// Reads `status` with a `Retry-After` as a 429: the quota is exhausted.
    #[must_use]
    pub const fn quota_status(mut self, status: StatusCode) -> Self {
        self.quota_status = Some(status);
        self
    }
}

/// Sends requests to one service. Cheap to clone; clones share connections, the retry budget and
/// the pace.
#[derive(Clone)]
pub struct Transport {
    inner: Arc<Inner>,
    /// None as a rule.
    options: Option<Arc<CallOptions>>,
}

struct Inner {
    service: &'static Service,
    base: BaseUrl,
    /// Headers of every request: credentials that never change, media types.
    headers: HeaderMap,
    sender: Sender,
    /// Whether the HTTP client is the caller's own and might follow redirects.
    may_follow_redirects: bool,
    retries: Retries,
    turns: Option<Turns>,
    observer: Option<Arc<dyn Observer>>,
    clock: Arc<dyn Clock>,
    random_seed: Option<u64>,
    attempt_timeout: Duration,
    deadline: Duration,
    max_body_size: usize,
    look_up: LookUp,
}

/// What requests go through.
pub(crate) enum Sender {
    Http(reqwest::Client),
    /// A test's.
    #[cfg(feature = "test-util")]
    Script(Script),
}

/// Hides the headers, which hold credentials.
impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport")
            .field("user_agent", &self.inner.service.user_agent)
            .field("base_url", &self.inner.base.as_str())
            .field("retries", &self.inner.retries)
            .finish_non_exhaustive()
    }
}

impl Transport {
    /// Prepares the way to `service` at `base_url`, with `headers` on every request. Mark those
    /// that hold credentials as [sensitive](HeaderValue::set_sensitive).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the base URL is not a plain https URL (or http if it is
    /// loopback or the configuration allows it), a certificate, the proxy, the pace or the addition
    /// to `User-Agent` cannot be used, or TLS cannot be set up.
    pub fn new(
        service: &'static Service,
        base_url: &str,
        mut headers: HeaderMap,
        config: &TransportConfig,
    ) -> Result<Self, Error> {
        let base = BaseUrl::parse(base_url, config.allow_insecure_http)?;
        headers
            .entry(header::ACCEPT)
            .or_insert(HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, config.user_agent(service.user_agent)?);
        let inner = Inner {
            service,
            sender: config.sender_for(&base)?,
            may_follow_redirects: config.may_follow_redirects(),
            base,
            headers,
            retries: Retries::new(config.retry.clone(), config.random()),
            turns: config.pace.as_ref().map(Turns::new).transpose()?,
            observer: config.observer.clone(),
            clock: Arc::clone(&config.clock),
            random_seed: config.random_seed,
            attempt_timeout: config.attempt_timeout,
            deadline: config.deadline,
            max_body_size: config.max_body_size,
            look_up: config.look_up.clone(),
        };
        Ok(Self {
            inner: Arc::new(inner),
            options: None,
        })
    }

    /// The same transport with another time limit for a whole call.
    #[must_use]
    pub fn with_deadline(&self, limit: Duration) -> Self {
        self.with(|options| options.deadline = Some(limit))
    }

    /// The same transport with another way of repeating failed attempts, and the same budget.
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with(|options| options.retry = Some(policy))
    }

    /// The same transport with one more header on every call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if HTTP doesn't allow the name or the value, or if the client
    /// sets that header itself.
    pub fn with_header(&self, name: &str, value: &str) -> Result<Self, Error> {
        let Inner {
            headers, service, ..
        } = &*self.inner;
        let is_the_services = |name: &HeaderName| {
            headers.contains_key(name) || service.token_header == Some(name.as_str())
        };
        let mut checked = Ok(());
        let transport = self.with(|options| checked = options.header(name, value, is_the_services));
        checked.map(|()| transport)
    }

    /// The caller's own identifier of a call, for an observer: of the request, or of a header.
    fn correlation_id<'a>(&'a self, request: &'a Request) -> Option<&'a str> {
        let of_header = || {
            self.options
                .as_deref()
                .and_then(CallOptions::correlation_id)
        };
        request.correlation_id.as_deref().or_else(of_header)
    }

    fn with(&self, change: impl FnOnce(&mut CallOptions)) -> Self {
        let mut options = self.options.as_deref().cloned().unwrap_or_default();
        change(&mut options);
        Self {
            inner: Arc::clone(&self.inner),
            options: Some(Arc::new(options)),
        }
    }

    /// A cache for the tokens that `log_in` fetches for the account `login`, judged by this
    /// transport's clock, and shared through `store` if there is one.
    ///
    /// In the store, accounts are told apart by the service, the base URL and the login.
    #[must_use]
    pub fn token_cache(
        &self,
        log_in: impl LogIn,
        login: &str,
        store: Option<Arc<dyn TokenStore>>,
    ) -> TokenCache {
        let mut builder = TokenCache::builder(log_in).clock(Arc::clone(&self.inner.clock));
        if let Some(store) = store {
            let account =
                AccountKey::new(self.inner.service.name(), self.inner.base.as_str(), login);
            builder = builder.store(store, account, self.inner.deadline);
        }
        if let Some(seed) = self.inner.random_seed {
            builder = builder.seed(seed);
        }
        builder.build()
    }

    pub(crate) fn looking(&self) -> Looking<'_> {
        Looking {
            policy: &self.inner.look_up,
            observer: self.inner.observer.as_deref(),
        }
    }

    pub(crate) fn random(&self) -> fastrand::Rng {
        let seed = self.inner.random_seed;
        seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)
    }

    /// What time it is by the configured clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.inner.clock.now()
    }

    /// The time limit of a whole call, its retries included.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        let options = self.options.as_deref();
        options
            .and_then(|options| options.deadline)
            .unwrap_or(self.inner.deadline)
    }

    pub(crate) fn request(&self, operation: &'static Operation) -> Request {
        Request::new(operation, &self.inner.base)
    }

    /// Sends a request and waits for a success status.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`] but `Configuration` and `LogIn`; [`Error::outcome`] reports what is
    /// known of the effect.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        self.call(request, &NoToken).await
    }

    /// Sends a request with a token from `tokens` in the header `header`, logging in if there
    /// is none. After a 401 the token is replaced and the request replayed, once.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), and [`ErrorKind::LogIn`].
    pub async fn send_with_token(
        &self,
        request: Request,
        header: &HeaderName,
        tokens: &TokenCache,
    ) -> Result<Response, Error> {
        self.call(request, &TokenIn { header, tokens }).await
    }

    async fn call(
        &self,
        request: Request,
        credentials: &impl Credentials,
    ) -> Result<Response, Error> {
        let request = request.finish()?;
        runtime::here(Some(request.operation))?;
        let span = CallSpan::open(request.operation, &self.inner.base);
        let observing = Observing::new(
            self.inner.observer.as_deref(),
            request.operation,
            self.correlation_id(&request),
        );
        let start = observing.start();
        let result = span
            .trace(self.attempts(&request, credentials, &span, &observing))
            .await;
        span.close(&result);
        observing.call(start, &result);
        result
    }

    async fn attempts(
        &self,
        request: &Request,
        credentials: &impl Credentials,
        span: &CallSpan,
        observing: &Observing<'_>,
    ) -> Result<Response, Error> {
        let inner = &*self.inner;
        let operation = request.operation;
        let options = self.options.as_deref();
        let deadline = from_now(request.deadline.unwrap_or(self.deadline()));
        let policy = options.and_then(|options| options.retry.as_ref());
        let mut earlier: Vec<Attempt> = Vec::new();
        let mut retried = 0;
        let mut is_token_replaced = false;
        loop {
            let mut headers = inner.headers_for(request, options);
            let credential = credentials.add_to(&mut headers, deadline, observing).await;
            let credential = match credential {
                Ok(credential) => credential,
                Err(failure) => return Err(failure.after(operation, earlier)),
            };
            let turn = match inner.turn(deadline, observing).await {
                Ok(turn) => turn,
                Err(failure) => return Err(failure.after(operation, earlier)),
            };
            let start = observing.start();
            let result = inner.attempt(request, headers, deadline).await;
            drop(turn);
            observing.attempt(start, earlier.len() + 1, &result);
            let mut failure = match result {
                Ok(received) => {
                    inner.retries.succeeded();
                    credentials.accepted(credential);
                    return Ok(Response::new(operation, earlier, received));
                }
                Err(failure) => failure,
            };
            let is_unauthorized = failure.status == Some(StatusCode::UNAUTHORIZED);
            if is_unauthorized && !is_token_replaced && credentials.replace(credential) {
                is_token_replaced = true;
                span.retrying(&failure, earlier.len() + 1, Duration::ZERO);
                earlier.push(failure.as_attempt(Some(Duration::ZERO)));
                continue;
            }
            retried += 1;
            inner.retries.brake(&failure);
            let next = inner.retries.next_attempt(
                &failure,
                operation.idempotency,
                retried,
                deadline,
                policy,
            );
            let wait = match next {
                Next::After(wait) => wait,
                Next::Never => return Err(failure.after(operation, earlier)),
                Next::NoBudget => {
                    failure.is_out_of_budget = true;
                    return Err(failure.after(operation, earlier));
                }
            };
            span.retrying(&failure, earlier.len() + 1, wait);
            earlier.push(failure.as_attempt(Some(wait)));
            tokio::time::sleep(wait).await;
        }
    }
}

/// What authenticates a request beyond the headers that every one has.
trait Credentials {
    /// Tells one token from its successor.
    type Credential;

    /// Adds the credential to the headers, before the deadline.
    async fn add_to(
        &self,
        headers: &mut HeaderMap,
        deadline: Instant,
        observing: &Observing<'_>,
    ) -> Result<Self::Credential, Failure>;

    /// Notes that the vendor has accepted the credential.
    fn accepted(&self, credential: Self::Credential);

    /// Discards a credential that the vendor refused. Returns whether there may be a better one.
    fn replace(&self, refused: Self::Credential) -> bool;
}

struct NoToken;

impl Credentials for NoToken {
    type Credential = ();

    async fn add_to(
        &self,
        _: &mut HeaderMap,
        _: Instant,
        _: &Observing<'_>,
    ) -> Result<(), Failure> {
        Ok(())
    }

    fn accepted(&self, (): ()) {}

    fn replace(&self, (): ()) -> bool {
        false
    }
}

struct TokenIn<'a> {
    header: &'a HeaderName,
    tokens: &'a TokenCache,
}

impl TokenIn<'_> {
    async fn log_in(&self, deadline: Instant) -> Result<CurrentToken, Failure> {
        timeout_at(deadline, self.tokens.get())
            .await
            .map_err(|_| log_in_timeout())?
            .map_err(log_in_failure)
    }
}

impl Credentials for TokenIn<'_> {
    type Credential = Generation;

    async fn add_to(
        &self,
        headers: &mut HeaderMap,
        deadline: Instant,
        observing: &Observing<'_>,
    ) -> Result<Generation, Failure> {
        let token = match self.tokens.at_hand() {
            Some(token) => token,
            None => {
                let start = observing.start();
                let token = self.log_in(deadline).await;
                observing.log_in(start, &token);
                token?
            }
        };
        headers.insert(self.header, token.header().clone());
        Ok(token.generation())
    }

    fn accepted(&self, generation: Generation) {
        self.tokens.accepted(generation);
    }

    fn replace(&self, refused: Generation) -> bool {
        self.tokens.invalidate(refused)
    }
}

impl Inner {
    /// Waits until a request may be sent: for the client's own pace, and for the service.
    async fn turn(
        &self,
        deadline: Instant,
        observing: &Observing<'_>,
    ) -> Result<Turn<'_>, Failure> {
        observing.held_back(|| self.retries.held_back());
        match &self.turns {
            Some(turns) => turns.next(&self.retries, deadline).await,
            None => self.retries.wait_for_brake(deadline).await.map(|()| None),
        }
    }

    fn headers_for(&self, request: &Request, options: Option<&CallOptions>) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(self.headers.len() + request.headers.len() + 2);
        let of_calls = options.map_or(&[][..], |options| &options.headers);
        let own = of_calls.iter().chain(&request.headers);
        let own = own.map(|(name, value)| (name, value));
        for (name, value) in own.chain(&self.headers) {
            headers.insert(name, value.clone());
        }
        // Some gateways refuse a POST without a length, even if there is no body.
        let method = &request.operation.method;
        if request.body.is_empty() && (method == Method::POST || method == Method::PUT) {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        headers
    }

    /// Sends the request once and reads the whole response.
    async fn attempt(
        &self,
        request: &Request,
        headers: HeaderMap,
        deadline: Instant,
    ) -> Result<Received, Failure> {
        let end = deadline.min(from_now(self.attempt_timeout));
        if end <= Instant::now() {
            return Err(too_late());
        }
        let is_unsent = AtomicBool::new(false);
        let exchanged = timeout_at(end, self.exchange(request, headers, &is_unsent)).await;
        match exchanged {
            Ok(result) => result,
            // If redirects may be followed, this was perhaps the second leg of one.
            Err(_) if is_unsent.into_inner() && !self.may_follow_redirects => Err(too_late()),
            Err(_) => Err(Failure::new(ErrorKind::Timeout, Outcome::Unknown).transient()),
        }
    }

    async fn exchange(
        &self,
        request: &Request,
        headers: HeaderMap,
        is_unsent: &AtomicBool,
    ) -> Result<Received, Failure> {
        if request.operation.idempotency == Idempotency::NotIdempotent {
            // Lets the runtime notice first that an idle connection was closed, or that it brought
            // bytes that belong to nothing. Otherwise the request may be written to it, and whether
            // it took effect would be unknown.
            tokio::task::yield_now().await;
        }
        let method = request.operation.method.clone();
        let mut outgoing = reqwest::Request::new(method, request.url.clone());
        *outgoing.headers_mut() = headers;
        if !request.body.is_empty() {
            *outgoing.body_mut() = Some(request.body.clone().into());
        }
        let mut response = match &self.sender {
            Sender::Http(client) => connecting::watched(client.execute(outgoing), is_unsent)
                .await
                .map_err(|source| self.broken_exchange(source))?,
            #[cfg(feature = "test-util")]
            Sender::Script(script) => script.exchange(request.operation, outgoing).await?,
        };
        if self.may_follow_redirects && *response.url() != request.url {
            return Err(followed_redirect(response.url()));
        }
        let status = response.status();
        if status.is_success() {
            let body = self.read_body(&mut response).await?;
            return Ok(Received {
                status,
                headers: std::mem::take(response.headers_mut()),
                body,
            });
        }
        // A response whose body breaks off is still a response: its status decides.
        let body = self.read_body(&mut response).await.ok();
        Err(self.refusal(&response, body.as_deref()))
    }

    /// If redirects may be followed, what was not sent is perhaps only the second leg of one.
    fn broken_exchange(&self, source: reqwest::Error) -> Failure {
        let mut failure = unsent_or_broken(source);
        if self.may_follow_redirects {
            failure.outcome = Outcome::Unknown;
        }
        failure
    }

    /// Reads the body up to the limit, which counts after decompression, and makes it readable.
    async fn read_body(&self, response: &mut reqwest::Response) -> Result<Bytes, Failure> {
        let received = self.receive_body(response).await?;
        let status = response.status();
        let headers = response.headers_mut();
        let body = body::decompressed(headers, received, self.max_body_size)
            .map_err(|source| not_decompressed().source(source).status(status))?;
        if body.len() > self.max_body_size {
            return Err(self.too_large().status(status));
        }
        Ok(body::decoded(headers, body))
    }

    async fn receive_body(&self, response: &mut reqwest::Response) -> Result<Bytes, Failure> {
        // The client returns what is left of the body, so this comes before the first part is read.
        let length = response.content_length().unwrap_or_default();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(first) = self.read_chunk(response, 0).await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.read_chunk(response, first.len()).await? else {
            return Ok(first);
        };
        let known = first.len() + second.len();
        let expected = length.min(self.max_body_size).min(MOST_EXPECTED);
        let mut body = BytesMut::with_capacity(expected.max(known));
        body.extend_from_slice(&first);
        body.extend_from_slice(&second);
        while let Some(chunk) = self.read_chunk(response, body.len()).await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    async fn read_chunk(
        &self,
        response: &mut reqwest::Response,
        read: usize,
    ) -> Result<Option<Bytes>, Failure> {
        let chunk = response
            .chunk()
            .await
            .map_err(|source| broken_body(source).status(response.status()))?;
        let Some(chunk) = chunk else {
            return Ok(None);
        };
        if read + chunk.len() <= self.max_body_size {
            return Ok(Some(chunk));
        }
        Err(self.too_large().status(response.status()))
    }

    fn too_large(&self) -> Failure {
        let reason = format!("it is larger than {} bytes", self.max_body_size);
        Failure::new(ErrorKind::Body, Outcome::Unknown).reason(reason)
    }

    /// What a non-success response means. There is no body if it could not be read.
    fn refusal(&self, response: &reqwest::Response, body: Option<&[u8]>) -> Failure {
        let status = response.status();
        let headers = response.headers();
        let retry_after = headers
            .get(header::RETRY_AFTER)
            .and_then(|value| read_retry_after(value, self.clock.now()));
        let is_quota =
            self.service.quota_status == Some(status) && headers.contains_key(header::RETRY_AFTER);
        let judged = match is_quota {
            true => StatusCode::TOO_MANY_REQUESTS,
            false => status,
        };
        let (outcome, transient) = status::judge(judged);
        let kind = if status.is_redirection() {
            ErrorKind::Redirect
        } else {
            ErrorKind::Status
        };
        let mut failure = Failure::new(kind, outcome).status(status);
        failure.transient = transient;
        failure.is_quota = is_quota;
        failure.retry_after = retry_after;
        failure.request_id = status::request_id(headers);
        failure.redirect_host = status::redirect_host(response.url(), headers);
        // A body that can't be read may be a gateway's.
        if let Some(body) = body {
            failure.vendor = (self.service.read_failure)(body);
            failure.is_from_application = status::can_be_the_applications(headers, body);
            failure.snippet = status::snippet(body);
        }
        failure
    }
}

/// The failure of an attempt whose time ran out before there was a connection.
fn too_late() -> Failure {
    Failure::new(ErrorKind::Timeout, Outcome::NotSent)
        .transient()
        .reason("there was no connection yet")
}

/// Judges an exchange that brought no response.
///
/// Only a connection that could not be made is certain not to have carried the request. A
/// connection that breaks later may break after the vendor acted, even if no byte of a response was
/// seen.
fn unsent_or_broken(source: reqwest::Error) -> Failure {
    let source = source.without_url();
    if let Some(cause) = cause::of(&source) {
        let mut failure = Failure::new(ErrorKind::Connect, Outcome::NotSent).reason(cause.reason);
        failure.transient = cause.is_passing;
        return failure.source(source);
    }
    let failure = match (source.is_connect(), source.is_timeout()) {
        (true, true) => Failure::new(ErrorKind::Timeout, Outcome::NotSent).transient(),
        (true, false) => Failure::new(ErrorKind::Connect, Outcome::NotSent).transient(),
        (false, true) => Failure::new(ErrorKind::Timeout, Outcome::Unknown).transient(),
        (false, false) if source.is_builder() => {
            Failure::new(ErrorKind::InvalidRequest, Outcome::NotSent)
        }
        (false, false) => Failure::new(ErrorKind::Interrupted, Outcome::Unknown).transient(),
    };
    failure.source(source)
}

/// Judges a body that stopped: its connection broke, or what came cannot be decompressed.
fn broken_body(source: reqwest::Error) -> Failure {
    // Of the two, only the decompressor fails with an error of the system's.
    let failure = match source.source().is_some_and(|cause| cause.is::<io::Error>()) {
        true => not_decompressed(),
        false => Failure::new(ErrorKind::Interrupted, Outcome::Unknown).transient(),
    };
    failure.source(source.without_url())
}

fn not_decompressed() -> Failure {
    Failure::new(ErrorKind::Body, Outcome::Unknown).reason("it cannot be decompressed")
}

fn followed_redirect(target: &Url) -> Failure {
    let mut failure = Failure::new(ErrorKind::Redirect, Outcome::Unknown)
        .reason("the injected HTTP client followed it; build it without redirects");
    failure.redirect_host = status::host_and_port(target);
    failure
}

fn log_in_failure(error: Error) -> Failure {
    let log_in = error.failure();
    let mut failure = Failure::new(ErrorKind::LogIn, Outcome::NotSent);
    failure.transient = error.is_retryable();
    failure.status = log_in.status;
    failure.is_quota = log_in.is_quota;
    failure.vendor = log_in.vendor.clone();
    failure.request_id = log_in.request_id.clone();
    failure.retry_after = log_in.retry_after;
    failure.source(error)
}

fn log_in_timeout() -> Failure {
    Failure::new(ErrorKind::Timeout, Outcome::NotSent)
        .transient()
        .reason("logging in took too long")
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    static SERVICE: Service = Service::new("test/0.0.0", |_| VendorMessage::default());
    static READ: Operation = Operation::new("read", Method::GET, "/", Idempotency::Idempotent);

    #[tokio::test]
    async fn a_large_body_takes_hardly_more_memory_than_its_size() {
        const SIZE: usize = 4 * 1024 * 1024;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&vec![b'x'; SIZE]).unwrap();
        });
        let config = TransportConfig::default();
        let transport = Transport::new(&SERVICE, &url, HeaderMap::new(), &config).unwrap();
        let response = transport.send(transport.request(&READ)).await.unwrap();
        let body = response.into_body().try_into_mut().unwrap();
        assert_eq!(body.len(), SIZE);
        assert!(body.capacity() <= SIZE + SIZE / 20, "{}", body.capacity());
    }
}
