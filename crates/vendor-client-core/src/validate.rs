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

/// Checks the documented constraints of a value without sending it.
///
/// # Errors
///
/// Every constraint that the value breaks.
pub fn check(value: &impl Validate) -> Result<(), Violations> {
    let mut violations = Violations::new();
    value.validate(&mut violations);
    match violations.is_empty() {
        true => Ok(()),
        false => Err(violations),
    }
}

/// Gives types that are sent a method `validate`, which [checks](check()) them without sending.
#[macro_export]
macro_rules! validated {
    ($($name:ty),+ $(,)?) => {$(
        impl $name {
            /// Checks every constraint that a call checks before it sends this, without sending it.
            ///
            /// # Errors
            ///
            /// Every constraint that it breaks, each by its field and its name on the wire.
            pub fn validate(&self) -> Result<(), $crate::Violations> {
                $crate::check(self)
            }
        }
    )+};
}

/// One broken constraint.
///
/// Neither `Display` nor `Debug` shows the offending value: it may be personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The field's path in Rust, such as `task.opening_hours[2].day`.
    pub field: String,
    /// The field's path on the wire, such as `task.openingHours[2].weekDay`.
    pub path: String,
    /// What is required of the field.
    pub rule: String,
}

/// The field, its path on the wire if that is another, and the rule.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, path, rule } = self;
        match field == path {
            true => write!(f, "{field} {rule}"),
            false => write!(f, "{field} ({path}) {rule}"),
        }
    }
}

/// What a field is called in Rust and on the wire: one name for both, or a pair of them.
#[derive(Clone, Copy, Debug)]
pub struct FieldName<'a> {
    rust: &'a str,
    wire: &'a str,
}

impl<'a> From<&'a str> for FieldName<'a> {
    fn from(name: &'a str) -> Self {
        Self::from((name, name))
    }
}

impl<'a> From<(&'a str, &'a str)> for FieldName<'a> {
    fn from((rust, wire): (&'a str, &'a str)) -> Self {
        Self { rust, wire }
    }
}

/// Collects violations, each by its field. A field that has another name on the wire is given as a
/// pair: the name in Rust, and the one on the wire.
///
/// ```
/// use vendor_client_core::{Validate, Violations};
///
/// struct Order { name: String, max_amount: f64 }
///
/// impl Validate for Order {
///     fn validate(&self, violations: &mut Violations) {
///         violations.length("name", &self.name, 1..=100);
///         violations.range(("max_amount", "maxAmount"), self.max_amount, 0.0..=1_000.0);
///     }
/// }
///
/// let mut violations = Violations::new();
/// violations.each("orders", &[Order { name: String::new(), max_amount: -1.0 }]);
/// let fields: Vec<_> = violations.iter().map(|violation| violation.field.as_str()).collect();
/// assert_eq!(fields, ["orders[0].name", "orders[0].max_amount"]);
/// let paths: Vec<_> = violations.iter().map(|violation| violation.path.as_str()).collect();
/// assert_eq!(paths, ["orders[0].name", "orders[0].maxAmount"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// Where the collector stands.
    at: Place,
    found: Vec<Violation>,
}

/// A place in what is checked, such as `task.orders[1]`; empty at the top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    rust: String,
    wire: String,
}

impl Place {
    /// The place of a field at this place. An empty field is the place itself.
    fn of(&self, field: FieldName<'_>) -> Self {
        Self {
            rust: joined(&self.rust, field.rust),
            wire: joined(&self.wire, field.wire),
        }
    }
}

