//! The crate's own endpoints, called as those of a user are.

use std::collections::BTreeSet;

use geoplanning::endpoints::{
    ACTIVITY_ATTACHMENTS, ACTIVITY_HISTORY, ADD_ACTIVITY, ADD_CUSTOMER, ADD_RESOURCE, ADD_ROUND,
    ASSIGN_ACTIVITY, CANCEL_ACTIVITY, CHECK_LOGIN, CLOSE_ROUND, CLOSEST_POIS_BY_ADDRESS,
    CLOSEST_POIS_BY_COORDINATES, DELETE_ACTIVITY, DELETE_ACTIVITY_BY_FOREIGN_ID, DELETE_CUSTOMER,
    DELETE_CUSTOMER_BY_FOREIGN_ID, DELETE_RESOURCE, DELETE_RESOURCE_BY_FOREIGN_ID, FINISH_ACTIVITY,
    GET_ACTIVITY, GET_ACTIVITY_BY_FOREIGN_ID, GET_CUSTOMER, GET_CUSTOMER_BY_FOREIGN_ID,
    GET_RESOURCE, GET_RESOURCE_BY_FOREIGN_ID, GET_ROUND, GET_USER, LIST_ACTIVITY_STATUSES,
    LIST_ACTIVITY_TYPES, LIST_ROUNDS, LIST_USERS, ListedUsers, OfDay, PLAN_ACTIVITY,
    REJECT_ACTIVITY, REJECT_WORKING_ACTIVITY, START_ACTIVITY, START_ACTIVITY_BY_EVENT,
    UNASSIGN_ACTIVITY, UPDATE_ACTIVITY, UPDATE_ACTIVITY_BY_FOREIGN_ID, UPDATE_CUSTOMER,
    UPDATE_CUSTOMER_BY_FOREIGN_ID, UPDATE_RESOURCE, UPDATE_RESOURCE_BY_FOREIGN_ID,
};
use geoplanning::test_util::{Reply, Script};
use geoplanning::{
    ActivityId, Assign, Cancel, Client, Coordinates, CustomerId, Endpoint, ErrorKind, EventId,
    NewCustomer, NewResource, NewRound, Part, Plan, Progress, ResourceField, ResourceId, RoundId,
    RoundKey, TaskId, TransportConfig, Unassign, UserId, operations,
};
use time::macros::{date, datetime};

use crate::support::{client, naninne, naninne_street, new_activity, sandbox};

const ROUND: RoundId = RoundId::new(1);
const RESOURCE: ResourceId = ResourceId::new(2);
const ACTIVITY: ActivityId = ActivityId::new(3);
const CUSTOMER: CustomerId = CustomerId::new(4);

/// A client whose every call succeeds with `body`, and what it sends.
fn always(status: u16, body: &str) -> (Client, Script) {
    let script = Script::new([Reply::json(status, body).always()]);
    let client = Client::builder()
        .credentials("planner", "password")
        .transport(TransportConfig::default().script(&script))
        .build()
        .unwrap();
    (client, script)
}

/// Calls an endpoint of which only the request matters.
async fn send<At: Part, Body: Part, R>(
    client: &Client,
    endpoint: &'static Endpoint<At, Body, R>,
    at: At::Value<'_>,
    body: Body::Value<'_>,
) {
    let response = client.call_raw(endpoint, at, body).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
}

