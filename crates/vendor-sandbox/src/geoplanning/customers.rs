//! Customers: reading, adding, editing and deleting them.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::later;
use crate::exchange::{Handled, Response};

use super::places::Address;
use super::wire::{CONTENT_TYPE, CheckedCall, Name, found, no_such};
use super::world::{Customer, CustomerOpeningHour, World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewCustomer {
    foreign_id: Option<String>,
    name: String,
    address: Address,
    mobile_number: Option<String>,
    telephone_number: Option<String>,
    email: Option<String>,
    opening_hours: Option<Vec<CustomerOpeningHour>>,
}

pub(crate) fn get(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = world.named_customer(request.name())?;
    request.demand_visible(&world.customers, id, "customer")?;
    Ok(Handled::from(world.customer_found(id)?))
}

pub(crate) fn add(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let new: NewCustomer = request.body()?;
    let same = |known: &Customer| known.foreign_id.is_some() && known.foreign_id == new.foreign_id;
    if world.customers.latest(same).is_some() {
        world
            .settings
            .demand_unknown_foreign_id("foreignId", "a customer")?;
    }
    let customer = world.read_customer(new, None)?;
    let id = world.customers.add(customer);
    let visible_from = later(request.now, world.settings.visible_after);
    world.customers.hide(id, visible_from);
    let response = world.customer_found(id)?;
    Ok(Handled::after_effect(world.settings.created(response)))
}

pub(crate) fn update(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = world.named_customer(request.name())?;
    let new: NewCustomer = request.body()?;
    let customer = world.read_customer(new, Some(id))?;
    if let Some(known) = world.customers.get_mut(id) {
        *known = customer;
    }
    Ok(Handled::after_effect(world.customer_found(id)?))
}

/// Responds with the four stray bytes that the vendor shows, unless the settings say otherwise.
pub(crate) fn delete(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = world.named_customer(request.name())?;
    world.customers.remove(id);
    let response = Response::new(204);
    Ok(Handled::after_effect(match world.settings.stray_null {
        true => response.header("Content-Type", CONTENT_TYPE).body("null"),
        false => response,
    }))
}

impl World {
    fn named_customer(&self, name: Name<'_>) -> Result<i64, Response> {
        let id = match name {
            Name::Id(id) => self.customers.get(id).map(|_| id),
            Name::ForeignId(reference) => self
                .customers
                .latest(|it| it.foreign_id.as_deref() == Some(reference)),
        };
        id.ok_or_else(|| no_such("customer"))
    }

    /// A customer as it is kept. What is not sent is blank, but for the hours of an old one.
    fn read_customer(&mut self, new: NewCustomer, old: Option<i64>) -> Result<Customer, Response> {
        let address = self.addresses.keep(new.address, "address")?;
        let old = old.and_then(|id| self.customers.get(id));
        let old = old.filter(|_| !self.settings.clears_absent_arrays);
        let opening_hours = new
            .opening_hours
            .or(old.map(|old| old.opening_hours.clone()))
            .unwrap_or_default();
        Ok(Customer {
            foreign_id: new.foreign_id,
            name: new.name,
            address,
            mobile_number: new.mobile_number,
            telephone_number: new.telephone_number,
            email: new.email,
            opening_hours,
        })
    }

    fn customer_found(&self, id: i64) -> Result<Response, Response> {
        let customer = self.customers.get(id).ok_or_else(|| no_such("customer"))?;
        let mut written = customer_json(id, customer);
        if self.settings.returns_customer_hours {
            written["openingHours"] = json!(customer.opening_hours);
        }
        Ok(found("customer", written))
    }
}

/// A customer, without its hours.
pub(crate) fn customer_json(id: i64, customer: &Customer) -> Value {
    json!({
        "id": id,
        "foreignId": customer.foreign_id,
        "name": customer.name,
        "address": customer.address,
        "mobileNumber": customer.mobile_number,
        "telephoneNumber": customer.telephone_number,
        "email": customer.email,
    })
}
