//! The language of `filter`: a reader and an evaluator of the vendor's JavaScript notation, as far
//! as it is documented.
//!
//! ```text
//! expression = comparison { "&&" comparison }
//! comparison = path operator literal
//! operator   = "==" | "===" | "!=" | "<" | "<=" | ">" | ">="
//! literal    = string | number | "true" | "false" | "null"
//! path       = name { "." name }
//! ```
//!
//! Strings are in double or single quotes, with JavaScript's escapes. White space is allowed between
//! all parts. What is read means what it means in JavaScript, with one exception: a member of nothing
//! is undefined, where JavaScript throws.
//!
//! The rest of JavaScript is not documented, and refused on purpose: `||`, `!==`, `!`, parentheses,
//! arithmetic, comments, a path on the right, `undefined`, numbers that JSON does not have (`.5`,
//! `0x1F`, `1e400`), escapes that only repeat a character (`\q`) or write a code point (`\u{1F600}`),
//! octal escapes, line continuations, and strings with half a surrogate pair.

mod javascript;
#[cfg(test)]
mod oracle;

use std::cmp::Ordering;

use serde_json::Value;

use javascript::{is_white_space, loosely_equal, strictly_equal};

/// A filter that was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter(Vec<Comparison>);

#[derive(Clone, Debug, PartialEq)]
struct Comparison {
    path: String,
    operator: Operator,
    literal: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    StrictlyEqual,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Something else was expected in an expression. `Display` is the rest of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have {what} at character {character}")]
pub(crate) struct Expected {
    what: &'static str,
    character: usize,
}

impl Filter {
    /// Reads an expression.
    pub(crate) fn read(text: &str) -> Result<Self, Expected> {
        let mut reader = Reader::new(text);
        let mut comparisons = vec![reader.comparison()?];
        while !reader.is_at_end() {
            if !reader.take("&&") {
                return Err(reader.expected("`&&` or the end"));
            }
            comparisons.push(reader.comparison()?);
        }
        Ok(Self(comparisons))
    }

    /// The fields that are compared.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|comparison| comparison.path.as_str())
    }

    /// Whether a row satisfies every comparison.
    pub(crate) fn accepts(&self, row: &Value) -> bool {
        self.0.iter().all(|comparison| comparison.accepts(row))
    }
}

impl Comparison {
    fn accepts(&self, row: &Value) -> bool {
        let value = at(row, &self.path);
        let literal = &self.literal;
        match self.operator {
            Operator::Equal => loosely_equal(value, literal),
            Operator::StrictlyEqual => strictly_equal(value, literal),
            Operator::NotEqual => !loosely_equal(value, literal),
            Operator::Less => self.order(value).is_some_and(Ordering::is_lt),
            Operator::LessOrEqual => self.order(value).is_some_and(Ordering::is_le),
            Operator::Greater => self.order(value).is_some_and(Ordering::is_gt),
            Operator::GreaterOrEqual => self.order(value).is_some_and(Ordering::is_ge),
        }
    }

    fn order(&self, value: Option<&Value>) -> Option<Ordering> {
        javascript::order(value, Some(&self.literal))
    }
}

/// The value at a dotted path. None is JavaScript's `undefined`.
pub(crate) fn at<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(row, |value, name| value.get(name))
}

/// JavaScript's order; none if there is none.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    javascript::order(Some(left), Some(right))
}

