//! Everything that a test in Rust can see and do, over HTTP: for programs in other languages, and
//! for the page in a browser.
//!
//! | Request | Body | Response |
//! | --- | --- | --- |
//! | `GET /` | | 200: the page |
//! | `GET /_sandbox/openapi/<vendor>.json` | | 200: the vendor's description in OpenAPI, with the sandbox's own URL |
//! | `GET /_sandbox/state` | | 200: the time, and each vendor's URL, credentials, routes, settings, faults and world |
//! | `GET /_sandbox/faults` | | 200, by vendor: what is planned |
//! | `POST /_sandbox/faults` | a [`faults::PlanFault`] | 204 |
//! | `DELETE /_sandbox/faults` | | 204 |
//! | `POST /_sandbox/faults/release` | | 204; requests that are held go on |
//! | `GET /_sandbox/settings` | | 200, by vendor |
//! | `POST /_sandbox/settings` | `{"vendor", "settings": {…}}` | 200, the vendor's settings |
//! | `GET /_sandbox/ledger` | query `vendor`, `after` (a sequence number), both optional | 200, by vendor: connections, entries, and how many were dropped |
//! | `POST /_sandbox/clock/advance` | `{"seconds"}` | 200, `{"now"}` |
//! | `POST /_sandbox/clock/set` | `{"now"}` | 200, `{"now"}` |
//! | `POST /_sandbox/clock/reset` | | 200, `{"now"}` |
//! | `POST /_sandbox/reset` | | 204 |
//!
//! What only one vendor has is in [`worlds`].

mod descriptions;
mod faults;
mod same_origin;
mod worlds;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_SECURITY_POLICY, HOST};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpStream;

use crate::clock::{Clock, rfc3339};
use crate::emulator::Emulator;
use crate::exchange::{Response, pairs};
use crate::sandbox::Vendors;

/// The largest request body that is read.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// What the remote control reaches.
#[derive(Debug)]
pub(crate) struct RemoteControl {
    pub(crate) emulators: Vec<Arc<Emulator>>,
    pub(crate) vendors: Arc<Vendors>,
    pub(crate) clock: Clock,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

/// What a control works with.
struct Asked {
    query: Vec<(String, String)>,
    body: Bytes,
}

/// What a request does. A refusal has changed nothing.
type Control = fn(&RemoteControl, &Asked) -> Result<Response, Response>;

const CONTROLS: &[(&str, &str, Control)] = &[
    ("GET", "/_sandbox/state", RemoteControl::state),
    ("GET", "/_sandbox/faults", RemoteControl::planned_faults),
    ("POST", "/_sandbox/faults", RemoteControl::plan_fault),
    ("DELETE", "/_sandbox/faults", RemoteControl::clear_faults),
    (
        "POST",
        "/_sandbox/faults/release",
        RemoteControl::release_requests,
    ),
    ("GET", "/_sandbox/settings", RemoteControl::settings),
    ("POST", "/_sandbox/settings", RemoteControl::change_settings),
    ("GET", "/_sandbox/ledger", RemoteControl::ledger),
    (
        "POST",
        "/_sandbox/clock/advance",
        RemoteControl::advance_clock,
    ),
    ("POST", "/_sandbox/clock/set", RemoteControl::set_clock),
    ("POST", "/_sandbox/clock/reset", RemoteControl::reset_clock),
    ("POST", "/_sandbox/reset", RemoteControl::reset),
    (
        "POST",
        "/_sandbox/ocean-geomission/mission",
        RemoteControl::change_mission,
    ),
    (
        "POST",
        "/_sandbox/ocean-geomission/revoke-tokens",
        RemoteControl::revoke_tokens,
    ),
    (
        "POST",
        "/_sandbox/geoplanning/change-round",
        RemoteControl::change_round,
    ),
    (
        "GET",
        "/_sandbox/cegid-loop/letters",
        RemoteControl::letters,
    ),
    (
        "PUT",
        "/_sandbox/cegid-loop/letters",
        RemoteControl::set_letters,
    ),
    (
        "GET",
        "/_sandbox/cegid-loop/activities",
        RemoteControl::activities,
    ),
    (
        "PUT",
        "/_sandbox/cegid-loop/activities",
        RemoteControl::set_activities,
    ),
];

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    now: String,
}

