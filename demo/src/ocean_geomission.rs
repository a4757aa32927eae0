//! A dispatcher's day: create, change, follow and delete missions, and get through an outage without
//! losing a mission or sending one twice.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use indicatif::{ProgressBar, ProgressStyle};
use ocean_geomission::{
    Client, Clock, Coordinates, Creation, LookUp, MissionId, MissionStatus, MissionUpdate,
    NewMission, Receipt, Recipient, RetryPolicy, TransportConfig,
};
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::task::JoinSet;
use vendor_sandbox::Sandbox;
use vendor_sandbox::ocean_geomission::Step;

use crate::screen::{detail, event, table, title};

const MINUTE: Duration = Duration::from_secs(60);
const MORNING: OffsetDateTime = datetime!(2026-11-23 07:30 UTC);

/// How many parcels the bulk part delivers, and how many calls are in flight.
const PARCELS: usize = 200;
const IN_FLIGHT: usize = 8;

pub(crate) async fn run(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    title("Océan Géomission: a dispatcher's day");
    sandbox.clock().set(MORNING);
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| settings.script = Step::usual_day());
    let client = client(sandbox)?;

    client.log_in().await?;
    event(now(sandbox), "Logged in; the token is valid for 12 hours.");
    if let Some(days) = client.password_days_left() {
        detail(format!("The password expires in {days} days."));
    }

    let missions = morning_missions();
    for mission in &missions {
        client.find_or_create(mission).await?;
    }
    event(now(sandbox), "Sent the morning's missions:");
    table(
        ["mission", "recipient", "what"],
        &missions.each_ref().map(line),
    );

    sandbox.clock().advance(5 * MINUTE);
    bulk(sandbox, &client).await?;

    sandbox.clock().advance(5 * MINUTE);
    let [repair, delivery, inspection] = &missions;
    let mut moved = MissionUpdate::from(delivery.clone());
    moved.street = Some("14 rue de la Paix".to_owned());
    moved.scheduled_at = Some(datetime!(2026-11-23 11:15 UTC));
    client.modify_mission(&moved).await?;
    event(
        now(sandbox),
        format!("Changed {}: another door, and a later time.", moved.id),
    );

    if let Some(mission) = ocean.mission(inspection.id.as_str()) {
        mission.refuse("The ladder is too short");
    }
    for minutes in [5, 25, 45] {
        sandbox.clock().advance(minutes * MINUTE);
        event(now(sandbox), "Read their status:");
        let mut rows = Vec::new();
        for mission in &missions {
            rows.push(status(&client, &mission.id).await?);
        }
        table(["mission", "status", "note"], &rows);
    }

    client.delete_mission(&repair.id).await?;
    event(now(sandbox), format!("Deleted {}.", repair.id));
    let gone = client.mission_status(&repair.id).await;
    if let Err(error) = gone {
        detail(format!("Asked for its status: {}", error.disclosed()));
    }
    Ok(())
}

/// A client on the sandbox's clock, so that tokens expire when the sandbox's do, and with short
/// waits, since nobody wants to watch them.
fn client(sandbox: &Sandbox) -> Result<Client, ocean_geomission::Error> {
    let ocean = sandbox.ocean_geomission();
    let config = TransportConfig::default()
        .clock(Arc::new(SandboxTime(sandbox.clock().clone())))
        .look_up(LookUp::default().waits([Duration::from_millis(20)]))
        .retry(RetryPolicy::default().first_wait(Duration::from_millis(10)));
    Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .transport(config)
        .build()
}

fn morning_missions() -> [NewMission; 3] {
    let mut repair = NewMission::new("2026-1101");
    repair.kind = Some("Repair".to_owned());
    repair.recipient = Some(Recipient::person("Durand", "Éloïse"));
    repair.scheduled_at = Some(datetime!(2026-11-23 09:00 +01:00));
    repair.street = Some("8 place Saint-Aubin".to_owned());
    repair.city = Some("Namur".to_owned());
    repair.send = Some(true);

    let mut delivery = NewMission::new("2026-1102");
    delivery.kind = Some("Delivery".to_owned());
    delivery.recipient = Some(Recipient::vehicle("VAN-07"));
    delivery.scheduled_at = Some(datetime!(2026-11-23 10:30 UTC));
    delivery.street = Some("12 rue de la Paix".to_owned());
    delivery.postal_code = Some("75002".to_owned());
    delivery.city = Some("Paris".to_owned());
    delivery.coordinates = Some(Coordinates::new(48.8688, 2.3316));
    delivery.send = Some(true);

    let mut inspection = NewMission::new("2026-1103");
    inspection.kind = Some("Inspection".to_owned());
    inspection.recipient = Some(Recipient::full_name("Martin Paul"));
    inspection.comment = Some("Roof; bring the long ladder".to_owned());
    inspection.send = Some(true);

    [repair, delivery, inspection]
}

