//! The order of a list's rows, and the selection of their fields.
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
//! Docs: [Lists](crate::contract#lists).

use std::marker::PhantomData;

use vendor_client_core::Violations;

use crate::filter::{Field, NOT_A_PATH, is_path};

/// Declares a sequence of fields joined by `&&`: the notation that the parameters `sort` and
/// `select` share.
macro_rules! joined_fields {
    ($(#[$doc:meta])* $name:ident, $parameter:literal, $(#[$raw_doc:meta])*) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<Row> {
            text: String,
            /// Why it cannot be sent.
            problems: Violations,
            row: PhantomData<fn() -> Row>,
        }

        impl<Row> $name<Row> {
            $(#[$raw_doc])*
            pub fn raw(text: impl Into<String>) -> Self {
                let text = text.into();
                let mut problems = Violations::new();
                problems.require($parameter, !text.trim().is_empty(), "must not be empty");
                Self::new(text, problems)
            }

            /// The text that goes over the wire.
            #[must_use]
            pub fn text(&self) -> &str {
                &self.text
            }

            /// The text, and why it cannot be sent.
            pub(crate) fn into_parts(self) -> (String, Violations) {
                (self.text, self.problems)
            }

            fn one(path: &str, suffix: &str) -> Self {
                let mut problems = Violations::new();
                problems.require($parameter, is_path(path), NOT_A_PATH);
                Self::new(format!("{path}{suffix}"), problems)
            }

            fn join(self, other: Self) -> Self {
                let text = format!("{}&&{}", self.text, other.text);
                Self::new(text, joined(self.problems, &other.problems))
            }

            fn new(text: String, problems: Violations) -> Self {
                Self {
                    text,
                    problems,
                    row: PhantomData,
                }
            }
        }

        // Derived, it would require that `Row` is `Clone`.
        impl<Row> Clone for $name<Row> {
            fn clone(&self) -> Self {
                Self::new(self.text.clone(), self.problems.clone())
            }
        }
    };
}

joined_fields! {
    /// The order in which rows come.
    #[must_use = "an order does nothing until a list is asked for it"]
    Sort, "sort",
    /// An order as it goes over the wire. Nothing in it is checked.
}

impl<Row> Sort<Row> {
    /// Orders rows that are equal in this order by the other one.
    pub fn then(self, other: Self) -> Self {
        self.join(other)
    }
}

impl<Row, T> Field<Row, T> {
    /// The smallest value first.
    pub fn ascending(self) -> Sort<Row> {
        Sort::one(self.path(), "")
    }

    /// The largest value first.
    pub fn descending(self) -> Sort<Row> {
        Sort::one(self.path(), ":desc")
    }
}

joined_fields! {
    /// The only fields that come back.
    ///
    /// A field that is not selected is absent from the row: `None` in the rows of this crate.
    #[must_use = "a selection does nothing until a list is asked for it"]
    Select, "select",
    /// A selection as it goes over the wire. Nothing in it is checked.
    ///
    /// The vendor does not document how fields are joined; this crate joins them by `&&`, as in
    /// `sort`. If the service wants something else, use this.
}

impl<Row> Select<Row> {
    /// This field alone.
    pub fn of<T>(field: Field<Row, T>) -> Self {
        Self::one(field.path(), "")
    }

    /// This field as well.
    pub fn and<T>(self, field: Field<Row, T>) -> Self {
        self.join(Self::of(field))
    }
}

/// The problems of both.
pub(crate) fn joined(mut problems: Violations, others: &Violations) -> Violations {
    problems.append(others);
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: Field<(), String> = Field::new("code");
    const OWNER: Field<(), String> = Field::new("entite.objectId");
    const BROKEN: Field<(), String> = Field::new("code:desc&&x");

    fn rules(problems: &Violations) -> Vec<&str> {
        problems.iter().map(|found| found.rule.as_str()).collect()
    }

    #[test]
    fn fields_are_joined_by_two_ampersands_and_desc_follows_a_descending_one() {
        let order = CODE.ascending().then(OWNER.descending());
        assert_eq!(order.text(), "code&&entite.objectId:desc");
        assert!(order.problems.is_empty());
        assert_eq!(Select::of(CODE).and(OWNER).text(), "code&&entite.objectId");
    }

    #[test]
    fn a_path_that_is_none_is_a_problem_wherever_it_stands() {
        let order = CODE.ascending().then(BROKEN.ascending());
        assert_eq!(rules(&order.problems), [NOT_A_PATH]);
        let fields = Select::of(BROKEN).and(CODE);
        assert_eq!(rules(&fields.problems), [NOT_A_PATH]);
    }

    #[test]
    fn every_problem_is_kept_and_not_only_the_first() {
        let order = BROKEN.ascending().then(Sort::raw(" "));
        assert_eq!(rules(&order.problems), [NOT_A_PATH, "must not be empty"]);
        let fields = Select::raw("").and(CODE).and(BROKEN);
        assert_eq!(rules(&fields.problems), ["must not be empty", NOT_A_PATH]);
    }

    #[test]
    fn an_empty_raw_order_or_selection_is_a_problem() {
        assert!(!Sort::<()>::raw(" ").problems.is_empty());
        assert!(!Select::<()>::raw("").problems.is_empty());
        assert_eq!(Select::<()>::raw("code,libelle").text(), "code,libelle");
    }
}
