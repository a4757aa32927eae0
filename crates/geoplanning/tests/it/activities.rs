//! Activities against the sandbox: read, add, update, delete; history and attachments.

use std::time::Duration;

use geoplanning::{
    Activity, ActivityId, ActivityTypeReference, AttachmentKind, Contact, CustomerId, NewActivity,
    NewAppointment, NewEnumerable, NewOrder, OpeningHours, SimpleActivityUpdate, StatusKind,
    TaskUpdate,
};
use time::macros::{datetime, time};

use crate::support::{client, naninne, new_activity, refusal, sandbox, violations};

/// A simple activity of 35 minutes, with the reference `r-123`.
const SIMPLE: ActivityId = ActivityId::new(41);
const UNKNOWN: ActivityId = ActivityId::new(999);

/// An activity with everything set.
fn full_activity() -> NewActivity {
    let mut new =
        new_activity("GP-100").of_type(ActivityTypeReference::new("Delivery").foreign_id("dvy-01"));
    let task = &mut new.task;
    task.due_at = Some(datetime!(2026-03-02 18:00 +01:00));
    task.description = Some("Ring twice".to_owned());
    let mut contact = Contact::new();
    contact.email = Some("someone@example.com".to_owned());
    task.contact = Some(contact);
    task.customer = Some(CustomerId::new(78).into());
    task.appointment = Some(NewAppointment::new(
        datetime!(2026-03-02 10:00 +01:00),
        datetime!(2026-03-02 12:00 +01:00),
    ));
    task.orders = Some(vec![NewOrder::new("Cable", 15.6, "m")]);
    task.enumerables = Some(vec![NewEnumerable::new("French", "Languages")]);
    task.opening_hours = Some(OpeningHours::monday_to_friday(time!(9:00), time!(18:00)));
    new
}

/// All but what the service numbers anew.
fn comparable(activity: &Activity) -> (Option<String>, TaskUpdate) {
    let status = activity.status.name.clone();
    (status, TaskUpdate::from_read(activity).unwrap())
}

#[tokio::test]
async fn an_activity_is_found_by_id_and_by_foreign_id() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    // Finding G-45: 0 is an id.
    for (id, reference) in [(0, "GP-0"), (1, "GP-1"), (40, "GP-40")] {
        let by_id = client.activities().get(ActivityId::new(id)).await.unwrap();
        let by_reference = client
            .activities()
            .get_by_foreign_id(reference)
            .await
            .unwrap();
        assert_eq!(by_id, by_reference);
        let task = by_id.task().unwrap();
        assert_eq!(task.foreign_id.as_deref(), Some(reference));
    }
}

#[tokio::test]
async fn an_unknown_activity_is_not_found() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    assert!(activities.get(UNKNOWN).await.unwrap_err().is_not_found());
    for reference in ["a/b", "..", "?", "é +", "GP-1&fid=GP-2"] {
        let error = activities.get_by_foreign_id(reference).await.unwrap_err();
        assert!(error.is_not_found(), "{reference}");
    }
    let update = new_activity("none");
    assert_eq!(refusal(activities.update(UNKNOWN, &update).await), 404);
    let by_reference = activities.update_by_foreign_id("none", &update).await;
    assert_eq!(refusal(by_reference), 404);
    assert_eq!(refusal(activities.delete(UNKNOWN).await), 404);
    assert_eq!(refusal(activities.delete_by_foreign_id("none").await), 404);
    assert_eq!(refusal(activities.attachments(UNKNOWN).await), 404);
    assert_eq!(refusal(activities.history(CustomerId::new(999)).await), 404);
}

#[tokio::test]
async fn everything_that_is_sent_is_read_again() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let new = full_activity();
    let added = client.activities().add(&new).await.unwrap();
    assert_eq!(added.status.kind, StatusKind::Unassigned);
    let read = client.activities().get(added.id).await.unwrap();
    assert_eq!(read, added);
    assert_eq!(TaskUpdate::from_read(&read).unwrap(), new);
}

#[tokio::test]
async fn what_names_something_unknown_is_refused() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut new = new_activity("GP-100");
    new.task.customer = Some(CustomerId::new(999).into());
    assert_eq!(refusal(client.activities().add(&new).await), 400);
    let new = new_activity("GP-100").of_type(ActivityTypeReference::new("No such type"));
    assert_eq!(refusal(client.activities().add(&new).await), 400);
}