fn joined(at: &str, field: &str) -> String {
    match (at, field) {
        ("", field) => field.to_owned(),
        (at, "") => at.to_owned(),
        (at, field) => format!("{at}.{field}"),
    }
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
    pub fn add<'n>(&mut self, field: impl Into<FieldName<'n>>, rule: impl Into<String>) {
        let place = self.at.of(field.into());
        self.found.push(Violation {
            field: place.rust,
            path: place.wire,
            rule: rule.into(),
        });
    }

    /// Requires that `holds`.
    pub fn require<'n>(&mut self, field: impl Into<FieldName<'n>>, holds: bool, rule: &str) {
        if !holds {
            self.add(field, rule);
        }
    }

    /// Requires that `text` has a number of characters (not bytes) within `allowed`.
    pub fn length<'n>(
        &mut self,
        field: impl Into<FieldName<'n>>,
        text: &str,
        allowed: RangeInclusive<usize>,
    ) {
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
    pub fn range<'n, T: PartialOrd + fmt::Display>(
        &mut self,
        field: impl Into<FieldName<'n>>,
        value: T,
        allowed: RangeInclusive<T>,
    ) {
        if !allowed.contains(&value) {
            let (least, most) = allowed.into_inner();
            self.add(field, format!("must be between {least} and {most}"));
        }
    }

    /// Checks an object inside `field`.
    pub fn nested<'n>(&mut self, field: impl Into<FieldName<'n>>, value: &impl Validate) {
        self.within(field, |violations| value.validate(violations));
    }

    /// Checks each element of the array `field`.
    pub fn each<'n, 'a, T: Validate + 'a>(
        &mut self,
        field: impl Into<FieldName<'n>>,
        values: impl IntoIterator<Item = &'a T>,
    ) {
        let FieldName { rust, wire } = field.into();
        for (index, value) in values.into_iter().enumerate() {
            let (rust, wire) = (format!("{rust}[{index}]"), format!("{wire}[{index}]"));
            self.nested((rust.as_str(), wire.as_str()), value);
        }
    }

    /// Runs `check` with all paths below `field`.
    pub fn within<'n>(&mut self, field: impl Into<FieldName<'n>>, check: impl FnOnce(&mut Self)) {
        let below = self.at.of(field.into());
        let outer = std::mem::replace(&mut self.at, below);
        check(self);
        self.at = outer;
    }

    /// Adds what was found elsewhere, here.
    pub fn append(&mut self, found: &Self) {
        for violation in &found.found {
            let name = (violation.field.as_str(), violation.path.as_str());
            self.add(name, violation.rule.as_str());
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Violation> {
        self.found
    }
}

/// Every violation, one after the other.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_all(&self.found, f)
    }
}

impl std::error::Error for Violations {}

/// Writes violations on one line.
pub(crate) fn write_all(violations: &[Violation], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, violation) in violations.iter().enumerate() {
        let separator = if index == 0 { "" } else { "; " };
        write!(f, "{separator}{violation}")?;
    }
    Ok(())
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
    fn a_violation_has_the_field_in_rust_beside_the_one_on_the_wire() {
        struct Hour;
        impl Validate for Hour {
            fn validate(&self, violations: &mut Violations) {
                violations.add(("day", "weekDay"), "is wrong");
                violations.add("", "is empty");
            }
        }
        let mut violations = Violations::new();
        violations.each(("opening_hours", "openingHours"), &[Hour]);
        let shown: Vec<_> = violations.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "opening_hours[0].day (openingHours[0].weekDay) is wrong",
                "opening_hours[0] (openingHours[0]) is empty",
            ]
        );
    }

    #[test]
    fn a_value_is_checked_without_sending_it_and_everything_broken_is_told_at_once() {
        struct Order(&'static str, f64);
        impl Validate for Order {
            fn validate(&self, violations: &mut Violations) {
                violations.length("name", self.0, 1..=3);
                violations.range("amount", self.1, 0.0..=1.0);
            }
        }
        assert_eq!(check(&Order("abc", 1.0)), Ok(()));
        let violations: Box<dyn std::error::Error> = check(&Order("", 2.0)).unwrap_err().into();
        assert_eq!(
            violations.to_string(),
            "name must have 1 to 3 characters, has 0; amount must be between 0 and 1"
        );
    }

    #[test]
    fn a_violation_does_not_show_the_value() {
        let mut violations = Violations::new();
        violations.length("comment", "canary-comment", 1..=3);
        assert!(!format!("{violations:?}").contains("canary"));
    }
}
