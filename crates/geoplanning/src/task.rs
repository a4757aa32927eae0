//! Tasks: what an assignment asks for, as it is read and as it is sent.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, Weekday};
use vendor_client_core::{Validate, Violations, redacted_debug, setters, validated};

use crate::address::{Address, NewAddress};
use crate::customers::Customer;
use crate::enumerables::{Enumerable, NewEnumerable};
use crate::foreign_id::check_not_blank;
use crate::id::{AppointmentId, CustomerId, OpeningHourId, OrderId, TaskId};
use crate::opening_hours::{OpeningHour, OpeningHours, TimeOfDay};
use crate::resources::ResourceReference;
use crate::wire::hours::OfTask;
use crate::{Properties, UnknownFields, wire};

/// What an assignment asks for, as it is read.
///
/// `Debug` shows ids, dates and the duration only.
///
/// Docs: [Type: Task](crate::contract::task#type-task).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Task {
    /// The task's id, which is not the activity's. Wire: `id`.
    pub id: TaskId,
    /// Its name. Wire: `name`.
    pub name: String,
    /// The caller's foreign id, by which the activity is found. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// How long it takes. Wire: `duration`, in seconds (finding [G-01](crate::contract#g-01)).
    #[serde(with = "wire::seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub duration: Duration,
    /// When it must be done. Wire: `dueDate`.
    #[doc(alias = "dueDate")]
    #[serde(
        rename = "dueDate",
        with = "wire::instant",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub due_at: Option<OffsetDateTime>,
    /// What is to be done, in words. Wire: `description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was created. Wire: `creationDate`.
    #[doc(alias = "creationDate")]
    #[serde(
        rename = "creationDate",
        with = "wire::instant",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub created_at: Option<OffsetDateTime>,
    /// The contact on site. Wire: `contact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Where it takes place. Empty if the service could not locate it. Wire: `address`.
    #[serde(default, deserialize_with = "wire::null_as_empty")]
    pub address: Address,
    /// The customer. Wire: `customer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The agreed time. Wire: `appointment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// Fields that the vendor's customer has defined. Wire: `properties`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Properties>,
    /// The resource that it is assigned to while it is in no round. Wire: `preAssignment`.
    #[doc(alias = "preAssignment")]
    #[serde(rename = "preAssignment", skip_serializing_if = "Option::is_none")]
    pub pre_assignment: Option<PreAssignment>,
    /// The skills and attributes that the resource must have. Absent and empty are different
    /// (finding [G-40](crate::contract#g-40)). Wire: `enumerables`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enumerables: Option<Vec<Enumerable>>,
    /// What is delivered. Wire: `orders`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<Vec<Order>>,
    /// When the place is open, in no particular order: [`opening_hours`](Self::opening_hours) has
    /// them as a set. Wire: `openingHours`.
    #[doc(alias = "openingHours")]
    #[serde(rename = "openingHours", skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<Vec<TaskOpeningHour>>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Task {
    id,
    duration,
    due_at,
    created_at,
    appointment,
    pre_assignment
});

impl Task {
    /// A task of which only what is always there is set; its address is empty.
    #[must_use]
    pub fn new(id: TaskId, name: impl Into<String>, duration: Duration) -> Self {
        Self {
            id,
            name: name.into(),
            foreign_id: None,
            duration,
            due_at: None,
            description: None,
            created_at: None,
            contact: None,
            address: Address::default(),
            customer: None,
            appointment: None,
            properties: None,
            pre_assignment: None,
            enumerables: None,
            orders: None,
            opening_hours: None,
            unknown: UnknownFields::new(),
        }
    }

    /// When the place is open, in the order of the week; `None` if the service did not return it.
    #[must_use]
    pub fn opening_hours(&self) -> Option<OpeningHours> {
        let hours = self.opening_hours.as_ref()?;
        Some(hours.iter().map(TaskOpeningHour::hour).collect())
    }
}

