//! The setting of every run: a paused clock, a gateway to the sandbox, and a capture of what is printed.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use vendor_client_core::{Error, LookUp, ManualClock, RetryPolicy, TokenStore, TransportConfig};

use crate::case::Limits;
use crate::gateway::{Gateway, Upstream};
use crate::outputs::Capture;
use crate::subject::{Setup, Subject};
use crate::time::{Frozen, Time, freeze};

/// The setting of one run.
pub(crate) struct Scene<S> {
    pub(crate) subject: Arc<S>,
    pub(crate) gateway: Gateway,
    pub(crate) capture: Capture,
    pub(crate) time: Time,
    /// The wall clock of its clients.
    pub(crate) clock: ManualClock,
    pub(crate) complaints: Vec<String>,
    /// What complaints begin with.
    about: String,
    _frozen: Frozen,
}

/// Plays in a scene of its own. Returns what was wrong, in sentences.
pub(crate) fn play<S: Subject>(
    subject: &Arc<S>,
    about: String,
    limits: Limits,
    play: impl AsyncFnOnce(&mut Scene<S>),
) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        subject.service().reset();
        let (events, received) = mpsc::unbounded_channel();
        let mut scene = Scene {
            subject: Arc::clone(subject),
            capture: Capture::start(events.clone()),
            gateway: Gateway::start(upstream(&**subject), events),
            time: Time {
                events: received,
                limits,
            },
            clock: ManualClock::new(subject.clock().now().into()),
            complaints: Vec::new(),
            about,
            _frozen: freeze(),
        };
        play(&mut scene).await;
        scene.complaints
    })
}

impl<S: Subject> Scene<S> {
    /// A client that goes through the gateway: without waits that the vendor did not ask for, and with
    /// a manual clock and seeded randomness.
    pub(crate) fn client(&self, token_store: Option<Arc<dyn TokenStore>>) -> S::Client {
        self.client_at(self.base_url(), token_store)
    }

    /// The same with another base URL.
    pub(crate) fn client_at(
        &self,
        base_url: String,
        token_store: Option<Arc<dyn TokenStore>>,
    ) -> S::Client {
        let config = TransportConfig::default()
            .attempt_timeout(self.time.limits.attempt)
            .deadline(self.time.limits.call)
            .retry(RetryPolicy::default().first_wait(Duration::ZERO))
            .look_up(LookUp::default().waits([Duration::ZERO; 3]))
            .clock(Arc::new(self.clock.clone()))
            .random_seed(7);
        let setup = Setup {
            base_url,
            transport: config,
            token_store,
        };
        self.subject.client(setup).unwrap()
    }

    /// The vendor's base URL, as it is reached through the gateway.
    pub(crate) fn base_url(&self) -> String {
        let direct = format!("http://{}", self.subject.service().address());
        let through = format!("http://{}", self.gateway.address());
        let url = self.subject.service().base_url();
        url.replace(&direct, &through)
    }

    /// Runs a call to its end. Time passes when someone waits for it.
    pub(crate) async fn drive<T>(&mut self, call: impl Future<Output = T>) -> T {
        self.time.drive(&self.gateway, call).await.0
    }

    /// The same client still works.
    pub(crate) async fn expect_next_call(&mut self, client: &S::Client) {
        let subject = Arc::clone(&self.subject);
        if let Err(error) = self.drive(subject.probe(client)).await {
            self.complain(format!("the next call failed: {error}"));
        }
    }

    /// At most one idle connection stays for the next call, and none once the client is dropped.
    pub(crate) async fn expect_no_leak(&mut self, client: S::Client) {
        self.gateway.until(|seen| seen.open <= 1).await;
        drop(client);
        self.gateway.until(|seen| seen.open == 0).await;
    }

    /// Neither the secrets nor `further` appear in the trace or in `printed`.
    pub(crate) fn expect_discretion(&mut self, printed: &str, further: &[String]) {
        let mut secrets = self.subject.secrets();
        secrets.extend(self.gateway.secrets());
        secrets.push(crate::subject::PERSONAL.to_owned());
        secrets.extend_from_slice(further);
        let traced = self.capture.lines().join("\n");
        for line in printed.lines().chain(traced.lines()) {
            if secrets.iter().any(|secret| line.contains(secret.as_str())) {
                self.complain(format!("leaked: {line}"));
            }
        }
    }

    pub(crate) fn expect<T: PartialEq + Debug>(&mut self, what: &str, got: T, expected: T) {
        if got != expected {
            self.complain(format!("{what}: {got:?} instead of {expected:?}"));
        }
    }

    /// Returns how the call failed.
    pub(crate) fn expect_failure<T>(&mut self, result: Result<T, Error>) -> Option<Error> {
        match result {
            Ok(_) => {
                self.complain("succeeded".to_owned());
                None
            }
            Err(error) => Some(error),
        }
    }

    pub(crate) fn expect_success<T>(&mut self, result: Result<T, Error>) {
        if let Err(error) = result {
            self.complain(format!("failed: {error}"));
        }
    }

    pub(crate) fn complain(&mut self, complaint: String) {
        self.complaints.push(format!("{}: {complaint}", self.about));
    }
}

/// Where a gateway to `subject` sends requests on to.
fn upstream<S: Subject>(subject: &S) -> Upstream {
    Upstream {
        address: subject.service().address(),
        log_in_path: subject.log_in().map(|log_in| log_in.path),
        secret_headers: subject.secret_headers(),
    }
}
