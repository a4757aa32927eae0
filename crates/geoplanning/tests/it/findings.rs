//! What the documents leave open or contradict, and a client has to survive.

use geoplanning::{
    Activity, ActivityStatus, ActivityType, ActivityTypeReference, Address, Contact, Customer,
    CustomerUpdate, Enumerable, NewCustomer, NewEnumerable, NewTask, OpeningHours, Poi, Resource,
    ResourceReference, ResourceUpdate, Round, SimpleActivityUpdate, StatusKind, Task, TaskUpdate,
    User,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::macros::time;

use crate::support::{fixture, is_same, naninne, without_nulls};

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn assert_kept<T: DeserializeOwned + Serialize>(value: &Value) {
    assert_eq!(&written(&read::<T>(value)), value);
}

/// Finding G-06: numbers in the tables, strings in the examples.
#[test]
fn every_date_of_a_response_is_read_as_a_number_too() {
    let mut value = fixture("get_activity/response")["activity"].clone();
    let expected: Activity = read(&value);
    value["computedStartDate"] = json!(1_436_780_914_000_i64);
    value["computedEndDate"] = json!(1_436_782_114_000_i64);
    value["task"]["dueDate"] = json!(1_436_796_000_000_i64);
    value["task"]["creationDate"] = json!(1_436_530_059_657_i64);
    assert_eq!(read::<Activity>(&value), expected);
}

/// Finding G-10: a status of a kind that no list has.
#[test]
fn a_status_of_an_unknown_kind_is_kept_and_can_be_compared() {
    let status = json!({ "id": 13, "type": "ON_HOLD" });
    assert_kept::<ActivityStatus>(&status);
    let status: ActivityStatus = read(&status);
    assert_eq!(status.kind, StatusKind::from("ON_HOLD"));
    assert_eq!(status.kind.to_string(), "ON_HOLD");
}

/// Finding G-12: the tables have lower case.
#[test]
fn an_activity_type_in_lower_case_is_read_and_written_as_the_examples_have_it() {
    let mut value = fixture("list_activity_types/response")["activityTypes"][0].clone();
    let expected: ActivityType = read(&value);
    value["metaType"] = json!("waypoint");
    value["resourceActivityType"] = json!("active_business");
    value["roles"] = json!(["resource_create", "dispatcher_create"]);
    let lower: ActivityType = read(&value);
    assert_eq!(lower, expected);
    assert_eq!(written(&lower), written(&expected));
}

/// Finding G-14: one unknown subtype breaks no round.
#[test]
fn a_round_with_an_activity_of_tomorrow_is_read() {
    let mut value = fixture("plan_activity/response")["rounds"][0].clone();
    value["activities"][1]["subtype"] = json!("assignmet");
    assert_kept::<Round>(&value);
    let round: Round = read(&value);
    assert_eq!(round.activities().len(), 3);
    assert!(round.activities()[1].task().is_none());
    assert!(round.activities()[1].unknown.contains_key("task"));
}

/// Finding G-15: values that are never enumerated.
#[test]
fn what_is_never_enumerated_is_plain_text() {
    assert_kept::<Poi>(&json!({ "id": 1, "type": "PIZZERIA" }));
    assert_kept::<User>(&json!({ "id": 1, "roles": ["ROLE_OF_TOMORROW"] }));
    assert_kept::<Round>(&json!({ "id": 1, "hashKey": "k", "status": "PAUSED" }));
    assert_kept::<ActivityType>(&json!({ "name": "n", "icon": "squarre" }));
}

/// Finding G-16: `fid` and `foreignId`, even for the same thing.
#[test]
fn a_resources_reference_is_read_under_both_names() {
    for name in ["fid", "foreignId"] {
        let resource: Resource = read(&json!({ "id": 1, "name": "n", name: "MIP" }));
        assert_eq!(resource.foreign_id.as_deref(), Some("MIP"));
        assert_eq!(written(&resource)["fid"], "MIP");
        let reference: ResourceReference = read(&json!({ "id": 1, name: "MIP" }));
        assert_eq!(reference.foreign_id.as_deref(), Some("MIP"));
        assert_eq!(written(&reference)["foreignId"], "MIP");
    }
}

/// Finding G-17: a contact and a customer spell the same data differently.
#[test]
fn a_contact_and_a_customer_have_their_own_names() {
    let mut contact = Contact::new();
    contact.phone_number = Some("1".to_owned());
    contact.email = Some("2".to_owned());
    assert_eq!(
        written(&contact),
        json!({ "phoneNumber": "1", "mail": "2" })
    );
    let mut customer = NewCustomer::new("n", naninne());
    customer.phone_number = Some("1".to_owned());
    customer.email = Some("2".to_owned());
    let customer = written(&customer);
    assert_eq!(
        (&customer["telephoneNumber"], &customer["email"]),
        (&json!("1"), &json!("2"))
    );
}

/// Finding G-20: an activity's status is an object, a round's a text.
#[test]
fn a_status_is_what_it_is_where_it_stands() {
    let round: Round = read(&fixture("close_round/response")["round"]);
    assert_eq!(round.status.as_deref(), Some("CLOSED"));
    assert_eq!(round.activities()[0].status.kind, StatusKind::Completed);
}

/// Findings G-32 and G-33: the type of an attribute is always sent, its id never.
#[test]
fn an_attribute_is_sent_with_its_type_and_without_an_id() {
    let read_one: Enumerable = read(&json!({ "id": 7, "name": "French", "type": "Languages" }));
    let sent = written(&NewEnumerable::from(&read_one));
    assert_eq!(sent, json!({ "name": "French", "type": "Languages" }));
}

/// Findings G-34 and G-38: one type of task, with the fields of all tables and examples.
#[test]
fn what_was_read_of_a_task_is_all_that_an_update_sends() {
    let activity: Activity = read(&fixture("add_activity/response")["activity"]);
    let update = TaskUpdate::from_read(&activity).unwrap();
    let mut expected = fixture("add_activity/request");
    expected["task"]["orders"][0]["amount"] = json!(15.6);
    assert_eq!(written(&update), expected);
}

/// Finding G-35: the reference and the duration are the caller's to give.
#[test]
fn what_was_read_of_a_simple_activity_is_all_that_an_update_sends() {
    let activity: Activity = read(&fixture("update_activity/response-simple-activity")["activity"]);
    let duration = activity.simple_activity().unwrap().duration.unwrap();
    let reference = Some("r-123".to_owned());
    let update = SimpleActivityUpdate::from_read(&activity, reference, duration.if_minutes());
    let expected = fixture("update_activity/request-simple-activity");
    assert_eq!(written(&update.unwrap()), expected);
}

/// Finding G-31: all but what the service makes of `internal`.
#[test]
fn what_was_read_of_a_resource_is_all_that_an_update_sends() {
    let resource: Resource = read(&fixture("update_resource/response")["resource"]);
    let update = ResourceUpdate::from_read(&resource).unwrap();
    let mut expected = without_nulls(fixture("update_resource/request"));
    expected["internal"] = json!(true);
    assert!(is_same(&written(&update), &expected));
}

/// Finding G-09: the hours are the caller's to give.
#[test]
fn what_was_read_of_a_customer_is_all_that_an_update_sends() {
    let customer: Customer = read(&fixture("get_customer/response")["customer"]);
    let hours = OpeningHours::every_day(time!(8:00), time!(16:00));
    let update = CustomerUpdate::from_read(&customer, Some(hours)).unwrap();
    assert_eq!(written(&update), fixture("update_customer/request"));
}

/// Finding G-37: an address may lack anything.
#[test]
fn an_address_is_read_whatever_it_lacks() {
    for address in [
        json!({}),
        json!({ "id": 1 }),
        json!({ "longitude": 4.5 }),
        json!({ "country": "BE", "street": "Koningschapsstraat" }),
    ] {
        assert_kept::<Address>(&address);
    }
}

/// Finding G-39: what tables have and examples have not.
#[test]
fn an_activity_needs_neither_a_type_nor_a_reference_of_its_status() {
    let activity: Activity = read(&fixture("cancel_activity/response")["activity"]);
    assert_eq!(activity.activity_type, None);
    assert_eq!(activity.status.foreign_id, None);
}

/// Finding G-39: what was read without a type is sent without one, unless the caller knows it.
#[test]
fn an_update_has_the_type_that_was_read_or_the_callers() {
    let typed: Activity = read(&fixture("add_activity/response")["activity"]);
    let sent = written(&TaskUpdate::from_read(&typed).unwrap());
    assert_eq!(sent["type"], fixture("add_activity/request")["type"]);
    let untyped: Activity = read(&fixture("get_activity/response")["activity"]);
    let update = TaskUpdate::from_read(&untyped).unwrap();
    assert_eq!(written(&update).get("type"), None);
    let of_type = ActivityTypeReference::new("Delivery");
    let sent = written(&update.of_type(of_type));
    assert_eq!(sent["type"], json!({ "name": "Delivery" }));
}

/// Finding G-35: should the service return the reference one day, no update blanks it unasked.
#[test]
fn a_reference_that_was_read_after_all_is_sent() {
    let mut value = fixture("update_activity/response-simple-activity")["activity"].clone();
    value["foreignId"] = json!("r-123");
    let from_read = |given: Option<&str>| {
        let given = given.map(str::to_owned);
        SimpleActivityUpdate::from_read(&read(&value), given, None).unwrap()
    };
    assert_eq!(from_read(None).foreign_id.as_deref(), Some("r-123"));
    assert_eq!(from_read(Some("r-9")).foreign_id.as_deref(), Some("r-9"));
}

/// Finding G-40: absent, empty object, empty string and empty array are different values.
#[test]
fn absent_and_empty_stay_different() {
    let bare = json!({ "id": 1, "name": "n", "duration": 60, "address": {} });
    assert_kept::<Task>(&bare);
    let mut full = bare.clone();
    for (name, empty) in [
        ("properties", json!({})),
        ("contact", json!({ "phoneNumber": "", "mail": "" })),
        ("description", json!("")),
        ("enumerables", json!([])),
        ("orders", json!([])),
        ("openingHours", json!([])),
    ] {
        full[name] = empty;
    }
    assert_kept::<Task>(&full);
    assert_ne!(read::<Task>(&full), read::<Task>(&bare));

    let mut nulls = full.clone();
    for name in [
        "properties",
        "contact",
        "description",
        "enumerables",
        "orders",
        "openingHours",
    ] {
        nulls[name] = Value::Null;
    }
    assert_eq!(read::<Task>(&nulls), read::<Task>(&bare));
}

/// Finding G-40: an empty description is read, and cannot be sent.
#[test]
fn an_update_leaves_an_empty_description_out() {
    let task = json!({ "id": 1, "name": "n", "duration": 60, "address": {}, "description": "" });
    assert_eq!(NewTask::from(&read::<Task>(&task)).description, None);
}

/// Finding G-42: what nobody knows cannot be meant to be sent.
#[test]
fn unknown_fields_are_read_and_not_sent_back_in_an_update() {
    let mut value = fixture("add_activity/response")["activity"].clone();
    let expected = written(&TaskUpdate::from_read(&read(&value)).unwrap());
    for pointer in ["/task", "/task/contact", "/task/address", "/task/orders/0"] {
        value.pointer_mut(pointer).unwrap()["aFieldOfTomorrow"] = json!(1);
    }
    let update = TaskUpdate::from_read(&read(&value)).unwrap();
    assert_eq!(written(&update), expected);
}

/// Findings G-41 and G-42: fields that are in no table, today's and tomorrow's.
#[test]
fn unknown_fields_survive_at_every_level() {
    let mut value = fixture("add_activity/response")["activity"].clone();
    let pointers = [
        "",
        "/type",
        "/status",
        "/task",
        "/task/contact",
        "/task/address",
        "/task/customer",
        "/task/customer/address",
        "/task/appointment",
        "/task/properties",
        "/task/enumerables/0",
        "/task/orders/0",
        "/task/openingHours/0",
    ];
    for pointer in pointers {
        let object = value.pointer_mut(pointer).unwrap();
        object["aFieldOfTomorrow"] = json!({ "deep": [1, null, "x"] });
    }
    assert_kept::<Activity>(&value);
}

/// Finding G-42: a bare object of every kind is enough.
#[test]
fn only_what_nobody_can_do_without_is_required() {
    assert_kept::<Customer>(&json!({ "id": 0 }));
    assert_kept::<Poi>(&json!({ "id": 0 }));
    assert_kept::<User>(&json!({ "id": 0 }));
    assert_kept::<Round>(&json!({ "id": 0, "hashKey": "" }));
    assert_kept::<Resource>(&json!({ "id": 0, "name": "" }));
    assert_kept::<ActivityType>(&json!({ "name": "" }));
}

/// Finding G-45: 10 is sent and 10.0 comes back.
#[test]
fn amounts_are_numbers_with_and_without_a_fraction() {
    for amount in ["10", "10.0", "1e1"] {
        let text = format!(r#"{{"maxAmount": {amount}, "initAmount": 0}}"#);
        let capacity: geoplanning::Capacity = serde_json::from_str(&text).unwrap();
        assert_eq!(capacity.max_amount, 10.0);
    }
}
