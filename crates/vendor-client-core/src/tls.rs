//! TLS: which library, and which certificates beside the platform's.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::ClientBuilder;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::Error;
use crate::recent::Recent;

/// Which TLS library a client uses. Each variant exists with the feature of its name.
///
/// Name one if it matters which: what [`Default`](Self::Default) means depends on `rustls`, which
/// any crate of the program may turn on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tls {
    /// Rustls with ring if the feature `rustls` is on, otherwise the platform's library if
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

impl Tls {
    /// Makes clients that are built from now on read the platform's certificates again.
    ///
    /// Reading and parsing them takes milliseconds and about 100 KiB, so all clients of a process
    /// that choose the same library and certificates share one TLS configuration. It is made when
    /// the first of them is built, and certificates that are installed on the machine later are
    /// seen after a restart or this call. Clients that exist keep what they have, and so do
    /// [connection pools](crate::ConnectionPool).
    pub fn reload_certificates() {
        made().clear();
    }
}

/// Certificate authorities that a client trusts besides the platform's, such as the company's own
/// or that of a proxy that inspects TLS.
///
/// ```no_run
/// use vendor_client_core::{RootCertificates, TransportConfig};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let roots = RootCertificates::from_pem(&std::fs::read("company-ca.pem")?)?;
/// let config = TransportConfig::default().root_certificates(roots);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootCertificates(Vec<CertificateDer<'static>>);

impl RootCertificates {
    /// Reads every certificate of a PEM file, such as `company-ca.pem`, `.crt` or a whole bundle.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if it isn't PEM or holds no
    /// certificate. A certificate that the TLS library cannot use is refused when the client is
    /// built.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        read_chain(pem, "root certificates").map(Self)
    }

    /// Takes one certificate in DER, such as a `.der` or `.cer` file. A certificate that the TLS
    /// library cannot use is refused when the client is built.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Self {
        Self(vec![CertificateDer::from(der.to_vec())])
    }
}

/// The certificate by which a client identifies itself, with its private key.
///
/// ```no_run
/// use vendor_client_core::{ClientCertificate, TransportConfig};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let certificate = ClientCertificate::from_pem(
///     &std::fs::read("client.pem")?,
///     &std::fs::read("client-key.pem")?,
/// )?;
/// let config = TransportConfig::default().client_certificate(certificate);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate(Arc<Identity>);

#[derive(PartialEq, Eq)]
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    #[cfg(feature = "native-tls")]
    pem: native::IdentityPem,
}

impl ClientCertificate {
    /// Reads a chain of certificates, the client's own first, and its private key, each from PEM.
    /// Both may be the same bytes, if one file holds the two.
    ///
    /// The key is PKCS#8 (`BEGIN PRIVATE KEY`), PKCS#1 or SEC1 for rustls, and PKCS#8 for
    /// `Tls::Native`. It must not be encrypted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if either isn't PEM or is
    /// missing. A key that does not belong to the certificate is refused when the client is built.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, Error> {
        Ok(Self(Arc::new(Identity {
            chain: read_chain(chain, "client certificate")?,
            // The parser's own error may quote what is a key.
            key: PrivateKeyDer::from_pem_slice(key).map_err(|_| {
                Error::configuration("the client certificate's key is not an unencrypted PEM key")
            })?,
            #[cfg(feature = "native-tls")]
            pem: native::IdentityPem::new(chain, key),
        })))
    }
}

/// Shows neither the certificate, which may name a person, nor the key.
impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate").finish_non_exhaustive()
    }
}

fn read_chain(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| Error::configuration(format!("the {what} cannot be read: broken PEM")))?;
    if chain.is_empty() {
        let reason = format!("the {what} cannot be read: there is no PEM certificate");
        return Err(Error::configuration(reason));
    }
    Ok(chain)
}

