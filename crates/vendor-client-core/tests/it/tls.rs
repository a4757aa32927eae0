use std::io::Read as _;
use std::net::TcpListener;

use vendor_client_core::{
    ClientCertificate, Error, ErrorKind, HeaderMap, Outcome, RetryPolicy, RootCertificates, Tls,
    Transport, TransportConfig,
};

use crate::network::{Authority, TlsFront};
use crate::server::{Reply, Server};
use crate::support::{SERVICE, at_once, create, read, with_config};

/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 22;

/// Every TLS library that this build can choose.
pub(crate) fn choices() -> Vec<Tls> {
    vec![
        Tls::Default,
        #[cfg(feature = "rustls")]
        Tls::RustlsRing,
        #[cfg(feature = "rustls-aws-lc")]
        Tls::RustlsAwsLc,
        #[cfg(feature = "native-tls")]
        Tls::Native,
    ]
}

#[tokio::test]
async fn https_is_never_spoken_in_the_clear_and_a_failed_handshake_has_sent_nothing() {
    for tls in choices() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut first = [0];
            stream.read_exact(&mut first).unwrap();
            first[0]
        });
        let config = at_once().tls(tls).retry(RetryPolicy::never());
        let error = create(&with_config(&url, &config)).await.unwrap_err();
        assert_eq!(server.join().unwrap(), HANDSHAKE, "{tls:?}");
        assert_eq!(error.kind(), ErrorKind::Connect, "{tls:?}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_and_an_unknown_one_is_not() {
    let authority = Authority::new();
    let certified = authority.certify(&["127.0.0.1"]);
    let server = Server::start([Reply::json(200, "\"here\"")]);
    let front = TlsFront::start(&certified, server.address());
    for tls in choices() {
        let config = at_once().tls(tls);
        let error = create(&with_config(&front.url(), &config))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{tls:?}");
        assert_eq!(error.outcome(), Outcome::NotSent, "{tls:?}");
        for roots in [
            authority.as_root(),
            RootCertificates::from_der(authority.der()),
        ] {
            let config = config.clone().root_certificates(roots);
            let response = create(&with_config(&front.url(), &config)).await;
            assert_eq!(response.unwrap(), "here", "{tls:?}");
        }
    }
}

#[tokio::test]
async fn a_bundle_adds_every_authority_in_it() {
    let (one, other) = (Authority::new(), Authority::new());
    let bundle = format!("one\n{}other\n{}", one.pem(), other.pem());
    let roots = RootCertificates::from_pem(bundle.as_bytes()).unwrap();
    let server = Server::start([Reply::json(200, "\"here\"")]);
    for authority in [one, other] {
        let front = TlsFront::start(&authority.certify(&["127.0.0.1"]), server.address());
        let config = at_once().root_certificates(roots.clone());
        assert!(read(&with_config(&front.url(), &config)).await.is_ok());
    }
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate_gets_it() {
    let authority = Authority::new();
    let certified = authority.certify(&["127.0.0.1"]);
    let server = Server::start([Reply::json(200, "\"here\"")]);
    let front = TlsFront::for_certified_clients(&certified, &authority, server.address());
    let client = authority.certify_client();
    let both_in_one = format!("{}{}", client.chain_pem(), client.key_pem());
    let both_in_one = both_in_one.as_bytes();
    for (index, tls) in choices().into_iter().enumerate() {
        let config = at_once().tls(tls).root_certificates(authority.as_root());
        let anonymous = read(&with_config(&front.url(), &config)).await;
        assert!(anonymous.is_err(), "{tls:?}");
        assert_eq!(server.requests().len(), 2 * index);
        for certificate in [
            client.for_client(),
            ClientCertificate::from_pem(both_in_one, both_in_one).unwrap(),
        ] {
            let config = config.clone().client_certificate(certificate);
            let response = read(&with_config(&front.url(), &config)).await;
            assert_eq!(response.unwrap(), "here", "{tls:?}");
        }
    }
}

fn refused(config: &TransportConfig) -> Error {
    let built = Transport::new(&SERVICE, "https://service.test", HeaderMap::new(), config);
    let error = built.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error
}

#[test]
fn a_certificate_that_cannot_be_used_is_refused_when_the_client_is_built() {
    let authority = Authority::new();
    let (one, other) = (authority.certify_client(), authority.certify_client());
    let (chain, key) = (one.chain_pem(), other.key_pem());
    let mismatch = ClientCertificate::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    for tls in choices() {
        let config = at_once().tls(tls);
        let roots = RootCertificates::from_der(b"canary");
        let error = refused(&config.clone().root_certificates(roots));
        assert!(
            error.to_string().contains("a root certificate is not"),
            "{tls:?}: {error}"
        );
        let error = refused(&config.client_certificate(mismatch.clone()));
        assert!(
            error.to_string().contains("the client certificate"),
            "{tls:?}: {error}"
        );
    }
}

/// `reqwest::Client::builder().build()` panics in this build: no default provider is installed.
#[tokio::test]
async fn a_client_begun_with_the_configuration_has_its_tls_and_never_panics() {
    let authority = Authority::new();
    let server = Server::start([Reply::json(200, "\"here\"")]);
    let front = TlsFront::start(&authority.certify(&["service.test"]), server.address());
    for tls in choices() {
        let config = at_once().tls(tls).root_certificates(authority.as_root());
        let client = config
            .http_client_builder()
            .unwrap()
            .resolve("service.test", front.address())
            .no_proxy()
            .build()
            .unwrap();
        let url = format!("https://service.test:{}", front.address().port());
        let response = create(&with_config(&url, &config.http_client(client))).await;
        assert_eq!(response.unwrap(), "here", "{tls:?}");
    }
}

#[tokio::test]
async fn a_client_begun_with_the_configuration_follows_no_redirect() {
    let moved = Reply::with(302, &[("location", "/elsewhere")], "");
    let server = Server::start([moved]);
    let client = at_once().http_client_builder().unwrap().build().unwrap();
    let transport = with_config(&server.url(), &at_once().http_client(client));
    assert_eq!(
        read(&transport).await.unwrap_err().kind(),
        ErrorKind::Redirect
    );
    assert_eq!(server.requests().len(), 1);
}
