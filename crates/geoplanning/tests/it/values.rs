//! What is received can be kept and read again, and made for a test of your own.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::time::Duration;

use geoplanning::{
    Activity, ActivityDetails, ActivityId, ActivityStatus, ActivityType, Attachment, Customer,
    CustomerId, HistoryEntry, List, LoginUser, Poi, Resource, ResourceId, Round, RoundId,
    SimpleActivity, StatusId, StatusKind, Task, TaskId, Unreadable, User,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::fixtures;

fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_str(&json.to_string()).unwrap()
}

#[track_caller]
fn assert_is_read_again<T: DeserializeOwned + Serialize + PartialEq + Debug>(value: &T) {
    let written = serde_json::to_value(value).unwrap();
    assert_eq!(&read::<T>(&written), value);
}

#[track_caller]
fn assert_is_kept<T: DeserializeOwned + Serialize + PartialEq + Debug>(received: &Value) {
    assert_is_read_again(&read::<T>(received));
}

/// What the vendor's examples of responses hold beside the outcome.
fn received() -> Vec<(String, Value)> {
    let mut received = Vec::new();
    for folder in fs::read_dir(fixtures()).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let file = file.unwrap();
            if file.file_name().to_str().unwrap().starts_with("response") {
                let text = fs::read_to_string(file.path()).unwrap();
                let envelope: serde_json::Map<String, Value> =
                    serde_json::from_str(&text).unwrap_or_default();
                received.extend(envelope);
            }
        }
    }
    received
}

#[test]
fn every_documented_value_is_written_and_read_as_the_same_value() {
    let mut seen = BTreeSet::new();
    for (name, value) in received() {
        match name.as_str() {
            "status" => continue,
            "activity" => assert_is_kept::<Activity>(&value),
            "activities" => assert_is_kept::<List<HistoryEntry>>(&value),
            "attachments" => assert_is_kept::<List<Attachment>>(&value),
            "activityStatus" => assert_is_kept::<List<ActivityStatus>>(&value),
            "activityTypes" => assert_is_kept::<List<ActivityType>>(&value),
            "customer" => assert_is_kept::<Customer>(&value),
            "userData" => assert_is_kept::<LoginUser>(&value),
            "pois" => assert_is_kept::<List<Poi>>(&value),
            "resource" => assert_is_kept::<Resource>(&value),
            "round" => assert_is_kept::<Round>(&value),
            "rounds" => assert_is_kept::<List<Round>>(&value),
            "user" => assert_is_kept::<User>(&value),
            "users" => assert_is_kept::<List<User>>(&value),
            other => panic!("no type for {other}"),
        }
        seen.insert(name);
    }
    assert_eq!(seen.len(), 13, "{seen:?}");
}

fn assigned() -> ActivityStatus {
    ActivityStatus::new(StatusId::new(3), StatusKind::Assigned)
}

#[test]
fn a_round_and_its_activities_can_be_made_for_a_test() {
    let mut task = Task::new(TaskId::new(7), "New line", Duration::from_secs(3600));
    task.foreign_id = Some("T-1".to_owned());
    task.customer = Some(Customer::new(CustomerId::new(1)));
    let mut lunch = SimpleActivity::default();
    lunch.name = Some("Lunch".to_owned());

    let mut round = Round::new(RoundId::new(3), "k1");
    let activities = vec![
        Activity::new(ActivityId::new(41), assigned(), task),
        Activity::new(ActivityId::new(42), assigned(), lunch),
    ];
    round.activities = Some(List::from(activities));

    assert_eq!(round.activities()[0].foreign_id(), Some("T-1"));
    let is_simple = matches!(
        round.activities()[1].details,
        ActivityDetails::SimpleActivity(_)
    );
    assert!(is_simple);
    assert_is_read_again(&round);
    assert_is_read_again(&Resource::new(ResourceId::new(1), "MIP"));
}

#[test]
fn a_list_with_an_element_that_cannot_be_read_can_be_made_for_a_test() {
    let lost = Unreadable::new(0, json!({ "id": "x" }), "expected i64");
    let list = List::from(vec![Customer::new(CustomerId::new(1))]).with_unreadable(lost);
    assert_eq!(list.len(), 1);
    assert!(list.complete().is_err());
}
