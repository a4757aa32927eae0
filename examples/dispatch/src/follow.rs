//! What became of the missions: each change of a status goes into the history.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use ocean_geomission::{Change, ClientBuilder, FollowMany, MissionId, MissionStatus, Polling};
use tokio::time::{MissedTickBehavior, interval};

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

    /// How many seconds pass between two looks at a mission; up to 8 times as many while nothing
    /// changes.
    #[arg(long, default_value_t = 30)]
    every: u64,

    /// Stop when every mission that was sent has ended.
    #[arg(long)]
    until_ended: bool,
}

/// The missions that were sent and have not ended yet.
struct Following<'a> {
    database: &'a Database,
    missions: FollowMany<MissionId, MissionStatus>,
    tickets: BTreeMap<MissionId, Ticket>,
    ended: Vec<String>,
}

/// Follows the missions that were sent until Ctrl-C, or until all have ended.
pub async fn run(database: &Database, options: Options) -> Result<(), Error> {
    let every = Duration::from_secs(options.every.max(1));
    let client = ClientBuilder::from_env()?.build()?;
    let polling = Polling::every(every).in_flight(IN_FLIGHT);
    let mut following = Following {
        database,
        missions: client.follow_missions([]).polling(polling),
        tickets: BTreeMap::new(),
        ended: options.ended,
    };
    let mut looks_for_more = interval(every);
    looks_for_more.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            signal = tokio::signal::ctrl_c() => return Ok(signal.map_err(sqlx::Error::from)?),
            _ = looks_for_more.tick() => following.add_what_was_sent().await?,
            Some((id, news)) = following.missions.next(), if !following.missions.is_empty() => {
                following.note(&id, news).await?;
            }
        }
        if options.until_ended && database.count(State::Sent).await? == 0 {
            return Ok(());
        }
    }
}

impl Following<'_> {
    /// Workers go on sending.
    async fn add_what_was_sent(&mut self) -> Result<(), Error> {
        for ticket in self.database.in_state(State::Sent).await? {
            let id = MissionId::new(&ticket.mission);
            if self.tickets.insert(id.clone(), ticket).is_none() {
                self.missions.add(id);
            }
        }
        Ok(())
    }

    /// Notes what is new. A mission's first status is told in each run, so it may be known.
    async fn note(
        &mut self,
        id: &MissionId,
        news: Result<Change<MissionStatus>, ocean_geomission::Error>,
    ) -> Result<(), Error> {
        let Some(ticket) = self.tickets.get(id) else {
            return Ok(());
        };
        let status = match news {
            Ok(Change::Now(status)) => status,
            Ok(Change::Gone) => {
                self.database.note(ticket, "status", "gone").await?;
                return self.end(id).await;
            }
            // Nothing is left to look at: the account was refused.
            Err(error) if self.missions.is_empty() => return Err(error.into()),
            // It is looked at again.
            Err(_) => return Ok(()),
        };
        let words = words(&status);
        if self.database.last_status(ticket).await?.as_deref() != Some(&words) {
            self.database.note(ticket, "status", &words).await?;
        }
        match self.is_end(&status) {
            true => self.end(id).await,
            false => Ok(()),
        }
    }

    fn is_end(&self, status: &MissionStatus) -> bool {
        let shown = [&status.status_code, &status.status];
        shown
            .into_iter()
            .flatten()
            .any(|shown| self.ended.contains(shown))
    }

    async fn end(&mut self, id: &MissionId) -> Result<(), Error> {
        self.missions.remove(id);
        match self.tickets.remove(id) {
            Some(ticket) => self.database.set_state(&ticket, State::Ended).await,
            None => Ok(()),
        }
    }
}

fn words(status: &MissionStatus) -> String {
    let shown = [&status.status_code, &status.status];
    let shown: Vec<&str> = shown.into_iter().flatten().map(String::as_str).collect();
    shown.join(" ")
}
