//! What goes over the wire, as JSON schemas: for comparing it with the documentation, and for
//! whoever has a use for it.

pub use vendor_client_core::schema::{OperationSchema, Part, Probed};

use crate::activities::LetterActivity;
use crate::client::{LIST_ACTIVITIES, LIST_ENGAGEMENT_LETTERS};
use crate::letters::EngagementLetter;
use crate::list::Query;
use crate::wire::schema::Wrapped;

/// Every documented operation, with the types that it sends and reads.
#[must_use]
pub fn operations() -> Vec<OperationSchema> {
    vec![
        OperationSchema::of(&LIST_ENGAGEMENT_LETTERS)
            .query::<Query>()
            .response_named::<Vec<EngagementLetter>>("list")
            .response_named::<Wrapped<EngagementLetter>>("wrapped"),
        OperationSchema::of(&LIST_ACTIVITIES)
            .query::<Query>()
            .response_named::<Vec<LetterActivity>>("list")
            .response_named::<Wrapped<LetterActivity>>("wrapped"),
    ]
}
