//! Rounds: reading, listing, adding and closing them.

use serde::Deserialize;
use serde_json::{Value, json};
use time::macros::time;
use time::{Duration, OffsetDateTime};

use crate::clock::later;
use crate::exchange::{Handled, Response};

use super::activities::activity_json;
use super::wire::{CheckedCall, found, instant, no_such};
use super::world::{Round, Span, World};

/// Every resource works from 8 to 16 o'clock, UTC.
const DAY_BEGINS: time::Time = time!(8:00);
const SECONDS_A_DAY: i64 = 8 * 3600;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewRound {
    date: String,
    resource_id: i64,
}

pub(crate) fn get(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = request.id();
    request.demand_visible(&world.rounds, id, "round")?;
    Ok(Handled::from(world.round_found(id)?))
}

/// The rounds that begin within 24 hours of the given instant.
pub(crate) fn list(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let resource = request.id();
    let known = world.resources.get(resource);
    known.ok_or_else(|| no_such("resource"))?;
    let date = request.query("date").unwrap_or_default();
    let from = world.settings.read_day(date)?;
    let until = from.saturating_add(Duration::DAY);
    let rounds: Vec<Value> = world
        .rounds
        .iter()
        .filter(|(_, round)| round.resource == resource)
        .filter(|(id, _)| world.rounds.is_visible(*id, request.now))
        .filter(|(_, round)| (from..until).contains(&round.span.start))
        .map(|(id, round)| round_json(world, id, round))
        .collect();
    Ok(Handled::from(found("rounds", Value::from(rounds))))
}

pub(crate) fn add(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let new: NewRound = request.body()?;
    let known = world.resources.get(new.resource_id);
    known.ok_or_else(|| no_such("resource"))?;
    let start = next_day_begins(world.settings.read_day(&new.date)?);
    let same = |round: &Round| round.resource == new.resource_id && round.span.start == start;
    if world.rounds.latest(same).is_some() {
        world
            .settings
            .demand_unknown_foreign_id("date", "a round")?;
    }
    let id = world
        .add_round(new.resource_id, start)
        .ok_or_else(|| no_such("resource"))?;
    let visible_from = later(request.now, world.settings.visible_after);
    world.rounds.hide(id, visible_from);
    let response = world.round_found(id)?;
    Ok(Handled::after_effect(world.settings.created(response)))
}

/// A round that is closed already stays as it is.
pub(crate) fn close(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = request.id();
    let round = world.rounds.get_mut(id);
    let round = round.ok_or_else(|| no_such("round"))?;
    let was_open = !round.closed;
    if was_open {
        round.closed = true;
        world.touch(id);
    }
    let response = world.round_found(id)?;
    Ok(match was_open {
        true => Handled::after_effect(response),
        false => Handled::from(response),
    })
}

/// When a day begins within the next 24 hours.
fn next_day_begins(from: OffsetDateTime) -> OffsetDateTime {
    let same_day = from.replace_time(DAY_BEGINS);
    match same_day < from {
        true => same_day.saturating_add(Duration::DAY),
        false => same_day,
    }
}

impl World {
    /// Adds an empty round. None if there is no such resource.
    pub(crate) fn add_round(&mut self, resource: i64, start: OffsetDateTime) -> Option<i64> {
        let of = self.resources.get(resource)?;
        let round = Round {
            resource,
            span: Span::new(start, SECONDS_A_DAY),
            start_address: of.start_address.clone(),
            end_address: of.end_address.clone(),
            closed: false,
            activities: Vec::new(),
            revision: 0,
        };
        Some(self.rounds.add(round))
    }

    fn round_found(&self, id: i64) -> Result<Response, Response> {
        let round = self.rounds.get(id).ok_or_else(|| no_such("round"))?;
        Ok(found("round", round_json(self, id, round)))
    }
}

pub(crate) fn round_json(world: &World, id: i64, round: &Round) -> Value {
    let activities: Vec<Value> = round
        .activities
        .iter()
        .filter_map(|id| Some((*id, world.activities.get(*id)?)))
        .map(|(id, activity)| activity_json(world, id, activity))
        .collect();
    json!({
        "id": id,
        "startDate": instant(round.span.start),
        "endDate": instant(round.span.end),
        "startAddress": round.start_address,
        "endAddress": round.end_address,
        "hashKey": round.hash_key(id),
        "status": round.closed.then_some("CLOSED"),
        "activities": activities,
    })
}
