//! Faults, ledger and clock over HTTP, for programs that are not written in Rust.
//!
//! | Request | Body | Response |
//! | --- | --- | --- |
//! | `POST /_sandbox/faults` | a [`PlanFault`] | 204 |
//! | `GET /_sandbox/settings` | | 200, by vendor |
//! | `POST /_sandbox/settings` | `{"vendor", "settings": {…}}` | 200, the vendor's settings |
//! | `GET /_sandbox/ledger` | | 200, by vendor: connections, entries, and how many were dropped |
//! | `POST /_sandbox/clock/advance` | `{"seconds"}` | 200, `{"now"}` |
//! | `POST /_sandbox/reset` | | 204 |

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpStream;

use crate::clock::Clock;
use crate::emulator::Emulator;
use crate::exchange::Response;
use crate::fault::{Fault, Odds, Planned};

/// The largest request body that is read.
const MAX_BODY: usize = 1024 * 1024;

/// What the remote control reaches.
#[derive(Debug)]
pub(crate) struct RemoteControl {
    emulators: Vec<Arc<Emulator>>,
    clock: Clock,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFault {
    vendor: String,
    /// Default: any route.
    route: Option<String>,
    /// Default: anything.
    about: Option<String>,
    #[serde(default)]
    times: Times,
    /// Default: every request that fits.
    one_in: Option<u64>,
    /// For `one_in`. Default: 0.
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    after_processing: bool,
    fault: Fault,
}

/// How many requests meet a fault: a number, or `"always"`. Default: 1.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`times` must be a whole number or \"always\"")]
enum Times {
    Number(u64),
    Named(Named),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Named {
    Always,
}

impl Default for Times {
    fn default() -> Self {
        Self::Number(1)
    }
}

impl From<Times> for u64 {
    fn from(times: Times) -> Self {
        match times {
            Times::Number(times) => times,
            Times::Named(Named::Always) => Self::MAX,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeSettings {
    vendor: String,
    settings: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

impl RemoteControl {
    pub(crate) fn new(emulators: Vec<Arc<Emulator>>, clock: Clock) -> Self {
        Self { emulators, clock }
    }

    fn respond(&self, method: &str, path: &str, body: &[u8]) -> Response {
        let response = match (method, path) {
            ("POST", "/_sandbox/faults") => self.plan_fault(body),
            ("GET", "/_sandbox/settings") => Ok(self.settings()),
            ("POST", "/_sandbox/settings") => self.change_settings(body),
            ("GET", "/_sandbox/ledger") => Ok(self.ledger()),
            ("POST", "/_sandbox/clock/advance") => self.advance_clock(body),
            ("POST", "/_sandbox/reset") => Ok(self.reset()),
            _ => Err(problem(404, "no such control")),
        };
        response.unwrap_or_else(|problem| problem)
    }

    fn plan_fault(&self, body: &[u8]) -> Result<Response, Response> {
        let plan: PlanFault = read(body)?;
        let emulator = self.emulator(&plan.vendor)?;
        if let Some(route) = plan.route.as_deref()
            && !emulator.served_operations().contains(&route)
        {
            return Err(problem(400, "no such route"));
        }
        emulator.faults().plant(Planned {
            route: plan.route,
            about: plan.about,
            times: plan.times.into(),
            odds: plan.one_in.map(|one_in| Odds::new(one_in, plan.seed)),
            after_processing: plan.after_processing,
            fault: plan.fault,
        });
        Ok(Response::new(204))
    }

    fn emulator(&self, vendor: &str) -> Result<&Emulator, Response> {
        let mut emulators = self.emulators.iter();
        let found = emulators.find(|emulator| emulator.name() == vendor);
        Ok(found.ok_or_else(|| problem(400, "no such vendor"))?)
    }

    fn by_vendor(&self, page: impl Fn(&Emulator) -> Value) -> Response {
        let emulators = self.emulators.iter();
        let pages: Map<String, Value> = emulators
            .map(|emulator| (emulator.name().to_owned(), page(emulator)))
            .collect();
        Response::json(200, &Value::from(pages))
    }

    fn settings(&self) -> Response {
        self.by_vendor(Emulator::settings)
    }

    fn change_settings(&self, body: &[u8]) -> Result<Response, Response> {
        let change: ChangeSettings = read(body)?;
        let emulator = self.emulator(&change.vendor)?;
        emulator
            .change_settings(change.settings)
            .map_err(|error| problem(400, &error.to_string()))?;
        Ok(Response::json(200, &emulator.settings()))
    }

    fn ledger(&self) -> Response {
        self.by_vendor(|emulator| {
            let ledger = emulator.ledger();
            json!({
                "connections": ledger.connections(),
                "open_connections": ledger.open_connections(),
                "entries": ledger.entries(),
                "dropped": ledger.dropped(),
            })
        })
    }

    fn advance_clock(&self, body: &[u8]) -> Result<Response, Response> {
        let Advance { seconds } = read(body)?;
        self.clock.advance(Duration::from_secs(seconds));
        let now = self.clock.now().format(&Rfc3339).unwrap_or_default();
        Ok(Response::json(200, &json!({ "now": now })))
    }

    fn reset(&self) -> Response {
        for emulator in &self.emulators {
            emulator.reset();
        }
        Response::new(204)
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Response> {
    serde_json::from_slice(body).map_err(|error| problem(400, &error.to_string()))
}

fn problem(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "message": text }))
}

/// Serves one connection to the remote control.
pub(crate) async fn serve(control: Arc<RemoteControl>, socket: TcpStream) {
    let handler = service_fn(|request: Request<Incoming>| {
        let control = Arc::clone(&control);
        async move {
            let (head, body) = request.into_parts();
            let response = match Limited::new(body, MAX_BODY).collect().await {
                Ok(body) => {
                    let body = body.to_bytes();
                    control.respond(head.method.as_str(), head.uri.path(), &body)
                }
                Err(_) => problem(413, "the body is too long or incomplete"),
            };
            Ok::<_, Infallible>(response.into_hyper())
        }
    });
    // A connection that ends badly concerns nobody.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(socket), handler)
        .await;
}
