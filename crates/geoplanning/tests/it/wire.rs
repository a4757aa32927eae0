//! The exact bytes of each call, and the documented response understood.

use std::fs;
use std::ops::AsyncFnOnce;
use std::time::Duration;

use geoplanning::{
    ActivityDetails, ActivityId, ActivityTypeReference, Assign, Cancel, Client, Contact,
    Coordinates, CustomerId, CustomerUpdate, Error, EventId, NewActivity, NewAddress,
    NewAppointment, NewCapacity, NewCustomer, NewEnumerable, NewOrder, NewResource, NewRound,
    NewTask, OpeningHours, Plan, Progress, ResourceField, ResourceId, ResourceUpdate, RoundId,
    RoundKey, SimpleActivityUpdate, StatusId, StatusKind, StatusReference, StreetAddress, TaskId,
    Unassign, UserField, UserId,
};
use httpmock::{HttpMockRequest, MockServer};
use serde_json::{Value, json};
use time::macros::{datetime, time};

use crate::support::{at_once, fixture, fixtures, naninne, naninne_street};

const MEDIA_TYPE: &str = "application/vnd.geoplanning-v3.0+json;charset=UTF-8";

/// `planner:secret` in base64.
const CREDENTIALS: &str = "Basic cGxhbm5lcjpzZWNyZXQ=";

const ACTIVITY: ActivityId = ActivityId::new(1);
const CUSTOMER: CustomerId = CustomerId::new(60);
const RESOURCE: ResourceId = ResourceId::new(2);
const ROUND: RoundId = RoundId::new(1);

/// What one call puts on the wire, and the response to it.
struct Exchange {
    method: &'static str,
    /// Path and query, byte for byte.
    uri: &'static str,
    /// The documented body, by the name of its fixture, byte for byte.
    body: Option<&'static str>,
    status: u16,
    response: Value,
}

impl Exchange {
    /// The response is a documented payload, by the name of its fixture.
    fn new(method: &'static str, uri: &'static str, response: &str) -> Self {
        Self {
            method,
            uri,
            body: None,
            status: 200,
            response: fixture(response),
        }
    }

    /// A deletion, whose response is empty.
    fn deletion(uri: &'static str) -> Self {
        Self {
            method: "DELETE",
            uri,
            body: None,
            status: 204,
            response: Value::Null,
        }
    }

    fn body(mut self, fixture: &'static str) -> Self {
        self.body = Some(fixture);
        self
    }

    /// Makes the call, which must put exactly this on the wire.
    async fn of<T>(self, call: impl AsyncFnOnce(Client) -> Result<T, Error>) -> T {
        let server = MockServer::start_async().await;
        let body = self.body.map(on_the_wire).unwrap_or_default();
        let (method, uri) = (self.method, self.uri);
        let is_as_documented = move |request: &HttpMockRequest| {
            let target = request.uri();
            let target = target.path_and_query().map(ToString::to_string);
            request.method_str() == method
                && target.as_deref() == Some(uri)
                && request.body_ref() == body.as_bytes()
        };
        let mock = server
            .mock_async(|when, then| {
                when.is_true(is_as_documented)
                    .header("accept", MEDIA_TYPE)
                    .header("content-type", MEDIA_TYPE)
                    .header("authorization", CREDENTIALS);
                let then = then.status(self.status);
                if self.status != 204 {
                    then.header("content-type", MEDIA_TYPE)
                        .json_body(self.response);
                }
            })
            .await;
        let client = Client::builder()
            .base_url(server.base_url())
            .credentials("planner", "secret")
            .transport(at_once())
            .build()
            .unwrap();
        let result = call(client).await;
        mock.assert_async().await;
        result.unwrap()
    }
}

