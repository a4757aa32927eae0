//! Geoplanning: activities, rounds, resources, customers and what belongs to them.
//!
//! If the vendor's pages leave something open, the sandbox decides; its decisions are here and in
//! [`Settings`]:
//!
//! - Every refusal has the envelope: `status.code` is the HTTP status, `status.message` says what
//!   is wrong and names the field.
//! - Missing or wrong credentials are a 401, an account without web services a 403, an `Accept`
//!   that does not name the vendor's media type a 406, such a `Content-Type` a 415. Both headers
//!   are wanted on every request; their parameters do not matter.
//! - An action on a stale `hashKey` is a 409; on a closed round a 400. `cancel` wants the round's
//!   key if the activity is in a round.
//! - Work is done in this order: started, then finished or rejected (`rejectwork`). Only what has
//!   not begun can be assigned, planned, unassigned or rejected beforehand (`rejectnowork`).
//!   Planning what is in a round already moves it. What is over stays as it is.
//! - The status that an action names has to be of that action's type.
//! - `activityIndex` counts the activities without the routes.
//! - A round is recomputed with every change: drives at 60 km/h as the crow flies, one activity
//!   after the other from the round's start on. Nobody drives to what was rejected beforehand,
//!   which keeps its place.
//! - A simple activity's duration counts as minutes. Its `foreignId` is good for updating and
//!   deleting.
//! - If two things have the same foreign id, the latest is meant.
//! - A resource's day is from 8:00 to 16:00 UTC. A `date` that stands for a day means the 24 hours
//!   from it on (or, by a setting, has to be midnight): a new round begins within them, and a list
//!   has the rounds that do.
//! - A cancelled activity can still be read by its id or foreign id.
//! - The part of an address that was not sent is that of the closest place known, and the sandbox
//!   knows fifteen of them, all in Belgium.
//!
//! # The world at the start
//!
//! | What | Ids, with foreign ids in brackets |
//! | --- | --- |
//! | resources | 1 (`MIP`, is user 1), 2 (`GP-2`, is user 3) |
//! | users | 1 (has the credentials), 2 (no resource), 3 |
//! | customers | 60 (`C-546`), 61 (`C-547`), 62 (`C-548`), 63 (no foreign id), 78 (`CUST-78`) |
//! | rounds | 0: resource 1 on 2026-02-27, closed; 1: resource 1 on 2026-03-02, open |
//! | activities of round 0 | 1, 2 completed; 3 rejected beforehand; 4 rejected on site (`GP-1` to `GP-4`) |
//! | activities of round 1 | 5 (`GP-5`); 6, simple, of event 1 (`r-122`); 7 (`GP-6`); all planned |
//! | unassigned | 0 (`GP-0`, task 8), 40 (`GP-40`, task 50), 41 (simple, `r-123`) |
//! | others | 42 (`GP-42`) is assigned to resource 2, 43 (`GP-43`) is cancelled |
//! | statuses | 1 to 8, the default of each type; 9 to 12, others |
//! | types | 0 to 6, 50 (`dvy-01`, Delivery), 51 (`rfl-02`, Refill) |
//! | types of enumerables | `Category`, `Languages`, `Skill` |
//! | attachments | 60 to 62, of activity 1 |
//! | history | of customer 78: activities 2 and 1 |
//! | points of interest | 1 to 12 |
//!
//! Docs: `docs/geoplanning/`.

mod actions;
mod activities;
mod customers;
mod lists;
mod places;
mod pois;
mod resources;
mod rounds;
mod schedule;
mod seed;
mod spelling;
mod state;
mod users;
mod wire;
mod world;

use std::io;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::clock::Clock;
use crate::contract::{Contract, UnreadableContract};
use crate::emulator::{Emulator, Routes, Vendor, emulated};
use crate::exchange::{Call, Handled, Response};
use crate::ports::Ports;
use crate::settings::{self, InvalidSettings, seconds};
use wire::{CheckedCall, MEDIA_TYPE, refused};
pub use world::CustomerOpeningHour;
use world::World;

