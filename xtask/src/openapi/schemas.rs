//! JSON Schemas of bodies, parameters and named types.
//!
//! What is sent and what is received have different schemas: a service refuses a field that it does
//! not know, and may send one that nobody knows. So the objects of requests are closed and those of
//! responses are open, and a named type that travels both ways has one schema for each.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use vendor_sandbox::contract::{Constraints, Field, Kind, Shape};

use crate::page::{
    Direction, FieldTable, Place, REFUSAL, Row, TypeSection, Vendor, name_of, parent_of,
};

/// What `dd/MM/yyyy HH:mm` looks like.
const TO_THE_MINUTE: &str =
    "^(0[1-9]|[12][0-9]|3[01])/(0[1-9]|1[0-2])/[0-9]{4} ([01][0-9]|2[0-3]):[0-5][0-9]$";

/// The named types of a vendor, by the ways they travel.
pub(super) struct Schemas<'a> {
    vendor: &'a Vendor,
    sent: BTreeSet<&'a str>,
    received: BTreeSet<&'a str>,
}

impl<'a> Schemas<'a> {
    pub(super) fn of(vendor: &'a Vendor) -> Self {
        let mut schemas = Self {
            vendor,
            sent: BTreeSet::new(),
            received: BTreeSet::new(),
        };
        for table in vendor.sections().flat_map(|(_, section)| &section.tables) {
            match table.place {
                Place::Response => add_types(vendor, &table.rows, &mut schemas.received),
                _ => add_types(vendor, &table.rows, &mut schemas.sent),
            }
        }
        add_type(vendor, REFUSAL, &mut schemas.received);
        schemas
    }

    /// The schemas of all named types, by name.
    pub(super) fn named(&self) -> Map<String, Value> {
        let mut all = Map::new();
        let mut types = |direction, names: &BTreeSet<&str>| {
            let side = Side {
                schemas: self,
                direction,
            };
            let sections = names.iter().filter_map(|name| self.vendor.type_named(name));
            all.extend(sections.flat_map(|section| side.named_type(section)));
        };
        types(Direction::Request, &self.sent);
        types(Direction::Response, &self.received);
        all
    }

    pub(super) fn sent(&self) -> Side<'_> {
        Side {
            schemas: self,
            direction: Direction::Request,
        }
    }

    pub(super) fn received(&self) -> Side<'_> {
        Side {
            schemas: self,
            direction: Direction::Response,
        }
    }
}

/// Adds the types that these rows lead to.
fn add_types<'a>(vendor: &'a Vendor, rows: &'a [Row], types: &mut BTreeSet<&'a str>) {
    let shapes = rows.iter().flat_map(|row| &row.field.kind.any_of);
    for shape in shapes {
        let mut shape = shape;
        while let Shape::Array { of } = shape {
            shape = of;
        }
        if let Shape::Named { name } = shape {
            add_type(vendor, name, types);
        }
    }
}

fn add_type<'a>(vendor: &'a Vendor, name: &str, types: &mut BTreeSet<&'a str>) {
    let Some(section) = vendor.type_named(name) else {
        return;
    };
    if types.insert(&section.name) {
        add_types(vendor, &section.rows, types);
        for variant in &section.variants {
            add_types(vendor, &variant.rows, types);
        }
    }
}

/// One way to travel.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    schemas: &'a Schemas<'a>,
    direction: Direction,
}

