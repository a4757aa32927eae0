//! Resources against the sandbox.

use geoplanning::{
    NewCapacity, NewEnumerable, NewResource, ResourceField, ResourceId, ResourceUpdate,
};

use crate::support::{client, naninne, refusal, sandbox, violations};

/// Has the reference `GP-2`, and no round.
const RESOURCE: ResourceId = ResourceId::new(2);
const UNKNOWN: ResourceId = ResourceId::new(999);

fn new_resource(reference: &str) -> NewResource {
    let mut resource = NewResource::new("Jane Doe", naninne(), naninne());
    resource.foreign_id = Some(reference.to_owned());
    resource.is_internal = Some(true);
    resource.enumerables = Some(vec![NewEnumerable::new("French", "Languages")]);
    resource.capacities = Some(vec![NewCapacity::new(10.0, 2.5)]);
    resource
}

/// Finding G-27: what is not asked for does not come.
#[tokio::test]
async fn a_resource_is_read_with_what_was_asked_for() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let resources = client.resources();
    let bare = resources.get(RESOURCE, &[]).await.unwrap();
    assert_eq!((bare.start_address, bare.capacities), (None, None));
    let capacities = [ResourceField::Capacities];
    let some = resources.get(RESOURCE, &capacities).await.unwrap();
    assert_eq!(some.start_address, None);
    assert_eq!(some.capacities.unwrap().len(), 2);
    let all = resources.get(RESOURCE, &ResourceField::ALL).await.unwrap();
    assert!(all.start_address.is_some() && all.enumerables.is_some());
    let by_reference = resources.get_by_foreign_id("GP-2", &ResourceField::ALL);
    assert_eq!(by_reference.await.unwrap(), all);
}

#[tokio::test]
async fn a_resource_is_added_and_read_again() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let new = new_resource("T-1");
    let added = client.resources().add(&new).await.unwrap();
    let read = client
        .resources()
        .get(added.id, &ResourceField::ALL)
        .await
        .unwrap();
    assert_eq!(ResourceUpdate::from_read(&read).unwrap(), new);
}

#[tokio::test]
async fn an_update_from_what_was_read_changes_nothing_else() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let resources = client.resources();
    let before = resources.get(RESOURCE, &ResourceField::ALL).await.unwrap();
    let mut update = ResourceUpdate::from_read(&before).unwrap();
    update.name = "J. Doe".to_owned();
    resources.update(RESOURCE, &update).await.unwrap();
    let after = resources.get(RESOURCE, &ResourceField::ALL).await.unwrap();
    assert_eq!(ResourceUpdate::from_read(&after).unwrap(), update);

    update.capacities = Some(Vec::new());
    update.enumerables = None;
    resources
        .update_by_foreign_id("GP-2", &update)
        .await
        .unwrap();
    let after = resources.get(RESOURCE, &ResourceField::ALL).await.unwrap();
    assert_eq!(after.capacities.unwrap().len(), 0);
    assert_eq!(after.enumerables.unwrap().len(), 2);
}

#[tokio::test]
async fn a_resource_that_was_read_without_addresses_makes_no_update() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let fields = [ResourceField::StartAddress];
    let resource = client.resources().get(RESOURCE, &fields).await.unwrap();
    assert_eq!(
        violations(ResourceUpdate::from_read(&resource)),
        ["endAddress"]
    );
}

#[tokio::test]
async fn a_resource_with_open_activities_cannot_be_deleted() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let resources = client.resources();
    assert_eq!(refusal(resources.delete(ResourceId::new(1)).await), 400);
    assert_eq!(refusal(resources.delete_by_foreign_id("MIP").await), 400);
    let added = resources.add(&new_resource("T-1")).await.unwrap();
    resources.delete(added.id).await.unwrap();
    assert!(
        resources
            .get(added.id, &[])
            .await
            .unwrap_err()
            .is_not_found()
    );
    resources.add(&new_resource("T-2")).await.unwrap();
    resources.delete_by_foreign_id("T-2").await.unwrap();
    let gone = resources.get_by_foreign_id("T-2", &[]).await;
    assert!(gone.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_unknown_resource_is_not_found() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let resources = client.resources();
    assert_eq!(refusal(resources.get(UNKNOWN, &[]).await), 404);
    assert_eq!(refusal(resources.get_by_foreign_id("none", &[]).await), 404);
    let update = new_resource("none");
    assert_eq!(refusal(resources.update(UNKNOWN, &update).await), 404);
    assert_eq!(
        refusal(resources.update_by_foreign_id("none", &update).await),
        404
    );
    assert_eq!(refusal(resources.delete(UNKNOWN).await), 404);
    assert_eq!(refusal(resources.delete_by_foreign_id("none").await), 404);
}

#[tokio::test]
async fn an_ability_of_an_unknown_type_is_refused() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut new = new_resource("T-1");
    new.enumerables = Some(vec![NewEnumerable::new("French", "No such type")]);
    assert_eq!(refusal(client.resources().add(&new).await), 400);
}

#[tokio::test]
async fn the_same_resource_twice_is_one_addition_and_no_update() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let ledger = sandbox.geoplanning().ledger();
    let new = NewResource::new("VAN-07", naninne(), naninne()).foreign_id("R-7");
    let resources = client.resources();
    let added = resources.add_or_update(&new).await.unwrap();
    assert!(matches!(added, geoplanning::Saved::Added(_)), "{added:?}");
    let again = resources.add_or_update(&new).await.unwrap();
    assert!(
        matches!(again, geoplanning::Saved::Unchanged(_)),
        "{again:?}"
    );
    let mut renamed = new;
    renamed.name = "VAN-08".to_owned();
    let updated = resources.add_or_update(&renamed).await.unwrap();
    assert!(
        matches!(updated, geoplanning::Saved::Updated(_)),
        "{updated:?}"
    );
    assert_eq!(updated.into_inner().name, "VAN-08");
    assert_eq!(ledger.received("add_resource"), 1);
    assert_eq!(ledger.received("update_resource"), 1);
}
