//! Following missions: the service reports no changes, so the client looks.

use std::time::Duration;

use vendor_client_core::{Error, Follow, FollowMany, Waited};

use crate::client::Client;
use crate::id::MissionId;
use crate::missions::MissionStatus;

impl Client {
    /// Follows a mission: a stream of its statuses, the first included, each told when it differs
    /// from the one before. It looks as [`find_mission`](Self::find_mission) does, as often as
    /// [`Polling`](crate::Polling) says.
    ///
    /// A mission that the service doesn't know is [`Change::Gone`](crate::Change::Gone). A look
    /// that fails is reported, and the mission is looked at again; only refused credentials and an
    /// invalid identifier end the stream.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use ocean_geomission::{Change, Client, MissionId, Polling};
    ///
    /// # async fn run(client: Client) {
    /// let every_minute = Polling::every(Duration::from_secs(60));
    /// let mut mission = client.follow_mission(&MissionId::new("M-1")).polling(every_minute);
    /// while let Some(news) = mission.next().await {
    ///     match news {
    ///         Ok(Change::Now(status)) => println!("{}", status.status.unwrap_or_default()),
    ///         Ok(Change::Gone) => break,
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn follow_mission(&self, id: &MissionId) -> Follow<MissionStatus> {
        let (client, id) = (self.clone(), id.clone());
        let look = move || {
            let (client, id) = (client.clone(), id.clone());
            async move { client.find_mission(&id).await }
        };
        self.transport().follow(look, told_if_different)
    }

    /// Follows many missions, as [`follow_mission`](Self::follow_mission) does one, with a bounded
    /// number of looks under way ([`Polling::in_flight`](crate::Polling::in_flight)). Missions can
    /// be added and removed at any time.
    ///
    /// ```no_run
    /// use ocean_geomission::{Change, Client, MissionId};
    ///
    /// # async fn run(client: Client) {
    /// let mut missions = client.follow_missions(["M-1", "M-2"].map(MissionId::new));
    /// while let Some((id, news)) = missions.next().await {
    ///     match news {
    ///         Ok(Change::Now(status)) => println!("{id}: {}", status.status.unwrap_or_default()),
    ///         Ok(Change::Gone) => {
    ///             missions.remove(&id);
    ///         }
    ///         Err(error) => eprintln!("{id}: {error}"),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn follow_missions(
        &self,
        ids: impl IntoIterator<Item = MissionId>,
    ) -> FollowMany<MissionId, MissionStatus> {
        let client = self.clone();
        let look = move |id: MissionId| {
            let client = client.clone();
            async move { client.find_mission(&id).await }
        };
        self.transport().follow_many(ids, look, told_if_different)
    }

    /// Follows a mission until `until` holds of its status, until the service doesn't know it, or
    /// for at most `limit`. The vendor doesn't list the statuses, so the caller decides which one
    /// is the last.
    ///
    /// It looks every 15 s, and less often while nothing changes. To choose otherwise, use
    /// [`Follow::wait_until`] on [`follow_mission`](Self::follow_mission).
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use ocean_geomission::{Client, MissionId, Waited};
    ///
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// let id = MissionId::new("M-1");
    /// let hour = Duration::from_secs(3600);
    /// let waited = client
    ///     .wait_for_mission(&id, |status| status.status_code.as_deref() == Some("5"), hour)
    ///     .await?;
    /// match waited {
    ///     Waited::Reached(status) => println!("done: {}", status.time.unwrap_or_default()),
    ///     Waited::Gone => println!("deleted"),
    ///     Waited::TimedOut(last) => println!("still {:?}", last.and_then(|last| last.status)),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the service refuses the credentials or the identifier is invalid; and the last failure,
    /// if time ran out and no look has succeeded. Failures that pass are outlasted.
    pub async fn wait_for_mission(
        &self,
        id: &MissionId,
        until: impl FnMut(&MissionStatus) -> bool,
        limit: Duration,
    ) -> Result<Waited<MissionStatus>, Error> {
        self.follow_mission(id).wait_until(until, limit).await
    }
}

fn told_if_different(
    before: Option<MissionStatus>,
    now: MissionStatus,
) -> (MissionStatus, Option<MissionStatus>) {
    let change = (before.as_ref() != Some(&now)).then(|| now.clone());
    (now, change)
}
