//! The account's world: what there is, and how it hangs together.
//!
//! Everything here is in plain units (seconds, instants) and knows nothing of requests. The objects
//! that go over the wire as they are kept (an address, an order) are spelled as on the wire.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::Settings;
use super::places::{Address, Addresses};

/// All that the service knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) statuses: Table<Status>,
    pub(crate) types: Table<ActivityType>,
    pub(crate) activities: Table<Activity>,
    pub(crate) rounds: Table<Round>,
    pub(crate) resources: Table<Resource>,
    pub(crate) customers: Table<Customer>,
    pub(crate) users: Table<User>,
    pub(crate) pois: Table<Poi>,
    pub(crate) attachments: Table<Attachment>,
    pub(crate) enumerables: Table<Enumerable>,
    pub(crate) addresses: Addresses,
    pub(crate) task_ids: Ids,
    pub(crate) appointment_ids: Ids,
    pub(crate) order_ids: Ids,
    pub(crate) opening_hour_ids: Ids,
    pub(crate) capacity_ids: Ids,
}

/// Hands out ids from 0 on: 0 is an id like any other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids(i64);

impl Ids {
    pub(crate) fn next(&mut self) -> i64 {
        let id = self.0;
        self.0 += 1;
        id
    }

    /// Leaves out this id and all before it.
    pub(crate) fn skip(&mut self, id: i64) {
        self.0 = self.0.max(id + 1);
    }
}

/// Things of one kind by their ids. An id is never given twice.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    rows: BTreeMap<i64, T>,
    ids: Ids,
    /// When look-ups begin to find what they do not find at once.
    visible_from: BTreeMap<i64, OffsetDateTime>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            ids: Ids::default(),
            visible_from: BTreeMap::new(),
        }
    }
}

impl<T> Table<T> {
    /// Adds a thing under an id of its own choice, which only the first world does.
    pub(crate) fn put(&mut self, id: i64, row: T) {
        self.ids.skip(id);
        self.rows.insert(id, row);
    }

    /// Adds a thing under the next id, and returns that id.
    pub(crate) fn add(&mut self, row: T) -> i64 {
        let id = self.ids.next();
        self.rows.insert(id, row);
        id
    }

    /// Keeps look-ups from finding a thing until then.
    pub(crate) fn hide(&mut self, id: i64, until: OffsetDateTime) {
        self.visible_from.insert(id, until);
    }

    /// Whether look-ups find a thing, if there is one.
    pub(crate) fn is_visible(&self, id: i64, now: OffsetDateTime) -> bool {
        self.visible_from.get(&id).is_none_or(|from| *from <= now)
    }

    pub(crate) fn get(&self, id: i64) -> Option<&T> {
        self.rows.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: i64) -> Option<&mut T> {
        self.rows.get_mut(&id)
    }

    pub(crate) fn remove(&mut self, id: i64) -> Option<T> {
        self.rows.remove(&id)
    }

    /// All things with their ids, the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &T)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (i64, &mut T)> {
        self.rows.iter_mut().map(|(id, row)| (*id, row))
    }

    /// The latest of the things for which this holds.
    pub(crate) fn latest(&self, wanted: impl Fn(&T) -> bool) -> Option<i64> {
        let found = self.iter().rev().find(|(_, row)| wanted(row));
        found.map(|(id, _)| id)
    }
}

/// What a status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Stage {
    Unassigned,
    Preassigned,
    Assigned,
    Working,
    Completed,
    RejectedOnSite,
    RejectedNoMove,
    Cancelled,
}

impl Stage {
    /// Whether work on the activity may still begin or go on.
    pub(crate) fn is_open(self) -> bool {
        self.has_not_begun() || self == Self::Working
    }

    /// Whether nothing has happened with the activity but planning.
    pub(crate) fn has_not_begun(self) -> bool {
        matches!(self, Self::Unassigned | Self::Preassigned | Self::Assigned)
    }
}

/// A status that an activity can have.
#[derive(Clone, Debug)]
pub(crate) struct Status {
    pub(crate) fid: &'static str,
    pub(crate) name: &'static str,
    pub(crate) stage: Stage,
    pub(crate) color: &'static str,
    pub(crate) by_default: bool,
}

/// What an activity type may be used for. The service adds them up.
pub(crate) const FOR_TASKS: i64 = 1;
pub(crate) const FOR_ROUTES: i64 = 2;
pub(crate) const FOR_SIMPLE_ACTIVITIES: i64 = 4;

