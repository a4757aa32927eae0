use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::advance;
use vendor_client_core::{
    Endpoint, Error, ErrorKind, HeaderName, LogIn, Outcome, Request, Response, Token, TokenCache,
    Transport,
};

use crate::server::{Reply, Server};
use crate::support::{CREATE, freeze_time, transport};

const HEADER: HeaderName = HeaderName::from_static("x-auth-token");
static LOG_IN: Endpoint<(), (), ()> = Endpoint::post("log_in", "/log-in").idempotent();

/// Logs in over the transport and hands out `token-1`, `token-2`, …
struct Account {
    transport: Transport,
    log_ins: Arc<AtomicUsize>,
}

impl LogIn for Account {
    async fn log_in(&self) -> Result<Token, Error> {
        let request = self.transport.request_to(&LOG_IN, (), ());
        self.transport.send(request).await?;
        let number = self.log_ins.fetch_add(1, Ordering::Relaxed) + 1;
        Token::new(format!("token-{number}"), Duration::from_secs(3600))
    }
}

struct Fixture {
    service: Server,
    transport: Transport,
    tokens: TokenCache,
    log_ins: Arc<AtomicUsize>,
}

fn fixture(service: impl IntoIterator<Item = Reply>, log_in: &Server) -> Fixture {
    let service = Server::start(service);
    let log_ins = Arc::new(AtomicUsize::new(0));
    let account = Account {
        transport: transport(&log_in.url()),
        log_ins: Arc::clone(&log_ins),
    };
    let transport = transport(&service.url());
    let tokens = transport.token_cache(account, "login", None);
    Fixture {
        service,
        transport,
        tokens,
        log_ins,
    }
}

impl Fixture {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        self.transport
            .send_with_token(request, &HEADER, &self.tokens)
            .await
    }

    async fn create(&self) -> Result<Response, Error> {
        self.send(self.transport.request_to(&CREATE, (), ())).await
    }
}

fn ok() -> Reply {
    Reply::json(200, "{}")
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_request_replayed_once_for_every_operation() {
    let log_in = Server::start([ok()]);
    let fixture = fixture([Reply::json(401, ""), ok()], &log_in);
    fixture.create().await.unwrap();
    let requests = fixture.service.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[0].contains("x-auth-token: token-1"));
    assert!(requests[1].contains("x-auth-token: token-2"));
}

#[tokio::test]
async fn a_second_refusal_is_the_error() {
    let log_in = Server::start([ok()]);
    let fixture = fixture([Reply::json(401, "")], &log_in);
    let error = fixture.create().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(error.attempts().len(), 2);
    assert_eq!(fixture.service.requests().len(), 2);
    assert_eq!(fixture.log_ins.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_service_that_refuses_every_token_costs_a_few_log_ins_and_no_call_its_reason() {
    let log_in = Server::start([ok()]);
    let fixture = fixture([Reply::json(401, "")], &log_in);
    for _ in 0..100 {
        let error = fixture.create().await.unwrap_err();
        assert!(error.is_unauthorized());
        assert_eq!(error.kind(), ErrorKind::Status);
        assert_eq!(error.outcome(), Outcome::Rejected);
    }
    assert_eq!(fixture.log_ins.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_token_that_worked_is_replaced_whenever_it_is_revoked() {
    let log_in = Server::start([ok()]);
    let replies = (0..20).flat_map(|_| [ok(), Reply::json(401, "")]);
    let fixture = fixture(replies.chain([ok()]), &log_in);
    for _ in 0..20 {
        fixture.create().await.unwrap();
    }
    assert_eq!(fixture.log_ins.load(Ordering::Relaxed), 20);
}

#[tokio::test]
async fn the_replay_leaves_all_retries_to_the_operation() {
    let log_in = Server::start([ok()]);
    let refused = || Reply::json(429, "");
    let replies = [refused(), refused(), Reply::json(401, ""), refused(), ok()];
    let fixture = fixture(replies, &log_in);
    fixture.create().await.unwrap();
    assert_eq!(fixture.service.requests().len(), 5);
}

#[tokio::test]
async fn a_failed_log_in_sends_nothing_and_says_why() {
    let log_in = Server::start([Reply::json(401, "canary")]);
    let fixture = fixture([ok()], &log_in);
    let error = fixture.create().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LogIn);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.operation().unwrap().name, "create_thing");
    assert!(error.is_unauthorized() && !error.is_retryable());
    assert_eq!(error.vendor_message(), Some("canary"));
    assert_eq!(fixture.service.requests().len(), 0);
    fixture.create().await.unwrap_err();
    assert_eq!(
        log_in.requests().len(),
        1,
        "a wrong password is not tried again at once"
    );
}

#[tokio::test]
async fn a_log_in_that_cannot_connect_is_told_as_such() {
    let log_in = Server::start([Reply::json(503, "")]);
    let fixture = fixture([ok()], &log_in);
    let error = fixture.create().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LogIn);
    assert!(error.is_retryable());
    assert!(
        !error.may_have_been_applied(),
        "the operation itself was not sent"
    );
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_logging_in() {
    let time = freeze_time();
    let log_in = Server::start([Reply::Silence]);
    let fixture = Arc::new(fixture([ok()], &log_in));
    let calling = Arc::clone(&fixture);
    let call = tokio::spawn(async move {
        let request = calling
            .transport
            .request_to(&CREATE, (), ())
            .deadline(Duration::from_secs(5));
        calling.send(request).await
    });
    log_in.received().await;
    advance(Duration::from_secs(5)).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(fixture.service.requests().len(), 0);
    drop(time);
}
