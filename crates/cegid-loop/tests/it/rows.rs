//! Rows of any content: read or refused, never a panic, and nothing lost on the way back.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use cegid_loop::{EngagementLetter, LetterActivity};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The names of both rows on the wire, from the documented rows; those within a file; one that no
/// example has, another spelling, and one that nobody knows.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let documented = [
        include_str!("../fixtures/list_engagement_letters/response-list.json"),
        include_str!("../fixtures/list_activities/response-list.json"),
    ];
    let rows =
        documented.map(|rows| serde_json::from_str::<Vec<Map<String, Value>>>(rows).unwrap());
    let names = rows
        .iter()
        .flatten()
        .flat_map(Map::keys)
        .map(String::as_str);
    let others = [
        "name",
        "uri",
        "data",
        "lettreMissionId",
        "profitcenter",
        "inconnu",
    ];
    let names: BTreeSet<&str> = names.chain(others).collect();
    names.into_iter().map(str::to_owned).collect()
});

/// A value that may stand in some field, and often one that may not.
fn value() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<u8>().prop_map(|code| Value::from(code.to_string())),
        prop::sample::select(vec![
            json!(""),
            json!("2020-12-31T19:00:00Z"),
            json!("2020-12-31T19:00:00.123456789+05:00"),
            json!("9999-12-31T23:59:60-14:00"),
            json!("0000-01-01T00:00:00+14:00"),
            json!("efb2dfc9-71a5-4e72-98fd-78b427790086"),
            json!("EFB2DFC971A54E7298FD78B427790086"),
        ]),
    ];
    plain.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            row_of(inner).prop_map(Value::from),
        ]
    })
}

fn row_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let name = prop::sample::select(NAMES.as_slice());
    let fields = prop::collection::vec((name, value), 0..5);
    fields.prop_map(|fields| fields.into_iter().collect())
}

/// What is read, written and read again is the same.
fn survives<Row>(text: &str) -> bool
where
    Row: DeserializeOwned + Serialize + PartialEq,
{
    let Ok(row) = serde_json::from_str::<Row>(text) else {
        return true;
    };
    let written = serde_json::to_string(&row).unwrap();
    serde_json::from_str::<Row>(&written).unwrap() == row
}

#[test]
fn every_documented_row_is_written_and_read_as_the_same_row() {
    let letters = include_str!("../fixtures/list_engagement_letters/response-list.json");
    let activities = include_str!("../fixtures/list_activities/response-list.json");
    assert!(survives::<Vec<EngagementLetter>>(letters));
    assert!(survives::<Vec<LetterActivity>>(activities));
    assert!(serde_json::from_str::<Vec<EngagementLetter>>(letters).is_ok());
    assert!(serde_json::from_str::<Vec<LetterActivity>>(activities).is_ok());
}

#[test]
fn a_number_of_hours_is_written_back_to_the_last_digit() {
    for hours in ["9585852134226113537", "0.1", "1e-7", "123456789.123456789"] {
        let row = format!(r#"{{"unite":{hours}}}"#);
        assert!(survives::<LetterActivity>(&row), "{row}");
    }
}

proptest! {
    // The same rows each time.
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_read_is_written_back_without_loss(row in row_of(value())) {
        let text = Value::from(row).to_string();
        prop_assert!(survives::<EngagementLetter>(&text), "{}", text);
        prop_assert!(survives::<LetterActivity>(&text), "{}", text);
    }

    #[test]
    fn arbitrary_bytes_are_an_error_and_no_panic(bytes in any::<Vec<u8>>()) {
        let _ = serde_json::from_slice::<EngagementLetter>(&bytes);
        let _ = serde_json::from_slice::<Vec<LetterActivity>>(&bytes);
    }
}
