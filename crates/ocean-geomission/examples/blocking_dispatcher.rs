//! Use from synchronous code: a handle that owns a runtime and waits for each call.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use ocean_geomission::{Client, Error, MissionId, NewMission};
use tokio::runtime::{Builder, Runtime};
use vendor_sandbox::Sandbox;

/// A client for threads without a runtime. Keep it: connections and the token live in it.
struct Dispatcher {
    runtime: Runtime,
    client: Client,
}

impl Dispatcher {
    fn send(&self, mission: &NewMission) -> Result<(), Error> {
        let call = self.client.find_or_create(mission);
        self.runtime.block_on(call).map(drop)
    }

    fn status(&self, id: &MissionId) -> Result<Option<String>, Error> {
        let status = self.runtime.block_on(self.client.mission_status(id))?;
        Ok(status.status)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let sandbox = runtime.block_on(Sandbox::start())?;
    let ocean = sandbox.ocean_geomission();
    let client = Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .build()?;
    let dispatcher = Dispatcher { runtime, client };

    let mission = NewMission::new("M-1");
    dispatcher.send(&mission)?;
    let status = dispatcher.status(&mission.id)?;
    println!("{}: {}", mission.id, status.unwrap_or_default());
    Ok(())
}
