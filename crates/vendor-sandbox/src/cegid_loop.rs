//! Cegid Loop: the engagement letters of an accounting firm, and their activities.
//!
//! If the vendor's pages leave something open, the sandbox decides; its decisions are here and in
//! [`Settings`]:
//!
//! - A missing or wrong key is a 401.
//! - A parameter that breaks the contract, a filter that cannot be read, and a field that no row
//!   has are a 400 whose `message` names the parameter.
//! - The folder `cabinet` has every row of the firm, a client's folder (`CLIENT001` and so on) the
//!   client's own; any other is a 404.
//! - Rows are compared as JavaScript compares. The parts of JavaScript that the pages do not mention
//!   are refused: `||`, `!==`, parentheses, arithmetic, comments, numbers and escapes that JSON does
//!   not have.
//! - Rows that are equal in an order keep the order of the list. Without an order, they have it.
//!   Rows without a value come first.
//! - `select` takes fields joined by `&&` or by commas, and gives whole references.
//!
//! - The letters are those of last year, this year and the year before last, by the sandbox's clock
//!   when they are first needed, each signed in the December before its year.
//!
//! For the ledger and for faults, a call is about the position that it asks for: its `skip`, or
//! `0`.
//!
//! Docs: `docs/cegid-loop/`.

mod filter;
mod firm;

use std::cmp::Ordering;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::clock::Clock;
use crate::contract::{Contract, Shape, UnreadableContract};
use crate::emulator::{Emulator, Routes, Vendor, emulated};
use crate::exchange::{Call, Handled, Response};
use crate::ports::Ports;
use crate::settings::{self, InvalidSettings};
use filter::Filter;
use firm::{Firm, Record};

/// A list of the firm: its rows, and the type of a row in the contract.
#[derive(Clone, Copy)]
struct List {
    rows: fn(&Firm) -> &Arc<Vec<Record>>,
    row_type: &'static str,
}

const ROUTES: Routes<List> = Routes(&[
    (
        "list_engagement_letters",
        List {
            rows: |firm| &firm.letters,
            row_type: "EngagementLetter",
        },
    ),
    (
        "list_activities",
        List {
            rows: |firm| &firm.activities,
            row_type: "LetterActivity",
        },
    ),
]);

/// The demo account.
const SUBSCRIPTION_KEY: &str = "sandbox-subscription-key";
const API_KEY: &str = "sandbox-key";
const API_SECRET: &str = "sandbox-client-secret";

/// The folder of the firm itself.
const FIRM_FOLDER: &str = "cabinet";

static CONTRACT: LazyLock<Result<Contract, UnreadableContract>> =
    LazyLock::new(|| Contract::from_json(include_str!("../contracts/cegid-loop.json")));

/// Cegid Loop in the sandbox: a [`Emulator`] with an accounting firm behind it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use vendor_sandbox::Sandbox;
/// use vendor_sandbox::cegid_loop::Envelope;
///
/// let sandbox = Sandbox::start().await?;
/// let cegid = sandbox.cegid_loop();
/// cegid.configure(|settings| settings.envelope = Envelope::Wrapped);
/// assert!(cegid.base_url().ends_with("/loop-api-publiques"));
/// assert_eq!(cegid.letters().len(), 320);
/// # Ok(())
/// # }
/// ```
pub struct CegidLoop {
    emulator: Arc<Emulator>,
    cegid: Arc<Loop>,
}

emulated!(CegidLoop);

impl CegidLoop {
    pub(crate) fn open(ports: &mut Ports, clock: &Clock) -> io::Result<Self> {
        let cegid = Arc::new(Loop {
            contract: Contract::embedded(&CONTRACT)?,
            clock: clock.clone(),
            world: Mutex::default(),
        });
        let vendor: Arc<dyn Vendor> = cegid.clone();
        let emulator = ports.open(vendor)?;
        Ok(Self { emulator, cegid })
    }

