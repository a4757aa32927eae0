//! A program that may be stopped and started again at any moment: every activity is added once.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::time::Duration;

use geoplanning::{Client, Error, LookUp, NewActivity, NewTask, StreetAddress, TransportConfig};
use vendor_sandbox::Sandbox;

/// Adds all of them. It keeps no record of how far it came: the service is the record.
async fn request(client: &Client, activities: &[NewActivity]) -> Result<(), Error> {
    for activity in activities {
        client.activities().find_or_add(activity).await?;
    }
    Ok(())
}

/// The foreign id comes from the order, so it's the same in every run.
fn activity(number: u32) -> NewActivity {
    let address = StreetAddress::new("BE", "5000", "Namur", "Rue de Fer");
    let mut task = NewTask::new("Check the meter", Duration::from_secs(15 * 60), address);
    task.foreign_id = Some(format!("ORDER-{number}"));
    NewActivity::new(task)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let service = sandbox.geoplanning();
    let looks = LookUp::default().waits([10, 50].map(Duration::from_millis));
    let client = Client::builder()
        .base_url(service.base_url())
        .credentials(service.login(), service.password())
        .transport(TransportConfig::default().look_up(looks))
        .build()?;
    // Every fourth addition is carried out, and its response is lost.
    let additions = service.faults().on("add_activity");
    additions.always().one_in(4, 7).after_processing().reset();

    // Two runs that are broken off somewhere, and one that comes to the end.
    let activities: Vec<_> = (1..=40).map(activity).collect();
    for limit in [60, 120] {
        let limit = Duration::from_millis(limit);
        let _ = tokio::time::timeout(limit, request(&client, &activities)).await;
        service.ledger().settled().await;
        println!(
            "stopped after {} additions",
            service.ledger().received("add_activity")
        );
    }
    request(&client, &activities).await?;

    for number in 1..=40 {
        let order = format!("ORDER-{number}");
        assert_eq!(service.ledger().effects("add_activity", &order), 1);
    }
    println!("{} activities, each once", activities.len());
    Ok(())
}
