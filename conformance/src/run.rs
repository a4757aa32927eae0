//! Runs one case with one operation, and checks everything a caller relies on.

use std::sync::Arc;
use std::time::Duration;

use vendor_client_core::{Error, ErrorKind, Outcome};

use crate::case::{Case, Connection, Expected, ExpectedError};
use crate::gateway::{Injection, Seen, Target, Wire};
use crate::outputs::shown;
use crate::scene::{Scene, play};
use crate::subject::{Key, Subject, Subjected};

/// How far a call may overshoot its deadline: tokio's timers count whole milliseconds.
const TICK: Duration = Duration::from_millis(5);

/// Runs `case` with `operation`, the vendor acting first or not. Returns what was wrong, in
/// sentences.
pub(crate) fn run<S: Subject>(
    subject: &Arc<S>,
    operation: &Subjected,
    case: &Case,
    acts: bool,
    key: Key,
) -> Vec<String> {
    let acted = if acts { "acted" } else { "not acted" };
    let about = format!("{}, {}, {acted}", case.name, operation.operation.name);
    play(subject, about, case.limits, async |scene| {
        let run = Run {
            operation,
            case,
            acts,
            key,
        };
        run.all(scene).await;
    })
}

struct Run<'a> {
    operation: &'a Subjected,
    case: &'a Case,
    acts: bool,
    key: Key,
}

impl Run<'_> {
    async fn all<S: Subject>(&self, scene: &mut Scene<S>) {
        let client = scene.client(None);
        if let Err(error) = self.make_ready(scene, &client).await {
            return scene.complain(format!("could not be set up: {error}"));
        }
        let before = scene.gateway.seen();
        scene.gateway.plan(self.injection()).await;
        let name = self.operation.operation.name;
        let subject = Arc::clone(&scene.subject);
        let call = subject.perform(&client, name, self.key);
        let (result, took) = scene.time.drive(&scene.gateway, call).await;
        let seen = scene.gateway.seen().since(before);

        self.check_result(scene, &result, seen);
        self.check_effects(scene, &result, seen);
        if took > self.case.limits.call + TICK {
            scene.complain(format!("took {took:?}"));
        }
        scene.gateway.lift().await;
        scene.expect_next_call(&client).await;
        self.check_outputs(scene, &result, &client);
        scene.expect_no_leak(client).await;
    }

    /// Logs in, prepares the sandbox, and leaves one connection open or none.
    async fn make_ready<S: Subject>(
        &self,
        scene: &mut Scene<S>,
        client: &S::Client,
    ) -> Result<(), Error> {
        let fresh = self.case.connection == Connection::Fresh;
        scene.gateway.close_after_response(fresh);
        let subject = Arc::clone(&scene.subject);
        let name = self.operation.operation.name;
        let ready = async {
            subject.probe(client).await?;
            subject.arrange(client, name, self.key).await
        };
        scene.drive(ready).await?;
        if fresh {
            scene.gateway.until(|seen| seen.open == 0).await;
            scene.gateway.close_after_response(false);
        }
        Ok(())
    }

    fn injection(&self) -> Injection {
        Injection {
            target: Target::Operation,
            forwarded: self.acts,
            times: self.case.times,
            wire: self.case.wire.clone(),
        }
    }

    /// The error's kind, the outcome it reports, its attempts.
    fn check_result<S: Subject>(
        &self,
        scene: &mut Scene<S>,
        result: &Result<String, Error>,
        seen: Seen,
    ) {
        let (failures, may_succeed) = self.case.expected.of(self.operation);
        let error = match result {
            Ok(_) if may_succeed => return,
            Ok(_) => return scene.complain("succeeded".to_owned()),
            Err(error) => error,
        };
        if self.case.expected == Expected::BreaksEarly {
            let is_meant = matches!(error.kind(), ErrorKind::Connect | ErrorKind::Interrupted);
            return scene.expect("a connection that breaks", is_meant, true);
        }
        let is_meant = |failure: &&ExpectedError| failure.kind == error.kind();
        let Some(failure) = failures.iter().find(is_meant) else {
            return scene.complain(format!("failed: {error}"));
        };
        scene.expect("outcome", error.outcome(), failure.outcome);
        let has_tokens = scene.subject.log_in().is_some();
        let attempts = failure.attempts.of(self.operation, has_tokens);
        scene.expect("attempts", error.attempts().len(), attempts);
        if matches!(self.case.wire, Wire::Send(_)) {
            scene.expect("requests", seen.requests, attempts);
        }
        let is_rate_limited = self.case.is_rate_limited;
        scene.expect("rate limited", error.is_rate_limited(), is_rate_limited);
        if let Some(status) = self.case.status {
            let reported = error.status().map(|status| status.as_u16());
            scene.expect("status", reported, Some(status));
        }
        if let Some(wait) = self.case.retry_after {
            scene.expect("Retry-After", error.retry_after(), Some(wait));
        }
        if let Some(host) = self.case.redirect_host {
            scene.expect("host", error.redirect_host(), Some(host));
        }
    }

    /// What the client reports about the effect, against what happened.
    fn check_effects<S: Subject>(
        &self,
        scene: &mut Scene<S>,
        result: &Result<String, Error>,
        seen: Seen,
    ) {
        let name = self.operation.operation.name;
        let effects = scene.subject.effects(name, self.key);
        if !self.operation.is_idempotent() && effects > 1 {
            scene.complain(format!("took effect {effects} times"));
        }
        let outcome = match result {
            Ok(_) => None,
            Err(error) => Some(error.outcome()),
        };
        match outcome {
            Some(Outcome::NotSent) if seen.requests > 0 => {
                scene.complain("said `not sent`, and it was".to_owned());
            }
            Some(Outcome::NotSent | Outcome::Rejected) if effects > 0 => {
                scene.complain(format!("said {outcome:?}, and it happened"));
            }
            None if seen.forwarded == 0 => {
                scene.complain("said `done`, and it never arrived".to_owned());
            }
            _ => {}
        }
    }

    /// No secret and no personal data appears anywhere.
    fn check_outputs<S: Subject>(
        &self,
        scene: &mut Scene<S>,
        result: &Result<String, Error>,
        client: &S::Client,
    ) {
        let shows_client = format!("{client:?}");
        match result {
            // A response may show its key; an error or a trace may not.
            Ok(response) => scene.expect_discretion(&format!("{response}\n{shows_client}"), &[]),
            Err(error) => {
                let printed = format!("{}\n{shows_client}", shown(error));
                scene.expect_discretion(&printed, &[self.key.text()]);
            }
        }
    }
}
