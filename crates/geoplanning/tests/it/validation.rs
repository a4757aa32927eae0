//! Documented constraints, refused before anything is sent: all at once, by wire path.

use std::time::Duration;

use geoplanning::{
    ActivityTypeReference, Assign, Cancel, Coordinates, NewActivity, NewAddress, NewAppointment,
    NewCapacity, NewCustomer, NewEnumerable, NewOrder, NewResource, NewRound, NewTask,
    OpeningHours, Plan, Progress, ResourceId, RoundId, RoundKey, SimpleActivityUpdate,
    StreetAddress, TaskId, TimeOfDay, Violations,
};
use time::macros::{datetime, time};
use time::{OffsetDateTime, Weekday};

use crate::support::{client, naninne, naninne_street, new_activity, sandbox, violations};

/// A year that no four digits can hold.
const TOO_EARLY: OffsetDateTime = datetime!(-0001-01-01 00:00 UTC);

fn key() -> RoundKey {
    RoundKey::new(RoundId::new(1), "key")
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_activity_is_told_at_once() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let far_off = NewAppointment::new(TOO_EARLY, datetime!(2026-03-02 09:00 UTC));
    let mut task = NewTask::new("", Duration::from_secs(90), Coordinates::new(0.0, 200.0));
    task.due_at = Some(TOO_EARLY);
    task.description = Some(String::new());
    task.appointment = Some(far_off);
    let mut order = NewOrder::new("Cable", f64::INFINITY, "m");
    order.foreign_id = Some("é".repeat(51));
    task.orders = Some(vec![NewOrder::new("Cable", 1.0, "m"), order]);
    let mut ability = NewEnumerable::new("French", "Languages");
    ability.foreign_id = Some("é".repeat(21));
    task.enumerables = Some(vec![ability]);
    task.opening_hours = Some(OpeningHours::on(
        Weekday::Monday,
        time!(9:00:01),
        time!(10:00),
    ));
    let of_type = ActivityTypeReference::new("").foreign_id("é".repeat(21));
    let new = NewActivity::new(task).of_type(of_type);
    let expected = [
        "type.fid",
        "type.name",
        "task.name",
        "task.duration",
        "task.dueDate",
        "task.description",
        "task.address.longitude",
        "task.appointment.start",
        "task.orders[1].foreignId",
        "task.orders[1].amount",
        "task.enumerables[0].foreignId",
        "task.openingHours[0].from",
    ];
    assert_eq!(violations(client.activities().add(&new).await), expected);
    assert_eq!(
        violations(client.activities().add_or_find(&new).await)[..12],
        expected
    );
    assert_eq!(
        violations(client.activities().update(1.into(), &new).await),
        expected
    );
    assert!(sandbox.geoplanning().ledger().entries().is_empty());
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_customer_is_told_at_once() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let address = StreetAddress::new("BEL", "é".repeat(51), "é".repeat(101), "é".repeat(101));
    let address = NewAddress::from(address.number("é".repeat(51)));
    let address = address.at(Coordinates::new(90.5, -180.5));
    let mut customer = NewCustomer::new("é".repeat(151), address);
    customer.foreign_id = Some("é".repeat(21));
    customer.mobile_number = Some("é".repeat(26));
    customer.phone_number = Some("é".repeat(26));
    customer.email = Some("é".repeat(51));
    customer.opening_hours = Some(OpeningHours::every_day(time!(8:00), TimeOfDay::EndOfDay));
    let mut expected = vec![
        "foreignId",
        "name",
        "mobileNumber",
        "telephoneNumber",
        "email",
        "address.longitude",
        "address.latitude",
        "address.country",
        "address.postcode",
        "address.locality",
        "address.street",
        "address.number",
    ];
    let hours: Vec<_> = (0..7)
        .map(|day| format!("openingHours[{day}].end"))
        .collect();
    expected.extend(hours.iter().map(String::as_str));
    assert_eq!(
        violations(client.customers().add(&customer).await),
        expected
    );
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_resource_is_told_at_once() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let nowhere = Coordinates::new(-91.0, f64::NAN);
    let mut elsewhere = naninne_street();
    elsewhere.country = "BEL".to_owned();
    let mut resource = NewResource::new("é".repeat(101), nowhere, elsewhere);
    let mut capacity = NewCapacity::new(f64::NAN, 1.0);
    capacity.foreign_id = Some("é".repeat(51));
    capacity.name = Some("é".repeat(51));
    capacity.unit = Some("é".repeat(51));
    resource.capacities = Some(vec![capacity]);
    let mut ability = NewEnumerable::new("French", "Languages");
    ability.foreign_id = Some("é".repeat(21));
    resource.enumerables = Some(vec![ability]);
    let expected = [
        "name",
        "startAddress.longitude",
        "startAddress.latitude",
        "endAddress.country",
        "enumerables[0].foreignId",
        "capacities[0].foreignId",
        "capacities[0].name",
        "capacities[0].unit",
        "capacities[0].maxAmount",
    ];
    assert_eq!(
        violations(client.resources().add(&resource).await),
        expected
    );
    resource.name.clear();
    let update = client.resources().update(1.into(), &resource).await;
    assert_eq!(violations(update), expected);
}