/// A documented body as the client writes it: without white space between the tokens, without the
/// `null` ids of what is sent (finding G-33), and with amounts as decimals (finding G-45).
fn on_the_wire(fixture: &str) -> String {
    let path = fixtures().join(format!("{fixture}.json"));
    let text = fs::read_to_string(path).unwrap();
    let mut is_inside_a_string = false;
    let tokens = text.chars().filter(|character| {
        is_inside_a_string ^= *character == '"';
        is_inside_a_string || !character.is_ascii_whitespace()
    });
    let tokens: String = tokens.collect();
    tokens
        .replace(r#""id":null,"#, "")
        .replace(r#"Amount":10"#, r#"Amount":10.0"#)
}

fn key(hash_key: &str) -> RoundKey {
    RoundKey::new(ROUND, hash_key)
}

/// The status that the vendor's actions name.
fn status() -> StatusReference {
    StatusReference::by_both(StatusId::new(2), "fid")
}

fn house() -> NewAddress {
    NewAddress::from(
        StreetAddress::new("BE", "5100", "Jambes", "Avenue du Prince de Liège").number("104"),
    )
    .at(Coordinates::new(50.4637474994767, 4.88855612705365))
}

#[tokio::test]
async fn an_activity_is_read_by_id() {
    let activity = Exchange::new("GET", "/activity/1", "get_activity/response")
        .of(async |client| client.activities().get(ACTIVITY).await)
        .await;
    assert_eq!(activity.id, ACTIVITY);
    // Finding G-11: the status's type decides, not its name.
    assert_eq!(activity.status.name.as_deref(), Some("Assigned"));
    assert_eq!(activity.status.kind, StatusKind::Working);
    let task = activity.task().unwrap();
    assert_eq!(task.duration, Duration::from_secs(1200));
    assert_eq!(task.due_at, Some(datetime!(2015-07-13 14:00 UTC)));
    assert_eq!(
        task.created_at,
        Some(datetime!(2015-07-10 12:07:39.657 UTC))
    );
    let round = activity.round.unwrap();
    assert_eq!(round.resource.unwrap().foreign_id.as_deref(), Some("MIP"));
    assert_eq!(round.person.unwrap().foreign_id.as_deref(), Some("P-456"));
}

#[tokio::test]
async fn an_activity_is_read_by_foreign_id() {
    Exchange::new("GET", "/activity?fid=GP-1", "get_activity/response")
        .of(async |client| client.activities().get_by_foreign_id("GP-1").await)
        .await;
}

/// Finding G-46, and what could change the path or add a parameter.
#[tokio::test]
async fn a_reference_in_a_query_stays_one_value() {
    Exchange::new(
        "GET",
        "/activity?fid=a%2Fb%3F..%26fid%3Dc%23+%C3%A9%2B%252f",
        "get_activity/response",
    )
    .of(async |client| {
        client
            .activities()
            .get_by_foreign_id("a/b?..&fid=c# é+%2f")
            .await
    })
    .await;
}

fn documented_task() -> NewTask {
    let mut task = NewTask::new("J. Doe", Duration::from_secs(2 * 3600), naninne());
    task.foreign_id = Some("GP-100".to_owned());
    task.due_at = Some(datetime!(2016-09-01 23:59 +02:00));
    task.description = Some("Internet not working, damaged cable".to_owned());
    let mut contact = Contact::new();
    contact.phone_number = Some("32 81/33.11.11".to_owned());
    contact.mobile_number = Some("0478 91 23 45".to_owned());
    contact.email = Some("info at market-ip.com".to_owned());
    task.contact = Some(contact);
    task.customer = Some(CustomerId::new(78).into());
    task.appointment = Some(NewAppointment::new(
        datetime!(2016-09-01 13:00 +02:00),
        datetime!(2016-09-01 15:00 +02:00),
    ));
    let mut order = NewOrder::new("Cable RJ45 categ. 6", 15.6, "m");
    order.foreign_id = Some("RJ45-T568B-c6".to_owned());
    task.orders = Some(vec![order]);
    let mut ability = NewEnumerable::new("test", "Category");
    ability.foreign_id = Some("test-add".to_owned());
    task.enumerables = Some(vec![ability]);
    task.opening_hours = Some(OpeningHours::monday_to_friday(time!(9:00), time!(18:00)));
    task
}

/// Findings G-01, G-05, G-08, and G-24: the path ends with a slash.
#[tokio::test]
async fn an_activity_is_added() {
    let mut task = documented_task();
    // The vendor writes the street of this one example without its accent.
    task.address = NewAddress::from(
        StreetAddress::new("BE", "5100", "Naninne", "Chaussee de Marche").number("774"),
    )
    .at(Coordinates::new(50.4279474396788, 4.9259030858176));
    let of_type = ActivityTypeReference::new("repair-net").foreign_id("Tp-814");
    let new = NewActivity::new(task).of_type(of_type);
    let activity = Exchange::new("POST", "/activity/", "add_activity/response")
        .body("add_activity/request")
        .of(async |client| client.activities().add(&new).await)
        .await;
    // Finding G-45: 0 is an id.
    assert_eq!(activity.id, ActivityId::new(0));
    let task = activity.task().unwrap();
    // Finding G-01: 120 is sent, 7200 comes back, and both are two hours.
    assert_eq!(task.duration, new.task.duration);
    assert_eq!(task.due_at, new.task.due_at);
    // Finding G-08: the hours come back in another order.
    assert_eq!(task.opening_hours(), new.task.opening_hours);
    // Finding G-41: what is documented as a reference comes back whole.
    let customer = task.customer.as_ref().unwrap();
    assert_eq!(customer.name.as_deref(), Some("Market-IP"));
    assert_eq!(
        activity.activity_type.unwrap().target_activity_mask,
        Some(5)
    );
}

#[tokio::test]
async fn a_task_is_updated() {
    let mut task = documented_task();
    task.name = "Updated".to_owned();
    task.foreign_id = Some("A-123".to_owned());
    task.duration = Duration::from_secs(75 * 60);
    task.description = Some("This is an updated task".to_owned());
    task.contact.as_mut().unwrap().email = Some("info@market-ip.com".to_owned());
    task.enumerables = None;
    let of_type = ActivityTypeReference::new("Delivery").foreign_id("dvy-01");
    let update = NewActivity::new(task).of_type(of_type);
    let activity = Exchange::new("PUT", "/activity/1", "update_activity/response-task")
        .body("update_activity/request-task")
        .of(async |client| client.activities().update(ACTIVITY, &update).await)
        .await;
    assert_eq!(activity.task().unwrap().duration, update.task.duration);

    // Finding G-28: the route has no example of its own.
    Exchange::new(
        "PUT",
        "/activity?fid=A-123",
        "update_activity/response-task",
    )
    .body("update_activity/request-task")
    .of(async |client| {
        let activities = client.activities();
        activities.update_by_foreign_id("A-123", &update).await
    })
    .await;
}

#[tokio::test]
async fn a_simple_activity_is_updated() {
    let mut update = SimpleActivityUpdate::blank();
    let of_type = ActivityTypeReference::new("Refill").foreign_id("rfl-02");
    update.activity_type = Some(of_type);
    update.name = Some("Updated refill".to_owned());
    update.foreign_id = Some("r-123".to_owned());
    update.description = Some("This id an updated activity".to_owned());
    update.duration = Some(Duration::from_secs(35 * 60));
    update.address = Some(naninne());
    let activity = Exchange::new(
        "PUT",
        "/activity/1",
        "update_activity/response-simple-activity",
    )
    .body("update_activity/request-simple-activity")
    .of(async |client| client.activities().update(ACTIVITY, &update).await)
    .await;
    let simple = activity.simple_activity().unwrap();
    // Finding G-02: the number has no unit.
    assert_eq!(simple.duration.unwrap().get(), 35);
    // Finding G-35: the reference is not returned.
    assert_eq!(simple.foreign_id, None);

    let uri = "/activity?fid=r-123";
    Exchange::new("PUT", uri, "update_activity/response-simple-activity")
        .body("update_activity/request-simple-activity")
        .of(async |client| {
            let activities = client.activities();
            activities.update_by_foreign_id("r-123", &update).await
        })
        .await;
}

#[tokio::test]
async fn an_activity_is_deleted() {
    Exchange::deletion("/activity/1")
        .of(async |client| client.activities().delete(ACTIVITY).await)
        .await;
    Exchange::deletion("/activity?fid=A-789")
        .of(async |client| client.activities().delete_by_foreign_id("A-789").await)
        .await;
}

#[tokio::test]
async fn an_activity_is_assigned() {
    let date = datetime!(2016-10-07 13:01:59 UTC);
    let assign = Assign::new(ResourceId::new(1), TaskId::new(50)).at(date);
    let uri = "/activity/40/assign";
    let activity = Exchange::new("PATCH", uri, "assign_activity/response")
        .body("assign_activity/request")
        .of(async |client| {
            client
                .activities()
                .assign(ActivityId::new(40), &assign)
                .await
        })
        .await;
    // Finding G-10: a type that the list does not have.
    assert_eq!(activity.status.kind, StatusKind::PreAssigned);
    let assigned = activity.task().unwrap().pre_assignment.as_ref().unwrap();
    assert_eq!(assigned.resource.as_ref().unwrap().id, assign.resource_id);
    assert_eq!(assigned.at, assign.at);
}

#[tokio::test]
async fn an_activity_is_planned() {
    let round = RoundKey::new(RoundId::new(30), "21631d522021e3b10d6ea779f15eda10");
    let plan = Plan::new(round, 0, datetime!(2015-07-13 10:00 UTC)).status(status());
    let changed = Exchange::new("PATCH", "/activity/40/plan", "plan_activity/response")
        .body("plan_activity/request")
        .of(async |client| client.activities().plan(ActivityId::new(40), &plan).await)
        .await;
    // Finding G-18: the response has the next action's key.
    let key = changed.key(RoundId::new(30)).unwrap();
    assert_eq!(key.hash_key, "c33e0f2f8d3954d63eb1c2576d68e7f1");
    // Finding G-03: routes are in no table.
    let route = changed.rounds[0].activities()[0].route().unwrap();
    assert_eq!(route.duration, Some(Duration::from_secs(178)));
    assert_eq!(route.distance_m, Some(2_968.697_090_212_982));
    let origin = route.origin.as_ref().unwrap();
    assert_eq!(origin.city.as_deref(), Some("Saint-Servais"));
    assert!(route.destination.is_some());
}

/// Finding G-18: the key goes under another name.
#[tokio::test]
async fn an_activity_is_unassigned() {
    let from = Unassign::from_round(&key("a11356a62fa2255fa486cbfa77c9f078"));
    let activity = Exchange::new(
        "PATCH",
        "/activity/1/unassign",
        "unassign_activity/response",
    )
    .body("unassign_activity/request")
    .of(async |client| client.activities().unassign(ACTIVITY, &from).await)
    .await;
    // Finding G-14: the table misspells this subtype.
    assert!(matches!(
        activity.details,
        ActivityDetails::Assignment { .. }
    ));
}

#[tokio::test]
async fn an_activity_is_started() {
    let at = Progress::new(
        key("35875c7f38216fd24cfac33c2fa98148"),
        datetime!(2015-07-13 09:00 UTC),
    );
    let at = at.status(status());
    let changed = Exchange::new("PATCH", "/activity/1/start", "start_activity/response")
        .body("start_activity/request")
        .of(async |client| client.activities().start(ACTIVITY, &at).await)
        .await;
    let activity = &changed.rounds[0].activities()[0];
    assert_eq!(activity.actual_start, Some(at.at));
    assert_eq!(activity.status.kind, StatusKind::Working);
}

/// Finding G-28: the path is known from the example alone.
#[tokio::test]
async fn an_activity_is_started_by_its_event() {
    let at = Progress::new(
        key("35875c7f38216fd24cfac33c2fa98148"),
        datetime!(2015-07-13 09:00 UTC),
    );
    let at = at.status(status());
    let changed = Exchange::new(
        "PATCH",
        "/events/1/start",
        "start_activity_by_event/response",
    )
    .body("start_activity_by_event/request")
    .of(async |client| client.events().start(EventId::new(1), &at).await)
    .await;
    let simple = changed.rounds[0].activities()[0].simple_activity().unwrap();
    assert_eq!(simple.event.as_ref().unwrap().id, EventId::new(1));
}

/// Finding G-19: the round's activities come back empty.
#[tokio::test]
async fn an_activity_is_finished() {
    let at = Progress::new(
        key("35875c7f38216fd24cfac33c2fa98148"),
        datetime!(2015-07-13 10:00 UTC),
    );
    let at = at.status(status());
    let changed = Exchange::new("PATCH", "/activity/1/finish", "finish_activity/response")
        .body("finish_activity/request")
        .of(async |client| client.activities().finish(ACTIVITY, &at).await)
        .await;
    assert_eq!(changed.rounds[0].activities.as_deref(), Some(&[][..]));
    let mut key = at.round;
    assert!(key.renew(&changed));
    assert_eq!(key.hash_key, "21631d522021e3b10d6ea779f15eda10");
}

/// Finding G-36: the status is of no particular type, and is not checked.
#[tokio::test]
async fn an_activity_is_rejected_before_it_was_started() {
    let at = Progress::new(
        key("eb4b72efc085c694baea75626cfff188"),
        datetime!(2015-07-13 09:00 UTC),
    );
    let at = at.status(status());
    let uri = "/activity/1/rejectnowork";
    Exchange::new("PATCH", uri, "reject_activity/response")
        .body("reject_activity/request")
        .of(async |client| client.activities().reject(ACTIVITY, &at).await)
        .await;
}

#[tokio::test]
async fn an_activity_is_rejected_after_it_was_started() {
    let at = Progress::new(
        key("35875c7f38216fd24cfac33c2fa98148"),
        datetime!(2015-07-13 10:00 UTC),
    );
    let at = at.status(status());
    let uri = "/activity/1/rejectwork";
    Exchange::new("PATCH", uri, "reject_working_activity/response")
        .body("reject_working_activity/request")
        .of(async |client| client.activities().reject_working(ACTIVITY, &at).await)
        .await;
}

#[tokio::test]
async fn an_activity_is_cancelled() {
    let round = RoundKey::new(RoundId::new(30), "1932ab8633eb86cfde9bdf103e6e9504");
    let cancel = Cancel::in_round(round, datetime!(2015-07-13 10:00 UTC));
    let activity = Exchange::new("PATCH", "/activity/40/cancel", "cancel_activity/response")
        .body("cancel_activity/request")
        .of(async |client| {
            client
                .activities()
                .cancel(ActivityId::new(40), &cancel)
                .await
        })
        .await;
    assert_eq!(activity.status.kind, StatusKind::Cancelled);
}

/// Finding G-29: the id is the customer's.
#[tokio::test]
async fn a_customers_history_is_listed() {
    let history = Exchange::new("GET", "/activity/history/60", "activity_history/response")
        .of(async |client| client.activities().history(CUSTOMER).await)
        .await;
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].id, ActivityId::new(2));
    assert_eq!(history[0].ended_at, Some(datetime!(2015-07-13 11:30 UTC)));
    assert_eq!(history[0].resource_name.as_deref(), Some("DEMO"));
}

