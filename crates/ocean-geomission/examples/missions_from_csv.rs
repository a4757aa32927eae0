//! Missions from a CSV file: all are checked before the first is sent, then eight are on their way
//! at a time, with a progress bar.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use futures_util::StreamExt as _;
use indicatif::ProgressBar;
use ocean_geomission::{Client, NewMission, Recipient};
use vendor_sandbox::Sandbox;

/// What `File::open("missions.csv")` would be in a program.
const FILE: &str = "\
number,vehicle,street,city,comment
M-1,VAN-07,12 rue de la Paix,Paris,Dock 3
M-2,VAN-07,3 quai des Célestins,Lyon,
M-3,VAN-11,8 place Bellecour,Lyon,Ring twice
";

#[derive(serde::Deserialize)]
struct Row {
    number: String,
    vehicle: String,
    street: String,
    city: String,
    comment: Option<String>,
}

impl From<Row> for NewMission {
    fn from(row: Row) -> Self {
        let mut mission = Self::new(row.number);
        mission.recipient = Some(Recipient::vehicle(row.vehicle));
        mission.street = Some(row.street);
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

    let rows = csv::Reader::from_reader(FILE.as_bytes()).into_deserialize::<Row>();
    let missions: Vec<NewMission> = rows
        .map(|row| row.map(Into::into))
        .collect::<Result<_, _>>()?;
    for mission in &missions {
        mission
            .validate()
            .map_err(|problems| format!("{}: {problems:?}", mission.id))?;
    }

    let progress = ProgressBar::new(missions.len() as u64);
    let calls = futures_util::stream::iter(&missions)
        .map(|mission| async { (&mission.id, client.find_or_create(mission).await) });
    let mut results = calls.buffer_unordered(8);
    while let Some((id, result)) = results.next().await {
        match result {
            Ok(_) => progress.inc(1),
            Err(error) => progress.println(format!("{id}: {error}")),
        }
    }
    progress.finish_and_clear();
    println!("{} missions sent", ocean.mission_ids().len());
    Ok(())
}
