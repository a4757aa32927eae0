//! Tokens, and many callers at once: what one call with one injection cannot show.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::advance;
use vendor_client_core::{Error, ErrorKind, FileTokenStore, Outcome, TransportConfig};

use crate::case::Limits;
use crate::gateway::{After, Injection, Pace, Payload, Target, Wire};
use crate::http::RawResponse;
use crate::outputs::shown;
use crate::report::Line;
use crate::scene::{Scene, play};
use crate::subject::{Body, Key, Setup, Subject, Subjected};
use crate::suite::single_threaded;

/// The topic's name in the table.
const TOPIC: &str = "Tokens and callers";

/// How many callers come at once. A tenth of them send a request after the log-in: each takes one
/// connection, and a process can open only so many.
const CALLERS: usize = 1_000;

/// A little longer than a client remembers that its credentials were refused.
const MEMORY: Duration = Duration::from_secs(61);

/// Runs all cases of this topic. `program` is this crate's own, to be started as a process that
/// shares a token.
pub(crate) fn examine<S: Subject>(subject: &Arc<S>, program: &Path) -> Vec<Line> {
    let mut acts = Acts {
        subject,
        lines: Vec::new(),
    };
    acts.with_tokens(
        "a token that expires in mid-flight",
        "success, 1 new log-in, done once",
        expired,
    );
    acts.with_tokens(
        "a token that is revoked",
        "success, 1 new log-in, done once",
        revoked,
    );
    acts.with_tokens(
        "a log-in without a response",
        "timeout at the deadline, not sent",
        log_in_silent,
    );
    acts.with_tokens("a log-in that is slow", "success, 1 log-in", log_in_slow);
    acts.with_tokens(
        "a log-in that is refused",
        "`LogIn`, not sent, 1 log-in for all calls of a minute",
        log_in_refused,
    );
    acts.with_tokens(
        "a log-in that fails with 500",
        "`LogIn`, not sent, may be tried again",
        log_in_failing,
    );
    acts.with_tokens(
        "a log-in that is put off for an hour",
        "`LogIn`, not sent, tells the wait",
        log_in_put_off,
    );
    acts.with_tokens(
        "a log-in whose connection is reset",
        "`LogIn`, not sent, may be tried again",
        log_in_reset,
    );
    acts.with_tokens(
        "a log-in without a token",
        "`LogIn`, not sent",
        log_in_empty,
    );
    acts.with_tokens(
        "a log-in with an HTML page",
        "`LogIn`, not sent",
        log_in_html,
    );
    acts.with_tokens(
        "a log-in with a token that no header can hold",
        "`LogIn`, not sent",
        log_in_unusable,
    );
    acts.with_any(
        "1,000 callers at once, none logged in",
        "success for all, 1 log-in",
        crowd,
    );
    acts.with_tokens(
        "1,000 callers at once, credentials refused",
        "unauthorized for all, 1 log-in",
        refused_crowd,
    );
    acts.with_tokens(
        "1,000 callers at once, their token revoked",
        "success for all, 1 new log-in",
        revoked_crowd,
    );
    acts.with_tokens(
        "the caller that logs in gives up",
        "the others succeed, 1 log-in",
        abandoned_log_in,
    );
    acts.with_any(
        "a caller that gives up in mid-flight",
        "the next call succeeds, nothing leaks",
        abandoned_call,
    );
    acts.with_any(
        "a TLS handshake that never ends",
        "not sent, within the deadline",
        mute_handshake,
    );
    acts.with_any(
        "an idle connection closed while the program is busy",
        "success, done once",
        dead_connection,
    );
    acts.with_any(
        "bytes that follow a `204` later",
        "the next call succeeds, done once",
        stray_bytes,
    );
    acts.with_tokens(
        "the clock jumps forward",
        "success, 1 new log-in",
        clock_forward,
    );
    acts.with_tokens("the clock jumps back", "success, no new log-in", clock_back);
    acts.with_tokens(
        "two processes that share a token file",
        "success for both, 1 log-in",
        async |scene| two_processes(scene, program),
    );
    acts.lines
}

/// Runs cases, and keeps a line on each.
struct Acts<'a, S> {
    subject: &'a Arc<S>,
    lines: Vec<Line>,
}

