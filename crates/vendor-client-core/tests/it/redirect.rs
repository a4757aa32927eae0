use std::sync::Mutex;
use std::time::Duration;

use reqwest::dns::{Name, Resolve, Resolving};
use tokio::sync::oneshot;
use vendor_client_core::{ErrorKind, HeaderValue, Outcome, TransportConfig};

use crate::server::{ClosedPort, Reply, Server};
use crate::support::{
    CREATE, READ, at_once, create, freeze_time, own_client, transport, with_config,
};

fn redirect(status: u16, target: &Server) -> Reply {
    let location = format!("{}/elsewhere?canary", target.url());
    Reply::with(status, &[("location", &location)], "")
}

#[tokio::test]
async fn a_redirect_is_an_error_that_names_the_host_and_sends_nothing_there() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::start([Reply::json(200, "{}")]);
        let server = Server::start([redirect(status, &elsewhere)]);
        let transport = transport(&server.url());
        let request = transport.request_to(&READ, &"1", ()).header(
            "x-auth-token".parse().unwrap(),
            HeaderValue::from_static("canary"),
        );
        let error = transport.send(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert_eq!(
            error.redirect_host(),
            Some(elsewhere.address().to_string().as_str())
        );
        assert!(error.to_string().contains(&elsewhere.address().to_string()));
        assert!(!error.to_string().contains("canary"), "{error}");
        assert_eq!(server.requests().len(), 1);
        assert_eq!(elsewhere.connections(), 0);
    }
}

#[tokio::test]
async fn only_a_redirect_that_keeps_the_method_says_that_nothing_was_done() {
    for (status, outcome) in [
        (301, Outcome::Unknown),
        (303, Outcome::Unknown),
        (307, Outcome::Rejected),
        (308, Outcome::Rejected),
    ] {
        let server = Server::start([Reply::with(status, &[("location", "/x")], "")]);
        let transport = transport(&server.url());
        let error = transport
            .send(transport.request_to(&CREATE, (), ()))
            .await
            .unwrap_err();
        assert_eq!(error.outcome(), outcome, "{status}");
    }
}

#[tokio::test]
async fn an_injected_client_is_used() {
    let server = Server::start([Reply::json(200, "\"thing\"")]);
    let client = own_client()
        .default_headers(
            [(
                "x-of-the-caller".parse().unwrap(),
                HeaderValue::from_static("1"),
            )]
            .into_iter()
            .collect(),
        )
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let transport = with_config(&server.url(), &at_once().http_client(client));
    transport
        .send(transport.request_to(&READ, &"1", ()))
        .await
        .unwrap();
    assert!(server.requests()[0].contains("x-of-the-caller: 1"));
}

#[tokio::test]
async fn an_injected_client_that_followed_a_redirect_fails_the_call() {
    let elsewhere = Server::start([Reply::json(200, "\"from elsewhere\"")]);
    let server = Server::start([redirect(307, &elsewhere)]);
    let client = own_client().build().unwrap();
    let transport = with_config(
        &server.url(),
        &TransportConfig::default().http_client(client),
    );
    let error = transport
        .send(transport.request_to(&READ, &"1", ()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(error.to_string().contains(&elsewhere.address().to_string()));
    assert!(error.to_string().contains("injected"));
}

#[tokio::test]
async fn only_an_injected_client_without_redirects_can_tell_that_nothing_was_sent() {
    let closed = ClosedPort::take();
    let nowhere = closed.url();
    let acted = Server::start([Reply::with(303, &[("location", &nowhere)], "")]);
    let follows = own_client().build().unwrap();
    let config = at_once().http_client(follows);
    let error = create(&with_config(&acted.url(), &config))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(
        acted.requests().len(),
        1,
        "a create is not repeated blindly"
    );

    let careful = own_client().redirect(reqwest::redirect::Policy::none());
    let config = at_once().http_client(careful.build().unwrap());
    let error = create(&with_config(&nowhere, &config)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.outcome(), Outcome::NotSent);
}

/// A resolver that is asked once and never answers.
struct Silent(Mutex<Option<oneshot::Sender<()>>>);

impl Resolve for Silent {
    fn resolve(&self, _: Name) -> Resolving {
        if let Some(asked) = self.0.lock().unwrap().take() {
            asked.send(()).unwrap();
        }
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn time_that_runs_out_while_a_redirect_connects_leaves_the_outcome_unknown() {
    let time = freeze_time();
    let acted = Server::start([Reply::with(303, &[("location", "http://silent.test/")], "")]);
    let config = TransportConfig::default().deadline(Duration::from_secs(5));
    let (sender, asked) = oneshot::channel();
    let follows = config
        .http_client_builder()
        .unwrap()
        .redirect(reqwest::redirect::Policy::limited(2))
        .dns_resolver(Silent(Mutex::new(Some(sender))))
        .build()
        .unwrap();
    let transport = with_config(&acted.url(), &config.http_client(follows));
    let call = tokio::spawn(async move { create(&transport).await });
    asked.await.unwrap();
    tokio::time::advance(Duration::from_secs(6)).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(acted.requests().len(), 1);
    drop(time);
}
