//! Many missions at once.

use vendor_client_core::{Creation, Many};

use crate::client::Client;
use crate::id::MissionId;
use crate::missions::{MissionStatus, NewMission, Receipt};

impl Client {
    /// Looks up and, if they aren't there, creates many missions, as
    /// [`find_or_create`](Self::find_or_create) does one: a stream of missions and their results,
    /// in the order in which they are done.
    ///
    /// A bounded number of calls is under way ([`Many::in_flight`]; default: 8), and missions are
    /// taken from the iterator only as they are needed. One that fails doesn't stop the others, and
    /// one whose response was lost waits for its look without holding them up. If the service
    /// refuses the credentials, the rest comes back with that error, and nothing was sent for it.
    ///
    /// It may be run again at any time with the same missions, for instance after a crash.
    ///
    /// ```no_run
    /// use ocean_geomission::{Client, Creation, NewMission};
    ///
    /// # async fn run(client: Client, missions: Vec<NewMission>) {
    /// let mut missions = client.create_many(missions).in_flight(4);
    /// while let Some((mission, result)) = missions.next().await {
    ///     match result {
    ///         Ok(Creation::Created(_)) => println!("{}: created", mission.id),
    ///         Ok(Creation::Found(_)) => println!("{}: was there", mission.id),
    ///         Err(error) => eprintln!("{}: {error}", mission.id),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn create_many<Missions>(
        &self,
        missions: Missions,
    ) -> Many<NewMission, Creation<Receipt, MissionStatus>>
    where
        Missions: IntoIterator<Item = NewMission>,
        Missions::IntoIter: Send + 'static,
    {
        let client = self.clone();
        Many::new(missions, move |mission| {
            let client = client.clone();
            async move {
                let creation = client.find_or_create(&mission).await;
                (mission, creation)
            }
        })
    }

    /// Looks up many missions, as [`find_mission`](Self::find_mission) does one: a stream of
    /// identifiers and results, in the order in which they are done.
    ///
    /// ```no_run
    /// use ocean_geomission::{Client, MissionId};
    ///
    /// # async fn run(client: Client, ids: Vec<MissionId>) {
    /// let mut statuses = client.statuses(ids);
    /// while let Some((id, status)) = statuses.next().await {
    ///     match status {
    ///         Ok(Some(status)) => println!("{id}: {}", status.status.unwrap_or_default()),
    ///         Ok(None) => println!("{id}: not there"),
    ///         Err(error) => eprintln!("{id}: {error}"),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use = "nothing is sent until it is polled"]
    pub fn statuses<Ids>(&self, ids: Ids) -> Many<MissionId, Option<MissionStatus>>
    where
        Ids: IntoIterator<Item = MissionId>,
        Ids::IntoIter: Send + 'static,
    {
        let client = self.clone();
        Many::new(ids, move |id| {
            let client = client.clone();
            async move {
                let status = client.find_mission(&id).await;
                (id, status)
            }
        })
    }
}
