//! Log-in and missions.

use std::time::Duration;

use serde_json::json;
use vendor_sandbox::contract::validate_response;
use vendor_sandbox::ocean_geomission::{Duplicates, MissionStatus, ParametersIn, Step};
use vendor_sandbox::{OceanGeomission, Sandbox};

use crate::support::{Client, Response};

const HOUR: Duration = Duration::from_secs(3600);

/// Holds a success response against the contract.
fn assert_as_documented(ocean: &OceanGeomission, route: &str, response: &Response) {
    let contract = ocean.emulator().contract();
    let operation = contract
        .operations
        .iter()
        .find(|operation| operation.routes.iter().any(|known| known.name == route))
        .unwrap();
    let breaches = validate_response(contract, operation, route, &response.body);
    assert_eq!(breaches, [], "{route}");
    let documented = |status: u16| operation.statuses.iter().any(|row| row.status == status);
    assert!(documented(response.status), "{route}: {}", response.status);
}

#[tokio::test]
async fn every_operation_of_the_contract_is_served() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let documented: Vec<&str> = ocean
        .emulator()
        .contract()
        .operations
        .iter()
        .flat_map(|operation| &operation.routes)
        .map(|route| route.name.as_str())
        .collect();
    assert_eq!(ocean.emulator().served_operations(), documented);
}

#[tokio::test]
async fn a_log_in_gives_a_token_and_the_days_that_the_password_has_left() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| settings.password_expiration_remaining_days = 3);
    let mut client = Client::connect(ocean.emulator()).await;

    let response = client.log_in(ocean.login(), ocean.password()).await;

    assert_as_documented(ocean, "log_in", &response);
    assert_eq!(response.json()["passwordExpirationRemainingDays"], 3);
    assert_eq!(response.json()["additionalAccountData"], json!({}));
    client.token = Some(response.json()["token"].as_str().unwrap().to_owned());
    assert_eq!(client.create("idMission=M-1").await.status, 201);
}

#[tokio::test]
async fn a_wrong_password_an_unknown_account_and_a_malformed_log_in_are_told_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::connect(ocean.emulator()).await;
    assert_eq!(client.log_in(ocean.login(), "wrong").await.status, 401);
    assert_eq!(client.log_in("nobody", ocean.password()).await.status, 404);

    for (body, sentence) in [
        (r#"{"login":"a"}"#, "field `password` is required"),
        (
            r#"{"login":1,"password":"b"}"#,
            "field `login` must be a string",
        ),
        (
            r#"{"login":"a","password":"b","remember":true}"#,
            "field `remember` is not part of the contract",
        ),
        ("{", "the body is not valid JSON at line 1, column 1"),
        ("", "the body is required"),
    ] {
        let path = "/restapi/auth/authenticate2";
        let response = client.post(path, "application/json", body).await;
        assert_eq!(
            (response.status, response.message().as_str()),
            (400, sentence)
        );
    }
    let effects = ocean.ledger().entries();
    assert!(effects.iter().all(|entry| !entry.took_effect));
}

#[tokio::test]
async fn a_token_lives_for_twelve_hours_of_the_sandbox_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    assert_eq!(client.create("idMission=M-1").await.status, 201);

    sandbox.clock().advance(12 * HOUR - Duration::from_secs(1));
    assert_eq!(client.status("idMission=M-1").await.status, 200);

    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(client.status("idMission=M-1").await.status, 401);
}

#[tokio::test]
async fn a_call_without_a_token_or_with_an_unknown_one_is_a_401() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = Client::connect(sandbox.ocean_geomission().emulator()).await;
    assert_eq!(client.create("idMission=M-1").await.status, 401);
    client.token = Some("made-up".to_owned());
    assert_eq!(client.create("idMission=M-1").await.status, 401);
    assert_eq!(sandbox.ocean_geomission().mission_ids(), [""; 0]);
}

#[tokio::test]
async fn a_new_log_in_leaves_earlier_tokens_valid_and_a_revocation_ends_them_all() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut first = Client::logged_in(ocean).await;
    let mut second = Client::logged_in(ocean).await;
    assert_ne!(first.token, second.token);
    assert_eq!(first.create("idMission=M-1").await.status, 201);
    assert_eq!(second.status("idMission=M-1").await.status, 200);

    ocean.revoke_tokens();
    assert_eq!(first.status("idMission=M-1").await.status, 401);
    assert_eq!(second.status("idMission=M-1").await.status, 401);
}

