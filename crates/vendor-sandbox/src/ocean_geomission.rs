//! Océan Géomission: log-in and missions.
//!
//! If the vendor's pages leave something open, the sandbox decides; its decisions are here and in
//! [`Settings`]:
//!
//! - Log-in: a wrong password is a 401, an unknown account a 404, an account without web services a
//!   403. Every log-in gives a new token; earlier ones stay valid until they expire.
//! - A parameter that breaks the contract is a 400 whose `message` names it.
//! - Parameters are read from the query, from a form body or from a JSON body, one of them per
//!   call.
//! - A customer that the account does not serve is a 403.
//! - A deleted mission is unknown.
//!
//! Docs: `docs/ocean-geomission/`.

mod missions;

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use crate::clock::{Clock, later};
use crate::contract::{
    Breach, Contract, Place, UnreadableContract, parameters, parameters_as_json,
};
use crate::emulator::{Emulator, Routes, Vendor, emulated};
use crate::exchange::{Call, Handled, Response, pairs};
use crate::ports::Ports;
use crate::settings::{self, InvalidSettings, seconds};
use missions::{Key, Missions, Parameters};
pub use missions::{MissionStatus, Step};

/// What handles a route.
#[derive(Clone, Copy)]
enum Handler {
    LogIn,
    /// Acts on the mission that the parameters name.
    Mission(ActOnMission),
}

type ActOnMission = fn(&mut World, Key, Parameters, OffsetDateTime) -> Result<Handled, Response>;

const ROUTES: Routes<Handler> = Routes(&[
    ("log_in", Handler::LogIn),
    ("create_mission", Handler::Mission(World::create)),
    ("modify_mission", Handler::Mission(World::modify)),
    ("mission_status", Handler::Mission(World::status)),
    ("delete_mission", Handler::Mission(World::delete)),
]);

/// The demo account.
const LOGIN: &str = "dispatcher@example.com";
const PASSWORD: &str = "sandbox-password";

static CONTRACT: LazyLock<Result<Contract, UnreadableContract>> =
    LazyLock::new(|| Contract::from_json(include_str!("../contracts/ocean-geomission.json")));

/// Océan Géomission in the sandbox: a [`Emulator`] with a demo account and its missions.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use vendor_sandbox::Sandbox;
/// use vendor_sandbox::ocean_geomission::Duplicates;
///
/// let sandbox = Sandbox::start().await?;
/// let ocean = sandbox.ocean_geomission();
/// ocean.configure(|settings| settings.duplicates = Duplicates::Second);
/// assert!(ocean.base_url().ends_with("/ocean-3.0.0"));
/// assert!(ocean.mission("M-1").is_none());
/// # Ok(())
/// # }
/// ```
pub struct OceanGeomission {
    emulator: Arc<Emulator>,
    ocean: Arc<Ocean>,
}

emulated!(OceanGeomission);

impl OceanGeomission {
    pub(crate) fn open(ports: &mut Ports, clock: &Clock) -> io::Result<Self> {
        let ocean = Arc::new(Ocean {
            contract: Contract::embedded(&CONTRACT)?,
            clock: clock.clone(),
            world: Mutex::default(),
            tokens_begin_with: format!("{:016x}", RandomState::new().hash_one(())),
        });
        let vendor: Arc<dyn Vendor> = ocean.clone();
        let emulator = ports.open(vendor)?;
        Ok(Self { emulator, ocean })
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
        change(&mut self.ocean.world().settings);
    }

    /// Invalidates every token issued so far, as if the vendor had restarted.
    pub fn revoke_tokens(&self) {
        self.ocean.world().tokens.clear();
    }

    /// A mission of any customer by its `idMission`; the latest if it was taken twice.
    /// None if there is none, or if it was deleted.
    pub fn mission(&self, id: &str) -> Option<Mission> {
        let key = self.ocean.world().missions.key_of(id)?.clone();
        Some(Mission {
            ocean: Arc::clone(&self.ocean),
            key,
        })
    }

