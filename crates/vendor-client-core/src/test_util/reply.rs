//! What an attempt gets.

use std::fmt;
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode, header};
use reqwest::{ResponseBuilderExt as _, Url};

use crate::error::{ErrorKind, Outcome};
use crate::failure::Failure;

/// What one attempt gets from a [`Script`](super::Script): a response, or none.
///
/// ```
/// use std::time::Duration;
/// use vendor_client_core::test_util::Reply;
///
/// let replies = [
///     Reply::json(429, "{}").header("retry-after", "30"),
///     Reply::lost(),
///     Reply::new(204).after(Duration::from_secs(2)),
/// ];
/// ```
#[derive(Clone)]
pub struct Reply {
    what: What,
    delay: Duration,
    operation: Option<String>,
    is_standing: bool,
}

#[derive(Clone)]
enum What {
    Response(http::Response<Vec<u8>>),
    Lost,
    NotSent,
    /// HTTP has no such response.
    Impossible(&'static str),
}

impl Reply {
    /// A response without a body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else {
            return What::Impossible("a reply of the script has a status that HTTP doesn't allow")
                .into();
        };
        let mut response = http::Response::default();
        *response.status_mut() = status;
        What::Response(response).into()
    }

    /// A response with a JSON body: a text, or anything that prints as JSON, such as a
    /// `serde_json::Value`.
    #[must_use]
    pub fn json(status: u16, body: impl fmt::Display) -> Self {
        Self::new(status)
            .header(header::CONTENT_TYPE.as_str(), "application/json")
            .body(body.to_string())
    }

    /// No response: the connection breaks after the request was sent, and whether it took effect is
    /// unknown.
    #[must_use]
    pub fn lost() -> Self {
        What::Lost.into()
    }

    /// No response: no connection can be made, so nothing is sent.
    #[must_use]
    pub fn not_sent() -> Self {
        What::NotSent.into()
    }

    /// Sets the body of the response.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        if let What::Response(response) = &mut self.what {
            *response.body_mut() = body.into();
        }
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let What::Response(response) = &mut self.what else {
            return self;
        };
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                response.headers_mut().append(name, value);
            }
            _ => {
                self.what =
                    What::Impossible("a reply of the script has a header that HTTP doesn't allow");
            }
        }
        self
    }

    /// Lets the attempt wait for it. If the client's time limit ends first, the attempt times out.
    ///
    /// With tokio's clock paused (`#[tokio::test(start_paused = true)]`), no time passes.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Keeps it for the attempts of one operation, such as `log_in`. Attempts of others take the
    /// next one in the list.
    #[must_use]
    pub fn to(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Gives it to every attempt from here on, instead of to one.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.is_standing = true;
        self
    }

    pub(super) fn is_for(&self, operation: &str) -> bool {
        self.operation
            .as_deref()
            .is_none_or(|meant| meant == operation)
    }

    pub(super) fn is_standing(&self) -> bool {
        self.is_standing
    }

    /// Waits, and becomes what an exchange with the service at `url` would have come to.
    pub(super) async fn come(self, url: Url) -> Result<reqwest::Response, Failure> {
        tokio::time::sleep(self.delay).await;
        match self.what {
            What::Response(response) => Ok(came_from(url, response)),
            What::Lost => Err(Failure::new(ErrorKind::Interrupted, Outcome::Unknown).transient()),
            What::NotSent => Err(Failure::new(ErrorKind::Connect, Outcome::NotSent).transient()),
            What::Impossible(reason) => {
                Err(Failure::new(ErrorKind::Configuration, Outcome::NotSent).reason(reason))
            }
        }
    }
}

/// A response as the HTTP client returns one, which knows its URL.
fn came_from(url: Url, response: http::Response<Vec<u8>>) -> reqwest::Response {
    let (parts, body) = response.into_parts();
    let with_url = http::Response::builder().url(url).body(body);
    let mut response = with_url.unwrap_or_default();
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    response.into()
}

impl From<What> for Reply {
    fn from(what: What) -> Self {
        Self {
            what,
            delay: Duration::ZERO,
            operation: None,
            is_standing: false,
        }
    }
}

/// Shows neither headers nor the body.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Reply");
        match &self.what {
            What::Response(response) => out.field("status", &response.status()),
            What::Lost => out.field("response", &"lost"),
            What::NotSent => out.field("request", &"not sent"),
            What::Impossible(reason) => out.field("impossible", reason),
        };
        out.field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
