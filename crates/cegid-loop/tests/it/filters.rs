//! What the builder writes, JavaScript reads back as the same expression.

use cegid_loop::letters::{self, LetterStatus};
use cegid_loop::{EngagementLetter, Field, Filter, LetterId, ObjectId, activities};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::javascript::{Comparison, Value, parse};

/// A list with a field of every type.
struct Row;

const TEXT: Field<Row, String> = Field::new("texte");
const INTEGER: Field<Row, i64> = Field::new("_entier");
const NUMBER: Field<Row, f64> = Field::new("$nombre");
const BOOLEAN: Field<Row, bool> = Field::new("ferme");
const ID: Field<Row, Uuid> = Field::new("entite.objectId");
const AT: Field<Row, OffsetDateTime> = Field::new("date");
const DAY: Field<Row, Date> = Field::new("a.b.été");

/// A filter, together with what it means.
type Case = (Filter<Row>, Vec<Comparison>);

fn compare<T, V: cegid_loop::IntoLiteral<T>>(
    field: Field<Row, T>,
    operator: usize,
    literal: V,
    value: Value,
) -> Case {
    let (filter, operator) = match operator % 7 {
        0 => (field.eq(literal), "=="),
        1 => (field.strict_eq(literal), "==="),
        2 => (field.ne(literal), "!="),
        3 => (field.lt(literal), "<"),
        4 => (field.le(literal), "<="),
        5 => (field.gt(literal), ">"),
        _ => (field.ge(literal), ">="),
    };
    let comparison = Comparison {
        path: field.path().to_owned(),
        operator: operator.to_owned(),
        value,
    };
    (filter, vec![comparison])
}

fn null(filter: Filter<Row>, operator: &str) -> Case {
    let comparison = Comparison {
        path: TEXT.path().to_owned(),
        operator: operator.to_owned(),
        value: Value::Null,
    };
    (filter, vec![comparison])
}

/// Any text, and often one made of what is dangerous in an expression.
fn text() -> impl Strategy<Value = String> {
    let dangerous = prop::collection::vec(
        prop::sample::select(vec![
            "\"",
            "'",
            "\\",
            "&&",
            "&",
            "||",
            "==",
            "\n",
            "\r",
            "\u{2028}",
            "\u{2029}",
            "\0",
            "\u{85}",
            "u0022",
            "null",
            "a",
            " ",
            "é",
            "😀",
            "/*",
            "//",
            "`",
            "${x}",
            "</script>",
        ]),
        0..8,
    )
    .prop_map(|parts| parts.concat());
    prop_oneof![any::<String>(), dangerous]
}

fn instant() -> impl Strategy<Value = OffsetDateTime> {
    let seconds = -62_135_596_800_i64..253_402_214_400;
    (seconds, 0..1_000_000_000_i64, -12..=14_i8).prop_map(|(second, nanosecond, offset)| {
        let at = OffsetDateTime::from_unix_timestamp(second).unwrap()
            + time::Duration::nanoseconds(nanosecond);
        at.checked_to_offset(UtcOffset::from_hms(offset, 0, 0).unwrap())
            .unwrap_or(at)
    })
}

fn one() -> impl Strategy<Value = Case> {
    let operator = 0..7_usize;
    prop_oneof![
        (operator.clone(), text()).prop_map(|(op, v)| compare(
            TEXT,
            op,
            v.as_str(),
            Value::Text(v.clone())
        )),
        (operator.clone(), -(1_i64 << 53)..1 << 53).prop_map(|(op, v)| compare(
            INTEGER,
            op,
            v,
            Value::Number(v as f64)
        )),
        (
            operator.clone(),
            prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL
        )
            .prop_map(|(op, v)| compare(NUMBER, op, v, Value::Number(v))),
        (operator.clone(), any::<bool>()).prop_map(|(op, v)| compare(
            BOOLEAN,
            op,
            v,
            Value::Boolean(v)
        )),
        (operator.clone(), any::<u128>().prop_map(Uuid::from_u128)).prop_map(|(op, v)| compare(
            ID,
            op,
            v,
            Value::Text(v.to_string())
        )),
        (operator.clone(), instant()).prop_map(|(op, v)| compare(
            AT,
            op,
            v,
            Value::Text(in_utc(v))
        )),
        (operator, instant()).prop_map(|(op, v)| compare(
            DAY,
            op,
            v.date(),
            Value::Text(v.date().to_string())
        )),
        any::<bool>().prop_map(|is| match is {
            true => null(TEXT.is_null(), "=="),
            false => null(TEXT.is_not_null(), "!="),
        }),
    ]
}

