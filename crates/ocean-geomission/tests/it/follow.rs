//! Following missions and doing many at once, against the sandbox.

use std::time::Duration;

use ocean_geomission::{
    Change, Client, Creation, MissionId, MissionStatus, Outcome, Polling, Waited,
};
use vendor_sandbox::Sandbox;
use vendor_sandbox::ocean_geomission as sandboxed;

use crate::support::{builder, client, full_mission};

const CREATE: &str = "create_mission";

/// As good as no wait.
fn at_once() -> Polling {
    Polling::every(Duration::from_millis(1))
}

fn ids(count: usize) -> impl Iterator<Item = MissionId> + Send + use<> {
    (0..count).map(|number| MissionId::new(format!("M-{number}")))
}

async fn created(client: &Client, id: &str) {
    client.create_mission(&full_mission(id)).await.unwrap();
}

fn set(sandbox: &Sandbox, id: &str, status: sandboxed::MissionStatus) {
    let mission = sandbox.ocean_geomission().mission(id).unwrap();
    mission.set_status(status);
}

fn words(change: Change<MissionStatus>) -> Option<String> {
    match change {
        Change::Now(status) => status.status,
        Change::Gone => None,
    }
}

#[tokio::test]
async fn a_mission_is_followed_from_its_first_status_to_its_end() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    created(&client, "M-1").await;
    let mut mission = client.follow_mission(&"M-1".into()).polling(at_once());
    let first = words(mission.next().await.unwrap().unwrap());

    sandbox
        .ocean_geomission()
        .faults()
        .on("mission_status")
        .times(1)
        .respond(vendor_sandbox::Response::json(400, &serde_json::json!({})));
    assert!(mission.next().await.unwrap().is_err());

    set(&sandbox, "M-1", sandboxed::MissionStatus::finished());
    let second = words(mission.next().await.unwrap().unwrap());
    assert!(first.is_some() && second.is_some() && first != second);

    client.delete_mission("M-1").await.unwrap();
    assert_eq!(mission.next().await.unwrap().unwrap(), Change::Gone);
}

#[tokio::test]
async fn many_missions_are_followed_and_each_change_names_its_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    for id in ids(10) {
        created(&client, id.as_str()).await;
    }
    let mut missions = client.follow_missions(ids(11)).polling(at_once());
    let mut gone = 0;
    for _ in 0..11 {
        let (_, news) = missions.next().await.unwrap();
        gone += usize::from(news.unwrap() == Change::Gone);
    }
    assert_eq!(gone, 1);
    set(&sandbox, "M-7", sandboxed::MissionStatus::finished());
    let (id, news) = missions.next().await.unwrap();
    assert_eq!(id, "M-7".into());
    assert!(matches!(news.unwrap(), Change::Now(_)));
}

#[tokio::test]
async fn a_status_is_waited_for_and_so_is_the_end_of_a_mission() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    created(&client, "M-1").await;
    set(&sandbox, "M-1", sandboxed::MissionStatus::finished());
    let id = MissionId::new("M-1");
    let minute = Duration::from_secs(60);
    let any = |_: &MissionStatus| true;
    let waited = client.wait_for_mission(&id, any, minute).await.unwrap();
    assert!(matches!(waited, Waited::Reached(_)));
    let never = |_: &MissionStatus| false;
    let waited = client.wait_for_mission(&id, never, Duration::ZERO).await;
    assert!(matches!(waited.unwrap(), Waited::TimedOut(_)));
    client.delete_mission(&id).await.unwrap();
    let waited = client.wait_for_mission(&id, never, minute).await;
    assert_eq!(waited.unwrap(), Waited::Gone);
}

#[tokio::test]
async fn many_missions_are_created_once_each_although_responses_are_lost() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let ocean = sandbox.ocean_geomission();
    ocean
        .faults()
        .on(CREATE)
        .one_in(6, 7)
        .after_processing()
        .reset();
    let missions = || ids(60).map(|id| full_mission(id.as_str()));
    for is_first in [true, false] {
        let mut created = client.create_many(missions()).in_flight(4);
        let mut done = 0;
        while let Some((_, result)) = created.next().await {
            let creation = result.unwrap();
            assert!(is_first || matches!(creation, Creation::Found(_)));
            done += 1;
        }
        assert_eq!(done, 60);
    }
    for id in ids(60) {
        assert_eq!(ocean.ledger().effects(CREATE, id.as_str()), 1, "{id}");
    }

    let mut statuses = client.statuses(ids(61));
    let mut absent = 0;
    while let Some((_, status)) = statuses.next().await {
        absent += usize::from(status.unwrap().is_none());
    }
    assert_eq!(absent, 1);
}

#[tokio::test]
async fn after_a_refused_log_in_no_mission_is_sent_and_each_comes_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let client = builder(&sandbox)
        .credentials(ocean.login(), "wrong")
        .build()
        .unwrap();
    let missions = ids(50).map(|id| full_mission(id.as_str()));
    let mut created = client.create_many(missions);
    let mut done = 0;
    while let Some((_, result)) = created.next().await {
        let error = result.unwrap_err();
        assert!(error.is_unauthorized());
        assert_eq!(error.outcome(), Outcome::NotSent);
        done += 1;
    }
    assert_eq!(done, 50);
    assert_eq!(ocean.ledger().received("log_in"), 1);
    assert_eq!(ocean.ledger().received(CREATE), 0);

    let mut missions = client.follow_missions(ids(3));
    assert!(missions.next().await.unwrap().1.is_err());
    assert!(missions.next().await.is_none());
}