    /// The demo account's subscription key. Wire: the header `Ocp-Apim-Subscription-Key`.
    pub fn subscription_key(&self) -> &'static str {
        SUBSCRIPTION_KEY
    }

    /// The demo account's API key. Wire: the header `x-apikey`, before the colon.
    pub fn api_key(&self) -> &'static str {
        API_KEY
    }

    /// The client secret that belongs to the API key. Wire: the header `x-apikey`, after the
    /// colon.
    pub fn api_secret(&self) -> &'static str {
        API_SECRET
    }

    /// Changes how the service behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.cegid.world().settings);
    }

    /// The engagement letters of the whole firm, as they go over the wire.
    pub fn letters(&self) -> Vec<Value> {
        rows(&self.cegid.world().firm(&self.cegid.clock).letters)
    }

    /// The activities of the whole firm, as they go over the wire.
    pub fn activities(&self) -> Vec<Value> {
        rows(&self.cegid.world().firm(&self.cegid.clock).activities)
    }

    /// The engagement letters of the whole firm that a filter accepts, as they go over the wire.
    ///
    /// # Errors
    ///
    /// If the filter cannot be read.
    pub fn find_letters(&self, filter: &str) -> Result<Vec<Value>, UnreadableFilter> {
        accepted(self.letters(), filter)
    }

    /// The activities of the whole firm that a filter accepts, as they go over the wire.
    ///
    /// # Errors
    ///
    /// If the filter cannot be read.
    pub fn find_activities(&self, filter: &str) -> Result<Vec<Value>, UnreadableFilter> {
        accepted(self.activities(), filter)
    }

    /// Gives the firm these engagement letters instead of its own.
    pub fn set_letters(&self, rows: Vec<Value>) {
        self.cegid.world().firm(&self.cegid.clock).letters = records(rows);
    }

    /// Gives the firm these activities instead of its own.
    pub fn set_activities(&self, rows: Vec<Value>) {
        self.cegid.world().firm(&self.cegid.clock).activities = records(rows);
    }
}

/// The API gateway's response to an exhausted quota: a 403 with `Retry-After`, whose text is given
/// (seconds or a date). For [`FaultPlan::respond`](crate::FaultPlan::respond).
pub fn quota_exceeded(retry_after: &str) -> Response {
    let text = format!("Out of call volume quota. Quota will be replenished in {retry_after}.");
    refusal(403, &text).header("Retry-After", retry_after)
}

/// A refusal in a success: HTTP 200 with an `error` inside, as imports are documented to refuse.
/// For [`FaultPlan::respond`](crate::FaultPlan::respond).
pub fn error_in_success(message: &str) -> Response {
    let error = json!({ "instanceId": "sandbox", "message": message });
    Response::json(200, &json!({ "error": error }))
}

