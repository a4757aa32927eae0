//! Whether an attempt was still connecting when its time ran out.
//!
//! While no connection is up, nothing was sent. The HTTP client doesn't report how far a request
//! has come, so its connector is wrapped: a connection that an attempt makes is noted in that
//! attempt's task.

use std::cell::OnceCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// The connection that this attempt is making; empty if it uses one that was there.
    static ATTEMPT: OnceCell<Arc<AtomicBool>>;
}

/// Runs an attempt, so that [`is_connecting`] can be asked within it.
pub(crate) async fn observed<F: Future>(attempt: F) -> F::Output {
    ATTEMPT.scope(OnceCell::new(), attempt).await
}

/// Whether the attempt that runs here is making a connection and has none yet.
pub(crate) fn is_connecting() -> bool {
    let connecting = |cell: &OnceCell<Arc<AtomicBool>>| {
        cell.get()
            .is_some_and(|connecting| connecting.load(Ordering::Acquire))
    };
    ATTEMPT.try_with(connecting).unwrap_or(false)
}

/// Wraps a connector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoteConnecting;

impl<S> Layer<S> for NoteConnecting {
    type Service = Noted<S>;

    fn layer(&self, connector: S) -> Noted<S> {
        Noted(connector)
    }
}

/// A connector that notes which attempt is connecting.
#[derive(Clone)]
pub(crate) struct Noted<S>(S);

impl<S, Target> Service<Target> for Noted<S>
where
    S: Service<Target>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Connecting<S::Response, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let is_connecting = Arc::new(AtomicBool::new(true));
        // Only the first counts: a connection made after another was up proves nothing.
        let _ = ATTEMPT.try_with(|attempt| attempt.set(Arc::clone(&is_connecting)));
        Connecting {
            connection: Box::pin(self.0.call(target)),
            is_connecting,
        }
    }
}

/// A connection in the making.
pub(crate) struct Connecting<Connection, Error> {
    connection: Pin<Box<dyn Future<Output = Result<Connection, Error>> + Send>>,
    is_connecting: Arc<AtomicBool>,
}

impl<Connection, Error> Future for Connecting<Connection, Error> {
    type Output = Result<Connection, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // The attempt may have got another connection meanwhile. This one is then finished in the
        // background, for the next attempt.
        if !self.belongs_to_the_attempt_here() {
            self.is_connecting.store(false, Ordering::Release);
        }
        let polled = self.connection.as_mut().poll(cx);
        if polled.is_ready() {
            self.is_connecting.store(false, Ordering::Release);
        }
        polled
    }
}

impl<Connection, Error> Connecting<Connection, Error> {
    fn belongs_to_the_attempt_here(&self) -> bool {
        let is_ours = |attempt: &OnceCell<Arc<AtomicBool>>| {
            attempt
                .get()
                .is_some_and(|ours| Arc::ptr_eq(ours, &self.is_connecting))
        };
        ATTEMPT.try_with(is_ours).unwrap_or(false)
    }
}

/// Dropped before it was done: the attempt uses another connection.
impl<Connection, Error> Drop for Connecting<Connection, Error> {
    fn drop(&mut self) {
        self.is_connecting.store(false, Ordering::Release);
    }
}
