//! Missions from a CSV file: all are checked before the first is sent, with a progress bar.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use indicatif::ProgressBar;
use ocean_geomission::{Client, NewMission, Recipient};
use vendor_sandbox::Sandbox;

/// What `File::open("missions.csv")` would be in a program.
const FILE: &str = "\
number,vehicle,city
M-1,VAN-07,Paris
M-2,VAN-11,Lyon
";

#[derive(serde::Deserialize)]
struct Row {
    number: String,
    vehicle: String,
    city: String,
}

impl From<Row> for NewMission {
    fn from(row: Row) -> Self {
        let mut mission = Self::new(row.number);
        mission.recipient = Some(Recipient::vehicle(row.vehicle));
        mission.city = Some(row.city);
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
        if let Err(problems) = mission.validate() {
            return Err(format!("{}: {problems:?}", mission.id).into());
        }
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
