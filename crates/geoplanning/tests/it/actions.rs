//! What moves an activity on, against the sandbox.

use geoplanning::{
    ActivityId, Assign, Cancel, Client, EventId, NewRound, Plan, Progress, ResourceId, RoundId,
    RoundKey, StatusId, StatusKind, StatusReference, TaskId, Unassign,
};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::support::{client, key_of, refusal, sandbox};

/// Unassigned, of task 50.
const FREE: ActivityId = ActivityId::new(40);
/// Planned into round 1, which is resource 1's.
const PLANNED: ActivityId = ActivityId::new(5);
const UNKNOWN: ActivityId = ActivityId::new(999);
const ROUND: i64 = 1;
const NINE: OffsetDateTime = datetime!(2026-03-02 09:00 UTC);
const TEN: OffsetDateTime = datetime!(2026-03-02 10:00 UTC);

async fn kind_of(client: &Client, id: ActivityId) -> StatusKind {
    client.activities().get(id).await.unwrap().status.kind
}

async fn at(client: &Client, date: OffsetDateTime) -> Progress {
    Progress::new(key_of(client, ROUND).await, date)
}

fn stale() -> RoundKey {
    RoundKey::new(RoundId::new(ROUND), "00000000000000000000000000000000")
}

#[tokio::test]
async fn an_activity_is_assigned_to_a_resource() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let assign = Assign::new(ResourceId::new(1), TaskId::new(50)).at(NINE);
    let activity = client.activities().assign(FREE, &assign).await.unwrap();
    assert_eq!(activity.status.kind, StatusKind::PreAssigned);
    let to = activity.task().unwrap().pre_assignment.as_ref().unwrap();
    assert_eq!(to.resource.as_ref().unwrap().id, ResourceId::new(1));
}

/// Finding G-29: the path has the activity's id, the body the task's.
#[tokio::test]
async fn an_assignment_of_something_unknown_is_refused() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let assign = |resource, task| Assign::new(ResourceId::new(resource), TaskId::new(task));
    let activities = client.activities();
    assert_eq!(
        refusal(activities.assign(UNKNOWN, &assign(1, 50)).await),
        404
    );
    assert_eq!(
        refusal(activities.assign(FREE, &assign(999, 50)).await),
        404
    );
    assert_eq!(refusal(activities.assign(FREE, &assign(1, 40)).await), 400);
}

#[tokio::test]
async fn a_planned_activity_is_in_the_round_with_its_ways() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let day = NewRound::new(ResourceId::new(1), datetime!(2026-03-04 00:00 UTC));
    let round = client.rounds().add(&day).await.unwrap();
    let plan = Plan::new(round.key(), 0, NINE).status(StatusId::new(3));
    let changed = client.activities().plan(FREE, &plan).await.unwrap();
    let round = changed.get(round.id).unwrap();
    let [there, work, back] = round.activities() else {
        panic!("{round:?}");
    };
    assert!(there.route().is_some() && back.route().is_some());
    assert_eq!(work.id, FREE);
    assert_eq!(work.status.kind, StatusKind::Assigned);
    let span = work.computed_end.unwrap() - work.computed_start.unwrap();
    assert_eq!(span, work.task().unwrap().duration);
}

#[tokio::test]
async fn a_plan_at_the_end_goes_behind_what_is_planned_whatever_ways_lie_between() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let round = client.rounds().get(RoundId::new(ROUND)).await.unwrap();
    assert!(round.has(PLANNED) && !round.has(FREE));
    let plan = Plan::at_end(&round, NINE);
    client.activities().plan(FREE, &plan).await.unwrap();
    let round = client.rounds().get(round.id).await.unwrap();
    assert!(round.has(FREE));
    let mut work = round
        .activities()
        .iter()
        .filter(|one| one.route().is_none());
    assert_eq!(work.next_back().unwrap().id, FREE);
}

