//! Each finding on the vendor's texts (C-01 to C-20), in every spelling that they have.

use cegid_loop::activities::{self, Frequency, FrequencyBasis};
use cegid_loop::letters::{self, LetterStatus};
use cegid_loop::{EngagementLetter, Filter, LetterActivity, Select};
use serde_json::{Value, json};
use time::macros::datetime;
use vendor_sandbox::Sandbox;
use vendor_sandbox::cegid_loop::Spelling;

use crate::support::{builder, client, sandbox};

fn letters_from(fixture: &str) -> Vec<EngagementLetter> {
    serde_json::from_str(fixture).unwrap()
}

/// The vendor's own letter.
fn letter() -> EngagementLetter {
    let fixture = include_str!("../fixtures/list_engagement_letters/response-list.json");
    letters_from(fixture).swap_remove(0)
}

/// The vendor's own six activities.
fn six_activities() -> Vec<LetterActivity> {
    let fixture = include_str!("../fixtures/list_activities/response-list.json");
    serde_json::from_str(fixture).unwrap()
}

fn letter_of(row: Value) -> EngagementLetter {
    serde_json::from_value(row).unwrap()
}

fn activity_of(row: Value) -> LetterActivity {
    serde_json::from_value(row).unwrap()
}

/// A row as it is written back; what is not set is left out.
fn written(row: &impl serde::Serialize) -> Value {
    serde_json::to_value(row).unwrap()
}

fn without_nulls(mut row: Value) -> Value {
    row.as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    row
}

#[test]
fn the_vendors_examples_are_written_back_without_loss() {
    let fixture = include_str!("../fixtures/list_engagement_letters/response-list.json");
    let letters: Vec<Value> = serde_json::from_str(fixture).unwrap();
    for row in letters {
        let nothing = json!({ "objectId": null, "description": [] });
        assert_eq!(row["maitreDossier"], nothing);
        let letter = letter_of(row.clone());
        let mut expected = without_nulls(row);
        for file in ["file", "pdfFile"] {
            assert!(expected[file]["objectId"].is_null());
            expected[file]["objectId"] = Value::Null;
        }
        assert_eq!(written(&letter), expected);
    }
    let fixture = include_str!("../fixtures/list_activities/response-list.json");
    let activities: Vec<Value> = serde_json::from_str(fixture).unwrap();
    for row in activities {
        let mut expected = without_nulls(row.clone());
        // A number of hours is a float, whole or not.
        expected["unite"] = json!(expected["unite"].as_f64());
        assert_eq!(written(&activity_of(row)), expected);
    }
}

#[test]
fn c01_the_name_of_an_activity_is_read_in_each_spelling_and_its_letter_may_be_absent() {
    for name in ["activite", "Libelle", "libelle"] {
        assert_eq!(
            activity_of(json!({ name: "Visite" })).name.as_deref(),
            Some("Visite")
        );
    }
    assert!(
        six_activities()
            .iter()
            .all(|activity| activity.letter_id.is_none())
    );
    let id = "efb2dfc9-71a5-4e72-98fd-78b427790086";
    let activity = activity_of(json!({ "lettreMissionId": id }));
    assert_eq!(activity.letter_id, Some(id.parse().unwrap()));
}

#[test]
fn c02_the_status_of_a_letter_is_read_in_both_spellings() {
    for name in ["statut", "status"] {
        assert_eq!(
            letter_of(json!({ name: 2 })).status,
            Some(LetterStatus::SIGNED)
        );
    }
}

#[test]
fn c03_enumerations_are_read_as_integers_and_as_strings_and_written_as_integers() {
    let names = ["frequence", "calage", "decalage", "datePrevObligation"];
    for name in names {
        for value in [json!(3), json!("3")] {
            assert_eq!(
                written(&activity_of(json!({ name: value }))),
                json!({ name: 3 })
            );
        }
    }
    for name in ["engStatut", "statut"] {
        for value in [json!(3), json!("3")] {
            assert_eq!(
                written(&letter_of(json!({ name: value }))),
                json!({ name: 3 })
            );
        }
    }
}

#[test]
fn c04_zero_is_kept_and_means_that_nothing_is_set() {
    let letter = letter();
    assert_eq!(letter.status, Some(LetterStatus::NOT_SET));
    assert_eq!(letter.engagement_kind, Some(0));
    let first = &six_activities()[0];
    assert_eq!((first.month_offset, first.due_day), (Some(0), Some(0)));
}

#[test]
fn c05_every_listed_status_has_a_name_and_any_other_is_kept() {
    let listed = (0..=8).map(LetterStatus::from);
    assert!(listed.into_iter().all(|status| status.name().is_some()));
    let other = letter_of(json!({ "statut": 42, "engStatut": -1 }));
    assert_eq!(other.status.unwrap().value(), 42);
    assert_eq!(other.status.unwrap().to_string(), "42");
    assert_eq!(other.engagement_state, Some(-1));
    assert!(LetterStatus::SIGNED_ELECTRONICALLY.is_signed() && !LetterStatus::SIGNING.is_signed());
}