async fn send_those_of_activities(client: &Client) {
    let now = datetime!(2026-11-24 09:00 +01:00);
    let key = RoundKey::new(ROUND, "key");
    let activity = new_activity("A-1");
    let progress = Progress::new(key.clone(), now);
    send(client, &GET_ACTIVITY, &ACTIVITY, ()).await;
    send(client, &GET_ACTIVITY_BY_FOREIGN_ID, "A-1", ()).await;
    send(client, &ADD_ACTIVITY, (), &activity).await;
    send(client, &UPDATE_ACTIVITY, &ACTIVITY, (&activity).into()).await;
    let repeated = ("A-1", (&activity).into());
    send(client, &UPDATE_ACTIVITY_BY_FOREIGN_ID, "A-1", repeated).await;
    send(client, &DELETE_ACTIVITY, &ACTIVITY, ()).await;
    send(client, &DELETE_ACTIVITY_BY_FOREIGN_ID, "A-1", ()).await;
    let assign = Assign::new(RESOURCE, TaskId::new(5));
    send(client, &ASSIGN_ACTIVITY, &ACTIVITY, &assign).await;
    let plan = Plan::new(key.clone(), 0, now);
    send(client, &PLAN_ACTIVITY, &ACTIVITY, &plan).await;
    let unassign = Unassign::from_round(&key);
    send(client, &UNASSIGN_ACTIVITY, &ACTIVITY, &unassign).await;
    send(client, &START_ACTIVITY, &ACTIVITY, &progress).await;
    send(client, &FINISH_ACTIVITY, &ACTIVITY, &progress).await;
    send(client, &REJECT_ACTIVITY, &ACTIVITY, &progress).await;
    send(client, &REJECT_WORKING_ACTIVITY, &ACTIVITY, &progress).await;
    let cancel = Cancel::outside_rounds(now);
    send(client, &CANCEL_ACTIVITY, &ACTIVITY, &cancel).await;
    send(client, &ACTIVITY_HISTORY, &CUSTOMER, ()).await;
    send(client, &ACTIVITY_ATTACHMENTS, &ACTIVITY, ()).await;
    let event = EventId::new(6);
    send(client, &START_ACTIVITY_BY_EVENT, &event, &progress).await;
    send(client, &LIST_ACTIVITY_STATUSES, (), ()).await;
    send(client, &LIST_ACTIVITY_TYPES, (), ()).await;
}

async fn send_those_of_customers(client: &Client) {
    let customer = NewCustomer::new("Ann", naninne()).foreign_id("C-1");
    send(client, &ADD_CUSTOMER, (), &customer).await;
    send(client, &GET_CUSTOMER, &CUSTOMER, ()).await;
    send(client, &GET_CUSTOMER_BY_FOREIGN_ID, "C-1", ()).await;
    send(client, &UPDATE_CUSTOMER, &CUSTOMER, &customer).await;
    let repeated = ("C-1", &customer);
    send(client, &UPDATE_CUSTOMER_BY_FOREIGN_ID, "C-1", repeated).await;
    send(client, &DELETE_CUSTOMER, &CUSTOMER, ()).await;
    send(client, &DELETE_CUSTOMER_BY_FOREIGN_ID, "C-1", ()).await;
}

async fn send_those_of_resources(client: &Client) {
    let van = NewResource::new("Van", naninne(), naninne()).foreign_id("R-1");
    let fields = [ResourceField::StartAddress];
    send(client, &ADD_RESOURCE, (), &van).await;
    send(client, &GET_RESOURCE, (&RESOURCE, &fields), ()).await;
    send(client, &GET_RESOURCE_BY_FOREIGN_ID, ("R-1", &fields), ()).await;
    send(client, &UPDATE_RESOURCE, &RESOURCE, &van).await;
    let repeated = ("R-1", &van);
    send(client, &UPDATE_RESOURCE_BY_FOREIGN_ID, "R-1", repeated).await;
    send(client, &DELETE_RESOURCE, &RESOURCE, ()).await;
    send(client, &DELETE_RESOURCE_BY_FOREIGN_ID, "R-1", ()).await;
}

async fn send_the_others(client: &Client) {
    let day = date!(2026 - 11 - 24);
    send(client, &GET_ROUND, &ROUND, ()).await;
    send(client, &LIST_ROUNDS, (&RESOURCE, &OfDay::new(day)), ()).await;
    send(client, &ADD_ROUND, (), &NewRound::new(RESOURCE, day)).await;
    send(client, &CLOSE_ROUND, &ROUND, ()).await;
    send(client, &GET_USER, (&UserId::new(7), &[]), ()).await;
    send(client, &LIST_USERS, &ListedUsers::bound(true), ()).await;
    let place = Coordinates::new(50.4, 4.9);
    send(client, &CLOSEST_POIS_BY_COORDINATES, &place, ()).await;
    send(client, &CLOSEST_POIS_BY_ADDRESS, &naninne_street(), ()).await;
    send(client, &CHECK_LOGIN, (), ()).await;
}

