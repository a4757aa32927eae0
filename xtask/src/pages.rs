//! All pages of a vendor, read together and checked against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use vendor_sandbox::contract::{Field, Shape};

use crate::days;
use crate::error::{Error, Result};
use crate::examples;
use crate::grammar::{self, TypeIndex};
use crate::links::README;
use crate::page::{Page, Place, Row, Section, TypeSection, Vendor, parent_of};
use crate::problem::Problem;
use crate::remarks;
use crate::service;

/// The vendors that have a folder below `docs/`, in the order of their names.
pub(crate) fn names(root: &Path) -> Result<Vec<String>> {
    let docs = root.join("docs");
    let mut names = Vec::new();
    for entry in read_dir(&docs)? {
        if entry.join("README.md").is_file() {
            names.extend(file_name(&entry));
        }
    }
    names.sort();
    Ok(names)
}

/// The texts of a vendor's pages, by file name, that of its folder among them.
pub(crate) type Texts = BTreeMap<String, String>;

/// Reads the texts of the pages of the vendor `name`.
pub(crate) fn texts(root: &Path, name: &str) -> Result<Texts> {
    let mut texts = Texts::new();
    for path in read_dir(&root.join("docs").join(name))? {
        let file = file_name(&path).unwrap_or_default();
        if file.ends_with(".md") {
            let text = std::fs::read_to_string(&path).map_err(Error::file(&path))?;
            texts.insert(file, text);
        }
    }
    Ok(texts)
}

/// Reads a vendor's pages, with everything that is wrong in them.
pub(crate) fn read(name: &str, texts: &Texts) -> (Vendor, Vec<Problem>) {
    let mut problems = Vec::new();
    let folder_page = texts.get(README).map_or("", String::as_str);
    let service = service::read(&format!("docs/{name}/{README}"), folder_page, &mut problems);
    let resources = || texts.iter().filter(|(file, _)| *file != README);
    let mut index = TypeIndex::new();
    for (file, text) in resources() {
        grammar::index_types(file, text, &mut index);
    }
    let pages = resources().map(|(file, text)| {
        let path = format!("docs/{name}/{file}");
        grammar::parse(&path, file, text, &index, &mut problems)
    });
    let mut vendor = Vendor {
        name: name.to_owned(),
        service,
        pages: pages.collect(),
        texts: texts.clone(),
    };
    check_names(&vendor, &mut problems);
    for page in &vendor.pages {
        check_page(page, &mut problems);
    }
    remarks::note(&mut vendor, &mut problems);
    examples::check(&vendor, &mut problems);
    days::check(&format!("docs/{name}"), texts, &mut problems);
    (vendor, problems)
}

impl Vendor {
    pub(crate) fn type_named(&self, name: &str) -> Option<&TypeSection> {
        let mut types = self.pages.iter().flat_map(|page| &page.types);
        types.find(|section| section.name == name)
    }

    pub(crate) fn sections(&self) -> impl Iterator<Item = (&Page, &Section)> {
        let of = |page| std::iter::repeat(page);
        self.pages
            .iter()
            .flat_map(move |page| of(page).zip(&page.sections))
    }
}

pub(crate) fn read_dir(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).map_err(Error::file(dir))?;
    entries
        .map(|entry| Ok(entry.map_err(Error::file(dir))?.path()))
        .collect()
}

pub(crate) fn file_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.to_owned())
}

/// Operations and types have names of their own.
fn check_names(vendor: &Vendor, problems: &mut Vec<Problem>) {
    let mut routes = BTreeMap::new();
    let mut types = BTreeMap::new();
    for page in &vendor.pages {
        for section in &page.sections {
            for route in &section.routes {
                if let Some(other) = routes.insert(&route.name, &page.path) {
                    let message = format!("the name stands in {other} as well");
                    problems.push(
                        Problem::new(&page.path, section.line, message).operation(&route.name),
                    );
                }
            }
        }
        for section in &page.types {
            if let Some(other) = types.insert(&section.name, &page.path) {
                let message = format!("the type stands in {other} as well");
                problems
                    .push(Problem::new(&page.path, section.line, message).operation(&section.name));
            }
        }
    }
}

fn check_page(page: &Page, problems: &mut Vec<Problem>) {
    for section in &page.sections {
        let mut report = |line, field: &str, message: String| {
            let problem = Problem::new(&page.path, line, message);
            problems.push(problem.operation(section.operation()).field(field));
        };
        for table in &section.tables {
            check_rows(&table.rows, &[], &mut report);
        }
        check_tables(section, &mut report);
        check_path_parameters(section, &mut report);
    }
    for section in &page.types {
        let mut report = |line, field: &str, message: String| {
            let problem = Problem::new(&page.path, line, message);
            problems.push(problem.operation(&section.name).field(field));
        };
        check_rows(&section.rows, &[], &mut report);
        for variant in &section.variants {
            check_rows(&variant.rows, &section.rows, &mut report);
        }
        check_variants(section, &mut report);
    }
}

