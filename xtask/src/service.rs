//! What a vendor's folder page says about the service as a whole, as far as a tool can use it.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::markdown::{self, Block, Content, Inlines};

/// The facts on a folder's `README.md`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Service {
    /// The page's title: the vendor's name.
    pub(crate) title: String,
    /// The URLs under *Base URL*, the default one first.
    pub(crate) base_urls: Vec<String>,
    /// Whether *Authentication* says HTTP Basic.
    pub(crate) is_basic: bool,
    /// The headers in the table under *Authentication*, with what they hold.
    pub(crate) secret_headers: Vec<(String, String)>,
    /// The media type of the header `Content-Type`, in whatever table it stands.
    pub(crate) media_type: String,
}

pub(crate) fn load(root: &Path, vendor: &str) -> Result<Service> {
    let path = root.join("docs").join(vendor).join("README.md");
    let text = fs::read_to_string(&path).map_err(Error::file(&path))?;
    Ok(read(&text))
}

fn read(text: &str) -> Service {
    let blocks = markdown::blocks(text);
    let title = blocks.iter().find_map(|block| match &block.content {
        Content::Heading { level: 1, text } => Some(text.plain()),
        _ => None,
    });
    let base_urls = texts(below(&blocks, "Base URL")).flat_map(Inlines::codes);
    let base_urls = base_urls
        .filter(|code| code.starts_with("https://"))
        .map(str::to_owned);
    let authentication = below(&blocks, "Authentication");
    let media_type = headers(&blocks).find(|(name, _)| name == "Content-Type");
    Service {
        title: title.unwrap_or_default(),
        base_urls: base_urls.collect(),
        is_basic: texts(authentication).any(|text| text.plain().contains("HTTP Basic")),
        secret_headers: headers(authentication).collect(),
        media_type: media_type.map_or("application/json".to_owned(), |(_, value)| {
            let value = value.trim_start_matches('`');
            value
                .split([';', '`'])
                .next()
                .unwrap_or_default()
                .to_owned()
        }),
    }
}

/// The blocks below a heading of the second level.
fn below<'a>(blocks: &'a [Block], heading: &str) -> &'a [Block] {
    let is_second = |block: &Block| matches!(block.content, Content::Heading { level: 2, .. });
    let is_it = |block: &Block| matches!(&block.content, Content::Heading { level: 2, text } if text.plain() == heading);
    let Some(start) = blocks.iter().position(is_it) else {
        return &[];
    };
    let rest = &blocks[start + 1..];
    &rest[..rest.iter().position(is_second).unwrap_or(rest.len())]
}

/// The running text in these blocks, cell by cell.
fn texts(blocks: &[Block]) -> impl Iterator<Item = &Inlines> {
    blocks.iter().flat_map(|block| match &block.content {
        Content::Paragraph(text) => vec![text],
        Content::Table(table) => table.rows.iter().flat_map(|row| &row.cells).collect(),
        _ => Vec::new(),
    })
}

/// The rows of the tables of `Header` and `Value`.
fn headers(blocks: &[Block]) -> impl Iterator<Item = (String, String)> {
    let tables = blocks.iter().filter_map(|block| match &block.content {
        Content::Table(table) => Some(table),
        _ => None,
    });
    let of_headers = tables.filter(|table| {
        table
            .header
            .iter()
            .map(Inlines::plain)
            .eq(["Header".to_owned(), "Value".to_owned()])
    });
    of_headers
        .flat_map(|table| &table.rows)
        .filter_map(|row| match &row.cells[..] {
            [name, value] => Some((name.plain(), value.marked())),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_page_tells_where_the_service_is_and_how_to_get_in() {
        let service = read(
            "# The library\n\n## Base URL\n\n`https://a.example` or `https://b.example`.\n\n\
             ## Authentication\n\n| Header | Value |\n| --- | --- |\n| `x-key` | the key |\n\n\
             ## Other headers\n\n| Header | Value |\n| --- | --- |\n\
             | `Content-Type` | `application/x+json;charset=UTF-8` |\n",
        );
        assert_eq!(
            service,
            Service {
                title: "The library".to_owned(),
                base_urls: vec![
                    "https://a.example".to_owned(),
                    "https://b.example".to_owned()
                ],
                is_basic: false,
                secret_headers: vec![("x-key".to_owned(), "the key".to_owned())],
                media_type: "application/x+json".to_owned(),
            }
        );
    }

    #[test]
    fn basic_authentication_is_told_in_words() {
        let service = read("# X\n\n## Authentication\n\nHTTP Basic, on every request.\n");
        assert!(service.is_basic);
        assert_eq!(service.media_type, "application/json");
    }
}
