//! Endpoints that the service has and the crate doesn't.

use cegid_loop::{Endpoint, ErrorKind, Outcome, Path};
use httpmock::MockServer;
use serde::Deserialize;

use crate::support::mocked;

#[derive(Debug, Deserialize, PartialEq)]
struct ImportStatus {
    status: u8,
}

static IMPORT_STATUS: Endpoint<Path<String>, (), ImportStatus> =
    Endpoint::get("import_status", "/imports/{id}").idempotent();

async fn call(body: &str) -> Result<ImportStatus, cegid_loop::Error> {
    let service = MockServer::start_async().await;
    let client = mocked(&service);
    service
        .mock_async(|when, then| {
            when.path("/imports/a%2Fb")
                .header("ocp-apim-subscription-key", "s")
                .header("x-apikey", "k:c");
            then.status(200).body(body);
        })
        .await;
    client.call(&IMPORT_STATUS, &"a/b".to_owned(), ()).await
}

#[tokio::test]
async fn an_endpoint_of_ones_own_is_called_with_the_clients_keys() {
    let status = call(r#"{"status": 3}"#).await.unwrap();
    assert_eq!(status, ImportStatus { status: 3 });
}

#[tokio::test]
async fn an_error_inside_a_success_is_a_refusal_there_too() {
    let refusal = r#"{"error": {"instanceId": "i", "message": "canary words"}, "status": 3}"#;
    let error = call(refusal).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::VendorFailure);
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(error.vendor_message(), Some("canary words"));
    assert!(!error.to_string().contains("canary"));
}
