//! Why there was no connection, in our own words: what the errors of the layers below say without
//! host names, addresses or certificates.

use std::error::Error as StdError;
use std::io;

/// What kept a request from being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) reason: &'static str,
    /// Whether another attempt may fare better without anybody changing anything.
    pub(crate) is_passing: bool,
}

impl Cause {
    const fn passing(reason: &'static str) -> Self {
        Self {
            reason,
            is_passing: true,
        }
    }

    const fn lasting(reason: &'static str) -> Self {
        Self {
            reason,
            is_passing: false,
        }
    }
}

const PROXY_CREDENTIALS: Cause = Cause::lasting("the proxy requires other credentials (407)");
const PROXY_UNREACHABLE: Cause = Cause::passing("the proxy could not be reached");
const PROXY_REFUSED: Cause = Cause::passing("the proxy opened no tunnel to the server");
const UNRESOLVED: Cause = Cause::passing("the host name could not be resolved");
const REFUSED: Cause = Cause::passing("the connection was refused");

/// What is wrong with certificates.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod certificates {
    use super::Cause;

    pub(super) const UNKNOWN_AUTHORITY: Cause =
        Cause::lasting("the server's certificate is from an unknown authority");
    pub(super) const EXPIRED: Cause = Cause::lasting("the server's certificate has expired");
    pub(super) const NOT_YET_VALID: Cause =
        Cause::lasting("the server's certificate is not valid yet");
    pub(super) const ANOTHER_HOST: Cause =
        Cause::lasting("the server's certificate is for another host name");
    pub(super) const REVOKED: Cause = Cause::lasting("the server's certificate was revoked");
    pub(super) const BAD_CERTIFICATE: Cause =
        Cause::lasting("the server's certificate was rejected");
    pub(super) const CLIENT_CERTIFICATE_MISSING: Cause =
        Cause::lasting("the server requires a client certificate");
    pub(super) const CLIENT_CERTIFICATE_REJECTED: Cause =
        Cause::lasting("the server rejected the client certificate");
}

/// The first cause in the chain of an error that kept its request from being sent; `None` if
/// nothing in the chain is known to.
pub(crate) fn of(error: &(dyn StdError + 'static)) -> Option<Cause> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(cause) = of_one(error) {
            return Some(cause);
        }
        next = error.source();
    }
    None
}

fn of_one(error: &(dyn StdError + 'static)) -> Option<Cause> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return of_io(error);
    }
    #[cfg(feature = "rustls")]
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return of_rustls(error);
    }
    #[cfg(feature = "native-tls")]
    if let Some(cause) = of_native_text(&error.to_string()) {
        return Some(cause);
    }
    of_text(&error.to_string())
}

/// An error of the system's may have one of a library inside, which its source skips.
fn of_io(error: &io::Error) -> Option<Cause> {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        return Some(REFUSED);
    }
    of(error.get_ref()?)
}

/// The HTTP client's own errors have no public type.
fn of_text(text: &str) -> Option<Cause> {
    match text {
        "dns error" => Some(UNRESOLVED),
        "tunnel error: proxy authorization required" => Some(PROXY_CREDENTIALS),
        "tunnel error: failed to create underlying connection" => Some(PROXY_UNREACHABLE),
        "tunnel error: unsuccessful" => Some(PROXY_REFUSED),
        _ => None,
    }
}

#[cfg(feature = "rustls")]
fn of_rustls(error: &rustls::Error) -> Option<Cause> {
    use certificates::*;
    use rustls::{AlertDescription as Alert, CertificateError, Error};

    match error {
        Error::InvalidCertificate(error) => Some(match error {
            CertificateError::UnknownIssuer => UNKNOWN_AUTHORITY,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => EXPIRED,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                NOT_YET_VALID
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                ANOTHER_HOST
            }
            CertificateError::Revoked => REVOKED,
            _ => BAD_CERTIFICATE,
        }),
        // A server sends these instead of reading the request, even if it was sent already.
        Error::AlertReceived(Alert::CertificateRequired) => Some(CLIENT_CERTIFICATE_MISSING),
        Error::AlertReceived(
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA,
        ) => Some(CLIENT_CERTIFICATE_REJECTED),
        _ => None,
    }
}

/// The platform's libraries have only words; these are OpenSSL's. Other platforms' are in the
/// language of the user.
#[cfg(feature = "native-tls")]
fn of_native_text(text: &str) -> Option<Cause> {
    use certificates::*;

    const WORDS: [(&str, Cause); 13] = [
        ("alert certificate required", CLIENT_CERTIFICATE_MISSING),
        ("alert bad certificate", CLIENT_CERTIFICATE_REJECTED),
        ("alert certificate unknown", CLIENT_CERTIFICATE_REJECTED),
        ("alert certificate expired", CLIENT_CERTIFICATE_REJECTED),
        ("alert unknown ca", CLIENT_CERTIFICATE_REJECTED),
        ("(certificate has expired)", EXPIRED),
        ("(certificate is not yet valid)", NOT_YET_VALID),
        ("(certificate revoked)", REVOKED),
        ("(hostname mismatch)", ANOTHER_HOST),
        ("(IP address mismatch)", ANOTHER_HOST),
        ("local issuer certificate)", UNKNOWN_AUTHORITY),
        ("(self-signed certificate", UNKNOWN_AUTHORITY),
        ("certificate verify failed", BAD_CERTIFICATE),
    ];
    let found = WORDS.iter().find(|(words, _)| text.contains(words));
    found.map(|(_, cause)| *cause)
}
