//! Rounds: read, list, add, close.

mod follow;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::{Date, OffsetDateTime};
use vendor_client_core::{
    Creation, Error, Json, Outcome, Path, Query, Validate, Violations, endpoints, read_json,
    redacted_debug, validated,
};

use crate::activities::Activity;
use crate::address::Address;
use crate::client::Client;
use crate::concurrent;
use crate::day::Day;
use crate::envelope::envelopes;
use crate::id::{ActivityId, PersonId, ResourceId, RoundId};
use crate::list::{Apart, List};
use crate::resources::ResourceReference;
use crate::{UnknownFields, wire};

pub use follow::{RoundChange, RoundsChange};

endpoints! {
    GET_ROUND = GET "/rounds/{id}" Path<RoundId>, () => RoundResponse, idempotent;
    LIST_ROUNDS = GET "/rounds/resource/{id}"
        (Path<ResourceId>, Query<OfDay>), () => RoundsResponse, idempotent;
    /// What a second addition for the same day does is not documented.
    ADD_ROUND = POST "/rounds" (), Json<NewRound> => RoundResponse, not_idempotent;
    /// Closing twice leaves the round closed.
    CLOSE_ROUND = PUT "/rounds/{id}/close" Path<RoundId>, () => RoundResponse, idempotent;
}

envelopes! {
    RoundResponse { round as "round": Round }
    RoundsResponse { rounds as "rounds": List<Round>, or List::default() }
    ChangedRoundsResponse { rounds as "rounds": ChangedRounds, or ChangedRounds::default() }
}

/// The operations on rounds; from [`Client::rounds`].
///
/// Docs: [Rounds](crate::contract::rounds).
#[derive(Clone, Copy, Debug)]
pub struct Rounds<'a> {
    client: &'a Client,
}

impl Client {
    /// The working days of resources.
    #[must_use]
    pub fn rounds(&self) -> Rounds<'_> {
        Rounds { client: self }
    }
}

