//! Three whole programs, the examples of the crates, are killed at random moments and started
//! again until they are done: by the sandbox's ledger nothing is lost, and nothing is there twice.
//!
//! The moments are numbers of requests that the service has received, drawn from a fixed seed.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use time::macros::date;
use vendor_sandbox::{Ledger, Response, Sandbox, geoplanning, ocean_geomission};

const SEED: u64 = 50;
const KILLS: usize = 50;

/// A program with all it needs, as it's started each time.
struct Program<'a> {
    binary: &'a str,
    arguments: Vec<String>,
    environment: Vec<(&'a str, String)>,
}

impl Program<'_> {
    fn start(&self) -> Child {
        Command::new(self.binary)
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Kills it again and again, each time after the service has received up to `apart` requests,
    /// then lets it come to its end. `meanwhile` runs between looks.
    async fn survive(&self, ledger: &Ledger, apart: u64, mut meanwhile: impl FnMut()) {
        let mut random = fastrand::Rng::with_seed(SEED);
        let mut seen = Seen::default();
        let mut kills = 0;
        while kills < KILLS {
            let mut running = self.start();
            let moment = seen.count(ledger) + random.u64(1..=apart);
            let ended = until(&mut running, || {
                meanwhile();
                seen.count(ledger) >= moment
            });
            match ended.await {
                None => {
                    // SIGKILL: nothing in the program runs any more.
                    running.kill().unwrap();
                    running.wait().unwrap();
                    kills += 1;
                }
                // It's for another run to do what failed in this one.
                Some(is_success) => assert!(!is_success, "done after {kills} kills"),
            }
        }
        for _ in 0..10 {
            let mut running = self.start();
            let ended = until(&mut running, || {
                meanwhile();
                false
            });
            if ended.await == Some(true) {
                return;
            }
        }
        panic!("it doesn't come to its end");
    }
}