impl<S: Subject> Acts<'_, S> {
    /// A case for vendors that have tokens.
    fn with_tokens(
        &mut self,
        case: &'static str,
        expected: &'static str,
        act: impl AsyncFnOnce(&mut Scene<S>),
    ) {
        match self.subject.log_in() {
            Some(_) => self.with_any(case, expected, act),
            None => self.note(case, expected, 0, Vec::new()),
        }
    }

    /// A case for every vendor.
    fn with_any(
        &mut self,
        case: &'static str,
        expected: &'static str,
        act: impl AsyncFnOnce(&mut Scene<S>),
    ) {
        let complaints = play(self.subject, case.to_owned(), Limits::default(), act);
        self.note(case, expected, 1, complaints);
    }

    fn note(
        &mut self,
        case: &'static str,
        expected: &'static str,
        runs: usize,
        complaints: Vec<String>,
    ) {
        self.lines.push(Line {
            topic: TOPIC,
            case,
            expected: expected.to_owned(),
            runs,
            complaints,
        });
    }
}

/// The operation that these cases call: one that is not idempotent, if there is one.
fn operation<S: Subject>(subject: &S) -> Subjected {
    let all = subject.operations();
    let not_idempotent = all.iter().find(|operation| !operation.is_idempotent());
    *not_idempotent.unwrap_or(&all[0])
}

impl<S: Subject> Scene<S> {
    /// Performs the operation.
    async fn perform(&mut self, client: &S::Client, key: Key) -> Result<String, Error> {
        let name = operation(&*self.subject).operation.name;
        let subject = Arc::clone(&self.subject);
        self.drive(async {
            subject.arrange(client, name, key).await?;
            subject.perform(client, name, key).await
        })
        .await
    }

    /// Once, unless the operation has no effects.
    fn expect_effects(&mut self, effects: usize) {
        let is_read = operation(&*self.subject).is_idempotent();
        self.expect("effects", effects, usize::from(!is_read));
    }

    fn effects(&self, key: Key) -> usize {
        let name = operation(&*self.subject).operation.name;
        self.subject.effects(name, key)
    }

    async fn break_log_in(
        &mut self,
        bytes: impl Fn(&RawResponse) -> Vec<u8> + Send + Sync + 'static,
        after: After,
    ) {
        self.plan(Target::LogIn, false, bytes, Pace::AtOnce, after)
            .await;
    }

    async fn plan(
        &mut self,
        target: Target,
        forwarded: bool,
        bytes: impl Fn(&RawResponse) -> Vec<u8> + Send + Sync + 'static,
        pace: Pace,
        after: After,
    ) {
        let injection = Injection {
            target,
            forwarded,
            times: usize::MAX,
            wire: Wire::Send(Payload {
                bytes: Arc::new(bytes),
                pace,
                after,
            }),
        };
        self.gateway.plan(injection).await;
    }

    /// A call whose log-in goes wrong fails with `LogIn`, and nothing was sent. Afterwards the client
    /// works again.
    async fn expect_log_in_failure(&mut self) -> Option<Error> {
        let client = self.client(None);
        let result = self.perform(&client, Key(1)).await;
        let seen = self.gateway.seen();
        let error = self.expect_failure(result)?;
        self.expect("kind", error.kind(), ErrorKind::LogIn);
        self.expect("outcome", error.outcome(), Outcome::NotSent);
        self.expect("requests", seen.requests, 0);
        self.expect_discretion(&shown(&error), &[Key(1).text()]);
        self.recover(client).await;
        Some(error)
    }

    async fn recover(&mut self, client: S::Client) {
        self.gateway.lift().await;
        // The log-in itself may end a moment after the caller that waited for it.
        advance(Duration::from_secs(1)).await;
        advance(MEMORY).await;
        self.expect_next_call(&client).await;
        self.expect_no_leak(client).await;
    }

    fn expect_log_ins(&mut self, log_ins: usize) {
        let seen = self.gateway.seen().log_ins;
        let expected = match self.subject.log_in() {
            Some(_) => log_ins,
            None => 0,
        };
        self.expect("log-ins", seen, expected);
    }
}

async fn expired<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    scene.expect_next_call(&client).await;
    let lifetime = scene.subject.log_in().map(|log_in| log_in.lifetime);
    // The vendor's clock advances, and the client's does not.
    scene.subject.clock().advance(lifetime.unwrap_or_default());
    renewed(scene, client).await;
    scene.subject.clock().set(vendor_sandbox::Clock::START);
}

async fn revoked<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    scene.expect_next_call(&client).await;
    if let Some(log_in) = scene.subject.log_in() {
        (log_in.revoke)();
    }
    renewed(scene, client).await;
}

/// A call whose token has expired is carried out once, with a new token.
async fn renewed<S: Subject>(scene: &mut Scene<S>, client: S::Client) {
    let result = scene.perform(&client, Key(1)).await;
    scene.expect_success(result);
    let effects = scene.effects(Key(1));
    scene.expect("effects", effects, 1);
    scene.expect_log_ins(2);
    scene.expect_no_leak(client).await;
}

