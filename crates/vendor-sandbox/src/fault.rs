//! Misbehaviour on request.
//!
//! A test plans faults before it makes its calls:
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use vendor_sandbox::{Response, Sandbox};
//!
//! let sandbox = Sandbox::start().await?;
//! let faults = sandbox.ocean_geomission().faults();
//!
//! // The next two creations are carried out, and their connections reset instead of a response.
//! faults.on("create_mission").times(2).after_processing().reset();
//! // Only the next status call is refused.
//! faults.on("mission_status").respond(Response::too_many_requests(Some("1")));
//! // Every request about this mission is held until the test releases it.
//! let gate = faults.on_any().about("M-7").hold();
//! gate.reached().await;
//! gate.release();
//! # Ok(())
//! # }
//! ```
//!
//! A request meets one fault at most: the one planned first of those that fit it. Planning one
//! after the other therefore makes a sequence: first a reset, then a 503, then all is well.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use tokio::sync::watch;

use crate::exchange::{Response, as_text};

/// The faults planned for one vendor. Clones share the plan.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// The routes of the vendor's contract.
    routes: BTreeSet<&'static str>,
    plan: Mutex<Vec<Planned>>,
    /// Those of the faults planned that hold requests back, until they are released.
    gates: Mutex<Vec<Gate>>,
}

/// One line of the plan.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Planned {
    /// The route; any if there is none.
    pub(crate) route: Option<String>,
    /// What the request must be about; anything if there is none.
    pub(crate) about: Option<String>,
    /// How many more requests meet it.
    #[serde(serialize_with = "number_or_always")]
    pub(crate) times: u64,
    /// Which of the requests that fit meet it; all if there are no odds.
    #[serde(rename = "one_in")]
    pub(crate) odds: Option<Odds>,
    /// Whether the vendor acts on the request anyway.
    pub(crate) after_processing: bool,
    pub(crate) fault: Fault,
}

/// How many times as the remote control has it.
fn number_or_always<S: Serializer>(times: &u64, out: S) -> Result<S::Ok, S::Error> {
    match *times {
        u64::MAX => out.serialize_str("always"),
        times => out.serialize_u64(times),
    }
}

/// One request in so many, drawn from a seed.
#[derive(Clone, Debug)]
pub(crate) struct Odds {
    one_in: u64,
    rng: fastrand::Rng,
}

impl Serialize for Odds {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u64(self.one_in)
    }
}

impl Odds {
    pub(crate) fn new(one_in: u64, seed: u64) -> Self {
        Self {
            one_in: one_in.max(1),
            rng: fastrand::Rng::with_seed(seed),
        }
    }

    /// Draws for one request.
    fn draw(&mut self) -> bool {
        self.rng.u64(0..self.one_in) == 0
    }
}

/// What goes wrong.
///
/// As JSON, for the remote control, it is an object whose `kind` is the variant's name in snake
/// case, and whose other keys are the variant's fields:
///
/// ```
/// use vendor_sandbox::{ConnectionEnd, Fault};
///
/// let text = r#"{ "kind": "truncate_body", "end": "reset" }"#;
/// let fault: Fault = serde_json::from_str(text).unwrap();
/// assert!(matches!(fault, Fault::TruncateBody { end: ConnectionEnd::Reset }));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// Real time passes, then everything continues as usual.
    Delay {
        /// How much, in milliseconds.
        milliseconds: u64,
    },
    /// Nothing happens until the gate is released, then everything continues as usual.
    ///
    /// In JSON it has no members; the remote control releases all requests that are held.
    #[serde(with = "gate")]
    Hold(Gate),
    /// This response is sent instead of the vendor's own.
    Respond(Response),
    /// The vendor's response to a token that is no longer valid.
    #[serde(deserialize_with = "no_members")]
    StaleToken,
    /// The vendor's own response as if it had acted, although it has not: a success without an
    /// effect.
    #[serde(deserialize_with = "no_members")]
    WithoutEffect,
    /// The vendor's own response, with its JSON body changed.
    Amend {
        /// A merge patch (RFC 7396): its members replace the body's; null removes one.
        body: Value,
    },
    /// These bytes are sent instead of an HTTP response.
    Raw {
        /// The bytes; in JSON, a text.
        #[serde(with = "as_text")]
        bytes: Bytes,
        /// What follows them.
        end: ConnectionEnd,
    },
    /// No response is sent.
    NoResponse {
        /// What happens instead.
        end: ConnectionEnd,
    },
    /// The vendor's own response, with a `Content-Length` twice as long as what is sent.
    TruncateBody {
        /// What follows the first half.
        end: ConnectionEnd,
    },
    /// The head of the vendor's own response and half of its body, and then spaces without end.
    #[serde(deserialize_with = "no_members")]
    EndlessBody,
    /// The vendor's own response, its body a byte at a time.
    SlowBody {
        /// The real time before each byte, in milliseconds.
        milliseconds: u64,
    },
    /// The head of the vendor's own response and none of its body; the connection stays open.
    #[serde(deserialize_with = "no_members")]
    HeadOnly,
}

