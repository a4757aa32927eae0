//! The crate's own endpoints, called as those of a user are.

use std::collections::BTreeSet;

use cegid_loop::endpoints::{LIST_ACTIVITIES, LIST_ENGAGEMENT_LETTERS};
use cegid_loop::test_util::{Reply, Script};
use cegid_loop::{Client, Filter, TransportConfig, letters, operations};

use crate::support::{client, sandbox};

#[tokio::test]
async fn every_endpoint_can_be_called_and_has_a_raw_response() {
    let script = Script::new([Reply::json(200, "[]").always()]);
    let client = Client::builder()
        .subscription_key("s")
        .api_key("k", "c")
        .transport(TransportConfig::default().script(&script))
        .build()
        .unwrap();
    let query = client
        .engagement_letters(letters::signed())
        .limit(7)
        .query();
    let response = client.call_raw(&LIST_ENGAGEMENT_LETTERS, &query, ()).await;
    assert_eq!(response.unwrap().body(), b"[]");
    let query = client.activities(Filter::unfiltered()).query();
    client.call_raw(&LIST_ACTIVITIES, &query, ()).await.unwrap();

    let requests = script.requests();
    let called: BTreeSet<_> = requests.iter().map(|sent| sent.operation().name).collect();
    let all: BTreeSet<_> = operations().map(|operation| operation.name).collect();
    assert_eq!(called, all);
    assert_eq!(requests[0].parameter("take").as_deref(), Some("7"));
    assert!(requests[0].parameter("filter").is_some());
}

#[tokio::test]
async fn they_return_what_a_list_does() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let list = client.engagement_letters(letters::signed());
    let query = list.query();
    let page = client.call(&LIST_ENGAGEMENT_LETTERS, &query, ()).await;
    let rows = page.unwrap().into_rows().unwrap();
    assert!(!rows.is_empty());
    assert_eq!(rows, list.page().await.unwrap().rows);
}

#[tokio::test]
async fn a_list_that_cannot_be_requested_is_refused_there_too() {
    let client = Client::builder().subscription_key("s").api_key("k", "c");
    let client = client.build().unwrap();
    let query = client.activities(Filter::unfiltered()).page_size(0).query();
    let error = client.call(&LIST_ACTIVITIES, &query, ()).await.unwrap_err();
    assert!(error.is_invalid_request(), "{error}");
}