async fn log_in_silent<S: Subject>(scene: &mut Scene<S>) {
    scene.break_log_in(|_| Vec::new(), After::Silence).await;
    let client = scene.client(None);
    let start = tokio::time::Instant::now();
    let result = scene.perform(&client, Key(1)).await;
    let took = start.elapsed();
    if let Some(error) = scene.expect_failure(result) {
        scene.expect("a timeout", error.is_timeout(), true);
        scene.expect("outcome", error.outcome(), Outcome::NotSent);
    }
    let deadline = scene.time.limits.call + Duration::from_millis(5);
    scene.expect("within the deadline", took <= deadline, true);
    let requests = scene.gateway.seen().requests;
    scene.expect("requests", requests, 0);
    scene.recover(client).await;
}

async fn log_in_slow<S: Subject>(scene: &mut Scene<S>) {
    let pace = Pace::PerSecond(20);
    scene
        .plan(
            Target::LogIn,
            true,
            RawResponse::bytes,
            pace,
            After::KeepAlive,
        )
        .await;
    let client = scene.client(None);
    let result = scene.perform(&client, Key(1)).await;
    scene.expect_success(result);
    scene.expect_log_ins(1);
    scene.expect_no_leak(client).await;
}

async fn log_in_refused<S: Subject>(scene: &mut Scene<S>) {
    let refusals = scene.subject.log_in().map(|log_in| log_in.refusals);
    for status in refusals.unwrap_or_default() {
        log_in_refused_by(scene, *status).await;
    }
}

async fn log_in_refused_by<S: Subject>(scene: &mut Scene<S>, status: u16) {
    let before = scene.gateway.seen().log_ins;
    let refusal =
        move |_: &RawResponse| RawResponse::json(status, r#"{"message": "canary"}"#).bytes();
    scene.break_log_in(refusal, After::KeepAlive).await;
    let client = scene.client(None);
    for key in [Key(1), Key(2), Key(3)] {
        let result = scene.perform(&client, key).await;
        if let Some(error) = scene.expect_failure(result) {
            scene.expect("kind", error.kind(), ErrorKind::LogIn);
            scene.expect("unauthorized", error.is_unauthorized(), true);
            scene.expect("retryable", error.is_retryable(), false);
            scene.expect("outcome", error.outcome(), Outcome::NotSent);
        }
    }
    scene.expect_log_ins(before + 1);
    scene.recover(client).await;
}

async fn log_in_failing<S: Subject>(scene: &mut Scene<S>) {
    scene
        .break_log_in(|_| RawResponse::json(500, "{}").bytes(), After::KeepAlive)
        .await;
    if let Some(error) = scene.expect_log_in_failure().await {
        scene.expect("retryable", error.is_retryable(), true);
    }
}

async fn log_in_put_off<S: Subject>(scene: &mut Scene<S>) {
    let response = |_: &RawResponse| {
        RawResponse::json(429, "{}")
            .header("retry-after", "3600")
            .bytes()
    };
    scene.break_log_in(response, After::KeepAlive).await;
    if let Some(error) = scene.expect_log_in_failure().await {
        scene.expect("rate limited", error.is_rate_limited(), true);
        let hour = Some(Duration::from_secs(3600));
        scene.expect("Retry-After", error.retry_after(), hour);
    }
}

async fn log_in_reset<S: Subject>(scene: &mut Scene<S>) {
    scene.break_log_in(|_| Vec::new(), After::Reset).await;
    if let Some(error) = scene.expect_log_in_failure().await {
        scene.expect("retryable", error.is_retryable(), true);
    }
}

async fn log_in_empty<S: Subject>(scene: &mut Scene<S>) {
    scene
        .break_log_in(|_| RawResponse::json(200, "{}").bytes(), After::KeepAlive)
        .await;
    scene.expect_log_in_failure().await;
}

async fn log_in_html<S: Subject>(scene: &mut Scene<S>) {
    let page = |_: &RawResponse| {
        RawResponse::new(200, "<p>canary</p>")
            .header("content-type", "text/html")
            .bytes()
    };
    scene.break_log_in(page, After::KeepAlive).await;
    scene.expect_log_in_failure().await;
}

async fn log_in_unusable<S: Subject>(scene: &mut Scene<S>) {
    let response = |_: &RawResponse| {
        RawResponse::json(
            200,
            r#"{"token": "canary\nx: y", "access_token": "canary\n"}"#,
        )
        .bytes()
    };
    scene.break_log_in(response, After::KeepAlive).await;
    scene.expect_log_in_failure().await;
}

/// Lets all callers come at once. Returns how many failed, and the last error.
async fn come_all<S: Subject>(
    scene: &mut Scene<S>,
    client: &S::Client,
    callers: usize,
) -> (usize, Option<Error>) {
    let mut calls = JoinSet::new();
    for number in 0..callers {
        let (subject, client) = (Arc::clone(&scene.subject), client.clone());
        calls.spawn(async move {
            match number % 10 {
                0 => subject.probe(&client).await,
                _ => subject.authenticate(&client).await,
            }
        });
    }
    let results = scene.drive(calls.join_all()).await;
    let failures: Vec<Error> = results.into_iter().filter_map(Result::err).collect();
    (failures.len(), failures.into_iter().last())
}

async fn crowd<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    let (failed, last) = come_all(scene, &client, CALLERS).await;
    if let Some(error) = last {
        scene.complain(format!("{failed} failed: {error}"));
    }
    scene.expect_log_ins(1);
    // Their connections stay open for a while, to be used again.
    drop(client);
    scene.gateway.until(|seen| seen.open == 0).await;
}