/// Finding G-18: every change makes the key stale, and a stale one is refused.
#[tokio::test]
async fn a_stale_key_is_refused_and_the_latest_one_is_not() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let mut key = key_of(&client, ROUND).await;
    sandbox.geoplanning().change_round(ROUND);
    let plan = Plan::new(key.clone(), 0, NINE);
    assert_eq!(refusal(activities.plan(FREE, &plan).await), 409);
    assert_eq!(kind_of(&client, FREE).await, StatusKind::Unassigned);

    let late = Progress::new(stale(), NINE);
    assert_eq!(refusal(activities.start(PLANNED, &late).await), 409);
    assert_eq!(refusal(activities.finish(PLANNED, &late).await), 409);
    assert_eq!(refusal(activities.reject(PLANNED, &late).await), 409);
    assert_eq!(
        refusal(activities.reject_working(PLANNED, &late).await),
        409
    );
    let cancel = Cancel::in_round(stale(), NINE);
    assert_eq!(refusal(activities.cancel(PLANNED, &cancel).await), 409);
    let unassign = Unassign::from_round(&stale());
    assert_eq!(refusal(activities.unassign(PLANNED, &unassign).await), 409);
    let by_event = client.events().start(EventId::new(1), &late).await;
    assert_eq!(refusal(by_event), 409);

    key = key_of(&client, key.id.get()).await;
    let plan = Plan::new(key, 0, NINE);
    assert!(activities.plan(FREE, &plan).await.is_ok());
}

#[tokio::test]
async fn what_is_not_there_cannot_be_acted_upon() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let key = key_of(&client, ROUND).await;
    let at = Progress::new(key.clone(), NINE);
    let plan = Plan::new(key.clone(), 0, NINE);
    assert_eq!(refusal(activities.plan(UNKNOWN, &plan).await), 404);
    assert_eq!(refusal(activities.start(UNKNOWN, &at).await), 404);
    assert_eq!(refusal(activities.finish(UNKNOWN, &at).await), 404);
    assert_eq!(refusal(activities.reject(UNKNOWN, &at).await), 404);
    assert_eq!(refusal(activities.reject_working(UNKNOWN, &at).await), 404);
    let cancel = Cancel::in_round(key, NINE);
    assert_eq!(refusal(activities.cancel(UNKNOWN, &cancel).await), 404);
    let unassign = Unassign::from_wherever_it_is();
    assert_eq!(refusal(activities.unassign(UNKNOWN, &unassign).await), 404);
    let by_event = client.events().start(EventId::new(999), &at).await;
    assert_eq!(refusal(by_event), 404);
}

#[tokio::test]
async fn work_is_started_and_finished_with_a_status_of_the_callers_choice() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let fetching_parts = StatusReference::by_foreign_id("ST-PARTS");
    let start = at(&client, NINE).await.status(fetching_parts);
    let changed = activities.start(PLANNED, &start).await.unwrap();
    let round = changed.get(RoundId::new(ROUND)).unwrap();
    let started = round
        .activities()
        .iter()
        .find(|it| it.id == PLANNED)
        .unwrap();
    assert_eq!(started.actual_start, Some(NINE));
    assert_eq!(started.status.name.as_deref(), Some("Fetching parts"));

    // Finding G-19: the response does not hold the activity.
    let statuses = client.activity_statuses().list().await.unwrap();
    let with_remarks = statuses.iter().find(|it| it.id == StatusId::new(10));
    let with_remarks = StatusReference::from(with_remarks.unwrap());
    let expected = StatusReference::by_both(StatusId::new(10), "ST-DONE-REM");
    assert_eq!(with_remarks, expected);
    let finish = at(&client, TEN).await.status(with_remarks);
    let changed = activities.finish(PLANNED, &finish).await.unwrap();
    assert!(changed.rounds[0].activities().is_empty());
    let finished = activities.get(PLANNED).await.unwrap();
    assert_eq!(finished.actual_end, Some(TEN));
    assert_eq!(finished.status.kind, StatusKind::Completed);
    assert_eq!(finished.status.id, StatusId::new(10));
}

#[tokio::test]
async fn work_is_finished_only_after_it_was_started() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let finish = at(&client, TEN).await;
    assert_eq!(
        refusal(client.activities().finish(PLANNED, &finish).await),
        400
    );
    let reject = client.activities().reject_working(PLANNED, &finish).await;
    assert_eq!(refusal(reject), 400);
    assert_eq!(kind_of(&client, PLANNED).await, StatusKind::Assigned);
}

/// Finding G-36: whether the status fits is for the service to say.
#[tokio::test]
async fn an_activity_is_rejected_before_and_after_its_start() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let misfit = at(&client, NINE).await.status(StatusId::new(4));
    assert_eq!(refusal(activities.reject(PLANNED, &misfit).await), 400);

    let parts_missing = at(&client, NINE).await.status(StatusId::new(12));
    activities.reject(PLANNED, &parts_missing).await.unwrap();
    assert_eq!(kind_of(&client, PLANNED).await, StatusKind::RejectedNoMove);

    let other = ActivityId::new(7);
    activities
        .start(other, &at(&client, NINE).await)
        .await
        .unwrap();
    activities
        .reject_working(other, &at(&client, TEN).await)
        .await
        .unwrap();
    assert_eq!(kind_of(&client, other).await, StatusKind::RejectedOnSite);
}

