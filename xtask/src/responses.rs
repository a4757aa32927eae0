//! What the sandbox responds with, compared with the tables of statuses.
//!
//! Every operation is called once as it should be. Then it is called without each of its headers,
//! with a parameter that nobody knows, with every value of its path, query and body replaced by one
//! that means nothing, and with every setting that changes a status. What comes back is all that the
//! sandbox has for this operation, and exactly that has to be documented.

mod calls;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vendor_sandbox::contract::{Field, Route, Status, validate_value};
use vendor_sandbox::{Emulator, Sandbox};

use crate::contract;
use crate::error::{Error, Result};
use crate::page::{REFUSAL, Vendor};
use crate::problem::Problem;
use calls::{ANY, Call, SERVICES, Service};

/// In a header, the token of a log-in.
const TOKEN: &str = "{token}";

/// In a body, the key of round 1 as it is at the time.
const KEY: &str = "{key}";

/// What means nothing to any service: an id, and a text.
const NO_NUMBER: &str = "999999";
const NO_TEXT: &str = "unknown";

/// Each status of one operation, with the bodies that came with it.
type Statuses = BTreeMap<u16, BTreeSet<String>>;

/// What came back from the operations of one vendor, by their names.
#[derive(Debug, Default)]
pub(crate) struct Responses(BTreeMap<&'static str, Statuses>);

/// Calls every operation of every vendor.
pub(crate) fn observe() -> Result<BTreeMap<&'static str, Responses>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Sandbox)?;
    runtime.block_on(all()).map_err(Error::Sandbox)
}

async fn all() -> io::Result<BTreeMap<&'static str, Responses>> {
    let sandbox = Sandbox::start().await?;
    let mut all = BTreeMap::new();
    for service in SERVICES {
        let mut emulators = sandbox.emulators();
        let emulator = emulators.find(|known| known.name() == service.vendor);
        let emulator = emulator.ok_or_else(|| io::Error::other("no such vendor"))?;
        let mut caller = Caller {
            service,
            emulator,
            connection: TcpStream::connect(emulator.address()).await?,
            responses: Responses::default(),
        };
        for call in service.calls {
            caller.observe(call).await?;
        }
        all.insert(service.vendor, caller.responses);
    }
    Ok(all)
}

/// Everything in which a vendor's tables of statuses, and its refusals, differ from what its
/// operations respond with.
pub(crate) fn compare(vendor: &Vendor, observed: &Responses) -> Vec<Problem> {
    let everywhere = numbers(&vendor.service.statuses);
    let mut problems = Vec::new();
    let mut anywhere = everywhere.clone();
    for (page, section) in vendor.sections() {
        let own = numbers(&section.statuses);
        let documented: BTreeSet<u16> = own.union(&everywhere).copied().collect();
        anywhere.extend(&documented);
        let mut report = |route: &str, message: String| {
            let problem = Problem::new(&page.path, section.line, message);
            problems.push(problem.operation(route));
        };
        for status in own.intersection(&everywhere) {
            let message = format!("the status {status} is in {} already", vendor.service.path);
            report(section.operation(), message);
        }
        for route in &section.routes {
            let Some(seen) = observed.0.get(route.name.as_str()) else {
                let message = "xtask/src/responses/calls.rs has no call of it".to_owned();
                report(&route.name, message);
                continue;
            };
            let seen: BTreeSet<u16> = seen.keys().copied().collect();
            for status in seen.difference(&documented) {
                let message = format!("the sandbox responds with {status}, which no table has");
                report(&route.name, message);
            }
            let planned = planned(&vendor.name, |name| name == ANY || name == route.name);
            let expected = documented.difference(&planned);
            for status in expected.filter(|status| !seen.contains(status)) {
                let message = format!("the sandbox never responds with {status}");
                report(&route.name, message);
            }
        }
    }
    for status in planned(&vendor.name, |_| true).difference(&anywhere) {
        let message = format!("no table has the status {status}, which a test can plan");
        problems.push(Problem::new(&vendor.service.path, 0, message));
    }
    problems.extend(compare_refusals(vendor, observed));
    problems
}

