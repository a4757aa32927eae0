//! A first day: an activity is added, planned into a resource's round, started and finished.
//!
//! This runs against a sandbox. For the real service, replace the builder by `Client::from_env()`.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::time::Duration;

use geoplanning::{
    Client, NewActivity, NewRound, NewTask, Plan, Progress, ResourceId, StreetAddress,
};
use time::macros::{date, datetime};
use vendor_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let service = sandbox.geoplanning();
    let client = Client::builder()
        .base_url(service.base_url())
        .credentials(service.login(), service.password())
        .build()?;

    // What is to be done, and where. Both look first, so running this twice adds nothing twice.
    let address = StreetAddress::new("BE", "5100", "Naninne", "Chaussée de Marche").number("774");
    let mut task = NewTask::new("Repair the network", Duration::from_secs(90 * 60), address);
    task.foreign_id = Some("ORDER-100".to_owned());
    let activity = client
        .activities()
        .find_or_add(&NewActivity::new(task))
        .await?
        .into_inner();
    let round = NewRound::new(ResourceId::new(1), date!(2026 - 11 - 24));
    let round = client.rounds().find_or_add(&round).await?.into_inner();

    // Each action needs the round's key, and returns the next one.
    let mut key = round.key();
    let plan = Plan::new(key.clone(), 0, datetime!(2026-11-23 16:00 +01:00));
    key.renew(&client.activities().plan(activity.id, &plan).await?);
    let started = Progress::new(key.clone(), datetime!(2026-11-24 08:05 +01:00));
    key.renew(&client.activities().start(activity.id, &started).await?);
    let finished = Progress::new(key.clone(), datetime!(2026-11-24 09:20 +01:00));
    client.activities().finish(activity.id, &finished).await?;

    let done = client.activities().get(activity.id).await?;
    println!("ORDER-100 is now {}", done.status.kind);
    Ok(())
}
