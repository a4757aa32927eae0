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
    /// The next port; 0 lets the system choose.
    next: u16,
    /// Maximum number of entries in each vendor's ledger.
    ledger_limit: usize,
    pub(crate) open: Vec<(Arc<Emulator>, TcpListener)>,
}

impl Ports {
    pub(crate) fn new(address: IpAddr, first: u16, ledger_limit: usize) -> Self {
        Self {
            address,
            next: first,
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
        let wanted = SocketAddr::new(self.address, self.next);
        let listener = TcpListener::bind(wanted)
            .map_err(|error| io::Error::new(error.kind(), format!("{wanted}: {error}")))?;
        listener.set_nonblocking(true)?;
        if self.next > 0 {
            self.next = self.next.saturating_add(1);
        }
        let address = listener.local_addr()?;
        Ok((listener, address))
    }
}