/// What decides a TLS configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    pub(crate) library: Tls,
    roots: Vec<CertificateDer<'static>>,
    pub(crate) client_certificate: Option<ClientCertificate>,
}

impl TlsSettings {
    pub(crate) fn add_roots(&mut self, roots: RootCertificates) {
        self.roots.extend(roots.0);
    }
}

/// Puts the process's one configuration of these settings into an HTTP client. Without settings it
/// has no certificates, whose loading takes a while: it speaks plain http only.
pub(crate) fn set_up(
    builder: ClientBuilder,
    settings: Option<TlsSettings>,
) -> Result<ClientBuilder, Error> {
    Ok(made().get_or_make(settings, make)?.put_into(builder))
}

/// What a TLS library was configured to. Cloning it is cheap.
#[derive(Clone)]
enum Configuration {
    #[cfg(feature = "rustls")]
    Rustls(Box<rustls::ClientConfig>),
    #[cfg(feature = "native-tls")]
    Native(native_tls::TlsConnector),
    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    Absent,
}

impl Configuration {
    fn put_into(self, builder: ClientBuilder) -> ClientBuilder {
        match self {
            #[cfg(feature = "rustls")]
            Self::Rustls(config) => builder.tls_backend_preconfigured(*config),
            #[cfg(feature = "native-tls")]
            Self::Native(connector) => builder.tls_backend_preconfigured(connector),
            #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
            Self::Absent => builder,
        }
    }
}

/// Configurations by their settings, which are `None` for plain http.
type Made = Recent<Option<TlsSettings>, Configuration>;

/// The configurations that all clients of this process share.
fn made() -> MutexGuard<'static, Made> {
    static MADE: Mutex<Made> = Mutex::new(Recent::new());
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn make(settings: &Option<TlsSettings>) -> Result<Configuration, Error> {
    match settings {
        Some(settings) => make_for_https(settings),
        None => make_empty(),
    }
}

fn make_for_https(settings: &TlsSettings) -> Result<Configuration, Error> {
    #[cfg(test)]
    tests::count_one();
    match settings.library {
        #[cfg(feature = "rustls")]
        Tls::Default | Tls::RustlsRing => {
            with_rustls::make(settings, rustls::crypto::ring::default_provider())
        }
        #[cfg(all(not(feature = "rustls"), feature = "native-tls"))]
        Tls::Default => native::make(settings),
        #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
        Tls::Default => Err(Error::configuration(
            "an https base URL needs one of the TLS features, or an HTTP client of your own",
        )),
        #[cfg(feature = "rustls-aws-lc")]
        Tls::RustlsAwsLc => {
            with_rustls::make(settings, rustls::crypto::aws_lc_rs::default_provider())
        }
        #[cfg(feature = "native-tls")]
        Tls::Native => native::make(settings),
    }
}

#[cfg(feature = "rustls")]
use with_rustls::make_empty;

#[cfg(all(not(feature = "rustls"), feature = "native-tls"))]
use native::make_empty;

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn make_empty() -> Result<Configuration, Error> {
    Ok(Configuration::Absent)
}

#[cfg(feature = "rustls")]
mod with_rustls {
    use std::sync::Arc;

    use rustls::client::WantsClientCert;
    use rustls::crypto::CryptoProvider;
    use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
    use rustls_pki_types::CertificateDer;
    use rustls_platform_verifier::Verifier;

    use super::{Configuration, TlsSettings};
    use crate::error::Error;

    pub(super) fn make(
        settings: &TlsSettings,
        provider: CryptoProvider,
    ) -> Result<Configuration, Error> {
        let provider = Arc::new(provider);
        let verifier = verifier(&settings.roots, &provider)?;
        let builder = configure(provider)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let config = identify(builder, settings)?;
        Ok(Configuration::Rustls(Box::new(config)))
    }

