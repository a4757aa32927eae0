//! What only one vendor has.
//!
//! | Request | Body | Response |
//! | --- | --- | --- |
//! | `POST /_sandbox/ocean-geomission/mission` | a [`ChangeMission`] | 204 |
//! | `POST /_sandbox/ocean-geomission/revoke-tokens` | | 204 |
//! | `POST /_sandbox/geoplanning/change-round` | `{"id"}` | 204; somebody else has changed that round |
//! | `GET /_sandbox/cegid-loop/letters`, `…/activities` | query `filter`, `skip`, `take` (default: 100) | 200: `total` accepted by the filter, and `rows` |
//! | `PUT /_sandbox/cegid-loop/letters`, `…/activities` | the rows, instead of those there are | 204 |

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Asked, RemoteControl, problem, unknown};
use crate::cegid_loop::UnreadableFilter;
use crate::exchange::Response;
use crate::ocean_geomission::MissionStatus;

/// How many rows a page of a list has by default.
const ROWS: usize = 100;

/// Something that a mission's recipient does. Only `id` is required.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeMission {
    /// Its `idMission`.
    id: String,
    /// `{"code", "words"}`, or one of the sandbox's own by its code: `"ACCEPTED"`.
    status: Option<Status>,
    /// Why the recipient refuses it.
    refuse: Option<String>,
    /// What the recipient adds.
    complement: Option<String>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a status must have `code` and `words`, or be the code of one that the sandbox knows"
)]
enum Status {
    Known(String),
    Other(MissionStatus),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeRound {
    id: i64,
}

impl RemoteControl {
    pub(super) fn change_mission(&self, asked: &Asked) -> Result<Response, Response> {
        let change: ChangeMission = asked.read()?;
        let ocean = &self.vendors.ocean_geomission;
        let mission = ocean.mission(&change.id);
        let mission = mission.ok_or_else(|| unknown("mission", &change.id, ocean.mission_ids()))?;
        let status = change.status.map(Status::found).transpose()?;
        if let Some(status) = status {
            mission.set_status(status);
        }
        if let Some(reason) = change.refuse {
            mission.refuse(reason);
        }
        if let Some(text) = change.complement {
            mission.set_complement(text);
        }
        Ok(Response::new(204))
    }

    pub(super) fn revoke_tokens(&self, _: &Asked) -> Result<Response, Response> {
        self.vendors.ocean_geomission.revoke_tokens();
        Ok(Response::new(204))
    }

    pub(super) fn change_round(&self, asked: &Asked) -> Result<Response, Response> {
        let ChangeRound { id } = asked.read()?;
        let geoplanning = &self.vendors.geoplanning;
        match geoplanning.change_round(id) {
            true => Ok(Response::new(204)),
            false => Err(unknown("round", &id.to_string(), geoplanning.round_ids())),
        }
    }

    pub(super) fn letters(&self, asked: &Asked) -> Result<Response, Response> {
        page(asked, |filter| self.vendors.cegid_loop.find_letters(filter))
    }

    pub(super) fn activities(&self, asked: &Asked) -> Result<Response, Response> {
        page(asked, |filter| {
            self.vendors.cegid_loop.find_activities(filter)
        })
    }

    pub(super) fn set_letters(&self, asked: &Asked) -> Result<Response, Response> {
        self.vendors.cegid_loop.set_letters(rows(asked)?);
        Ok(Response::new(204))
    }

    pub(super) fn set_activities(&self, asked: &Asked) -> Result<Response, Response> {
        self.vendors.cegid_loop.set_activities(rows(asked)?);
        Ok(Response::new(204))
    }
}

impl Status {
    fn found(self) -> Result<MissionStatus, Response> {
        let code = match self {
            Self::Other(status) => return Ok(status),
            Self::Known(code) => code,
        };
        let known = MissionStatus::known();
        let codes: Vec<String> = known.iter().map(|status| status.code.clone()).collect();
        let found = known.into_iter().find(|status| status.code == code);
        found.ok_or_else(|| unknown("status", &code, codes))
    }
}

/// The part of a list that a request asks for.
fn page(
    asked: &Asked,
    find: impl Fn(&str) -> Result<Vec<Value>, UnreadableFilter>,
) -> Result<Response, Response> {
    asked.demand_query(&["filter", "skip", "take"])?;
    let skip = asked.number("skip")?.unwrap_or_default();
    let take = asked.number("take")?.unwrap_or(ROWS);
    let filter = asked.query("filter").unwrap_or_default();
    let found = find(filter).map_err(|error| problem(400, &error.to_string()))?;
    let rows: Vec<&Value> = found.iter().skip(skip).take(take).collect();
    let page = json!({ "total": found.len(), "rows": rows });
    Ok(Response::json(200, &page))
}

/// The rows that a list is given.
fn rows(asked: &Asked) -> Result<Vec<Value>, Response> {
    let rows: Vec<Value> = asked.read()?;
    match rows.iter().position(|row| !row.is_object()) {
        Some(index) => Err(problem(400, &format!("row {index} is not an object"))),
        None => Ok(rows),
    }
}
