//! Reading, listing, adding and closing rounds.

use super::*;

#[tokio::test]
async fn a_round_is_read_with_its_activities_and_the_ways_between_them() {
    let mut planner = Planner::start().await;
    let response = planner.get("get_round", "/rounds/1").await;
    let round = &response["round"];
    assert_eq!(round["startDate"], "2026-03-02T08:00:00.000Z");
    assert_eq!(round["endDate"], "2026-03-02T16:00:00.000Z");
    assert_eq!(round["startAddress"], round["endAddress"]);
    assert_eq!(round.get("status"), None);
    assert_eq!(round["hashKey"].as_str().unwrap().len(), 32);
    let activities = round["activities"].as_array().unwrap();
    let subtypes: Vec<&str> = activities
        .iter()
        .map(|activity| activity["subtype"].as_str().unwrap())
        .collect();
    let expected = [
        "route",
        "assignment",
        "route",
        "simpleactivity",
        "route",
        "assignment",
        "route",
    ];
    assert_eq!(subtypes, expected);
    for pair in activities.windows(2) {
        assert_eq!(pair[0]["computedEndDate"], pair[1]["computedStartDate"]);
    }
    assert_eq!(planner.refused("get_round", "/rounds/999").await.0, 404);
}

#[tokio::test]
async fn the_rounds_of_a_day_are_those_that_begin_within_24_hours() {
    let mut planner = Planner::start().await;
    let route = "list_rounds";
    for (path, expected) in [
        (
            "/rounds/resource/1?date=2026-03-02T00%3A00%3A00.000%2B01%3A00",
            vec![1],
        ),
        (
            "/rounds/resource/1?date=2026-02-27T00%3A00%3A00.000%2B01%3A00",
            vec![0],
        ),
        (
            "/rounds/resource/1?date=2026-03-03T00%3A00%3A00.000%2B01%3A00",
            vec![],
        ),
        (
            "/rounds/resource/2?date=2026-03-02T00%3A00%3A00.000%2B01%3A00",
            vec![],
        ),
    ] {
        let response = planner.get(route, path).await;
        assert_eq!(ids(&response["rounds"]), expected, "{path}");
    }
    let unknown = "/rounds/resource/9?date=2026-03-02T00%3A00%3A00.000%2B01%3A00";
    assert_eq!(planner.refused(route, unknown).await.0, 404);
    let (status, message) = planner.refused(route, "/rounds/resource/1").await;
    assert_eq!(
        (status, &*message),
        (400, "query parameter `date` is required")
    );
    let bare_plus = "/rounds/resource/1?date=2026-03-02T00:00:00.000+01:00";
    let (status, message) = planner.refused(route, bare_plus).await;
    assert_eq!(status, 400);
    assert_eq!(
        message,
        "query parameter `date` must be written as ISO 8601"
    );
}

#[tokio::test]
async fn a_new_round_is_an_empty_day_of_the_resource() {
    let mut planner = Planner::start().await;
    let body = json!({ "date": "2016-06-03T00:00:00+02:00", "resourceId": 2 });
    let response = planner.call("add_round", "/rounds", body).await;
    let round = &response["round"];
    assert_eq!(round["startDate"], "2016-06-03T08:00:00.000Z");
    assert_eq!(round["startAddress"]["locality"], "Laken");
    assert_eq!(round["startAddress"].get("number"), None);
    assert_eq!(round["endAddress"]["locality"], "Braine-le-Comte");
    assert_eq!(round["activities"], json!([]));
    let read = planner
        .get("get_round", &format!("/rounds/{}", round["id"]))
        .await;
    assert_eq!(read["round"], *round);
}

#[tokio::test]
async fn a_new_round_is_among_those_of_the_same_date() {
    let mut planner = Planner::start().await;
    for (date, start) in [
        ("2026-06-02T22:00:00Z", "2026-06-03T08:00:00.000Z"),
        ("2026-06-04T00:00:00Z", "2026-06-04T08:00:00.000Z"),
        ("2026-06-05T08:00:00Z", "2026-06-05T08:00:00.000Z"),
        ("2026-06-05T08:00:01Z", "2026-06-06T08:00:00.000Z"),
    ] {
        let body = json!({ "date": date, "resourceId": 2 });
        let added = planner.call("add_round", "/rounds", body).await["round"].clone();
        assert_eq!(added["startDate"], start);
        let path = format!("/rounds/resource/2?date={date}");
        let listed = planner.get("list_rounds", &path).await;
        assert_eq!(listed["rounds"], json!([added]));
    }
}

