//! One vendor on its own port: from a request to what is sent back.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::ALLOW;
use hyper::http::request::Parts;
use serde_json::{Map, Value, json};

use crate::contract::Contract;
use crate::exchange::{Call, Handled, Response, pairs};
use crate::fault::{ConnectionEnd, Fault, Faults, Planned};
use crate::ledger::{Ending, Ledger, OpenEntry, Received};
use crate::route::{self, Missing};
use crate::script::Script;
use crate::settings::InvalidSettings;

/// The largest request body that is read.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// What a vendor's module gives to the framework.
///
/// The framework finds the route, carries out faults and keeps the ledger; the vendor's module
/// authenticates, checks the call against the contract, changes its world and responds.
pub(crate) trait Vendor: Send + Sync + 'static {
    /// The vendor's contract.
    fn contract(&self) -> &'static Contract;

    /// The vendor's description in OpenAPI, as the pages have it.
    fn openapi(&self) -> &'static str;

    /// The vendor's name as it writes it.
    fn title(&self) -> &'static str;

    /// The demo account: what each credential is, and its value.
    fn credentials(&self) -> &'static [(&'static str, &'static str)];

    /// The path prefixes of the vendor's own base URLs; each empty, or with a slash in front. The
    /// first is that of [`Emulator::base_url`].
    fn base_paths(&self) -> &'static [&'static str];

    /// The names of the routes that [`handle`](Self::handle) knows.
    fn served(&self) -> Vec<&'static str>;

    /// The caller's own key in a call, for the ledger and for faults.
    fn about(&self, call: &Call) -> Option<String>;

    /// Acts on a call by one of the [`served`](Self::served) routes.
    fn handle(&self, call: &Call) -> Handled;

    /// Responds as if it had acted on a call, and changes nothing.
    fn rehearse(&self, call: &Call) -> Response;

    /// The settings as a JSON object.
    fn settings(&self) -> Value;

    /// Changes some of the settings.
    fn change_settings(&self, changes: Map<String, Value>) -> Result<(), InvalidSettings>;

    /// An error response in the vendor's own shape.
    fn refuse(&self, status: u16, reason: &str) -> Response;

    /// The world as JSON, for somebody to look at.
    fn state(&self) -> Value;

    /// Restores the world to what it was at the start.
    fn reset(&self);
}

/// Gives a vendor's public type what is common to all.
macro_rules! emulated {
    ($vendor:ident) => {
        impl std::fmt::Debug for $vendor {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.debug_struct(stringify!($vendor))
                    .field("base_url", &self.base_url())
                    .finish_non_exhaustive()
            }
        }

        impl $vendor {
            /// What is common to every vendor.
            pub fn emulator(&self) -> &$crate::Emulator {
                &self.emulator
            }

            /// The URL that stands for the vendor's own base URL, without a slash at its end.
            pub fn base_url(&self) -> String {
                self.emulator.base_url()
            }

            /// Plans misbehaviour.
            pub fn faults(&self) -> &$crate::Faults {
                self.emulator.faults()
            }

            /// What was received, and what took effect.
            pub fn ledger(&self) -> &$crate::Ledger {
                self.emulator.ledger()
            }
        }
    };
}
pub(crate) use emulated;

