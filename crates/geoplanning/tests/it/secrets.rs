//! Marked secrets and personal data show nowhere.

use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex};

use geoplanning::{
    Activity, ActivityStatus, ActivityType, ActivityTypeReference, Address, Appointment, Assign,
    Attachment, Cancel, Capacity, Client, Contact, Coordinates, Customer, CustomerReference,
    Enumerable, Event, HistoryEntry, LoginUser, NewActivity, NewAddress, NewAppointment,
    NewCapacity, NewCustomer, NewEnumerable, NewOrder, NewResource, NewRound, NewTask, Order,
    PersonReference, Plan, Poi, PreAssignment, Progress, Resource, ResourceReference, Round,
    RoundKey, RoundReference, SimpleActivityUpdate, StatusReference, StreetAddress, Task,
    TaskOpeningHour, TaskUpdate, Unassign, User,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::macros::datetime;

use crate::support::{client, fixture, key_of, new_activity, sandbox};

const CANARY: &str = "canary";

/// What may be printed: no text of it is personal.
const HARMLESS: [&str; 8] = [
    "subtype",
    "type",
    "metaType",
    "resourceActivityType",
    "hashKey",
    "userLanguage",
    "roles",
    "roundHash",
];

/// The value with every text marked that might be personal, and every coordinate.
fn laden(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().map(laden).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| {
                let is_date = name.ends_with("Date") || ["date", "start", "end"].contains(&&*name);
                let value = match value {
                    Value::String(_) if is_date || HARMLESS.contains(&&*name) => value,
                    Value::String(_) => Value::from(CANARY),
                    Value::Number(_) if name == "longitude" || name == "latitude" => {
                        Value::from(12.345_678)
                    }
                    other => laden(other),
                };
                (name, value)
            });
            let mut fields: serde_json::Map<_, _> = fields.collect();
            fields.insert("aFieldOfTomorrow".to_owned(), Value::from(CANARY));
            Value::Object(fields)
        }
        other => other,
    }
}

fn printed<T: DeserializeOwned + Debug>(fixture_name: &str, pointer: &str) -> String {
    let value = laden(fixture(fixture_name).pointer(pointer).unwrap().clone());
    let read: T = serde_json::from_value(value).unwrap();
    format!("{read:#?}")
}

fn assert_clean(text: &str) {
    assert!(!text.contains(CANARY), "{text}");
    assert!(!text.contains("12.345"), "{text}");
}

#[test]
fn no_type_that_is_read_prints_personal_data() {
    for text in [
        printed::<Activity>("add_activity/response", "/activity"),
        printed::<Activity>("assign_activity/response", "/activity"),
        printed::<Activity>("get_activity/response", "/activity"),
        printed::<Activity>("update_activity/response-simple-activity", "/activity"),
        printed::<Vec<Round>>("plan_activity/response", "/rounds"),
        printed::<Vec<HistoryEntry>>("activity_history/response", "/activities"),
        printed::<Vec<Attachment>>("activity_attachments/response", "/attachments"),
        printed::<Vec<Poi>>("closest_pois_by_address/response", "/pois"),
        printed::<Resource>("add_resource/response", "/resource"),
        printed::<User>("get_user/response", "/user"),
        printed::<LoginUser>("check_login/response", "/userData"),
        printed::<Customer>("get_customer/response", "/customer"),
        printed::<Address>("get_customer/response", "/customer/address"),
    ] {
        assert!(text.contains("id"), "what helps is shown: {text}");
        assert_clean(&text);
    }
}

#[test]
fn the_parts_print_no_personal_data_by_themselves() {
    let added = "add_activity/response";
    for text in [
        printed::<ActivityType>(added, "/activity/type"),
        printed::<ActivityStatus>(added, "/activity/status"),
        printed::<Task>(added, "/activity/task"),
        printed::<Contact>(added, "/activity/task/contact"),
        printed::<Appointment>(added, "/activity/task/appointment"),
        printed::<Vec<Order>>(added, "/activity/task/orders"),
        printed::<Vec<Enumerable>>(added, "/activity/task/enumerables"),
        printed::<Vec<TaskOpeningHour>>(added, "/activity/task/openingHours"),
        printed::<PreAssignment>("assign_activity/response", "/activity/task/preAssignment"),
        printed::<RoundReference>("get_activity/response", "/activity/round"),
        printed::<ResourceReference>("get_activity/response", "/activity/round/resource"),
        printed::<PersonReference>("get_activity/response", "/activity/round/person"),
        printed::<Vec<Capacity>>("get_resource/response", "/resource/capacities"),
        printed::<Event>(
            "start_activity_by_event/response",
            "/rounds/0/activities/0/event",
        ),
    ] {
        assert_clean(&text);
    }
}

