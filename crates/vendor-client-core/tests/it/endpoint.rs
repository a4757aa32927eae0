//! What an endpoint's parts make of a request.

use serde::{Deserialize, Serialize};
use vendor_client_core::test_util::{Reply, Script, SentRequest};
use vendor_client_core::{
    Endpoint, Error, Form, Idempotency, Json, Method, Outcome, Part, Path, Query, Transport,
    Validate, Violations, endpoints,
};

use crate::support::{at_once, with_config};

#[derive(Serialize, Deserialize)]
struct Note {
    text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
}

impl Validate for Note {
    fn validate(&self, violations: &mut Violations) {
        violations.require("text", !self.text.is_empty(), "must not be empty");
    }
}

const NOTE: Note = Note {
    text: "a & b",
    page: None,
};

const EMPTY: Note = Note {
    text: "",
    page: Some(2),
};

static NOTHING: Endpoint<(), (), ()> = Endpoint::get("nothing", "/nothing");
static ONE: Endpoint<Path<&str>, (), ()> = Endpoint::get("one", "/a/{id}/b");
static TWO: Endpoint<(Path<u32>, Path<&str>), (), ()> = Endpoint::get("two", "/a/{id}/b/{name}");
type ThreeValues = (Path<u32>, (Path<u32>, Path<u32>));
static THREE: Endpoint<ThreeValues, (), ()> = Endpoint::get("three", "/{a}/{b}/{c}");
static SEARCH: Endpoint<(Path<u32>, Query<Note>), (), ()> = Endpoint::get("search", "/a/{id}");
static TWO_QUERIES: Endpoint<(Query<Note>, Query<Note>), (), ()> = Endpoint::get("two_q", "/a");
static SEND_FORM: Endpoint<Query<Note>, Form<Note>, ()> = Endpoint::post("send_form", "/a");
static SEND_JSON: Endpoint<Path<u32>, Json<Note>, ()> = Endpoint::post("send_json", "/a/{id}");
static TOO_FEW: Endpoint<Path<u32>, (), ()> = Endpoint::get("too_few", "/{a}/{b}");
static TOO_MANY: Endpoint<(Path<u32>, Path<u32>), (), ()> = Endpoint::get("too_many", "/{a}");

async fn call<At: Part, Body: Part>(
    endpoint: &'static Endpoint<At, Body, ()>,
    at: At::Value<'_>,
    body: Body::Value<'_>,
) -> Result<SentRequest, Error> {
    let script = Script::new([Reply::new(204)]);
    let transport: Transport = with_config("https://h.invalid/base", &at_once().script(&script));
    transport
        .send(transport.request_to(endpoint, at, body))
        .await
        .inspect_err(|_| assert!(script.requests().is_empty()))?;
    Ok(script.requests().remove(0))
}

/// The paths of what a request breaks; nothing was sent.
async fn violations<At: Part, Body: Part>(
    endpoint: &'static Endpoint<At, Body, ()>,
    at: At::Value<'_>,
    body: Body::Value<'_>,
) -> Vec<String> {
    let error = call(endpoint, at, body).await.unwrap_err();
    assert!(error.is_invalid_request() && error.outcome() == Outcome::NotSent);
    let violations = error.violations().iter();
    violations.map(|violation| violation.path.clone()).collect()
}

#[tokio::test]
async fn nothing_adds_nothing() {
    let sent = call(&NOTHING, (), ()).await.unwrap();
    assert_eq!((sent.path(), sent.query()), ("/base/nothing", None));
    assert!(sent.body().is_empty());
    assert_eq!(sent.header("content-type"), None);
}

#[tokio::test]
async fn each_path_part_takes_the_next_placeholder_as_one_encoded_segment() {
    let sent = call(&ONE, &"x/../y?z", ()).await.unwrap();
    assert_eq!(sent.path(), "/base/a/x%2F..%2Fy%3Fz/b");
    let sent = call(&TWO, (&7, &"é"), ()).await.unwrap();
    assert_eq!(sent.path(), "/base/a/7/b/%C3%A9");
    let sent = call(&THREE, (&1, (&2, &3)), ()).await.unwrap();
    assert_eq!(sent.path(), "/base/1/2/3");
}