/// What an assignment asks for, as it is sent, to add it or to replace what is there.
///
/// In an update, everything that is `None` becomes blank, except for the arrays: `None` leaves them
/// as they are, an empty one clears them. So start from what was read, with
/// [`TaskUpdate::from_read`](crate::TaskUpdate::from_read).
///
/// `Debug` shows dates and the duration only.
///
/// Docs: [Type: NewTask](crate::contract::task#type-newtask).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewTask {
    /// From 1 to 100 characters. Wire: `name`.
    pub name: String,
    /// The caller's foreign id, by which the activity can be found. The service does not require it
    /// to be unique; make it so. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// How long it takes: a whole number of minutes, or it is refused before sending. Wire:
    /// `duration`, in minutes (finding [G-01](crate::contract#g-01)).
    #[serde(with = "wire::minutes")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub duration: Duration,
    /// When it must be done, to the millisecond. Wire: `dueDate`, in epoch milliseconds.
    #[doc(alias = "dueDate")]
    #[serde(
        rename = "dueDate",
        with = "wire::epoch_milliseconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub due_at: Option<OffsetDateTime>,
    /// From 1 to 400 characters. Wire: `description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The contact on site. Wire: `contact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Where it takes place. Wire: `address`.
    pub address: NewAddress,
    /// The customer. Wire: `customer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerReference>,
    /// The agreed time. Wire: `appointment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<NewAppointment>,
    /// What is delivered. Wire: `orders`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<Vec<NewOrder>>,
    /// The skills and attributes that the resource must have. Whether an update changes it is not
    /// documented (finding [G-34](crate::contract#g-34)). Wire: `enumerables`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enumerables: Option<Vec<NewEnumerable>>,
    /// When the place is open. Wire: `openingHours`.
    #[doc(alias = "openingHours")]
    #[serde(
        rename = "openingHours",
        with = "wire::hours::Spelled::<OfTask>",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<OfTask>>"))]
    pub opening_hours: Option<OpeningHours>,
}

redacted_debug!(NewTask {
    duration,
    due_at,
    customer,
    appointment,
    opening_hours
});

impl NewTask {
    /// A task of which only what is required is set.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        duration: Duration,
        address: impl Into<NewAddress>,
    ) -> Self {
        Self {
            name: name.into(),
            foreign_id: None,
            duration,
            due_at: None,
            description: None,
            contact: None,
            address: address.into(),
            customer: None,
            appointment: None,
            orders: None,
            enumerables: None,
            opening_hours: None,
        }
    }
}

/// Takes over everything that can be sent, with the units converted. The service's ids of the
/// parts are left out, and so is an empty description, which may be read but not sent.
impl From<&Task> for NewTask {
    fn from(task: &Task) -> Self {
        let is_not_empty = |text: &&String| !text.is_empty();
        Self {
            name: task.name.clone(),
            foreign_id: task.foreign_id.clone(),
            duration: task.duration,
            due_at: task.due_at,
            description: task.description.as_ref().filter(is_not_empty).cloned(),
            contact: task.contact.as_ref().map(Contact::as_sent),
            address: NewAddress::from(&task.address),
            customer: task.customer.as_ref().map(|customer| customer.id.into()),
            appointment: task.appointment.as_ref().map(NewAppointment::from),
            orders: task.orders.as_deref().map(convert),
            enumerables: task.enumerables.as_deref().map(convert),
            opening_hours: task.opening_hours(),
        }
    }
}

/// What was read, as it is sent.
pub(crate) fn convert<'a, R, S: From<&'a R>>(read: &'a [R]) -> Vec<S> {
    read.iter().map(S::from).collect()
}

setters!(NewTask {
    foreign_id: String,
    due_at: OffsetDateTime,
    description: String,
    contact: Contact,
    customer: CustomerReference,
    appointment: NewAppointment,
    orders: Vec<NewOrder>,
    enumerables: Vec<NewEnumerable>,
    opening_hours: OpeningHours,
});

validated!(NewTask);

impl Validate for NewTask {
    fn validate(&self, violations: &mut Violations) {
        violations.length("name", &self.name, 1..=100);
        check_not_blank(
            ("foreign_id", "foreignId"),
            self.foreign_id.as_deref(),
            violations,
        );
        violations.require(
            "duration",
            wire::whole_minutes(self.duration).is_some(),
            wire::MINUTES_RULE,
        );
        let is_writable = self.due_at.is_none_or(wire::is_writable);
        violations.require(("due_at", "dueDate"), is_writable, wire::DATE_RULE);
        if let Some(description) = &self.description {
            violations.length("description", description, 1..=400);
        }
        violations.nested("address", &self.address);
        if let Some(appointment) = &self.appointment {
            violations.nested("appointment", appointment);
        }
        violations.each("orders", self.orders.iter().flatten());
        violations.each("enumerables", self.enumerables.iter().flatten());
        if let Some(hours) = &self.opening_hours {
            violations.each(
                ("opening_hours", "openingHours"),
                &wire::hours::spelled::<OfTask>(hours),
            );
        }
    }
}

