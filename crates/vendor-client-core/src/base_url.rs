//! Where a service is: checked once, so that credentials go nowhere else.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::Error;

/// The base URL of a service: an origin, perhaps with a path prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    url: Url,
    /// Without a slash at the end.
    text: String,
    host: String,
    port: u16,
    is_https: bool,
    is_loopback: bool,
}

impl BaseUrl {
    /// Reads a base URL. It must be https, unless its host is loopback or `insecure` allows
    /// plain http.
    pub(crate) fn parse(text: &str, insecure: bool) -> Result<Self, Error> {
        let url = Url::parse(text)
            .map_err(|source| Error::configuration_from("the base URL is not a URL", source))?;
        let refuse = |reason: &str| Err(Error::configuration(reason));
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the base URL must hold no credentials");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("the base URL must end with its path, without query or fragment");
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return refuse("the base URL must name a host");
        };
        let is_loopback = is_loopback(host);
        match url.scheme() {
            "https" => {}
            "http" if is_loopback || insecure => {}
            "http" => {
                return refuse(
                    "the base URL must be https: credentials and addresses would go over the \
                     network in the clear",
                );
            }
            _ => return refuse("the base URL must be https"),
        }
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            host: host.to_owned(),
            port,
            is_https: url.scheme() == "https",
            is_loopback,
            url,
        })
    }

    /// The URL itself. Setting path and query on a copy cannot change the origin.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The path, without a slash at the end.
    pub(crate) fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        BaseUrl::parse(text, false).unwrap_err().to_string()
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert!(refusal("http://example.com").contains("must be https"));
        assert!(refusal("http://localhost.example.com").contains("must be https"));
        assert!(refusal("http://127.0.0.1.example.com").contains("must be https"));
        for loopback in [
            "http://localhost:1",
            "http://127.0.0.1",
            "http://[::1]:8080/x",
        ] {
            assert!(BaseUrl::parse(loopback, false).is_ok(), "{loopback}");
        }
    }

    #[test]
    fn plain_http_elsewhere_must_be_asked_for() {
        assert!(BaseUrl::parse("http://gateway.internal/x", true).is_ok());
    }

    #[test]
    fn no_other_scheme_is_taken() {
        assert!(refusal("ftp://example.com").contains("https"));
        assert!(refusal("file:///etc/passwd").contains("host"));
        assert!(BaseUrl::parse("ftp://example.com", true).is_err());
    }

    #[test]
    fn credentials_in_the_url_are_refused_and_not_repeated() {
        let refusal = refusal("https://user:canary-password@example.com");
        assert!(refusal.contains("no credentials"));
        assert!(!refusal.contains("canary"));
    }

    #[test]
    fn a_query_or_fragment_is_refused() {
        assert!(refusal("https://example.com/?a=b").contains("query"));
        assert!(refusal("https://example.com/#a").contains("query"));
    }

    #[test]
    fn a_path_prefix_is_kept() {
        let base = BaseUrl::parse("https://example.com/ocean-3.0.0/", false).unwrap();
        assert_eq!(base.as_str(), "https://example.com/ocean-3.0.0");
        assert_eq!((base.host(), base.port()), ("example.com", 443));
        assert!(base.is_https());
    }
}