#[tokio::test]
async fn the_attachments_of_an_activity_are_listed() {
    let uri = "/activity/1/attachments";
    let attachments = Exchange::new("GET", uri, "activity_attachments/response")
        .of(async |client| client.activities().attachments(ACTIVITY).await)
        .await;
    let kinds: Vec<_> = attachments.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["SIGNATURE", "IMAGE", "TEXT"]);
    assert_eq!(attachments[2].task_id, Some(TaskId::new(50)));
    assert_eq!(attachments[2].url, None);
}

/// Finding G-30: an id is a number, so that no activity is called `status`, `types` or `history`.
#[tokio::test]
async fn the_statuses_of_activities_are_listed() {
    let uri = "/activity/status";
    let statuses = Exchange::new("GET", uri, "list_activity_statuses/response")
        .of(async |client| client.activity_statuses().list().await)
        .await;
    assert_eq!(statuses[1].kind, StatusKind::Completed);
    assert_eq!(statuses[1].foreign_id.as_deref(), Some("13"));
    assert_eq!(statuses[1].is_default, Some(true));
}

#[tokio::test]
async fn the_types_of_activities_are_listed() {
    let uri = "/activity/types";
    let types = Exchange::new("GET", uri, "list_activity_types/response")
        .of(async |client| client.activity_types().list().await)
        .await;
    // Finding G-13: name and meta type are independent.
    assert_eq!(types[1].name, "Way Point");
    assert_eq!(types[1].meta_type, Some(geoplanning::MetaType::StandBy));
    // Finding G-04: a number without a unit.
    assert_eq!(types[1].default_duration, Some(30));
    assert_eq!(types[1].is_for_simple_activities(), Some(true));
    assert_eq!(types[1].is_for_tasks(), Some(false));
}

