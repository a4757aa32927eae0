//! What moves an activity on.

use super::*;

/// The body of an action within a round.
fn at(round: &Value, date: &str) -> Value {
    json!({ "round": round, "date": date })
}

const NINE: &str = "2026-03-02T09:00:00Z";
const TEN: &str = "2026-03-02T10:00:00Z";

impl Planner {
    /// Calls an action of the work and returns the round that changed.
    async fn act(&mut self, route: &str, action: &str, activity: i64, body: Value) -> Value {
        let path = format!("/activity/{activity}/{action}");
        let response = self.call(route, &path, body).await;
        assert_eq!(response["rounds"].as_array().unwrap().len(), 1);
        response["rounds"][0].clone()
    }

    async fn start_work(&mut self, activity: i64) -> Value {
        let body = at(&self.key_of(1).await, NINE);
        self.act("start_activity", "start", activity, body).await
    }

    async fn plan(&mut self, activity: i64, round: &Value, index: i64) -> Value {
        let mut body = at(round, NINE);
        body["activityIndex"] = json!(index);
        let path = format!("/activity/{activity}/plan");
        self.call("plan_activity", &path, body).await
    }
}

#[tokio::test]
async fn an_assigned_activity_has_a_resource_and_no_round() {
    let mut planner = Planner::start().await;
    let body = json!({
        "resourceId": 1, "taskId": 50, "assignDate": "2016-10-07T13:01:59.000Z"
    });
    let response = planner
        .call("assign_activity", "/activity/40/assign", body)
        .await;
    let activity = &response["activity"];
    assert_eq!(activity["status"]["type"], "PREASSIGNED");
    assert_eq!(
        activity["task"]["preAssignment"],
        json!({
            "resource": { "id": 1, "foreignId": "MIP" },
            "preAssignedDate": "2016-10-07T13:01:59.000Z"
        })
    );
    assert_eq!(planner.activity(40).await, *activity);
}

#[tokio::test]
async fn an_assignment_has_to_name_resource_and_task_of_something_free() {
    let mut planner = Planner::start().await;
    let route = "assign_activity";
    for (path, resource, task, status) in [
        ("/activity/999/assign", 1, 50, 404),
        ("/activity/40/assign", 999, 50, 404),
        ("/activity/40/assign", 1, 40, 400),
        ("/activity/41/assign", 1, 50, 400),
        ("/activity/5/assign", 1, 5, 400),
        ("/activity/1/assign", 1, 1, 400),
    ] {
        let body = json!({ "resourceId": resource, "taskId": task });
        let refused = planner.call_refused(route, path, body).await;
        assert_eq!(refused.0, status, "{path}: {}", refused.1);
    }
    let body = json!({ "resourceId": 1 });
    let (_, message) = planner
        .call_refused(route, "/activity/40/assign", body)
        .await;
    assert_eq!(message, "field `taskId` is required");
}

#[tokio::test]
async fn planning_puts_an_activity_and_its_ways_into_the_round() {
    let mut planner = Planner::start().await;
    let day = json!({ "date": "2026-03-04T00:00:00Z", "resourceId": 1 });
    let empty = planner.call("add_round", "/rounds", day).await["round"].clone();
    let response = planner
        .plan(
            40,
            &json!({ "id": empty["id"], "hashKey": empty["hashKey"] }),
            0,
        )
        .await;
    let round = &response["rounds"][0];
    assert_ne!(round["hashKey"], empty["hashKey"]);

    // From the office in Saint-Servais to Jambes and back, as in the vendor's own example.
    let activities = round["activities"].as_array().unwrap();
    let subtypes: Vec<&Value> = activities.iter().map(|it| &it["subtype"]).collect();
    assert_eq!(subtypes, ["route", "assignment", "route"]);
    let [there, work, back] = &activities[..] else {
        panic!("three were expected");
    };
    assert_eq!(there["duration"], 178);
    let distance = there["distance"].as_f64().unwrap();
    assert!((2960.0..2961.0).contains(&distance), "{distance}");
    assert_eq!(there["computedStartDate"], "2026-03-04T08:00:00.000Z");
    assert_eq!(there["computedEndDate"], "2026-03-04T08:02:58.000Z");
    assert_eq!(there["status"]["type"], "ASSIGNED");
    assert_eq!(work["id"], 40);
    assert_eq!(work["status"]["type"], "ASSIGNED");
    assert_eq!(work["computedStartDate"], "2026-03-04T08:02:58.000Z");
    assert_eq!(work["computedEndDate"], "2026-03-04T09:02:58.000Z");
    assert_eq!(work.get("round"), None, "not within the round's own list");
    assert_eq!(back["origin"], there["destination"]);
    assert_eq!(back["destination"], round["endAddress"]);
    assert_eq!(planner.activity(40).await["round"]["id"], round["id"]);
}

