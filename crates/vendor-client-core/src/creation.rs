//! Creating a thing neither twice nor never, if the service lets it be looked up.

use std::future::Future;
use std::time::Duration;

use tokio::time::{sleep, timeout_at};

use crate::clock::from_now;
use crate::error::Error;
use crate::many::step_aside;
use crate::observer::{LookResult, Observer, Observing};
use crate::operation::Operation;
use crate::telemetry;
use crate::transport::Transport;

/// Result of a create-or-find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "there is no third way, and a caller should not have to write an arm for one"
)]
pub enum Creation<C, F = C> {
    /// The service reported that it created the thing.
    Created(C),
    /// The response was lost, and the thing was found when it was looked up.
    Found(F),
}

impl<C, F> Creation<C, F> {
    /// The thing itself, whichever way it came.
    #[must_use]
    pub fn into_inner(self) -> C
    where
        F: Into<C>,
    {
        match self {
            Self::Created(created) => created,
            Self::Found(found) => found.into(),
        }
    }
}

/// How a thing is looked up if its creation has an unknown outcome.
///
/// A service may take a while to show what it has taken, so there are several looks, with growing
/// waits before them. Only when the last one says that the thing is not there is it created again.
///
/// ```
/// use std::time::Duration;
/// use vendor_client_core::{LookUp, TransportConfig};
///
/// let patient = LookUp::default().waits([1, 5, 25].map(Duration::from_secs));
/// let config = TransportConfig::default().look_up(patient);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookUp {
    waits: Vec<Duration>,
    deadline: Duration,
}

impl Default for LookUp {
    /// Three looks, after waits of 1 s, 3 s and 9 s, and 60 s for all of it.
    fn default() -> Self {
        Self {
            waits: [1, 3, 9].map(Duration::from_secs).into(),
            deadline: Duration::from_secs(60),
        }
    }
}

impl LookUp {
    /// The wait before each look; there are as many looks as waits. Without any, nothing is looked
    /// for, and a creation whose outcome is unknown is an error at once.
    #[must_use]
    pub fn waits(mut self, waits: impl IntoIterator<Item = Duration>) -> Self {
        self.waits = waits.into_iter().collect();
        self
    }

    /// How long one round of looks may take altogether, waits and calls. Default: 60 s.
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }
}

impl Transport {
    /// Runs `create`; if nobody knows whether it took effect, looks the thing up with `find`, and
    /// creates it again only if it is not there. It creates at most twice.
    ///
    /// It looks as [`TransportConfig::look_up`](crate::TransportConfig::look_up) says. A request
    /// that the service takes longer to carry out can still end in a second thing, unless the
    /// service refuses that.
    ///
    /// `find` returns `None` only if the service reports that the thing is not there; a look that
    /// failed is an error.
    ///
    /// # Errors
    ///
    /// The error of `create`, if it is certain that nothing was created, or if that is still
    /// unknown after the last look. Looks that failed are among its
    /// [`attempts`](Error::attempts).
    pub async fn create_or_find<C, F, Creating, Finding>(
        &self,
        create: impl Fn() -> Creating,
        find: impl Fn() -> Finding,
    ) -> Result<Creation<C, F>, Error>
    where
        Creating: Future<Output = Result<C, Error>>,
        Finding: Future<Output = Result<Option<F>, Error>>,
    {
        create_or_find(&self.looking(), create, find).await
    }

    /// Looks the thing up with `find` and creates it only if it is not there; after an unknown
    /// outcome it goes on as [`create_or_find`](Self::create_or_find) does.
    ///
    /// It is safe to call again at any time: after a crash, or after its future was dropped. Two
    /// callers must not create the same thing at once: both may find nothing.
    ///
    /// # Errors
    ///
    /// That of the first look, with nothing created, or as for
    /// [`create_or_find`](Self::create_or_find).
    pub async fn find_or_create<C, F, Creating, Finding>(
        &self,
        find: impl Fn() -> Finding,
        create: impl Fn() -> Creating,
    ) -> Result<Creation<C, F>, Error>
    where
        Creating: Future<Output = Result<C, Error>>,
        Finding: Future<Output = Result<Option<F>, Error>>,
    {
        match find().await {
            Ok(Some(found)) => Ok(Creation::Found(found)),
            Ok(None) => self.create_or_find(create, find).await,
            Err(error) => Err(error.before_sending()),
        }
    }
}

