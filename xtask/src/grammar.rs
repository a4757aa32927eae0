//! The grammar of the pages: from Markdown blocks to a [`Page`], every breach with its line.

mod deviations;
mod examples;
mod fields;
mod outline;

use std::collections::BTreeMap;

use vendor_sandbox::contract::Route;

use crate::days::is_day;
use crate::markdown::{self, Block, Content, Inline, Inlines, Table};
use crate::page::{FieldTable, Page, Place, Row, Section, TypeSection, Variant};
use crate::problem::Problem;
use outline::{Part, split};

/// Where the named types of a vendor stand: their names by page and anchor, as `types.md#task`.
pub(crate) type TypeIndex = BTreeMap<String, String>;

/// Adds the types that a page has to the index, under their short anchor and under the heading's.
pub(crate) fn index_types(file: &str, text: &str, index: &mut TypeIndex) {
    for block in markdown::blocks(text) {
        let Content::Heading { level: 2, text } = &block.content else {
            continue;
        };
        let heading = text.plain();
        if let Some(name) = heading.strip_prefix("Type: ") {
            for anchor in [markdown::anchor(name), markdown::anchor(&heading)] {
                index.insert(format!("{file}#{anchor}"), name.to_owned());
            }
        }
    }
}

/// Reads a page.
pub(crate) fn parse(
    path: &str,
    file: &str,
    text: &str,
    types: &TypeIndex,
    problems: &mut Vec<Problem>,
) -> Page {
    let blocks = markdown::blocks(text);
    let mut parser = Parser {
        path,
        file,
        types,
        subject: String::new(),
        problems,
    };
    parser.page(&blocks)
}

struct Parser<'a> {
    path: &'a str,
    file: &'a str,
    types: &'a TypeIndex,
    /// The operation or type that is being read.
    subject: String,
    problems: &'a mut Vec<Problem>,
}