#[test]
fn c06_what_the_table_calls_arrays_are_single_values() {
    let fourth = &six_activities()[3];
    assert_eq!(fourth.month_offset, Some(1));
    assert_eq!(fourth.quantity, Some(1));
    assert_eq!(fourth.due_day, Some(10));
}

#[test]
fn c07_references_and_files_are_read_as_objects_and_as_strings() {
    let letter = letter();
    let entity = letter.entity.unwrap();
    assert_eq!(
        entity.id,
        Some("e87a74e3-2e92-41c2-898a-0b253f73315b".parse().unwrap())
    );
    assert!(letter.folder_manager.unwrap().is_empty() && letter.file.unwrap().is_empty());
    let strings = letter_of(json!({ "entite": "ENT002", "pdfFile": "LM.pdf", "modele": "" }));
    assert_eq!(strings.entity.unwrap().description, ["ENT002"]);
    assert_eq!(strings.pdf_file.unwrap().name.as_deref(), Some("LM.pdf"));
    assert_eq!(strings.template, None);
}

#[test]
fn c08_a_description_is_a_string_in_a_letter_and_an_array_or_a_string_in_a_reference() {
    assert_eq!(letter().description.as_deref(), Some("CONSEIL"));
    for description in [json!(["ENT002"]), json!("ENT002")] {
        let letter = letter_of(json!({ "entite": { "description": description } }));
        assert_eq!(letter.entity.unwrap().description, ["ENT002"]);
    }
}

#[test]
fn c09_names_are_read_in_the_case_of_the_example_and_of_the_table() {
    for name in ["description", "Description"] {
        assert_eq!(
            letter_of(json!({ name: "x" })).description.as_deref(),
            Some("x")
        );
    }
    for name in ["profitCenter", "profitcenter"] {
        assert_eq!(
            letter_of(json!({ name: "x" })).profit_center.as_deref(),
            Some("x")
        );
    }
    for name in ["pdfFile", "pdffile"] {
        assert!(
            letter_of(json!({ name: { "name": "x" } }))
                .pdf_file
                .is_some()
        );
    }
}

#[test]
fn c10_the_template_is_read_under_its_garbled_name_as_well() {
    for name in ["modele", "dateEnmodelevoiPdf"] {
        let letter = letter_of(json!({ name: { "description": ["M1"] }, "dateEnvoiPdf": "x" }));
        assert_eq!(letter.template.unwrap().description, ["M1"]);
        assert_eq!(letter.pdf_sent.as_deref(), Some("x"));
    }
}

#[test]
fn c11_what_only_the_example_has_is_read_and_may_be_absent() {
    let letter = letter();
    assert_eq!(
        letter.id,
        Some("efb2dfc9-71a5-4e72-98fd-78b427790086".parse().unwrap())
    );
    assert_eq!(letter.revision.as_deref(), Some("0x00000000000726D2"));
    assert!(letter_of(json!({})) == EngagementLetter::default());
}

#[test]
fn c12_every_date_may_be_null() {
    let letter = letter();
    assert_eq!((letter.signed_at, letter.pdf_sent), (None, None));
    let dated = six_activities()
        .iter()
        .filter(|activity| activity.frequency_date.is_some())
        .count();
    assert_eq!(dated, 1);
    let dates = [
        "dateDebut",
        "dateFin",
        "dateRenouvellement",
        "dateDebExercice",
        "dateFinExercice",
    ];
    for name in dates {
        assert!(letter_of(json!({ name: null })) == EngagementLetter::default());
    }
}

#[test]
fn c13_the_shift_of_the_fiscal_year_is_left_alone() {
    let letter = letter();
    assert_eq!(
        letter.fiscal_year_starts_at,
        Some(datetime!(2020-12-31 19:00 UTC))
    );
    assert_eq!(
        letter.fiscal_year_ends_at,
        Some(datetime!(2021-12-30 19:00 UTC))
    );
    assert_eq!(letter.starts_at, Some(datetime!(2021-11-01 0:00 UTC)));
}

#[tokio::test]
async fn c14_a_service_that_wants_a_filter_refuses_a_call_without() {
    let sandbox = sandbox().await;
    sandbox
        .cegid_loop()
        .configure(|settings| settings.filter_required = true);
    let client = client(&sandbox);
    let error = client
        .engagement_letters(Filter::unfiltered())
        .page()
        .await
        .unwrap_err();
    assert!(
        error
            .vendor_message()
            .unwrap()
            .contains("`filter` is required")
    );
    let filtered = client
        .engagement_letters(letters::ID.is_not_null())
        .page()
        .await
        .unwrap();
    assert_eq!(filtered.rows.len(), 100);
}

