//! The world as JSON, for somebody to look at. The names are the sandbox's own; the vendor returns
//! less.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::wire::instant;
use super::world::{Activity, Customer, Resource, Round, What, World};

/// Everything that callers change.
pub(crate) fn of(world: &World) -> Value {
    let activities = world.activities.iter();
    let loose = activities.filter(|(_, activity)| activity.round.is_none());
    let loose = loose.filter(|(_, activity)| !activity.is_route());
    let loose: Vec<Value> = loose
        .map(|(id, activity)| activity_json(world, id, activity))
        .collect();
    json!({
        "resources": all(world.resources.iter(), resource_json),
        "rounds": all(world.rounds.iter(), |id, round| round_json(world, id, round)),
        "activities_in_no_round": loose,
        "customers": all(world.customers.iter(), customer_json),
    })
}

fn all<'a, T: 'a>(
    table: impl Iterator<Item = (i64, &'a T)>,
    to_json: impl Fn(i64, &T) -> Value,
) -> Vec<Value> {
    table.map(|(id, row)| to_json(id, row)).collect()
}

fn resource_json(id: i64, resource: &Resource) -> Value {
    json!({ "id": id, "foreign_id": resource.fid, "name": resource.name })
}

fn round_json(world: &World, id: i64, round: &Round) -> Value {
    let activities = round.activities.iter();
    let activities = activities.filter_map(|id| Some((*id, world.activities.get(*id)?)));
    let activities: Vec<Value> = activities
        .map(|(id, activity)| activity_json(world, id, activity))
        .collect();
    json!({
        "id": id,
        "resource": round.resource,
        "start": instant(round.span.start),
        "end": instant(round.span.end),
        "closed": round.closed,
        "hash_key": round.hash_key(id),
        "activities": activities,
    })
}

fn activity_json(world: &World, id: i64, activity: &Activity) -> Value {
    let (kind, name) = match &activity.what {
        What::Assignment(task) => ("assignment", Some(task.name.as_str())),
        What::Simple(simple) => ("simple", simple.name.as_deref()),
        What::Route(_) => ("route", None),
    };
    let status = world.statuses.get(activity.status);
    let planned = activity.computed;
    json!({
        "id": id,
        "kind": kind,
        "name": name,
        "foreign_id": activity.foreign_id(),
        "status": status.map(|status| status.name),
        "stage": world.stage(activity),
        "resource": world.resource_of(activity),
        "planned": planned.map(|span| span_json(Some(span.start), Some(span.end))),
        "happened": activity
            .actual_start
            .or(activity.actual_end)
            .map(|_| span_json(activity.actual_start, activity.actual_end)),
    })
}

/// An end that is open is null.
fn span_json(start: Option<OffsetDateTime>, end: Option<OffsetDateTime>) -> Value {
    json!({ "start": start.map(instant), "end": end.map(instant) })
}

fn customer_json(id: i64, customer: &Customer) -> Value {
    json!({
        "id": id,
        "foreign_id": customer.foreign_id,
        "name": customer.name,
        "opening_hours": customer.opening_hours,
    })
}
