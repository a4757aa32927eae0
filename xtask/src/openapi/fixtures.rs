//! Holds every fixture against the descriptions, with a validator that knows nothing of the pages.
//!
//! The files are read as they are on disk: what a crate's tests read, and what the sandbox serves.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::pages::{file_name, read_dir};

/// A payload that a crate's tests read.
struct Fixture {
    /// Below the workspace's root.
    path: String,
    vendor: String,
    route: String,
    is_request: bool,
    value: Value,
}

fn fixtures() -> Vec<Fixture> {
    let mut fixtures = Vec::new();
    for vendor in crate::pages::names(crate::root()).unwrap() {
        let folder = format!("crates/{vendor}/tests/fixtures");
        for route in read_dir(&crate::root().join(&folder)).unwrap() {
            for file in read_dir(&route).unwrap() {
                fixtures.push(fixture(&folder, &vendor, &route, &file));
            }
        }
    }
    fixtures
}

fn fixture(folder: &str, vendor: &str, route: &Path, file: &Path) -> Fixture {
    let (route, name) = (file_name(route).unwrap(), file_name(file).unwrap());
    let text = fs::read_to_string(file).unwrap();
    Fixture {
        path: format!("{folder}/{route}/{name}"),
        vendor: vendor.to_owned(),
        is_request: name.starts_with("request"),
        value: serde_json::from_str(&text).unwrap(),
        route,
    }
}

fn description(vendor: &str) -> Value {
    let path = crate::root().join(format!("docs/openapi/{vendor}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The operation of a route.
fn operation<'a>(description: &'a Value, route: &str) -> &'a Value {
    let is_it = |operation: &Value| {
        let is_one_of_two = operation["description"]
            .to_string()
            .contains(&format!("`{route}`"));
        operation["operationId"] == route || is_one_of_two
    };
    let paths = description["paths"].as_object().into_iter().flatten();
    let mut all = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let found = all.find(|(_, operation)| is_it(operation));
    found.unwrap_or_else(|| panic!("no {route}")).1
}

/// The schema that a fixture has to fit; none if the operation has no such body.
fn schema(description: &Value, fixture: &Fixture) -> Option<Value> {
    let operation = operation(description, &fixture.route);
    let body = match fixture.is_request {
        true if operation.get("requestBody").is_none() => return Some(of_parameters(operation)),
        true => &operation["requestBody"],
        false => {
            let mut responses = operation["responses"].as_object()?.iter();
            responses.find(|(status, _)| status.starts_with('2'))?.1
        }
    };
    let (_, content) = body["content"].as_object()?.iter().next()?;
    let mut schema = content["schema"].clone();
    schema["components"] = description["components"].clone();
    Some(schema)
}

/// An object of an operation's query parameters.
fn of_parameters(operation: &Value) -> Value {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.filter(|parameter| parameter["in"] == "query");
    let mut schema = json!({ "type": "object", "additionalProperties": false });
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        properties.insert(name.to_owned(), parameter["schema"].clone());
        if parameter["required"] == true {
            required.push(name);
        }
    }
    schema["required"] = json!(required);
    schema["properties"] = Value::Object(properties);
    schema
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    options.build(schema).unwrap()
}

#[test]
fn every_fixture_fits_its_description() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 70, "{} fixtures", fixtures.len());
    let mut misfits = Vec::new();
    for fixture in &fixtures {
        let description = description(&fixture.vendor);
        let Some(schema) = schema(&description, fixture) else {
            assert!(fixture.value.is_null(), "{} has no schema", fixture.path);
            continue;
        };
        let validator = validator(&schema);
        let errors = validator.iter_errors(&fixture.value);
        misfits.extend(
            errors.map(|error| format!("{}: {}: {error}", fixture.path, error.instance_path())),
        );
    }
    assert!(misfits.is_empty(), "{}", misfits.join("\n"));
}

#[test]
fn a_fixture_with_another_field_type_or_date_does_not_fit() {
    let description = description("geoplanning");
    let fixtures = fixtures();
    let is_it = |fixture: &&Fixture| fixture.path.ends_with("/add_round/request.json");
    let fixture = fixtures.iter().find(is_it).unwrap();
    let validator = validator(&schema(&description, fixture).unwrap());
    assert!(validator.is_valid(&fixture.value));
    for (member, value) in [
        ("unheard", json!(1)),
        ("resourceId", json!("1")),
        ("date", json!("03/06/2016")),
    ] {
        let mut changed = fixture.value.clone();
        changed[member] = value;
        assert!(!validator.is_valid(&changed), "{member}");
    }
}
