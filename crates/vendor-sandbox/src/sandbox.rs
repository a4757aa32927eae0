//! Starting and ending.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::cegid_loop::CegidLoop;
use crate::clock::Clock;
use crate::connection;
use crate::emulator::Emulator;
use crate::geoplanning::Geoplanning;
use crate::ocean_geomission::OceanGeomission;
use crate::ports::Ports;
use crate::remote_control::{self, RemoteControl};

/// The pause after a connection could not be accepted.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// How many entries a ledger keeps by default.
const LEDGER_LIMIT: usize = 10_000;

/// The vendors on loopback, each on a port of its own, until this is dropped.
pub struct Sandbox {
    clock: Clock,
    vendors: Arc<Vendors>,
    remote_control_url: Option<String>,
    emulators: Vec<Arc<Emulator>>,
    _running: Running,
}

/// Every vendor by its own type.
#[derive(Debug)]
pub(crate) struct Vendors {
    pub(crate) ocean_geomission: OceanGeomission,
    pub(crate) cegid_loop: CegidLoop,
    pub(crate) geoplanning: Geoplanning,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sandbox")
            .field("now", &self.clock.now())
            .field("emulators", &self.emulators)
            .field("remote_control_url", &self.remote_control_url)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts a sandbox for a test: ports that the system chooses, and a clock that stands still.
    ///
    /// # Errors
    ///
    /// If no port or no thread is available.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A sandbox other than the one that [`start`](Self::start) makes.
    pub fn builder() -> Builder {
        Builder {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            first_port: 0,
            ledger_limit: LEDGER_LIMIT,
            clock: Clock::standing(),
            remote_control: false,
        }
    }

    /// The time that all vendors live by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Océan Géomission.
    pub fn ocean_geomission(&self) -> &OceanGeomission {
        &self.vendors.ocean_geomission
    }

    /// Cegid Loop.
    pub fn cegid_loop(&self) -> &CegidLoop {
        &self.vendors.cegid_loop
    }

    /// Geoplanning.
    pub fn geoplanning(&self) -> &Geoplanning {
        &self.vendors.geoplanning
    }

    /// What is common to every vendor, one per vendor.
    pub fn emulators(&self) -> impl Iterator<Item = &Emulator> {
        self.emulators.iter().map(Arc::as_ref)
    }

    /// The remote control's URL, if it was asked for.
    pub fn remote_control_url(&self) -> Option<&str> {
        self.remote_control_url.as_deref()
    }

    /// Restores every vendor to what it was at the start. The clock stays where it is.
    pub fn reset(&self) {
        for emulator in self.emulators() {
            emulator.reset();
        }
    }
}

/// How to start a sandbox.
#[derive(Clone, Debug)]
pub struct Builder {
    address: IpAddr,
    ledger_limit: usize,
    first_port: u16,
    clock: Clock,
    remote_control: bool,
}

impl Builder {
    /// Takes this port and the following ones: the remote control's, if there is one, then one per
    /// vendor. Default: 0, so that the system chooses.
    #[must_use]
    pub fn first_port(mut self, port: u16) -> Self {
        self.first_port = port;
        self
    }

