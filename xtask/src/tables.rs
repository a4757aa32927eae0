//! `cargo xtask tables`: the pages' field tables against the Rust types, both ways.
//!
//! The types come as serde sees them, from each vendor crate's `schema::operations`. What a JSON
//! Schema says reliably is compared as such: names, types and formats (`tables/compare.rs`). What it
//! does not is tried out: requirements, bounds, values and spellings (`tables/probe.rs`).

mod compare;
mod documented;
mod probe;
mod sample;
mod structure;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeSet;

use serde_json::Value;
use vendor_client_core::schema::{OperationSchema, Part};
use vendor_sandbox::contract::{Contract, Route};

use crate::contract;
use crate::page::{Page, Place, Row, Section, Vendor};
use crate::problem::Problem;
use documented::{DocField, Documented};
use probe::Tried;
use structure::Structure;

/// Everything in which the pages and the types of one vendor disagree. `spellings` are the further
/// names that the crate reads fields by.
pub(crate) fn compare(
    vendor: &Vendor,
    operations: &[OperationSchema],
    spellings: &BTreeSet<String>,
) -> Vec<Problem> {
    let contract = contract::contract(vendor);
    let compared = Compared {
        pages: vendor,
        contract: &contract,
        spellings,
    };
    let mut problems = Vec::new();
    let mut tried = Tried::new();
    for (page, section) in vendor.sections() {
        for route in &section.routes {
            let named = operations
                .iter()
                .find(|known| known.operation.name == route.name);
            let Some(operation) = named else {
                let problem =
                    Problem::new(&page.path, section.line, "documented, and not in the crate");
                problems.push(problem.operation(&route.name));
                continue;
            };
            compare_route(page, section, route, operation, &mut problems);
            let targets = targets(compared, page, section, route, operation, &mut problems);
            for target in targets {
                compare::structure(&target, &mut problems);
                probe::behaviour(&target, &mut tried, &mut problems);
            }
        }
    }
    let documented: BTreeSet<_> = vendor
        .sections()
        .flat_map(|(_, section)| section.routes.iter().map(|route| route.name.as_str()))
        .collect();
    for operation in operations {
        let name = operation.operation.name;
        if !documented.contains(name) {
            let folder = format!("docs/{}", vendor.name);
            let problem = Problem::new(&folder, 0, "in the crate, and documented nowhere");
            problems.push(problem.operation(name));
        }
    }
    once_per_row(problems)
}

fn compare_route(
    page: &Page,
    section: &Section,
    route: &Route,
    operation: &OperationSchema,
    problems: &mut Vec<Problem>,
) {
    let known = operation.operation;
    if known.method.as_str() != route.method {
        let message = format!(
            "the method is {} here, {} in the crate",
            route.method, known.method
        );
        problems.push(Problem::new(&page.path, section.line, message).operation(&route.name));
    }
    if known.template != route.path {
        let message = format!(
            "the path is {} here, {} in the crate",
            route.path, known.template
        );
        problems.push(Problem::new(&page.path, section.line, message).operation(&route.name));
    }
}

/// What is the same for all tables of a vendor.
#[derive(Clone, Copy)]
struct Compared<'a> {
    pages: &'a Vendor,
    contract: &'a Contract,
    /// The further names that the crate reads fields by.
    spellings: &'a BTreeSet<String>,
}

/// One table together with the types that it describes.
struct Target<'a> {
    vendor: Compared<'a>,
    page: &'a Page,
    section: &'a Section,
    route: &'a str,
    place: Place,
    /// The line of the table.
    line: usize,
    rows: Vec<&'a Row>,
    documented: Documented<'a>,
    parts: Vec<&'a Part>,
}

/// Why the client does not take a value.
#[derive(Debug, PartialEq, thiserror::Error)]
enum Refusal {
    #[error("{0}")]
    NotRead(String),
    #[error("the client drops it")]
    Dropped,
    #[error("`{0}` breaks a constraint of the client's")]
    Violation(String),
}