#[tokio::test]
async fn a_simple_activity_is_checked_as_well() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut update = SimpleActivityUpdate::blank();
    update.activity_type = Some(ActivityTypeReference::new("é".repeat(101)));
    update.duration = Some(Duration::from_millis(1));
    update.address = Some(Coordinates::new(91.0, 0.0).into());
    let expected = ["type.name", "duration", "address.latitude"];
    assert_eq!(
        violations(client.activities().update(1.into(), &update).await),
        expected
    );
}

#[tokio::test]
async fn a_date_that_cannot_be_written_is_refused_everywhere() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let id = 1.into();
    let progress = Progress::new(key(), TOO_EARLY);
    assert_eq!(violations(activities.start(id, &progress).await), ["date"]);
    assert_eq!(violations(activities.finish(id, &progress).await), ["date"]);
    assert_eq!(violations(activities.reject(id, &progress).await), ["date"]);
    assert_eq!(
        violations(activities.reject_working(id, &progress).await),
        ["date"]
    );
    assert_eq!(
        violations(client.events().start(1.into(), &progress).await),
        ["date"]
    );
    let plan = Plan::new(key(), 0, TOO_EARLY);
    assert_eq!(violations(activities.plan(id, &plan).await), ["date"]);
    let cancel = Cancel::outside_rounds(TOO_EARLY);
    assert_eq!(violations(activities.cancel(id, &cancel).await), ["date"]);
    let resource = ResourceId::new(1);
    let assign = Assign::new(resource, TaskId::new(1)).at(TOO_EARLY);
    assert_eq!(
        violations(activities.assign(id, &assign).await),
        ["assignDate"]
    );
    let round = NewRound::new(resource, TOO_EARLY);
    assert_eq!(violations(client.rounds().add(&round).await), ["date"]);
    assert_eq!(
        violations(client.rounds().list(resource, TOO_EARLY).await),
        ["date"]
    );
}

#[tokio::test]
async fn characters_are_counted_not_bytes() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut task = NewTask::new("é".repeat(100), Duration::from_secs(60), naninne());
    task.description = Some("é".repeat(400));
    assert!(
        client
            .activities()
            .add(&NewActivity::new(task.clone()))
            .await
            .is_ok()
    );
    task.name.push('é');
    task.description = Some("é".repeat(401));
    let refused = client.activities().add(&NewActivity::new(task)).await;
    assert_eq!(violations(refused), ["task.name", "task.description"]);
}

