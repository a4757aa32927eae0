//! How a client reaches its service: time limits, sizes, retries, TLS.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::base_url::BaseUrl;
use crate::clock::{Clock, SystemClock};
use crate::creation::LookUp;
use crate::error::Error;
use crate::observer::Observer;
use crate::pace::Pace;
use crate::pool::{ConnectionPool, Through, Way};
use crate::proxy::Proxy;
use crate::retry::RetryPolicy;
#[cfg(feature = "test-util")]
use crate::test_util::Script;
use crate::tls::{ClientCertificate, RootCertificates, Tls, TlsSettings};
use crate::transport::Sender;

/// Settings of a client's transport. The defaults suit production.
///
/// ```
/// use std::time::Duration;
/// use vendor_client_core::{RetryPolicy, TransportConfig};
///
/// let config = TransportConfig::default()
///     .deadline(Duration::from_secs(20))
///     .retry(RetryPolicy::default().max_attempts(2));
/// ```
#[derive(Clone)]
pub struct TransportConfig {
    pub(crate) connect_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) max_body_size: usize,
    pub(crate) look_up: LookUp,
    pub(crate) allow_insecure_http: bool,
    pub(crate) retry: RetryPolicy,
    pub(crate) pace: Option<Pace>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random_seed: Option<u64>,
    idle_timeout: Duration,
    user_agent_suffix: Option<String>,
    proxy: Option<Proxy>,
    tls: TlsSettings,
    http: Http,
}

/// Where the HTTP client comes from.
#[derive(Clone)]
enum Http {
    Own,
    Pooled(ConnectionPool),
    Injected(reqwest::Client),
    #[cfg(feature = "test-util")]
    Scripted(Script),
}

impl Default for TransportConfig {
    /// 10 s to connect, 30 s for an attempt, 60 s for a call, bodies of at most 16 MiB.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(60),
            max_body_size: 16 * 1024 * 1024,
            look_up: LookUp::default(),
            allow_insecure_http: false,
            retry: RetryPolicy::default(),
            pace: None,
            observer: None,
            clock: Arc::new(SystemClock),
            random_seed: None,
            idle_timeout: Duration::from_secs(15),
            user_agent_suffix: None,
            proxy: None,
            tls: TlsSettings::default(),
            http: Http::Own,
        }
    }
}

