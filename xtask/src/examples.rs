//! No example may disagree with the tables of its own section.

use std::collections::BTreeSet;

use vendor_sandbox::contract::{Breach, Contract, Field, closest, validate_value};

use crate::contract;
use crate::page::{Deviation, Direction, Example, FieldTable, Page, Place, Row, Section, Vendor};
use crate::problem::Problem;

pub(crate) fn check(vendor: &Vendor, problems: &mut Vec<Problem>) {
    let contract = contract::contract(vendor);
    for (page, section) in vendor.sections() {
        let mut recorded = BTreeSet::new();
        for example in &section.examples {
            for (field, message) in disagreements(&contract, section, example) {
                match on_record(section, example, &field) {
                    Some(line) => {
                        recorded.insert(line);
                    }
                    None => {
                        let problem = Problem::new(&page.path, example.line, message);
                        problems.push(problem.operation(section.operation()).field(&field));
                    }
                }
            }
        }
        problems.extend(unused(
            page,
            section.operation(),
            &section.deviations,
            &recorded,
        ));
    }
    for page in &vendor.pages {
        let none = BTreeSet::new();
        problems.extend(unused(page, "", &page.deviations, &none));
        for section in &page.types {
            problems.extend(unused(page, &section.name, &section.deviations, &none));
        }
    }
}

/// Everything in which an example disagrees with its table, each with the field's path.
fn disagreements(
    contract: &Contract,
    section: &Section,
    example: &Example,
) -> Vec<(String, String)> {
    let tables = tables_for(section, example);
    if tables.is_empty() && example.value.is_null() {
        // Nothing, and the page shows how the vendor writes it.
        return Vec::new();
    }
    if tables.is_empty() {
        return vec![(String::new(), "an example without a table".to_owned())];
    }
    // An example that is named after no shape fits one of them.
    let attempts = tables
        .iter()
        .map(|rows| validate_value(contract, &fields(rows), &example.value));
    closest(attempts)
        .into_iter()
        .map(|Breach { field, reason, .. }| {
            (
                field,
                format!("the example disagrees with its table: it {reason}"),
            )
        })
        .collect()
}

/// Whether an example fits these rows.
pub(crate) fn fits(contract: &Contract, rows: &[&Row], example: &Example) -> bool {
    validate_value(contract, &fields(rows), &example.value).is_empty()
}

fn fields(rows: &[&Row]) -> Vec<Field> {
    rows.iter().map(|row| row.field.clone()).collect()
}

/// The line of the deviation that says that the vendor's example has this field otherwise.
fn on_record(section: &Section, example: &Example, field: &str) -> Option<usize> {
    let path = without_indexes(field);
    let is_it = |deviation: &&Deviation| {
        deviation.is_on_example
            && deviation.side.is_none_or(|side| side == example.direction)
            && deviation.fields.contains(&path)
    };
    let deviation = section.deviations.iter().find(is_it)?;
    Some(deviation.line)
}

/// `orders[].name` for `orders[2].name`.
fn without_indexes(field: &str) -> String {
    let mut steps = field.split('[');
    let first = steps.next().unwrap_or_default().to_owned();
    steps.fold(first, |path, step| match step.split_once(']') {
        Some((_, rest)) => path + "[]" + rest,
        None => path + "[" + step,
    })
}

/// A marker that no example needs hides the next mistake.
fn unused(
    page: &Page,
    subject: &str,
    deviations: &[Deviation],
    recorded: &BTreeSet<usize>,
) -> Vec<Problem> {
    let marked = deviations
        .iter()
        .filter(|deviation| deviation.is_on_example);
    let unused = marked.filter(|deviation| !recorded.contains(&deviation.line));
    unused
        .map(|deviation| {
            let message = "marked (example), and no example disagrees with the table here";
            Problem::new(&page.path, deviation.line, message).operation(subject)
        })
        .collect()
}

/// The tables, as rows, of which the example has to fit one.
pub(crate) fn tables_for<'a>(section: &'a Section, example: &Example) -> Vec<Vec<&'a Row>> {
    let place = match example.direction {
        Direction::Request => Place::Request,
        Direction::Response => Place::Response,
    };
    let route = route_of(section, example);
    let bodies: Vec<_> = section.tables_of(place, route).collect();
    if bodies.is_empty() && place == Place::Request {
        // What has no body is shown by its query parameters.
        let rows: Vec<_> = section
            .tables_of(Place::Query, route)
            .flat_map(|table| &table.rows)
            .collect();
        return if rows.is_empty() {
            Vec::new()
        } else {
            vec![rows]
        };
    }
    let is_named = |table: &&&FieldTable| match (table.shape(section), &example.name) {
        (Some(shape), Some(name)) => name.starts_with(shape),
        _ => false,
    };
    let named: Vec<_> = bodies.iter().filter(is_named).copied().collect();
    let chosen = if named.is_empty() { bodies } else { named };
    chosen
        .into_iter()
        .map(|table| table.rows.iter().collect())
        .collect()
}

