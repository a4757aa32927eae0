//! Which rows a page had, to notice a service that returns them again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::Deserialize;
use serde_json::value::RawValue;

/// The rows of one page: a digest of each row's identifier, or of its text if it has none.
#[derive(Default)]
pub(crate) struct Seen {
    digests: BTreeSet<u64>,
    /// Whether every row has an identifier.
    are_identified: bool,
}

/// How a page relates to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recurrence {
    /// It has a new row.
    None,
    /// It has none, and no identifiers by which its rows could be told apart.
    Possible,
    /// It has none.
    Certain,
}

impl Seen {
    pub(crate) fn of(rows: &[Box<RawValue>]) -> Self {
        let mut seen = Self {
            digests: BTreeSet::new(),
            are_identified: true,
        };
        for row in rows {
            let id = identifier(row.get());
            seen.are_identified &= id.is_some();
            seen.digests
                .insert(digest(id.as_deref().unwrap_or(row.get())));
        }
        seen
    }

    pub(crate) fn recurrence(&self, page: &Self) -> Recurrence {
        if page.digests.is_empty() || !page.digests.is_subset(&self.digests) {
            return Recurrence::None;
        }
        match page.are_identified {
            true => Recurrence::Certain,
            false => Recurrence::Possible,
        }
    }
}

/// The `objectId` of a row.
fn identifier(row: &str) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Identified<'a> {
        #[serde(rename = "objectId", borrow)]
        id: Option<Cow<'a, str>>,
    }
    let row: Identified<'_> = serde_json::from_str(row).ok()?;
    row.id.filter(|id| !id.is_empty())
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(rows: &[&str]) -> Seen {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| RawValue::from_string((*row).to_owned()).unwrap())
            .collect();
        Seen::of(&rows)
    }

    #[test]
    fn a_page_recurs_if_none_of_its_rows_is_new() {
        let page = seen(&[r#"{"objectId":"a","n":1}"#, r#"{"objectId":"b","n":1}"#]);
        let again = seen(&[r#"{"n":2,"objectId":"b"}"#, r#"{"objectId":"a","n":1}"#]);
        assert_eq!(page.recurrence(&again), Recurrence::Certain);
        let part = seen(&[r#"{"objectId":"b"}"#]);
        assert_eq!(page.recurrence(&part), Recurrence::Certain);
        let overlapping = seen(&[r#"{"objectId":"b"}"#, r#"{"objectId":"c"}"#]);
        assert_eq!(page.recurrence(&overlapping), Recurrence::None);
        assert_eq!(page.recurrence(&seen(&[])), Recurrence::None);
    }

    #[test]
    fn rows_without_identifiers_may_be_equal_without_recurring() {
        let page = seen(&[r#"{"n":1}"#, r#"{"objectId":null,"n":2}"#, "3"]);
        assert_eq!(
            page.recurrence(&seen(&[r#"{"n":1}"#])),
            Recurrence::Possible
        );
        assert_eq!(page.recurrence(&seen(&["4"])), Recurrence::None);
    }
}
