//! How a program's own tests use the sandbox: a response is lost, and the service refuses.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::time::Duration;

use ocean_geomission::{Client, Error, LookUp, NewMission, TransportConfig};
use vendor_sandbox::{Response, Sandbox};

/// What is to be tested: sends a mission, and tells a dispatcher how it went.
async fn send(client: &Client, number: &str) -> String {
    match client.find_or_create(&NewMission::new(number)).await {
        Ok(_) => format!("{number} is on its way"),
        Err(error) => error.disclosed().to_string(),
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

// In a program these are two functions with `#[tokio::test]`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    a_lost_response_costs_nothing().await?;
    a_refusal_reaches_the_dispatcher().await?;
    println!("both tests pass");
    Ok(())
}