    /// Listens on this address. Default: 127.0.0.1.
    ///
    /// On another address, anyone who can connect can use everything that is served there: the demo
    /// credentials are public, and the remote control asks for none.
    #[must_use]
    pub fn bind(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// Maximum number of entries that each vendor's [`Ledger`](crate::Ledger) keeps. Default: 10,000.
    #[must_use]
    pub fn ledger_limit(mut self, entries: usize) -> Self {
        self.ledger_limit = entries;
        self
    }

    /// Lives by this clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Opens the remote control's port as well.
    #[must_use]
    pub fn remote_control(mut self) -> Self {
        self.remote_control = true;
        self
    }

    /// Starts the sandbox. Its ports are open when this returns.
    ///
    /// # Errors
    ///
    /// If no thread or not every port is available; the error names the port.
    // Nothing is awaited today, but a start that has to wait must not break its callers.
    pub async fn start(self) -> io::Result<Sandbox> {
        let mut ports = Ports::new(self.address, self.first_port, self.ledger_limit);
        let remote_control = match self.remote_control {
            true => Some(ports.listen()?),
            false => None,
        };
        let vendors = Arc::new(Vendors {
            ocean_geomission: OceanGeomission::open(&mut ports, &self.clock)?,
            cegid_loop: CegidLoop::open(&mut ports, &self.clock)?,
            geoplanning: Geoplanning::open(&mut ports, &self.clock)?,
        });

        let emulators: Vec<Arc<Emulator>> = ports
            .open
            .iter()
            .map(|(emulator, _)| Arc::clone(emulator))
            .collect();
        let remote_control_url = remote_control
            .as_ref()
            .map(|(_, address)| format!("http://{address}"));
        let remote_control = remote_control.map(|(listener, address)| {
            let control = RemoteControl {
                emulators: emulators.clone(),
                vendors: Arc::clone(&vendors),
                clock: self.clock.clone(),
                address,
            };
            (Arc::new(control), listener)
        });
        Ok(Sandbox {
            clock: self.clock,
            vendors,
            remote_control_url,
            emulators,
            _running: Running::start(ports.open, remote_control)?,
        })
    }
}

/// The sandbox's thread. It ends, and with it every connection, when this is dropped.
#[derive(Debug)]
struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn start(
        vendors: Vec<(Arc<Emulator>, TcpListener)>,
        remote_control: Option<(Arc<RemoteControl>, TcpListener)>,
    ) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let entered = runtime.enter();
        for (emulator, listener) in vendors {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            runtime.spawn(accept(listener, move |socket| {
                connection::serve(Arc::clone(&emulator), socket)
            }));
        }
        if let Some((control, listener)) = remote_control {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            runtime.spawn(accept(listener, move |socket| {
                remote_control::serve(Arc::clone(&control), socket)
            }));
        }
        drop(entered);

        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("vendor-sandbox".to_owned())
            .spawn(move || {
                // Either way the sandbox is gone.
                let _ = runtime.block_on(stopped);
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // If this fails, the thread has already ended.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Where connections come from.
trait Accept {
    /// The next connection.
    async fn accept(&self) -> io::Result<TcpStream>;
}

impl Accept for tokio::net::TcpListener {
    async fn accept(&self) -> io::Result<TcpStream> {
        let (socket, _) = self.accept().await?;
        Ok(socket)
    }
}

/// Accepts connections for as long as the runtime lives.
async fn accept<S, F>(listener: impl Accept, serve: S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        match listener.accept().await {
            Ok(socket) => {
                // Responses are written in one piece; what is late is late on purpose.
                let _ = socket.set_nodelay(true);
                tokio::spawn(serve(socket));
            }
            Err(error) if died_in_the_queue(&error) => {}
            // No file descriptors or no memory: others have to give some back first.
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN_AFTER).await,
        }
    }
}

/// Whether a connection ended before it was accepted, which concerns nobody.
fn died_in_the_queue(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A listener of a process that has no file descriptor left.
    #[derive(Clone, Default)]
    struct Exhausted(Arc<AtomicU32>);

    impl Accept for Exhausted {
        async fn accept(&self) -> io::Result<TcpStream> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Err(io::Error::other("too many open files"))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_without_file_descriptors_waits_before_it_accepts_again() {
        let listener = Exhausted::default();
        let accepting = accept(listener.clone(), |_| async {});
        let minute = Duration::from_secs(60);
        let ended = tokio::time::timeout(minute, accepting).await;
        assert!(ended.is_err());
        let tried = listener.0.load(Ordering::Relaxed);
        assert!((100..=601).contains(&tried), "{tried}");
    }
}