#[tokio::test]
async fn an_empty_reference_names_nobody() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    assert_eq!(violations(activities.get_by_foreign_id("").await), ["fid"]);
    assert_eq!(
        violations(activities.delete_by_foreign_id("").await),
        ["fid"]
    );
    let resources = client.resources();
    assert_eq!(
        violations(resources.get_by_foreign_id("", &[]).await),
        ["fid"]
    );
    assert_eq!(
        violations(resources.delete_by_foreign_id("").await),
        ["fid"]
    );
    let customers = client.customers();
    assert_eq!(
        violations(customers.delete_by_foreign_id("").await),
        ["ref"]
    );
    assert!(sandbox.geoplanning().ledger().entries().is_empty());
}

/// Finding G-36: a status is named by its id, by its reference, or by both. Neither can come from
/// stored JSON alone.
#[tokio::test]
async fn a_status_that_is_not_named_is_refused() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut stored = serde_json::to_value(Plan::new(key(), 0, OffsetDateTime::UNIX_EPOCH)).unwrap();
    stored["status"] = serde_json::json!({});
    let plan: Plan = serde_json::from_value(stored).unwrap();
    assert_eq!(
        violations(client.activities().plan(1.into(), &plan).await),
        ["status"]
    );
}

/// Finding G-23: left out, the reference would become blank, and the thing be lost to its owner.
#[tokio::test]
async fn an_update_by_reference_repeats_the_reference() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let mut task = NewTask::new("New line", Duration::from_secs(60), naninne());
    let mut simple = SimpleActivityUpdate::blank();
    let mut resource = NewResource::new("Jane Doe", naninne(), naninne());
    let mut customer = NewCustomer::new("Ferme du Pré", naninne());
    for given in [None, Some("another".to_owned())] {
        task.foreign_id.clone_from(&given);
        let update = NewActivity::new(task.clone());
        let result = activities.update_by_foreign_id("GP-1", &update).await;
        assert_eq!(violations(result), ["task.foreignId"]);
        simple.foreign_id.clone_from(&given);
        let result = activities.update_by_foreign_id("r-123", &simple).await;
        assert_eq!(violations(result), ["foreignId"]);
        resource.foreign_id.clone_from(&given);
        let result = client.resources().update_by_foreign_id("MIP", &resource);
        assert_eq!(violations(result.await), ["fid"]);
        customer.foreign_id = given;
        let result = client.customers().update_by_foreign_id("C-546", &customer);
        assert_eq!(violations(result.await), ["foreignId"]);
    }
    assert!(sandbox.geoplanning().ledger().entries().is_empty());
}

#[tokio::test]
async fn an_appointment_that_ends_before_it_begins_is_refused() {
    let sandbox = sandbox().await;
    let mut new = new_activity("GP-100");
    let nine = datetime!(2026-03-02 09:00 UTC);
    let ten = datetime!(2026-03-02 10:00 UTC);
    new.task.appointment = Some(NewAppointment::new(ten, nine));
    let added = client(&sandbox).activities().add(&new).await;
    assert_eq!(violations(added), ["task.appointment.end"]);
    new.task.appointment = Some(NewAppointment::new(nine, nine));
    assert!(client(&sandbox).activities().add(&new).await.is_ok());
}

#[tokio::test]
async fn opening_hours_over_midnight_are_refused_and_go_to_two_days() {
    let sandbox = sandbox().await;
    let mut new = new_activity("GP-100");
    let overnight = OpeningHours::on(Weekday::Friday, time!(22:00), time!(6:00));
    new.task.opening_hours = Some(overnight);
    let added = client(&sandbox).activities().add(&new).await;
    assert_eq!(violations(added), ["task.openingHours[0]"]);
    let two_days = OpeningHours::on(Weekday::Friday, time!(22:00), TimeOfDay::EndOfDay).and(
        Weekday::Saturday,
        time!(0:00),
        time!(6:00),
    );
    new.task.opening_hours = Some(two_days);
    assert!(client(&sandbox).activities().add(&new).await.is_ok());
}