#[tokio::test]
async fn a_strict_service_takes_a_midnight_for_the_day_it_is_written_for() {
    let mut planner = Planner::start().await;
    planner.configure(|settings| settings.strict_days = true);
    for offset in ["Z", "%2B02:00", "-10:00"] {
        let list = "/rounds/resource/1?date=";
        let path = format!("{list}2026-03-02T00:00:00.000{offset}");
        let response = planner.get("list_rounds", &path).await;
        assert_eq!(ids(&response["rounds"]), [1], "{path}");
        let path = format!("{list}2026-03-01T23:00:00.000{offset}");
        let (status, message) = planner.refused("list_rounds", &path).await;
        assert_eq!(status, 400);
        assert_eq!(
            message,
            "field `date` must be the midnight at which a day begins"
        );
    }
    let at_noon = json!({ "date": "2026-06-03T12:00:00Z", "resourceId": 2 });
    let refused = planner.call_refused("add_round", "/rounds", at_noon).await;
    assert_eq!(refused.0, 400);
    let midnight = json!({ "date": "2026-06-03T00:00:00+02:00", "resourceId": 2 });
    let added = planner.call("add_round", "/rounds", midnight).await;
    assert_eq!(added["round"]["startDate"], "2026-06-03T08:00:00.000Z");
}

#[tokio::test]
async fn a_round_needs_a_known_resource_and_a_day() {
    let mut planner = Planner::start().await;
    let body = json!({ "date": "2016-06-03T00:00:00Z", "resourceId": 999 });
    assert_eq!(
        planner.call_refused("add_round", "/rounds", body).await.0,
        404
    );
    let body = json!({ "date": "2016-06-03", "resourceId": 1 });
    let (status, message) = planner.call_refused("add_round", "/rounds", body).await;
    assert_eq!(
        (status, &*message),
        (400, "field `date` must be written as ISO 8601")
    );
    let (status, message) = planner
        .call_refused("add_round", "/rounds", json!({}))
        .await;
    assert_eq!(status, 400);
    assert_eq!(
        message,
        "field `date` is required; field `resourceId` is required"
    );
}

#[tokio::test]
async fn a_closed_round_is_closed_once_and_takes_nothing_more() {
    let mut planner = Planner::start().await;
    let before = planner.key_of(1).await;
    let response = planner.get("close_round", "/rounds/1/close").await;
    assert_eq!(response["round"]["status"], "CLOSED");
    assert_ne!(response["round"]["hashKey"], before["hashKey"]);
    let again = planner.get("close_round", "/rounds/1/close").await;
    assert_eq!(again, response);
    assert_eq!(planner.ledger().effects("close_round", "1"), 1);

    let key = planner.key_of(1).await;
    let body = json!({ "round": key, "date": "2026-03-02T09:00:00Z", "activityIndex": 0 });
    let refused = planner
        .call_refused("plan_activity", "/activity/40/plan", body)
        .await;
    assert_eq!(refused, (400, "the round is closed".to_owned()));
    let refused = planner
        .call_refused("unassign_activity", "/activity/5/unassign", json!({}))
        .await;
    assert_eq!(refused, (400, "the round is closed".to_owned()));
    assert_eq!(
        planner.refused("close_round", "/rounds/999/close").await.0,
        404
    );
}

#[tokio::test]
async fn no_number_and_no_date_is_too_large_for_a_round() {
    let mut planner = Planner::start().await;
    let day = json!({ "date": "9999-12-31T00:00:00-01:00", "resourceId": 1 });
    let round = planner.call("add_round", "/rounds", day).await["round"].clone();
    let mut task = new_activity();
    task["task"]["duration"] = json!(i64::MAX);
    for activity in [0, 40] {
        let path = format!("/activity/{activity}");
        planner.call("update_activity", &path, task.clone()).await;
        let key = planner.key_of(round["id"].as_i64().unwrap()).await;
        let body = json!({ "round": key, "date": "9999-12-31T23:59:59Z", "activityIndex": 0 });
        let path = format!("/activity/{activity}/plan");
        planner.call("plan_activity", &path, body).await;
        let planned = planner.activity(activity).await;
        assert_eq!(planned["computedEndDate"], "9999-12-31T23:59:59.999Z");
    }
    let key = planner.key_of(1).await;
    let body =
        json!({ "round": key, "date": "9999-12-31T23:59:59-01:00", "activityIndex": i64::MAX });
    let path = "/activity/41/plan";
    assert_eq!(
        planner.call_refused("plan_activity", path, body).await.0,
        400
    );
    for id in [i64::MIN, i64::MAX] {
        let path = format!("/rounds/{id}");
        assert_eq!(planner.refused("get_round", &path).await.0, 404);
    }
}
