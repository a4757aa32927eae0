//! Whether a request or a response conforms to the contract.

use std::fmt;

use hyper::HeaderMap;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Iso8601;
use time::macros::format_description;

use super::{Body, Bounds, Constraints, Contract, Field, FieldTable, Kind, Operation, Shape};

/// One way in which a message breaks the contract.
///
/// `Display` is a sentence that names the place and the field, fit for a vendor's error message:
///
/// ```
/// use vendor_sandbox::contract::{Breach, Place};
///
/// let breach = Breach::new(Place::Query, "idMission", "is required");
/// assert_eq!(breach.to_string(), "query parameter `idMission` is required");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breach {
    /// The part of the message.
    pub place: Place,
    /// The field's path on the wire, with the index of each array element: `orders[2].name`. Empty
    /// if the body as a whole is meant.
    pub field: String,
    /// What is wrong, as the rest of a sentence: `is required`. Never the value itself.
    pub reason: String,
}

impl Breach {
    /// A breach from its three parts.
    pub fn new(place: Place, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            place,
            field: field.into(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.place, self.field.as_str()) {
            (Place::Body, "") => write!(out, "the body {}", self.reason),
            (place, field) => write!(out, "{place} `{field}` {}", self.reason),
        }
    }
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The path of the URL.
    Path,
    /// The query of the URL.
    Query,
    /// The headers.
    Header,
    /// The body.
    Body,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Path => "path parameter",
            Self::Query => "query parameter",
            Self::Header => "header",
            Self::Body => "field",
        })
    }
}

/// A request, taken apart and decoded, as the validator looks at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'a> {
    /// The parameters in the path, by the names in the route's template.
    pub(crate) path: &'a [(String, String)],
    /// The parameters in the query, in their order.
    pub(crate) query: &'a [(String, String)],
    /// The headers.
    pub(crate) headers: &'a HeaderMap,
    /// The body as received; empty if there is none.
    pub(crate) body: &'a [u8],
}

impl<'a> Incoming<'a> {
    /// A request from its parts.
    pub(crate) fn new(
        path: &'a [(String, String)],
        query: &'a [(String, String)],
        headers: &'a HeaderMap,
        body: &'a [u8],
    ) -> Self {
        Self {
            path,
            query,
            headers,
            body,
        }
    }
}

/// Every breach of the contract in a request to `route`, in the order path, query, headers, body.
///
/// Parameters and body fields that no table has are breaches too; further headers are not.
pub(crate) fn validate(
    contract: &Contract,
    operation: &Operation,
    route: &str,
    request: &Incoming<'_>,
) -> Vec<Breach> {
    let mut breaches = parameters(
        contract,
        &operation.path_parameters,
        route,
        request.path,
        Place::Path,
    );
    breaches.extend(parameters(
        contract,
        &operation.query_parameters,
        route,
        request.query,
        Place::Query,
    ));
    breaches.extend(headers(contract, operation, route, request.headers));
    let check = Check::new(contract, Place::Body);
    breaches.extend(body(check, &operation.requests, route, request.body));
    breaches
}

/// Every breach of the contract in parameters that arrive as text.
///
/// `place` is where they were found: the caller may accept the documented query parameters in a
/// form body as well.
pub(crate) fn parameters(
    contract: &Contract,
    tables: &[FieldTable],
    route: &str,
    given: &[(String, String)],
    place: Place,
) -> Vec<Breach> {
    let rows: Vec<&Field> = rows_of(tables, route).collect();
    let mut check = Check::new(contract, place);
    for row in &rows {
        let values = given.iter().filter(|(name, _)| *name == row.path);
        let texts: Vec<&str> = values.map(|(_, text)| text.as_str()).collect();
        match texts.as_slice() {
            [] if row.required => check.breach(&row.path, "is required"),
            [_, _, ..] if !is_repeatable(row) => {
                check.breach(&row.path, "is given more than once");
            }
            texts => texts.iter().for_each(|text| check.text(row, text)),
        }
    }
    for (index, (name, _)) in given.iter().enumerate() {
        let first = given.iter().position(|(other, _)| other == name) == Some(index);
        if first && !rows.iter().any(|row| row.path == *name) {
            check.breach(name, "is not part of the contract");
        }
    }
    check.breaches
}

