//! Customers: reading, adding, editing and deleting them.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::exchange::{Answer, Reply};

use super::places::Address;
use super::wire::{CONTENT_TYPE, Name, Request, found, no_such};
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

pub(crate) fn get(world: &mut World, request: &Request<'_>) -> Result<Answer, Reply> {
    let id = world.named_customer(request.name())?;
    Ok(Answer::from(world.customer_found(id)?))
}

pub(crate) fn add(world: &mut World, request: &Request<'_>) -> Result<Answer, Reply> {
    let new: NewCustomer = request.body()?;
    let same = |known: &Customer| known.foreign_id.is_some() && known.foreign_id == new.foreign_id;
    if world.customers.latest(same).is_some() {
        world
            .settings
            .demand_unknown_reference("foreignId", "a customer")?;
    }
    let customer = world.read_customer(new, None)?;
    let id = world.customers.add(customer);
    let reply = world.customer_found(id)?;
    Ok(Answer::after_effect(world.settings.created(reply)))
}

pub(crate) fn update(world: &mut World, request: &Request<'_>) -> Result<Answer, Reply> {
    let id = world.named_customer(request.name())?;
    let new: NewCustomer = request.body()?;
    let customer = world.read_customer(new, Some(id))?;
    if let Some(known) = world.customers.get_mut(id) {
        *known = customer;
    }
    Ok(Answer::after_effect(world.customer_found(id)?))
}

/// Answers with the four stray bytes that the vendor shows, unless it is told not to.
pub(crate) fn delete(world: &mut World, request: &Request<'_>) -> Result<Answer, Reply> {
    let id = world.named_customer(request.name())?;
    world.customers.remove(id);
    let reply = Reply::new(204);
    Ok(Answer::after_effect(match world.settings.stray_null {
        true => reply.header("Content-Type", CONTENT_TYPE).body("null"),
        false => reply,
    }))
}

impl World {
    fn named_customer(&self, name: Name<'_>) -> Result<i64, Reply> {
        let id = match name {
            Name::Id(id) => self.customers.get(id).map(|_| id),
            Name::Reference(reference) => self
                .customers
                .latest(|it| it.foreign_id.as_deref() == Some(reference)),
        };
        id.ok_or_else(|| no_such("customer"))
    }

    /// A customer as it is kept. What is not sent is blank, but for the hours of an old one.
    fn read_customer(&mut self, new: NewCustomer, old: Option<i64>) -> Result<Customer, Reply> {
        let address = self.addresses.keep(new.address, "address")?;
        let old = old.and_then(|id| self.customers.get(id));
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

    fn customer_found(&self, id: i64) -> Result<Reply, Reply> {
        let customer = self.customers.get(id).ok_or_else(|| no_such("customer"))?;
        Ok(found("customer", customer_json(id, customer)))
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