#[tokio::test]
async fn an_activity_is_started_by_its_event() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let start = at(&client, NINE).await;
    let changed = client
        .events()
        .start(EventId::new(1), &start)
        .await
        .unwrap();
    let round = changed.get(RoundId::new(ROUND)).unwrap();
    let of_event = round.activities().iter().find(|activity| {
        let event = activity
            .simple_activity()
            .and_then(|simple| simple.event.as_ref());
        event.is_some_and(|event| event.id == EventId::new(1))
    });
    assert_eq!(of_event.unwrap().status.kind, StatusKind::Working);
}

#[tokio::test]
async fn an_activity_is_taken_out_of_its_round() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let from = Unassign::from_round(&key_of(&client, ROUND).await);
    let activity = client.activities().unassign(PLANNED, &from).await.unwrap();
    assert_eq!(activity.status.kind, StatusKind::Unassigned);
    assert_eq!(activity.round, None);
    let round = client.rounds().get(RoundId::new(ROUND)).await.unwrap();
    assert!(round.activities().iter().all(|it| it.id != PLANNED));
}

#[tokio::test]
async fn a_cancelled_activity_is_given_up() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let unnamed = activities
        .cancel(PLANNED, &Cancel::outside_rounds(NINE))
        .await;
    assert_eq!(refusal(unnamed), 400);
    let cancel = Cancel::in_round(key_of(&client, ROUND).await, NINE);
    let activity = activities.cancel(PLANNED, &cancel).await.unwrap();
    assert_eq!(activity.status.kind, StatusKind::Cancelled);
    let activity = activities
        .cancel(FREE, &Cancel::outside_rounds(NINE))
        .await
        .unwrap();
    assert_eq!(activity.status.kind, StatusKind::Cancelled);
}

#[tokio::test]
async fn an_action_is_decided_again_if_somebody_changed_the_round_in_between() {
    for status in [409, 400, 200] {
        let sandbox = sandbox().await;
        let client = client(&sandbox);
        let geoplanning = sandbox.geoplanning();
        geoplanning.configure(|settings| settings.stale_key_status = status);
        let mut seen = Vec::new();
        let plan = async |round: geoplanning::Round, others: bool| {
            if others {
                geoplanning.change_round(ROUND);
            }
            let plan = Plan::new(round.key(), 0, NINE);
            client.activities().plan(FREE, &plan).await
        };
        let changed = client.rounds().act(RoundId::new(ROUND), 3, |round| {
            seen.push(round.key());
            let others = seen.len() < 3;
            plan(round, others)
        });
        assert!(changed.await.unwrap().get(RoundId::new(ROUND)).is_some());
        assert_eq!(seen.len(), 3);
        assert!(seen[0] != seen[1] && seen[1] != seen[2]);
    }
}

#[tokio::test]
async fn an_action_that_meets_a_change_every_time_ends_with_the_refusal() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let ledger = sandbox.geoplanning().ledger();
    let (sandbox, client) = (&sandbox, &client);
    let act = client
        .rounds()
        .act(RoundId::new(ROUND), 2, |round| async move {
            sandbox.geoplanning().change_round(ROUND);
            let plan = Plan::new(round.key(), 0, NINE);
            client.activities().plan(FREE, &plan).await
        });
    assert_eq!(refusal(act.await), 409);
    assert_eq!(ledger.received("plan_activity"), 2);
}

#[tokio::test]
async fn a_refusal_for_another_reason_and_an_unknown_outcome_are_not_repeated() {
    let sandbox = sandbox().await;
    let client = &client(&sandbox);
    let ledger = sandbox.geoplanning().ledger();
    let act = |activity| {
        client
            .rounds()
            .act(RoundId::new(ROUND), 5, move |round| async move {
                let plan = Plan::new(round.key(), 0, NINE);
                client.activities().plan(activity, &plan).await
            })
    };
    assert_eq!(refusal(act(UNKNOWN).await), 404);
    assert_eq!(ledger.received("plan_activity"), 1);
    let faults = sandbox.geoplanning().faults();
    faults.on("plan_activity").after_processing().reset();
    let error = act(FREE).await.unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(ledger.received("plan_activity"), 2);
}
