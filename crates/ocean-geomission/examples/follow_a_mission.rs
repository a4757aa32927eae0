//! A mission on its way: every status as it comes, and waiting for the last one.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::time::Duration;

use ocean_geomission::{Change, Client, NewMission, Polling, Recipient, Waited};
use vendor_sandbox::Sandbox;
use vendor_sandbox::ocean_geomission::MissionStatus;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let client = Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .build()?;
    let mut mission = NewMission::new("M-1");
    mission.recipient = Some(Recipient::vehicle("VAN-07"));
    mission.send = Some(true);
    client.find_or_create(&mission).await?;

    // The default is every 15 s, which suits the road better than an example.
    let often = Polling::every(Duration::from_millis(10));
    let mut statuses = client.follow_mission(&mission.id).polling(often);
    for step in [MissionStatus::accepted(), MissionStatus::started()] {
        match statuses.next().await.transpose()? {
            Some(Change::Now(status)) => println!("{}", status.status.unwrap_or_default()),
            Some(Change::Gone) | None => println!("there is no such mission"),
        }
        // The driver goes on.
        if let Some(at_work) = ocean.mission("M-1") {
            at_work.set_status(step);
        }
    }

    // Only the caller knows which status is the last.
    let started = client.wait_for_mission(
        &mission.id,
        |status| status.status_code.as_deref() == Some("STARTED"),
        Duration::from_secs(60),
    );
    match started.await? {
        Waited::Reached(status) => println!("{}", status.status.unwrap_or_default()),
        Waited::Gone => println!("somebody has deleted it"),
        Waited::TimedOut(_) => println!("not within a minute"),
    }
    Ok(())
}
