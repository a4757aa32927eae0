//! Starting, ending, and what the ledger holds.

use std::time::Duration;

use tokio::net::TcpStream;
use vendor_sandbox::{Clock, Ending, Response, Sandbox};

use crate::support::Client;

#[tokio::test]
async fn a_sandbox_ends_when_it_is_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.ocean_geomission().emulator().address();
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;

    drop(sandbox);

    let (bytes, _) = client.rest().await;
    assert!(bytes.is_empty());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_sandbox_serves_a_test_whose_clock_is_paused() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    assert_eq!(client.create("idMission=M-1").await.status, 201);
    assert_eq!(sandbox.clock().now(), Clock::START);
}

#[tokio::test]
async fn sandboxes_do_not_know_of_each_other() {
    let one = Sandbox::start().await.unwrap();
    let other = Sandbox::start().await.unwrap();
    one.ocean_geomission().faults().on_any().reset();
    one.clock().advance(Duration::from_secs(1));
    let mut client = Client::logged_in(other.ocean_geomission()).await;
    assert_eq!(client.create("idMission=M-1").await.status, 201);
    assert_eq!(one.ocean_geomission().ledger().entries(), []);
    assert_eq!(other.clock().now(), Clock::START);
}

#[tokio::test]
async fn the_ledger_has_every_request_and_every_connection() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    client.create("idMission=M-1&nomPrenom=Ada+Lovelace").await;
    client.call("GET", "/nowhere?secret=1").await;
    let mut second = Client::connect(ocean.emulator()).await;
    second.status("idMission=M-1").await;

    let entries = ocean.ledger().entries();
    let lines: Vec<String> = entries
        .iter()
        .map(|entry| {
            format!(
                "{} on {}: {:?} {} {:?} {:?} {:?} {}",
                entry.sequence,
                entry.connection,
                entry.route,
                entry.method,
                entry.template,
                entry.about,
                entry.ending,
                entry.took_effect
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"0 on 0: Some("log_in") POST Some("/restapi/auth/authenticate2") None Responded(200) true"#,
            r#"1 on 0: Some("create_mission") POST Some("/restapi/geomission/ajoutMission") Some("M-1") Responded(201) true"#,
            r#"2 on 0: None GET None None Responded(404) false"#,
            r#"3 on 1: Some("mission_status") GET Some("/restapi/geomission/statutMission") Some("M-1") Responded(401) false"#,
        ]
    );
    assert_eq!(ocean.ledger().connections(), 2);
    assert_eq!(ocean.ledger().open_connections(), 2);
    assert_eq!(ocean.ledger().received("create_mission"), 1);
}

#[tokio::test]
async fn a_reset_brings_the_first_state_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.configure(|settings| settings.created_status = 200);
    client.create("idMission=M-1").await;
    ocean.faults().on_any().always().respond(Response::new(500));

    sandbox.reset();

    assert_eq!(ocean.ledger().entries(), []);
    assert_eq!(ocean.faults().pending(), 0);
    assert!(ocean.mission("M-1").is_none());
    assert_eq!(client.status("idMission=M-1").await.status, 401);
    let mut client = Client::logged_in(ocean).await;
    assert_eq!(client.create("idMission=M-1").await.status, 201);
    let endings: Vec<Ending> = ocean
        .ledger()
        .entries()
        .iter()
        .map(|entry| entry.ending)
        .collect();
    assert_eq!(endings.len(), 3);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Sandbox::builder()
        .first_port(port)
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")));
}
