//! What it costs to follow 10,000 missions in one process.
//!
//! `cargo run --release -p benchmarks --bin following` follows them for two minutes and prints memory,
//! processor time and connections of the process. The server is a process of its own. Linux only:
//! the figures come from `/proc/self`.

// Measurements are printed.
#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;
use std::env;
use std::time::Duration;

use benchmarks::process::{self, SELF};
use benchmarks::{BoxError, CannedResponse, Server, serve};
use ocean_geomission::{Client, MissionId, Polling};
use tokio::time::{Instant, timeout_at};

const MISSIONS: usize = 10_000;
const EVERY: Duration = Duration::from_secs(15);
const IN_FLIGHT: usize = 64;
const MINUTE: Duration = Duration::from_secs(60);

fn responses() -> Vec<CannedResponse> {
    let logged_in = serde_json::json!({ "token": "not a real token" });
    let status = serde_json::json!({
        "status": "On the way",
        "statusCode": "STARTED",
        "time": "24/11/2026 08:30",
    });
    vec![
        CannedResponse::new("/restapi/auth/authenticate2", &logged_in),
        CannedResponse::new("/restapi/geomission/statutMission", &status),
    ]
}

#[tokio::main(flavor = "current_thread")]
async fn follow() -> Result<(), BoxError> {
    let server = Server::start()?;
    let client = Client::builder()
        .base_url(server.url())
        .credentials("dispatcher@example.com", "not-a-real-password")
        .build()?;
    client.log_in().await?;
    println!("{MISSIONS} missions, each looked at every 12 to 15 s, {IN_FLIGHT} looks at a time\n");
    println!("| | memory | processor time | connections |");
    println!("| --- | ---: | ---: | ---: |");
    row("before")?;

    let ids = (0..MISSIONS).map(|number| MissionId::new(format!("M-{number}")));
    // Never less often, so that each minute is as busy as the first.
    let polling = Polling::every(EVERY).up_to(EVERY).in_flight(IN_FLIGHT);
    let mut missions = client.follow_missions(ids).polling(polling);
    let start = Instant::now();
    let mut seen = BTreeSet::new();
    while seen.len() < MISSIONS {
        let (id, news) = missions.next().await.ok_or("the stream ended")?;
        news?;
        seen.insert(id);
    }
    row(&format!(
        "all seen, after {:.1} s",
        start.elapsed().as_secs_f64()
    ))?;
    drop(seen);
    for minute in 1..=2 {
        // Nothing changes, so nothing is told.
        let end = start + minute * MINUTE;
        if let Ok(news) = timeout_at(end, missions.next()).await {
            return Err(format!("a look failed: {news:?}").into());
        }
        row(&format!("after {minute} min"))?;
    }
    Ok(())
}

/// What the process holds and has used so far.
fn row(when: &str) -> Result<(), BoxError> {
    let memory = process::resident(SELF)?;
    let used = process::processor_time()?;
    let connections = process::connections()?;
    println!("| {when} | {memory} KiB | {used:.2} s | {connections} |");
    Ok(())
}

fn main() -> Result<(), BoxError> {
    match env::args().nth(1).as_deref() {
        Some("serve") => serve(responses()),
        _ => follow(),
    }
}
