//! Activities: reading, adding, updating and deleting them; a customer's history; attachments.
//!
//! What moves an activity on is in `actions.rs`.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::clock::later;
use crate::exchange::{Handled, Response};

use super::TypeFoundBy;
use super::customers::customer_json;
use super::lists::{status_json, type_json};
use super::places::Address;
use super::wire::{CheckedCall, Name, found, instant, no_such, read_epoch, refused};
use super::world::{
    Activity, Appointment, Attachment, Contact, Enumerable, FOR_SIMPLE_ACTIVITIES, FOR_TASKS,
    OpeningHour, Order, SimpleActivity, Stage, Task, What, World,
};

/// An assignment or a simple activity as it is sent.
enum NewActivity {
    Assignment {
        of_type: Option<TypeReference>,
        task: Box<NewTask>,
    },
    SimpleActivity {
        of_type: Option<TypeReference>,
        simple: Box<NewSimpleActivity>,
    },
}

/// Read in parts: what serde buffers to find a tag first loses its numbers if a program turns on
/// serde_json's arbitrary precision.
impl<'de> Deserialize<'de> for NewActivity {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let body = Value::deserialize(input)?;
        let Head { subtype, of_type } = Head::deserialize(&body).map_err(D::Error::custom)?;
        Ok(match subtype {
            Subtype::Assignment => Self::Assignment {
                of_type,
                task: HasTask::deserialize(&body).map_err(D::Error::custom)?.task,
            },
            Subtype::SimpleActivity => Self::SimpleActivity {
                of_type,
                simple: Box::deserialize(&body).map_err(D::Error::custom)?,
            },
        })
    }
}

#[derive(Deserialize)]
struct Head {
    subtype: Subtype,
    #[serde(rename = "type")]
    of_type: Option<TypeReference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Subtype {
    Assignment,
    SimpleActivity,
}

#[derive(Deserialize)]
struct HasTask {
    task: Box<NewTask>,
}

#[derive(Deserialize)]
struct TypeReference {
    fid: Option<String>,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewTask {
    name: String,
    foreign_id: Option<String>,
    /// In minutes.
    duration: i64,
    /// Epoch milliseconds.
    due_date: Option<i64>,
    description: Option<String>,
    contact: Option<Contact>,
    address: Address,
    customer: Option<CustomerReference>,
    appointment: Option<NewAppointment>,
    orders: Option<Vec<Order>>,
    enumerables: Option<Vec<Enumerable>>,
    opening_hours: Option<Vec<OpeningHour>>,
}

#[derive(Deserialize)]
struct CustomerReference {
    id: i64,
}

/// In epoch milliseconds.
#[derive(Deserialize)]
struct NewAppointment {
    start: i64,
    end: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewSimpleActivity {
    name: Option<String>,
    foreign_id: Option<String>,
    description: Option<String>,
    /// In minutes.
    duration: Option<i64>,
    address: Option<Address>,
}

/// What stays of a task that is updated.
#[derive(Default)]
struct Kept {
    orders: Vec<Order>,
    enumerables: Vec<Enumerable>,
    opening_hours: Vec<OpeningHour>,
}

pub(crate) fn get(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = match request.name() {
        Name::Id(id) => id,
        // The reference of a simple activity is not found: it is never returned either.
        Name::ForeignId(fid) => world
            .activities
            .latest(|it| it.task().is_some() && it.foreign_id() == Some(fid))
            .ok_or_else(|| no_such("activity"))?,
    };
    request.demand_visible(&world.activities, id, "activity")?;
    Ok(Handled::from(world.activity_found(id)?))
}

pub(crate) fn add(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let NewActivity::Assignment { of_type, task } = request.body()? else {
        return Err(refused(400, "field `subtype` must be one of assignment"));
    };
    let known = |fid: &str| world.activities.latest(|it| it.foreign_id() == Some(fid));
    if let Some(fid) = &task.foreign_id
        && known(fid).is_some()
    {
        world
            .settings
            .demand_unknown_foreign_id("task.foreignId", "an activity")?;
    }
    let of_type = world.type_of(of_type, FOR_TASKS)?;
    let task = world.read_task(*task, None, request.now)?;
    let status = world.default_status(Stage::Unassigned);
    let activity = Activity::new(What::Assignment(task), of_type, status);
    let id = world.activities.add(activity);
    let visible_from = later(request.now, world.settings.visible_after);
    world.activities.hide(id, visible_from);
    let response = world.activity_found(id)?;
    Ok(Handled::after_effect(world.settings.created(response)))
}

pub(crate) fn update(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = world.named_activity(request.name())?;
    let round = world.activity(id)?.round;
    match request.body()? {
        NewActivity::Assignment { of_type, task } => world.update_task(id, of_type, *task)?,
        NewActivity::SimpleActivity { of_type, simple } => {
            world.update_simple_activity(id, of_type, *simple)?;
        }
    }
    if let Some(round) = round {
        world.rearrange(round);
    }
    Ok(Handled::after_effect(world.activity_found(id)?))
}

pub(crate) fn delete(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = world.named_activity(request.name())?;
    world.take_out_of_round(id);
    world.activities.remove(id);
    Ok(Handled::after_effect(Response::new(204)))
}

/// What has an actual end, the latest first.
pub(crate) fn history(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let customer = request.id();
    world
        .customers
        .get(customer)
        .ok_or_else(|| no_such("customer"))?;
    let mut past: Vec<(OffsetDateTime, Value)> = world
        .activities
        .iter()
        .filter_map(|(id, activity)| {
            let task = activity.task()?;
            let end = activity.actual_end?;
            let entry = json!({
                "id": id,
                "name": task.name,
                "foreignId": task.foreign_id,
                "endDate": instant(end),
                "resourceName": activity.done_by,
            });
            (task.customer == Some(customer)).then_some((end, entry))
        })
        .collect();
    past.sort_by_key(|(end, _)| std::cmp::Reverse(*end));
    let entries: Vec<Value> = past.into_iter().map(|(_, entry)| entry).collect();
    Ok(Handled::from(found("activities", Value::from(entries))))
}

/// The latest first.
pub(crate) fn attachments(
    world: &mut World,
    request: &CheckedCall<'_>,
) -> Result<Handled, Response> {
    let task = world.activity(request.id())?.task().map(|task| task.id);
    let attachments: Vec<Value> = world
        .attachments
        .iter()
        .rev()
        .filter(|(_, attachment)| Some(attachment.task) == task)
        .map(|(id, attachment)| attachment_json(id, attachment))
        .collect();
    Ok(Handled::from(found(
        "attachments",
        Value::from(attachments),
    )))
}

impl World {
    pub(crate) fn activity(&self, id: i64) -> Result<&Activity, Response> {
        self.activities.get(id).ok_or_else(|| no_such("activity"))
    }

