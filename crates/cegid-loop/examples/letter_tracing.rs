//! What a client reports to `tracing`: a span per call, an event per retry, and no value that was
//! sent or received.

use cegid_loop::{Client, letters};
use tracing_subscriber::fmt::format::FmtSpan;
use vendor_sandbox::{Response, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_span_events(FmtSpan::CLOSE)
        .init();
    let sandbox = Sandbox::start().await?;
    let cegid = sandbox.cegid_loop();
    let client = Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .build()?;

    // The first attempt fails, and is retried.
    let list = cegid.faults().on("list_engagement_letters");
    list.respond(Response::new(503));
    let signed = client
        .engagement_letters(letters::signed())
        .try_collect()
        .await?;
    tracing::info!(letters = signed.len(), "read");
    Ok(())
}
