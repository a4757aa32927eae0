//! `cargo xtask openapi`: each vendor's pages as an OpenAPI 3.1 description.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use vendor_sandbox::contract::{Constraints, Field, Kind, Route, Shape};

use std::path::Path;

use crate::contract::to_text;
use crate::outputs::Outputs;
use crate::page::{
    Direction, Example, FieldTable, Page, Place, Row, Section, TypeSection, Vendor, name_of,
    parent_of,
};
use crate::problem::Problem;
use crate::service::Service;

const COMMAND: &str = "cargo xtask openapi";

/// The page whose operations are called without credentials: they are how to get some.
const LOG_IN_PAGE: &str = "authentication.md";

/// The descriptions of these vendors.
pub(crate) fn generate(_root: &Path, vendors: &[Vendor]) -> (Outputs, Vec<Problem>) {
    let mut outputs = Outputs::new(COMMAND);
    let mut problems = Vec::new();
    outputs.claim("docs/openapi".to_owned());
    // What the sandbox serves. It is a crate of its own, so it has a copy.
    let in_sandbox = "crates/vendor-sandbox/openapi";
    outputs.claim(in_sandbox.to_owned());
    for vendor in vendors {
        let pages = format!("docs/{}", vendor.name);
        let origin = |message| Problem::new(&pages, 0, message);
        let added = to_text(&describe(vendor, &vendor.service))
            .map_err(|error| origin(error.to_string()))
            .and_then(|text| {
                for folder in ["docs/openapi", in_sandbox] {
                    let path = format!("{folder}/{}.json", vendor.name);
                    outputs.add(path, text.clone(), origin)?;
                }
                Ok(())
            });
        problems.extend(added.err());
    }
    (outputs, problems)
}

fn describe(vendor: &Vendor, service: &Service) -> Value {
    let read_on = vendor.pages.iter().map(|page| page.read_on.as_str()).max();
    let servers = service.base_urls.iter().map(|url| json!({ "url": url }));
    let (schemes, security) = security(service);
    let schemas = vendor
        .pages
        .iter()
        .flat_map(|page| &page.types)
        .flat_map(named_type);
    let mut description = json!({
        "openapi": "3.1.0",
        "info": {
            "title": service.title,
            "version": read_on.unwrap_or_default(),
            "description": format!(
                "Written by `{COMMAND}` from docs/{}/. Not the vendor's own description.",
                vendor.name
            ),
        },
        "servers": servers.collect::<Vec<_>>(),
        "paths": paths(vendor, service),
        "components": { "schemas": schemas.collect::<Map<_, _>>() },
    });
    if !schemes.is_empty() {
        description["components"]["securitySchemes"] = Value::Object(schemes);
        description["security"] = json!([security]);
    }
    description
}

/// The ways to authenticate, and that a call needs all of them.
fn security(service: &Service) -> (Map<String, Value>, Value) {
    let mut schemes = Map::new();
    if service.is_basic {
        schemes.insert(
            "basic".to_owned(),
            json!({ "type": "http", "scheme": "basic" }),
        );
    }
    for (header, meaning) in &service.secret_headers {
        let scheme = json!({
            "type": "apiKey", "in": "header", "name": header, "description": meaning,
        });
        schemes.insert(header.clone(), scheme);
    }
    let all = schemes
        .keys()
        .map(|name| (name.clone(), json!([])))
        .collect::<Map<_, _>>();
    (schemes, Value::Object(all))
}

fn paths(vendor: &Vendor, service: &Service) -> Value {
    let mut routes: BTreeMap<(&str, String), Vec<Value>> = BTreeMap::new();
    for (page, section) in vendor.sections() {
        for route in &section.routes {
            let key = (route.path.as_str(), route.method.to_lowercase());
            let operation = operation(page, section, route, service);
            routes.entry(key).or_default().push(operation);
        }
    }
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for ((path, method), operations) in routes {
        let item = paths.entry(path).or_default();
        item.insert(
            method,
            operations.into_iter().reduce(merge).unwrap_or_default(),
        );
    }
    json!(paths)
}