/// The text of a filter is not an expression that the sandbox reads.
#[derive(Debug, thiserror::Error)]
#[error("the filter {0}")]
pub struct UnreadableFilter(#[from] filter::Expected);

/// The rows that a filter accepts: all of them if it is blank.
fn accepted(mut rows: Vec<Value>, filter: &str) -> Result<Vec<Value>, UnreadableFilter> {
    if !filter.trim().is_empty() {
        let filter = Filter::read(filter)?;
        rows.retain(|row| filter.accepts(row));
    }
    Ok(rows)
}

fn rows(records: &[Record]) -> Vec<Value> {
    records.iter().map(|record| record.row.clone()).collect()
}

fn records(rows: Vec<Value>) -> Arc<Vec<Record>> {
    let record = |row| Record {
        folder: FIRM_FOLDER.to_owned(),
        row,
    };
    Arc::new(rows.into_iter().map(record).collect())
}

/// How the service behaves if the vendor's pages contradict each other or leave it open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The form of a response: a bare array by default.
    pub envelope: Envelope,
    /// The names and types in a response: those of the vendor's examples by default.
    pub spelling: Spelling,
    /// Maximum number of rows in a response, whatever `take` says: 100 by default.
    pub max_rows: usize,
    /// Whether a call without a filter is refused. By default it is not.
    pub filter_required: bool,
    /// The only `Content-Type` that is accepted. None: any, or none at all, which is the default.
    pub content_type: Option<String>,
    /// Whether `skip` is passed over, so that every page is the first one. By default it is not.
    pub ignores_skip: bool,
    /// Whether `sort` is passed over. By default it is not.
    pub ignores_sort: bool,
    /// What joins the fields of `select`: `&&` or a comma by default.
    pub select: Joined,
    /// Whether a filter may have strings in single quotes, too. By default it may.
    pub single_quotes: bool,
    /// Whether a filter may have escapes, such as `\u00E9`. By default it may.
    pub filter_escapes: bool,
    /// How a value is written that there is none of: as null by default.
    pub absent: Absent,
    /// Whether days are written as midnight in UTC. By default they are as in the vendor's example,
    /// some of them at 19:00.
    pub days_at_midnight: bool,
    /// Whether hours are rounded to whole ones. By default they are not.
    pub whole_hours: bool,
    /// What a `revisionId` counts: the changes of all rows by default.
    pub revisions: Revisions,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            envelope: Envelope::Bare,
            spelling: Spelling::Examples,
            max_rows: 100,
            filter_required: false,
            content_type: None,
            ignores_skip: false,
            ignores_sort: false,
            select: Joined::Either,
            single_quotes: true,
            filter_escapes: true,
            absent: Absent::Null,
            days_at_midnight: false,
            whole_hours: false,
            revisions: Revisions::OneCounter,
        }
    }
}

/// The form of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Envelope {
    /// `[ … ]`
    Bare,
    /// `{"data": [ … ]}`
    Wrapped,
}

/// The names and types in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Spelling {
    /// Those of the vendor's examples: `statut`, `activite`, integers.
    Examples,
    /// Those of the vendor's tables: `status`, `Libelle`, numeric strings.
    Tables,
}

/// What joins several fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Joined {
    /// `&&` or a comma.
    Either,
    /// `&&`.
    Ampersands,
    /// A comma.
    Comma,
}

/// How a value is written that there is none of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Absent {
    /// As null.
    Null,
    /// As an empty text.
    Empty,
    /// Not at all.
    LeftOut,
}

/// What the revision of a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Revisions {
    /// The changes of all rows, so that no two rows have the same.
    OneCounter,
    /// The changes of the row.
    PerRow,
}

/// The vendor behind the port.
#[derive(Debug)]
struct Loop {
    contract: &'static Contract,
    clock: Clock,
    world: Mutex<World>,
}

#[derive(Debug, Default)]
struct World {
    settings: Settings,
    /// None until it is first needed.
    firm: Option<Firm>,
}

impl World {
    fn firm(&mut self, clock: &Clock) -> &mut Firm {
        self.firm
            .get_or_insert_with(|| Firm::of(clock.now().year()))
    }
}

impl Vendor for Loop {
    fn contract(&self) -> &'static Contract {
        self.contract
    }

    fn openapi(&self) -> &'static str {
        include_str!("../openapi/cegid-loop.json")
    }

    fn title(&self) -> &'static str {
        "Cegid Loop"
    }

    fn credentials(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("subscription key", SUBSCRIPTION_KEY),
            ("API key", API_KEY),
            ("client secret", API_SECRET),
        ]
    }

    fn base_paths(&self) -> &'static [&'static str] {
        &["/loop-api-publiques"]
    }

    fn served(&self) -> Vec<&'static str> {
        ROUTES.names()
    }

    fn about(&self, call: &Call) -> Option<String> {
        Some(parameter(call, "skip").unwrap_or("0").to_owned())
    }

    fn handle(&self, call: &Call) -> Handled {
        let response = match ROUTES.handler(&call.route.name) {
            Some(list) => self.list(call, list),
            None => Err(refusal(501, "the sandbox does not serve this operation")),
        };
        Handled::from(response.unwrap_or_else(|refusal| refusal))
    }

    fn rehearse(&self, call: &Call) -> Response {
        // Lists change nothing.
        self.handle(call).response
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
        refusal(status, reason)
    }

    fn state(&self) -> Value {
        let mut world = self.world();
        let firm = world.firm(&self.clock);
        json!({ "letters": firm.letters.len(), "activities": firm.activities.len() })
    }

    fn reset(&self) {
        *self.world() = World::default();
    }
}

