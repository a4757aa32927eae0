//! The lives of the things in a soak: created, changed, followed, deleted.

use std::sync::Arc;
use std::time::Duration;

use cegid_loop::Filter;
use fastrand::Rng;
use geoplanning::{NewActivity, NewTask, StreetAddress};
use ocean_geomission::{Creation, MissionUpdate, NewMission, Recipient};
use tokio::time::sleep;
use vendor_client_core::TransportConfig;
use vendor_sandbox::{Emulator, Sandbox};

use super::faults;
use super::tally::{Change, Reported, Tally};

/// A client for each vendor.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    ocean: ocean_geomission::Client,
    cegid: cegid_loop::Client,
    geoplanning: geoplanning::Client,
    /// The identifiers of the firm's letters, in the order of the list.
    letters: Arc<Vec<String>>,
}

impl Clients {
    pub(super) fn new(sandbox: &Sandbox, config: &TransportConfig) -> Self {
        let ocean = sandbox.ocean_geomission();
        let cegid = sandbox.cegid_loop();
        let geoplanning = sandbox.geoplanning();
        let letters = cegid
            .letters()
            .iter()
            .map(|letter| letter["objectId"].as_str().unwrap().to_owned())
            .collect();
        Self {
            ocean: ocean_geomission::Client::builder()
                .base_url(ocean.base_url())
                .credentials(ocean.login(), ocean.password())
                .transport(config.clone())
                .build()
                .unwrap(),
            cegid: cegid_loop::Client::builder()
                .base_url(cegid.base_url())
                .subscription_key(cegid.subscription_key())
                .api_key(cegid.api_key(), cegid.api_secret())
                .transport(config.clone())
                .build()
                .unwrap(),
            geoplanning: geoplanning::Client::builder()
                .base_url(geoplanning.base_url())
                .credentials(geoplanning.login(), geoplanning.password())
                .transport(config.clone())
                .build()
                .unwrap(),
            letters: Arc::new(letters),
        }
    }

    /// One life, of the thing with this number.
    pub(super) async fn live(
        &self,
        sandbox: &Sandbox,
        number: u64,
        lag: Duration,
        rng: &mut Rng,
        tally: &mut Tally,
    ) {
        match number % 5 {
            0 | 1 => self.mission(sandbox, number, lag, rng, tally).await,
            2 | 3 => self.activity(sandbox, number, lag, rng, tally).await,
            _ => self.letters(sandbox, rng, tally).await,
        }
    }

    async fn mission(
        &self,
        sandbox: &Sandbox,
        number: u64,
        lag: Duration,
        rng: &mut Rng,
        tally: &mut Tally,
    ) {
        let ocean = sandbox.ocean_geomission();
        let id = format!("S-{number}");
        let mut mission = NewMission::new(id.as_str());
        mission.recipient = Some(Recipient::vehicle("VAN-07"));
        mission.comment = Some("as it was sent".to_owned());
        mission.send = Some(true);

        misbehave(ocean.emulator(), "create_mission", &id, rng, tally);
        let created = self.ocean.create_or_find(&mission).await;
        tally.call(&created);
        tally.found += u64::from(matches!(created, Ok(Creation::Found(_))));
        note(
            ocean.emulator(),
            "create_mission",
            &id,
            Reported::by(&created),
            tally,
        );
        if created.is_err() {
            return;
        }
        sleep(lag).await;

        let mut mission = MissionUpdate::from(mission);
        mission.comment = Some("as it was changed".to_owned());
        misbehave(ocean.emulator(), "modify_mission", &id, rng, tally);
        let modified = self.ocean.modify_mission(&mission).await;
        tally.call(&modified);
        let comment = ocean
            .mission(&id)
            .and_then(|mission| mission.parameter("commentaire"));
        if modified.is_ok() && comment != mission.comment {
            tally
                .complaints
                .push(format!("the change of {id} was lost"));
        }

        misbehave(ocean.emulator(), "mission_status", &id, rng, tally);
        let status = self.ocean.mission_status(&mission.id).await;
        tally.call(&status);
        if matches!(&status, Err(error) if error.is_not_found()) {
            tally
                .complaints
                .push(format!("{id} was created and cannot be found"));
        }

        if rng.u32(0..10) < 3 {
            return;
        }
        misbehave(ocean.emulator(), "delete_mission", &id, rng, tally);
        let deleted = self.ocean.delete_mission(&mission.id).await;
        tally.call(&deleted);
        let reported = Reported::of_deletion(&deleted);
        note(ocean.emulator(), "delete_mission", &id, reported, tally);
        if reported == Reported::Done && ocean.mission(&id).is_some() {
            tally
                .complaints
                .push(format!("{id} was deleted and is there"));
        }
    }

