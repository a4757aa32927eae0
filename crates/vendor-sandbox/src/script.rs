//! Bytes that hyper would not send, and what becomes of the connection after them.

use std::time::Duration;

use crate::exchange::Response;
use crate::fault::ConnectionEnd;

/// What is written on a socket instead of a proper response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// Written at once.
    pub(crate) bytes: Vec<u8>,
    pub(crate) then: Then,
}

/// How a script goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// It is over, and the connection ends thus.
    End(ConnectionEnd),
    /// These bytes follow, one at a time, and then the next request.
    Trickle(Vec<u8>, Duration),
    /// Chunks of spaces, which JSON allows after a value, follow for as long as the client takes
    /// them.
    Endless,
}

impl Script {
    /// These bytes and this end.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>, end: ConnectionEnd) -> Self {
        Self {
            bytes: bytes.into(),
            then: Then::End(end),
        }
    }

    /// A whole response as it is, even if HTTP forbids its body.
    pub(crate) fn whole(response: &Response) -> Self {
        Self::raw(
            [declared_head(response), response.body.to_vec()].concat(),
            ConnectionEnd::KeepAlive,
        )
    }

    /// Half of a response's body. An empty body is promised a byte that never comes.
    pub(crate) fn truncated(response: &Response, end: ConnectionEnd) -> Self {
        let (half, _) = response.body.split_at(response.body.len() / 2);
        let promised = response.body.len().max(1);
        let head = response.head(&format!("Content-Length: {promised}"));
        Self::raw([head, half.to_vec()].concat(), end)
    }

    /// The head of a response, then silence.
    pub(crate) fn head_only(response: &Response) -> Self {
        let promised = response.body.len().max(1);
        Self::raw(
            response.head(&format!("Content-Length: {promised}")),
            ConnectionEnd::Stall,
        )
    }

    /// A response whose body comes slowly.
    pub(crate) fn slow(response: &Response, before_each_byte: Duration) -> Self {
        Self {
            bytes: declared_head(response),
            then: Then::Trickle(response.body.to_vec(), before_each_byte),
        }
    }

    /// Half of a response's body, then spaces without end.
    pub(crate) fn endless(response: &Response) -> Self {
        let (half, _) = response.body.split_at(response.body.len() / 2);
        let mut bytes = response.head("Transfer-Encoding: chunked");
        if !half.is_empty() {
            bytes.extend(format!("{:x}\r\n", half.len()).into_bytes());
            bytes.extend(half);
            bytes.extend(b"\r\n");
        }
        Self {
            bytes,
            then: Then::Endless,
        }
    }
}

/// The head of a response with the length of its body.
fn declared_head(response: &Response) -> Vec<u8> {
    response.head(&format!("Content-Length: {}", response.body.len()))
}
