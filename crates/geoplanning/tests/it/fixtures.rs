//! Every documented payload is read, and written back without loss.

use std::fs;

use geoplanning::{
    Activity, ActivityStatus, ActivityType, Assign, Attachment, Cancel, Customer, CustomerUpdate,
    HistoryEntry, LoginUser, NewActivity, NewCustomer, NewResource, NewRound, Plan, Poi, Progress,
    Resource, ResourceUpdate, Round, SimpleActivityUpdate, TaskUpdate, Unassign, User,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::{fixture, fixtures, is_same, without_nulls};

/// How many JSON payloads the vendor's text has.
const DOCUMENTED: usize = 52;

#[test]
fn every_documented_payload_is_read_and_written_back_without_loss() {
    let mut count = 0;
    for folder in fs::read_dir(fixtures()).unwrap() {
        let folder = folder.unwrap();
        let operation = folder.file_name().into_string().unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            let name = file.strip_suffix(".json").unwrap();
            let path = format!("{operation}/{name}");
            let documented = fixture(&path);
            let written = if name.starts_with("request") {
                request(&operation, name, &documented)
            } else {
                response(&documented)
            };
            // Finding G-33: the id of an attribute that is sent is null, and is left out.
            let documented = without_nulls(documented);
            assert!(
                is_same(&written, &documented),
                "{path}\n{written:#}\n{documented:#}"
            );
            count += 1;
        }
    }
    assert_eq!(count, DOCUMENTED);
}

fn request(operation: &str, name: &str, body: &Value) -> Value {
    match (operation, name) {
        ("add_activity", _) => again::<NewActivity>(body),
        ("update_activity", "request-task") => again::<TaskUpdate>(body),
        ("update_activity", "request-simple-activity") => again::<SimpleActivityUpdate>(body),
        ("assign_activity", _) => again::<Assign>(body),
        ("plan_activity", _) => again::<Plan>(body),
        ("unassign_activity", _) => again::<Unassign>(body),
        ("cancel_activity", _) => again::<Cancel>(body),
        (
            "start_activity"
            | "finish_activity"
            | "reject_activity"
            | "reject_working_activity"
            | "start_activity_by_event",
            _,
        ) => again::<Progress>(body),
        ("add_resource", _) => again::<NewResource>(body),
        ("update_resource" | "update_resource_by_foreign_id", _) => again::<ResourceUpdate>(body),
        ("add_round", _) => again::<NewRound>(body),
        ("add_customer", _) => again::<NewCustomer>(body),
        ("update_customer" | "update_customer_by_foreign_id", _) => again::<CustomerUpdate>(body),
        _ => panic!("no type for {operation}/{name}"),
    }
}

/// An answer with what was asked for read and written back. The envelope is not handed on.
fn response(answer: &Value) -> Value {
    let Some(envelope) = answer.as_object() else {
        return Value::Null;
    };
    assert_eq!(envelope["status"]["code"], 0);
    let read_again = envelope.iter().map(|(name, content)| {
        let content = match name.as_str() {
            "status" => content.clone(),
            "activity" => again::<Activity>(content),
            "activities" => again::<Vec<HistoryEntry>>(content),
            "attachments" => again::<Vec<Attachment>>(content),
            "rounds" => again::<Vec<Round>>(content),
            "round" => again::<Round>(content),
            "activityStatus" => again::<Vec<ActivityStatus>>(content),
            "activityTypes" => again::<Vec<ActivityType>>(content),
            "userData" => again::<LoginUser>(content),
            "user" => again::<User>(content),
            "users" => again::<Vec<User>>(content),
            "pois" => again::<Vec<Poi>>(content),
            "resource" => again::<Resource>(content),
            "customer" => again::<Customer>(content),
            _ => panic!("no type for {name}"),
        };
        (name.clone(), content)
    });
    Value::Object(read_again.collect())
}

fn again<T: DeserializeOwned + Serialize>(value: &Value) -> Value {
    let read: T = serde_json::from_str(&value.to_string()).unwrap();
    serde_json::to_value(read).unwrap()
}