/// The body of every refusal is what the pages say.
fn compare_refusals(vendor: &Vendor, observed: &Responses) -> Vec<Problem> {
    let Some(section) = vendor.type_named(REFUSAL) else {
        let message = format!("no page has a type {REFUSAL}, the body of a refusal");
        return vec![Problem::new(&vendor.service.path, 0, message)];
    };
    let mut pages = vendor.pages.iter();
    let page = pages.find(|page| page.types.iter().any(|known| known.name == REFUSAL));
    let path = page.map_or(vendor.service.path.as_str(), |page| &page.path);
    let contract = contract::contract(vendor);
    let rows: Vec<Field> = section.rows.iter().map(|row| row.field.clone()).collect();
    let statuses = observed.0.values().flatten();
    let refusals = statuses.filter(|(status, _)| **status >= 400);
    let bodies: BTreeSet<&str> = refusals
        .flat_map(|(_, bodies)| bodies)
        .map(String::as_str)
        .collect();
    let breaches = bodies.into_iter().flat_map(|body| {
        let body = serde_json::from_str(body).unwrap_or_default();
        validate_value(&contract, &rows, &body)
    });
    let messages: BTreeSet<String> = breaches.map(|breach| breach.to_string()).collect();
    let problem = |message: String| {
        let message = format!("a refusal of the sandbox is not this: {message}");
        Problem::new(path, section.line, message).operation(REFUSAL)
    };
    messages.into_iter().map(problem).collect()
}

fn numbers(statuses: &[Status]) -> BTreeSet<u16> {
    statuses.iter().map(|status| status.status).collect()
}

/// The statuses of these operations that the sandbox responds with only if a test plans it.
fn planned(vendor: &str, is_meant: impl Fn(&str) -> bool) -> BTreeSet<u16> {
    let services = SERVICES.iter().filter(|known| known.vendor == vendor);
    let planned = services.flat_map(|service| service.planned);
    let planned = planned.filter(|(route, ..)| is_meant(route));
    planned.map(|(_, status, _)| *status).collect()
}

/// One attempt at an operation.
#[derive(Clone, Default)]
struct Attempt {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    setting: Option<(&'static str, Value)>,
}

/// Calls the operations of one vendor.
struct Caller<'a> {
    service: &'static Service,
    emulator: &'a Emulator,
    connection: TcpStream,
    responses: Responses,
}

