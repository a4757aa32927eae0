//! What counts as success, and what a response that reports a failure says.

use geoplanning::{
    ActivityId, CustomerId, ErrorKind, NewRound, Outcome, Plan, ResourceId, ResourceUpdate, RoundId,
};
use httpmock::{MockServer, Then};
use serde_json::{Value, json};
use time::macros::datetime;
use vendor_sandbox::geoplanning::failure;

use crate::support::{at_once, client, fixture, key_of, new_activity, sandbox};

/// A client of a service that responds to everything alike.
async fn responding(response: impl FnOnce(Then) -> Then) -> (MockServer, geoplanning::Client) {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            let _ = when.path_matches(".*");
            response(then);
        })
        .await;
    let client = geoplanning::Client::builder()
        .base_url(server.base_url())
        .credentials("planner", "secret")
        .transport(at_once())
        .build()
        .unwrap();
    (server, client)
}

/// Finding G-26: a code other than 0 is a failure even with HTTP 200. Finding G-43: the words that
/// no example has.
#[tokio::test]
async fn a_code_other_than_0_is_a_refusal_even_with_http_200() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let plan = Plan::new(key_of(&client, 1).await, 0, datetime!(2026-03-02 09:00 UTC));
    let leave = failure(17, "the resource is on leave");
    sandbox
        .geoplanning()
        .faults()
        .on("plan_activity")
        .respond(leave);
    let error = client
        .activities()
        .plan(ActivityId::new(40), &plan)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::VendorFailure);
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(error.status().unwrap().as_u16(), 200);
    assert_eq!(error.vendor_code(), Some("17"));
    assert_eq!(error.vendor_message(), Some("the resource is on leave"));
    assert!(!error.to_string().contains("leave"));
}