#[tokio::test]
async fn a_blank_foreign_id_is_refused_wherever_it_is() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (activities, customers, resources) =
        (client.activities(), client.customers(), client.resources());
    for blank in [" ", "\t"] {
        let activity = new_activity(blank);
        let mut customer = NewCustomer::new("Ferme du Pré", naninne());
        customer.foreign_id = Some(blank.to_owned());
        let mut resource = NewResource::new("Jane Doe", naninne(), naninne());
        resource.foreign_id = Some(blank.to_owned());
        assert_eq!(
            violations(activities.add(&activity).await),
            ["task.foreignId"]
        );
        let found = activities.find_or_add(&activity).await;
        assert_eq!(violations(found), ["task.foreignId"]);
        assert_eq!(violations(customers.add(&customer).await), ["foreignId"]);
        assert_eq!(violations(resources.add(&resource).await), ["fid"]);
        assert_eq!(
            violations(activities.get_by_foreign_id(blank).await),
            ["fid"]
        );
        assert_eq!(
            violations(customers.get_by_foreign_id(blank).await),
            ["ref"]
        );
        assert_eq!(
            violations(resources.delete_by_foreign_id(blank).await),
            ["fid"]
        );
    }
}

#[test]
fn five_hundred_rows_are_validated_without_sending_one() {
    let rows = (0..500).map(|row| {
        let mut activity = new_activity(&format!("GP-{row}"));
        if row % 100 == 7 {
            activity.task.foreign_id = Some(" ".to_owned());
        }
        activity
    });
    let broken: Vec<_> = (0..)
        .zip(rows)
        .filter_map(|(row, activity)| Some((row, activity.validate().err()?.to_string())))
        .collect();
    let expected = [7, 107, 207, 307, 407].map(|row| {
        let message = "task.foreign_id (task.foreignId) must not be blank";
        (row, message.to_owned())
    });
    assert_eq!(broken, expected);
}

#[test]
fn everything_that_is_sent_can_be_validated_and_names_its_fields_in_rust() {
    let fields = |result: Result<(), Violations>| {
        let violations = result.unwrap_err();
        let fields = violations.iter().map(|found| found.field.clone());
        fields.collect::<Vec<_>>()
    };
    let mut update = SimpleActivityUpdate::blank();
    update.duration = Some(Duration::from_secs(1));
    update.activity_type = Some(ActivityTypeReference::new(""));
    assert_eq!(
        fields(update.validate()),
        ["activity_type.name", "duration"]
    );
    let assign = Assign::new(ResourceId::new(1), TaskId::new(2)).at(TOO_EARLY);
    assert_eq!(fields(assign.validate()), ["at"]);
    assert_eq!(fields(Plan::new(key(), 0, TOO_EARLY).validate()), ["at"]);
    assert_eq!(fields(Progress::new(key(), TOO_EARLY).validate()), ["at"]);
    assert_eq!(
        fields(Cancel::in_round(key(), TOO_EARLY).validate()),
        ["at"]
    );
    let place = NewCustomer::new("ACME", Coordinates::new(50.4, 4.9));
    assert_eq!(
        fields(place.validate()),
        [
            "address.country",
            "address.postal_code",
            "address.city",
            "address.street"
        ]
    );
    let round = NewRound::new(ResourceId::new(1), TOO_EARLY);
    assert_eq!(fields(round.validate()), ["date"]);
    let mut customer = NewCustomer::new("ACME", naninne_street());
    customer.foreign_id = Some(String::new());
    customer.opening_hours = Some(OpeningHours::on(
        Weekday::Monday,
        time!(9:00:01),
        time!(8:00),
    ));
    assert_eq!(
        fields(customer.validate()),
        ["foreign_id", "opening_hours[0].opens", "opening_hours[0]"]
    );
    let mut resource = NewResource::new(
        "VAN",
        Coordinates::new(91.0, 0.0),
        Coordinates::new(91.0, 0.0),
    );
    resource.capacities = Some(vec![NewCapacity::new(f64::NAN, 0.0)]);
    assert_eq!(
        fields(resource.validate()),
        [
            "start_address.latitude",
            "end_address.latitude",
            "capacities[0].max_amount"
        ]
    );
    assert!(
        geoplanning::Unassign::from_wherever_it_is()
            .validate()
            .is_ok()
    );
}
