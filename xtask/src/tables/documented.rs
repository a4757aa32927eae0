//! A table of fields with its named types opened: every path that can be on the wire.

use std::collections::BTreeSet;

use vendor_sandbox::contract::Shape;

use crate::page::{Row, Vendor, name_of, parent_of};

/// All the fields that a table leads to.
#[derive(Debug, Default)]
pub(crate) struct Documented<'a> {
    /// In the order of the rows, parents first. Fields of different variants may share a path.
    pub(crate) fields: Vec<DocField<'a>>,
    /// Where a type holds itself again: what is below is known from above.
    pub(crate) cuts: BTreeSet<String>,
    /// Paths that the client passes over, by a deviation.
    pub(crate) passed_over: BTreeSet<String>,
}

/// One field, or the elements of an array.
#[derive(Clone, Debug)]
pub(crate) struct DocField<'a> {
    /// The path from the top of the body: `rounds[].activities[].id`.
    pub(crate) path: String,
    pub(crate) row: &'a Row,
    /// The page that the row stands on.
    pub(crate) page: &'a str,
    pub(crate) shapes: Vec<&'a Shape>,
    pub(crate) nullable: bool,
    pub(crate) required: bool,
    /// Whether these are the elements of the array that the row is about.
    pub(crate) is_element: bool,
    /// The variants that have it.
    pub(crate) conditions: Vec<Condition<'a>>,
    /// The page and line where the object's own fields stand.
    pub(crate) inside: Option<(&'a str, usize)>,
}

/// The object at `at` is the variant `value` by its field `discriminator`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition<'a> {
    pub(crate) at: String,
    pub(crate) discriminator: &'a str,
    pub(crate) value: &'a str,
}

impl Documented<'_> {
    /// Whether the field at `path` tells variants apart.
    pub(crate) fn is_discriminator(&self, path: &str) -> bool {
        let mut conditions = self.fields.iter().flat_map(|field| &field.conditions);
        conditions.any(|condition| {
            condition.at == parent_of(path) && condition.discriminator == name_of(path)
        })
    }
}

impl DocField<'_> {
    /// Whether it can be an array. Constraints other than the number of elements are then for these.
    pub(crate) fn is_array(&self) -> bool {
        self.shapes
            .iter()
            .any(|shape| matches!(shape, Shape::Array { .. }))
    }
}

/// Opens the rows of a table that stands on `page`.
pub(crate) fn open<'a>(vendor: &'a Vendor, page: &'a str, rows: &[&'a Row]) -> Documented<'a> {
    let mut opener = Opener {
        vendor,
        opened: Vec::new(),
        found: Documented::default(),
    };
    let table = Table { page, rows };
    opener.children(&table, "", "", &[]);
    opener.found
}

struct Opener<'a> {
    vendor: &'a Vendor,
    /// The named types around the current field.
    opened: Vec<&'a str>,
    found: Documented<'a>,
}

struct Table<'a, 'r> {
    page: &'a str,
    rows: &'r [&'a Row],
}

impl<'a> Opener<'a> {
    /// Adds the fields of the object whose row is `parent` and whose path is `at`.
    fn children(
        &mut self,
        table: &Table<'a, '_>,
        parent: &str,
        at: &str,
        conditions: &[Condition<'a>],
    ) {
        for row in table
            .rows
            .iter()
            .filter(|row| parent_of(&row.field.path) == parent)
        {
            let path = match name_of(&row.field.path) {
                "" => format!("{at}[]"),
                name if at.is_empty() => name.to_owned(),
                name => format!("{at}.{name}"),
            };
            if row.is_passed_over {
                self.found.passed_over.insert(path);
                continue;
            }
            let field = DocField {
                path,
                row,
                page: table.page,
                shapes: row.field.kind.any_of.iter().collect(),
                nullable: row.field.kind.nullable,
                required: row.field.required,
                is_element: false,
                conditions: conditions.to_vec(),
                inside: None,
            };
            self.field(table, &row.field.path, field);
        }
    }

    /// Adds a field and what is below it. `key` is the row path that its children refer to.
    fn field(&mut self, table: &Table<'a, '_>, key: &str, mut field: DocField<'a>) {
        let named = field.shapes.iter().find_map(|shape| match shape {
            Shape::Named { name } => self.vendor.type_named(name),
            _ => None,
        });
        let home = named.and_then(|section| {
            let mut pages = self.vendor.pages.iter();
            let page = pages.find(|page| page.types.iter().any(|other| other.name == section.name));
            Some((page?.path.as_str(), section.line))
        });
        field.inside = home.or(Some((field.page, field.row.line)));
        self.found.fields.push(field.clone());
        for shape in &field.shapes {
            match shape {
                Shape::Array { of } => self.elements(table, key, of, &field),
                Shape::Object => self.children(table, key, &field.path, &field.conditions),
                Shape::Named { name } => self.named(name, &field),
                _ => {}
            }
        }
    }

    fn elements(&mut self, table: &Table<'a, '_>, key: &str, of: &'a Shape, array: &DocField<'a>) {
        let below = format!("{key}[]");
        if table.rows.iter().any(|row| row.field.path == below) {
            // The elements have a row of their own, a child of the array's.
            return self.children(table, key, &array.path, &array.conditions);
        }
        let element = DocField {
            path: format!("{}[]", array.path),
            shapes: vec![of],
            nullable: false,
            required: false,
            is_element: true,
            ..array.clone()
        };
        self.field(table, &below, element);
    }

    fn named(&mut self, name: &str, field: &DocField<'a>) {
        let Some(section) = self.vendor.type_named(name) else {
            return;
        };
        if self.opened.contains(&section.name.as_str()) {
            self.found.cuts.insert(field.path.clone());
            return;
        }
        let page = field.inside.map_or(field.page, |(page, _)| page);
        self.opened.push(&section.name);
        let common: Vec<_> = section.rows.iter().collect();
        self.children(
            &Table {
                page,
                rows: &common,
            },
            "",
            &field.path,
            &field.conditions,
        );
        for variant in &section.variants {
            let mut conditions = field.conditions.clone();
            conditions.push(Condition {
                at: field.path.clone(),
                discriminator: section.discriminator.as_deref().unwrap_or_default(),
                value: &variant.name,
            });
            let rows: Vec<_> = variant.rows.iter().collect();
            self.children(&Table { page, rows: &rows }, "", &field.path, &conditions);
        }
        self.opened.pop();
    }
}
