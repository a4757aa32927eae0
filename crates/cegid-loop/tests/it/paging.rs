//! Walking a list: where it ends, what it holds, where it goes on.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use cegid_loop::letters::{self, LetterStatus};
use cegid_loop::{ErrorKind, Field, Filter, LetterActivity, List, Select, activities};
use futures_core::Stream;
use serde::{Deserialize, Deserializer};
use vendor_sandbox::Sandbox;
use vendor_sandbox::cegid_loop::Envelope;

use crate::support::{client, sandbox};

fn every_activity(sandbox: &Sandbox) -> List<LetterActivity> {
    client(sandbox).activities(Filter::unfiltered())
}

fn asked(sandbox: &Sandbox) -> Vec<String> {
    let entries = sandbox.cegid_loop().ledger().entries();
    entries
        .into_iter()
        .filter_map(|entry| entry.about)
        .collect()
}

#[tokio::test]
async fn a_page_shorter_than_asked_for_does_not_end_a_list() {
    let sandbox = sandbox().await;
    sandbox
        .cegid_loop()
        .configure(|settings| settings.max_rows = 90);
    let letters = client(&sandbox)
        .engagement_letters(Filter::unfiltered())
        .page_size(500);
    assert_eq!(letters.try_collect().await.unwrap().len(), 320);
    assert_eq!(asked(&sandbox), ["0", "90", "180", "270", "320"]);
}

#[tokio::test]
async fn a_list_without_rows_ends_at_once() {
    let sandbox = sandbox().await;
    let none = letters::STATUS.eq(LetterStatus::from(99));
    let client = client(&sandbox);
    assert!(
        client
            .engagement_letters(none.clone())
            .rows()
            .next()
            .await
            .is_none()
    );
    let page = client
        .engagement_letters(none)
        .starting_at(7)
        .page()
        .await
        .unwrap();
    assert_eq!(
        (page.rows.len(), page.position, page.next_position()),
        (0, 7, 7)
    );
}

#[tokio::test]
async fn both_envelopes_give_the_same_rows() {
    let sandbox = sandbox().await;
    let bare = every_activity(&sandbox)
        .limit(150)
        .try_collect()
        .await
        .unwrap();
    let wrap = |settings: &mut vendor_sandbox::cegid_loop::Settings| {
        settings.envelope = Envelope::Wrapped;
    };
    sandbox.cegid_loop().configure(wrap);
    let wrapped = every_activity(&sandbox)
        .limit(150)
        .try_collect()
        .await
        .unwrap();
    assert!(bare == wrapped);
}

#[tokio::test]
async fn pages_tell_where_they_stand() {
    let sandbox = sandbox().await;
    let letters = client(&sandbox).engagement_letters(Filter::unfiltered());
    let mut pages = letters.page_size(100).starting_at(50).pages();
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        seen.push((page.position, page.rows.len()));
        assert_eq!(pages.position(), page.next_position());
    }
    assert_eq!(seen, [(50, 100), (150, 100), (250, 70)]);
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_reading_that_failed_goes_on_where_it_stopped() {
    let sandbox = sandbox().await;
    let faults = sandbox.cegid_loop().faults();
    faults
        .on("list_activities")
        .about("200")
        .always()
        .respond(vendor_sandbox::Response::new(403));
    let mut rows = every_activity(&sandbox).rows();
    let mut found = Vec::new();
    let error = loop {
        match rows.next().await.unwrap() {
            Ok(row) => found.push(row),
            Err(error) => break error,
        }
    };
    assert!(error.is_forbidden());
    assert_eq!((found.len(), rows.position()), (200, 200));
    assert!(
        rows.next().await.is_none(),
        "a stream that failed has ended"
    );

    faults.clear();
    let rest = every_activity(&sandbox).starting_at(rows.position());
    found.extend(rest.try_collect().await.unwrap());
    assert!(found == every_activity(&sandbox).try_collect().await.unwrap());
}

#[tokio::test]
async fn a_row_position_counts_the_rows_that_have_passed() {
    let sandbox = sandbox().await;
    let mut rows = every_activity(&sandbox)
        .starting_at(95)
        .page_size(10)
        .rows();
    for passed in 1..=25 {
        rows.next().await.unwrap().unwrap();
        assert_eq!(rows.position(), 95 + passed);
    }
}

#[tokio::test]
async fn a_limit_is_never_exceeded_and_costs_no_further_request() {
    let sandbox = sandbox().await;
    let found = every_activity(&sandbox)
        .limit(250)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 250);
    assert_eq!(asked(&sandbox), ["0", "100", "200"]);
    sandbox.cegid_loop().ledger().clear();
    assert!(
        every_activity(&sandbox)
            .limit(0)
            .try_collect()
            .await
            .unwrap()
            .is_empty()
    );
    assert!(asked(&sandbox).is_empty());
}

#[tokio::test]
async fn a_size_hint_knows_the_rows_at_hand_and_the_limit() {
    let sandbox = sandbox().await;
    let mut rows = every_activity(&sandbox).rows();
    assert_eq!(Stream::size_hint(&rows), (0, None));
    rows.next().await.unwrap().unwrap();
    assert_eq!(Stream::size_hint(&rows), (99, None));
    let mut limited = every_activity(&sandbox).limit(150).rows();
    assert_eq!(Stream::size_hint(&limited), (0, Some(150)));
    limited.next().await.unwrap().unwrap();
    assert_eq!(Stream::size_hint(&limited), (99, Some(149)));
    let rest = limited.try_collect().await.unwrap();
    assert_eq!(rest.len(), 149);
}