/// Whether a parameter may be given more than once: an array has an element in each.
fn is_repeatable(row: &Field) -> bool {
    let mut shapes = row.kind.any_of.iter();
    shapes.any(|shape| matches!(shape, Shape::Array { .. }))
}

/// Every breach of the contract in a JSON object that holds what the tables list as parameters.
pub(crate) fn parameters_as_json(
    contract: &Contract,
    tables: &[FieldTable],
    route: &str,
    given: &Value,
) -> Vec<Breach> {
    let rows: Vec<Field> = rows_of(tables, route).cloned().collect();
    Check::new(contract, Place::Body).whole_body(&rows, given)
}

/// Every breach of the contract in a JSON value that one table describes, such as an example.
///
/// Names that a field is [also spelled](Field::also_spelled) by are accepted.
pub fn validate_value(contract: &Contract, rows: &[Field], value: &Value) -> Vec<Breach> {
    Check::received(contract).whole_body(rows, value)
}

/// Every breach of the contract in the body of a success response to `route`.
///
/// Names that a field is [also spelled](Field::also_spelled) by are accepted.
pub fn validate_response(
    contract: &Contract,
    operation: &Operation,
    route: &str,
    response: &[u8],
) -> Vec<Breach> {
    body(
        Check::received(contract),
        &operation.responses,
        route,
        response,
    )
}

/// The request headers that the operation's tables list.
fn headers(
    contract: &Contract,
    operation: &Operation,
    route: &str,
    given: &HeaderMap,
) -> Vec<Breach> {
    let mut check = Check::new(contract, Place::Header);
    for row in rows_of(&operation.request_headers, route) {
        match given.get(&row.path).map(|value| value.to_str()) {
            None if row.required => check.breach(&row.path, "is required"),
            None => {}
            Some(Ok(text)) => check.text(row, text),
            Some(Err(_)) => check.breach(&row.path, "must be visible ASCII"),
        }
    }
    check.breaches
}

/// A body against the shapes that it may have: it must match one.
fn body(check: Check<'_>, shapes: &[Body], route: &str, given: &[u8]) -> Vec<Breach> {
    let whole = |reason: &str| vec![Breach::new(Place::Body, "", reason)];
    let shapes: Vec<&Body> = shapes
        .iter()
        .filter(|body| is_for(&body.route, route))
        .collect();
    match (shapes.is_empty(), given.is_empty()) {
        (true, true) => return Vec::new(),
        (true, false) => return whole("must be empty"),
        (false, true) => return whole("is required"),
        (false, false) => {}
    }
    let value = match serde_json::from_slice::<Value>(given) {
        Ok(value) => value,
        Err(error) => {
            let position = format!("line {}, column {}", error.line(), error.column());
            return whole(&format!("is not valid JSON at {position}"));
        }
    };
    let attempts = shapes
        .iter()
        .map(|shape| check.clone().whole_body(&shape.fields, &value));
    closest(attempts)
}

/// What to say of a value that may have one of several shapes, from its breaches of each: those of
/// the shape that it comes closest to. A shape of which it is not even the right kind of value is
/// the furthest.
pub fn closest(attempts: impl IntoIterator<Item = Vec<Breach>>) -> Vec<Breach> {
    let distance = |breaches: &Vec<Breach>| {
        let is_another_kind = breaches.iter().any(|breach| breach.field.is_empty());
        (is_another_kind, breaches.len())
    };
    attempts
        .into_iter()
        .min_by_key(distance)
        .unwrap_or_default()
}

/// The rows of those tables that are for all routes or for this one.
fn rows_of<'a>(tables: &'a [FieldTable], route: &'a str) -> impl Iterator<Item = &'a Field> {
    tables
        .iter()
        .filter(move |table| is_for(&table.route, route))
        .flat_map(|table| &table.fields)
}

/// Whether a table is for this route.
fn is_for(table: &Option<String>, route: &str) -> bool {
    table.as_deref().is_none_or(|only| only == route)
}

