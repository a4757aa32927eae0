//! The grammar of the pages: from Markdown blocks to a [`Page`], every breach with its line.

use std::collections::BTreeMap;

use vendor_sandbox::contract::{Field, Kind, Route, Status};

use crate::cells::{self, CellError};
use crate::markdown::{self, Block, Content, Inline, Inlines, Table};
use crate::page::{
    Deviation, Direction, Example, FieldTable, Page, Place, Row, Section, TypeSection, Variant,
};
use crate::problem::Problem;

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

/// A heading and what stands below it.
struct Part<'a> {
    heading: String,
    line: usize,
    /// What stands before the first heading below.
    intro: &'a [Block],
    parts: Vec<Part<'a>>,
}

impl Part<'_> {
    /// The heading before the colon, and the name after it.
    fn titled(&self) -> (&str, Option<&str>) {
        match self.heading.split_once(": ") {
            Some((title, name)) => (title, Some(name.trim())),
            None => (&self.heading, None),
        }
    }
}

/// Cuts `blocks` at their headings.
fn split(blocks: &[Block], level: u8) -> (&[Block], Vec<Part<'_>>) {
    let starts: Vec<usize> = blocks
        .iter()
        .enumerate()
        .filter(
            |(_, block)| matches!(block.content, Content::Heading { level: l, .. } if l <= level),
        )
        .map(|(at, _)| at)
        .collect();
    let end_of = |index: usize| starts.get(index + 1).copied().unwrap_or(blocks.len());
    let parts = starts.iter().enumerate().map(|(index, &start)| {
        let heading = match &blocks[start].content {
            Content::Heading { text, .. } => text.plain(),
            _ => String::new(),
        };
        let (intro, parts) = split(&blocks[start + 1..end_of(index)], level + 1);
        Part {
            heading,
            line: blocks[start].line,
            intro,
            parts,
        }
    });
    let intro = &blocks[..starts.first().copied().unwrap_or(blocks.len())];
    (intro, parts.collect())
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
            is_date(&date).then_some(date)
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

    fn field_table(&mut self, part: &Part<'_>) -> Vec<Row> {
        let columns = ["Field", "Type", "Required", "Constraints", "Meaning"];
        let Some(table) = self.table(part, &columns) else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for row in &table.rows {
            let [field, kind, required, constraints, meaning] = &row.cells[..] else {
                continue;
            };
            if let Some(field) = self.field(row.line, field, kind, required, constraints, meaning) {
                rows.push(Row {
                    line: row.line,
                    field,
                    is_passed_over: false,
                });
            }
        }
        rows
    }

    fn field(
        &mut self,
        line: usize,
        path: &Inlines,
        kind: &Inlines,
        required: &Inlines,
        constraints: &Inlines,
        meaning: &Inlines,
    ) -> Option<Field> {
        let [Inline::Code(path)] = &path.0[..] else {
            self.report(line, "a field is written as one `path`");
            return None;
        };
        if !is_path(path) {
            self.report_field(line, path, "is no path");
            return None;
        }
        let kind = match self.kind(kind) {
            Ok(kind) => kind,
            Err(error) => {
                self.report_field(line, path, error.to_string());
                return None;
            }
        };
        let constraints = cells::constraints(&constraints.plain(), &kind);
        let mut field = Field::new(path.as_str(), kind);
        match constraints {
            Ok(constraints) => field.constraints = constraints,
            Err(error) => self.report_field(line, path, error.to_string()),
        }
        match required.plain().as_str() {
            "yes" => field.required = true,
            "no" => {}
            _ => self.report_field(line, path, "Required is neither yes nor no"),
        }
        field.meaning = meaning.marked();
        Some(field)
    }

    fn kind(&self, cell: &Inlines) -> Result<Kind, CellError> {
        cells::kind(cell, |target| {
            let key = match target.split_once('#') {
                Some(("", anchor)) => format!("{}#{anchor}", self.file),
                _ => target.to_owned(),
            };
            self.types.get(&key).cloned()
        })
    }

    fn statuses(&mut self, part: &Part<'_>) -> Vec<Status> {
        self.no_parts(part);
        let Some(table) = self.table(part, &["Status", "Meaning"]) else {
            return Vec::new();
        };
        let mut statuses = Vec::new();
        for row in &table.rows {
            let [status, meaning] = &row.cells[..] else {
                continue;
            };
            match status.plain().parse() {
                Ok(status @ 100..=599) => statuses.push(Status::new(status, meaning.marked())),
                _ => self.report(row.line, "a status is a number from 100 to 599"),
            }
        }
        statuses
    }

    fn deviations(&mut self, part: &Part<'_>) -> Vec<Deviation> {
        self.no_parts(part);
        let columns = ["Field", "The vendor says", "Here", "Why"];
        let Some(table) = self.table(part, &columns) else {
            return Vec::new();
        };
        let rows = table.rows.iter().filter_map(|row| {
            let [field, says, here, _] = &row.cells[..] else {
                return None;
            };
            Some(Deviation {
                line: row.line,
                fields: field
                    .codes()
                    .map(|path| without_side(path).to_owned())
                    .collect(),
                also_spelled: also_spelled(here),
                is_on_example: says.plain().contains("example"),
                is_passed_over: is_passed_over(&here.plain()),
            })
        });
        rows.collect()
    }

    fn examples(&mut self, part: &Part<'_>) -> Vec<Example> {
        self.no_tables(part.intro);
        let mut examples = Vec::new();
        for below in &part.parts {
            self.no_parts(below);
            let heading = below.heading.trim_end_matches("(ours)").trim();
            let (title, name) = match heading.split_once(": ") {
                Some((title, name)) => (title, Some(name.trim().to_owned())),
                None => (heading, None),
            };
            let direction = match title {
                "Request" => Direction::Request,
                "Response" => Direction::Response,
                _ => {
                    self.report(below.line, format!("unknown heading \"{}\"", below.heading));
                    continue;
                }
            };
            if let Some(example) = self.example(below, direction, name) {
                examples.push(example);
            }
        }
        examples
    }

    fn example(
        &mut self,
        part: &Part<'_>,
        direction: Direction,
        name: Option<String>,
    ) -> Option<Example> {
        let mut payloads = part.intro.iter().filter_map(|block| match &block.content {
            Content::Code { language, text } if language == "json" => Some((block.line, text)),
            _ => None,
        });
        let (Some((line, text)), None) = (payloads.next(), payloads.next()) else {
            self.report(part.line, "an example has one block of json");
            return None;
        };
        match serde_json::from_str(text) {
            Ok(value) => Some(Example {
                direction,
                name,
                line: part.line,
                text: text.clone(),
                value,
            }),
            Err(error) => {
                self.report(
                    line + error.line(),
                    format!("the example is no JSON: {error}"),
                );
                None
            }
        }
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

/// Reads ``also spelled `timestring` ``, several times or with several names.
fn also_spelled(cell: &Inlines) -> Vec<String> {
    let mut names = Vec::new();
    let mut listing = false;
    for inline in &cell.0 {
        match inline {
            Inline::Text(text) if text.ends_with("also spelled ") => listing = true,
            Inline::Text(text) => listing = listing && matches!(text.trim(), "," | "and" | "or"),
            Inline::Code(name) if listing => names.push(name.clone()),
            _ => listing = false,
        }
    }
    names
}

/// Whether a deviation says that the client neither reads nor sends the field.
fn is_passed_over(here: &str) -> bool {
    here.starts_with("not read") || here.starts_with("not sent")
}

/// A deviation's field may be told from its namesake by `request` or `response` before it.
fn without_side(path: &str) -> &str {
    let path = path.strip_prefix("request ").unwrap_or(path);
    path.strip_prefix("response ").unwrap_or(path)
}

/// Whether `path` is names joined by dots, each with any number of `[]` after it.
fn is_path(path: &str) -> bool {
    path.split('.').enumerate().all(|(index, step)| {
        let name = step.trim_end_matches("[]");
        let is_root_array = index == 0 && step.starts_with("[]");
        (is_root_array || !name.is_empty()) && !name.contains(['[', ']', ' '])
    })
}

fn is_date(text: &str) -> bool {
    let digit_or = |(at, c): (usize, char)| match at {
        4 | 7 => c == '-',
        _ => c.is_ascii_digit(),
    };
    text.len() == 10 && text.chars().enumerate().all(digit_or)
}

#[cfg(test)]
mod tests {
    use crate::sample_page::{PAGE, changed, is_reported, line_of, listed, names, vendor};

    #[test]
    fn a_page_after_the_grammar_has_no_problems() {
        let (vendor, problems) = vendor(PAGE);
        assert!(problems.is_empty(), "{}", listed(&problems));
        assert_eq!(vendor.pages[0].read_on, "2026-11-21");
        assert_eq!(vendor.pages[0].sections[0].examples.len(), 2);
        assert_eq!(vendor.pages[0].types[2].variants[1].name, "here");
    }

    #[test]
    fn a_page_without_title_or_source_is_reported() {
        is_reported("# Books\n", "Books\n", "Books", "starts with a title");
        is_reported(", read on 2026-11-21", "", "# Books", "no line \"Source:");
        is_reported("2026-11-21", "today, later", "# Books", "no line \"Source:");
    }

    #[test]
    fn an_unknown_heading_is_reported() {
        is_reported(
            "### Statuses",
            "### Status",
            "### Status",
            "unknown heading",
        );
        is_reported(
            "#### Response\n",
            "#### Answer\n",
            "#### Answer",
            "unknown heading",
        );
        is_reported(
            "## Type: Author",
            "## Author",
            "## Author",
            "neither an operation",
        );
        is_reported(
            "### Variant: here",
            "### Also: here",
            "### Also",
            "unknown heading",
        );
        is_reported(
            "### Statuses",
            "##### Statuses",
            "##### Statuses",
            "skips a level",
        );
        is_reported(
            "### Query parameters",
            "### Query parameters: add",
            "### Query",
            "names no route",
        );
    }

    #[test]
    fn headings_out_of_order_are_reported() {
        let page = changed("### Query parameters", "### Aside");
        let page = page.replacen("### Request body", "### Query parameters", 1);
        let page = page.replacen("### Aside", "### Request body", 1);
        let (_, problems) = vendor(&page);
        let line = line_of(&page, "### Query parameters");
        assert!(
            names(&problems, line, "stands too late"),
            "{}",
            listed(&problems)
        );
    }

    #[test]
    fn a_malformed_route_is_reported() {
        for route in [
            "`POST`",
            "`POST books`",
            "`SEND /books`",
            "`POST /books?x=1`",
            "POST /books",
        ] {
            is_reported("`POST /books`", route, "- `add_book`", "a route is written");
        }
        is_reported(
            "- `add_book`: `POST /books`\n",
            "",
            "## Add a book",
            "neither an operation",
        );
    }

    #[test]
    fn a_malformed_table_is_reported() {
        let row = "| `note` | string | no | | A note. |";
        is_reported(
            row,
            "| `note` | string | no | A note. |",
            "| `note`",
            "4 cells instead of 5",
        );
        is_reported(
            row,
            "| `note` | string | no | | A | note. |",
            "| `note`",
            "6 cells instead of 5",
        );
        is_reported(
            "| Status | Meaning |\n| --- | --- |",
            "| Code | Meaning |\n| --- | --- |",
            "| Code",
            "the columns are Status, Meaning",
        );
        is_reported(
            "| Status | Meaning |\n| --- | --- |\n",
            "| Status | Meaning |\n",
            "### Statuses",
            "has one table",
        );
        is_reported(
            "| 201 |",
            "| created |",
            "| created",
            "a status is a number",
        );
    }

    #[test]
    fn a_malformed_row_is_reported() {
        is_reported(
            "| `note` |",
            "| note |",
            "| note |",
            "written as one `path`",
        );
        is_reported("| `note` |", "| `a..b` |", "| `a..b` |", "is no path");
        is_reported(
            "| `note` | string |",
            "| `note` | text |",
            "| `note`",
            "unknown type \"text\"",
        );
        is_reported(
            "| `note` | string | no |",
            "| `note` | string | maybe |",
            "| `note`",
            "neither yes nor no",
        );
        is_reported(
            "1..20 characters",
            "short",
            "| `titre`",
            "unknown constraint \"short\"",
        );
        is_reported(
            "1..5000",
            "1..5000 characters",
            "| `pages`",
            "in a string only",
        );
        is_reported(
            "[Author](#author)",
            "[Author](#autor)",
            "| `authors`",
            "no type stands at `#autor`",
        );
        is_reported(
            "[Author](#author)",
            "[Author](people.md#author)",
            "| `authors`",
            "no type stands at",
        );
    }

    #[test]
    fn a_child_without_its_parent_is_reported() {
        is_reported(
            "| `reader` | object | yes | | Who has it. |\n",
            "",
            "| `reader.id`",
            "no row `reader` stands before",
        );
        is_reported(
            "| `copies` | array of object |",
            "| `copies` | array of string |",
            "| `copies[].shelf`",
            "cannot have fields",
        );
        is_reported(
            "| `copies` | array of object |",
            "| `copies` | object |",
            "| `copies[].shelf`",
            "cannot have fields",
        );
    }

    #[test]
    fn duplicates_are_reported() {
        is_reported(
            "| `note` |",
            "| `pages` |",
            "| `pages` | string",
            "duplicate",
        );
        is_reported(
            "`get_book`",
            "`add_book`",
            "## Get a book",
            "the name stands in",
        );
        is_reported(
            "## Type: Author",
            "## Type: Book",
            "## Type: Book\n\n| Field | Type | Required | Constraints | Meaning |\n| --- | --- | --- | --- | --- |\n| `id`",
            "the type stands in",
        );
        is_reported(
            "### Variant: here",
            "### Variant: lent",
            "### Variant: lent\n\n| Field | Type | Required | Constraints | Meaning |\n| --- | --- | --- | --- | --- |\n| `since`",
            "duplicate",
        );
    }

    #[test]
    fn path_parameters_and_path_must_agree() {
        is_reported(
            "`GET /books/{id}`",
            "`GET /books/{number}`",
            "## Get a book",
            "`number`: no path parameter",
        );
        is_reported(
            "`GET /books/{id}`",
            "`GET /books/{number}`",
            "| `id` | integer | yes | | The book. |",
            "in no path",
        );
    }

    #[test]
    fn variants_need_the_field_that_tells_them_apart() {
        is_reported(
            "The variants are told apart by `kind`.\n",
            "",
            "## Type: State",
            "no line \"The variants",
        );
        is_reported(
            "told apart by `kind`",
            "told apart by `sort`",
            "## Type: State",
            "has no row in the common table",
        );
    }

    #[test]
    fn a_deviation_on_no_field_is_reported() {
        is_reported(
            "| `titre` | `title` in one",
            "| `title` | `title` in one",
            "| `title`",
            "no such field",
        );
        is_reported(
            "| `titre` | `title` | ",
            "| `titel` | `title` | ",
            "| `titel`",
            "no such field",
        );
    }

    #[test]
    fn a_deviation_reaches_into_named_types() {
        let page = changed(
            "| `titre` | `title` in one",
            "| response `book.state.reader.id`, `Book.genre` | `title` in one",
        );
        let (_, problems) = vendor(&page);
        assert!(problems.is_empty(), "{}", listed(&problems));
    }

    #[test]
    fn a_broken_example_is_reported_at_its_line() {
        is_reported(
            "  \"pages\": 120,",
            "  \"pages\" 120,",
            "  \"pages\"",
            "no JSON",
        );
        is_reported(
            "```json\n{\n  \"titre\"",
            "```\n{\n  \"titre\"",
            "#### Request",
            "one block of json",
        );
    }
}
