//! Many calls, a few at a time, each with its own result.
//!
//! A call that waits before it looks whether something was created does nothing in that time, so
//! it leaves its slot to the next one.

use std::fmt;
use std::future::{Future, poll_fn};
use std::iter::Fuse;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Reach};

type Work<Item, Output> = Pin<Box<dyn Future<Output = (Item, Result<Output, Error>)> + Send>>;

/// How many calls may be under way at a time, unless told otherwise.
const IN_FLIGHT: usize = 8;

/// How many calls may wait for a look, for each that may be under way.
const ASIDE: usize = 16;

/// Makes a call for each of many items: a stream of items and their results, in the order in
/// which they are done.
///
/// Use it as a [`Stream`], or call [`next`](Self::next). Nothing is sent while it is not polled.
///
/// - Items are taken from the caller's iterator only if there is room for them, so it can be
///   longer than memory.
/// - Every item comes back with its result; one that fails does not keep the others from being
///   done.
/// - If the service refuses the credentials, no further call is made. The items that are left come
///   back with that error, and nothing was sent for them.
/// - A creation whose response was lost waits before it looks; meanwhile others are made in its
///   place.
/// - Dropping the future of [`next`](Self::next) loses nothing. Dropping the stream drops the
///   calls that are under way, and what they have done is unknown.
///
/// It ends after the last item.
pub struct Many<Item, Output> {
    items: Fuse<Box<dyn Iterator<Item = Item> + Send>>,
    work: Box<dyn Fn(Item) -> Work<Item, Output> + Send>,
    working: FuturesUnordered<Work<Item, Output>>,
    in_flight: usize,
    /// One for each call that may be under way.
    slots: Arc<Semaphore>,
    refused: Option<Error>,
}

impl<Item: 'static, Output: 'static> Many<Item, Output> {
    /// Makes the call `call` for each item. The call gives the item back.
    #[must_use = "nothing is sent until it is polled"]
    pub fn new<Calling, Items>(
        items: Items,
        call: impl Fn(Item) -> Calling + Send + 'static,
    ) -> Self
    where
        Items: IntoIterator<Item = Item>,
        Items::IntoIter: Send + 'static,
        Calling: Future<Output = (Item, Result<Output, Error>)> + Send + 'static,
    {
        let items: Box<dyn Iterator<Item = Item> + Send> = Box::new(items.into_iter());
        Self {
            items: items.fuse(),
            work: Box::new(move |item| Box::pin(call(item))),
            working: FuturesUnordered::new(),
            in_flight: IN_FLIGHT,
            slots: Arc::new(Semaphore::new(IN_FLIGHT)),
            refused: None,
        }
    }

    /// How many calls may be under way at a time; at least 1. Default: 8.
    ///
    /// The client's [`Pace`](crate::Pace) holds as well.
    #[must_use]
    pub fn in_flight(mut self, calls: usize) -> Self {
        self.in_flight = calls.clamp(1, Semaphore::MAX_PERMITS);
        self.slots = Arc::new(Semaphore::new(self.in_flight));
        self
    }

    /// The next item that is done, with its result; `None` after the last. Dropping the future
    /// loses nothing.
    pub async fn next(&mut self) -> Option<(Item, Result<Output, Error>)> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Takes an item and starts its call, if there is room for one. Returns whether it did.
    fn start(&mut self) -> bool {
        let most = self.in_flight.saturating_mul(1 + ASIDE);
        if self.refused.is_some() || self.working.len() >= most {
            return false;
        }
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            return false;
        };
        let Some(item) = self.items.next() else {
            return false;
        };
        let slot = Slot {
            slots: Arc::clone(&self.slots),
            held: Mutex::new(Some(slot)),
        };
        self.working
            .push(Box::pin(SLOT.scope(slot, (self.work)(item))));
        true
    }
}

