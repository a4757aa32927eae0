//! What is kept: each mission with its state, and what happened to it.

use std::collections::BTreeMap;

use ocean_geomission::NewMission;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, Row as _};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::Error;
use crate::queue::{Queue, Ticket};
use crate::rows::{Problem, Row};

/// The missions and the queue, in one SQLite file or one PostgreSQL database.
#[derive(Clone)]
pub struct Database {
    rows: AnyPool,
    queue: Queue,
}

/// Where a mission is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waiting for a worker, or in the hands of one.
    Queued,
    /// The service has it.
    Sent,
    /// It was done, or it left the service.
    Ended,
    /// It won't succeed by itself: a person has to look.
    Failed,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Queued, Self::Sent, Self::Ended, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Ended => "ended",
            Self::Failed => "failed",
        }
    }
}

/// A line of a mission's history.
pub struct Event {
    pub at: String,
    pub what: String,
    pub detail: String,
}

const TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS missions (
        id TEXT PRIMARY KEY,
        mission TEXT NOT NULL,
        state TEXT NOT NULL,
        times_queued BIGINT NOT NULL
    )",
    "CREATE TABLE IF NOT EXISTS history (
        mission TEXT NOT NULL,
        times_queued BIGINT NOT NULL,
        at TEXT NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL
    )",
    "CREATE INDEX IF NOT EXISTS history_of_mission ON history (mission, at)",
];

