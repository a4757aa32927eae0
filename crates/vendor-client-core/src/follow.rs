//! Watching things at a service that reports no changes by itself.
//!
//! Reading order: [`Polling`] (how often), [`Change`] (what is told), [`FollowMany`] (the one
//! poller), [`Follow`] (the same for one thing).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::clock::from_now;
use crate::error::{Error, Reach};
use crate::runtime::timeout_at;
use crate::transport::Transport;

/// How often things are looked at while they are followed.
///
/// After a change, the next look comes after the interval. While nothing changes, and while looks
/// fail, the wait doubles up to a ceiling. If the service asks for a longer wait (`Retry-After`),
/// it gets it, up to a day. Up to a fifth is taken off each wait at random, so that many followers
/// do not look at the same moment.
///
/// ```
/// use std::time::Duration;
/// use vendor_client_core::Polling;
///
/// let often = Polling::every(Duration::from_secs(5)).up_to(Duration::from_secs(30)).in_flight(8);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Polling {
    interval: Duration,
    ceiling: Duration,
    in_flight: usize,
}

impl Default for Polling {
    /// Every 15 s, up to 2 min while nothing changes, and 4 looks at a time.
    fn default() -> Self {
        Self::every(Duration::from_secs(15))
    }
}

impl Polling {
    const SHORTEST: Duration = Duration::from_millis(1);
    const LONGEST: Duration = Duration::from_secs(24 * 3600);

    /// Looks after this interval, at least 1 ms and at most a day, and up to 8 times as much later
    /// while nothing changes.
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        let interval = interval.clamp(Self::SHORTEST, Self::LONGEST);
        Self {
            interval,
            ceiling: (interval * 8).min(Self::LONGEST),
            in_flight: 4,
        }
    }

    /// The longest wait between two looks at a thing that does not change. It is at least the
    /// interval and at most a day. Default: 8 intervals.
    #[must_use]
    pub fn up_to(mut self, ceiling: Duration) -> Self {
        self.ceiling = ceiling.clamp(self.interval, Self::LONGEST);
        self
    }

    /// How many looks may be under way at a time, if many things are followed; at least 1.
    /// Default: 4.
    #[must_use]
    pub fn in_flight(mut self, looks: usize) -> Self {
        self.in_flight = looks.max(1);
        self
    }

    /// The wait after one of `wait`, in which nothing changed.
    fn longer(&self, wait: Duration) -> Duration {
        (wait * 2).min(self.ceiling)
    }
}

/// What a look at a followed thing has shown: its first state, or what is different from the look
/// before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a thing is there or not, and a caller should not have to write an arm for a third"
)]
pub enum Change<C> {
    /// The thing is there, and this is new.
    Now(C),
    /// The service reports that the thing is not there. It is followed further: it may come back.
    Gone,
}

/// How waiting for a state ended; from [`Follow::wait_until`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a caller has to handle each of the three ways"
)]
pub enum Waited<C> {
    /// The state that was waited for.
    Reached(C),
    /// The service reports that the thing is not there.
    Gone,
    /// Time ran out. This is the last state that was seen.
    TimedOut(Option<C>),
}

/// A look at the thing of a number.
struct Look<T> {
    number: usize,
    looking: Pin<Box<dyn Future<Output = Result<Option<T>, Error>> + Send>>,
}

impl<T> Future for Look<T> {
    type Output = (usize, Result<Option<T>, Error>);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let number = self.number;
        self.looking
            .as_mut()
            .poll(context)
            .map(|seen| (number, seen))
    }
}

/// Compares what was seen before with what is seen now. It returns what to remember and what to
/// tell, if there is something to tell.
type Compare<T, C> = fn(Option<T>, T) -> (T, Option<C>);

/// Starts a look at the thing of a number and key.
type StartLook<K, T> = Box<dyn Fn(usize, &K) -> Look<T> + Send>;