/// Every row stands once, below its parent, and its parent can have children. The rows of a variant
/// stand beside the `common` ones.
fn check_rows(rows: &[Row], common: &[Row], report: &mut impl FnMut(usize, &str, String)) {
    let mut known: BTreeMap<&str, &Field> = BTreeMap::new();
    for row in rows {
        let path = row.field.path.as_str();
        let is_common = common.iter().any(|row| row.field.path == path);
        if known.insert(path, &row.field).is_some() || is_common {
            report(row.line, path, "duplicate row".to_owned());
        }
        if let Err(error) = check_parent(path, &known) {
            report(row.line, path, error.to_string());
        }
    }
}

/// Why a row cannot stand where it does.
#[derive(Debug, thiserror::Error)]
enum RowError {
    #[error("no row `{0}` stands before it")]
    NoParent(String),
    #[error("`{0}` cannot have fields by its type")]
    NoFields(String),
}

fn check_parent(path: &str, known: &BTreeMap<&str, &Field>) -> Result<(), RowError> {
    let parent = parent_of(path);
    if parent.is_empty() {
        return Ok(());
    }
    // An array's row stands for its elements too, unless they have a row of their own.
    let (row, element) = match (known.get(parent), parent.strip_suffix("[]")) {
        (Some(row), _) => (row, false),
        (None, Some(array)) if !path.ends_with("[]") => match known.get(array) {
            Some(row) => (row, true),
            None => return Err(RowError::NoParent(array.to_owned())),
        },
        (None, _) => return Err(RowError::NoParent(parent.to_owned())),
    };
    let holds = |shape: &Shape| match (path.ends_with("[]"), element, shape) {
        (true, _, shape) => matches!(shape, Shape::Array { .. }),
        (false, true, Shape::Array { of }) => **of == Shape::Object,
        (false, false, shape) => *shape == Shape::Object,
        _ => false,
    };
    if row.kind.any_of.iter().any(holds) {
        return Ok(());
    }
    Err(RowError::NoFields(row.path.clone()))
}

/// The tables of a place are told apart: by route, or by shape.
fn check_tables(section: &Section, report: &mut impl FnMut(usize, &str, String)) {
    let mut seen = Vec::new();
    for table in &section.tables {
        let key = (table.place, &table.name);
        let bare_and_shaped = seen.iter().any(|(place, name): &(Place, &Option<String>)| {
            *place == table.place && table.place >= Place::Request && name.is_none()
        });
        if seen.contains(&key) || bare_and_shaped {
            report(
                table.line,
                "",
                "a second table for the same thing needs a name".to_owned(),
            );
        }
        seen.push(key);
    }
}

/// The braces in a route's path and the rows of its path parameters are the same.
fn check_path_parameters(section: &Section, report: &mut impl FnMut(usize, &str, String)) {
    for route in &section.routes {
        let rows = || {
            section
                .tables_of(Place::Path, &route.name)
                .flat_map(|table| &table.rows)
        };
        for name in path_parameters(&route.path) {
            if !rows().any(|row| row.field.path == name) {
                report(
                    section.line,
                    name,
                    format!("no path parameter for `{}`", route.path),
                );
            }
        }
    }
    let paths = section
        .tables
        .iter()
        .filter(|table| table.place == Place::Path);
    for row in paths.flat_map(|table| &table.rows) {
        let name = &row.field.path;
        let in_a_path = |path: &str| path_parameters(path).any(|other| other == name);
        if !section.routes.iter().any(|route| in_a_path(&route.path)) {
            report(row.line, name, "in no path".to_owned());
        }
        if !row.field.required {
            report(row.line, name, "a path cannot do without it".to_owned());
        }
    }
}

/// The names in the braces of a path.
pub(crate) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
}

fn check_variants(section: &TypeSection, report: &mut impl FnMut(usize, &str, String)) {
    let Some(discriminator) = &section.discriminator else {
        return;
    };
    let mut rows = section.rows.iter();
    match rows.find(|row| row.field.path == *discriminator) {
        Some(row) => {
            let constraints = &row.field.constraints;
            let variants = section.variants.iter().map(|variant| &variant.name);
            let variants: BTreeSet<_> = variants.collect();
            for listed in [&constraints.known, &constraints.one_of] {
                if !listed.is_empty() && listed.iter().collect::<BTreeSet<_>>() != variants {
                    let message = "lists other values than there are variants";
                    report(row.line, discriminator, message.to_owned());
                }
            }
        }
        None => {
            let message = "tells the variants apart and has no row in the common table";
            report(section.line, discriminator, message.to_owned());
        }
    }
    let mut seen = Vec::new();
    for variant in &section.variants {
        if seen.contains(&&variant.name) {
            report(
                variant.line,
                "",
                format!("duplicate variant {}", variant.name),
            );
        }
        seen.push(&variant.name);
    }
}
