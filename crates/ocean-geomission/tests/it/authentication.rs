use std::time::Duration;

use ocean_geomission::{Client, ErrorKind, StatusCode};
use vendor_sandbox::{Ending, Response, Sandbox};

use crate::support::{at_once, builder, client, full_mission};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn one_log_in_serves_the_calls_of_all_clones() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..50 {
        let client = client.clone();
        calls.spawn(async move {
            client
                .create_mission(&full_mission(&format!("M-{number}")))
                .await
        });
    }
    while let Some(result) = calls.join_next().await {
        result.unwrap().unwrap();
    }
    assert_eq!(sandbox.ocean_geomission().ledger().received("log_in"), 1);
}

#[tokio::test]
async fn a_token_is_used_for_its_twelve_hours_and_replaced_before_they_end() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let ledger = sandbox.ocean_geomission().ledger();
    client.create_mission(&full_mission("M-1")).await.unwrap();
    sandbox.clock().advance(11 * HOUR);
    client.mission_status("M-1").await.unwrap();
    assert_eq!(ledger.received("log_in"), 1);
    sandbox.clock().advance(HOUR);
    client.mission_status("M-1").await.unwrap();
    assert_eq!(ledger.received("log_in"), 2);
    let refused = ledger
        .entries()
        .iter()
        .filter(|entry| entry.ending == Ending::Responded(401))
        .count();
    assert_eq!(refused, 0, "the end is known in advance");
}

#[tokio::test]
async fn a_revoked_token_is_replaced_without_the_caller_noticing() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let client = client(&sandbox);
    client.log_in().await.unwrap();
    ocean.revoke_tokens();
    client.create_mission(&full_mission("M-1")).await.unwrap();
    assert_eq!(ocean.ledger().received("log_in"), 2);
    assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 1);
}

#[tokio::test]
async fn a_wrong_password_is_told_as_such_and_not_tried_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let client = builder(&sandbox)
        .credentials(ocean.login(), "wrong")
        .build()
        .unwrap();
    let error = client.log_in().await.unwrap_err();
    assert!(error.is_unauthorized());
    for _ in 0..10 {
        let error = client
            .create_mission(&full_mission("M-1"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LogIn);
        assert!(error.is_unauthorized() && !error.may_have_been_applied());
    }
    assert_eq!(ocean.ledger().received("log_in"), 1);
    assert_eq!(ocean.ledger().received("create_mission"), 0);
}

#[tokio::test]
async fn an_unknown_account_is_unauthorized() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(&sandbox)
        .credentials("nobody", "x")
        .build()
        .unwrap();
    let log_in = client.log_in().await.unwrap_err();
    assert_eq!(log_in.status(), Some(StatusCode::NOT_FOUND));
    assert!(log_in.is_unauthorized());
    let call = client.create_mission(&full_mission("M-1")).await;
    let call = call.unwrap_err();
    assert_eq!(call.kind(), ErrorKind::LogIn);
    assert!(call.is_unauthorized() && !call.is_not_found());
}

#[tokio::test]
async fn a_page_at_the_wrong_address_says_nothing_of_the_account() {
    let sandbox = Sandbox::start().await.unwrap();
    let page = Response::new(404)
        .header("content-type", "text/html")
        .body("<html>404</html>");
    sandbox
        .ocean_geomission()
        .faults()
        .on("log_in")
        .respond(page);
    let error = client(&sandbox).log_in().await.unwrap_err();
    assert!(!error.is_unauthorized());
}

#[tokio::test]
async fn the_passwords_remaining_days_are_told_after_a_log_in() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    assert_eq!(client.password_days_left(), None);
    client.log_in().await.unwrap();
    assert!(client.password_days_left().is_some_and(|days| days > 0));
}

#[test]
fn a_client_without_credentials_cannot_be_built() {
    for builder in [
        Client::builder(),
        Client::builder().credentials("", "x"),
        Client::builder().credentials("x", ""),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("credentials"));
    }
}

#[tokio::test]
async fn credentials_from_a_file_lose_their_line_end_and_byte_order_mark() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let login = format!("\u{feff}{}\r\n", ocean.login());
    let password = format!("{}\n", ocean.password());
    let client = builder(&sandbox).credentials(login, password);
    client.build().unwrap().log_in().await.unwrap();
}

#[test]
fn credentials_with_white_space_at_their_ends_are_refused_by_name() {
    for (login, password, name) in [
        (" canary", "canary", "login"),
        ("canary\t\n", "canary", "login"),
        ("canary", "canary ", "password"),
        ("canary", "\u{a0}canary", "password"),
        ("canary", "\ncanary", "password"),
    ] {
        let builder = Client::builder().credentials(login, password);
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let shown = error.to_string();
        assert!(shown.contains(name) && !shown.contains("canary"), "{shown}");
    }
}

#[test]
fn the_production_service_is_the_default_and_needs_no_network_to_be_built() {
    let client = Client::builder()
        .credentials("a", "b")
        .transport(at_once())
        .build()
        .unwrap();
    assert!(format!("{client:?}").contains("https://v3.oceansystem.com/ocean-3.0.0"));
}
