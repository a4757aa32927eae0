//! What the tests of a user's program stand on: replies without a socket, and errors by hand.

use std::time::Duration;

use tokio::time::Instant;
use vendor_client_core::test_util::{self, Reply, Script};
use vendor_client_core::{
    Error, ErrorKind, HeaderName, HeaderValue, LogIn, Outcome, StatusCode, Token, TokenCache,
    Transport, TransportConfig, Violations,
};

use crate::support::{CREATE, READ, at_once, create, read, with_config};

/// Nobody is there, so whatever is answered comes from the script.
const NOWHERE: &str = "https://service.invalid/base";

fn scripted(replies: impl IntoIterator<Item = Reply>) -> (Transport, Script) {
    let script = Script::new(replies);
    let transport = with_config(NOWHERE, &at_once().script(&script));
    (transport, script)
}

fn ok() -> Reply {
    Reply::json(200, "\"thing\"")
}

#[tokio::test]
async fn replies_come_in_the_order_of_the_list_and_go_the_way_of_every_call() {
    let (transport, script) = scripted([Reply::json(503, "{}"), ok(), Reply::json(404, "{}")]);
    assert_eq!(read(&transport).await.unwrap(), "thing");
    let error = create(&transport).await.unwrap_err();
    assert!(error.is_absent());
    assert_eq!(error.outcome(), Outcome::Rejected);
    let operations = script.requests();
    let operations: Vec<_> = operations
        .iter()
        .map(|sent| sent.operation().name)
        .collect();
    assert_eq!(operations, ["read_thing", "read_thing", "create_thing"]);
    assert_eq!(script.replies_left(), 0);
}

#[tokio::test]
async fn a_request_is_recorded_as_it_would_have_been_sent() {
    let (transport, script) = scripted([ok()]);
    let request = transport.request_to(&CREATE, (), ());
    let request = request.query(&[("name", "a b")]).json(&"thing");
    transport.send(request).await.unwrap();
    let requests = script.requests();
    let [sent] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!(
        (sent.method().as_str(), sent.path()),
        ("POST", "/base/things")
    );
    assert_eq!(sent.query(), Some("name=a+b"));
    assert_eq!(sent.parameter("name").as_deref(), Some("a b"));
    assert_eq!(sent.parameter("other"), None);
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("user-agent"), Some("test/0.0.0"));
    assert_eq!(sent.body(), b"\"thing\"");
}

#[tokio::test]
async fn a_list_that_is_used_up_fails_the_call_at_once_and_says_so() {
    let (transport, script) = scripted([]);
    let error = read(&transport).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "read_thing: the client cannot make this call: the script has no reply left for it; \
         nothing was sent"
    );
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.is_retryable());
    assert_eq!(script.requests().len(), 1, "no further attempt");
}

#[tokio::test]
async fn a_lost_response_has_an_unknown_outcome_and_a_request_that_was_not_sent_has_none() {
    let (transport, script) = scripted([Reply::lost()]);
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.may_have_been_applied() && !error.is_retryable());
    assert_eq!(script.requests().len(), 1, "it isn't idempotent");

    let (transport, script) = scripted([Reply::not_sent(), ok()]);
    assert_eq!(create(&transport).await.unwrap(), "thing");
    assert_eq!(script.requests().len(), 2);

    let (transport, _) = scripted([Reply::not_sent().always()]);
    let error = create(&transport).await.unwrap_err();
    assert!(error.is_connect() && error.outcome() == Outcome::NotSent);
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_comes_late_takes_its_time_or_meets_the_time_limit() {
    let second = Duration::from_secs(1);
    let (transport, _) = scripted([ok().after(5 * second), ok().after(1000 * second)]);
    let start = Instant::now();
    assert_eq!(create(&transport).await.unwrap(), "thing");
    assert_eq!(start.elapsed(), 5 * second);
    let error = create(&transport).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_been_applied());
    assert_eq!(
        start.elapsed(),
        35 * second,
        "an attempt takes 30 s at most"
    );
}

