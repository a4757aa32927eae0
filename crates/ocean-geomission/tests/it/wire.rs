//! The exact bytes of each call.

use httpmock::prelude::*;
use httpmock::{Mock, Then, When};
use ocean_geomission::{Client, CustomerId, NewMission, ParameterPlace, Recipient};
use serde_json::json;

use crate::support::{at_once, full_mission};

/// What every parameter of `full_mission` is on the wire.
const FULL: [(&str, &str); 15] = [
    ("customerId", "21"),
    ("idMission", "2025-0042"),
    ("jourHeureInter", "24/11/2025 08:30"),
    ("jourHeurePeremp", "24/11/2025 18:00"),
    ("typeMission", "Delivery"),
    ("nomVeh", "VAN-07"),
    ("commentaire", "Ring twice & wait; dock 3 (côté cour)"),
    ("adrRefCli", "Warehouse Nord, entrance B"),
    ("rue", "12 rue de la Paix"),
    ("codPost", "75002"),
    ("ville", "Paris"),
    ("aEnvoyer", "true"),
    ("latitude", "48.8688"),
    ("longitude", "2.3316"),
    ("", ""),
];

/// `FULL` form-encoded, in the order in which the client writes it.
const FULL_ENCODED: &str = "customerId=21&idMission=2025-0042&jourHeureInter=24%2F11%2F2025+08%3A30\
    &jourHeurePeremp=24%2F11%2F2025+18%3A00&typeMission=Delivery&nomVeh=VAN-07\
    &commentaire=Ring+twice+%26+wait%3B+dock+3+%28c%C3%B4t%C3%A9+cour%29\
    &adrRefCli=Warehouse+Nord%2C+entrance+B&rue=12+rue+de+la+Paix&codPost=75002&ville=Paris\
    &aEnvoyer=true&latitude=48.8688&longitude=2.3316";

/// A service that knows one log-in and hands out one token.
async fn service() -> MockServer {
    service_with_token("the-token").await
}

async fn service_with_token(token: &str) -> MockServer {
    let service = MockServer::start_async().await;
    service
        .mock_async(|when, then| {
            when.method(POST)
                .path("/ocean-3.0.0/restapi/auth/authenticate2")
                .header("content-type", "application/json")
                .json_body(json!({"login": "dispatcher", "password": "secret"}));
            then.status(200).json_body(json!({
                "additionalAccountData": {},
                "passwordExpirationRemainingDays": 42,
                "token": token
            }));
        })
        .await;
    service
}

fn client(service: &MockServer, place: ParameterPlace) -> Client {
    Client::builder()
        .base_url(service.url("/ocean-3.0.0"))
        .credentials("dispatcher", "secret")
        .customer(21)
        .parameter_place(place)
        .transport(at_once())
        .build()
        .unwrap()
}

async fn expect<'a>(
    service: &'a MockServer,
    request: impl FnOnce(When) -> When,
    response: impl FnOnce(Then) -> Then,
) -> Mock<'a> {
    service
        .mock_async(|when, then| {
            request(
                when.header("x-auth-token", "the-token")
                    .header("accept", "application/json"),
            );
            response(then.header("content-type", "application/json;charset=utf-8"));
        })
        .await
}

fn has_full_query(when: When) -> When {
    FULL.iter()
        .filter(|(name, _)| !name.is_empty())
        .fold(when, |when, (name, value)| when.query_param(*name, *value))
}

#[tokio::test]
async fn a_mission_is_created_by_query_parameters() {
    let service = service().await;
    let create = expect(
        &service,
        |when| {
            has_full_query(
                when.method(POST)
                    .path("/ocean-3.0.0/restapi/geomission/ajoutMission"),
            )
            .header("content-length", "0")
        },
        |then| {
            then.status(201)
                .json_body(json!({"message": "Mission created"}))
        },
    )
    .await;
    let client = client(&service, ParameterPlace::Query);
    let receipt = client
        .create_mission(&full_mission("2025-0042"))
        .await
        .unwrap();
    create.assert_async().await;
    assert_eq!(receipt.message.as_deref(), Some("Mission created"));
}

#[tokio::test]
async fn a_mission_is_created_by_a_form_where_the_tenant_wants_one() {
    let service = service().await;
    let create = expect(
        &service,
        |when| {
            when.method(POST)
                .path("/ocean-3.0.0/restapi/geomission/ajoutMission")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(FULL_ENCODED)
        },
        |then| then.status(200).json_body(json!({"message": "ok"})),
    )
    .await;
    let client = client(&service, ParameterPlace::Form);
    client
        .create_mission(&full_mission("2025-0042"))
        .await
        .unwrap();
    create.assert_async().await;
}

