//! What a client reports to `tracing`: a span per call, an event per retry, and no value that was
//! sent or received.

use geoplanning::{Client, ResourceId};
use time::macros::date;
use tracing::Instrument as _;
use tracing_subscriber::fmt::format::FmtSpan;
use vendor_sandbox::{Response, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_span_events(FmtSpan::CLOSE)
        .init();
    let sandbox = Sandbox::start().await?;
    let service = sandbox.geoplanning();
    let client = Client::builder()
        .base_url(service.base_url())
        .credentials(service.login(), service.password())
        .build()?;

    // The first attempt fails, and is retried.
    service
        .faults()
        .on("list_rounds")
        .respond(Response::new(503));

    // A span of the program's own holds the call, and the identifier that it doesn't show.
    let resource = ResourceId::new(1);
    let span = tracing::info_span!("timetable", resource = %resource);
    let rounds = client
        .rounds()
        .list(resource, date!(2026 - 11 - 24))
        .instrument(span)
        .await?;
    tracing::info!(rounds = rounds.len(), "read");
    Ok(())
}
