//! Engagement letters and activities.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use vendor_sandbox::cegid_loop::{Envelope, Spelling, error_in_success, quota_exceeded};
use vendor_sandbox::contract::validate_response;
use vendor_sandbox::{CegidLoop, Clock, Sandbox};

use crate::support::{Client, Response};

const LETTERS: &str = "/LettresDeMissions";
const ACTIVITIES: &str = "/giActivitesMission";

/// A connection with both keys.
async fn connect(cegid: &CegidLoop) -> Client {
    let mut client = Client::connect(cegid.emulator()).await;
    client.headers = keys(
        cegid.subscription_key(),
        cegid.api_key(),
        cegid.api_secret(),
    );
    client
}

fn keys(subscription: &str, key: &str, secret: &str) -> String {
    format!("Ocp-Apim-Subscription-Key: {subscription}\r\nx-apikey: {key}:{secret}\r\n")
}

/// Lists rows of the firm.
async fn list(client: &mut Client, list: &str, parameters: &[(&str, &str)]) -> Response {
    let mut path = format!("{list}?codeDossier=cabinet");
    for (name, value) in parameters {
        path += &format!("&{name}={}", encoded(value));
    }
    client.call("GET", &path).await
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        // A String takes everything.
        let _ = write!(out, "%{byte:02x}");
        out
    })
}

fn rows(response: &Response) -> Vec<Value> {
    assert_eq!(response.status, 200, "{:?}", response.json());
    response.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn both_lists_respond_as_documented_in_both_envelopes() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    let mut client = connect(cegid).await;
    for envelope in [Envelope::Bare, Envelope::Wrapped] {
        cegid.configure(|settings| settings.envelope = envelope);
        for (operation, path) in cegid
            .emulator()
            .contract()
            .operations
            .iter()
            .zip([ACTIVITIES, LETTERS])
        {
            let route = &operation.routes[0];
            assert_eq!(route.path, path);
            let response = list(&mut client, path, &[]).await;
            let breaches = validate_response(
                cegid.emulator().contract(),
                operation,
                &route.name,
                &response.body,
            );
            assert_eq!((response.status, breaches), (200, vec![]), "{path}");
        }
    }
}

#[tokio::test]
async fn a_missing_or_wrong_key_is_a_401() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    let mut client = Client::connect(cegid.emulator()).await;
    let (subscription, key, secret) = (
        cegid.subscription_key(),
        cegid.api_key(),
        cegid.api_secret(),
    );
    let only_one = format!("Ocp-Apim-Subscription-Key: {subscription}\r\n");
    let wrong = [
        (String::new(), "`Ocp-Apim-Subscription-Key` is required"),
        (only_one.clone(), "`x-apikey` is required"),
        (keys("x", key, secret), "the subscription key is not valid"),
        (keys(subscription, key, "x"), "client secret is not valid"),
        (
            keys(subscription, "x", secret),
            "client secret is not valid",
        ),
        (only_one + "x-apikey: x\r\n", "must be `key:secret`"),
    ];
    for (headers, message) in wrong {
        client.headers = headers;
        let response = list(&mut client, LETTERS, &[]).await;
        assert_eq!(response.status, 401);
        assert_eq!(response.json()["statusCode"], 401);
        assert!(
            response.message().contains(message),
            "{}",
            response.message()
        );
    }
}

#[tokio::test]
async fn a_call_that_breaks_the_contract_is_a_400_that_names_the_parameter() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = connect(sandbox.cegid_loop()).await;
    let wrong = [
        (&[("take", "0")][..], "`take`"),
        (&[("skip", "-1")], "`skip`"),
        (&[("skip", "\"10\"")], "`skip`"),
        (&[("limit", "10")], "`limit`"),
        (
            &[("filter", "statut = 2")],
            "`filter` must have an operator at character 7",
        ),
        (&[("filter", "staut==2")], "`filter` names `staut`"),
        (
            &[("filter", "entite.id=='x'")],
            "`filter` names `entite.id`",
        ),
        (&[("sort", "statut:asc")], "`sort` names `statut:asc`"),
        (&[("select", "objectId,numero")], "`select` names `numero`"),
    ];
    for (parameters, message) in wrong {
        let response = list(&mut client, LETTERS, parameters).await;
        assert_eq!(response.status, 400, "{parameters:?}");
        assert!(
            response.message().contains(message),
            "{}",
            response.message()
        );
    }
    let without_folder = client.call("GET", LETTERS).await;
    assert!(
        without_folder
            .message()
            .contains("`codeDossier` is required")
    );
    let unknown = client.call("GET", "/LettresDeMissions?codeDossier=x").await;
    assert_eq!(
        (unknown.status, unknown.message().as_str()),
        (404, "no such folder")
    );
}

#[tokio::test]
async fn filter_sort_skip_take_and_select_are_carried_out_in_this_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    cegid.set_letters(
        [(3, 1), (1, 2), (2, 2), (5, 2), (4, 2)]
            .map(|(index, status)| json!({ "objectId": index, "indexIncInt": index, "statut": status }))
            .into(),
    );
    let mut client = connect(cegid).await;
    let parameters = [
        ("filter", "statut == 2"),
        ("sort", "statut&&indexIncInt:desc"),
        ("skip", "1"),
        ("take", "2"),
        ("select", "indexIncInt&&objectId"),
    ];
    let response = list(&mut client, LETTERS, &parameters).await;
    let expected = [
        json!({ "indexIncInt": 4, "objectId": 4 }),
        json!({ "indexIncInt": 2, "objectId": 2 }),
    ];
    assert_eq!(rows(&response), expected);
}

