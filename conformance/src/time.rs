//! Time in a case: a paused clock that moves only when everyone is waiting for it.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, advance};

use crate::case::Limits;
use crate::gateway::{Event, Gateway};

/// Keeps a paused clock still until this is dropped or the clock is advanced by hand.
///
/// A paused clock jumps forward whenever the runtime is idle, which includes waiting for a socket. It
/// does not while a blocking task runs.
pub(crate) struct Frozen(
    #[expect(dead_code, reason = "dropping it ends the blocking task")] std::sync::mpsc::Sender<()>,
);

pub(crate) fn freeze() -> Frozen {
    let (guard, dropped) = std::sync::mpsc::channel();
    tokio::task::spawn_blocking(move || dropped.recv());
    Frozen(guard)
}

/// Lets time pass when the gateway or the client waits for it.
pub(crate) struct Time {
    pub(crate) events: mpsc::UnboundedReceiver<Event>,
    pub(crate) limits: Limits,
}

impl Time {
    /// Runs a call to its end. Returns its result and how long it took by the paused clock.
    pub(crate) async fn drive<T>(
        &mut self,
        gateway: &Gateway,
        call: impl Future<Output = T>,
    ) -> (T, Duration) {
        let start = Instant::now();
        let mut call = pin!(call);
        loop {
            tokio::select! {
                biased;
                result = &mut call => return (result, start.elapsed()),
                event = self.events.recv() => match event {
                    Some(event) => self.pass(event, start, gateway).await,
                    None => return (call.await, start.elapsed()),
                },
            }
        }
    }

    async fn pass(&self, event: Event, start: Instant, gateway: &Gateway) {
        match event {
            Event::Silent => {
                let left = self.limits.call.saturating_sub(start.elapsed());
                advance(self.limits.attempt.min(left).max(Duration::from_millis(1))).await;
            }
            Event::Second => {
                advance(Duration::from_secs(1)).await;
                gateway.second_passed();
            }
            Event::Waiting(0) => {}
            Event::Waiting(milliseconds) => {
                advance(Duration::from_millis(milliseconds + 1)).await;
            }
        }
    }
}