#[tokio::test]
async fn the_credentials_are_checked() {
    let user = Exchange::new("GET", "/login/check", "check_login/response")
        .of(async |client| client.check_login().await)
        .await;
    assert_eq!(user.id, UserId::new(1));
    assert_eq!(user.language.as_deref(), Some("en"));
    assert_eq!(user.resource_id, Some(ResourceId::new(1)));
}

/// Findings G-28 and G-46: told apart by the query, which is form-encoded.
#[tokio::test]
async fn the_closest_points_to_an_address_are_listed() {
    let uri = "/pois/closest?country=BE&postcode=5100&locality=Naninne\
        &street=Chauss%C3%A9e+de+Marche&number=774";
    let pois = Exchange::new("GET", uri, "closest_pois_by_address/response")
        .of(async |client| client.pois().closest_to_address(&naninne_street()).await)
        .await;
    assert_eq!(pois[0].distance_m, Some(59_077.950_731_341_61));
    assert_eq!(pois[0].is_yours, Some(false));
    // Finding G-37: a house without a number.
    assert_eq!(pois[1].address.as_ref().unwrap().number, None);
}

#[tokio::test]
async fn the_closest_points_to_coordinates_are_listed() {
    let uri = "/pois/closest?longitude=4.9259030858176&latitude=50.4279474396788";
    let place = Coordinates::new(50.4279474396788, 4.9259030858176);
    let pois = Exchange::new("GET", uri, "closest_pois_by_coordinates/response")
        .of(async |client| client.pois().closest_to_coordinates(place).await)
        .await;
    // Finding G-15: no list of kinds is documented.
    assert_eq!(pois[0].kind.as_deref(), Some("TECHNICIAN_HOME_ADDRESS"));
}

