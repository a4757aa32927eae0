//! The exact bytes of each call.

use cegid_loop::{Client, Field, Filter, Select, activities, letters};
use httpmock::prelude::*;
use httpmock::{Mock, When};

use crate::support::at_once;

const LETTERS: &str = include_str!("../fixtures/list_engagement_letters/response-list.json");
const ACTIVITIES: &str = include_str!("../fixtures/list_activities/response-list.json");

fn client(service: &MockServer) -> Client {
    Client::builder()
        .base_url(service.url("/loop-api-publiques"))
        .subscription_key("the-subscription-key")
        .api_key("the-key", "the:client=secret")
        .transport(at_once())
        .build()
        .unwrap()
}

/// Responds with `body` to a GET of exactly this path and query, with every header as documented.
async fn response<'a>(
    service: &'a MockServer,
    path_and_query: &'static str,
    body: &str,
) -> Mock<'a> {
    service
        .mock_async(|when, then| {
            as_documented(when, "application/json").is_true(move |request| {
                request
                    .uri()
                    .path_and_query()
                    .is_some_and(|sent| sent == path_and_query)
            });
            then.status(200)
                .header("content-type", "application/json; charset=utf-8")
                .body(body);
        })
        .await
}

fn as_documented(when: When, content_type: &str) -> When {
    when.method(GET)
        .header("ocp-apim-subscription-key", "the-subscription-key")
        .header("x-apikey", "the-key:the:client=secret")
        .header("accept", "application/json")
        .header("content-type", content_type)
        .is_true(|request| request.body_ref().is_empty())
}

#[tokio::test]
async fn list_engagement_letters() {
    let service = MockServer::start_async().await;
    let path_and_query = "/loop-api-publiques/LettresDeMissions?codeDossier=cabinet\
        &filter=entite.objectId%3D%3D%22e87a74e3-2e92-41c2-898a-0b253f73315b%22%26%26statut%21%3D3\
        &sort=statut%26%26dateFin%3Adesc&skip=200&take=50&select=objectId%26%26statut";
    let call = response(&service, path_and_query, LETTERS).await;
    let entity: cegid_loop::ObjectId = "e87a74e3-2e92-41c2-898a-0b253f73315b".parse().unwrap();
    let filter = letters::ENTITY_ID.eq(entity);
    let page = client(&service)
        .engagement_letters(filter.and(letters::STATUS.ne(letters::LetterStatus::CANCELLED)))
        .sort(
            letters::STATUS
                .ascending()
                .then(letters::ENDS_AT.descending()),
        )
        .select(Select::of(letters::ID).and(letters::STATUS))
        .starting_at(200)
        .page_size(50)
        .page()
        .await
        .unwrap();
    call.assert_async().await;
    assert_eq!(page.rows[0].number.as_deref(), Some("LM2021111"));
}

#[tokio::test]
async fn list_activities() {
    let service = MockServer::start_async().await;
    let path_and_query = "/loop-api-publiques/giActivitesMission?codeDossier=CLIENT+%26+fils\
        &filter=lettreMissionId%3D%3D%22efb2dfc9-71a5-4e72-98fd-78b427790086%22&take=100";
    let call = response(&service, path_and_query, ACTIVITIES).await;
    let letter = "efb2dfc9-71a5-4e72-98fd-78b427790086"
        .parse::<cegid_loop::LetterId>()
        .unwrap();
    let list = client(&service).activities(activities::LETTER_ID.eq(letter));
    let page = list.folder("CLIENT & fils").page().await.unwrap();
    call.assert_async().await;
    assert_eq!(page.rows.len(), 6);
}

#[tokio::test]
async fn one_letter_by_its_id_is_a_filter_and_one_row() {
    let service = MockServer::start_async().await;
    let path_and_query = "/loop-api-publiques/LettresDeMissions?codeDossier=cabinet\
        &filter=objectId%3D%3D%22efb2dfc9-71a5-4e72-98fd-78b427790086%22&take=1";
    let call = response(&service, path_and_query, LETTERS).await;
    let id = "efb2dfc9-71a5-4e72-98fd-78b427790086".parse().unwrap();
    let letter = client(&service).engagement_letter(id).await.unwrap();
    call.assert_async().await;
    assert_eq!(letter.unwrap().id, Some(id));
}

#[tokio::test]
async fn another_letter_is_not_taken_for_the_one_asked_for() {
    let service = MockServer::start_async().await;
    let path_and_query = "/loop-api-publiques/LettresDeMissions?codeDossier=cabinet\
        &filter=objectId%3D%3D%2200000000-0000-4000-8000-000000000000%22&take=1";
    response(&service, path_and_query, LETTERS).await;
    let id = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let letter = client(&service).engagement_letter(id).await.unwrap();
    assert!(letter.is_none());
}

#[tokio::test]
async fn without_a_filter_none_is_sent() {
    let service = MockServer::start_async().await;
    let path_and_query = "/loop-api-publiques/LettresDeMissions?codeDossier=cabinet&take=100";
    let call = response(&service, path_and_query, "[]").await;
    let letters = client(&service).engagement_letters(Filter::unfiltered());
    assert!(letters.try_collect().await.unwrap().is_empty());
    call.assert_async().await;
}

#[tokio::test]
async fn another_list_stays_one_segment_of_the_path() {
    let service = MockServer::start_async().await;
    let path_and_query = "/loop-api-publiques/compte%2F..%3Fx?codeDossier=cabinet\
        &filter=numero%3D%3D%22a%5Cu0022%5Cu0026%5Cu0026b+%C3%A9%22&take=100";
    let call = response(&service, path_and_query, r#"{"data": []}"#).await;
    const NUMBER: Field<serde_json::Value, String> = Field::new("numero");
    let list = client(&service).list("compte/..?x", NUMBER.eq("a\"&&b é"));
    assert!(list.try_collect().await.unwrap().is_empty());
    call.assert_async().await;
}

#[tokio::test]
async fn the_content_type_can_be_the_vendors_own() {
    let service = MockServer::start_async().await;
    let call = service
        .mock_async(|when, then| {
            as_documented(when, "application-json").path("/LettresDeMissions");
            then.status(200).body("[]");
        })
        .await;
    let client = Client::builder()
        .base_url(service.base_url())
        .subscription_key("the-subscription-key")
        .api_key("the-key", "the:client=secret")
        .content_type("application-json")
        .build()
        .unwrap();
    let page = client
        .engagement_letters(Filter::unfiltered())
        .page()
        .await
        .unwrap();
    call.assert_async().await;
    assert!(page.rows.is_empty());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named_by_its_path_in_both_envelopes() {
    let rows = [
        (
            r#"[{"objectId": null}, {"statut": "canary"}]"#,
            "[1].statut",
        ),
        (r#"{"data": [{}, {"statut": "canary"}]}"#, "data[1].statut"),
    ];
    for (body, path) in rows {
        let service = MockServer::start_async().await;
        let call = "/loop-api-publiques/LettresDeMissions?codeDossier=cabinet&take=100";
        response(&service, call, body).await;
        let list = client(&service).engagement_letters(Filter::unfiltered());
        let error = list.page().await.unwrap_err();
        assert_eq!(error.json_path(), Some(path));
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
    }
}
