//! A first mission: it's created, and its status is read.
//!
//! This runs against a sandbox. For the real service, replace the builder by `Client::from_env()`.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use ocean_geomission::{Client, NewMission, Recipient};
use time::macros::datetime;
use vendor_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let client = Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .build()?;

    let mut mission = NewMission::new("2026-0042");
    mission.recipient = Some(Recipient::vehicle("VAN-07"));
    mission.scheduled_at = Some(datetime!(2026-11-24 09:30 +01:00));
    mission.comment = Some("Dock 3".to_owned());
    mission.send = Some(true);
    // Looks first, so running this twice sends the mission once.
    client.find_or_create(&mission).await?;

    let status = client.mission_status(&mission.id).await?;
    println!("{}: {}", mission.id, status.status.unwrap_or_default());
    Ok(())
}
