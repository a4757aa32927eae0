//! The fields that a type has, once as the pages tell it and once as serde sees it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use vendor_sandbox::contract::Shape;

use super::documented::Documented;

/// What stands at each path.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    pub(crate) entries: BTreeMap<String, Entry>,
    /// Paths below which a type holds itself again.
    pub(crate) cuts: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Entry {
    /// The JSON types, as JSON Schema names them; `any` for no restriction.
    pub(crate) types: BTreeSet<String>,
    pub(crate) formats: BTreeSet<String>,
    /// The values that have a name of their own, although others may come.
    pub(crate) known: BTreeSet<String>,
    /// What the docs say after `Wire:` about how it is written, such as `minutes`.
    pub(crate) units: BTreeSet<String>,
    /// Whether the schema requires it in every variant of the object around it.
    pub(crate) required: bool,
}

impl Structure {
    /// The structure that the pages document.
    pub(crate) fn documented(documented: &Documented<'_>) -> Self {
        let mut structure = Self {
            cuts: documented.cuts.clone(),
            ..Self::default()
        };
        for field in &documented.fields {
            let entry = structure.entries.entry(field.path.clone()).or_default();
            entry
                .types
                .extend(field.shapes.iter().map(|shape| type_of(shape).to_owned()));
            entry
                .types
                .extend(field.nullable.then(|| "null".to_owned()));
            entry
                .formats
                .extend(field.shapes.iter().filter_map(|shape| format_of(shape)));
            entry
                .units
                .extend(field.shapes.iter().filter_map(|shape| unit_of(shape)));
            // The constraints of an array are for its elements.
            if !field.is_array() {
                let known = &field.row.field.constraints.known;
                entry.known.extend(known.iter().cloned());
            }
        }
        structure
    }

    /// The structure of a type, by its JSON Schema.
    pub(crate) fn of_schema(schema: &Value) -> Self {
        let mut reader = SchemaReader {
            root: schema,
            structure: Self::default(),
        };
        let branches = reader.branches(schema, &[]);
        reader.below("", &branches);
        reader.structure
    }

    /// Whether `path` lies below a cut.
    pub(crate) fn is_cut(&self, path: &str) -> bool {
        let below = |cut: &String| {
            path.strip_prefix(cut.as_str())
                .is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        self.cuts.iter().any(below)
    }
}

fn type_of(shape: &Shape) -> &'static str {
    match shape {
        Shape::String { .. } => "string",
        Shape::Integer { .. } => "integer",
        Shape::Number { .. } => "number",
        Shape::Boolean => "boolean",
        Shape::Array { .. } => "array",
        Shape::Object | Shape::Named { .. } => "object",
        _ => "any",
    }
}

pub(crate) fn format_of(shape: &Shape) -> Option<String> {
    match shape {
        Shape::String { format } => format.clone(),
        _ => None,
    }
}

fn unit_of(shape: &Shape) -> Option<String> {
    match shape {
        Shape::Integer { format } | Shape::Number { format } => format
            .clone()
            .filter(|format| UNITS.contains(&format.as_str())),
        _ => None,
    }
}

struct SchemaReader<'a> {
    root: &'a Value,
    structure: Structure,
}

/// One alternative of a schema.
#[derive(Clone, Debug, Default)]
struct Branch<'a> {
    types: BTreeSet<String>,
    formats: BTreeSet<String>,
    known: BTreeSet<String>,
    units: BTreeSet<String>,
    properties: BTreeMap<&'a str, Vec<&'a Value>>,
    required: BTreeSet<&'a str>,
    items: Vec<&'a Value>,
    /// The references that led here.
    trail: Vec<&'a str>,
    is_cut: bool,
}