/// For a fault that has nothing but its kind.
fn no_members<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    Nothing::deserialize(from).map(|Nothing {}| ())
}

/// A gate as JSON, which knows nothing of it: reading makes a new one.
mod gate {
    use serde::ser::SerializeMap;
    use serde::{Deserializer, Serializer};

    use super::{Gate, no_members};

    pub(super) fn serialize<S: Serializer>(_: &Gate, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_map(Some(0))?.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Gate, D::Error> {
        no_members(from).map(|()| Gate::new())
    }
}

/// What happens to a connection after a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionEnd {
    /// It is closed in order (FIN).
    Close,
    /// It is reset (RST).
    Reset,
    /// It stays open and nothing more is sent, until the client leaves.
    Stall,
    /// It serves the next request.
    KeepAlive,
}

impl Fault {
    /// Why it can never strike as planned, if it cannot.
    pub(crate) fn problem(&self) -> Option<String> {
        match self {
            Self::Respond(response) => response.problem(),
            Self::NoResponse { end } | Self::TruncateBody { end }
                if *end == ConnectionEnd::KeepAlive =>
            {
                Some("a connection cannot serve on after half a response".to_owned())
            }
            _ => None,
        }
    }

    /// Whether it works on the vendor's own response, so that the request is always processed.
    pub(crate) fn needs_response(&self) -> bool {
        matches!(
            self,
            Self::Amend { .. }
                | Self::TruncateBody { .. }
                | Self::EndlessBody
                | Self::SlowBody { .. }
                | Self::HeadOnly
        )
    }
}

impl Faults {
    pub(crate) fn new(routes: BTreeSet<&'static str>) -> Self {
        Self(Arc::new(Shared {
            routes,
            plan: Mutex::default(),
            gates: Mutex::default(),
        }))
    }

    /// Begins a fault for requests by one route, by its name in the contract.
    ///
    /// With a name that the contract does not have, every further request gets a 500
    /// that says so: a misspelt name must not make a test pass.
    pub fn on(&self, route: &str) -> FaultPlan {
        FaultPlan::new(self, Some(route.to_owned()))
    }

    /// Begins a fault for requests by any route.
    pub fn on_any(&self) -> FaultPlan {
        FaultPlan::new(self, None)
    }

    /// How many more requests will meet a fault; a fault that is planned for ever counts as one.
    pub fn pending(&self) -> u64 {
        self.plan()
            .iter()
            .map(|planned| match planned.times {
                u64::MAX => 1,
                times => times,
            })
            .sum()
    }

    /// Drops the whole plan. Requests that are being held stay held.
    pub fn clear(&self) {
        self.plan().clear();
    }

    /// Releases every gate: lets all requests go on that are being held, or that would be.
    pub fn release(&self) {
        for gate in self.gates().drain(..) {
            gate.release();
        }
    }

    /// What is planned, in order.
    pub(crate) fn planned(&self) -> Vec<Planned> {
        self.plan().clone()
    }

    pub(crate) fn plant(&self, planned: Planned) {
        let unknown = planned
            .route
            .as_deref()
            .filter(|route| !self.0.routes.contains(route));
        let planned = match unknown {
            Some(route) => misplanned(route),
            None => planned,
        };
        if let Fault::Hold(gate) = &planned.fault {
            let mut gates = self.gates();
            gates.retain(|gate| !gate.is_released());
            gates.push(gate.clone());
        }
        if planned.times > 0 {
            self.plan().push(planned);
        }
    }

