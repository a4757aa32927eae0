//! The lists that are only read: activity statuses and activity types.

use serde_json::{Value, json};

use crate::exchange::{Handled, Response};

use super::wire::{CheckedCall, found};
use super::world::{ActivityType, Stage, Status, World};

pub(crate) fn statuses(world: &mut World, _: &CheckedCall<'_>) -> Result<Handled, Response> {
    let all = world.settings.lists_preassigned;
    let statuses = world.statuses.iter();
    let statuses = statuses.filter(|(_, it)| all || it.stage != Stage::Preassigned);
    let statuses: Vec<Value> = statuses.map(|(id, it)| status_json(id, it)).collect();
    Ok(Handled::from(found(
        "activityStatus",
        Value::from(statuses),
    )))
}

pub(crate) fn types(world: &mut World, _: &CheckedCall<'_>) -> Result<Handled, Response> {
    let types = world.types.iter();
    let types: Vec<Value> = types.map(|(id, it)| type_json(id, it)).collect();
    Ok(Handled::from(found("activityTypes", Value::from(types))))
}

pub(crate) fn status_json(id: i64, status: &Status) -> Value {
    json!({
        "id": id,
        "fid": status.fid,
        "name": status.name,
        "type": status.stage,
        "color": status.color,
        "byDefault": status.by_default,
    })
}

pub(crate) fn type_json(id: i64, of_type: &ActivityType) -> Value {
    json!({
        "id": id,
        "fid": of_type.fid,
        "name": of_type.name,
        "icon": of_type.icon,
        "defaultDuration": of_type.default_duration,
        "fixedDuration": of_type.fixed_duration,
        "metaType": of_type.meta_type,
        "resourceActivityType": of_type.resource_activity_type,
        "roles": of_type.roles,
        "targetActivityMask": of_type.mask,
    })
}
