//! What is waiting: one task per mission, in apalis' tables.

use apalis::prelude::{BoxDynError, TaskBuilder, TaskSink as _};
use apalis_postgres::{PgPool, PostgresStorage};
use apalis_sqlite::{SqlitePool, SqliteStorage};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;

use crate::error::Error;

/// The name under which the tasks stand in the queue.
pub const NAME: &str = "missions";

/// The task: send the mission with this identifier.
///
/// A mission that is queued anew after it failed is another task, so the count tells them apart.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Ticket {
    pub mission: String,
    pub times_queued: i64,
}

impl Ticket {
    pub fn new(mission: impl Into<String>, times_queued: i64) -> Self {
        Self {
            mission: mission.into(),
            times_queued,
        }
    }

    /// By which the queue takes a task once.
    fn key(&self) -> String {
        format!("{}#{}", self.mission, self.times_queued)
    }
}

/// The queue, in the database of the missions.
#[derive(Clone)]
pub enum Queue {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Queue {
    /// Opens the queue and makes its tables.
    pub async fn open(url: &str) -> Result<Self, Error> {
        if url.starts_with("sqlite:") {
            let pool = SqlitePoolOptions::new()
                .connect(&format!("{url}?mode=rwc"))
                .await?;
            SqliteStorage::setup(&pool).await.map_err(failed)?;
            return Ok(Self::Sqlite(pool));
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = PgPoolOptions::new().max_connections(5).connect(url).await?;
            PostgresStorage::setup(&pool).await.map_err(failed)?;
            return Ok(Self::Postgres(pool));
        }
        Err(Error::UnknownDatabase)
    }

    /// Queues tasks. One that is or was in the queue is not queued again.
    pub async fn push(&self, tickets: &[Ticket]) -> Result<(), Error> {
        match self {
            Self::Sqlite(pool) => {
                let config = apalis_sqlite::Config::default().queue(NAME);
                let mut storage = SqliteStorage::new(pool).with_config(config);
                let mut tasks = stream::iter(tickets.iter().map(task));
                storage.push_all(&mut tasks).await.map_err(failed)
            }
            Self::Postgres(pool) => {
                let config = apalis_postgres::Config::default().queue(NAME);
                let mut storage = PostgresStorage::new(pool).with_config(config);
                let here = Self::keys(pool).await?;
                let new = tickets
                    .iter()
                    .filter(|ticket| !here.contains(&ticket.key()));
                let mut tasks = stream::iter(new.map(task));
                storage.push_all(&mut tasks).await.map_err(failed)
            }
        }
    }

    /// The keys in PostgreSQL, whose storage refuses a key that it has instead of skipping it.
    async fn keys(pool: &PgPool) -> Result<std::collections::BTreeSet<String>, Error> {
        let keys: Vec<String> = sqlx::query_scalar(
            "SELECT idempotency_key FROM apalis.jobs \
             WHERE job_type = $1 AND idempotency_key IS NOT NULL",
        )
        .bind(NAME)
        .fetch_all(pool)
        .await?;
        Ok(keys.into_iter().collect())
    }
}

fn task(ticket: &Ticket) -> apalis::prelude::Task<Ticket> {
    TaskBuilder::new(ticket.clone())
        .idempotency_key(ticket.key())
        // How often a mission is tried is counted in its history, where a crash counts for nothing.
        .max_attempts(i32::MAX as usize)
        .build()
}

pub fn failed(error: impl Into<BoxDynError>) -> Error {
    Error::Queue(error.into())
}
