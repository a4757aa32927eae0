//! A long list that goes on where it ended: the service fails in the middle, and the second run
//! begins at the position that the first one kept.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use cegid_loop::{Client, Error, Filter, RetryPolicy, TransportConfig, activities};
use vendor_sandbox::{Response, Sandbox};

/// Reads on from `position`, which is where to begin the next time. A program keeps it in a file.
async fn read_on(client: &Client, position: &mut u64) -> Result<(), Error> {
    let mut rows = client
        .activities(Filter::unfiltered())
        .sort(activities::ID.ascending())
        .starting_at(*position)
        .rows();
    while let Some(row) = rows.next().await {
        let _activity = row?;
        *position = rows.position();
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let cegid = sandbox.cegid_loop();
    let client = Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .transport(TransportConfig::default().retry(RetryPolicy::never()))
        .build()?;

    // About every third page fails.
    let pages = cegid.faults().on("list_activities");
    pages.always().one_in(3, 7).respond(Response::new(503));

    let mut position = 0;
    while let Err(error) = read_on(&client, &mut position).await {
        println!("stopped at {position}: {error}");
    }
    assert_eq!(position, cegid.activities().len() as u64);
    println!("read {position} rows");
    Ok(())
}
