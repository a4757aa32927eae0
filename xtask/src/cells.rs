//! What stands in the *Type* and *Constraints* columns.

use serde_json::Number;
use vendor_sandbox::contract::{Bounds, Constraints, Kind, Shape};

use crate::markdown::{Inline, Inlines};

/// What is wrong with a cell.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum CellError {
    #[error("no type stands at `{0}`")]
    NoTypeAt(String),
    #[error("the type is missing")]
    NoType,
    #[error("`)` is missing")]
    Unclosed,
    #[error("unknown type \"{0}\"")]
    UnknownType(String),
    #[error("unknown constraint \"{0}\"")]
    UnknownConstraint(String),
    #[error("a value is missing in \"{0}\"")]
    MissingValue(String),
    #[error("\"{0}\" is not a range")]
    NotARange(String),
    #[error("characters are counted in a string only")]
    Characters,
    #[error("a range is for a number only")]
    Range,
    #[error("elements are counted in an array only")]
    Elements,
    #[error("values are listed for a string or a number only")]
    Values,
}

/// Reads a *Type* cell. `resolve` gives the name of the type that a link leads to.
pub(crate) fn kind(
    cell: &Inlines,
    resolve: impl Fn(&str) -> Option<String>,
) -> Result<Kind, CellError> {
    let mut kind = Kind::default();
    let mut text = String::new();
    let mut names = Vec::new();
    for inline in &cell.0 {
        match inline {
            Inline::Text(part) | Inline::Code(part) => text.push_str(part),
            Inline::Link { target, .. } => {
                let name = resolve(target).ok_or_else(|| CellError::NoTypeAt(target.clone()))?;
                text.push(LINK);
                names.push(name);
            }
        }
    }
    let mut names = names.into_iter();
    for alternative in text.trim().split(" or ") {
        if alternative == "null" {
            kind.nullable = true;
        } else {
            kind.any_of.push(shape(alternative.trim(), &mut names)?);
        }
    }
    if kind.any_of.is_empty() {
        return Err(CellError::NoType);
    }
    Ok(kind)
}

/// Stands for a link while the text around it is read.
const LINK: char = '\u{fffc}';

fn shape(text: &str, names: &mut impl Iterator<Item = String>) -> Result<Shape, CellError> {
    if let Some(element) = text.strip_prefix("array of ") {
        return Ok(Shape::array_of(shape(element, names)?));
    }
    if text.chars().eq([LINK]) {
        return Ok(Shape::named(names.next().unwrap_or_default()));
    }
    let (name, format) = match text.split_once(" (") {
        Some((name, rest)) => (
            name,
            Some(rest.strip_suffix(')').ok_or(CellError::Unclosed)?),
        ),
        None => (text, None),
    };
    let format = format.map(str::to_owned);
    match (name, format) {
        ("string", format) => Ok(Shape::String { format }),
        ("integer", format) => Ok(Shape::Integer { format }),
        ("number", format) => Ok(Shape::Number { format }),
        ("boolean", None) => Ok(Shape::Boolean),
        ("object", None) => Ok(Shape::Object),
        ("any", None) => Ok(Shape::Any),
        _ => Err(CellError::UnknownType(text.replace(LINK, "…"))),
    }
}

/// Reads a *Constraints* cell of a field of this kind.
pub(crate) fn constraints(cell: &str, kind: &Kind) -> Result<Constraints, CellError> {
    let mut constraints = Constraints::default();
    for constraint in cell
        .split("; ")
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        read_constraint(constraint, &mut constraints)?;
    }
    check_fits(&constraints, kind)?;
    Ok(constraints)
}

fn read_constraint(text: &str, into: &mut Constraints) -> Result<(), CellError> {
    if let Some(values) = text.strip_prefix("one of ") {
        into.one_of = list(values)?;
    } else if let Some(values) = text.strip_prefix("known ") {
        into.known = list(values)?;
    } else if let Some(value) = text.strip_prefix("default ") {
        into.default = Some(value.to_owned());
    } else if let Some(range) = text.strip_suffix(" characters") {
        into.characters = Some(bounds(range)?);
    } else if let Some(range) = text.strip_suffix(" elements") {
        into.elements = Some(bounds(range)?);
    } else if text.contains("..") {
        into.range = Some(numbers(text)?);
    } else {
        return Err(CellError::UnknownConstraint(text.to_owned()));
    }
    Ok(())
}

fn list(text: &str) -> Result<Vec<String>, CellError> {
    let values: Vec<_> = text
        .split(',')
        .map(|value| value.trim().to_owned())
        .collect();
    if values.iter().any(String::is_empty) {
        return Err(CellError::MissingValue(text.to_owned()));
    }
    Ok(values)
}

