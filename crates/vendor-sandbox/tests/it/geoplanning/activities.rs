//! Reading, adding, updating and deleting activities; history and attachments.

use super::*;

#[tokio::test]
async fn an_activity_is_read_by_its_id_or_by_the_foreign_id_of_its_task() {
    let mut planner = Planner::start().await;
    let by_id = planner.get("get_activity", "/activity/5").await;
    let activity = &by_id["activity"];
    assert_eq!(activity["subtype"], "assignment");
    assert_eq!(activity["task"]["foreignId"], "GP-5");
    assert_eq!(activity["task"]["duration"], 1800, "seconds come back");
    assert_eq!(activity["task"]["customer"]["name"], "Boulangerie Lambert");
    assert_eq!(activity["status"]["type"], "ASSIGNED");
    assert_eq!(
        activity["round"],
        json!({
            "id": 1,
            "resource": { "id": 1, "foreignId": "MIP" },
            "person": { "id": 1, "foreignId": "P-456" }
        })
    );

    let by_reference = planner
        .get("get_activity_by_foreign_id", "/activity?fid=GP-5")
        .await;
    assert_eq!(by_reference, by_id);
}

#[tokio::test]
async fn an_id_may_be_zero() {
    let mut planner = Planner::start().await;
    assert_eq!(planner.activity(0).await["id"], 0);
    let round = planner.get("get_round", "/rounds/0").await;
    assert_eq!(round["round"]["status"], "CLOSED");
}

#[tokio::test]
async fn what_is_not_there_is_a_404_and_what_is_no_id_a_400() {
    let mut planner = Planner::start().await;
    let missing = planner.refused("get_activity", "/activity/999").await;
    assert_eq!(missing, (404, "there is no such activity".to_owned()));
    let route = "get_activity_by_foreign_id";
    assert_eq!(planner.refused(route, "/activity?fid=none").await.0, 404);
    assert_eq!(
        planner.refused(route, "/activity?fid=r-123").await.0,
        404,
        "the reference of a simple activity finds nothing"
    );
    let (status, message) = planner.refused("get_activity", "/activity/GP-5").await;
    assert_eq!(status, 400);
    assert_eq!(message, "path parameter `id` must be an integer");
    let (status, message) = planner.refused(route, "/activity").await;
    assert_eq!(
        (status, &*message),
        (400, "query parameter `fid` is required")
    );
}

#[tokio::test]
async fn an_added_activity_is_unassigned_and_has_its_units_converted() {
    let mut planner = Planner::start().await;
    let response = planner
        .call("add_activity", "/activity/", new_activity())
        .await;
    let activity = &response["activity"];
    assert_eq!(activity["status"]["type"], "UNASSIGNED");
    assert_eq!(activity["type"]["fid"], "Tp-814");
    assert_eq!(activity["type"]["targetActivityMask"], 5);
    assert_eq!(activity.get("round"), None);
    assert_eq!(activity.get("computedStartDate"), None);
    let task = &activity["task"];
    assert_ne!(task["id"], activity["id"]);
    assert_eq!(task["duration"], 7200);
    assert_eq!(task["dueDate"], "2016-09-01T21:59:00.000Z");
    assert_eq!(task["appointment"]["start"], "2016-09-01T11:00:00.000Z");
    assert_eq!(task["appointment"]["id"], 0);
    assert_eq!(task["creationDate"], "2026-03-02T08:00:00.000Z");
    assert_eq!(task["customer"]["foreignId"], "CUST-78");
    assert_eq!(task["orders"][0]["amount"], 15.6);
    assert_eq!(task["enumerables"][0]["type"], "Category");
    let days: Vec<&Value> = task["openingHours"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hour| &hour["weekDay"])
        .collect();
    assert_eq!(days, [0, 2, 1], "the order means nothing");

    let id = activity["id"].as_i64().unwrap();
    assert_eq!(planner.activity(id).await, *activity);
}

