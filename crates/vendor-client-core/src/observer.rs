//! Telling an observer what happens on the way of a call.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use crate::error::{Error, ErrorKind, Outcome};
use crate::failure::Failure;
use crate::operation::Operation;
use crate::response::{Received, Response};

/// Is told what happens on the way of calls, for metrics or an audit log; set it with
/// [`TransportConfig::observer`](crate::TransportConfig::observer).
///
/// It never gets a value of a request or a response: no identifier, query, header, body or words of
/// the vendor. Any `Fn(&Observation<'_>)` is an observer.
///
/// It runs inside the call, so it must return quickly. Without an observer, nothing is measured.
///
/// With the crate [`metrics`](https://docs.rs/metrics), by the names of OpenTelemetry's conventions
/// for HTTP clients:
///
/// ```
/// use std::sync::Arc;
/// use metrics::{Label, counter, histogram};
/// use vendor_client_core::{Observation, Observed, TransportConfig};
///
/// fn record(observation: &Observation<'_>) {
///     let operation = observation.operation;
///     let mut labels = vec![
///         Label::new("http.request.method", operation.method.to_string()),
///         Label::new("url.template", operation.template),
///     ];
///     match &observation.observed {
///         Observed::Attempt(attempt) => {
///             if let Some(status) = attempt.status {
///                 labels.push(Label::new("http.response.status_code", status.as_str().to_owned()));
///             }
///             if let Some(error) = attempt.error {
///                 labels.push(Label::new("error.type", error.as_str()));
///             }
///             histogram!("http.client.request.duration", labels)
///                 .record(attempt.duration.as_secs_f64());
///         }
///         Observed::Look(result) => {
///             labels.push(Label::new("result", format!("{result:?}")));
///             counter!("vendor.client.looks", labels).increment(1);
///         }
///         _ => {}
///     }
/// }
///
/// let config = TransportConfig::default().observer(Arc::new(record));
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Takes note of what was observed.
    fn observe(&self, observation: &Observation<'_>);
}

impl<F: Fn(&Observation<'_>) + Send + Sync + 'static> Observer for F {
    fn observe(&self, observation: &Observation<'_>) {
        self(observation);
    }
}

/// Something that happened on the way of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// The operation that is called. A log-in is a call with an operation of its own.
    pub operation: &'static Operation,
    /// The caller's own name for the call, if the
    /// [request has one](crate::Request::correlation_id).
    pub correlation_id: Option<&'a str>,
    /// What happened.
    pub observed: Observed,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observed {
    /// A request was sent, or could not be, and what came of it.
    Attempt(AttemptEnded),
    /// A call has ended, with all its attempts and waits. What the body of a success holds is read
    /// afterwards and not judged here. A call whose future is dropped doesn't end.
    Call(CallEnded),
    /// A call waited for a log-in, its own or another call's. The log-in's own call is observed as
    /// well.
    LogIn {
        /// How long it waited.
        duration: Duration,
        /// Why there was no token, if there was none.
        error: Option<ErrorKind>,
    },
    /// A call is held back because the service asked for a wait (`Retry-After`). It fails at once
    /// if its deadline comes before the end of the wait.
    HeldBack {
        /// How long it waits at least.
        wait: Duration,
    },
    /// After an unknown outcome, the thing that the operation creates was looked for.
    Look(LookResult),
}

/// The end of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptEnded {
    /// Which attempt of its call it was; 1 is the first.
    pub number: usize,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// What went wrong; `None` if it succeeded.
    pub error: Option<ErrorKind>,
    /// What is known of its effect; `None` if it succeeded.
    pub outcome: Option<Outcome>,
    /// From sending the request until the response was read.
    pub duration: Duration,
}

/// The end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallEnded {
    /// How many attempts were made. A log-in that failed counts as one, and so does a turn that
    /// did not come in time.
    pub attempts: usize,
    /// The status of the last response, if there was one.
    pub status: Option<StatusCode>,
    /// What went wrong; `None` if it succeeded.
    pub error: Option<ErrorKind>,
    /// What is known of its effect after all attempts; `None` if it succeeded.
    pub outcome: Option<Outcome>,
    /// Everything: logging in, waiting for a turn, the attempts and the waits between them.
    pub duration: Duration,
}

/// What a look after an unknown outcome has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a look shows it, doesn't, or fails"
)]
pub enum LookResult {
    /// The thing is there.
    Found,
    /// The service reports that the thing is not there.
    Absent,
    /// The look failed, so it shows nothing.
    Failed,
}

impl LookResult {
    pub(crate) fn of<F>(look: &Result<Option<F>, Error>) -> Self {
        match look {
            Ok(Some(_)) => Self::Found,
            Ok(None) => Self::Absent,
            Err(_) => Self::Failed,
        }
    }
}

/// The observer of one call, if there is one.
pub(crate) struct Observing<'a> {
    observer: Option<&'a dyn Observer>,
    operation: &'static Operation,
    correlation_id: Option<&'a str>,
}

impl<'a> Observing<'a> {
    pub(crate) fn new(
        observer: Option<&'a dyn Observer>,
        operation: &'static Operation,
        correlation_id: Option<&'a str>,
    ) -> Self {
        Self {
            observer,
            operation,
            correlation_id,
        }
    }

    /// Now, if anybody wants to know how long something takes.
    pub(crate) fn start(&self) -> Option<Instant> {
        self.observer.map(|_| Instant::now())
    }

    pub(crate) fn attempt(
        &self,
        start: Option<Instant>,
        number: usize,
        result: &Result<Received, Failure>,
    ) {
        self.tell(|| {
            let failure = result.as_ref().err();
            Observed::Attempt(AttemptEnded {
                number,
                status: match result {
                    Ok(received) => Some(received.status),
                    Err(failure) => failure.status,
                },
                error: failure.map(|failure| failure.kind),
                outcome: failure.map(|failure| failure.outcome),
                duration: since(start),
            })
        });
    }

    pub(crate) fn call(&self, start: Option<Instant>, result: &Result<Response, Error>) {
        self.tell(|| {
            let error = result.as_ref().err();
            Observed::Call(CallEnded {
                attempts: match result {
                    Ok(response) => response.resend_count() + 1,
                    Err(error) => error.attempts().len(),
                },
                status: match result {
                    Ok(response) => Some(response.status()),
                    Err(error) => error.status(),
                },
                error: error.map(Error::kind),
                outcome: error.map(Error::outcome),
                duration: since(start),
            })
        });
    }

    pub(crate) fn log_in<T>(&self, start: Option<Instant>, result: &Result<T, Failure>) {
        self.tell(|| Observed::LogIn {
            duration: since(start),
            error: result.as_ref().err().map(|failure| failure.kind),
        });
    }

    pub(crate) fn held_back(&self, wait: impl FnOnce() -> Option<Duration>) {
        if self.observer.is_some()
            && let Some(wait) = wait()
        {
            self.tell(|| Observed::HeldBack { wait });
        }
    }

    pub(crate) fn look(&self, result: LookResult) {
        self.tell(|| Observed::Look(result));
    }

    fn tell(&self, observed: impl FnOnce() -> Observed) {
        let Some(observer) = self.observer else {
            return;
        };
        observer.observe(&Observation {
            operation: self.operation,
            correlation_id: self.correlation_id,
            observed: observed(),
        });
    }
}

fn since(start: Option<Instant>) -> Duration {
    start.map(|start| start.elapsed()).unwrap_or_default()
}

impl fmt::Debug for dyn Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
