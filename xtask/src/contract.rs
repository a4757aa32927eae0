//! `cargo xtask contract`: each vendor's pages as one machine-readable contract.

use vendor_sandbox::contract::{Body, Contract, Field, FieldTable, Operation, Type};

use std::path::Path;

use crate::error::{Error, Result};
use crate::outputs::Outputs;
use crate::page::{Page, Place, Row, Section, TypeSection, Vendor};
use crate::problem::Problem;

pub(crate) const COMMAND: &str = "cargo xtask contract";

/// The contract files of these vendors.
pub(crate) fn generate(_root: &Path, vendors: &[Vendor]) -> (Outputs, Vec<Problem>) {
    let mut outputs = Outputs::new(COMMAND);
    let mut problems = Vec::new();
    let folder = "crates/vendor-sandbox/contracts";
    outputs.claim(folder.to_owned());
    for vendor in vendors {
        let path = format!("{folder}/{}.json", vendor.name);
        let pages = format!("docs/{}", vendor.name);
        let origin = |message| Problem::new(&pages, 0, message);
        let added = to_text(&contract(vendor))
            .map_err(|error| origin(error.to_string()))
            .and_then(|text| outputs.add(path, text, origin));
        problems.extend(added.err());
    }
    (outputs, problems)
}

/// The text of a generated JSON file.
pub(crate) fn to_text(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(Error::Json)?;
    Ok(text + "\n")
}

/// A vendor's pages as a contract.
pub(crate) fn contract(vendor: &Vendor) -> Contract {
    let mut contract = Contract::new(&vendor.name);
    contract.statuses.clone_from(&vendor.service.statuses);
    for (page, section) in vendor.sections() {
        contract.operations.push(operation(page, section));
    }
    for page in &vendor.pages {
        for section in &page.types {
            contract
                .types
                .insert(section.name.clone(), named_type(page, section));
        }
    }
    contract
}

fn operation(page: &Page, section: &Section) -> Operation {
    let mut operation = Operation::new(&section.title, &page.file);
    operation.routes.clone_from(&section.routes);
    operation.path_parameters = parameters(section, Place::Path);
    operation.query_parameters = parameters(section, Place::Query);
    operation.request_headers = parameters(section, Place::Headers);
    operation.requests = bodies(section, Place::Request);
    operation.responses = bodies(section, Place::Response);
    operation.statuses.clone_from(&section.statuses);
    operation
}

fn parameters(section: &Section, place: Place) -> Vec<FieldTable> {
    let tables = section.tables.iter().filter(|table| table.place == place);
    tables
        .map(|table| FieldTable::new(table.name.clone(), fields(&table.rows)))
        .collect()
}

fn bodies(section: &Section, place: Place) -> Vec<Body> {
    let tables = section.tables.iter().filter(|table| table.place == place);
    let bodies = tables.map(|table| {
        let mut body = Body::new(fields(&table.rows));
        match table.shape(section) {
            Some(shape) => body.variant = Some(shape.to_owned()),
            None => body.route.clone_from(&table.name),
        }
        body
    });
    bodies.collect()
}

fn named_type(page: &Page, section: &TypeSection) -> Type {
    let mut named = Type::new(&page.file, fields(&section.rows));
    named.discriminator.clone_from(&section.discriminator);
    for variant in &section.variants {
        named
            .variants
            .insert(variant.name.clone(), fields(&variant.rows));
    }
    named
}

fn fields(rows: &[Row]) -> Vec<Field> {
    rows.iter().map(|row| row.field.clone()).collect()
}