impl Side<'_> {
    pub(super) fn body(self, table: &FieldTable) -> Value {
        match table.rows.iter().find(|row| row.field.path == "[]") {
            Some(row) => json!({ "type": "array", "items": self.schema(&row.field, &table.rows) }),
            None => self.object(&table.rows, ""),
        }
    }

    pub(super) fn parameter(self, field: &Field, rows: &[Row]) -> Value {
        self.of_kind(field, rows)
    }

    /// A named type: its schema, and that of each of its variants.
    fn named_type(self, section: &TypeSection) -> Vec<(String, Value)> {
        let own_name = self.name_of_type(&section.name);
        let Some(discriminator) = section
            .discriminator
            .as_ref()
            .filter(|_| !section.variants.is_empty())
        else {
            return vec![(own_name, self.object(&section.rows, ""))];
        };
        let mut schemas = Vec::new();
        let mut mapping = Map::new();
        for variant in &section.variants {
            let name = format!("{own_name}_{}", variant.name);
            let rows: Vec<Row> = section.rows.iter().chain(&variant.rows).cloned().collect();
            let mut schema = self.object(&rows, "");
            schema["properties"][discriminator] =
                json!({ "type": "string", "const": variant.name });
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
        schemas.push((own_name, all));
        schemas
    }

    /// What a named type is called on this side.
    fn name_of_type(self, name: &str) -> String {
        match self.direction {
            Direction::Request if self.schemas.received.contains(name) => format!("New{name}"),
            _ => name.to_owned(),
        }
    }

    /// The object whose fields are the children of `parent`.
    fn object(self, rows: &[Row], parent: &str) -> Value {
        let children = || {
            rows.iter()
                .filter(|row| parent_of(&row.field.path) == parent)
        };
        let properties = children().map(|row| {
            (
                name_of(&row.field.path).to_owned(),
                self.schema(&row.field, rows),
            )
        });
        let properties: Map<_, _> = properties.collect();
        let required = children().filter(|row| row.field.required);
        let required: Vec<_> = required.map(|row| name_of(&row.field.path)).collect();
        let mut object = json!({ "type": "object" });
        if !properties.is_empty() {
            object["properties"] = Value::Object(properties);
            if self.direction == Direction::Request {
                object["additionalProperties"] = json!(false);
            }
        }
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        object
    }

    fn schema(self, field: &Field, rows: &[Row]) -> Value {
        let mut schema = self.of_kind(field, rows);
        let description = description(field);
        if !description.is_empty() && schema.is_object() {
            schema["description"] = json!(description);
        }
        schema
    }

    fn of_kind(self, field: &Field, rows: &[Row]) -> Value {
        let Kind {
            any_of, nullable, ..
        } = &field.kind;
        let mut choices: Vec<_> = any_of
            .iter()
            .map(|shape| self.of_shape(shape, field, rows, &field.path))
            .collect();
        if *nullable {
            choices.push(json!({ "type": "null" }));
        }
        match choices.len() {
            1 => choices.remove(0),
            _ => json!({ "anyOf": choices }),
        }
    }

    fn of_shape(self, shape: &Shape, field: &Field, rows: &[Row], path: &str) -> Value {
        let constraints = &field.constraints;
        match shape {
            Shape::String { format } => string(format.as_deref(), constraints),
            Shape::Integer { .. } => number("integer", constraints),
            Shape::Number { .. } => number("number", constraints),
            Shape::Boolean => json!({ "type": "boolean" }),
            Shape::Object => self.object(rows, path),
            Shape::Named { name } => json!({ "$ref": reference(&self.name_of_type(name)) }),
            Shape::Array { of } => {
                let below = format!("{path}[]");
                let items = match rows.iter().find(|row| row.field.path == below) {
                    Some(row) => self.schema(&row.field, rows),
                    None => self.of_shape(of, field, rows, &below),
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
}

/// Where the schema of a named type is.
pub(super) fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

fn string(format: Option<&str>, constraints: &Constraints) -> Value {
    let mut schema = json!({ "type": "string" });
    match format {
        Some("ISO 8601") => schema["format"] = json!("date-time"),
        Some("UUID") => schema["format"] = json!("uuid"),
        Some("dd/MM/yyyy HH:mm") => schema["pattern"] = json!(TO_THE_MINUTE),
        _ => {}
    }
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
    if name == "integer" {
        schema["format"] = json!("int64");
    }
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
pub(super) fn description(field: &Field) -> String {
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