async fn refused_crowd<S: Subject>(scene: &mut Scene<S>) {
    scene
        .break_log_in(|_| RawResponse::json(401, "{}").bytes(), After::KeepAlive)
        .await;
    let client = scene.client(None);
    let (failed, last) = come_all(scene, &client, CALLERS).await;
    scene.expect("failures", failed, CALLERS);
    let is_unauthorized = last.is_some_and(|error| error.is_unauthorized());
    scene.expect("unauthorized", is_unauthorized, true);
    scene.expect_log_ins(1);
    let requests = scene.gateway.seen().requests;
    scene.expect("requests", requests, 0);
    scene.recover(client).await;
}

async fn revoked_crowd<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    scene.expect_next_call(&client).await;
    if let Some(log_in) = scene.subject.log_in() {
        (log_in.revoke)();
    }
    let (failed, last) = come_all(scene, &client, CALLERS).await;
    if let Some(error) = last {
        scene.complain(format!("{failed} failed: {error}"));
    }
    scene.expect_log_ins(2);
    drop(client);
    scene.gateway.until(|seen| seen.open == 0).await;
}

async fn abandoned_log_in<S: Subject>(scene: &mut Scene<S>) {
    let pace = Pace::PerSecond(20);
    scene
        .plan(
            Target::LogIn,
            true,
            RawResponse::bytes,
            pace,
            After::KeepAlive,
        )
        .await;
    let client = scene.client(None);
    {
        let subject = Arc::clone(&scene.subject);
        let given_up = subject.authenticate(&client);
        tokio::select! {
            biased;
            _ = given_up => scene.complain("the log-in was not slow".to_owned()),
            () = scene.gateway.until(|seen| seen.log_ins == 1) => {}
        }
    }
    let result = scene.perform(&client, Key(1)).await;
    scene.expect_success(result);
    scene.expect_log_ins(1);
    scene.expect_no_leak(client).await;
}

async fn abandoned_call<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    let name = operation(&*scene.subject).operation.name;
    scene.expect_next_call(&client).await;
    let before = scene.gateway.seen().requests;
    let subject = Arc::clone(&scene.subject);
    let arranged = scene.drive(subject.arrange(&client, name, Key(1))).await;
    scene.expect_success(arranged);
    let nothing = |_: &RawResponse| Vec::new();
    scene
        .plan(
            Target::Operation,
            true,
            nothing,
            Pace::AtOnce,
            After::Silence,
        )
        .await;
    let before = scene.gateway.seen().requests.max(before);
    {
        let given_up = subject.perform(&client, name, Key(1));
        tokio::select! {
            biased;
            _ = given_up => scene.complain("the call ended".to_owned()),
            () = scene.gateway.until(|seen| seen.requests > before) => {}
        }
    }
    scene.gateway.lift().await;
    scene.expect_next_call(&client).await;
    scene.expect_no_leak(client).await;
}

async fn mute_handshake<S: Subject>(scene: &mut Scene<S>) {
    scene.gateway.plan(on_connections(Wire::Mute)).await;
    let secure = scene.base_url().replace("http://", "https://");
    let client = scene.client_at(secure, None);
    let start = tokio::time::Instant::now();
    let result = scene.perform(&client, Key(1)).await;
    let took = start.elapsed();
    if let Some(error) = scene.expect_failure(result) {
        scene.expect("outcome", error.outcome(), Outcome::NotSent);
        scene.expect("retryable", error.is_retryable(), true);
    }
    let deadline = scene.time.limits.call + Duration::from_millis(5);
    scene.expect("within the deadline", took <= deadline, true);
    let effects = scene.effects(Key(1));
    scene.expect("effects", effects, 0);
}

