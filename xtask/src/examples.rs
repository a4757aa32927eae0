//! No example may disagree with the tables of its own section.

use serde_json::Value;
use vendor_sandbox::contract::{Field, Shape};

use crate::page::{
    Direction, Example, FieldTable, Page, Place, Row, Section, Vendor, name_of, parent_of,
};
use crate::problem::Problem;

pub(crate) fn check(vendor: &Vendor, problems: &mut Vec<Problem>) {
    for (page, section) in vendor.sections() {
        for example in &section.examples {
            check_example(vendor, page, section, example, problems);
        }
    }
}

fn check_example(
    vendor: &Vendor,
    page: &Page,
    section: &Section,
    example: &Example,
    problems: &mut Vec<Problem>,
) {
    let report = |field: &str, message: String| {
        let problem = Problem::new(&page.path, example.line, message);
        problem.operation(section.operation()).field(field)
    };
    let tables = tables_for(section, example);
    if tables.is_empty() && example.value.is_null() {
        // Nothing, and the page shows how the vendor writes it.
        return;
    }
    if tables.is_empty() {
        problems.push(report("", "an example without a table".to_owned()));
        return;
    }
    // An example that is named after no shape fits one of them.
    let attempts = tables
        .iter()
        .map(|rows| mismatches(vendor, rows, &example.value));
    let best = attempts.min_by_key(Vec::len).unwrap_or_default();
    for (field, message) in best {
        if !is_on_record(section, &field) {
            problems.push(report(&field, message));
        }
    }
}

/// The tables, as rows, of which the example has to fit one.
pub(crate) fn tables_for<'a>(section: &'a Section, example: &Example) -> Vec<Vec<&'a Row>> {
    let place = match example.direction {
        Direction::Request => Place::Request,
        Direction::Response => Place::Response,
    };
    let route = route_of(section, example);
    let bodies: Vec<_> = section.tables_of(place, route).collect();
    if bodies.is_empty() && place == Place::Request {
        // What has no body is shown by its query parameters.
        let rows: Vec<_> = section
            .tables_of(Place::Query, route)
            .flat_map(|table| &table.rows)
            .collect();
        return if rows.is_empty() {
            Vec::new()
        } else {
            vec![rows]
        };
    }
    let is_named = |table: &&&FieldTable| match (table.shape(section), &example.name) {
        (Some(shape), Some(name)) => name.starts_with(shape),
        _ => false,
    };
    let named: Vec<_> = bodies.iter().filter(is_named).copied().collect();
    let chosen = if named.is_empty() { bodies } else { named };
    chosen
        .into_iter()
        .map(|table| table.rows.iter().collect())
        .collect()
}

/// The route whose fixtures the example belongs to.
pub(crate) fn route_of<'a>(section: &'a Section, example: &Example) -> &'a str {
    let named = section
        .routes
        .iter()
        .find(|route| Some(&route.name) == example.name.as_ref());
    named.map_or(section.operation(), |route| &route.name)
}

/// What in `value` disagrees with `rows`, each with the field's path.
pub(crate) fn mismatches(vendor: &Vendor, rows: &[&Row], value: &Value) -> Vec<(String, String)> {
    let mut checker = Checker {
        vendor,
        problems: Vec::new(),
    };
    match rows.iter().find(|row| row.field.path == "[]") {
        Some(row) => match value {
            Value::Array(elements) => {
                for element in elements {
                    checker.value("[]", &row.field, rows, "[]", element);
                }
            }
            _ => checker.report("", "the table has an array"),
        },
        None => checker.object("", rows, "", value),
    }
    checker.problems
}

/// Whether a deviation says that the vendor's example has this field otherwise.
fn is_on_record(section: &Section, field: &str) -> bool {
    let mut deviations = section
        .deviations
        .iter()
        .filter(|deviation| deviation.is_on_example);
    deviations.any(|deviation| deviation.fields.iter().any(|path| path == field))
}

struct Checker<'a> {
    vendor: &'a Vendor,
    problems: Vec<(String, String)>,
}