impl RemoteControl {
    fn respond(&self, head: &Parts, body: Bytes) -> Response {
        if let Some(response) = self.public(head) {
            return response;
        }
        let response = self
            .demand_same_origin(&head.headers)
            .and_then(|()| find(head.method.as_str(), head.uri.path()))
            .and_then(|control| {
                let query = pairs(head.uri.query().unwrap_or_default());
                let query = query.ok_or_else(|| problem(400, "the query is not well encoded"))?;
                control(self, &Asked { query, body })
            });
        response.unwrap_or_else(|problem| problem)
    }

    /// What any site may show or link to: it holds nothing that is not published.
    fn public(&self, head: &Parts) -> Option<Response> {
        let path = head.uri.path();
        match head.method == Method::GET {
            true if path == "/" => Some(page()),
            true => self.description(path, head.headers.get(HOST)?.to_str().ok()?),
            false => None,
        }
    }

    fn demand_same_origin(&self, headers: &HeaderMap) -> Result<(), Response> {
        same_origin::demand(headers, self.address).map_err(|reason| problem(403, &reason))
    }

    fn state(&self, asked: &Asked) -> Result<Response, Response> {
        asked.demand_query(&[])?;
        let vendors: Map<String, Value> = self
            .emulators
            .iter()
            .map(|emulator| (emulator.name().to_owned(), vendor_state(emulator)))
            .collect();
        let state = json!({ "now": rfc3339(self.clock.now()), "vendors": vendors });
        Ok(Response::json(200, &state))
    }

    fn emulator(&self, vendor: &str) -> Result<&Emulator, Response> {
        let mut emulators = self.emulators.iter();
        let found = emulators.find(|emulator| emulator.name() == vendor);
        let names = self.emulators.iter().map(|emulator| emulator.name());
        Ok(found.ok_or_else(|| unknown("vendor", vendor, names))?)
    }

    fn by_vendor(&self, page: impl Fn(&Emulator) -> Value) -> Response {
        let emulators = self.emulators.iter();
        let pages: Map<String, Value> = emulators
            .map(|emulator| (emulator.name().to_owned(), page(emulator)))
            .collect();
        Response::json(200, &Value::from(pages))
    }

    fn settings(&self, _: &Asked) -> Result<Response, Response> {
        Ok(self.by_vendor(Emulator::settings))
    }

    fn change_settings(&self, asked: &Asked) -> Result<Response, Response> {
        let change: ChangeSettings = asked.read()?;
        let emulator = self.emulator(&change.vendor)?;
        emulator
            .change_settings(change.settings)
            .map_err(|error| problem(400, &error.to_string()))?;
        Ok(Response::json(200, &emulator.settings()))
    }

    fn ledger(&self, asked: &Asked) -> Result<Response, Response> {
        asked.demand_query(&["vendor", "after"])?;
        let after: Option<u64> = asked.number("after")?;
        let page = |emulator: &Emulator| {
            let ledger = emulator.ledger();
            let entries = match after {
                Some(sequence) => ledger.entries_after(sequence),
                None => ledger.entries(),
            };
            json!({
                "connections": ledger.connections(),
                "open_connections": ledger.open_connections(),
                "entries": entries,
                "oldest": ledger.oldest(),
                "dropped": ledger.dropped(),
            })
        };
        let Some(vendor) = asked.query("vendor") else {
            return Ok(self.by_vendor(page));
        };
        let emulator = self.emulator(vendor)?;
        let one = json!({ emulator.name(): page(emulator) });
        Ok(Response::json(200, &one))
    }

    fn advance_clock(&self, asked: &Asked) -> Result<Response, Response> {
        let Advance { seconds } = asked.read()?;
        self.clock.advance(Duration::from_secs(seconds));
        Ok(self.now())
    }