/// The contact on site of a task. A customer spells the same fields differently (finding
/// [G-17](crate::contract#g-17)).
///
/// `Debug` shows none of it.
///
/// Docs: [Type: Contact](crate::contract::task#type-contact).
#[derive(Clone, Default, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Contact {
    /// Phone number. Wire: `phoneNumber`.
    #[doc(alias = "phoneNumber")]
    #[serde(rename = "phoneNumber", skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Mobile phone number. Wire: `mobileNumber`.
    #[doc(alias = "mobileNumber")]
    #[serde(rename = "mobileNumber", skip_serializing_if = "Option::is_none")]
    pub mobile_number: Option<String>,
    /// E-mail address. Wire: `mail`.
    #[doc(alias = "mail")]
    #[serde(rename = "mail", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Contact {});

impl Contact {
    /// An empty contact.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The part of a contact that can be sent.
    fn as_sent(&self) -> Self {
        Self {
            unknown: UnknownFields::new(),
            ..self.clone()
        }
    }
}

/// An agreed time, as it is read.
///
/// Docs: [Type: Appointment](crate::contract::task#type-appointment).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Appointment {
    /// The appointment's id. Wire: `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<AppointmentId>,
    /// When it starts. Wire: `start`.
    #[doc(alias = "start")]
    #[serde(rename = "start", with = "wire::instant")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::schema::Instant"))]
    pub starts_at: OffsetDateTime,
    /// When it ends. Wire: `end`.
    #[doc(alias = "end")]
    #[serde(rename = "end", with = "wire::instant")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::schema::Instant"))]
    pub ends_at: OffsetDateTime,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Appointment {
    id,
    starts_at,
    ends_at
});

impl Appointment {
    /// An appointment from one instant to another.
    #[must_use]
    pub fn new(starts_at: OffsetDateTime, ends_at: OffsetDateTime) -> Self {
        Self {
            id: None,
            starts_at,
            ends_at,
            unknown: UnknownFields::new(),
        }
    }
}

/// An agreed time, as it is sent.
///
/// Docs: [Type: NewAppointment](crate::contract::task#type-newappointment).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewAppointment {
    /// To the millisecond. Wire: `start`, in epoch milliseconds.
    #[doc(alias = "start")]
    #[serde(rename = "start", with = "wire::epoch_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub starts_at: OffsetDateTime,
    /// To the millisecond. Wire: `end`, in epoch milliseconds.
    #[doc(alias = "end")]
    #[serde(rename = "end", with = "wire::epoch_milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub ends_at: OffsetDateTime,
}

impl NewAppointment {
    /// From one instant to another.
    #[must_use]
    pub const fn new(starts_at: OffsetDateTime, ends_at: OffsetDateTime) -> Self {
        Self { starts_at, ends_at }
    }
}

impl From<&Appointment> for NewAppointment {
    fn from(appointment: &Appointment) -> Self {
        Self::new(appointment.starts_at, appointment.ends_at)
    }
}

validated!(NewAppointment);

impl Validate for NewAppointment {
    fn validate(&self, violations: &mut Violations) {
        for (name, at) in [
            (("starts_at", "start"), self.starts_at),
            (("ends_at", "end"), self.ends_at),
        ] {
            violations.require(name, wire::is_writable(at), wire::DATE_RULE);
        }
        violations.require(
            ("ends_at", "end"),
            self.starts_at <= self.ends_at,
            "must not be before the start",
        );
    }
}

/// Something that a task delivers, as it is read.
///
/// `Debug` shows the id only.
///
/// Docs: [Type: Order](crate::contract::task#type-order).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Order {
    /// The order's id. Wire: `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<OrderId>,
    /// The caller's foreign id of the product. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// The product's name. Wire: `name`.
    pub name: String,
    /// The unit of the amount. Wire: `unit`.
    pub unit: String,
    /// How much of it. Wire: `amount`.
    pub amount: f64,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Order { id });

