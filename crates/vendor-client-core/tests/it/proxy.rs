use vendor_client_core::{Error, Proxy, TransportConfig};

use crate::network::{Authority, ProxyServer, TlsFront};
use crate::server::{Reply, Server};
use crate::support::{at_once, create, read, with_config};

/// `canary-name:canary-password`.
const AUTHORIZATION: &str = "Basic Y2FuYXJ5LW5hbWU6Y2FuYXJ5LXBhc3N3b3Jk";

const URL: &str = "https://service.test";

/// A service that is reached through a proxy only.
struct Site {
    server: Server,
    _front: TlsFront,
    proxy: ProxyServer,
    authority: Authority,
}

impl Site {
    fn new() -> Self {
        let authority = Authority::new();
        let server = Server::start([Reply::json(200, "\"here\"")]);
        let front = TlsFront::start(&authority.certify(&["service.test"]), server.address());
        let proxy = ProxyServer::start(Some(AUTHORIZATION), front.address());
        Self {
            server,
            _front: front,
            proxy,
            authority,
        }
    }

    fn config(&self, proxy: Proxy) -> TransportConfig {
        at_once()
            .root_certificates(self.authority.as_root())
            .proxy(proxy)
    }

    fn proxy(&self) -> Proxy {
        Proxy::new(&self.proxy.url()).unwrap()
    }

    async fn create_through(&self, proxy: Proxy) -> Result<String, Error> {
        create(&with_config(URL, &self.config(proxy))).await
    }
}

#[tokio::test]
async fn credentials_of_the_proxy_reach_the_proxy_and_nobody_else() {
    let site = Site::new();
    let proxy = site.proxy().basic_auth("canary-name", "canary-password");
    let response = site.create_through(proxy).await;
    assert_eq!(response.unwrap(), "here");
    let heads = site.proxy.heads();
    assert!(
        heads[0].starts_with("CONNECT service.test:443 "),
        "{heads:?}"
    );
    assert!(heads[0].contains(AUTHORIZATION), "{heads:?}");
    let requests = site.server.requests();
    assert_eq!(requests.len(), 1);
    assert!(
        !requests[0].to_lowercase().contains("proxy-"),
        "{requests:?}"
    );
}

#[tokio::test]
async fn credentials_of_the_proxy_are_shown_nowhere() {
    let site = Site::new();
    let proxy = site.proxy().basic_auth("canary-name", "canary-wrong");
    let config = site.config(proxy);
    let transport = with_config(URL, &config);
    let error = create(&transport).await.unwrap_err();
    let mut shown = format!("{config:?} {transport:?} {error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    for secret in ["canary", "Y2FuYXJ5"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn loopback_is_never_reached_through_a_proxy() {
    let site = Site::new();
    let config = site.config(site.proxy());
    assert!(
        read(&with_config(&site.server.url(), &config))
            .await
            .is_ok()
    );
    assert!(site.proxy.heads().is_empty());
}

#[tokio::test]
async fn a_client_begun_with_the_configuration_uses_its_proxy() {
    let site = Site::new();
    let proxy = site.proxy().basic_auth("canary-name", "canary-password");
    let config = site.config(proxy);
    let client = config.http_client_builder().unwrap().build().unwrap();
    let response = create(&with_config(URL, &config.http_client(client))).await;
    assert_eq!(response.unwrap(), "here");
}
