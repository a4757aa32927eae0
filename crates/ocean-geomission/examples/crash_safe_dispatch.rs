//! A program that may be stopped and started again at any moment: every mission is sent once.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::time::Duration;

use ocean_geomission::{Client, Error, LookUp, NewMission, Recipient, TransportConfig};
use vendor_sandbox::Sandbox;

/// Sends all of them. It keeps no record of how far it came: the service is the record.
async fn dispatch(client: &Client, missions: &[NewMission]) -> Result<(), Error> {
    for mission in missions {
        client.find_or_create(mission).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let looks = LookUp::default().waits([10, 50].map(Duration::from_millis));
    let client = Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .transport(TransportConfig::default().look_up(looks))
        .build()?;
    // Every fourth creation is carried out, and its response is lost.
    let creations = ocean.faults().on("create_mission");
    creations.always().one_in(4, 7).after_processing().reset();

    // The identifiers come from the orders, so they're the same in every run.
    let missions: Vec<_> = (1..=40)
        .map(|number| {
            let mut mission = NewMission::new(format!("ORDER-{number}"));
            mission.recipient = Some(Recipient::vehicle("VAN-07"));
            mission
        })
        .collect();

    // Two runs that are broken off somewhere, and one that comes to the end.
    for limit in [60, 120] {
        let limit = Duration::from_millis(limit);
        let _ = tokio::time::timeout(limit, dispatch(&client, &missions)).await;
        ocean.ledger().settled().await;
        println!("stopped after {} missions", ocean.mission_ids().len());
    }
    dispatch(&client, &missions).await?;

    for mission in &missions {
        let times = ocean
            .ledger()
            .effects("create_mission", mission.id.as_str());
        assert_eq!(times, 1, "{}", mission.id);
    }
    println!("{} missions, each once", missions.len());
    Ok(())
}
