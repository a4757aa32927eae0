//! What is refused before it leaves, and where the rest goes.

use std::collections::BTreeSet;

use ocean_geomission::{
    Client, Coordinates, Error, ErrorKind, MissionId, MissionUpdate, NewMission, Outcome,
    ParameterPlace, Receipt, Recipient,
};
use time::macros::datetime;
use vendor_sandbox::Sandbox;
use vendor_sandbox::ocean_geomission::ParametersIn;

use crate::support::{builder, client, full_mission};

fn mission_to(recipient: Recipient) -> NewMission {
    let mut mission = NewMission::new("M-1");
    mission.recipient = Some(recipient);
    mission
}

async fn refused_fields(client: &Client, mission: &NewMission) -> Vec<String> {
    let error = client.create_mission(mission).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.outcome(), Outcome::NotSent);
    let violations = error.violations().iter();
    violations.map(|violation| violation.path.clone()).collect()
}

#[tokio::test]
async fn a_recipient_without_a_name_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    for (recipient, fields) in [
        (Recipient::vehicle(""), vec!["nomVeh"]),
        (Recipient::vehicle(" \t"), vec!["nomVeh"]),
        (Recipient::person("", "Éloïse"), vec!["nomIndi"]),
        (Recipient::person("Durand", " "), vec!["prenomIndi"]),
        (Recipient::person("", ""), vec!["nomIndi", "prenomIndi"]),
        (Recipient::full_name(""), vec!["nomPrenom"]),
    ] {
        let mission = mission_to(recipient);
        assert_eq!(refused_fields(&client, &mission).await, fields);
        let update = client.modify_mission(&mission.into()).await.unwrap_err();
        assert_eq!(update.kind(), ErrorKind::InvalidRequest);
    }
    assert!(sandbox.ocean_geomission().ledger().entries().is_empty());
}

#[tokio::test]
async fn a_mission_sent_to_nobody_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mut mission = NewMission::new("M-1");
    mission.send = Some(true);
    assert_eq!(refused_fields(&client, &mission).await, ["aEnvoyer"]);
    mission.send = Some(false);
    client.create_mission(&mission).await.unwrap();
    // The mission that is there may have a recipient already.
    let mut update = MissionUpdate::new("M-1");
    update.send = Some(true);
    client.modify_mission(&update).await.unwrap();
}

#[tokio::test]
async fn a_mission_that_expires_before_it_starts_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mut mission = NewMission::new("M-1");
    mission.scheduled_at = Some(datetime!(2025-11-24 08:30 +01:00));
    mission.expires_at = Some(datetime!(2025-11-24 07:29 UTC));
    assert_eq!(refused_fields(&client, &mission).await, ["jourHeurePeremp"]);
    mission.expires_at = Some(datetime!(2025-11-24 07:30 UTC));
    client.create_mission(&mission).await.unwrap();
}

#[tokio::test]
async fn a_blank_identifier_is_refused_by_every_operation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    for id in ["", " ", "\r\n", "\u{a0}"] {
        for result in [
            client.create_mission(&NewMission::new(id)).await.map(drop),
            client
                .modify_mission(&MissionUpdate::new(id))
                .await
                .map(drop),
            client.mission_status(id).await.map(drop),
            client.delete_mission(id).await.map(drop),
        ] {
            assert_eq!(result.unwrap_err().violations()[0].path, "idMission");
        }
    }
    assert!(sandbox.ocean_geomission().ledger().entries().is_empty());
}

#[test]
fn a_mission_can_be_validated_without_a_client() {
    let mut mission = mission_to(Recipient::vehicle("VAN-07"));
    assert!(mission.validate().is_ok());
    assert!(MissionUpdate::from(mission.clone()).validate().is_ok());
    mission.recipient = Some(Recipient::vehicle(""));
    mission.coordinates = Some(Coordinates::new(91.0, 0.0));
    let violations = mission.validate().unwrap_err();
    let paths: Vec<_> = violations.iter().map(|found| found.path.as_str()).collect();
    assert_eq!(paths, ["nomVeh", "latitude"]);
    let fields: Vec<_> = violations
        .iter()
        .map(|found| found.field.as_str())
        .collect();
    assert_eq!(fields, ["recipient.name", "coordinates.latitude"]);
    assert!(MissionUpdate::from(mission).validate().is_err());
}

/// Creates a mission with a comment of this length at a service that reads one place only.
async fn create_where_only(
    place: ParametersIn,
    chosen: Option<ParameterPlace>,
    comment: usize,
) -> Result<Receipt, Error> {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| settings.parameters_in = Some(place));
    let mut builder = builder(&sandbox);
    if let Some(chosen) = chosen {
        builder = builder.parameter_place(chosen);
    }
    let mut mission = full_mission("M-1");
    mission.comment = Some("c".repeat(comment));
    let created = builder.build().unwrap().create_mission(&mission).await;
    if created.is_ok() {
        let stored = ocean.mission("M-1").unwrap();
        assert_eq!(stored.parameter("commentaire"), mission.comment);
    }
    created
}

#[tokio::test]
async fn a_mission_of_more_than_six_kilobytes_goes_in_a_form_by_itself() {
    for (length, place) in [
        (5_500, ParametersIn::Query),
        (6_200, ParametersIn::Form),
        (100_000, ParametersIn::Form),
    ] {
        create_where_only(place, None, length).await.unwrap();
    }
}

#[tokio::test]
async fn a_place_that_was_chosen_is_kept_whatever_the_length() {
    let chosen = Some(ParameterPlace::Query);
    create_where_only(ParametersIn::Query, chosen, 7_000)
        .await
        .unwrap();
    let chosen = Some(ParameterPlace::Json);
    create_where_only(ParametersIn::Json, chosen, 7_000)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_query_too_long_for_a_url_is_refused_by_the_name_of_the_field() {
    let chosen = Some(ParameterPlace::Query);
    let created = create_where_only(ParametersIn::Query, chosen, 60_000).await;
    let error = created.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.violations()[0].path, "commentaire");
}

#[test]
fn a_mission_is_made_in_one_expression_and_named_by_text() {
    let made = NewMission::new("M-1")
        .vehicle("VAN-07")
        .scheduled_at(datetime!(2026-11-24 08:30 UTC))
        .comment("Dock 3")
        .coordinates(Coordinates::new(48.8, 2.3))
        .send();
    let mut assigned = mission_to(Recipient::vehicle("VAN-07"));
    assigned.scheduled_at = Some(datetime!(2026-11-24 08:30 UTC));
    assigned.comment = Some("Dock 3".to_owned());
    assigned.coordinates = Some(Coordinates::new(48.8, 2.3));
    assigned.send = Some(true);
    assert_eq!(made, assigned);
    assert_eq!(
        MissionUpdate::new("M-1")
            .person("Durand", "Éloïse")
            .recipient,
        Some(Recipient::person("Durand", "Éloïse"))
    );

    let parsed: MissionId = "M-1".parse().unwrap();
    let known = BTreeSet::from([parsed]);
    assert!(known.contains("M-1"));
}