impl Loop {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn list(&self, call: &Call, list: List) -> Result<Response, Response> {
        demand_keys(call)?;
        let breaches = call.breaches(self.contract);
        if !breaches.is_empty() {
            let sentences: Vec<String> = breaches.iter().map(ToString::to_string).collect();
            return Err(refusal(400, &sentences.join("; ")));
        }
        let (settings, records) = self.rows_of(list);
        settings.demand_content_type(call)?;
        let wanted = Wanted::of(call, &settings)?;
        wanted.demand_known_fields(&Fields::of(self.contract, list.row_type))?;

        let found = wanted.find(&records)?;
        let page = wanted.page(&found, &settings);
        let page = Value::Array(page.into_iter().map(|row| settings.spelt(row)).collect());
        Ok(Response::json(200, &settings.wrapped(page)))
    }

    /// The settings, and the whole list that a call is for.
    fn rows_of(&self, list: List) -> (Settings, Arc<Vec<Record>>) {
        let mut world = self.world();
        let rows = Arc::clone((list.rows)(world.firm(&self.clock)));
        (world.settings.clone(), rows)
    }
}

fn demand_keys(call: &Call) -> Result<(), Response> {
    match call.header("Ocp-Apim-Subscription-Key") {
        Some(SUBSCRIPTION_KEY) => {}
        Some(_) => return Err(refusal(401, "the subscription key is not valid")),
        None => {
            return Err(refusal(
                401,
                "header `Ocp-Apim-Subscription-Key` is required",
            ));
        }
    }
    let Some(given) = call.header("x-apikey") else {
        return Err(refusal(401, "header `x-apikey` is required"));
    };
    match given.split_once(':') {
        Some((API_KEY, API_SECRET)) => Ok(()),
        Some(_) => Err(refusal(
            401,
            "the API key or its client secret is not valid",
        )),
        None => Err(refusal(401, "header `x-apikey` must be `key:secret`")),
    }
}

fn parameter<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    let mut given = call.query.iter().filter(|(given, _)| given == name);
    given.next().map(|(_, value)| value.as_str())
}

fn refusal(status: u16, reason: &str) -> Response {
    Response::json(status, &json!({ "statusCode": status, "message": reason }))
}

