//! A mission is neither lost nor sent twice.

use ocean_geomission::{
    Client, Creation, ErrorKind, LookUp, MissionStatus, Outcome, Receipt, Verdict,
};
use serde_json::{Value, json};
use vendor_sandbox::{Response, Sandbox};

use crate::support::{at_once, builder, client, full_mission};

const CREATE: &str = "create_mission";

async fn create(
    sandbox: &Sandbox,
) -> Result<Creation<Receipt, MissionStatus>, ocean_geomission::Error> {
    client(sandbox).create_or_find(&full_mission("M-1")).await
}

#[tokio::test]
async fn a_mission_whose_response_was_lost_is_found_and_not_sent_twice() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean
        .faults()
        .on(CREATE)
        .times(1)
        .after_processing()
        .reset();
    assert!(matches!(
        create(&sandbox).await.unwrap(),
        Creation::Found(_)
    ));
    assert_eq!(ocean.ledger().received(CREATE), 1);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn a_mission_that_never_arrived_is_sent_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.faults().on(CREATE).times(1).reset();
    assert!(matches!(
        create(&sandbox).await.unwrap(),
        Creation::Created(_)
    ));
    assert_eq!(ocean.ledger().received(CREATE), 2);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn a_refused_mission_is_not_looked_up() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let refusal = Response::json(400, &json!({"message": "unknown vehicle"}));
    ocean.faults().on(CREATE).times(1).respond(refusal);
    let error = create(&sandbox).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(ocean.ledger().received("mission_status"), 0);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 0);
    create(&sandbox).await.unwrap();
    let looks = ocean.ledger().received("mission_status");
    let error = create(&sandbox).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(ocean.ledger().received("mission_status"), looks);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn the_outcome_stays_unknown_where_nothing_can_be_learned() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean
        .faults()
        .on(CREATE)
        .times(1)
        .after_processing()
        .reset();
    ocean.faults().on("mission_status").always().reset();
    let error = create(&sandbox).await.unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(error.operation().unwrap().name, CREATE);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn it_gives_up_after_two_creations_that_left_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.faults().on(CREATE).always().reset();
    let error = create(&sandbox).await.unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(ocean.ledger().received(CREATE), 2);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 0);
}

const STATUS: &str = "mission_status";
const REFUSAL: &str = "Erreur : véhicule inconnu, mission non créée";

fn read_receipt(text: &str) -> Verdict {
    match text {
        "mission created" => Verdict::Done,
        _ if text.starts_with("Erreur") => Verdict::Refused,
        _ => Verdict::Unclear,
    }
}

fn client_that_reads_receipts(sandbox: &Sandbox) -> Client {
    builder(sandbox)
        .read_receipts(read_receipt)
        .build()
        .unwrap()
}

/// The service says this instead of creating the mission.
fn say_instead(sandbox: &Sandbox, words: &str) {
    let response = Response::json(200, &json!({ "message": words }));
    let faults = sandbox.ocean_geomission().faults();
    faults.on(CREATE).times(1).respond(response);
}

#[tokio::test]
async fn a_success_whose_text_says_no_is_not_taken_for_a_mission() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    say_instead(&sandbox, REFUSAL);
    let error = create(&sandbox).await.unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(error.vendor_message(), Some(REFUSAL));
    assert_eq!(ocean.ledger().received(CREATE), 1, "it isn't sent again");
}

#[tokio::test]
async fn a_creation_is_confirmed_by_one_look() {
    let sandbox = Sandbox::start().await.unwrap();
    let created = create(&sandbox).await.unwrap();
    assert!(matches!(created, Creation::Created(_)));
    let ledger = sandbox.ocean_geomission().ledger();
    assert_eq!((ledger.received(CREATE), ledger.received(STATUS)), (1, 1));
}

#[tokio::test]
async fn a_reader_of_receipts_makes_a_refusal_in_words_an_error_of_every_write() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_that_reads_receipts(&sandbox);
    let faults = sandbox.ocean_geomission().faults();
    let mission = full_mission("M-1");
    let refusal = || Response::json(200, &json!({ "message": REFUSAL }));
    client.log_in().await.unwrap();
    faults.on_any().always().respond(refusal());
    for result in [
        client.create_mission(&mission).await.map(drop),
        client.create_or_find(&mission).await.map(drop),
        client
            .modify_mission(&mission.clone().into())
            .await
            .map(drop),
        client.delete_mission(&mission.id).await.map(drop),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VendorFailure);
        assert_eq!(error.outcome(), Outcome::Rejected);
        assert_eq!(error.vendor_message(), Some(REFUSAL));
    }
}

#[tokio::test]
async fn a_receipt_that_reads_as_done_needs_no_look() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_that_reads_receipts(&sandbox);
    client.create_or_find(&full_mission("M-1")).await.unwrap();
    let ledger = sandbox.ocean_geomission().ledger();
    assert_eq!(ledger.received(STATUS), 0);
}

#[tokio::test]
async fn a_receipt_that_reads_as_unclear_is_confirmed_by_looking() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_that_reads_receipts(&sandbox);
    say_instead(&sandbox, "Mission en attente");
    let created = client.create_or_find(&full_mission("M-1")).await;
    assert!(created.unwrap_err().may_have_been_applied());
}

