//! What is only read: statuses, types, users, points of interest.

use std::collections::BTreeSet;

use super::*;

/// The distinct texts of a field in an array of objects.
fn values<'a>(array: &'a Value, field: &str) -> BTreeSet<&'a str> {
    let objects = array.as_array().unwrap().iter();
    objects.filter_map(|one| one[field].as_str()).collect()
}

/// The values that the contract knows for a field of a type.
fn known<'a>(planner: &'a Planner, of_type: &str, field: &str) -> BTreeSet<&'a str> {
    let fields = &planner.emulator().contract().types[of_type].fields;
    let row = fields.iter().find(|row| row.path == field).unwrap();
    row.constraints.known.iter().map(String::as_str).collect()
}

#[tokio::test]
async fn there_is_a_status_of_every_type_and_one_default_for_each() {
    let mut planner = Planner::start().await;
    let response = planner
        .get("list_activity_statuses", "/activity/status")
        .await;
    let statuses = &response["activityStatus"];
    let types = known(&planner, "ActivityStatus", "type");
    assert_eq!(values(statuses, "type"), types);
    let all = statuses.as_array().unwrap();
    let defaults = all.iter().filter(|status| status["byDefault"] == true);
    assert_eq!(defaults.count(), types.len());
}

#[tokio::test]
async fn there_is_an_activity_type_of_every_kind() {
    let mut planner = Planner::start().await;
    let response = planner.get("list_activity_types", "/activity/types").await;
    let types = &response["activityTypes"];
    for field in ["metaType", "resourceActivityType"] {
        assert_eq!(values(types, field), known(&planner, "ActivityType", field));
    }
}

#[tokio::test]
async fn a_list_takes_no_parameters() {
    let mut planner = Planner::start().await;
    for (route, path) in [
        ("list_activity_statuses", "/activity/status?page=1"),
        ("list_activity_types", "/activity/types?page=1"),
        ("check_login", "/login/check?page=1"),
    ] {
        let (status, message) = planner.refused(route, path).await;
        assert_eq!(status, 400);
        assert_eq!(
            message,
            "query parameter `page` is not part of the contract"
        );
    }
}

#[tokio::test]
async fn a_login_check_tells_whose_the_credentials_are() {
    let mut planner = Planner::start().await;
    let response = planner.get("check_login", "/login/check").await;
    let expected = json!({
        "id": 1,
        "userLanguage": "en",
        "firstName": "Paula",
        "lastName": "Demo",
        "resourceId": 1,
        "resourceFid": "MIP"
    });
    assert_eq!(response["userData"], expected);
}

#[tokio::test]
async fn a_user_has_roles_only_if_they_are_asked_for() {
    let mut planner = Planner::start().await;
    let bare = planner.get("get_user", "/users/1").await;
    assert_eq!(bare["user"]["login"], planner.login());
    assert_eq!(bare["user"].get("roles"), None);
    let whole = planner.get("get_user", "/users/1?fields=roles").await;
    let roles = whole["user"]["roles"].as_array().unwrap();
    assert!(roles.contains(&json!("ROLE_WEBSERVICE")));
    assert_eq!(planner.refused("get_user", "/users/999").await.0, 404);
}

#[tokio::test]
async fn users_are_listed_by_whether_they_have_a_resource() {
    let mut planner = Planner::start().await;
    for (path, expected) in [
        ("/users", vec![1, 2, 3]),
        ("/users?resourceBound=true", vec![1, 3]),
        ("/users?resourceBound=false", vec![2]),
    ] {
        let response = planner.get("list_users", path).await;
        assert_eq!(ids(&response["users"]), expected, "{path}");
    }
    let (status, message) = planner
        .refused("list_users", "/users?resourceBound=yes")
        .await;
    assert_eq!(status, 400);
    assert_eq!(
        message,
        "query parameter `resourceBound` must be true or false"
    );
}

#[tokio::test]
async fn the_ten_closest_points_come_with_the_nearest_first() {
    let mut planner = Planner::start().await;
    let route = "closest_pois_by_coordinates";
    let path = "/pois/closest?longitude=4.88855612705365&latitude=50.4637474994767";
    let response = planner.get(route, path).await;
    let pois = response["pois"].as_array().unwrap();
    assert_eq!(pois.len(), 10);
    assert_eq!(
        (&pois[0]["id"], &pois[0]["distance"]),
        (&json!(3), &json!(0.0))
    );
    assert_eq!(
        (&pois[0]["yours"], &pois[9]["yours"]),
        (&json!(true), &json!(false))
    );
    let distances: Vec<f64> = pois
        .iter()
        .map(|poi| poi["distance"].as_f64().unwrap())
        .collect();
    assert!(distances.is_sorted(), "{distances:?}");
    assert!(
        (1_000.0..100_000.0).contains(&distances[9]),
        "{distances:?}"
    );

    let path = "/pois/closest?country=BE&postcode=5100&locality=Jambes\
                &street=Avenue+du+Prince+de+Li%C3%A8ge&number=104";
    let by_address = planner.get("closest_pois_by_address", path).await;
    assert_eq!(by_address, response);
}

#[tokio::test]
async fn half_a_place_has_no_closest_points() {
    let mut planner = Planner::start().await;
    let refused = planner
        .refused("closest_pois_by_coordinates", "/pois/closest?longitude=4.5")
        .await;
    let text = "query parameter `latitude` is required";
    assert_eq!(refused, (400, text.to_owned()));
    let path = "/pois/closest?country=BE&postcode=5100&locality=Naninne";
    let refused = planner.refused("closest_pois_by_address", path).await;
    let text = "query parameter `street` is required";
    assert_eq!(refused, (400, text.to_owned()));
}
