//! Opening the vendors' ports.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use crate::emulator::{Emulator, Vendor};

/// Opens ports one after the other.
#[derive(Debug)]
pub(crate) struct Ports {
    /// The next port; 0 lets the system choose.
    next: u16,
    pub(crate) open: Vec<(Arc<Emulator>, TcpListener)>,
}

impl Ports {
    pub(crate) fn new(first: u16) -> Self {
        Self {
            next: first,
            open: Vec::new(),
        }
    }

    /// Opens a vendor's port.
    pub(crate) fn open(&mut self, vendor: Arc<dyn Vendor>) -> io::Result<Arc<Emulator>> {
        let (listener, address) = self.listen()?;
        let emulator = Arc::new(Emulator::new(vendor, address));
        self.open.push((Arc::clone(&emulator), listener));
        Ok(emulator)
    }

    /// Opens the next port on loopback.
    pub(crate) fn listen(&mut self) -> io::Result<(TcpListener, SocketAddr)> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, self.next));
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
