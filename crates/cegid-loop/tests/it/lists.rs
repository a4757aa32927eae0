//! Letters, activities and other lists, against the sandbox.

use cegid_loop::activities::{self, Frequency};
use cegid_loop::letters::{self, LetterStatus};
use cegid_loop::{EngagementLetter, ErrorKind, Field, Filter, LetterActivity, LetterId, Select};
use serde::Deserialize;
use time::macros::{date, datetime};
use vendor_sandbox::Sandbox;

use crate::support::{builder, client, sandbox};

/// The firm's letters as the sandbox has them, for comparison.
fn letters_of(sandbox: &Sandbox) -> Vec<EngagementLetter> {
    let rows = sandbox.cegid_loop().letters();
    let letters = rows
        .into_iter()
        .map(|row| serde_json::from_value(row).unwrap());
    letters.collect()
}

#[tokio::test]
async fn every_letter_of_the_firm_is_read() {
    let sandbox = sandbox().await;
    let letters = client(&sandbox).engagement_letters(Filter::unfiltered());
    let letters = letters.try_collect().await.unwrap();
    assert_eq!(letters.len(), 320);
    assert!(letters == letters_of(&sandbox));
}

#[tokio::test]
async fn a_filter_gives_exactly_the_letters_that_satisfy_it() {
    let sandbox = sandbox().await;
    let filter = letters::STATUS
        .eq(LetterStatus::SIGNED)
        .and(letters::ENDS_AT.ge(date!(2024 - 01 - 01)))
        .and(letters::TEMPLATE_ID.is_not_null())
        .and(letters::DESCRIPTION.ne("CONSEIL"));
    let found = client(&sandbox)
        .engagement_letters(filter)
        .try_collect()
        .await
        .unwrap();
    let expected: Vec<_> = letters_of(&sandbox)
        .into_iter()
        .filter(|letter| {
            letter.status == Some(LetterStatus::SIGNED)
                && letter.ends_at >= Some(datetime!(2024-01-01 0:00 UTC))
                && letter
                    .template
                    .as_ref()
                    .is_some_and(|template| template.id.is_some())
                && letter.description.as_deref() != Some("CONSEIL")
        })
        .collect();
    assert!(!expected.is_empty());
    assert!(found == expected);
}

#[tokio::test]
async fn letters_come_in_the_order_asked_for() {
    let sandbox = sandbox().await;
    let order = letters::STATUS
        .ascending()
        .then(letters::INDEX.descending());
    let list = client(&sandbox)
        .engagement_letters(Filter::unfiltered())
        .sort(order);
    let found = list.try_collect().await.unwrap();
    let mut expected = letters_of(&sandbox);
    expected.sort_by_key(|letter| (letter.status, letter.index.map(|index| -index)));
    assert!(found == expected);
}

#[tokio::test]
async fn only_the_fields_asked_for_come_back() {
    let sandbox = sandbox().await;
    let list = client(&sandbox)
        .engagement_letters(letters::STATUS.eq(LetterStatus::SIGNED))
        .select(Select::of(letters::ID).and(letters::NUMBER))
        .limit(3);
    for letter in list.try_collect().await.unwrap() {
        assert!(letter.id.is_some() && letter.number.is_some());
        assert!(letter.status.is_none() && letter.entity.is_none() && letter.starts_at.is_none());
    }
}

#[tokio::test]
async fn one_letter_is_read_by_its_id() {
    let sandbox = sandbox().await;
    let expected = letters_of(&sandbox).swap_remove(17);
    let client = client(&sandbox);
    let found = client
        .engagement_letter(expected.id.unwrap())
        .await
        .unwrap();
    assert!(found == Some(expected));
    let unknown: LetterId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    assert!(client.engagement_letter(unknown).await.unwrap().is_none());
}

#[tokio::test]
async fn the_activities_of_a_letter_are_those_that_name_it() {
    let sandbox = sandbox().await;
    let letter = letters_of(&sandbox).swap_remove(3);
    let found = client(&sandbox)
        .activities_of(&letter)
        .try_collect()
        .await
        .unwrap();
    let rows = sandbox.cegid_loop().activities();
    let expected: Vec<LetterActivity> = rows
        .into_iter()
        .map(|row| serde_json::from_value(row).unwrap())
        .filter(|activity: &LetterActivity| activity.letter_id == letter.id)
        .collect();
    assert!(expected.len() > 5);
    assert!(found == expected);
}