/// What a call asks for.
struct Wanted<'a> {
    folder: &'a str,
    filter: Option<Filter>,
    order: Vec<(&'a str, Direction)>,
    skip: usize,
    take: usize,
    select: Vec<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

impl<'a> Wanted<'a> {
    fn of(call: &'a Call, settings: &Settings) -> Result<Self, Response> {
        let filter = parameter(call, "filter");
        settings.demand_known_notation(filter.unwrap_or_default())?;
        let filter = filter.map(Filter::read).transpose();
        let filter =
            filter.map_err(|reason| refusal(400, &format!("query parameter `filter` {reason}")))?;
        if filter.is_none() && settings.filter_required {
            return Err(refusal(400, "query parameter `filter` is required"));
        }
        let number = |name| parameter(call, name).and_then(|text| text.parse::<usize>().ok());
        Ok(Self {
            folder: parameter(call, "codeDossier").unwrap_or_default(),
            filter,
            order: match settings.ignores_sort {
                true => Vec::new(),
                false => parameter(call, "sort").map(order).unwrap_or_default(),
            },
            skip: match settings.ignores_skip {
                true => 0,
                false => number("skip").unwrap_or_default(),
            },
            take: number("take").unwrap_or(usize::MAX).min(settings.max_rows),
            select: parameter(call, "select")
                .map(|text| settings.select.fields(text))
                .unwrap_or_default(),
        })
    }

    /// Refuses what names a field that no row has: it would otherwise pass for null.
    fn demand_known_fields(&self, known: &Fields) -> Result<(), Response> {
        let filter = self.filter.iter().flat_map(Filter::paths);
        let order = self.order.iter().map(|(path, _)| *path);
        let unknown = [
            ("filter", filter.into_iter().find(|path| !known.has(path))),
            ("sort", order.into_iter().find(|path| !known.has(path))),
            (
                "select",
                self.select.iter().copied().find(|path| !known.has(path)),
            ),
        ];
        for (parameter, path) in unknown {
            if let Some(path) = path {
                let text =
                    format!("query parameter `{parameter}` names `{path}`, which no row has");
                return Err(refusal(400, &text));
            }
        }
        Ok(())
    }

    /// Every row that is wanted, in order.
    fn find<'r>(&self, records: &'r [Record]) -> Result<Vec<&'r Value>, Response> {
        let is_firm = self.folder == FIRM_FOLDER;
        if !is_firm && !records.iter().any(|record| record.folder == self.folder) {
            return Err(refusal(404, "no such folder"));
        }
        let mut found: Vec<&Value> = records
            .iter()
            .filter(|record| is_firm || record.folder == self.folder)
            .map(|record| &record.row)
            .filter(|row| {
                self.filter
                    .as_ref()
                    .is_none_or(|filter| filter.accepts(row))
            })
            .collect();
        if !self.order.is_empty() {
            found.sort_by(|left, right| self.compare(left, right));
        }
        Ok(found)
    }

    fn compare(&self, left: &Value, right: &Value) -> Ordering {
        let compared = self.order.iter().map(|(path, direction)| {
            let value = |row| filter::at(row, path).unwrap_or(&Value::Null);
            let ordering = in_order(value(left), value(right));
            match direction {
                Direction::Ascending => ordering,
                Direction::Descending => ordering.reverse(),
            }
        });
        compared.fold(Ordering::Equal, Ordering::then)
    }

    /// The rows of the response.
    fn page(&self, found: &[&Value], settings: &Settings) -> Vec<Value> {
        let rows = found
            .iter()
            .skip(self.skip)
            .take(self.take.min(settings.max_rows));
        rows.map(|row| self.selected(row)).collect()
    }

    fn selected(&self, row: &Value) -> Value {
        let Some(object) = row.as_object().filter(|_| !self.select.is_empty()) else {
            return row.clone();
        };
        let root = |path: &&'a str| path.split('.').next().unwrap_or_default();
        let chosen: Vec<&str> = self.select.iter().map(root).collect();
        let kept = object
            .iter()
            .filter(|(name, _)| chosen.contains(&name.as_str()));
        Value::Object(
            kept.map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }
}

/// An order of all values: nothing, then numbers, then texts, then the rest.
fn in_order(left: &Value, right: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) | Value::Number(_) => 1,
        Value::String(_) => 2,
        Value::Array(_) | Value::Object(_) => 3,
    };
    let within = || filter::order(left, right).unwrap_or(Ordering::Equal);
    rank(left).cmp(&rank(right)).then_with(within)
}

/// Reads `field1&&field2:desc`.
fn order(text: &str) -> Vec<(&str, Direction)> {
    text.split("&&")
        .map(str::trim)
        .map(|field| match field.strip_suffix(":desc") {
            Some(field) => (field, Direction::Descending),
            None => (field, Direction::Ascending),
        })
        .collect()
}

impl Joined {
    fn fields(self, text: &str) -> Vec<&str> {
        let fields: Vec<&str> = match self {
            Self::Either => text.split([',', '&']).collect(),
            Self::Ampersands => text.split("&&").collect(),
            Self::Comma => text.split(',').collect(),
        };
        let fields = fields.into_iter().map(str::trim);
        fields.filter(|field| !field.is_empty()).collect()
    }
}

/// The fields that the rows of a list may have, by the contract.
struct Fields(Vec<String>);

