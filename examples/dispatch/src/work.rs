//! Sending: a worker takes missions from the queue and hands each to the service once.

use std::time::Duration;

use apalis::layers::retry::HasherRng;
use apalis::layers::retry::backoff::{ExponentialBackoffMaker, MakeBackoff as _};
use apalis::prelude::{
    AbortError, BoxDynError, Data, RetryPolicy, WorkerBuilder, WorkerBuilderExt as _,
    WorkerContext, WorkerError,
};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ocean_geomission::{Client, ClientBuilder, Creation, ErrorKind, Pace, TransportConfig};

use crate::database::{Database, State};
use crate::error::Error;
use crate::queue::{Queue, Ticket};

#[derive(Args)]
pub struct Options {
    /// How many missions this process sends at once.
    #[arg(long, default_value_t = 8)]
    in_flight: usize,

    /// How many requests this process sends per second at most. Each mission takes two.
    #[arg(long)]
    per_second: Option<f64>,

    /// How often a mission may fail for reasons that pass before a person has to look.
    #[arg(long, default_value_t = 20)]
    failures: i64,

    /// After how many seconds without a sign of life another worker takes over what a worker had
    /// in its hands.
    #[arg(long, default_value_t = 60)]
    lease: u64,

    /// Stop when nothing is queued.
    #[arg(long)]
    until_empty: bool,
}

/// What a task needs.
#[derive(Clone)]
struct Sender {
    client: Client,
    database: Database,
    failures: i64,
    progress: ProgressBar,
}

/// Works until Ctrl-C, until the account is refused, or until nothing is queued.
pub async fn run(database: &Database, options: Options) -> Result<(), Error> {
    let mut config = TransportConfig::default();
    if let Some(requests) = options.per_second {
        config = config.pace(Pace::per_second(requests));
    }
    let client = ClientBuilder::from_env()?.transport(config).build()?;
    client.log_in().await?;
    let sender = Sender {
        client,
        database: database.clone(),
        failures: options.failures,
        progress: progress(database).await?,
    };
    // A name of its own for each start: the lease of one that was killed must run out.
    let name = format!("{}-{}", std::process::id(), jiff::Timestamp::now());
    let heartbeat = Duration::from_secs(options.lease.max(4)) / 4;
    let backoff = ExponentialBackoffMaker::new(
        Duration::from_millis(500),
        Duration::from_secs(30),
        0.5,
        HasherRng::default(),
    );
    let mut backoff = backoff.map_err(crate::queue::failed)?;
    let retry = RetryPolicy::retries(usize::MAX)
        .with_backoff(backoff.make_backoff())
        .retry_if(|error: &BoxDynError| error.downcast_ref::<AbortError>().is_none());

    // The two storages share no trait that says all that a worker needs of them.
    macro_rules! work {
        ($storage:expr) => {
            WorkerBuilder::new(name.as_str())
                .backend($storage)
                .data(sender.clone())
                .concurrency(options.in_flight)
                .retry(retry)
                .build(send)
                .run_until(end(database.clone(), options.until_empty))
                .await
        };
    }
    let worked = match database.queue() {
        Queue::Sqlite(pool) => {
            let config = apalis_sqlite::Config::default()
                .queue(crate::queue::NAME)
                .batch_size(options.in_flight)
                .heartbeat_interval(heartbeat)
                .missed_heartbeats(4);
            work!(SqliteStorage::new(pool).with_config(config))
        }
        Queue::Postgres(pool) => {
            let config = apalis_postgres::Config::default()
                .queue(crate::queue::NAME)
                .batch_size(options.in_flight)
                .heartbeat_interval(heartbeat)
                .missed_heartbeats(4);
            work!(PostgresStorage::new(pool).with_config(config))
        }
    };
    sender.progress.finish_and_clear();
    Ok(worked?)
}

/// Sends one mission. Whatever happened to an earlier worker, doing it again is harmless.
async fn send(
    ticket: Ticket,
    sender: Data<Sender>,
    worker: WorkerContext,
) -> Result<(), BoxDynError> {
    let database = &sender.database;
    let Some(mission) = database.queued(&ticket).await? else {
        return Ok(());
    };
    let error = match sender.client.find_or_create(&mission).await {
        Ok(creation) => {
            let what = match creation {
                Creation::Created(_) => "created",
                _ => "found",
            };
            database.note(&ticket, what, "").await?;
            database.set_state(&ticket, State::Sent).await?;
            sender.progress.inc(1);
            return Ok(());
        }
        Err(error) => error,
    };
    if error.kind() == ErrorKind::LogIn && !error.is_retryable() {
        // No mission's fault: they stay queued, and this worker leaves.
        worker.stop()?;
        return Err(Error::AccountRefused.into());
    }
    database
        .note(&ticket, "failure", &error.disclosed().to_string())
        .await?;
    let may_pass = error.is_retryable() || error.may_have_been_applied();
    if may_pass && database.failures(&ticket).await? < sender.failures {
        return Err(error.into());
    }
    database.set_state(&ticket, State::Failed).await?;
    sender.progress.inc(1);
    Err(AbortError::new(error).into())
}

/// Waits for Ctrl-C or, if that is wanted, until nothing is queued.
async fn end(database: Database, until_empty: bool) -> Result<(), WorkerError> {
    tokio::select! {
        signal = tokio::signal::ctrl_c() => Ok(signal?),
        () = emptied(&database), if until_empty => Ok(()),
    }
}

async fn emptied(database: &Database) {
    // A database that can't be read fails the worker itself.
    while database.count(State::Queued).await.unwrap_or(1) > 0 {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn progress(database: &Database) -> Result<ProgressBar, Error> {
    let queued = database.count(State::Queued).await?;
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} sent or failed, {eta} left");
    let bar = ProgressBar::new(queued.unsigned_abs());
    Ok(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
}
