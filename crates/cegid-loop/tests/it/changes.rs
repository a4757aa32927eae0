//! What has changed in a list since it was read last, against the sandbox.

use std::time::{Duration, SystemTime};

use cegid_loop::{
    Client, EngagementLetter, Error, Filter, Known, LetterActivity, LetterId, RowChange, Select,
    activities, letters,
};
use serde_json::{Value, json};
use vendor_sandbox::{Response, Sandbox};

use crate::support::{client, sandbox};

/// The identifiers of what is new, changed and gone, and what was an error.
#[derive(Debug, Default, PartialEq)]
struct Told {
    new: Vec<LetterId>,
    changed: Vec<LetterId>,
    gone: Vec<LetterId>,
    errors: usize,
}

impl Told {
    fn note(&mut self, change: Result<RowChange<EngagementLetter>, Error>) {
        match change {
            Ok(RowChange::New(letter)) => self.new.extend(letter.id),
            Ok(RowChange::Changed(letter)) => self.changed.extend(letter.id),
            Ok(RowChange::Gone(id)) => self.gone.push(id),
            Err(_) => self.errors += 1,
        }
    }
}

async fn pass(client: &Client, known: Known<LetterId>) -> (Told, Known<LetterId>) {
    let list = client.engagement_letters(Filter::unfiltered());
    let mut changes = list.changes_since(known);
    let mut told = Told::default();
    while let Some(change) = changes.next().await {
        told.note(change);
    }
    (told, changes.into_known())
}

/// The letters as the service has them, some time later.
fn later(sandbox: &Sandbox, change: impl FnOnce(&mut Vec<Value>)) {
    let mut rows = sandbox.cegid_loop().letters();
    change(&mut rows);
    sandbox.cegid_loop().set_letters(rows);
}

fn id(row: &Value) -> LetterId {
    row["objectId"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn new_changed_and_gone_letters_are_told_and_the_others_are_not() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (told, known) = pass(&client, Known::default()).await;
    assert_eq!(told.new.len(), 320);
    assert_eq!(known.len(), 320);
    let (told, known) = pass(&client, known).await;
    assert_eq!(told, Told::default(), "nothing has changed");

    let mut expected = Told::default();
    later(&sandbox, |rows| {
        expected.gone.push(id(&rows.remove(7)));
        expected.changed.push(id(&rows[200]));
        // No revision is greater or smaller than another.
        rows[200]["revisionId"] = json!("0x0000000000000001");
        let mut new = rows[0].clone();
        new["objectId"] = json!("7d3f3e0a-0000-4000-8000-00000000abcd");
        expected.new.push(id(&new));
        rows.push(new);
    });
    let (told, known) = pass(&client, known).await;
    assert_eq!(told, expected);
    assert_eq!(known.len(), 320);
    assert_eq!(pass(&client, known).await.0, Told::default());
}

#[tokio::test]
async fn what_is_known_outlives_the_program_and_tells_its_age() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (_, known) = pass(&client, Known::default()).await;
    let saved = serde_json::to_string(&known).unwrap();
    let restored: Known<LetterId> = serde_json::from_str(&saved).unwrap();
    assert_eq!(restored, known);
    assert_eq!(pass(&client, restored).await.0, Told::default());

    let as_of = known.as_of().unwrap();
    let minute = Duration::from_secs(60);
    assert_eq!(known.age(as_of + minute), Some(minute));
    assert_eq!(known.age(SystemTime::UNIX_EPOCH), Some(Duration::ZERO));
    assert!(!format!("{known:?}").contains('-'), "no identifier");
}

#[tokio::test]
async fn nothing_is_gone_after_a_pass_that_failed_and_what_was_told_is_known() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (_, known) = pass(&client, Known::default()).await;
    let as_of = known.as_of();
    later(&sandbox, |rows| {
        rows.remove(3);
        rows[0]["revisionId"] = json!("other");
    });
    let mut changes = client
        .engagement_letters(Filter::unfiltered())
        .changes_since(known);
    let first = changes.next().await.unwrap().unwrap();
    assert!(matches!(first, RowChange::Changed(_)));
    let faults = sandbox.cegid_loop().faults();
    let refusal = Response::json(400, &json!({}));
    faults
        .on("list_engagement_letters")
        .always()
        .respond(refusal);
    assert!(changes.next().await.unwrap().is_err());
    assert!(changes.next().await.is_none());
    let known = changes.into_known();
    assert_eq!(known.as_of(), as_of);

    faults.clear();
    let (told, _) = pass(&client, known).await;
    assert_eq!((told.changed.len(), told.gone.len()), (0, 1));
}

