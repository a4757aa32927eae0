//! What a person reads: counts, failures, the history of a mission.

use crate::database::{Database, State};
use crate::error::Error;

/// How many missions are in which state, and why some failed.
pub async fn overview(database: &Database) -> Result<(), Error> {
    for state in State::ALL {
        println!("{:8} {}", state.as_str(), database.count(state).await?);
    }
    for ticket in database.in_state(State::Failed).await? {
        let (_, events) = database.history(&ticket.mission).await?;
        let last = events.last().map_or("", |event| &event.detail);
        println!("{}: {last}", ticket.mission);
    }
    Ok(())
}

/// All that happened to a mission.
pub async fn history(database: &Database, mission: &str) -> Result<(), Error> {
    let (state, events) = database.history(mission).await?;
    println!("{mission}: {state}");
    for event in events {
        println!("{}  {}  {}", event.at, event.what, event.detail);
    }
    Ok(())
}