/// A walk through one message that collects every breach.
#[derive(Clone)]
struct Check<'a> {
    contract: &'a Contract,
    place: Place,
    /// Whether a field may have one of its other spellings.
    any_spelling: bool,
    breaches: Vec<Breach>,
}

/// Where a value is: the tables' path (`orders[].name`) with the rows that it is looked up in,
/// and the path as it is shown (`orders[2].name`).
#[derive(Clone, Copy)]
struct At<'a> {
    rows: &'a [Field],
    table_path: &'a str,
    shown: &'a str,
}

impl<'a> Check<'a> {
    fn new(contract: &'a Contract, place: Place) -> Self {
        Self {
            contract,
            place,
            any_spelling: false,
            breaches: Vec::new(),
        }
    }

    /// The check of a body that the vendor sends, with the spellings that have been seen there.
    fn received(contract: &'a Contract) -> Self {
        Self {
            any_spelling: true,
            ..Self::new(contract, Place::Body)
        }
    }

    /// Whether a member of an object is the field that is documented as `name`.
    fn is_spelt(&self, member: &str, name: &str, row: &Field) -> bool {
        member == name || (self.any_spelling && row.also_spelled.iter().any(|also| also == member))
    }

    fn breach(&mut self, field: &str, reason: impl Into<String>) {
        self.breaches.push(Breach::new(self.place, field, reason));
    }

    /// A parameter or a header: text that has to be read as what its row says.
    fn text(&mut self, row: &Field, text: &str) {
        let Some(value) = row.kind.any_of.iter().find_map(|shape| read(shape, text)) else {
            return self.breach(&row.path, format!("must be {}", describe(&row.kind)));
        };
        let at = At {
            rows: &[],
            table_path: &row.path,
            shown: &row.path,
        };
        self.value(&value, &row.kind, &row.constraints, at);
    }

    fn whole_body(mut self, rows: &[Field], given: &Value) -> Vec<Breach> {
        let root = At {
            rows,
            table_path: "",
            shown: "",
        };
        match (rows.iter().find(|row| row.path == "[]"), given) {
            (Some(element), Value::Array(elements)) => {
                self.elements(elements, &element.kind, &Constraints::default(), root)
            }
            (Some(_), _) => self.breach("", "must be an array"),
            (None, Value::Object(object)) => self.object(object, root),
            (None, _) => self.breach("", "must be an object"),
        }
        self.breaches
    }

    fn object(&mut self, object: &Map<String, Value>, at: At<'_>) {
        let children: Vec<(&str, &Field)> = children(at.rows, at.table_path).collect();
        if children.is_empty() {
            return;
        }
        for &(name, row) in &children {
            let mut is_there = false;
            for (member, value) in object {
                if !self.is_spelt(member, name, row) {
                    continue;
                }
                is_there = true;
                let at = At {
                    rows: at.rows,
                    table_path: &row.path,
                    shown: &join(at.shown, member),
                };
                self.value(value, &row.kind, &row.constraints, at);
            }
            if row.required && !is_there {
                self.breach(&join(at.shown, name), "is required");
            }
        }
        for member in object.keys() {
            let mut known = children.iter();
            if !known.any(|(name, row)| self.is_spelt(member, name, row)) {
                self.breach(&join(at.shown, member), "is not part of the contract");
            }
        }
    }

    fn value(&mut self, value: &Value, kind: &Kind, constraints: &Constraints, at: At<'_>) {
        if value.is_null() && !accepts_null(kind) {
            return self.breach(at.shown, "must not be null");
        }
        if value.is_null() {
            return;
        }
        let Some(shape) = kind.any_of.iter().find(|shape| fits(shape, value)) else {
            return self.breach(at.shown, format!("must be {}", describe(kind)));
        };
        match (shape, value) {
            (Shape::Array { of }, Value::Array(elements)) => {
                self.elements(elements, &Kind::from((**of).clone()), constraints, at);
            }
            (Shape::Object, Value::Object(object)) => self.object(object, at),
            (Shape::Named { name }, Value::Object(object)) => self.named(name, object, at),
            (_, Value::String(text)) => self.string(text, shape, constraints, at),
            (_, Value::Number(number)) => {
                self.range(number.as_f64(), constraints, at);
                self.one_of(&number.to_string(), constraints, at);
            }
            _ => {}
        }
    }

