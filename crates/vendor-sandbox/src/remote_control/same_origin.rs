//! Who may reach the remote control: any program, but no website other than its own page.
//!
//! Without this, a website that a developer has open could reset the sandbox by a form that posts to
//! localhost, or read it through a host name that it lets point to 127.0.0.1.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use hyper::header::{HOST, ORIGIN};

/// Refuses what a browser sends for another site. The error says why.
pub(super) fn demand(headers: &HeaderMap, address: SocketAddr) -> Result<(), String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST.as_str()).unwrap_or_default();
    if address.ip().is_loopback() && !names_this_machine(host) {
        return Err(format!(
            "the remote control is reached by an address or as `localhost`, not as `{host}`"
        ));
    }
    let of_another_site = |from: &str| {
        Err(format!(
            "requests from other sites are refused; this one comes from {from}"
        ))
    };
    match headers.get(ORIGIN).map(|origin| origin.to_str()) {
        Some(Ok(origin)) if origin.eq_ignore_ascii_case(&format!("http://{host}")) => {}
        Some(origin) => return of_another_site(&format!("`{}`", origin.unwrap_or_default())),
        None => {}
    }
    match text("sec-fetch-site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => of_another_site("one"),
    }
}

/// Whether a `Host` is an address or localhost, which no website can make its own. Every browser
/// sends a `Host`, so a request without one is not a website's.
fn names_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let name = name.to_ascii_lowercase();
    let is_address = name.parse::<IpAddr>().is_ok();
    is_address || name.is_empty() || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(address: &str, headers: &[(&'static str, &str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name = hyper::header::HeaderName::from_static(name);
                (name, value.parse().unwrap())
            })
            .collect();
        demand(&headers, address.parse().unwrap()).is_ok()
    }

    #[test]
    fn programs_and_the_own_page_are_let_in() {
        let here = "127.0.0.1:4700";
        for headers in [
            &[][..],
            &[("host", "127.0.0.1:4700")],
            &[("host", "[::1]:4700")],
            &[
                ("host", "localhost:4700"),
                ("origin", "http://localhost:4700"),
            ],
            &[
                ("host", "localhost:4700"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("host", "localhost:4700"), ("sec-fetch-site", "none")],
        ] {
            assert!(allows(here, headers), "{headers:?}");
        }
        assert!(allows("0.0.0.0:4700", &[("host", "sandbox:4700")]));
    }

    #[test]
    fn other_sites_are_kept_out() {
        let here = "127.0.0.1:4700";
        for headers in [
            &[
                ("host", "localhost:4700"),
                ("origin", "http://evil.example"),
            ][..],
            &[
                ("host", "localhost:4700"),
                ("origin", "http://localhost:3000"),
            ],
            &[
                ("host", "localhost:4700"),
                ("origin", "https://localhost:4700"),
            ],
            &[("host", "localhost:4700"), ("origin", "null")],
            &[("host", "localhost:4700"), ("sec-fetch-site", "cross-site")],
            &[("host", "localhost:4700"), ("sec-fetch-site", "same-site")],
            // A name that the site lets point here.
            &[
                ("host", "evil.example:4700"),
                ("origin", "http://evil.example:4700"),
            ],
            &[("host", "evil.example:4700")],
            &[("host", "127.0.0.1.evil.example")],
        ] {
            assert!(!allows(here, headers), "{headers:?}");
        }
    }
}