/// A type that an activity can have.
#[derive(Clone, Debug)]
pub(crate) struct ActivityType {
    pub(crate) fid: &'static str,
    pub(crate) name: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) default_duration: Option<i64>,
    pub(crate) fixed_duration: bool,
    pub(crate) meta_type: &'static str,
    pub(crate) resource_activity_type: &'static str,
    pub(crate) roles: &'static [&'static str],
    pub(crate) mask: i64,
}

/// Something that takes a resource's time.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    pub(crate) what: What,
    /// The id of its [`ActivityType`].
    pub(crate) activity_type: Option<i64>,
    /// The id of its [`Status`].
    pub(crate) status: i64,
    /// When it should take place.
    pub(crate) computed: Option<Span>,
    pub(crate) actual_start: Option<OffsetDateTime>,
    pub(crate) actual_end: Option<OffsetDateTime>,
    /// The round that it is in.
    pub(crate) round: Option<i64>,
    /// The resource that has it while it is in no round.
    pub(crate) pre_assignment: Option<PreAssignment>,
    /// Who did it, for the customer's history.
    pub(crate) done_by: Option<String>,
}

/// The three kinds of activities.
#[derive(Clone, Debug)]
pub(crate) enum What {
    Assignment(Task),
    Simple(SimpleActivity),
    Route(Route),
}

/// What an assignment asks for.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) foreign_id: Option<String>,
    /// In seconds.
    pub(crate) duration: i64,
    pub(crate) due_date: Option<OffsetDateTime>,
    pub(crate) description: Option<String>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) contact: Contact,
    pub(crate) address: Address,
    /// The customer's id.
    pub(crate) customer: Option<i64>,
    pub(crate) appointment: Option<Appointment>,
    pub(crate) enumerables: Vec<Enumerable>,
    pub(crate) orders: Vec<Order>,
    pub(crate) opening_hours: Vec<OpeningHour>,
}

/// Anything that is neither a task nor a drive: a refill, a break.
#[derive(Clone, Debug)]
pub(crate) struct SimpleActivity {
    pub(crate) name: Option<String>,
    /// Kept, and never returned.
    pub(crate) foreign_id: Option<String>,
    pub(crate) description: Option<String>,
    /// In minutes, and returned as it was sent.
    pub(crate) duration: Option<i64>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) address: Option<Address>,
    /// The id of the event that it comes from.
    pub(crate) event: Option<i64>,
}

/// The way between two places.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) origin: Address,
    pub(crate) destination: Address,
    /// In metres.
    pub(crate) distance: f64,
    /// In seconds.
    pub(crate) duration: i64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: OffsetDateTime,
    pub(crate) end: OffsetDateTime,
}

impl Span {
    pub(crate) fn new(start: OffsetDateTime, seconds: i64) -> Self {
        let end = start.saturating_add(Duration::seconds(seconds));
        Self { start, end }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct PreAssignment {
    /// The resource's id.
    pub(crate) resource: i64,
    pub(crate) date: Option<OffsetDateTime>,
}

#[derive(Clone, Debug)]
pub(crate) struct Appointment {
    pub(crate) id: i64,
    pub(crate) start: OffsetDateTime,
    pub(crate) end: OffsetDateTime,
}

/// Whom to ask for at a task. Read and sent alike.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contact {
    pub(crate) phone_number: Option<String>,
    pub(crate) mobile_number: Option<String>,
    pub(crate) mail: Option<String>,
}

/// Something that a resource has or knows. The same one has the same id everywhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enumerable {
    #[serde(skip_deserializing)]
    pub(crate) id: i64,
    pub(crate) foreign_id: Option<String>,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) of_type: String,
}

impl Enumerable {
    /// The types that the service knows.
    pub(crate) const TYPES: [&str; 3] = ["Category", "Languages", "Skill"];
}

/// Something that a task delivers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    #[serde(skip_deserializing)]
    pub(crate) id: i64,
    pub(crate) foreign_id: Option<String>,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) amount: f64,
}

/// When the place of a task is open: Monday is 0, times are minutes from midnight.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OpeningHour {
    #[serde(skip_deserializing)]
    pub(crate) id: i64,
    pub(crate) week_day: i64,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// What a resource does on a day.
#[derive(Clone, Debug)]
pub(crate) struct Round {
    /// The resource's id.
    pub(crate) resource: i64,
    pub(crate) span: Span,
    pub(crate) start_address: Address,
    pub(crate) end_address: Address,
    pub(crate) closed: bool,
    /// The ids of its activities in the order of the day, routes included.
    pub(crate) activities: Vec<i64>,
    /// How often it has changed.
    pub(crate) revision: u64,
}

impl Round {
    /// The checksum that changes whenever the round does: 32 hexadecimal digits.
    pub(crate) fn hash_key(&self, id: i64) -> String {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, id, self.revision).hash(&mut hasher);
            hasher.finish()
        };
        format!("{:016x}{:016x}", half(0), half(1))
    }
}