#[tokio::test]
async fn the_activities_of_many_letters_come_with_their_letter_and_one_that_fails_stops_nobody() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let mut letters = letters_of(&sandbox);
    letters[5].id = None;
    let asked = letters.len();
    let mut many = client.activities_of_many(letters);
    let (mut read, mut failed) = (0, 0);
    let mut promised = 0;
    while let Some((letter, activities)) = many.next().await {
        let Ok(activities) = activities else {
            assert_eq!(letter.id, None);
            failed += 1;
            continue;
        };
        assert!(
            activities
                .iter()
                .all(|promise| promise.letter_id == letter.id)
        );
        read += 1;
        promised += activities.len();
    }
    assert_eq!((read, failed), (asked - 1, 1));
    assert!(promised > asked, "{promised}");
}

#[test]
fn a_frequency_says_how_many_months_lie_between() {
    assert_eq!(Frequency::QUARTERLY.months(), Some(3));
    assert_eq!(Frequency::YEARLY.months(), Some(12));
    assert_eq!(Frequency::ONCE.months(), None);
}

#[tokio::test]
async fn a_letter_without_its_id_has_no_way_to_its_activities() {
    let sandbox = sandbox().await;
    let list = client(&sandbox).engagement_letters(Filter::unfiltered());
    let page = list
        .select(Select::of(letters::STATUS))
        .page()
        .await
        .unwrap();
    let error = client(&sandbox)
        .activities_of(&page.rows[0])
        .page()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.violations()[0].path, "filter");
    assert_eq!(sandbox.cegid_loop().ledger().received("list_activities"), 0);
}

#[tokio::test]
async fn names_with_apostrophes_quotes_and_spaces_at_the_end_are_found() {
    let sandbox = sandbox().await;
    for name in [
        "Accès à Bankin'",
        "Tableaux de bord ",
        "Conversation \"à la demande\"",
    ] {
        let list = client(&sandbox)
            .activities(activities::NAME.eq(name))
            .limit(1);
        let found = list.try_collect().await.unwrap();
        assert_eq!(found[0].name.as_deref(), Some(name));
    }
}

#[tokio::test]
async fn numbers_and_booleans_are_compared_as_such() {
    let sandbox = sandbox().await;
    let filter = activities::UNIT_HOURS
        .gt(0.1)
        .and(activities::UNIT_HOURS.le(0.5))
        .and(activities::BY_FIRM.eq(true))
        .and(activities::FREQUENCY.eq(Frequency::MONTHLY))
        .and(activities::QUANTITY.lt(36));
    let found = client(&sandbox)
        .activities(filter)
        .try_collect()
        .await
        .unwrap();
    assert!(!found.is_empty());
    for activity in found {
        let hours = activity.unit_hours.unwrap();
        assert!(hours > 0.1 && hours <= 0.5 && activity.by_firm == Some(true));
        assert_eq!(activity.frequency, Some(Frequency::MONTHLY));
        assert!(activity.quantity.unwrap() < 36);
    }
}

#[tokio::test]
async fn a_call_may_name_another_folder_than_the_client_does() {
    let sandbox = sandbox().await;
    let client = builder(&sandbox).folder("CLIENT002").build().unwrap();
    let every = || client.engagement_letters(Filter::unfiltered());
    let own = every().try_collect().await.unwrap();
    assert!((1..10).contains(&own.len()), "{}", own.len());
    let firm = every().folder("cabinet").try_collect().await.unwrap();
    assert_eq!(firm.len(), 320);
    let unknown = every().folder("CLIENT999").try_collect().await.unwrap_err();
    assert!(unknown.is_not_found());
    assert_eq!(unknown.vendor_message(), Some("no such folder"));
}

#[derive(Debug, Deserialize, PartialEq)]
struct Title {
    #[serde(rename = "codeIBS")]
    number: String,
}

#[tokio::test]
async fn any_list_is_read_in_a_row_type_of_the_callers_own() {
    const STATUS: Field<Title, i64> = Field::new("statut");
    const NUMBER: Field<Title, String> = Field::new("codeIBS");
    let sandbox = sandbox().await;
    let list = client(&sandbox)
        .list("LettresDeMissions", STATUS.eq(7))
        .select(Select::of(NUMBER))
        .sort(NUMBER.descending());
    let titles: Vec<Title> = list.try_collect().await.unwrap();
    assert!(titles.len() > 10);
    assert!(titles.is_sorted_by(|left, right| left.number > right.number));
}

