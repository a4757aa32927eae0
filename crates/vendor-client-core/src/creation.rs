//! Creating a thing neither twice nor never, where the vendor lets it be looked up.

use std::future::Future;
use std::time::Duration;

use crate::error::Error;
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

impl Transport {
    /// Runs `create`; while nobody knows whether it took effect, waits, looks the thing up with
    /// `find`, and creates it again only where it is not there. It creates at most twice.
    ///
    /// The wait is [`TransportConfig::find_after`](crate::TransportConfig::find_after). It
    /// gives a request that the vendor is still working on time to show its effect; one that
    /// takes longer can still end in a second thing, unless the vendor refuses that.
    ///
    /// # Errors
    ///
    /// That of `create`, where it is certain that nothing was created, or where it is still
    /// unknown after the last try or because the look-up failed as well.
    pub async fn create_or_find<C, F, Creating, Finding>(
        &self,
        create: impl Fn() -> Creating,
        find: impl Fn() -> Finding,
    ) -> Result<Creation<C, F>, Error>
    where
        Creating: Future<Output = Result<C, Error>>,
        Finding: Future<Output = Result<Option<F>, Error>>,
    {
        create_or_find(self.find_after(), create, find).await
    }
}

async fn create_or_find<C, F, Creating, Finding>(
    wait: Duration,
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
    tokio::time::sleep(wait).await;
    match find().await {
        Ok(Some(found)) => return Ok(Creation::Found(found)),
        Ok(None) => {}
        Err(_) => return Err(unknown),
    }
    if let Ok(created) = create().await {
        return Ok(Creation::Created(created));
    }
    // Also where the second creation was refused: perhaps because the first has come through.
    tokio::time::sleep(wait).await;
    match find().await {
        Ok(Some(found)) => Ok(Creation::Found(found)),
        Ok(None) | Err(_) => Err(unknown),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;

    use super::*;
    use crate::error::{ErrorKind, Failure, Outcome};

    const WAIT: Duration = Duration::from_secs(2);

    fn failed(outcome: Outcome) -> Error {
        Failure::new(ErrorKind::Status, outcome).into()
    }

    /// Plays the scripts and answers what came of it, and how often each was called.
    async fn play(
        creations: impl IntoIterator<Item = Result<&'static str, Outcome>>,
        lookups: impl IntoIterator<Item = Result<Option<&'static str>, Outcome>>,
    ) -> Result<Creation<&'static str, &'static str>, Error> {
        let creations: RefCell<VecDeque<_>> = RefCell::new(creations.into_iter().collect());
        let lookups: RefCell<VecDeque<_>> = RefCell::new(lookups.into_iter().collect());
        let result = create_or_find(
            WAIT,
            async || creations.borrow_mut().pop_front().unwrap().map_err(failed),
            async || lookups.borrow_mut().pop_front().unwrap().map_err(failed),
        )
        .await;
        assert!(creations.borrow().is_empty() && lookups.borrow().is_empty());
        result
    }

    #[tokio::test(start_paused = true)]
    async fn a_certain_answer_is_passed_on() {
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
        let start = tokio::time::Instant::now();
        let found = play([Err(Outcome::Unknown)], [Ok(Some("there"))])
            .await
            .unwrap();
        assert_eq!(found, Creation::Found("there"));
        assert_eq!(start.elapsed(), WAIT);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_there_is_created_again_once() {
        let created = play([Err(Outcome::Unknown), Ok("new")], [Ok(None)])
            .await
            .unwrap();
        assert_eq!(created, Creation::Created("new"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_creation_that_comes_through_late_is_found() {
        let late = play(
            [Err(Outcome::Unknown), Err(Outcome::Rejected)],
            [Ok(None), Ok(Some("there"))],
        );
        assert_eq!(late.await.unwrap(), Creation::Found("there"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_second_creation_does_not_hide_the_unknown_first() {
        let lost = play(
            [Err(Outcome::Unknown), Err(Outcome::Rejected)],
            [Ok(None), Ok(None)],
        );
        assert!(lost.await.unwrap_err().may_have_been_applied());
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_look_up_leaves_the_outcome_unknown() {
        let lost = play([Err(Outcome::Unknown)], [Err(Outcome::Rejected)]);
        assert!(lost.await.unwrap_err().may_have_been_applied());
    }
}