/// What handles a route. A refusal has changed nothing.
type Handler = fn(&mut World, &CheckedCall<'_>) -> Result<Handled, Response>;

const ROUTES: Routes<Handler> = Routes(&[
    ("get_activity", activities::get),
    ("get_activity_by_foreign_id", activities::get),
    ("add_activity", activities::add),
    ("update_activity", activities::update),
    ("update_activity_by_foreign_id", activities::update),
    ("delete_activity", activities::delete),
    ("delete_activity_by_foreign_id", activities::delete),
    ("assign_activity", actions::assign),
    ("plan_activity", actions::plan),
    ("unassign_activity", actions::unassign),
    ("start_activity", |world, call| {
        actions::report(world, call, &actions::START)
    }),
    ("finish_activity", |world, call| {
        actions::report(world, call, &actions::FINISH)
    }),
    ("reject_activity", |world, call| {
        actions::report(world, call, &actions::REJECT)
    }),
    ("reject_working_activity", |world, call| {
        actions::report(world, call, &actions::REJECT_WORKING)
    }),
    ("cancel_activity", actions::cancel),
    ("activity_history", activities::history),
    ("activity_attachments", activities::attachments),
    ("list_activity_statuses", lists::statuses),
    ("list_activity_types", lists::types),
    ("add_customer", customers::add),
    ("get_customer", customers::get),
    ("get_customer_by_foreign_id", customers::get),
    ("update_customer", customers::update),
    ("update_customer_by_foreign_id", customers::update),
    ("delete_customer", customers::delete),
    ("delete_customer_by_foreign_id", customers::delete),
    ("start_activity_by_event", actions::start_by_event),
    ("check_login", users::check_login),
    ("closest_pois_by_address", pois::closest),
    ("closest_pois_by_coordinates", pois::closest),
    ("get_resource", resources::get),
    ("get_resource_by_foreign_id", resources::get),
    ("add_resource", resources::add),
    ("update_resource", resources::update),
    ("update_resource_by_foreign_id", resources::update),
    ("delete_resource", resources::delete),
    ("delete_resource_by_foreign_id", resources::delete),
    ("get_round", rounds::get),
    ("list_rounds", rounds::list),
    ("add_round", rounds::add),
    ("close_round", rounds::close),
    ("get_user", users::get),
    ("list_users", users::list),
]);

/// The demo account, and the two as HTTP Basic has them: `login:password` in base64.
const LOGIN: &str = "planner@example.com";
const PASSWORD: &str = "sandbox-password";
const CREDENTIALS: &str = "cGxhbm5lckBleGFtcGxlLmNvbTpzYW5kYm94LXBhc3N3b3Jk";

static CONTRACT: LazyLock<Result<Contract, UnreadableContract>> =
    LazyLock::new(|| Contract::from_json(include_str!("../contracts/geoplanning.json")));

/// Geoplanning in the sandbox: a [`Emulator`] with a demo account and its world.
///
/// In the [ledger](Emulator::ledger), a request is about the foreign id or the id in its path or
/// query, otherwise about the foreign id in its body: the `foreignId` of a new task or customer,
/// the `fid` of a new resource, the `resourceId` of a new round.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use vendor_sandbox::Sandbox;
/// use vendor_sandbox::geoplanning::{Duplicates, failure};
///
/// let sandbox = Sandbox::start().await?;
/// let geoplanning = sandbox.geoplanning();
/// geoplanning.configure(|settings| settings.duplicates = Duplicates::Refuse);
///
/// // The next plan gets HTTP 200 and `status.code` 17.
/// let failure = failure(17, "the resource is on leave");
/// geoplanning.faults().on("plan_activity").respond(failure);
/// # Ok(())
/// # }
/// ```
pub struct Geoplanning {
    emulator: Arc<Emulator>,
    planner: Arc<Planner>,
}

emulated!(Geoplanning);

impl Geoplanning {
    pub(crate) fn open(ports: &mut Ports, clock: &Clock) -> io::Result<Self> {
        let planner = Arc::new(Planner {
            contract: Contract::embedded(&CONTRACT)?,
            clock: clock.clone(),
            world: Mutex::new(World::seeded()),
        });
        let vendor: Arc<dyn Vendor> = planner.clone();
        let emulator = ports.open(vendor)?;
        Ok(Self { emulator, planner })
    }

    /// The demo account's name.
    pub fn login(&self) -> &'static str {
        LOGIN
    }

    /// The demo account's password.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Changes how the service behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.planner.world().settings);
    }

    /// Lets somebody else change a round, so that the key that a caller has is stale. Returns
    /// whether there is such a round.
    pub fn change_round(&self, id: i64) -> bool {
        self.planner.world().touch(id)
    }

    /// The ids of the rounds.
    pub fn round_ids(&self) -> Vec<i64> {
        let world = self.planner.world();
        world.rounds.iter().map(|(id, _)| id).collect()
    }

    /// A customer's opening hours, which the service never returns. None if there is no such
    /// customer.
    pub fn opening_hours(&self, customer: i64) -> Option<Vec<CustomerOpeningHour>> {
        let world = self.planner.world();
        Some(world.customers.get(customer)?.opening_hours.clone())
    }

    /// An activity's `foreignId`: of its task, or its own, which the service never returns. None
    /// if there is no such activity, or if it has none.
    pub fn foreign_id(&self, activity: i64) -> Option<String> {
        let world = self.planner.world();
        world
            .activities
            .get(activity)?
            .foreign_id()
            .map(str::to_owned)
    }
}