#[tokio::test]
async fn prefetching_asks_for_the_next_page_while_this_one_is_worked_on() {
    let sandbox = sandbox().await;
    let gate = sandbox
        .cegid_loop()
        .faults()
        .on("list_activities")
        .about("100")
        .hold();
    let mut rows = every_activity(&sandbox).prefetch().rows();
    rows.next().await.unwrap().unwrap();
    // Nobody polls the stream, and yet the second page is asked for. The limit only ends a test
    // that has failed.
    let reached = tokio::time::timeout(std::time::Duration::from_secs(60), gate.reached());
    reached.await.unwrap();
    gate.release();
    for _ in 1..150 {
        rows.next().await.unwrap().unwrap();
    }
    assert_eq!(rows.position(), 150);
}

#[tokio::test]
async fn without_prefetching_nothing_is_asked_for_ahead() {
    let sandbox = sandbox().await;
    let mut rows = every_activity(&sandbox).rows();
    for _ in 0..100 {
        rows.next().await.unwrap().unwrap();
    }
    sandbox.cegid_loop().ledger().settled().await;
    assert_eq!(asked(&sandbox), ["0"]);
}

#[tokio::test]
async fn prefetching_gives_the_same_rows() {
    let sandbox = sandbox().await;
    let ahead = every_activity(&sandbox)
        .prefetch()
        .try_collect()
        .await
        .unwrap();
    assert!(ahead == every_activity(&sandbox).try_collect().await.unwrap());
}

#[tokio::test]
async fn a_service_that_ignores_skip_is_a_failure_and_no_endless_list() {
    let sandbox = sandbox().await;
    sandbox
        .cegid_loop()
        .configure(|settings| settings.ignores_skip = true);
    for list in [
        every_activity(&sandbox),
        every_activity(&sandbox).prefetch(),
    ] {
        let error = list.try_collect().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body);
        assert!(error.to_string().contains("`skip`"), "{error}");
    }
}

#[tokio::test]
async fn a_position_beyond_all_counting_is_no_panic() {
    let service = httpmock::MockServer::start_async().await;
    service
        .mock_async(|when, then| {
            when.query_param("skip", u64::MAX.to_string());
            then.status(200).body("[{}, {}]");
        })
        .await;
    let client = cegid_loop::Client::builder()
        .base_url(service.base_url())
        .subscription_key("s")
        .api_key("k", "c")
        .build()
        .unwrap();
    let list = client.activities(Filter::unfiltered());
    let list = list.starting_at(u64::MAX).limit(2);
    let page = list.clone().page().await.unwrap();
    assert_eq!(page.next_position(), u64::MAX);
    let mut rows = list.rows();
    while let Some(row) = rows.next().await {
        row.unwrap();
        assert!(rows.position() >= u64::MAX - 2);
    }
}

#[tokio::test]
async fn equal_pages_of_rows_without_ids_are_no_failure() {
    const BY_FIRM: Field<LetterActivity, bool> = activities::BY_FIRM;
    let sandbox = sandbox().await;
    let firm = || client(&sandbox).activities(BY_FIRM.eq(true));
    let expected = firm().try_collect().await.unwrap().len();
    let same = firm()
        .select(Select::of(BY_FIRM))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(same.len(), expected);

    // As in the vendor's example, which shows no `objectId` in this list.
    let row = serde_json::json!({ "activite": "Visite", "activiteCabinet": true });
    sandbox.cegid_loop().set_activities(vec![row; 250]);
    assert_eq!(firm().try_collect().await.unwrap().len(), 250);
}

#[tokio::test]
async fn a_dropped_call_loses_no_row() {
    let sandbox = sandbox().await;
    let gate = sandbox
        .cegid_loop()
        .faults()
        .on("list_activities")
        .about("0")
        .hold();
    let mut rows = every_activity(&sandbox).limit(5).rows();
    tokio::select! {
        biased;
        () = gate.reached() => {}
        _ = rows.next() => panic!("the response is held back"),
    }
    gate.release();
    assert_eq!(rows.try_collect().await.unwrap().len(), 5);
    assert_eq!(
        asked(&sandbox),
        ["0"],
        "the request under way is taken up again"
    );
}

#[tokio::test]
async fn a_list_is_a_stream() {
    let sandbox = sandbox().await;
    let mut rows = every_activity(&sandbox).limit(3).rows();
    let mut count = 0;
    while let Some(row) = std::future::poll_fn(|cx| Pin::new(&mut rows).poll_next(cx)).await {
        row.unwrap();
        count += 1;
    }
    assert_eq!(count, 3);
}

/// How many rows are alive, and the most that ever were.
static ALIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// A row that is counted as long as it lives.
struct Counted;

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(input)?;
        let alive = ALIVE.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(alive, Ordering::SeqCst);
        Ok(Self)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn one_page_of_rows_is_held_and_two_with_prefetching() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    for (prefetch, most) in [(false, 51), (true, 101)] {
        MOST.store(0, Ordering::SeqCst);
        let filter: Filter<Counted> = Filter::unfiltered();
        let list = client.list("giActivitesMission", filter).page_size(50);
        let mut rows = if prefetch { list.prefetch() } else { list }.rows();
        let mut count = 0;
        while let Some(row) = rows.next().await {
            row.map(drop).unwrap();
            count += 1;
        }
        assert!(count > 2_500);
        let held = MOST.load(Ordering::SeqCst);
        assert!((50..=most).contains(&held), "{held} rows were held at once");
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    }
}
