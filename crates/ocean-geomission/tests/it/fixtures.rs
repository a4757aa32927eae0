//! The documented payloads are read and, where they are sent, written back without loss.

use ocean_geomission::{Mission, MissionStatus, Receipt, Recipient};
use serde_json::Value;

fn written_back(fixture: &str) -> (Value, Value) {
    let documented: Value = serde_json::from_str(fixture).unwrap();
    let mission: Mission = serde_json::from_str(fixture).unwrap();
    (documented, serde_json::to_value(mission).unwrap())
}

#[test]
fn every_documented_mission_is_written_as_documented() {
    for fixture in [
        include_str!("../fixtures/create_mission/request-vehicle.json"),
        include_str!("../fixtures/create_mission/request-person.json"),
        include_str!("../fixtures/create_mission/request-full-name.json"),
        include_str!("../fixtures/modify_mission/request-vehicle.json"),
        include_str!("../fixtures/modify_mission/request-person.json"),
        include_str!("../fixtures/modify_mission/request-full-name.json"),
    ] {
        let (mut documented, written) = written_back(fixture);
        // The customer belongs to the client, not to the mission.
        documented.as_object_mut().unwrap().remove("customerId");
        assert_eq!(written, documented);
    }
}

#[test]
fn a_documented_recipient_is_the_one_meant() {
    let person = include_str!("../fixtures/create_mission/request-person.json");
    let mission: Mission = serde_json::from_str(person).unwrap();
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
