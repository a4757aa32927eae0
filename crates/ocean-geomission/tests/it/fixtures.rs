//! The documented payloads are read and, where they are sent, written back without loss.

use ocean_geomission::{MissionStatus, MissionUpdate, NewMission, Receipt, Recipient};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::full_mission;

/// Reads a request as a `T` and writes it back.
fn assert_written_as_documented<T: DeserializeOwned + Serialize>(fixture: &str) {
    let request: T = serde_json::from_str(fixture).unwrap();
    let mut documented: Value = serde_json::from_str(fixture).unwrap();
    // The customer belongs to the client, not to the mission.
    documented.as_object_mut().unwrap().remove("customerId");
    assert_eq!(serde_json::to_value(request).unwrap(), documented);
}

#[test]
fn every_documented_mission_is_written_as_documented() {
    for fixture in [
        include_str!("../fixtures/create_mission/request-vehicle.json"),
        include_str!("../fixtures/create_mission/request-person.json"),
        include_str!("../fixtures/create_mission/request-full-name.json"),
    ] {
        assert_written_as_documented::<NewMission>(fixture);
    }
}

#[test]
fn every_documented_update_is_written_as_documented() {
    for fixture in [
        include_str!("../fixtures/modify_mission/request-vehicle.json"),
        include_str!("../fixtures/modify_mission/request-person.json"),
        include_str!("../fixtures/modify_mission/request-full-name.json"),
    ] {
        assert_written_as_documented::<MissionUpdate>(fixture);
    }
}

#[test]
fn an_update_made_from_a_mission_repeats_all_of_it() {
    let mission = full_mission("M-1");
    let created = serde_json::to_value(&mission).unwrap();
    let update = MissionUpdate::from(mission);
    assert_eq!(serde_json::to_value(update).unwrap(), created);
}

#[test]
fn a_documented_recipient_is_the_one_meant() {
    let person = include_str!("../fixtures/create_mission/request-person.json");
    let mission: NewMission = serde_json::from_str(person).unwrap();
    assert!(mission.recipient == Some(Recipient::person("Durand", "Éloïse")));
}

#[test]
fn a_documented_status_is_read() {
    let status: MissionStatus =
        serde_json::from_str(include_str!("../fixtures/mission_status/response.json")).unwrap();
    assert_eq!(status.status_code.as_deref(), Some("FINISHED"));
    assert_eq!(status.complement.as_deref(), Some("Left at the gate"));
    assert_eq!(status.external_id.as_deref(), Some("7305511"));
    let refused: MissionStatus = serde_json::from_str(include_str!(
        "../fixtures/mission_status/response-refused.json"
    ))
    .unwrap();
    assert_eq!(refused.refusal_reason.as_deref(), Some("Vehicle too small"));
}

#[test]
fn the_date_of_a_status_is_read_in_both_spellings() {
    for spelling in ["time", "timestring"] {
        let json = format!(r#"{{"{spelling}": "24/11/2025 09:12"}}"#);
        let status: MissionStatus = serde_json::from_str(&json).unwrap();
        assert_eq!(status.time.as_deref(), Some("24/11/2025 09:12"));
    }
}

#[test]
fn a_documented_receipt_is_read() {
    let receipt: Receipt =
        serde_json::from_str(include_str!("../fixtures/create_mission/response.json")).unwrap();
    assert_eq!(receipt.message.as_deref(), Some("Mission created"));
}

/// Reads a fixture as a `T`, and what is written of it again.
#[track_caller]
fn assert_is_kept<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(fixture: &str) {
    let value: T = serde_json::from_str(fixture).unwrap();
    let written = serde_json::to_string(&value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&written).unwrap(), value);
}

#[test]
fn every_documented_value_is_written_and_read_as_the_same_value() {
    for fixture in [
        include_str!("../fixtures/create_mission/response.json"),
        include_str!("../fixtures/modify_mission/response.json"),
        include_str!("../fixtures/delete_mission/response.json"),
    ] {
        assert_is_kept::<Receipt>(fixture);
    }
    for fixture in [
        include_str!("../fixtures/mission_status/response.json"),
        include_str!("../fixtures/mission_status/response-refused.json"),
    ] {
        assert_is_kept::<MissionStatus>(fixture);
    }
    for fixture in [
        include_str!("../fixtures/create_mission/request-vehicle.json"),
        include_str!("../fixtures/create_mission/request-person.json"),
        include_str!("../fixtures/create_mission/request-full-name.json"),
    ] {
        assert_is_kept::<NewMission>(fixture);
        assert_is_kept::<MissionUpdate>(fixture);
    }
}

#[test]
fn a_status_can_be_made_for_a_test() {
    let mut status = MissionStatus::default();
    status.status_code = Some("FINISHED".to_owned());
    let written = serde_json::to_value(&status).unwrap();
    assert_eq!(written, serde_json::json!({ "statusCode": "FINISHED" }));
    assert_eq!(Receipt::default().message, None);
}
