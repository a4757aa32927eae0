//! Use from synchronous code: a handle that owns a runtime and waits for each call.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use geoplanning::{Client, Day, Error, ResourceId, Round};
use time::macros::date;
use tokio::runtime::{Builder, Runtime};
use vendor_sandbox::Sandbox;

/// A client for threads without a runtime. Keep it: the connections live in it.
struct Planner {
    runtime: Runtime,
    client: Client,
}

impl Planner {
    fn rounds(&self, resource: ResourceId, day: impl Into<Day>) -> Result<Vec<Round>, Error> {
        let list = self.client.rounds().list(resource, day);
        Ok(self.runtime.block_on(list)?.into_iter().collect())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let sandbox = runtime.block_on(Sandbox::start())?;
    let service = sandbox.geoplanning();
    let client = Client::builder()
        .base_url(service.base_url())
        .credentials(service.login(), service.password())
        .build()?;
    let planner = Planner { runtime, client };

    for round in planner.rounds(ResourceId::new(1), date!(2026 - 02 - 27))? {
        println!(
            "round {} with {} activities",
            round.id,
            round.activities().len()
        );
    }
    Ok(())
}
