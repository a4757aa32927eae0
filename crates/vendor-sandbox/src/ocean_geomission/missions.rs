//! The missions of an account, and how they go on.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::clock::{later, rfc3339};
use crate::settings::seconds;

/// How far a mission is.
///
/// The vendor lists no values. These are the sandbox's own, and any other can be made up with
/// [`MissionStatus::new`], as a client has to accept any value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MissionStatus {
    /// Wire: `statusCode`.
    pub code: String,
    /// The status in words. Wire: `status`.
    pub words: String,
}

impl MissionStatus {
    /// A status of one's own.
    pub fn new(code: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            words: words.into(),
        }
    }

    /// Created and not sent: `PREPARED`, `Préparée`.
    pub fn prepared() -> Self {
        Self::new("PREPARED", "Préparée")
    }

    /// Sent to its recipient: `SENT`, `Envoyée`.
    pub fn sent() -> Self {
        Self::new("SENT", "Envoyée")
    }

    /// Accepted by its recipient: `ACCEPTED`, `Acceptée`.
    pub fn accepted() -> Self {
        Self::new("ACCEPTED", "Acceptée")
    }

    /// Refused by its recipient: `REFUSED`, `Refusée`.
    pub fn refused() -> Self {
        Self::new("REFUSED", "Refusée")
    }

    /// Being worked on: `STARTED`, `En cours`.
    pub fn started() -> Self {
        Self::new("STARTED", "En cours")
    }

    /// Done: `FINISHED`, `Terminée`.
    pub fn finished() -> Self {
        Self::new("FINISHED", "Terminée")
    }

    /// A number for it, if codes are numbers: that of the known one, 99 for any other.
    pub(crate) fn number(&self) -> usize {
        let known = Self::known();
        let index = known.iter().position(|known| known.code == self.code);
        index.map_or(99, |index| index + 1)
    }

    /// All that the sandbox has a function for.
    pub(crate) fn known() -> [Self; 6] {
        [
            Self::prepared(),
            Self::sent(),
            Self::accepted(),
            Self::refused(),
            Self::started(),
            Self::finished(),
        ]
    }
}

impl fmt::Display for MissionStatus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.words, self.code)
    }
}

/// One step of a scripted day: what a mission has become by itself some time after it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// How long after the mission was sent.
    #[serde(with = "seconds")]
    pub after: Duration,
    /// What it becomes.
    pub status: MissionStatus,
}

impl Step {
    /// A step from its two parts.
    pub fn new(after: Duration, status: MissionStatus) -> Self {
        Self { after, status }
    }

    /// A day on which all goes well: accepted after 10 minutes, started after 30, finished after
    /// 75.
    pub fn usual_day() -> Vec<Self> {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        vec![
            Self::new(minutes(10), MissionStatus::accepted()),
            Self::new(minutes(30), MissionStatus::started()),
            Self::new(minutes(75), MissionStatus::finished()),
        ]
    }
}

/// A script as JSON: its steps, or `"usual_day"`.
pub(super) fn script<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Step>, D::Error> {
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "a script must be \"usual_day\" or a list of steps"
    )]
    enum Script {
        Named(Named),
        Steps(Vec<Step>),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Named {
        UsualDay,
    }
    Ok(match Script::deserialize(from)? {
        Script::Named(Named::UsualDay) => Step::usual_day(),
        Script::Steps(steps) => steps,
    })
}

/// All missions of the account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Missions {
    /// By customer and `idMission`. If the settings allow an `idMission` twice, the
    /// latest mission is last.
    by_key: BTreeMap<Key, Vec<Mission>>,
    created: u64,
}

/// A customer and an `idMission`.
pub(crate) type Key = (i64, String);

/// The parameters of a mission by their names on the wire, as text.
pub(crate) type Parameters = BTreeMap<String, String>;

/// A mission.
#[derive(Clone, Debug)]
pub(crate) struct Mission {
    pub(crate) external_id: String,
    pub(crate) parameters: Parameters,
    pub(crate) refuse_reason: String,
    pub(crate) complement: String,
    sent_at: Option<OffsetDateTime>,
    /// The status set by hand, and when. It no longer follows the script.
    set: Option<(MissionStatus, OffsetDateTime)>,
    created_at: OffsetDateTime,
    /// When look-ups begin to find it.
    pub(super) visible_from: OffsetDateTime,
    /// What happened to it, but for what the script does.
    history: VecDeque<Happened>,
}

/// Something that happened to a mission.
#[derive(Clone, Debug)]
struct Happened {
    at: OffsetDateTime,
    what: String,
}

/// How much of its history a mission keeps.
const HISTORY: usize = 100;

impl Mission {
    /// Sets its status, whatever the script says.
    pub(crate) fn set(&mut self, status: MissionStatus, now: OffsetDateTime) {
        self.happened(now, status.to_string());
        self.set = Some((status, now));
    }

    /// Lets its recipient refuse it.
    pub(crate) fn refuse(&mut self, reason: String, now: OffsetDateTime) {
        self.set(MissionStatus::refused(), now);
        self.refuse_reason = reason;
    }

    /// Lets its recipient add something.
    pub(crate) fn complete(&mut self, text: String, now: OffsetDateTime) {
        self.complement = text;
        self.happened(now, "complement added".to_owned());
    }

    fn happened(&mut self, at: OffsetDateTime, what: impl Into<String>) {
        let what = what.into();
        self.history.push_back(Happened { at, what });
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
    }

