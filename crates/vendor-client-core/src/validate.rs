//! Refusing invalid input before it leaves, with every violation at once.

use std::fmt;
use std::ops::RangeInclusive;

/// A request, or a part of one, that knows its documented constraints.
pub trait Validate {
    /// Reports every constraint that the value breaks. Default: none is documented.
    fn validate(&self, violations: &mut Violations) {
        let _ = violations;
    }
}

impl<T: Validate + ?Sized> Validate for &T {
    fn validate(&self, violations: &mut Violations) {
        (**self).validate(violations);
    }
}

/// One broken constraint.
///
/// Neither `Display` nor `Debug` shows the offending value: it may be personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The field's path on the wire, such as `task.openingHours[2].weekDay`.
    pub path: String,
    /// What is required of the field.
    pub rule: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.rule)
    }
}

/// Collects violations, each under its wire path.
///
/// ```
/// use vendor_client_core::{Validate, Violations};
///
/// struct Order { name: String, amount: f64 }
///
/// impl Validate for Order {
///     fn validate(&self, violations: &mut Violations) {
///         violations.length("name", &self.name, 1..=100);
///         violations.range("amount", self.amount, 0.0..=1_000.0);
///     }
/// }
///
/// let mut violations = Violations::new();
/// violations.each("orders", &[Order { name: String::new(), amount: -1.0 }]);
/// let paths: Vec<_> = violations.iter().map(|violation| violation.path.as_str()).collect();
/// assert_eq!(paths, ["orders[0].name", "orders[0].amount"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// Where the collector stands, such as `task.orders[1]`; empty at the top.
    at: String,
    found: Vec<Violation>,
}

impl Violations {
    /// Starts with none.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The violations found, in the order of the checks.
    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.found.iter()
    }

    /// Reports that `field` breaks `rule`. Within an object, an empty `field` is the object itself.
    ///
    /// Say what is required ("must be a whole number of minutes"), never the value.
    pub fn add(&mut self, field: &str, rule: impl Into<String>) {
        let path = self.path_of(field);
        self.found.push(Violation {
            path,
            rule: rule.into(),
        });
    }

    /// Requires that `holds`.
    pub fn require(&mut self, field: &str, holds: bool, rule: &str) {
        if !holds {
            self.add(field, rule);
        }
    }

    /// Requires that `text` has a number of characters (not bytes) within `allowed`.
    pub fn length(&mut self, field: &str, text: &str, allowed: RangeInclusive<usize>) {
        let length = text.chars().count();
        if !allowed.contains(&length) {
            let (least, most) = allowed.into_inner();
            self.add(
                field,
                format!("must have {least} to {most} characters, has {length}"),
            );
        }
    }

    /// Requires that `value` lies within `allowed`. No float that is not a number does.
    pub fn range<T: PartialOrd + fmt::Display>(
        &mut self,
        field: &str,
        value: T,
        allowed: RangeInclusive<T>,
    ) {
        if !allowed.contains(&value) {
            let (least, most) = allowed.into_inner();
            self.add(field, format!("must be between {least} and {most}"));
        }
    }

    /// Checks an object inside `field`.
    pub fn nested(&mut self, field: &str, value: &impl Validate) {
        self.within(field, |violations| value.validate(violations));
    }

    /// Checks each element of the array `field`.
    pub fn each<'a, T: Validate + 'a>(
        &mut self,
        field: &str,
        values: impl IntoIterator<Item = &'a T>,
    ) {
        for (index, value) in values.into_iter().enumerate() {
            self.nested(&format!("{field}[{index}]"), value);
        }
    }

    /// Runs `check` with all paths below `field`.
    pub fn within(&mut self, field: &str, check: impl FnOnce(&mut Self)) {
        let outer = self.at.len();
        self.at = self.path_of(field);
        check(self);
        self.at.truncate(outer);
    }

    fn path_of(&self, field: &str) -> String {
        if self.at.is_empty() {
            return field.to_owned();
        }
        if field.is_empty() {
            return self.at.clone();
        }
        format!("{}.{field}", self.at)
    }

    pub(crate) fn into_vec(self) -> Vec<Violation> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        let mut violations = Violations::new();
        violations.length("name", "éééé", 1..=4);
        assert!(violations.is_empty());
        violations.length("name", "ééééé", 1..=4);
        assert_eq!(violations.found.len(), 1);
    }

    #[test]
    fn a_number_that_is_none_is_in_no_range() {
        let mut violations = Violations::new();
        violations.range("latitude", f64::NAN, -90.0..=90.0);
        assert_eq!(violations.found.len(), 1);
    }

    #[test]
    fn a_path_goes_back_up_after_a_nested_check() {
        let mut violations = Violations::new();
        violations.within("task", |task| {
            task.within("contact", |contact| contact.add("mail", "is wrong"));
            task.add("name", "is wrong");
        });
        violations.add("subtype", "is wrong");
        let paths: Vec<_> = violations.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(paths, ["task.contact.mail", "task.name", "subtype"]);
    }

    #[test]
    fn a_violation_does_not_show_the_value() {
        let mut violations = Violations::new();
        violations.length("comment", "canary-comment", 1..=3);
        assert!(!format!("{violations:?}").contains("canary"));
    }
}