/// A route table: each route that a vendor's module serves, by its name in the contract, with its
/// handler.
pub(crate) struct Routes<H: 'static>(pub(crate) &'static [(&'static str, H)]);

impl<H: Copy> Routes<H> {
    /// The names, in the order of the table.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }

    /// The handler of the route with this name.
    pub(crate) fn handler(&self, route: &str) -> Option<H> {
        let mut routes = self.0.iter();
        let (_, handler) = routes.find(|(name, _)| *name == route)?;
        Some(*handler)
    }
}

/// What every emulated vendor has: a base URL, faults and a ledger.
pub struct Emulator {
    vendor: Arc<dyn Vendor>,
    served: Vec<&'static str>,
    address: SocketAddr,
    faults: Faults,
    ledger: Ledger,
    /// The settings at the start that are not the defaults.
    initial_settings: Mutex<Map<String, Value>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Emulator")
            .field("vendor", &self.name())
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

impl Emulator {
    pub(crate) fn new(vendor: Arc<dyn Vendor>, address: SocketAddr, ledger: Ledger) -> Self {
        let routes: BTreeSet<&'static str> = vendor
            .contract()
            .operations
            .iter()
            .flat_map(|operation| &operation.routes)
            .map(|route| route.name.as_str())
            .collect();
        Self {
            served: vendor.served(),
            vendor,
            address,
            faults: Faults::new(routes),
            ledger,
            initial_settings: Mutex::default(),
        }
    }

    /// The vendor's folder below `docs/`, such as `ocean-geomission`.
    pub fn name(&self) -> &'static str {
        &self.vendor.contract().vendor
    }

    /// The vendor's name as it writes it, such as `Océan Géomission`.
    pub fn title(&self) -> &'static str {
        self.vendor.title()
    }

    /// The demo account: what each credential is, such as `password`, and its value.
    pub fn credentials(&self) -> &'static [(&'static str, &'static str)] {
        self.vendor.credentials()
    }

    /// The URL that stands for the vendor's own base URL, without a slash at its end.
    pub fn base_url(&self) -> String {
        self.base_url_at(&self.address.to_string())
    }

    /// The same URL with another host and port.
    pub(crate) fn base_url_at(&self, authority: &str) -> String {
        let path = self.vendor.base_paths().first().copied();
        format!("http://{authority}{}", path.unwrap_or_default())
    }

    /// The address and port on loopback.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Plans misbehaviour.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was received, and what took effect.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The names of the contract's routes that are served.
    pub fn served_operations(&self) -> &[&'static str] {
        &self.served
    }

    /// The contract that requests are checked against.
    pub fn contract(&self) -> &'static Contract {
        self.vendor.contract()
    }

    /// The vendor's description in OpenAPI, with the sandbox as its only server, at this URL.
    pub(crate) fn openapi(&self, base_url: &str) -> Option<Value> {
        let mut description: Value = serde_json::from_str(self.vendor.openapi()).ok()?;
        description["servers"] = json!([{ "url": base_url, "description": "The sandbox" }]);
        Some(description)
    }

    /// The settings as JSON: the fields of the vendor's `Settings`, times in seconds.
    pub fn settings(&self) -> Value {
        self.vendor.settings()
    }

    /// Changes some of the settings, from now on.
    ///
    /// # Errors
    ///
    /// If there is no such setting, or if a value is not one that it can have. Then nothing is
    /// changed.
    pub fn change_settings(&self, changes: Map<String, Value>) -> Result<(), InvalidSettings> {
        self.vendor.change_settings(changes)
    }

    /// Changes some of the settings as [`change_settings`](Self::change_settings) does, for the start
    /// itself: a [`reset`](Self::reset) keeps them.
    ///
    /// # Errors
    ///
    /// As for [`change_settings`](Self::change_settings).
    pub fn change_initial_settings(
        &self,
        changes: Map<String, Value>,
    ) -> Result<(), InvalidSettings> {
        self.vendor.change_settings(changes.clone())?;
        self.initial_settings().extend(changes);
        Ok(())
    }

    /// The vendor's world as JSON, for somebody to look at: what there is, under names of the
    /// sandbox's own.
    pub fn state(&self) -> Value {
        self.vendor.state()
    }

    fn initial_settings(&self) -> MutexGuard<'_, Map<String, Value>> {
        let settings = self.initial_settings.lock();
        settings.unwrap_or_else(PoisonError::into_inner)
    }

    /// Restores the vendor to what it was at the start: its world and its settings, with no faults
    /// and an empty ledger. Requests in flight are not touched.
    pub fn reset(&self) {
        self.vendor.reset();
        // They were accepted before.
        let _ = self.vendor.change_settings(self.initial_settings().clone());
        self.faults.clear();
        self.ledger.clear();
    }

    /// Works on one request until it is known what has to be sent back.
    pub(crate) async fn handle(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: u64,
    ) -> Delivery {
        let (head, body) = request.into_parts();
        let body = match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(_) => Err(self
                .vendor
                .refuse(413, "the body is too long or incomplete")),
        };
        let method = head.method.to_string();
        let call = body.and_then(|body| self.find(head, body));
        let known = call.as_ref().ok();
        let about = known.and_then(|call| self.vendor.about(call));
        let entry = self.ledger.receive(Received {
            connection,
            route: known.map(|call| call.route.name.as_str()),
            method,
            template: known.map(|call| call.route.path.as_str()),
            about: about.clone(),
        });
        // The vendor goes on after its client has gone, so it works in a task of its own.
        let leaving = Leaving {
            ledger: self.ledger.clone(),
            sequence: entry.sequence,
        };
        let vendor = self.vendor.clone();
        let working = tokio::spawn(async move {
            let delivery = match call {
                Ok(call) => self.process(&call, about.as_deref(), &entry).await,
                Err(refusal) => Delivery::Response(refusal),
            };
            let delivery = delivery.with_stray_body();
            entry.end(delivery.ending());
            delivery
        });
        let delivery = working.await;
        drop(leaving);
        delivery.unwrap_or_else(|_| Delivery::Response(vendor.refuse(500, "the sandbox failed")))
    }

    /// Finds the route and takes the request apart.
    fn find(&self, head: Parts, body: Bytes) -> Result<Call, Response> {
        let refuse = |status, reason| Err(self.vendor.refuse(status, reason));
        let mut base_paths = self.vendor.base_paths().iter();
        let Some(path) = base_paths.find_map(|base| head.uri.path().strip_prefix(*base)) else {
            return refuse(404, "the base URL has another path");
        };
        let Some(query) = pairs(head.uri.query().unwrap_or_default()) else {
            return refuse(400, "the query is not well encoded");
        };
        let found = route::find(self.contract(), head.method.as_str(), path, &query);
        match found {
            Err(Missing::Path) => refuse(404, "no operation has this path"),
            Err(Missing::Method { allowed }) => {
                let reason = "no operation has this method at this path";
                let refusal = self.vendor.refuse(405, reason);
                Err(refusal.header(ALLOW.as_str(), allowed.join(", ")))
            }
            Ok(found) if !self.served.contains(&found.route.name.as_str()) => {
                refuse(501, "the sandbox does not serve this operation")
            }
            Ok(found) => Ok(Call {
                operation: found.operation,
                route: found.route,
                path: found.path,
                query,
                headers: head.headers,
                body,
            }),
        }
    }

    /// Lets the vendor act, and a planned fault strike.
    async fn process(&self, call: &Call, about: Option<&str>, entry: &OpenEntry) -> Delivery {
        let Some(planned) = self.faults.take(&call.route.name, about) else {
            return Delivery::Response(self.act(call, entry));
        };
        let Planned {
            fault,
            after_processing,
            ..
        } = planned;
        let acts_first = after_processing || fault.needs_response();
        let own = acts_first.then(|| self.act(call, entry));
        wait_for(&fault).await;
        let own = move || own.unwrap_or_else(|| self.act(call, entry));
        match fault {
            Fault::Delay { .. } | Fault::Hold(_) => Delivery::Response(own()),
            Fault::Respond(response) => Delivery::Response(response),
            Fault::StaleToken => {
                Delivery::Response(self.vendor.refuse(401, "the token is no longer valid"))
            }
            Fault::WithoutEffect => Delivery::Response(self.vendor.rehearse(call)),
            Fault::Amend { body } => Delivery::Response(own().amended(&body)),
            Fault::Raw { bytes, end } => Delivery::Script(Script::raw(bytes, end), Ending::Raw),
            Fault::NoResponse { end } => {
                Delivery::Script(Script::raw([], end), without_response(end))
            }
            Fault::TruncateBody { end } => {
                mangled(own(), |response| Script::truncated(response, end))
            }
            Fault::EndlessBody => mangled(own(), Script::endless),
            Fault::SlowBody { milliseconds } => mangled(own(), |response| {
                Script::slow(response, Duration::from_millis(milliseconds))
            }),
            Fault::HeadOnly => mangled(own(), Script::head_only),
        }
    }

    /// Lets the vendor act, and notes whether anything changed.
    fn act(&self, call: &Call, entry: &OpenEntry) -> Response {
        let handled = self.vendor.handle(call);
        if handled.took_effect {
            entry.took_effect();
        }
        handled.response
    }
}

