//! Runs one case with one operation, and checks everything that a caller relies on.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use vendor_client_core::{Error, ErrorKind, ManualClock, Outcome, RetryPolicy, TransportConfig};
use vendor_sandbox::Clock;

use crate::case::{Case, Connection, Expected, Failure, Limits};
use crate::gateway::{Fault, Gateway, Seen, Target, Upstream, Wire};
use crate::outputs::{Capture, shown};
use crate::subject::{Key, PERSONAL, Setup, Subject, Subjected};
use crate::time::{Time, freeze};

/// How far a call may overshoot its deadline: tokio's timers count whole milliseconds.
const TICK: Duration = Duration::from_millis(5);

/// The configuration of a client under the suite: no waits that the vendor did not ask for, and a
/// clock and a chance that repeat.
pub fn configuration(limits: Limits) -> TransportConfig {
    let start: SystemTime = Clock::START.into();
    TransportConfig::default()
        .attempt_timeout(limits.attempt)
        .deadline(limits.call)
        .retry(RetryPolicy::default().first_wait(Duration::ZERO))
        .confirm_after(Duration::ZERO)
        .clock(Arc::new(ManualClock::new(start)))
        .random_seed(7)
}

/// Where a gateway to `subject` sends requests on to.
pub fn upstream<S: Subject>(subject: &S) -> Upstream {
    Upstream {
        address: subject.service().address(),
        log_in_path: subject.log_in().map(|log_in| log_in.path),
        secret_headers: subject.secret_headers(),
    }
}

/// The vendor's base URL as it is reached through `gateway`.
pub fn through<S: Subject>(subject: &S, gateway: &Gateway) -> String {
    let direct = format!("http://{}", subject.service().address());
    let through = format!("http://{}", gateway.address());
    subject.service().base_url().replace(&direct, &through)
}

/// Runs `case` with `operation`, the vendor acting first or not. Answers what was wrong, in
/// sentences.
pub fn run<S: Subject>(
    subject: &S,
    operation: &Subjected,
    case: &Case,
    acts: bool,
    key: Key,
) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let _frozen = freeze();
        let (events, received) = mpsc::unbounded_channel();
        let mut run = Run {
            subject,
            operation,
            case,
            acts,
            key,
            capture: Capture::start(events.clone()),
            gateway: Gateway::start(upstream(subject), events),
            time: Time {
                events: received,
                limits: case.limits,
            },
            complaints: Vec::new(),
        };
        run.all().await;
        run.complaints
    })
}

struct Run<'a, S> {
    subject: &'a S,
    operation: &'a Subjected,
    case: &'a Case,
    acts: bool,
    key: Key,
    capture: Capture,
    gateway: Gateway,
    time: Time,
    complaints: Vec<String>,
}