impl<Item: 'static, Output: 'static> Stream for Many<Item, Output> {
    type Item = (Item, Result<Output, Error>);

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let many = self.get_mut();
        loop {
            while many.start() {}
            match many.working.poll_next_unpin(context) {
                Poll::Ready(Some((item, result))) => {
                    if let Err(error) = &result
                        && error.reach() == Reach::Everything
                    {
                        many.refused.get_or_insert_with(|| error.before_sending());
                    }
                    return Poll::Ready(Some((item, result)));
                }
                Poll::Ready(None) => {
                    let left = many.refused.clone().zip(many.items.next());
                    return Poll::Ready(left.map(|(refused, item)| (item, Err(refused))));
                }
                // A call that was just polled may have left its slot.
                Poll::Pending if many.start() => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// What it needs in place is on the heap.
impl<Item, Output> Unpin for Many<Item, Output> {}

/// Shows no item.
impl<Item, Output> fmt::Debug for Many<Item, Output> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Many")
            .field("in_flight", &self.in_flight)
            .field("working", &self.working.len())
            .finish_non_exhaustive()
    }
}

tokio::task_local! {
    /// The slot of the call that runs here; none outside of [`Many`].
    static SLOT: Slot;
}

struct Slot {
    slots: Arc<Semaphore>,
    held: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Slot {
    fn hold(&self, slot: Option<OwnedSemaphorePermit>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = slot;
    }
}

/// Waits without holding up the other calls of the same [`Many`], if this runs in one.
pub(crate) async fn step_aside(wait: impl Future<Output = ()>) {
    let Ok(slots) = SLOT.try_with(|slot| {
        slot.hold(None);
        Arc::clone(&slot.slots)
    }) else {
        return wait.await;
    };
    wait.await;
    // They are never closed. Whoever comes back goes before new items.
    let slot = slots.acquire_owned().await.ok();
    let _ = SLOT.try_with(|own| own.hold(slot));
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::time::{Instant, sleep, timeout};

    use super::*;
    use crate::creation::{LookUp, Looking, create_or_find};
    use crate::error::{ErrorKind, Outcome};
    use crate::failure::Failure;

    const SECOND: Duration = Duration::from_secs(1);

    fn failed(kind: ErrorKind, outcome: Outcome) -> Error {
        Failure::new(kind, outcome).into()
    }

    async fn all<Item: 'static, Output: 'static>(
        mut many: Many<Item, Output>,
    ) -> Vec<(Item, Result<Output, Error>)> {
        let mut done = Vec::new();
        while let Some(result) = many.next().await {
            done.push(result);
        }
        done
    }

    /// Counts how many run at a time.
    #[derive(Clone, Default)]
    struct Gauge(Arc<(AtomicUsize, AtomicUsize)>);

    impl Gauge {
        async fn run(&self, time: Duration) {
            let (running, most) = &*self.0;
            let now = running.fetch_add(1, Ordering::Relaxed) + 1;
            most.fetch_max(now, Ordering::Relaxed);
            sleep(time).await;
            running.fetch_sub(1, Ordering::Relaxed);
        }

        fn most(&self) -> usize {
            self.0.1.load(Ordering::Relaxed)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_item_comes_back_whatever_became_of_the_others() {
        let call = |number: u32| async move {
            let result = match number % 3 {
                0 => Err(failed(ErrorKind::Status, Outcome::Rejected)),
                _ => Ok(number * 2),
            };
            (number, result)
        };
        let mut done = all(Many::new(0..1000, call)).await;
        done.sort_by_key(|(number, _)| *number);
        assert_eq!(done.len(), 1000);
        for (index, (number, result)) in (0..).zip(done) {
            assert_eq!(number, index);
            assert_eq!(result.ok(), (number % 3 > 0).then_some(number * 2));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_allowed_run_at_a_time_and_a_slow_one_holds_up_nobody() {
        let gauge = Gauge::default();
        let observed = gauge.clone();
        let start = Instant::now();
        let call = move |seconds: u32| {
            let gauge = gauge.clone();
            async move {
                gauge.run(seconds * SECOND).await;
                (seconds, Ok(()))
            }
        };
        let done = all(Many::new([9, 1, 1, 1, 1, 1, 1, 1, 1, 1], call).in_flight(2)).await;
        assert_eq!(done.len(), 10);
        assert_eq!(observed.most(), 2);
        assert_eq!(start.elapsed(), 9 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn no_item_is_taken_before_there_is_room_for_it() {
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&taken);
        let items = std::iter::repeat_with(move || counter.fetch_add(1, Ordering::Relaxed));
        let call = |item| async move {
            sleep(SECOND).await;
            (item, Ok(()))
        };
        let mut many = Many::new(items, call).in_flight(3);
        assert_eq!(taken.load(Ordering::Relaxed), 0);
        for _ in 0..10 {
            many.next().await.unwrap().1.unwrap();
        }
        assert!(taken.load(Ordering::Relaxed) <= 13);
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_the_future_loses_no_result() {
        let call = |number: u32| async move {
            sleep(SECOND).await;
            (number, Ok(()))
        };
        let mut many = Many::new(0..20, call);
        let mut done = 0;
        loop {
            match timeout(SECOND / 7, many.next()).await {
                Ok(Some(_)) => done += 1,
                Ok(None) => break,
                Err(_) => {}
            }
        }
        assert_eq!(done, 20);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_refused_log_in_the_rest_is_told_as_not_sent() {
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        let call = move |number: u32| {
            counter.fetch_add(1, Ordering::Relaxed);
            async move {
                sleep(SECOND).await;
                let mut failure = Failure::new(ErrorKind::Status, Outcome::Rejected);
                failure.status = Some(http::StatusCode::UNAUTHORIZED);
                (number, Err::<(), Error>(failure.into()))
            }
        };
        let done = all(Many::new(0..100, call).in_flight(4)).await;
        assert_eq!(done.len(), 100);
        let made = calls.load(Ordering::Relaxed);
        assert!(made <= 8, "{made}");
        let not_sent = done.iter().filter(|(_, result)| {
            let error = result.as_ref().unwrap_err();
            assert!(error.is_unauthorized());
            error.outcome() == Outcome::NotSent
        });
        assert_eq!(not_sent.count(), 100 - made);
    }

    /// One in six responses is lost, and shows when it is looked up.
    #[tokio::test(start_paused = true)]
    async fn lost_responses_hold_up_nobody_while_they_wait_for_their_look() {
        let gauge = Gauge::default();
        let observed = gauge.clone();
        let start = Instant::now();
        let call = move |number: u32| {
            let gauge = gauge.clone();
            async move {
                let create = async || {
                    gauge.run(SECOND / 10).await;
                    match number % 6 {
                        0 => Err(failed(ErrorKind::Interrupted, Outcome::Unknown)),
                        _ => Ok(()),
                    }
                };
                let find = async || {
                    gauge.run(SECOND / 10).await;
                    Ok(Some(()))
                };
                let look_up = LookUp::default();
                let looking = Looking::from(&look_up);
                (number, create_or_find(&looking, create, find).await)
            }
        };
        let done = all(Many::new(0..600, call).in_flight(4)).await;
        assert!(done.iter().all(|(_, result)| result.is_ok()));
        assert_eq!(observed.most(), 4, "also with the looks");
        // 700 calls of 100 ms by four workers, and the last look.
        assert!(start.elapsed() < 20 * SECOND, "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_wait_for_a_look_are_bounded_too() {
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&taken);
        let call = move |number: u32| {
            counter.fetch_add(1, Ordering::Relaxed);
            async move {
                step_aside(sleep(1000 * SECOND)).await;
                (number, Ok(()))
            }
        };
        let mut many = Many::new(0..1000, call).in_flight(2);
        assert!(timeout(SECOND, many.next()).await.is_err());
        assert_eq!(taken.load(Ordering::Relaxed), 2 + 2 * ASIDE);
    }
}