    /// A response with an activity.
    pub(crate) fn activity_found(&self, id: i64) -> Result<Response, Response> {
        let activity = self.activity(id)?;
        let mut written = activity_json(self, id, activity);
        written["round"] = round_reference_json(self, activity);
        Ok(found("activity", written))
    }

    /// An activity by id, or by the foreign id of its task or of its own.
    fn named_activity(&self, name: Name<'_>) -> Result<i64, Response> {
        let id = match name {
            Name::Id(id) => Some(id),
            Name::ForeignId(fid) => self.activities.latest(|it| it.foreign_id() == Some(fid)),
        };
        let id = id.ok_or_else(|| no_such("activity"))?;
        self.demand_no_route(id)?;
        Ok(id)
    }

    pub(crate) fn demand_no_route(&self, id: i64) -> Result<(), Response> {
        match self.activity(id)?.is_route() {
            true => Err(refused(400, "a route is the service's own to change")),
            false => Ok(()),
        }
    }

    fn update_task(
        &mut self,
        id: i64,
        of_type: Option<TypeReference>,
        mut new: NewTask,
    ) -> Result<(), Response> {
        let Some(old) = self.activity(id)?.task() else {
            let text = "field `subtype` must be simpleactivity, as the activity is";
            return Err(refused(400, text));
        };
        let (task_id, created_at) = (old.id, old.created_at);
        let kept = match self.settings.clears_absent_arrays {
            true => Kept::default(),
            false => Kept {
                orders: old.orders.clone(),
                enumerables: old.enumerables.clone(),
                opening_hours: old.opening_hours.clone(),
            },
        };
        if !self.settings.updates_enumerables {
            new.enumerables = Some(old.enumerables.clone());
        }
        let of_type = self.type_of(of_type, FOR_TASKS)?;
        let task = self.read_task(new, Some((task_id, kept)), created_at)?;
        self.replace(id, What::Assignment(task), of_type);
        Ok(())
    }

    fn update_simple_activity(
        &mut self,
        id: i64,
        of_type: Option<TypeReference>,
        new: NewSimpleActivity,
    ) -> Result<(), Response> {
        let What::Simple(old) = &self.activity(id)?.what else {
            let text = "field `subtype` must be assignment, as the activity is";
            return Err(refused(400, text));
        };
        let (created_at, event) = (old.created_at, old.event);
        let of_type = self.type_of(of_type, FOR_SIMPLE_ACTIVITIES)?;
        if let Some(minutes) = new.duration {
            seconds(minutes, "duration")?;
        }
        let address = match new.address {
            Some(sent) => Some(self.addresses.keep(sent, "address")?),
            None => None,
        };
        let simple = SimpleActivity {
            name: new.name,
            foreign_id: new.foreign_id,
            description: new.description,
            duration: new.duration,
            created_at,
            address,
            event,
        };
        self.replace(id, What::Simple(simple), of_type);
        Ok(())
    }

