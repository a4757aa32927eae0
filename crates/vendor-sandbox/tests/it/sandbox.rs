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

#[tokio::test]
async fn a_ledger_keeps_the_latest_requests_and_counts_the_rest() {
    let builder = Sandbox::builder().ledger_limit(3);
    let sandbox = builder.start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    for number in 0..5 {
        client.create(&format!("idMission=M-{number}")).await;
    }
    let ledger = ocean.ledger();
    let kept: Vec<u64> = ledger
        .entries()
        .iter()
        .map(|entry| entry.sequence)
        .collect();
    assert_eq!((kept, ledger.dropped()), (vec![3, 4, 5], 3));
    assert_eq!(ledger.effects("create_mission", "M-0"), 0);
    assert_eq!(ledger.effects("create_mission", "M-4"), 1);

    sandbox.reset();
    assert_eq!((ledger.entries().len(), ledger.dropped()), (0, 0));
}

#[tokio::test]
async fn a_sandbox_is_shown_in_a_few_lines() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.cegid_loop().letters();
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    client.create("idMission=M-1").await;
    let shown = [
        format!("{sandbox:?}"),
        format!("{:?}", sandbox.ocean_geomission()),
        format!("{:?}", sandbox.ocean_geomission().mission("M-1")),
        format!("{:?}", sandbox.cegid_loop()),
        format!("{:?}", sandbox.geoplanning()),
    ];
    for shown in shown {
        assert!(shown.len() < 600, "{}: {shown}", shown.len());
    }
}

// macOS has no second loopback address.
#[cfg(not(target_os = "macos"))]
#[tokio::test]
async fn a_sandbox_listens_where_it_is_told_to() {
    let address = "127.0.0.2".parse().unwrap();
    let sandbox = Sandbox::builder().bind(address).start().await.unwrap();
    for emulator in sandbox.emulators() {
        assert_eq!(emulator.address().ip(), address);
    }
    let mut client = Client::logged_in(sandbox.ocean_geomission()).await;
    assert_eq!(client.create("idMission=M-1").await.status, 201);
}
