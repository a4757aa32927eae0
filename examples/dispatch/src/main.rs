//! Sends the missions of a CSV file to vehicles and people, through a queue that survives a crash.
//!
//! Reading order: this file, `rows.rs` (from a line to a mission), `database.rs` (what is kept),
//! `queue.rs` (what is waiting), `work.rs` (sending) and `follow.rs` (what became of it).

mod database;
mod error;
mod follow;
mod queue;
mod report;
mod rows;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::tz::TimeZone;

use crate::database::Database;
use crate::error::Error;

/// Sends missions to vehicles and people, each exactly once.
///
/// The account is read from OCEAN_GEOMISSION_LOGIN and OCEAN_GEOMISSION_PASSWORD, and another
/// service than production from OCEAN_GEOMISSION_BASE_URL.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where missions, their history and the queue are kept: sqlite:FILE or postgres://…
    #[arg(
        long,
        global = true,
        env = "DISPATCH_DATABASE",
        default_value = "sqlite:dispatch.db"
    )]
    database: String,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks the rows of a CSV file and queues those that are new.
    Enqueue {
        file: PathBuf,

        /// The time zone of the file's times.
        #[arg(long, default_value = "Europe/Paris", value_parser = TimeZone::get)]
        zone: TimeZone,

        /// Queue the good rows of a file that has bad ones too.
        #[arg(long)]
        skip_bad: bool,
    },
    /// Sends what is queued, until Ctrl-C. Run as many of these as you like.
    Work(work::Options),
    /// Follows the missions that were sent, until Ctrl-C.
    Follow(follow::Options),
    /// Shows how many missions are in which state, and why some failed.
    Status {
        /// Show the history of this mission instead.
        mission: Option<String>,
    },
    /// Queues missions that failed once more.
    Requeue {
        #[arg(required_unless_present = "all")]
        missions: Vec<String>,

        /// All that failed.
        #[arg(long)]
        all: bool,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dispatch: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Error> {
    let database = Database::open(&arguments.database).await?;
    match arguments.command {
        Command::Enqueue {
            file,
            zone,
            skip_bad,
        } => enqueue(&database, &file, &zone, skip_bad).await,
        Command::Work(options) => work::run(&database, options).await,
        Command::Follow(options) => follow::run(&database, options).await,
        Command::Status { mission: None } => report::overview(&database).await,
        Command::Status { mission: Some(id) } => report::history(&database, &id).await,
        Command::Requeue { missions, all } => requeue(&database, missions, all).await,
    }
}

/// Queues the missions that failed, all of them or these. Those of these that haven't are an error.
async fn requeue(database: &Database, mut missions: Vec<String>, all: bool) -> Result<(), Error> {
    let wanted = (!all).then_some(&missions[..]);
    let requeued = database.requeue(wanted).await?;
    database.queue().push(&requeued).await?;
    println!("{} queued once more", requeued.len());
    missions.retain(|id| !requeued.iter().any(|ticket| ticket.mission == *id));
    match missions.is_empty() {
        true => Ok(()),
        false => Err(Error::NotFailed(missions)),
    }
}

/// Checks every row before it queues the first.
async fn enqueue(
    database: &Database,
    file: &std::path::Path,
    zone: &TimeZone,
    skip_bad: bool,
) -> Result<(), Error> {
    let (rows, mut problems) = rows::read(file, zone)?;
    let (new, known, differing) = database.compare(rows).await?;
    problems.extend(differing);
    for problem in &problems {
        eprintln!("{}:{problem}", file.display());
    }
    if !problems.is_empty() && !skip_bad {
        return Err(Error::BadRows(problems.len()));
    }
    let queued = database.insert(&new).await?;
    // Those that were known are pushed too: an earlier run may have ended between the two steps.
    // The queue takes each key once.
    database
        .queue()
        .push(&[&queued[..], &known[..]].concat())
        .await?;
    println!(
        "{} queued, {} known already, {} with problems",
        queued.len(),
        known.len(),
        problems.len()
    );
    Ok(())
}