    pub(super) fn make_empty() -> Result<Configuration, Error> {
        let provider = rustls::crypto::ring::default_provider();
        let builder = configure(provider.into())?.with_root_certificates(RootCertStore::empty());
        let config = builder.with_no_client_auth();
        Ok(Configuration::Rustls(Box::new(config)))
    }

    /// The provider goes into the configuration, not into the process: other users of rustls in
    /// the same program keep theirs.
    fn configure(
        provider: Arc<CryptoProvider>,
    ) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, Error> {
        ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|source| Error::configuration_from("TLS cannot be set up", source))
    }

    /// Verifies certificates as the platform does, and takes `roots` besides.
    fn verifier(
        roots: &[CertificateDer<'static>],
        provider: &Arc<CryptoProvider>,
    ) -> Result<Verifier, Error> {
        if roots.is_empty() {
            return Verifier::new(Arc::clone(provider)).map_err(|source| {
                Error::configuration_from("the platform's certificates cannot be loaded", source)
            });
        }
        for root in roots {
            RootCertStore::empty().add(root.clone()).map_err(|source| {
                Error::configuration_from("a root certificate is not an X.509 certificate", source)
            })?;
        }
        with_extra_roots(roots, Arc::clone(provider))
    }

    #[cfg(not(target_os = "android"))]
    fn with_extra_roots(
        roots: &[CertificateDer<'static>],
        provider: Arc<CryptoProvider>,
    ) -> Result<Verifier, Error> {
        Verifier::new_with_extra_roots(roots.iter().cloned(), provider)
            .map_err(|source| Error::configuration_from("TLS cannot be set up", source))
    }

    #[cfg(target_os = "android")]
    fn with_extra_roots(
        _: &[CertificateDer<'static>],
        _: Arc<CryptoProvider>,
    ) -> Result<Verifier, Error> {
        Err(Error::configuration(
            "Android takes root certificates from its own settings only",
        ))
    }

    fn identify(
        builder: ConfigBuilder<ClientConfig, WantsClientCert>,
        settings: &TlsSettings,
    ) -> Result<ClientConfig, Error> {
        let Some(certificate) = &settings.client_certificate else {
            return Ok(builder.with_no_client_auth());
        };
        let identity = &certificate.0;
        builder
            .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
            .map_err(|source| {
                Error::configuration_from("the client certificate cannot be used", source)
            })
    }
}

#[cfg(feature = "native-tls")]
mod native {
    use native_tls::{Certificate, Identity, TlsConnector, TlsConnectorBuilder};

    use super::{Configuration, TlsSettings};
    use crate::error::Error;

    /// What the platform's library reads by itself.
    #[derive(PartialEq, Eq)]
    pub(super) struct IdentityPem {
        chain: Vec<u8>,
        key: Vec<u8>,
    }

    impl IdentityPem {
        pub(super) fn new(chain: &[u8], key: &[u8]) -> Self {
            /// The library wants the key to begin with it, and a file may hold the chain first.
            const KEY: &[u8] = b"-----BEGIN PRIVATE KEY-----";
            let start = key.windows(KEY.len()).position(|window| window == KEY);
            Self {
                chain: chain.to_vec(),
                key: key[start.unwrap_or(0)..].to_vec(),
            }
        }
    }

    pub(super) fn make(settings: &TlsSettings) -> Result<Configuration, Error> {
        let mut builder = TlsConnector::builder();
        for root in &settings.roots {
            let root = Certificate::from_der(root).map_err(|source| {
                Error::configuration_from("a root certificate is not an X.509 certificate", source)
            })?;
            builder.add_root_certificate(root);
        }
        let Some(certificate) = &settings.client_certificate else {
            return finish(builder, "TLS cannot be set up");
        };
        let refusal = "the client certificate cannot be used";
        let pem = &certificate.0.pem;
        let identity = Identity::from_pkcs8(&pem.chain, &pem.key)
            .map_err(|source| Error::configuration_from(refusal, source))?;
        builder.identity(identity);
        // Only here is the key compared with the certificate.
        finish(builder, refusal)
    }

    fn finish(builder: TlsConnectorBuilder, refusal: &str) -> Result<Configuration, Error> {
        let connector = builder.build();
        let connector = connector.map_err(|source| Error::configuration_from(refusal, source))?;
        Ok(Configuration::Native(connector))
    }

    #[cfg(not(feature = "rustls"))]
    pub(super) fn make_empty() -> Result<Configuration, Error> {
        let mut builder = TlsConnector::builder();
        builder.disable_built_in_roots(true);
        finish(builder, "TLS cannot be set up")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use http::HeaderMap;

    use super::*;
    use crate::config::TransportConfig;
    use crate::error::{ErrorKind, VendorMessage};
    use crate::transport::{Service, Transport};

    thread_local! {
        static COUNT: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts the configurations that this thread makes.
    pub(super) fn count_one() {
        COUNT.set(COUNT.get() + 1);
    }

    fn refusal<T: fmt::Debug>(result: Result<T, Error>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let line = error.to_string();
        assert!(!format!("{line} {error:?}").contains("canary"), "{error:?}");
        line
    }

    #[test]
    fn what_is_not_a_pem_certificate_is_refused_by_name() {
        for (pem, reason) in [
            (&b""[..], "there is no PEM certificate"),
            (b"canary", "there is no PEM certificate"),
            (
                b"-----BEGIN CERTIFICATE-----\ncanary\n",
                "the root certificates cannot be read",
            ),
            (
                b"-----BEGIN CERTIFICATE-----\n!canary!\n-----END CERTIFICATE-----\n",
                "the root certificates cannot be read",
            ),
        ] {
            let line = refusal(RootCertificates::from_pem(pem));
            assert!(line.contains(reason), "{line}");
        }
    }

    #[test]
    fn what_is_not_a_pem_key_is_refused_and_not_shown() {
        let chain = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for key in [
            &b"canary"[..],
            b"-----BEGIN PRIVATE KEY-----\n!canary!\n-----END PRIVATE KEY-----\n",
            b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
            chain,
        ] {
            let line = refusal(ClientCertificate::from_pem(chain, key));
            assert!(line.contains("key is not an unencrypted PEM key"), "{line}");
        }
        let line = refusal(ClientCertificate::from_pem(b"canary", b"canary"));
        assert!(line.contains("there is no PEM certificate"), "{line}");
    }

    static SERVICE: Service = Service::new("test/0.0.0", |_| VendorMessage::default());

    fn build(url: &str, config: &TransportConfig) {
        Transport::new(&SERVICE, url, HeaderMap::new(), config).unwrap();
    }

    /// How many TLS configurations are made for a hundred clients.
    fn made_for_a_hundred(url: &str, config: &TransportConfig) -> usize {
        let before = COUNT.get();
        for _ in 0..100 {
            build(url, config);
        }
        COUNT.get() - before
    }

    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    #[test]
    fn clients_of_one_choice_share_one_configuration_until_certificates_are_reloaded() {
        let url = "https://service.test";
        let key = rcgen::KeyPair::generate().unwrap();
        let root = rcgen::CertificateParams::default()
            .self_signed(&key)
            .unwrap();
        let plain = TransportConfig::default();
        let config = plain
            .clone()
            .root_certificates(RootCertificates::from_der(root.der()));
        assert_eq!(made_for_a_hundred(url, &config), 1);
        assert_eq!(made_for_a_hundred(url, &config), 0);
        let (chain, key) = (root.pem(), key.serialize_pem());
        let client = ClientCertificate::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
        assert_eq!(
            made_for_a_hundred(url, &config.clone().client_certificate(client)),
            1
        );
        Tls::reload_certificates();
        assert_eq!(made_for_a_hundred(url, &config), 1);
        assert_eq!(made_for_a_hundred("http://127.0.0.1:1", &config), 0);
    }
}