/// What became of a value that the types read.
struct Reading {
    written: Value,
    /// The paths that break a constraint, as the client names them.
    violations: Vec<String>,
}

impl Target<'_> {
    fn structure(&self) -> Structure {
        let mut all = Structure::default();
        for part in &self.parts {
            let structure = Structure::of_schema(part.schema.as_value());
            all.entries.extend(structure.entries);
            all.cuts.extend(structure.cuts);
        }
        all
    }

    /// Reads `value` with all parts, and puts together what they write.
    fn read(&self, value: &Value) -> Result<Reading, Refusal> {
        let mut reading = Reading {
            written: Value::Null,
            violations: Vec::new(),
        };
        for part in &self.parts {
            let probed = part.probe(value).map_err(Refusal::NotRead)?;
            reading
                .violations
                .extend(probed.violations.into_iter().map(|found| found.path));
            match (&mut reading.written, probed.written) {
                (Value::Object(all), Value::Object(new)) => all.extend(new),
                (all, new) => *all = new,
            }
        }
        Ok(reading)
    }

    /// A problem at the table's heading.
    fn problem(&self, line: usize, message: impl Into<String>) -> Problem {
        Problem::new(&self.page.path, line, message).operation(self.route)
    }

    /// A problem at the field's row.
    fn at_field(&self, field: &DocField<'_>, message: impl Into<String>) -> Problem {
        Problem::new(field.page, field.row.line, message)
            .operation(self.route)
            .field(&field.path)
    }
}

/// Pairs the tables of a route with the types of its operation.
fn targets<'a>(
    vendor: Compared<'a>,
    page: &'a Page,
    section: &'a Section,
    route: &'a Route,
    operation: &'a OperationSchema,
    problems: &mut Vec<Problem>,
) -> Vec<Target<'a>> {
    let target = |place, line, rows: Vec<&'a Row>, parts| Target {
        vendor,
        page,
        section,
        route: &route.name,
        place,
        line,
        documented: documented::open(vendor.pages, &page.path, &rows),
        rows,
        parts,
    };
    let mut targets = Vec::new();
    for (place, parts) in [
        (Place::Path, &operation.path),
        (Place::Query, &operation.query),
    ] {
        let tables: Vec<_> = section.tables_of(place, &route.name).collect();
        let line = tables.first().map_or(section.line, |table| table.line);
        let rows: Vec<_> = tables.iter().flat_map(|table| &table.rows).collect();
        if !rows.is_empty() || !parts.is_empty() {
            targets.push(target(place, line, rows, parts.iter().collect()));
        }
    }
    for (place, parts) in [
        (Place::Request, &operation.bodies),
        (Place::Response, &operation.responses),
    ] {
        let mut used = BTreeSet::new();
        for table in section.tables_of(place, &route.name) {
            let shape = table.shape(section).unwrap_or_default();
            let Some(part) = parts.iter().find(|part| part.name == shape) else {
                let message = format!("the crate has no type for this {}", describe(place, shape));
                problems.push(Problem::new(&page.path, table.line, message).operation(&route.name));
                continue;
            };
            used.insert(part.name);
            targets.push(target(
                place,
                table.line,
                table.rows.iter().collect(),
                vec![part],
            ));
        }
        for part in parts.iter().filter(|part| !used.contains(part.name)) {
            let what = describe(place, part.name);
            let message = format!("the crate has a type for a {what} that has no table");
            problems.push(Problem::new(&page.path, section.line, message).operation(&route.name));
        }
    }
    targets
}

fn describe(place: Place, shape: &str) -> String {
    let place = match place {
        Place::Request => "request body",
        Place::Response => "response body",
        _ => "parameter",
    };
    match shape {
        "" => place.to_owned(),
        shape => format!("{place} \"{shape}\""),
    }
}

/// The same row is reached by many operations: one problem for each thing that is wrong with it.
fn once_per_row(problems: Vec<Problem>) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    problems
        .into_iter()
        .filter(|problem| seen.insert(problem.identity()))
        .collect()
}