/// Finding G-27: each field is a parameter of its own.
#[tokio::test]
async fn a_resource_is_read_with_the_fields_asked_for() {
    let uri = "/resources/2?fields=startAddress&fields=endAddress";
    let resource = Exchange::new("GET", uri, "get_resource/response")
        .of(async |client| {
            let fields = [ResourceField::StartAddress, ResourceField::EndAddress];
            client.resources().get(RESOURCE, &fields).await
        })
        .await;
    let capacities = resource.capacities.unwrap();
    // Findings G-44 and G-45: two amounts, and one reference for two capacities.
    assert_eq!(capacities[0].max_amount, 50.0);
    assert_eq!(capacities[0].initial_amount, 10.0);
    assert_eq!(capacities[0].foreign_id, capacities[1].foreign_id);

    Exchange::new("GET", "/resources/2", "get_resource/response")
        .of(async |client| client.resources().get(RESOURCE, &[]).await)
        .await;
}

#[tokio::test]
async fn a_resource_is_read_by_foreign_id() {
    let uri = "/resources?fid=GP+2&fields=startAddress&fields=endAddress\
        &fields=enumerables&fields=capacities";
    Exchange::new("GET", uri, "get_resource/response")
        .of(async |client| {
            let resources = client.resources();
            resources
                .get_by_foreign_id("GP 2", &ResourceField::ALL)
                .await
        })
        .await;
}

