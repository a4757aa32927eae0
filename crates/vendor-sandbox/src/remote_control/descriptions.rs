//! Each vendor's description in OpenAPI, for any tool that reads one.

use std::net::SocketAddr;

use hyper::header::ACCESS_CONTROL_ALLOW_ORIGIN;

use super::RemoteControl;
use crate::exchange::Response;

impl RemoteControl {
    /// The description at a path. `host` is what the tool calls this machine.
    pub(super) fn description(&self, path: &str, host: &str) -> Option<Response> {
        let vendor = path
            .strip_prefix("/_sandbox/openapi/")?
            .strip_suffix(".json")?;
        let mut emulators = self.emulators.iter();
        let emulator = emulators.find(|emulator| emulator.name() == vendor)?;
        let authority = reachable(emulator.address(), host);
        let description = emulator.openapi(&emulator.base_url_at(&authority))?;
        // Tools in a browser have an origin of their own.
        let anyone = ACCESS_CONTROL_ALLOW_ORIGIN.as_str();
        Some(Response::json(200, &description).header(anyone, "*"))
    }
}

/// An address as a caller reaches it: 0.0.0.0 is wherever the caller found the remote control.
fn reachable(address: SocketAddr, host: &str) -> String {
    if !address.ip().is_unspecified() {
        return address.to_string();
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    format!("{name}:{}", address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_stands_for_all_is_called_as_the_caller_does() {
        for (address, host, expected) in [
            ("127.0.0.1:4701", "localhost:4700", "127.0.0.1:4701"),
            ("0.0.0.0:4701", "sandbox:4700", "sandbox:4701"),
            ("0.0.0.0:4701", "sandbox", "sandbox:4701"),
            ("[::]:4701", "[::1]:4700", "[::1]:4701"),
        ] {
            assert_eq!(reachable(address.parse().unwrap(), host), expected);
        }
    }
}
