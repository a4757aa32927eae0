//! What a call reports to `tracing`: one span per call, one event per retry.
//!
//! Names follow OpenTelemetry's conventions for HTTP clients. Of the request only the operation's
//! own constants are recorded, never an identifier, a query, a header or a body.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use http::StatusCode;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span, info, info_span, warn};

use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorKind, Outcome};
use crate::failure::Failure;
use crate::observer::LookResult;
use crate::operation::Operation;
use crate::response::Response;

/// The span of one call, all of its attempts included.
pub(crate) struct CallSpan(Span);

impl CallSpan {
    pub(crate) fn open(operation: &'static Operation, base: &BaseUrl) -> Self {
        Self(info_span!(
            "http.client.call",
            otel.name = operation.name,
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = operation.method.as_str(),
            server.address = base.host(),
            server.port = base.port(),
            url.template = operation.template,
            http.response.status_code = Empty,
            http.request.resend_count = Empty,
            error.type = Empty,
        ))
    }

    /// Runs the call inside the span.
    pub(crate) fn trace<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F> {
        call.instrument(self.0.clone())
    }

    /// Reports that the attempt failed and will be repeated after `wait`.
    pub(crate) fn retrying(&self, failure: &Failure, resend_count: usize, wait: Duration) {
        warn!(
            parent: &self.0,
            http.request.resend_count = resend_count,
            http.response.status_code = failure.status.map(|status| status.as_u16()),
            error.type = %ErrorType(failure.kind, failure.status),
            outcome = outcome(failure.outcome),
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            "attempt failed, retrying",
        );
    }

    /// Records how the call ended.
    pub(crate) fn close(self, result: &Result<Response, Error>) {
        if self.0.is_disabled() {
            return;
        }
        match result {
            Ok(response) => {
                self.record(Some(response.status()), response.resend_count());
            }
            Err(error) => {
                self.record(error.status(), error.attempts().len().saturating_sub(1));
                let error_type = ErrorType(error.kind(), error.status());
                self.0.record("error.type", display(error_type));
                self.0.record("otel.status_code", "ERROR");
            }
        }
    }

    fn record(&self, status: Option<StatusCode>, resend_count: usize) {
        if let Some(status) = status {
            self.0.record("http.response.status_code", status.as_u16());
        }
        if resend_count > 0 {
            self.0.record("http.request.resend_count", resend_count);
        }
    }
}

/// Reports that a request waits before it is sent, because an earlier response asked all calls to.
pub(crate) fn held_back(wait: Duration) {
    info!(
        wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        "held back by an earlier Retry-After"
    );
}

/// Notes a look for what may have been created.
pub(crate) fn looked(operation: Option<&Operation>, result: LookResult) {
    let result = match result {
        LookResult::Found => "found",
        LookResult::Absent => "absent",
        LookResult::Failed => "failed",
    };
    let operation = operation.map(|operation| operation.name);
    info!(
        otel.name = operation,
        result, "looked whether it was created"
    );
}

/// The convention's value: the status code of a response, otherwise a name of few variants.
struct ErrorType(ErrorKind, Option<StatusCode>);

impl fmt::Display for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (ErrorKind::Status | ErrorKind::Redirect, Some(status)) => status.as_u16().fmt(f),
            (kind, _) => f.write_str(kind.as_str()),
        }
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "not_sent",
        Outcome::Rejected => "rejected",
        Outcome::Unknown => "unknown",
    }
}