impl<S: Subject> Run<'_, S> {
    async fn all(&mut self) {
        self.subject.service().reset();
        let client = match self.ready_client().await {
            Ok(client) => client,
            Err(error) => return self.complain(format!("could not be set up: {error}")),
        };
        let before = self.gateway.seen();
        self.gateway.plan(self.fault()).await;
        let name = self.operation.operation.name;
        let call = self.subject.perform(&client, name, self.key);
        let (result, took) = self.time.drive(&self.gateway, call).await;
        let seen = self.gateway.seen().since(before);

        self.check_result(&result, seen);
        self.check_effects(&result, seen);
        if took > self.case.limits.call + TICK {
            self.complain(format!("took {took:?}"));
        }
        self.gateway.lift().await;
        self.check_next_call(&client).await;
        self.check_outputs(&result, &client);
        self.check_connections(client).await;
    }

    /// A client that is logged in, has its world arranged, and has a connection or none.
    async fn ready_client(&mut self) -> Result<S::Client, Error> {
        let fresh = self.case.connection == Connection::Fresh;
        self.gateway.close_after_answer(fresh);
        let client = self.subject.client(Setup {
            base_url: through(self.subject, &self.gateway),
            transport: configuration(self.case.limits),
            token_store: None,
        })?;
        let name = self.operation.operation.name;
        let ready = async {
            self.subject.probe(&client).await?;
            self.subject.arrange(&client, name, self.key).await
        };
        self.time.drive(&self.gateway, ready).await.0?;
        if fresh {
            self.gateway.until(|seen| seen.open == 0).await;
            self.gateway.close_after_answer(false);
        }
        Ok(client)
    }

    fn fault(&self) -> Fault {
        Fault {
            target: Target::Operation,
            forwarded: self.acts,
            times: self.case.times,
            wire: self.case.wire.clone(),
        }
    }

    /// The error's kind, what it says of the effect, its attempts.
    fn check_result(&mut self, result: &Result<String, Error>, seen: Seen) {
        let (failures, may_succeed) = self.case.expected.of(self.operation);
        let error = match result {
            Ok(_) if may_succeed => return,
            Ok(_) => return self.complain("succeeded".to_owned()),
            Err(error) => error,
        };
        if self.case.expected == Expected::BreaksEarly {
            let is_meant = matches!(error.kind(), ErrorKind::Connect | ErrorKind::Interrupted);
            return self.expect("a connection that breaks", is_meant, true);
        }
        let is_meant = |failure: &&Failure| failure.kind == error.kind();
        let Some(failure) = failures.iter().find(is_meant) else {
            return self.complain(format!("failed: {error}"));
        };
        self.expect("outcome", error.outcome(), failure.outcome);
        let has_tokens = self.subject.log_in().is_some();
        let attempts = failure.attempts.of(self.operation, has_tokens);
        self.expect("attempts", error.attempts().len(), attempts);
        if matches!(self.case.wire, Wire::Reply(_)) {
            self.expect("requests", seen.requests, attempts);
        }
        if let Some(status) = self.case.status {
            let told = error.status().map(|status| status.as_u16());
            self.expect("status", told, Some(status));
        }
        if let Some(wait) = self.case.retry_after {
            self.expect("Retry-After", error.retry_after(), Some(wait));
        }
    }

    /// What the client says of the effect, against what happened.
    fn check_effects(&mut self, result: &Result<String, Error>, seen: Seen) {
        let name = self.operation.operation.name;
        let effects = self.subject.effects(name, self.key);
        if !self.operation.is_safe() && effects > 1 {
            self.complain(format!("took effect {effects} times"));
        }
        let outcome = match result {
            Ok(_) => None,
            Err(error) => Some(error.outcome()),
        };
        match outcome {
            Some(Outcome::NotSent) if seen.requests > 0 => {
                self.complain("said `not sent`, and it was".to_owned());
            }
            Some(Outcome::NotSent | Outcome::Rejected) if effects > 0 => {
                self.complain(format!("said {outcome:?}, and it happened"));
            }
            None if seen.forwarded == 0 => {
                self.complain("said `done`, and it never arrived".to_owned());
            }
            _ => {}
        }
    }

    /// Whatever happened, the same client goes on working.
    async fn check_next_call(&mut self, client: &S::Client) {
        let probe = self.subject.probe(client);
        let (result, _) = self.time.drive(&self.gateway, probe).await;
        if let Err(error) = result {
            self.complain(format!("the next call failed: {error}"));
        }
    }

    /// No secret and no personal data shows anywhere.
    fn check_outputs(&mut self, result: &Result<String, Error>, client: &S::Client) {
        let mut secrets = self.subject.secrets();
        secrets.extend(self.gateway.secrets());
        secrets.push(PERSONAL.to_owned());
        let answer = match result {
            Ok(answer) => answer.as_str(),
            Err(_) => "",
        };
        let mut printed = format!("{client:?}\n{}\n", self.capture.lines().join("\n"));
        if let Err(error) = result {
            printed.push_str(&shown(error));
        }
        self.search(answer, &secrets);
        // An answer may show which thing it is about; an error or a trace may not.
        secrets.push(self.key.text());
        self.search(&printed, &secrets);
    }

    fn search(&mut self, printed: &str, secrets: &[String]) {
        for line in printed.lines() {
            if secrets.iter().any(|secret| line.contains(secret.as_str())) {
                self.complain(format!("showed what it must not: {line}"));
            }
        }
    }

    /// One idle connection may stay for the next call, and none when the client has gone.
    async fn check_connections(&mut self, client: S::Client) {
        self.gateway.until(|seen| seen.open <= 1).await;
        drop(client);
        self.gateway.until(|seen| seen.open == 0).await;
    }

    fn expect<T: PartialEq + Debug>(&mut self, what: &str, got: T, expected: T) {
        if got != expected {
            self.complain(format!("{what}: {got:?} instead of {expected:?}"));
        }
    }

    fn complain(&mut self, complaint: String) {
        let operation = self.operation.operation.name;
        let acted = if self.acts { "acted" } else { "not acted" };
        self.complaints.push(format!(
            "{}, {operation}, {acted}: {complaint}",
            self.case.name
        ));
    }
}
