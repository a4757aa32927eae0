//! Filters: which rows a list returns.
//!
//! The service takes an expression in JavaScript notation. Here it is built from the typed fields
//! of a list, so a misspelt field, a field of another list or a value of the wrong type does not
//! compile, and no value can break out of its literal:
//!
//! ```
//! use cegid_loop::letters::{self, LetterStatus};
//! use time::macros::date;
//!
//! let filter = letters::STATUS
//!     .eq(LetterStatus::SIGNED)
//!     .and(letters::ENDS_AT.ge(date!(2026-01-01)))
//!     .and(letters::DESCRIPTION.eq("CONSEIL"));
//! assert_eq!(
//!     filter.expression(),
//!     Some(r#"statut==2&&dateFin>="2026-01-01"&&description=="CONSEIL""#),
//! );
//! ```
//!
//! Docs: [Filters](crate::contract#filters).

use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Write as _;
use std::marker::PhantomData;

use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;
use vendor_client_core::Violations;

use crate::sort::joined;

/// The most values that [`Field::is_in`] leaves out one by one.
const MAX_LEFT_OUT: usize = 100;

/// A field of the list whose rows are `Row`, holding values of type `T`.
///
/// The fields of the documented lists are constants beside their rows
/// ([`letters`](crate::letters), [`activities`](crate::activities)). For any other list, name the
/// fields yourself; a dot reaches into a reference:
///
/// ```
/// use cegid_loop::Field;
///
/// #[derive(serde::Deserialize)]
/// struct Account {
///     numero: String,
/// }
///
/// const NUMBER: Field<Account, String> = Field::new("numero");
/// assert_eq!(NUMBER.eq("512000").expression(), Some(r#"numero=="512000""#));
/// ```
pub struct Field<Row, T> {
    path: &'static str,
    types: PhantomData<fn() -> (Row, T)>,
}

impl<Row, T> Field<Row, T> {
    /// Names a field by its path on the wire, such as `entite.objectId`.
    ///
    /// A path that is not a sequence of names joined by dots is refused when the request is sent.
    #[must_use]
    pub const fn new(path: &'static str) -> Self {
        Self {
            path,
            types: PhantomData,
        }
    }

    /// The field's path on the wire.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Rows whose field equals `value`; the service may convert one to the other's type (`==`).
    pub fn eq(self, value: impl IntoLiteral<T>) -> Filter<Row> {
        self.compare("==", value)
    }

    /// Rows whose field equals `value` and has its type (`===`).
    pub fn strict_eq(self, value: impl IntoLiteral<T>) -> Filter<Row> {
        self.compare("===", value)
    }

    /// Rows whose field differs from `value` (`!=`).
    pub fn ne(self, value: impl IntoLiteral<T>) -> Filter<Row> {
        self.compare("!=", value)
    }

    /// Rows whose field is less than `value` (`<`).
    pub fn lt(self, value: impl IntoLiteral<T>) -> Filter<Row> {
        self.compare("<", value)
    }

    /// Rows whose field is at most `value` (`<=`).
    pub fn le(self, value: impl IntoLiteral<T>) -> Filter<Row> {
        self.compare("<=", value)
    }

    /// Rows whose field is greater than `value` (`>`).
    pub fn gt(self, value: impl IntoLiteral<T>) -> Filter<Row> {
        self.compare(">", value)
    }

    /// Rows whose field is at least `value` (`>=`).
    pub fn ge(self, value: impl IntoLiteral<T>) -> Filter<Row> {
        self.compare(">=", value)
    }

    /// Rows that have no value in this field (`== null`).
    pub fn is_null(self) -> Filter<Row> {
        Filter::comparison(self.path, "==", &Literal::Null)
    }

    /// Rows that have a value in this field (`!= null`).
    pub fn is_not_null(self) -> Filter<Row> {
        Filter::comparison(self.path, "!=", &Literal::Null)
    }

