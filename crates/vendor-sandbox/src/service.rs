//! One vendor on its own port: from a request to what is sent back.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Incoming;
use hyper::http::request::Parts;

use crate::connection::Script;
use crate::contract::Contract;
use crate::exchange::{Answer, Call, Reply, pairs};
use crate::fault::{End, Fault, Faults, Planned};
use crate::ledger::{Ending, Ledger, Receipt, Received};
use crate::route::{self, Missing};

/// The largest request body that is read.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// What a vendor's module gives to the framework.
///
/// The framework finds the route, carries out faults and keeps the ledger; the vendor's module
/// authenticates, checks the call against the contract, changes its world and answers.
pub(crate) trait Vendor: Send + Sync + 'static {
    /// The vendor's contract.
    fn contract(&self) -> &'static Contract;

    /// The path prefix of the vendor's own base URL; empty, or with a slash in front.
    fn base_path(&self) -> &'static str;

    /// The routes that [`answer`](Self::answer) knows.
    fn served(&self) -> &'static [&'static str];

    /// The caller's own key in a call, for the ledger and for faults.
    fn about(&self, call: &Call) -> Option<String>;

    /// Acts on a call by one of the [`served`](Self::served) routes.
    fn answer(&self, call: &Call) -> Answer;

    /// An error answer in the vendor's own shape.
    fn refuse(&self, status: u16, reason: &str) -> Reply;

    /// Makes the world again what it was at the start.
    fn reset(&self);
}

/// What every vendor of the sandbox has: a base URL, faults, a ledger.
pub struct Service {
    vendor: Arc<dyn Vendor>,
    address: SocketAddr,
    faults: Faults,
    ledger: Ledger,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Service")
            .field("vendor", &self.name())
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

impl Service {
    /// The vendor's folder below `docs/`, as `ocean-geomission`.
    pub fn name(&self) -> &'static str {
        &self.vendor.contract().vendor
    }

