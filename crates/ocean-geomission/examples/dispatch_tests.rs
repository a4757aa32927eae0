//! How a program tests what it does when a response is lost or the service refuses: with the
//! sandbox, without a socket, and with an error by hand.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::time::Duration;

use ocean_geomission::test_util::{self, Reply, Script, logged_in};
use ocean_geomission::{Client, Error, ErrorKind, LookUp, NewMission, TransportConfig};
use vendor_sandbox::{Response, Sandbox};

/// What is to be tested: sends a mission, and tells a dispatcher how it went.
async fn send(client: &Client, number: &str) -> String {
    match client.find_or_create(&NewMission::new(number)).await {
        Ok(_) => format!("{number} is on its way"),
        Err(error) => told(number, &error),
    }
}

fn told(number: &str, error: &Error) -> String {
    match error.may_have_been_applied() {
        true => format!("look whether {number} is on its way"),
        false => error.disclosed().to_string(),
    }
}

fn client_of(sandbox: &Sandbox) -> Result<Client, Error> {
    let ocean = sandbox.ocean_geomission();
    let at_once = LookUp::default().waits([Duration::ZERO]);
    Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .transport(TransportConfig::default().look_up(at_once))
        .build()
}

async fn a_lost_response_costs_nothing() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let creation = ocean.faults().on("create_mission");
    creation.after_processing().reset();

    let told = send(&client_of(&sandbox)?, "M-1").await;
    assert_eq!(told, "M-1 is on its way");
    assert_eq!(ocean.ledger().effects("create_mission", "M-1"), 1);
    Ok(())
}

async fn a_refusal_reaches_the_dispatcher() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let refusal = serde_json::json!({ "message": "véhicule inconnu" });
    let creation = ocean.faults().on("create_mission");
    creation.respond(Response::json(400, &refusal));

    let told = send(&client_of(&sandbox)?, "M-1").await;
    assert!(told.contains("véhicule inconnu"), "{told}");
    assert!(ocean.mission("M-1").is_none());
    Ok(())
}

// From here on, no sandbox: the feature `test-util` is enough.

fn scripted(script: &Script) -> Result<Client, Error> {
    let at_once = LookUp::default().waits([Duration::ZERO]);
    Client::builder()
        .credentials("dispatcher", "secret")
        .transport(TransportConfig::default().look_up(at_once).script(script))
        .build()
}

async fn a_mission_is_looked_up_before_and_after() -> Result<(), Box<dyn std::error::Error>> {
    let status = r#"{"status": "sent"}"#;
    let script = Script::new([
        logged_in(),
        Reply::json(404, "{}"),
        Reply::lost().to("create_mission"),
        Reply::json(200, status),
    ]);
    let told = send(&scripted(&script)?, "M-1").await;
    assert_eq!(told, "M-1 is on its way");
    assert_eq!(script.replies_left(), 0);
    let requests = script.requests();
    let operations: Vec<_> = requests.iter().map(|sent| sent.operation().name).collect();
    let expected = [
        "log_in",
        "mission_status",
        "create_mission",
        "mission_status",
    ];
    assert_eq!(operations, expected);
    Ok(())
}

fn an_unknown_outcome_is_to_be_looked_up() {
    let lost = test_util::error(ErrorKind::Timeout).build();
    assert_eq!(told("M-1", &lost), "look whether M-1 is on its way");
}

// In a program these are four functions, with `#[tokio::test]` or `#[test]`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    a_lost_response_costs_nothing().await?;
    a_refusal_reaches_the_dispatcher().await?;
    a_mission_is_looked_up_before_and_after().await?;
    an_unknown_outcome_is_to_be_looked_up();
    println!("all four tests pass");
    Ok(())
}