    /// Rows whose field equals one of `values`.
    ///
    /// The vendor documents no *or*. For whole numbers it can be said without one, as the range
    /// from the least to the greatest value and the numbers in it that are not meant:
    ///
    /// ```
    /// use cegid_loop::letters::{self, LetterStatus};
    ///
    /// let open = letters::STATUS.is_in([LetterStatus::PROPOSED, LetterStatus::EDITED]);
    /// assert_eq!(
    ///     open.expression(),
    ///     Some("statut>=1&&statut<=6&&statut!=2&&statut!=3&&statut!=4&&statut!=5"),
    /// );
    /// ```
    ///
    /// No values at all, or values so far apart that more than 100 numbers would have to be left
    /// out, are refused when the request is sent.
    pub fn is_in(self, values: impl IntoIterator<Item = T>) -> Filter<Row>
    where
        T: Into<i64>,
    {
        let values: BTreeSet<i64> = values.into_iter().map(Into::into).collect();
        let (Some(&least), Some(&greatest)) = (values.first(), values.last()) else {
            return Filter::impossible("must name at least one value");
        };
        let number =
            |operator, value| Filter::comparison(self.path, operator, &Literal::Integer(value));
        if least == greatest {
            return number("==", least);
        }
        let mut filter = number(">=", least).and(number("<=", greatest));
        // In JavaScript, null is at least 0 and at most 0.
        if least <= 0 && greatest >= 0 {
            filter = filter.and(self.is_not_null());
        }
        let left_out = (least..=greatest).filter(|value| !values.contains(value));
        for (count, value) in left_out.enumerate() {
            if count == MAX_LEFT_OUT {
                return Filter::impossible("must name values that are closer together");
            }
            filter = filter.and(number("!=", value));
        }
        filter
    }

    fn compare(self, operator: &str, value: impl IntoLiteral<T>) -> Filter<Row> {
        match value.into_literal() {
            Literal::WholeDay(day) => self.compare_with_day(operator, day),
            literal => Filter::comparison(self.path, operator, &literal),
        }
    }

    /// Compares an instant with a day: it is less than the day before its first moment, and
    /// greater from the first moment of the next.
    fn compare_with_day(self, operator: &str, day: Date) -> Filter<Row> {
        let Some(next) = day.next_day() else {
            return Filter::impossible("must compare with a day that is not the last of all");
        };
        let from = |day| Filter::comparison(self.path, ">=", &Literal::Date(day));
        let before = |day| Filter::comparison(self.path, "<", &Literal::Date(day));
        match operator {
            "<" => before(day),
            "<=" => before(next),
            ">" => from(next),
            ">=" => from(day),
            "==" | "===" => from(day).and(before(next)),
            _ => Filter::impossible("must not be unequal to a day: use `lt` or `gt`"),
        }
    }
}

// Derived, these would require the same of `Row` and `T`.
impl<Row, T> Clone for Field<Row, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row, T> Copy for Field<Row, T> {}

impl<Row, T> fmt::Debug for Field<Row, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Field").field(&self.path).finish()
    }
}

/// Which rows of a list are meant.
///
/// Made from the [`Field`]s of the list and joined by [`and`](Self::and). The vendor does not
/// document `||`, so there is no `or`: [`Field::is_in`] does without, and for anything else read
/// two lists. [`raw`](Self::raw) takes whatever the service takes.
#[doc(alias = "filter")]
#[must_use = "a filter does nothing until a list is asked with it"]
pub struct Filter<Row> {
    /// `None` means every row.
    expression: Option<String>,
    /// Whether the expression may hold something that binds less tightly than `&&`.
    loose: bool,
    /// Why the filter cannot be sent.
    problems: Violations,
    row: PhantomData<fn() -> Row>,
}

impl<Row> Filter<Row> {
    /// Every row. The vendor calls the filter mandatory, so the service may refuse this, and a
    /// list may be long.
    pub fn unfiltered() -> Self {
        Self::new(None, Violations::new())
    }

    /// An expression as it goes over the wire. Nothing in it is escaped: never put a value into it
    /// that comes from elsewhere.
    ///
    /// It has to be whole, so that it stays apart from what it is joined to: one with a comment, an
    /// unfinished string or an unmatched bracket is refused before it is sent.
    pub fn raw(expression: impl Into<String>) -> Self {
        let expression = expression.into();
        let mut problems = Violations::new();
        problems.require(
            PARAMETER,
            !expression.trim().is_empty(),
            "must not be empty; every row is `Filter::unfiltered()`",
        );
        problems.require(
            PARAMETER,
            is_whole(&expression),
            "must have no comments, and must end each string and close each bracket that it opens",
        );
        Self {
            loose: binds_loosely(&expression),
            ..Self::new(Some(expression), problems)
        }
    }

