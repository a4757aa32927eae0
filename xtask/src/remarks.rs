//! What the deviations say about single rows, noted on the rows.

use std::collections::BTreeMap;

use vendor_sandbox::contract::Shape;

use crate::cells::innermost;
use crate::page::{Deviation, Direction, Page, Row, Section, TypeSection, Vendor, name_of};
use crate::problem::Problem;

/// Notes on every row what the deviations say about it.
pub(crate) fn note(vendor: &mut Vendor, problems: &mut Vec<Problem>) {
    for (index, row) in rows_mut(vendor).enumerate() {
        row.index = index;
    }
    let remarks = remarks(vendor, problems);
    for row in rows_mut(vendor) {
        if let Some(remark) = remarks.get(&row.index) {
            row.is_passed_over |= remark.is_passed_over;
            row.field.also_spelled.clone_from(&remark.also_spelled);
        }
    }
}

/// What the deviations say about a row.
#[derive(Default)]
struct Remark {
    also_spelled: Vec<String>,
    is_passed_over: bool,
}

/// Rows in one of a page's tables, and the side that they are on; none for a named type.
type Table<'a> = (Option<Direction>, &'a [Row]);

/// Deviations, and the tables that their fields are looked for in.
struct Scope<'a> {
    /// The operation or type.
    subject: &'a str,
    deviations: &'a [Deviation],
    tables: Vec<Table<'a>>,
}

fn scopes(page: &Page) -> Vec<Scope<'_>> {
    let sections = page.sections.iter().map(|section| Scope {
        subject: section.operation(),
        deviations: &section.deviations,
        tables: tables_of_section(section),
    });
    let types = page.types.iter().map(|section| Scope {
        subject: &section.name,
        deviations: &section.deviations,
        tables: tables_of_type(section),
    });
    let of_sections = page.sections.iter().flat_map(tables_of_section);
    let whole = Scope {
        subject: "",
        deviations: &page.deviations,
        tables: of_sections
            .chain(page.types.iter().flat_map(tables_of_type))
            .collect(),
    };
    sections.chain(types).chain([whole]).collect()
}

/// The remarks, by the index of their row.
fn remarks(vendor: &Vendor, problems: &mut Vec<Problem>) -> BTreeMap<usize, Remark> {
    let mut remarks: BTreeMap<usize, Remark> = BTreeMap::new();
    for page in &vendor.pages {
        for scope in scopes(page) {
            for deviation in scope.deviations {
                for path in &deviation.fields {
                    let rows = vendor.rows_at(&scope.tables_for(deviation), path);
                    if rows.is_empty() {
                        let problem = Problem::new(&page.path, deviation.line, "no such field");
                        problems.push(problem.operation(scope.subject).field(path));
                    }
                    for row in rows {
                        remarks.entry(row.index).or_default().add(deviation, row);
                    }
                }
            }
        }
    }
    remarks
}

impl Remark {
    fn add(&mut self, deviation: &Deviation, row: &Row) {
        self.is_passed_over |= deviation.is_passed_over;
        for name in &deviation.also_spelled {
            if *name != name_of(&row.field.path) && !self.also_spelled.contains(name) {
                self.also_spelled.push(name.clone());
            }
        }
    }
}

impl<'a> Scope<'a> {
    /// The tables on the deviation's side.
    fn tables_for(&self, deviation: &Deviation) -> Vec<Table<'a>> {
        let is_meant = |(side, _): &&Table<'_>| {
            side.is_none() || deviation.side.is_none() || *side == deviation.side
        };
        self.tables.iter().filter(is_meant).copied().collect()
    }
}

fn tables_of_section(section: &Section) -> Vec<Table<'_>> {
    let tables = section.tables.iter();
    tables
        .map(|table| (Some(table.place.direction()), &table.rows[..]))
        .collect()
}

fn tables_of_type(section: &TypeSection) -> Vec<Table<'_>> {
    let variants = section.variants.iter().map(|variant| &variant.rows);
    std::iter::once(&section.rows)
        .chain(variants)
        .map(|rows| (None, &rows[..]))
        .collect()
}

fn rows_mut(vendor: &mut Vendor) -> impl Iterator<Item = &mut Row> {
    vendor.pages.iter_mut().flat_map(|page| {
        let sections = page.sections.iter_mut();
        let tables = sections.flat_map(|section| &mut section.tables);
        let of_operations = tables.map(|table| &mut table.rows);
        let of_types = page.types.iter_mut().flat_map(|section| {
            let variants = section.variants.iter_mut().map(|variant| &mut variant.rows);
            std::iter::once(&mut section.rows).chain(variants)
        });
        of_operations.chain(of_types).flatten()
    })
}

impl Vendor {
    /// Whether the named type has a field at `path`.
    pub(crate) fn has_field(&self, name: &str, path: &str) -> bool {
        let section = self.type_named(name);
        section.is_some_and(|section| !self.rows_at(&tables_of_type(section), path).is_empty())
    }

    /// The rows that `path` leads to from one of `tables`, through named types where need be.
    fn rows_at<'a>(&'a self, tables: &[Table<'a>], path: &str) -> Vec<&'a Row> {
        let rows = || tables.iter().flat_map(|(_, rows)| rows.iter());
        let direct: Vec<_> = rows().filter(|row| row.field.path == path).collect();
        if !direct.is_empty() {
            return direct;
        }
        // `Task.name` is the field of a type by the type's own name.
        if let Some((name, rest)) = path.split_once('.')
            && let Some(section) = self.type_named(name)
        {
            return self.rows_at(&tables_of_type(section), rest);
        }
        let mut found = Vec::new();
        for row in rows() {
            let Some(rest) = path.strip_prefix(&row.field.path) else {
                continue;
            };
            let Some(rest) = rest.trim_start_matches("[]").strip_prefix('.') else {
                continue;
            };
            for shape in &row.field.kind.any_of {
                if let Shape::Named { name } = innermost(shape)
                    && let Some(section) = self.type_named(name)
                {
                    found.extend(self.rows_at(&tables_of_type(section), rest));
                }
            }
        }
        found
    }
}