/// What a look-up makes of a success with this body.
async fn looked_up(body: Value) -> Result<Option<MissionStatus>, ocean_geomission::Error> {
    let sandbox = Sandbox::start().await.unwrap();
    let faults = sandbox.ocean_geomission().faults();
    faults.on(STATUS).respond(Response::json(200, &body));
    client(&sandbox).find_mission("M-1").await
}

#[tokio::test]
async fn a_response_that_shows_no_mission_is_a_look_up_that_failed() {
    for body in [
        json!({}),
        json!({"status": null, "statusCode": null, "externalMissionId": null}),
        json!({"status": " ", "statusCode": ""}),
        json!({"message": "mission inconnue"}),
        json!({"oceanStatus": "badParameters", "message": "no"}),
        json!({"idMission": "M-10", "status": "Envoyée"}),
        json!({"time": "24/11/2025 09:12"}),
        json!("mission inconnue"),
        json!(null),
        json!([]),
    ] {
        let error = looked_up(body.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body, "{body}");
    }
}

#[tokio::test]
async fn a_mission_is_found_by_its_identifier_or_by_a_status_a_code_or_the_services_identifier() {
    for body in [
        json!({"idMission": "M-1"}),
        json!({"status": "Envoyée"}),
        json!({"statusCode": 3}),
        json!({"externalMissionId": "7305511"}),
    ] {
        assert!(looked_up(body.clone()).await.unwrap().is_some(), "{body}");
    }
}

#[tokio::test]
async fn a_lost_creation_and_a_look_up_that_shows_nothing_stay_unknown() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let faults = ocean.faults();
    faults.on(CREATE).times(1).reset();
    let nothing = Response::json(200, &json!({}));
    faults.on(STATUS).always().respond(nothing);
    let error = create(&sandbox).await.unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(ocean.ledger().received(CREATE), 1);
    assert!(error.attempts().iter().any(|attempt| attempt.is_look_up));
}

#[tokio::test]
async fn a_gateways_page_does_not_make_a_mission_absent() {
    for (media_type, body, is_absent) in [
        (
            "application/json",
            r#"{"message": "no such mission"}"#,
            true,
        ),
        ("application/json", "", true),
        ("text/html", "<html>404</html>", false),
        ("text/plain", "no healthy upstream", false),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let response = Response::new(404)
            .header("content-type", media_type)
            .body(body);
        let faults = sandbox.ocean_geomission().faults();
        faults.on(STATUS).respond(response);
        let found = client(&sandbox).find_mission("M-1").await;
        assert_eq!(matches!(found, Ok(None)), is_absent, "{body}");
        assert_eq!(found.is_err(), !is_absent);
    }
}

#[tokio::test]
async fn a_mission_is_not_created_again_because_a_404_could_not_be_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mission = full_mission("M-1");
    client(&sandbox).create_mission(&mission).await.unwrap();
    let response = Response::new(404)
        .header("content-type", "text/html")
        .header("content-encoding", "gzip")
        .body("<html>404</html>");
    ocean.faults().on(STATUS).always().respond(response);
    let error = client(&sandbox).find_or_create(&mission).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent, "{error}");
    assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 1);
}

#[tokio::test]
async fn find_or_create_can_be_called_again_at_any_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let client = client(&sandbox);
    let mission = full_mission("M-1");
    let first = client.find_or_create(&mission).await.unwrap();
    assert!(matches!(first, Creation::Created(_)));
    for _ in 0..3 {
        let again = client.find_or_create(&mission).await.unwrap();
        assert!(matches!(again, Creation::Found(_)));
    }
    assert_eq!(ocean.ledger().received(CREATE), 1);
}

#[tokio::test]
async fn find_or_create_continues_after_a_call_that_was_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let client = client(&sandbox);
    let mission = full_mission("M-1");
    client.log_in().await.unwrap();
    let gate = ocean.faults().on(CREATE).times(1).after_processing().hold();
    tokio::select! {
        _ = client.find_or_create(&mission) => unreachable!("its response is held"),
        () = async { while ocean.mission("M-1").is_none() { tokio::task::yield_now().await } } => {}
    }
    gate.release();
    let again = client.find_or_create(&mission).await.unwrap();
    assert!(matches!(again, Creation::Found(_)));
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn find_or_create_sends_nothing_if_the_first_look_fails() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.faults().on(STATUS).always().reset();
    let created = client(&sandbox).find_or_create(&full_mission("M-1")).await;
    assert_eq!(created.unwrap_err().outcome(), Outcome::NotSent);
    assert_eq!(ocean.ledger().received(CREATE), 0);
}

#[tokio::test]
async fn a_mission_that_shows_late_is_neither_lost_nor_sent_twice() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let patient = LookUp::default().waits([std::time::Duration::ZERO; 3]);
    let client = builder(&sandbox)
        .transport(at_once().look_up(patient))
        .build()
        .unwrap();
    ocean
        .faults()
        .on(CREATE)
        .times(1)
        .after_processing()
        .reset();
    let absent = Response::json(404, &json!({"message": "no such mission"}));
    ocean.faults().on(STATUS).times(2).respond(absent);
    let created = client.create_or_find(&full_mission("M-1")).await.unwrap();
    assert!(matches!(created, Creation::Found(_)));
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}