#[tokio::test]
async fn a_mission_is_created_by_json_where_the_tenant_wants_it() {
    let service = service().await;
    let create = expect(
        &service,
        |when| {
            when.method(POST)
                .path("/ocean-3.0.0/restapi/geomission/ajoutMission")
                .header("content-type", "application/json")
                .json_body(json!({
                    "customerId": 21,
                    "idMission": "2025-0042",
                    "jourHeureInter": "24/11/2025 08:30",
                    "jourHeurePeremp": "24/11/2025 18:00",
                    "typeMission": "Delivery",
                    "nomVeh": "VAN-07",
                    "commentaire": "Ring twice & wait; dock 3 (côté cour)",
                    "adrRefCli": "Warehouse Nord, entrance B",
                    "rue": "12 rue de la Paix",
                    "codPost": "75002",
                    "ville": "Paris",
                    "aEnvoyer": true,
                    "longitude": 2.3316,
                    "latitude": 48.8688
                }))
        },
        |then| then.status(200).json_body(json!({"message": "ok"})),
    )
    .await;
    let client = client(&service, ParameterPlace::Json);
    client
        .create_mission(&full_mission("2025-0042"))
        .await
        .unwrap();
    create.assert_async().await;
}

#[tokio::test]
async fn a_mission_is_modified_by_query_parameters() {
    let service = service().await;
    let modify = expect(
        &service,
        |when| {
            has_full_query(
                when.method(POST)
                    .path("/ocean-3.0.0/restapi/geomission/modifierMission"),
            )
        },
        |then| {
            then.status(200)
                .json_body(json!({"message": "Mission modified"}))
        },
    )
    .await;
    let client = client(&service, ParameterPlace::Query);
    client
        .modify_mission(&full_mission("2025-0042").into())
        .await
        .unwrap();
    modify.assert_async().await;
}

#[tokio::test]
async fn a_status_is_asked_for_in_the_query_whatever_place_the_posts_use() {
    for place in [
        ParameterPlace::Query,
        ParameterPlace::Form,
        ParameterPlace::Json,
    ] {
        let service = service().await;
        let status = expect(
            &service,
            |when| {
                when.method(GET)
                    .path("/ocean-3.0.0/restapi/geomission/statutMission")
                    .query_param("customerId", "21")
                    .query_param("idMission", "a/b?c&d=é")
            },
            |then| {
                then.status(200)
                    .json_body(json!({"status": "Terminée", "statusCode": "F"}))
            },
        )
        .await;
        let response = client(&service, place)
            .mission_status("a/b?c&d=é")
            .await
            .unwrap();
        status.assert_async().await;
        assert_eq!(response.status.as_deref(), Some("Terminée"));
        assert_eq!(response.refusal_reason, None);
    }
}

#[tokio::test]
async fn a_mission_is_deleted_by_a_post() {
    let service = service().await;
    let delete = expect(
        &service,
        |when| {
            when.method(POST)
                .path("/ocean-3.0.0/restapi/geomission/supprimerMission")
                .query_param("customerId", "21")
                .query_param("idMission", "2025-0042")
        },
        |then| {
            then.status(201)
                .json_body(json!({"message": "Mission deleted"}))
        },
    )
    .await;
    let client = client(&service, ParameterPlace::Query);
    client.delete_mission("2025-0042").await.unwrap();
    delete.assert_async().await;
}

#[tokio::test]
async fn a_person_is_named_in_either_of_the_two_ways() {
    for (recipient, expected) in [
        (
            Recipient::person("Durand", "Éloïse"),
            vec![("nomIndi", "Durand"), ("prenomIndi", "Éloïse")],
        ),
        (
            Recipient::full_name("Durand Éloïse"),
            vec![("nomPrenom", "Durand Éloïse")],
        ),
    ] {
        let service = service().await;
        let create = expect(
            &service,
            |when| {
                let when = when.method(POST).query_param("idMission", "1");
                expected
                    .iter()
                    .fold(when, |when, (name, value)| when.query_param(*name, *value))
            },
            |then| then.status(200).json_body(json!({})),
        )
        .await;
        let mut mission = NewMission::new("1");
        mission.recipient = Some(recipient);
        client(&service, ParameterPlace::Query)
            .create_mission(&mission)
            .await
            .unwrap();
        create.assert_async().await;
    }
}

#[tokio::test]
async fn the_customer_of_one_call_wins_over_the_clients() {
    let service = service().await;
    let delete = expect(
        &service,
        |when| when.method(POST).query_param("customerId", "22"),
        |then| then.status(200).json_body(json!({})),
    )
    .await;
    let client = client(&service, ParameterPlace::Query);
    client
        .for_customer(CustomerId::new(22))
        .delete_mission("1")
        .await
        .unwrap();
    delete.assert_async().await;
}

#[tokio::test]
async fn a_token_is_sent_without_the_white_space_around_it() {
    let service = service_with_token(" the-token\r\n").await;
    let delete = expect(&service, |when| when.method(POST), |then| then.status(200)).await;
    let client = client(&service, ParameterPlace::Query);
    client.delete_mission("1").await.unwrap();
    delete.assert_async().await;
}

#[tokio::test]
async fn a_success_without_a_body_is_a_success() {
    let service = service().await;
    expect(&service, |when| when.method(POST), |then| then.status(200)).await;
    let client = client(&service, ParameterPlace::Query);
    let receipt = client.delete_mission("1").await.unwrap();
    assert_eq!(receipt.message, None);
}
