//! A day of work through the clients, against the embedded sandbox.
//!
//! `cargo run -p demo` plays all of it; `cargo run -p demo ocean` one vendor's part.

// A demonstration is there to print.
#![allow(clippy::print_stdout)]

mod cegid_loop;
mod geoplanning;
mod ocean_geomission;
mod screen;

use std::error::Error;

use vendor_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |vendor: &str| wanted.is_empty() || wanted.iter().any(|name| name == vendor);
    let sandbox = Sandbox::start().await?;
    if is_wanted("ocean") {
        ocean_geomission::run(&sandbox).await?;
    }
    if is_wanted("cegid") {
        cegid_loop::run(&sandbox).await?;
    }
    if is_wanted("geoplanning") {
        geoplanning::run(&sandbox).await?;
    }
    Ok(())
}
