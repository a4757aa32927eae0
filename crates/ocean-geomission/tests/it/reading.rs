//! What the client makes of responses that aren't quite as documented.

use ocean_geomission::ErrorKind;
use serde_json::json;
use vendor_sandbox::{ConnectionEnd, Response, Sandbox};

use crate::support::{client, full_mission};

const JSON: &str = "application/json;charset=utf-8";

fn response(media_type: &str, body: &str) -> Response {
    Response::new(200)
        .header("content-type", media_type)
        .body(body.to_owned())
}

#[tokio::test]
async fn a_success_is_a_receipt_whatever_its_body_says() {
    for (media_type, body, message) in [
        (JSON, "null", None),
        (JSON, "\"created\"", Some("created")),
        (JSON, r#"{"message": "created"}"#, Some("created")),
        (JSON, r#"{"message": null}"#, None),
        (JSON, r#"{"message": 7}"#, Some("7")),
        (JSON, "{}", None),
        (JSON, "[]", None),
        (
            JSON,
            r#"[{"oceanStatus": "ok", "message": "created"}]"#,
            Some("created"),
        ),
        ("text/plain", "OK", Some("OK")),
        ("text/plain", "\r\n", None),
        ("text/plain", "", None),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let faults = sandbox.ocean_geomission().faults();
        let plan = faults.on("create_mission").after_processing();
        plan.respond(response(media_type, body));
        let receipt = client(&sandbox).create_mission(&full_mission("M-1")).await;
        assert_eq!(receipt.unwrap().message.as_deref(), message, "{body:?}");
    }
}

#[tokio::test]
async fn a_page_and_json_that_breaks_off_are_not_receipts() {
    for (media_type, body) in [
        ("text/html", "<html>Log in first</html>"),
        ("text/plain", "<html>Log in first</html>"),
        (JSON, r#"{"message": "crea"#),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let faults = sandbox.ocean_geomission().faults();
        faults
            .on("create_mission")
            .respond(response(media_type, body));
        let created = client(&sandbox).create_mission(&full_mission("M-1")).await;
        let error = created.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body, "{body:?}");
        assert!(error.may_have_been_applied());
    }
}

#[tokio::test]
async fn a_log_in_never_fails_for_a_figure_that_only_informs() {
    for (figure, days) in [
        (json!("42"), Some(42)),
        (json!(42.0), Some(42)),
        (json!(""), None),
        (json!(null), None),
        (json!({"days": 42}), None),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let body = json!({"token": "the-token", "passwordExpirationRemainingDays": figure});
        let faults = sandbox.ocean_geomission().faults();
        faults.on("log_in").respond(Response::json(200, &body));
        let client = client(&sandbox);
        client.log_in().await.unwrap();
        assert_eq!(client.password_days_left(), days, "{figure}");
    }
}

#[tokio::test]
async fn the_vendors_code_and_words_are_in_the_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let refusal = json!([{"oceanStatus": "badParameters", "message": "unknown vehicle"}]);
    let faults = sandbox.ocean_geomission().faults();
    faults
        .on("create_mission")
        .respond(Response::json(400, &refusal));
    let created = client(&sandbox).create_mission(&full_mission("M-1")).await;
    let error = created.unwrap_err();
    assert_eq!(error.vendor_code(), Some("badParameters"));
    assert_eq!(error.vendor_message(), Some("unknown vehicle"));
}

#[tokio::test]
async fn bytes_that_are_not_text_are_not_a_receipt() {
    let sandbox = Sandbox::start().await.unwrap();
    let faults = sandbox.ocean_geomission().faults();
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\xff\xfe\x00\x01";
    faults
        .on("create_mission")
        .raw(&bytes[..], ConnectionEnd::Close);
    let created = client(&sandbox).create_mission(&full_mission("M-1")).await;
    assert_eq!(created.unwrap_err().kind(), ErrorKind::Body);
}

#[tokio::test]
async fn a_status_is_read_from_its_neighbours() {
    for (body, code, time) in [
        (r#"{"statusCode": 3}"#, Some("3"), None),
        (r#"{"statusCode": "3", "time": 5}"#, Some("3"), Some("5")),
        (r#"{"time": "a", "timestring": "b"}"#, None, Some("a")),
        (r#"{"time": null, "timestring": "b"}"#, None, Some("b")),
        (r#"{"timestring": "b", "time": "a"}"#, None, Some("b")),
        (r#"{"time": null, "timestring": 7}"#, None, Some("7")),
        (r#"{"statusCode": true, "new": {}}"#, Some("true"), None),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let faults = sandbox.ocean_geomission().faults();
        faults.on("mission_status").respond(response(JSON, body));
        let status = client(&sandbox).mission_status("M-1").await;
        let status = status.unwrap();
        assert_eq!(status.status_code.as_deref(), code, "{body}");
        assert_eq!(status.time.as_deref(), time, "{body}");
    }
}

#[tokio::test]
async fn words_are_read_with_a_byte_order_mark_and_in_latin_1() {
    let latin = "application/json;charset=ISO-8859-1";
    for (media_type, body) in [
        (
            JSON,
            "\u{feff}{\"message\":\"refus\u{e9}e\"}".as_bytes().to_vec(),
        ),
        (latin, b"{\"message\":\"refus\xe9e\"}".to_vec()),
        ("text/plain", "\u{feff}refus\u{e9}e".as_bytes().to_vec()),
    ] {
        for status in [200, 400] {
            let sandbox = Sandbox::start().await.unwrap();
            let response = Response::new(status).header("content-type", media_type);
            let faults = sandbox.ocean_geomission().faults();
            faults
                .on("create_mission")
                .respond(response.body(body.clone()));
            let created = client(&sandbox).create_mission(&full_mission("M-1")).await;
            let words = match &created {
                Ok(receipt) => receipt.message.as_deref(),
                Err(error) => error.vendor_message(),
            };
            let expected = (media_type != "text/plain" || status == 200).then_some("refusée");
            assert_eq!(words, expected, "{status} {media_type}");
        }
    }
}
