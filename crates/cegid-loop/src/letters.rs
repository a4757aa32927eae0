//! Engagement letters: what a firm has agreed to do for a client.
//!
//! Docs: [Engagement letters](crate::contract::letters).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vendor_client_core::{Query, endpoints, redacted_debug};

use crate::code::code;
use crate::field::fields;
use crate::filter::Filter;
use crate::id::{LetterId, ObjectId};
use crate::list::ListQuery;
use crate::types::{self, FileReference, Reference};
use crate::wire::{self, Envelope};

endpoints! {
    LIST_ENGAGEMENT_LETTERS = GET "/LettresDeMissions" Query<ListQuery>, ()
        => Envelope<EngagementLetter>, idempotent;
}

/// An engagement letter.
///
/// Every field is optional: the service leaves out what a [`Select`](crate::Select) does not
/// name, and returns null for what is not set. Fields that the vendor adds are dropped; to read
/// them, list the letters with a row type of your own.
///
/// Docs: [Type: EngagementLetter](crate::contract::letters#type-engagementletter).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct EngagementLetter {
    /// The letter's identifier.
    ///
    /// Wire: `objectId`.
    #[doc(alias = "objectId")]
    #[serde(rename = "objectId", deserialize_with = "wire::id")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<LetterId>,

    /// Changes whenever the letter does, like `0x00000000000726D2`.
    ///
    /// Wire: `revisionId`.
    #[doc(alias = "revisionId")]
    #[serde(rename = "revisionId", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub revision: Option<String>,

    /// What the letter is about, as it was typed in.
    ///
    /// Wire: `description`, also read as `Description`.
    #[doc(alias = "Description")]
    #[serde(alias = "Description", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub description: Option<String>,

    /// The letter's number, like `LM2021111`.
    ///
    /// Wire: `codeIBS`.
    #[doc(alias = "codeIBS")]
    #[serde(rename = "codeIBS", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub number: Option<String>,

    /// Profit centre; empty if there is none.
    ///
    /// Wire: `profitCenter`, also read as `profitcenter`.
    #[doc(alias = "profitCenter")]
    #[doc(alias = "profitcenter")]
    #[serde(rename = "profitCenter", alias = "profitcenter")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub profit_center: Option<String>,

    /// The person in charge of the folder.
    ///
    /// Wire: `maitreDossier`.
    #[doc(alias = "maitreDossier")]
    #[serde(rename = "maitreDossier", deserialize_with = "types::reference")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder_manager: Option<Reference>,

    /// The client that the letter is for.
    ///
    /// Wire: `entite`.
    #[doc(alias = "entite")]
    #[serde(rename = "entite", deserialize_with = "types::reference")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<Reference>,

    /// The client's identifier in the billing system; empty if there is none.
    ///
    /// Wire: `entiteIbsId`.
    #[doc(alias = "entiteIbsId")]
    #[serde(rename = "entiteIbsId", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub entity_number: Option<String>,

    /// When the engagement begins.
    ///
    /// Wire: `dateDebut`, in ISO 8601.
    #[doc(alias = "dateDebut")]
    #[serde(rename = "dateDebut", with = "wire::instant")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub starts_at: Option<OffsetDateTime>,

    /// When the engagement ends.
    ///
    /// Wire: `dateFin`, in ISO 8601.
    #[doc(alias = "dateFin")]
    #[serde(rename = "dateFin", with = "wire::instant")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub ends_at: Option<OffsetDateTime>,

    /// State of the engagement. The vendor does not list the values.
    ///
    /// Wire: `engStatut`, an integer or a numeric string.
    #[doc(alias = "engStatut")]
    #[serde(rename = "engStatut", deserialize_with = "wire::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Integer>"))]
    pub engagement_state: Option<i64>,

    /// Kind of the engagement. The vendor does not list the values.
    ///
    /// Wire: `engMission`, an integer or a numeric string.
    #[doc(alias = "engMission")]
    #[serde(rename = "engMission", deserialize_with = "wire::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Integer>"))]
    pub engagement_kind: Option<i64>,

    /// When the engagement is renewed.
    ///
    /// Wire: `dateRenouvellement`, in ISO 8601.
    #[doc(alias = "dateRenouvellement")]
    #[serde(rename = "dateRenouvellement", with = "wire::instant")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub renews_at: Option<OffsetDateTime>,

    /// When the fiscal year begins.
    ///
    /// The vendor's example shows a year from 1 January as `2020-12-31T19:00:00Z`, shifted by
    /// five hours. The instant is kept as it is: which calendar day is meant depends on
    /// the firm's time zone, and a plain `.date()` gives the day before.
    ///
    /// Wire: `dateDebExercice`, in ISO 8601.
    #[doc(alias = "dateDebExercice")]
    #[serde(rename = "dateDebExercice", with = "wire::instant")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub fiscal_year_starts_at: Option<OffsetDateTime>,

    /// When the fiscal year ends; shifted like
    /// [`fiscal_year_starts_at`](Self::fiscal_year_starts_at).
    ///
    /// Wire: `dateFinExercice`, in ISO 8601.
    #[doc(alias = "dateFinExercice")]
    #[serde(rename = "dateFinExercice", with = "wire::instant")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub fiscal_year_ends_at: Option<OffsetDateTime>,

    /// When the letter was signed; `None` while it is not.
    ///
    /// Wire: `dateSignature`, in ISO 8601.
    #[doc(alias = "dateSignature")]
    #[serde(rename = "dateSignature", with = "wire::instant")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub signed_at: Option<OffsetDateTime>,

    /// The folder that is billed.
    ///
    /// Wire: `dossierFacturation`.
    #[doc(alias = "dossierFacturation")]
    #[serde(rename = "dossierFacturation", deserialize_with = "types::reference")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_folder: Option<Reference>,

    /// Status of the letter.
    ///
    /// Wire: `statut`, also read as `status`; an integer or a numeric string.
    #[doc(alias = "statut")]
    #[serde(
        rename = "statut",
        alias = "status",
        deserialize_with = "wire::integer"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<LetterStatus>,

    /// The letter as a file.
    ///
    /// Wire: `file`.
    #[serde(
        deserialize_with = "types::file",
        skip_serializing_if = "Option::is_none"
    )]
    pub file: Option<FileReference>,

    /// When the PDF (quote or letter) was sent; `None` while it is not. The vendor does not
    /// document the form, so the text is kept as it is.
    ///
    /// Wire: `dateEnvoiPdf`.
    #[doc(alias = "dateEnvoiPdf")]
    #[serde(rename = "dateEnvoiPdf", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub pdf_sent: Option<String>,

    /// The letter as a PDF.
    ///
    /// Wire: `pdfFile`, also read as `pdffile`.
    #[doc(alias = "pdfFile")]
    #[doc(alias = "pdffile")]
    #[serde(
        rename = "pdfFile",
        alias = "pdffile",
        deserialize_with = "types::file"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf_file: Option<FileReference>,

    /// The template that the letter was made from.
    ///
    /// Wire: `modele`, also read as `dateEnmodelevoiPdf`.
    #[doc(alias = "modele")]
    #[doc(alias = "dateEnmodelevoiPdf")]
    #[serde(rename = "modele", alias = "dateEnmodelevoiPdf")]
    #[serde(
        deserialize_with = "types::reference",
        skip_serializing_if = "Option::is_none"
    )]
    pub template: Option<Reference>,

    /// The letter's running number, without its prefix.
    ///
    /// Wire: `indexIncInt`.
    #[doc(alias = "indexIncInt")]
    #[serde(rename = "indexIncInt", deserialize_with = "wire::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Integer>"))]
    pub index: Option<i64>,
}