#[tokio::test]
async fn whatever_breaks_the_contract_or_a_rule_is_named() {
    let mut planner = Planner::start().await;
    let without = |pointer: &str, field: &str| {
        let mut body = new_activity();
        let parent = body.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        parent.remove(field);
        body
    };
    let with = |pointer: &str, value: Value| {
        let mut body = new_activity();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (body, named) in [
        (without("/task", "name"), "`task.name`"),
        (
            without("/task/address", "latitude"),
            "`task.address.latitude`",
        ),
        (without("/task/address", "street"), "`task.address.street`"),
        (with("/task/address", json!({})), "`task.address`"),
        (
            with(
                "/task/address",
                json!({ "longitude": 4.9, "latitude": 50.4, "number": "7" }),
            ),
            "`task.address.street`",
        ),
        (with("/subtype", json!("simpleactivity")), "`subtype`"),
        (with("/task/duration", json!(1.5)), "`task.duration`"),
        (with("/task/duration", json!(-1)), "`task.duration`"),
        (
            with("/task/dueDate", json!("2016-09-01T21:59:00Z")),
            "`task.dueDate`",
        ),
        (with("/task/dueDate", json!(i64::MAX)), "`task.dueDate`"),
        (with("/task/customer/id", json!(999)), "`task.customer.id`"),
        (
            with("/task/appointment/end", json!(0)),
            "`task.appointment.end`",
        ),
        (
            with("/task/enumerables/0/type", json!("Hobby")),
            "`task.enumerables[0].type`",
        ),
        (
            with("/task/openingHours/2/weekDay", json!(7)),
            "`task.openingHours[2].weekDay`",
        ),
        (with("/type/fid", json!("unknown")), "`type.fid`"),
        (with("/type/fid", json!("drv-01")), "`type.fid`"),
        (with("/type", json!({ "name": "unknown" })), "`type.name`"),
        (with("/task/customer/id", json!(u64::MAX)), "the body"),
    ] {
        let (status, message) = planner
            .call_refused("add_activity", "/activity/", body)
            .await;
        assert_eq!(status, 400, "{message}");
        assert!(message.contains(named), "{named}: {message}");
    }
}

#[tokio::test]
async fn the_missing_part_of_an_address_is_computed() {
    let mut planner = Planner::start().await;
    let mut body = new_activity();
    body["task"]["address"] = json!({ "longitude": 4.85, "latitude": 50.47 });
    let by_point = planner
        .call("add_activity", "/activity/", body.clone())
        .await;
    let address = &by_point["activity"]["task"]["address"];
    assert_eq!(address["locality"], "Saint-Servais");
    assert_eq!(address["longitude"], 4.85);

    body["task"]["address"] = json!({
        "country": "BE", "postcode": "7830", "locality": "Fouleng", "street": "Rue de Sy"
    });
    let by_name = planner.call("add_activity", "/activity/", body).await;
    let address = &by_name["activity"]["task"]["address"];
    assert_eq!(address["longitude"], 3.9002);
    assert_eq!(address.get("number"), None);
}

#[tokio::test]
async fn an_update_blanks_what_it_leaves_out_keeps_absent_arrays_and_clears_empty_ones() {
    let mut planner = Planner::start().await;
    let added = planner
        .call("add_activity", "/activity/", new_activity())
        .await["activity"]
        .clone();
    let path = format!("/activity/{}", added["id"]);
    let mut body = json!({
        "subtype": "assignment",
        "task": { "name": "Updated", "duration": 75, "address": address() }
    });
    let updated = planner.call("update_activity", &path, body.clone()).await["activity"].clone();
    let task = &updated["task"];
    assert_eq!(task["id"], added["task"]["id"]);
    assert_eq!(task["creationDate"], added["task"]["creationDate"]);
    assert_eq!(
        (&task["name"], &task["duration"]),
        (&json!("Updated"), &json!(4500))
    );
    for blank in [
        "foreignId",
        "dueDate",
        "description",
        "customer",
        "appointment",
    ] {
        assert_eq!(task.get(blank), None, "{blank}");
    }
    assert_eq!(updated.get("type"), None);
    assert_eq!(task["contact"], json!({}));
    let arrays = ["orders", "openingHours", "enumerables"];
    for array in arrays {
        assert_eq!(task[array], added["task"][array], "{array}");
        body["task"][array] = json!([]);
    }
    let cleared = planner.call("update_activity", &path, body).await;
    for array in arrays {
        assert_eq!(cleared["activity"]["task"][array], json!([]), "{array}");
    }
}

#[tokio::test]
async fn an_update_by_foreign_id_may_change_the_foreign_id() {
    let mut planner = Planner::start().await;
    let mut body = new_activity();
    body["task"]["foreignId"] = json!("A-123");
    let route = "update_activity_by_foreign_id";
    planner
        .call(route, "/activity?fid=GP-40", body.clone())
        .await;
    assert_eq!(planner.activity(40).await["task"]["foreignId"], "A-123");
    assert_eq!(
        planner
            .call_refused(route, "/activity?fid=GP-40", body)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_simple_activity_keeps_its_foreign_id_to_itself() {
    let mut planner = Planner::start().await;
    let body = json!({
        "subtype": "simpleactivity",
        "type": { "fid": "rfl-02", "name": "Refill" },
        "name": "Updated refill",
        "foreignId": "r-999",
        "description": "This is an updated activity",
        "duration": 35,
        "address": address()
    });
    let route = "update_activity_by_foreign_id";
    let response = planner
        .call(route, "/activity?fid=r-123", body.clone())
        .await;
    let activity = &response["activity"];
    assert_eq!(activity["id"], 41);
    assert_eq!(activity["duration"], 35, "as it was sent");
    assert_eq!(activity["type"]["metaType"], "REFILL");
    assert_eq!(activity.get("foreignId"), None);
    assert_eq!(planner.foreign_id(41).as_deref(), Some("r-999"));

    let mut without = body;
    without.as_object_mut().unwrap().remove("foreignId");
    planner
        .call("update_activity", "/activity/41", without)
        .await;
    assert_eq!(planner.foreign_id(41), None, "what is left out is blank");
}

#[tokio::test]
async fn an_update_has_to_fit_the_kind_of_the_activity() {
    let mut planner = Planner::start().await;
    let route = "update_activity";
    let (status, message) = planner
        .call_refused(route, "/activity/41", new_activity())
        .await;
    assert_eq!((status, message.contains("`subtype`")), (400, true));
    let simple = json!({ "subtype": "simpleactivity", "name": "N" });
    let (status, message) = planner
        .call_refused(route, "/activity/40", simple.clone())
        .await;
    assert_eq!((status, message.contains("`subtype`")), (400, true));
    assert_eq!(
        planner
            .call_refused(route, "/activity/999", simple.clone())
            .await
            .0,
        404
    );

    let round = planner.get("get_round", "/rounds/1").await;
    let way = format!("/activity/{}", round["round"]["activities"][0]["id"]);
    assert_eq!(planner.call_refused(route, &way, simple).await.0, 400);
    assert_eq!(planner.refused("delete_activity", &way).await.0, 400);
    let response = planner.get("get_activity", &way).await;
    assert_eq!(response["activity"]["subtype"], "route");
}

#[tokio::test]
async fn an_update_within_a_round_works_the_round_out_anew() {
    let mut planner = Planner::start().await;
    let before = planner.key_of(1).await;
    let end = planner.activity(7).await["computedEndDate"].clone();
    let mut body = new_activity();
    body["task"]["foreignId"] = json!("GP-5");
    planner.call("update_activity", "/activity/5", body).await;
    assert_ne!(planner.key_of(1).await, before);
    assert_ne!(planner.activity(7).await["computedEndDate"], end);
}

#[tokio::test]
async fn a_deleted_activity_is_gone_from_everywhere() {
    let mut planner = Planner::start().await;
    let before = planner.key_of(1).await;
    planner.delete("delete_activity", "/activity/5").await;
    let route = "delete_activity_by_foreign_id";
    planner.delete(route, "/activity?fid=GP-40").await;
    planner.delete(route, "/activity?fid=r-123").await;
    assert_eq!(planner.ledger().effects("delete_activity", "5"), 1);

    assert_ne!(planner.key_of(1).await, before);
    for id in [5, 40, 41] {
        let path = format!("/activity/{id}");
        assert_eq!(planner.refused("get_activity", &path).await.0, 404);
        assert_eq!(planner.refused("delete_activity", &path).await.0, 404);
    }
    assert_eq!(planner.refused(route, "/activity?fid=GP-40").await.0, 404);
    let round = planner.get("get_round", "/rounds/1").await;
    assert!(!ids(&round["round"]["activities"]).contains(&5));
}

#[tokio::test]
async fn a_customer_has_a_history_the_latest_first() {
    let mut planner = Planner::start().await;
    let history = planner
        .get("activity_history", "/activity/history/78")
        .await;
    assert_eq!(
        history["activities"][0],
        json!({
            "id": 2,
            "name": "Mouscron Customer",
            "foreignId": "GP-2",
            "endDate": "2026-02-27T10:45:00.000Z",
            "resourceName": "Van 1"
        })
    );
    assert_eq!(ids(&history["activities"]), [2, 1]);
    let none = planner
        .get("activity_history", "/activity/history/60")
        .await;
    assert_eq!(none["activities"], json!([]));
    assert_eq!(
        planner
            .refused("activity_history", "/activity/history/999")
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn an_activity_has_attachments_the_latest_first() {
    let mut planner = Planner::start().await;
    let route = "activity_attachments";
    let response = planner.get(route, "/activity/1/attachments").await;
    let attachments = &response["attachments"];
    let types: Vec<&Value> = attachments
        .as_array()
        .unwrap()
        .iter()
        .map(|attachment| &attachment["type"])
        .collect();
    assert_eq!(types, ["SIGNATURE", "IMAGE", "TEXT"]);
    assert_eq!(attachments[2].get("url"), None);
    let none = planner.get(route, "/activity/5/attachments").await;
    assert_eq!(none["attachments"], json!([]));
    assert_eq!(
        planner.refused(route, "/activity/999/attachments").await.0,
        404
    );
}
