//! The remote control.

use std::time::Duration;

use serde_json::json;
use time::macros::datetime;
use vendor_sandbox::ocean_geomission::Step;
use vendor_sandbox::{Clock, Sandbox};

use crate::support::Client;

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().remote_control().start().await.unwrap();
    let remote = Client::connect_to(sandbox.remote_control_url().unwrap()).await;
    (sandbox, remote)
}

const JSON: &str = "application/json";

#[tokio::test]
async fn there_is_no_remote_control_unless_it_is_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(sandbox.remote_control_url(), None);
}

#[tokio::test]
async fn faults_are_planned_from_afar() {
    let (sandbox, mut remote) = start().await;
    let ocean = sandbox.ocean_geomission();
    let fault = json!({
        "vendor": "ocean-geomission",
        "route": "create_mission",
        "about": "M-1",
        "times": 2,
        "after_processing": true,
        "fault": { "kind": "respond", "status": 500, "body": "too bad" },
    });
    let planned = remote
        .post("/_sandbox/faults", JSON, &fault.to_string())
        .await;
    assert_eq!(planned.status, 204);
    assert_eq!(ocean.faults().pending(), 2);

    let mut client = Client::logged_in(ocean).await;
    let response = client.create("idMission=M-1").await;
    assert_eq!(
        (response.status, response.body.as_slice()),
        (500, &b"too bad"[..])
    );
    assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 1);
}

#[tokio::test]
async fn a_plan_that_cannot_be_meant_is_refused() {
    let (sandbox, mut remote) = start().await;
    for body in [
        r#"{"vendor":"nobody","fault":{"kind":"endless_body"}}"#,
        r#"{"vendor":"ocean-geomission","route":"creat_mission","fault":{"kind":"endless_body"}}"#,
        r#"{"vendor":"ocean-geomission","fault":{"kind":"earthquake"}}"#,
        r#"{"vendor":"ocean-geomission","when":"now","fault":{"kind":"endless_body"}}"#,
        r#"{"vendor":"ocean-geomission"}"#,
        "",
    ] {
        let response = remote.post("/_sandbox/faults", JSON, body).await;
        assert_eq!(response.status, 400, "{body}");
        assert!(!response.message().is_empty());
    }
    assert_eq!(sandbox.ocean_geomission().faults().pending(), 0);
    assert_eq!(remote.call("GET", "/_sandbox/faults").await.status, 404);
}

#[tokio::test]
async fn the_ledger_is_read_from_afar() {
    let (sandbox, mut remote) = start().await;
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    client.create("idMission=M-1").await;
    let ledger = remote.call("GET", "/_sandbox/ledger").await.json();
    let ocean = &ledger["ocean-geomission"];
    assert_eq!(ocean["connections"], 1);
    assert_eq!(
        ocean["entries"][1],
        json!({
            "sequence": 1,
            "connection": 0,
            "route": "create_mission",
            "method": "POST",
            "template": "/restapi/geomission/ajoutMission",
            "about": "M-1",
            "ending": { "responded": 201 },
            "took_effect": true,
        })
    );
}

#[tokio::test]
async fn the_clock_is_moved_and_all_is_reset_from_afar() {
    let (sandbox, mut remote) = start().await;
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    client.create("idMission=M-1").await;

    let body = r#"{"seconds":43200}"#;
    let response = remote.post("/_sandbox/clock/advance", JSON, body).await;
    assert_eq!(response.json(), json!({ "now": "2026-03-02T20:00:00Z" }));
    assert_eq!((sandbox.clock().now() - Clock::START).whole_hours(), 12);
    assert_eq!(client.status("idMission=M-1").await.status, 401);

    assert_eq!(remote.call("POST", "/_sandbox/reset").await.status, 204);
    assert_eq!(ocean.mission_ids(), [""; 0]);
    assert_eq!(ocean.ledger().entries(), []);
}

#[tokio::test]
async fn shortly_before_the_end_of_time_the_services_still_respond() {
    let (sandbox, mut remote) = start().await;
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| settings.script = Step::usual_day());
    sandbox.clock().set(datetime!(9999-12-31 23:00 UTC));
    let mut client = Client::logged_in(ocean).await;
    client.create("idMission=M-1&aEnvoyer=true").await;
    assert_eq!(client.status("idMission=M-1").await.status, 200);

    let body = format!(r#"{{"seconds":{}}}"#, u64::MAX);
    let response = remote.post("/_sandbox/clock/advance", JSON, &body).await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn settings_are_read_and_changed_from_afar() {
    let (sandbox, mut remote) = start().await;
    let ocean = sandbox.ocean_geomission();
    let settings = remote.call("GET", "/_sandbox/settings").await.json();
    assert_eq!(settings["ocean-geomission"]["duplicates"], "refuse");
    assert_eq!(settings["geoplanning"]["stale_key_status"], 409);
    assert_eq!(settings["cegid-loop"]["max_rows"], 100);

    let change = json!({
        "vendor": "ocean-geomission",
        "settings": { "duplicates": "second", "script": "usual_day", "visible_after": 1.5 },
    });
    let changed = remote
        .post("/_sandbox/settings", JSON, &change.to_string())
        .await;
    assert_eq!(changed.status, 200);
    let changed = changed.json();
    assert_eq!(changed["duplicates"], "second");
    assert_eq!(changed["script"].as_array().unwrap().len(), 3);
    assert_eq!(changed["visible_after"], 1.5);
    assert_eq!(changed["created_status"], 201, "the others stay");

    let mut client = Client::logged_in(ocean).await;
    for _ in 0..2 {
        let created = client.create("idMission=M-1&aEnvoyer=true").await;
        assert_eq!(created.status, 201);
    }
    assert_eq!(ocean.mission_ids(), ["M-1", "M-1"]);
    sandbox.clock().advance(Duration::from_secs(10 * 60));
    let status = client.status("idMission=M-1").await.json();
    assert_eq!(status["statusCode"], "ACCEPTED");
}

#[tokio::test]
async fn a_setting_that_does_not_exist_changes_nothing() {
    let (sandbox, mut remote) = start().await;
    let before = sandbox.geoplanning().emulator().settings();
    for body in [
        r#"{"vendor":"nobody","settings":{}}"#,
        r#"{"vendor":"geoplanning","settings":{"stale_key_status":400,"stale":1}}"#,
        r#"{"vendor":"geoplanning","settings":{"stale_key_status":400,"duplicates":"maybe"}}"#,
        r#"{"vendor":"geoplanning","settings":{"visible_after":-1}}"#,
        r#"{"vendor":"geoplanning"}"#,
    ] {
        let response = remote.post("/_sandbox/settings", JSON, body).await;
        assert_eq!(response.status, 400, "{body}");
    }
    assert_eq!(sandbox.geoplanning().emulator().settings(), before);
}

#[tokio::test]
async fn a_fault_from_afar_has_headers_in_either_form_and_odds() {
    let (sandbox, mut remote) = start().await;
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    for headers in [json!({ "retry-after": "1" }), json!([["retry-after", "1"]])] {
        let fault = json!({
            "vendor": "ocean-geomission",
            "route": "mission_status",
            "times": "always",
            "one_in": 1,
            "seed": 7,
            "fault": { "kind": "respond", "status": 503, "headers": headers },
        });
        let planned = remote
            .post("/_sandbox/faults", JSON, &fault.to_string())
            .await;
        assert_eq!(planned.status, 204);
        for _ in 0..3 {
            let response = client.status("idMission=M-1").await;
            assert_eq!(response.status, 503);
            assert_eq!(response.header("retry-after"), Some("1"));
        }
        ocean.faults().clear();
    }
}