/// The time that a fault takes before it strikes.
async fn wait_for(fault: &Fault) {
    match fault {
        Fault::Delay { milliseconds } => {
            tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
        }
        Fault::Hold(gate) => gate.pass().await,
        _ => {}
    }
}

fn without_response(end: ConnectionEnd) -> Ending {
    match end {
        ConnectionEnd::Close => Ending::Closed,
        ConnectionEnd::Reset => Ending::Reset,
        ConnectionEnd::Stall | ConnectionEnd::KeepAlive => Ending::Stalled,
    }
}

fn mangled(own: Response, script: impl FnOnce(&Response) -> Script) -> Delivery {
    Delivery::Script(script(&own), Ending::Mangled(own.status))
}

/// What has to be sent back.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// A proper response, sent by hyper.
    Response(Response),
    /// Something else, sent by hand, and what the ledger calls it.
    Script(Script, Ending),
}

impl Delivery {
    /// Turns a response that hyper would not send as it is into a script.
    fn with_stray_body(self) -> Self {
        match self {
            Self::Response(response) if response.has_stray_body() => {
                Self::Script(Script::whole(&response), Ending::Responded(response.status))
            }
            other => other,
        }
    }

    fn ending(&self) -> Ending {
        match self {
            Self::Response(response) => Ending::Responded(response.status),
            Self::Script(_, ending) => *ending,
        }
    }
}

/// Notes, when it is dropped before the request has ended, that the client went away.
struct Leaving {
    ledger: Ledger,
    sequence: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.ledger.end(self.sequence, Ending::Abandoned);
    }
}
