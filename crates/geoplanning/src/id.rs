//! The service's identifiers: a type for each kind of thing.

use vendor_client_core::id;

id! {
    /// An activity. Not its task: see [`TaskId`].
    ActivityId;
    /// A task, which is what an assignment asks for. Not the assignment: see [`ActivityId`].
    TaskId;
    /// A round.
    RoundId;
    /// A resource.
    ResourceId;
    /// The person who drives a round.
    PersonId;
    /// A customer.
    CustomerId;
    /// A user.
    UserId;
    /// An activity's status.
    StatusId;
    /// An activity's type.
    ActivityTypeId;
    /// An event.
    EventId;
    /// An address.
    AddressId;
    /// An appointment.
    AppointmentId;
    /// Something that a resource has or knows.
    EnumerableId;
    /// Something that a task delivers.
    OrderId;
    /// An opening hour of a task's.
    OpeningHourId;
    /// A capacity of a resource's.
    CapacityId;
    /// An attachment.
    AttachmentId;
    /// A point of interest.
    PoiId;
}

#[cfg(test)]
mod tests {
    use super::ActivityId;

    /// Finding G-45: the service gives 0 as an id.
    #[test]
    fn zero_and_below_are_identifiers() {
        for number in [0, -1, i64::MAX] {
            let text = number.to_string();
            let id: ActivityId = serde_json::from_str(&text).unwrap();
            assert_eq!(id, ActivityId::new(number));
            assert_eq!(serde_json::to_string(&id).unwrap(), text);
        }
    }
}
