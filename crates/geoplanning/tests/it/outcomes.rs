//! What counts as success, and what an answer of failure tells.

use geoplanning::{
    ActivityId, CustomerId, ErrorKind, NewRound, Outcome, Plan, ResourceId, RoundId,
};
use httpmock::{MockServer, Then};
use serde_json::json;
use time::macros::datetime;
use vendor_sandbox::geoplanning::failure;

use crate::support::{at_once, client, fixture, key_of, new_activity, sandbox};

/// A client of a service that answers everything alike.
async fn answered(answer: impl FnOnce(Then) -> Then) -> (MockServer, geoplanning::Client) {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            let _ = when.path_matches(".*");
            answer(then);
        })
        .await;
    let client = geoplanning::Client::builder()
        .base_url(server.base_url())
        .credentials("planner", "secret")
        .transport(at_once())
        .build()
        .unwrap();
    (server, client)
}

/// Finding G-26: a code other than 0 is a failure even with HTTP 200. Finding G-43: the words that
/// no example has.
#[tokio::test]
async fn a_code_other_than_0_is_a_refusal_even_with_http_200() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let plan = Plan::new(key_of(&client, 1).await, 0, datetime!(2026-03-02 09:00 UTC));
    let leave = failure(17, "the resource is on leave");
    sandbox
        .geoplanning()
        .faults()
        .on("plan_activity")
        .respond(leave);
    let error = client
        .activities()
        .plan(ActivityId::new(40), &plan)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::VendorFailure);
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(error.status().unwrap().as_u16(), 200);
    assert_eq!(error.vendor_code(), Some("17"));
    assert_eq!(error.vendor_message(), Some("the resource is on leave"));
    assert!(!error.to_string().contains("leave"));
}

/// Finding G-26: what was asked for is then not to be expected, and may be anything.
#[tokio::test]
async fn a_code_other_than_0_is_seen_whatever_stands_beside_it() {
    for beside in [
        json!(null),
        json!({}),
        json!([]),
        fixture("get_activity/response")["activity"].clone(),
    ] {
        let body = json!({ "status": { "code": -3 }, "activity": beside });
        let (_server, client) = answered(|then| then.status(200).json_body(body)).await;
        let error = client
            .activities()
            .get(ActivityId::new(1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VendorFailure, "{error}");
        assert_eq!(error.vendor_code(), Some("-3"));
        assert_eq!(error.vendor_message(), None);
    }
}

/// Findings G-22 and G-26: a deletion has nothing to say, unless it says that it failed.
#[tokio::test]
async fn a_deletion_that_reports_a_failure_is_one() {
    let body = json!({ "status": { "code": 5, "message": "in use" } });
    let (_server, client) = answered(|then| then.status(200).json_body(body)).await;
    let error = client
        .customers()
        .delete(CustomerId::new(1))
        .await
        .unwrap_err();
    assert_eq!(error.vendor_message(), Some("in use"));
    for body in ["", "null", "{}", r#"{"status":{"code":0}}"#] {
        let (_server, client) = answered(|then| then.status(200).body(body)).await;
        let deleted = client.customers().delete(CustomerId::new(1)).await;
        assert!(deleted.is_ok(), "{body}");
    }
    for body in ["<html>log in first</html>", "deleted", "[1]"] {
        let (_server, client) = answered(|then| then.status(200).body(body)).await;
        let error = client
            .customers()
            .delete(CustomerId::new(1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body, "{body}");
        assert!(error.may_have_been_applied());
    }
}

/// Finding G-21: 201 in the overview, 200 in the examples; any 2xx will do.
#[tokio::test]
async fn any_2xx_is_a_success() {
    for status in [200, 201, 202] {
        let sandbox = sandbox().await;
        sandbox
            .geoplanning()
            .configure(|settings| settings.created_status = status);
        let client = client(&sandbox);
        assert!(
            client
                .activities()
                .add(&new_activity("GP-100"))
                .await
                .is_ok()
        );
        let round = NewRound::new(ResourceId::new(1), datetime!(2026-06-03 00:00 UTC));
        assert!(client.rounds().add(&round).await.is_ok());
    }
}

/// Finding G-26: a refusal's body is not documented.
#[tokio::test]
async fn a_refusal_is_understood_with_and_without_words() {
    for (body, code, message) in [
        (
            r#"{"status":{"code":12,"message":"no"}}"#,
            Some("12"),
            Some("no"),
        ),
        (r#"{"status":{"code":12}}"#, Some("12"), None),
        (
            r#"{"timestamp":1,"status":404,"error":"Not Found"}"#,
            None,
            None,
        ),
        ("<html><body>not found</body></html>", None, None),
        ("", None, None),
    ] {
        let (_server, client) = answered(|then| then.status(404).body(body)).await;
        let error = client.rounds().get(RoundId::new(1)).await.unwrap_err();
        assert!(error.is_not_found(), "{body}");
        assert_eq!(
            (error.vendor_code(), error.vendor_message()),
            (code, message)
        );
    }
}

/// Finding G-25: an answer may have either media type, or the plain one.
#[tokio::test]
async fn an_answer_of_any_json_media_type_is_read() {
    for media_type in [
        "application/vnd.geoplanning-v3.0+json;charset=UTF-8",
        "application/vnd.geoplanning-v3.0+json",
        "application/json",
    ] {
        let body = fixture("get_round/response").to_string();
        let answer = |then: Then| {
            then.status(200)
                .header("content-type", media_type)
                .body(body)
        };
        let (_server, client) = answered(answer).await;
        assert!(client.rounds().get(RoundId::new(1)).await.is_ok());
    }
}

#[tokio::test]
async fn an_answer_that_is_not_as_documented_is_named_by_its_path() {
    let mut body = fixture("plan_activity/response");
    body["rounds"][0]["activities"][1]["task"]["duration"] = json!("canary");
    let (_server, client) = answered(|then| then.status(200).json_body(body)).await;
    let plan = Plan::new(
        geoplanning::RoundKey::new(RoundId::new(1), "key"),
        0,
        datetime!(2026-03-02 09:00 UTC),
    );
    let error = client
        .activities()
        .plan(ActivityId::new(40), &plan)
        .await
        .unwrap_err();
    assert_eq!(
        error.json_path(),
        Some("rounds[0].activities[1].task.duration")
    );
    assert!(error.may_have_been_applied());
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_an_error() {
    for body in [
        "",
        "null",
        "{}",
        r#"{"status":{"code":0}}"#,
        r#"{"activity":{}}"#,
    ] {
        let (_server, client) = answered(|then| then.status(200).body(body)).await;
        let error = client
            .activities()
            .get(ActivityId::new(1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body, "{body}");
    }
}
