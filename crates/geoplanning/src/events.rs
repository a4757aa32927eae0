//! Events: starting the activity that comes from one.

use vendor_client_core::{Error, Idempotency, Method, Operation};

use crate::activities::Progress;
use crate::client::Client;
use crate::id::EventId;
use crate::rounds::{ChangedRounds, RoundsAnswer};

/// Not repeated blindly, as the other actions on activities.
pub(crate) static START_ACTIVITY_BY_EVENT: Operation = Operation::new(
    "start_activity_by_event",
    Method::PATCH,
    "/events/{id}/start",
    Idempotency::NotIdempotent,
);

/// The operation on events; from [`Client::events`].
///
/// Docs: `docs/geoplanning/events.md`.
#[derive(Clone, Copy, Debug)]
pub struct Events<'a> {
    pub(crate) client: &'a Client,
}

impl Events<'_> {
    /// Says that the work of an event's activity has begun, as
    /// [`Activities::start`](crate::Activities::start) does by the activity's id.
    ///
    /// `PATCH /events/{id}/start`. Docs: `docs/geoplanning/events.md`,
    /// "Start an activity by event".
    ///
    /// # Errors
    ///
    /// As for [`Activities::plan`](crate::Activities::plan).
    pub async fn start(self, id: EventId, at: &Progress) -> Result<ChangedRounds, Error> {
        let request = self.client.request(&START_ACTIVITY_BY_EVENT).path(id);
        let request = request.validate(at).json(at);
        self.client
            .ask::<RoundsAnswer>(request)
            .await
            .map(ChangedRounds::new)
    }
}