    fn replace(&mut self, id: i64, what: What, of_type: Option<i64>) {
        if let Some(activity) = self.activities.get_mut(id) {
            activity.what = what;
            activity.activity_type = of_type;
        }
    }

    /// The type that is meant: by its reference if there is one, otherwise by its name.
    fn type_of(&self, sent: Option<TypeReference>, mask: i64) -> Result<Option<i64>, Response> {
        let Some(sent) = sent else {
            return Ok(None);
        };
        let by_foreign_id = self.settings.type_found_by == TypeFoundBy::ForeignId;
        let (field, known) = match sent.fid.as_ref().filter(|_| by_foreign_id) {
            Some(fid) => ("type.fid", self.types.latest(|known| known.fid == *fid)),
            None => (
                "type.name",
                self.types.latest(|known| known.name == sent.name),
            ),
        };
        let Some(known) = known else {
            return Err(refused(400, &format!("field `{field}` names no type")));
        };
        let fits = self.types.get(known).is_some_and(|it| it.mask & mask > 0);
        if !fits {
            let text = format!("field `{field}` names a type of another kind of activity");
            return Err(refused(400, &text));
        }
        Ok(Some(known))
    }

    /// A task as it is kept. What is not sent is blank, but for the arrays of an old task.
    fn read_task(
        &mut self,
        new: NewTask,
        old: Option<(i64, Kept)>,
        created_at: OffsetDateTime,
    ) -> Result<Task, Response> {
        let duration = seconds(new.duration, "task.duration")?;
        let due_date = match new.due_date {
            Some(due) => Some(read_epoch(due, "task.dueDate")?),
            None => None,
        };
        if let Some(customer) = &new.customer
            && self.customers.get(customer.id).is_none()
        {
            return Err(refused(400, "field `task.customer.id` names no customer"));
        }
        let address = self.addresses.keep(new.address, "task.address")?;
        let appointment = match new.appointment {
            Some(appointment) => Some(self.read_appointment(&appointment)?),
            None => None,
        };
        let enumerables = match new.enumerables {
            Some(sent) => Some(self.read_enumerables(sent, "task.enumerables")?),
            None => None,
        };
        let (id, kept) = old.unwrap_or_else(|| (self.task_ids.next(), Kept::default()));
        Ok(Task {
            id,
            name: new.name,
            foreign_id: new.foreign_id,
            duration,
            due_date,
            description: new.description,
            created_at,
            contact: new.contact.unwrap_or_default(),
            address,
            customer: new.customer.map(|customer| customer.id),
            appointment,
            enumerables: enumerables.unwrap_or(kept.enumerables),
            orders: match new.orders {
                Some(sent) => self.read_orders(sent),
                None => kept.orders,
            },
            opening_hours: match new.opening_hours {
                Some(sent) => self.read_opening_hours(sent),
                None => kept.opening_hours,
            },
        })
    }

    fn read_appointment(&mut self, sent: &NewAppointment) -> Result<Appointment, Response> {
        let start = read_epoch(sent.start, "task.appointment.start")?;
        let end = read_epoch(sent.end, "task.appointment.end")?;
        if end < start {
            let text = "field `task.appointment.end` must not be before `task.appointment.start`";
            return Err(refused(400, text));
        }
        Ok(Appointment {
            id: self.appointment_ids.next(),
            start,
            end,
        })
    }

    /// What a resource has or a task asks for. The same one keeps its id.
    pub(crate) fn read_enumerables(
        &mut self,
        sent: Vec<Enumerable>,
        field: &str,
    ) -> Result<Vec<Enumerable>, Response> {
        let known = Enumerable::TYPES;
        let unknown = sent
            .iter()
            .position(|sent| !known.contains(&sent.of_type.as_str()));
        if let Some(index) = unknown {
            let known = known.join(", ");
            let text = format!("field `{field}[{index}].type` must be one of {known}");
            return Err(refused(400, &text));
        }
        Ok(sent.into_iter().map(|sent| self.enumerable(sent)).collect())
    }

    pub(crate) fn enumerable(&mut self, mut sent: Enumerable) -> Enumerable {
        let known = self.enumerables.latest(|known| {
            (&known.foreign_id, &known.name, &known.of_type)
                == (&sent.foreign_id, &sent.name, &sent.of_type)
        });
        sent.id = known.unwrap_or_else(|| self.enumerables.add(sent.clone()));
        sent
    }