impl Checker<'_> {
    fn report(&mut self, path: &str, message: impl Into<String>) {
        self.problems.push((path.to_owned(), message.into()));
    }

    /// Checks an object: `at` is its path in the example, `parent` its path in the table.
    fn object(&mut self, at: &str, rows: &[&Row], parent: &str, value: &Value) {
        let Value::Object(object) = value else {
            self.report(
                at,
                format!("the table has an object, the example {}", name_type(value)),
            );
            return;
        };
        let children: Vec<_> = rows
            .iter()
            .filter(|row| parent_of(&row.field.path) == parent)
            .collect();
        let is_opaque = children.is_empty();
        for (key, value) in object {
            let path = join(at, key);
            match children.iter().find(|row| is_spelled(&row.field, key)) {
                Some(row) => self.value(&path, &row.field, rows, &row.field.path, value),
                None if is_opaque => {}
                None => self.report(&path, "in the example and in no row"),
            }
        }
        for row in children {
            let is_there = object.keys().any(|key| is_spelled(&row.field, key));
            if row.field.required && !is_there {
                let path = join(at, name_of(&row.field.path));
                self.report(&path, "required, and not in the example");
            }
        }
    }

    /// Checks a value: `at` is its path in the example, `row` the path of its row.
    fn value(&mut self, at: &str, field: &Field, rows: &[&Row], row: &str, value: &Value) {
        if value.is_null() {
            let any = field.kind.any_of.contains(&Shape::Any);
            if !field.kind.nullable && !any {
                self.report(at, "null in the example, which the type does not have");
            }
            return;
        }
        let Some(shape) = field
            .kind
            .any_of
            .iter()
            .find(|shape| has_type(shape, value))
        else {
            let found = name_type(value);
            self.report(
                at,
                format!("the type is {}, the example has {found}", name_kind(field)),
            );
            return;
        };
        self.shape(at, shape, field, rows, row, value);
    }

    fn shape(
        &mut self,
        at: &str,
        shape: &Shape,
        field: &Field,
        rows: &[&Row],
        row: &str,
        value: &Value,
    ) {
        match (shape, value) {
            (Shape::Array { of }, Value::Array(elements)) => {
                let bounds = &field.constraints.elements;
                let count = elements.len() as u64;
                if bounds
                    .as_ref()
                    .is_some_and(|bounds| !within(count, bounds.min, bounds.max))
                {
                    self.report(at, format!("the example has {count} elements"));
                }
                let path = format!("{at}[]");
                let below = format!("{row}[]");
                let own = rows.iter().find(|row| row.field.path == below);
                for element in elements {
                    match own {
                        Some(own) => self.value(&path, &own.field, rows, &below, element),
                        None if has_type(of, element) => {
                            self.shape(&path, of, field, rows, &below, element);
                        }
                        None => {
                            self.report(&path, format!("{} among the elements", name_type(element)))
                        }
                    }
                }
            }
            (Shape::Object, value) => self.object(at, rows, row, value),
            (Shape::Named { name }, value) => self.named(at, name, value),
            (_, Value::String(text)) => self.text(at, field, text),
            (_, Value::Number(number)) => self.number(at, field, number),
            _ => {}
        }
    }

    fn named(&mut self, at: &str, name: &str, value: &Value) {
        let vendor = self.vendor;
        let Some(section) = vendor.type_named(name) else {
            return;
        };
        let mut rows: Vec<&Row> = section.rows.iter().collect();
        if let Some(discriminator) = &section.discriminator {
            let tag = value
                .get(discriminator)
                .and_then(Value::as_str)
                .unwrap_or_default();
            match section.variants.iter().find(|variant| variant.name == tag) {
                Some(variant) => rows.extend(&variant.rows),
                None => self.report(
                    &join(at, discriminator),
                    format!("no variant of {name} is \"{tag}\""),
                ),
            }
        }
        self.object(at, &rows, "", value);
    }

    fn text(&mut self, at: &str, field: &Field, text: &str) {
        let characters = text.chars().count() as u64;
        let bounds = &field.constraints.characters;
        if bounds
            .as_ref()
            .is_some_and(|bounds| !within(characters, bounds.min, bounds.max))
        {
            self.report(at, format!("the example has {characters} characters"));
        }
        self.listed(at, field, text);
    }

    fn number(&mut self, at: &str, field: &Field, number: &serde_json::Number) {
        if let Some(bounds) = &field.constraints.range {
            let float = |number: &serde_json::Number| number.as_f64();
            let [min, max] = [&bounds.min, &bounds.max].map(|end| end.as_ref().and_then(float));
            if number
                .as_f64()
                .is_some_and(|value| !within(value, min, max))
            {
                self.report(at, format!("the example has {number}"));
            }
        }
        self.listed(at, field, &number.to_string());
    }

    fn listed(&mut self, at: &str, field: &Field, value: &str) {
        let one_of = &field.constraints.one_of;
        if !one_of.is_empty() && !one_of.iter().any(|listed| listed == value) {
            self.report(at, format!("the example has \"{value}\""));
        }
    }
}