fn documented_resource() -> NewResource {
    let mut resource = NewResource::new("John Doe", house(), house());
    resource.foreign_id = Some("T-789".to_owned());
    resource.is_internal = Some(true);
    let abilities = [("E104", "French"), ("E105", "Dutch")].map(|(reference, name)| {
        let mut ability = NewEnumerable::new(name, "Languages");
        ability.foreign_id = Some(reference.to_owned());
        ability
    });
    resource.enumerables = Some(abilities.to_vec());
    let mut capacity = NewCapacity::new(10.0, 10.0);
    capacity.foreign_id = Some("Q859".to_owned());
    capacity.name = Some("Sand".to_owned());
    capacity.unit = Some("T".to_owned());
    resource.capacities = Some(vec![capacity]);
    resource
}

/// Finding G-33: the attributes' `null` ids are not sent.
#[tokio::test]
async fn a_resource_is_added() {
    let new = documented_resource();
    let resource = Exchange::new("POST", "/resources", "add_resource/response")
        .body("add_resource/request")
        .of(async |client| client.resources().add(&new).await)
        .await;
    assert_eq!(resource.foreign_id, new.foreign_id);
    assert!(resource.properties.unwrap().is_empty());
}

/// Finding G-31: false is sent, true comes back.
#[tokio::test]
async fn a_resource_is_updated() {
    let mut update: ResourceUpdate = documented_resource();
    update.is_internal = Some(false);
    let resource = Exchange::new("PUT", "/resources/2", "update_resource/response")
        .body("update_resource/request")
        .of(async |client| client.resources().update(RESOURCE, &update).await)
        .await;
    assert_eq!(resource.is_internal, Some(true));

    Exchange::new("PUT", "/resources?fid=T-789", "update_resource/response")
        .body("update_resource_by_foreign_id/request")
        .of(async |client| {
            let resources = client.resources();
            resources.update_by_foreign_id("T-789", &update).await
        })
        .await;
}

