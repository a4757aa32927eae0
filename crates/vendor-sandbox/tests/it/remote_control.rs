//! The remote control.

use std::time::Duration;

use serde_json::json;
use time::macros::datetime;
use vendor_sandbox::ocean_geomission::Step;
use vendor_sandbox::{Clock, Sandbox};

use crate::support::{Client, eventually};

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
}

#[tokio::test]
async fn what_can_never_be_sent_is_refused_when_it_is_planned() {
    let (sandbox, mut remote) = start().await;
    for (fault, reason) in [
        (r#"{"kind":"respond","status":199}"#, "199 is not a status"),
        (
            r#"{"kind":"respond","status":1000}"#,
            "1000 is not a status",
        ),
        (
            r#"{"kind":"respond","status":200,"headers":{"two words":"x"}}"#,
            "`two words`",
        ),
        (
            r#"{"kind":"respond","status":200,"headers":{"content-length":"7"}}"#,
            "`truncate_body`",
        ),
        (
            r#"{"kind":"respond","status":200,"colour":"red"}"#,
            "unknown field `colour`",
        ),
        (
            r#"{"kind":"stale_token","times":2}"#,
            "unknown field `times`",
        ),
        (
            r#"{"kind":"truncate_body","end":"keep_alive"}"#,
            "half a response",
        ),
    ] {
        let body = format!(r#"{{"vendor":"geoplanning","fault":{fault}}}"#);
        let refused = remote.post("/_sandbox/faults", JSON, &body).await;
        assert_eq!(refused.status, 400, "{fault}");
        assert!(refused.message().contains(reason), "{}", refused.message());
    }
    for times in [r#""times":0"#, r#""one_in":0"#] {
        let body = format!(r#"{{"vendor":"geoplanning",{times},"fault":{{"kind":"head_only"}}}}"#);
        let refused = remote.post("/_sandbox/faults", JSON, &body).await;
        assert_eq!(refused.status, 400, "{times}");
    }
    assert_eq!(sandbox.geoplanning().faults().pending(), 0);

    let setting = r#"{"vendor":"geoplanning","settings":{"created_status":2}}"#;
    let refused = remote.post("/_sandbox/settings", JSON, setting).await;
    assert!(refused.message().contains("2 is not a status"));
}

#[tokio::test]
async fn the_plan_is_shown_and_cleared_and_held_requests_go_on() {
    let (sandbox, mut remote) = start().await;
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    for fault in [
        json!({ "vendor": "ocean-geomission", "route": "create_mission", "fault": { "kind": "hold" } }),
        json!({ "vendor": "ocean-geomission", "times": "always", "fault": { "kind": "stale_token" } }),
    ] {
        let planned = remote
            .post("/_sandbox/faults", JSON, &fault.to_string())
            .await;
        assert_eq!(planned.status, 204);
    }
    let faults = remote.call("GET", "/_sandbox/faults").await.json();
    assert_eq!(faults["geoplanning"], json!([]));
    assert_eq!(faults["ocean-geomission"][0]["fault"]["kind"], "hold");
    assert_eq!(faults["ocean-geomission"][1]["times"], "always");

    let path = "/restapi/geomission/ajoutMission?idMission=M-1";
    client.send("POST", path, None).await;
    eventually(|| ocean.ledger().received("create_mission") == 1).await;
    assert!(client.is_silent());
    let released = remote.call("POST", "/_sandbox/faults/release").await;
    assert_eq!(released.status, 204);
    assert_eq!(client.receive().await.unwrap().status, 201);

    assert_eq!(client.status("idMission=M-1").await.status, 401);
    let cleared = remote.call("DELETE", "/_sandbox/faults").await;
    assert_eq!(cleared.status, 204);
    assert_eq!(client.status("idMission=M-1").await.status, 200);
}

#[tokio::test]
async fn an_error_lists_what_there_is() {
    let (sandbox, mut remote) = start().await;
    let vendors: Vec<&str> = sandbox.emulators().map(|vendor| vendor.name()).collect();
    let vendors = format!("there are {}", vendors.join(", "));
    let fault = r#""fault":{"kind":"head_only"}"#;
    for (path, body, listed) in [
        (
            "/_sandbox/faults",
            format!(r#"{{"vendor":"nobody",{fault}}}"#),
            vendors.as_str(),
        ),
        (
            "/_sandbox/faults",
            format!(r#"{{"vendor":"ocean-geomission","route":"creat",{fault}}}"#),
            "there are log_in, create_mission, modify_mission",
        ),
        (
            "/_sandbox/settings",
            r#"{"vendor":"cegid-loop","settings":{"max_row":1}}"#.to_owned(),
            "`max_rows`",
        ),
        (
            "/_sandbox/ocean-geomission/mission",
            r#"{"id":"M-1"}"#.to_owned(),
            "there is none",
        ),
        (
            "/_sandbox/geoplanning/change-round",
            r#"{"id":7}"#.to_owned(),
            "there are 0, 1",
        ),
    ] {
        let refused = remote.post(path, JSON, &body).await;
        assert_eq!(refused.status, 400, "{path}");
        assert!(refused.message().contains(listed), "{}", refused.message());
    }
    let refused = remote.call("GET", "/_sandbox/nothing").await;
    assert_eq!(refused.status, 404);
    assert!(refused.message().contains("GET /_sandbox/ledger"));
    let refused = remote.call("GET", "/_sandbox/ledger?since=3").await;
    assert!(refused.message().contains("there are vendor, after"));
}

#[tokio::test]
async fn another_method_gets_those_that_are_allowed() {
    let (sandbox, mut remote) = start().await;
    let refused = remote.call("PATCH", "/_sandbox/faults").await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow"), Some("GET, POST, DELETE"));

    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    let path = "/restapi/geomission/ajoutMission";
    let refused = client.call("DELETE", path).await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow"), Some("POST"));
}

#[tokio::test]
async fn another_website_reaches_nothing() {
    let (sandbox, mut remote) = start().await;
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    client.create("idMission=M-1").await;
    for headers in [
        "Origin: http://evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
    ] {
        remote.headers = headers.to_owned();
        let form = "application/x-www-form-urlencoded";
        let refused = remote.post("/_sandbox/reset", form, "a=b").await;
        assert_eq!(refused.status, 403, "{headers}");
        assert_eq!(remote.call("GET", "/_sandbox/state").await.status, 403);
    }
    assert_eq!(ocean.mission_ids(), ["M-1"]);
}

#[tokio::test]
async fn the_state_shows_missions_with_their_history() {
    let (sandbox, mut remote) = start().await;
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| settings.script = Step::usual_day());
    let mut client = Client::logged_in(ocean).await;
    let query = "idMission=M-1&aEnvoyer=true&commentaire=Two+boxes";
    assert_eq!(client.create(query).await.status, 201);
    sandbox.clock().advance(Duration::from_secs(15 * 60));
    let refusal = json!({ "id": "M-1", "refuse": "The road is closed", "complement": "See photo" });
    let refused = remote
        .post(
            "/_sandbox/ocean-geomission/mission",
            JSON,
            &refusal.to_string(),
        )
        .await;
    assert_eq!(refused.status, 204);
    sandbox.clock().advance(Duration::from_secs(3600));

    let state = remote.call("GET", "/_sandbox/state").await.json();
    assert_eq!(state["now"], "2026-03-02T09:15:00Z");
    let ocean = &state["vendors"]["ocean-geomission"];
    assert_eq!(ocean["credentials"]["login"], "dispatcher@example.com");
    assert_eq!(ocean["world"]["valid_tokens"], 1);
    let mission = &ocean["world"]["missions"][0];
    assert_eq!(mission["id"], "M-1");
    assert_eq!(mission["status"]["code"], "REFUSED");
    assert_eq!(mission["refuse_reason"], "The road is closed");
    assert_eq!(mission["parameters"]["commentaire"], "Two boxes");
    let history: Vec<_> = mission["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", &it["at"].as_str().unwrap()[11..16], it["what"]))
        .collect();
    assert_eq!(
        history,
        [
            r#"08:00 "created""#,
            r#"08:00 "Envoyée (SENT)""#,
            r#"08:10 "Acceptée (ACCEPTED)""#,
            r#"08:15 "Refusée (REFUSED)""#,
            r#"08:15 "complement added""#,
        ]
    );
}

#[tokio::test]
async fn a_mission_is_carried_on_from_afar() {
    let (sandbox, mut remote) = start().await;
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    client.create("idMission=M-1&aEnvoyer=true").await;
    let path = "/_sandbox/ocean-geomission/mission";
    for (status, code) in [
        (json!("STARTED"), "STARTED"),
        (json!({ "code": "LUNCH", "words": "Pause" }), "LUNCH"),
    ] {
        let change = json!({ "id": "M-1", "status": status }).to_string();
        assert_eq!(remote.post(path, JSON, &change).await.status, 204);
        let found = client.status("idMission=M-1").await.json();
        assert_eq!(found["statusCode"], code);
    }
    let unknown = r#"{"id":"M-1","status":"LATE","refuse":"no"}"#;
    let refused = remote.post(path, JSON, unknown).await;
    assert!(refused.message().contains("there are PREPARED, SENT"));
    let found = client.status("idMission=M-1").await.json();
    assert_eq!(
        found["statusCode"], "LUNCH",
        "a refused change does nothing"
    );
}

#[tokio::test]
async fn tokens_are_revoked_from_afar() {
    let (sandbox, mut remote) = start().await;
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    let path = "/_sandbox/ocean-geomission/revoke-tokens";
    assert_eq!(remote.call("POST", path).await.status, 204);
    assert_eq!(client.create("idMission=M-1").await.status, 401);
}

#[tokio::test]
async fn a_colleague_changes_a_round_from_afar() {
    let (_sandbox, mut remote) = start().await;
    let rounds = "/vendors/geoplanning/world/rounds";
    let state = remote.call("GET", "/_sandbox/state").await.json();
    let before = state.pointer(rounds).unwrap().clone();
    let path = "/_sandbox/geoplanning/change-round";
    assert_eq!(remote.post(path, JSON, r#"{"id":1}"#).await.status, 204);
    let state = remote.call("GET", "/_sandbox/state").await.json();
    let after = state.pointer(rounds).unwrap();
    assert_eq!(before[0], after[0]);
    assert_ne!(before[1]["hash_key"], after[1]["hash_key"]);
}

#[tokio::test]
async fn the_state_shows_rounds_planned_and_happened() {
    let (_sandbox, mut remote) = start().await;
    let state = remote.call("GET", "/_sandbox/state").await.json();
    let world = &state["vendors"]["geoplanning"]["world"];
    assert_eq!(world["resources"][0]["name"], "Van 1");
    let friday = &world["rounds"][0];
    assert_eq!(
        (&friday["closed"], &friday["resource"]),
        (&json!(true), &json!(1))
    );
    let done = &friday["activities"][1];
    assert_eq!(done["stage"], "COMPLETED");
    assert_eq!(done["foreign_id"], "GP-1");
    for when in ["planned", "happened"] {
        assert!(
            done[when]["start"].as_str() < done[when]["end"].as_str(),
            "{done}"
        );
    }
    let simple = &world["activities_in_no_round"];
    let simple = simple.as_array().unwrap().iter();
    let foreign_ids: Vec<_> = simple
        .map(|it| it["foreign_id"].as_str().unwrap())
        .collect();
    assert_eq!(foreign_ids, ["GP-0", "GP-40", "r-123", "GP-42", "GP-43"]);
    assert_eq!(world["customers"][0]["foreign_id"], "C-546");
}

#[tokio::test]
async fn letters_are_searched_and_replaced_from_afar() {
    let (sandbox, mut remote) = start().await;
    let path = "/_sandbox/cegid-loop/letters";
    let page = remote
        .call("GET", &format!("{path}?filter=statut%3D%3D2&take=3&skip=1"))
        .await
        .json();
    assert!(page["total"].as_u64().unwrap() > 3);
    assert_eq!(page["rows"].as_array().unwrap().len(), 3);
    assert_eq!(page["rows"][0]["statut"], 2);
    let refused = remote
        .call("GET", &format!("{path}?filter=statut%3D2"))
        .await;
    assert_eq!(refused.status, 400);
    assert!(refused.message().contains("an operator at character 6"));

    for (list, rows) in [("letters", 1), ("activities", 2)] {
        let path = format!("/_sandbox/cegid-loop/{list}");
        let given = vec![json!({ "objectId": "x" }); rows];
        let body = json!(given).to_string();
        remote.send("PUT", &path, Some((JSON, &body))).await;
        assert_eq!(remote.receive().await.unwrap().status, 204);
        let found = remote.call("GET", &path).await.json();
        assert_eq!(found, json!({ "total": rows, "rows": given }));
    }
    assert_eq!(sandbox.cegid_loop().letters().len(), 1);
    remote.send("PUT", path, Some((JSON, "[1]"))).await;
    assert_eq!(remote.receive().await.unwrap().status, 400);
}

#[tokio::test]
async fn a_ledger_is_followed_from_where_one_was() {
    let (sandbox, mut remote) = start().await;
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    for id in 0..4 {
        client.create(&format!("idMission=M-{id}")).await;
    }
    let path = "/_sandbox/ledger?vendor=ocean-geomission&after=2";
    let ledger = remote.call("GET", path).await.json();
    assert_eq!(ledger.as_object().unwrap().len(), 1);
    let entries = ledger["ocean-geomission"]["entries"].as_array().unwrap();
    let sequences: Vec<_> = entries.iter().map(|entry| &entry["sequence"]).collect();
    assert_eq!(sequences, [3, 4]);
    let refused = remote.call("GET", "/_sandbox/ledger?after=x").await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn the_clock_is_set_and_brought_back_from_afar() {
    let (sandbox, mut remote) = start().await;
    let body = r#"{"now":"2026-12-24T18:00:00+01:00"}"#;
    let set = remote.post("/_sandbox/clock/set", JSON, body).await;
    assert_eq!(set.json(), json!({ "now": "2026-12-24T17:00:00Z" }));
    let body = format!(r#"{{"seconds":{}}}"#, u64::MAX);
    let advanced = remote.post("/_sandbox/clock/advance", JSON, &body).await;
    assert_eq!(advanced.json(), json!({ "now": "9999-12-31T23:59:59Z" }));
    let reset = remote.call("POST", "/_sandbox/clock/reset").await;
    assert_eq!(reset.json(), json!({ "now": "2026-03-02T08:00:00Z" }));
    assert_eq!(sandbox.clock().now(), Clock::START);
    let body = r#"{"now":"tomorrow"}"#;
    let refused = remote.post("/_sandbox/clock/set", JSON, body).await;
    assert_eq!(refused.status, 400);
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

#[tokio::test]
async fn each_vendor_is_described_with_the_url_of_the_sandbox() {
    let (sandbox, mut remote) = start().await;
    remote.headers = "Origin: https://editor.example\r\n".to_owned();
    for emulator in sandbox.emulators() {
        let path = format!("/_sandbox/openapi/{}.json", emulator.name());
        let response = remote.call("GET", &path).await;
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
        let description = response.json();
        assert_eq!(description["openapi"], "3.1.0");
        assert_eq!(description["servers"][0]["url"], emulator.base_url());
        assert_eq!(description["servers"].as_array().unwrap().len(), 1);
        let routes = emulator.contract().operations.iter();
        let routes = routes.flat_map(|operation| &operation.routes);
        for route in routes {
            let known = &description["paths"][&route.path][route.method.to_lowercase()];
            assert!(known.is_object(), "{}", route.name);
        }
    }
    remote.headers.clear();
    let unknown = remote.call("GET", "/_sandbox/openapi/nobody.json").await;
    assert_eq!(unknown.status, 404);
}
