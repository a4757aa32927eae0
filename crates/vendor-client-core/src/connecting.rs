//! Whether an attempt was still connecting when its time ran out.
//!
//! While no connection is up, nothing was sent. The HTTP client doesn't report how far a request
//! has come, so its connector is wrapped: it leaves word whether the poll of a request ended while a
//! connection was still being made.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

thread_local! {
    /// Whether the poll that goes on here waits for a connection.
    static IS_CONNECTING: Cell<bool> = const { Cell::new(false) };
}

/// Sends a request. If it is dropped while it waits for its connection, `is_unsent` is set.
pub(crate) fn watched<F: Future + Unpin>(sending: F, is_unsent: &AtomicBool) -> Watched<'_, F> {
    Watched {
        sending,
        is_connecting: false,
        is_unsent,
    }
}

/// A request that is being sent.
#[must_use = "a future does nothing until it is polled"]
pub(crate) struct Watched<'a, F> {
    sending: F,
    is_connecting: bool,
    is_unsent: &'a AtomicBool,
}

impl<F: Future + Unpin> Future for Watched<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        IS_CONNECTING.set(false);
        let polled = Pin::new(&mut self.sending).poll(cx);
        // A request that got another connection meanwhile leaves its own to the background, without
        // polling it again.
        self.is_connecting = IS_CONNECTING.get();
        polled
    }
}

impl<F> Drop for Watched<'_, F> {
    fn drop(&mut self) {
        if self.is_connecting {
            self.is_unsent.store(true, Ordering::Release);
        }
    }
}

/// Wraps a connector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoteConnecting;

impl<S> Layer<S> for NoteConnecting {
    type Service = Noted<S>;

    fn layer(&self, connector: S) -> Noted<S> {
        Noted(Arc::new(connector))
    }
}

/// A connector that reports when a poll ends in it. The HTTP client clones it several times for
/// every request, and uses it for few.
pub(crate) struct Noted<S>(Arc<S>);

impl<S> Clone for Noted<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, Target> Service<Target> for Noted<S>
where
    S: Service<Target> + Clone + Send + Sync + 'static,
    S::Future: Send,
    Target: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Connecting<S::Response, S::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let mut connector = S::clone(&self.0);
        Connecting(Box::pin(async move {
            poll_fn(|cx| connector.poll_ready(cx)).await?;
            connector.call(target).await
        }))
    }
}

/// A connection in the making.
pub(crate) struct Connecting<Connection, Error>(
    Pin<Box<dyn Future<Output = Result<Connection, Error>> + Send>>,
);

impl<Connection, Error> Future for Connecting<Connection, Error> {
    type Output = Result<Connection, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.0.as_mut().poll(cx);
        IS_CONNECTING.set(polled.is_pending());
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::task::Waker;

    use super::*;

    /// A request that waits for its connection, or for the response once that is up.
    fn request(is_up: &Cell<bool>) -> impl Future<Output = ()> + Unpin + use<'_> {
        let mut connection = Connecting::<(), ()>(Box::pin(pending()));
        poll_fn(move |cx| {
            if !is_up.get() {
                let _ = Pin::new(&mut connection).poll(cx);
            }
            Poll::Pending
        })
    }

    /// Polls the request as often as `polls` has values, each of them whether a connection is up.
    fn is_unsent_after(polls: &[bool]) -> bool {
        let is_up = Cell::new(false);
        let is_unsent = AtomicBool::new(false);
        let mut sending = watched(request(&is_up), &is_unsent);
        let mut cx = Context::from_waker(Waker::noop());
        for now_up in polls {
            is_up.set(*now_up);
            assert!(Pin::new(&mut sending).poll(&mut cx).is_pending());
        }
        drop(sending);
        is_unsent.into_inner()
    }

    #[test]
    fn a_request_is_unsent_as_long_as_it_waits_for_its_connection() {
        assert!(is_unsent_after(&[false]));
        assert!(is_unsent_after(&[false, false]));
        assert!(!is_unsent_after(&[true]), "it used one that was there");
        assert!(!is_unsent_after(&[]), "nothing is known of it");
    }

    #[test]
    fn a_request_that_got_another_connection_meanwhile_may_be_sent() {
        assert!(!is_unsent_after(&[false, true]));
    }

    #[test]
    fn a_connection_made_in_the_background_belongs_to_no_request() {
        let mut background = Connecting::<(), ()>(Box::pin(pending()));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut background).poll(&mut cx).is_pending());
        assert!(!is_unsent_after(&[true]));
    }
}