#[tokio::test]
async fn a_resource_is_deleted() {
    Exchange::deletion("/resources/2")
        .of(async |client| client.resources().delete(RESOURCE).await)
        .await;
    Exchange::deletion("/resources?fid=T-789")
        .of(async |client| client.resources().delete_by_foreign_id("T-789").await)
        .await;
}

#[tokio::test]
async fn a_round_is_read() {
    let round = Exchange::new("GET", "/rounds/1", "get_round/response")
        .of(async |client| client.rounds().get(ROUND).await)
        .await;
    assert_eq!(round.key(), key("7b217d1d1cee59304911ff51885f7749"));
    assert_eq!(round.starts_at, Some(datetime!(2015-07-13 08:00 UTC)));
    assert!(!round.is_closed());
    // Finding G-40: absent and empty are different.
    assert_eq!(round.activities()[0].task().unwrap().orders, None);
}

/// Findings G-07, G-27, G-29, G-46: the vendor's own example of the query, byte for byte.
#[tokio::test]
async fn the_rounds_of_a_resource_are_listed() {
    let uri = "/rounds/resource/1?date=2015-07-13T00%3A00%3A00.000%2B02%3A00";
    let day = datetime!(2015-07-13 00:00 +02:00);
    let rounds = Exchange::new("GET", uri, "list_rounds/response")
        .of(async |client| client.rounds().list(ResourceId::new(1), day).await)
        .await;
    assert_eq!(rounds.len(), 1);
}

#[tokio::test]
async fn a_round_is_added() {
    let new = NewRound::new(ResourceId::new(1), datetime!(2016-06-03 00:00 UTC));
    let round = Exchange::new("POST", "/rounds", "add_round/response")
        .body("add_round/request")
        .of(async |client| client.rounds().add(&new).await)
        .await;
    assert_eq!(round.id, RoundId::new(32));
    assert_eq!(round.activities.as_deref(), Some(&[][..]));
}

/// Finding G-23: a PUT without a body.
#[tokio::test]
async fn a_round_is_closed() {
    let round = Exchange::new("PUT", "/rounds/1/close", "close_round/response")
        .of(async |client| client.rounds().close(ROUND).await)
        .await;
    // Finding G-20: this status is a text.
    assert_eq!(round.status.as_deref(), Some("CLOSED"));
    assert!(round.is_closed());
}

#[tokio::test]
async fn a_user_is_read_with_the_roles() {
    let user = Exchange::new("GET", "/users/1?fields=roles", "get_user/response")
        .of(async |client| {
            client
                .users()
                .get(UserId::new(1), &[UserField::Roles])
                .await
        })
        .await;
    // Finding G-15: no list of roles is documented.
    assert_eq!(user.roles.unwrap().len(), 21);

    Exchange::new("GET", "/users/1", "get_user/response")
        .of(async |client| client.users().get(UserId::new(1), &[]).await)
        .await;
}