fn operation(page: &Page, section: &Section, route: &Route, service: &Service) -> Value {
    let mut operation = json!({
        "operationId": route.name,
        "summary": section.title,
        "tags": [page.file.trim_end_matches(".md")],
        "responses": responses(section, route, service),
    });
    let parameters = parameters(section, route);
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if let Some(content) = content(section, route, Place::Request, service) {
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    if page.file == LOG_IN_PAGE {
        operation["security"] = json!([]);
    }
    operation
}

/// Two operations that differ in their query only are one in OpenAPI: what one of them does not
/// have cannot be required.
fn merge(mut one: Value, other: Value) -> Value {
    let names = |operation: &Value| -> Vec<Value> {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters
            .map(|parameter| parameter["name"].clone())
            .collect()
    };
    let (ours, theirs) = (names(&one), names(&other));
    let both = |name: &Value| ours.contains(name) && theirs.contains(name);
    let parameters = |operation: &Value| operation["parameters"].as_array().cloned();
    let mut merged = parameters(&one).unwrap_or_default();
    for parameter in parameters(&other).unwrap_or_default() {
        if !ours.contains(&parameter["name"]) {
            merged.push(parameter);
        }
    }
    for parameter in &mut merged {
        if !both(&parameter["name"]) && parameter["in"] == "query" {
            parameter["required"] = json!(false);
        }
    }
    let text =
        |operation: &Value, key: &str| operation[key].as_str().unwrap_or_default().to_owned();
    one["summary"] = json!(format!(
        "{}; {}",
        text(&one, "summary"),
        text(&other, "summary")
    ));
    one["description"] = json!(format!(
        "`{}` and `{}`, told apart by their parameters.",
        text(&one, "operationId"),
        text(&other, "operationId")
    ));
    one["parameters"] = Value::Array(merged);
    one
}

fn parameters(section: &Section, route: &Route) -> Vec<Value> {
    let places = [
        (Place::Path, "path"),
        (Place::Query, "query"),
        (Place::Headers, "header"),
    ];
    let mut parameters = Vec::new();
    for (place, location) in places {
        for table in section.tables_of(place, &route.name) {
            let rows = table
                .rows
                .iter()
                .filter(|row| parent_of(&row.field.path).is_empty());
            parameters.extend(rows.map(|row| {
                let mut parameter = json!({
                    "name": row.field.path,
                    "in": location,
                    "required": row.field.required,
                    "schema": of_kind(&row.field, &table.rows),
                });
                let description = description(&row.field);
                if !description.is_empty() {
                    parameter["description"] = json!(description);
                }
                parameter
            }));
        }
    }
    parameters
}

fn responses(section: &Section, route: &Route, service: &Service) -> Value {
    let mut responses = Map::new();
    for status in &section.statuses {
        let mut response = json!({ "description": status.meaning });
        let has_body = (200..300).contains(&status.status) && status.status != 204;
        if let Some(content) =
            content(section, route, Place::Response, service).filter(|_| has_body)
        {
            response["content"] = content;
        }
        responses.insert(status.status.to_string(), response);
    }
    // What holds for the whole service is written once.
    for status in service.statuses.iter().filter(|one| one.status >= 400) {
        let response = json!({ "description": status.meaning });
        responses
            .entry(status.status.to_string())
            .or_insert(response);
    }
    if responses.is_empty() {
        responses.insert(
            "default".to_owned(),
            json!({ "description": "Not documented." }),
        );
    }
    Value::Object(responses)
}

/// The shapes of a body, with the examples of each.
fn content(section: &Section, route: &Route, place: Place, service: &Service) -> Option<Value> {
    let tables: Vec<_> = section.tables_of(place, &route.name).collect();
    let shapes: Vec<_> = tables.iter().map(|table| body(table)).collect();
    let schema = match &shapes[..] {
        [] => return None,
        [shape] => shape.clone(),
        _ => json!({ "anyOf": shapes }),
    };
    let direction = if place == Place::Request {
        Direction::Request
    } else {
        Direction::Response
    };
    let is_shown = |example: &&Example| {
        let mut name = example.name.iter().filter(|name| section.has_route(name));
        example.direction == direction && name.all(|name| *name == route.name)
    };
    let examples = section.examples.iter().filter(is_shown);
    let examples: Map<_, _> = examples
        .map(|example| {
            let name = example
                .name
                .as_deref()
                .unwrap_or("example")
                .replace(' ', "-");
            (name, json!({ "value": example.value }))
        })
        .collect();
    let mut media = json!({ "schema": schema });
    if !examples.is_empty() {
        media["examples"] = Value::Object(examples);
    }
    Some(json!({ service.media_type(): media }))
}

fn body(table: &FieldTable) -> Value {
    match table.rows.iter().find(|row| row.field.path == "[]") {
        Some(row) => json!({ "type": "array", "items": schema(&row.field, &table.rows) }),
        None => object(&table.rows, ""),
    }
}

/// A named type: its schema, and that of each of its variants.
fn named_type(section: &TypeSection) -> Vec<(String, Value)> {
    let Some(discriminator) = section
        .discriminator
        .as_ref()
        .filter(|_| !section.variants.is_empty())
    else {
        return vec![(section.name.clone(), object(&section.rows, ""))];
    };
    let mut schemas = Vec::new();
    let mut mapping = Map::new();
    for variant in &section.variants {
        let name = format!("{}_{}", section.name, variant.name);
        let rows: Vec<Row> = section.rows.iter().chain(&variant.rows).cloned().collect();
        let mut schema = object(&rows, "");
        schema["properties"][discriminator] = json!({ "type": "string", "const": variant.name });
        mapping.insert(variant.name.clone(), json!(reference(&name)));
        schemas.push((name, schema));
    }
    let choices: Vec<_> = mapping
        .values()
        .map(|target| json!({ "$ref": target }))
        .collect();
    let all = json!({
        "oneOf": choices,
        "discriminator": { "propertyName": discriminator, "mapping": mapping },
    });
    schemas.push((section.name.clone(), all));
    schemas
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// The object whose fields are the children of `parent`.
fn object(rows: &[Row], parent: &str) -> Value {
    let children = || {
        rows.iter()
            .filter(|row| parent_of(&row.field.path) == parent)
    };
    let properties = children().map(|row| {
        (
            name_of(&row.field.path).to_owned(),
            schema(&row.field, rows),
        )
    });
    let properties: Map<_, _> = properties.collect();
    let required = children().filter(|row| row.field.required);
    let required: Vec<_> = required.map(|row| name_of(&row.field.path)).collect();
    let mut object = json!({ "type": "object" });
    if !properties.is_empty() {
        object["properties"] = Value::Object(properties);
    }
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn schema(field: &Field, rows: &[Row]) -> Value {
    let mut schema = of_kind(field, rows);
    let description = description(field);
    if !description.is_empty() && schema.is_object() {
        schema["description"] = json!(description);
    }
    schema
}

fn of_kind(field: &Field, rows: &[Row]) -> Value {
    let Kind {
        any_of, nullable, ..
    } = &field.kind;
    let mut choices: Vec<_> = any_of
        .iter()
        .map(|shape| of_shape(shape, field, rows, &field.path))
        .collect();
    if *nullable {
        choices.push(json!({ "type": "null" }));
    }
    match choices.len() {
        1 => choices.remove(0),
        _ => json!({ "anyOf": choices }),
    }
}

fn of_shape(shape: &Shape, field: &Field, rows: &[Row], path: &str) -> Value {
    let constraints = &field.constraints;
    match shape {
        Shape::String { format } => string(format.as_deref(), constraints),
        Shape::Integer { .. } => number("integer", constraints),
        Shape::Number { .. } => number("number", constraints),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Object => object(rows, path),
        Shape::Named { name } => json!({ "$ref": reference(name) }),
        Shape::Array { of } => {
            let below = format!("{path}[]");
            let items = match rows.iter().find(|row| row.field.path == below) {
                Some(row) => schema(&row.field, rows),
                None => of_shape(of, field, rows, &below),
            };
            let mut array = json!({ "type": "array", "items": items });
            let bounds = constraints.elements.as_ref();
            set(&mut array, "minItems", bounds.and_then(|bounds| bounds.min));
            set(&mut array, "maxItems", bounds.and_then(|bounds| bounds.max));
            array
        }
        _ => json!({}),
    }
}

fn string(format: Option<&str>, constraints: &Constraints) -> Value {
    let mut schema = json!({ "type": "string" });
    let format = match format {
        Some("ISO 8601") => Some("date-time"),
        Some("UUID") => Some("uuid"),
        _ => None,
    };
    set(&mut schema, "format", format);
    let bounds = constraints.characters.as_ref();
    set(
        &mut schema,
        "minLength",
        bounds.and_then(|bounds| bounds.min),
    );
    set(
        &mut schema,
        "maxLength",
        bounds.and_then(|bounds| bounds.max),
    );
    set(
        &mut schema,
        "enum",
        Some(&constraints.one_of).filter(|values| !values.is_empty()),
    );
    set(&mut schema, "default", constraints.default.as_ref());
    schema
}

fn number(name: &str, constraints: &Constraints) -> Value {
    let mut schema = json!({ "type": name });
    let bounds = constraints.range.as_ref();
    set(
        &mut schema,
        "minimum",
        bounds.and_then(|bounds| bounds.min.as_ref()),
    );
    set(
        &mut schema,
        "maximum",
        bounds.and_then(|bounds| bounds.max.as_ref()),
    );
    let parse = |text: &String| serde_json::from_str::<Value>(text).ok();
    let values: Vec<_> = constraints.one_of.iter().filter_map(parse).collect();
    set(
        &mut schema,
        "enum",
        Some(values).filter(|values| !values.is_empty()),
    );
    set(
        &mut schema,
        "default",
        constraints.default.as_ref().and_then(parse),
    );
    schema
}

fn set(schema: &mut Value, keyword: &str, value: Option<impl serde::Serialize>) {
    if let Some(value) = value {
        schema[keyword] = json!(value);
    }
}

/// The meaning, and what OpenAPI has no keyword for.
fn description(field: &Field) -> String {
    let mut parts = vec![field.meaning.clone()];
    for shape in &field.kind.any_of {
        match shape {
            Shape::String {
                format: Some(format),
            } if format == "ISO 8601" || format == "UUID" => {}
            Shape::String {
                format: Some(format),
            }
            | Shape::Integer {
                format: Some(format),
            }
            | Shape::Number {
                format: Some(format),
            } => parts.push(format!("Written as {format}.")),
            _ => {}
        }
    }
    if !field.constraints.known.is_empty() {
        parts.push(format!(
            "Known values: {}.",
            field.constraints.known.join(", ")
        ));
    }
    for name in &field.also_spelled {
        parts.push(format!("Also spelled `{name}`."));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_page::{PAGE, changed, vendor};

    fn described(page: &str) -> Value {
        let (vendor, _) = vendor(page);
        let service = Service {
            title: "The library".to_owned(),
            base_urls: vec!["https://library.example".to_owned()],
            is_basic: true,
            ..Service::default()
        };
        describe(&vendor, &service)
    }

    #[test]
    fn constraints_become_keywords() {
        let description = described(PAGE);
        let body = &description["paths"]["/books"]["post"]["requestBody"]["content"];
        let schema = &body["application/json"]["schema"];
        assert_eq!(schema["required"], json!(["titre", "authors"]));
        assert_eq!(schema["properties"]["titre"]["maxLength"], 20);
        assert_eq!(schema["properties"]["price"]["maximum"], json!(99.5));
        assert_eq!(
            schema["properties"]["language"]["enum"],
            json!(["fr", "en"])
        );
        assert_eq!(schema["properties"]["authors"]["maxItems"], 3);
    }

    #[test]
    fn variants_are_told_apart_by_the_discriminator() {
        let description = described(PAGE);
        let schemas = &description["components"]["schemas"];
        assert_eq!(schemas["State"]["discriminator"]["propertyName"], "kind");
        assert_eq!(schemas["State_lent"]["properties"]["kind"]["const"], "lent");
    }

    #[test]
    fn operations_that_differ_in_their_query_are_one() {
        let page = changed(
            "- `get_book`: `GET /books/{id}`",
            "- `get_book`: `GET /books/{id}`\n- `find_book`: `POST /books`",
        );
        let description = described(&page);
        let operation = &description["paths"]["/books"]["post"];
        assert_eq!(operation["operationId"], "add_book");
        assert_eq!(
            operation["description"],
            "`add_book` and `find_book`, told apart by their parameters."
        );
    }
}