#[tokio::test]
async fn a_response_has_at_most_100_rows_by_default() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    let mut client = connect(cegid).await;
    let take = [("take", "1000")];
    assert_eq!(rows(&list(&mut client, ACTIVITIES, &take).await).len(), 100);
    cegid.configure(|settings| settings.max_rows = 7);
    assert_eq!(rows(&list(&mut client, ACTIVITIES, &take).await).len(), 7);
    let past_the_end = [("skip", "100000")];
    assert!(rows(&list(&mut client, ACTIVITIES, &past_the_end).await).is_empty());
    sandbox.reset();
    assert_eq!(rows(&list(&mut client, ACTIVITIES, &take).await).len(), 100);
}

#[tokio::test]
async fn a_clients_folder_has_the_clients_own_rows() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut client = connect(sandbox.cegid_loop()).await;
    let path = "/LettresDeMissions?codeDossier=CLIENT007";
    let letters = rows(&client.call("GET", path).await);
    assert!(!letters.is_empty());
    for letter in letters {
        assert_eq!(letter["entite"]["description"][0], "CLIENT007");
    }
}

#[tokio::test]
async fn the_tables_spelling_can_be_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    cegid.configure(|settings| settings.spelling = Spelling::Tables);
    let mut client = connect(cegid).await;
    let letter = rows(&list(&mut client, LETTERS, &[("take", "1")]).await).remove(0);
    assert!(letter["status"].is_string() && letter["entite"].is_string());
    assert!(letter.get("statut").is_none() && letter.get("modele").is_none());
    let activity = rows(&list(&mut client, ACTIVITIES, &[("take", "1")]).await).remove(0);
    assert!(activity["Libelle"].is_string() && activity["frequence"].is_string());
}

#[tokio::test]
async fn a_call_is_about_the_position_that_it_asks_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    let mut client = connect(cegid).await;
    list(&mut client, LETTERS, &[]).await;
    list(&mut client, LETTERS, &[("skip", "100")]).await;
    let entries = cegid.ledger().entries();
    let about: Vec<_> = entries
        .iter()
        .filter_map(|entry| entry.about.as_deref())
        .collect();
    assert_eq!(about, ["0", "100"]);
    assert!(entries.iter().all(|entry| !entry.took_effect));
}

#[tokio::test]
async fn rows_without_a_value_come_first_in_every_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    cegid.configure(|settings| settings.max_rows = usize::MAX);
    let mut client = connect(cegid).await;
    for (path, field) in [(LETTERS, "dateSignature"), (ACTIVITIES, "dateFreq")] {
        let response = list(&mut client, path, &[("sort", field)]).await;
        let found = rows(&response);
        let dates: Vec<_> = found.iter().map(|row| row[field].as_str()).collect();
        assert!(dates.iter().any(Option::is_none) && dates.iter().any(Option::is_some));
        assert!(dates.is_sorted(), "{field}: {dates:?}");
    }
}

#[tokio::test]
async fn rows_of_any_types_can_be_put_in_an_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    let mut client = connect(cegid).await;
    let values = [
        json!("x"),
        json!(2),
        json!(null),
        json!("3"),
        json!(true),
        json!({}),
        json!(""),
    ];
    let row = |index: usize| json!({ "description": values[index * 5 % values.len()] });
    cegid.set_letters((0..500).map(row).collect());
    let response = list(&mut client, LETTERS, &[("sort", "description")]).await;
    assert_eq!(rows(&response).len(), 100);
}

#[tokio::test]
async fn an_exhausted_quota_is_a_403_with_retry_after() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    let mut client = connect(cegid).await;
    let fault = quota_exceeded("17");
    cegid.faults().on("list_engagement_letters").respond(fault);
    let response = list(&mut client, LETTERS, &[]).await;
    assert_eq!(response.status, 403);
    assert_eq!(response.header("retry-after"), Some("17"));
    assert_eq!(list(&mut client, LETTERS, &[]).await.status, 200);
}

#[tokio::test]
async fn a_refusal_may_come_inside_a_success() {
    let sandbox = Sandbox::start().await.unwrap();
    let cegid = sandbox.cegid_loop();
    let mut client = connect(cegid).await;
    let fault = error_in_success("the folder is locked");
    cegid.faults().on("list_activities").respond(fault);
    let response = list(&mut client, ACTIVITIES, &[]).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.json()["error"]["message"], "the folder is locked");
}

#[tokio::test]
async fn letters_are_signed_in_the_years_around_the_clock() {
    for year in [2026, 2031] {
        let clock = Clock::standing();
        clock.set(Clock::START.replace_year(year).unwrap());
        let sandbox = Sandbox::builder().clock(clock).start().await.unwrap();
        let letters = sandbox.cegid_loop().letters();
        let signed = letters
            .iter()
            .filter_map(|letter| letter["dateSignature"].as_str());
        let years: BTreeSet<&str> = signed.map(|date| &date[..4]).collect();
        let expected = [year - 3, year - 2, year - 1].map(|year| year.to_string());
        assert!(years.iter().copied().eq(expected.iter()), "{years:?}");
    }
}