#[tokio::test]
async fn a_list_that_the_service_does_not_have_is_not_found() {
    let sandbox = sandbox().await;
    let filter: Filter<Title> = Filter::unfiltered();
    let error = client(&sandbox)
        .list("compte", filter)
        .page()
        .await
        .unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_wrong_key_is_unauthorized_and_not_tried_again() {
    let sandbox = sandbox().await;
    let wrong = [
        builder(&sandbox).subscription_key("wrong"),
        builder(&sandbox).api_key("wrong", "wrong"),
    ];
    for builder in wrong {
        let client = builder.build().unwrap();
        let error = client
            .engagement_letters(Filter::unfiltered())
            .page()
            .await
            .unwrap_err();
        assert!(error.is_unauthorized());
        assert_eq!(error.attempts().len(), 1);
        assert_eq!(error.vendor_code(), Some("401"));
    }
}

#[tokio::test]
async fn a_filter_that_the_service_cannot_read_is_refused_with_its_words() {
    let sandbox = sandbox().await;
    let broken = Filter::raw("statut==2||statut==8");
    let error = client(&sandbox)
        .engagement_letters(broken)
        .page()
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap(), 400);
    assert!(error.vendor_message().unwrap().contains("`filter`"));
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_raw_filter_that_hides_or_encloses_what_follows_is_refused_before_it_leaves() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    for hiding in [
        "statut==2 // signed",
        "statut==2 /* signed",
        "statut==2 <!-- signed",
        "statut==2 \n--> signed",
        "statut==2) || (statut==8",
        "(statut==2",
        "codeIBS=='LM2024",
        "codeIBS==\"it's",
        "codeIBS=='\\'",
    ] {
        let filter = Filter::raw(hiding).and(letters::ENTITY_NUMBER.eq("E1"));
        let error = client.engagement_letters(filter).page().await.unwrap_err();
        assert_eq!(error.violations()[0].path, "filter", "{hiding}");
    }
    assert_eq!(sandbox.cegid_loop().ledger().entries(), []);

    let harmless = r#"description != "a // b) /* c" && description != 'l\'été (1)'"#;
    let found = client.engagement_letters(Filter::raw(harmless));
    assert!(!found.page().await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_before_it_leaves_with_every_reason() {
    const BROKEN: Field<LetterActivity, f64> = Field::new("unite == 1 || true");
    let sandbox = sandbox().await;
    let list = client(&sandbox)
        .activities(activities::UNIT_HOURS.lt(f64::NAN))
        .sort(BROKEN.ascending())
        .select(Select::raw(" "))
        .folder("")
        .page_size(0);
    let unsent = list.validate().unwrap_err();
    let error = list.page().await.unwrap_err();
    assert!(unsent.iter().eq(error.violations()));
    let paths: Vec<_> = error
        .violations()
        .iter()
        .map(|violation| violation.path.as_str())
        .collect();
    assert_eq!(paths, ["codeDossier", "take", "filter", "sort", "select"]);
    for filter in [
        Filter::raw("  "),
        BROKEN.eq(1.0),
        BROKEN.is_null().and(Filter::unfiltered()),
    ] {
        let error = client(&sandbox)
            .activities(filter)
            .page()
            .await
            .unwrap_err();
        assert_eq!(error.violations()[0].path, "filter");
    }
    assert!(sandbox.cegid_loop().ledger().entries().is_empty());
}

#[tokio::test]
async fn reading_is_repeated_after_a_passing_failure() {
    let sandbox = sandbox().await;
    let faults = sandbox.cegid_loop().faults();
    faults.on("list_activities").about("100").times(1).reset();
    faults
        .on("list_activities")
        .about("200")
        .times(1)
        .respond(vendor_sandbox::Response::new(502));
    let list = client(&sandbox).activities(Filter::unfiltered());
    let found = list.try_collect().await.unwrap();
    assert_eq!(found.len(), sandbox.cegid_loop().activities().len());
    assert_eq!(faults.pending(), 0);
}