    fn set_clock(&self, asked: &Asked) -> Result<Response, Response> {
        let Set { now } = asked.read()?;
        let instant = OffsetDateTime::parse(&now, &Rfc3339).map_err(|_| {
            let text = "`now` must be an instant such as 2026-03-02T08:00:00Z";
            problem(400, text)
        })?;
        self.clock.set(instant);
        Ok(self.now())
    }

    fn reset_clock(&self, _: &Asked) -> Result<Response, Response> {
        self.clock.reset();
        Ok(self.now())
    }

    fn now(&self) -> Response {
        Response::json(200, &json!({ "now": rfc3339(self.clock.now()) }))
    }

    fn reset(&self, _: &Asked) -> Result<Response, Response> {
        for emulator in &self.emulators {
            emulator.reset();
        }
        Ok(Response::new(204))
    }
}

/// The page for a browser: one file, which loads nothing.
fn page() -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; \
        style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'";
    Response::html(200, include_str!("remote_control/page.html"))
        .header(CONTENT_SECURITY_POLICY.as_str(), POLICY)
}

fn vendor_state(emulator: &Emulator) -> Value {
    let credentials: Map<String, Value> = emulator
        .credentials()
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect();
    json!({
        "title": emulator.title(),
        "base_url": emulator.base_url(),
        "credentials": credentials,
        "routes": emulator.served_operations(),
        "settings": emulator.settings(),
        "faults": emulator.faults().planned(),
        "world": emulator.state(),
    })
}

impl Asked {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Response> {
        serde_json::from_slice(&self.body).map_err(|error| problem(400, &error.to_string()))
    }

    fn query(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        let (_, value) = query.find(|(given, _)| given == name)?;
        Some(value)
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Response> {
        let number = self.query(name).map(str::parse).transpose();
        number.map_err(|_| {
            let text = format!("query parameter `{name}` must be a whole number");
            problem(400, &text)
        })
    }

    /// Refuses query parameters other than these.
    fn demand_query(&self, known: &[&str]) -> Result<(), Response> {
        let mut names = self.query.iter().map(|(name, _)| name);
        match names.find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(unknown("query parameter", name, known)),
            None => Ok(()),
        }
    }
}

fn find(method: &str, path: &str) -> Result<Control, Response> {
    let here = CONTROLS.iter().filter(|(_, known, _)| *known == path);
    let here: Vec<_> = here.collect();
    if here.is_empty() {
        let public = ["GET /", "GET /_sandbox/openapi/<vendor>.json"].map(str::to_owned);
        let controls = CONTROLS.iter();
        let controls = controls.map(|(method, path, _)| format!("{method} {path}"));
        let known = public.into_iter().chain(controls);
        let mut response = unknown("control", path, known);
        response.status = 404;
        return Err(response);
    }
    let found = here.iter().find(|(known, _, _)| *known == method);
    found.map(|(_, _, control)| *control).ok_or_else(|| {
        let allowed: Vec<&str> = here.iter().map(|(method, _, _)| *method).collect();
        let allowed = allowed.join(", ");
        let text = format!("`{path}` has no {method}; there are {allowed}");
        problem(405, &text).header(ALLOW.as_str(), allowed)
    })
}

fn problem(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "message": text }))
}

/// A refusal of what is not there, which lists what is.
fn unknown(
    what: &str,
    given: &str,
    known: impl IntoIterator<Item = impl std::fmt::Display>,
) -> Response {
    let known: Vec<String> = known.into_iter().map(|known| known.to_string()).collect();
    let known = match known.as_slice() {
        [] => "there is none".to_owned(),
        [only] => format!("there is only {only}"),
        several => format!("there are {}", several.join(", ")),
    };
    problem(400, &format!("no such {what}: `{given}`; {known}"))
}

/// Serves one connection to the remote control.
pub(crate) async fn serve(control: Arc<RemoteControl>, socket: TcpStream) {
    let handler = service_fn(|request: Request<Incoming>| {
        let control = Arc::clone(&control);
        async move {
            let (head, body) = request.into_parts();
            let response = match Limited::new(body, MAX_BODY).collect().await {
                Ok(body) => control.respond(&head, body.to_bytes()),
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