/// A response with HTTP 200 and a `status.code` that is not a success, for
/// [`FaultPlan::respond`](crate::FaultPlan::respond).
pub fn failure(code: i64, message: &str) -> Response {
    wire::envelope(200, code, Some(message), None)
}

/// How the service behaves if the vendor's pages leave it open, or if its examples differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The status of a successful creation: 200 by default, as in the examples. The overview has
    /// 201.
    #[serde(deserialize_with = "settings::status::deserialize")]
    pub created_status: u16,
    /// The status of a refusal for a stale key: 409 by default. The code is 409 in any case.
    #[serde(deserialize_with = "settings::status::deserialize")]
    pub stale_key_status: u16,
    /// What a second creation with a known foreign id does, and a second round of
    /// one resource on one day. By default there are two.
    pub duplicates: Duplicates,
    /// How long after its creation a thing can be looked up, by the sandbox's clock. Until then it
    /// is a 404, and in no list. Default: 0 s, that is at once.
    #[serde(with = "seconds")]
    pub visible_after: std::time::Duration,
    /// Whether the `date` of a round has to be a midnight, by the offset it is written with, and
    /// means that calendar day. By default any instant is taken, and means the 24 hours from it on.
    pub strict_days: bool,
    /// Whether the 204 for a deleted customer is followed by the four bytes `null`, as the vendor
    /// shows it. It is, by default.
    pub stray_null: bool,
    /// Whether the account has the right to use web services. Otherwise all is a 403.
    pub web_services: bool,
    /// The unit in which a task's duration is returned: seconds by default. It is sent in minutes.
    pub task_duration: TimeUnit,
    /// The unit in which a simple activity's duration is returned: minutes by default, as it is
    /// sent.
    pub simple_duration: TimeUnit,
    /// The unit of an activity type's default duration: minutes by default.
    pub default_duration: TimeUnit,
    /// How responses write dates: in ISO 8601 by default.
    pub dates: Dates,
    /// Whether the enumerations of an activity type are in lower case, as in the vendor's tables.
    /// By default they are in upper case, as in its examples.
    pub lower_case: bool,
    /// Whether a resource's foreign id is called `foreignId`. By default it is `fid`.
    pub resource_foreign_id: bool,
    /// Whether a success has a `status.message`. By default it has none.
    pub success_message: bool,
    /// Whether a refusal has a body. It has one by default.
    pub error_bodies: bool,
    /// Whether both headers must have the charset of the vendor's examples. By default they need
    /// not.
    pub charset_required: bool,
    /// Whether a task's opening hours come back in the order of the week. By default they do not.
    pub hours_in_order: bool,
    /// Whether a customer's opening hours are returned. By default they are not.
    pub returns_customer_hours: bool,
    /// Whether a simple activity's `foreignId` is returned. By default it is not.
    pub returns_simple_foreign_id: bool,
    /// Whether the list of activity statuses has those of the type `PREASSIGNED`. It has, by
    /// default.
    pub lists_preassigned: bool,
    /// Whether every `fields` of a query counts. By default it does, otherwise the first alone.
    pub repeated_fields: bool,
    /// Whether finishing and rejecting return the activities of the round. By default they return
    /// none.
    pub shows_changed_activities: bool,
    /// Whether an update clears the arrays that it leaves out. By default it keeps them.
    pub clears_absent_arrays: bool,
    /// Whether an update of an activity changes its enumerables. By default it does.
    pub updates_enumerables: bool,
    /// Whether a resource's `internal` is true whatever was sent, as in the vendor's example. By
    /// default it is what was sent.
    pub always_internal: bool,
    /// What finds the type of an activity if its foreign id and its name are both sent: the
    /// foreign id by default.
    pub type_found_by: TypeFoundBy,
    /// The type of the status that a rejection names: that of the rejection by default.
    pub reject_status: RejectStatus,
    /// The unit of the distance to a point of interest: metres by default.
    pub poi_distance: DistanceUnit,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            created_status: 200,
            stale_key_status: 409,
            duplicates: Duplicates::Second,
            visible_after: std::time::Duration::ZERO,
            strict_days: false,
            stray_null: true,
            web_services: true,
            task_duration: TimeUnit::Seconds,
            simple_duration: TimeUnit::Minutes,
            default_duration: TimeUnit::Minutes,
            dates: Dates::Iso8601,
            lower_case: false,
            resource_foreign_id: false,
            success_message: false,
            error_bodies: true,
            charset_required: false,
            hours_in_order: false,
            returns_customer_hours: false,
            returns_simple_foreign_id: false,
            lists_preassigned: true,
            repeated_fields: true,
            shows_changed_activities: false,
            clears_absent_arrays: false,
            updates_enumerables: true,
            always_internal: false,
            type_found_by: TypeFoundBy::ForeignId,
            reject_status: RejectStatus::Rejected,
            poi_distance: DistanceUnit::Metres,
        }
    }
}