/// Walks through an expression.
struct Reader<'a> {
    text: &'a str,
    /// Where the next part begins, in bytes.
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let mut reader = Self { text, at: 0 };
        reader.skip_spaces();
        reader
    }

    fn comparison(&mut self) -> Result<Comparison, Expected> {
        Ok(Comparison {
            path: self.path()?,
            operator: self.operator()?,
            literal: self.literal()?,
        })
    }

    fn path(&mut self) -> Result<String, Expected> {
        let mut path = self.name()?.to_owned();
        while self.take(".") {
            path.push('.');
            path.push_str(self.name()?);
        }
        Ok(path)
    }

    fn name(&mut self) -> Result<&'a str, Expected> {
        let name = self.take_while(|c| c.is_alphanumeric() || c == '_' || c == '$');
        if name.is_empty() || name.starts_with(|c: char| c.is_numeric()) {
            return Err(self.expected("the name of a field"));
        }
        self.skip_spaces();
        Ok(name)
    }

    fn operator(&mut self) -> Result<Operator, Expected> {
        // The longer ones first: `==` begins `===` as well.
        let operators = [
            ("===", Operator::StrictlyEqual),
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let found = operators.into_iter().find(|(text, _)| self.take(text));
        match found {
            Some((_, operator)) => Ok(operator),
            None => Err(self.expected("an operator")),
        }
    }

    fn literal(&mut self) -> Result<Value, Expected> {
        let literal = match self.peek() {
            Some(quote @ ('"' | '\'')) => self.string(quote)?,
            Some(c) if c.is_alphabetic() => self.word()?,
            _ => self.number()?,
        };
        self.skip_spaces();
        Ok(literal)
    }

    fn word(&mut self) -> Result<Value, Expected> {
        let start = self.at;
        let word = self.take_while(char::is_alphanumeric);
        match word {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Ok(Value::Null),
            _ => {
                self.at = start;
                Err(self.expected("a literal"))
            }
        }
    }

    fn number(&mut self) -> Result<Value, Expected> {
        let start = self.at;
        let digits =
            self.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
        let number = serde_json::from_str(digits).ok();
        let number = number.filter(|number: &Value| number.as_f64().is_some());
        number.ok_or_else(|| {
            self.at = start;
            self.expected("a literal")
        })
    }

    fn string(&mut self, quote: char) -> Result<Value, Expected> {
        self.next();
        let mut units: Vec<u16> = Vec::new();
        loop {
            match self.next() {
                Some(c) if c == quote => break,
                Some('\\') => units.push(self.escape()?),
                None | Some('\n' | '\r') => return Err(self.expected("the end of a string")),
                Some(c) => units.extend(c.encode_utf16(&mut [0; 2]).iter()),
            }
        }
        String::from_utf16(&units)
            .map(Value::String)
            .map_err(|_| self.expected("whole characters before"))
    }

    /// One UTF-16 unit, as JavaScript's escapes give it.
    fn escape(&mut self) -> Result<u16, Expected> {
        match self.next() {
            Some('u') => self.hexadecimal(4),
            Some('x') => self.hexadecimal(2),
            Some('n') => Ok(0x0a),
            Some('r') => Ok(0x0d),
            Some('t') => Ok(0x09),
            Some('b') => Ok(0x08),
            Some('f') => Ok(0x0c),
            Some('v') => Ok(0x0b),
            Some('0') if !self.peek().is_some_and(|c| c.is_ascii_digit()) => Ok(0),
            Some(c @ ('"' | '\'' | '\\' | '/')) => Ok(c as u16),
            _ => Err(self.expected("an escape")),
        }
    }

    fn hexadecimal(&mut self, length: usize) -> Result<u16, Expected> {
        let digits: String = (0..length).filter_map(|_| self.next()).collect();
        let all_digits = digits.chars().all(|c| c.is_ascii_hexdigit());
        u16::from_str_radix(&digits, 16)
            .ok()
            .filter(|_| all_digits && digits.len() == length)
            .ok_or_else(|| self.expected("hexadecimal digits before"))
    }

    /// Takes this text, and the spaces after it, if it comes next.
    fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
            self.skip_spaces();
        }
        found
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn skip_spaces(&mut self) {
        self.take_while(is_white_space);
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    fn expected(&self, what: &'static str) -> Expected {
        let character = self.text[..self.at].chars().count();
        Expected { what, character }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accepts(filter: &str, row: Value) -> bool {
        Filter::read(filter).expect(filter).accepts(&row)
    }

    #[test]
    fn the_vendors_examples_are_read() {
        for text in [
            r#"lettreMissionId=="efb2dfc9-71a5-4e72-98fd-78b427790086""#,
            "entite.objectId=='e87a74e3-2e92-41c2-898a-0b253f73315b'",
            r#"codeLettrage != null && journalCode == "VE""#,
            r#"datePiece >= "2023-01-31""#,
            r#"codeDossier =="CEGID001""#,
        ] {
            assert!(Filter::read(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_path_reaches_into_references_and_nothing_is_null() {
        let row = json!({ "entite": { "objectId": "e1" }, "maitreDossier": { "objectId": null } });
        assert!(accepts("entite.objectId=='e1'", row.clone()));
        assert!(accepts("maitreDossier.objectId==null", row.clone()));
        assert!(accepts(
            "modele.objectId == null && entite != null",
            row.clone()
        ));
        assert!(!accepts("entite == null", row));
    }

    #[test]
    fn values_are_compared_as_in_javascript() {
        let row = json!({ "n": 2, "s": "2", "t": true, "d": "2022-12-31T00:00:00Z", "z": 0,
            "nothing": null });
        for (filter, accepted) in [
            ("n==2", true),
            ("n=='2'", true),
            ("n==='2'", false),
            ("n===2.0", true),
            ("s==2", true),
            ("s===2", false),
            ("t==true", true),
            ("t===1", false),
            ("n!=2", false),
            ("n<3&&n<=2&&n>-1&&n>=2", true),
            ("n>2", false),
            ("d>='2022-12-31'", true),
            ("d<'2022-12-31'", false),
            ("missing==null", true),
            ("missing===null", false),
            ("missing<1", false),
            ("nothing===null", true),
            ("nothing<1", true),
            ("missing!=null", false),
            ("z==null", false),
            ("s<'10'", false),
            ("n<'x'", false),
        ] {
            assert_eq!(accepts(filter, row.clone()), accepted, "{filter}");
        }
    }

    #[test]
    fn escapes_are_read_as_in_javascript() {
        let row = json!({ "s": "a\"'\\&&\n\u{2028}é😀" });
        assert!(accepts(
            r#"s=="a\u0022\u0027\u005c\u0026\u0026\u000a\u2028é\ud83d\ude00""#,
            row.clone()
        ));
        assert!(accepts(r#"s=='a"\'\\&&\n\u2028\xe9😀'"#, row));
    }

    #[test]
    fn what_is_not_documented_is_refused_with_its_place() {
        for (text, message) in [
            ("", "the name of a field at character 0"),
            ("statut", "an operator at character 6"),
            ("statut==", "a literal at character 8"),
            ("statut==signed", "a literal at character 8"),
            ("statut=2", "an operator at character 6"),
            ("statut!==2", "a literal at character 8"),
            ("statut==2||statut==3", "`&&` or the end at character 9"),
            ("(statut==2)", "the name of a field at character 0"),
            ("statut==2&&", "the name of a field at character 11"),
            ("s=='x", "the end of a string at character 5"),
            ("s=='\\q'", "an escape at character 6"),
            ("s=='\\01'", "an escape at character 6"),
            ("s=='x' // c", "`&&` or the end at character 7"),
            ("n==.5", "a literal at character 3"),
            ("n==0x1F", "`&&` or the end at character 4"),
            ("n==undefined", "a literal at character 3"),
            ("n\u{85}==1", "an operator at character 1"),
            ("s=='\\ud83d'", "whole characters before at character 11"),
            ("s=='x' y", "`&&` or the end at character 7"),
            ("n==1.2.3", "a literal at character 3"),
            ("2==n", "the name of a field at character 1"),
        ] {
            let error = Filter::read(text).expect_err(text).to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
