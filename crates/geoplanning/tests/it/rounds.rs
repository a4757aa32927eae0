//! Rounds against the sandbox.

use geoplanning::{Day, NewRound, Plan, ResourceId, RoundId, UserId};
use time::OffsetDateTime;
use time::macros::{date, datetime, offset};

use crate::support::{client, refusal, sandbox};

const MONDAY: OffsetDateTime = datetime!(2026-03-02 00:00 +01:00);
const UNKNOWN: RoundId = RoundId::new(999);

#[tokio::test]
async fn a_round_is_read_with_activities_of_every_kind() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let round = client.rounds().get(RoundId::new(1)).await.unwrap();
    let of = |is: fn(&geoplanning::Activity) -> bool| {
        round.activities().iter().filter(|it| is(it)).count()
    };
    assert_eq!(of(|activity| activity.task().is_some()), 2);
    assert_eq!(of(|activity| activity.simple_activity().is_some()), 1);
    assert_eq!(of(|activity| activity.route().is_some()), 4);
    assert_eq!(refusal(client.rounds().get(UNKNOWN).await), 404);
}

#[tokio::test]
async fn the_rounds_of_a_day_are_those_of_the_callers_day() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let resource = ResourceId::new(1);
    let rounds = client.rounds().list(resource, MONDAY).await.unwrap();
    assert_eq!(rounds.len(), 1);
    assert_eq!(
        rounds[0],
        client.rounds().get(RoundId::new(1)).await.unwrap()
    );
    let tuesday = datetime!(2026-03-03 00:00 +01:00);
    assert!(
        client
            .rounds()
            .list(resource, tuesday)
            .await
            .unwrap()
            .is_empty()
    );
    let nobody = ResourceId::new(999);
    assert_eq!(refusal(client.rounds().list(nobody, MONDAY).await), 404);
}

#[tokio::test]
async fn a_round_is_added_empty() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let new = NewRound::new(ResourceId::new(2), datetime!(2026-06-03 00:00 +02:00));
    let round = client.rounds().add(&new).await.unwrap();
    assert_eq!(round.activities.as_deref(), Some(&[][..]));
    assert_eq!(client.rounds().get(round.id).await.unwrap(), round);
    let nobody = NewRound::new(ResourceId::new(999), MONDAY);
    assert_eq!(refusal(client.rounds().add(&nobody).await), 404);
}

#[tokio::test]
async fn nothing_more_happens_in_a_closed_round() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let open = client.rounds().get(RoundId::new(1)).await.unwrap();
    let closed = client.rounds().close(open.id).await.unwrap();
    assert!(closed.is_closed() && !open.is_closed());
    let plan = Plan::new(closed.key(), 0, MONDAY);
    assert_eq!(
        refusal(client.activities().plan(40.into(), &plan).await),
        400
    );
    assert_eq!(refusal(client.rounds().close(UNKNOWN).await), 404);
}

#[tokio::test]
async fn the_rounds_of_many_resources_are_listed_in_their_order() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let resources = [2, 1, 999, 1].map(ResourceId::new);
    let listed = client.rounds().list_many(resources, MONDAY, 2).await;
    let order: Vec<_> = listed.iter().map(|(resource, _)| *resource).collect();
    assert_eq!(order, resources);
    let count = |index: usize| listed[index].1.as_ref().map(|rounds| rounds.len()).ok();
    assert_eq!(
        [count(0), count(1), count(2), count(3)],
        [Some(0), Some(1), None, Some(1)]
    );
    assert!(listed[2].1.as_ref().unwrap_err().is_not_found());
}

#[tokio::test]
async fn many_lists_take_no_more_connections_than_allowed() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let resources = (0..40).map(|_| ResourceId::new(1));
    let listed = client.rounds().list_many(resources, MONDAY, 3).await;
    assert_eq!(listed.len(), 40);
    assert!(listed.iter().all(|(_, rounds)| rounds.is_ok()));
    let geoplanning = sandbox.geoplanning();
    assert_eq!(geoplanning.ledger().received("list_rounds"), 40);
    assert!(geoplanning.ledger().connections() <= 3);
}

/// A user's day: the rounds of the resource that the user is.
#[tokio::test]
async fn a_users_rounds_are_those_of_the_users_resource() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let user = client.users().get(UserId::new(1), &[]).await.unwrap();
    let rounds = client
        .rounds()
        .list(user.resource_id.unwrap(), MONDAY)
        .await;
    assert_eq!(rounds.unwrap().len(), 1);
}

/// Finding G-47: the day is that of the instant in its own offset, never the day before in UTC.
#[tokio::test]
async fn a_round_is_added_on_the_day_that_the_caller_means() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    for day in [
        Day::from(date!(2026 - 06 - 03)),
        Day::from(datetime!(2026-06-03 00:00 +02:00)),
        Day::from(datetime!(2026-06-03 23:59 -09:00)),
        Day::new(date!(2026 - 06 - 03), offset!(+14)),
    ] {
        let new = NewRound::new(ResourceId::new(2), day);
        assert_eq!(new.date, date!(2026 - 06 - 03));
        let written = serde_json::to_value(new).unwrap();
        assert_eq!(written["date"], "2026-06-03T00:00:00Z");
    }
    // A strict service refuses any other instant than the midnight.
    let geoplanning = sandbox.geoplanning();
    geoplanning.configure(|settings| settings.strict_days = true);
    let new = NewRound::new(ResourceId::new(2), datetime!(2026-06-03 23:59 -09:00));
    let round = client.rounds().add(&new).await.unwrap();
    assert_eq!(round.starts_at.unwrap().date(), date!(2026 - 06 - 03));
    let noon = datetime!(2026-03-02 12:00 +01:00);
    let rounds = client.rounds().list(ResourceId::new(1), noon).await;
    assert!(!rounds.unwrap().is_empty());
}
