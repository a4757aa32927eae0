//! Metrics by the names of OpenTelemetry's conventions for HTTP clients, in the format that
//! Prometheus reads.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::sync::Arc;

use metrics::{Label, counter, histogram};
use metrics_exporter_prometheus::PrometheusBuilder;
use ocean_geomission::{Client, NewMission, Observation, Observed, TransportConfig};
use vendor_sandbox::{Response, Sandbox};

/// Runs inside each call, so it only counts. It never gets a value of a request or a response.
fn record(observation: &Observation<'_>) {
    let operation = observation.operation;
    let mut labels = vec![
        Label::new("http.request.method", operation.method.to_string()),
        Label::new("url.template", operation.template),
    ];
    match &observation.observed {
        Observed::Attempt(attempt) => {
            if let Some(status) = attempt.status {
                let status = status.as_str().to_owned();
                labels.push(Label::new("http.response.status_code", status));
            }
            if let Some(error) = attempt.error {
                labels.push(Label::new("error.type", error.as_str()));
            }
            histogram!("http.client.request.duration", labels)
                .record(attempt.duration.as_secs_f64());
        }
        Observed::Look(result) => {
            labels.push(Label::new("result", format!("{result:?}")));
            counter!("ocean_geomission.looks", labels).increment(1);
        }
        Observed::HeldBack { .. } => {
            counter!("ocean_geomission.held_back", labels).increment(1);
        }
        _ => {}
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A real program serves this text at `/metrics`, for Prometheus to scrape.
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let sandbox = Sandbox::start().await?;
    let ocean = sandbox.ocean_geomission();
    let client = Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .transport(TransportConfig::default().observer(Arc::new(record)))
        .build()?;

    // The first look at the status fails, and is retried.
    let look = ocean.faults().on("mission_status");
    look.respond(Response::new(503));
    client.find_or_create(&NewMission::new("M-1")).await?;
    print!("{}", metrics.render());
    Ok(())
}