impl Transport {
    /// Looks for a thing that the service says it has created, for services whose word alone isn't
    /// enough: at once, and then as [`TransportConfig::look_up`](crate::TransportConfig::look_up)
    /// says.
    ///
    /// # Errors
    ///
    /// `unknown`, if the thing isn't found.
    pub async fn confirm<F, Finding>(
        &self,
        unknown: Error,
        find: impl Fn() -> Finding,
    ) -> Result<F, Error>
    where
        Finding: Future<Output = Result<Option<F>, Error>>,
    {
        let looking = self.looking();
        let first = find().await;
        looking.looked(unknown.operation(), LookResult::of(&first));
        if let Ok(Some(found)) = first {
            return Ok(found);
        }
        match look(&looking, unknown, find).await {
            Looked::Found(found) => Ok(found),
            Looked::Absent(unknown) | Looked::Unclear(unknown) => Err(unknown),
        }
    }
}

/// How things are looked for, and who is told of each look.
pub(crate) struct Looking<'a> {
    pub(crate) policy: &'a LookUp,
    pub(crate) observer: Option<&'a dyn Observer>,
}

impl Looking<'_> {
    fn looked(&self, operation: Option<&'static Operation>, result: LookResult) {
        telemetry::looked(operation, result);
        if let Some(operation) = operation {
            Observing::new(self.observer, operation, None).look(result);
        }
    }
}

#[cfg(test)]
impl<'a> From<&'a LookUp> for Looking<'a> {
    fn from(policy: &'a LookUp) -> Self {
        let observer = None;
        Self { policy, observer }
    }
}

pub(crate) async fn create_or_find<C, F, Creating, Finding>(
    looking: &Looking<'_>,
    create: impl Fn() -> Creating,
    find: impl Fn() -> Finding,
) -> Result<Creation<C, F>, Error>
where
    Creating: Future<Output = Result<C, Error>>,
    Finding: Future<Output = Result<Option<F>, Error>>,
{
    let unknown = match create().await {
        Ok(created) => return Ok(Creation::Created(created)),
        Err(error) if error.may_have_been_applied() => error,
        Err(error) => return Err(error),
    };
    let unknown = match look(looking, unknown, &find).await {
        Looked::Found(found) => return Ok(Creation::Found(found)),
        Looked::Unclear(unknown) => return Err(unknown),
        Looked::Absent(unknown) => unknown,
    };
    if let Ok(created) = create().await {
        return Ok(Creation::Created(created));
    }
    // Also if the second creation was refused: perhaps because the first has come through.
    match look(looking, unknown, &find).await {
        Looked::Found(found) => Ok(Creation::Found(found)),
        Looked::Absent(unknown) | Looked::Unclear(unknown) => Err(unknown),
    }
}

/// Result of a round of looks. If nothing was found, it has the error of the creation, with the
/// looks that failed added.
enum Looked<F> {
    Found(F),
    Absent(Error),
    Unclear(Error),
}