#[tokio::test]
async fn every_endpoint_can_be_called_and_has_a_raw_response() {
    let (client, script) = always(200, r#"{"status": {"code": 0}}"#);
    send_those_of_activities(&client).await;
    send_those_of_customers(&client).await;
    send_those_of_resources(&client).await;
    send_the_others(&client).await;

    let requests = script.requests();
    let called: BTreeSet<_> = requests.iter().map(|sent| sent.operation().name).collect();
    let all: BTreeSet<_> = operations().map(|operation| operation.name).collect();
    assert_eq!(called, all);
    let sent = |name: &str| {
        let mut requests = requests.iter();
        requests.find(|sent| sent.operation().name == name).unwrap()
    };
    let path = "/customers/ref/C-1";
    assert_eq!(sent("delete_customer_by_foreign_id").path(), path);
    let bound = sent("list_users").parameter("resourceBound");
    assert_eq!(bound.as_deref(), Some("true"));
    let fields = sent("get_resource").parameter("fields");
    assert_eq!(fields.as_deref(), Some("startAddress"));
}

#[tokio::test]
async fn they_return_what_the_methods_do_in_its_envelope() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let envelope = client.call(&GET_ROUND, &ROUND, ()).await.unwrap();
    assert_eq!(envelope.status.code, 0);
    assert_eq!(envelope.round, client.rounds().get(ROUND).await.unwrap());

    let all = ListedUsers::default();
    let users = client.call(&LIST_USERS, &all, ()).await.unwrap().users;
    assert_eq!(users, client.users().list().await.unwrap());
    let bound = ListedUsers::bound(false);
    let users = client.call(&LIST_USERS, &bound, ()).await.unwrap().users;
    assert_eq!(users, client.users().list_bound(false).await.unwrap());
}

#[tokio::test]
async fn a_deletion_returns_nothing_with_or_without_an_envelope() {
    let sandbox = sandbox().await;
    let real = client(&sandbox);
    let new = NewCustomer::new("Ann", naninne());
    let customer = real.customers().add(&new).await.unwrap().id;
    real.call(&DELETE_CUSTOMER, &customer, ()).await.unwrap();
    let gone = real.customers().get(customer).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");

    for (status, body) in [(204, ""), (200, r#"{"status": {"code": 0}}"#)] {
        let (client, _) = always(status, body);
        client.call(&DELETE_CUSTOMER, &CUSTOMER, ()).await.unwrap();
    }
    let (client, _) = always(200, r#"{"status": {"code": 3}}"#);
    let refused = client.call(&DELETE_CUSTOMER, &CUSTOMER, ()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::VendorFailure);
    let (client, _) = always(200, "<html>a proxy's page</html>");
    let unreadable = client.call(&DELETE_CUSTOMER, &CUSTOMER, ()).await;
    assert_eq!(unreadable.unwrap_err().kind(), ErrorKind::Body);
}

#[tokio::test]
async fn a_list_is_read_whole_or_not_at_all() {
    for users in ["", r#", "users": [7]"#] {
        let body = format!(r#"{{"status": {{"code": 0}}{users}}}"#);
        let (client, _) = always(200, &body);
        let list = client.call(&LIST_USERS, &ListedUsers::default(), ()).await;
        assert_eq!(list.unwrap_err().kind(), ErrorKind::Body, "{body}");
        assert!(client.users().list().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_there_too() {
    let (client, script) = always(200, "{}");
    let blank = client.call(&GET_CUSTOMER_BY_FOREIGN_ID, " ", ()).await;
    assert!(blank.unwrap_err().is_invalid_request());
    let activity = new_activity("A-1");
    let changed = ("A-2", (&activity).into());
    let changed = client.call(&UPDATE_ACTIVITY_BY_FOREIGN_ID, "A-2", changed);
    assert!(changed.await.unwrap_err().is_invalid_request());
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn debug_shows_no_words_of_the_service() {
    let body = r#"{"status": {"code": 0, "message": "for Ann"}, "users": []}"#;
    let (client, _) = always(200, body);
    let envelope = client.call(&LIST_USERS, &ListedUsers::default(), ()).await;
    let shown = format!("{:?}", envelope.unwrap());
    assert!(!shown.contains("Ann"), "{shown}");
}