    async fn activity(
        &self,
        sandbox: &Sandbox,
        number: u64,
        lag: Duration,
        rng: &mut Rng,
        tally: &mut Tally,
    ) {
        let service = sandbox.geoplanning();
        let activities = self.geoplanning.activities();
        let reference = format!("S-{number}");
        let address = StreetAddress::new("BE", "5100", "Naninne", "Chaussée de Marche");
        let mut task = NewTask::new("Soak", Duration::from_secs(1800), address.number("774"));
        task.foreign_id = Some(reference.clone());

        misbehave(service.emulator(), "add_activity", &reference, rng, tally);
        let added = activities.add_or_find(&NewActivity::new(task)).await;
        tally.call(&added);
        tally.found += u64::from(matches!(added, Ok(Creation::Found(_))));
        note(
            service.emulator(),
            "add_activity",
            &reference,
            Reported::by(&added),
            tally,
        );
        let Ok(added) = added else { return };
        sleep(lag).await;
        let activity = added.into_inner();
        let about = activity.id.to_string();

        let mut update = NewActivity::from_read(&activity).unwrap();
        update.task.description = Some("as it was changed".to_owned());
        misbehave(service.emulator(), "update_activity", &about, rng, tally);
        let updated = activities.update(activity.id, &update).await;
        tally.call(&updated);

        misbehave(service.emulator(), "get_activity", &about, rng, tally);
        let read = activities.get(activity.id).await;
        tally.call(&read);
        if let (Ok(_), Ok(read)) = (&updated, &read) {
            let description = read.task().and_then(|task| task.description.as_deref());
            if description != Some("as it was changed") {
                tally
                    .complaints
                    .push(format!("the change of {reference} was lost"));
            }
        }

        if rng.u32(0..10) < 3 {
            return;
        }
        misbehave(service.emulator(), "delete_activity", &about, rng, tally);
        let deleted = activities.delete(activity.id).await;
        tally.call(&deleted);
        note(
            service.emulator(),
            "delete_activity",
            &about,
            Reported::of_deletion(&deleted),
            tally,
        );
    }

    /// Follows a part of the firm's list, two pages at a time.
    async fn letters(&self, sandbox: &Sandbox, rng: &mut Rng, tally: &mut Tally) {
        let start = rng.usize(0..self.letters.len() - 40);
        let about = start.to_string();
        let service = sandbox.cegid_loop();
        misbehave(
            service.emulator(),
            "list_engagement_letters",
            &about,
            rng,
            tally,
        );
        let list = self
            .cegid
            .engagement_letters(Filter::unfiltered())
            .starting_at(u64::try_from(start).unwrap_or_default())
            .page_size(20)
            .limit(40);
        let read = list.try_collect().await;
        tally.call(&read);
        let Ok(read) = read else { return };
        let read: Vec<String> = read
            .iter()
            .filter_map(|letter| letter.id.map(|id| id.to_string()))
            .collect();
        if read != self.letters[start..start + 40] {
            tally
                .complaints
                .push(format!("other letters than those from {start} on"));
        }
    }
}

fn misbehave(
    service: &Emulator,
    route: &'static str,
    about: &str,
    rng: &mut Rng,
    tally: &mut Tally,
) {
    tally.fault(faults::maybe(service.faults(), route, about, rng));
}

fn note(
    service: &Emulator,
    route: &'static str,
    about: &str,
    reported: Reported,
    tally: &mut Tally,
) {
    tally.change(Change {
        vendor: service.name(),
        route,
        about: about.to_owned(),
        reported,
    });
}
