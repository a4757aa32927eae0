//! Marked secrets and personal data show nowhere.

use std::error::Error as _;

use cegid_loop::{Client, EngagementLetter, Filter, LetterActivity, Page, letters};

use crate::support::{builder, client, sandbox};

fn laden_letter() -> EngagementLetter {
    let text = r#"{
        "objectId": "efb2dfc9-71a5-4e72-98fd-78b427790086",
        "description": "canary", "codeIBS": "canary", "profitCenter": "canary",
        "maitreDossier": {"objectId": null, "description": ["canary"]},
        "entite": {"objectId": null, "description": "canary"}, "entiteIbsId": "canary",
        "dossierFacturation": "canary", "file": "canary", "dateEnvoiPdf": "canary",
        "pdfFile": {"name": "canary", "mimeType": "canary", "uri": "canary", "data": "canary"},
        "modele": {"description": ["canary"]}
    }"#;
    serde_json::from_str(text).unwrap()
}

#[test]
fn no_public_type_prints_a_secret_or_personal_data() {
    let activity: LetterActivity = serde_json::from_str(r#"{"activite": "canary"}"#).unwrap();
    let letter = laden_letter();
    let builder = Client::builder()
        .subscription_key("canary-subscription")
        .api_key("canary-key", "canary-secret");
    let client = builder.clone().build().unwrap();
    let list = client.engagement_letters(letters::DESCRIPTION.eq("canary"));
    let mut printed = format!("{builder:?} {client:?} {list:?} {activity:?} {letter:#?}");
    printed += &format!("{:?} {:?}", list.clone().pages(), list.rows());
    printed += &format!("{:?} {:?}", letter.pdf_file, letter.template);
    assert!(printed.contains("efb2dfc9"), "what helps is shown");
    assert!(!printed.contains("canary"), "{printed}");
}

#[tokio::test]
async fn a_failed_call_prints_neither_key_nor_filter() {
    let sandbox = sandbox().await;
    let refused = builder(&sandbox)
        .api_key("canary-key", "canary-secret")
        .build()
        .unwrap();
    sandbox
        .cegid_loop()
        .faults()
        .on_any()
        .about("7")
        .always()
        .reset();
    let canary = || letters::DESCRIPTION.eq("canary-client");
    let errors = [
        refused
            .engagement_letters(canary())
            .page()
            .await
            .unwrap_err(),
        client(&sandbox)
            .engagement_letters(canary())
            .starting_at(7)
            .page()
            .await
            .unwrap_err(),
        client(&sandbox)
            .engagement_letters(Filter::raw("canary ="))
            .page()
            .await
            .unwrap_err(),
        client(&sandbox)
            .engagement_letters(canary())
            .page_size(0)
            .page()
            .await
            .unwrap_err(),
    ];
    for error in errors {
        let mut printed = format!("{error} {error:?}");
        let mut source = error.source();
        while let Some(next) = source {
            printed += &format!("{next} {next:?}");
            source = next.source();
        }
        assert!(!printed.contains("canary"), "{printed}");
    }
}

#[tokio::test]
async fn a_page_prints_how_many_rows_it_has() {
    let sandbox = sandbox().await;
    let list = client(&sandbox).engagement_letters(Filter::unfiltered());
    let page: Page<_> = list.limit(2).page().await.unwrap();
    assert_eq!(format!("{page:?}"), "Page { position: 0, rows: 2 }");
}