redacted_debug!(EngagementLetter {
    id,
    revision,
    entity,
    status,
    starts_at,
    ends_at,
    signed_at,
});

code! {
    /// Status of an engagement letter.
    ///
    /// The list is open: a value that the vendor has not listed is kept.
    ///
    /// Docs: [Type: EngagementLetter](crate::contract::letters#type-engagementletter).
    LetterStatus {
        /// Nothing is set. The vendor's example has it, its table does not.
        NOT_SET = 0, "not set";
        /// Proposed to the client. Wire: 1, *Proposée*.
        PROPOSED = 1, "proposed";
        /// Signed by hand. Wire: 2, *Signée*.
        SIGNED = 2, "signed";
        /// Cancelled. Wire: 3, *Annulée*.
        CANCELLED = 3, "cancelled";
        /// Its activities and its plan are being created. Wire: 4.
        CREATING = 4, "creating activities";
        /// Creating its activities and plans failed. Wire: 5.
        CREATION_FAILED = 5, "creating activities failed";
        /// Edited. Wire: 6, *Editée*.
        EDITED = 6, "edited";
        /// Being signed electronically. Wire: 7.
        SIGNING = 7, "being signed";
        /// Signed electronically. Wire: 8.
        SIGNED_ELECTRONICALLY = 8, "signed electronically";
    }
}