    fn elements(&mut self, elements: &[Value], kind: &Kind, constraints: &Constraints, at: At<'_>) {
        if let Some(reason) = outside(count(elements.len()), constraints.elements.as_ref()) {
            self.breach(at.shown, format!("must have {reason} elements"));
        }
        let of_element = Constraints {
            elements: None,
            ..constraints.clone()
        };
        let table_path = format!("{}[]", at.table_path);
        for (index, element) in elements.iter().enumerate() {
            let at = At {
                rows: at.rows,
                table_path: &table_path,
                shown: &format!("{}[{index}]", at.shown),
            };
            self.value(element, kind, &of_element, at);
        }
    }

    /// An object of a type that has its own heading.
    fn named(&mut self, name: &str, object: &Map<String, Value>, at: At<'_>) {
        let Some(named) = self.contract.types.get(name) else {
            return self.breach(
                at.shown,
                format!("is of the type {name}, which no page has"),
            );
        };
        let mut rows = named.fields.clone();
        if let Some(discriminator) = &named.discriminator {
            let variant = object.get(discriminator).and_then(Value::as_str);
            match variant.and_then(|variant| named.variants.get(variant)) {
                Some(own) => rows.extend(own.iter().cloned()),
                None => {
                    let known: Vec<&str> = named.variants.keys().map(String::as_str).collect();
                    let shown = join(at.shown, discriminator);
                    return self.breach(&shown, format!("must be one of {}", known.join(", ")));
                }
            }
        }
        let root = At {
            rows: &rows,
            table_path: "",
            shown: at.shown,
        };
        self.object(object, root);
    }

    fn string(&mut self, text: &str, shape: &Shape, constraints: &Constraints, at: At<'_>) {
        let characters = count(text.chars().count());
        if let Some(reason) = outside(characters, constraints.characters.as_ref()) {
            self.breach(at.shown, format!("must have {reason} characters"));
        }
        if let Shape::String {
            format: Some(format),
        } = shape
            && !has_format(text, format)
        {
            self.breach(at.shown, format!("must be written as {format}"));
        }
        self.one_of(text, constraints, at);
    }

    fn range(&mut self, number: Option<f64>, constraints: &Constraints, at: At<'_>) {
        let Some(range) = &constraints.range else {
            return;
        };
        let bounds = Bounds::new(
            range.min.as_ref().and_then(|bound| bound.as_f64()),
            range.max.as_ref().and_then(|bound| bound.as_f64()),
        );
        match number.map(|number| outside(number, Some(&bounds))) {
            Some(None) => {}
            Some(Some(reason)) => self.breach(at.shown, format!("must be {reason}")),
            None => self.breach(at.shown, "must be a number in range"),
        }
    }

    fn one_of(&mut self, text: &str, constraints: &Constraints, at: At<'_>) {
        let allowed = &constraints.one_of;
        if !allowed.is_empty() && !allowed.iter().any(|value| value == text) {
            self.breach(at.shown, format!("must be one of {}", allowed.join(", ")));
        }
    }
}

/// The rows directly below a path, each with the last segment of its own.
fn children<'a>(rows: &'a [Field], parent: &str) -> impl Iterator<Item = (&'a str, &'a Field)> {
    rows.iter().filter_map(move |row| {
        let below = row.path.strip_prefix(parent)?;
        let name = match parent {
            "" => below,
            _ => below.strip_prefix('.')?,
        };
        let direct = !name.is_empty() && !name.contains(['.', '[']);
        direct.then_some((name, row))
    })
}

/// A path and one segment more.
fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

/// Text as a value of this shape; none if it is not one.
fn read(shape: &Shape, text: &str) -> Option<Value> {
    match shape {
        Shape::String { .. } | Shape::Any => Some(Value::from(text)),
        Shape::Integer { .. } => text.parse::<i64>().ok().map(Value::from),
        Shape::Number { .. } => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(Value::from(number)),
            _ => None,
        },
        Shape::Boolean => text
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(Value::from),
        Shape::Array { of } => text
            .split(',')
            .map(|element| read(of, element))
            .collect::<Option<Vec<Value>>>()
            .map(Value::from),
        Shape::Object | Shape::Named { .. } => None,
    }
}

