//! How many calls a second the sandbox takes, and what it holds meanwhile.
//!
//! `cargo run --release -p benchmarks --bin sandbox` reads a mission's status, then creates
//! missions, and prints the rate and the memory of the sandbox's process. It fails where more is
//! held after the last read than when the ledger was full. Linux only: the figures come from
//! `/proc`.

// Measurements are printed.
#![allow(clippy::print_stdout)]

use std::env;
use std::future;

use benchmarks::{BoxError, Server, process};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use ocean_geomission::{Client, Error, MissionId, NewMission, Recipient};
use tokio::time::Instant;
use vendor_sandbox::Sandbox;

/// As many as a ledger keeps, so that the first block fills it.
const BLOCK: usize = 10_000;
const BLOCKS: usize = 10;
const IN_FLIGHT: usize = 64;

/// How much more may be held after the last read than after the first block, in KiB.
const SLACK: u64 = 1_024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    match env::args().nth(1).as_deref() {
        Some("serve") => serve().await,
        _ => measure().await,
    }
}

async fn serve() -> Result<(), BoxError> {
    let sandbox = Sandbox::start().await?;
    println!("{}", sandbox.ocean_geomission().base_url());
    future::pending().await
}

async fn measure() -> Result<(), BoxError> {
    let server = Server::start()?;
    let sandbox = &server.process();
    let client = Client::builder()
        .base_url(server.url())
        .credentials("dispatcher@example.com", "sandbox-password")
        .build()?;
    client.create_mission(&mission(0)).await?;
    let id = MissionId::new("0");

    println!("| | calls a second | memory of the sandbox |");
    println!("| --- | ---: | ---: |");
    let mut full = 0;
    for block in 1..=BLOCKS {
        let reads = (0..BLOCK).map(async |_| client.mission_status(&id).await.map(drop));
        let rate = rate_of(reads).await?;
        let held = row("reads", block, rate, sandbox)?;
        if block == 1 {
            full = held;
        }
        if held > full + SLACK {
            return Err("memory grows with the calls".into());
        }
    }
    for block in 1..=BLOCKS {
        let first = (block - 1) * BLOCK + 1;
        let numbers = first..first + BLOCK;
        let creations =
            numbers.map(async |number| client.create_mission(&mission(number)).await.map(drop));
        let rate = rate_of(creations).await?;
        row("creations", block, rate, sandbox)?;
    }
    Ok(())
}

/// A mission like any other.
fn mission(number: usize) -> NewMission {
    let mut mission = NewMission::new(number.to_string());
    mission.recipient = Some(Recipient::vehicle("VAN-07"));
    mission.comment = Some("Dock 3".to_owned());
    mission
}

/// How many of these calls are made a second.
async fn rate_of(
    calls: impl ExactSizeIterator<Item = impl Future<Output = Result<(), Error>>>,
) -> Result<f64, Error> {
    let count = calls.len();
    let start = Instant::now();
    let responses = stream::iter(calls).buffer_unordered(IN_FLIGHT);
    responses.try_for_each(|()| future::ready(Ok(()))).await?;
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

/// Prints a row, and returns the memory that the sandbox holds, in KiB.
fn row(what: &str, block: usize, rate: f64, sandbox: &str) -> Result<u64, BoxError> {
    let held = process::resident(sandbox)?;
    let (calls, mebibytes) = (block * BLOCK, held / 1024);
    println!("| {what}, up to {calls} | {rate:.0} | {mebibytes} MiB |");
    Ok(held)
}