#[test]
fn no_type_that_is_sent_prints_personal_data() {
    for text in [
        printed::<NewActivity>("add_activity/request", ""),
        printed::<TaskUpdate>("update_activity/request-task", ""),
        printed::<SimpleActivityUpdate>("update_activity/request-simple-activity", ""),
        printed::<NewResource>("add_resource/request", ""),
        printed::<NewCustomer>("add_customer/request", ""),
        printed::<StreetAddress>("add_customer/request", "/address"),
        printed::<Coordinates>("add_customer/request", "/address"),
        printed::<NewAddress>("add_customer/request", "/address"),
        printed::<ActivityTypeReference>("add_activity/request", "/type"),
        printed::<NewTask>("add_activity/request", "/task"),
        printed::<NewAppointment>("add_activity/request", "/task/appointment"),
        printed::<CustomerReference>("add_activity/request", "/task/customer"),
        printed::<Vec<NewOrder>>("add_activity/request", "/task/orders"),
        printed::<Vec<NewEnumerable>>("add_activity/request", "/task/enumerables"),
        printed::<Vec<NewCapacity>>("add_resource/request", "/capacities"),
        printed::<Assign>("assign_activity/request", ""),
        printed::<Plan>("plan_activity/request", ""),
        printed::<RoundKey>("plan_activity/request", "/round"),
        printed::<StatusReference>("plan_activity/request", "/status"),
        printed::<Unassign>("unassign_activity/request", ""),
        printed::<Progress>("start_activity/request", ""),
        printed::<Cancel>("cancel_activity/request", ""),
        printed::<NewRound>("add_round/request", ""),
    ] {
        assert_clean(&text);
    }
}

/// Collects everything that is traced.
#[derive(Clone, Default)]
struct Traces(Arc<Mutex<Vec<u8>>>);

impl io::Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn calls_and_their_errors_print_nothing_of_what_was_sent_or_received() {
    // For the whole process: a subscriber of this thread alone misses what other tests have made
    // known as unheard.
    let traces = Traces::default();
    let writer = traces.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut printed = String::new();
    let mut note = |error: geoplanning::Error| {
        printed.push_str(&format!("{error} {error:?} {error:#?}"));
        let mut source = std::error::Error::source(&error);
        while let Some(next) = source {
            printed.push_str(&format!("{next} {next:?}"));
            source = next.source();
        }
    };

    let mut new = new_activity("canary-reference");
    new.task.name = "canary-name".to_owned();
    client.activities().add(&new).await.unwrap();
    note(
        client
            .activities()
            .get_by_foreign_id("canary-none")
            .await
            .unwrap_err(),
    );
    note(
        client
            .customers()
            .get_by_foreign_id("canary/none")
            .await
            .unwrap_err(),
    );
    sandbox
        .geoplanning()
        .faults()
        .on("add_activity")
        .times(1)
        .reset();
    note(client.activities().add(&new).await.unwrap_err());
    let refused = vendor_sandbox::geoplanning::failure(9, "canary-words");
    sandbox
        .geoplanning()
        .faults()
        .on("add_activity")
        .respond(refused);
    note(client.activities().add(&new).await.unwrap_err());
    sandbox
        .geoplanning()
        .faults()
        .on("get_user")
        .always()
        .garbage();
    note(client.users().get(1.into(), &[]).await.unwrap_err());
    new.task.description = Some("canary".repeat(100));
    note(client.activities().add(&new).await.unwrap_err());
    let mut stale = key_of(&client, 1).await;
    stale.hash_key = "canary-key".to_owned();
    let at = Progress::new(stale, datetime!(2026-03-02 09:00 UTC));
    note(client.activities().start(5.into(), &at).await.unwrap_err());
    let wrong = Client::builder()
        .base_url(sandbox.geoplanning().base_url())
        .credentials("canary-login", "canary-password")
        .build()
        .unwrap();
    note(wrong.check_login().await.unwrap_err());

    // The credentials in base64: "canary-login:canary-password".
    let encoded = "Y2FuYXJ5LWxvZ2lu";
    let traced = String::from_utf8(traces.0.lock().unwrap().clone()).unwrap();
    assert!(
        traced.contains("add_activity") || traced.contains("/activity"),
        "{traced}"
    );
    for text in [printed, traced] {
        assert_clean(&text);
        assert!(!text.contains(encoded), "{text}");
    }
}
