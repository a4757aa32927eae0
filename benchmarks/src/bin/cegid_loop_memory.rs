//! Memory while a client reads a list of a million rows.
//!
//! `cargo run --release -p benchmarks --bin cegid_loop_memory` reads it row by row, with and
//! without prefetching, and prints what the process holds on the way. It fails where more is held
//! at the end than after the first pages. The server runs in the same process and makes its pages
//! one at a time. Linux only: the figures come from `/proc/self/status`.

// Measurements are printed.
#![allow(clippy::print_stdout)]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use benchmarks::BoxError;
use benchmarks::process::{self, SELF};
use cegid_loop::{Client, Filter};
use tokio::time::Instant;

const ROWS: u64 = 1_000_000;
const PAGE: u32 = 1_000;

/// How much more may be held at the end than after the first tenth, in KiB. The whole list would take
/// some 250 MiB.
const SLACK: u64 = 4 * 1_024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let base_url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || serve(&listener));
    let client = Client::builder()
        .base_url(base_url)
        .subscription_key("subscription key")
        .api_key("key", "secret")
        .build()?;
    for prefetch in [false, true] {
        read(&client, prefetch).await?;
    }
    Ok(())
}

async fn read(client: &Client, prefetch: bool) -> Result<(), BoxError> {
    let list = client.activities(Filter::unfiltered()).page_size(PAGE);
    let list = if prefetch { list.prefetch() } else { list };
    println!(
        "{ROWS} rows, {PAGE} at a time{}",
        if prefetch { ", prefetching" } else { "" }
    );
    let mut rows = list.rows();
    let started = Instant::now();
    let mut hours = 0.0;
    let mut after_a_tenth = 0;
    while let Some(row) = rows.next().await {
        hours += row?.unit_hours.unwrap_or_default();
        let position = rows.position();
        if position.is_multiple_of(ROWS / 10) {
            let held = process::resident(SELF)?;
            println!("  after {position:>7} rows: {held:>6} KiB");
            if position == ROWS / 10 {
                after_a_tenth = held;
            }
            if held > after_a_tenth + SLACK {
                return Err("memory grows with the list".into());
            }
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "  {:.0} rows a second, {hours} hours\n",
        rows.position() as f64 / seconds
    );
    if rows.position() != ROWS {
        return Err("rows are missing".into());
    }
    Ok(())
}

fn serve(listener: &TcpListener) {
    for socket in listener.incoming().flatten() {
        // A client that goes away ends its connection only.
        thread::spawn(move || respond(socket));
    }
}

/// Sends one page after another, as long as the client requests them.
fn respond(mut socket: TcpStream) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut lines = BufReader::new(socket.try_clone()?).lines();
    while let Some(request) = lines.next() {
        let request = request?;
        while lines
            .next()
            .transpose()?
            .is_some_and(|header| !header.is_empty())
        {}
        let number = |name: &str| {
            let value = request
                .split(['?', '&', ' '])
                .find_map(|part| part.strip_prefix(name));
            value
                .and_then(|value| value.parse().ok())
                .unwrap_or_default()
        };
        let page = page(number("skip="), number("take="));
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:";
        socket.write_all(format!("{head} {}\r\n\r\n{page}", page.len()).as_bytes())?;
    }
    Ok(())
}

fn page(skip: u64, take: u64) -> String {
    let mut page = String::from("[");
    for n in skip..ROWS.min(skip + take) {
        if n > skip {
            page.push(',');
        }
        // A String takes everything.
        let _ = write!(
            page,
            r#"{{"objectId":"00000000-0000-4000-8000-{n:012x}","revisionId":"0x{n:016X}","#,
        );
        page.push_str(
            r#""lettreMissionId":"efb2dfc9-71a5-4e72-98fd-78b427790086","activite":"Saisie des achats","activiteCabinet":true,"activiteClient":false,"unite":0.5,"frequence":1,"dateFreq":"2022-12-31T00:00:00Z","calage":1,"decalage":0,"quantite":12,"datePrevObligation":10}"#,
        );
    }
    page.push(']');
    page
}
