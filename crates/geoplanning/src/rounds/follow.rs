//! Following rounds: the service reports no changes, so the client looks, and compares the keys.

use vendor_client_core::{Error, Follow, FollowMany};

use crate::activities::Activity;
use crate::client::Client;
use crate::day::Day;
use crate::id::{ActivityId, ResourceId};
use crate::list::List;
use crate::rounds::{LIST_ROUNDS, OfDay, Round, Rounds};

impl Rounds<'_> {
    /// Follows a resource's rounds of a day: a stream of changes, the first state included. A round
    /// has changed if its key has; see [`RoundsChange`].
    ///
    /// It looks as often as [`Polling`](crate::Polling) says. A resource that the service doesn't
    /// know is [`Change::Gone`](crate::Change::Gone). A look that fails is reported, and the rounds
    /// are looked at again; only refused credentials and an invalid day end the stream.
    ///
    /// ```no_run
    /// use geoplanning::{Change, Client, Day, ResourceId};
    /// use time::macros::{date, offset};
    ///
    /// # async fn run(client: Client) {
    /// let day = Day::new(date!(2026-11-24), offset!(+1));
    /// let mut rounds = client.rounds().follow(ResourceId::new(1), day);
    /// while let Some(news) = rounds.next().await {
    ///     match news {
    ///         Ok(Change::Now(change)) => {
    ///             for activity in change.changed.iter().flat_map(|round| &round.new_status) {
    ///                 println!("{}: {:?}", activity.id, activity.status.kind);
    ///             }
    ///         }
    ///         Ok(Change::Gone) => break,
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn follow(
        self,
        resource: ResourceId,
        day: impl Into<Day>,
    ) -> Follow<List<Round>, RoundsChange> {
        let (client, date) = (self.client.clone(), day.into());
        let look = move || look(client.clone(), resource, date);
        self.client.transport().follow(look, RoundsChange::between)
    }

    /// Follows the rounds of many resources on a day, as [`follow`](Self::follow) does those of
    /// one, with a bounded number of looks under way
    /// ([`Polling::in_flight`](crate::Polling::in_flight)).
    ///
    /// ```no_run
    /// use geoplanning::{Change, Client, Day, ResourceId};
    ///
    /// # async fn run(client: Client, team: Vec<ResourceId>, day: Day) {
    /// let mut rounds = client.rounds().follow_many(team, day);
    /// while let Some((resource, news)) = rounds.next().await {
    ///     match news {
    ///         Ok(Change::Now(change)) => {
    ///             println!("{resource}: {} rounds changed", change.changed.len());
    ///         }
    ///         Ok(Change::Gone) => println!("{resource}: no such resource"),
    ///         Err(error) => eprintln!("{resource}: {error}"),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn follow_many(
        self,
        resources: impl IntoIterator<Item = ResourceId>,
        day: impl Into<Day>,
    ) -> FollowMany<ResourceId, List<Round>, RoundsChange> {
        let (client, date) = (self.client.clone(), day.into());
        let look = move |resource| look(client.clone(), resource, date);
        self.client
            .transport()
            .follow_many(resources, look, RoundsChange::between)
    }
}

async fn look(
    client: Client,
    resource: ResourceId,
    date: Day,
) -> Result<Option<List<Round>>, Error> {
    let at = (&resource, &OfDay { date });
    client.look_up(&LIST_ROUNDS, at, |_| true).await
}

/// What has changed in a resource's rounds of a day since the look before.
///
/// At the first look, every round and every activity is new. If there is no round, the change is
/// empty.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RoundsChange {
    /// The rounds that are new or whose key has changed.
    pub changed: Vec<RoundChange>,
    /// The rounds that are no longer there, as they were seen last. A round that can't be read is
    /// not among them.
    pub gone: Vec<Round>,
}

/// What has changed in a round.
///
/// The key covers more than activities, so all lists may be empty. Routes come and go with the
/// activities that they lead to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RoundChange {
    /// The round now, with its new key.
    pub round: Round,
    /// The activities that are new in this round.
    pub came: Vec<Activity>,
    /// The activities that are no longer in this round, as they were seen last. None while an
    /// activity of the round can't be read.
    pub went: Vec<Activity>,
    /// The activities that are planned for another time than before.
    pub moved: Vec<Activity>,
    /// The activities whose status is another than before.
    pub new_status: Vec<Activity>,
}

impl RoundsChange {
    /// Compares two looks. Returns what to remember, and the change if there is one.
    fn between(before: Option<List<Round>>, now: List<Round>) -> (List<Round>, Option<Self>) {
        let is_first = before.is_none();
        let before = before.unwrap_or_default();
        let changed = now.iter().filter_map(|round| {
            let earlier = before.iter().find(|earlier| earlier.id == round.id);
            RoundChange::between(earlier, round)
        });
        let changed: Vec<_> = changed.collect();
        let missing = before
            .iter()
            .filter(|earlier| now.iter().all(|round| round.id != earlier.id));
        let missing: Vec<_> = missing.cloned().collect();
        let (now, gone) = match now.unreadable() {
            [] => (now, missing),
            // Any of those that are missing may be one that can't be read.
            _ => (List::from([now.to_vec(), missing].concat()), Vec::new()),
        };
        let is_news = is_first || !changed.is_empty() || !gone.is_empty();
        (now, is_news.then_some(Self { changed, gone }))
    }
}

impl RoundChange {
    /// A round with another key, and no change among its activities.
    #[must_use]
    pub const fn new(round: Round) -> Self {
        Self {
            round,
            came: Vec::new(),
            went: Vec::new(),
            moved: Vec::new(),
            new_status: Vec::new(),
        }
    }

    fn between(before: Option<&Round>, now: &Round) -> Option<Self> {
        if before.is_some_and(|before| before.hash_key == now.hash_key) {
            return None;
        }
        let earlier = before.map(Round::activities).unwrap_or_default();
        let as_before = |activity: &Activity| {
            of_id(earlier, activity.id).map(|before| (before, activity.clone()))
        };
        let kept: Vec<_> = now.activities().iter().filter_map(as_before).collect();
        let differing = |differs: fn(&Activity, &Activity) -> bool| {
            let differing = kept.iter().filter(|(before, now)| differs(before, now));
            differing.map(|(_, now)| now.clone()).collect()
        };
        Some(Self {
            came: without(now.activities(), earlier),
            went: match now.activities.as_ref().map(List::unreadable) {
                Some([]) => without(earlier, now.activities()),
                _ => Vec::new(),
            },
            moved: differing(|before, now| {
                (before.computed_start, before.computed_end)
                    != (now.computed_start, now.computed_end)
            }),
            new_status: differing(|before, now| before.status != now.status),
            round: now.clone(),
        })
    }
}

fn of_id(activities: &[Activity], id: ActivityId) -> Option<&Activity> {
    activities.iter().find(|activity| activity.id == id)
}

/// The activities that are not among the others.
fn without(activities: &[Activity], others: &[Activity]) -> Vec<Activity> {
    let others_lack = |activity: &&Activity| of_id(others, activity.id).is_none();
    activities.iter().filter(others_lack).cloned().collect()
}
