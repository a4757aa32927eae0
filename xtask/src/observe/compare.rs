//! One exchange compared with the pages.

use serde_json::Value;
use vendor_sandbox::contract::{Contract, Kind, Route, Shape, validate_response};

use crate::contract;
use crate::observe::exchange::{self, Exchange, follow, shape};
use crate::observe::report::{Place, Report};
use crate::page::{Page, Row, Section, Vendor};

/// Compares every exchange.
pub(crate) fn all(vendor: &Vendor, exchanges: &[Exchange]) -> Report {
    let contract = contract::contract(vendor);
    let mut report = Report::default();
    for exchange in exchanges {
        match section_of(vendor, exchange) {
            Some((page, section, route)) => {
                let call = Call {
                    vendor,
                    contract: &contract,
                    page,
                    section,
                    route,
                };
                call.compare(exchange, &mut report);
            }
            None => report.undocumented_call(&outline_of_call(vendor, exchange)),
        }
    }
    report
}

/// The operation that an exchange belongs to. The paths of base URLs come in front of the pages'.
pub(crate) fn section_of<'a>(
    vendor: &'a Vendor,
    exchange: &Exchange,
) -> Option<(&'a Page, &'a Section, &'a Route)> {
    let routes = vendor.sections().flat_map(|(page, section)| {
        let routes = section.routes.iter();
        routes.map(move |route| (page, section, route))
    });
    routes
        .filter(|(_, _, route)| route.method == exchange.method)
        .filter(|(_, _, route)| ends_with(&exchange.path, &route.path))
        // `/customers/search` is not a customer: fewer placeholders fit better.
        .min_by_key(|(_, _, route)| route.path.matches('{').count())
}

fn ends_with(path: &str, template: &str) -> bool {
    let segments = |text: &str| -> Vec<String> {
        let split = text.split('/').filter(|segment| !segment.is_empty());
        split.map(str::to_owned).collect()
    };
    let (path, template) = (segments(path), segments(template));
    let Some(start) = path.len().checked_sub(template.len()) else {
        return false;
    };
    let mut pairs = path[start..].iter().zip(&template);
    pairs.all(|(segment, wanted)| wanted.starts_with('{') || segment == wanted)
}

struct Call<'a> {
    vendor: &'a Vendor,
    contract: &'a Contract,
    page: &'a Page,
    section: &'a Section,
    route: &'a Route,
}