#[tokio::test]
async fn c15_each_way_of_writing_a_filter_gives_the_same_rows() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let typed = letters::NUMBER.eq("LM20240001");
    let strict = letters::NUMBER.strict_eq("LM20240001");
    let single = Filter::raw("codeIBS=='LM20240001'");
    for filter in [typed, strict, single] {
        let found = client
            .engagement_letters(filter)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(found.len(), 1);
    }
}

#[tokio::test]
async fn c16_the_content_type_is_a_media_type_unless_the_caller_says_otherwise() {
    let sandbox = sandbox().await;
    let ask = async |client: cegid_loop::Client| {
        client
            .engagement_letters(Filter::unfiltered())
            .limit(1)
            .page()
            .await
    };
    sandbox
        .cegid_loop()
        .configure(|settings| settings.content_type = Some("application/json".into()));
    assert!(ask(client(&sandbox)).await.is_ok());
    sandbox
        .cegid_loop()
        .configure(|settings| settings.content_type = Some("application-json".into()));
    assert_eq!(
        ask(client(&sandbox)).await.unwrap_err().status().unwrap(),
        415
    );
    let as_in_the_pages = builder(&sandbox)
        .content_type("application-json")
        .build()
        .unwrap();
    assert!(ask(as_in_the_pages).await.is_ok());
}

#[test]
fn c17_both_envelopes_of_the_fixtures_are_read() {
    let fixture = include_str!("../fixtures/list_engagement_letters/response-wrapped.json");
    let mut wrapped: Value = serde_json::from_str(fixture).unwrap();
    let letter = letter_of(wrapped["data"][0].take());
    assert_eq!(letter.status, Some(LetterStatus::SIGNED_ELECTRONICALLY));
    assert_eq!(letter.entity.unwrap().description, ["ENT002"]);
    // The lists themselves: `both_envelopes_give_the_same_rows`.
}

#[tokio::test]
async fn c18_both_keys_go_with_every_call() {
    let sandbox = sandbox().await;
    let letters = client(&sandbox).engagement_letters(Filter::unfiltered());
    let letters = letters.try_collect().await.unwrap();
    client(&sandbox)
        .activities_of(&letters[0])
        .try_collect()
        .await
        .unwrap();
    let entries = sandbox.cegid_loop().ledger().entries();
    assert!(entries.len() > 5);
    let was_responded_to =
        |entry: &vendor_sandbox::Entry| entry.ending == vendor_sandbox::Ending::Responded(200);
    assert!(entries.iter().all(was_responded_to));
}

#[test]
fn c19_hours_are_a_number_with_a_fraction() {
    let hours: Vec<_> = six_activities()
        .iter()
        .map(|activity| activity.unit_hours)
        .collect();
    assert_eq!(hours[..3], [Some(4.0), Some(0.15), Some(0.0)]);
}

#[test]
fn c20_nothing_is_trimmed() {
    let activities = six_activities();
    assert_eq!(activities[1].name.as_deref(), Some("Tableaux de bord "));
    assert_eq!(activities[5].name.as_deref(), Some("Accès à Bankin'"));
    assert_eq!(activities[0].frequency, Some(Frequency::ONCE));
    assert_eq!(activities[0].basis, Some(FrequencyBasis::CALENDAR_YEAR));
}

/// What the two spellings of the same rows have in common.
async fn common(sandbox: &Sandbox) -> (Vec<Value>, Vec<Value>) {
    let client = client(sandbox);
    let mut letters = client
        .engagement_letters(Filter::unfiltered())
        .try_collect()
        .await
        .unwrap();
    for letter in &mut letters {
        // The tables have only one string for each.
        let references = [
            &mut letter.folder_manager,
            &mut letter.entity,
            &mut letter.billing_folder,
            &mut letter.template,
        ];
        for reference in references {
            *reference = reference.take().filter(|reference| !reference.is_empty());
            if let Some(reference) = reference {
                reference.description.clear();
            }
        }
        letter.file = None;
        letter.pdf_file = None;
    }
    let select = Select::of(activities::NAME)
        .and(activities::FREQUENCY)
        .and(activities::DUE_DAY);
    let activities = client.activities(Filter::unfiltered()).select(select);
    let activities = activities.try_collect().await.unwrap();
    (
        letters.iter().map(written).collect(),
        activities.iter().map(written).collect(),
    )
}

#[tokio::test]
async fn a_service_that_spells_as_in_the_tables_gives_the_same_rows() {
    let sandbox = sandbox().await;
    let examples = common(&sandbox).await;
    sandbox
        .cegid_loop()
        .configure(|settings| settings.spelling = Spelling::Tables);
    assert!(common(&sandbox).await == examples);
}
