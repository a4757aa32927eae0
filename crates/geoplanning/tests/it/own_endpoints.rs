//! Endpoints that the service has and the crate doesn't.

use geoplanning::{Client, Endpoint, ErrorKind, Outcome, Path, ResourceId};
use httpmock::MockServer;
use serde::Deserialize;

use crate::support::at_once;

#[derive(Debug, Deserialize, PartialEq)]
struct Skills {
    skills: Vec<String>,
}

static LIST_SKILLS: Endpoint<Path<ResourceId>, (), Skills> =
    Endpoint::get("list_skills", "/resources/{id}/skills").idempotent();

async fn call(status: u16, body: &str) -> Result<Skills, geoplanning::Error> {
    let service = MockServer::start_async().await;
    let client = Client::builder()
        .base_url(service.base_url())
        .credentials("planner", "password")
        .transport(at_once())
        .build()
        .unwrap();
    service
        .mock_async(|when, then| {
            when.path("/resources/7/skills")
                .header_exists("authorization");
            then.status(status).body(body);
        })
        .await;
    client.call(&LIST_SKILLS, &ResourceId::new(7), ()).await
}

#[tokio::test]
async fn an_endpoint_of_ones_own_is_called_with_the_clients_credentials() {
    let body = r#"{"status": {"code": 0}, "skills": ["crane"]}"#;
    assert_eq!(call(200, body).await.unwrap().skills, ["crane"]);
}

#[tokio::test]
async fn a_code_in_the_envelope_is_a_failure_there_too() {
    let error = call(200, r#"{"status": {"code": 3, "message": "no"}}"#)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::VendorFailure);
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(error.vendor_code(), Some("3"));

    let body = r#"{"status": {"code": 3}, "skills": ["crane"]}"#;
    let error = call(200, body).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
}
