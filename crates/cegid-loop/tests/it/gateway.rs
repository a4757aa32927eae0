//! What the API gateway in front of the service responds with, and refusals behind a success
//! status.

use std::time::Duration;

use cegid_loop::{Client, Error, ErrorKind, Filter, Outcome};
use httpmock::MockServer;

use crate::support::{at_once, mocked};

/// What a list comes to if the service responds with this.
async fn listed(
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
) -> (Result<usize, Error>, usize) {
    let service = MockServer::start_async().await;
    let call = service
        .mock_async(|when, then| {
            when.path("/LettresDeMissions");
            let then = then.status(status).body(body);
            headers
                .iter()
                .fold(then, |then, (name, value)| then.header(*name, *value));
        })
        .await;
    let page = mocked(&service)
        .engagement_letters(Filter::unfiltered())
        .page()
        .await;
    (page.map(|page| page.rows.len()), call.calls_async().await)
}

#[tokio::test]
async fn an_exhausted_quota_is_a_rate_limit_that_is_waited_for() {
    let quota = r#"{ "statusCode": 403, "message": "Out of call volume quota." }"#;
    let (result, calls) = listed(403, &[("retry-after", "0")], quota).await;
    let error = result.unwrap_err();
    assert!(error.is_rate_limited() && !error.is_forbidden());
    assert_eq!(calls, 4);
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(error.vendor_message(), Some("Out of call volume quota."));

    // Longer than anybody waits: reported at once, with the wait.
    let (result, calls) = listed(403, &[("retry-after", "604800")], quota).await;
    let error = result.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(604_800)));
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn a_forbidden_address_is_no_rate_limit_and_is_not_tried_again() {
    let forbidden = r#"{ "statusCode": 403, "message": "Forbidden" }"#;
    let (result, calls) = listed(403, &[], forbidden).await;
    let error = result.unwrap_err();
    assert!(error.is_forbidden() && !error.is_rate_limited() && !error.is_retryable());
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn an_error_behind_a_success_status_is_a_refusal_in_the_vendors_words() {
    for body in [
        r#"{ "error": { "instanceId": "7f3c", "message": "folder unknown" } }"#,
        r#"{ "data": [], "error": { "instanceId": "7f3c", "message": "folder unknown" } }"#,
        r#"{ "error": { "message": "folder unknown" }, "data": [{}] }"#,
    ] {
        let (result, calls) = listed(200, &[], body).await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VendorFailure, "{body}");
        assert_eq!(error.outcome(), Outcome::Rejected);
        assert_eq!(error.vendor_message(), Some("folder unknown"));
        assert_eq!(calls, 1);
    }
    let (rows, _) = listed(200, &[], r#"{ "error": null, "data": [{}] }"#).await;
    assert_eq!(rows.unwrap(), 1);
}

#[tokio::test]
async fn the_vendors_words_are_found_in_each_of_their_places() {
    for (body, code, message) in [
        (
            r#"{"statusCode":500,"message":"m"}"#,
            Some("500"),
            Some("m"),
        ),
        (
            r#"{"error":{"code":"E7","message":"m"}}"#,
            Some("E7"),
            Some("m"),
        ),
        (
            r#"{"error":{"instanceId":"i","message":"m"}}"#,
            None,
            Some("m"),
        ),
        (r#"{"error":"m"}"#, None, Some("m")),
        (r#"{"code":7,"message":"m"}"#, Some("7"), Some("m")),
        (
            r#"{"title":"t","status":500,"detail":"m"}"#,
            Some("500"),
            Some("m"),
        ),
        (
            r#"{"timestamp":"x","status":500,"error":"Internal Server Error","message":"m","path":"/"}"#,
            Some("500"),
            Some("m"),
        ),
        (r#"{"message":{"a":1}}"#, None, None),
        ("<html>", None, None),
    ] {
        let (result, _) = listed(400, &[], body).await;
        let error = result.unwrap_err();
        assert_eq!(
            (error.vendor_code(), error.vendor_message()),
            (code, message),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_empty_list_is_read_in_each_of_its_spellings() {
    for (status, body) in [
        (200, "[]"),
        (200, r#"{"data":[]}"#),
        (200, r#"{"data":null}"#),
        (200, "null"),
        (200, ""),
        (200, " \r\n"),
        (204, ""),
    ] {
        let (rows, calls) = listed(status, &[], body).await;
        assert_eq!((rows.unwrap(), calls), (0, 1), "{status} {body:?}");
    }
}

#[tokio::test]
async fn what_is_no_list_is_no_empty_list() {
    for body in ["{}", r#"{"rows":[]}"#, "1", r#"{"data":{}}"#, "<html>"] {
        let (result, _) = listed(200, &[], body).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Body, "{body}");
    }
}

#[tokio::test]
async fn a_key_with_blanks_around_it_is_sent_without_them() {
    let service = MockServer::start_async().await;
    let call = service
        .mock_async(|when, then| {
            when.header("ocp-apim-subscription-key", "subscription")
                .header("x-apikey", "key:the secret");
            then.status(200).body("[]");
        })
        .await;
    let client = Client::builder()
        .base_url(service.base_url())
        .subscription_key("\u{feff}subscription\r\n")
        .api_key(" key\t", "the secret \n")
        .transport(at_once())
        .build()
        .unwrap();
    let letters = client.engagement_letters(Filter::unfiltered());
    letters.page().await.unwrap();
    call.assert_async().await;
}

#[test]
fn a_key_with_a_line_end_inside_is_refused_by_name() {
    let with = |subscription: &str, key: &str, secret: &str| {
        let builder = Client::builder()
            .subscription_key(subscription)
            .api_key(key, secret);
        builder.build().unwrap_err().to_string()
    };
    assert!(with("a\nb", "k", "s").contains("the subscription key"));
    assert!(with("x", "a\nb", "s").contains("the API key"));
    assert!(with("x", "k", "a\r\nb").contains("the client secret"));
    assert!(with("x", "k", " \n").contains("the client secret"));
}

#[tokio::test]
async fn a_refusal_is_read_with_a_byte_order_mark_and_in_latin_1() {
    let json = "{\"error\":{\"message\":\"dossier ferm\u{e9}\"}}";
    let latin: Vec<u8> = json
        .chars()
        .map(|char| u8::try_from(u32::from(char)).unwrap())
        .collect();
    for status in [200, 400] {
        for (media_type, body) in [
            ("application/json", format!("\u{feff}{json}").into_bytes()),
            ("application/json; charset=latin1", latin.clone()),
        ] {
            let service = MockServer::start_async().await;
            service
                .mock_async(|when, then| {
                    when.path("/LettresDeMissions");
                    then.status(status)
                        .header("content-type", media_type)
                        .body(body);
                })
                .await;
            let list = mocked(&service).engagement_letters(Filter::unfiltered());
            let error = list.page().await.unwrap_err();
            assert_eq!(
                error.vendor_message(),
                Some("dossier fermé"),
                "{media_type}"
            );
        }
    }
}

/// Findings C-01, C-02 and C-09.
#[tokio::test]
async fn of_two_names_of_one_field_the_first_that_is_not_null_is_read_beside_any_neighbour() {
    let body = r#"[
        {"statut": null, "status": "2", "description": "a", "Description": "b"},
        {"objectId": 1},
        {"Description": "b", "description": "a", "pdffile": null, "pdfFile": {"name": 7}}
    ]"#;
    let service = MockServer::start_async().await;
    service
        .mock_async(|when, then| {
            when.path("/LettresDeMissions");
            then.status(200).body(body);
        })
        .await;
    let letters = mocked(&service).engagement_letters(Filter::unfiltered());
    let mut rows = letters.limit(3).rows();
    let first = rows.next().await.unwrap().unwrap();
    assert_eq!(
        first.status,
        Some(cegid_loop::letters::LetterStatus::from(2))
    );
    assert_eq!(first.description.as_deref(), Some("a"));
    assert!(rows.next().await.unwrap().is_err());
    let third = rows.next().await.unwrap().unwrap();
    assert_eq!(third.description.as_deref(), Some("b"));
    assert_eq!(third.pdf_file.unwrap().name.as_deref(), Some("7"));
}