/// Follows many things, each known by its key: a stream of keys and changes.
///
/// Use it as a [`Stream`], or call [`next`](Self::next). Nothing is sent while it is not polled.
///
/// - The first state of each thing is told as a change.
/// - A thing that is gone is a change, not an error.
/// - Every look that fails is told as an error, after the retries of the call itself, and the
///   thing is looked at again. Two kinds end something: a request that is invalid is not made
///   again for that key, and if the service refuses the credentials, the stream ends.
/// - A change is never lost by dropping the future of [`next`](Self::next).
/// - It keeps one state for each thing, and nothing else grows.
///
/// It ends when there is nothing left to follow.
pub struct FollowMany<K, T, C = T> {
    look: StartLook<K, T>,
    compare: Compare<T, C>,
    polling: Polling,
    random: fastrand::Rng,
    /// By number, in the order in which they were given.
    followed: BTreeMap<usize, Followed<K, T>>,
    /// The number of the next one. No number is given twice.
    next_number: usize,
    /// Who is looked at next, and when. Each followed thing is either here or being looked at.
    due: BTreeSet<(Instant, usize)>,
    looking: FuturesUnordered<Look<T>>,
    timer: Option<Pin<Box<Sleep>>>,
}

struct Followed<K, T> {
    key: K,
    seen: Seen<T>,
    wait: Duration,
}

enum Seen<T> {
    Nothing,
    There(T),
    Gone,
}

impl<T> Seen<T> {
    /// Takes in what a look has found, and returns what is new about it.
    fn update<C>(&mut self, found: Option<T>, compare: Compare<T, C>) -> Option<Change<C>> {
        let Some(now) = found else {
            let was_gone = matches!(self, Self::Gone);
            *self = Self::Gone;
            return (!was_gone).then_some(Change::Gone);
        };
        let before = match std::mem::replace(self, Self::Nothing) {
            Self::There(before) => Some(before),
            Self::Nothing | Self::Gone => None,
        };
        let (now, change) = compare(before, now);
        *self = Self::There(now);
        change.map(Change::Now)
    }
}

impl Transport {
    /// Follows a thing. `look` returns it, or `None` if the service reports that it is not there;
    /// `compare` is given the state that was remembered and the one now, and returns what to
    /// remember and what to tell.
    pub fn follow<T, C, Looking>(
        &self,
        look: impl Fn() -> Looking + Send + 'static,
        compare: fn(Option<T>, T) -> (T, Option<C>),
    ) -> Follow<T, C>
    where
        Looking: Future<Output = Result<Option<T>, Error>> + Send + 'static,
    {
        Follow(self.follow_many([()], move |()| look(), compare))
    }

    /// Follows many things, as [`follow`](Self::follow) does one. `look` is given the key.
    pub fn follow_many<K: Clone, T, C, Looking>(
        &self,
        keys: impl IntoIterator<Item = K>,
        look: impl Fn(K) -> Looking + Send + 'static,
        compare: fn(Option<T>, T) -> (T, Option<C>),
    ) -> FollowMany<K, T, C>
    where
        Looking: Future<Output = Result<Option<T>, Error>> + Send + 'static,
    {
        FollowMany::new(keys, look, compare, self.random())
    }
}

impl<K: Clone, T, C> FollowMany<K, T, C> {
    fn new<Looking>(
        keys: impl IntoIterator<Item = K>,
        look: impl Fn(K) -> Looking + Send + 'static,
        compare: Compare<T, C>,
        random: fastrand::Rng,
    ) -> Self
    where
        Looking: Future<Output = Result<Option<T>, Error>> + Send + 'static,
    {
        let look = move |number, key: &K| -> Look<T> {
            let looking = Box::pin(look(key.clone()));
            Look { number, looking }
        };
        let mut follow = Self {
            look: Box::new(look),
            compare,
            polling: Polling::default(),
            random,
            followed: BTreeMap::new(),
            next_number: 0,
            due: BTreeSet::new(),
            looking: FuturesUnordered::new(),
            timer: None,
        };
        for key in keys {
            follow.add(key);
        }
        follow
    }

    /// How often it looks. Default: [`Polling::default`].
    #[must_use]
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Follows one thing more.
    pub fn add(&mut self, key: K) {
        let number = self.next_number;
        self.next_number += 1;
        let followed = Followed {
            key,
            seen: Seen::Nothing,
            wait: Duration::ZERO,
        };
        self.followed.insert(number, followed);
        self.due.insert((Instant::now(), number));
    }

    /// Follows a thing no longer. Returns whether it was followed.
    pub fn remove(&mut self, key: &K) -> bool
    where
        K: PartialEq,
    {
        let before = self.followed.len();
        self.followed.retain(|_, followed| followed.key != *key);
        let followed = &self.followed;
        self.due.retain(|(_, number)| followed.contains_key(number));
        // A look that goes on would keep its place from the others.
        self.looking = std::mem::take(&mut self.looking)
            .into_iter()
            .filter(|look| followed.contains_key(&look.number))
            .collect();
        self.followed.len() < before
    }