/// ISO 8601 in UTC, by another way than the builder's.
fn in_utc(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let fraction = match at.nanosecond() {
        0 => String::new(),
        nanosecond => format!(".{nanosecond:09}"),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
    )
}

proptest! {
    // The same filters each time.
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_filter_is_read_back_as_it_was_meant(
        cases in prop::collection::vec(one(), 1..5),
    ) {
        let filters = cases.iter().map(|(filter, _)| filter.clone());
        let filter = filters.reduce(Filter::and).unwrap();
        let meant: Vec<_> = cases.into_iter().flat_map(|(_, meant)| meant).collect();
        prop_assert_eq!(parse(filter.expression().unwrap()), Ok(meant));
    }

    #[test]
    fn a_text_leaves_no_quote_no_ampersand_and_no_line_break_in_its_literal(value in text()) {
        let filter = TEXT.eq(&value);
        let literal = filter.expression().unwrap().strip_prefix("texte==\"").unwrap();
        let literal = literal.strip_suffix('"').unwrap();
        let harmless = |c: char| !matches!(c, '"' | '\'' | '&' | '\u{2028}' | '\u{2029}') && !c.is_control();
        prop_assert!(literal.chars().all(harmless), "{}", literal);
    }
}

#[test]
fn the_vendors_own_filters_can_be_written() {
    let letter: LetterId = "efb2dfc9-71a5-4e72-98fd-78b427790086".parse().unwrap();
    assert_eq!(
        activities::LETTER_ID.eq(letter).expression(),
        Some(r#"lettreMissionId=="efb2dfc9-71a5-4e72-98fd-78b427790086""#)
    );
    let entity: ObjectId = "e87a74e3-2e92-41c2-898a-0b253f73315b".parse().unwrap();
    assert_eq!(
        letters::ENTITY_ID.strict_eq(entity).expression(),
        Some(r#"entite.objectId==="e87a74e3-2e92-41c2-898a-0b253f73315b""#)
    );
    let matched: Field<Row, String> = Field::new("codeLettrage");
    let journal: Field<Row, String> = Field::new("journalCode");
    let day: Field<Row, Date> = Field::new("datePiece");
    let entries = matched
        .is_not_null()
        .and(journal.eq("VE"))
        .and(day.ge(date!(2023 - 01 - 31)));
    assert_eq!(
        entries.expression(),
        Some(r#"codeLettrage!=null&&journalCode=="VE"&&datePiece>="2023-01-31""#)
    );
}

#[test]
fn an_apostrophe_and_a_space_at_the_end_survive() {
    let filter = activities::NAME
        .eq("Accès à Bankin'")
        .and(activities::NAME.ne("Tableaux de bord "));
    let names: Vec<_> = parse(filter.expression().unwrap())
        .unwrap()
        .into_iter()
        .map(|comparison| comparison.value)
        .collect();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(names, [text("Accès à Bankin'"), text("Tableaux de bord ")]);
}

#[test]
fn an_enumeration_is_compared_as_a_number_listed_or_not() {
    assert_eq!(
        letters::STATUS.eq(LetterStatus::SIGNED).expression(),
        Some("statut==2")
    );
    assert_eq!(
        letters::STATUS.ne(LetterStatus::from(42)).expression(),
        Some("statut!=42")
    );
}

#[test]
fn an_instant_is_written_in_utc_and_a_date_as_it_is() {
    let paris = datetime!(2026-01-01 00:30 +1);
    assert_eq!(
        letters::ENDS_AT.lt(paris).expression(),
        Some(r#"dateFin<"2025-12-31T23:30:00Z""#)
    );
    let day = date!(2026 - 01 - 01);
    assert_eq!(
        letters::ENDS_AT.lt(day).expression(),
        Some(r#"dateFin<"2026-01-01""#)
    );
}

/// Whether a number satisfies a filter of comparisons with numbers.
fn satisfies(filter: &Filter<Row>, number: Option<f64>) -> bool {
    let comparisons = parse(filter.expression().unwrap()).unwrap();
    comparisons.into_iter().all(|comparison| {
        // In comparisons of order, but not in those of equality, null is 0.
        let left = number.unwrap_or_default();
        match (comparison.operator.as_str(), comparison.value) {
            ("!=", Value::Null) => number.is_some(),
            ("==", Value::Number(right)) => number == Some(right),
            ("!=", Value::Number(right)) => number != Some(right),
            (">=", Value::Number(right)) => left >= right,
            ("<=", Value::Number(right)) => left <= right,
            (other, _) => panic!("`{other}` is not expected"),
        }
    })
}

#[test]
fn a_set_of_numbers_is_written_with_what_the_language_documents() {
    for set in [
        &[2, 8][..],
        &[5],
        &[-3, 0, 1],
        &[0, 1],
        &[7, 7, 6],
        &[-2, -1],
    ] {
        let filter = INTEGER.is_in(set.iter().copied());
        for number in -10..=10 {
            let is_meant = set.contains(&number);
            assert_eq!(
                satisfies(&filter, Some(number as f64)),
                is_meant,
                "{set:?} {number}"
            );
        }
        assert!(!satisfies(&filter, None), "{set:?}");
    }
}

#[tokio::test]
async fn a_set_that_cannot_be_written_is_refused() {
    let client = crate::support::client(&crate::support::sandbox().await);
    for filter in [
        letters::INDEX.is_in([]),
        letters::INDEX.is_in([1, 1_000_000]),
        letters::INDEX.is_in([i64::MIN, i64::MAX]),
        letters::ENDS_AT.ne(date!(2026 - 01 - 01)),
        letters::ENDS_AT.le(Date::MAX),
    ] {
        let error = client.engagement_letters(filter).page().await.unwrap_err();
        assert_eq!(error.violations()[0].path, "filter");
    }
}

#[tokio::test]
async fn every_problem_of_a_filter_is_reported() {
    let client = crate::support::client(&crate::support::sandbox().await);
    const BROKEN: Field<EngagementLetter, f64> = Field::new("a b");
    let filter = BROKEN.lt(f64::NAN).and(letters::INDEX.is_in([]));
    let error = client.engagement_letters(filter).page().await.unwrap_err();
    assert_eq!(error.violations().len(), 3, "{:?}", error.violations());
}

#[tokio::test]
async fn signed_letters_are_those_signed_by_hand_or_electronically() {
    let sandbox = crate::support::sandbox().await;
    let client = crate::support::client(&sandbox);
    let every = client.engagement_letters(Filter::unfiltered());
    let mut expected = every.try_collect().await.unwrap();
    expected.retain(|letter| letter.status.is_some_and(LetterStatus::is_signed));
    let electronically =
        |letter: &EngagementLetter| letter.status == Some(LetterStatus::SIGNED_ELECTRONICALLY);
    assert!(expected.iter().any(electronically));
    let found = client.engagement_letters(letters::signed());
    assert!(found.try_collect().await.unwrap() == expected);
}

#[tokio::test]
async fn a_day_means_all_of_it_when_an_instant_is_compared_with_it() {
    let sandbox = crate::support::sandbox().await;
    let client = crate::support::client(&sandbox);
    let list = client.engagement_letters(letters::SIGNED_AT.is_not_null());
    let signed = list.try_collect().await.unwrap();
    let mut days: Vec<_> = signed
        .iter()
        .map(|letter| letter.signed_at.unwrap().date())
        .collect();
    days.sort_unstable();
    let day = days[days.len() / 2];
    type Holds = fn(&Date, &Date) -> bool;
    let comparisons: [(Filter<EngagementLetter>, Holds); 6] = [
        (letters::SIGNED_AT.eq(day), Date::eq),
        (letters::SIGNED_AT.strict_eq(day), Date::eq),
        (letters::SIGNED_AT.lt(day), Date::lt),
        (letters::SIGNED_AT.le(day), Date::le),
        (letters::SIGNED_AT.gt(day), Date::gt),
        (letters::SIGNED_AT.ge(day), Date::ge),
    ];
    for (filter, holds) in comparisons {
        let filter = letters::SIGNED_AT.is_not_null().and(filter);
        let expression = filter.expression().unwrap().to_owned();
        let found = client
            .engagement_letters(filter)
            .try_collect()
            .await
            .unwrap();
        let mut expected = signed.clone();
        expected.retain(|letter| holds(&letter.signed_at.unwrap().date(), &day));
        assert!(!expected.is_empty());
        assert!(found == expected, "{expression}");
    }
}

#[test]
fn a_comma_in_a_text_adds_no_parentheses() {
    let raw = |text: &str| -> Option<String> {
        let filter: Filter<EngagementLetter> = Filter::raw(text);
        let joined = letters::ENTITY_NUMBER.eq("E1").and(filter);
        joined.expression().map(str::to_owned)
    };
    for text in [
        r#"description=="Conseil, audit""#,
        r"description=='a|b?c,d'",
        r#"description=="a\",b""#,
    ] {
        assert_eq!(raw(text), Some(format!(r#"entiteIbsId=="E1"&&{text}"#)));
    }
    for text in [r#""a"=="b"||c"#, r#"a=="x",b"#, r#"a=="unfinished"#] {
        assert_eq!(raw(text), Some(format!(r#"entiteIbsId=="E1"&&({text})"#)));
    }
    let typed = letters::DESCRIPTION
        .eq("Conseil, audit")
        .and(letters::NUMBER.eq("a|b"));
    assert_eq!(
        typed.expression(),
        Some(r#"description=="Conseil, audit"&&codeIBS=="a|b""#)
    );
}

#[test]
fn every_row_is_meant_only_by_name() {
    let every: Filter<EngagementLetter> = Filter::unfiltered();
    assert_eq!(every.expression(), None);
    let status = || letters::STATUS.eq(LetterStatus::SIGNED);
    assert_eq!(every.clone().and(status()).expression(), Some("statut==2"));
    assert_eq!(status().and(every).expression(), Some("statut==2"));
}

#[test]
fn a_raw_expression_stands_as_it_is_and_cannot_widen_what_it_is_joined_to() {
    let either: Filter<EngagementLetter> = Filter::raw("statut==2 || statut==8");
    assert_eq!(either.expression(), Some("statut==2 || statut==8"));
    let joined = letters::ENTITY_NUMBER.eq("E1").and(either);
    assert_eq!(
        joined.expression(),
        Some(r#"entiteIbsId=="E1"&&(statut==2 || statut==8)"#)
    );
    let plain = letters::ENTITY_NUMBER
        .eq("E1")
        .and(Filter::raw("statut == 2"));
    assert_eq!(
        plain.expression(),
        Some(r#"entiteIbsId=="E1"&&statut == 2"#)
    );
}

#[test]
fn debug_shows_no_value_of_a_filter() {
    let filter = letters::DESCRIPTION.eq("canary-client");
    assert!(!format!("{filter:?}").contains("canary"));
}