/// The route whose fixtures the example belongs to.
pub(crate) fn route_of<'a>(section: &'a Section, example: &Example) -> &'a str {
    let named = section
        .routes
        .iter()
        .find(|route| Some(&route.name) == example.name.as_ref());
    named.map_or(section.operation(), |route| &route.name)
}

#[cfg(test)]
mod tests {
    use crate::sample_page::{changed, is_reported, listed, vendor};

    #[test]
    fn a_key_without_a_row_is_found() {
        is_reported(
            "\"pages\": 120,",
            "\"sheets\": 120,",
            "#### Request",
            "`sheets`: the example disagrees with its table: it is not part of the contract",
        );
        is_reported(
            "\"reader\": { \"id\": 7 }",
            "\"reader\": { \"id\": 7, \"age\": 9 }",
            "#### Response",
            "`book.state.reader.age`",
        );
    }

    #[test]
    fn a_required_field_that_is_missing_is_found() {
        is_reported(
            "{ \"name\": \"Voltaire\" }",
            "{}",
            "#### Request",
            "`authors[0].name`: the example disagrees with its table: it is required",
        );
        is_reported(
            "\"id\": 1,\n",
            "",
            "#### Response",
            "`book.id`: the example disagrees with its table: it is required",
        );
    }

    #[test]
    fn a_value_of_another_type_is_found() {
        is_reported(
            "\"pages\": 120,",
            "\"pages\": \"120\",",
            "#### Request",
            "`pages`: the example disagrees with its table: it must be an integer",
        );
        is_reported(
            "\"pages\": 120,",
            "\"pages\": 120.0,",
            "#### Request",
            "it must be an integer",
        );
        is_reported(
            "\"pages\": 120,",
            "\"pages\": null,",
            "#### Request",
            "it must not be null",
        );
        is_reported(
            "\"reader\": { \"id\": 7 }",
            "\"reader\": 7",
            "#### Response",
            "`book.state.reader`: the example disagrees with its table: it must be an object",
        );
    }

    #[test]
    fn a_value_that_breaks_a_constraint_is_found() {
        is_reported(
            "\"Candide\",\n  \"pages\"",
            "\"\",\n  \"pages\"",
            "#### Request",
            "it must have between 1 and 20 characters",
        );
        is_reported(
            "\"pages\": 120,",
            "\"pages\": 0,",
            "#### Request",
            "it must be between 1 and 5000",
        );
        is_reported(
            "\"language\": \"fr\"",
            "\"language\": \"de\"",
            "#### Request",
            "it must be one of fr, en",
        );
        is_reported(
            "    { \"name\": \"Voltaire\" }\n",
            "",
            "#### Request",
            "it must have between 1 and 3 elements",
        );
        is_reported(
            "\"kind\": \"lent\"",
            "\"kind\": \"lost\"",
            "#### Response",
            "`book.state.kind`: the example disagrees with its table: it must be one of here, lent",
        );
    }

    /// The page with a fraction in the example, and this in front of the deviations.
    fn with_a_fraction(deviation: &str) -> String {
        let page = changed("\"pages\": 120,", "\"pages\": 120.0,");
        page.replacen(
            "| - | nothing |",
            &format!("{deviation}\n| - | nothing |"),
            1,
        )
    }

    #[test]
    fn a_marker_puts_a_difference_on_record() {
        for field in ["`pages` (example)", "request `pages` (example)"] {
            let (_, problems) = vendor(&with_a_fraction(&format!("| {field} | 120.0 | x | x |")));
            assert!(problems.is_empty(), "{}", listed(&problems));
        }
    }

    #[test]
    fn prose_puts_nothing_on_record() {
        let (_, problems) = vendor(&with_a_fraction(
            "| `pages` | 120.0 in the example | x | x |",
        ));
        assert!(listed(&problems).contains("it must be an integer"));
        let (_, problems) = vendor(&with_a_fraction(
            "| response `pages` (example) | x | x | x |",
        ));
        assert!(listed(&problems).contains("it must be an integer"));
    }

    #[test]
    fn a_marker_that_no_example_needs_is_found() {
        for at in ["| - | nothing |", "| `titre` | `title` | `titre`; also"] {
            let marker = format!("| `titre` (example) | x | x | x |\n{at}");
            is_reported(at, &marker, "| `titre` (example)", "no example disagrees");
        }
    }

    #[test]
    fn an_alias_is_a_row_too() {
        let page = changed(
            "\"titre\": \"Candide\",\n    \"genre\"",
            "\"title\": \"Candide\",\n    \"genre\"",
        );
        let (_, problems) = vendor(&page);
        assert!(problems.is_empty(), "{}", listed(&problems));
    }
}
