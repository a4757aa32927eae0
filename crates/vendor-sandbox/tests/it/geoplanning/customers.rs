//! Reading, adding, editing and deleting customers.

use super::*;

fn new_customer() -> Value {
    json!({
        "foreignId": "a/b é",
        "name": "Athina H van Tienen",
        "address": address(),
        "mobileNumber": "0477 00 00 98",
        "telephoneNumber": "0477 00 00 99",
        "email": "contact@van-tienen.example",
        "openingHours": [{ "day": 1, "begin": 480, "end": 960 }, { "day": 7, "begin": 0, "end": 1439 }]
    })
}

const BY_FOREIGN_ID: &str = "/customers/ref/a%2Fb%20%C3%A9";

#[tokio::test]
async fn a_customer_is_added_and_read_by_id_or_foreign_id_without_its_hours() {
    let mut planner = Planner::start().await;
    let response = planner
        .call("add_customer", "/customers", new_customer())
        .await;
    let customer = &response["customer"];
    assert_eq!(customer["id"], 79);
    assert_eq!(customer["email"], "contact@van-tienen.example");
    assert_eq!(customer.get("openingHours"), None);
    let hours = planner.opening_hours(79).unwrap();
    assert_eq!(hours.len(), 2);
    assert!(matches!(
        hours[1],
        CustomerOpeningHour {
            day: 7,
            begin: 0,
            end: 1439,
            ..
        }
    ));

    assert_eq!(planner.get("get_customer", "/customers/79").await, response);
    let by_reference = planner
        .get("get_customer_by_foreign_id", BY_FOREIGN_ID)
        .await;
    assert_eq!(by_reference, response);
}

#[tokio::test]
async fn a_customer_needs_a_whole_address_within_the_bounds() {
    let mut planner = Planner::start().await;
    let mut body = new_customer();
    body["address"] = json!({ "longitude": 181, "latitude": 50.4 });
    body["openingHours"][0]["end"] = json!(1440);
    body["foreignId"] = json!("123456789012345678901");
    let (status, message) = planner
        .call_refused("add_customer", "/customers", body)
        .await;
    assert_eq!(status, 400);
    for named in [
        "`foreignId` must have between 1 and 20 characters",
        "`address.longitude` must be between -180 and 180",
        "`address.street` is required",
        "`openingHours[0].end` must be between 0 and 1439",
    ] {
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn an_edit_replaces_all_but_absent_hours() {
    let mut planner = Planner::start().await;
    planner
        .call("add_customer", "/customers", new_customer())
        .await;
    let body = json!({ "foreignId": "a/b é", "name": "Edited", "address": address() });
    let route = "update_customer_by_foreign_id";
    let response = planner.call(route, BY_FOREIGN_ID, body.clone()).await;
    let customer = &response["customer"];
    assert_eq!(
        (&customer["id"], &customer["name"]),
        (&json!(79), &json!("Edited"))
    );
    for blank in ["mobileNumber", "telephoneNumber", "email"] {
        assert_eq!(customer.get(blank), None, "{blank}");
    }
    assert_eq!(planner.opening_hours(79).unwrap().len(), 2);

    let mut cleared = body.clone();
    cleared["openingHours"] = json!([]);
    planner
        .call("update_customer", "/customers/79", cleared)
        .await;
    assert_eq!(planner.opening_hours(79).unwrap(), []);

    let path = "/customers/999";
    assert_eq!(
        planner
            .call_refused("update_customer", path, body.clone())
            .await
            .0,
        404
    );
    let path = "/customers/ref/unknown";
    assert_eq!(planner.call_refused(route, path, body).await.0, 404);
    let (_, message) = planner
        .call_refused(
            "update_customer",
            "/customers/79",
            json!({ "address": address() }),
        )
        .await;
    assert_eq!(message, "field `name` is required");
}

#[tokio::test]
async fn a_deleted_customer_leaves_four_stray_bytes_on_the_connection() {
    let mut planner = Planner::start().await;
    let request = format!("DELETE /customers/60 HTTP/1.1\r\nHost: sandbox\r\n{HEADERS}\r\n");
    planner.client.write(&request).await;
    let head = planner.client.receive_head().await.unwrap();
    assert_eq!(head.status, 204);
    assert_eq!(head.header("content-length"), Some("4"));
    let media_type = "application/vnd.geoplanning-v3.0+json;charset=UTF-8";
    assert_eq!(head.header("content-type"), Some(media_type));
    assert_eq!(planner.client.take(4).await.unwrap(), b"null");

    let path = "/customers/60";
    assert_eq!(planner.refused("get_customer", path).await.0, 404);
    assert_eq!(planner.refused("delete_customer", path).await.0, 404);
    assert_eq!(planner.ledger().effects("delete_customer", "60"), 1);
    assert_eq!(
        planner.ledger().connections(),
        1,
        "the connection is usable"
    );
}

#[tokio::test]
async fn a_service_without_the_stray_bytes_can_be_had() {
    let mut planner = Planner::start().await;
    planner.configure(|settings| settings.stray_null = false);
    let route = "delete_customer_by_foreign_id";
    let response = planner.exchange(route, "/customers/ref/C-547", "").await;
    assert_eq!(
        (response.status, response.header("content-length")),
        (204, None)
    );
    assert_eq!(planner.refused(route, "/customers/ref/C-547").await.0, 404);
    let task = planner.activity(5).await["task"].clone();
    assert_eq!(task.get("customer"), None, "its tasks are nobody's");
}
