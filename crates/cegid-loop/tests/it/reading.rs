//! Rows that are not written as documented, and lists that are not returned as documented.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use cegid_loop::{
    Client, EngagementLetter, ErrorKind, Filter, LetterActivity, RetryPolicy, TransportConfig,
    letters,
};
use httpmock::MockServer;
use serde_json::{Value, json};
use time::macros::datetime;

use crate::support::mocked;

/// A service whose list of letters is this, one page and its end.
async fn with_letters(rows: &[Value]) -> MockServer {
    let service = MockServer::start_async().await;
    page(&service, rows.len(), "[]").await;
    page(&service, 0, &Value::from(rows).to_string()).await;
    service
}

/// The page that begins at `skip`.
async fn page(service: &MockServer, skip: usize, body: &str) {
    service
        .mock_async(|when, then| {
            let when = when.path("/LettresDeMissions");
            match skip {
                0 => when.query_param_missing("skip"),
                _ => when.query_param("skip", skip.to_string()),
            };
            then.status(200).body(body);
        })
        .await;
}

fn activity(row: Value) -> LetterActivity {
    serde_json::from_str(&row.to_string()).unwrap()
}

#[test]
fn a_scalar_is_read_from_its_neighbours() {
    let letter: EngagementLetter = serde_json::from_value(json!({
        "codeIBS": 2021111, "revisionId": 7, "description": true, "entiteIbsId": 4.5,
        "statut": 8.0, "engStatut": "2.00", "indexIncInt": " 12 ",
        "objectId": " efb2dfc9-71a5-4e72-98fd-78b427790086 ",
        "entite": { "objectId": "", "description": ["ENT", 2] },
        "file": { "name": 1, "mimeType": 2, "uri": 3, "data": 4 },
    }))
    .unwrap();
    assert_eq!(letter.number.as_deref(), Some("2021111"));
    assert_eq!(letter.revision.as_deref(), Some("7"));
    assert_eq!(letter.description.as_deref(), Some("true"));
    assert_eq!(letter.entity_number.as_deref(), Some("4.5"));
    assert_eq!(
        letter.status,
        Some(letters::LetterStatus::SIGNED_ELECTRONICALLY)
    );
    assert_eq!((letter.engagement_state, letter.index), (Some(2), Some(12)));
    assert!(letter.id.is_some());
    assert_eq!(letter.entity.unwrap().description, ["ENT", "2"]);
    assert_eq!(letter.file.unwrap().data.as_deref(), Some("4"));

    for (unit, hours) in [
        (json!(""), None),
        (json!(" "), None),
        (json!(null), None),
        (json!("0.15"), Some(0.15)),
        (json!("4"), Some(4.0)),
        (json!(4), Some(4.0)),
    ] {
        assert_eq!(
            activity(json!({ "unite": unit })).unit_hours,
            hours,
            "{unit}"
        );
    }
    for (firm, by_firm) in [
        (json!(1), Some(true)),
        (json!(0), Some(false)),
        (json!("true"), Some(true)),
        (json!("False"), Some(false)),
        (json!("1"), Some(true)),
        (json!(""), None),
    ] {
        let read = activity(json!({ "activiteCabinet": firm })).by_firm;
        assert_eq!(read, by_firm, "{firm}");
    }
}

#[test]
fn what_would_have_to_be_guessed_is_an_error() {
    for row in [
        json!({ "unite": "0,15" }),
        json!({ "unite": "NaN" }),
        json!({ "unite": true }),
        json!({ "activiteCabinet": 2 }),
        json!({ "activiteCabinet": "yes" }),
        json!({ "activite": ["Visite"] }),
        json!({ "activite": { "name": "Visite" } }),
        json!({ "dateFreq": "31/12/2020" }),
        json!({ "dateFreq": "20201231" }),
        json!({ "dateFreq": "2020-13-01" }),
        json!({ "dateFreq": true }),
        json!({ "dateFreq": 1e300 }),
    ] {
        assert!(
            serde_json::from_value::<LetterActivity>(row.clone()).is_err(),
            "{row}"
        );
    }
}

