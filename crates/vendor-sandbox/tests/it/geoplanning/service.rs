//! What holds for all operations.

use std::time::Duration;

use super::*;

const MEDIA_TYPE: &str = "application/vnd.geoplanning-v3.0+json";
const AUTHORIZATION: &str =
    "Authorization: Basic cGxhbm5lckBleGFtcGxlLmNvbTpzYW5kYm94LXBhc3N3b3Jk\r\n";

#[tokio::test]
async fn every_operation_of_the_contract_is_served() {
    let planner = Planner::start().await;
    let operations = &planner.emulator().contract().operations;
    let documented: Vec<&str> = operations
        .iter()
        .flat_map(|operation| &operation.routes)
        .map(|route| route.name.as_str())
        .collect();
    assert_eq!(planner.emulator().served_operations(), documented);
}

#[tokio::test]
async fn missing_and_wrong_credentials_are_a_401_with_a_challenge() {
    let mut planner = Planner::start().await;
    let types = format!("Accept: {MEDIA_TYPE}\r\nContent-Type: {MEDIA_TYPE}\r\n");
    for authorization in [
        "",
        "Authorization: Basic\r\n",
        "Authorization: Basic d3Jvbmc6d3Jvbmc=\r\n",
        "Authorization: Bearer cGxhbm5lckBleGFtcGxlLmNvbTpzYW5kYm94LXBhc3N3b3Jk\r\n",
    ] {
        let headers = format!("{authorization}{types}");
        let response = planner
            .exchange_with("GET", "/login/check", &headers, "")
            .await;
        assert_eq!(response.status, 401);
        assert_eq!(response.json()["status"]["code"], 401);
        let challenge = response.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Basic realm="));
    }
}

#[tokio::test]
async fn both_headers_must_name_the_media_type_and_their_parameters_do_not_matter() {
    let mut planner = Planner::start().await;
    let right = format!("{MEDIA_TYPE}; Charset=utf-8");
    for (accept, content_type, status) in [
        (Some(MEDIA_TYPE), Some(MEDIA_TYPE), 200),
        (Some(&*right), Some(&*right), 200),
        (
            Some("text/html, application/vnd.geoplanning-v3.0+json;q=0.5"),
            Some(&*right),
            200,
        ),
        (None, Some(MEDIA_TYPE), 406),
        (Some("*/*"), Some(MEDIA_TYPE), 406),
        (Some(MEDIA_TYPE), None, 415),
        (Some(MEDIA_TYPE), Some("application/json"), 415),
    ] {
        let header = |name, value: Option<&str>| {
            value.map_or(String::new(), |value| format!("{name}: {value}\r\n"))
        };
        let (accept, content_type) = (
            header("Accept", accept),
            header("Content-Type", content_type),
        );
        let headers = format!("{AUTHORIZATION}{accept}{content_type}");
        let response = planner
            .exchange_with("GET", "/login/check", &headers, "")
            .await;
        assert_eq!(response.status, status, "{headers}");
    }
}

#[tokio::test]
async fn an_account_without_web_services_may_do_nothing() {
    let mut planner = Planner::start().await;
    planner.configure(|settings| settings.web_services = false);
    assert_eq!(planner.refused("check_login", "/login/check").await.0, 403);
    planner.emulator().reset();
    planner.get("check_login", "/login/check").await;
}

#[tokio::test]
async fn an_unknown_path_or_method_is_refused_with_the_envelope() {
    let mut planner = Planner::start().await;
    for (method, path, status) in [
        ("GET", "/nothing", 404),
        ("POST", "/activity", 405),
        ("POST", "/customers/ref/", 404),
        ("PATCH", "/rounds/1", 405),
    ] {
        let response = planner.exchange_with(method, path, HEADERS, "").await;
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(response.json()["status"]["code"], status);
    }
}

#[tokio::test]
async fn a_call_may_be_told_with_http_200_that_it_failed() {
    let mut planner = Planner::start().await;
    let faults = planner.faults();
    faults.on("check_login").respond(failure(17, "on leave"));
    let response = planner.exchange("check_login", "/login/check", "").await;
    assert_eq!(response.status, 200);
    let envelope = json!({ "status": { "code": 17, "message": "on leave" } });
    assert_eq!(response.json(), envelope);
    planner.get("check_login", "/login/check").await;
}

#[tokio::test]
async fn a_creation_may_be_a_201() {
    let mut planner = Planner::start().await;
    planner.configure(|settings| settings.created_status = 201);
    let body = new_activity().to_string();
    let response = planner.exchange("add_activity", "/activity/", &body).await;
    assert_eq!(response.status, 201);
    let round = json!({ "date": "2026-03-04T00:00:00Z", "resourceId": 1 }).to_string();
    let response = planner.exchange("add_round", "/rounds", &round).await;
    assert_eq!(response.status, 201);
}