#[tokio::test]
async fn a_token_of_another_sandbox_is_not_valid() {
    let one = Sandbox::start().await.unwrap();
    let other = Sandbox::start().await.unwrap();
    let client = Client::logged_in(one.ocean_geomission()).await;
    let mut stranger = Client::logged_in(other.ocean_geomission()).await;
    stranger.token = client.token;
    assert_eq!(stranger.status("idMission=M-1").await.status, 401);
}

#[tokio::test]
async fn an_account_without_web_services_may_do_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.configure(|settings| settings.web_services = false);
    assert_eq!(client.create("idMission=M-1").await.status, 403);
    let response = client.log_in(ocean.login(), ocean.password()).await;
    assert_eq!(response.status, 403);
}

#[tokio::test]
async fn a_mission_is_created_changed_followed_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;

    let created = client
        .create(
            "customerId=21&idMission=M%2F1&jourHeureInter=24%2F11%2F2025+08%3A30&nomVeh=VAN-07\
             &commentaire=c%C3%B4t%C3%A9+cour+%26+quai&aEnvoyer=true&longitude=2.33&latitude=48.86",
        )
        .await;
    assert_eq!(created.status, 201);
    assert_as_documented(ocean, "create_mission", &created);
    let mission = ocean.mission("M/1").unwrap();
    assert_eq!(mission.parameter("nomVeh").unwrap(), "VAN-07");
    assert_eq!(
        mission.parameter("commentaire").unwrap(),
        "côté cour & quai"
    );

    let modified = client.modify("idMission=M%2F1&nomVeh=VAN-09").await;
    assert_eq!(modified.status, 200);
    assert_as_documented(ocean, "modify_mission", &modified);
    assert_eq!(mission.parameter("nomVeh").unwrap(), "VAN-09");
    assert_eq!(
        mission.parameter("commentaire").unwrap(),
        "côté cour & quai",
        "what a modification leaves out stays"
    );

    let status = client.status("idMission=M%2F1").await;
    assert_eq!(status.status, 200);
    assert_as_documented(ocean, "mission_status", &status);
    assert_eq!(status.json()["statusCode"], "SENT");
    assert_eq!(status.json()["time"], "02/03/2026 08:00");
    assert_ne!(status.json()["externalMissionId"], "M/1");

    let deleted = client.delete("idMission=M%2F1").await;
    assert_eq!(deleted.status, 200);
    assert_as_documented(ocean, "delete_mission", &deleted);
    assert_eq!(client.status("idMission=M%2F1").await.status, 404);
    for route in ["create_mission", "modify_mission", "delete_mission"] {
        assert_eq!(ocean.ledger().effects(route, "M/1"), 1, "{route}");
    }
    assert_eq!(ocean.ledger().effects("mission_status", "M/1"), 0);
}

#[tokio::test]
async fn an_unknown_mission_is_a_404() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    assert_eq!(client.modify("idMission=M-1").await.status, 404);
    assert_eq!(client.status("idMission=M-1").await.status, 404);
    assert_eq!(client.delete("idMission=M-1").await.status, 404);
}

#[tokio::test]
async fn a_parameter_that_breaks_the_contract_is_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    for (query, sentence) in [
        ("", "query parameter `idMission` is required"),
        (
            "idMission=",
            "query parameter `idMission` must have at least 1 characters",
        ),
        (
            "idMission=M-1&idMission=M-2",
            "query parameter `idMission` is given more than once",
        ),
        (
            "idMission=M-1&jourHeureInter=2025-11-24T08:30:00Z",
            "query parameter `jourHeureInter` must be written as dd/MM/yyyy HH:mm",
        ),
        (
            "idMission=M-1&aEnvoyer=oui",
            "query parameter `aEnvoyer` must be true or false",
        ),
        (
            "idMission=M-1&longitude=181&latitude=0",
            "query parameter `longitude` must be between -180 and 180",
        ),
        (
            "idMission=M-1&longitude=2",
            "query parameter `latitude` is required: `longitude` and `latitude` belong together",
        ),
        (
            "idMission=M-1&prenomIndi=Ada",
            "query parameter `nomIndi` is required: `nomIndi` and `prenomIndi` belong together",
        ),
        (
            "idMission=M-1&customerId=x",
            "query parameter `customerId` must be an integer",
        ),
        (
            "idMission=M-1&colour=red&latitude=x",
            "query parameter `latitude` must be a number; \
             query parameter `colour` is not part of the contract",
        ),
        ("idMission=%C3", "the query is not well encoded"),
    ] {
        let response = client.create(query).await;
        assert_eq!(
            (response.status, response.message().as_str()),
            (400, sentence)
        );
    }
    assert_eq!(sandbox.ocean_geomission().mission_ids(), [""; 0]);
}