    /// Rows that satisfy this filter and the other one (`&&`).
    pub fn and(self, other: Self) -> Self {
        let problems = joined(self.problems.clone(), &other.problems);
        match (&self.expression, &other.expression) {
            (Some(_), Some(_)) => Self::new(
                Some(format!("{}&&{}", self.grouped(), other.grouped())),
                problems,
            ),
            (Some(_), None) => Self { problems, ..self },
            (None, _) => Self { problems, ..other },
        }
    }

    /// The expression as it goes over the wire; `None` if every row is meant.
    #[must_use]
    pub fn expression(&self) -> Option<&str> {
        self.expression.as_deref()
    }

    /// A filter that cannot be sent, and why.
    pub(crate) fn impossible(problem: &str) -> Self {
        let mut problems = Violations::new();
        problems.add(PARAMETER, problem);
        Self::new(None, problems)
    }

    /// The expression, and why it cannot be sent.
    pub(crate) fn into_parts(self) -> (Option<String>, Violations) {
        (self.expression, self.problems)
    }

    fn comparison(path: &str, operator: &str, value: &Literal) -> Self {
        let mut expression = String::with_capacity(path.len() + 48);
        expression.push_str(path);
        expression.push_str(operator);
        let mut problems = Violations::new();
        problems.require(PARAMETER, is_path(path), NOT_A_PATH);
        if let Err(problem) = value.write(&mut expression) {
            problems.add(PARAMETER, problem);
        }
        Self::new(Some(expression), problems)
    }

    fn new(expression: Option<String>, problems: Violations) -> Self {
        Self {
            expression,
            loose: false,
            problems,
            row: PhantomData,
        }
    }

    /// The expression in a form that can be joined by `&&`. Only a raw one needs parentheses.
    fn grouped(&self) -> String {
        let expression = self.expression.as_deref().unwrap_or_default();
        match self.loose {
            true => format!("({expression})"),
            false => expression.to_owned(),
        }
    }
}

impl<Row> Clone for Filter<Row> {
    fn clone(&self) -> Self {
        Self {
            expression: self.expression.clone(),
            problems: self.problems.clone(),
            ..*self
        }
    }
}

/// Does not show the expression: its values may be personal data.
impl<Row> fmt::Debug for Filter<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").finish_non_exhaustive()
    }
}

/// A value as it is written in an expression.
///
/// Implement [`IntoLiteral`] for a type of your own to use it in filters.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// No value: `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number. JavaScript counts exactly up to 2⁵³.
    Integer(i64),
    /// A number. One that is not finite is refused when the request is sent.
    Number(f64),
    /// A string, in double quotes.
    Text(String),
    /// An instant, written as a string in UTC: `"2022-12-31T00:00:00Z"`.
    Instant(OffsetDateTime),
    /// A day, written as a string: `"2022-12-31"`.
    Date(Date),
    /// A day that an instant is compared with: all of it, in UTC.
    WholeDay(Date),
}

impl Literal {
    /// Writes the literal, or says why it cannot be written.
    fn write(&self, out: &mut String) -> Result<(), &'static str> {
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(value) => push(out, format_args!("{value}")),
            Self::Integer(value) => push(out, format_args!("{value}")),
            Self::Number(value) if !value.is_finite() => {
                return Err("must not compare with a number that is not finite");
            }
            Self::Number(value) => push(out, format_args!("{value}")),
            Self::Text(value) => push_text(out, value),
            Self::Instant(value) => push_instant(out, *value)?,
            Self::Date(value) | Self::WholeDay(value) => push(out, format_args!("\"{value}\"")),
        }
        Ok(())
    }
}

/// Shows the kind only: the value may be personal data.
impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Boolean(_) => "Boolean(..)",
            Self::Integer(_) => "Integer(..)",
            Self::Number(_) => "Number(..)",
            Self::Text(_) => "Text(..)",
            Self::Instant(_) => "Instant(..)",
            Self::Date(_) => "Date(..)",
            Self::WholeDay(_) => "WholeDay(..)",
        })
    }
}

/// A value that can be compared with a field of type `T`.
pub trait IntoLiteral<T> {
    /// The value as it is written in an expression.
    fn into_literal(self) -> Literal;
}

impl IntoLiteral<String> for &str {
    fn into_literal(self) -> Literal {
        Literal::Text(self.to_owned())
    }
}

impl IntoLiteral<String> for String {
    fn into_literal(self) -> Literal {
        Literal::Text(self)
    }
}