#[tokio::test]
async fn a_placeholder_without_a_part_and_a_part_without_a_placeholder_are_refused() {
    assert_eq!(violations(&TOO_FEW, &1, ()).await, ["b"]);
    assert_eq!(violations(&TOO_MANY, (&1, &2), ()).await, ["path"]);
    assert_eq!(violations(&ONE, &"..", ()).await, ["id"]);
}

#[tokio::test]
async fn query_form_and_json_each_write_the_fields_where_they_belong() {
    let sent = call(&SEARCH, (&7, &NOTE), ()).await.unwrap();
    assert_eq!(
        (sent.path(), sent.query()),
        ("/base/a/7", Some("text=a+%26+b"))
    );
    assert!(sent.body().is_empty());

    let sent = call(&TWO_QUERIES, (&NOTE, &NOTE), ()).await.unwrap();
    assert_eq!(sent.query(), Some("text=a+%26+b&text=a+%26+b"));

    let sent = call(&SEND_FORM, &NOTE, &NOTE).await.unwrap();
    assert_eq!(sent.query(), Some("text=a+%26+b"));
    assert_eq!(sent.body(), b"text=a+%26+b");
    let form = "application/x-www-form-urlencoded";
    assert_eq!(sent.header("content-type"), Some(form));

    let sent = call(&SEND_JSON, &7, &NOTE).await.unwrap();
    assert_eq!((sent.path(), sent.query()), ("/base/a/7", None));
    assert_eq!(sent.body(), br#"{"text":"a & b"}"#);
    assert_eq!(sent.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn every_part_is_validated_and_all_violations_come_at_once() {
    assert_eq!(violations(&SEARCH, (&7, &EMPTY), ()).await, ["text"]);
    assert_eq!(violations(&SEND_JSON, &7, &EMPTY).await, ["text"]);
    assert_eq!(
        violations(&SEND_FORM, &EMPTY, &EMPTY).await,
        ["text", "text"]
    );
}

#[test]
fn an_endpoint_is_not_idempotent_unless_it_is_declared_to_be() {
    let endpoint = |endpoint: Endpoint<(), (), ()>| endpoint.operation().idempotency;
    let post = || Endpoint::post("a", "/a");
    assert_eq!(endpoint(post()), Idempotency::NotIdempotent);
    assert_eq!(
        endpoint(Endpoint::get("a", "/a")),
        Idempotency::NotIdempotent
    );
    assert_eq!(endpoint(post().idempotent()), Idempotency::Idempotent);
    let back = post().idempotent().not_idempotent();
    assert_eq!(endpoint(back), Idempotency::NotIdempotent);
}

mod declared {
    use super::*;

    endpoints! {
        READ_THING = GET "/things/{id}" Path<u64>, () => String, idempotent;
        /// Adding twice adds two.
        ADD_THING = POST "/things" (), () => String, not_idempotent;
    }
}

#[test]
fn declared_endpoints_are_listed_under_their_names_in_lower_case() {
    let operations = declared::ENDPOINTS.iter().map(|listed| listed.operation);
    let operations: Vec<_> = operations
        .map(|operation| {
            let is_idempotent = operation.idempotency.is_idempotent();
            (
                operation.name,
                &operation.method,
                operation.template,
                is_idempotent,
            )
        })
        .collect();
    assert_eq!(
        operations,
        [
            ("read_thing", &Method::GET, "/things/{id}", true),
            ("add_thing", &Method::POST, "/things", false),
        ]
    );
    let shown = format!("{:?}", declared::ADD_THING);
    assert!(shown.contains("add_thing"), "{shown}");
    let parameters: Vec<_> = TWO.operation().path_parameters().collect();
    assert_eq!(parameters, ["id", "name"]);
}