#[tokio::test]
async fn the_index_counts_the_activities_without_the_ways() {
    let mut planner = Planner::start().await;
    let stops = |round: &Value| -> Vec<i64> {
        let activities = round["activities"].as_array().unwrap().iter();
        activities
            .filter(|it| it["subtype"] != "route")
            .map(|it| it["id"].as_i64().unwrap())
            .collect()
    };
    let key = planner.key_of(1).await;
    let response = planner.plan(40, &key, 1).await;
    assert_eq!(stops(&response["rounds"][0]), [5, 40, 6, 7]);

    let key = planner.key_of(1).await;
    let response = planner.plan(40, &key, 3).await;
    assert_eq!(stops(&response["rounds"][0]), [5, 6, 7, 40], "it moves");
    assert_eq!(ids(&response["rounds"]), [1], "one round changed");

    let mut body = at(&planner.key_of(1).await, NINE);
    body["activityIndex"] = json!(5);
    let path = "/activity/0/plan";
    let (status, message) = planner.call_refused("plan_activity", path, body).await;
    assert_eq!(status, 400);
    assert_eq!(message, "field `activityIndex` must be between 0 and 4");
}

#[tokio::test]
async fn an_activity_that_moves_to_another_round_changes_both() {
    let mut planner = Planner::start().await;
    let day = json!({ "date": "2026-03-04T00:00:00Z", "resourceId": 2 });
    let other = planner.call("add_round", "/rounds", day).await["round"].clone();
    let before = planner.key_of(1).await;
    let key = json!({ "id": other["id"], "hashKey": other["hashKey"] });
    let response = planner.plan(5, &key, 0).await;
    assert_eq!(ids(&response["rounds"]), [2, 1]);
    assert_ne!(planner.key_of(1).await, before);
    let resource = planner.activity(5).await["round"]["resource"].clone();
    assert_eq!(resource, json!({ "id": 2, "foreignId": "GP-2" }));
}

#[tokio::test]
async fn planning_settles_who_has_an_assigned_activity() {
    let mut planner = Planner::start().await;
    let key = planner.key_of(1).await;
    planner.plan(42, &key, 0).await;
    let planned = planner.activity(42).await;
    assert_eq!(planned["task"].get("preAssignment"), None);
    assert_eq!(planned["round"]["resource"]["id"], 1);
}

#[tokio::test]
async fn every_action_gives_a_new_key_and_refuses_a_stale_one() {
    let mut planner = Planner::start().await;
    let stale = planner.key_of(1).await;
    planner.change_round(1);
    let mut plan = at(&stale, NINE);
    plan["activityIndex"] = json!(0);
    for (route, path, body) in [
        ("plan_activity", "/activity/40/plan", plan),
        ("start_activity", "/activity/5/start", at(&stale, NINE)),
        (
            "start_activity_by_event",
            "/events/1/start",
            at(&stale, NINE),
        ),
        ("finish_activity", "/activity/5/finish", at(&stale, NINE)),
        (
            "reject_activity",
            "/activity/5/rejectnowork",
            at(&stale, NINE),
        ),
        (
            "reject_working_activity",
            "/activity/5/rejectwork",
            at(&stale, NINE),
        ),
        ("cancel_activity", "/activity/5/cancel", at(&stale, NINE)),
        (
            "unassign_activity",
            "/activity/5/unassign",
            json!({ "roundHash": stale["hashKey"] }),
        ),
    ] {
        let (status, message) = planner.call_refused(route, path, body.clone()).await;
        assert_eq!(status, 409, "{route}");
        assert!(message.contains("is not the latest key"), "{message}");
        let named = message.contains("`round.hashKey`") || message.contains("`roundHash`");
        assert!(named, "{message}");
    }
    planner.configure(|settings| settings.stale_key_status = 200);
    let body = at(&stale, NINE).to_string();
    let response = planner
        .exchange("start_activity", "/activity/5/start", &body)
        .await;
    assert_eq!(
        (response.status, &response.json()["status"]["code"]),
        (200, &json!(409))
    );
}