    /// What it is now, and since when.
    pub(crate) fn status(
        &self,
        script: &[Step],
        now: OffsetDateTime,
    ) -> (MissionStatus, OffsetDateTime) {
        if let Some(set) = &self.set {
            return set.clone();
        }
        let Some(sent_at) = self.sent_at else {
            return (MissionStatus::prepared(), self.created_at);
        };
        done(script, sent_at, now)
            .max_by_key(|(_, at)| *at)
            .map_or((MissionStatus::sent(), sent_at), |(status, at)| {
                (status.clone(), at)
            })
    }

    /// It as somebody sees it who looks at the recipient's screen.
    fn to_json(&self, key: &Key, script: &[Step], now: OffsetDateTime) -> Value {
        let (customer, id) = key;
        let (status, since) = self.status(script, now);
        json!({
            "customer": customer,
            "id": id,
            "external_id": self.external_id,
            "status": status,
            "since": rfc3339(since),
            "sent_at": self.sent_at.map(rfc3339),
            "visible_from": rfc3339(self.visible_from),
            "refuse_reason": self.refuse_reason,
            "complement": self.complement,
            "parameters": self.parameters,
            "history": self.history_json(script, now),
        })
    }

    /// What happened to it, the oldest first. A status set by hand ends the script.
    fn history_json(&self, script: &[Step], now: OffsetDateTime) -> Vec<Value> {
        let until = self.set.as_ref().map_or(now, |(_, at)| *at);
        let scripted = self.sent_at.into_iter().flat_map(|sent_at| {
            done(script, sent_at, until).map(|(status, at)| (at, status.to_string()))
        });
        let by_hand = self.history.iter().map(|it| (it.at, it.what.clone()));
        let mut all: Vec<(OffsetDateTime, String)> = by_hand.chain(scripted).collect();
        all.sort_by_key(|(at, _)| *at);
        all.into_iter()
            .map(|(at, what)| json!({ "at": rfc3339(at), "what": what }))
            .collect()
    }

    /// Takes new parameters, and is sent if they say so.
    fn take(&mut self, parameters: Parameters, now: OffsetDateTime) {
        self.parameters.extend(parameters);
        let to_be_sent = self
            .parameters
            .get("aEnvoyer")
            .is_some_and(|text| text.eq_ignore_ascii_case("true"));
        if to_be_sent && self.sent_at.is_none() {
            self.sent_at = Some(now);
            self.happened(now, MissionStatus::sent().to_string());
        }
    }
}

/// The steps of a script that are over by then, each with when that was.
fn done(
    script: &[Step],
    sent_at: OffsetDateTime,
    by: OffsetDateTime,
) -> impl Iterator<Item = (&MissionStatus, OffsetDateTime)> {
    script
        .iter()
        .map(move |step| (&step.status, later(sent_at, step.after)))
        .filter(move |(_, at)| *at <= by)
}

impl Missions {
    pub(crate) fn create(
        &mut self,
        key: Key,
        parameters: Parameters,
        now: OffsetDateTime,
        visible_from: OffsetDateTime,
    ) {
        self.created += 1;
        let mut mission = Mission {
            external_id: (7_305_510 + self.created).to_string(),
            parameters: Parameters::new(),
            refuse_reason: String::new(),
            complement: String::new(),
            sent_at: None,
            set: None,
            created_at: now,
            visible_from,
            history: VecDeque::new(),
        };
        mission.happened(now, "created");
        mission.take(parameters, now);
        self.by_key.entry(key).or_default().push(mission);
    }

    /// Changes what is given and leaves the rest. Returns whether there is such a mission.
    pub(crate) fn modify(
        &mut self,
        key: &Key,
        parameters: Parameters,
        now: OffsetDateTime,
    ) -> bool {
        let Some(mission) = self.get_mut(key) else {
            return false;
        };
        mission.happened(now, "modified");
        mission.take(parameters, now);
        true
    }

    /// Clears the parameters of a mission, if there is one.
    pub(crate) fn clear(&mut self, key: &Key) {
        if let Some(mission) = self.get_mut(key) {
            mission.parameters.clear();
        }
    }

    /// Deletes the latest mission of this key. Returns whether there was one.
    pub(crate) fn delete(&mut self, key: &Key) -> bool {
        let Some(missions) = self.by_key.get_mut(key) else {
            return false;
        };
        missions.pop();
        if missions.is_empty() {
            self.by_key.remove(key);
        }
        true
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Mission> {
        self.by_key.get(key)?.last()
    }

    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut Mission> {
        self.by_key.get_mut(key)?.last_mut()
    }

    /// All of them as JSON.
    pub(crate) fn to_json(&self, script: &[Step], now: OffsetDateTime) -> Vec<Value> {
        self.by_key
            .iter()
            .flat_map(|(key, missions)| missions.iter().map(move |mission| (key, mission)))
            .map(|(key, mission)| mission.to_json(key, script, now))
            .collect()
    }

    /// The key of the first mission with this `idMission`, whosever it is.
    pub(crate) fn key_of(&self, id: &str) -> Option<&Key> {
        self.by_key.keys().find(|(_, known)| known == id)
    }

    /// The `idMission` of each mission, one that was taken twice appearing twice.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.by_key
            .iter()
            .flat_map(|((_, id), missions)| missions.iter().map(|_| id.clone()))
            .collect()
    }
}
