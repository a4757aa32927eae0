//! `cargo xtask openapi`: each vendor's pages as an OpenAPI 3.1 description.

#[cfg(test)]
mod fixtures;
mod schemas;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use vendor_sandbox::contract::{Route, Status};

use std::path::Path;

use crate::contract::to_text;
use crate::outputs::Outputs;
use crate::page::{Direction, Example, Page, Place, REFUSAL, Section, Vendor, parent_of};
use crate::problem::Problem;
use crate::service::Service;
use schemas::{Schemas, description, reference};

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
        let added = to_text(&describe(vendor))
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

fn describe(vendor: &Vendor) -> Value {
    let service = &vendor.service;
    let read_on = vendor.pages.iter().map(|page| page.read_on.as_str()).max();
    let servers = service.base_urls.iter().map(|url| json!({ "url": url }));
    let (schemes, security) = security(service);
    let writer = Writer {
        vendor,
        service,
        schemas: Schemas::of(vendor),
    };
    let mut description = json!({
        "openapi": "3.1.0",
        "info": {
            "title": title(&vendor.name),
            "version": read_on.unwrap_or_default(),
            "description": format!(
                "{}. Written by `{COMMAND}` from docs/{}/. Not the vendor's own description.",
                service.title,
                vendor.name
            ),
        },
        "servers": servers.collect::<Vec<_>>(),
        "paths": writer.paths(),
        "components": { "schemas": writer.schemas.named() },
    });
    if !schemes.is_empty() {
        description["components"]["securitySchemes"] = Value::Object(schemes);
        description["security"] = json!([security]);
    }
    description
}

/// The name that generators make packages of, in ASCII: `Cegid Loop` for `cegid-loop`.
fn title(vendor: &str) -> String {
    let words = vendor.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join(" ")
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

/// Writes the operations of one vendor.
struct Writer<'a> {
    vendor: &'a Vendor,
    service: &'a Service,
    schemas: Schemas<'a>,
}