    /// The `idMission` of each mission there is, in alphabetical order; one that was taken twice
    /// appears twice.
    pub fn mission_ids(&self) -> Vec<String> {
        self.ocean.world().missions.ids()
    }
}

/// A mission as its recipient has it, to look at and to carry on.
///
/// What is done to a mission that was deleted meanwhile is done to nothing.
pub struct Mission {
    ocean: Arc<Ocean>,
    key: Key,
}

impl std::fmt::Debug for Mission {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (customer, id) = &self.key;
        out.debug_struct("Mission")
            .field("customer", customer)
            .field("id", id)
            .finish_non_exhaustive()
    }
}

impl Mission {
    /// A parameter as it was sent last, by its name on the wire.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let world = self.ocean.world();
        world.missions.get(&self.key)?.parameters.get(name).cloned()
    }

    /// Sets its status now. It no longer follows the script.
    pub fn set_status(&self, status: MissionStatus) {
        self.change(|mission, now| mission.set(status, now));
    }

    /// Lets the recipient refuse it. Wire: `commentRefuseReason`.
    pub fn refuse(&self, reason: impl Into<String>) {
        self.change(|mission, now| mission.refuse(reason.into(), now));
    }

    /// Lets the recipient add something. Wire: `complement`.
    pub fn set_complement(&self, text: impl Into<String>) {
        self.change(|mission, now| mission.complete(text.into(), now));
    }

    fn change(&self, change: impl FnOnce(&mut missions::Mission, OffsetDateTime)) {
        let now = self.ocean.clock.now();
        if let Some(mission) = self.ocean.world().missions.get_mut(&self.key) {
            change(mission, now);
        }
    }
}

/// How the service behaves if the vendor's pages leave it open, or if tenants differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The only place where the parameters of a POST are read. None: any, which is the default.
    pub parameters_in: Option<ParametersIn>,
    /// What a second creation with the same `idMission` does. By default it is refused.
    pub duplicates: Duplicates,
    /// The customers that the account serves. If there are several, every call has to say
    /// which (`customerId`). By default 21 alone.
    pub customers: Vec<i64>,
    /// The status of a successful creation: 201 by default, 200 being documented as well.
    #[serde(deserialize_with = "settings::status::deserialize")]
    pub created_status: u16,
    /// The name of the date in the response to a status call: `time` by default; the French page
    /// has `timestring`.
    pub time_field: String,
    /// How long a token lives: 12 hours by default.
    #[serde(with = "seconds")]
    pub token_lifetime: Duration,
    /// How long after its creation a mission can be looked up, by the sandbox's clock. Until then
    /// its status is a 404. Default: 0 s, that is at once.
    #[serde(with = "seconds")]
    pub visible_after: Duration,
    /// The status of a log-in with an unknown account: 404 by default, as on the vendor's page.
    #[serde(deserialize_with = "settings::status::deserialize")]
    pub unknown_account_status: u16,
    /// What a log-in returns as `passwordExpirationRemainingDays`: 42 by default.
    pub password_expiration_remaining_days: i64,
    /// Whether the account has subscribed to the web services. Otherwise all is a 403.
    pub web_services: bool,
    /// How an expiry is written (`jourHeurePeremp`): with a space before the time by default.
    pub expiry: Expiry,
    /// What `externalMissionId` is: the service's own identifier by default.
    pub external_id: ExternalId,
    /// What a modification does to parameters that it leaves out: it keeps them by default.
    pub modification: Modification,
    /// Whether a mission without `aEnvoyer` is sent. By default it is only prepared.
    pub sends_by_default: bool,
    /// The status of a response about a mission that there is none of: 404 by default.
    #[serde(deserialize_with = "settings::status::deserialize")]
    pub unknown_mission_status: u16,
    /// Whether a log-in ends the tokens of earlier ones. By default it does not.
    pub one_token: bool,
    /// Whether `statusCode` is a number. By default it is a text.
    pub numeric_status_codes: bool,
    /// How sent missions progress by themselves as the clock advances. Default: empty, so that they
    /// stay sent. [`Step::usual_day`] is a start.
    #[serde(deserialize_with = "missions::script")]
    pub script: Vec<Step>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            parameters_in: None,
            duplicates: Duplicates::Refuse,
            customers: vec![21],
            created_status: 201,
            time_field: "time".to_owned(),
            token_lifetime: Duration::from_secs(12 * 3600),
            visible_after: Duration::ZERO,
            unknown_account_status: 404,
            password_expiration_remaining_days: 42,
            web_services: true,
            expiry: Expiry::Spaced,
            external_id: ExternalId::Own,
            modification: Modification::Keeps,
            sends_by_default: false,
            unknown_mission_status: 404,
            one_token: false,
            numeric_status_codes: false,
            script: Vec::new(),
        }
    }
}