#[tokio::test]
async fn a_letter_that_cannot_be_read_is_not_gone() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (_, known) = pass(&client, Known::default()).await;
    later(&sandbox, |rows| {
        rows[5]["dateDebut"] = json!({"not": "a date"})
    });
    let (told, known) = pass(&client, known).await;
    assert_eq!((told.gone.len(), told.errors), (0, 1));
    assert_eq!(known.len(), 320);
}

#[tokio::test]
async fn a_part_of_a_list_shows_no_letter_to_be_gone() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (_, known) = pass(&client, Known::default()).await;
    let list = || client.engagement_letters(Filter::unfiltered());
    let without_id = list().select(Select::of(letters::NUMBER));
    for part in [list().limit(10), list().starting_at(10), without_id] {
        let mut changes = part.changes_since(known.clone());
        while let Some(change) = changes.next().await {
            assert!(!matches!(change.unwrap(), RowChange::Gone(_)));
        }
        assert_eq!(changes.into_known().as_of(), known.as_of());
    }
}

#[tokio::test]
async fn a_letter_that_was_only_hidden_is_not_gone() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (_, known) = pass(&client, Known::default()).await;
    // Rows that shift while the list is read: the page lacks one that the service still has.
    let rows = sandbox.cegid_loop().letters();
    let page: Vec<_> = rows[1..100].to_vec();
    let faults = sandbox.cegid_loop().faults();
    let shifted = Response::json(200, &json!(page));
    faults
        .on("list_engagement_letters")
        .times(1)
        .respond(shifted);
    let (told, known) = pass(&client, known).await;
    assert_eq!(told, Told::default());
    assert_eq!(known.len(), 320);
}

#[tokio::test]
async fn dropping_the_future_loses_no_change() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let list = client.engagement_letters(Filter::unfiltered());
    let mut changes = list.changes_since(Known::default());
    let mut told = Told::default();
    loop {
        tokio::select! {
            biased;
            change = changes.next() => match change {
                Some(change) => told.note(change),
                None => break,
            },
            () = tokio::task::yield_now() => {}
        }
    }
    assert_eq!(told.new.len(), 320);
}

#[tokio::test]
async fn activities_can_be_compared_as_well() {
    let sandbox = sandbox().await;
    let list = client(&sandbox).activities(Filter::unfiltered());
    let rows: Vec<LetterActivity> = list.clone().try_collect().await.unwrap();
    let known = rows.iter().filter(|row| row.id.is_some()).count();
    let mut changes = list
        .sort(activities::ID.ascending())
        .changes_since(Known::default());
    let mut new = 0;
    while let Some(change) = changes.next().await {
        new += usize::from(matches!(change.unwrap(), RowChange::New(_)));
    }
    assert_eq!(new, rows.len());
    assert_eq!(changes.into_known().len(), known);
}

#[tokio::test]
async fn what_is_known_on_the_way_spares_the_next_pass_what_was_told() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let list = client.engagement_letters(Filter::unfiltered());
    let mut changes = list.changes_since(Known::default());
    for told in 1..=150 {
        changes.next().await.unwrap().unwrap();
        assert_eq!(changes.known().len(), told);
    }
    let known = changes.known().clone();
    assert_eq!(known.as_of(), None, "the list was not read to its end");
    let (told, known) = pass(&client, known).await;
    assert_eq!(told.new.len(), 320 - 150);
    assert_eq!(known.len(), 320);
}

#[tokio::test]
async fn a_copy_of_the_rows_is_as_good_as_what_was_known() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let list = client.engagement_letters(Filter::unfiltered());
    let copy = list.try_collect().await.unwrap();
    let mut expected = Told::default();
    later(&sandbox, |rows| {
        expected.gone.push(id(&rows.remove(7)));
        expected.changed.push(id(&rows[200]));
        rows[200]["revisionId"] = json!("another");
    });
    let (told, known) = pass(&client, Known::of(&copy)).await;
    assert_eq!(told, expected);
    assert_eq!(known.len(), 319);
}