/// Whether a value is of this shape, ignoring what it contains.
fn fits(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::String { .. } => value.is_string(),
        Shape::Integer { .. } => value.is_i64() || value.is_u64(),
        Shape::Number { .. } => value.is_number(),
        Shape::Boolean => value.is_boolean(),
        Shape::Object | Shape::Named { .. } => value.is_object(),
        Shape::Any => true,
        Shape::Array { .. } => value.is_array(),
    }
}

fn accepts_null(kind: &Kind) -> bool {
    kind.nullable || kind.any_of.contains(&Shape::Any)
}

/// A kind in words: `an integer or a string`.
fn describe(kind: &Kind) -> String {
    let mut words: Vec<&str> = kind.any_of.iter().map(describe_shape).collect();
    if kind.nullable {
        words.push("null");
    }
    words.join(" or ")
}

fn describe_shape(shape: &Shape) -> &'static str {
    match shape {
        Shape::String { .. } => "a string",
        Shape::Integer { .. } => "an integer",
        Shape::Number { .. } => "a number",
        Shape::Boolean => "true or false",
        Shape::Object | Shape::Named { .. } => "an object",
        Shape::Any => "anything",
        Shape::Array { .. } => "an array",
    }
}

/// The bounds in words, if the value is outside them.
fn outside<T: PartialOrd + fmt::Display>(value: T, bounds: Option<&Bounds<T>>) -> Option<String> {
    let Bounds { min, max } = bounds?;
    let too_low = min.as_ref().is_some_and(|min| value < *min);
    let too_high = max.as_ref().is_some_and(|max| value > *max);
    if !too_low && !too_high {
        return None;
    }
    Some(match (min, max) {
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => return None,
    })
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Whether a text is written as its format says. A format that only names a unit, or that is not
/// known here, accepts every text.
fn has_format(text: &str, format: &str) -> bool {
    const TO_THE_MINUTE: &[BorrowedFormatItem<'_>] =
        format_description!("[day]/[month]/[year] [hour]:[minute]");
    match format {
        "ISO 8601" => OffsetDateTime::parse(text, &Iso8601::DEFAULT).is_ok(),
        "dd/MM/yyyy HH:mm" => PrimitiveDateTime::parse(text, TO_THE_MINUTE).is_ok(),
        "UUID" => is_uuid(text),
        _ => true,
    }
}

/// 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Two types (one with variants) and one operation that has everything the grammar knows.
    fn contract() -> Contract {
        serde_json::from_value(json!({
            "vendor": "example",
            "operations": [{
                "title": "Send an order",
                "page": "orders.md",
                "routes": [
                    { "name": "send", "method": "POST", "path": "/orders/{id}" },
                    { "name": "send_by_foreign_id", "method": "POST", "path": "/orders" }
                ],
                "path_parameters": [
                    { "route": "send", "fields": [field("id", integer(), true)] }
                ],
                "query_parameters": [
                    { "route": "send_by_foreign_id", "fields": [field("ref", string(), true)] },
                    { "fields": [field("dry", json!({ "any_of": [{ "type": "boolean" }] }), false)] }
                ],
                "request_headers": [
                    { "fields": [field("X-Key", string(), true)] }
                ],
                "requests": [{ "fields": [
                    limited("name", string(), json!({ "characters": { "min": 1, "max": 3 } })),
                    field("place", json!({ "any_of": [{ "type": "named", "name": "Place" }] }), false),
                    field("items", json!({ "any_of": [{ "type": "array", "of": { "type": "object" } }] }), false),
                    limited("items[].amount", json!({ "any_of": [{ "type": "number" }] }), json!({ "range": { "min": 0 } })),
                    limited("days", json!({ "any_of": [{ "type": "array", "of": { "type": "integer" } }] }),
                        json!({ "elements": { "max": 2 }, "range": { "min": 0, "max": 6 } })),
                    field("at", json!({ "any_of": [{ "type": "string", "format": "ISO 8601" }, { "type": "integer" }], "nullable": true }), false),
                    field("notes", json!({ "any_of": [{ "type": "object" }] }), false)
                ] }]
            }],
            "types": {
                "Place": {
                    "page": "types.md",
                    "discriminator": "kind",
                    "fields": [field("kind", string(), true)],
                    "variants": {
                        "town": [field("town", string(), true)],
                        "point": [field("x", json!({ "any_of": [{ "type": "number" }] }), true)]
                    }
                }
            }
        }))
        .unwrap()
    }

    fn string() -> Value {
        json!({ "any_of": [{ "type": "string" }] })
    }

    fn integer() -> Value {
        json!({ "any_of": [{ "type": "integer" }] })
    }

    fn field(path: &str, kind: Value, required: bool) -> Value {
        json!({ "path": path, "kind": kind, "required": required })
    }

    fn limited(path: &str, kind: Value, constraints: Value) -> Value {
        json!({ "path": path, "kind": kind, "required": false, "constraints": constraints })
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    fn headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-key", "k".parse().unwrap());
        headers
    }

    /// The breaches of a body that is sent to an otherwise faultless request.
    fn breaches_of(body: Value) -> Vec<String> {
        let contract = contract();
        let body = body.to_string();
        let id = [pair("id", "0")];
        let headers = headers();
        let request = Incoming::new(&id, &[], &headers, body.as_bytes());
        let found = validate(&contract, &contract.operations[0], "send", &request);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_request_that_keeps_to_the_contract_has_no_breach() {
        let none: [&str; 0] = [];
        assert_eq!(
            breaches_of(json!({
                "name": "étu",
                "place": { "kind": "town", "town": "Lyon" },
                "items": [{ "amount": 1.5 }, {}],
                "days": [0, 6],
                "at": "2015-07-13T10:00:00.000+02:00",
                "notes": { "anything": [1] }
            })),
            none
        );
        assert_eq!(breaches_of(json!({ "at": null })), none);
        assert_eq!(breaches_of(json!({ "at": 1_472_767_140_000_i64 })), none);
    }

    #[test]
    fn every_breach_of_a_body_is_named_by_its_path_on_the_wire() {
        assert_eq!(
            breaches_of(json!({
                "name": "étudé",
                "place": { "kind": "point", "town": "Lyon" },
                "items": [{ "amount": 1 }, { "amount": -1, "colour": "red" }],
                "days": [0, 7, 1],
                "at": "yesterday",
                "notes": 1
            })),
            [
                "field `name` must have between 1 and 3 characters",
                "field `place.x` is required",
                "field `place.town` is not part of the contract",
                "field `items[1].amount` must be at least 0",
                "field `items[1].colour` is not part of the contract",
                "field `days` must have at most 2 elements",
                "field `days[1]` must be between 0 and 6",
                "field `at` must be written as ISO 8601",
                "field `notes` must be an object",
            ]
        );
    }

    #[test]
    fn null_and_wrong_types_are_breaches() {
        assert_eq!(
            breaches_of(json!({ "name": null, "at": true, "place": { "kind": "moon" } })),
            [
                "field `name` must not be null",
                "field `place.kind` must be one of point, town",
                "field `at` must be a string or an integer or null",
            ]
        );
        assert_eq!(breaches_of(json!([])), ["the body must be an object"]);
    }

    #[test]
    fn of_several_shapes_the_one_of_the_right_kind_is_reported_however_much_is_wrong() {
        let breach = |field, reason| Breach::new(Place::Body, field, reason);
        let list = vec![
            breach("[0].name", "is required"),
            breach("[0].colour", "is not part of the contract"),
        ];
        let wrapped = vec![breach("", "must be an object")];
        assert_eq!(closest([wrapped.clone(), list.clone()]), list);
        let other = vec![breach("[0].id", "is required")];
        assert_eq!(closest([list, wrapped, other.clone()]), other);
        assert_eq!(closest([]), []);
    }

    #[test]
    fn another_spelling_of_a_field_is_accepted_only_in_what_the_vendor_sends() {
        let mut contract = contract();
        let operation = &mut contract.operations[0];
        operation.requests[0].fields[0].required = true;
        operation.requests[0].fields[0].also_spelled = vec!["Name".to_owned()];
        operation.responses = operation.requests.clone();
        let operation = contract.operations[0].clone();
        let body = json!({ "Name": "étu" });

        let response = body.to_string().into_bytes();
        assert_eq!(
            validate_response(&contract, &operation, "send", &response),
            []
        );
        let rows = &operation.responses[0].fields;
        assert_eq!(validate_value(&contract, rows, &body), []);
        let wrong = validate_value(&contract, rows, &json!({ "Name": "too long" }));
        let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(wrong, ["field `Name` must have between 1 and 3 characters"]);

        let id = [pair("id", "0")];
        let headers = headers();
        let request = Incoming::new(&id, &[], &headers, &response);
        let found = validate(&contract, &operation, "send", &request);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "field `name` is required",
                "field `Name` is not part of the contract"
            ]
        );
    }

    #[test]
    fn path_query_and_headers_are_checked_by_the_tables_of_the_route() {
        let contract = contract();
        let headers = HeaderMap::new();
        let query = [
            pair("dry", "maybe"),
            pair("ref", "a"),
            pair("ref", "b"),
            pair("page", "1"),
            pair("page", "2"),
        ];
        let request = Incoming::new(&[], &query, &headers, b"{");
        let found = validate(
            &contract,
            &contract.operations[0],
            "send_by_foreign_id",
            &request,
        );
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "query parameter `ref` is given more than once",
                "query parameter `dry` must be true or false",
                "query parameter `page` is not part of the contract",
                "header `X-Key` is required",
                "the body is not valid JSON at line 1, column 1",
            ]
        );
    }

    #[test]
    fn a_parameter_of_several_values_is_repeated() {
        let contract = contract();
        let of_integers = json!({ "any_of": [{ "type": "array", "of": { "type": "integer" } }] });
        let row = serde_json::from_value(field("day", of_integers, true)).unwrap();
        let tables = [FieldTable::new(None, vec![row])];
        let check = |given: &[(String, String)]| {
            let breaches = parameters(&contract, &tables, "send", given, Place::Query);
            breaches.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let none: [&str; 0] = [];
        assert_eq!(check(&[pair("day", "1"), pair("day", "2")]), none);
        assert_eq!(
            check(&[pair("day", "1"), pair("day", "x")]),
            ["query parameter `day` must be an array"]
        );
        assert_eq!(check(&[]), ["query parameter `day` is required"]);
    }

    #[test]
    fn a_body_may_be_an_array() {
        let contract = contract();
        let rows: Vec<Field> = serde_json::from_value(json!([
            field("[]", json!({ "any_of": [{ "type": "object" }] }), true),
            field("[].id", integer(), true),
        ]))
        .unwrap();
        let check = |given: Value| Check::new(&contract, Place::Body).whole_body(&rows, &given);
        assert_eq!(check(json!([{ "id": 1 }])), []);
        assert_eq!(
            check(json!([{ "id": 1 }, { "id": "2" }])),
            [Breach::new(Place::Body, "[1].id", "must be an integer")]
        );
        assert_eq!(
            check(json!({})),
            [Breach::new(Place::Body, "", "must be an array")]
        );
    }

    #[test]
    fn formats_that_a_machine_can_check_are_checked() {
        assert!(has_format("2015-07-13T10:00:00Z", "ISO 8601"));
        assert!(!has_format("2015-07-13 10:00", "ISO 8601"));
        assert!(has_format("24/11/2025 08:30", "dd/MM/yyyy HH:mm"));
        assert!(!has_format("31/02/2025 08:30", "dd/MM/yyyy HH:mm"));
        assert!(!has_format("24/11/202508:30", "dd/MM/yyyy HH:mm"));
        assert!(has_format("efb2dfc9-0000-4000-8000-00000000000a", "UUID"));
        assert!(!has_format("efb2dfc9", "UUID"));
        assert!(has_format("anything", "a format of tomorrow"));
    }
}
