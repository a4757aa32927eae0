//! What moves an activity on: assigned, planned, started, finished, rejected, given up.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::exchange::{Handled, Response};

use super::RejectStatus;
use super::rounds::round_json;
use super::wire::{CheckedCall, found, no_such, read_instant, refused};
use super::world::{PreAssignment, Stage, World};

/// A round as the caller knows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoundKey {
    id: i64,
    hash_key: String,
}

#[derive(Deserialize)]
struct StatusReference {
    id: Option<i64>,
    fid: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assign {
    resource_id: i64,
    task_id: i64,
    assign_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    round: RoundKey,
    status: Option<StatusReference>,
    date: String,
    activity_index: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unassign {
    round_hash: Option<String>,
}

#[derive(Deserialize)]
struct Cancel {
    round: Option<RoundKey>,
    date: String,
}

/// The steps of the work itself.
#[derive(Deserialize)]
struct Report {
    round: RoundKey,
    status: Option<StatusReference>,
    date: String,
}

/// A step of the work itself.
#[derive(Debug)]
pub(crate) struct Step {
    from: Stage,
    to: Stage,
    /// The date that it sets.
    sets: Date,
    /// Whether the response holds the round's activities. The vendor's examples differ.
    shows_activities: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Date {
    ActualStart,
    ActualEnd,
}

pub(crate) const START: Step = Step {
    from: Stage::Assigned,
    to: Stage::Working,
    sets: Date::ActualStart,
    shows_activities: true,
};

pub(crate) const FINISH: Step = Step {
    from: Stage::Working,
    to: Stage::Completed,
    sets: Date::ActualEnd,
    shows_activities: false,
};

pub(crate) const REJECT: Step = Step {
    from: Stage::Assigned,
    to: Stage::RejectedNoMove,
    sets: Date::ActualStart,
    shows_activities: false,
};

pub(crate) const REJECT_WORKING: Step = Step {
    from: Stage::Working,
    to: Stage::RejectedOnSite,
    sets: Date::ActualEnd,
    shows_activities: false,
};

pub(crate) fn assign(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = request.id();
    let asked: Assign = request.body()?;
    let activity = world.activity(id)?;
    world.demand_no_route(id)?;
    if world.resources.get(asked.resource_id).is_none() {
        return Err(no_such("resource"));
    }
    if activity.task().map(|task| task.id) != Some(asked.task_id) {
        return Err(refused(400, "field `taskId` is not the activity's task"));
    }
    let stage = world.stage(activity);
    if !matches!(stage, Stage::Unassigned | Stage::Preassigned) {
        return Err(refused(400, "the activity is in a round, or over"));
    }
    let date = match &asked.assign_date {
        Some(date) => Some(read_instant(date, "assignDate")?),
        None => None,
    };
    let status = world.default_status(Stage::Preassigned);
    if let Some(activity) = world.activities.get_mut(id) {
        activity.status = status;
        activity.pre_assignment = Some(PreAssignment {
            resource: asked.resource_id,
            date,
        });
    }
    Ok(Handled::after_effect(world.activity_found(id)?))
}

pub(crate) fn plan(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = request.id();
    let asked: Plan = request.body()?;
    let stage = world.stage(world.activity(id)?);
    world.demand_no_route(id)?;
    world.demand_open_round(&asked.round)?;
    if !stage.has_not_begun() {
        return Err(refused(400, "the activity has begun or is over"));
    }
    let status = world.status_for(Stage::Assigned, asked.status.as_ref())?;
    read_instant(&asked.date, "date")?;
    let round = asked.round.id;
    let others = world.stops(round);
    let others = others.iter().filter(|stop| **stop != id).count();
    let index = usize::try_from(asked.activity_index).unwrap_or(usize::MAX);
    if index > others {
        let text = format!("field `activityIndex` must be between 0 and {others}");
        return Err(refused(400, &text));
    }

    let left = world.take_out_of_round(id);
    if let Some(activity) = world.activities.get_mut(id) {
        activity.status = status;
    }
    world.put_into_round(id, round, index);
    let left = left.filter(|left| *left != round);
    let changed: Vec<i64> = [round].into_iter().chain(left).collect();
    Ok(Handled::after_effect(rounds_found(world, &changed, true)))
}

pub(crate) fn unassign(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = request.id();
    let asked: Unassign = request.body()?;
    let activity = world.activity(id)?;
    world.demand_no_route(id)?;
    if !world.stage(activity).has_not_begun() {
        return Err(refused(400, "the activity has begun or is over"));
    }
    let round = activity.round;
    if let Some(given) = &asked.round_hash {
        let key = round.and_then(|id| Some(world.rounds.get(id)?.hash_key(id)));
        if key.as_ref() != Some(given) {
            return Err(world.stale_key("roundHash"));
        }
    }
    if let Some(round) = round {
        world.demand_not_closed(round)?;
    }
    let had_resource = world.resource_of(activity).is_some();
    world.take_out_of_round(id);
    let status = world.default_status(Stage::Unassigned);
    if let Some(activity) = world.activities.get_mut(id) {
        activity.status = status;
        activity.pre_assignment = None;
    }
    let response = world.activity_found(id)?;
    Ok(match had_resource {
        true => Handled::after_effect(response),
        false => Handled::from(response),
    })
}

pub(crate) fn cancel(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = request.id();
    let asked: Cancel = request.body()?;
    let activity = world.activity(id)?;
    world.demand_no_route(id)?;
    read_instant(&asked.date, "date")?;
    match (&asked.round, activity.round) {
        (None, None) => {}
        (None, Some(_)) => {
            let text = "field `round` is required: the activity is in one";
            return Err(refused(400, text));
        }
        (Some(key), round) => {
            world.demand_open_round(key)?;
            demand_in_round(key, round)?;
        }
    }
    if !world.stage(activity).is_open() {
        return Err(refused(400, "the activity is over"));
    }
    world.take_out_of_round(id);
    let status = world.default_status(Stage::Cancelled);
    if let Some(activity) = world.activities.get_mut(id) {
        activity.status = status;
        activity.pre_assignment = None;
    }
    Ok(Handled::after_effect(world.activity_found(id)?))
}

pub(crate) fn report(
    world: &mut World,
    request: &CheckedCall<'_>,
    step: &Step,
) -> Result<Handled, Response> {
    take_step(world, request, request.id(), step)
}

pub(crate) fn start_by_event(
    world: &mut World,
    request: &CheckedCall<'_>,
) -> Result<Handled, Response> {
    let event = request.id();
    let of_event = world.activities.latest(|activity| match &activity.what {
        super::world::What::Simple(simple) => simple.event == Some(event),
        _ => false,
    });
    let id = of_event.ok_or_else(|| no_such("event"))?;
    take_step(world, request, id, &START)
}

fn take_step(
    world: &mut World,
    request: &CheckedCall<'_>,
    id: i64,
    step: &Step,
) -> Result<Handled, Response> {
    let asked: Report = request.body()?;
    let activity = world.activity(id)?;
    world.demand_no_route(id)?;
    world.demand_open_round(&asked.round)?;
    demand_in_round(&asked.round, activity.round)?;
    if world.stage(activity) != step.from {
        let text = match step.from {
            Stage::Working => "the activity is not being worked on",
            _ => "the activity has begun or is over",
        };
        return Err(refused(400, text));
    }
    let status = world.status_of_step(step.to, asked.status.as_ref())?;
    let date = read_instant(&asked.date, "date")?;
    demand_after_start(date, activity.actual_start, step)?;

    let round = asked.round.id;
    let resource = world.resource_of(activity);
    let resource = resource.and_then(|id| world.resources.get(id));
    let done_by = resource.map(|resource| resource.name.clone());
    if let Some(activity) = world.activities.get_mut(id) {
        activity.status = status;
        activity.done_by = done_by;
        match step.sets {
            Date::ActualStart => activity.actual_start = Some(date),
            Date::ActualEnd => activity.actual_end = Some(date),
        }
    }
    match step.to {
        // Nobody drives there now.
        Stage::RejectedNoMove => world.rearrange(round),
        _ => {
            world.touch(round);
        }
    }
    let shows_activities = step.shows_activities || world.settings.shows_changed_activities;
    let response = rounds_found(world, &[round], shows_activities);
    Ok(Handled::after_effect(response))
}

fn demand_after_start(
    date: OffsetDateTime,
    start: Option<OffsetDateTime>,
    step: &Step,
) -> Result<(), Response> {
    let too_early = step.sets == Date::ActualEnd && start.is_some_and(|start| date < start);
    match too_early {
        true => Err(refused(400, "field `date` must not be before the start")),
        false => Ok(()),
    }
}

/// The activity must be in the round that the caller names.
fn demand_in_round(key: &RoundKey, round: Option<i64>) -> Result<(), Response> {
    match round == Some(key.id) {
        true => Ok(()),
        false => Err(refused(400, "field `round.id` is not the activity's round")),
    }
}

/// A response with the rounds that changed.
fn rounds_found(world: &World, changed: &[i64], with_activities: bool) -> Response {
    let rounds: Vec<Value> = changed
        .iter()
        .filter_map(|id| Some((*id, world.rounds.get(*id)?)))
        .map(|(id, round)| {
            let mut written = round_json(world, id, round);
            if !with_activities {
                written["activities"] = Value::Array(Vec::new());
            }
            written
        })
        .collect();
    found("rounds", Value::from(rounds))
}

impl World {
    /// A round must be there, be what the caller believes it to be, and be open.
    fn demand_open_round(&self, key: &RoundKey) -> Result<(), Response> {
        let round = self.rounds.get(key.id).ok_or_else(|| no_such("round"))?;
        if round.hash_key(key.id) != key.hash_key {
            return Err(self.stale_key("round.hashKey"));
        }
        self.demand_not_closed(key.id)
    }

    fn demand_not_closed(&self, round: i64) -> Result<(), Response> {
        match self.rounds.get(round) {
            Some(round) if round.closed => Err(refused(400, "the round is closed")),
            _ => Ok(()),
        }
    }

    fn stale_key(&self, field: &str) -> Response {
        let text = format!("field `{field}` is not the latest key: the round has changed");
        self.settings.stale_key(&text)
    }

    /// The status that a step sets.
    fn status_of_step(&self, to: Stage, named: Option<&StatusReference>) -> Result<i64, Response> {
        let documented = match to {
            Stage::RejectedNoMove => Stage::Working,
            Stage::RejectedOnSite => Stage::Completed,
            other => other,
        };
        if self.settings.reject_status == RejectStatus::Rejected || documented == to {
            return self.status_for(to, named);
        }
        self.status_for(documented, named)?;
        Ok(self.default_status(to))
    }

    /// The status to set: the one that the caller names, which has to be of this stage, or the
    /// default one.
    fn status_for(&self, stage: Stage, named: Option<&StatusReference>) -> Result<i64, Response> {
        let Some(named) = named else {
            return Ok(self.default_status(stage));
        };
        if named.id.is_none() && named.fid.is_none() {
            return Err(refused(400, "field `status` must have an `id` or a `fid`"));
        }
        let known = self.statuses.iter().find(|(id, status)| {
            named.id.is_none_or(|named| named == *id)
                && named.fid.as_ref().is_none_or(|named| named == status.fid)
        });
        match known {
            None => Err(refused(400, "field `status` names no status")),
            Some((_, status)) if status.stage != stage => Err(refused(
                400,
                "field `status` is not of the type of this action",
            )),
            Some((id, _)) => Ok(id),
        }
    }
}
