//! Responses that get lost: nothing is lost with them, and nothing is done twice.

use geoplanning::{
    ActivityId, Creation, CustomerId, NewCustomer, NewResource, NewRound, Plan, Progress,
    ResourceId, TaskUpdate,
};
use serde_json::json;
use time::macros::{date, datetime};
use vendor_sandbox::geoplanning::failure;
use vendor_sandbox::{Response, Sandbox};

use crate::support::{
    client, fixture, key_of, naninne, new_activity, refusal, sandbox, violations,
};

fn new_customer() -> NewCustomer {
    let mut customer = NewCustomer::new("Ferme du Pré", naninne());
    customer.foreign_id = Some("C-1".to_owned());
    customer
}

fn new_resource() -> NewResource {
    let mut resource = NewResource::new("Jane Doe", naninne(), naninne());
    resource.foreign_id = Some("T-1".to_owned());
    resource
}

/// Loses the response to the next call of `route`, which takes effect.
fn lose_response(sandbox: &Sandbox, route: &str) {
    let geoplanning = sandbox.geoplanning();
    geoplanning
        .faults()
        .on(route)
        .times(1)
        .after_processing()
        .reset();
}

/// How often `route` was called, and how often it took effect on `about`.
fn counts(sandbox: &Sandbox, route: &str, about: &str) -> (usize, usize) {
    let ledger = sandbox.geoplanning().ledger();
    (ledger.received(route), ledger.effects(route, about))
}

#[tokio::test]
async fn an_activity_whose_response_was_lost_is_found_and_not_added_twice() {
    let sandbox = sandbox().await;
    lose_response(&sandbox, "add_activity");
    let created = client(&sandbox)
        .activities()
        .add_or_find(&new_activity("GP-100"))
        .await;
    let Creation::Found(activity) = created.unwrap() else {
        panic!("there was a response");
    };
    assert_eq!(
        activity.thing.task().unwrap().foreign_id.as_deref(),
        Some("GP-100")
    );
    assert_eq!(counts(&sandbox, "add_activity", "GP-100"), (1, 1));
}

#[tokio::test]
async fn an_activity_that_never_arrived_is_added_again() {
    let sandbox = sandbox().await;
    sandbox
        .geoplanning()
        .faults()
        .on("add_activity")
        .times(1)
        .reset();
    let created = client(&sandbox)
        .activities()
        .add_or_find(&new_activity("GP-100"))
        .await;
    assert!(matches!(created.unwrap(), Creation::Created(_)));
    assert_eq!(counts(&sandbox, "add_activity", "GP-100"), (2, 1));
}

#[tokio::test]
async fn a_plain_addition_whose_response_was_lost_says_so_and_is_not_repeated() {
    let sandbox = sandbox().await;
    lose_response(&sandbox, "add_activity");
    let error = client(&sandbox)
        .activities()
        .add(&new_activity("GP-100"))
        .await
        .unwrap_err();
    assert!(error.may_have_been_applied());
    assert!(!error.is_retryable());
    assert_eq!(counts(&sandbox, "add_activity", "GP-100"), (1, 1));
}

#[tokio::test]
async fn resources_and_customers_are_found_as_well() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    lose_response(&sandbox, "add_resource");
    let created = client
        .resources()
        .add_or_find(&new_resource())
        .await
        .unwrap();
    let Creation::Found(resource) = created else {
        panic!("there was a response");
    };
    assert!(
        resource.thing.start_address.is_some(),
        "with all that an update needs"
    );
    assert_eq!(counts(&sandbox, "add_resource", "T-1"), (1, 1));

    lose_response(&sandbox, "add_customer");
    let created = client
        .customers()
        .add_or_find(&new_customer())
        .await
        .unwrap();
    assert!(matches!(created, Creation::Found(_)));
    assert_eq!(counts(&sandbox, "add_customer", "C-1"), (1, 1));
}

#[tokio::test]
async fn a_look_up_that_fails_is_no_proof_that_nothing_is_there() {
    let sandbox = sandbox().await;
    lose_response(&sandbox, "add_activity");
    let out_of_order = failure(17, "no look-ups today");
    let faults = sandbox.geoplanning().faults();
    faults
        .on("get_activity_by_foreign_id")
        .always()
        .respond(out_of_order);
    let error = client(&sandbox)
        .activities()
        .add_or_find(&new_activity("GP-100"))
        .await
        .unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(error.operation().unwrap().name, "add_activity");
    assert_eq!(counts(&sandbox, "add_activity", "GP-100"), (1, 1));
}

