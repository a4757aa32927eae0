//! What the builder writes, JavaScript reads back as the same expression.

use cegid_loop::letters::{self, LetterStatus};
use cegid_loop::{EngagementLetter, Field, Filter, LetterId, ObjectId, activities};
use proptest::prelude::*;
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