impl LetterStatus {
    /// Whether the letter is signed, by hand or electronically.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::SIGNED | Self::SIGNED_ELECTRONICALLY)
    }
}

/// Letters that are signed, by hand or electronically.
///
/// ```
/// use cegid_loop::letters;
///
/// assert_eq!(
///     letters::signed().expression(),
///     Some("statut>=2&&statut<=8&&statut!=3&&statut!=4&&statut!=5&&statut!=6&&statut!=7"),
/// );
/// ```
pub fn signed() -> Filter<EngagementLetter> {
    STATUS.is_in([LetterStatus::SIGNED, LetterStatus::SIGNED_ELECTRONICALLY])
}

fields! {
    EngagementLetter {
        /// [`EngagementLetter::id`] in filters, orders and choices of fields.
        ID: LetterId = "objectId";
        /// [`EngagementLetter::revision`].
        REVISION: String = "revisionId";
        /// [`EngagementLetter::description`].
        DESCRIPTION: String = "description";
        /// [`EngagementLetter::number`].
        NUMBER: String = "codeIBS";
        /// [`EngagementLetter::profit_center`].
        PROFIT_CENTER: String = "profitCenter";
        /// [`EngagementLetter::folder_manager`], as a whole.
        FOLDER_MANAGER: Reference = "maitreDossier";
        /// The identifier inside [`EngagementLetter::folder_manager`].
        FOLDER_MANAGER_ID: ObjectId = "maitreDossier.objectId";
        /// [`EngagementLetter::entity`], as a whole.
        ENTITY: Reference = "entite";
        /// The identifier inside [`EngagementLetter::entity`].
        ENTITY_ID: ObjectId = "entite.objectId";
        /// [`EngagementLetter::entity_number`].
        ENTITY_NUMBER: String = "entiteIbsId";
        /// [`EngagementLetter::starts_at`].
        STARTS_AT: OffsetDateTime = "dateDebut";
        /// [`EngagementLetter::ends_at`].
        ENDS_AT: OffsetDateTime = "dateFin";
        /// [`EngagementLetter::engagement_state`].
        ENGAGEMENT_STATE: i64 = "engStatut";
        /// [`EngagementLetter::engagement_kind`].
        ENGAGEMENT_KIND: i64 = "engMission";
        /// [`EngagementLetter::renews_at`].
        RENEWS_AT: OffsetDateTime = "dateRenouvellement";
        /// [`EngagementLetter::fiscal_year_starts_at`].
        FISCAL_YEAR_STARTS_AT: OffsetDateTime = "dateDebExercice";
        /// [`EngagementLetter::fiscal_year_ends_at`].
        FISCAL_YEAR_ENDS_AT: OffsetDateTime = "dateFinExercice";
        /// [`EngagementLetter::signed_at`].
        SIGNED_AT: OffsetDateTime = "dateSignature";
        /// [`EngagementLetter::billing_folder`], as a whole.
        BILLING_FOLDER: Reference = "dossierFacturation";
        /// The identifier inside [`EngagementLetter::billing_folder`].
        BILLING_FOLDER_ID: ObjectId = "dossierFacturation.objectId";
        /// [`EngagementLetter::status`].
        STATUS: LetterStatus = "statut";
        /// [`EngagementLetter::file`], as a whole.
        FILE: FileReference = "file";
        /// [`EngagementLetter::pdf_sent`].
        PDF_SENT: String = "dateEnvoiPdf";
        /// [`EngagementLetter::pdf_file`], as a whole.
        PDF_FILE: FileReference = "pdfFile";
        /// [`EngagementLetter::template`], as a whole.
        TEMPLATE: Reference = "modele";
        /// The identifier inside [`EngagementLetter::template`].
        TEMPLATE_ID: ObjectId = "modele.objectId";
        /// [`EngagementLetter::index`].
        INDEX: i64 = "indexIncInt";
    }
}
