//! Resources: reading, adding, updating and deleting them.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::later;
use crate::exchange::{Handled, Response};

use super::places::Address;
use super::wire::{CheckedCall, Name, found, no_such, refused};
use super::world::{Capacity, Enumerable, Resource, World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewResource {
    fid: Option<String>,
    name: String,
    internal: Option<bool>,
    start_address: Address,
    end_address: Address,
    enumerables: Option<Vec<Enumerable>>,
    capacities: Option<Vec<Capacity>>,
}

pub(crate) fn get(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = world.named_resource(request.name())?;
    request.demand_visible(&world.resources, id, "resource")?;
    let mut written = world.resource_json(id)?;
    for on_request in ["startAddress", "endAddress", "enumerables", "capacities"] {
        if !request.asks_for(on_request, world.settings.repeated_fields) {
            written[on_request] = Value::Null;
        }
    }
    written["properties"] = Value::Null;
    Ok(Handled::from(found("resource", written)))
}

pub(crate) fn add(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let new: NewResource = request.body()?;
    let same = |known: &Resource| known.fid.is_some() && known.fid == new.fid;
    if world.resources.latest(same).is_some() {
        world
            .settings
            .demand_unknown_foreign_id("fid", "a resource")?;
    }
    let resource = world.read_resource(new, None)?;
    let id = world.resources.add(resource);
    let visible_from = later(request.now, world.settings.visible_after);
    world.resources.hide(id, visible_from);
    let response = found("resource", world.resource_json(id)?);
    Ok(Handled::after_effect(world.settings.created(response)))
}

pub(crate) fn update(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = world.named_resource(request.name())?;
    let new: NewResource = request.body()?;
    let resource = world.read_resource(new, Some(id))?;
    if let Some(known) = world.resources.get_mut(id) {
        *known = resource;
    }
    let response = found("resource", world.resource_json(id)?);
    Ok(Handled::after_effect(response))
}

/// Refused while it has activities that are not over. Its rounds go with it.
pub(crate) fn delete(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = world.named_resource(request.name())?;
    let busy = world.activities.iter().any(|(_, activity)| {
        !activity.is_route()
            && world.stage(activity).is_open()
            && world.resource_of(activity) == Some(id)
    });
    if busy {
        let text = "the resource has activities that are not completed";
        return Err(refused(400, text));
    }
    world.remove_rounds_of(id);
    world.resources.remove(id);
    for (_, user) in world.users.iter_mut() {
        user.resource = user.resource.filter(|resource| *resource != id);
    }
    Ok(Handled::after_effect(Response::new(204)))
}

impl World {
    fn named_resource(&self, name: Name<'_>) -> Result<i64, Response> {
        let id = match name {
            Name::Id(id) => self.resources.get(id).map(|_| id),
            Name::ForeignId(fid) => self.resources.latest(|it| it.fid.as_deref() == Some(fid)),
        };
        id.ok_or_else(|| no_such("resource"))
    }

    /// A resource as it is kept. What is not sent is blank, but for the arrays of an old one.
    fn read_resource(&mut self, new: NewResource, old: Option<i64>) -> Result<Resource, Response> {
        let start_address = self.addresses.keep(new.start_address, "startAddress")?;
        let end_address = self.addresses.keep(new.end_address, "endAddress")?;
        let sent = match new.enumerables {
            Some(sent) => Some(self.read_enumerables(sent, "enumerables")?),
            None => None,
        };
        let old = old.and_then(|id| self.resources.get(id));
        let person = old.and_then(|old| old.person);
        let old = old.filter(|_| !self.settings.clears_absent_arrays);
        let enumerables = sent
            .or(old.map(|old| old.enumerables.clone()))
            .unwrap_or_default();
        let mut capacities = new
            .capacities
            .clone()
            .or(old.map(|old| old.capacities.clone()))
            .unwrap_or_default();
        if new.capacities.is_some() {
            for capacity in &mut capacities {
                capacity.id = self.capacity_ids.next();
            }
        }
        Ok(Resource {
            fid: new.fid,
            name: new.name,
            internal: match self.settings.always_internal {
                true => Some(true),
                false => new.internal,
            },
            start_address,
            end_address,
            enumerables,
            capacities,
            person,
        })
    }

    fn remove_rounds_of(&mut self, resource: i64) {
        while let Some(id) = self.rounds.latest(|round| round.resource == resource) {
            for activity in self.stops(id) {
                self.take_out_of_round(activity);
            }
            self.rounds.remove(id);
        }
    }

    /// A resource with all that it has.
    fn resource_json(&self, id: i64) -> Result<Value, Response> {
        let resource = self.resources.get(id).ok_or_else(|| no_such("resource"))?;
        Ok(json!({
            "id": id,
            "fid": resource.fid,
            "name": resource.name,
            "internal": resource.internal,
            "startAddress": resource.start_address,
            "endAddress": resource.end_address,
            "properties": {},
            "enumerables": resource.enumerables,
            "capacities": resource.capacities,
        }))
    }
}
