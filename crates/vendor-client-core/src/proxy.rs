//! The proxy between a client and its service.

use std::fmt;

use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::Error;

/// A proxy that all calls go through, instead of that of `HTTPS_PROXY` and its like.
///
/// Calls over https go through a tunnel (`CONNECT`), so the proxy sees only the service's host
/// name. Its credentials are for the proxy alone, which needs an https URL of its own if the
/// network up to it cannot be trusted.
///
/// ```
/// use vendor_client_core::{Proxy, TransportConfig};
///
/// # fn configure(password: String) -> Result<(), vendor_client_core::Error> {
/// let proxy = Proxy::new("http://proxy.internal:3128")?.basic_auth("svc-planning", password);
/// let config = TransportConfig::default().proxy(proxy);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    credentials: Option<(SecretString, SecretString)>,
}

impl Proxy {
    /// A proxy at an http or https URL.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if it isn't such a URL, or
    /// holds credentials, which belong into [`basic_auth`](Self::basic_auth).
    pub fn new(url: &str) -> Result<Self, Error> {
        let url = Url::parse(url)
            .map_err(|source| Error::configuration_from("the proxy is not a URL", source))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::configuration(
                "the proxy's URL must be http or https",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::configuration(
                "the proxy's URL must hold no credentials, give them to `basic_auth`",
            ));
        }
        Ok(Self {
            url,
            credentials: None,
        })
    }

    /// Logs in to the proxy by name and password.
    #[must_use]
    pub fn basic_auth(
        mut self,
        name: impl Into<SecretString>,
        password: impl Into<SecretString>,
    ) -> Self {
        self.credentials = Some((name.into(), password.into()));
        self
    }

    pub(crate) fn to_reqwest(&self) -> Result<reqwest::Proxy, Error> {
        let proxy = reqwest::Proxy::all(self.url.clone())
            .map_err(|source| Error::configuration_from("the proxy cannot be used", source))?;
        Ok(match &self.credentials {
            Some((name, password)) => {
                proxy.basic_auth(name.expose_secret(), password.expose_secret())
            }
            None => proxy,
        })
    }
}

/// Compares where the proxy is and how the client logs in to it.
impl PartialEq for Proxy {
    fn eq(&self, other: &Self) -> bool {
        let exposed = |proxy: &Self| {
            let credentials = proxy.credentials.as_ref();
            credentials.map(|(name, password)| {
                (
                    name.expose_secret().to_owned(),
                    password.expose_secret().to_owned(),
                )
            })
        };
        self.url == other.url && exposed(self) == exposed(other)
    }
}

/// Shows the proxy's host, not the credentials.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("host", &self.url.host_str())
            .field("port", &self.url.port_or_known_default())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_http_url_without_credentials() {
        for (url, reason) in [
            ("proxy.internal", "not a URL"),
            ("socks5://proxy.internal", "must be http or https"),
            ("http://canary:canary@proxy.internal", "no credentials"),
        ] {
            let error = Proxy::new(url).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }

    #[test]
    fn debug_shows_no_credentials() {
        let proxy = Proxy::new("https://proxy.internal").unwrap();
        let proxy = proxy.basic_auth("canary-name", "canary-password");
        let shown = format!("{proxy:?}");
        assert!(shown.contains("proxy.internal") && !shown.contains("canary"));
    }
}