#[test]
fn a_date_is_read_in_each_of_its_spellings_and_without_an_offset_is_utc() {
    let evening = Some(datetime!(2020-12-31 19:00 UTC));
    for (text, at) in [
        (json!("2020-12-31T19:00:00Z"), evening),
        (json!("2020-12-31T19:00:00"), evening),
        (json!("2020-12-31 19:00:00"), evening),
        (json!("2020-12-31T19:00"), evening),
        (json!("2020-12-31T19:00Z"), evening),
        (json!("2020-12-31T20:00:00+0100"), evening),
        (json!("2020-12-31T20:00:00+01"), evening),
        (json!("2020-12-31T20:00:00.000+01:00"), evening),
        (json!("2020-12-31T14:00:00.0-0500"), evening),
        (json!(1_609_441_200_000_i64), evening),
        (json!(1_609_441_200_000.0), evening),
        (
            json!("2020-12-31T19:00:00.25"),
            Some(datetime!(2020-12-31 19:00:00.25 UTC)),
        ),
        (json!("2020-12-31"), Some(datetime!(2020-12-31 0:00 UTC))),
        (
            json!("0001-01-01T00:00:00"),
            Some(datetime!(0001-01-01 0:00 UTC)),
        ),
        (json!(""), None),
        (json!(" "), None),
    ] {
        let read = activity(json!({ "dateFreq": text })).frequency_date;
        assert_eq!(read, at, "{text}");
    }
}

#[tokio::test]
async fn of_two_names_of_a_field_the_first_that_is_not_null_wins() {
    let service = MockServer::start_async().await;
    let rows = r#"[
        { "statut": 2, "status": 3, "Description": "b", "description": null },
        { "status": null, "statut": 8, "pdfFile": null, "pdffile": { "name": "x" } }
    ]"#;
    page(&service, 0, rows).await;
    let list = mocked(&service).engagement_letters(Filter::unfiltered());
    let letters = list.page().await.unwrap().rows;
    assert_eq!(letters[0].status, Some(letters::LetterStatus::SIGNED));
    assert_eq!(letters[0].description.as_deref(), Some("b"));
    assert_eq!(
        letters[1].status,
        Some(letters::LetterStatus::SIGNED_ELECTRONICALLY)
    );
    assert!(letters[1].pdf_file.is_some());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_costs_itself_alone() {
    let mut rows: Vec<Value> = (0..250)
        .map(|index| json!({ "indexIncInt": index }))
        .collect();
    rows[130] = json!({ "statut": "canary" });
    rows[249] = json!(7);
    let service = with_letters(&rows).await;
    let list = || mocked(&service).engagement_letters(Filter::unfiltered());

    let mut found = Vec::new();
    let mut errors = Vec::new();
    let mut stream = list().rows();
    while let Some(row) = stream.next().await {
        match row {
            Ok(letter) => found.push(letter.index.unwrap()),
            Err(error) => errors.push((stream.position() - 1, error)),
        }
    }
    assert_eq!(
        found,
        Vec::from_iter((0..249).filter(|index| *index != 130))
    );
    let [(130, status), (249, number)] = &errors[..] else {
        panic!("{errors:?}");
    };
    assert_eq!(status.json_path(), Some("[130].statut"));
    assert!(
        status.to_string().contains("row 130 of the list"),
        "{status}"
    );
    assert_eq!(number.json_path(), Some("[249]"));
    assert!(!format!("{status} {status:?}").contains("canary"));

    let mut pages = list().pages();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.position, first.rows.len()), (0, 130));
    assert_eq!(
        pages.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::Body
    );
    assert_eq!(pages.position(), 131);
    let second = pages.next().await.unwrap().unwrap();
    assert_eq!((second.position, second.rows.len()), (131, 118));
    assert!(pages.next().await.unwrap().is_err());
    assert!(pages.next().await.is_none());

    // Neither is a row missing without notice.
    let error = list().try_collect().await.unwrap_err();
    assert_eq!(error.json_path(), Some("[130].statut"));
}

