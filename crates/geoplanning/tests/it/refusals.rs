//! Every operation of the crate, refused by the service.

use std::collections::BTreeSet;

use geoplanning::{
    Assign, Cancel, Client, Coordinates, Error, NewCustomer, NewResource, NewRound, Plan, Progress,
    ResourceId, RoundId, RoundKey, TaskId, Unassign,
};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::support::{client, naninne, naninne_street, new_activity, sandbox};

const NINE: OffsetDateTime = datetime!(2026-03-02 09:00 UTC);

/// The outcome of every operation, one after the other.
async fn call_everything(client: &Client) -> Vec<Result<(), Error>> {
    let mut outcomes = call_activities(client).await;
    outcomes.extend(call_actions(client).await);
    outcomes.extend(call_lists(client).await);
    outcomes.extend(call_resources_and_rounds(client).await);
    outcomes.extend(call_customers(client).await);
    outcomes
}

async fn call_activities(client: &Client) -> Vec<Result<(), Error>> {
    let activities = client.activities();
    let id = 1.into();
    let new = new_activity("R-1");
    vec![
        activities.get(id).await.map(drop),
        activities.get_by_foreign_id("R-1").await.map(drop),
        activities.add(&new).await.map(drop),
        activities.update(id, &new).await.map(drop),
        activities.update_by_foreign_id("R-1", &new).await.map(drop),
        activities.delete(id).await,
        activities.delete_by_foreign_id("R-1").await,
        activities.history(78.into()).await.map(drop),
        activities.attachments(id).await.map(drop),
    ]
}

async fn call_actions(client: &Client) -> Vec<Result<(), Error>> {
    let activities = client.activities();
    let id = 5.into();
    let key = RoundKey::new(RoundId::new(1), "key");
    let assign = Assign::new(ResourceId::new(1), TaskId::new(5));
    let plan = Plan::new(key.clone(), 0, NINE);
    let unassign = Unassign::from_round(&key);
    let cancel = Cancel::in_round(key.clone(), NINE);
    let at = Progress::new(key, NINE);
    vec![
        activities.assign(id, &assign).await.map(drop),
        activities.plan(id, &plan).await.map(drop),
        activities.unassign(id, &unassign).await.map(drop),
        activities.start(id, &at).await.map(drop),
        activities.finish(id, &at).await.map(drop),
        activities.reject(id, &at).await.map(drop),
        activities.reject_working(id, &at).await.map(drop),
        activities.cancel(id, &cancel).await.map(drop),
        client.events().start(1.into(), &at).await.map(drop),
    ]
}

async fn call_lists(client: &Client) -> Vec<Result<(), Error>> {
    let pois = client.pois();
    let place = Coordinates::new(50.4, 4.9);
    vec![
        client.check_login().await.map(drop),
        client.activity_statuses().list().await.map(drop),
        client.activity_types().list().await.map(drop),
        client.users().list().await.map(drop),
        client.users().get(1.into(), &[]).await.map(drop),
        pois.closest_to_address(&naninne_street()).await.map(drop),
        pois.closest_to_coordinates(place).await.map(drop),
    ]
}

async fn call_resources_and_rounds(client: &Client) -> Vec<Result<(), Error>> {
    let (resources, rounds) = (client.resources(), client.rounds());
    let id = 1.into();
    let mut new = NewResource::new("Jane Doe", naninne(), naninne());
    new.foreign_id = Some("R-1".to_owned());
    let new_round = NewRound::new(id, NINE);
    vec![
        resources.get(id, &[]).await.map(drop),
        resources.get_by_foreign_id("R-1", &[]).await.map(drop),
        resources.add(&new).await.map(drop),
        resources.update(id, &new).await.map(drop),
        resources.update_by_foreign_id("R-1", &new).await.map(drop),
        resources.delete(id).await,
        resources.delete_by_foreign_id("R-1").await,
        rounds.get(1.into()).await.map(drop),
        rounds.list(id, NINE).await.map(drop),
        rounds.add(&new_round).await.map(drop),
        rounds.close(1.into()).await.map(drop),
    ]
}

async fn call_customers(client: &Client) -> Vec<Result<(), Error>> {
    let customers = client.customers();
    let id = 60.into();
    let mut new = NewCustomer::new("Ferme du Pré", naninne());
    new.foreign_id = Some("R-1".to_owned());
    vec![
        customers.get(id).await.map(drop),
        customers.get_by_foreign_id("R-1").await.map(drop),
        customers.add(&new).await.map(drop),
        customers.update(id, &new).await.map(drop),
        customers.update_by_foreign_id("R-1", &new).await.map(drop),
        customers.delete(id).await,
        customers.delete_by_foreign_id("R-1").await,
    ]
}

/// Finding G-26: a user without the right is refused, and every operation says so alike.
#[tokio::test]
async fn without_the_right_to_web_services_every_operation_is_refused_and_nothing_happens() {
    let sandbox = sandbox().await;
    let geoplanning = sandbox.geoplanning();
    geoplanning.configure(|settings| settings.web_services = false);
    let mut refused = BTreeSet::new();
    for outcome in call_everything(&client(&sandbox)).await {
        let error = outcome.unwrap_err();
        let operation = error.operation().unwrap().name;
        assert!(error.is_forbidden(), "{error}");
        assert!(!error.may_have_been_applied(), "{error}");
        assert_eq!(error.vendor_code(), Some("403"), "{operation}");
        assert!(error.vendor_message().is_some(), "{operation}");
        refused.insert(operation);
        assert_eq!(geoplanning.ledger().received(operation), 1, "{operation}");
    }
    let all: BTreeSet<_> = geoplanning::operations()
        .map(|operation| operation.name)
        .collect();
    assert_eq!(refused, all);
}

/// Finding G-26: a code other than 0 is a refusal, whichever answer was asked for.
#[tokio::test]
async fn a_code_other_than_0_is_a_refusal_of_every_operation() {
    let sandbox = sandbox().await;
    for operation in geoplanning::operations() {
        let failure = vendor_sandbox::geoplanning::failure(17, "the resource is on leave");
        let faults = sandbox.geoplanning().faults();
        faults.on(operation.name).always().respond(failure);
    }
    let outcomes = call_everything(&client(&sandbox)).await;
    assert_eq!(outcomes.len(), geoplanning::operations().count());
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), geoplanning::ErrorKind::VendorFailure);
        assert_eq!(error.vendor_code(), Some("17"), "{error}");
        assert!(!error.may_have_been_applied(), "{error}");
    }
}
