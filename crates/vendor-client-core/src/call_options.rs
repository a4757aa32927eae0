//! What some calls do differently from the rest of their client's.

use std::time::Duration;

use http::header::{self, HeaderName, HeaderValue};

use crate::error::Error;
use crate::retry::RetryPolicy;

/// The settings of single calls, which a clone of a transport carries.
#[derive(Clone, Default)]
pub(crate) struct CallOptions {
    pub(crate) deadline: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    /// Of one name, the last counts.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

/// Headers that carry credentials, frame the message or choose how the body is read.
const RESERVED: [HeaderName; 14] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::USER_AGENT,
];

impl CallOptions {
    /// Adds a header, unless it is the client's business.
    pub(crate) fn header(
        &mut self,
        name: &str,
        value: &str,
        is_the_services: impl Fn(&HeaderName) -> bool,
    ) -> Result<(), Error> {
        let refused = |reason| Err(Error::configuration(reason));
        let Ok(name) = HeaderName::try_from(name) else {
            return refused("a header of a call has a name that HTTP doesn't allow".to_owned());
        };
        if RESERVED.contains(&name) || is_the_services(&name) {
            return refused(format!("the header {name} of a call is set by the client"));
        }
        let Ok(value) = HeaderValue::try_from(value) else {
            return refused(format!("the header {name} of a call isn't visible text"));
        };
        self.headers.push((name, value));
        Ok(())
    }

    /// The value of `x-correlation-id`, if that header is set.
    pub(crate) fn correlation_id(&self) -> Option<&str> {
        let mut headers = self.headers.iter().rev();
        let (_, value) = headers.find(|(name, _)| name == "x-correlation-id")?;
        value.to_str().ok()
    }
}

/// Gives a client whose field `transport` is a [`Transport`](crate::Transport) the methods that
/// set something for single calls.
#[macro_export]
macro_rules! call_options {
    ($client:ident) => {
        /// Single calls that differ from the rest. A clone is cheap; it shares connections,
        /// tokens, limits and the retry budget.
        impl $client {
            /// The same client with another time limit for a whole call, its retries included.
            ///
            /// The default is that of
            /// [`TransportConfig::deadline`](crate::TransportConfig::deadline).
            #[must_use]
            pub fn with_deadline(&self, limit: ::std::time::Duration) -> Self {
                let mut client = self.clone();
                client.transport = client.transport.with_deadline(limit);
                client
            }

            /// The same client with another way of repeating failed attempts. The retry budget
            /// stays the one of all clones.
            ///
            /// The default is that of [`TransportConfig::retry`](crate::TransportConfig::retry).
            #[must_use]
            pub fn with_retry(&self, policy: $crate::RetryPolicy) -> Self {
                let mut client = self.clone();
                client.transport = client.transport.with_retry(policy);
                client
            }

            /// The same client with one more header on every call, such as a correlation id.
            ///
            /// It appears in no log and no error, and isn't sent with a log-in. An
            /// [`Observer`](crate::Observer) gets the value of `x-correlation-id`.
            ///
            /// # Errors
            ///
            /// [`Configuration`](crate::ErrorKind::Configuration) if HTTP doesn't allow the name or
            /// the value, or if the client sets that header itself.
            pub fn with_header(&self, name: &str, value: &str) -> Result<Self, $crate::Error> {
                let mut client = self.clone();
                client.transport = client.transport.with_header(name, value)?;
                Ok(client)
            }
        }
    };
}