impl Fields {
    fn of(contract: &Contract, row_type: &str) -> Self {
        let rows = contract
            .types
            .get(row_type)
            .map(|row| row.fields.as_slice());
        let rows = rows.unwrap_or_default();
        let mut paths: Vec<String> = rows.iter().map(|field| field.path.clone()).collect();
        for field in rows {
            let inner = field.kind.any_of.iter().filter_map(|shape| match shape {
                Shape::Named { name } => contract.types.get(name),
                _ => None,
            });
            for member in inner.flat_map(|named| &named.fields) {
                paths.push(format!("{}.{}", field.path, member.path));
            }
        }
        Self(paths)
    }

    fn has(&self, path: &str) -> bool {
        self.0.iter().any(|known| known == path)
    }
}

impl Settings {
    fn demand_content_type(&self, call: &Call) -> Result<(), Response> {
        let Some(wanted) = &self.content_type else {
            return Ok(());
        };
        match call.header("content-type") {
            Some(given) if given == wanted => Ok(()),
            _ => Err(refusal(
                415,
                &format!("header `Content-Type` must be `{wanted}`"),
            )),
        }
    }

    /// Refuses what a filter may only have by some settings.
    fn demand_known_notation(&self, filter: &str) -> Result<(), Response> {
        let refused = |what| {
            Err(refusal(
                400,
                &format!("query parameter `filter` has {what}"),
            ))
        };
        let unescaped = filter.replace("\\\"", "");
        let mut outside = unescaped.split('"').step_by(2);
        if !self.single_quotes && outside.any(|part| part.contains('\'')) {
            return refused("single quotes");
        }
        if !self.filter_escapes && filter.contains('\\') {
            return refused("an escape");
        }
        Ok(())
    }

    fn wrapped(&self, page: Value) -> Value {
        match self.envelope {
            Envelope::Bare => page,
            Envelope::Wrapped => json!({ "data": page }),
        }
    }

    fn spelt(&self, row: Value) -> Value {
        let Value::Object(row) = row else {
            return row;
        };
        let row = row.into_iter().filter_map(|(name, value)| {
            let value = self.written(&name, value)?;
            Some((name, value))
        });
        Value::Object(match self.spelling {
            Spelling::Tables => as_in_tables(row.collect()),
            Spelling::Examples => row.collect(),
        })
    }

    /// A value as these settings have it; none if it is left out.
    fn written(&self, name: &str, value: Value) -> Option<Value> {
        Some(match (name, value) {
            (_, Value::Null) => match self.absent {
                Absent::Null => Value::Null,
                Absent::Empty => Value::from(""),
                Absent::LeftOut => return None,
            },
            ("revisionId", _) if self.revisions == Revisions::PerRow => {
                Value::from(firm::FIRST_REVISION)
            }
            ("unite", value) if self.whole_hours => {
                Value::from(value.as_f64().unwrap_or_default().round())
            }
            (_, Value::String(text)) if self.days_at_midnight => {
                Value::from(text.replace("T19:00:00Z", "T00:00:00Z"))
            }
            (_, value) => value,
        })
    }
}

/// A row with the names and types of the vendor's tables: findings C-01 to C-03, C-07, C-09 and
/// C-10. A reference is its identifier, a file its name.
fn as_in_tables(row: Map<String, Value>) -> Map<String, Value> {
    let spelt = row.into_iter().map(|(name, value)| {
        let value = match name.as_str() {
            "statut" | "engStatut" | "frequence" | "calage" | "decalage" | "datePrevObligation" => {
                Value::String(value.to_string())
            }
            "file" | "pdfFile" => value["name"].clone(),
            _ if value.is_object() => value["objectId"].clone(),
            _ => value,
        };
        let name = match name.as_str() {
            "activite" => "Libelle",
            "statut" => "status",
            "description" => "Description",
            "profitCenter" => "profitcenter",
            "pdfFile" => "pdffile",
            "modele" => "dateEnmodelevoiPdf",
            other => other,
        };
        (name.to_owned(), value)
    });
    spelt.collect()
}