impl Order {
    /// An order of which only what is always there is set.
    #[must_use]
    pub fn new(name: impl Into<String>, amount: f64, unit: impl Into<String>) -> Self {
        Self {
            id: None,
            foreign_id: None,
            name: name.into(),
            unit: unit.into(),
            amount,
            unknown: UnknownFields::new(),
        }
    }
}

/// Something that a task delivers, as it is sent.
///
/// `Debug` shows none of it.
///
/// Docs: [Type: NewOrder](crate::contract::task#type-neworder).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewOrder {
    /// The caller's foreign id of the product, 50 characters at most. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// The product's name. Wire: `name`.
    pub name: String,
    /// The unit of the amount. The service converts nothing: use the same one for a product,
    /// always. Wire: `unit`.
    pub unit: String,
    /// How much of it. Wire: `amount`.
    pub amount: f64,
}

redacted_debug!(NewOrder {});

impl NewOrder {
    /// So much of a product, in that unit.
    #[must_use]
    pub fn new(name: impl Into<String>, amount: f64, unit: impl Into<String>) -> Self {
        Self {
            foreign_id: None,
            name: name.into(),
            unit: unit.into(),
            amount,
        }
    }
}

impl From<&Order> for NewOrder {
    fn from(order: &Order) -> Self {
        Self {
            foreign_id: order.foreign_id.clone(),
            name: order.name.clone(),
            unit: order.unit.clone(),
            amount: order.amount,
        }
    }
}

setters!(NewOrder { foreign_id: String });

validated!(NewOrder);

impl Validate for NewOrder {
    fn validate(&self, violations: &mut Violations) {
        if let Some(reference) = &self.foreign_id {
            violations.length(("foreign_id", "foreignId"), reference, 0..=50);
        }
        violations.require("amount", self.amount.is_finite(), "must be a number");
    }
}

/// When the place of a task is open on one day of the week, as it is read.
///
/// Docs: [Type: OpeningHour](crate::contract::opening_hours#type-openinghour).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TaskOpeningHour {
    /// The opening hour's id. Wire: `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<OpeningHourId>,
    /// The day. Wire: `weekDay`, 0 for Monday.
    #[doc(alias = "weekDay")]
    #[serde(rename = "weekDay", with = "wire::hours::DaysFrom::<0>")]
    #[cfg_attr(feature = "schema", schemars(with = "u8"))]
    pub day: Weekday,
    /// When it opens. Wire: `from`, in minutes from midnight.
    #[doc(alias = "from")]
    #[serde(rename = "from")]
    pub opens: TimeOfDay,
    /// When it closes. Wire: `to`, in minutes from midnight.
    #[doc(alias = "to")]
    #[serde(rename = "to")]
    pub closes: TimeOfDay,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(TaskOpeningHour {
    id,
    day,
    opens,
    closes
});

impl From<OpeningHour> for TaskOpeningHour {
    fn from(hour: OpeningHour) -> Self {
        Self {
            id: None,
            day: hour.day,
            opens: hour.opens,
            closes: hour.closes,
            unknown: UnknownFields::new(),
        }
    }
}

impl TaskOpeningHour {
    /// The hour without the service's id.
    #[must_use]
    pub fn hour(&self) -> OpeningHour {
        OpeningHour::new(self.day, self.opens, self.closes)
    }
}

/// Says which resource has an activity that is in no round yet.
///
/// Docs: [Type: PreAssignment](crate::contract::task#type-preassignment).
#[derive(Clone, Default, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PreAssignment {
    /// The resource. Wire: `resource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceReference>,
    /// The date that it was assigned for. Wire: `preAssignedDate`.
    #[doc(alias = "preAssignedDate")]
    #[serde(
        rename = "preAssignedDate",
        with = "wire::instant",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub at: Option<OffsetDateTime>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(PreAssignment { resource, at });

/// The customer of a task that is sent.
///
/// Docs: [Type: CustomerReference](crate::contract::task#type-customerreference).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CustomerReference {
    /// The customer's id. Wire: `id`.
    pub id: CustomerId,
}

impl From<CustomerId> for CustomerReference {
    fn from(id: CustomerId) -> Self {
        Self { id }
    }
}
