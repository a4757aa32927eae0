//! The order of a list's rows, and the choice of their fields.
//!
//! ```
//! use cegid_loop::{Select, letters};
//!
//! let order = letters::STATUS.ascending().then(letters::ENDS_AT.descending());
//! assert_eq!(order.text(), "statut&&dateFin:desc");
//!
//! let fields = Select::of(letters::ID).and(letters::STATUS);
//! assert_eq!(fields.text(), "objectId&&statut");
//! ```
//!
//! Docs: `docs/cegid-loop/README.md`, "Lists".

use std::marker::PhantomData;

use crate::filter::{Field, NO_PATH, is_path};

/// The order in which rows come.
#[derive(Debug)]
#[must_use = "an order does nothing until a list is asked for it"]
pub struct Sort<Row> {
    fields: Fields,
    row: PhantomData<fn() -> Row>,
}

impl<Row> Sort<Row> {
    /// An order as it goes over the wire. Nothing in it is checked.
    pub fn raw(text: impl Into<String>) -> Self {
        Self::from_fields(Fields::raw(text.into()))
    }

    /// Rows that are equal in this order come in the other one.
    pub fn then(self, other: Self) -> Self {
        Self::from_fields(self.fields.join(other.fields))
    }

    /// The order as it goes over the wire: `field1&&field2:desc`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.fields.text
    }

    pub(crate) fn problem(&self) -> Option<&'static str> {
        self.fields.problem
    }

    pub(crate) fn into_text(self) -> String {
        self.fields.text
    }

    fn from_fields(fields: Fields) -> Self {
        Self {
            fields,
            row: PhantomData,
        }
    }
}

impl<Row, T> Field<Row, T> {
    /// The smallest value first.
    pub fn ascending(self) -> Sort<Row> {
        Sort::from_fields(Fields::one(self.path(), ""))
    }

    /// The largest value first.
    pub fn descending(self) -> Sort<Row> {
        Sort::from_fields(Fields::one(self.path(), ":desc"))
    }
}

/// The only fields that come back.
///
/// What is left out is absent from the row: `None` in the rows of this crate.
#[derive(Debug)]
#[must_use = "a choice of fields does nothing until a list is asked for it"]
pub struct Select<Row> {
    fields: Fields,
    row: PhantomData<fn() -> Row>,
}

impl<Row> Select<Row> {
    /// This field alone.
    pub fn of<T>(field: Field<Row, T>) -> Self {
        Self::from_fields(Fields::one(field.path(), ""))
    }

    /// A choice as it goes over the wire. Nothing in it is checked.
    ///
    /// The vendor does not say how fields are joined; here they are joined by `&&`, as in `sort`.
    /// Should the service want something else, this is the way.
    pub fn raw(text: impl Into<String>) -> Self {
        Self::from_fields(Fields::raw(text.into()))
    }

    /// This field as well.
    pub fn and<T>(self, field: Field<Row, T>) -> Self {
        Self::from_fields(self.fields.join(Fields::one(field.path(), "")))
    }

    /// The choice as it goes over the wire: `field1&&field2`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.fields.text
    }

    pub(crate) fn problem(&self) -> Option<&'static str> {
        self.fields.problem
    }

    pub(crate) fn into_text(self) -> String {
        self.fields.text
    }

    fn from_fields(fields: Fields) -> Self {
        Self {
            fields,
            row: PhantomData,
        }
    }
}

// Derived, these would ask `Row` for the same.
impl<Row> Clone for Sort<Row> {
    fn clone(&self) -> Self {
        Self::from_fields(self.fields.clone())
    }
}

impl<Row> Clone for Select<Row> {
    fn clone(&self) -> Self {
        Self::from_fields(self.fields.clone())
    }
}

/// Fields joined by `&&`, in the one notation that `sort` and `select` share.
#[derive(Clone, Debug)]
struct Fields {
    text: String,
    /// Why they cannot be sent.
    problem: Option<&'static str>,
}

impl Fields {
    fn one(path: &str, suffix: &str) -> Self {
        Self {
            text: format!("{path}{suffix}"),
            problem: (!is_path(path)).then_some(NO_PATH),
        }
    }

    fn raw(text: String) -> Self {
        let blank = text.trim().is_empty();
        Self {
            text,
            problem: blank.then_some("must not be empty"),
        }
    }

    fn join(self, other: Self) -> Self {
        Self {
            text: format!("{}&&{}", self.text, other.text),
            problem: self.problem.or(other.problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: Field<(), String> = Field::new("code");
    const OWNER: Field<(), String> = Field::new("entite.objectId");

    #[test]
    fn fields_are_joined_by_two_ampersands_and_desc_follows_a_descending_one() {
        let order = CODE.ascending().then(OWNER.descending());
        assert_eq!(order.text(), "code&&entite.objectId:desc");
        assert_eq!(order.problem(), None);
        assert_eq!(Select::of(CODE).and(OWNER).text(), "code&&entite.objectId");
    }

    #[test]
    fn a_path_that_is_none_is_a_problem_wherever_it_stands() {
        let broken: Field<(), String> = Field::new("code:desc&&x");
        assert_eq!(
            CODE.ascending().then(broken.ascending()).problem(),
            Some(NO_PATH)
        );
        assert_eq!(Select::of(broken).and(CODE).problem(), Some(NO_PATH));
    }

    #[test]
    fn an_empty_raw_order_or_choice_is_a_problem() {
        assert!(Sort::<()>::raw(" ").problem().is_some());
        assert!(Select::<()>::raw("").problem().is_some());
        assert_eq!(Select::<()>::raw("code,libelle").text(), "code,libelle");
    }
}