async fn look<F, Finding>(
    looking: &Looking<'_>,
    mut unknown: Error,
    find: impl Fn() -> Finding,
) -> Looked<F>
where
    Finding: Future<Output = Result<Option<F>, Error>>,
{
    let end = from_now(looking.policy.deadline);
    let mut is_absent = false;
    for wait in &looking.policy.waits {
        if from_now(*wait) >= end {
            break;
        }
        let waited = async {
            step_aside(sleep(*wait)).await;
            find().await
        };
        let Ok(look) = timeout_at(end, waited).await else {
            return Looked::Unclear(unknown);
        };
        looking.looked(unknown.operation(), LookResult::of(&look));
        is_absent = matches!(look, Ok(None));
        match look {
            Ok(Some(found)) => return Looked::Found(found),
            Ok(None) => {}
            Err(error) => unknown = unknown.with_failed_look(&error),
        }
    }
    if is_absent {
        Looked::Absent(unknown)
    } else {
        Looked::Unclear(unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;

    use tokio::time::Instant;

    use super::*;
    use crate::error::{ErrorKind, Outcome};
    use crate::failure::Failure;

    const WAITS: [u64; 3] = [1, 3, 9];

    fn failed(outcome: Outcome) -> Error {
        Failure::new(ErrorKind::Status, outcome).into()
    }

    /// Plays the scripts and returns the result, and how often each was called.
    async fn play(
        creations: impl IntoIterator<Item = Result<&'static str, Outcome>>,
        lookups: impl IntoIterator<Item = Result<Option<&'static str>, Outcome>>,
    ) -> Result<Creation<&'static str, &'static str>, Error> {
        let creations: RefCell<VecDeque<_>> = RefCell::new(creations.into_iter().collect());
        let lookups: RefCell<VecDeque<_>> = RefCell::new(lookups.into_iter().collect());
        let result = create_or_find(
            &Looking::from(&LookUp::default()),
            async || creations.borrow_mut().pop_front().unwrap().map_err(failed),
            async || lookups.borrow_mut().pop_front().unwrap().map_err(failed),
        )
        .await;
        assert!(creations.borrow().is_empty() && lookups.borrow().is_empty());
        result
    }

    #[tokio::test(start_paused = true)]
    async fn a_certain_response_is_passed_on() {
        assert_eq!(
            play([Ok("new")], []).await.unwrap(),
            Creation::Created("new")
        );
        for outcome in [Outcome::NotSent, Outcome::Rejected] {
            assert_eq!(
                play([Err(outcome)], []).await.unwrap_err().outcome(),
                outcome
            );
        }
    }

    #[test]
    fn a_thing_can_be_had_whichever_way_it_came() {
        assert_eq!(Creation::<u32, u32>::Created(1).into_inner(), 1);
        assert_eq!(Creation::<u32, u32>::Found(2).into_inner(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_outcome_is_looked_up_after_a_wait() {
        let start = Instant::now();
        let found = play([Err(Outcome::Unknown)], [Ok(Some("there"))])
            .await
            .unwrap();
        assert_eq!(found, Creation::Found("there"));
        assert_eq!(start.elapsed(), Duration::from_secs(WAITS[0]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_thing_that_shows_late_is_found_and_not_created_again() {
        let start = Instant::now();
        let late = play(
            [Err(Outcome::Unknown)],
            [Ok(None), Ok(None), Ok(Some("there"))],
        );
        assert_eq!(late.await.unwrap(), Creation::Found("there"));
        assert_eq!(start.elapsed().as_secs(), WAITS.iter().sum::<u64>());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_there_is_created_again_once() {
        let absent = [Ok(None), Ok(None), Ok(None)];
        let created = play([Err(Outcome::Unknown), Ok("new")], absent)
            .await
            .unwrap();
        assert_eq!(created, Creation::Created("new"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_creation_that_comes_through_late_is_found() {
        let late = play(
            [Err(Outcome::Unknown), Err(Outcome::Rejected)],
            [Ok(None), Ok(None), Ok(None), Ok(Some("there"))],
        );
        assert_eq!(late.await.unwrap(), Creation::Found("there"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_second_creation_does_not_hide_the_unknown_first() {
        let lost = play(
            [Err(Outcome::Unknown), Err(Outcome::Rejected)],
            [Ok(None); 6],
        );
        assert!(lost.await.unwrap_err().may_have_been_applied());
    }

    #[tokio::test(start_paused = true)]
    async fn looks_that_fail_leave_the_outcome_unknown_and_are_among_the_attempts() {
        let lost = play([Err(Outcome::Unknown)], [Err(Outcome::Rejected); 3]);
        let error = lost.await.unwrap_err();
        assert!(error.may_have_been_applied());
        let looks = error.attempts().iter().filter(|attempt| attempt.is_look_up);
        assert_eq!(looks.count(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_fails_is_made_good_by_a_later_one() {
        let looks = [Err(Outcome::Rejected), Ok(None), Ok(None)];
        let created = play([Err(Outcome::Unknown), Ok("new")], looks)
            .await
            .unwrap();
        assert_eq!(created, Creation::Created("new"));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_created_again_if_the_last_look_failed() {
        let looks = [Ok(None), Ok(None), Err(Outcome::Unknown)];
        let lost = play([Err(Outcome::Unknown)], looks);
        assert!(lost.await.unwrap_err().may_have_been_applied());
    }

    #[tokio::test(start_paused = true)]
    async fn looking_ends_at_its_own_deadline() {
        let start = Instant::now();
        let policy = LookUp::default().deadline(Duration::from_secs(5));
        let lost: Result<Creation<(), ()>, _> = create_or_find(
            &Looking::from(&policy),
            async || Err(failed(Outcome::Unknown)),
            std::future::pending,
        )
        .await;
        assert!(lost.unwrap_err().may_have_been_applied());
        assert_eq!(start.elapsed(), Duration::from_secs(5));
    }
}
