//! Every documented payload is read, and written back without loss.

use std::fs;

use geoplanning::schema;
use vendor_client_core::schema::{OperationSchema, Part};

use crate::support::{fixture, fixtures, is_same, without_nulls};

/// How many JSON payloads the vendor's text had when it was first read. Pages only grow.
const DOCUMENTED: usize = 52;

#[test]
fn every_documented_payload_is_read_and_written_back_without_loss() {
    let operations = schema::operations();
    let mut count = 0;
    for folder in fs::read_dir(fixtures()).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        let operation = operations
            .iter()
            .find(|operation| operation.operation.name == name)
            .unwrap_or_else(|| panic!("no endpoint for {name}"));
        for file in fs::read_dir(fixtures().join(&name)).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            check(operation, file.strip_suffix(".json").unwrap());
            count += 1;
        }
    }
    assert!(count >= DOCUMENTED, "{count} payloads");
}

fn check(operation: &OperationSchema, file: &str) {
    let path = format!("{}/{file}", operation.operation.name);
    let documented = fixture(&path);
    let part = match file.strip_prefix("request") {
        Some(shape) => shape_of(&operation.bodies, shape),
        None => shape_of(&operation.responses, file.strip_prefix("response").unwrap()),
    };
    let Some(part) = part else {
        assert!(documented.is_null(), "no type for {path}");
        return;
    };
    let written = part.probe(&documented).unwrap().written;
    // Finding G-33: the id of an attribute that is sent is null, and is left out.
    let documented = without_nulls(documented);
    assert!(
        is_same(&written, &documented),
        "{path}\n{written:#}\n{documented:#}"
    );
}

/// The shape that a file such as `request-simple-activity.json` is of.
fn shape_of<'a>(shapes: &'a [Part], file: &str) -> Option<&'a Part> {
    if let [only] = shapes {
        return Some(only);
    }
    let name = file.trim_start_matches('-').replace('-', " ");
    shapes.iter().find(|part| part.name == name)
}