#[tokio::test]
async fn without_a_reference_nothing_can_be_found_so_nothing_is_sent() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut activity = new_activity("GP-100");
    let mut customer = new_customer();
    let mut resource = new_resource();
    for reference in [None, Some(String::new())] {
        activity.task.foreign_id.clone_from(&reference);
        let result = client.activities().add_or_find(&activity).await;
        assert_eq!(violations(result), ["task.foreignId"]);
        customer.foreign_id.clone_from(&reference);
        let result = client.customers().add_or_find(&customer).await;
        assert_eq!(violations(result), ["foreignId"]);
        resource.foreign_id.clone_from(&reference);
        let result = client.resources().add_or_find(&resource).await;
        assert_eq!(violations(result), ["fid"]);
    }
    assert!(sandbox.geoplanning().ledger().entries().is_empty());
}

#[tokio::test]
async fn a_refused_addition_is_not_looked_up() {
    let sandbox = sandbox().await;
    let mut new = new_activity("GP-100");
    new.task.customer = Some(CustomerId::new(999).into());
    let result = client(&sandbox).activities().add_or_find(&new).await;
    assert_eq!(refusal(result), 400);
    assert_eq!(sandbox.geoplanning().ledger().entries().len(), 1);
}

#[tokio::test]
async fn an_update_is_repeated_because_it_sets_a_final_state() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activity = client.activities().get(ActivityId::new(40)).await.unwrap();
    let mut update = TaskUpdate::from_read(&activity).unwrap();
    update.task.name = "Renamed".to_owned();
    lose_response(&sandbox, "update_activity");
    let updated = client
        .activities()
        .update(activity.id, &update)
        .await
        .unwrap();
    assert_eq!(updated.task().unwrap().name, "Renamed");
    assert_eq!(
        sandbox.geoplanning().ledger().received("update_activity"),
        2
    );
}

#[tokio::test]
async fn a_deletion_is_repeated_and_says_what_it_found() {
    let sandbox = sandbox().await;
    lose_response(&sandbox, "delete_activity");
    let deleted = client(&sandbox)
        .activities()
        .delete(ActivityId::new(40))
        .await;
    let error = deleted.unwrap_err();
    assert!(error.is_not_found() && error.may_have_been_applied());
    assert_eq!(counts(&sandbox, "delete_activity", "40"), (2, 1));
}

/// Finding G-45: a reference need not be unique, so that a second deletion may hit another thing.
#[tokio::test]
async fn a_deletion_by_reference_is_not_repeated() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let first = client
        .activities()
        .add(&new_activity("twice"))
        .await
        .unwrap();
    client
        .activities()
        .add(&new_activity("twice"))
        .await
        .unwrap();
    lose_response(&sandbox, "delete_activity_by_foreign_id");
    let error = client
        .activities()
        .delete_by_foreign_id("twice")
        .await
        .unwrap_err();
    assert!(error.may_have_been_applied());
    assert!(client.activities().get(first.id).await.is_ok());
}

#[tokio::test]
async fn an_action_is_never_repeated_blindly() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let nine = datetime!(2026-03-02 09:00 UTC);
    let plan = Plan::new(key_of(&client, 1).await, 0, nine);
    lose_response(&sandbox, "plan_activity");
    let error = client
        .activities()
        .plan(ActivityId::new(40), &plan)
        .await
        .unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(counts(&sandbox, "plan_activity", "40"), (1, 1));

    // What the caller does then: look, and see that it is done.
    let activity = client.activities().get(ActivityId::new(40)).await.unwrap();
    assert_eq!(activity.round.unwrap().id.get(), 1);
    let start = Progress::new(key_of(&client, 1).await, nine);
    assert!(client.activities().start(activity.id, &start).await.is_ok());
}

#[tokio::test]
async fn closing_a_round_is_repeated() {
    let sandbox = sandbox().await;
    lose_response(&sandbox, "close_round");
    let closed = client(&sandbox).rounds().close(1.into()).await.unwrap();
    assert!(closed.is_closed());
    assert_eq!(counts(&sandbox, "close_round", "1"), (2, 1));
}

#[tokio::test]
async fn a_read_is_repeated() {
    let sandbox = sandbox().await;
    sandbox
        .geoplanning()
        .faults()
        .on("get_resource")
        .times(2)
        .reset();
    let read = client(&sandbox)
        .resources()
        .get(ResourceId::new(1), &[])
        .await;
    assert!(read.is_ok());
    assert_eq!(sandbox.geoplanning().ledger().received("get_resource"), 3);
}