/// Where the parameters of a POST are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ParametersIn {
    /// In the query string.
    Query,
    /// In a body of the type `application/x-www-form-urlencoded`.
    Form,
    /// In a body of the type `application/json`.
    Json,
}

/// What a second creation with the same `idMission` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Duplicates {
    /// It is refused with a 400.
    Refuse,
    /// The new mission takes the old one's place.
    Overwrite,
    /// There are two. Every later call means the second one, until it is deleted.
    Second,
}

/// How an expiry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Expiry {
    /// `dd/MM/yyyy HH:mm`, as on the English page. Anything else is refused.
    Spaced,
    /// `dd/MM/yyyyHH:mm`, as on the French page. Anything else is refused.
    Joined,
}

/// What `externalMissionId` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExternalId {
    /// An identifier of the service's own.
    Own,
    /// The caller's `idMission`.
    IdMission,
}

/// What a modification does to parameters that it leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Modification {
    /// It keeps them.
    Keeps,
    /// It clears them. A mission that is to be sent then has to name its recipient again.
    Replaces,
}

/// The vendor behind the port.
#[derive(Debug)]
struct Ocean {
    contract: &'static Contract,
    clock: Clock,
    world: Mutex<World>,
    /// Keeps a token of another run of the sandbox from being valid in this one.
    tokens_begin_with: String,
}

#[derive(Clone, Debug, Default)]
struct World {
    settings: Settings,
    /// When each token expires.
    tokens: BTreeMap<String, OffsetDateTime>,
    log_ins: u64,
    missions: Missions,
}

impl Vendor for Ocean {
    fn contract(&self) -> &'static Contract {
        self.contract
    }

    fn openapi(&self) -> &'static str {
        include_str!("../openapi/ocean-geomission.json")
    }

    fn title(&self) -> &'static str {
        "Océan Géomission"
    }

    fn credentials(&self) -> &'static [(&'static str, &'static str)] {
        &[("login", LOGIN), ("password", PASSWORD)]
    }

    fn base_paths(&self) -> &'static [&'static str] {
        &["/ocean-3.0.0", "/ocean"]
    }

    fn served(&self) -> Vec<&'static str> {
        ROUTES.names()
    }

    fn about(&self, call: &Call) -> Option<String> {
        let given = Given::of(call).ok()?;
        given.values().remove("idMission")
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
        message(status, reason)
    }

    fn state(&self) -> Value {
        let now = self.clock.now();
        let world = self.world();
        let valid = world
            .tokens
            .values()
            .filter(|expires_at| now < **expires_at);
        json!({
            "missions": world.missions.to_json(&world.settings.script, now),
            "valid_tokens": valid.count(),
        })
    }

    fn reset(&self) {
        *self.world() = World::default();
    }
}

