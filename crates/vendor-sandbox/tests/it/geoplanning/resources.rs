//! Reading, adding, updating and deleting resources.

use super::*;

fn new_resource() -> Value {
    json!({
        "fid": "T-789",
        "name": "John Doe",
        "internal": false,
        "startAddress": address(),
        "endAddress": address(),
        "enumerables": [
            { "id": null, "foreignId": "E104", "name": "French", "type": "Languages" },
            { "id": null, "foreignId": "E199", "name": "German", "type": "Languages" }
        ],
        "capacities": [
            { "foreignId": "Q859", "name": "Sand", "unit": "T", "maxAmount": 10, "initAmount": 10 }
        ]
    })
}

#[tokio::test]
async fn a_resource_comes_with_what_fields_asks_for() {
    let mut planner = Planner::start().await;
    let bare = planner.get("get_resource", "/resources/2").await;
    let expected = json!({ "id": 2, "fid": "GP-2", "name": "John Doe", "internal": false });
    assert_eq!(bare["resource"], expected);

    let path = "/resources/2?fields=startAddress&fields=capacities&fields=unheard";
    let more = planner.get("get_resource", path).await["resource"].clone();
    assert_eq!(more["startAddress"]["locality"], "Laken");
    assert_eq!(more["capacities"][1]["maxAmount"], 100.0);
    assert_eq!(
        more["capacities"][1]["foreignId"],
        more["capacities"][0]["foreignId"]
    );
    assert_eq!(
        (more.get("endAddress"), more.get("enumerables")),
        (None, None)
    );

    let path = "/resources?fid=GP-2&fields=endAddress&fields=enumerables";
    let by_reference = planner.get("get_resource_by_foreign_id", path).await;
    let resource = &by_reference["resource"];
    assert_eq!(resource["endAddress"]["locality"], "Braine-le-Comte");
    assert_eq!(resource["enumerables"][0]["type"], "Skill");

    let comma = "/resources/2?fields=startAddress,endAddress";
    let none = planner.get("get_resource", comma).await;
    assert_eq!(none["resource"], expected, "a list is no name of a field");
}

#[tokio::test]
async fn an_unknown_resource_is_a_404() {
    let mut planner = Planner::start().await;
    assert_eq!(
        planner.refused("get_resource", "/resources/999").await.0,
        404
    );
    assert_eq!(
        planner.refused("delete_resource", "/resources/999").await.0,
        404
    );
    let by_reference = "/resources?fid=unknown";
    for route in [
        "get_resource_by_foreign_id",
        "delete_resource_by_foreign_id",
    ] {
        assert_eq!(planner.refused(route, by_reference).await.0, 404);
    }
    let route = "update_resource";
    let refused = planner
        .call_refused(route, "/resources/999", new_resource())
        .await;
    assert_eq!(refused, (404, "there is no such resource".to_owned()));
}

#[tokio::test]
async fn an_added_resource_comes_back_whole() {
    let mut planner = Planner::start().await;
    let response = planner
        .call("add_resource", "/resources", new_resource())
        .await;
    let resource = &response["resource"];
    assert_eq!(resource["id"], 3);
    assert_eq!(resource["properties"], json!({}));
    assert_eq!(resource["startAddress"], resource["endAddress"]);
    assert_eq!(resource["capacities"][0]["maxAmount"].to_string(), "10.0");
    let known = planner
        .get("get_resource", "/resources/1?fields=enumerables")
        .await;
    assert_eq!(
        resource["enumerables"][0]["id"], known["resource"]["enumerables"][0]["id"],
        "French is French"
    );

    let mut nameless = new_resource();
    nameless["name"] = json!("");
    nameless.as_object_mut().unwrap().remove("endAddress");
    let (status, message) = planner
        .call_refused("add_resource", "/resources", nameless)
        .await;
    assert_eq!(status, 400);
    assert_eq!(
        message,
        "field `name` must have between 1 and 100 characters; field `endAddress` is required"
    );
    let mut half = new_resource();
    half["startAddress"] = json!({ "longitude": 4.5 });
    let (status, message) = planner
        .call_refused("add_resource", "/resources", half)
        .await;
    assert_eq!(
        (status, message.contains("`startAddress.latitude`")),
        (400, true)
    );
}

#[tokio::test]
async fn an_update_replaces_all_but_absent_arrays() {
    let mut planner = Planner::start().await;
    let body = json!({
        "name": "Van 1a", "startAddress": address(), "endAddress": address(), "capacities": []
    });
    let response = planner.call("update_resource", "/resources/1", body).await;
    let resource = &response["resource"];
    assert_eq!(
        (resource.get("fid"), resource.get("internal")),
        (None, None)
    );
    assert_eq!(resource["capacities"], json!([]));
    assert_eq!(resource["enumerables"].as_array().unwrap().len(), 3);

    let route = "update_resource_by_foreign_id";
    let response = planner
        .call(route, "/resources?fid=GP-2", new_resource())
        .await;
    assert_eq!(response["resource"]["id"], 2);
    assert_eq!(response["resource"]["internal"], false);
    let refused = planner
        .call_refused(route, "/resources?fid=GP-2", new_resource())
        .await;
    assert_eq!(refused.0, 404, "the reference is another now");
}

#[tokio::test]
async fn a_resource_with_open_activities_cannot_be_deleted() {
    let mut planner = Planner::start().await;
    let text = "the resource has activities that are not completed".to_owned();
    let refused = planner.refused("delete_resource", "/resources/1").await;
    assert_eq!(refused, (400, text.clone()), "it has a round");
    let route = "delete_resource_by_foreign_id";
    let refused = planner.refused(route, "/resources?fid=GP-2").await;
    assert_eq!(refused, (400, text), "it has an assigned activity");

    planner
        .call("unassign_activity", "/activity/42/unassign", json!({}))
        .await;
    planner.delete(route, "/resources?fid=GP-2").await;
    for activity in [5, 6, 7] {
        planner
            .delete("delete_activity", &format!("/activity/{activity}"))
            .await;
    }
    planner.delete("delete_resource", "/resources/1").await;
    assert_eq!(planner.refused("get_resource", "/resources/1").await.0, 404);
    assert_eq!(planner.refused("get_round", "/rounds/0").await.0, 404);
    let history = planner
        .get("activity_history", "/activity/history/78")
        .await;
    assert_eq!(
        history["activities"][0]["resourceName"], "Van 1",
        "what was done stays"
    );
    let login = planner.get("check_login", "/login/check").await;
    assert_eq!(login["userData"].get("resourceId"), None);
}