#[tokio::test]
async fn another_path_is_a_404_and_another_method_a_405() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    assert_eq!(client.call("GET", "/restapi/geomission").await.status, 404);
    let path = "/restapi/geomission/ajoutMission?idMission=M-1";
    assert_eq!(client.call("GET", path).await.status, 405);
}

#[tokio::test]
async fn parameters_are_read_from_a_form_and_from_json_as_well() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let path = "/restapi/geomission/ajoutMission";

    let form = "application/x-www-form-urlencoded; charset=UTF-8";
    let response = client.post(path, form, "idMission=F-1&rue=a+b").await;
    assert_eq!(response.status, 201);
    let mission = ocean.mission("F-1").unwrap();
    assert_eq!(mission.parameter("rue").unwrap(), "a b");

    let body = json!({ "idMission": "J-1", "aEnvoyer": true, "longitude": 2.5, "latitude": 0 });
    let json = "application/json";
    let response = client.post(path, json, &body.to_string()).await;
    assert_eq!(response.status, 201);
    let mission = ocean.mission("J-1").unwrap();
    assert_eq!(mission.parameter("longitude").unwrap(), "2.5");
    assert_eq!(ocean.ledger().effects("create_mission", "J-1"), 1);

    let body = json!({ "idMission": 1, "aEnvoyer": "true" });
    let response = client.post(path, json, &body.to_string()).await;
    assert_eq!(response.status, 400);
    assert_eq!(
        response.message(),
        "field `idMission` must be a string; field `aEnvoyer` must be true or false"
    );
    let twice = format!("{path}?idMission=Q-1");
    assert_eq!(client.post(&twice, form, "idMission=F-2").await.status, 400);
    let xml = client.post(path, "text/xml", "<mission/>").await;
    assert_eq!(xml.status, 400);
}

#[tokio::test]
async fn a_tenant_may_read_parameters_in_one_place_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.configure(|settings| settings.parameters_in = Some(ParametersIn::Form));

    let response = client.create("idMission=M-1").await;
    assert_eq!(response.status, 400);
    assert_eq!(response.message(), "the parameters must be in a form body");
    let path = "/restapi/geomission/ajoutMission";
    let form = "application/x-www-form-urlencoded";
    assert_eq!(client.post(path, form, "idMission=M-1").await.status, 201);
    assert_eq!(
        client.status("idMission=M-1").await.status,
        200,
        "a GET has its parameters in the query all the same"
    );
}

#[tokio::test]
async fn a_second_creation_is_refused_overwrites_or_makes_a_second_mission() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    client.create("idMission=M-1&ville=Lyon").await;

    assert_eq!(client.create("idMission=M-1&rue=B").await.status, 400);
    assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 1);

    ocean.configure(|settings| settings.duplicates = Duplicates::Overwrite);
    assert_eq!(client.create("idMission=M-1&rue=C").await.status, 201);
    assert_eq!(ocean.mission_ids(), ["M-1"]);
    let mission = ocean.mission("M-1").unwrap();
    assert_eq!(mission.parameter("rue").unwrap(), "C");
    assert_eq!(mission.parameter("ville"), None);

    ocean.configure(|settings| settings.duplicates = Duplicates::Second);
    assert_eq!(client.create("idMission=M-1&rue=D").await.status, 201);
    assert_eq!(ocean.mission_ids(), ["M-1", "M-1"]);
    assert_eq!(mission.parameter("rue").unwrap(), "D");
    client.delete("idMission=M-1").await;
    assert_eq!(mission.parameter("rue").unwrap(), "C");
    assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 3);
}

#[tokio::test]
async fn an_account_with_several_customers_has_to_say_which() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| settings.customers = vec![21, 22]);
    let mut client = Client::logged_in(ocean).await;

    let response = client.create("idMission=M-1").await;
    assert_eq!(response.status, 400);
    assert!(response.message().contains("`customerId`"));
    assert_eq!(
        client.create("idMission=M-1&customerId=23").await.status,
        403
    );
    assert_eq!(
        client.create("idMission=M-1&customerId=22").await.status,
        201
    );
    assert_eq!(
        client.status("idMission=M-1&customerId=22").await.status,
        200
    );
    assert_eq!(
        client.status("idMission=M-1&customerId=21").await.status,
        404,
        "a mission is its customer's alone"
    );
}

#[tokio::test]
async fn a_mission_is_prepared_until_it_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    client.create("idMission=M-1").await;
    let prepared = client.status("idMission=M-1").await.json();
    assert_eq!(prepared["statusCode"], "PREPARED");

    sandbox.clock().advance(HOUR);
    client.modify("idMission=M-1&aEnvoyer=true").await;
    let sent = client.status("idMission=M-1").await.json();
    assert_eq!(sent["statusCode"], "SENT");
    assert_eq!(sent["time"], "02/03/2026 09:00");
}