impl Ocean {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act(&self, world: &mut World, call: &Call) -> Handled {
        let handled = match ROUTES.handler(&call.route.name) {
            Some(Handler::LogIn) => self.log_in(world, call),
            Some(Handler::Mission(act)) => self.act_on_mission(world, call, act),
            None => Err(message(501, "the sandbox does not serve this operation")),
        };
        handled.unwrap_or_else(Handled::from)
    }

    fn log_in(&self, world: &mut World, call: &Call) -> Result<Handled, Response> {
        refuse_breaches(&call.breaches(self.contract))?;
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        if body["login"] != LOGIN {
            let status = world.settings.unknown_account_status;
            return Err(message(status, "no such account"));
        }
        if body["password"] != PASSWORD {
            return Err(message(401, "wrong password"));
        }
        world.settings.demand_web_services()?;

        if world.settings.one_token {
            world.tokens.clear();
        }
        world.log_ins += 1;
        let token = format!("{}-{}", self.tokens_begin_with, world.log_ins);
        let expires_at = later(self.clock.now(), world.settings.token_lifetime);
        world.tokens.insert(token.clone(), expires_at);
        let body = json!({
            "additionalAccountData": {},
            "passwordExpirationRemainingDays": world.settings.password_expiration_remaining_days,
            "token": token,
        });
        Ok(Handled::after_effect(Response::json(200, &body)))
    }

    fn act_on_mission(
        &self,
        world: &mut World,
        call: &Call,
        act: ActOnMission,
    ) -> Result<Handled, Response> {
        let now = self.clock.now();
        world.demand_token(call, now)?;
        world.settings.demand_web_services()?;
        let mut given = Given::of(call)?;
        given.demand_place(call, &world.settings)?;
        given.read_expiry(world.settings.expiry)?;
        refuse_breaches(&given.breaches(self.contract, call))?;

        let values = given.values();
        demand_both(&values, ["longitude", "latitude"])?;
        demand_both(&values, ["nomIndi", "prenomIndi"])?;
        let customer = world.settings.customer(values.get("customerId"))?;
        let id = values.get("idMission").cloned().unwrap_or_default();
        act(world, (customer, id), values, now)
    }
}

impl World {
    fn demand_token(&self, call: &Call, now: OffsetDateTime) -> Result<(), Response> {
        let Some(token) = call.header("X-AUTH-TOKEN") else {
            return Err(message(401, "header `X-AUTH-TOKEN` is required"));
        };
        match self.tokens.get(token) {
            Some(expires_at) if now < *expires_at => Ok(()),
            Some(_) => Err(message(401, "the token has expired")),
            None => Err(message(401, "the token is not valid")),
        }
    }

    fn create(
        &mut self,
        key: Key,
        values: Parameters,
        now: OffsetDateTime,
    ) -> Result<Handled, Response> {
        if self.missions.get(&key).is_some() {
            match self.settings.duplicates {
                Duplicates::Refuse => {
                    let text = "query parameter `idMission` names a mission that exists already";
                    return Err(message(400, text));
                }
                Duplicates::Overwrite => {
                    self.missions.delete(&key);
                }
                Duplicates::Second => {}
            }
        }
        let values = self.settings.with_default_sending(values);
        let visible_from = later(now, self.settings.visible_after);
        self.missions.create(key, values, now, visible_from);
        let created = message(self.settings.created_status, "mission created");
        Ok(Handled::after_effect(created))
    }

    fn modify(
        &mut self,
        key: Key,
        values: Parameters,
        now: OffsetDateTime,
    ) -> Result<Handled, Response> {
        if self.settings.modification == Modification::Replaces {
            demand_recipient(&values)?;
            self.missions.clear(&key);
        }
        match self.missions.modify(&key, values, now) {
            true => Ok(Handled::after_effect(message(200, "mission modified"))),
            false => Err(self.settings.no_such_mission()),
        }
    }