impl Caller<'_> {
    /// Calls an operation in every way.
    async fn observe(&mut self, call: &Call) -> io::Result<()> {
        for attempt in self.attempts(call) {
            self.emulator.reset();
            let attempt = self.prepared(call, attempt).await?;
            self.note(call.route, &attempt).await?;
        }
        Ok(())
    }

    fn attempts(&self, call: &Call) -> Vec<Attempt> {
        let template = self.route(call.route).map_or("", |route| &route.path);
        let good = self.attempt(call);
        let mut attempts = vec![good.clone()];
        for (name, value) in self.service.settings {
            let value = serde_json::from_str(value).unwrap_or_default();
            attempts.push(Attempt {
                setting: Some((name, value)),
                ..good.clone()
            });
        }
        for index in 0..good.headers.len() {
            let mut attempt = good.clone();
            attempt.headers.remove(index);
            attempts.push(attempt);
        }
        let targets = targets(template, call.target).into_iter();
        attempts.extend(targets.map(|target| Attempt {
            target,
            ..good.clone()
        }));
        attempts.extend(bodies(call.body).into_iter().map(|body| Attempt {
            body,
            ..good.clone()
        }));
        attempts
    }

    fn attempt(&self, call: &Call) -> Attempt {
        let headers = self.service.headers.iter();
        Attempt {
            method: self.route(call.route).map_or("", |route| &route.method),
            target: call.target.to_owned(),
            headers: headers
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
            body: call.body.to_owned(),
            setting: None,
        }
    }

    fn route(&self, name: &str) -> Option<&'static Route> {
        let operations = self.emulator.contract().operations.iter();
        let mut routes = operations.flat_map(|operation| &operation.routes);
        routes.find(|route| route.name == name)
    }

    /// Calls what has to be called before, and fills in what only the service knows.
    async fn prepared(&mut self, call: &Call, attempt: Attempt) -> io::Result<Attempt> {
        let before = self.service.calls.iter();
        for before in before.filter(|known| call.after.contains(&known.route)) {
            let before = self.filled(self.attempt(before)).await?;
            self.exchange(&before).await?;
        }
        let mut attempt = self.filled(attempt).await?;
        if let Some((name, value)) = attempt.setting.take() {
            let changes = Map::from_iter([(name.to_owned(), value)]);
            let changed = self.emulator.change_settings(changes);
            changed.map_err(io::Error::other)?;
        }
        Ok(attempt)
    }

    async fn filled(&mut self, mut attempt: Attempt) -> io::Result<Attempt> {
        if attempt.headers.iter().any(|(_, value)| value == TOKEN) {
            let token = self.told("log_in", "/token").await?;
            for (_, value) in &mut attempt.headers {
                *value = value.replace(TOKEN, &token);
            }
        }
        if attempt.body.contains(KEY) {
            let key = self.told("get_round", "/round/hashKey").await?;
            attempt.body = attempt.body.replace(KEY, &key);
        }
        Ok(attempt)
    }

    /// The text at a place of what another operation responds with.
    async fn told(&mut self, route: &str, pointer: &str) -> io::Result<String> {
        let mut calls = self.service.calls.iter();
        let call = calls.find(|known| known.route == route);
        let mut attempt = call.map(|call| self.attempt(call)).unwrap_or_default();
        attempt.headers.retain(|(_, value)| value != TOKEN);
        let (_, body) = self.exchange(&attempt).await?;
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        let text = body.pointer(pointer).and_then(Value::as_str);
        Ok(text.unwrap_or_default().to_owned())
    }

    /// Sends an attempt, and notes what came back if it was for this operation.
    async fn note(&mut self, route: &'static str, attempt: &Attempt) -> io::Result<()> {
        let (status, body) = self.exchange(attempt).await?;
        let entries = self.emulator.ledger().entries();
        if entries
            .last()
            .is_some_and(|entry| entry.route == Some(route))
        {
            let seen = self.responses.0.entry(route).or_default();
            seen.entry(status).or_default().insert(body);
        }
        Ok(())
    }

    /// One request and its response.
    async fn exchange(&mut self, attempt: &Attempt) -> io::Result<(u16, String)> {
        let base_url = self.emulator.base_url();
        let base = base_url.trim_start_matches("http://");
        let base_path = base.find('/').map_or("", |slash| &base[slash..]);
        let Attempt {
            method,
            target,
            body,
            ..
        } = attempt;
        let mut request = format!("{method} {base_path}{target} HTTP/1.1\r\nHost: sandbox\r\n");
        for (name, value) in &attempt.headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.connection.write_all(request.as_bytes()).await?;
        self.response().await
    }

    async fn response(&mut self) -> io::Result<(u16, String)> {
        let mut received = Vec::new();
        let end = loop {
            if let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            self.more(&mut received).await?;
        };
        let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let mut lines = head.lines();
        let length = lines.find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let whole = end + length.unwrap_or(0);
        while received.len() < whole {
            self.more(&mut received).await?;
        }
        let body = String::from_utf8_lossy(&received[end..]).into_owned();
        Ok((status.unwrap_or_default(), body))
    }

    async fn more(&mut self, received: &mut Vec<u8>) -> io::Result<()> {
        match self.connection.read_buf(received).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// A target with each of its values replaced, and with a parameter that nobody knows.
fn targets(template: &str, target: &str) -> Vec<String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let segments: Vec<&str> = path.split('/').collect();
    let pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    let with = |segments: &[&str], pairs: &[&str]| match pairs {
        [] => segments.join("/"),
        pairs => format!("{}?{}", segments.join("/"), pairs.join("&")),
    };
    let mut targets = vec![with(&segments, &[&pairs[..], &["unknown=1"]].concat())];
    for other in [NO_NUMBER, NO_TEXT] {
        for (index, _) in template
            .split('/')
            .enumerate()
            .filter(|(_, part)| part.starts_with('{'))
        {
            let mut segments = segments.clone();
            segments[index] = other;
            targets.push(with(&segments, &pairs));
        }
        for (index, pair) in pairs.iter().enumerate() {
            let name = pair.split('=').next().unwrap_or_default();
            let changed = format!("{name}={other}");
            let mut pairs = pairs.clone();
            pairs[index] = &changed;
            targets.push(with(&segments, &pairs));
        }
    }
    targets
}

/// A body with each of its values replaced, and one that is not JSON.
fn bodies(body: &str) -> Vec<String> {
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        return Vec::new();
    };
    let changed = changes(&value).into_iter().map(|value| value.to_string());
    std::iter::once("{".to_owned()).chain(changed).collect()
}

