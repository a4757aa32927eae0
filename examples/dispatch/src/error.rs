//! What can end the program.

use apalis::prelude::{BoxDynError, WorkerError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("nothing was queued; problems in the file: {0} (--skip-bad queues the other rows)")]
    BadRows(usize),
    #[error("the file can't be read: {0}")]
    Csv(#[from] csv::Error),
    #[error("the database URL must start with sqlite: or postgres:")]
    UnknownDatabase,
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the queue failed: {0}")]
    Queue(BoxDynError),
    #[error("the worker stopped: {0}")]
    Worker(#[from] WorkerError),
    #[error("a mission in the database can't be read: {0}")]
    Mission(#[from] serde_json::Error),
    #[error("there is no mission {0:?}")]
    NoSuchMission(String),
    #[error("not among the failed missions: {}", .0.join(", "))]
    NotFailed(Vec<String>),
    #[error(transparent)]
    Service(#[from] ocean_geomission::Error),
    #[error("the account was refused, so the missions stay queued")]
    AccountRefused,
}