#[tokio::test]
async fn a_reply_for_one_operation_is_kept_for_it_and_one_for_all_is_never_used_up() {
    let created = Reply::json(201, "\"created\"").to("create_thing");
    let (transport, script) = scripted([created, ok().to("read_thing").always()]);
    for _ in 0..3 {
        assert_eq!(read(&transport).await.unwrap(), "thing");
    }
    assert_eq!(create(&transport).await.unwrap(), "created");
    assert_eq!(script.replies_left(), 0);
    assert!(create(&transport).await.is_err());
    script.push(Reply::json(200, "\"pushed\""));
    assert_eq!(create(&transport).await.unwrap(), "pushed");
}

#[tokio::test]
async fn headers_and_bodies_of_replies_are_read_as_ever() {
    let gzip = {
        let mut packed = Vec::new();
        let mut reader =
            flate2::read::GzEncoder::new(&b"\"thing\""[..], flate2::Compression::fast());
        std::io::Read::read_to_end(&mut reader, &mut packed).unwrap();
        packed
    };
    let (transport, _) = scripted([
        Reply::new(200)
            .header("content-encoding", "gzip")
            .body(gzip),
        Reply::new(302).header("location", "https://elsewhere.example/x"),
        Reply::new(400).header("x-request-id", "R-1").body("no"),
    ]);
    assert_eq!(read(&transport).await.unwrap(), "thing");
    let redirect = read(&transport).await.unwrap_err();
    assert_eq!(redirect.redirect_host(), Some("elsewhere.example"));
    let refusal = read(&transport).await.unwrap_err();
    assert_eq!(refusal.request_id(), Some("R-1"));
    assert_eq!(refusal.vendor_message(), Some("no"));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_as_ever() {
    let script = Script::new([Reply::json(200, "\"0123456789\"")]);
    let config = at_once().script(&script).max_body_size(5);
    let error = read(&with_config(NOWHERE, &config)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
}

#[tokio::test]
async fn a_reply_that_http_does_not_allow_says_so_and_panics_never() {
    let impossible = [
        Reply::new(7),
        Reply::json(1000, "{}"),
        Reply::new(200).header("a b", "c"),
        Reply::new(200).header("a", "b\n").body("c"),
        Reply::lost().header("a", "b\n").body("c"),
    ];
    for reply in impossible {
        assert!(!format!("{reply:?}").is_empty());
        let (transport, _) = scripted([reply]);
        assert!(create(&transport).await.is_err());
    }
    let (transport, _) = scripted([Reply::new(7)]);
    let told = create(&transport).await.unwrap_err().to_string();
    assert!(told.contains("a status that HTTP doesn't allow"), "{told}");
}

struct Account(Transport);

impl LogIn for Account {
    async fn log_in(&self) -> Result<Token, Error> {
        let request = self.0.request_to(&CREATE, (), ());
        let token: String = self.0.send(request).await?.json()?;
        Token::new(token, Duration::from_secs(3600))
    }
}

#[tokio::test]
async fn a_log_in_and_a_refused_token_take_their_replies_too_and_no_secret_is_shown() {
    let (transport, script) = scripted([
        Reply::json(200, "\"canary-1\""),
        Reply::json(401, "{}"),
        Reply::json(200, "\"canary-2\""),
        ok(),
    ]);
    let tokens = TokenCache::new(Account(transport.clone()));
    let header = HeaderName::from_static("x-token");
    let request = transport.request_to(&READ, &"1", ());
    let response = transport.send_with_token(request, &header, &tokens).await;
    assert_eq!(response.unwrap().json::<String>().unwrap(), "thing");
    let requests = script.requests();
    assert_eq!(requests[1].header("x-token"), Some("canary-1"));
    assert_eq!(requests[3].header("x-token"), Some("canary-2"));
    let shown = format!("{requests:?} {script:?}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn neither_a_header_with_credentials_nor_a_body_is_shown() {
    let script = Script::new([ok()]);
    let mut secret = HeaderValue::from_static("canary-key");
    secret.set_sensitive(true);
    let request_of = |transport: &Transport| {
        let request = transport.request_to(&CREATE, (), ());
        let name = HeaderName::from_static("x-key");
        request.header(name, secret.clone()).json(&"canary-body")
    };
    let transport = with_config(NOWHERE, &TransportConfig::default().script(&script));
    transport.send(request_of(&transport)).await.unwrap();
    let requests = script.requests();
    assert_eq!(requests[0].header("x-key"), Some("canary-key"));
    let shown = format!("{requests:?}");
    assert!(
        shown.contains("x-key") && !shown.contains("canary"),
        "{shown}"
    );
}

#[test]
fn an_error_of_each_kind_has_the_outcome_that_a_call_would_have_had() {
    use {ErrorKind as Kind, Outcome::*};
    let kinds = [
        (Kind::Configuration, NotSent),
        (Kind::InvalidRequest, NotSent),
        (Kind::Connect, NotSent),
        (Kind::Interrupted, Unknown),
        (Kind::Timeout, Unknown),
        (Kind::Throttled, NotSent),
        (Kind::LogIn, NotSent),
        (Kind::Redirect, Unknown),
        (Kind::Status, Unknown),
        (Kind::VendorFailure, Rejected),
        (Kind::Body, Unknown),
    ];
    for (kind, outcome) in kinds {
        let error = test_util::error(kind).build();
        assert_eq!((error.kind(), error.outcome()), (kind, outcome));
        let error = test_util::error(kind).outcome(Rejected).build();
        assert_eq!(error.outcome(), Rejected, "{kind:?}");
    }
}

#[tokio::test]
async fn an_error_by_status_equals_the_one_of_a_call() {
    for status in [302, 307, 308, 400, 401, 403, 404, 408, 429, 500, 503] {
        let (transport, _) = scripted([Reply::json(status, "{}").always()]);
        let called = read(&transport).await.unwrap_err();
        let made = test_util::error(called.kind())
            .status(StatusCode::from_u16(status).unwrap())
            .operation(READ.operation())
            .vendor("E-7", "{}")
            .attempts(called.attempts().len())
            .build();
        assert_eq!(made.to_string(), called.to_string());
        let answers = |error: &Error| {
            (
                (
                    error.kind(),
                    error.status(),
                    error.outcome(),
                    error.vendor_message().map(str::to_owned),
                ),
                (
                    error.is_retryable(),
                    error.is_absent(),
                    error.is_unauthorized(),
                    error.is_rate_limited(),
                ),
            )
        };
        assert_eq!(answers(&made), answers(&called), "{status}");
    }
}

#[test]
fn an_error_has_what_a_test_gives_it() {
    let mut violations = Violations::new();
    violations.add("idMission", "must not be empty");
    let error = test_util::error(ErrorKind::LogIn)
        .status(StatusCode::UNAUTHORIZED)
        .message("wrong password")
        .retry_after(Duration::from_secs(7))
        .request_id("R-1")
        .json_path("a[0]")
        .violations(violations)
        .attempts(3)
        .transient(true)
        .source(
            test_util::error(ErrorKind::Status)
                .status(StatusCode::UNAUTHORIZED)
                .build(),
        )
        .build();
    assert!(error.is_unauthorized() && error.is_retryable());
    assert_eq!(error.vendor_message(), Some("wrong password"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(
        (error.request_id(), error.json_path()),
        (Some("R-1"), Some("a[0]"))
    );
    assert_eq!(error.violations()[0].path, "idMission");
    assert_eq!(error.attempts().len(), 3);
    assert!(error.to_string().contains("rejected the credentials"));
    assert!(std::error::Error::source(&error).is_some());
}