/// A mission as a row of a table.
fn line(mission: &NewMission) -> [String; 3] {
    let recipient = match &mission.recipient {
        Some(Recipient::Vehicle { name, .. } | Recipient::FullName { name, .. }) => name.clone(),
        Some(Recipient::Person {
            first_name,
            last_name,
            ..
        }) => {
            format!("{first_name} {last_name}")
        }
        _ => "nobody yet".to_owned(),
    };
    let place = mission.city.as_deref().unwrap_or("");
    let what = format!("{} {place}", mission.kind.as_deref().unwrap_or("?"));
    [mission.id.to_string(), recipient, what]
}

/// Sends many missions while the service loses responses and breaks connections.
async fn bulk(sandbox: &Sandbox, client: &Client) -> Result<(), Box<dyn Error>> {
    let ocean = sandbox.ocean_geomission();
    let what = format!("Sending {PARCELS} parcels, {IN_FLIGHT} at a time, through an outage.");
    event(now(sandbox), what);
    let faults = ocean.faults();
    for number in (0..PARCELS).step_by(20) {
        let response_lost = faults.on("create_mission").about(parcel_id(number));
        response_lost.after_processing().reset();
        let never_arrived = faults.on("create_mission").about(parcel_id(number + 7));
        never_arrived.reset();
    }
    faults.on("mission_status").times(3).close();

    let progress = progress_bar();
    let mut sending = JoinSet::new();
    let mut tally = Tally::default();
    for number in 0..PARCELS {
        if sending.len() == IN_FLIGHT
            && let Some(sent) = sending.join_next().await
        {
            tally.count(&sent??);
            progress.inc(1);
        }
        let client = client.clone();
        sending.spawn(async move { client.create_or_find(&parcel(number)).await });
    }
    while let Some(sent) = sending.join_next().await {
        tally.count(&sent??);
        progress.inc(1);
    }
    progress.finish_and_clear();

    let ledger = ocean.ledger();
    let effects = (0..PARCELS).map(|number| ledger.effects("create_mission", &parcel_id(number)));
    let (lost, twice) = effects.fold((0, 0), |(lost, twice), effects| match effects {
        0 => (lost + 1, twice),
        1 => (lost, twice),
        _ => (lost, twice + 1),
    });
    detail(format!(
        "{} were reported as created; {} whose response was lost were looked up and found.",
        tally.created, tally.found
    ));
    detail(format!(
        "The service has all of them: {lost} lost, {twice} sent twice.\n"
    ));
    Ok(())
}

/// How the creations ended.
#[derive(Default)]
struct Tally {
    created: usize,
    found: usize,
}

impl Tally {
    fn count(&mut self, creation: &Creation<Receipt, MissionStatus>) {
        match creation {
            Creation::Found(_) => self.found += 1,
            Creation::Created(_) => self.created += 1,
        }
    }
}

fn parcel_id(number: usize) -> String {
    format!("P-{number:04}")
}

fn parcel(number: usize) -> NewMission {
    let mut mission = NewMission::new(parcel_id(number));
    mission.kind = Some("Parcel".to_owned());
    mission.recipient = Some(Recipient::vehicle(format!("VAN-{:02}", number % 12)));
    mission.send = Some(true);
    mission
}

/// Visible on a terminal only.
fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("       {bar:40} {pos}/{len} parcels")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(PARCELS as u64).with_style(style)
}

async fn status(client: &Client, id: &MissionId) -> Result<[String; 3], ocean_geomission::Error> {
    let status = client.mission_status(id).await?;
    let note = [status.refusal_reason, status.complement]
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty());
    Ok([
        id.to_string(),
        status.status.unwrap_or_default(),
        note.unwrap_or_default(),
    ])
}

fn now(sandbox: &Sandbox) -> OffsetDateTime {
    sandbox.clock().now()
}

/// The sandbox's clock, as a client reads it.
#[derive(Debug)]
struct SandboxTime(vendor_sandbox::Clock);

impl Clock for SandboxTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}