impl Rounds<'_> {
    /// Reads a round with its activities.
    ///
    /// `GET /rounds/{id}`. Docs: [Get a round](crate::contract::rounds#get-a-round).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, RoundId};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let round = client.rounds().get(RoundId::new(1)).await?;
    /// println!("{} activities", round.activities().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such round; otherwise any [`Error`].
    #[doc(alias = "get_round")]
    pub async fn get(self, id: RoundId) -> Result<Round, Error> {
        self.client.contents(&GET_ROUND, &id, ()).await
    }

    /// The rounds of a resource on a day. The day's offset determines whose day is meant.
    ///
    /// `GET /rounds/resource/{id}`. Docs:
    /// [List a resource's rounds](crate::contract::rounds#list-a-resources-rounds).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Day, ResourceId};
    /// # async fn run(client: Client, today: time::OffsetDateTime) -> Result<(), geoplanning::Error> {
    /// let rounds = client.rounds().list(ResourceId::new(1), today).await?;
    /// println!("{} rounds", rounds.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such resource; otherwise any [`Error`].
    #[doc(alias = "list_rounds")]
    pub async fn list(
        self,
        resource: ResourceId,
        day: impl Into<Day>,
    ) -> Result<List<Round>, Error> {
        let of_day = OfDay::new(day);
        self.client
            .contents(&LIST_ROUNDS, (&resource, &of_day), ())
            .await
    }

    /// The rounds of many resources on a day, as [`list`](Self::list) for each, with at most
    /// `at_once` calls at a time (at least one).
    ///
    /// The results are in the order of the resources, one per resource: one that fails does not
    /// keep the others from being read. All calls end when the future is dropped.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, ResourceId};
    /// # use geoplanning::Day;
    /// # use time::macros::{date, offset};
    /// # async fn run(client: Client, resources: Vec<ResourceId>) {
    /// let day = Day::new(date!(2026-11-24), offset!(+1));
    /// for (resource, rounds) in client.rounds().list_many(resources, day, 8).await {
    ///     match rounds {
    ///         Ok(rounds) => println!("{resource}: {} rounds", rounds.len()),
    ///         Err(error) => println!("{resource}: {error}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn list_many(
        self,
        resources: impl IntoIterator<Item = ResourceId>,
        day: impl Into<Day>,
        at_once: usize,
    ) -> Vec<(ResourceId, Result<List<Round>, Error>)> {
        let day = day.into();
        let calls = resources
            .into_iter()
            .map(|resource| async move { (resource, self.list(resource, day).await) });
        concurrent::run(calls, at_once).await
    }

    /// Adds a resource's round for a day, empty, with the resource's working hours and addresses.
    ///
    /// `POST /rounds`. Docs: [Add a round](crate::contract::rounds#add-a-round).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, NewRound, ResourceId};
    /// # async fn run(client: Client, day: time::Date) -> Result<(), geoplanning::Error> {
    /// let round = client.rounds().add(&NewRound::new(ResourceId::new(1), day)).await?;
    /// println!("added {}", round.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such resource; otherwise any [`Error`].
    /// It is retried only while the service certainly has not acted. If
    /// [`may_have_been_applied`](Error::may_have_been_applied) holds, [`list`](Self::list) shows
    /// whether the round is there.
    #[doc(alias = "add_round")]
    pub async fn add(self, round: &NewRound) -> Result<Round, Error> {
        self.client.contents(&ADD_ROUND, (), round).await
    }

    /// Finds a resource's round of a day, the first if there are several, and adds it if there is
    /// none. It may be called again at any time: after a crash, after its future was dropped, after
    /// an unknown outcome.
    ///
    /// It looks before the addition, and after one with an unknown outcome. Two processes must not
    /// add a round for the same resource and day at the same time.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, NewRound, ResourceId};
    /// # async fn run(client: Client, day: time::Date) -> Result<(), geoplanning::Error> {
    /// let round = NewRound::new(ResourceId::new(1), day);
    /// let round = client.rounds().find_or_add(&round).await?.into_inner();
    /// println!("{} activities", round.activities().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`add`](Self::add) and [`list`](Self::list).
    pub async fn find_or_add(self, round: &NewRound) -> Result<Creation<Round>, Error> {
        let create = || self.add(round);
        let find = || async {
            let of_day = OfDay::new(round.date);
            let at = (&round.resource_id, &of_day);
            let is_complete = |rounds: &List<Round>| rounds.unreadable().is_empty();
            let rounds = self.client.look_up(&LIST_ROUNDS, at, is_complete).await?;
            Ok(rounds.into_iter().flatten().next())
        };
        self.client.transport().find_or_create(find, create).await
    }

    /// Reads a round and acts on what it holds, and does both again if somebody else changes the round
    /// in between: at most `times` altogether (at least once).
    ///
    /// `act` gets the round as it is, decides, and sends an action with the round's
    /// [`key`](Round::key). If the action is refused, the round is read again. A new key means that
    /// the old one was stale: `act` decides again. With the same key the refusal had another reason,
    /// and is returned. The vendor doesn't document how a stale key is refused (finding
    /// [G-18](crate::contract#g-18)), so no status and no code is taken for it.
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client, Plan, RoundId};
    /// # use time::macros::datetime;
    /// # async fn run(client: Client, activity: ActivityId) -> Result<(), geoplanning::Error> {
    /// let now = datetime!(2026-11-24 09:00 UTC);
    /// let rounds = client.rounds();
    /// rounds
    ///     .act(RoundId::new(1), 3, async |round| {
    ///         if round.has(activity) {
    ///             return Ok(());
    ///         }
    ///         let plan = Plan::at_end(&round, now);
    ///         client.activities().plan(activity, &plan).await.map(drop)
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get), and those of `act`. An action with an unknown outcome is not
    /// repeated here. If `act` looks whether it is done, as above, call this again.
    pub async fn act<T, Acting>(
        self,
        id: RoundId,
        times: u32,
        mut act: impl FnMut(Round) -> Acting,
    ) -> Result<T, Error>
    where
        Acting: Future<Output = Result<T, Error>>,
    {
        let mut round = self.get(id).await?;
        for _ in 1..times {
            let key = round.key();
            let refusal = match act(round).await {
                Err(error) if error.outcome() == Outcome::Rejected => error,
                result => return result,
            };
            round = self.get(id).await?;
            if round.key() == key {
                return Err(refusal);
            }
        }
        act(round).await
    }

    /// Ends a round: nothing more happens in it.
    ///
    /// `PUT /rounds/{id}/close`. Docs: [Close a round](crate::contract::rounds#close-a-round).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, RoundId};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let round = client.rounds().close(RoundId::new(1)).await?;
    /// assert!(round.is_closed());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    #[doc(alias = "close_round")]
    pub async fn close(self, id: RoundId) -> Result<Round, Error> {
        self.client.contents(&CLOSE_ROUND, &id, ()).await
    }
}

