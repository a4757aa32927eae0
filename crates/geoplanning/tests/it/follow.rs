//! Following rounds and adding many at once, against the sandbox.

use std::time::Duration;

use geoplanning::{
    ActivityId, Change, Client, Creation, List, NewRound, Outcome, Plan, Polling, Progress,
    ResourceId, RoundId, RoundsChange,
};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;
use vendor_sandbox::{Response, Sandbox};

use crate::support::{builder, client, key_of, new_activity, sandbox};

const MONDAY: OffsetDateTime = datetime!(2026-03-02 00:00 +01:00);
const NINE: OffsetDateTime = datetime!(2026-03-02 09:00 UTC);
/// Resource 1's on Monday.
const ROUND: i64 = 1;
/// Planned into it.
const PLANNED: ActivityId = ActivityId::new(5);
/// Unassigned.
const FREE: ActivityId = ActivityId::new(40);

/// As good as no wait.
fn at_once() -> Polling {
    Polling::every(Duration::from_millis(1))
}

type Follow = geoplanning::Follow<List<geoplanning::Round>, RoundsChange>;

fn follow(client: &Client) -> Follow {
    let rounds = client.rounds().follow(ResourceId::new(1), MONDAY);
    rounds.polling(at_once())
}

async fn change(follow: &mut Follow) -> RoundsChange {
    match follow.next().await.unwrap().unwrap() {
        Change::Now(change) => change,
        Change::Gone => panic!("the resource is gone"),
    }
}

fn ids(activities: &[geoplanning::Activity]) -> Vec<ActivityId> {
    let stays = activities.iter().filter(|it| it.route().is_none());
    stays.map(|activity| activity.id).collect()
}

#[tokio::test]
async fn a_round_is_followed_and_each_change_says_what_is_different() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut rounds = follow(&client);

    let first = change(&mut rounds).await;
    let [round] = &first.changed[..] else {
        panic!("{first:?}");
    };
    assert_eq!(round.round.id, RoundId::new(ROUND));
    assert_eq!(round.came, round.round.activities());

    // Whatever the key stands for, a new one is a change.
    sandbox.geoplanning().change_round(ROUND);
    let touched = change(&mut rounds).await;
    let [round] = &touched.changed[..] else {
        panic!("{touched:?}");
    };
    assert_eq!(round.round.key(), key_of(&client, ROUND).await);
    assert!(round.came.is_empty() && round.went.is_empty());
    assert!(round.moved.is_empty() && round.new_status.is_empty());

    let start = Progress::new(key_of(&client, ROUND).await, NINE);
    client.activities().start(PLANNED, &start).await.unwrap();
    let started = change(&mut rounds).await;
    assert_eq!(ids(&started.changed[0].new_status), [PLANNED]);

    let plan = Plan::new(key_of(&client, ROUND).await, 0, NINE);
    client.activities().plan(FREE, &plan).await.unwrap();
    let planned = change(&mut rounds).await;
    assert_eq!(ids(&planned.changed[0].came), [FREE]);
    assert!(!planned.changed[0].moved.is_empty(), "later than before");

    client.activities().delete(FREE).await.unwrap();
    let deleted = change(&mut rounds).await;
    assert_eq!(ids(&deleted.changed[0].went), [FREE]);
}

#[tokio::test]
async fn a_round_that_comes_and_an_empty_day_are_told() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let day = datetime!(2026-06-03 00:00 +02:00);
    let resource = ResourceId::new(2);
    let mut rounds = client.rounds().follow(resource, day).polling(at_once());
    assert_eq!(change(&mut rounds).await, RoundsChange::default());
    client
        .rounds()
        .add(&NewRound::new(resource, day))
        .await
        .unwrap();
    assert_eq!(change(&mut rounds).await.changed.len(), 1);
}

#[tokio::test]
async fn a_round_that_cannot_be_read_is_not_gone_and_comes_back_unchanged() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut rounds = follow(&client);
    change(&mut rounds).await;
    let unreadable = json!({"status": {"code": 0}, "rounds": [{"id": "?"}]});
    let empty = json!({"status": {"code": 0}, "rounds": []});
    let faults = sandbox.geoplanning().faults();
    faults
        .on("list_rounds")
        .times(2)
        .respond(Response::json(200, &unreadable));
    faults
        .on("list_rounds")
        .times(1)
        .respond(Response::json(200, &empty));
    let gone = change(&mut rounds).await;
    assert_eq!((gone.changed.len(), gone.gone.len()), (0, 1));
    assert_eq!(change(&mut rounds).await.changed.len(), 1);
}

#[tokio::test]
async fn many_resources_are_followed_and_one_that_is_unknown_is_gone() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let resources = [1, 2, 999].map(ResourceId::new);
    let mut rounds = client
        .rounds()
        .follow_many(resources, MONDAY)
        .polling(at_once());
    let mut gone = Vec::new();
    for _ in resources {
        let (resource, news) = rounds.next().await.unwrap();
        if news.unwrap() == Change::Gone {
            gone.push(resource);
        }
    }
    assert_eq!(gone, [ResourceId::new(999)]);
    sandbox.geoplanning().change_round(ROUND);
    assert_eq!(rounds.next().await.unwrap().0, ResourceId::new(1));
}

fn effects(sandbox: &Sandbox, reference: &str) -> usize {
    let ledger = sandbox.geoplanning().ledger();
    ledger.effects("add_activity", reference)
}

#[tokio::test]
async fn many_activities_are_added_once_each_although_responses_are_lost() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let faults = sandbox.geoplanning().faults();
    faults
        .on("add_activity")
        .one_in(6, 7)
        .after_processing()
        .reset();
    let references = || (0..40).map(|number| format!("REF-{number}"));
    for is_first in [true, false] {
        let new = references().map(|reference| new_activity(&reference));
        let mut added = client.activities().add_many(new).in_flight(4);
        let mut done = 0;
        while let Some((_, result)) = added.next().await {
            let creation = result.unwrap();
            assert!(is_first || matches!(creation, Creation::Found(_)));
            done += 1;
        }
        assert_eq!(done, 40);
    }
    for reference in references() {
        assert_eq!(effects(&sandbox, &reference), 1, "{reference}");
    }
}

#[tokio::test]
async fn after_refused_credentials_nothing_is_added_and_each_comes_back() {
    let sandbox = sandbox().await;
    let client = builder(&sandbox)
        .credentials(sandbox.geoplanning().login(), "wrong")
        .build()
        .unwrap();
    let new = (0..50).map(|number| new_activity(&format!("REF-{number}")));
    let mut added = client.activities().add_many(new).in_flight(2);
    let mut done = 0;
    while let Some((_, result)) = added.next().await {
        let error = result.unwrap_err();
        assert!(error.is_unauthorized());
        assert_eq!(error.outcome(), Outcome::NotSent);
        done += 1;
    }
    assert_eq!(done, 50);
    let ledger = sandbox.geoplanning().ledger();
    assert!(ledger.entries().len() <= 4, "{}", ledger.entries().len());
}