/// Finding G-23: a PUT blanks what it is not given.
#[tokio::test]
async fn an_update_from_what_was_read_changes_nothing_else() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    let before = activities.add(&full_activity()).await.unwrap();

    let unchanged = TaskUpdate::from_read(&before).unwrap();
    let after = activities.update(before.id, &unchanged).await.unwrap();
    assert_eq!(comparable(&after), comparable(&before));

    let mut update = TaskUpdate::from_read(&before).unwrap();
    update.task.description = Some("Bring the long ladder".to_owned());
    let after = activities
        .update_by_foreign_id("GP-100", &update)
        .await
        .unwrap();
    assert_eq!(comparable(&after).1, update);
}

/// Finding G-23: absent leaves an array as it is, empty clears it.
#[tokio::test]
async fn an_absent_array_stays_and_an_empty_one_clears() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let before = client.activities().add(&full_activity()).await.unwrap();
    let mut update = TaskUpdate::from_read(&before).unwrap();
    update.task.orders = None;
    update.task.enumerables = Some(Vec::new());
    update.task.opening_hours = Some(OpeningHours::none());
    let after = client
        .activities()
        .update(before.id, &update)
        .await
        .unwrap();
    let task = after.task().unwrap();
    assert_eq!(task.orders.as_ref().unwrap().len(), 1);
    assert_eq!(task.enumerables.as_deref(), Some(&[][..]));
    assert_eq!(task.opening_hours().unwrap().len(), 0);
}

/// Finding G-35: the reference is never returned, so the caller gives it, or blanks it.
#[tokio::test]
async fn a_simple_activity_keeps_what_the_service_never_returns() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let geoplanning = sandbox.geoplanning();
    let activities = client.activities();
    let before = activities.get(SIMPLE).await.unwrap();
    let simple = before.simple_activity().unwrap();
    assert_eq!(simple.foreign_id, None);
    let duration = simple.duration.unwrap().if_minutes();
    assert_eq!(duration, Some(Duration::from_secs(35 * 60)));

    let reference = Some("r-123".to_owned());
    let mut update = SimpleActivityUpdate::from_read(&before, reference, duration).unwrap();
    update.name = Some("Refill both vans".to_owned());
    let after = activities
        .update_by_foreign_id("r-123", &update)
        .await
        .unwrap();
    let simple = after.simple_activity().unwrap();
    assert_eq!(simple.name.as_deref(), Some("Refill both vans"));
    assert_eq!(simple.duration, before.simple_activity().unwrap().duration);
    assert_eq!(geoplanning.foreign_id(41).as_deref(), Some("r-123"));

    let blanked = SimpleActivityUpdate::from_read(&after, None, duration).unwrap();
    activities.update(SIMPLE, &blanked).await.unwrap();
    assert_eq!(geoplanning.foreign_id(41), None);
}

#[tokio::test]
async fn an_update_has_to_fit_what_the_activity_is() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let simple = client.activities().get(SIMPLE).await.unwrap();
    assert_eq!(violations(TaskUpdate::from_read(&simple)), ["subtype"]);
    let task = client.activities().get(ActivityId::new(40)).await.unwrap();
    let misfit = SimpleActivityUpdate::from_read(&task, None, None);
    assert_eq!(violations(misfit), ["subtype"]);
    let update = new_activity("GP-100");
    assert_eq!(
        refusal(client.activities().update(SIMPLE, &update).await),
        400
    );
}

#[tokio::test]
async fn a_deleted_activity_is_gone() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let activities = client.activities();
    activities.delete(ActivityId::new(40)).await.unwrap();
    let error = activities.get(ActivityId::new(40)).await.unwrap_err();
    assert!(error.is_not_found());
    activities.delete_by_foreign_id("r-123").await.unwrap();
    assert!(activities.get(SIMPLE).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_customers_history_and_an_activitys_attachments_are_listed() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let history = client
        .activities()
        .history(CustomerId::new(78))
        .await
        .unwrap();
    let ids: Vec<_> = history.iter().map(|entry| entry.id.get()).collect();
    assert_eq!(ids, [2, 1]);
    let attachments = client
        .activities()
        .attachments(ActivityId::new(1))
        .await
        .unwrap();
    let kinds: Vec<_> = attachments.into_iter().map(|it| it.kind).collect();
    let expected = [
        AttachmentKind::Signature,
        AttachmentKind::Image,
        AttachmentKind::Text,
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn an_address_by_coordinates_alone_comes_back_with_its_street() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut new = new_activity("GP-100");
    new.task.address = naninne().coordinates().unwrap().into();
    let added = client.activities().add(&new).await.unwrap();
    let address = &added.task().unwrap().address;
    assert_eq!(address.coordinates(), new.task.address.coordinates());
    assert!(address.street_address().is_some());
}
