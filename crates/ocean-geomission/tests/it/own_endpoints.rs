//! Endpoints that the service has and the crate doesn't, and calls that differ from the rest.

use std::time::Duration;

use httpmock::MockServer;
use ocean_geomission::{
    Client, Endpoint, ErrorKind, NewMission, Outcome, Query, RetryPolicy, Validate,
};
use serde::{Deserialize, Serialize};
use vendor_sandbox::{Response, Sandbox};

use crate::support::{at_once, client};

#[derive(Serialize)]
struct ByPlate {
    immatriculation: String,
}

impl Validate for ByPlate {}

#[derive(Debug, Deserialize, PartialEq)]
struct Vehicle {
    immatriculation: String,
}

static VEHICLES: Endpoint<Query<ByPlate>, (), Vec<Vehicle>> =
    Endpoint::get("list_vehicles", "/restapi/vehicule_engin/vehicles");

static FORGET: Endpoint<(), (), Option<Vehicle>> = Endpoint::post("forget", "/restapi/forget");

/// A status call in the user's own words, for the sandbox.
static STATUS: Endpoint<Query<ById>, (), serde_json::Value> =
    Endpoint::get("my_status", "/restapi/geomission/statutMission").idempotent();

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ById {
    id_mission: String,
}

impl Validate for ById {}

fn plate() -> ByPlate {
    ByPlate {
        immatriculation: "AB-123-CD".to_owned(),
    }
}

async fn mocked(service: &MockServer) -> Client {
    service
        .mock_async(|when, then| {
            when.path("/restapi/auth/authenticate2");
            then.status(200).body(r#"{"token": "canary-token"}"#);
        })
        .await;
    Client::builder()
        .base_url(service.base_url())
        .credentials("dispatcher", "password")
        .transport(at_once())
        .build()
        .unwrap()
}

#[tokio::test]
async fn an_endpoint_of_ones_own_is_called_with_the_clients_token() {
    let service = MockServer::start_async().await;
    let client = mocked(&service).await;
    let call = service
        .mock_async(|when, then| {
            when.path("/restapi/vehicule_engin/vehicles")
                .query_param("immatriculation", "AB-123-CD")
                .header("x-auth-token", "canary-token");
            then.status(200)
                .header("x-request-id", "r-1")
                .body(r#"[{"immatriculation": "AB-123-CD"}]"#);
        })
        .await;
    let vehicles = client.call(&VEHICLES, &plate(), ()).await.unwrap();
    assert_eq!(vehicles[0].immatriculation, "AB-123-CD");

    let raw = client.call_raw(&VEHICLES, &plate(), ()).await.unwrap();
    assert_eq!(raw.status(), 200);
    assert_eq!(raw.headers()["x-request-id"], "r-1");
    assert_eq!(raw.request_id().as_deref(), Some("r-1"));
    assert!(raw.earlier_attempts().is_empty());
    assert!(raw.body().starts_with(b"[{"));
    assert_eq!(call.calls_async().await, 2);
}

#[tokio::test]
async fn a_response_without_a_body_is_none() {
    let service = MockServer::start_async().await;
    let client = mocked(&service).await;
    service
        .mock_async(|when, then| {
            when.path("/restapi/forget");
            then.status(204);
        })
        .await;
    assert_eq!(client.call(&FORGET, (), ()).await.unwrap(), None);
}

#[tokio::test]
async fn an_endpoint_of_ones_own_is_repeated_only_if_it_is_declared_idempotent() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    client
        .create_mission(&NewMission::new("M-1"))
        .await
        .unwrap();
    let faults = sandbox.ocean_geomission().faults();
    let id = ById {
        id_mission: "M-1".to_owned(),
    };
    faults.on("mission_status").respond(Response::new(503));
    let raw = client.call_raw(&STATUS, &id, ()).await.unwrap();
    assert_eq!(raw.earlier_attempts().len(), 1);

    static ONCE: Endpoint<Query<ById>, (), serde_json::Value> =
        Endpoint::get("my_status", "/restapi/geomission/statutMission");
    faults.on("mission_status").respond(Response::new(503));
    let error = client.call(&ONCE, &id, ()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(error.operation().unwrap().name, "my_status");
}

#[tokio::test]
async fn a_header_goes_with_the_calls_of_that_clone_and_not_with_the_log_in() {
    let service = MockServer::start_async().await;
    let log_in = service
        .mock_async(|when, then| {
            when.path("/restapi/auth/authenticate2")
                .header_missing("x-correlation-id");
            then.status(200).body(r#"{"token": "t"}"#);
        })
        .await;
    let marked = service
        .mock_async(|when, then| {
            when.path("/restapi/vehicule_engin/vehicles")
                .header("x-correlation-id", "canary-order");
            then.status(200).body("[]");
        })
        .await;
    let plain = service
        .mock_async(|when, then| {
            when.path("/restapi/vehicule_engin/vehicles")
                .header_missing("x-correlation-id");
            then.status(200).body("[]");
        })
        .await;
    let client = Client::builder()
        .base_url(service.base_url())
        .credentials("dispatcher", "password")
        .build()
        .unwrap();
    let with_id = client
        .with_header("x-correlation-id", "canary-order")
        .unwrap();
    assert!(!format!("{with_id:?}").contains("canary"));
    with_id.call(&VEHICLES, &plate(), ()).await.unwrap();
    client.call(&VEHICLES, &plate(), ()).await.unwrap();
    for mock in [log_in, marked, plain] {
        assert_eq!(mock.calls_async().await, 1);
    }
}

#[tokio::test]
async fn the_clients_own_headers_cannot_be_set() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    for name in [
        "X-AUTH-TOKEN",
        "Authorization",
        "host",
        "content-length",
        "user-agent",
    ] {
        let error = client.with_header(name, "canary-value").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let line = error.to_string();
        assert!(line.contains("is set by the client"), "{line}");
        assert!(!line.contains("canary"));
    }
    for (name, value) in [("two words", "x"), ("x-id", "two\r\nlines"), ("", "x")] {
        assert!(client.with_header(name, value).is_err());
    }
}

#[tokio::test]
async fn retries_of_single_calls_are_set_by_a_clone() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    client
        .create_mission(&NewMission::new("M-1"))
        .await
        .unwrap();
    let faults = sandbox.ocean_geomission().faults();
    faults.on("mission_status").respond(Response::new(503));
    let once = client.with_retry(RetryPolicy::default().max_attempts(1));
    once.mission_status("M-1").await.unwrap_err();
    faults.on("mission_status").respond(Response::new(503));
    client.mission_status("M-1").await.unwrap();
}

#[tokio::test]
async fn the_deadline_of_single_calls_is_set_by_a_clone() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    client.log_in().await.unwrap();
    let hasty = client.with_deadline(Duration::ZERO);
    let error = hasty.mission_status("M-1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(
        client
            .mission_status("M-1")
            .await
            .unwrap_err()
            .is_not_found()
    );
}
