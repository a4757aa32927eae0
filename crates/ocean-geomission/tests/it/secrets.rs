//! Marked secrets and personal data show nowhere.

use ocean_geomission::{
    Client, Coordinates, CustomerId, MissionStatus, MissionUpdate, NewMission, Receipt, Recipient,
};
use time::macros::datetime;

const CANARY: &str = "canary";

fn laden() -> NewMission {
    let mut mission = NewMission::new("M-1");
    mission.scheduled_at = Some(datetime!(2025-11-24 08:30 UTC));
    mission.recipient = Some(Recipient::person("canary-last", "canary-first"));
    mission.comment = Some("canary-comment".to_owned());
    mission.reference_address = Some("canary-address".to_owned());
    mission.street = Some("canary-street".to_owned());
    mission.postal_code = Some("canary-code".to_owned());
    mission.city = Some("canary-city".to_owned());
    mission.coordinates = Some(Coordinates::new(12.3456, 65.4321));
    mission
}

#[test]
fn no_public_type_prints_a_secret_or_personal_data() {
    let status: MissionStatus = serde_json::from_str(
        r#"{"commentRefuseReason": "canary", "complement": "canary", "statusCode": "F"}"#,
    )
    .unwrap();
    let receipt: Receipt = serde_json::from_str(r#"{"message": "canary"}"#).unwrap();
    let builder = Client::builder()
        .credentials("canary-login", "canary-password")
        .customer(CustomerId::new(7));
    let mut printed = format!("{builder:?}");
    printed.push_str(&format!("{:?}", builder.build().unwrap()));
    printed.push_str(&format!("{:#?}{status:?}{receipt:?}", laden()));
    printed.push_str(&format!("{:?}", MissionUpdate::from(laden())));
    for recipient in [Recipient::vehicle("canary"), Recipient::full_name("canary")] {
        printed.push_str(&format!("{recipient:?}"));
    }
    assert!(
        printed.contains("M-1") && printed.contains("2025-11-24"),
        "what helps is shown"
    );
    assert!(!printed.contains(CANARY), "{printed}");
    assert!(
        !printed.contains("12.3456") && !printed.contains("65.4321"),
        "{printed}"
    );
}

#[tokio::test]
async fn a_failed_call_prints_nothing_of_the_mission() {
    let sandbox = vendor_sandbox::Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.faults().on("create_mission").times(1).reset();
    let client = crate::support::client(&sandbox);
    let error = client.create_mission(&laden()).await.unwrap_err();
    let mut printed = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(next) = source {
        printed.push_str(&format!("{next} {next:?}"));
        source = next.source();
    }
    assert!(
        !printed.contains(CANARY) && !printed.contains("idMission"),
        "{printed}"
    );
}
