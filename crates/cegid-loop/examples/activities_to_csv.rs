//! All activities as a CSV file, with a progress bar: one page is in memory, and the next on its
//! way. A row that can't be read is reported, and the others are written.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use cegid_loop::{Client, Filter, Select, activities};
use indicatif::ProgressBar;
use vendor_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let cegid = sandbox.cegid_loop();
    let client = Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .build()?;

    let mut rows = client
        .activities(Filter::unfiltered())
        .sort(activities::ID.ascending())
        .select(
            Select::of(activities::ID)
                .and(activities::NAME)
                .and(activities::UNIT_HOURS),
        )
        .prefetch()
        .rows();

    // What `csv::Writer::from_path("activities.csv")` would be in a program.
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(["id", "activity", "hours"])?;
    let progress = ProgressBar::no_length();
    while let Some(row) = rows.next().await {
        progress.set_position(rows.position());
        match row {
            Ok(activity) => file.serialize((activity.id, activity.name, activity.unit_hours))?,
            // It names the position of a row that can't be read, or says why reading ended.
            Err(error) => progress.println(error.to_string()),
        }
    }
    progress.finish_and_clear();
    println!(
        "{} bytes for {} rows",
        file.into_inner()?.len(),
        rows.position()
    );
    Ok(())
}
