//! A Markdown text as a list of blocks, each with its line.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A block, and the line that it starts on.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) line: usize,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    Heading { level: u8, text: Inlines },
    Paragraph(Inlines),
    List(Vec<Item>),
    Table(Table),
    Code { language: String, text: String },
}

#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) line: usize,
    pub(crate) text: Inlines,
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) header: Vec<Inlines>,
    pub(crate) rows: Vec<TableRow>,
}

#[derive(Debug)]
pub(crate) struct TableRow {
    pub(crate) line: usize,
    /// As many as the header has: Markdown drops what is too much and adds what is missing.
    pub(crate) cells: Vec<Inlines>,
    /// How many were written.
    pub(crate) written: usize,
}

/// A run of text.
#[derive(Debug, Default)]
pub(crate) struct Inlines(pub(crate) Vec<Inline>);

#[derive(Debug)]
pub(crate) enum Inline {
    Text(String),
    Code(String),
    Link { text: String, target: String },
}

impl Inlines {
    /// The text without any markup.
    pub(crate) fn plain(&self) -> String {
        self.join(|code| code.to_owned())
    }

    /// The text with code between backticks.
    pub(crate) fn marked(&self) -> String {
        self.join(|code| format!("`{code}`"))
    }

    /// The pieces of code in it.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|inline| match inline {
            Inline::Code(code) => Some(code.as_str()),
            _ => None,
        })
    }

    fn join(&self, code: impl Fn(&str) -> String) -> String {
        let pieces = self.0.iter().map(|inline| match inline {
            Inline::Text(text) | Inline::Link { text, .. } => text.clone(),
            Inline::Code(text) => code(text),
        });
        pieces.collect::<String>().trim().to_owned()
    }

    fn push_text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Inline::Text(last)) => last.push_str(text),
            _ => self.0.push(Inline::Text(text.to_owned())),
        }
    }
}

/// Reads `text` as blocks. Quotes, images and nested lists do not occur on the pages and are read as
/// what stands in them.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    Reader {
        text,
        lines: Lines::of(text),
        blocks: Vec::new(),
        inlines: Inlines::default(),
        link: None,
        code: None,
        items: None,
        table: None,
        row: Vec::new(),
    }
    .read()
}

/// The pieces of code in running text, wherever they stand.
pub(crate) fn codes(text: &str) -> impl Iterator<Item = String> {
    Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Code(code) => Some(code.into_string()),
        _ => None,
    })
}

/// The anchor that a heading gets: lower case, without punctuation, hyphens for spaces.
pub(crate) fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
            _ => None,
        })
        .collect()
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines,
    blocks: Vec<Block>,
    inlines: Inlines,
    link: Option<(String, String)>,
    code: Option<(String, String)>,
    items: Option<Vec<Item>>,
    table: Option<Table>,
    row: Vec<Inlines>,
}

impl Reader<'_> {
    fn read(mut self) -> Vec<Block> {
        let events = Parser::new_ext(self.text, Options::ENABLE_TABLES).into_offset_iter();
        for (event, range) in events {
            self.event(event, &range);
        }
        self.blocks
    }

    fn event(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => match &mut self.link {
                Some((text, _)) => text.push_str(&code),
                None => self.inlines.0.push(Inline::Code(code.into_string())),
            },
            Event::InlineHtml(text) | Event::Html(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Link { dest_url, .. } => self.link = Some((String::new(), dest_url.into_string())),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => {
                self.code = Some((language.into_string(), String::new()));
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => self.code = Some(Default::default()),
            Tag::List(_) => self.items = Some(Vec::new()),
            Tag::Table(_) => self.table = Some(Table::default()),
            Tag::TableHead | Tag::TableRow => self.row.clear(),
            Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell => {
                self.inlines = Inlines::default();
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        let line = self.lines.at(range.start);
        match tag {
            TagEnd::Link => {
                if let Some((text, target)) = self.link.take() {
                    self.inlines.0.push(Inline::Link { text, target });
                }
            }
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.inlines);
                let level = number(level);
                self.push(line, Content::Heading { level, text });
            }
            // The paragraph of a loose list belongs to its item.
            TagEnd::Paragraph if self.items.is_none() => {
                let text = std::mem::take(&mut self.inlines);
                self.push(line, Content::Paragraph(text));
            }
            TagEnd::Item => {
                let text = std::mem::take(&mut self.inlines);
                if let Some(items) = &mut self.items {
                    items.push(Item { line, text });
                }
            }
            TagEnd::List(_) => {
                if let Some(items) = self.items.take() {
                    self.push(line, Content::List(items));
                }
            }
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    self.push(line, Content::Code { language, text });
                }
            }
            TagEnd::TableCell => self.row.push(std::mem::take(&mut self.inlines)),
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.header = std::mem::take(&mut self.row);
                }
            }
            TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.row);
                let written = cells_written(&self.text[range.clone()]);
                if let Some(table) = &mut self.table {
                    table.rows.push(TableRow {
                        line,
                        cells,
                        written,
                    });
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.push(line, Content::Table(table));
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
        } else if let Some((link, _)) = &mut self.link {
            link.push_str(text);
        } else {
            self.inlines.push_text(text);
        }
    }

    fn push(&mut self, line: usize, content: Content) {
        self.blocks.push(Block { line, content });
    }
}

/// Counts the cells of a row as written. A bar inside a cell is escaped, in code too.
fn cells_written(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let bars = row.matches('|').count() - row.matches("\\|").count();
    let closed = row.ends_with('|') && !row.ends_with("\\|");
    if closed { bars } else { bars + 1 }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Where each line starts.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after_breaks).collect())
    }

    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_know_their_lines() {
        let found = blocks("# A\n\ntext\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n");
        let lines: Vec<_> = found.iter().map(|block| block.line).collect();
        assert_eq!(lines, [1, 3, 5]);
        let Content::Table(table) = &found[2].content else {
            panic!("no table: {found:?}");
        };
        assert_eq!(table.rows[1].line, 8);
        assert_eq!(table.rows[1].cells[1].plain(), "4");
    }

    #[test]
    fn cells_that_markdown_drops_are_counted() {
        assert_eq!(cells_written("| a | b |"), 2);
        assert_eq!(cells_written("| a | b | c |"), 3);
        assert_eq!(cells_written("| `a \\| b` | c |"), 2);
        assert_eq!(cells_written("| a"), 1);
        assert_eq!(cells_written("| a | |"), 2);
    }

    #[test]
    fn a_heading_gets_the_anchor_that_links_use() {
        assert_eq!(anchor("Type: NewTask"), "type-newtask");
        assert_eq!(
            anchor("Get the activity’s history"),
            "get-the-activitys-history"
        );
    }
}