/// The day whose rounds are listed.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(Deserialize, schemars::JsonSchema))]
pub struct OfDay {
    #[serde(with = "wire::local_day")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::schema::IsoDate"))]
    date: Day,
}

impl OfDay {
    /// The rounds of this day.
    #[must_use]
    pub fn new(day: impl Into<Day>) -> Self {
        Self { date: day.into() }
    }
}

impl Validate for OfDay {
    fn validate(&self, violations: &mut Violations) {
        let is_writable = wire::is_writable_day(self.date.date);
        violations.require("date", is_writable, wire::DATE_RULE);
    }
}

/// What a resource does on a day: where and when it starts, what it does in which order, where and
/// when it ends.
///
/// `Debug` shows no address.
///
/// Docs: [Type: Round](crate::contract::rounds#type-round).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Round {
    /// The round's id. Wire: `id`.
    pub id: RoundId,
    /// When it starts, by the resource's availability. Wire: `startDate`.
    #[doc(alias = "startDate")]
    #[serde(
        rename = "startDate",
        with = "wire::instant",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub starts_at: Option<OffsetDateTime>,
    /// When it ends, by the resource's availability. Wire: `endDate`.
    #[doc(alias = "endDate")]
    #[serde(
        rename = "endDate",
        with = "wire::instant",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub ends_at: Option<OffsetDateTime>,
    /// Where it starts. Wire: `startAddress`.
    #[doc(alias = "startAddress")]
    #[serde(rename = "startAddress", skip_serializing_if = "Option::is_none")]
    pub start_address: Option<Address>,
    /// Where it ends. Wire: `endAddress`.
    #[doc(alias = "endAddress")]
    #[serde(rename = "endAddress", skip_serializing_if = "Option::is_none")]
    pub end_address: Option<Address>,
    /// Checksum of the content; [`key`](Self::key) carries it into the next action.
    /// Wire: `hashKey`.
    #[doc(alias = "hashKey")]
    #[serde(rename = "hashKey")]
    pub hash_key: String,
    /// `CLOSED` after closing; no other value is documented. Wire: `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// In the order of the day, of all variants. Empty, after some actions, although there are some
    /// (finding [G-19](crate::contract#g-19)). Wire: `activities`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activities: Option<List<Activity>>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Round {
    id,
    starts_at,
    ends_at,
    hash_key,
    status,
    activities
});

/// Activities that cannot be read leave the round readable.
impl Apart for Round {
    fn read_apart(json: &RawValue) -> Result<Self, serde_json::Error> {
        let mut members: BTreeMap<String, &RawValue> = serde_json::from_str(json.get())?;
        let activities = members.remove("activities");
        let mut round: Self = read_json(&serde_json::to_string(&members)?)?;
        round.activities = match activities {
            Some(activities) if activities.get() != "null" => Some(List::read_apart(activities)?),
            _ => None,
        };
        Ok(round)
    }
}

impl Round {
    /// A round of which only what is always there is set.
    #[must_use]
    pub fn new(id: RoundId, hash_key: impl Into<String>) -> Self {
        Self {
            id,
            starts_at: None,
            ends_at: None,
            start_address: None,
            end_address: None,
            hash_key: hash_key.into(),
            status: None,
            activities: None,
            unknown: UnknownFields::new(),
        }
    }

    /// Names the round, in this very state, in an action.
    #[must_use]
    pub fn key(&self) -> RoundKey {
        RoundKey::new(self.id, self.hash_key.clone())
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        let is_closed = |status: &String| status.eq_ignore_ascii_case("CLOSED");
        self.status.as_ref().is_some_and(is_closed)
    }

    /// The activities, in the order of the day; empty if the service did not return them.
    #[must_use]
    pub fn activities(&self) -> &[Activity] {
        self.activities.as_deref().unwrap_or_default()
    }

    /// Whether this activity is in it, as far as the service returned the activities.
    #[must_use]
    pub fn has(&self, activity: ActivityId) -> bool {
        self.activities().iter().any(|other| other.id == activity)
    }
}

