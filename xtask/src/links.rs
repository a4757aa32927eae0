//! What a vendor's pages can be linked by: pages, their headings, and the numbers of the findings.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::markdown::{self, Content, anchor};
use crate::page::Vendor;
use crate::pages::Texts;
use crate::problem::Problem;

/// The page that speaks of the vendor as a whole, and registers its findings.
pub(crate) const README: &str = "README.md";

/// The heading of the register.
const REGISTER: &str = "Findings";

/// The pages of a vendor as texts, by file name, with everything that can be linked.
pub(crate) struct Targets {
    folder: String,
    pub(crate) texts: Texts,
    anchors: BTreeMap<String, BTreeSet<String>>,
    findings: BTreeSet<String>,
}

impl Targets {
    /// What can be linked on the pages of `vendor`.
    pub(crate) fn of(vendor: &Vendor) -> Self {
        let texts = vendor.texts.clone();
        let anchors = texts
            .iter()
            .map(|(file, text)| (file.clone(), anchors(text)))
            .collect();
        let findings = texts.get(README).map(|text| register(text));
        Self {
            folder: format!("docs/{}", vendor.name),
            texts,
            anchors,
            findings: findings.unwrap_or_default(),
        }
    }

    pub(crate) fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.folder)
    }

    /// The page as the documentation of a module: its links are links between modules, and each
    /// finding leads to the register.
    pub(crate) fn for_rustdoc(&self, file: &str, problems: &mut Vec<Problem>) -> String {
        let text = self.texts.get(file).map_or("", String::as_str);
        let mut edits = Vec::new();
        let mut report = |at: usize, message: String| {
            let line = text[..at].matches('\n').count() + 1;
            problems.push(Problem::new(&self.path(file), line, message));
        };
        let mut place = Surroundings::default();
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            place.follow(&event);
            match event {
                Event::Start(Tag::Link { dest_url, .. }) if !dest_url.contains("://") => {
                    let written = format!("({dest_url})");
                    match self.item(file, &dest_url) {
                        Ok(item) if text[range.clone()].ends_with(&written) => {
                            let start = range.end - written.len();
                            edits.push((start..range.end, format!("({item})")));
                        }
                        Ok(_) => report(range.start, "a link is written as [text](target)".into()),
                        Err(message) => report(range.start, message),
                    }
                }
                Event::Text(words) if place.is_prose() => {
                    for found in findings(&words) {
                        let number = &words[found.clone()];
                        match self.finding(number) {
                            Some(Ok(_)) if place.is_entry(file) => {
                                let entry = format!("<a id=\"{}\"></a>", anchor(number));
                                let at = range.start + found.start;
                                edits.push((at..at, entry));
                            }
                            Some(Ok(link)) => {
                                let at = range.start + found.start..range.start + found.end;
                                edits.push((at, link));
                            }
                            Some(Err(message)) => report(range.start, message),
                            None => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let mut linked = text.to_owned();
        for (range, replacement) in edits.into_iter().rev() {
            linked.replace_range(range, &replacement);
        }
        linked
    }

    /// The link to the finding `number`. There is none for the number of something else.
    pub(crate) fn finding(&self, number: &str) -> Option<Result<String, String>> {
        if self.findings.contains(number) {
            return Some(Ok(format!(
                "[{number}](crate::contract#{})",
                anchor(number)
            )));
        }
        let is_ours = |known: &String| known.starts_with(&number[..1]);
        let is_missing = self.findings.first().is_some_and(is_ours);
        is_missing.then(|| Err(format!("no finding {number} in {}", self.path(README))))
    }

    /// Whether the module path `item`, such as `crate::contract::rounds#get-a-round`, leads anywhere.
    pub(crate) fn has_item(&self, item: &str) -> bool {
        let (path, anchor) = item.split_once('#').unwrap_or((item, ""));
        let mut anchors = self.anchors.iter();
        let Some((_, anchors)) = anchors.find(|(file, _)| module_path(file) == path) else {
            return false;
        };
        let is_finding = || {
            let mut numbers = self.findings.iter();
            path == module_path(README) && numbers.any(|number| markdown::anchor(number) == anchor)
        };
        anchor.is_empty() || anchors.contains(anchor) || is_finding()
    }

    /// The path of the module, with its anchor, that `target` on the page `from` is in rustdoc.
    fn item(&self, from: &str, target: &str) -> Result<String, String> {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let file = if file.is_empty() { from } else { file };
        let Some(anchors) = self.anchors.get(file) else {
            return Err(format!("no page {file} in {}", self.folder));
        };
        if anchor.is_empty() {
            return Ok(module_path(file));
        }
        if !anchors.contains(anchor) {
            return Err(format!("no heading #{anchor} in {}", self.path(file)));
        }
        Ok(format!("{}#{anchor}", module_path(file)))
    }
}

/// The module that documents the page `file`.
pub(crate) fn module(file: &str) -> Option<String> {
    let stem = file.strip_suffix(".md").filter(|_| file != README)?;
    Some(stem.replace('-', "_"))
}

fn module_path(file: &str) -> String {
    match module(file) {
        Some(name) => format!("crate::contract::{name}"),
        None => "crate::contract".to_owned(),
    }
}

/// The numbers of findings in `text`, such as `G-02`: a capital, a hyphen, two digits.
pub(crate) fn findings(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let in_word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let found = bytes.windows(4).enumerate().filter(move |(at, window)| {
        matches!(window, [b'A'..=b'Z', b'-', b'0'..=b'9', b'0'..=b'9'])
            && !in_word(at.checked_sub(1))
            && !in_word(Some(at + 4))
    });
    found.map(|(at, _)| at..at + 4)
}

/// The anchors of the headings. One that repeats is numbered: `deviations`, `deviations-1`.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut times = BTreeMap::new();
    let blocks = markdown::blocks(text);
    let headings = blocks.iter().filter_map(|block| match &block.content {
        Content::Heading { text, .. } => Some(anchor(&text.plain())),
        _ => None,
    });
    headings
        .map(|anchor| {
            let before = times.entry(anchor.clone()).or_insert(0);
            *before += 1;
            match *before {
                1 => anchor,
                count => format!("{anchor}-{}", count - 1),
            }
        })
        .collect()
}

/// The numbers in the register.
fn register(text: &str) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    let mut is_register = false;
    for block in markdown::blocks(text) {
        match block.content {
            Content::Heading { text, .. } => is_register = text.plain() == REGISTER,
            Content::Table(table) if is_register => {
                let first = table.rows.iter().filter_map(|row| row.cells.first());
                numbers.extend(first.map(|cell| cell.plain()));
            }
            _ => {}
        }
    }
    numbers
}

/// What an event stands in.
#[derive(Default)]
struct Surroundings {
    /// Inside code, a heading or a link, where nothing can be linked.
    closed: usize,
    heading: Option<String>,
    is_register: bool,
    /// The number of cells of the row that have begun.
    cell: usize,
}

impl Surroundings {
    fn follow(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. }) => self.closed += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link) => self.closed -= 1,
            Event::Start(Tag::Heading { .. }) => {
                self.closed += 1;
                self.heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(level)) => {
                self.closed -= 1;
                let heading = self.heading.take();
                if *level <= HeadingLevel::H2 {
                    self.is_register = heading.as_deref() == Some(REGISTER);
                }
            }
            Event::Text(text) => {
                if let Some(heading) = &mut self.heading {
                    heading.push_str(text);
                }
            }
            Event::Start(Tag::TableRow | Tag::TableHead) => self.cell = 0,
            Event::Start(Tag::TableCell) => self.cell += 1,
            Event::End(TagEnd::Table) => self.cell = 0,
            _ => {}
        }
    }

    fn is_prose(&self) -> bool {
        self.closed == 0
    }

    /// Whether this is where the register has the number of a finding.
    fn is_entry(&self, file: &str) -> bool {
        file == README && self.is_register && self.cell == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_finding_is_a_word_of_its_own() {
        let text = "(finding G-02), GP-10, G-2, XG-02, G-021, G-02-a, C-03.";
        let found: Vec<_> = findings(text).map(|found| &text[found]).collect();
        assert_eq!(found, ["G-02", "C-03"]);
    }

    #[test]
    fn a_heading_that_repeats_has_a_numbered_anchor() {
        let found = anchors("# A\n\n## Deviations\n\n## Type: B\n\n## Deviations\n");
        let found: Vec<_> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["a", "deviations", "deviations-1", "type-b"]);
    }

    #[test]
    fn a_page_has_the_name_of_a_module() {
        assert_eq!(module("opening-hours.md").as_deref(), Some("opening_hours"));
        assert_eq!(module(README), None);
    }
}