/// Waits until the program has ended, and returns whether it succeeded; `None` if `enough` holds
/// before.
async fn until(running: &mut Child, mut enough: impl FnMut() -> bool) -> Option<bool> {
    for _ in 0..60_000 {
        if enough() {
            return None;
        }
        if let Some(status) = running.try_wait().unwrap() {
            return Some(status.success());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let _ = running.kill();
    panic!("a run doesn't end");
}

/// How many requests the service has received.
#[derive(Default)]
struct Seen(u64);

impl Seen {
    fn count(&mut self, ledger: &Ledger) -> u64 {
        let newer = ledger.entries_after(self.0);
        self.0 = newer.last().map_or(self.0, |entry| entry.sequence);
        self.0
    }
}

async fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().ledger_limit(100_000);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn killed_while_dispatching_it_sends_each_of_500_missions_once() {
    let sandbox = sandbox().await;
    let ocean = sandbox.ocean_geomission();
    // What is sent twice is there twice.
    ocean.configure(|settings| settings.duplicates = ocean_geomission::Duplicates::Second);
    let creations = || ocean.faults().on("create_mission").always();
    creations().one_in(25, SEED).after_processing().reset();
    creations().one_in(25, SEED + 1).close();
    let looks = ocean.faults().on("mission_status").always();
    looks.one_in(50, SEED + 2).respond(Response::new(503));

    let folder = TempDir::new().unwrap();
    let file = folder.path().join("missions.csv");
    let mut missions = String::from("number,vehicle,at,city\n");
    for number in 0..500 {
        writeln!(missions, "M-{number},VAN-07,2026-11-24T09:30,Paris").unwrap();
    }
    fs::write(&file, missions).unwrap();
    let program = Program {
        binary: env!("CARGO_BIN_EXE_dispatch_from_csv"),
        arguments: vec![file.display().to_string(), "100000".to_owned()],
        environment: vec![
            ("OCEAN_GEOMISSION_BASE_URL", ocean.base_url()),
            ("OCEAN_GEOMISSION_LOGIN", ocean.login().to_owned()),
            ("OCEAN_GEOMISSION_PASSWORD", ocean.password().to_owned()),
        ],
    };
    program.survive(ocean.ledger(), 24, || {}).await;

    assert_eq!(ocean.ledger().dropped(), 0);
    assert_eq!(ocean.mission_ids().len(), 500);
    for number in 0..500 {
        let mission = format!("M-{number}");
        let times = ocean.ledger().effects("create_mission", &mission);
        assert_eq!(times, 1, "{mission}");
    }
    let notes = fs::read_to_string(file.with_extension("sent.csv")).unwrap();
    assert!(notes.lines().count() >= 500);
}

#[tokio::test]
async fn killed_while_planning_it_has_each_visit_in_its_round_once_and_in_order() {
    const MEMBERS: usize = 3;
    const VISITS: usize = 24;
    let sandbox = sandbox().await;
    let service = sandbox.geoplanning();
    service.configure(|settings| settings.duplicates = geoplanning::Duplicates::Second);
    for route in [
        "add_resource",
        "add_round",
        "add_customer",
        "add_activity",
        "plan_activity",
    ] {
        let writes = || service.faults().on(route).always();
        writes().one_in(12, SEED).after_processing().reset();
        writes().one_in(12, SEED + 1).close();
    }

    let folder = TempDir::new().unwrap();
    let mut team = String::from("number,name,postcode,locality,street\n");
    for member in 0..MEMBERS {
        writeln!(team, "T-{member},Ada,5000,Namur,Rue de Fer").unwrap();
    }
    let mut visits = String::from("order,member,customer,name,postcode,locality,street,minutes\n");
    for order in 0..VISITS {
        let member = order % MEMBERS;
        writeln!(
            visits,
            "O-{order},T-{member},C-{order},Café,5000,Namur,Rue Haute,30"
        )
        .unwrap();
    }
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let program = Program {
        binary: env!("CARGO_BIN_EXE_plan_from_csv"),
        arguments: vec![
            "2026-11-24".to_owned(),
            write("team.csv", &team),
            write("visits.csv", &visits),
        ],
        environment: vec![
            ("GEOPLANNING_BASE_URL", service.base_url()),
            ("GEOPLANNING_LOGIN", service.login().to_owned()),
            ("GEOPLANNING_PASSWORD", service.password().to_owned()),
        ],
    };
    // A colleague changes rounds all the time.
    let mut random = fastrand::Rng::with_seed(SEED);
    let colleague = || {
        if random.u8(..) < 10 {
            let rounds = service.round_ids();
            service.change_round(rounds[random.usize(..rounds.len())]);
        }
    };
    program.survive(service.ledger(), 75, colleague).await;

    let ledger = service.ledger();
    assert_eq!(ledger.dropped(), 0);
    let client = ::geoplanning::Client::builder()
        .base_url(service.base_url())
        .credentials(service.login(), service.password())
        .build()
        .unwrap();
    for member in 0..MEMBERS {
        let number = format!("T-{member}");
        assert_eq!(ledger.effects("add_resource", &number), 1, "{number}");
        let resource = client
            .resources()
            .get_by_foreign_id(&number, &[])
            .await
            .unwrap();
        let id = resource.id;
        assert_eq!(ledger.effects("add_round", &id.to_string()), 1, "{number}");
        let rounds = client
            .rounds()
            .list(id, date!(2026 - 11 - 24))
            .await
            .unwrap();
        assert_eq!(rounds.len(), 1);
        let stops = rounds[0].activities().iter();
        let orders: Vec<_> = stops.filter_map(|stop| stop.foreign_id()).collect();
        let visits: Vec<_> = (0..VISITS)
            .filter(|order| order % MEMBERS == member)
            .collect();
        let wanted: Vec<_> = visits.iter().map(|order| format!("O-{order}")).collect();
        assert_eq!(orders, wanted, "{number}");
    }
    for order in 0..VISITS {
        assert_eq!(
            ledger.effects("add_activity", &format!("O-{order}")),
            1,
            "O-{order}"
        );
        assert_eq!(
            ledger.effects("add_customer", &format!("C-{order}")),
            1,
            "C-{order}"
        );
    }
}

/// A letter's activity: how often it's done a year, by its code on the wire.
fn activity(number: usize, letter: &str) -> Value {
    let frequency = number % 4 + 1;
    json!({
        "objectId": id("a0", number),
        "revisionId": "0x01",
        "lettreMissionId": letter,
        "unite": 0.25,
        "frequence": frequency,
        "quantite": times_a_year(frequency),
    })
}

fn times_a_year(frequency: usize) -> usize {
    [12, 4, 2, 1][frequency - 1]
}

fn id(kind: &str, number: usize) -> String {
    format!("{kind}000000-0000-4000-8000-{number:012}")
}

#[tokio::test]
async fn killed_while_exporting_it_has_every_letter_with_all_its_hours() {
    const LETTERS: usize = 600;
    let sandbox = sandbox().await;
    let cegid = sandbox.cegid_loop();
    let letter = |number| {
        json!({
            "objectId": id("1e", number),
            "revisionId": "0x01",
            "codeIBS": format!("LM-{number}"),
        })
    };
    cegid.set_letters((0..LETTERS).map(letter).collect());
    let activities = (0..3 * LETTERS).map(|number| activity(number, &id("1e", number % LETTERS)));
    cegid.set_activities(activities.collect());
    let lists = || cegid.faults().on_any().always();
    lists().one_in(80, SEED).reset();
    lists().one_in(80, SEED + 1).respond(Response::new(503));

    let folder = TempDir::new().unwrap();
    let program = Program {
        binary: env!("CARGO_BIN_EXE_letters_by_month"),
        arguments: vec![folder.path().display().to_string()],
        environment: vec![
            ("CEGID_LOOP_BASE_URL", cegid.base_url()),
            (
                "CEGID_LOOP_SUBSCRIPTION_KEY",
                cegid.subscription_key().to_owned(),
            ),
            ("CEGID_LOOP_API_KEY", cegid.api_key().to_owned()),
            ("CEGID_LOOP_API_SECRET", cegid.api_secret().to_owned()),
        ],
    };
    program.survive(cegid.ledger(), 24, || {}).await;

    let exported = fs::read_to_string(folder.path().join("hours.csv")).unwrap();
    let exported: BTreeMap<&str, Vec<f64>> = exported.lines().map(hours_of).collect();
    assert_eq!(exported.len(), LETTERS);
    for letter in 0..LETTERS {
        let mut wanted = [0.0; 12];
        for number in (letter..3 * LETTERS).step_by(LETTERS) {
            let times = times_a_year(number % 4 + 1);
            for month in (1..=12).filter(|month| month % (12 / times) == 0) {
                wanted[month - 1] += 0.25;
            }
        }
        assert_eq!(exported[&*format!("LM-{letter}")], wanted, "LM-{letter}");
    }
}

fn hours_of(line: &str) -> (&str, Vec<f64>) {
    let (number, hours) = line.split_once(',').unwrap();
    (
        number,
        hours
            .split(',')
            .map(|hours| hours.parse().unwrap())
            .collect(),
    )
}