impl Parser<'_> {
    fn report(&mut self, line: usize, message: impl Into<String>) {
        let problem = Problem::new(self.path, line, message).operation(&self.subject);
        self.problems.push(problem);
    }

    fn report_field(&mut self, line: usize, field: &str, message: impl Into<String>) {
        let problem = Problem::new(self.path, line, message).operation(&self.subject);
        self.problems.push(problem.field(field));
    }

    fn page(&mut self, blocks: &[Block]) -> Page {
        let mut page = Page {
            path: self.path.to_owned(),
            file: self.file.to_owned(),
            read_on: String::new(),
            sections: Vec::new(),
            types: Vec::new(),
            deviations: Vec::new(),
        };
        let Some((first, rest)) = blocks.split_first() else {
            self.report(1, "the page is empty");
            return page;
        };
        if !matches!(first.content, Content::Heading { level: 1, .. }) {
            self.report(first.line, "a page starts with a title of the first level");
        }
        self.check_levels(blocks);
        let (intro, parts) = split(rest, 2);
        page.read_on = self.read_on(first.line, intro);
        for part in &parts {
            self.subject.clear();
            match part.titled() {
                ("Type", Some(name)) => page.types.push(self.type_section(name, part)),
                ("Deviations", None) => page.deviations = self.deviations(part),
                _ => page.sections.push(self.section(part)),
            }
        }
        page
    }

    /// A heading that skips a level belongs to nothing, and would be passed over.
    fn check_levels(&mut self, blocks: &[Block]) {
        let mut above = 0;
        for block in blocks {
            let Content::Heading { level, text } = &block.content else {
                continue;
            };
            if *level > above + 1 {
                let heading = text.plain();
                self.report(
                    block.line,
                    format!("\"{heading}\" skips a level of headings"),
                );
            }
            above = *level;
        }
    }

    /// Finds the date in `Source: …, read on 2026-11-21.`
    fn read_on(&mut self, line: usize, intro: &[Block]) -> String {
        let source = intro.iter().find_map(|block| match &block.content {
            Content::Paragraph(text) => text.plain().strip_prefix("Source: ").map(str::to_owned),
            _ => None,
        });
        let date = source.and_then(|source| {
            let (_, after) = source.split_once("read on ")?;
            let date: String = after.chars().take("2026-11-21".len()).collect();
            is_day(&date).then_some(date)
        });
        date.unwrap_or_else(|| {
            self.report(
                line,
                "no line \"Source: …, read on YYYY-MM-DD.\" below the title",
            );
            String::new()
        })
    }

    fn section(&mut self, part: &Part<'_>) -> Section {
        let mut section = Section {
            title: part.heading.clone(),
            line: part.line,
            ..Section::default()
        };
        self.subject.clone_from(&section.title);
        section.routes = self.routes(part);
        section.operation().clone_into(&mut self.subject);
        self.no_tables(part.intro);
        let mut last = 0;
        for below in &part.parts {
            let order = self.section_part(&mut section, below);
            if order < last {
                self.report(below.line, format!("\"{}\" stands too late", below.heading));
            }
            last = order.max(last);
        }
        section
    }

    /// Reads one third-level part of an operation. Returns its place in the order of parts.
    fn section_part(&mut self, section: &mut Section, part: &Part<'_>) -> usize {
        let (title, name) = part.titled();
        let place = match title {
            "Path parameters" => Some(Place::Path),
            "Query parameters" => Some(Place::Query),
            "Request headers" => Some(Place::Headers),
            "Request body" => Some(Place::Request),
            "Response body" => Some(Place::Response),
            _ => None,
        };
        if let Some(place) = place {
            self.no_parts(part);
            if name.is_some_and(|name| !section.has_route(name))
                && matches!(place, Place::Path | Place::Query | Place::Headers)
            {
                self.report(part.line, format!("\"{}\" names no route", part.heading));
            }
            let rows = self.field_table(part);
            section.tables.push(FieldTable {
                place,
                name: name.map(str::to_owned),
                line: part.line,
                rows,
            });
            return place as usize;
        }
        let (order, ()) = match (title, name) {
            ("Statuses", None) => (5, section.statuses = self.statuses(part)),
            ("Examples", None) => (6, section.examples = self.examples(part)),
            ("Deviations", None) => (7, section.deviations = self.deviations(part)),
            _ => {
                self.report(part.line, format!("unknown heading \"{}\"", part.heading));
                (0, ())
            }
        };
        order
    }

    fn routes(&mut self, part: &Part<'_>) -> Vec<Route> {
        let list = part.intro.iter().find_map(|block| match &block.content {
            Content::List(items) => Some(items),
            _ => None,
        });
        let Some(items) = list else {
            self.report(
                part.line,
                format!(
                    "\"{}\" is neither an operation (it has no list of routes) nor a type",
                    part.heading
                ),
            );
            return Vec::new();
        };
        let mut routes = Vec::new();
        for item in items {
            match route(&item.text) {
                Some(route) => routes.push(route),
                None => self.report(item.line, "a route is written - `name`: `METHOD /path`"),
            }
        }
        routes
    }

    fn type_section(&mut self, name: &str, part: &Part<'_>) -> TypeSection {
        let mut section = TypeSection {
            name: name.to_owned(),
            line: part.line,
            ..TypeSection::default()
        };
        self.subject.clone_from(&section.name);
        section.discriminator = part.intro.iter().find_map(discriminator);
        let has_variants = part.parts.iter().any(|below| below.titled().0 == "Variant");
        let has_table = part
            .intro
            .iter()
            .any(|block| matches!(block.content, Content::Table(_)));
        if has_table || !has_variants {
            section.rows = self.field_table(part);
        }
        for below in &part.parts {
            match below.titled() {
                ("Variant", Some(name)) => {
                    self.no_parts(below);
                    let rows = self.variant_rows(below);
                    section.variants.push(Variant {
                        name: name.trim_matches('`').to_owned(),
                        line: below.line,
                        rows,
                    });
                }
                ("Deviations", None) => section.deviations = self.deviations(below),
                _ => self.report(below.line, format!("unknown heading \"{}\"", below.heading)),
            }
        }
        if has_variants && section.discriminator.is_none() {
            let rule = "no line \"The variants are told apart by `field`.\" below the heading";
            self.report(part.line, rule);
        }
        section
    }

    /// A variant without fields of its own has no table.
    fn variant_rows(&mut self, part: &Part<'_>) -> Vec<Row> {
        if part
            .intro
            .iter()
            .any(|block| matches!(block.content, Content::Table(_)))
        {
            return self.field_table(part);
        }
        self.no_tables(part.intro);
        Vec::new()
    }

    /// The one table of a part, with these columns.
    fn table<'b>(&mut self, part: &Part<'b>, columns: &[&str]) -> Option<&'b Table> {
        let mut tables = part.intro.iter().filter_map(|block| match &block.content {
            Content::Table(table) => Some((block.line, table)),
            _ => None,
        });
        let (Some((line, table)), None) = (tables.next(), tables.next()) else {
            self.report(part.line, format!("\"{}\" has one table", part.heading));
            return None;
        };
        let header: Vec<_> = table.header.iter().map(Inlines::plain).collect();
        if header != columns {
            self.report(line, format!("the columns are {}", columns.join(", ")));
            return None;
        }
        for row in table.rows.iter().filter(|row| row.written != columns.len()) {
            let (written, wanted) = (row.written, columns.len());
            self.report(
                row.line,
                format!("the row has {written} cells instead of {wanted}"),
            );
        }
        Some(table)
    }

    fn no_tables(&mut self, intro: &[Block]) {
        for block in intro {
            let stray = match &block.content {
                Content::Table(_) => true,
                Content::Paragraph(text) => text.plain().starts_with('|'),
                _ => false,
            };
            if stray {
                self.report(block.line, "a table stands where none belongs");
            }
        }
    }

    fn no_parts(&mut self, part: &Part<'_>) {
        for below in &part.parts {
            self.report(below.line, format!("unknown heading \"{}\"", below.heading));
        }
    }
}

/// Reads `` `create_mission`: `POST /restapi/…` ``.
fn route(text: &Inlines) -> Option<Route> {
    let [
        Inline::Code(name),
        Inline::Text(colon),
        Inline::Code(route),
        ..,
    ] = &text.0[..]
    else {
        return None;
    };
    let (method, path) = route.split_once(' ')?;
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let is_name = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let well_formed = is_name && methods.contains(&method) && path.starts_with('/');
    (colon.trim() == ":" && well_formed && !path.contains([' ', '?']))
        .then(|| Route::new(name, method, path))
}

/// Reads ``The variants are told apart by `subtype`.``
fn discriminator(block: &Block) -> Option<String> {
    let Content::Paragraph(text) = &block.content else {
        return None;
    };
    let mut inlines = text.0.iter();
    while let Some(inline) = inlines.next() {
        if matches!(inline, Inline::Text(text) if text.ends_with("The variants are told apart by "))
            && let Some(Inline::Code(field)) = inlines.next()
        {
            return Some(field.clone());
        }
    }
    None
}

#[cfg(test)]
mod tests;
