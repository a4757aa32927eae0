//! What lies between a client and its service: TLS and a proxy, in front of a scripted server.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use vendor_client_core::{ClientCertificate, RootCertificates};

/// A certificate authority of the test's own.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key.
pub(crate) struct Certified {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // OpenSSL takes what has the name of its issuer for self-signed.
        params.distinguished_name = DistinguishedName::new();
        let name = "an authority of the test";
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Certifies a server at these host names and addresses.
    pub(crate) fn certify(&self, names: &[&str]) -> Certified {
        self.certify_with(names, |_| {})
    }

    pub(crate) fn certify_expired(&self, names: &[&str]) -> Certified {
        self.certify_with(names, |params| {
            params.not_after = rcgen::date_time_ymd(2000, 1, 1);
        })
    }

    pub(crate) fn certify_client(&self) -> Certified {
        self.certify_with(&["client.test"], |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        })
    }

    fn certify_with(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certified {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Certified { certificate, key }
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn der(&self) -> &[u8] {
        self.0.der()
    }

    pub(crate) fn as_root(&self) -> RootCertificates {
        RootCertificates::from_pem(self.pem().as_bytes()).unwrap()
    }
}

impl Certified {
    pub(crate) fn chain_pem(&self) -> String {
        self.certificate.pem()
    }

    pub(crate) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    pub(crate) fn for_client(&self) -> ClientCertificate {
        let (chain, key) = (self.chain_pem(), self.key_pem());
        ClientCertificate::from_pem(chain.as_bytes(), key.as_bytes()).unwrap()
    }

    fn for_server(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        (vec![self.certificate.der().clone()], key.into())
    }
}

/// Accepts connections in a thread of its own until it is dropped.
struct Listening {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl Listening {
    fn start<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Option<()>> + Send + 'static,
    {
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (announce, address) = std::sync::mpsc::channel();
        let connections = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&connections);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                announce.send(listener.local_addr().unwrap()).unwrap();
                let accept = async {
                    while let Ok((stream, _)) = listener.accept().await {
                        counted.fetch_add(1, Ordering::SeqCst);
                        tokio::spawn(serve(stream));
                    }
                };
                tokio::select! {
                    () = accept => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_timeout(Duration::ZERO);
        });
        Self {
            address: address.recv().unwrap(),
            connections,
            _stop: stop,
        }
    }
}

/// Speaks TLS to clients and passes on what they say in the clear.
pub(crate) struct TlsFront(Listening);

impl TlsFront {
    pub(crate) fn start(certified: &Certified, behind: SocketAddr) -> Self {
        Self::with_clients(certified, None, behind)
    }

    /// Takes only clients that `authority` has certified.
    pub(crate) fn for_certified_clients(
        certified: &Certified,
        authority: &Authority,
        behind: SocketAddr,
    ) -> Self {
        Self::with_clients(certified, Some(authority), behind)
    }

    fn with_clients(
        certified: &Certified,
        clients: Option<&Authority>,
        behind: SocketAddr,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots
                    .add(CertificateDer::from(authority.der().to_vec()))
                    .unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let (chain, key) = certified.for_server();
        let config = builder.with_single_cert(chain, key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self(Listening::start(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let mut client = acceptor.accept(stream).await.ok()?;
                let mut service = TcpStream::connect(behind).await.ok()?;
                copy_bidirectional(&mut client, &mut service).await.ok()?;
                Some(())
            }
        }))
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.0.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    pub(crate) fn connections(&self) -> usize {
        self.0.connections.load(Ordering::SeqCst)
    }
}

/// A proxy that leads every tunnel to one address.
pub(crate) struct ProxyServer {
    listening: Listening,
    heads: Arc<Mutex<Vec<String>>>,
}

impl ProxyServer {
    /// Without the value of `Proxy-Authorization`, if one is given, clients get a 407.
    pub(crate) fn start(authorization: Option<&'static str>, behind: SocketAddr) -> Self {
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&heads);
        let listening = Listening::start(move |mut client| {
            let seen = Arc::clone(&seen);
            async move {
                let head = read_head(&mut client).await?;
                let is_known = authorization.is_none_or(|value| head.contains(value));
                seen.lock().unwrap().push(head);
                if !is_known {
                    let refusal = b"HTTP/1.1 407 Canary\r\ncontent-length: 0\r\n\r\n";
                    return client.write_all(refusal).await.ok();
                }
                let mut service = TcpStream::connect(behind).await.ok()?;
                client.write_all(b"HTTP/1.1 200 X\r\n\r\n").await.ok()?;
                copy_bidirectional(&mut client, &mut service).await.ok()?;
                Some(())
            }
        });
        Self { listening, heads }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listening.address)
    }

    /// The heads of the requests that it has read.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(read).ok()
}