    /// How many things are followed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.followed.len()
    }

    /// Whether nothing is followed any more.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.followed.is_empty()
    }

    /// The next change or failure; `None` if nothing is followed any more. Dropping the future
    /// loses nothing.
    pub async fn next(&mut self) -> Option<(K, Result<Change<C>, Error>)> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<K: Clone, T, C> Stream for FollowMany<K, T, C> {
    type Item = (K, Result<Change<C>, Error>);

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let follow = self.get_mut();
        loop {
            follow.start_looks();
            if let Poll::Ready(Some((number, look))) = follow.looking.poll_next_unpin(context) {
                if let Some(news) = follow.looked(number, look) {
                    return Poll::Ready(Some(news));
                }
                continue;
            }
            if follow.followed.is_empty() {
                return Poll::Ready(None);
            }
            ready!(follow.poll_due(context));
        }
    }
}

impl<K: Clone, T, C> FollowMany<K, T, C> {
    fn has_room(&self) -> bool {
        self.looking.len() < self.polling.in_flight
    }

    /// Starts the looks that are due, as far as there is room for them.
    fn start_looks(&mut self) {
        let now = Instant::now();
        while self.has_room() {
            let Some(&(due, number)) = self.due.first().filter(|(due, _)| *due <= now) else {
                return;
            };
            self.due.remove(&(due, number));
            if let Some(followed) = self.followed.get(&number) {
                self.looking.push((self.look)(number, &followed.key));
            }
        }
    }

    /// Ready when another look can be started.
    fn poll_due(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(&(due, _)) = self.due.first().filter(|_| self.has_room()) else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if timer.deadline() != due {
            timer.as_mut().reset(due);
        }
        timer.as_mut().poll(context)
    }

    /// Takes in what a look has shown, and returns it if it is news.
    fn looked(
        &mut self,
        number: usize,
        look: Result<Option<T>, Error>,
    ) -> Option<(K, Result<Change<C>, Error>)> {
        // Somebody may have removed it in the meantime.
        let followed = self.followed.get_mut(&number)?;
        let key = followed.key.clone();
        let change = match look {
            Ok(found) => followed.seen.update(found, self.compare),
            Err(error) => {
                self.failed(number, &error);
                return Some((key, Err(error)));
            }
        };
        let wait = match change {
            Some(_) => self.polling.interval,
            None => self.polling.longer(followed.wait),
        };
        self.look_again(number, wait, Duration::ZERO);
        change.map(|change| (key, Ok(change)))
    }

    fn failed(&mut self, number: usize, error: &Error) {
        match error.reach() {
            Reach::Everything => {
                self.followed.clear();
                self.due.clear();
                self.looking.clear();
            }
            Reach::Request => {
                self.followed.remove(&number);
            }
            Reach::Moment => {
                let wait = self.followed.get(&number).map(|followed| followed.wait);
                let wait = self.polling.longer(wait.unwrap_or_default());
                let asked = error.retry_after().unwrap_or_default();
                self.look_again(number, wait, asked.min(Polling::LONGEST));
            }
        }
    }

    /// Looks again after `wait`, less a random part of it, and not before `asked`.
    fn look_again(&mut self, number: usize, wait: Duration, asked: Duration) {
        let wait = wait.max(self.polling.interval);
        if let Some(followed) = self.followed.get_mut(&number) {
            followed.wait = wait;
        }
        let wait = wait.mul_f64(1.0 - self.random.f64() / 5.0).max(asked);
        self.due.insert((from_now(wait), number));
    }
}

/// What it needs in place is on the heap.
impl<K, T, C> Unpin for FollowMany<K, T, C> {}

/// Shows no key.
impl<K, T, C> fmt::Debug for FollowMany<K, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FollowMany")
            .field("followed", &self.followed.len())
            .field("looking", &self.looking.len())
            .field("polling", &self.polling)
            .finish_non_exhaustive()
    }
}

/// Follows one thing: a stream of its changes, as [`FollowMany`] explains.
pub struct Follow<T, C = T>(FollowMany<(), T, C>);