impl Database {
    /// Opens the database and makes what is missing in it.
    pub async fn open(url: &str) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let queue = Queue::open(url).await?;
        let url = match url.starts_with("sqlite:") {
            true => format!("{url}?mode=rwc"),
            false => url.to_owned(),
        };
        let rows = AnyPoolOptions::new()
            .max_connections(4)
            .connect(&url)
            .await?;
        for table in TABLES {
            sqlx::query(table).execute(&rows).await?;
        }
        Ok(Self { rows, queue })
    }

    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Tells rows that are new from those that are here already, and from those that are here with
    /// another content.
    pub async fn compare(
        &self,
        rows: Vec<Row>,
    ) -> Result<(Vec<Row>, Vec<Ticket>, Vec<Problem>), Error> {
        let here: BTreeMap<String, (String, i64)> =
            sqlx::query("SELECT id, mission, times_queued FROM missions")
                .try_map(|row: AnyRow| Ok((row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?))))
                .fetch_all(&self.rows)
                .await?
                .into_iter()
                .collect();
        let (mut new, mut known, mut differing) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            match here.get(row.mission.id.as_str()) {
                None => new.push(row),
                Some((content, times)) if *content == serde_json::to_string(&row.mission)? => {
                    known.push(Ticket::new(row.mission.id.as_str(), *times));
                }
                Some(_) => differing.push(Problem {
                    line: row.line,
                    what: "the id is that of a mission with another content".into(),
                }),
            }
        }
        Ok((new, known, differing))
    }

    /// Keeps new missions. The caller queues them by the tickets.
    pub async fn insert(&self, rows: &[Row]) -> Result<Vec<Ticket>, Error> {
        let mut transaction = self.rows.begin().await?;
        let mut tickets = Vec::new();
        for Row { mission, .. } in rows {
            sqlx::query("INSERT INTO missions VALUES ($1, $2, $3, 1) ON CONFLICT (id) DO NOTHING")
                .bind(mission.id.as_str())
                .bind(serde_json::to_string(mission)?)
                .bind(State::Queued.as_str())
                .execute(&mut *transaction)
                .await?;
            tickets.push(Ticket::new(mission.id.as_str(), 1));
        }
        transaction.commit().await?;
        Ok(tickets)
    }

    /// The mission, if it still has to be sent.
    pub async fn queued(&self, ticket: &Ticket) -> Result<Option<NewMission>, Error> {
        let text: Option<String> = sqlx::query_scalar(
            "SELECT mission FROM missions WHERE id = $1 AND times_queued = $2 AND state = $3",
        )
        .bind(&ticket.mission)
        .bind(ticket.times_queued)
        .bind(State::Queued.as_str())
        .fetch_optional(&self.rows)
        .await?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// Adds a line to a mission's history.
    pub async fn note(&self, ticket: &Ticket, what: &str, detail: &str) -> Result<(), Error> {
        sqlx::query("INSERT INTO history VALUES ($1, $2, $3, $4, $5)")
            .bind(&ticket.mission)
            .bind(ticket.times_queued)
            .bind(
                OffsetDateTime::now_utc()
                    .format(&Rfc3339)
                    .unwrap_or_default(),
            )
            .bind(what)
            .bind(detail)
            .execute(&self.rows)
            .await?;
        Ok(())
    }

    /// Moves a mission on.
    pub async fn set_state(&self, ticket: &Ticket, state: State) -> Result<(), Error> {
        sqlx::query("UPDATE missions SET state = $1 WHERE id = $2 AND times_queued = $3")
            .bind(state.as_str())
            .bind(&ticket.mission)
            .bind(ticket.times_queued)
            .execute(&self.rows)
            .await?;
        Ok(())
    }

    /// How often sending failed since the mission was queued.
    pub async fn failures(&self, ticket: &Ticket) -> Result<i64, Error> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM history WHERE mission = $1 AND times_queued = $2 AND what = $3",
        )
        .bind(&ticket.mission)
        .bind(ticket.times_queued)
        .bind("failure")
        .fetch_one(&self.rows)
        .await?;
        Ok(count)
    }

    /// The status that was noted last.
    pub async fn last_status(&self, ticket: &Ticket) -> Result<Option<String>, Error> {
        let detail = sqlx::query_scalar(
            "SELECT detail FROM history WHERE mission = $1 AND what = 'status' \
             ORDER BY at DESC LIMIT 1",
        )
        .bind(&ticket.mission)
        .fetch_optional(&self.rows)
        .await?;
        Ok(detail)
    }

    /// The missions in a state.
    pub async fn in_state(&self, state: State) -> Result<Vec<Ticket>, Error> {
        let tickets =
            sqlx::query("SELECT id, times_queued FROM missions WHERE state = $1 ORDER BY id")
                .bind(state.as_str())
                .try_map(|row: AnyRow| {
                    Ok(Ticket::new(row.try_get::<String, _>(0)?, row.try_get(1)?))
                })
                .fetch_all(&self.rows)
                .await?;
        Ok(tickets)
    }

    /// How many missions are in a state.
    pub async fn count(&self, state: State) -> Result<i64, Error> {
        let count = sqlx::query_scalar("SELECT count(*) FROM missions WHERE state = $1")
            .bind(state.as_str())
            .fetch_one(&self.rows)
            .await?;
        Ok(count)
    }

    /// A mission's state and all that happened to it.
    pub async fn history(&self, mission: &str) -> Result<(String, Vec<Event>), Error> {
        let state: Option<String> = sqlx::query_scalar("SELECT state FROM missions WHERE id = $1")
            .bind(mission)
            .fetch_optional(&self.rows)
            .await?;
        let state = state.ok_or_else(|| Error::NoSuchMission(mission.to_owned()))?;
        let events =
            sqlx::query("SELECT at, what, detail FROM history WHERE mission = $1 ORDER BY at")
                .bind(mission)
                .try_map(|row: AnyRow| {
                    Ok(Event {
                        at: row.try_get(0)?,
                        what: row.try_get(1)?,
                        detail: row.try_get(2)?,
                    })
                })
                .fetch_all(&self.rows)
                .await?;
        Ok((state, events))
    }

    /// Puts failed missions back to be queued: these, or all.
    pub async fn requeue(&self, wanted: Option<&[String]>) -> Result<Vec<Ticket>, Error> {
        let failed = self.in_state(State::Failed).await?;
        let mut requeued = Vec::new();
        for Ticket {
            mission,
            times_queued,
        } in failed
        {
            if wanted.is_some_and(|wanted| !wanted.contains(&mission)) {
                continue;
            }
            let next = Ticket::new(mission, times_queued + 1);
            sqlx::query("UPDATE missions SET state = $1, times_queued = $2 WHERE id = $3")
                .bind(State::Queued.as_str())
                .bind(next.times_queued)
                .bind(&next.mission)
                .execute(&self.rows)
                .await?;
            requeued.push(next);
        }
        Ok(requeued)
    }
}
