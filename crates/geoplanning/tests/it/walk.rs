//! A planner's walk, from the new activity to the finished one.

use geoplanning::{
    Assign, NewRound, Plan, Progress, ResourceId, StatusKind, Unassign, UnsettledDuration,
};
use time::macros::datetime;

use crate::support::{client, new_activity, sandbox};

#[tokio::test]
async fn an_activity_is_added_planned_started_and_finished() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();

    let activity = activities.add(&new_activity("GP-100")).await.unwrap();
    assert_eq!(activity.status.kind, StatusKind::Unassigned);

    let day = datetime!(2026-11-24 00:00 +01:00);
    let round = NewRound::new(ResourceId::new(1), day);
    let round = client.rounds().add(&round).await.unwrap();
    let mut key = round.key();

    let plan = Plan::new(key.clone(), 0, datetime!(2026-11-23 16:00 +01:00));
    let changed = activities.plan(activity.id, &plan).await.unwrap();
    assert!(key.renew(&changed));
    assert_ne!(key, plan.round);

    let started = Progress::new(key.clone(), datetime!(2026-11-24 09:05 +01:00));
    let changed = activities.start(activity.id, &started).await.unwrap();
    assert!(key.renew(&changed));
    let finished = Progress::new(key.clone(), datetime!(2026-11-24 10:20 +01:00));
    let changed = activities.finish(activity.id, &finished).await.unwrap();
    assert!(key.renew(&changed));

    let activity = activities.get(activity.id).await.unwrap();
    assert_eq!(activity.status.kind, StatusKind::Completed);
    assert_eq!(activity.actual_start, Some(started.at));
    assert_eq!(activity.actual_end, Some(finished.at));
    assert_eq!(activity.round.unwrap().id, round.id);
    assert_eq!(client.rounds().get(round.id).await.unwrap().key(), key);

    let closed = client.rounds().close(round.id).await.unwrap();
    assert!(closed.is_closed());
}

#[tokio::test]
async fn an_activity_goes_to_a_resource_and_comes_back() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activity = client
        .activities()
        .add(&new_activity("GP-100"))
        .await
        .unwrap();
    let assign = Assign::new(ResourceId::new(2), activity.task().unwrap().id);
    let assign = assign.at(datetime!(2026-03-04 13:01:59 UTC));
    let assigned = client
        .activities()
        .assign(activity.id, &assign)
        .await
        .unwrap();
    assert_eq!(assigned.status.kind, StatusKind::PreAssigned);
    let to = assigned.task().unwrap().pre_assignment.as_ref().unwrap();
    assert_eq!(to.at, assign.at);

    let from = Unassign::from_wherever_it_is();
    let back = client
        .activities()
        .unassign(activity.id, &from)
        .await
        .unwrap();
    assert_eq!(back.status.kind, StatusKind::Unassigned);
    assert_eq!(back.task().unwrap().pre_assignment, None);
}

#[tokio::test]
async fn calls_of_several_handles_run_at_once() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (activity, round) = tokio::join!(
        client.activities().get(41.into()),
        client.rounds().get(1.into()),
    );
    assert!(activity.is_ok() && round.is_ok());
}

/// Findings G-01 and G-02: what is sent in minutes comes back in seconds, or as it was sent.
#[tokio::test]
async fn durations_survive_the_way_there_and_back() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let new = new_activity("GP-100");
    let activity = client.activities().add(&new).await.unwrap();
    assert_eq!(activity.task().unwrap().duration, new.task.duration);
    let simple = client.activities().get(41.into()).await.unwrap();
    let duration = simple.simple_activity().unwrap().duration;
    assert_eq!(duration.map(UnsettledDuration::get), Some(35));
}

/// Calls can be spawned on a runtime of many threads.
#[tokio::test]
async fn every_kind_of_call_can_run_on_any_thread() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let spawned = tokio::spawn(async move {
        let new = new_activity("GP-100");
        let activity = client.activities().add_or_find(&new).await?.into_inner();
        client.activities().delete(activity.id).await?;
        let day = datetime!(2026-03-02 00:00 +01:00);
        let resources = vec![ResourceId::new(1), ResourceId::new(2)];
        let rounds = client.rounds().list_many(resources, day, 2).await;
        client.users().list_bound(true).await?;
        Ok::<_, geoplanning::Error>(rounds.len())
    });
    assert_eq!(spawned.await.unwrap().unwrap(), 2);
}