#[tokio::test]
async fn unknown_activities_rounds_and_events_are_a_404_and_closed_rounds_a_400() {
    let mut planner = Planner::start().await;
    let key = planner.key_of(1).await;
    let closed = planner.key_of(0).await;
    let unknown = json!({ "id": 999, "hashKey": "x" });
    let actions = [
        ("plan_activity", "plan"),
        ("start_activity", "start"),
        ("finish_activity", "finish"),
        ("reject_activity", "rejectnowork"),
        ("reject_working_activity", "rejectwork"),
        ("cancel_activity", "cancel"),
    ];
    for (route, action) in actions {
        let body = |round: &Value| {
            let mut body = at(round, NINE);
            if action == "plan" {
                body["activityIndex"] = json!(0);
            }
            body
        };
        for (activity, round, status) in [(999, &key, 404), (5, &unknown, 404), (5, &closed, 400)] {
            let path = format!("/activity/{activity}/{action}");
            let refused = planner.call_refused(route, &path, body(round)).await;
            assert_eq!(refused.0, status, "{route}: {}", refused.1);
        }
        let path = format!("/activity/5/{action}");
        let (status, message) = planner.call_refused(route, &path, json!({})).await;
        assert_eq!(status, 400);
        assert!(message.contains("field `date` is required"), "{message}");
    }
    let route = "start_activity_by_event";
    let refused = planner
        .call_refused(route, "/events/999/start", at(&key, NINE))
        .await;
    assert_eq!(refused, (404, "there is no such event".to_owned()));
    let route = "unassign_activity";
    let refused = planner
        .call_refused(route, "/activity/999/unassign", json!({}))
        .await;
    assert_eq!(refused.0, 404);
    let refused = planner
        .call_refused(route, "/activity/1/unassign", json!({}))
        .await;
    assert_eq!(refused.0, 400);
}

#[tokio::test]
async fn an_unassigned_activity_is_in_nobodys_hands() {
    let mut planner = Planner::start().await;
    let route = "unassign_activity";
    let key = planner.key_of(1).await;
    let body = json!({ "roundHash": key["hashKey"] });
    let response = planner.call(route, "/activity/5/unassign", body).await;
    let activity = &response["activity"];
    assert_eq!(activity["status"]["type"], "UNASSIGNED");
    assert_eq!(activity.get("round"), None);
    assert_eq!(activity.get("computedStartDate"), None);
    assert_ne!(planner.key_of(1).await, key);

    planner.change_round(1);
    let response = planner.call(route, "/activity/7/unassign", json!({})).await;
    assert_eq!(
        response["activity"]["status"]["type"], "UNASSIGNED",
        "no key, no check"
    );
    let response = planner
        .call(route, "/activity/42/unassign", json!({}))
        .await;
    assert_eq!(response["activity"]["task"].get("preAssignment"), None);

    planner
        .call(route, "/activity/42/unassign", json!({}))
        .await;
    assert_eq!(
        planner.ledger().effects(route, "42"),
        1,
        "nothing is left to do"
    );
}

#[tokio::test]
async fn work_is_started_and_finished() {
    let mut planner = Planner::start().await;
    let before = planner.key_of(1).await;
    let round = planner.start_work(5).await;
    assert_ne!(round["hashKey"], before["hashKey"]);
    let activities = round["activities"].as_array().unwrap();
    let started = activities.iter().find(|it| it["id"] == 5).unwrap();
    assert_eq!(started["status"]["type"], "WORKING");
    assert_eq!(started["actualStartDate"], "2026-03-02T09:00:00.000Z");
    assert_eq!(started.get("actualEndDate"), None);

    let key = json!({ "id": 1, "hashKey": round["hashKey"] });
    let round = planner
        .act("finish_activity", "finish", 5, at(&key, TEN))
        .await;
    assert_ne!(round["hashKey"], key["hashKey"]);
    assert_eq!(round["activities"], json!([]), "as in the vendor's example");
    let finished = planner.activity(5).await;
    assert_eq!(finished["status"]["type"], "COMPLETED");
    assert_eq!(finished["actualStartDate"], "2026-03-02T09:00:00.000Z");
    assert_eq!(finished["actualEndDate"], "2026-03-02T10:00:00.000Z");
    assert_eq!(planner.ledger().effects("start_activity", "5"), 1);
    assert_eq!(planner.ledger().effects("finish_activity", "5"), 1);

    let history = planner
        .get("activity_history", "/activity/history/61")
        .await;
    assert_eq!(ids(&history["activities"]), [5]);
    assert_eq!(history["activities"][0]["resourceName"], "Van 1");
}

#[tokio::test]
async fn a_simple_activity_is_started_by_its_event() {
    let mut planner = Planner::start().await;
    let body = at(&planner.key_of(1).await, NINE);
    let response = planner
        .call("start_activity_by_event", "/events/1/start", body)
        .await;
    let activities = response["rounds"][0]["activities"].as_array().unwrap();
    let started = activities.iter().find(|it| it["id"] == 6).unwrap();
    assert_eq!(started["subtype"], "simpleactivity");
    assert_eq!(started["status"]["type"], "WORKING");
    assert_eq!(started["event"], json!({ "id": 1 }));
}