impl<T, C> Follow<T, C> {
    /// How often it looks. Default: [`Polling::default`].
    #[must_use]
    pub fn polling(self, polling: Polling) -> Self {
        Self(self.0.polling(polling))
    }

    /// The next change or failure; `None` after a failure that ends everything. Dropping the
    /// future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Change<C>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Follows the thing until `until` holds of what is told, until it is gone, or for at most
    /// `limit`.
    ///
    /// # Errors
    ///
    /// A failure that ends everything, such as refused credentials; or the last failure, if time
    /// ran out and no look has succeeded.
    pub async fn wait_until(
        mut self,
        mut until: impl FnMut(&C) -> bool,
        limit: Duration,
    ) -> Result<Waited<C>, Error> {
        let deadline = from_now(limit);
        let (mut last, mut failure) = (None, None);
        while let Ok(news) = timeout_at(deadline, self.next()).await {
            match (news, failure) {
                (Some(Ok(Change::Now(state))), _) if until(&state) => {
                    return Ok(Waited::Reached(state));
                }
                (Some(Ok(Change::Now(state))), earlier) => {
                    last = Some(state);
                    failure = earlier;
                }
                (Some(Ok(Change::Gone)), _) => return Ok(Waited::Gone),
                (Some(Err(error)), _) => failure = Some(error),
                (None, Some(error)) => return Err(error),
                (None, None) => return Ok(Waited::TimedOut(last)),
            }
        }
        match (last, failure) {
            (None, Some(error)) => Err(error),
            (last, _) => Ok(Waited::TimedOut(last)),
        }
    }
}

impl<T, C> Stream for Follow<T, C> {
    type Item = Result<Change<C>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let news = ready!(Pin::new(&mut self.0).poll_next(context));
        Poll::Ready(news.map(|((), change)| change))
    }
}

