//! Missions from a CSV file: all are checked before the first is sent, then eight are on their way
//! at a time, with a progress bar.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use indicatif::ProgressBar;
use ocean_geomission::{Client, NewMission, Recipient};
use vendor_sandbox::Sandbox;

/// What `File::open("missions.csv")` would be in a program.
const FILE: &str = "\
number,vehicle,city,comment
M-1,VAN-07,Paris,Dock 3
M-2,VAN-07,Lyon,
M-3,VAN-11,Lyon,Ring twice
";

#[derive(serde::Deserialize)]
struct Row {
    number: String,
    vehicle: String,
    city: String,
    comment: Option<String>,
}

impl From<Row> for NewMission {
    fn from(row: Row) -> Self {
        let mut mission = Self::new(row.number);
        mission.recipient = Some(Recipient::vehicle(row.vehicle));
        mission.city = Some(row.city);
        mission.comment = row.comment;
        mission.send = Some(true);
        mission
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let client = Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .build()?;

    let mut missions = Vec::new();
    for row in csv::Reader::from_reader(FILE.as_bytes()).deserialize::<Row>() {
        let mission = NewMission::from(row?);
        mission
            .validate()
            .map_err(|problems| format!("{}: {problems:?}", mission.id))?;
        missions.push(mission);
    }

    let progress = ProgressBar::new(missions.len() as u64);
    let mut results = client.create_many(missions);
    while let Some((mission, result)) = results.next().await {
        if let Err(error) = result {
            progress.println(format!("{}: {error}", mission.id));
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    println!("{} missions sent", ocean.mission_ids().len());
    Ok(())
}
