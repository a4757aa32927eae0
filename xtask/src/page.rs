//! A page of the contract, parsed: what `docs/README.md` describes, with line numbers.

use serde_json::Value;
use vendor_sandbox::contract::{Field, Route, Status};

use crate::examples::route_of;
use crate::observe::example::OBSERVED_ON;
use crate::pages::Texts;
use crate::service::Service;

/// The named type of the body of every refusal.
pub(crate) const REFUSAL: &str = "Refusal";

/// All pages of one vendor.
#[derive(Debug)]
pub(crate) struct Vendor {
    /// The folder below `docs/`.
    pub(crate) name: String,
    pub(crate) service: Service,
    pub(crate) pages: Vec<Page>,
    pub(crate) texts: Texts,
}

#[derive(Debug)]
pub(crate) struct Page {
    /// From the workspace's root: `docs/ocean-geomission/missions.md`.
    pub(crate) path: String,
    /// Below the vendor's folder: `missions.md`.
    pub(crate) file: String,
    /// The date on which the vendor's text was last read, as in the line of source.
    pub(crate) read_on: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) types: Vec<TypeSection>,
    pub(crate) deviations: Vec<Deviation>,
}

/// An operation.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) line: usize,
    pub(crate) routes: Vec<Route>,
    pub(crate) tables: Vec<FieldTable>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) examples: Vec<Example>,
    pub(crate) deviations: Vec<Deviation>,
}

/// Where the fields of a table travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Path,
    Query,
    Headers,
    Request,
    Response,
}

#[derive(Debug)]
pub(crate) struct FieldTable {
    pub(crate) place: Place,
    /// What stands after the colon of the heading: a route's or a shape's name.
    pub(crate) name: Option<String>,
    pub(crate) line: usize,
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Tells the row from every other row of its vendor.
    pub(crate) index: usize,
    pub(crate) line: usize,
    pub(crate) field: Field,
    /// Whether a deviation says that the client passes over the field.
    pub(crate) is_passed_over: bool,
}

/// A named type.
#[derive(Debug, Default)]
pub(crate) struct TypeSection {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) rows: Vec<Row>,
    /// The field that tells the variants apart.
    pub(crate) discriminator: Option<String>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) deviations: Vec<Deviation>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    /// The discriminator's value.
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) direction: Direction,
    pub(crate) name: Option<String>,
    pub(crate) line: usize,
    /// The payload as written.
    pub(crate) text: String,
    pub(crate) value: Value,
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Deviation {
    pub(crate) line: usize,
    /// Whether it is about what is sent or about what is received; none for both.
    pub(crate) side: Option<Direction>,
    /// The fields that it is about; none if the whole operation is meant.
    pub(crate) fields: Vec<String>,
    /// Further names under which these fields may arrive.
    pub(crate) also_spelled: Vec<String>,
    /// Whether the vendor's own example has these fields otherwise.
    pub(crate) is_on_example: bool,
    /// Whether the client passes over these fields.
    pub(crate) is_passed_over: bool,
}

impl Example {
    /// The day on which the service itself sent it, if it did.
    pub(crate) fn observed_on(&self) -> Option<&str> {
        self.name.as_deref()?.strip_prefix(OBSERVED_ON)
    }
}

impl Section {
    /// The latest day on which the service itself sent one of the examples of a route.
    pub(crate) fn observed_on(&self, route: &str) -> Option<&str> {
        let examples = self.examples.iter();
        let of_route = examples.filter(|example| route_of(self, example) == route);
        of_route.filter_map(Example::observed_on).max()
    }

    /// The name of the operation's first route: its name in problems and in paths of fixtures.
    pub(crate) fn operation(&self) -> &str {
        self.routes.first().map_or(&self.title, |route| &route.name)
    }

    pub(crate) fn has_route(&self, name: &str) -> bool {
        self.routes.iter().any(|route| route.name == name)
    }

    /// The tables of `place` that hold for `route`.
    pub(crate) fn tables_of<'a>(
        &'a self,
        place: Place,
        route: &'a str,
    ) -> impl Iterator<Item = &'a FieldTable> {
        self.tables
            .iter()
            .filter(move |table| table.place == place)
            .filter(move |table| match &table.name {
                Some(name) if self.has_route(name) => name == route,
                _ => true,
            })
    }
}

impl Section {
    /// The rows of every table of a response.
    pub(crate) fn response_rows(&self) -> impl Iterator<Item = &Row> {
        let tables = self.tables.iter();
        let responses = tables.filter(|table| table.place == Place::Response);
        responses.flat_map(|table| &table.rows)
    }
}

impl Page {
    /// Whether a row stands on this page.
    pub(crate) fn has_row(&self, index: usize) -> bool {
        let tables = self.sections.iter().flat_map(|section| &section.tables);
        let variants = self.types.iter().flat_map(|section| &section.variants);
        let of_tables = tables.flat_map(|table| &table.rows);
        let of_types = self.types.iter().flat_map(|section| &section.rows);
        of_tables
            .chain(of_types)
            .chain(variants.flat_map(|variant| &variant.rows))
            .any(|row| row.index == index)
    }
}

impl Place {
    /// Whether it is in the request or in the response.
    pub(crate) fn direction(self) -> Direction {
        match self {
            Self::Path | Self::Query | Self::Headers | Self::Request => Direction::Request,
            Self::Response => Direction::Response,
        }
    }
}

impl FieldTable {
    /// The name of the body's shape, where the table is not for one route alone.
    pub(crate) fn shape<'a>(&'a self, section: &Section) -> Option<&'a str> {
        self.name.as_deref().filter(|name| !section.has_route(name))
    }
}

/// The path that `path` is a child of: `orders[]` for `orders[].name`, `orders` for `orders[]`.
pub(crate) fn parent_of(path: &str) -> &str {
    if let Some(array) = path.strip_suffix("[]") {
        return array;
    }
    path.rfind('.').map_or("", |dot| &path[..dot])
}

/// The last name of `path`: `name` for `orders[].name`, empty for an element of an array.
pub(crate) fn name_of(path: &str) -> &str {
    if path.ends_with("[]") {
        return "";
    }
    path.rfind('.').map_or(path, |dot| &path[dot + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_parent() {
        assert_eq!(parent_of("orders[].name"), "orders[]");
        assert_eq!(parent_of("orders[]"), "orders");
        assert_eq!(parent_of("[].id"), "[]");
        assert_eq!(parent_of("[]"), "");
        assert_eq!(parent_of("id"), "");
        assert_eq!(name_of("[].id"), "id");
        assert_eq!(name_of("orders[]"), "");
    }
}