/// Somebody, or something, that makes rounds.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) fid: Option<String>,
    pub(crate) name: String,
    pub(crate) internal: Option<bool>,
    pub(crate) start_address: Address,
    pub(crate) end_address: Address,
    pub(crate) enumerables: Vec<Enumerable>,
    pub(crate) capacities: Vec<Capacity>,
    /// Id and foreign id of the person who drives its rounds, if that is not the resource.
    pub(crate) person: Option<(i64, &'static str)>,
}

/// How much of something a resource can carry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Capacity {
    #[serde(skip_deserializing)]
    pub(crate) id: i64,
    pub(crate) foreign_id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) max_amount: f64,
    pub(crate) init_amount: f64,
}

/// For whom work is done.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) foreign_id: Option<String>,
    pub(crate) name: String,
    pub(crate) address: Address,
    pub(crate) mobile_number: Option<String>,
    pub(crate) telephone_number: Option<String>,
    pub(crate) email: Option<String>,
    /// Kept, and never returned.
    pub(crate) opening_hours: Vec<CustomerOpeningHour>,
}

/// When a customer is open, as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomerOpeningHour {
    /// 1 is Monday, 7 is Sunday.
    pub day: i64,
    /// In minutes from midnight.
    pub begin: i64,
    /// In minutes from midnight.
    pub end: i64,
}

/// Somebody who may log in.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) login: &'static str,
    pub(crate) language: &'static str,
    /// The id of the resource that the user is.
    pub(crate) resource: Option<i64>,
    pub(crate) roles: &'static [&'static str],
}

/// A place worth knowing.
#[derive(Clone, Debug)]
pub(crate) struct Poi {
    pub(crate) of_type: &'static str,
    pub(crate) address: Address,
    /// The id of the resource that it belongs to.
    pub(crate) resource: Option<i64>,
}

/// What somebody has added to a task on the way.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) task: i64,
    pub(crate) user: i64,
    pub(crate) of_type: &'static str,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) text: &'static str,
    pub(crate) url: Option<&'static str>,
}

impl Activity {
    /// A new activity, in nobody's hands.
    pub(crate) fn new(what: What, activity_type: Option<i64>, status: i64) -> Self {
        Self {
            what,
            activity_type,
            status,
            computed: None,
            actual_start: None,
            actual_end: None,
            round: None,
            pre_assignment: None,
            done_by: None,
        }
    }

    pub(crate) fn task(&self) -> Option<&Task> {
        match &self.what {
            What::Assignment(task) => Some(task),
            What::Simple(_) | What::Route(_) => None,
        }
    }

    pub(crate) fn is_route(&self) -> bool {
        matches!(self.what, What::Route(_))
    }

    /// The caller's foreign id, returned or not.
    pub(crate) fn foreign_id(&self) -> Option<&str> {
        match &self.what {
            What::Assignment(task) => task.foreign_id.as_deref(),
            What::Simple(simple) => simple.foreign_id.as_deref(),
            What::Route(_) => None,
        }
    }

    /// Where it takes place, if that is anywhere.
    pub(crate) fn place(&self) -> Option<&Address> {
        match &self.what {
            What::Assignment(task) => Some(&task.address),
            What::Simple(simple) => simple.address.as_ref(),
            What::Route(_) => None,
        }
    }

    /// How long it takes, in seconds.
    pub(crate) fn seconds(&self) -> i64 {
        match &self.what {
            What::Assignment(task) => task.duration,
            What::Simple(simple) => simple.duration.unwrap_or_default().saturating_mul(60),
            What::Route(route) => route.duration,
        }
    }
}

impl World {
    /// How far an activity has come.
    pub(crate) fn stage(&self, activity: &Activity) -> Stage {
        let status = self.statuses.get(activity.status);
        // Statuses are never removed.
        status.map_or(Stage::Cancelled, |status| status.stage)
    }

    /// The status that is set if an action names none.
    pub(crate) fn default_status(&self, stage: Stage) -> i64 {
        let mut statuses = self.statuses.iter();
        let default = statuses.find(|(_, status)| status.stage == stage && status.by_default);
        default.map_or(0, |(id, _)| id)
    }

    /// An activity with the resource that has it: by its round, or by being assigned.
    pub(crate) fn resource_of(&self, activity: &Activity) -> Option<i64> {
        let by_round = activity.round.and_then(|id| self.rounds.get(id));
        let assigned = activity.pre_assignment.as_ref();
        by_round
            .map(|round| round.resource)
            .or(assigned.map(|assigned| assigned.resource))
    }
}
