//! A resource's day as it changes: an activity is planned into the round, and the change is told.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::time::Duration;

use geoplanning::{
    Change, Client, NewActivity, NewRound, NewTask, Plan, Polling, ResourceId, StreetAddress,
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
    let (van, day) = (ResourceId::new(1), date!(2026 - 11 - 24));
    let round = client
        .rounds()
        .find_or_add(&NewRound::new(van, day))
        .await?
        .into_inner();

    // The default is every 15 s, which suits the road better than an example.
    let often = Polling::every(Duration::from_millis(10));
    let mut changes = client.rounds().follow(van, day).polling(often);
    for _ in 0..2 {
        match changes.next().await.transpose()? {
            Some(Change::Now(change)) => {
                for round in change.changed {
                    println!(
                        "round {}: {} activities came",
                        round.round.id,
                        round.came.len()
                    );
                }
            }
            Some(Change::Gone) | None => break,
        }

        // Somebody plans a visit.
        let address = StreetAddress::new("BE", "5000", "Namur", "Rue de Fer");
        let mut task = NewTask::new("Check the meter", Duration::from_secs(900), address);
        task.foreign_id = Some("ORDER-1".to_owned());
        let visit = client
            .activities()
            .find_or_add(&NewActivity::new(task))
            .await?
            .into_inner();
        let key = client.rounds().get(round.id).await?.key();
        let plan = Plan::new(key, 0, datetime!(2026-11-23 16:00 +01:00));
        client.activities().plan(visit.id, &plan).await?;
    }
    Ok(())
}