impl TransportConfig {
    /// How long connecting may take, TLS included. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the response. Default:
    /// 30 s.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// How long a call may take altogether: logging in, all attempts, the waits between them and
    /// reading the response. Default: 60 s.
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// How long an unused connection is kept, at most a day. Default: 15 s, which is shorter than
    /// servers commonly keep one, so that a call seldom meets a connection that is just being
    /// closed.
    #[must_use]
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        // The pool adds it to the present, which must not overflow.
        self.idle_timeout = limit.min(Duration::from_secs(24 * 3600));
        self
    }

    /// How large the body of a response may be, in bytes, after decompression. Default: 16 MiB.
    #[must_use]
    pub fn max_body_size(mut self, bytes: usize) -> Self {
        self.max_body_size = bytes;
        self
    }

    /// How a thing is looked up if its creation has an unknown outcome.
    #[must_use]
    pub fn look_up(mut self, policy: LookUp) -> Self {
        self.look_up = policy;
        self
    }

    /// How failed attempts are repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How fast the client and its clones send requests together. Default: as fast as they are
    /// called.
    #[must_use]
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Who is told what happens on the way of calls, for metrics or an audit log. Default: nobody.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Which TLS library is used.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls.library = tls;
        self
    }

    /// Trusts these certificate authorities besides the platform's. Several calls add up.
    #[must_use]
    pub fn root_certificates(mut self, roots: RootCertificates) -> Self {
        self.tls.add_roots(roots);
        self
    }

    /// Identifies the client to a server that asks for a certificate.
    #[must_use]
    pub fn client_certificate(mut self, certificate: ClientCertificate) -> Self {
        self.tls.client_certificate = Some(certificate);
        self
    }

    /// Sends all calls through `proxy`, except those to loopback. Default: the proxy of
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Names the program in `User-Agent`, after the client's own name: `my-program/2.0` gives
    /// `ocean-geomission/0.1.0 my-program/2.0`. It must consist of visible ASCII characters, with
    /// single spaces between words; the client cannot be built otherwise.
    #[must_use]
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Lets the base URL be plain http although its host is not loopback. Credentials and
    /// personal data then cross the network in the clear.
    #[must_use]
    pub fn allow_insecure_http(mut self) -> Self {
        self.allow_insecure_http = true;
        self
    }

    /// Shares connections with other clients that have the same pool. Default: each client and its
    /// clones have connections of their own.
    #[must_use]
    pub fn connection_pool(mut self, pool: ConnectionPool) -> Self {
        self.http = Http::Pooled(pool);
        self
    }

    /// Begins an HTTP client with the time limits, the proxy and the TLS of this configuration, for
    /// a setting that it lacks. The finished client goes back into it:
    ///
    /// ```
    /// use std::net::{IpAddr, Ipv4Addr};
    /// use vendor_client_core::TransportConfig;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let config = TransportConfig::default();
    /// let client = config
    ///     .http_client_builder()?
    ///     .local_address(IpAddr::from(Ipv4Addr::LOCALHOST))
    ///     .build()?;
    /// let config = config.http_client(client);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if TLS or the proxy cannot be
    /// set up.
    pub fn http_client_builder(&self) -> Result<reqwest::ClientBuilder, Error> {
        self.way(Some(self.tls.clone())).begin()
    }

    /// Uses a client of the caller's own, best begun with
    /// [`http_client_builder`](Self::http_client_builder). The connect and idle limits, the proxy,
    /// the certificates and the TLS library are then that client's.
    ///
    /// A client that is begun with `reqwest::Client::builder()` needs
    /// [`reqwest::redirect::Policy::none`] and no retries of its own. One that follows redirects
    /// hands headers such as a token or an API key to any host that a redirect names, and this
    /// crate can only find that out afterwards; it then fails the call. Nor can this crate then
    /// know that a request was not sent, so a create is not repeated even if no connection could be
    /// made. Without a TLS library of its own, such a client panics when it is built, unless the
    /// program has installed a default provider for rustls.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Http::Injected(client);
        self
    }

    /// Uses `clock` for dates and the expiry of tokens. Default: the system's clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Makes the waits between attempts repeatable, for tests.
    #[must_use]
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.random_seed = Some(seed);
        self
    }

    pub(crate) fn random(&self) -> fastrand::Rng {
        match self.random_seed {
            Some(seed) => fastrand::Rng::with_seed(seed),
            None => fastrand::Rng::new(),
        }
    }

    /// Whether the HTTP client may follow redirects by itself. An injected one shows its policy in
    /// its `Debug` alone; unless that says that there is none, it may.
    pub(crate) fn may_follow_redirects(&self) -> bool {
        match &self.http {
            Http::Own | Http::Pooled(_) => false,
            #[cfg(feature = "test-util")]
            Http::Scripted(_) => false,
            Http::Injected(client) => !format!("{client:?}").contains("Policy(None)"),
        }
    }

    #[cfg(feature = "test-util")]
    pub(crate) fn scripted(mut self, script: Script) -> Self {
        self.http = Http::Scripted(script);
        self
    }

    /// What requests to the service go through.
    pub(crate) fn sender_for(&self, base: &BaseUrl) -> Result<Sender, Error> {
        let mut way = self.way(base.is_https().then(|| self.tls.clone()));
        if base.is_loopback() {
            // What runs on this machine is not reached through another.
            way.through = Through::Nothing;
        }
        let client = match &self.http {
            Http::Own => way.client()?,
            Http::Pooled(pool) => pool.client(way)?,
            Http::Injected(client) => client.clone(),
            #[cfg(feature = "test-util")]
            Http::Scripted(script) => return Ok(Sender::Script(script.clone())),
        };
        Ok(Sender::Http(client))
    }

    fn way(&self, tls: Option<TlsSettings>) -> Way {
        Way {
            connect_timeout: self.connect_timeout,
            idle_timeout: self.idle_timeout,
            through: match &self.proxy {
                Some(proxy) => Through::Proxy(proxy.clone()),
                None => Through::Environment,
            },
            tls,
        }
    }

    /// The value of `User-Agent`: the client's own name, then the program's.
    pub(crate) fn user_agent(&self, own: &'static str) -> Result<HeaderValue, Error> {
        let Some(suffix) = &self.user_agent_suffix else {
            return Ok(HeaderValue::from_static(own));
        };
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
        let refusal =
            "the addition to `User-Agent` must be visible ASCII, words apart by one space";
        if !suffix.split(' ').all(is_word) {
            return Err(Error::configuration(refusal));
        }
        HeaderValue::try_from(format!("{own} {suffix}"))
            .map_err(|source| Error::configuration_from(refusal, source))
    }
}

/// Shows no certificate, and no injected client, which may hold credentials of a proxy.
impl fmt::Debug for TransportConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportConfig")
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("deadline", &self.deadline)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_body_size", &self.max_body_size)
            .field("allow_insecure_http", &self.allow_insecure_http)
            .field("retry", &self.retry)
            .field("pace", &self.pace)
            .field("user_agent_suffix", &self.user_agent_suffix)
            .field("proxy", &self.proxy)
            .field("tls", &self.tls.library)
            .finish_non_exhaustive()
    }
}