impl IntoLiteral<String> for &String {
    fn into_literal(self) -> Literal {
        Literal::Text(self.clone())
    }
}

impl IntoLiteral<Self> for bool {
    fn into_literal(self) -> Literal {
        Literal::Boolean(self)
    }
}

impl IntoLiteral<Self> for i64 {
    fn into_literal(self) -> Literal {
        Literal::Integer(self)
    }
}

impl IntoLiteral<Self> for f64 {
    fn into_literal(self) -> Literal {
        Literal::Number(self)
    }
}

impl IntoLiteral<Self> for Uuid {
    fn into_literal(self) -> Literal {
        Literal::Text(self.to_string())
    }
}

impl IntoLiteral<Self> for OffsetDateTime {
    fn into_literal(self) -> Literal {
        Literal::Instant(self)
    }
}

/// The whole day, from midnight to midnight in UTC: an instant at noon equals its day, and is at
/// most its day.
///
/// `ne` is refused when the request is sent, since it takes an *or*, which the vendor does not
/// document.
impl IntoLiteral<OffsetDateTime> for Date {
    fn into_literal(self) -> Literal {
        Literal::WholeDay(self)
    }
}

impl IntoLiteral<Self> for Date {
    fn into_literal(self) -> Literal {
        Literal::Date(self)
    }
}

/// The parameter that a filter is sent in.
const PARAMETER: &str = "filter";

pub(crate) const NOT_A_PATH: &str = "must name fields by names joined with dots";

/// Whether `path` is a sequence of JavaScript names joined by dots.
pub(crate) fn is_path(path: &str) -> bool {
    path.split('.').all(is_name)
}

fn is_name(name: &str) -> bool {
    let starts_well = name.starts_with(|first: char| !first.is_numeric());
    starts_well
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

/// Whether an expression may hold something that binds less tightly than `&&`: `||`, `?:` or a
/// comma that is not in a string.
fn binds_loosely(expression: &str) -> bool {
    match without_strings(expression) {
        Some(code) => code.contains(['|', '?', ',']),
        // What an unfinished string hides is not known.
        None => true,
    }
}

/// Whether an expression neither hides nor encloses what is written after it.
fn is_whole(expression: &str) -> bool {
    let Some(code) = without_strings(expression) else {
        return false;
    };
    let comments = ["//", "/*", "<!--", "-->"];
    if comments.iter().any(|comment| code.contains(comment)) {
        return false;
    }
    let mut open = Vec::new();
    for character in code.chars() {
        match character {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(character) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

/// An expression with a pair of quotes in the place of each string. None if a string does not end.
fn without_strings(expression: &str) -> Option<String> {
    let mut code = String::with_capacity(expression.len());
    let mut quote = None;
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => drop(characters.next()),
            (Some(open), _) if character != open => {}
            (Some(_), _) => {
                quote = None;
                code.push(character);
            }
            (None, _) => {
                quote = matches!(character, '"' | '\'' | '`').then_some(character);
                code.push(character);
            }
        }
    }
    quote.is_none().then_some(code)
}

/// Writes a string literal.
///
/// Every character that could end the literal, or split the expression for a reader that only
/// looks for `&&`, is written as `\uXXXX`: JavaScript reads it back as that character, and a
/// lesser reader finds no quote and no ampersand at all.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\'' | '\\' | '&' | '\u{2028}' | '\u{2029}' => push_escaped(out, character),
            _ if character.is_control() => push_escaped(out, character),
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn push_escaped(out: &mut String, character: char) {
    push(out, format_args!("\\u{:04x}", u32::from(character)));
}

fn push_instant(out: &mut String, at: OffsetDateTime) -> Result<(), &'static str> {
    let at = at
        .checked_to_offset(UtcOffset::UTC)
        .ok_or("must compare with an instant that UTC can express")?;
    let (hour, minute, second, nanosecond) = at.time().as_hms_nano();
    push(
        out,
        format_args!("\"{}T{hour:02}:{minute:02}:{second:02}", at.date()),
    );
    if nanosecond != 0 {
        push(out, format_args!(".{nanosecond:09}"));
    }
    out.push_str("Z\"");
    Ok(())
}

fn push(out: &mut String, text: fmt::Arguments<'_>) {
    // A String takes everything.
    let _ = out.write_fmt(text);
}
