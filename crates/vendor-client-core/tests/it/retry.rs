use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::dns::{Name, Resolve, Resolving};
use vendor_client_core::{ErrorKind, ManualClock, Outcome, RetryPolicy, TransportConfig};

use crate::server::{ClosedPort, Reply, Server};
use crate::support::{READ, at_once, create, own_client, read, transport, with_config};

fn ok() -> Reply {
    Reply::json(200, "\"thing\"")
}

#[tokio::test]
async fn a_refused_connection_has_sent_nothing_and_is_tried_again_for_every_operation() {
    let closed = ClosedPort::take();
    let transport = transport(&closed.url());
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.attempts().len(), 4);
    assert!(error.is_connect() && error.is_retryable());
}

/// Knows no name, and asks nobody.
struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::ready(Err("no such name".into())))
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve_has_sent_nothing() {
    let client = own_client()
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Arc::new(NoNames))
        .build()
        .unwrap();
    let config = at_once().allow_insecure_http().http_client(client);
    let transport = with_config("http://does-not-exist.invalid", &config);
    let error = create(&transport).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Connect, Outcome::NotSent)
    );
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_never_taken_for_unsent() {
    for broken in [Reply::Reset, Reply::Close] {
        let server = Server::start([broken]);
        let error = create(&transport(&server.url())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert!(error.may_have_been_applied() && !error.is_retryable());
        assert_eq!(
            server.requests().len(),
            1,
            "a create is not repeated blindly"
        );
    }
}

#[tokio::test]
async fn a_connection_that_breaks_while_it_is_reused_is_never_taken_for_unsent() {
    for broken in [Reply::Reset, Reply::Close] {
        let server = Server::start([ok(), broken]);
        let transport = transport(&server.url());
        create(&transport).await.unwrap();
        let error = create(&transport).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(server.connections(), 1);
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_read_is_repeated_after_any_passing_failure() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n\"thi".to_vec();
    for failure in [
        Reply::Reset,
        Reply::Close,
        Reply::SendAndClose(half),
        Reply::json(500, ""),
        Reply::json(502, ""),
        Reply::json(503, ""),
        Reply::json(504, ""),
        Reply::json(520, ""),
        Reply::json(521, ""),
        Reply::json(522, ""),
        Reply::json(523, ""),
        Reply::json(524, ""),
        Reply::json(529, ""),
        Reply::json(530, ""),
        Reply::json(408, ""),
        Reply::json(429, ""),
    ] {
        let server = Server::start([failure.clone(), ok()]);
        let result = read(&transport(&server.url())).await;
        assert_eq!(result.unwrap(), "thing", "{failure:?}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_create_is_repeated_only_after_a_429() {
    let soon = [("retry-after", "0")];
    for (refusal, times) in [
        (Reply::json(429, ""), 2),
        (Reply::with(429, &soon, ""), 2),
        (Reply::with(503, &soon, ""), 1),
        (Reply::json(503, ""), 1),
        (Reply::json(500, ""), 1),
        (Reply::json(502, ""), 1),
        (Reply::json(504, ""), 1),
        (Reply::json(408, ""), 1),
        (Reply::json(400, ""), 1),
        (Reply::json(404, ""), 1),
    ] {
        let server = Server::start([refusal.clone(), ok()]);
        let result = create(&transport(&server.url())).await;
        assert_eq!(server.requests().len(), times, "{refusal:?}");
        assert_eq!(result.is_ok(), times == 2);
    }
}

#[tokio::test]
async fn what_the_status_says_of_the_effect_is_in_the_error() {
    for (status, outcome) in [
        (400, Outcome::Rejected),
        (401, Outcome::Rejected),
        (403, Outcome::Rejected),
        (404, Outcome::Rejected),
        (409, Outcome::Rejected),
        (413, Outcome::Rejected),
        (415, Outcome::Rejected),
        (422, Outcome::Rejected),
        (501, Outcome::Unknown),
        (505, Outcome::Unknown),
        (507, Outcome::Unknown),
        (520, Outcome::Unknown),
        (529, Outcome::Unknown),
        (408, Outcome::Unknown),
        (500, Outcome::Unknown),
        (502, Outcome::Unknown),
        (503, Outcome::Unknown),
        (504, Outcome::Unknown),
        (599, Outcome::Unknown),
    ] {
        let server = Server::start([Reply::json(status, "")]);
        let error = create(&transport(&server.url())).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.outcome(), outcome, "{status}");
    }
}

#[tokio::test]
async fn the_error_tells_the_history_of_its_attempts() {
    let server = Server::start([
        Reply::json(500, ""),
        Reply::Reset,
        Reply::with(429, &[("retry-after", "0")], ""),
        Reply::json(404, "no such thing"),
    ]);
    let error = read(&transport(&server.url())).await.unwrap_err();
    let history: Vec<_> = error
        .attempts()
        .iter()
        .map(|attempt| (attempt.kind, attempt.status.map(|status| status.as_u16())))
        .collect();
    assert_eq!(
        history,
        [
            (ErrorKind::Status, Some(500)),
            (ErrorKind::Interrupted, None),
            (ErrorKind::Status, Some(429)),
            (ErrorKind::Status, Some(404)),
        ]
    );
    assert!(error.is_not_found());
    assert!(
        error.may_have_been_applied(),
        "the first attempt may have acted"
    );
    assert!(error.to_string().contains("after 4 attempts"), "{error}");
}

#[tokio::test]
async fn a_wait_that_the_vendor_asks_for_and_is_too_long_is_told_to_the_caller() {
    let server = Server::start([Reply::with(429, &[("retry-after", "3600")], "")]);
    let error = read(&transport(&server.url())).await.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_date_to_wait_for_is_read_by_the_clients_own_clock() {
    let date = [("retry-after", "Sun, 06 Nov 1994 09:49:37 GMT")];
    let server = Server::start([Reply::with(429, &date, "")]);
    let an_hour_before = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let clock = Arc::new(ManualClock::new(an_hour_before));
    let transport = with_config(&server.url(), &at_once().clock(clock));
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(error.outcome(), Outcome::Rejected);
}

#[tokio::test]
async fn clones_share_one_budget_of_retries() {
    let server = Server::start([Reply::json(500, "")]);
    let policy = RetryPolicy::default().first_wait(Duration::ZERO).budget(4);
    let one = with_config(&server.url(), &TransportConfig::default().retry(policy));
    let other = one.clone();
    assert_eq!(read(&one).await.unwrap_err().attempts().len(), 4);
    assert_eq!(read(&other).await.unwrap_err().attempts().len(), 2);
    assert_eq!(read(&one).await.unwrap_err().attempts().len(), 1);
}

#[tokio::test]
async fn an_error_names_the_request_and_what_the_vendor_said_without_showing_it() {
    let headers = [
        ("x-request-id", "r-42"),
        ("content-type", "application/json"),
    ];
    let server = Server::start([Reply::with(400, &headers, "canary of a customer")]);
    let transport = transport(&server.url());
    let error = transport
        .send(transport.request_to(&READ, &"1", ()))
        .await
        .unwrap_err();
    assert_eq!(error.request_id(), Some("r-42"));
    assert_eq!(error.operation().unwrap().name, "read_thing");
    assert_eq!(error.vendor_code(), Some("E-7"));
    assert_eq!(error.vendor_message(), Some("canary of a customer"));
    assert_eq!(error.body_snippet(), Some("canary of a customer"));
    assert_eq!(
        error.to_string(),
        "read_thing: the vendor returned 400 Bad Request (code E-7); it had no effect"
    );
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    assert_eq!(
        error.disclosed().to_string(),
        format!("{error}; the vendor says: canary of a customer")
    );
}