    fn read_orders(&mut self, mut sent: Vec<Order>) -> Vec<Order> {
        for order in &mut sent {
            order.id = self.order_ids.next();
        }
        sent
    }

    /// In another order than they were sent, as the vendor returns them.
    fn read_opening_hours(&mut self, mut sent: Vec<OpeningHour>) -> Vec<OpeningHour> {
        if sent.len() > 2 {
            sent.swap(1, 2);
        }
        for hour in &mut sent {
            hour.id = self.opening_hour_ids.next();
        }
        sent
    }
}

/// Minutes, as they are sent, in seconds.
fn seconds(minutes: i64, field: &str) -> Result<i64, Response> {
    match minutes {
        0.. => Ok(minutes.saturating_mul(60)),
        _ => Err(refused(400, &format!("field `{field}` must be at least 0"))),
    }
}

/// An activity, without the round that it is in.
pub(crate) fn activity_json(world: &World, id: i64, activity: &Activity) -> Value {
    let of_type = activity.activity_type;
    let of_type = of_type.and_then(|id| Some((id, world.types.get(id)?)));
    let status = world.statuses.get(activity.status);
    let computed = activity.computed;
    let mut written = json!({
        "id": id,
        "type": of_type.map(|(id, of_type)| type_json(id, of_type)),
        "computedStartDate": computed.map(|span| instant(span.start)),
        "computedEndDate": computed.map(|span| instant(span.end)),
        "actualStartDate": activity.actual_start.map(instant),
        "actualEndDate": activity.actual_end.map(instant),
        "status": status.map(|status| status_json(activity.status, status)),
    });
    match &activity.what {
        What::Assignment(task) => {
            written["subtype"] = json!("assignment");
            written["task"] = task_json(world, activity, task);
        }
        What::Simple(simple) => {
            written["subtype"] = json!("simpleactivity");
            written["duration"] = json!(simple.duration);
            written["creationDate"] = json!(instant(simple.created_at));
            written["name"] = json!(simple.name);
            if world.settings.returns_simple_foreign_id {
                written["foreignId"] = json!(simple.foreign_id);
            }
            written["description"] = json!(simple.description);
            written["address"] = json!(simple.address);
            written["event"] = json!(simple.event.map(|event| json!({ "id": event })));
        }
        What::Route(route) => {
            written["subtype"] = json!("route");
            written["origin"] = json!(route.origin);
            written["destination"] = json!(route.destination);
            written["distance"] = json!(route.distance);
            written["duration"] = json!(route.duration);
        }
    }
    written
}

fn task_json(world: &World, activity: &Activity, task: &Task) -> Value {
    let customer = task.customer;
    let customer = customer.and_then(|id| Some((id, world.customers.get(id)?)));
    json!({
        "id": task.id,
        "name": task.name,
        "foreignId": task.foreign_id,
        "duration": task.duration,
        "dueDate": task.due_date.map(instant),
        "description": task.description,
        "creationDate": instant(task.created_at),
        "contact": task.contact,
        "address": task.address,
        "customer": customer.map(|(id, customer)| customer_json(id, customer)),
        "appointment": task.appointment.as_ref().map(|appointment| json!({
            "id": appointment.id,
            "start": instant(appointment.start),
            "end": instant(appointment.end),
        })),
        "properties": {},
        "preAssignment": activity.pre_assignment.as_ref().map(|assigned| json!({
            "resource": resource_reference_json(world, assigned.resource),
            "preAssignedDate": assigned.date.map(instant),
        })),
        "enumerables": task.enumerables,
        "orders": task.orders,
        "openingHours": task.opening_hours,
    })
}

/// The round that an activity is in; null if it is in none.
fn round_reference_json(world: &World, activity: &Activity) -> Value {
    let Some(id) = activity.round else {
        return Value::Null;
    };
    let round = world.rounds.get(id);
    let resource = round.and_then(|round| world.resources.get(round.resource));
    let person = resource.and_then(|resource| resource.person);
    json!({
        "id": id,
        "resource": round.map(|round| resource_reference_json(world, round.resource)),
        "person": person.map(|(id, fid)| json!({ "id": id, "foreignId": fid })),
    })
}

fn resource_reference_json(world: &World, id: i64) -> Value {
    let resource = world.resources.get(id);
    json!({ "id": id, "foreignId": resource.map(|resource| &resource.fid) })
}

fn attachment_json(id: i64, attachment: &Attachment) -> Value {
    json!({
        "id": id,
        "taskId": attachment.task,
        "userId": attachment.user,
        "type": attachment.of_type,
        "creationDate": instant(attachment.created_at),
        "text": attachment.text,
        "url": attachment.url,
    })
}
