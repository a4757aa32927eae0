//! What became of the missions: each change of a status goes into the history.

use std::time::Duration;

use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use ocean_geomission::{Client, ClientBuilder, ErrorKind, MissionId, MissionStatus};

use crate::database::{Database, State};
use crate::error::Error;
use crate::queue::Ticket;

/// How many missions are looked at at once.
const IN_FLIGHT: usize = 8;

#[derive(Args)]
pub struct Options {
    /// A status code or text that ends a mission; the service documents none. A mission that left
    /// the service has ended as well.
    #[arg(long)]
    ended: Vec<String>,

    /// How many seconds pass between two looks at a mission.
    #[arg(long, default_value_t = 30)]
    every: u64,

    /// Stop when every mission that was sent has ended.
    #[arg(long)]
    until_ended: bool,
}

/// Follows the missions that were sent until Ctrl-C, or until all have ended.
pub async fn run(database: &Database, options: Options) -> Result<(), Error> {
    let client = ClientBuilder::from_env()?.build()?;
    loop {
        let sent = database.in_state(State::Sent).await?;
        stream::iter(sent)
            .map(|ticket| look(&client, database, &options.ended, ticket))
            .buffer_unordered(IN_FLIGHT)
            .try_collect::<()>()
            .await?;
        if options.until_ended && database.count(State::Sent).await? == 0 {
            return Ok(());
        }
        tokio::select! {
            signal = tokio::signal::ctrl_c() => return Ok(signal.map_err(sqlx::Error::from)?),
            () = tokio::time::sleep(Duration::from_secs(options.every)) => (),
        }
    }
}

/// Looks at one mission and notes what is new. A look that fails is made again with the next ones.
async fn look(
    client: &Client,
    database: &Database,
    ended: &[String],
    ticket: Ticket,
) -> Result<(), Error> {
    let found = match client.find_mission(&MissionId::new(&ticket.mission)).await {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::LogIn && !error.is_retryable() => {
            return Err(error.into());
        }
        Err(_) => return Ok(()),
    };
    let Some(status) = found else {
        database.note(&ticket, "status", "gone").await?;
        return database.set_state(&ticket, State::Ended).await;
    };
    let words = words(&status);
    if database.last_status(&ticket).await?.as_deref() != Some(&words) {
        database.note(&ticket, "status", &words).await?;
    }
    let is_end = |wanted: &String| {
        [&status.status_code, &status.status]
            .into_iter()
            .flatten()
            .any(|shown| shown == wanted)
    };
    if ended.iter().any(is_end) {
        database.set_state(&ticket, State::Ended).await?;
    }
    Ok(())
}

fn words(status: &MissionStatus) -> String {
    let shown = [&status.status_code, &status.status];
    let shown: Vec<&str> = shown.into_iter().flatten().map(String::as_str).collect();
    shown.join(" ")
}
