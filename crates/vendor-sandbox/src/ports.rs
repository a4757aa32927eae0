//! Opening the vendors' ports.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

use crate::emulator::{Emulator, Vendor};
use crate::ledger::Ledger;

/// Opens ports one after the other.
#[derive(Debug)]
pub(crate) struct Ports {
    address: IpAddr,
    /// The next port; 0 lets the system choose. None if the last one is taken.
    next: Option<u16>,
    /// Maximum number of entries in each vendor's ledger.
    ledger_limit: usize,
    pub(crate) open: Vec<(Arc<Emulator>, TcpListener)>,
}

impl Ports {
    pub(crate) fn new(address: IpAddr, first: u16, ledger_limit: usize) -> Self {
        Self {
            address,
            next: Some(first),
            ledger_limit,
            open: Vec::new(),
        }
    }

    /// Opens a vendor's port.
    pub(crate) fn open(&mut self, vendor: Arc<dyn Vendor>) -> io::Result<Arc<Emulator>> {
        let (listener, address) = self.listen()?;
        let emulator = Arc::new(Emulator::new(
            vendor,
            address,
            Ledger::new(self.ledger_limit),
        ));
        self.open.push((Arc::clone(&emulator), listener));
        Ok(emulator)
    }

    /// Opens the next port.
    pub(crate) fn listen(&mut self) -> io::Result<(TcpListener, SocketAddr)> {
        let Some(port) = self.next else {
            let text = "there is no port after 65535: begin with a lower one";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        };
        let wanted = SocketAddr::new(self.address, port);
        let listener = TcpListener::bind(wanted).map_err(|error| unavailable(wanted, &error))?;
        listener.set_nonblocking(true)?;
        self.next = match port {
            0 => Some(0),
            port => port.checked_add(1),
        };
        let address = listener.local_addr()?;
        Ok((listener, address))
    }
}

/// Why there is no listening there.
fn unavailable(wanted: SocketAddr, error: &io::Error) -> io::Error {
    let text = match error.kind() {
        io::ErrorKind::AddrInUse => format!("{wanted} is taken: another program listens there"),
        _ => format!("could not listen on {wanted}: {error}"),
    };
    io::Error::new(error.kind(), text)
}