impl<T, C> fmt::Debug for Follow<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow")
            .field("polling", &self.0.polling)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::error::{ErrorKind, Outcome};
    use crate::failure::Failure;

    const SECOND: Duration = Duration::from_secs(1);

    type Found = Result<Option<u32>, Error>;

    fn whole(before: Option<u32>, now: u32) -> (u32, Option<u32>) {
        (now, (before != Some(now)).then_some(now))
    }

    fn random() -> fastrand::Rng {
        fastrand::Rng::with_seed(7)
    }

    fn polling() -> Polling {
        Polling::every(10 * SECOND).up_to(40 * SECOND)
    }

    /// What each look finds, in turn, and then the last again; with the seconds at which looks
    /// were made.
    #[derive(Clone, Default)]
    struct Script {
        finds: Arc<Mutex<VecDeque<Found>>>,
        looks: Arc<Mutex<Vec<f64>>>,
    }

    impl Script {
        fn new(finds: impl IntoIterator<Item = Found>) -> Self {
            let finds = Arc::new(Mutex::new(finds.into_iter().collect()));
            Self {
                finds,
                ..Self::default()
            }
        }

        fn follow(&self) -> Follow<u32> {
            let script = self.clone();
            let start = Instant::now();
            let look = move |()| {
                let script = script.clone();
                async move {
                    let seconds = start.elapsed().as_secs_f64();
                    script.looks.lock().unwrap().push(seconds);
                    sleep(SECOND / 100).await;
                    let mut finds = script.finds.lock().unwrap();
                    match finds.len() {
                        1 => finds[0].clone(),
                        _ => finds.pop_front().unwrap(),
                    }
                }
            };
            Follow(FollowMany::new([()], look, whole, random())).polling(polling())
        }

        fn waits(&self) -> Vec<f64> {
            let looks = self.looks.lock().unwrap();
            looks.windows(2).map(|pair| pair[1] - pair[0]).collect()
        }
    }

    fn passing() -> Error {
        Failure::new(ErrorKind::Interrupted, Outcome::Unknown)
            .transient()
            .into()
    }

    fn asking_for(wait: Duration) -> Error {
        let mut failure = Failure::new(ErrorKind::Status, Outcome::Rejected).transient();
        failure.retry_after = Some(wait);
        failure.into()
    }

    fn refused() -> Error {
        Failure::new(ErrorKind::LogIn, Outcome::NotSent).into()
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_state_and_every_change_are_told_and_nothing_twice() {
        let script = Script::new([1, 1, 2, 2, 2, 3].map(|state| Ok(Some(state))));
        let mut follow = script.follow();
        for state in [1, 2, 3] {
            assert_eq!(follow.next().await.unwrap().unwrap(), Change::Now(state));
        }
        assert!(timeout(3600 * SECOND, follow.next()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_thing_that_is_gone_is_told_once_and_may_come_back() {
        let script = Script::new([Ok(Some(1)), Ok(None), Ok(None), Ok(Some(1))]);
        let mut follow = script.follow();
        for change in [Change::Now(1), Change::Gone, Change::Now(1)] {
            assert_eq!(follow.next().await.unwrap().unwrap(), change);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn failures_that_pass_are_all_seen_and_end_nothing() {
        let script = Script::new([Err(passing()), Ok(Some(1)), Err(passing()), Ok(Some(2))]);
        let mut follow = script.follow();
        assert!(follow.next().await.unwrap().is_err());
        assert_eq!(follow.next().await.unwrap().unwrap(), Change::Now(1));
        assert!(follow.next().await.unwrap().is_err());
        assert_eq!(follow.next().await.unwrap().unwrap(), Change::Now(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_in_that_is_refused_ends_everything_after_it_was_told() {
        let look = |key: u32| async move {
            match key {
                0 => Err(refused()),
                _ => std::future::pending::<Found>().await,
            }
        };
        let mut follow = FollowMany::new(0..9, look, whole, random());
        let (key, news) = follow.next().await.unwrap();
        assert_eq!((key, news.unwrap_err().kind()), (0, ErrorKind::LogIn));
        assert!(follow.next().await.is_none());
        assert!(follow.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_at_what_was_removed_is_never_told_of_another() {
        let look = |key: u32| async move {
            sleep(key * SECOND).await;
            Ok((key != 2).then_some(key))
        };
        let mut follow = FollowMany::new([1, 2], look, whole, random());
        assert_eq!(follow.next().await.unwrap().0, 1);
        for removed in [2, 1] {
            assert!(follow.remove(&removed));
        }
        follow.add(3);
        let (key, news) = follow.next().await.unwrap();
        assert_eq!((key, news.unwrap()), (3, Change::Now(3)));
    }

    #[tokio::test(start_paused = true)]
    async fn looks_at_what_was_removed_keep_no_place() {
        let look = |key: u32| async move {
            match key {
                9 => Ok(Some(9)),
                _ => std::future::pending::<Found>().await,
            }
        };
        let mut follow = FollowMany::new(0..4, look, whole, random());
        assert!(timeout(SECOND, follow.next()).await.is_err());
        assert!(follow.remove(&0));
        follow.add(9);
        let (key, _) = timeout(SECOND, follow.next()).await.unwrap().unwrap();
        assert_eq!(key, 9);
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_cannot_be_asked_for_is_told_once_and_the_others_go_on() {
        let look = |key: u32| async move {
            match key {
                0 => Err(Failure::new(ErrorKind::InvalidRequest, Outcome::NotSent).into()),
                key => Ok(Some(key)),
            }
        };
        let mut follow = FollowMany::new(0..3, look, whole, random());
        let mut told = Vec::new();
        for _ in 0..3 {
            let (key, news) = follow.next().await.unwrap();
            told.push((key, news.is_ok()));
        }
        told.sort_unstable();
        assert_eq!(told, [(0, false), (1, true), (2, true)]);
        assert_eq!(follow.len(), 2);
        assert!(timeout(3600 * SECOND, follow.next()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_while_nothing_changes_and_start_over_after_a_change() {
        let states = [1, 1, 1, 1, 2, 2];
        let script = Script::new(states.map(|state| Ok(Some(state))));
        let mut follow = script.follow();
        let _ = timeout(200 * SECOND, async {
            while follow.next().await.is_some() {}
        })
        .await;
        let waits = script.waits();
        for (wait, longest) in waits.iter().zip([10.0, 20.0, 40.0, 40.0, 10.0, 20.0]) {
            let shortest = longest * 0.8;
            assert!((shortest..=longest + 0.1).contains(wait), "{waits:?}");
        }
        assert!(waits.iter().any(|wait| wait.fract() > 0.02), "jitter");
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_that_the_service_asks_for_is_never_shortened() {
        let script = Script::new([Err(asking_for(100 * SECOND)), Ok(Some(1))]);
        let mut follow = script.follow();
        assert!(follow.next().await.unwrap().is_err());
        assert!(follow.next().await.unwrap().is_ok());
        assert!(script.waits()[0] >= 100.0);

        let endless = Script::new([Err(asking_for(Duration::MAX)), Ok(Some(1))]);
        let mut follow = endless.follow();
        assert!(follow.next().await.unwrap().is_err());
        assert!(follow.next().await.unwrap().is_ok());
        assert!(endless.waits()[0] <= 24.0 * 3600.0 + 1.0);
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_the_future_loses_no_change_and_repeats_no_look() {
        let script = Script::new((0..50).map(|state| Ok(Some(state))));
        let mut follow = script.follow().polling(Polling::every(SECOND / 20));
        let mut told = Vec::new();
        while told.len() < 50 {
            // Shorter than a look takes.
            if let Ok(Some(news)) = timeout(SECOND / 300, follow.next()).await {
                told.push(news.unwrap());
            }
        }
        assert!(told.into_iter().eq((0..50).map(Change::Now)));
        assert_eq!(script.looks.lock().unwrap().len(), 50);
    }

    #[tokio::test(start_paused = true)]
    async fn many_are_looked_at_a_few_at_a_time_and_what_is_kept_does_not_grow() {
        let running = Arc::new(Mutex::new((0_usize, 0_usize)));
        let observed = Arc::clone(&running);
        let look = move |key: u32| {
            let running = Arc::clone(&running);
            async move {
                {
                    let mut running = running.lock().unwrap();
                    running.0 += 1;
                    running.1 = running.1.max(running.0);
                }
                sleep(SECOND / 10).await;
                running.lock().unwrap().0 -= 1;
                Ok(Some(key))
            }
        };
        let polling = polling().in_flight(7);
        let mut follow = FollowMany::new(0..100, look, whole, random()).polling(polling);
        let mut told = BTreeSet::new();
        for _ in 0..100 {
            let (key, news) = follow.next().await.unwrap();
            assert_eq!(news.unwrap(), Change::Now(key));
            told.insert(key);
        }
        assert_eq!(told.len(), 100);
        assert!(timeout(3600 * SECOND, follow.next()).await.is_err());
        assert_eq!(observed.lock().unwrap().1, 7);
        assert_eq!(follow.due.len() + follow.looking.len(), 100);
        assert_eq!(follow.followed.len(), 100);
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_and_one_less_can_be_followed() {
        let look = |key: u32| async move { Ok(Some(key)) };
        let mut follow = FollowMany::new([1, 2], look, whole, random());
        follow.next().await.unwrap().1.unwrap();
        follow.next().await.unwrap().1.unwrap();
        follow.add(3);
        assert_eq!(follow.next().await.unwrap().0, 3);
        assert!(follow.remove(&1) && follow.remove(&2) && follow.remove(&3));
        assert!(!follow.remove(&3));
        assert!(follow.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_when_the_state_is_reached_when_it_is_gone_and_in_time() {
        let states = |states: &[Option<u32>]| {
            Script::new(states.iter().map(|state| Ok(*state)).collect::<Vec<_>>()).follow()
        };
        let wait = |follow: Follow<u32>| follow.wait_until(|state| *state == 3, 100 * SECOND);
        let reached = wait(states(&[Some(1), Some(2), Some(3)])).await;
        assert_eq!(reached.unwrap(), Waited::Reached(3));
        let gone = wait(states(&[Some(1), None])).await;
        assert_eq!(gone.unwrap(), Waited::Gone);
        let start = Instant::now();
        let never = wait(states(&[Some(1), Some(2)])).await;
        assert_eq!(never.unwrap(), Waited::TimedOut(Some(2)));
        assert_eq!(start.elapsed(), 100 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_outlasts_failures_that_pass_and_tells_why_nothing_was_seen() {
        let wait = |follow: Follow<u32>| follow.wait_until(|state| *state == 1, 100 * SECOND);
        let passes = Script::new([Err(passing()), Ok(Some(1))]).follow();
        assert_eq!(wait(passes).await.unwrap(), Waited::Reached(1));
        let lasts = Script::new([Err(passing())]).follow();
        let error = wait(lasts).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        let start = Instant::now();
        let ends = Script::new([Ok(Some(0)), Err(refused())]).follow();
        assert_eq!(wait(ends).await.unwrap_err().kind(), ErrorKind::LogIn);
        assert!(start.elapsed() < 20 * SECOND);
    }
}
