//! Customers against the sandbox.

use geoplanning::{CustomerId, CustomerUpdate, NewCustomer, OpeningHours, Saved};
use time::macros::time;

use crate::support::{client, naninne, naninne_street, refusal, sandbox, violations};

/// Has the reference `C-546` and is open from Monday to Friday.
const CUSTOMER: CustomerId = CustomerId::new(60);
const UNKNOWN: CustomerId = CustomerId::new(999);

fn new_customer(reference: &str) -> NewCustomer {
    let mut customer = NewCustomer::new("Ferme du Pré", naninne());
    customer.foreign_id = Some(reference.to_owned());
    customer.email = Some("info@example.com".to_owned());
    customer.opening_hours = Some(OpeningHours::monday_to_friday(time!(9:00), time!(18:00)));
    customer
}

/// Finding G-09: the hours are kept, and not returned.
#[tokio::test]
async fn a_customer_is_added_with_opening_hours_that_are_not_returned() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let new = new_customer("C-1");
    let customer = client.customers().add(&new).await.unwrap();
    assert_eq!(client.customers().get(customer.id).await.unwrap(), customer);
    assert_eq!(
        client.customers().get_by_foreign_id("C-1").await.unwrap(),
        customer
    );
    assert_eq!(
        CustomerUpdate::from_read(&customer, new.opening_hours.clone()).unwrap(),
        new
    );
    let kept = sandbox
        .geoplanning()
        .opening_hours(customer.id.get())
        .unwrap();
    let days: Vec<_> = kept
        .iter()
        .map(|hour| (hour.day, hour.begin, hour.end))
        .collect();
    let expected: Vec<_> = (1..=5).map(|day| (day, 540, 1080)).collect();
    assert_eq!(days, expected);
}

#[tokio::test]
async fn an_edit_from_what_was_read_changes_nothing_else() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let customers = client.customers();
    let geoplanning = sandbox.geoplanning();
    let before = customers.get(CUSTOMER).await.unwrap();
    let hours_before = geoplanning.opening_hours(60).unwrap();

    let mut update = CustomerUpdate::from_read(&before, None).unwrap();
    update.email = Some("planning@example.com".to_owned());
    let after = customers.update(CUSTOMER, &update).await.unwrap();
    assert_eq!(after.email, update.email);
    assert_eq!(after.name, before.name);
    assert_eq!(after.phone_number, before.phone_number);
    assert_eq!(after.address, before.address);
    assert_eq!(geoplanning.opening_hours(60).unwrap(), hours_before);

    let cleared = CustomerUpdate::from_read(&after, Some(OpeningHours::none())).unwrap();
    customers
        .update_by_foreign_id("C-546", &cleared)
        .await
        .unwrap();
    assert!(geoplanning.opening_hours(60).unwrap().is_empty());
}

/// Finding G-41: a task's customer may be an id and no more.
#[tokio::test]
async fn a_customer_without_name_or_address_makes_no_update() {
    let bare = serde_json::from_str(r#"{"id": 78}"#).unwrap();
    let update = CustomerUpdate::from_read(&bare, None);
    assert_eq!(violations(update), ["name", "address"]);
}

#[tokio::test]
async fn references_of_any_characters_name_their_customer_and_no_other() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    for reference in ["a/b", "a?b", "é è", "a+b", "%2e%2e", "a&b#c", "..a"] {
        let added = client
            .customers()
            .add(&new_customer(reference))
            .await
            .unwrap();
        let found = client
            .customers()
            .get_by_foreign_id(reference)
            .await
            .unwrap();
        assert_eq!(found, added, "{reference}");
        client
            .customers()
            .delete_by_foreign_id(reference)
            .await
            .unwrap();
        let error = client.customers().get(added.id).await.unwrap_err();
        assert!(error.is_not_found(), "{reference}");
    }
    for reference in ["", ".", ".."] {
        let result = client.customers().get_by_foreign_id(reference).await;
        assert_eq!(violations(result), ["ref"], "{reference}");
    }
}

/// Finding G-22: the 204 is followed by four stray bytes, which belong to no response.
#[tokio::test]
async fn a_customer_is_deleted_whatever_bytes_follow() {
    for stray_null in [true, false] {
        let sandbox = sandbox().await;
        let client = client(&sandbox);
        let geoplanning = sandbox.geoplanning();
        geoplanning.configure(|settings| settings.stray_null = stray_null);
        client.customers().delete(CUSTOMER).await.unwrap();
        let error = client.customers().get(CUSTOMER).await.unwrap_err();
        assert!(error.is_not_found());
        client
            .customers()
            .delete_by_foreign_id("C-547")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_unknown_customer_is_not_found() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let customers = client.customers();
    assert_eq!(refusal(customers.get(UNKNOWN).await), 404);
    assert_eq!(refusal(customers.get_by_foreign_id("none").await), 404);
    assert_eq!(
        refusal(customers.update(UNKNOWN, &new_customer("C-1")).await),
        404
    );
    let update = new_customer("none");
    let by_reference = customers.update_by_foreign_id("none", &update).await;
    assert_eq!(refusal(by_reference), 404);
    assert_eq!(refusal(customers.delete(UNKNOWN).await), 404);
    assert_eq!(refusal(customers.delete_by_foreign_id("none").await), 404);
}

/// Finding G-37.
#[tokio::test]
async fn a_customer_may_go_without_coordinates_and_not_without_a_street() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut new = new_customer("C-1");
    new.address = naninne_street().into();
    assert!(client.customers().add(&new).await.is_ok());
    new.address = naninne().coordinates().unwrap().into();
    let expected = [
        "address.country",
        "address.postcode",
        "address.locality",
        "address.street",
    ];
    assert_eq!(violations(client.customers().add(&new).await), expected);
}

#[tokio::test]
async fn the_same_customer_twice_is_one_addition_and_no_update() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let ledger = sandbox.geoplanning().ledger();
    let new = new_customer("C-1").phone_number("+32 81 12 34 56");
    let added = client.customers().add_or_update(&new).await.unwrap();
    let Saved::Added(customer) = added else {
        panic!("{added:?}");
    };
    let again = client.customers().add_or_update(&new).await.unwrap();
    assert_eq!(again, Saved::Unchanged(customer.clone()));
    assert_eq!(ledger.received("add_customer"), 1);
    assert_eq!(ledger.received("update_customer"), 0);

    // What is not given stays.
    let changed = NewCustomer::new("Ferme du Pré", naninne())
        .foreign_id("C-1")
        .email("new@example.com");
    let updated = client.customers().add_or_update(&changed).await.unwrap();
    let Saved::Updated(updated) = updated else {
        panic!("{updated:?}");
    };
    assert_eq!(updated.id, customer.id);
    assert_eq!(updated.email.as_deref(), Some("new@example.com"));
    assert_eq!(updated.phone_number, customer.phone_number);
    assert_eq!(ledger.received("add_customer"), 1);
    assert_eq!(ledger.received("update_customer"), 1);
    let hours = sandbox.geoplanning().opening_hours(customer.id.get());
    assert_eq!(hours.unwrap().len(), 5);
}
