//! Activities: what an engagement letter promises in detail.
//!
//! Docs: [Activities](crate::contract::activities).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vendor_client_core::{Query, endpoints, redacted_debug};

use crate::code::code;
use crate::field::fields;
use crate::id::{ActivityId, LetterId};
use crate::list::ListQuery;
use crate::wire::{self, Envelope};

endpoints! {
    LIST_ACTIVITIES = GET "/giActivitesMission" Query<ListQuery>, ()
        => Envelope<LetterActivity>, idempotent;
}

/// One service that an engagement letter promises.
///
/// Every field is optional: the service leaves out what a [`Select`](crate::Select) does not
/// name, and returns null for what is not set. Fields that the vendor adds are dropped; to read
/// them, list the activities with a row type of your own.
///
/// Docs: [Type: LetterActivity](crate::contract::activities#type-letteractivity).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct LetterActivity {
    /// The activity's identifier. The vendor's example of this list does not show it.
    ///
    /// Wire: `objectId`.
    #[doc(alias = "objectId")]
    #[serde(rename = "objectId", deserialize_with = "wire::id")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ActivityId>,

    /// Changes whenever the activity does. The vendor's example of this list does not show it.
    ///
    /// Wire: `revisionId`.
    #[doc(alias = "revisionId")]
    #[serde(rename = "revisionId", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub revision: Option<String>,

    /// The letter that promises the activity. The vendor's example does not show it.
    ///
    /// Wire: `lettreMissionId`.
    #[doc(alias = "lettreMissionId")]
    #[serde(rename = "lettreMissionId", deserialize_with = "wire::id")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter_id: Option<LetterId>,

    /// What is done, as it was typed in: spaces at the end are kept.
    ///
    /// Wire: `activite`, also read as `Libelle` and `libelle`.
    #[doc(alias = "activite")]
    #[doc(alias = "Libelle")]
    #[doc(alias = "libelle")]
    #[serde(rename = "activite", alias = "Libelle", alias = "libelle")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub name: Option<String>,

    /// Whether the firm does it.
    ///
    /// Wire: `activiteCabinet`.
    #[doc(alias = "activiteCabinet")]
    #[serde(rename = "activiteCabinet", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::boolean")]
    pub by_firm: Option<bool>,

    /// Whether the client does it.
    ///
    /// Wire: `activiteClient`.
    #[doc(alias = "activiteClient")]
    #[serde(rename = "activiteClient", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::boolean")]
    pub by_client: Option<bool>,

    /// How long it takes once, in hours with a fraction: `0.15` is nine minutes.
    ///
    /// Wire: `unite`.
    #[doc(alias = "unite")]
    #[serde(rename = "unite", skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::number")]
    pub unit_hours: Option<f64>,

    /// How often it is done.
    ///
    /// Wire: `frequence`, an integer or a numeric string.
    #[doc(alias = "frequence")]
    #[serde(rename = "frequence", deserialize_with = "wire::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,

    /// The date that makes the frequency precise, such as the day of what is done once.
    ///
    /// Wire: `dateFreq`, in ISO 8601.
    #[doc(alias = "dateFreq")]
    #[serde(rename = "dateFreq", with = "wire::instant")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub frequency_date: Option<OffsetDateTime>,

    /// What the frequency is counted from.
    ///
    /// Wire: `calage`, an integer or a numeric string.
    #[doc(alias = "calage")]
    #[serde(rename = "calage", deserialize_with = "wire::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<FrequencyBasis>,

    /// By how many months it is moved: 1 to 18, or 0 if it is not.
    ///
    /// Wire: `decalage`, an integer or a numeric string.
    #[doc(alias = "decalage")]
    #[serde(rename = "decalage", deserialize_with = "wire::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::UpTo<18>>"))]
    pub month_offset: Option<i64>,

    /// How many times the letter promises it.
    ///
    /// Wire: `quantite`.
    #[doc(alias = "quantite")]
    #[serde(rename = "quantite", deserialize_with = "wire::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Integer>"))]
    pub quantity: Option<i64>,

    /// The day of the month by which it is due: 1 to 31, or 0 if none is set.
    ///
    /// Wire: `datePrevObligation`, an integer or a numeric string.
    #[doc(alias = "datePrevObligation")]
    #[serde(rename = "datePrevObligation", deserialize_with = "wire::integer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::UpTo<31>>"))]
    pub due_day: Option<i64>,
}

redacted_debug!(LetterActivity {
    id,
    letter_id,
    by_firm,
    by_client,
    unit_hours,
    frequency,
    quantity,
});

code! {
    /// How often an activity is done.
    ///
    /// The list is open: a value that the vendor has not listed is kept.
    ///
    /// Docs: [Type: LetterActivity](crate::contract::activities#type-letteractivity).
    Frequency {
        /// Nothing is set.
        NOT_SET = 0, "not set";
        /// Every month. Wire: 1.
        MONTHLY = 1, "monthly";
        /// Every three months. Wire: 2.
        QUARTERLY = 2, "quarterly";
        /// Every six months. Wire: 3.
        HALF_YEARLY = 3, "half-yearly";
        /// Every year. Wire: 4.
        YEARLY = 4, "yearly";
        /// Once. Wire: 5, *Punctual*.
        ONCE = 5, "once";
    }
}

impl Frequency {
    /// How many months lie between two times; `None` for what is done once, and for a value that
    /// is not set or not listed.
    #[must_use]
    pub const fn months(self) -> Option<usize> {
        match self {
            Self::MONTHLY => Some(1),
            Self::QUARTERLY => Some(3),
            Self::HALF_YEARLY => Some(6),
            Self::YEARLY => Some(12),
            _ => None,
        }
    }
}

code! {
    /// What the frequency of an activity is counted from.
    ///
    /// The list is open: a value that the vendor has not listed is kept.
    ///
    /// Docs: [Type: LetterActivity](crate::contract::activities#type-letteractivity).
    FrequencyBasis {
        /// Nothing is set.
        NOT_SET = 0, "not set";
        /// The client's fiscal year. Wire: 1.
        FISCAL_YEAR = 1, "fiscal year";
        /// The calendar year. Wire: 2.
        CALENDAR_YEAR = 2, "calendar year";
        /// The time after the fiscal year. Wire: 3.
        AFTER_FISCAL_YEAR = 3, "after the fiscal year";
    }
}

fields! {
    LetterActivity {
        /// [`LetterActivity::id`] in filters, orders and choices of fields.
        ID: ActivityId = "objectId";
        /// [`LetterActivity::revision`].
        REVISION: String = "revisionId";
        /// [`LetterActivity::letter_id`].
        LETTER_ID: LetterId = "lettreMissionId";
        /// [`LetterActivity::name`].
        NAME: String = "activite";
        /// [`LetterActivity::by_firm`].
        BY_FIRM: bool = "activiteCabinet";
        /// [`LetterActivity::by_client`].
        BY_CLIENT: bool = "activiteClient";
        /// [`LetterActivity::unit_hours`].
        UNIT_HOURS: f64 = "unite";
        /// [`LetterActivity::frequency`].
        FREQUENCY: Frequency = "frequence";
        /// [`LetterActivity::frequency_date`].
        FREQUENCY_DATE: OffsetDateTime = "dateFreq";
        /// [`LetterActivity::basis`].
        BASIS: FrequencyBasis = "calage";
        /// [`LetterActivity::month_offset`].
        MONTH_OFFSET: i64 = "decalage";
        /// [`LetterActivity::quantity`].
        QUANTITY: i64 = "quantite";
        /// [`LetterActivity::due_day`].
        DUE_DAY: i64 = "datePrevObligation";
    }
}
