//! One connection: HTTP by hyper, and whatever is no HTTP by hand.
//!
//! hyper serves requests until one of them is to end in a way that hyper would not do. Then the
//! socket is taken back, the [`Script`] is played on it, and, where the script leaves the connection
//! usable, hyper goes on.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::exchange::Reply;
use crate::fault::End;
use crate::service::{Outcome, Service};

/// What is written on a socket instead of a proper answer.
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
    End(End),
    /// These bytes follow, one at a time, and then the next request.
    Trickle(Vec<u8>, Duration),
    /// Chunks follow for as long as the client takes them.
    Endless(&'static [u8]),
}

/// A chunk of 4 KiB of spaces, which JSON allows after a value, with its size in front.
const CHUNK_OF_SPACES: &[u8] = &{
    let mut chunk = [b' '; 6 + 4096 + 2];
    let size = *b"1000\r\n";
    let mut index = 0;
    while index < size.len() {
        chunk[index] = size[index];
        index += 1;
    }
    chunk[6 + 4096] = b'\r';
    chunk[6 + 4096 + 1] = b'\n';
    chunk
};

impl Script {
    /// These bytes and this end.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>, end: End) -> Self {
        Self {
            bytes: bytes.into(),
            then: Then::End(end),
        }
    }

    /// A reply whole as it is, even where HTTP forbids its body.
    pub(crate) fn whole(reply: &Reply) -> Self {
        Self::raw(
            [declared_head(reply), reply.body.to_vec()].concat(),
            End::KeepAlive,
        )
    }

    /// Half of a reply's body. An empty body is promised a byte that never comes.
    pub(crate) fn truncated(reply: &Reply, end: End) -> Self {
        let (half, _) = reply.body.split_at(reply.body.len() / 2);
        let promised = reply.body.len().max(1);
        let head = reply.head(&format!("Content-Length: {promised}"));
        Self::raw([head, half.to_vec()].concat(), end)
    }

    /// The head of a reply and then silence.
    pub(crate) fn head_only(reply: &Reply) -> Self {
        let promised = reply.body.len().max(1);
        Self::raw(
            reply.head(&format!("Content-Length: {promised}")),
            End::Stall,
        )
    }

    /// A reply whose body comes slowly.
    pub(crate) fn slow(reply: &Reply, before_each_byte: Duration) -> Self {
        Self {
            bytes: declared_head(reply),
            then: Then::Trickle(reply.body.to_vec(), before_each_byte),
        }
    }

    /// Half of a reply's body and no end.
    pub(crate) fn endless(reply: &Reply) -> Self {
        let (half, _) = reply.body.split_at(reply.body.len() / 2);
        let mut bytes = reply.head("Transfer-Encoding: chunked");
        if !half.is_empty() {
            bytes.extend(format!("{:x}\r\n", half.len()).into_bytes());
            bytes.extend(half);
            bytes.extend(b"\r\n");
        }
        Self {
            bytes,
            then: Then::Endless(CHUNK_OF_SPACES),
        }
    }
}

/// The head of a reply with the length of its body.
fn declared_head(reply: &Reply) -> Vec<u8> {
    reply.head(&format!("Content-Length: {}", reply.body.len()))
}

/// Serves a connection until it ends.
pub(crate) async fn serve(service: Arc<Service>, mut socket: TcpStream) {
    let connected = service.ledger().connected();
    while let Some((interrupted, script)) = serve_http(&service, socket, connected.number).await {
        match play(script, interrupted).await {
            Ok(Some(usable)) => socket = usable,
            // Over as the script wants it, or the client has left in the middle of it.
            Ok(None) | Err(_) => return,
        }
    }
}

/// Serves requests until the connection ends, or until a script has to be played on its socket.
async fn serve_http(
    service: &Arc<Service>,
    socket: TcpStream,
    connection: u64,
) -> Option<(TcpStream, Script)> {
    let (interrupt, mut interrupted) = mpsc::unbounded_channel();
    let answer = service_fn(|request| {
        let service = Arc::clone(service);
        let interrupt = interrupt.clone();
        async move {
            match service.handle(request, connection).await {
                Outcome::Reply(reply) => Ok::<_, Infallible>(reply.into_response()),
                Outcome::Script(script, _) => {
                    // The other end is the very task that polls this one.
                    let _ = interrupt.send(script);
                    pending().await
                }
            }
        }
    });
    let mut http = http1::Builder::new().serve_connection(TokioIo::new(socket), answer);
    tokio::select! {
        _ = &mut http => None,
        Some(script) = interrupted.recv() => {
            Some((http.into_parts().io.into_inner(), script))
        }
    }
}

/// Plays a script. The socket comes back where it is usable afterwards.
async fn play(script: Script, mut socket: TcpStream) -> io::Result<Option<TcpStream>> {
    socket.write_all(&script.bytes).await?;
    match script.then {
        Then::End(End::KeepAlive) => Ok(Some(socket)),
        Then::End(End::Close) => Ok(None),
        Then::End(End::Reset) => {
            reset_when_dropped(&socket)?;
            Ok(None)
        }
        Then::End(End::Stall) => {
            until_left(&mut socket).await?;
            Ok(None)
        }
        Then::Trickle(bytes, before_each) => {
            for byte in bytes {
                tokio::time::sleep(before_each).await;
                socket.write_all(&[byte]).await?;
            }
            Ok(Some(socket))
        }
        Then::Endless(chunk) => loop {
            socket.write_all(chunk).await?;
        },
    }
}

/// Makes the kernel send RST instead of FIN when the socket is closed.
fn reset_when_dropped(socket: &TcpStream) -> io::Result<()> {
    // The newer `set_zero_linger` does the same. A linger of zero never blocks.
    #[allow(deprecated)]
    socket.set_linger(Some(Duration::ZERO))
}

/// Waits until the client closes its side.
async fn until_left(socket: &mut TcpStream) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while socket.read(&mut ignored).await? > 0 {}
    Ok(())
}