    fn delete(&mut self, key: Key, _: Parameters, _: OffsetDateTime) -> Result<Handled, Response> {
        match self.missions.delete(&key) {
            true => Ok(Handled::after_effect(message(200, "mission deleted"))),
            false => Err(self.settings.no_such_mission()),
        }
    }

    fn status(
        &mut self,
        key: Key,
        _: Parameters,
        now: OffsetDateTime,
    ) -> Result<Handled, Response> {
        let mission = self.missions.get(&key);
        let mission = mission
            .filter(|mission| mission.visible_from <= now)
            .ok_or_else(|| self.settings.no_such_mission())?;
        let (status, since) = mission.status(&self.settings.script, now);
        let mut body = json!({
            "commentRefuseReason": mission.refuse_reason,
            "complement": mission.complement,
            "externalMissionId": match self.settings.external_id {
                ExternalId::Own => &mission.external_id,
                ExternalId::IdMission => &key.1,
            },
            "status": status.words,
            "statusCode": match self.settings.numeric_status_codes {
                true => Value::from(status.number()),
                false => Value::from(status.code),
            },
        });
        body[&self.settings.time_field] = Value::from(utc_minute(since));
        Ok(Handled::from(Response::json(200, &body)))
    }
}

impl Settings {
    fn demand_web_services(&self) -> Result<(), Response> {
        match self.web_services {
            true => Ok(()),
            false => Err(message(403, "the account has no web services")),
        }
    }

    fn no_such_mission(&self) -> Response {
        message(self.unknown_mission_status, "no such mission")
    }

    /// The parameters of a new mission, with `aEnvoyer` if it is left out and that means something.
    fn with_default_sending(&self, mut values: Parameters) -> Parameters {
        if self.sends_by_default {
            let sends = values.entry("aEnvoyer".to_owned());
            sends.or_insert_with(|| "true".to_owned());
        }
        values
    }

    /// The customer that a call is for.
    fn customer(&self, given: Option<&String>) -> Result<i64, Response> {
        match (given.map(|text| text.parse()), self.customers.as_slice()) {
            (Some(Ok(id)), customers) if customers.contains(&id) => Ok(id),
            (Some(_), _) => Err(message(403, "the account does not serve this `customerId`")),
            (None, [only]) => Ok(*only),
            (None, _) => {
                let text = "query parameter `customerId` is required: the account serves several";
                Err(message(400, text))
            }
        }
    }
}

/// The parameters of a call, wherever they are.
#[derive(Debug)]
enum Given {
    Query(Vec<(String, String)>),
    Form(Vec<(String, String)>),
    Json(Value),
}

impl Given {
    /// The parameters of a call, if they are all in one place.
    fn of(call: &Call) -> Result<Self, Response> {
        if call.body.is_empty() {
            return Ok(Self::Query(call.query.clone()));
        }
        if !call.query.is_empty() {
            return Err(message(
                400,
                "the parameters must be in the query or in the body",
            ));
        }
        match call.media_type().as_deref() {
            Some("application/x-www-form-urlencoded") => std::str::from_utf8(&call.body)
                .ok()
                .and_then(pairs)
                .map(Self::Form)
                .ok_or_else(|| message(400, "the form is not well encoded")),
            Some("application/json") => serde_json::from_slice(&call.body)
                .map(Self::Json)
                .map_err(|_| message(400, "the body is not valid JSON")),
            _ => Err(message(
                400,
                "header `Content-Type` must name a form or JSON",
            )),
        }
    }

    fn place(&self) -> ParametersIn {
        match self {
            Self::Query(_) => ParametersIn::Query,
            Self::Form(_) => ParametersIn::Form,
            Self::Json(_) => ParametersIn::Json,
        }
    }