/// The server closes the idle connection while the program does something else, and the program
/// sends its next request before it has looked at the connection.
async fn dead_connection<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    scene.expect_next_call(&client).await;
    while scene.gateway.seen().open > 0 {
        scene.gateway.plan(on_connections(Wire::CloseIdle)).await;
        // Not a yield to the runtime: the client must not notice.
        std::thread::yield_now();
    }
    scene.gateway.lift().await;
    let result = scene.perform(&client, Key(1)).await;
    scene.expect_success(result);
    let effects = scene.effects(Key(1));
    scene.expect_effects(effects);
    scene.expect_no_leak(client).await;
}

/// A response without a body is followed by bytes that belong to nothing, just before the next
/// request is sent.
async fn stray_bytes<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    let subject = Arc::clone(&scene.subject);
    let operations = subject.operations();
    let Some(empty) = operations.iter().find(|one| one.body != Body::Read) else {
        return;
    };
    let name = empty.operation.name;
    scene.expect_next_call(&client).await;
    let arranged = scene.drive(subject.arrange(&client, name, Key(1))).await;
    scene.expect_success(arranged);
    let no_content = |_: &RawResponse| b"HTTP/1.1 204 No Content\r\n\r\n".to_vec();
    let later = After::Later(b"null");
    scene
        .plan(Target::Operation, true, no_content, Pace::AtOnce, later)
        .await;
    let result = scene.drive(subject.perform(&client, name, Key(1))).await;
    scene.expect_success(result);
    scene.gateway.lift().await;
    scene.gateway.release();
    while scene.gateway.seen().later == 0 {
        std::thread::yield_now();
    }
    let result = scene.perform(&client, Key(2)).await;
    scene.expect_success(result);
    let effects = scene.effects(Key(2));
    scene.expect_effects(effects);
    scene.expect_no_leak(client).await;
}

fn on_connections(wire: Wire) -> Injection {
    Injection {
        target: Target::Operation,
        forwarded: false,
        times: usize::MAX,
        wire,
    }
}

async fn clock_forward<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    scene.expect_next_call(&client).await;
    scene.clock.advance(Duration::from_secs(13 * 3600));
    let result = scene.perform(&client, Key(1)).await;
    scene.expect_success(result);
    scene.expect_log_ins(2);
    scene.expect_no_leak(client).await;
}

async fn clock_back<S: Subject>(scene: &mut Scene<S>) {
    let client = scene.client(None);
    scene.expect_next_call(&client).await;
    for (key, hours) in [(Key(1), 2), (Key(2), 24 * 365 * 10)] {
        scene.clock.jump_back(Duration::from_secs(hours * 3600));
        let result = scene.perform(&client, key).await;
        scene.expect_success(result);
    }
    scene.expect_log_ins(1);
    scene.expect_no_leak(client).await;
}

/// Two processes share one token in a file: only one of them logs in. It runs in real time, since
/// processes do, and waits for nothing but their exit.
fn two_processes<S: Subject>(scene: &mut Scene<S>, program: &Path) {
    let directory = std::env::temp_dir().join(format!("conformance-{}", std::process::id()));
    let start = || {
        Command::new(program)
            .args([LOG_IN_COMMAND, S::NAME, &scene.base_url()])
            .arg(&directory)
            .stdin(Stdio::null())
            .spawn()
            .unwrap()
    };
    for mut process in [start(), start()] {
        let succeeded = process.wait().unwrap().success();
        scene.expect("a process that succeeds", succeeded, true);
    }
    scene.expect_log_ins(1);
    // Files left behind in the temporary folder do no harm.
    let _ = std::fs::remove_dir_all(directory);
}

/// The argument that makes this crate's program log in as one of two processes.
pub const LOG_IN_COMMAND: &str = "log-in";

/// What each of the processes does: it logs in with a directory of tokens, if `vendor` is this one.
pub fn log_in<S: Subject>(
    vendor: &str,
    base_url: &str,
    directory: &Path,
) -> Option<Result<(), Error>> {
    (vendor == S::NAME).then(|| {
        single_threaded().block_on(async {
            let subject = S::start().await;
            let setup = Setup {
                token_store: Some(Arc::new(FileTokenStore::new(directory))),
                // In real time: the token of one process must look alive to the other.
                transport: TransportConfig::default(),
                base_url: base_url.to_owned(),
            };
            let client = subject.client(setup)?;
            subject.authenticate(&client).await
        })
    })
}
