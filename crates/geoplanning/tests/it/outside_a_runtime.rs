//! Outside a tokio runtime, every call fails in the same way, and nothing panics.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use geoplanning::{
    ActivityId, Client, CustomerId, Endpoint, Error, ErrorKind, NewCustomer, NewResource, NewRound,
    Outcome, Plan, ResourceId, RoundId, UserId,
};
use time::macros::datetime;

use crate::support::{naninne, new_activity};

static LIST_ZONES: Endpoint<(), (), ()> = Endpoint::get("list_zones", "/zones");

fn client() -> Client {
    Client::builder().credentials("a", "b").build().unwrap()
}

/// What a future is at its first poll, outside a runtime: it must not wait.
fn at_once<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something that nobody drives"),
    }
}

#[track_caller]
fn assert_clear(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.is_retryable());
    let told = error.to_string();
    let advice = "there is no tokio runtime here; call it within one";
    assert!(told.contains(advice), "{told}");
}

/// What a call fails with outside a runtime.
#[track_caller]
fn fails<T>(call: impl Future<Output = Result<T, Error>>) {
    assert_clear(&at_once(call).err().unwrap());
}

#[test]
fn every_call_says_that_it_needs_a_runtime_and_sends_nothing() {
    let client = client();
    let day = datetime!(2026-11-24 00:00 +01:00);
    let resource = ResourceId::new(1);

    let activity = new_activity("A-1");
    let activities = client.activities();
    fails(activities.get(ActivityId::new(1)));
    fails(activities.get_by_foreign_id("A-1"));
    fails(activities.add(&activity));
    fails(activities.add_or_find(&activity));
    fails(activities.find_or_add(&activity));
    fails(activities.delete(ActivityId::new(1)));
    fails(activities.delete_by_foreign_id("A-1"));
    fails(activities.history(CustomerId::new(1)));
    fails(activities.attachments(ActivityId::new(1)));

    let customer = NewCustomer::new("Ann", naninne()).foreign_id("C-1");
    let customers = client.customers();
    fails(customers.get(CustomerId::new(1)));
    fails(customers.get_by_foreign_id("C-1"));
    fails(customers.add(&customer));
    fails(customers.add_or_find(&customer));
    fails(customers.find_or_add(&customer));
    fails(customers.add_or_update(&customer));
    fails(customers.delete(CustomerId::new(1)));

    let van = NewResource::new("Van", naninne(), naninne()).foreign_id("R-1");
    let resources = client.resources();
    fails(resources.get(resource, &[]));
    fails(resources.add(&van));
    fails(resources.find_or_add(&van));
    fails(resources.add_or_update(&van));
    fails(resources.delete(resource));

    let rounds = client.rounds();
    fails(rounds.get(RoundId::new(1)));
    fails(rounds.list(resource, day));
    fails(rounds.add(&NewRound::new(resource, day)));
    fails(rounds.find_or_add(&NewRound::new(resource, day)));
    fails(rounds.close(RoundId::new(1)));
    fails(rounds.act(RoundId::new(1), 3, async |round| {
        let plan = Plan::new(round.key(), 0, day);
        client.activities().plan(ActivityId::new(1), &plan).await
    }));

    fails(client.users().get(UserId::new(1), &[]));
    fails(client.users().list());
    fails(client.activity_types().list());
    fails(client.activity_statuses().list());
    fails(client.check_login());
    fails(client.call(&LIST_ZONES, (), ()));
    fails(client.call_raw(&LIST_ZONES, (), ()));
}

#[test]
fn of_many_at_once_each_comes_back_with_it() {
    let resources = [1, 2, 3].map(ResourceId::new);
    let day = datetime!(2026-11-24 00:00 +01:00);
    for (_, result) in at_once(client().rounds().list_many(resources, day, 2)) {
        assert_clear(&result.unwrap_err());
    }
    let activities = (0..20).map(|number| new_activity(&format!("A-{number}")));
    let mut added = client().activities().add_many(activities);
    for _ in 0..20 {
        let (_, result) = at_once(added.next()).unwrap();
        assert_clear(&result.unwrap_err());
    }
    assert!(at_once(added.next()).is_none());
}

#[test]
fn followers_tell_it_and_end() {
    let day = datetime!(2026-11-24 00:00 +01:00);
    let client = client();
    let mut one = client.rounds().follow(ResourceId::new(1), day);
    assert_clear(&at_once(one.next()).unwrap().unwrap_err());
    assert!(at_once(one.next()).is_none());
    let mut many = client
        .rounds()
        .follow_many([1, 2].map(ResourceId::new), day);
    let (_, news) = at_once(many.next()).unwrap();
    assert_clear(&news.unwrap_err());
    assert!(at_once(many.next()).is_none());
}