impl<'a> SchemaReader<'a> {
    fn add(&mut self, path: String, branches: &[Branch<'a>], required: bool) {
        let mut entry = Entry {
            required,
            ..Entry::default()
        };
        for branch in branches {
            entry.types.extend(branch.types.iter().cloned());
            entry.formats.extend(branch.formats.iter().cloned());
            entry.known.extend(branch.known.iter().cloned());
            entry.units.extend(branch.units.iter().cloned());
            if branch.types.is_empty() {
                entry.types.insert("any".to_owned());
            }
        }
        if branches.iter().any(|branch| branch.is_cut) {
            self.structure.cuts.insert(path.clone());
        }
        self.structure.entries.insert(path.clone(), entry);
        self.below(&path, branches);
    }

    /// Adds the fields and the elements of what stands at `path`.
    fn below(&mut self, path: &str, branches: &[Branch<'a>]) {
        // A branch without fields is a scalar, or stands for values that are not known yet.
        let objects: Vec<_> = branches
            .iter()
            .filter(|branch| !branch.properties.is_empty())
            .collect();
        let names: BTreeSet<_> = objects
            .iter()
            .flat_map(|object| object.properties.keys())
            .collect();
        for name in names {
            let required = objects.iter().all(|object| object.required.contains(*name));
            let inner = objects.iter().flat_map(|object| {
                let schemas = object.properties.get(*name).into_iter().flatten();
                schemas.map(|schema| (*schema, object.trail.as_slice()))
            });
            let inner: Vec<_> = inner
                .flat_map(|(schema, trail)| self.branches(schema, trail))
                .collect();
            let path = if path.is_empty() {
                (*name).to_owned()
            } else {
                format!("{path}.{name}")
            };
            self.add(path, &inner, required);
        }
        let elements = branches.iter().flat_map(|branch| {
            branch
                .items
                .iter()
                .map(|schema| (*schema, branch.trail.as_slice()))
        });
        let elements: Vec<_> = elements
            .flat_map(|(schema, trail)| self.branches(schema, trail))
            .collect();
        if !elements.is_empty() {
            self.add(format!("{path}[]"), &elements, false);
        }
    }

    /// The alternatives of `schema`, with references followed. `trail` are the ones around it.
    fn branches(&self, schema: &'a Value, trail: &[&'a str]) -> Vec<Branch<'a>> {
        let Value::Object(object) = schema else {
            // `false` accepts nothing; `true` anything.
            return if schema == &Value::Bool(false) {
                Vec::new()
            } else {
                vec![Branch::default()]
            };
        };
        let mut found = vec![own(object, trail)];
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            found = combine(&found, &self.referred(reference, trail));
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(choices) = object.get(keyword).and_then(Value::as_array) {
                let choices: Vec<_> = choices
                    .iter()
                    .flat_map(|choice| self.branches(choice, trail))
                    .collect();
                found = combine(&found, &choices);
            }
        }
        for part in object
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            found = combine(&found, &self.branches(part, trail));
        }
        found
    }

    fn referred(&self, reference: &'a str, trail: &[&'a str]) -> Vec<Branch<'a>> {
        let target = match reference.strip_prefix('#') {
            Some("") => Some(self.root),
            Some(pointer) => self.root.pointer(pointer),
            None => None,
        };
        let Some(target) = target else {
            return vec![Branch::default()];
        };
        if trail.contains(&reference) {
            let mut cut = target
                .as_object()
                .map(|object| own(object, trail))
                .unwrap_or_default();
            cut.properties.clear();
            cut.is_cut = true;
            return vec![cut];
        }
        let mut trail = trail.to_vec();
        trail.push(reference);
        self.branches(target, &trail)
    }
}

/// What a schema says by itself.
fn own<'a>(object: &'a Map<String, Value>, trail: &[&'a str]) -> Branch<'a> {
    let mut branch = Branch {
        trail: trail.to_vec(),
        ..Branch::default()
    };
    match object.get("type") {
        Some(Value::String(name)) => branch.types.extend([name.clone()]),
        Some(Value::Array(names)) => {
            branch
                .types
                .extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
        }
        _ => {
            let values = object
                .get("enum")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            for value in values.chain(object.get("const")) {
                branch.types.insert(json_type(value).to_owned());
                branch.known.insert(plain(value));
            }
        }
    }
    branch.formats.extend(
        object
            .get("format")
            .and_then(Value::as_str)
            .map(str::to_owned),
    );
    if branch.types.contains("integer") && branch.formats.contains("date-time") {
        branch.units.insert("epoch milliseconds".to_owned());
    }
    let known = object.get("examples").and_then(Value::as_array);
    branch.known.extend(known.into_iter().flatten().map(plain));
    let docs = object.get("description").and_then(Value::as_str);
    branch.units.extend(docs.and_then(unit));
    let properties = object.get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        branch.properties.insert(name, vec![schema]);
    }
    let required = object.get("required").and_then(Value::as_array);
    branch
        .required
        .extend(required.into_iter().flatten().filter_map(Value::as_str));
    branch.items.extend(object.get("items"));
    branch
}

/// Both at once: each alternative of the one with each of the other.
fn combine<'a>(left: &[Branch<'a>], right: &[Branch<'a>]) -> Vec<Branch<'a>> {
    let mut found = Vec::new();
    for one in left {
        for other in right {
            let mut both = one.clone();
            for (name, schemas) in &other.properties {
                both.properties.entry(name).or_default().extend(schemas);
            }
            if both.types.is_empty() {
                both.types.clone_from(&other.types);
            }
            both.formats.extend(other.formats.iter().cloned());
            both.known.extend(other.known.iter().cloned());
            both.units.extend(other.units.iter().cloned());
            both.required.extend(&other.required);
            both.items.extend(&other.items);
            both.trail.clone_from(&other.trail);
            both.is_cut |= other.is_cut;
            found.push(both);
        }
    }
    found
}

/// The formats of numbers that are units.
const UNITS: [&str; 3] = ["minutes", "seconds", "epoch milliseconds"];

/// A value as the pages write it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// `minutes` in ``Wire: `duration`, in minutes (finding G-01).``
fn unit(docs: &str) -> Option<String> {
    let docs = docs.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, line) = docs.split_once("Wire: `")?;
    let (_, line) = line.split_once('`')?;
    let line = line.strip_prefix(", in ")?;
    // A time of day in minutes from midnight is not a number of minutes.
    let is_it = |unit: &&&str| {
        let rest = line.strip_prefix(**unit);
        rest.is_some_and(|rest| !rest.starts_with(" from "))
    };
    UNITS.iter().find(is_it).map(|unit| (*unit).to_owned())
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
