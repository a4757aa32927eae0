//! Exports all letters with the hours that they promise, by month. It keeps a copy of both lists, so
//! the next run reads only what has changed since, and a run that was killed goes on where it was.
//!
//! ```text
//! letters_by_month FOLDER
//! ```
//!
//! The copies and `hours.csv` are in that folder. The keys come from the environment, as
//! `Client::from_env` explains. Without a folder, the program shows itself with a sandbox.
//!
//! It has 60 lines of code, not counting imports, CSV, printing and that demonstration.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use cegid_loop::RowChange::{Changed, Gone, New};
use cegid_loop::activities::Frequency;
use cegid_loop::time::OffsetDateTime;
use cegid_loop::{
    Client, EngagementLetter, Filter, Known, LetterActivity, LetterId, List, Revised,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vendor_sandbox::Sandbox;

/// Brings the copy of a list in a file up to date, and saves what has changed on the way.
async fn update<Row>(list: List<Row>, file: &Path) -> Result<BTreeMap<Row::Id, Row>, Box<dyn Error>>
where
    Row: Revised<Id: Serialize + DeserializeOwned> + Serialize + DeserializeOwned + Send,
{
    let copy = fs::read(file).unwrap_or(b"{}".to_vec());
    let mut rows: BTreeMap<Row::Id, Row> = serde_json::from_slice(&copy)?;
    let list = list.sort(Row::ID.ascending()).prefetch();
    let mut changes = list.changes_since(Known::of(rows.values()));
    let (mut told, mut failure) = (0, None);
    while let Some(change) = changes.next().await {
        match change {
            Ok(New(row) | Changed(row)) => rows.extend(row.id().map(|id| (id, row))),
            Ok(Gone(id)) => drop(rows.remove(&id)),
            // A row that can't be read, with others behind it, or the end of a pass that failed.
            Err(error) => failure = Some(error),
        }
        told += 1;
        if told % 500 == 0 {
            save(&rows, file)?;
        }
    }
    save(&rows, file)?;
    failure.map_or(Ok(rows), |error| Err(error.into()))
}

/// Replaces the file at once: a crash leaves the old one or the new one.
fn save(rows: &impl Serialize, file: &Path) -> Result<(), Box<dyn Error>> {
    let new = file.with_extension("new");
    fs::write(&new, serde_json::to_vec(rows)?)?;
    Ok(fs::rename(new, file)?)
}

/// Adds the hours of an activity to the months in which it's done.
fn add(activity: &LetterActivity, months: &mut [f64; 12]) {
    let once = activity.frequency_date.and_then(month_in_paris);
    let every = activity.frequency.and_then(Frequency::months);
    let due: Vec<_> = (every.or(once).unwrap_or(12)..=12)
        .step_by(every.unwrap_or(12))
        .collect();
    let times = activity.quantity.unwrap_or(due.len() as i64) as f64;
    let hours = activity.unit_hours.unwrap_or_default() * times / due.len() as f64;
    let later = activity.month_offset.unwrap_or_default().clamp(0, 18) as usize;
    for month in due {
        months[(month - 1 + later) % 12] += hours;
    }
}

fn month_in_paris(at: OffsetDateTime) -> Option<usize> {
    let instant = jiff::Timestamp::from_second(at.unix_timestamp()).ok()?;
    Some(instant.in_tz("Europe/Paris").ok()?.month() as usize)
}

async fn export(client: &Client, folder: &Path) -> Result<(), Box<dyn Error>> {
    let letters = client.engagement_letters(Filter::unfiltered());
    let letters = update(letters, &folder.join("letters.json")).await?;
    let activities = client.activities(Filter::unfiltered());
    let activities = update(activities, &folder.join("activities.json")).await?;
    let mut months = BTreeMap::<Option<LetterId>, [f64; 12]>::new();
    for activity in activities.values() {
        add(activity, months.entry(activity.letter_id).or_default());
    }
    write(&letters, &months, &folder.join("hours.csv"))
}

fn write(
    letters: &BTreeMap<LetterId, EngagementLetter>,
    months: &BTreeMap<Option<LetterId>, [f64; 12]>,
    file: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut csv = csv::Writer::from_path(file)?;
    for (id, letter) in letters {
        let hours = months.get(&Some(*id)).copied().unwrap_or_default();
        csv.serialize((&letter.number, hours))?;
    }
    Ok(csv.flush()?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1) {
        Some(folder) => export(&Client::from_env()?, Path::new(&folder)).await,
        None => demonstrate().await,
    }
}

async fn demonstrate() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let cegid = sandbox.cegid_loop();
    let client = Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .build()?;
    let folder = tempfile::tempdir()?;
    export(&client, folder.path()).await?;

    // Meanwhile, somebody edits a letter and deletes another.
    let mut letters = cegid.letters();
    letters[0]["codeIBS"] = "LM-EDITED".into();
    letters[0]["revisionId"] = "another".into();
    letters.truncate(letters.len() - 1);
    cegid.set_letters(letters);
    export(&client, folder.path()).await?;
    let hours = fs::read_to_string(folder.path().join("hours.csv"))?;
    assert!(hours.contains("LM-EDITED"));
    println!("{} letters", hours.lines().count());
    Ok(())
}