fn bounds(text: &str) -> Result<Bounds<u64>, CellError> {
    let (min, max) = ends::<u64>(text)?;
    if matches!((min, max), (Some(min), Some(max)) if min > max) {
        return Err(CellError::NotARange(text.to_owned()));
    }
    Ok(Bounds::new(min, max))
}

fn numbers(text: &str) -> Result<Bounds<Number>, CellError> {
    let (min, max) = ends::<Number>(text)?;
    let [least, most] = [&min, &max].map(|end| end.as_ref().and_then(Number::as_f64));
    if matches!((least, most), (Some(least), Some(most)) if least > most) {
        return Err(CellError::NotARange(text.to_owned()));
    }
    Ok(Bounds::new(min, max))
}

fn ends<T: std::str::FromStr>(text: &str) -> Result<(Option<T>, Option<T>), CellError> {
    let wrong = || CellError::NotARange(text.to_owned());
    let (min, max) = text.split_once("..").ok_or_else(wrong)?;
    let end = |text: &str| match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong()),
    };
    match (end(min)?, end(max)?) {
        (None, None) => Err(wrong()),
        ends => Ok(ends),
    }
}

/// Refuses a constraint that a value of this kind cannot break.
fn check_fits(constraints: &Constraints, kind: &Kind) -> Result<(), CellError> {
    let any = |wanted: fn(&Shape) -> bool| kind.any_of.iter().map(innermost).any(wanted);
    let string = any(|shape| matches!(shape, Shape::String { .. }));
    let number = any(|shape| matches!(shape, Shape::Integer { .. } | Shape::Number { .. }));
    let array = kind
        .any_of
        .iter()
        .any(|shape| matches!(shape, Shape::Array { .. }));
    let values = !constraints.one_of.is_empty() || !constraints.known.is_empty();
    if constraints.characters.is_some() && !string {
        return Err(CellError::Characters);
    }
    if constraints.range.is_some() && !number {
        return Err(CellError::Range);
    }
    if constraints.elements.is_some() && !array {
        return Err(CellError::Elements);
    }
    if values && !string && !number {
        return Err(CellError::Values);
    }
    Ok(())
}

/// What an array is of, in the end; any other shape itself.
pub(crate) fn innermost(shape: &Shape) -> &Shape {
    match shape {
        Shape::Array { of } => innermost(of),
        shape => shape,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Inlines {
        Inlines(vec![Inline::Text(text.to_owned())])
    }

    fn kind_of(cell: &str) -> Result<Kind, CellError> {
        kind(&text(cell), |_| None)
    }

    #[test]
    fn a_type_may_have_a_format_and_alternatives() {
        assert_eq!(
            kind_of("array of string or string (ISO 8601) or null"),
            Ok(Kind::new(
                vec![
                    Shape::array_of(Shape::string()),
                    Shape::String {
                        format: Some("ISO 8601".to_owned())
                    }
                ],
                true
            ))
        );
    }

    #[test]
    fn an_unknown_type_is_refused() {
        assert!(kind_of("text").is_err());
        assert!(kind_of("boolean (yes)").is_err());
        assert!(kind_of("string (UUID").is_err());
        assert!(kind_of("").is_err());
        assert!(kind_of("null").is_err());
    }

    #[test]
    fn a_link_to_no_type_is_refused() {
        let cell = Inlines(vec![Inline::Link {
            text: "Task".to_owned(),
            target: "types.md#tsak".to_owned(),
        }]);
        assert_eq!(
            kind(&cell, |_| None),
            Err(CellError::NoTypeAt("types.md#tsak".to_owned()))
        );
    }

    #[test]
    fn every_constraint_of_the_grammar_is_read() {
        let read = |cell, kind| constraints(cell, &kind_of(kind).unwrap()).unwrap();
        let string = read("1..100 characters; one of A, B; default A", "string");
        assert_eq!(string.characters, Some(Bounds::new(Some(1), Some(100))));
        assert_eq!(string.one_of, ["A", "B"]);
        assert_eq!(string.default.as_deref(), Some("A"));
        let number = read("-90.5..", "number");
        assert_eq!(
            number.range,
            Some(Bounds::new(Number::from_f64(-90.5), None))
        );
        let array = read("..7 elements", "array of object");
        assert_eq!(array.elements, Some(Bounds::new(None, Some(7))));
        assert_eq!(read("known 1, 2", "integer").known, ["1", "2"]);
    }

    #[test]
    fn a_constraint_that_makes_no_sense_is_refused() {
        let read = |cell, kind| constraints(cell, &kind_of(kind).unwrap());
        assert!(read("not empty", "string").is_err());
        assert!(read("..", "integer").is_err());
        assert!(read("7..1", "integer").is_err());
        assert!(read("1..3 characters", "integer").is_err());
        assert!(read("1..3", "string").is_err());
        assert!(read("1..3 elements", "object").is_err());
        assert!(read("one of A,, B", "string").is_err());
    }
}