#[tokio::test]
async fn a_second_creation_with_the_same_foreign_id_makes_a_second_thing_or_is_refused() {
    let mut planner = Planner::start().await;
    let round = json!({ "date": "2026-03-04T00:00:00Z", "resourceId": 1 });
    let customer = json!({ "name": "N", "foreignId": "C-1", "address": address() });
    let resource = json!({
        "name": "N", "fid": "R-1", "startAddress": address(), "endAddress": address()
    });
    let creations = [
        ("add_activity", "/activity/", "GP-100", new_activity()),
        ("add_customer", "/customers", "C-1", customer),
        ("add_resource", "/resources", "R-1", resource),
        ("add_round", "/rounds", "1", round),
    ];
    for (route, path, about, body) in &creations {
        planner.call(route, path, body.clone()).await;
        planner.call(route, path, body.clone()).await;
        assert_eq!(planner.ledger().effects(route, about), 2, "{route}");
    }
    planner.configure(|settings| settings.duplicates = Duplicates::Refuse);
    for (route, path, about, body) in creations {
        let (status, message) = planner.call_refused(route, path, body).await;
        assert_eq!(status, 400, "{route}");
        assert!(message.ends_with("that exists already"), "{message}");
        assert_eq!(planner.ledger().effects(route, about), 2, "{route}");
    }
}

#[tokio::test]
async fn the_ledger_tells_what_each_request_was_about() {
    let mut planner = Planner::start().await;
    planner
        .call("add_activity", "/activity/", new_activity())
        .await;
    planner
        .get("get_activity_by_foreign_id", "/activity?fid=GP-1")
        .await;
    planner
        .get("get_customer_by_foreign_id", "/customers/ref/C-546")
        .await;
    planner.get("get_round", "/rounds/1").await;
    planner.get("list_users", "/users").await;
    let entries = planner.ledger().entries();
    let about: Vec<Option<&str>> = entries.iter().map(|entry| entry.about.as_deref()).collect();
    let expected = [Some("GP-100"), Some("GP-1"), Some("C-546"), Some("1"), None];
    assert_eq!(about, expected);
    assert_eq!(planner.ledger().effects("add_activity", "GP-100"), 1);
    assert_eq!(planner.ledger().effects("get_round", "1"), 0);
}

#[tokio::test]
async fn a_reset_brings_the_first_world_back() {
    let mut planner = Planner::start().await;
    let before = planner.get("get_round", "/rounds/1").await;
    planner.delete("delete_activity", "/activity/5").await;
    planner.configure(|settings| settings.created_status = 201);
    planner.emulator().reset();
    assert_eq!(planner.get("get_round", "/rounds/1").await, before);
}

#[tokio::test]
async fn a_code_other_than_0_may_stand_beside_the_thing_that_was_added() {
    let mut planner = Planner::start().await;
    let warning = json!({ "status": { "code": 3, "message": "warning" } });
    planner.faults().on("add_customer").amend(warning);
    let body = json!({ "name": "Ada", "foreignId": "C-1", "address": address() }).to_string();
    let response = planner.exchange("add_customer", "/customers", &body).await;
    let response = response.json();
    assert_eq!(
        response["status"],
        json!({ "code": 3, "message": "warning" })
    );
    assert_eq!(response["customer"]["foreignId"], "C-1");
    assert_eq!(planner.ledger().effects("add_customer", "C-1"), 1);
}

#[tokio::test]
async fn what_was_added_may_be_looked_up_only_some_time_later() {
    let mut planner = Planner::start().await;
    planner.configure(|settings| settings.visible_after = Duration::from_secs(5));
    planner
        .call("add_activity", "/activity/", new_activity())
        .await;
    let customer = json!({ "name": "Ada", "foreignId": "C-1", "address": address() });
    planner.call("add_customer", "/customers", customer).await;
    let resource = json!({
        "name": "Van", "fid": "R-1", "internal": true,
        "startAddress": address(), "endAddress": address()
    });
    planner.call("add_resource", "/resources", resource).await;
    let round = json!({ "date": "2026-03-10T00:00:00.000Z", "resourceId": 1 });
    let response = planner.call("add_round", "/rounds", round).await;
    let round = format!("/rounds/{}", response["round"]["id"]);

    let look_ups = [
        ("get_activity_by_foreign_id", "/activity?fid=GP-100"),
        ("get_customer_by_foreign_id", "/customers/ref/C-1"),
        ("get_resource_by_foreign_id", "/resources?fid=R-1"),
        ("get_round", round.as_str()),
    ];
    let of_the_day = "/rounds/resource/1?date=2026-03-10T00:00:00.000Z";
    for (route, path) in look_ups {
        assert_eq!(planner.refused(route, path).await.0, 404, "{route}");
    }
    let rounds = planner.get("list_rounds", of_the_day).await;
    assert_eq!(rounds["rounds"], json!([]));

    planner.sandbox.clock().advance(Duration::from_secs(5));
    for (route, path) in look_ups {
        planner.get(route, path).await;
    }
    let rounds = planner.get("list_rounds", of_the_day).await;
    assert_eq!(rounds["rounds"].as_array().unwrap().len(), 1);
}