/// A service that returns the same rows whatever `skip` says, each time in another envelope.
async fn ignoring_skip(rows: &'static [&'static str]) -> MockServer {
    let service = MockServer::start_async().await;
    let requests = std::sync::atomic::AtomicUsize::new(0);
    service
        .mock_async(move |when, then| {
            when.path("/LettresDeMissions");
            then.respond_with(move |_: &httpmock::HttpMockRequest| {
                let request = requests.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let body = format!(r#"{{"requestId":"{request}","data":[{}]}}"#, rows.join(","));
                httpmock::HttpMockResponse::builder()
                    .status(200)
                    .body(body)
                    .build()
            });
        })
        .await;
    service
}

#[tokio::test]
async fn a_service_that_ignores_skip_is_noticed_by_its_rows() {
    for rows in [
        &[r#"{"objectId":"efb2dfc9-71a5-4e72-98fd-78b427790086"}"#][..],
        &[r#"{"codeIBS":"a"}"#, r#"{"codeIBS":"b"}"#],
        &[r#"{"codeIBS":"a"}"#, r#"{"codeIBS":"a"}"#],
        &[r#"{"codeIBS":"a"}"#],
    ] {
        let service = ignoring_skip(rows).await;
        let letters = || mocked(&service).engagement_letters(Filter::unfiltered());
        for list in [letters(), letters().prefetch(), letters().page_size(1)] {
            let error = list.try_collect().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Body, "{rows:?}");
            assert!(error.to_string().contains("`skip`"), "{error}");
        }
    }
}

/// A service with two pages of letters.
async fn with_two_pages() -> MockServer {
    let service = MockServer::start_async().await;
    page(&service, 0, r#"[{ "indexIncInt": 0 }]"#).await;
    page(&service, 1, r#"[{ "indexIncInt": 1 }]"#).await;
    page(&service, 2, "[]").await;
    service
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

const DEADLINE: Duration = Duration::from_secs(40);

/// Reads the first page in a runtime of its own, which fetches the second ahead.
fn prefetched(
    first: &tokio::runtime::Runtime,
    service: &MockServer,
) -> cegid_loop::Rows<EngagementLetter> {
    let config = TransportConfig::default()
        .deadline(DEADLINE)
        .retry(RetryPolicy::default().first_wait(Duration::ZERO));
    let client = Client::builder()
        .base_url(service.base_url())
        .subscription_key("s")
        .api_key("k", "c")
        .transport(config)
        .build()
        .unwrap();
    first.block_on(async {
        let mut rows = client
            .engagement_letters(Filter::unfiltered())
            .prefetch()
            .rows();
        rows.next().await.unwrap().unwrap();
        rows
    })
}

#[test]
fn a_prefetched_page_is_fetched_again_if_its_runtime_is_gone() {
    let service = runtime().block_on(with_two_pages());
    let first = runtime();
    let mut rows = prefetched(&first, &service);
    drop(first);
    let rest = runtime().block_on(async move {
        let second = rows.next().await.unwrap().unwrap();
        assert!(rows.next().await.is_none());
        second
    });
    assert_eq!(rest.index, Some(1));
}

#[test]
fn a_prefetched_page_is_fetched_again_after_the_deadline_if_its_runtime_stands_still() {
    let service = runtime().block_on(with_two_pages());
    let first = runtime();
    let mut rows = prefetched(&first, &service);
    let second = runtime().block_on(async move {
        tokio::time::pause();
        let mut next = pin!(rows.next());
        poll_fn(|context| {
            assert!(next.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        tokio::time::advance(DEADLINE + Duration::from_millis(1)).await;
        tokio::time::resume();
        next.await.unwrap().unwrap()
    });
    assert_eq!(second.index, Some(1));
    drop(first);
}
