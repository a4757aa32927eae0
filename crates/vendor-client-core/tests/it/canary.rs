//! Marked secrets and personal data go through every path, and must show nowhere.

use std::error::Error as _;
use std::time::Duration;

use tracing_subscriber::layer::SubscriberExt as _;
use vendor_client_core::{
    Error, ErrorKind, HeaderMap, HeaderName, HeaderValue, LogIn, Outcome, Request, Token,
    Transport, VendorMessage, Violations,
};

use crate::server::{ClosedPort, Reply, Server};
use crate::support::{CREATE, READ, SERVICE, at_once, freeze_time};
use crate::telemetry::Recorder;

/// Part of every secret and every piece of personal data below.
const CANARY: &str = "canary";

struct Account;

impl LogIn for Account {
    async fn log_in(&self) -> Result<Token, Error> {
        Token::new("canary-token", Duration::from_secs(60))
    }
}

struct WrongPassword(Transport);

impl LogIn for WrongPassword {
    async fn log_in(&self) -> Result<Token, Error> {
        let request = self.0.request_to(&CREATE, (), ()).json(&"canary-password");
        self.0.send(request).await?;
        Token::new("canary-token", Duration::from_secs(60))
    }
}

fn transport(url: &str) -> Transport {
    let mut key = HeaderValue::from_static("canary-api-key");
    key.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert("x-apikey", key);
    Transport::new(&SERVICE, url, headers, &at_once()).unwrap()
}

fn laden(transport: &Transport) -> Request {
    transport
        .request_to(&READ, &"canary-id", ())
        .query(&[("name", "canary-name")])
        .header(
            "x-note".parse().unwrap(),
            HeaderValue::from_static("canary-note"),
        )
        .json(&"canary-body")
}

/// Everything that a program may print of an error without asking for it.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut source = error.source();
    while let Some(next) = source {
        shown.push_str(&format!("{next}\n{next:?}\n"));
        source = next.source();
    }
    shown
}

#[tokio::test(start_paused = true)]
async fn no_secret_and_no_personal_data_shows_anywhere() {
    let time = freeze_time();
    let recorder = Recorder::default();
    let subscriber = tracing_subscriber::registry().with(recorder.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let body = "{\"message\": \"canary-response\"}";
    let location = [(
        "location",
        "http://canary-user:canary-password@127.0.0.1:9/canary?canary",
    )];
    let half = b"HTTP/1.1 200 OK\r\nx-canary: canary\r\ncontent-length: 99\r\n\r\ncanary".to_vec();
    let header: HeaderName = "x-auth-token".parse().unwrap();
    let mut everything = String::new();
    for reply in [
        Reply::json(200, body),
        Reply::json(200, "{\"canary\""),
        Reply::json(200, "\u{feff}{\"canary\": 1}"),
        Reply::with(200, &[("content-type", "text/html")], "<p>canary</p>"),
        Reply::json(400, body),
        Reply::json(401, body),
        Reply::json(404, body),
        Reply::json(429, body),
        Reply::json(500, body),
        Reply::with(307, &location, body),
        Reply::Reset,
        Reply::Close,
        Reply::SendAndClose(half),
        Reply::SendAndClose(b"canary\r\n\r\n".to_vec()),
        Reply::SendAndClose(b"HTTP/1.1 200 OK\r\ncanary header: x\r\n\r\n".to_vec()),
    ] {
        let server = Server::start([reply]);
        let transport = transport(&server.url());
        let request = laden(&transport);
        everything.push_str(&format!("{transport:?}{request:?}"));
        let tokens = transport.token_cache(Account, "login", None);
        let result = transport.send_with_token(request, &header, &tokens).await;
        everything.push_str(&format!("{tokens:?}"));
        assert!(server.requests()[0].contains("canary-token"));
        match result {
            Ok(response) => {
                everything.push_str(&format!("{response:?}"));
                everything.push_str(&shown(&response.json::<Vec<u8>>().unwrap_err()));
                everything.push_str(&shown(&response.unexpected("lacks something")));
                let words = |text: &str| Some(text.to_owned());
                let vendor = VendorMessage::new(words("canary code"), words("canary words"));
                everything.push_str(&format!("{vendor:?}"));
                let failure = response.vendor_failure(vendor, Outcome::Rejected);
                everything.push_str(&shown(&failure));
            }
            Err(error) => everything.push_str(&shown(&error)),
        }
    }

    let refused = Server::start([Reply::json(401, body)]);
    let transport_ = transport(&refused.url());
    let tokens = transport_.token_cache(WrongPassword(transport_.clone()), "login", None);
    let failed = transport_
        .send_with_token(laden(&transport_), &header, &tokens)
        .await;
    everything.push_str(&shown(&failed.unwrap_err()));

    let closed = ClosedPort::take();
    let unreachable = transport(&closed.url());
    everything.push_str(&shown(
        &unreachable.send(laden(&unreachable)).await.unwrap_err(),
    ));

    let silent = Server::start([Reply::Silence]);
    let transport_ = transport(&silent.url());
    let request = laden(&transport_).deadline(Duration::from_secs(5));
    let call = tokio::spawn(async move { transport_.send(request).await });
    silent.received().await;
    tokio::time::advance(Duration::from_secs(5)).await;
    let late = call.await.unwrap().unwrap_err();
    assert!(late.is_timeout());
    everything.push_str(&shown(&late));

    let mut violations = Violations::new();
    violations.length("name", "canary-name", 1..=3);
    everything.push_str(&shown(&Error::invalid_request(
        CREATE.operation(),
        violations,
    )));
    let misplaced = unreachable.request_to(&READ, &"..", ()).path("canary-id");
    everything.push_str(&shown(&unreachable.send(misplaced).await.unwrap_err()));
    let bad_url = Transport::new(
        &SERVICE,
        "https://canary-user:canary@h",
        HeaderMap::new(),
        &at_once(),
    );
    everything.push_str(&shown(&bad_url.unwrap_err()));

    let traced = recorder.lines().join("\n");
    assert!(traced.contains("http.client.call"), "the capture works");
    for kind in [
        ErrorKind::Configuration,
        ErrorKind::InvalidRequest,
        ErrorKind::Connect,
        ErrorKind::Interrupted,
        ErrorKind::Timeout,
        ErrorKind::LogIn,
        ErrorKind::Redirect,
        ErrorKind::Status,
        ErrorKind::VendorFailure,
        ErrorKind::Body,
    ] {
        let line = format!("kind: {kind:?}");
        assert!(everything.contains(&line), "{kind:?} was shown");
    }
    for line in traced.lines().chain(everything.lines()) {
        assert!(!line.contains(CANARY), "{line}");
    }
    drop(time);
}