/// Finding G-26: what was asked for is then not to be expected, and may be anything.
#[tokio::test]
async fn a_code_other_than_0_is_seen_whatever_stands_beside_it() {
    for beside in [
        json!(null),
        json!({}),
        json!([]),
        fixture("get_activity/response")["activity"].clone(),
    ] {
        let body = json!({ "status": { "code": -3 }, "activity": beside });
        let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
        let error = client
            .activities()
            .get(ActivityId::new(1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VendorFailure, "{error}");
        assert_eq!(error.vendor_code(), Some("-3"));
        assert_eq!(error.vendor_message(), None);
    }
}

/// Findings G-22 and G-26: a deletion has nothing to say, unless it says that it failed.
#[tokio::test]
async fn a_deletion_that_reports_a_failure_is_one() {
    let body = json!({ "status": { "code": 5, "message": "in use" } });
    let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
    let error = client
        .customers()
        .delete(CustomerId::new(1))
        .await
        .unwrap_err();
    assert_eq!(error.vendor_message(), Some("in use"));
    for body in ["", "null", "{}", r#"{"status":{"code":0}}"#] {
        let (_server, client) = responding(|then| then.status(200).body(body)).await;
        let deleted = client.customers().delete(CustomerId::new(1)).await;
        assert!(deleted.is_ok(), "{body}");
    }
    for body in ["<html>log in first</html>", "deleted", "[1]"] {
        let (_server, client) = responding(|then| then.status(200).body(body)).await;
        let error = client
            .customers()
            .delete(CustomerId::new(1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body, "{body}");
        assert!(error.may_have_been_applied());
    }
}

/// Finding G-21: 201 in the overview, 200 in the examples; any 2xx will do.
#[tokio::test]
async fn any_2xx_is_a_success() {
    for status in [200, 201, 202] {
        let sandbox = sandbox().await;
        sandbox
            .geoplanning()
            .configure(|settings| settings.created_status = status);
        let client = client(&sandbox);
        assert!(
            client
                .activities()
                .add(&new_activity("GP-100"))
                .await
                .is_ok()
        );
        let round = NewRound::new(ResourceId::new(1), datetime!(2026-06-03 00:00 UTC));
        assert!(client.rounds().add(&round).await.is_ok());
    }
}

/// Finding G-26: a refusal's body is not documented.
#[tokio::test]
async fn a_refusal_is_understood_with_and_without_words() {
    for (body, code, message) in [
        (
            r#"{"status":{"code":12,"message":"no"}}"#,
            Some("12"),
            Some("no"),
        ),
        (r#"{"status":{"code":12}}"#, Some("12"), None),
        (
            r#"{"timestamp":1,"status":404,"error":"Not Found"}"#,
            None,
            None,
        ),
        ("<html><body>not found</body></html>", None, None),
        ("", None, None),
    ] {
        let (_server, client) = responding(|then| then.status(404).body(body)).await;
        let error = client.rounds().get(RoundId::new(1)).await.unwrap_err();
        assert!(error.is_not_found(), "{body}");
        assert_eq!(
            (error.vendor_code(), error.vendor_message()),
            (code, message)
        );
    }
}

/// Finding G-25: a response may have either media type, or the plain one.
#[tokio::test]
async fn a_response_of_any_json_media_type_is_read() {
    for media_type in [
        "application/vnd.geoplanning-v3.0+json;charset=UTF-8",
        "application/vnd.geoplanning-v3.0+json",
        "application/json",
    ] {
        let body = fixture("get_round/response").to_string();
        let response = |then: Then| {
            then.status(200)
                .header("content-type", media_type)
                .body(body)
        };
        let (_server, client) = responding(response).await;
        assert!(client.rounds().get(RoundId::new(1)).await.is_ok());
    }
}

#[tokio::test]
async fn a_response_that_is_not_as_documented_is_named_by_its_path() {
    let mut body = fixture("get_activity/response");
    body["activity"]["task"]["duration"] = json!("canary");
    let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
    let error = client
        .activities()
        .get(ActivityId::new(40))
        .await
        .unwrap_err();
    assert_eq!(error.json_path(), Some("activity.task.duration"));
    assert!(error.may_have_been_applied());
    assert!(!format!("{error} {error:?}").contains("canary"));
}

fn plan() -> Plan {
    Plan::new(
        geoplanning::RoundKey::new(RoundId::new(1), "key"),
        0,
        datetime!(2026-03-02 09:00 UTC),
    )
}

#[tokio::test]
async fn an_activity_that_cannot_be_read_costs_only_itself_and_is_kept_raw() {
    let mut body = fixture("plan_activity/response");
    body["rounds"][0]["activities"][1]["task"]["duration"] = json!("canary");
    let sent = body["rounds"].clone();
    let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
    let changed = client
        .activities()
        .plan(ActivityId::new(40), &plan())
        .await
        .unwrap();
    let activities = changed.rounds[0].activities.as_ref().unwrap();
    let [lost] = activities.unreadable() else {
        panic!("{activities:?}");
    };
    assert_eq!(lost.position, 1);
    assert_eq!(lost.raw, sent[0]["activities"][1]);
    assert_eq!(
        activities.len() + 1,
        sent[0]["activities"].as_array().unwrap().len()
    );
    assert!(!format!("{lost} {lost:?} {changed:?}").contains("canary"));
    assert!(activities.clone().complete().is_err());
    // Nothing is lost in what is written back.
    let written = serde_json::to_value(&changed.rounds).unwrap();
    assert_eq!(written[0]["activities"][1], sent[0]["activities"][1]);
}

#[tokio::test]
async fn an_element_of_any_list_that_cannot_be_read_leaves_the_others() {
    let body = json!({
        "status": { "code": 0 },
        "users": [{ "id": 1 }, { "id": {} }, null, { "id": 3 }],
    });
    let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
    let users = client.users().list().await.unwrap();
    let ids: Vec<_> = users.iter().map(|user| user.id.get()).collect();
    assert_eq!(ids, [1, 3]);
    let lost: Vec<_> = users
        .unreadable()
        .iter()
        .map(|lost| lost.position)
        .collect();
    assert_eq!(lost, [1, 2]);
}

#[tokio::test]
async fn a_capacity_that_cannot_be_read_costs_only_itself_and_an_update_leaves_it_as_it_is() {
    let mut body = fixture("get_resource/response");
    let address = json!({ "latitude": 50.4, "longitude": 4.1 });
    body["resource"]["startAddress"] = address.clone();
    body["resource"]["endAddress"] = address;
    body["resource"]["capacities"][1] = json!("canary");
    let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
    let resource = client.resources().get(ResourceId::new(2), &[]).await;
    let resource = resource.unwrap();
    let capacities = resource.capacities.as_ref().unwrap();
    assert_eq!(capacities.len(), 1);
    assert_eq!(capacities.unreadable()[0].raw, json!("canary"));
    let update = ResourceUpdate::from_read(&resource).unwrap();
    assert_eq!(update.capacities, None);
}

#[tokio::test]
async fn a_list_that_is_null_or_absent_is_empty() {
    for body in [
        json!({ "status": { "code": 0 }, "rounds": null }),
        json!({ "status": { "code": 0 } }),
    ] {
        let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
        let plan = plan();
        let changed = client.activities().plan(ActivityId::new(40), &plan).await;
        assert!(changed.unwrap().rounds.is_empty());
    }
}

#[tokio::test]
async fn an_address_that_could_not_be_located_is_an_empty_one() {
    for address in [json!(null), json!({})] {
        let mut body = fixture("get_activity/response");
        body["activity"]["task"]["address"] = address;
        let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
        let activity = client.activities().get(ActivityId::new(40)).await.unwrap();
        assert_eq!(
            activity.task().unwrap().address,
            geoplanning::Address::default()
        );
    }
}

#[tokio::test]
async fn a_subtype_is_read_in_any_case() {
    let mut body = fixture("get_activity/response");
    body["activity"]["subtype"] = json!("ASSIGNMENT");
    let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
    let activity = client.activities().get(ActivityId::new(40)).await.unwrap();
    assert!(activity.task().is_some());
}

/// Finding G-26: the vendor doesn't document whether such a code means that nothing was done.
#[tokio::test]
async fn a_code_beside_the_thing_itself_leaves_the_outcome_unknown() {
    let mut body = fixture("add_activity/response");
    body["status"] = json!({ "code": 3, "message": "warning" });
    let add = async |body: Value| {
        let (_server, client) = responding(|then| then.status(201).json_body(body)).await;
        let new = new_activity("GP-100");
        client.activities().add(&new).await.unwrap_err()
    };
    let error = add(body.clone()).await;
    assert_eq!(error.vendor_code(), Some("3"));
    assert_eq!(error.vendor_message(), Some("warning"));
    assert!(error.may_have_been_applied());
    for nothing in [json!(null), json!({})] {
        body["activity"] = nothing;
        assert!(!add(body.clone()).await.may_have_been_applied());
    }
    body["activity"] = json!({ "id": "unreadable" });
    assert!(add(body).await.may_have_been_applied());
}

#[tokio::test]
async fn a_response_without_what_was_asked_for_is_an_error() {
    for body in [
        "",
        "null",
        "{}",
        r#"{"status":{"code":0}}"#,
        r#"{"activity":{}}"#,
    ] {
        let (_server, client) = responding(|then| then.status(200).body(body)).await;
        let error = client
            .activities()
            .get(ActivityId::new(1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body, "{body}");
    }
}

/// Finding G-16.
#[tokio::test]
async fn of_fid_and_foreign_id_in_one_object_the_first_that_is_not_null_is_read() {
    let resource = |ids: &str| {
        let text =
            format!(r#"{{"id":7,{ids},"name":"VAN-07","startAddress":null,"endAddress":null}}"#);
        format!(r#"{{"status":{{"code":0}},"resource":{text}}}"#)
    };
    for (ids, expected) in [
        (r#""fid":"a","foreignId":"b""#, "a"),
        (r#""foreignId":"b","fid":"a""#, "b"),
        (r#""fid":null,"foreignId":"b""#, "b"),
        (r#""foreignId":null,"fid":42"#, "42"),
    ] {
        let body = resource(ids);
        let (_server, client) = responding(|then| then.status(200).body(body)).await;
        let resource = client
            .resources()
            .get(ResourceId::new(7), &[])
            .await
            .unwrap();
        assert_eq!(resource.foreign_id.as_deref(), Some(expected), "{ids}");
        assert!(resource.unknown.is_empty(), "{ids}");
    }
}

#[tokio::test]
async fn beside_an_activity_that_cannot_be_read_the_others_are_read_as_liberally_as_ever() {
    let mut body = fixture("plan_activity/response");
    body["status"]["code"] = json!("0");
    body["rounds"][0]["id"] = json!("1");
    body["rounds"][0]["resource"]["fid"] = json!("R-1");
    body["rounds"][0]["activities"][0]["id"] = json!("11");
    body["rounds"][0]["activities"][1]["task"]["duration"] = json!("canary");
    let (_server, client) = responding(|then| then.status(200).json_body(body)).await;
    let changed = client
        .activities()
        .plan(ActivityId::new(40), &plan())
        .await
        .unwrap();
    let round = &changed.rounds[0];
    assert_eq!(round.id, RoundId::new(1));
    let activities = round.activities.as_ref().unwrap();
    assert_eq!(activities[0].id, ActivityId::new(11));
    assert_eq!(activities.unreadable().len(), 1);
}

#[tokio::test]
async fn a_failure_is_read_with_a_byte_order_mark_and_in_latin_1() {
    let json = r#"{"status":{"code":17,"message":"en congé"},"activity":{"id":1}}"#;
    let latin: Vec<u8> = json
        .chars()
        .map(|char| u8::try_from(u32::from(char)).unwrap())
        .collect();
    for status in [200, 400] {
        for (media_type, body) in [
            ("application/json", format!("\u{feff}{json}").into_bytes()),
            ("application/json;charset=ISO-8859-1", latin.clone()),
        ] {
            let (_server, client) = responding(|then| {
                then.status(status)
                    .header("content-type", media_type)
                    .body(body)
            })
            .await;
            let new = new_activity("GP-1");
            let error = client.activities().add(&new).await.unwrap_err();
            assert_eq!(error.vendor_message(), Some("en congé"), "{media_type}");
            // The activity beside the code, too, was seen.
            assert_eq!(error.may_have_been_applied(), status == 200);
        }
    }
}