/// Names a round in an action, and proves that the caller has its latest state.
///
/// It comes from a round that was read, by [`Round::key`], and every action that changes the round
/// makes it stale: [`renew`](Self::renew) takes the new one from the response.
///
/// Docs: [Type: RoundKey](crate::contract::rounds#type-roundkey).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RoundKey {
    /// The round's id. Wire: `id`.
    pub id: RoundId,
    /// The round's checksum as last read. Wire: `hashKey`.
    #[doc(alias = "hashKey")]
    #[serde(rename = "hashKey")]
    pub hash_key: String,
}

impl RoundKey {
    /// A key that was kept elsewhere.
    #[must_use]
    pub fn new(id: RoundId, hash_key: impl Into<String>) -> Self {
        Self {
            id,
            hash_key: hash_key.into(),
        }
    }

    /// Takes the new checksum if the round is among those that changed. Returns whether it is.
    pub fn renew(&mut self, changed: &ChangedRounds) -> bool {
        match changed.get(self.id) {
            Some(round) => {
                self.hash_key.clone_from(&round.hash_key);
                true
            }
            None => false,
        }
    }
}

/// The rounds that an action changed, with their new keys.
///
/// The activity itself may be missing from them: to know its new state, read it again (finding
/// [G-19](crate::contract#g-19)).
///
/// Docs: [Rounds and their key](crate::contract#rounds-and-their-key).
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
#[non_exhaustive]
pub struct ChangedRounds {
    /// The rounds. Wire: `rounds`.
    pub rounds: List<Round>,
}

impl Apart for ChangedRounds {
    fn read_apart(json: &RawValue) -> Result<Self, serde_json::Error> {
        List::read_apart(json).map(|rounds| Self { rounds })
    }
}

impl ChangedRounds {
    /// The round with that id, if it is among them.
    #[must_use]
    pub fn get(&self, id: RoundId) -> Option<&Round> {
        self.rounds.iter().find(|round| round.id == id)
    }

    /// The new key of that round, if it is among them.
    #[must_use]
    pub fn key(&self, id: RoundId) -> Option<RoundKey> {
        self.get(id).map(Round::key)
    }
}

/// The round that an activity is in, as far as the activity names it. To act on the round, read it
/// first: its key is not here.
///
/// Docs: [Type: RoundReference](crate::contract::rounds#type-roundreference).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RoundReference {
    /// The round's id. Wire: `id`.
    pub id: RoundId,
    /// The resource whose round it is. Wire: `resource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceReference>,
    /// The person who drives it, if that is not the resource. Wire: `person`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonReference>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(RoundReference {
    id,
    resource,
    person
});

impl RoundReference {
    /// A reference to the round with this id.
    #[must_use]
    pub fn new(id: RoundId) -> Self {
        Self {
            id,
            resource: None,
            person: None,
            unknown: UnknownFields::new(),
        }
    }
}

/// The person who drives a round.
///
/// `Debug` shows the id only.
///
/// Docs: [Type: PersonReference](crate::contract::rounds#type-personreference).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PersonReference {
    /// The person's id. Wire: `id`.
    pub id: PersonId,
    /// The caller's foreign id of the person. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(PersonReference { id });

impl PersonReference {
    /// A reference to the person with this id.
    #[must_use]
    pub fn new(id: PersonId) -> Self {
        Self {
            id,
            foreign_id: None,
            unknown: UnknownFields::new(),
        }
    }
}

/// A resource's round for a day, as it is added.
///
/// Docs: [Add a round](crate::contract::rounds#add-a-round).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewRound {
    /// The day. Wire: `date`, as the day's midnight in UTC (finding [G-47](crate::contract#g-47)).
    #[serde(with = "wire::day")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::schema::IsoDate"))]
    pub date: Date,
    /// The resource. Wire: `resourceId`.
    #[doc(alias = "resourceId")]
    #[serde(rename = "resourceId")]
    pub resource_id: ResourceId,
}

impl NewRound {
    /// The round of a resource on a day.
    #[must_use]
    pub fn new(resource: ResourceId, day: impl Into<Day>) -> Self {
        let date = day.into().date;
        Self {
            date,
            resource_id: resource,
        }
    }
}

validated!(NewRound);

impl Validate for NewRound {
    fn validate(&self, violations: &mut Violations) {
        let is_writable = wire::is_writable_day(self.date);
        violations.require("date", is_writable, wire::DATE_RULE);
    }
}