    /// The fault that a request meets, which is one less in the plan.
    pub(crate) fn take(&self, route: &str, about: Option<&str>) -> Option<Planned> {
        let mut plan = self.plan();
        let index = plan
            .iter_mut()
            .position(|planned| planned.fits(route, about) && planned.strikes())?;
        let planned = plan[index].clone();
        match planned.times {
            u64::MAX => {}
            1 => {
                plan.remove(index);
            }
            _ => plan[index].times -= 1,
        }
        Some(planned)
    }

    fn plan(&self) -> MutexGuard<'_, Vec<Planned>> {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gates(&self) -> MutexGuard<'_, Vec<Gate>> {
        self.0.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Planned {
    fn fits(&self, route: &str, about: Option<&str>) -> bool {
        let route_fits = self.route.as_deref().is_none_or(|wanted| wanted == route);
        let about_fits = self.about.is_none() || self.about.as_deref() == about;
        route_fits && about_fits
    }

    /// Whether it strikes a request that fits.
    fn strikes(&mut self) -> bool {
        self.odds.as_mut().is_none_or(Odds::draw)
    }
}

/// The loud consequence of a fault for a route that does not exist.
fn misplanned(route: &str) -> Planned {
    let text = format!("a fault was planned for `{route}`, which is not a route of this vendor");
    Planned {
        route: None,
        about: None,
        times: u64::MAX,
        odds: None,
        after_processing: false,
        fault: Fault::Respond(Response::new(500).body(text)),
    }
}

/// A fault being planned: which requests meet it, how many of them, and at what stage.
///
/// The last call decides what goes wrong. Until then nothing is planned.
#[derive(Clone, Debug)]
#[must_use = "nothing is planned until a fault is chosen"]
pub struct FaultPlan {
    faults: Faults,
    route: Option<String>,
    about: Option<String>,
    times: u64,
    odds: Option<Odds>,
    after_processing: bool,
}

impl FaultPlan {
    fn new(faults: &Faults, route: Option<String>) -> Self {
        Self {
            faults: faults.clone(),
            route,
            about: None,
            times: 1,
            odds: None,
            after_processing: false,
        }
    }

    /// Only requests about this meet it: for Géomission, those with this `idMission`.
    pub fn about(mut self, key: impl Into<String>) -> Self {
        self.about = Some(key.into());
        self
    }

    /// This many requests meet it. Default: 1.
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// All requests meet it, until [`Faults::clear`].
    pub fn always(self) -> Self {
        self.times(u64::MAX)
    }

    /// Of the requests that fit, one in `n` meets it, drawn from `seed`: the same seed strikes the
    /// same requests. [`times`](Self::times) counts those that are struck.
    pub fn one_in(mut self, n: u64, seed: u64) -> Self {
        self.odds = Some(Odds::new(n, seed));
        self
    }

    /// The vendor acts on the request before the fault strikes. By default, the fault
    /// strikes first, and the vendor never acts (or, after a delay or a hold, acts then).
    pub fn after_processing(mut self) -> Self {
        self.after_processing = true;
        self
    }

    /// Lets real time pass, then continues as usual. A [`hold`](Self::hold) is better in a test.
    pub fn delay(self, delay: Duration) {
        self.strike(Fault::Delay {
            milliseconds: milliseconds(delay),
        });
    }

    /// Holds requests back until the gate is released, then continues as usual.
    #[must_use = "only the gate can let the request go on"]
    pub fn hold(self) -> Gate {
        let gate = Gate::new();
        self.strike(Fault::Hold(gate.clone()));
        gate
    }

    /// Sends this response instead of the vendor's own.
    ///
    /// A gzip body is sent as it is given:
    /// `Response::new(200).header("content-encoding", "gzip").body(…)`.
    pub fn respond(self, response: Response) {
        self.strike(Fault::Respond(response));
    }

    /// Responds as the vendor would after acting, but does not act: a success without an effect.
    pub fn without_effect(self) {
        self.strike(Fault::WithoutEffect);
    }

    /// Changes the JSON body of the vendor's own response by a merge patch (RFC 7396). The vendor
    /// acts first.
    pub fn amend(self, body: Value) {
        self.strike(Fault::Amend { body });
    }

    /// Responds as if the token were no longer valid.
    pub fn stale_token(self) {
        self.strike(Fault::StaleToken);
    }

    /// Resets the connection (RST) without a response.
    pub fn reset(self) {
        self.strike(Fault::NoResponse {
            end: ConnectionEnd::Reset,
        });
    }

    /// Closes the connection in order (FIN) without a response.
    pub fn close(self) {
        self.strike(Fault::NoResponse {
            end: ConnectionEnd::Close,
        });
    }

    /// Never responds, and leaves the connection open.
    pub fn stall(self) {
        self.strike(Fault::NoResponse {
            end: ConnectionEnd::Stall,
        });
    }

    /// Sends these bytes instead of an HTTP response.
    pub fn raw(self, bytes: impl Into<Bytes>, end: ConnectionEnd) {
        self.strike(Fault::Raw {
            bytes: bytes.into(),
            end,
        });
    }

    /// Sends something that is not HTTP, then closes the connection.
    pub fn garbage(self) {
        self.raw("\u{1}\u{2}\u{3} this is not HTTP\n\n", ConnectionEnd::Close);
    }

    /// Sends half of the body that `Content-Length` promises. The vendor acts first.
    pub fn truncate_body(self, end: ConnectionEnd) {
        self.strike(Fault::TruncateBody { end });
    }

    /// Sends a body that never ends. The vendor acts first.
    pub fn endless_body(self) {
        self.strike(Fault::EndlessBody);
    }

    /// Sends the body a byte at a time, with real time before each. The vendor acts first.
    pub fn slow_body(self, before_each_byte: Duration) {
        self.strike(Fault::SlowBody {
            milliseconds: milliseconds(before_each_byte),
        });
    }

    /// Sends the head of the response and then nothing. The vendor acts first.
    pub fn head_only(self) {
        self.strike(Fault::HeadOnly);
    }

    /// Plans any fault.
    pub fn strike(self, fault: Fault) {
        self.faults.plant(Planned {
            route: self.route,
            about: self.about,
            times: self.times,
            odds: self.odds,
            after_processing: self.after_processing,
            fault,
        });
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Holds requests back until it is released. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate(Arc<GateState>);

#[derive(Debug)]
struct GateState {
    arrived: watch::Sender<usize>,
    released: watch::Sender<bool>,
}

impl Gate {
    fn new() -> Self {
        Self(Arc::new(GateState {
            arrived: watch::Sender::new(0),
            released: watch::Sender::new(false),
        }))
    }

    /// Lets the requests go on that it holds, and those that are still to come.
    pub fn release(&self) {
        self.0.released.send_replace(true);
    }

    fn is_released(&self) -> bool {
        *self.0.released.borrow()
    }

    /// Waits until a request has reached it.
    pub async fn reached(&self) {
        self.reached_by(1).await;
    }

    /// Waits until that many requests have reached it.
    pub async fn reached_by(&self, requests: usize) {
        let mut arrived = self.0.arrived.subscribe();
        // The sender lives as long as the gate, so this cannot fail.
        let _ = arrived.wait_for(|arrived| *arrived >= requests).await;
    }

    pub(crate) async fn pass(&self) {
        self.0.arrived.send_modify(|arrived| *arrived += 1);
        let mut released = self.0.released.subscribe();
        // As above.
        let _ = released.wait_for(|released| *released).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults() -> Faults {
        Faults::new(BTreeSet::from(["create", "read"]))
    }

    fn met(faults: &Faults, route: &str, about: Option<&str>) -> Option<Fault> {
        faults.take(route, about).map(|planned| planned.fault)
    }

    #[test]
    fn faults_are_met_in_the_order_of_the_plan() {
        let faults = faults();
        faults.on("create").times(2).reset();
        faults.on("create").stale_token();
        assert_eq!(faults.pending(), 3);
        assert!(met(&faults, "read", None).is_none());
        for _ in 0..2 {
            assert!(matches!(
                met(&faults, "create", None),
                Some(Fault::NoResponse {
                    end: ConnectionEnd::Reset
                })
            ));
        }
        assert!(matches!(
            met(&faults, "create", None),
            Some(Fault::StaleToken)
        ));
        assert!(met(&faults, "create", None).is_none());
        assert_eq!(faults.pending(), 0);
    }

    #[test]
    fn a_fault_may_be_for_one_key_alone() {
        let faults = faults();
        faults.on_any().about("M-1").always().close();
        assert!(met(&faults, "create", Some("M-2")).is_none());
        assert!(met(&faults, "create", None).is_none());
        for _ in 0..3 {
            assert!(met(&faults, "read", Some("M-1")).is_some());
        }
        faults.clear();
        assert!(met(&faults, "read", Some("M-1")).is_none());
    }

    #[test]
    fn a_fault_for_a_misspelt_route_is_loud() {
        let faults = faults();
        faults.on("craete").reset();
        let Some(Fault::Respond(response)) = met(&faults, "read", None) else {
            panic!("a 500 was expected");
        };
        assert_eq!(response.status, 500);
        assert!(String::from_utf8_lossy(&response.body).contains("`craete`"));
    }

    #[test]
    fn one_request_in_n_is_struck_and_the_same_ones_with_the_same_seed() {
        let struck = |seed| -> Vec<bool> {
            let faults = faults();
            faults.on("create").always().one_in(4, seed).reset();
            let met = |_| met(&faults, "create", None).is_some();
            (0..400).map(met).collect()
        };
        let first = struck(7);
        assert_eq!(first, struck(7));
        assert_ne!(first, struck(8));
        let count = first.iter().filter(|struck| **struck).count();
        assert!((60..140).contains(&count), "{count}");
    }

    #[test]
    fn a_fault_by_odds_leaves_the_other_requests_to_the_next_in_the_plan() {
        let faults = faults();
        faults.on("create").one_in(u64::MAX, 1).reset();
        faults.on("create").stale_token();
        assert!(matches!(
            met(&faults, "create", None),
            Some(Fault::StaleToken)
        ));
    }

    #[test]
    fn headers_are_a_list_of_pairs_or_an_object() {
        let read = |headers: &str| {
            let text = format!(r#"{{"kind":"respond","status":503,"headers":{headers}}}"#);
            serde_json::from_str::<Fault>(&text).map_err(|error| error.to_string())
        };
        for headers in [r#"[["retry-after","1"]]"#, r#"{"retry-after":"1"}"#] {
            let Ok(Fault::Respond(response)) = read(headers) else {
                panic!("{headers} was expected to be read");
            };
            let pair = ("retry-after".to_owned(), "1".to_owned());
            assert_eq!(response.headers, [pair]);
        }
        let error = read(r#"{"retry-after":1}"#).unwrap_err();
        assert!(error.contains("headers must be an object"), "{error}");
    }

    #[test]
    fn every_fault_has_a_json_form() {
        for text in [
            r#"{"kind":"delay","milliseconds":5}"#,
            r#"{"kind":"respond","status":503,"headers":[["retry-after","1"]],"body":"later"}"#,
            r#"{"kind":"stale_token"}"#,
            r#"{"kind":"without_effect"}"#,
            r#"{"kind":"amend","body":{"status":{"code":3}}}"#,
            r#"{"kind":"raw","bytes":"HTTP/1.0 200 OK\r\n\r\n","end":"close"}"#,
            r#"{"kind":"no_response","end":"reset"}"#,
            r#"{"kind":"truncate_body","end":"reset"}"#,
            r#"{"kind":"endless_body"}"#,
            r#"{"kind":"slow_body","milliseconds":5}"#,
            r#"{"kind":"head_only"}"#,
            r#"{"kind":"hold"}"#,
        ] {
            let fault: Fault = serde_json::from_str(text).expect(text);
            let written = serde_json::to_value(&fault).expect(text);
            let mut expected: Value = serde_json::from_str(text).expect(text);
            assert_eq!(written, expected);

            expected["colour"] = Value::from("red");
            let error = serde_json::from_value::<Fault>(expected).unwrap_err();
            assert!(
                error.to_string().contains("unknown field `colour`"),
                "{error}"
            );
        }
    }
}