#[tokio::test]
async fn users_are_listed() {
    let users = Exchange::new("GET", "/users", "list_users/response")
        .of(async |client| client.users().list().await)
        .await;
    assert_eq!(users[0].roles, None);
    for (uri, bound) in [
        ("/users?resourceBound=true", true),
        ("/users?resourceBound=false", false),
    ] {
        Exchange::new("GET", uri, "list_users/response")
            .of(async |client| client.users().list_bound(bound).await)
            .await;
    }
}

fn documented_customer() -> NewCustomer {
    let street = StreetAddress::new("BE", "7830", "Fouleng", "Rue de Sy").number("258");
    let address = NewAddress::from(street).at(Coordinates::new(50.6691, 3.9002));
    let mut customer = NewCustomer::new("Athina\u{a0}H\u{a0}van Tienen", address);
    customer.foreign_id = Some("654321".to_owned());
    customer.mobile_number = Some("0477 23 30 98".to_owned());
    customer.phone_number = Some("0477 23 30 98".to_owned());
    customer.email = Some("contact@van-tienen.be".to_owned());
    customer.opening_hours = Some(OpeningHours::every_day(time!(8:00), time!(16:00)));
    customer
}

#[tokio::test]
async fn a_customer_is_added() {
    let new = documented_customer();
    let customer = Exchange::new("POST", "/customers", "add_customer/response")
        .body("add_customer/request")
        .of(async |client| client.customers().add(&new).await)
        .await;
    assert_eq!(customer.id, CustomerId::new(79));
    assert_eq!(customer.email, new.email);
}

#[tokio::test]
async fn a_customer_is_read() {
    let customer = Exchange::new("GET", "/customers/60", "get_customer/response")
        .of(async |client| client.customers().get(CUSTOMER).await)
        .await;
    assert_eq!(customer.foreign_id.as_deref(), Some("C-546"));
    Exchange::new("GET", "/customers/ref/C-546", "get_customer/response")
        .of(async |client| client.customers().get_by_foreign_id("C-546").await)
        .await;
}

/// What could leave its segment of the path.
#[tokio::test]
async fn a_reference_in_a_path_stays_one_segment() {
    Exchange::new(
        "GET",
        "/customers/ref/..%2Fa%20b%3Fc%23%C3%A9%2B%252f",
        "get_customer/response",
    )
    .of(async |client| client.customers().get_by_foreign_id("../a b?c#é+%2f").await)
    .await;
}

#[tokio::test]
async fn a_customer_is_edited() {
    let mut update: CustomerUpdate = documented_customer();
    update.foreign_id = Some("C-546".to_owned());
    Exchange::new("PUT", "/customers/60", "update_customer/response")
        .body("update_customer/request")
        .of(async |client| client.customers().update(CUSTOMER, &update).await)
        .await;
    Exchange::new("PUT", "/customers/ref/C-546", "update_customer/response")
        .body("update_customer_by_foreign_id/request")
        .of(async |client| {
            let customers = client.customers();
            customers.update_by_foreign_id("C-546", &update).await
        })
        .await;
}

#[tokio::test]
async fn a_customer_is_deleted() {
    Exchange::deletion("/customers/60")
        .of(async |client| client.customers().delete(CUSTOMER).await)
        .await;
    Exchange::deletion("/customers/ref/C-546")
        .of(async |client| client.customers().delete_by_foreign_id("C-546").await)
        .await;
}

/// Finding G-23: absent leaves what is there, empty clears it.
#[test]
fn an_absent_array_is_not_sent_and_an_empty_one_is() {
    let mut task = NewTask::new("name", Duration::from_secs(60), naninne());
    let sent = |task: &NewTask| serde_json::to_value(task).unwrap();
    for name in ["orders", "enumerables", "openingHours"] {
        assert_eq!(sent(&task).get(name), None);
    }
    task.orders = Some(Vec::new());
    task.enumerables = Some(Vec::new());
    task.opening_hours = Some(OpeningHours::none());
    for name in ["orders", "enumerables", "openingHours"] {
        assert_eq!(sent(&task)[name], json!([]));
    }
}