#[tokio::test]
async fn work_is_rejected_before_or_after_its_start() {
    let mut planner = Planner::start().await;
    let body = at(&planner.key_of(1).await, NINE);
    planner
        .act("reject_activity", "rejectnowork", 5, body)
        .await;
    let rejected = planner.activity(5).await;
    assert_eq!(rejected["status"]["type"], "REJECTED_NO_MOVE");
    assert_eq!(rejected["actualStartDate"], "2026-03-02T09:00:00.000Z");
    let round = planner.get("get_round", "/rounds/1").await;
    assert_eq!(
        round["round"]["activities"][0]["id"], 5,
        "nobody goes there"
    );

    planner.start_work(7).await;
    let body = at(&planner.key_of(1).await, TEN);
    planner
        .act("reject_working_activity", "rejectwork", 7, body)
        .await;
    let rejected = planner.activity(7).await;
    assert_eq!(rejected["status"]["type"], "REJECTED_ON_SITE");
    assert_eq!(rejected["actualEndDate"], "2026-03-02T10:00:00.000Z");
}

#[tokio::test]
async fn steps_out_of_order_are_refused() {
    let mut planner = Planner::start().await;
    let key = planner.key_of(1).await;
    for (route, action) in [
        ("finish_activity", "finish"),
        ("reject_working_activity", "rejectwork"),
    ] {
        let path = format!("/activity/5/{action}");
        let refused = planner.call_refused(route, &path, at(&key, TEN)).await;
        assert_eq!(
            refused,
            (400, "the activity is not being worked on".to_owned())
        );
    }
    planner.start_work(5).await;
    let key = planner.key_of(1).await;
    for (route, action) in [
        ("start_activity", "start"),
        ("reject_activity", "rejectnowork"),
        ("plan_activity", "plan"),
    ] {
        let path = format!("/activity/5/{action}");
        let mut body = at(&key, TEN);
        if action == "plan" {
            body["activityIndex"] = json!(0);
        }
        let refused = planner.call_refused(route, &path, body).await;
        assert_eq!(
            refused,
            (400, "the activity has begun or is over".to_owned())
        );
    }
    let early = at(&key, "2026-03-02T08:59:59Z");
    let path = "/activity/5/finish";
    let (_, message) = planner.call_refused("finish_activity", path, early).await;
    assert_eq!(message, "field `date` must not be before the start");
    let elsewhere = planner
        .call_refused("start_activity", "/activity/40/start", at(&key, TEN))
        .await;
    let text = "field `round.id` is not the activity's round";
    assert_eq!(elsewhere, (400, text.to_owned()));
}

#[tokio::test]
async fn an_action_may_name_a_status_of_its_own_type() {
    let mut planner = Planner::start().await;
    let mut body = at(&planner.key_of(1).await, NINE);
    for (status, sentence) in [
        (
            json!({ "id": 5 }),
            "field `status` is not of the type of this action",
        ),
        (json!({ "id": 999 }), "field `status` names no status"),
        (
            json!({ "id": 9, "fid": "ST-WORK" }),
            "field `status` names no status",
        ),
        (json!({}), "field `status` must have an `id` or a `fid`"),
    ] {
        body["status"] = status;
        let path = "/activity/5/start";
        let refused = planner
            .call_refused("start_activity", path, body.clone())
            .await;
        assert_eq!(refused, (400, sentence.to_owned()));
    }
    body["status"] = json!({ "fid": "ST-PARTS" });
    planner.act("start_activity", "start", 5, body).await;
    assert_eq!(
        planner.activity(5).await["status"]["name"],
        "Fetching parts"
    );

    let mut body = at(&planner.key_of(1).await, TEN);
    body["status"] = json!({ "id": 10, "fid": "ST-DONE-REM" });
    planner.act("finish_activity", "finish", 5, body).await;
    assert_eq!(planner.activity(5).await["status"]["id"], 10);
}

#[tokio::test]
async fn a_cancelled_activity_is_out_of_its_round_for_good() {
    let mut planner = Planner::start().await;
    let route = "cancel_activity";
    let key = planner.key_of(1).await;
    let (status, message) = planner
        .call_refused(route, "/activity/5/cancel", json!({ "date": NINE }))
        .await;
    assert_eq!(
        (status, message.contains("`round` is required")),
        (400, true)
    );
    let response = planner
        .call(route, "/activity/5/cancel", at(&key, NINE))
        .await;
    assert_eq!(response["activity"]["status"]["type"], "CANCELLED");
    assert_eq!(response["activity"].get("round"), None);
    let round = planner.get("get_round", "/rounds/1").await;
    assert!(!ids(&round["round"]["activities"]).contains(&5));
    assert_ne!(round["round"]["hashKey"], key["hashKey"]);

    let body = json!({ "date": NINE });
    planner
        .call(route, "/activity/40/cancel", body.clone())
        .await;
    let refused = planner
        .call_refused(route, "/activity/40/cancel", body)
        .await;
    assert_eq!(refused, (400, "the activity is over".to_owned()));
}
