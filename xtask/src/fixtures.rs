//! `cargo xtask fixtures`: the example payloads of the pages, as files for the tests of each crate.

use std::path::Path;

use crate::examples::route_of;
use crate::outputs::Outputs;
use crate::page::{Direction, Example, Section, Vendor};
use crate::problem::Problem;

pub(crate) const COMMAND: &str = "cargo xtask fixtures";

/// The fixtures of these vendors, and the examples that get in each other's way.
pub(crate) fn generate(_root: &Path, vendors: &[Vendor]) -> (Outputs, Vec<Problem>) {
    let mut outputs = Outputs::new(COMMAND);
    let mut problems = Vec::new();
    for vendor in vendors {
        let folder = format!("crates/{}/tests/fixtures", vendor.name);
        outputs.claim(folder.clone());
        for (page, section) in vendor.sections() {
            for example in &section.examples {
                let path = format!("{folder}/{}", path_of(section, example));
                let origin = |message| {
                    let problem = Problem::new(&page.path, example.line, message);
                    problem.operation(section.operation())
                };
                // The text as it stands: key order and the spelling of numbers are the vendor's.
                problems.extend(outputs.add(path, example.text.clone(), origin).err());
            }
        }
    }
    (outputs, problems)
}

/// `create_mission/request-full-name.json`
fn path_of(section: &Section, example: &Example) -> String {
    let side = match example.direction {
        Direction::Request => "request",
        Direction::Response => "response",
    };
    let route = route_of(section, example);
    match &example.name {
        Some(name) if !section.has_route(name) => format!("{route}/{side}-{}.json", slug(name)),
        _ => format!("{route}/{side}.json"),
    }
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace([' ', '_', '/'], "-")
}
