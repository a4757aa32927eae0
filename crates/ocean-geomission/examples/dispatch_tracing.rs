//! What a client reports to `tracing`: a span per call, an event per retry, and no value that was
//! sent or received.

use ocean_geomission::{Client, NewMission};
use tracing_subscriber::fmt::format::FmtSpan;
use vendor_sandbox::{Response, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_span_events(FmtSpan::CLOSE)
        .init();
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let client = Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .build()?;

    // The first look at the status fails, and is retried.
    let look = ocean.faults().on("mission_status");
    look.respond(Response::new(503));

    // A span of the program's own holds the calls, and the identifier that they don't show.
    let mission = NewMission::new("M-1");
    let span = tracing::info_span!("dispatch", mission = %mission.id);
    let dispatch = client.find_or_create(&mission);
    tracing::Instrument::instrument(dispatch, span).await?;
    Ok(())
}