fn is_spelled(field: &Field, key: &str) -> bool {
    name_of(&field.path) == key || field.also_spelled.iter().any(|name| name == key)
}

fn join(at: &str, key: &str) -> String {
    if at.is_empty() {
        return key.to_owned();
    }
    format!("{at}.{key}")
}

fn within<T: PartialOrd>(value: T, min: Option<T>, max: Option<T>) -> bool {
    min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
}

/// Whether `value` is of the JSON type that `shape` asks for, on its outside.
pub(crate) fn has_type(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::String { .. } => value.is_string(),
        Shape::Integer { .. } => value.is_i64() || value.is_u64(),
        Shape::Number { .. } => value.is_number(),
        Shape::Boolean => value.is_boolean(),
        Shape::Array { .. } => value.is_array(),
        Shape::Object | Shape::Named { .. } => value.is_object(),
        _ => true,
    }
}

pub(crate) fn name_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The type of a field in words.
fn name_kind(field: &Field) -> String {
    let names: Vec<_> = field.kind.any_of.iter().map(name_shape).collect();
    names.join(" or ")
}

pub(crate) fn name_shape(shape: &Shape) -> String {
    match shape {
        Shape::String { .. } => "string".to_owned(),
        Shape::Integer { .. } => "integer".to_owned(),
        Shape::Number { .. } => "number".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Object => "object".to_owned(),
        Shape::Array { of } => format!("array of {}", name_shape(of)),
        Shape::Named { name } => name.clone(),
        _ => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::sample_page::{changed, is_reported, listed, vendor};

    #[test]
    fn a_key_without_a_row_is_found() {
        is_reported(
            "\"pages\": 120,",
            "\"sheets\": 120,",
            "#### Request",
            "`sheets`: in the example and in no row",
        );
        is_reported(
            "\"reader\": { \"id\": 7 }",
            "\"reader\": { \"id\": 7, \"age\": 9 }",
            "#### Response",
            "`book.state.reader.age`",
        );
    }

    #[test]
    fn a_required_field_that_is_missing_is_found() {
        is_reported(
            "{ \"name\": \"Voltaire\" }",
            "{}",
            "#### Request",
            "`authors[].name`: required, and not in the example",
        );
        is_reported("\"id\": 1,\n", "", "#### Response", "`book.id`: required");
    }

    #[test]
    fn a_value_of_another_type_is_found() {
        is_reported(
            "\"pages\": 120,",
            "\"pages\": \"120\",",
            "#### Request",
            "the type is integer, the example has a string",
        );
        is_reported(
            "\"pages\": 120,",
            "\"pages\": 120.0,",
            "#### Request",
            "a number with a fraction",
        );
        is_reported(
            "\"pages\": 120,",
            "\"pages\": null,",
            "#### Request",
            "null in the example",
        );
        is_reported(
            "\"reader\": { \"id\": 7 }",
            "\"reader\": 7",
            "#### Response",
            "the type is object",
        );
    }

    #[test]
    fn a_value_that_breaks_a_constraint_is_found() {
        is_reported(
            "\"Candide\",\n  \"pages\"",
            "\"\",\n  \"pages\"",
            "#### Request",
            "the example has 0 characters",
        );
        is_reported(
            "\"pages\": 120,",
            "\"pages\": 0,",
            "#### Request",
            "the example has 0",
        );
        is_reported(
            "\"language\": \"fr\"",
            "\"language\": \"de\"",
            "#### Request",
            "the example has \"de\"",
        );
        is_reported(
            "    { \"name\": \"Voltaire\" }\n",
            "",
            "#### Request",
            "0 elements",
        );
        is_reported(
            "\"kind\": \"lent\"",
            "\"kind\": \"lost\"",
            "#### Response",
            "no variant of State is \"lost\"",
        );
    }

    #[test]
    fn a_deviation_puts_a_difference_on_record() {
        let page = changed("\"pages\": 120,", "\"pages\": 120.0,");
        let page = page.replacen(
            "| - | nothing |",
            "| `pages` | a fraction in the example |",
            1,
        );
        let (_, problems) = vendor(&page);
        assert!(problems.is_empty(), "{}", listed(&problems));
    }

    #[test]
    fn an_alias_is_a_row_too() {
        let page = changed(
            "\"titre\": \"Candide\",\n    \"genre\"",
            "\"title\": \"Candide\",\n    \"genre\"",
        );
        let (_, problems) = vendor(&page);
        assert!(problems.is_empty(), "{}", listed(&problems));
    }
}