#[tokio::test]
async fn a_recipient_may_refuse_a_mission_with_a_reason() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    client.create("idMission=M-1&aEnvoyer=true").await;

    let mission = ocean.mission("M-1").unwrap();
    mission.refuse("Vehicle too small");
    let refused = client.status("idMission=M-1").await.json();
    assert_eq!(refused["statusCode"], "REFUSED");
    assert_eq!(refused["status"], "Refusée");
    assert_eq!(refused["commentRefuseReason"], "Vehicle too small");

    mission.set_status(MissionStatus::new("42", "Perdue"));
    mission.set_complement("Left at the gate");
    let other = client.status("idMission=M-1").await.json();
    assert_eq!(other["statusCode"], "42");
    assert_eq!(other["status"], "Perdue");
    assert_eq!(other["complement"], "Left at the gate");
}

#[tokio::test]
async fn a_scripted_day_goes_on_with_the_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| settings.script = Step::usual_day());
    let mut client = Client::logged_in(ocean).await;
    client.create("idMission=M-1&aEnvoyer=true").await;
    client.create("idMission=M-2").await;

    let mut seen = Vec::new();
    for minutes in [0, 10, 19, 1, 45] {
        sandbox.clock().advance(Duration::from_secs(minutes * 60));
        let status = client.status("idMission=M-1").await.json();
        seen.push(format!("{} {}", status["time"], status["statusCode"]));
    }
    assert_eq!(
        seen,
        [
            r#""02/03/2026 08:00" "SENT""#,
            r#""02/03/2026 08:10" "ACCEPTED""#,
            r#""02/03/2026 08:10" "ACCEPTED""#,
            r#""02/03/2026 08:30" "STARTED""#,
            r#""02/03/2026 09:15" "FINISHED""#,
        ]
    );
    let prepared = client.status("idMission=M-2").await.json();
    assert_eq!(prepared["statusCode"], "PREPARED");
}

#[tokio::test]
async fn the_date_may_be_spelled_as_on_the_french_page_and_a_creation_may_be_a_200() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| {
        settings.time_field = "timestring".to_owned();
        settings.created_status = 200;
    });
    let mut client = Client::logged_in(ocean).await;
    assert_eq!(client.create("idMission=M-1").await.status, 200);
    let status = client.status("idMission=M-1").await.json();
    assert_eq!(status["timestring"], "02/03/2026 08:00");
    assert_eq!(status.get("time"), None);
}

#[tokio::test]
async fn a_flag_is_read_in_capitals_too() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let created = client.create("idMission=M-1&aEnvoyer=TRUE").await;
    assert_eq!(created.status, 201);
    let status = client.status("idMission=M-1").await.json();
    assert_eq!(status["statusCode"], "SENT");
}

#[tokio::test]
async fn the_newer_base_url_serves_the_same_account() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let newer = ocean.base_url().replace("/ocean-3.0.0", "/ocean");
    let mut client = Client::connect_to(&newer).await;
    let response = client.log_in(ocean.login(), ocean.password()).await;
    client.token = Some(response.json()["token"].as_str().unwrap().to_owned());
    assert_eq!(client.create("idMission=M-1").await.status, 201);
    assert!(ocean.mission("M-1").is_some());

    let other = ocean.base_url().replace("/ocean-3.0.0", "/ocean-4");
    let mut client = Client::connect_to(&other).await;
    let response = client.log_in(ocean.login(), ocean.password()).await;
    assert_eq!(response.status, 404);
}

#[tokio::test]
async fn a_mission_may_be_looked_up_only_some_time_after_its_creation() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.configure(|settings| settings.visible_after = Duration::from_secs(3));
    assert_eq!(client.create("idMission=M-1").await.status, 201);
    assert_eq!(client.status("idMission=M-1").await.status, 404);
    sandbox.clock().advance(Duration::from_millis(2_999));
    assert_eq!(client.status("idMission=M-1").await.status, 404);
    let again = client.create("idMission=M-1").await;
    assert_eq!(again.status, 400, "the service itself knows it");
    sandbox.clock().advance(Duration::from_millis(1));
    assert_eq!(client.status("idMission=M-1").await.status, 200);
}

#[tokio::test]
async fn the_status_for_an_unknown_account_is_a_setting() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::connect(ocean.emulator()).await;
    assert_eq!(client.log_in("nobody", "x").await.status, 404);
    ocean.configure(|settings| settings.unknown_account_status = 401);
    assert_eq!(client.log_in("nobody", "x").await.status, 401);
}
