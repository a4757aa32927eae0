//! One connection: HTTP by hyper, and everything that is not HTTP by hand.
//!
//! hyper serves requests until one of them has to end in a way that hyper would not allow. Then the
//! socket is taken back, the [`Script`] is played on it and, if the script leaves the connection
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

use crate::emulator::{Delivery, Emulator};
use crate::fault::ConnectionEnd;
use crate::script::{Script, Then};

/// Serves a connection until it ends.
pub(crate) async fn serve(emulator: Arc<Emulator>, mut socket: TcpStream) {
    let connected = emulator.ledger().connected();
    while let Some((interrupted, script)) = serve_http(&emulator, socket, connected.number).await {
        match play(script, interrupted).await {
            Ok(Some(usable)) => socket = usable,
            // Over as the script wants it, or the client has left in the middle of it.
            Ok(None) | Err(_) => return,
        }
    }
}

/// Serves requests until the connection ends, or until a script has to be played on its socket.
async fn serve_http(
    emulator: &Arc<Emulator>,
    socket: TcpStream,
    connection: u64,
) -> Option<(TcpStream, Script)> {
    let (interrupt, mut interrupted) = mpsc::unbounded_channel();
    let handler = service_fn(|request| {
        let emulator = Arc::clone(emulator);
        let interrupt = interrupt.clone();
        async move {
            match emulator.handle(request, connection).await {
                Delivery::Response(response) => Ok::<_, Infallible>(response.into_hyper()),
                Delivery::Script(script, _) => {
                    // The other end is the very task that polls this one.
                    let _ = interrupt.send(script);
                    pending().await
                }
            }
        }
    });
    let mut http = http1::Builder::new().serve_connection(TokioIo::new(socket), handler);
    tokio::select! {
        _ = &mut http => None,
        Some(script) = interrupted.recv() => {
            Some((http.into_parts().io.into_inner(), script))
        }
    }
}

/// Plays a script. Returns the socket if it is usable afterwards.
async fn play(script: Script, mut socket: TcpStream) -> io::Result<Option<TcpStream>> {
    socket.write_all(&script.bytes).await?;
    match script.then {
        Then::End(ConnectionEnd::KeepAlive) => Ok(Some(socket)),
        Then::End(ConnectionEnd::Close) => Ok(None),
        Then::End(ConnectionEnd::Reset) => {
            reset_when_dropped(&socket)?;
            Ok(None)
        }
        Then::End(ConnectionEnd::Stall) => {
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
        Then::Endless => {
            let chunk = format!("1000\r\n{:4096}\r\n", "");
            loop {
                socket.write_all(chunk.as_bytes()).await?;
            }
        }
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
