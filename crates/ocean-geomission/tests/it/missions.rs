use ocean_geomission::{
    Coordinates, ErrorKind, MissionUpdate, NewMission, Outcome, ParameterPlace,
};
use time::macros::datetime;
use vendor_sandbox::Sandbox;
use vendor_sandbox::ocean_geomission::MissionStatus;

use crate::support::{builder, client, full_mission};

#[tokio::test]
async fn a_created_mission_has_a_status() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    client.create_mission(&full_mission("M-1")).await.unwrap();
    let status = client.mission_status("M-1").await.unwrap();
    assert!(status.status_code.is_some());
    assert!(status.external_id.is_some_and(|id| id != "M-1"));
}

#[tokio::test]
async fn what_is_sent_arrives_wherever_the_parameters_go() {
    for place in [
        ParameterPlace::Query,
        ParameterPlace::Form,
        ParameterPlace::Json,
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let client = builder(&sandbox).parameter_place(place).build().unwrap();
        client.create_mission(&full_mission("M-1")).await.unwrap();
        let mission = sandbox.ocean_geomission().mission("M-1").unwrap();
        let parameter = |name| mission.parameter(name).unwrap_or_default();
        assert_eq!(parameter("jourHeureInter"), "24/11/2025 08:30", "{place:?}");
        assert_eq!(
            parameter("commentaire"),
            "Ring twice & wait; dock 3 (côté cour)"
        );
        assert_eq!(parameter("aEnvoyer"), "true");
        assert_eq!(parameter("longitude"), "2.3316");
    }
}

#[tokio::test]
async fn a_modified_mission_has_its_new_values() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mission = full_mission("M-1");
    client.create_mission(&mission).await.unwrap();
    let mut update = MissionUpdate::from(mission);
    update.street = Some("14 rue de la Paix".to_owned());
    client.modify_mission(&update).await.unwrap();
    let stored = sandbox.ocean_geomission().mission("M-1").unwrap();
    assert_eq!(
        stored.parameter("rue").as_deref(),
        Some("14 rue de la Paix")
    );
}

#[tokio::test]
async fn a_refusal_by_the_driver_is_told_with_its_reason() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    client.create_mission(&full_mission("M-1")).await.unwrap();
    let mission = sandbox.ocean_geomission().mission("M-1").unwrap();
    mission.set_status(MissionStatus::refused());
    mission.refuse("Vehicle too small");
    let status = client.mission_status("M-1").await.unwrap();
    assert_eq!(status.refusal_reason.as_deref(), Some("Vehicle too small"));
}

#[tokio::test]
async fn a_deleted_mission_has_no_status() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    client.create_mission(&full_mission("M-1")).await.unwrap();
    client.delete_mission("M-1").await.unwrap();
    let error = client.mission_status("M-1").await.unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test]
async fn an_unknown_mission_is_not_found_by_any_operation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    assert!(
        client
            .mission_status("M-1")
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        client
            .modify_mission(&full_mission("M-1").into())
            .await
            .unwrap_err()
            .is_not_found()
    );
    let error = client.delete_mission("M-1").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert!(error.vendor_message().is_some());
}

#[tokio::test]
async fn an_invalid_mission_is_refused_before_it_leaves_with_every_violation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mut mission = NewMission::new("");
    mission.scheduled_at = Some(datetime!(2025-11-24 08:30:15 UTC));
    mission.expires_at = Some(datetime!(2025-11-24 18:00:00.5 UTC));
    mission.coordinates = Some(Coordinates::new(90.1, f64::NAN));
    let error = client.create_mission(&mission).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.outcome(), Outcome::NotSent);
    let mut paths: Vec<_> = error
        .violations()
        .iter()
        .map(|found| found.path.as_str())
        .collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "idMission",
            "jourHeureInter",
            "jourHeurePeremp",
            "latitude",
            "longitude"
        ]
    );
    assert!(sandbox.ocean_geomission().ledger().entries().is_empty());
    for result in [
        client.mission_status("").await.map(drop),
        client.delete_mission("").await.map(drop),
    ] {
        assert_eq!(result.unwrap_err().violations()[0].path, "idMission");
    }
}

#[tokio::test]
async fn a_long_reference_address_is_sent_whole() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mut mission = NewMission::new("M-1");
    let name = "A name of more than twenty characters";
    mission.reference_address = Some(name.to_owned());
    client.create_mission(&mission).await.unwrap();
    let stored = sandbox.ocean_geomission().mission("M-1").unwrap();
    assert_eq!(stored.parameter("adrRefCli").as_deref(), Some(name));
}

#[tokio::test]
async fn both_success_statuses_are_success() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    for (index, responds_200) in [false, true].into_iter().enumerate() {
        sandbox.ocean_geomission().configure(|settings| {
            settings.created_status = if responds_200 { 200 } else { 201 };
        });
        client
            .create_mission(&full_mission(&format!("M-{index}")))
            .await
            .unwrap();
    }
}