    /// The URL that stands for the vendor's own base URL, without a slash at its end.
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.address, self.vendor.base_path())
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
    pub fn served_operations(&self) -> &'static [&'static str] {
        self.vendor.served()
    }

    /// The contract that requests are held against.
    pub fn contract(&self) -> &'static Contract {
        self.vendor.contract()
    }

    /// Makes the vendor what it was at the start: its world, its settings, no faults, an empty
    /// ledger. Requests under way are not touched.
    pub fn reset(&self) {
        self.vendor.reset();
        self.faults.clear();
        self.ledger.clear();
    }

    /// Works on one request, until it is known what is to be sent back.
    pub(crate) async fn handle(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: u64,
    ) -> Outcome {
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
        let receipt = self.ledger.receive(Received {
            connection,
            route: known.map(|call| call.route.name.as_str()),
            method,
            template: known.map(|call| call.route.path.as_str()),
            about: known.and_then(|call| self.vendor.about(call)),
        });
        // The vendor goes on when its client has gone, so it works in a task of its own.
        let leaving = Leaving {
            ledger: self.ledger.clone(),
            sequence: receipt.sequence,
        };
        let vendor = self.vendor.clone();
        let working = tokio::spawn(async move {
            let outcome = match call {
                Ok(call) => self.process(&call, &receipt).await,
                Err(refusal) => Outcome::Reply(refusal),
            };
            let outcome = outcome.with_stray_body();
            receipt.end(outcome.ending());
            outcome
        });
        let outcome = working.await;
        drop(leaving);
        outcome.unwrap_or_else(|_| Outcome::Reply(vendor.refuse(500, "the sandbox failed")))
    }

    /// Finds the route and takes the request apart.
    fn find(&self, head: Parts, body: Bytes) -> Result<Call, Reply> {
        let refuse = |status, reason| Err(self.vendor.refuse(status, reason));
        let Some(path) = head.uri.path().strip_prefix(self.vendor.base_path()) else {
            return refuse(404, "the base URL has another path");
        };
        let Some(query) = pairs(head.uri.query().unwrap_or_default()) else {
            return refuse(400, "the query is not well encoded");
        };
        let found = route::find(self.contract(), head.method.as_str(), path, &query);
        match found {
            Err(Missing::Path) => refuse(404, "no operation has this path"),
            Err(Missing::Method) => refuse(405, "no operation has this method at this path"),
            Ok(found) if !self.vendor.served().contains(&found.route.name.as_str()) => {
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
    async fn process(&self, call: &Call, receipt: &Receipt) -> Outcome {
        let about = self.vendor.about(call);
        let Some(planned) = self.faults.take(&call.route.name, about.as_deref()) else {
            return Outcome::Reply(self.act(call, receipt));
        };
        let Planned {
            fault,
            after_processing,
            ..
        } = planned;
        let acts_first = after_processing || fault.needs_answer();
        let own = acts_first.then(|| self.act(call, receipt));
        wait_for(&fault).await;
        let own = move || own.unwrap_or_else(|| self.act(call, receipt));
        match fault {
            Fault::Delay { .. } | Fault::Hold(_) => Outcome::Reply(own()),
            Fault::Answer(reply) => Outcome::Reply(reply),
            Fault::StaleToken => {
                Outcome::Reply(self.vendor.refuse(401, "the token is not valid any more"))
            }
            Fault::Raw { bytes, end } => Outcome::Script(Script::raw(bytes, end), Ending::Raw),
            Fault::NoAnswer { end } => Outcome::Script(Script::raw([], end), without_answer(end)),
            Fault::TruncateBody { end } => mangled(own(), |reply| Script::truncated(reply, end)),
            Fault::EndlessBody => mangled(own(), Script::endless),
            Fault::SlowBody { milliseconds } => mangled(own(), |reply| {
                Script::slow(reply, Duration::from_millis(milliseconds))
            }),
            Fault::HeadOnly => mangled(own(), Script::head_only),
        }
    }

    /// Lets the vendor act, and notes whether anything changed.
    fn act(&self, call: &Call, receipt: &Receipt) -> Reply {
        let answer = self.vendor.answer(call);
        if answer.took_effect {
            receipt.took_effect();
        }
        answer.reply
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

fn without_answer(end: End) -> Ending {
    match end {
        End::Close => Ending::Closed,
        End::Reset => Ending::Reset,
        End::Stall | End::KeepAlive => Ending::Stalled,
    }
}

fn mangled(own: Reply, script: impl FnOnce(&Reply) -> Script) -> Outcome {
    Outcome::Script(script(&own), Ending::Mangled(own.status))
}

/// What is to be sent back.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A proper answer, by hyper.
    Reply(Reply),
    /// Something else, by hand, and what the ledger calls it.
    Script(Script, Ending),
}

impl Outcome {
    /// A reply that hyper would not send as it is becomes a script.
    fn with_stray_body(self) -> Self {
        match self {
            Self::Reply(reply) if reply.has_stray_body() => {
                Self::Script(Script::whole(&reply), Ending::Answered(reply.status))
            }
            other => other,
        }
    }

    fn ending(&self) -> Ending {
        match self {
            Self::Reply(reply) => Ending::Answered(reply.status),
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

/// Opens the vendors' ports, one after the other.
#[derive(Debug)]
pub(crate) struct Doors {
    /// The next port; 0 where the system chooses.
    next_port: u16,
    pub(crate) open: Vec<(Arc<Service>, TcpListener)>,
}

impl Doors {
    pub(crate) fn new(first_port: u16) -> Self {
        Self {
            next_port: first_port,
            open: Vec::new(),
        }
    }

    /// Opens a vendor's port.
    pub(crate) fn open(&mut self, vendor: Arc<dyn Vendor>) -> io::Result<Arc<Service>> {
        let (listener, address) = self.listen()?;
        let routes: BTreeSet<&'static str> = vendor
            .contract()
            .operations
            .iter()
            .flat_map(|operation| &operation.routes)
            .map(|route| route.name.as_str())
            .collect();
        let service = Arc::new(Service {
            vendor,
            address,
            faults: Faults::new(routes),
            ledger: Ledger::new(),
        });
        self.open.push((Arc::clone(&service), listener));
        Ok(service)
    }

    /// Opens the next port on loopback.
    pub(crate) fn listen(&mut self) -> io::Result<(TcpListener, SocketAddr)> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, self.next_port));
        let listener = TcpListener::bind(wanted)
            .map_err(|error| io::Error::new(error.kind(), format!("{wanted}: {error}")))?;
        listener.set_nonblocking(true)?;
        if self.next_port > 0 {
            self.next_port = self.next_port.saturating_add(1);
        }
        let address = listener.local_addr()?;
        Ok((listener, address))
    }
}