#[tokio::test]
async fn an_activity_that_is_there_is_found_first_however_often_it_is_asked_for() {
    let sandbox = sandbox().await;
    let activities = client(&sandbox);
    let activities = activities.activities();
    let new = new_activity("GP-100");
    let first = activities.find_or_add(&new).await.unwrap();
    assert!(matches!(first, Creation::Created(_)));
    for _ in 0..3 {
        let Creation::Found(found) = activities.find_or_add(&new).await.unwrap() else {
            panic!("it is there");
        };
        assert_eq!(found.differs_in, Vec::<String>::new());
    }
    assert_eq!(counts(&sandbox, "add_activity", "GP-100"), (1, 1));
}

#[tokio::test]
async fn a_find_or_add_whose_response_was_lost_adds_once() {
    let sandbox = sandbox().await;
    lose_response(&sandbox, "add_activity");
    let client = client(&sandbox);
    let new = new_activity("GP-100");
    let found = client.activities().find_or_add(&new);
    assert!(matches!(found.await.unwrap(), Creation::Found(_)));
    assert_eq!(counts(&sandbox, "add_activity", "GP-100"), (1, 1));
}

#[tokio::test]
async fn what_is_found_says_in_which_sent_fields_it_differs() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let mut new = new_activity("GP-100");
    activities.add(&new).await.unwrap();
    new.task.description = Some("Bring the long ladder".to_owned());
    new.task.duration = std::time::Duration::from_secs(7200);
    let Creation::Found(found) = activities.find_or_add(&new).await.unwrap() else {
        panic!("it is there");
    };
    assert_eq!(found.differs_in, ["task.description", "task.duration"]);
    assert_eq!(found.thing.foreign_id(), Some("GP-100"));
}

#[tokio::test]
async fn customers_resources_and_rounds_are_found_first_as_well() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let round = NewRound::new(ResourceId::new(2), date!(2026 - 06 - 03));
    for is_first in [true, false] {
        let customer = client.customers().find_or_add(&new_customer()).await;
        let resource = client.resources().find_or_add(&new_resource()).await;
        let round = client.rounds().find_or_add(&round).await;
        assert_eq!(matches!(customer.unwrap(), Creation::Created(_)), is_first);
        assert_eq!(matches!(resource.unwrap(), Creation::Created(_)), is_first);
        assert_eq!(matches!(round.unwrap(), Creation::Created(_)), is_first);
    }
    let ledger = sandbox.geoplanning().ledger();
    for operation in ["add_customer", "add_resource", "add_round"] {
        assert_eq!(ledger.received(operation), 1, "{operation}");
    }
}

#[tokio::test]
async fn a_round_whose_response_was_lost_is_found_and_not_added_twice() {
    let sandbox = sandbox().await;
    lose_response(&sandbox, "add_round");
    let client = client(&sandbox);
    let round = NewRound::new(ResourceId::new(2), date!(2026 - 06 - 03));
    let found = client.rounds().find_or_add(&round).await.unwrap();
    assert!(matches!(found, Creation::Found(_)));
    assert_eq!(sandbox.geoplanning().ledger().received("add_round"), 1);
}

/// Loses the addition, and lets each look-up find `found`.
async fn found_instead(found: Option<&str>) -> geoplanning::Error {
    let sandbox = sandbox().await;
    lose_response(&sandbox, "add_activity");
    let client = client(&sandbox);
    let mut activity = fixture("get_activity/response");
    activity["activity"]["task"]["foreignId"] = json!(found);
    let faults = sandbox.geoplanning().faults();
    faults
        .on("get_activity_by_foreign_id")
        .always()
        .respond(Response::json(200, &activity));
    let error = client
        .activities()
        .add_or_find(&new_activity("GP-1"))
        .await
        .unwrap_err();
    assert_eq!(counts(&sandbox, "add_activity", "GP-1"), (1, 1));
    error
}

#[tokio::test]
async fn an_activity_with_another_foreign_id_is_not_the_one_that_was_added() {
    for other in [Some("GP-10"), Some("gp-1"), None] {
        let error = found_instead(other).await;
        assert!(error.may_have_been_applied(), "{error}");
    }
}

#[tokio::test]
async fn a_code_beside_the_activity_is_looked_up() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut added = fixture("add_activity/response");
    added["status"] = json!({ "code": 3, "message": "warning" });
    let faults = sandbox.geoplanning().faults();
    faults
        .on("add_activity")
        .times(1)
        .after_processing()
        .respond(Response::json(201, &added));
    let new = new_activity("GP-100");
    let found = client.activities().add_or_find(&new);
    assert!(matches!(found.await.unwrap(), Creation::Found(_)));
    assert_eq!(counts(&sandbox, "add_activity", "GP-100"), (1, 1));
}
