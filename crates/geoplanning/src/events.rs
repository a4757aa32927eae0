//! Events: starting the activity that comes from one.

use vendor_client_core::{Error, Json, Path, endpoints};

use crate::activities::Progress;
use crate::client::Client;
use crate::id::EventId;
use crate::rounds::{ChangedRounds, ChangedRoundsResponse};

endpoints! {
    /// Not repeated blindly, as the other actions on activities.
    START_ACTIVITY_BY_EVENT = PATCH "/events/{id}/start"
        Path<EventId>, Json<Progress> => ChangedRoundsResponse, not_idempotent;
}

/// The operation on events; from [`Client::events`].
///
/// Docs: [Events](crate::contract::events).
#[derive(Clone, Copy, Debug)]
pub struct Events<'a> {
    client: &'a Client,
}

impl Client {
    /// Starting activities by their events.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events { client: self }
    }
}

impl Events<'_> {
    /// Reports that the work of an event's activity has begun, as
    /// [`Activities::start`](crate::Activities::start) does by the activity's id.
    ///
    /// `PATCH /events/{id}/start`. Docs:
    /// [Start an activity by event](crate::contract::events#start-an-activity-by-event).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, EventId, Progress};
    /// # async fn run(client: Client, event: EventId, at: Progress) -> Result<(), geoplanning::Error> {
    /// let changed = client.events().start(event, &at).await?;
    /// println!("{} rounds changed", changed.rounds.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Activities::plan`](crate::Activities::plan).
    #[doc(alias = "start_activity_by_event")]
    pub async fn start(self, id: EventId, at: &Progress) -> Result<ChangedRounds, Error> {
        self.client
            .contents(&START_ACTIVITY_BY_EVENT, &id, at)
            .await
    }
}