    /// A GET has its parameters in the query, a POST wherever the tenant expects them.
    fn demand_place(&self, call: &Call, settings: &Settings) -> Result<(), Response> {
        let wanted = match call.route.method.as_str() {
            "GET" => Some(ParametersIn::Query),
            _ => settings.parameters_in,
        };
        let text = match wanted {
            Some(wanted) if wanted == self.place() => return Ok(()),
            None => return Ok(()),
            Some(ParametersIn::Query) => "the parameters must be in the query",
            Some(ParametersIn::Form) => "the parameters must be in a form body",
            Some(ParametersIn::Json) => "the parameters must be in a JSON body",
        };
        Err(message(400, text))
    }

    /// Rewrites an expiry to the format of the contract, or refuses one in another than this.
    fn read_expiry(&mut self, wanted: Expiry) -> Result<(), Response> {
        const NAME: &str = "jourHeurePeremp";
        /// The characters of a day: `dd/MM/yyyy`.
        const DAY: usize = 10;
        if wanted == Expiry::Spaced {
            return Ok(());
        }
        let expiry = match self {
            Self::Query(given) | Self::Form(given) => {
                let mut given = given.iter_mut();
                given.find(|(name, _)| name == NAME).map(|(_, it)| it)
            }
            Self::Json(given) => match given.get_mut(NAME) {
                Some(Value::String(expiry)) => Some(expiry),
                _ => None,
            },
        };
        match expiry {
            None => Ok(()),
            Some(expiry) if expiry.is_char_boundary(DAY) && !expiry.contains(' ') => {
                expiry.insert(DAY, ' ');
                Ok(())
            }
            Some(_) => {
                let text = format!("query parameter `{NAME}` must be a date (dd/MM/yyyyHH:mm)");
                Err(message(400, &text))
            }
        }
    }

    fn breaches(&self, contract: &Contract, call: &Call) -> Vec<Breach> {
        let tables = &call.operation.query_parameters;
        let route = &call.route.name;
        match self {
            Self::Query(given) => parameters(contract, tables, route, given, Place::Query),
            Self::Form(given) => parameters(contract, tables, route, given, Place::Body),
            Self::Json(given) => parameters_as_json(contract, tables, route, given),
        }
    }

    /// The values as text, by their names on the wire.
    fn values(&self) -> Parameters {
        match self {
            Self::Query(given) | Self::Form(given) => given.iter().cloned().collect(),
            Self::Json(given) => given.as_object().map(as_text).unwrap_or_default(),
        }
    }
}

/// The members of an object as text.
fn as_text(object: &Map<String, Value>) -> Parameters {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    object
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// Two parameters that are given together or not at all.
fn demand_both(values: &Parameters, names: [&str; 2]) -> Result<(), Response> {
    let [first, second] = names;
    let missing = match names.map(|name| values.contains_key(name)) {
        [true, false] => second,
        [false, true] => first,
        _ => return Ok(()),
    };
    let text = format!(
        "query parameter `{missing}` is required: `{first}` and `{second}` belong together"
    );
    Err(message(400, &text))
}

/// A mission that is sent must name its recipient.
fn demand_recipient(values: &Parameters) -> Result<(), Response> {
    let is_sent = values
        .get("aEnvoyer")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let names = ["nomVeh", "nomIndi", "nomPrenom"];
    match is_sent && !names.iter().any(|name| values.contains_key(*name)) {
        true => Err(message(
            400,
            "a mission that is to be sent needs a recipient",
        )),
        false => Ok(()),
    }
}

/// A 400 that names every breach, if there is any.
fn refuse_breaches(breaches: &[Breach]) -> Result<(), Response> {
    if breaches.is_empty() {
        return Ok(());
    }
    let sentences: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    Err(message(400, &sentences.join("; ")))
}

/// The shape of all responses but two.
fn message(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "message": text }))
}

/// An instant as the vendor writes it: `dd/MM/yyyy HH:mm`, in UTC.
fn utc_minute(instant: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[day]/[month]/[year] [hour]:[minute]");
    let utc = instant.to_offset(UtcOffset::UTC);
    utc.format(FORMAT).unwrap_or_default()
}