impl Settings {
    fn created(&self, mut response: Response) -> Response {
        response.status = self.created_status;
        response
    }

    fn stale_key(&self, message: &str) -> Response {
        wire::envelope(self.stale_key_status, 409, Some(message), None)
    }

    /// The day of a round, as the instant from which its 24 hours count.
    fn read_day(&self, date: &str) -> Result<OffsetDateTime, Response> {
        match self.strict_days {
            true => wire::read_day(date, "date"),
            false => wire::read_instant(date, "date"),
        }
    }

    /// Refuses a foreign id that is taken, if the settings say so.
    fn demand_unknown_foreign_id(&self, field: &str, thing: &str) -> Result<(), Response> {
        match self.duplicates {
            Duplicates::Second => Ok(()),
            Duplicates::Refuse => {
                let text = format!("field `{field}` names {thing} that exists already");
                Err(refused(400, &text))
            }
        }
    }
}

/// What a second creation with the same foreign id does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Duplicates {
    /// There are two. The foreign id means the second one.
    Second,
    /// It is refused with a 400.
    Refuse,
}

/// The unit of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
}

/// The unit of a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DistanceUnit {
    /// Metres.
    Metres,
    /// Kilometres.
    Kilometres,
}

/// How responses write dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dates {
    /// As text, in ISO 8601.
    Iso8601,
    /// As the number of milliseconds since 1970.
    EpochMilliseconds,
}

/// What finds the type of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TypeFoundBy {
    /// Its foreign id, if one is sent.
    ForeignId,
    /// Its name.
    Name,
}

/// The type of the status that a rejection has to name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectStatus {
    /// `REJECTED_NO_MOVE` before work began, `REJECTED_ON_SITE` after.
    Rejected,
    /// That of the vendor's text: `WORKING` before work began, `COMPLETED` after. The activity is
    /// rejected all the same.
    Documented,
}

/// The vendor behind the port.
#[derive(Debug)]
struct Planner {
    contract: &'static Contract,
    clock: Clock,
    world: Mutex<World>,
}

impl Planner {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act(&self, world: &mut World, call: &Call) -> Handled {
        let mut handled = match self.try_to_act(world, call) {
            Ok(handled) => handled,
            Err(refusal) if world.settings.error_bodies => Handled::from(refusal),
            Err(refusal) => Handled::from(refusal.body("")),
        };
        handled.response = world.settings.spelt(handled.response);
        handled
    }