/// A value with one of those that it holds replaced, for each of them.
fn changes(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => {
            let mut all = Vec::new();
            for (name, member) in members {
                all.extend(changes(member).into_iter().map(|changed| {
                    let mut members = members.clone();
                    members.insert(name.clone(), changed);
                    Value::Object(members)
                }));
            }
            all
        }
        Value::Number(_) => vec![Value::from(NO_NUMBER.parse::<u32>().unwrap_or_default())],
        Value::String(_) => vec![Value::from(NO_TEXT)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_page::{PAGE, changed, listed, vendor};

    const REFUSAL_TYPE: &str = "\n## Type: Refusal\n\n| Field | Type | Required | Constraints | Meaning |\n\
        | --- | --- | --- | --- | --- |\n| `why` | string | yes | | Why. |\n";

    /// What differs between a page and a sandbox that responds to `add_book` with these statuses,
    /// and with this body to what it refuses.
    fn differences(page: &str, statuses: &[u16], body: &str) -> String {
        let (vendor, _) = vendor(&format!("{page}{REFUSAL_TYPE}"));
        let responses = |statuses: &[u16]| -> Statuses {
            let bodies = BTreeSet::from([body.to_owned()]);
            statuses.iter().map(|one| (*one, bodies.clone())).collect()
        };
        let observed = [
            ("add_book", responses(statuses)),
            ("get_book", responses(&[401])),
        ];
        listed(&compare(&vendor, &Responses(BTreeMap::from(observed))))
    }

    const WHY: &str = r#"{"why": "no key"}"#;

    #[test]
    fn what_is_documented_and_comes_is_no_problem() {
        assert_eq!(differences(PAGE, &[201, 401], WHY), "");
    }

    #[test]
    fn a_status_that_comes_and_is_in_no_table_is_found() {
        let found = differences(PAGE, &[201, 401, 409], WHY);
        assert!(
            found.contains("add_book: the sandbox responds with 409, which no table has"),
            "{found}"
        );
    }

    #[test]
    fn a_documented_status_that_never_comes_is_found() {
        let page = changed("| 201 | Added. |", "| 418 | Added. |");
        let found = differences(&page, &[201, 401], WHY);
        assert!(
            found.contains("add_book: the sandbox never responds with 418"),
            "{found}"
        );
        assert!(
            found.contains("responds with 201, which no table has"),
            "{found}"
        );
        let found = differences(PAGE, &[201], WHY);
        assert!(
            found.contains("add_book: the sandbox never responds with 401"),
            "{found}"
        );
    }

    #[test]
    fn what_holds_for_the_whole_service_is_written_once() {
        let page = changed("| 201 | Added. |", "| 201 | Added. |\n| 401 | No key. |");
        let found = differences(&page, &[201, 401], WHY);
        assert!(
            found.contains("the status 401 is in docs/library/README.md already"),
            "{found}"
        );
    }

    #[test]
    fn a_refusal_of_another_shape_is_found() {
        let found = differences(PAGE, &[201, 401], r#"{"reason": "no key"}"#);
        assert!(
            found
                .contains("Refusal: a refusal of the sandbox is not this: field `why` is required"),
            "{found}"
        );
    }

    #[test]
    fn an_operation_that_is_never_called_is_found() {
        let (vendor, _) = vendor(PAGE);
        let found = listed(&compare(&vendor, &Responses::default()));
        assert!(
            found.contains("get_book: xtask/src/responses/calls.rs has no call of it"),
            "{found}"
        );
        assert!(found.contains("no page has a type Refusal"), "{found}");
    }

    /// The operations of a vendor whose responses have this status.
    fn with(observed: &BTreeMap<&str, Responses>, vendor: &str, status: u16) -> usize {
        let operations = observed[vendor].0.values();
        operations.filter(|seen| seen.contains_key(&status)).count()
    }

    #[test]
    fn every_operation_is_driven_to_each_of_its_statuses() {
        let observed = observe().unwrap();
        for status in [400, 401, 403, 406, 415] {
            assert_eq!(with(&observed, "geoplanning", status), 43, "{status}");
        }
        assert_eq!(with(&observed, "geoplanning", 409), 8, "a stale key");
        assert_eq!(with(&observed, "cegid-loop", 404), 2, "an unknown folder");
        assert_eq!(with(&observed, "cegid-loop", 415), 2);
        let log_in: Vec<_> = observed["ocean-geomission"].0["log_in"].keys().collect();
        assert_eq!(log_in, [&200, &400, &401, &403, &404]);
    }
}
