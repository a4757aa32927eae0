//! Sends the missions of a CSV file, and notes what became of each. It may be killed at any moment
//! and run again: no mission is lost, and none is sent twice.
//!
//! ```text
//! dispatch_from_csv missions.csv [CALLS-PER-SECOND]
//! ```
//!
//! The account comes from the environment, as `Client::from_env` explains. Without a file, the
//! program shows itself: it sends 500 missions to a sandbox.
//!
//! It has 44 lines of code, not counting imports, CSV, printing and that demonstration.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::path::Path;

use indicatif::ProgressBar;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ocean_geomission::time::OffsetDateTime;
use ocean_geomission::{Client, ClientBuilder, Creation, NewMission, Pace, TransportConfig};
use vendor_sandbox::Sandbox;

/// A line of the file. The time is what clocks in Paris show.
#[derive(serde::Deserialize)]
struct Row {
    number: String,
    vehicle: String,
    at: String,
    city: String,
}

impl Row {
    fn mission(self) -> Result<NewMission, Box<dyn Error>> {
        let mission = NewMission::new(self.number)
            .vehicle(self.vehicle)
            .scheduled_at(in_paris(&self.at)?)
            .city(self.city)
            .send();
        mission.validate()?;
        Ok(mission)
    }
}

/// An error if clocks in Paris skip this time or show it twice, or if it has an offset.
fn in_paris(local: &str) -> Result<OffsetDateTime, Box<dyn Error>> {
    let local = DateTime::strptime("%Y-%m-%dT%H:%M", local)?;
    let zone = TimeZone::get("Europe/Paris")?;
    let instant = zone.to_ambiguous_zoned(local).unambiguous()?.timestamp();
    Ok(OffsetDateTime::from_unix_timestamp(instant.as_second())?)
}

/// Checks all missions before it sends the first, and leaves out those that the notes have.
async fn dispatch(client: &Client, file: &Path) -> Result<(), Box<dyn Error>> {
    let notes = notes(&file.with_extension("sent.csv"))?;
    let sent = numbers(&notes);
    let mut missions = Vec::new();
    for row in csv::Reader::from_path(file)?.deserialize::<Row>() {
        let row = row?;
        let number = row.number.clone();
        missions.push(row.mission().map_err(|why| format!("{number}: {why}"))?);
    }
    missions.retain(|mission| !sent.contains(mission.id.as_str()));

    let progress = ProgressBar::new(missions.len() as u64);
    let mut notes = csv::Writer::from_writer(notes);
    let mut failed = 0;
    let mut results = client.create_many(missions);
    while let Some((mission, result)) = results.next().await {
        let outcome = match result {
            Ok(Creation::Created(_)) => "created",
            Ok(Creation::Found(_)) => "found",
            Err(error) => {
                progress.println(format!("{}: {error}", mission.id));
                failed += 1;
                continue;
            }
        };
        notes.write_record([mission.id.as_str(), outcome])?;
        notes.flush()?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} missions were not sent: run it again").into()),
    }
}

fn notes(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).read(true).append(true).open(path)
}

/// What the notes have. A line that a crash cut off names nothing, and its mission is looked up.
fn numbers(notes: &File) -> BTreeSet<String> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).from_reader(notes);
    let lines = reader.into_deserialize::<(String, String)>().flatten();
    lines.map(|(number, _)| number).collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        return demonstrate().await;
    };
    let calls = arguments.next().map_or(Ok(10.0), |calls| calls.parse())?;
    let pace = TransportConfig::default().pace(Pace::per_second(calls));
    let client = ClientBuilder::from_env()?.transport(pace).build()?;
    dispatch(&client, Path::new(&file)).await
}

async fn demonstrate() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let client = Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .build()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("missions.csv");
    let mut missions = String::from("number,vehicle,at,city\n");
    for number in 1..=500 {
        missions += &format!("M-{number},VAN-{:02},2026-11-24T09:30,Paris\n", number % 40);
    }
    std::fs::write(&file, missions)?;

    dispatch(&client, &file).await?;
    // Another run finds all of them in its notes.
    dispatch(&client, &file).await?;
    println!("{} missions sent", ocean.mission_ids().len());
    Ok(())
}