    fn try_to_act(&self, world: &mut World, call: &Call) -> Result<Handled, Response> {
        demand_credentials(call)?;
        demand_media_types(call, world.settings.charset_required)?;
        if !world.settings.web_services {
            return Err(refused(403, "the user may not use web services"));
        }
        let breaches = call.breaches(self.contract);
        if !breaches.is_empty() {
            let sentences: Vec<String> = breaches.iter().map(ToString::to_string).collect();
            return Err(refused(400, &sentences.join("; ")));
        }
        let now = self.clock.now();
        match ROUTES.handler(&call.route.name) {
            Some(handler) => handler(world, &CheckedCall { call, now }),
            None => Err(refused(501, "the sandbox does not serve this operation")),
        }
    }
}

impl Vendor for Planner {
    fn contract(&self) -> &'static Contract {
        self.contract
    }

    fn openapi(&self) -> &'static str {
        include_str!("../openapi/geoplanning.json")
    }

    fn title(&self) -> &'static str {
        "Geoplanning"
    }

    fn credentials(&self) -> &'static [(&'static str, &'static str)] {
        &[("login", LOGIN), ("password", PASSWORD)]
    }

    fn base_paths(&self) -> &'static [&'static str] {
        &[""]
    }

    fn served(&self) -> Vec<&'static str> {
        ROUTES.names()
    }

    fn about(&self, call: &Call) -> Option<String> {
        let in_path = call.path.first();
        let in_query = call.query.iter().find(|(name, _)| name == "fid");
        if let Some((_, name)) = in_path.or(in_query) {
            return Some(name.clone());
        }
        let body: Value = serde_json::from_slice(&call.body).ok()?;
        let names = ["/task/foreignId", "/foreignId", "/fid", "/resourceId"];
        match names.iter().find_map(|name| body.pointer(name))? {
            Value::String(reference) => Some(reference.clone()),
            other => Some(other.to_string()),
        }
    }

    fn handle(&self, call: &Call) -> Handled {
        self.act(&mut self.world(), call)
    }

    fn rehearse(&self, call: &Call) -> Response {
        let mut world = self.world().clone();
        self.act(&mut world, call).response
    }

    fn settings(&self) -> Value {
        settings::as_json(&self.world().settings)
    }

    fn change_settings(&self, changes: Map<String, Value>) -> Result<(), InvalidSettings> {
        let mut world = self.world();
        world.settings = settings::changed(&world.settings, changes)?;
        Ok(())
    }

    fn refuse(&self, status: u16, reason: &str) -> Response {
        refused(status, reason)
    }

    fn state(&self) -> Value {
        state::of(&self.world())
    }

    fn reset(&self) {
        *self.world() = World::seeded();
    }
}

fn demand_credentials(call: &Call) -> Result<(), Response> {
    let refusal = |text| {
        let challenge = "Basic realm=\"geoplanning\", charset=\"UTF-8\"";
        refused(401, text).header("WWW-Authenticate", challenge)
    };
    let Some(header) = call.header("Authorization") else {
        return Err(refusal("header `Authorization` is required"));
    };
    let (scheme, credentials) = header.split_once(' ').unwrap_or((header, ""));
    match scheme.eq_ignore_ascii_case("Basic") && credentials.trim() == CREDENTIALS {
        true => Ok(()),
        false => Err(refusal("the credentials are wrong")),
    }
}

/// Both headers have to name the vendor's media type, and its charset if the settings say so.
fn demand_media_types(call: &Call, with_charset: bool) -> Result<(), Response> {
    let names_it = |header: &str| {
        let given = call.header(header).unwrap_or_default();
        if with_charset && !given.to_ascii_lowercase().contains("charset=utf-8") {
            return false;
        }
        let mut types = given.split(',').filter_map(|one| one.split(';').next());
        types.any(|essence| essence.trim().eq_ignore_ascii_case(MEDIA_TYPE))
    };
    for (header, status) in [("Accept", 406), ("Content-Type", 415)] {
        if !names_it(header) {
            let text = format!("header `{header}` must be {MEDIA_TYPE}");
            return Err(refused(status, &text));
        }
    }
    Ok(())
}
