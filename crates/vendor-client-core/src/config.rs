//! How a client reaches its service: time limits, sizes, retries, TLS.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::base_url::BaseUrl;
use crate::clock::{Clock, SystemClock};
use crate::connecting::NoteConnecting;
use crate::creation::LookUp;
use crate::error::Error;
use crate::retry::RetryPolicy;

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
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random_seed: Option<u64>,
    idle_timeout: Duration,
    tls: Tls,
    http: Http,
}

/// Which TLS library a client uses. Each variant exists with the feature of its name.
///
/// Choose one by name where it matters which: what [`Default`](Self::Default) means depends on
/// `rustls`, which any crate of the program may turn on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tls {
    /// Rustls with ring where the feature `rustls` is on, otherwise the platform's library where
    /// `native-tls` is on, otherwise none, which leaves plain http to loopback.
    #[default]
    Default,
    /// Rustls with the ring provider and the platform's certificate store.
    #[cfg(feature = "rustls")]
    RustlsRing,
    /// Rustls with the aws-lc provider and the platform's certificate store.
    #[cfg(feature = "rustls-aws-lc")]
    RustlsAwsLc,
    /// The platform's own TLS library.
    #[cfg(feature = "native-tls")]
    Native,
}

/// Where the HTTP client comes from.
#[derive(Clone)]
enum Http {
    Ours,
    Injected(reqwest::Client),
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
            clock: Arc::new(SystemClock),
            random_seed: None,
            idle_timeout: Duration::from_secs(15),
            tls: Tls::default(),
            http: Http::Ours,
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

    /// How long one attempt may take, from connecting to the last byte of the response. Default: 30 s unless
    /// told otherwise.
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

    /// How long an unused connection is kept, at most a day. The default of 15 s is shorter than
    /// what servers commonly keep one for, so that a call seldom meets a connection that is just
    /// being closed.
    #[must_use]
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        // The pool adds it to the present, which must not overflow.
        self.idle_timeout = limit.min(Duration::from_secs(24 * 3600));
        self
    }

    /// How large the body of a response may be, in bytes, after decompression: 16 MiB unless told
    /// otherwise.
    #[must_use]
    pub fn max_body_size(mut self, bytes: usize) -> Self {
        self.max_body_size = bytes;
        self
    }

    /// How a thing is looked for when nobody knows whether it was created.
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

    /// Which TLS library is used.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Lets the base URL be plain http although its host is not loopback. Credentials and
    /// personal data then cross the network in the clear.
    #[must_use]
    pub fn allow_insecure_http(mut self) -> Self {
        self.allow_insecure_http = true;
        self
    }

    /// Uses a client of the caller's own: for a proxy, a private certificate authority, a client
    /// certificate, or a shared connection pool.
    ///
    /// Build it with [`reqwest::redirect::Policy::none`] and without retries of its own. A client
    /// that follows redirects hands headers such as a token or an API key to whatever host a
    /// redirect names, and this crate can only find that out afterwards; it then fails the call.
    /// Nor can it tell then that a request was not sent, so a create is not repeated even where no
    /// connection could be made. The connect and idle limits and the TLS library are that client's
    /// own.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Http::Injected(client);
        self
    }

    /// Judges dates and the ends of tokens by `clock` instead of the system's.
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
    /// its `Debug` alone; where that does not say that there is none, it may.
    pub(crate) fn may_follow_redirects(&self) -> bool {
        match &self.http {
            Http::Ours => false,
            Http::Injected(client) => !format!("{client:?}").contains("Policy(None)"),
        }
    }

    pub(crate) fn http_client_for(&self, base: &BaseUrl) -> Result<reqwest::Client, Error> {
        if let Http::Injected(client) = &self.http {
            return Ok(client.clone());
        }
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .connector_layer(NoteConnecting)
            .pool_idle_timeout(self.idle_timeout)
            .tcp_nodelay(true);
        // What runs on this machine is not reached through another.
        let builder = if base.is_loopback() {
            builder.no_proxy()
        } else {
            builder
        };
        tls::set_up(builder, self.tls, base)?
            .build()
            .map_err(|source| Error::configuration_from("TLS cannot be set up", source))
    }
}

/// Shows no injected client, which may hold credentials of a proxy.
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
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// The choice of a TLS library.
mod tls {
    use reqwest::ClientBuilder;

    use super::Tls;
    use crate::base_url::BaseUrl;
    use crate::error::Error;

    pub(super) fn set_up(
        builder: ClientBuilder,
        tls: Tls,
        base: &BaseUrl,
    ) -> Result<ClientBuilder, Error> {
        if !base.is_https() {
            return without_tls(builder);
        }
        match tls {
            #[cfg(feature = "rustls")]
            Tls::Default | Tls::RustlsRing => {
                with_rustls(builder, rustls::crypto::ring::default_provider())
            }
            #[cfg(all(not(feature = "rustls"), feature = "native-tls"))]
            Tls::Default => Ok(builder.tls_backend_native()),
            #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
            Tls::Default => Err(Error::configuration(
                "an https base URL needs one of the TLS features, or an HTTP client of your own",
            )),
            #[cfg(feature = "rustls-aws-lc")]
            Tls::RustlsAwsLc => with_rustls(builder, rustls::crypto::aws_lc_rs::default_provider()),
            #[cfg(feature = "native-tls")]
            Tls::Native => Ok(builder.tls_backend_native()),
        }
    }

    /// Plain http needs no certificates, and loading them takes a while.
    #[cfg(feature = "rustls")]
    fn without_tls(builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        let provider = rustls::crypto::ring::default_provider();
        let config = configure(provider)?.with_root_certificates(rustls::RootCertStore::empty());
        Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
    }

    #[cfg(not(feature = "rustls"))]
    fn without_tls(builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        Ok(builder)
    }

    #[cfg(feature = "rustls")]
    fn with_rustls(
        builder: ClientBuilder,
        provider: rustls::crypto::CryptoProvider,
    ) -> Result<ClientBuilder, Error> {
        use rustls_platform_verifier::BuilderVerifierExt as _;

        let config = configure(provider)?
            .with_platform_verifier()
            .map_err(failed)?;
        Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
    }

    /// The provider goes into the configuration, not into the process: other users of rustls in
    /// the same program keep theirs.
    #[cfg(feature = "rustls")]
    fn configure(
        provider: rustls::crypto::CryptoProvider,
    ) -> Result<rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier>, Error> {
        rustls::ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .map_err(failed)
    }

    #[cfg(feature = "rustls")]
    fn failed(source: rustls::Error) -> Error {
        Error::configuration_from("TLS cannot be set up", source)
    }
}
