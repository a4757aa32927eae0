//! What is only read, against the sandbox: statuses, types, users, points of interest, the log-in.

use geoplanning::{
    Coordinates, List, MetaType, ResourceId, StatusKind, StreetAddress, UserField, UserId,
};

use crate::support::{builder, client, naninne_street, refusal, sandbox};

#[tokio::test]
async fn there_is_a_default_status_of_every_kind() {
    let sandbox = sandbox().await;
    let statuses = client(&sandbox).activity_statuses().list().await.unwrap();
    for kind in [
        StatusKind::Unassigned,
        StatusKind::PreAssigned,
        StatusKind::Assigned,
        StatusKind::Working,
        StatusKind::Completed,
        StatusKind::RejectedOnSite,
        StatusKind::RejectedNoMove,
        StatusKind::Cancelled,
    ] {
        let mut of_kind = statuses.iter().filter(|status| status.kind == kind);
        assert!(
            of_kind.any(|status| status.is_default == Some(true)),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn types_tell_what_they_may_be_used_for() {
    let sandbox = sandbox().await;
    let types = client(&sandbox).activity_types().list().await.unwrap();
    let refill = types
        .iter()
        .find(|it| it.meta_type == Some(MetaType::Refill))
        .unwrap();
    assert_eq!(refill.is_for_simple_activities(), Some(true));
    assert_eq!(refill.is_for_tasks(), Some(false));
    assert_eq!(refill.is_for_routes(), Some(false));
    let route = types
        .iter()
        .find(|it| it.meta_type == Some(MetaType::Route))
        .unwrap();
    assert_eq!(route.is_for_routes(), Some(true));
}

#[tokio::test]
async fn right_credentials_tell_whose_they_are() {
    let sandbox = sandbox().await;
    let user = client(&sandbox).check_login().await.unwrap();
    assert_eq!(user.id, UserId::new(1));
    assert_eq!(user.resource_id, Some(ResourceId::new(1)));
}

/// Finding G-26: neither 401 nor 403 is documented.
#[tokio::test]
async fn wrong_credentials_and_missing_rights_are_told_apart() {
    let sandbox = sandbox().await;
    let wrong = builder(&sandbox)
        .credentials("planner@example.com", "wrong")
        .build()
        .unwrap();
    let error = wrong.check_login().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(sandbox.geoplanning().ledger().received("check_login"), 1);

    sandbox
        .geoplanning()
        .configure(|settings| settings.web_services = false);
    let error = client(&sandbox).check_login().await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(error.vendor_code(), Some("403"));
    assert!(error.vendor_message().is_some());
}

#[tokio::test]
async fn users_are_listed_by_whether_they_have_a_resource() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let users = client.users();
    let ids = |list: List<geoplanning::User>| -> Vec<_> {
        list.iter().map(|user| user.id.get()).collect()
    };
    assert_eq!(ids(users.list().await.unwrap()), [1, 2, 3]);
    assert_eq!(ids(users.list_bound(true).await.unwrap()), [1, 3]);
    assert_eq!(ids(users.list_bound(false).await.unwrap()), [2]);
}

/// Finding G-27: the roles come only if asked for.
#[tokio::test]
async fn a_user_is_read_with_and_without_roles() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let with = client
        .users()
        .get(UserId::new(1), &[UserField::Roles])
        .await
        .unwrap();
    assert!(with.roles.unwrap().contains(&"ROLE_WEBSERVICE".to_owned()));
    let without = client.users().get(UserId::new(1), &[]).await.unwrap();
    assert_eq!(without.roles, None);
    assert_eq!(
        refusal(client.users().get(UserId::new(999), &[]).await),
        404
    );
}

#[tokio::test]
async fn the_closest_points_come_nearest_first() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let by_address = client
        .pois()
        .closest_to_address(&naninne_street())
        .await
        .unwrap();
    let place = Coordinates::new(50.4279474396788, 4.9259030858176);
    let by_place = client.pois().closest_to_coordinates(place).await.unwrap();
    for pois in [by_address, by_place] {
        assert_eq!(pois.len(), 10);
        let distances: Vec<_> = pois.iter().map(|poi| poi.distance_m.unwrap()).collect();
        assert!(distances.is_sorted(), "{distances:?}");
        assert!(pois.iter().any(|poi| poi.is_yours == Some(true)));
    }
}

#[tokio::test]
async fn a_place_that_is_none_is_refused_before_sending() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let nowhere = client
        .pois()
        .closest_to_coordinates(Coordinates::new(91.0, -181.0))
        .await;
    assert_eq!(
        crate::support::violations(nowhere),
        ["longitude", "latitude"]
    );
    let mut address = naninne_street();
    address.country = "BEL".to_owned();
    let nowhere = client.pois().closest_to_address(&address).await;
    assert_eq!(crate::support::violations(nowhere), ["country"]);
    let empty = StreetAddress::new("", "", "", "");
    assert!(client.pois().closest_to_address(&empty).await.is_ok());
    assert_eq!(sandbox.geoplanning().ledger().entries().len(), 1);
}