impl Call<'_> {
    fn compare(&self, exchange: &Exchange, report: &mut Report) {
        let operation = self.section.operation();
        report.timing(operation, exchange.duration);
        self.expect(self.section.response_rows().collect(), operation, report);
        for (name, _) in &exchange.headers {
            report.header(operation, exchange::header(name));
        }
        let here = Place::of(self.page, self.section.line);
        let everywhere = &self.vendor.service.statuses;
        let mut statuses = self.section.statuses.iter().chain(everywhere);
        if !statuses.any(|known| known.status == exchange.status) {
            let what = format!("the status {} is not documented", exchange.status);
            report.difference(here.clone(), operation, "", what);
        }
        if exchange.is_success() {
            self.compare_body(exchange, report);
        } else {
            let what = format!("an error of {} is {}", exchange.status, outline(exchange));
            report.error_body(here, operation, what);
        }
    }

    /// Says which rows may come, those of named types included.
    fn expect(&self, rows: Vec<&Row>, of: &str, report: &mut Report) {
        for row in rows {
            let place = self.place_of_row(row);
            if !report.expect(row.index, place, of, &row.field.path) {
                continue;
            }
            if let Some((name, inner)) = self.rows_of_type(&row.field.kind) {
                self.expect(inner, name, report);
            }
        }
    }

    fn compare_body(&self, exchange: &Exchange, report: &mut Report) {
        let operation = self.section.operation();
        let body = exchange.json();
        let contract_operation = self
            .contract
            .operations
            .iter()
            .find(|candidate| candidate.routes.contains(self.route));
        let Some(contract_operation) = contract_operation else {
            return;
        };
        let route = &self.route.name;
        for breach in validate_response(self.contract, contract_operation, route, &exchange.body) {
            let followed = body.as_ref().map(|body| follow(&breach.field, body));
            // What isn't JSON has a breach as a whole.
            let (field, value) = followed.unwrap_or_default();
            let came = value.map_or(String::new(), |value| {
                format!(", and came as {}", shape(value))
            });
            let what = format!("{}{came}", breach.reason);
            report.difference(self.place_of(&field), operation, &field, what);
        }
        if let Some(body) = &body {
            let rows: Vec<&Row> = self.section.response_rows().collect();
            self.walk(body, "", &rows, report);
        }
    }

    /// Looks at every value for which there is a row: that it came, and that it is a known one.
    fn walk(&self, value: &Value, at: &str, rows: &[&Row], report: &mut Report) {
        for row in rows.iter().filter(|row| row.field.path == at) {
            report.seen(row.index);
            self.compare_known(row, value, report);
            if let Some((_, inner)) = self.rows_of_type(&row.field.kind) {
                self.walk_type(value, &inner, report);
            }
        }
        match value {
            Value::Array(elements) => {
                for element in elements {
                    self.walk(element, &format!("{at}[]"), rows, report);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let below = if at.is_empty() {
                        name.clone()
                    } else {
                        format!("{at}.{name}")
                    };
                    self.walk(member, &below, rows, report);
                }
            }
            _ => {}
        }
    }

    /// The named type that a value is of, or that its elements are of, with its rows.
    fn rows_of_type(&self, kind: &Kind) -> Option<(&str, Vec<&Row>)> {
        let named = kind.any_of.iter().find_map(|shape| match shape {
            Shape::Named { name } => Some(name),
            Shape::Array { of } => match &**of {
                Shape::Named { name } => Some(name),
                _ => None,
            },
            _ => None,
        });
        let section = self.vendor.type_named(named?)?;
        let variants = section.variants.iter().flat_map(|variant| &variant.rows);
        Some((&section.name, section.rows.iter().chain(variants).collect()))
    }

    /// Looks at a value of a named type, or at each element of an array of them.
    fn walk_type(&self, value: &Value, rows: &[&Row], report: &mut Report) {
        match value {
            Value::Array(elements) => {
                for element in elements {
                    self.walk_type(element, rows, report);
                }
            }
            Value::Object(_) => self.walk(value, "", rows, report),
            _ => {}
        }
    }

    fn compare_known(&self, row: &Row, value: &Value, report: &mut Report) {
        let known = &row.field.constraints.known;
        let is_known = |text: &str| known.iter().any(|known| known == text);
        let is_new = match value {
            Value::String(text) => !is_known(text),
            Value::Number(number) => !is_known(&number.to_string()),
            _ => false,
        };
        if !known.is_empty() && is_new {
            let what = format!(
                "a value that is not among the known ones, a {}",
                shape(value)
            );
            let place = self.place_of_row(row);
            report.difference(place, self.section.operation(), &row.field.path, what);
        }
    }

    /// The line of the row for a path, or of what is nearest above it.
    fn place_of(&self, field: &str) -> Place {
        let rows: Vec<&Row> = self.section.response_rows().collect();
        let mut path = field;
        loop {
            if let Some(row) = rows.iter().find(|row| row.field.path == path) {
                return self.place_of_row(row);
            }
            if path.is_empty() {
                return Place::of(self.page, self.section.line);
            }
            path = crate::page::parent_of(path);
        }
    }

    fn place_of_row(&self, row: &Row) -> Place {
        let mut pages = self.vendor.pages.iter();
        let page = pages.find(|page| page.has_row(row.index));
        Place::of(page.unwrap_or(self.page), row.line)
    }
}

/// A call that no page has. Of its path only words that a page has are shown: any other may be
/// somebody's data.
fn outline_of_call(vendor: &Vendor, exchange: &Exchange) -> String {
    let routes = vendor.sections().flat_map(|(_, section)| &section.routes);
    let words: Vec<&str> = routes.flat_map(|route| route.path.split('/')).collect();
    let segments = exchange
        .path
        .split('/')
        .map(|segment| match words.contains(&segment) {
            true => segment,
            false => "*",
        });
    let path = segments.collect::<Vec<_>>().join("/");
    let method = exchange::method(&exchange.method);
    format!("{method} {path}: {}", exchange.status)
}

/// What an error's body looks like: the names and types of its members.
fn outline(exchange: &Exchange) -> String {
    match exchange.json() {
        None if exchange.body.is_empty() => "empty".to_owned(),
        None => format!("not JSON, of {} bytes", exchange.body.len()),
        Some(Value::Object(members)) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{}: {}", exchange::name(name), shape(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Some(other) => shape(&other),
    }
}
