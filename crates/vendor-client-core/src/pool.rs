//! How clients connect, and connections that several of them share.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::connecting::NoteConnecting;
use crate::error::Error;
use crate::proxy::Proxy;
use crate::recent::Recent;
use crate::tls::{self, TlsSettings};

/// Connections that several clients share, such as those of one service's many accounts.
///
/// Put the same pool into the configuration of each. Clients that connect in the same way, which
/// means with the same connect and idle limits, proxy, TLS library and certificates, then use each
/// other's idle connections. Everything else stays apart: tokens, retry budgets, waits that a
/// service asked for, and limits.
///
/// ```
/// use vendor_client_core::{ConnectionPool, TransportConfig};
///
/// let config = TransportConfig::default().connection_pool(ConnectionPool::new());
/// // Every client that is built with `config` or a clone of it shares the pool.
/// ```
///
/// Connections belong to the runtime in which they were made, so a program with several tokio
/// runtimes needs one pool per runtime.
#[derive(Clone)]
pub struct ConnectionPool(Arc<Mutex<Recent<Way, reqwest::Client>>>);

/// In what way a client connects.
#[derive(Clone, PartialEq)]
pub(crate) struct Way {
    pub(crate) connect_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) through: Through,
    /// `None` for plain http.
    pub(crate) tls: Option<TlsSettings>,
}

/// What lies between a client and its service.
#[derive(Clone, PartialEq)]
pub(crate) enum Through {
    Nothing,
    /// Whatever `HTTPS_PROXY` and its like say.
    Environment,
    Proxy(Proxy),
}

impl Way {
    /// Begins an HTTP client that connects in this way.
    pub(crate) fn begin(&self) -> Result<reqwest::ClientBuilder, Error> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // With no retries left, a request isn't copied for one either.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .connector_layer(NoteConnecting)
            .pool_idle_timeout(self.idle_timeout)
            .tcp_nodelay(true);
        let builder = match &self.through {
            Through::Nothing => builder.no_proxy(),
            Through::Environment => builder,
            Through::Proxy(proxy) => builder.proxy(proxy.to_reqwest()?),
        };
        tls::set_up(builder, self.tls.clone())
    }

    pub(crate) fn client(&self) -> Result<reqwest::Client, Error> {
        self.begin()?
            .build()
            .map_err(|source| Error::configuration_from("the HTTP client cannot be set up", source))
    }
}

impl ConnectionPool {
    /// A pool without connections.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The HTTP client of all who connect in this way.
    pub(crate) fn client(&self, way: Way) -> Result<reqwest::Client, Error> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.get_or_make(way, Way::client)
    }
}

impl Default for ConnectionPool {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Recent::new())))
    }
}

/// Shows no client, which may hold credentials of a proxy.
impl fmt::Debug for ConnectionPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionPool").finish_non_exhaustive()
    }
}