impl Writer<'_> {
    fn paths(&self) -> Value {
        let mut routes: BTreeMap<(&str, String), Vec<Value>> = BTreeMap::new();
        for (page, section) in self.vendor.sections() {
            for route in &section.routes {
                let key = (route.path.as_str(), route.method.to_lowercase());
                let operation = self.operation(page, section, route);
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

    fn operation(&self, page: &Page, section: &Section, route: &Route) -> Value {
        let mut operation = json!({
            "operationId": route.name,
            "summary": section.title,
            "tags": [page.file.trim_end_matches(".md")],
            "responses": self.responses(section, route),
        });
        let body = self.content(section, route, Place::Request);
        let mut parameters = self.parameters(section, route);
        parameters.extend(self.headers());
        if !parameters.is_empty() {
            operation["parameters"] = Value::Array(parameters);
        }
        if let Some(content) = body {
            operation["requestBody"] = json!({ "required": true, "content": content });
        }
        if page.file == LOG_IN_PAGE {
            operation["security"] = json!([]);
        }
        operation
    }

    fn parameters(&self, section: &Section, route: &Route) -> Vec<Value> {
        let places = [
            (Place::Path, "path"),
            (Place::Query, "query"),
            (Place::Headers, "header"),
        ];
        let mut parameters = Vec::new();
        for (place, location) in places {
            for table in section.tables_of(place, &route.name) {
                let rows = table.rows.iter();
                let rows = rows.filter(|row| parent_of(&row.field.path).is_empty());
                parameters.extend(rows.map(|row| {
                    let mut parameter = json!({
                        "name": row.field.path,
                        "in": location,
                        "required": row.field.required,
                        "schema": self.schemas.sent().parameter(&row.field, &table.rows),
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

    /// The headers that every request needs.
    ///
    /// OpenAPI leaves `Accept` and `Content-Type` to the media types of bodies. But a request without
    /// a body has none, most generated clients accept anything, and some call every body
    /// `application/json`: they send what stands here.
    fn headers(&self) -> Vec<Value> {
        let headers = self.service.headers().map(|(name, value)| {
            let refusal = if name == "Content-Type" { 415 } else { 406 };
            json!({
                "name": name,
                "in": "header",
                "required": self.service.refuses_with(refusal),
                "schema": { "type": "string", "enum": [value], "default": value },
            })
        });
        headers.collect()
    }

    fn responses(&self, section: &Section, route: &Route) -> Value {
        let mut responses = Map::new();
        for status in &section.statuses {
            responses.insert(
                status.status.to_string(),
                self.response(status, section, route),
            );
        }
        // What holds for the whole service is written once.
        for status in &self.service.statuses {
            responses
                .entry(status.status.to_string())
                .or_insert_with(|| self.response(status, section, route));
        }
        Value::Object(responses)
    }

    fn response(&self, status: &Status, section: &Section, route: &Route) -> Value {
        let content = match status.status {
            204 => None,
            200..300 => self.content(section, route, Place::Response),
            _ => self.refusal(),
        };
        let mut response = json!({ "description": status.meaning });
        if let Some(content) = content {
            response["content"] = content;
        }
        response
    }

    /// The body of a refusal.
    fn refusal(&self) -> Option<Value> {
        self.vendor.type_named(REFUSAL)?;
        let schema = json!({ "schema": { "$ref": reference(REFUSAL) } });
        Some(json!({ self.service.media_type(): schema }))
    }

    /// The shapes of a body, with the examples of each.
    fn content(&self, section: &Section, route: &Route, place: Place) -> Option<Value> {
        let (direction, side) = match place {
            Place::Request => (Direction::Request, self.schemas.sent()),
            _ => (Direction::Response, self.schemas.received()),
        };
        let tables = section.tables_of(place, &route.name);
        let shapes: Vec<_> = tables.map(|table| side.body(table)).collect();
        let schema = match &shapes[..] {
            [] => return None,
            [shape] => shape.clone(),
            _ => json!({ "anyOf": shapes }),
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
        Some(json!({ self.service.media_type(): media }))
    }
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
    let summary = format!("{}; {}", text(&one, "summary"), text(&other, "summary"));
    one["summary"] = json!(summary);
    let (name, other_name) = (text(&one, "operationId"), text(&other, "operationId"));
    one["description"] = json!(format!(
        "`{name}` and `{other_name}`, told apart by their parameters."
    ));
    one["operationId"] = json!(either(&name, &other_name));
    one["parameters"] = Value::Array(merged);
    one
}

/// The name of two operations that are one: `closest_pois_by_address_or_coordinates`.
fn either(one: &str, other: &str) -> String {
    let same = |(one, other): &(&str, &str)| one == other;
    let pairs = one.split('_').zip(other.split('_'));
    let common = pairs.take_while(same).count();
    let own: Vec<_> = other.split('_').skip(common).collect();
    format!("{one}_or_{}", own.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_page::{PAGE, changed, listed, vendor};

    fn described(page: &str) -> Value {
        let (vendor, problems) = vendor(page);
        assert_eq!(listed(&problems), "");
        describe(&vendor)
    }

    #[test]
    fn constraints_become_keywords() {
        let description = described(PAGE);
        let body = &description["paths"]["/books"]["post"]["requestBody"]["content"];
        let schema = &body["application/x+json"]["schema"];
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
            "- `get_book`: `GET /books/{id}`\n- `add_novel`: `POST /books`",
        );
        let (vendor, _) = vendor(&page);
        let operation = &describe(&vendor)["paths"]["/books"]["post"];
        assert_eq!(operation["operationId"], "add_book_or_novel");
        assert_eq!(
            operation["description"],
            "`add_book` and `add_novel`, told apart by their parameters."
        );
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        for vendor in vendors() {
            let description = describe(&vendor);
            let paths = description["paths"].as_object().into_iter().flatten();
            let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
            let mut names: Vec<_> = operations
                .map(|(_, operation)| operation["operationId"].to_string())
                .collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{}", vendor.name);
        }
    }

    #[test]
    fn a_title_makes_a_name_of_a_package() {
        assert_eq!(title("ocean-geomission"), "Ocean Geomission");
        for vendor in vendors() {
            let title = describe(&vendor)["info"]["title"].to_string();
            assert!(title.is_ascii(), "{title}");
        }
    }

    #[test]
    fn only_what_is_sent_is_closed_to_unknown_fields() {
        let description = described(PAGE);
        let operation = &description["paths"]["/books"]["post"];
        let content = |body: &Value| body["content"]["application/x+json"]["schema"].clone();
        let request = content(&operation["requestBody"]);
        assert_eq!(request["additionalProperties"], false);
        let response = content(&operation["responses"]["201"]);
        assert_eq!(response.get("additionalProperties"), None);
        let schemas = &description["components"]["schemas"];
        assert_eq!(schemas["Author"]["additionalProperties"], false);
        assert_eq!(schemas["Book"].get("additionalProperties"), None);
    }

    #[test]
    fn a_type_that_goes_both_ways_has_a_schema_for_each() {
        let page = changed(
            "| `note` | string | no | | A note. |",
            "| `note` | [State](#state) | no | | A note. |",
        );
        let description = described(&page);
        let schemas = &description["components"]["schemas"];
        assert_eq!(schemas["NewState_lent"]["additionalProperties"], false);
        assert_eq!(schemas["State_lent"].get("additionalProperties"), None);
        let body = &description["paths"]["/books"]["post"]["requestBody"]["content"];
        let note = &body["application/x+json"]["schema"]["properties"]["note"];
        assert_eq!(note["$ref"], "#/components/schemas/NewState");
    }

    #[test]
    fn dates_whole_numbers_and_lengths_have_keywords() {
        let page = changed(
            "| `note` | string | no | | A note. |",
            "| `note` | string (dd/MM/yyyy HH:mm) | no | | A note. |",
        );
        let body = &described(&page)["paths"]["/books"]["post"]["requestBody"]["content"];
        let properties = &body["application/x+json"]["schema"]["properties"];
        let pattern = properties["note"]["pattern"].as_str().unwrap_or_default();
        assert!(pattern.starts_with("^(0[1-9]|"), "{pattern}");
        assert_eq!(properties["pages"]["format"], "int64");
        assert_eq!(properties["titre"]["minLength"], 1);
    }

    #[test]
    fn a_refusal_has_a_body_and_every_operation_the_refusals_of_its_service() {
        let page = format!(
            "{PAGE}\n## Type: Refusal\n\n| Field | Type | Required | Constraints | Meaning |\n\
             | --- | --- | --- | --- | --- |\n| `why` | string | yes | | Why. |\n"
        );
        let description = described(&page);
        let responses = &description["paths"]["/books"]["post"]["responses"];
        assert_eq!(responses["401"]["description"], "No key.");
        let body = &responses["401"]["content"]["application/x+json"]["schema"];
        assert_eq!(body["$ref"], "#/components/schemas/Refusal");
        let refusal = &description["components"]["schemas"]["Refusal"];
        assert_eq!(refusal["required"], json!(["why"]));
    }

    #[test]
    fn the_headers_of_every_request_are_parameters_with_their_value() {
        let vendors = vendors();
        let geoplanning = vendors.iter().find(|vendor| vendor.name == "geoplanning");
        let description = describe(geoplanning.unwrap());
        let value = "application/vnd.geoplanning-v3.0+json;charset=UTF-8";
        let headers = |path: &str, method: &str| -> Vec<(String, Value)> {
            let parameters = &description["paths"][path][method]["parameters"];
            let parameters = parameters.as_array().into_iter().flatten();
            let headers = parameters.filter(|parameter| parameter["in"] == "header");
            headers
                .inspect(|parameter| assert_eq!(parameter["required"], true))
                .map(|parameter| {
                    (
                        parameter["name"].to_string(),
                        parameter["schema"]["default"].clone(),
                    )
                })
                .collect()
        };
        let pair = |name: &str| (json!(name).to_string(), json!(value));
        assert_eq!(
            headers("/rounds/{id}", "get"),
            [pair("Accept"), pair("Content-Type")]
        );
        assert_eq!(
            headers("/rounds", "post"),
            [pair("Accept"), pair("Content-Type")]
        );
    }

    fn vendors() -> Vec<Vendor> {
        crate::check::load(crate::root()).unwrap().0
    }
}
