//! Client for Cegid Loop: engagement letters of accounting firms and their activities.

mod code;
mod filter;
mod id;
mod reference;
mod sort;
mod wire;

pub mod activities;
pub mod letters;

pub use activities::LetterActivity;
pub use filter::{Field, Filter, IntoLiteral, Literal};
pub use id::{ActivityId, LetterId, ObjectId};
pub use letters::EngagementLetter;
pub use reference::{FileReference, Reference};
pub use sort::{Select, Sort};
