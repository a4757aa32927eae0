//! What a vendor's folder page says about the service as a whole, as far as a tool can use it.

use vendor_sandbox::contract::Status;

use crate::markdown::{self, Block, Content, Inlines};
use crate::page::Vendor;
use crate::problem::Problem;
use crate::sources::Literals;

/// The facts on a folder's `README.md`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Service {
    /// The page, from the workspace's root.
    pub(crate) path: String,
    /// The page's title: the vendor's name.
    pub(crate) title: String,
    /// The URLs under *Base URL*, the default one first.
    pub(crate) base_urls: Vec<String>,
    /// Whether *Authentication* says HTTP Basic.
    pub(crate) is_basic: bool,
    /// The headers in the table under *Authentication*, with what they hold.
    pub(crate) secret_headers: Vec<(String, String)>,
    /// The headers in the other tables, with their values.
    pub(crate) headers: Vec<(String, String)>,
    /// The statuses that any operation may respond with, beside its own.
    pub(crate) statuses: Vec<Status>,
}

impl Service {
    /// The media type of the header `Content-Type`, without its parameters.
    pub(crate) fn media_type(&self) -> &str {
        let mut headers = self.headers();
        let header = headers.find(|(name, _)| *name == "Content-Type");
        header.map_or("application/json", |(_, value)| {
            value.split(';').next().unwrap_or(value)
        })
    }

    /// The headers of every request that hold no secret, each with its value.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.headers.iter();
        headers.map(|(name, value)| (name.as_str(), code_of(value)))
    }

    /// Whether any operation may respond with this status.
    pub(crate) fn refuses_with(&self, status: u16) -> bool {
        self.statuses.iter().any(|known| known.status == status)
    }
}

/// The code at the beginning of a cell.
fn code_of(cell: &str) -> &str {
    cell.trim_start_matches('`')
        .split('`')
        .next()
        .unwrap_or_default()
}

/// Reads the page at `path`, with everything that is missing on it.
pub(crate) fn read(path: &str, text: &str, problems: &mut Vec<Problem>) -> Service {
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
    let secret_headers: Vec<_> = headers(authentication).collect();
    let service = Service {
        path: path.to_owned(),
        title: title.unwrap_or_default(),
        base_urls: base_urls.collect(),
        is_basic: texts(authentication).any(|text| text.plain().contains("HTTP Basic")),
        headers: headers(&blocks)
            .filter(|header| !secret_headers.contains(header))
            .collect(),
        secret_headers,
        statuses: statuses(&blocks),
    };
    let mut missing = |is_missing: bool, what: &str| {
        if is_missing {
            problems.push(Problem::new(path, 0, what));
        }
    };
    missing(service.title.is_empty(), "no title");
    missing(
        service.base_urls.is_empty(),
        "no URL in code below a heading \"Base URL\"",
    );
    missing(
        !service.is_basic && service.secret_headers.is_empty(),
        "neither \"HTTP Basic\" nor a table of Header, Value below a heading \"Authentication\"",
    );
    service
}

/// Everything in which the page differs from what the client sends, and the sandbox asks for.
pub(crate) fn compare(vendor: &Vendor, client: &Literals, sandbox: &Literals) -> Vec<Problem> {
    let service = &vendor.service;
    let mut problems = Vec::new();
    let mut report = |holds: bool, message: String| {
        if !holds {
            problems.push(Problem::new(&service.path, 0, message));
        }
    };
    for (index, url) in service.base_urls.iter().enumerate() {
        let in_client = client.has(url);
        report(
            in_client || index > 0 && sandbox.has(path_of(url)),
            format!("the client does not know the base URL {url}"),
        );
    }
    for url in client.starting_with("https://") {
        let message = format!("the client has the base URL {url}, which is not here");
        report(service.base_urls.iter().any(|known| known == url), message);
    }
    for (name, literals) in [("client", client), ("sandbox", sandbox)] {
        let is_basic = literals.starting_with("Basic").next().is_some();
        let message = format!("whether it is HTTP Basic differs from the {name}");
        report(is_basic == service.is_basic, message);
        for (header, _) in &service.secret_headers {
            let known = literals.has_ignoring_case(header);
            report(
                known,
                format!("the {name} does not know the header {header}"),
            );
        }
    }
    for (header, value) in &service.headers {
        let known = header.eq_ignore_ascii_case("accept") || client.has_ignoring_case(header);
        report(
            known,
            format!("the client does not send the header {header}"),
        );
        let value = code_of(value);
        let message = format!("the client does not send {value} in the header {header}");
        report(client.has(value), message);
    }
    problems
}

/// The path of a URL: `/ocean` of `https://v3.example/ocean`.
fn path_of(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, rest)| rest);
    after.find('/').map_or("", |slash| &after[slash..])
}

/// The rows of the table of `Status` and `Meaning`.
fn statuses(blocks: &[Block]) -> Vec<Status> {
    let rows = tables(blocks, ["Status", "Meaning"]);
    rows.filter_map(|(status, meaning)| Some(Status::new(status.parse().ok()?, meaning)))
        .collect()
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
    tables(blocks, ["Header", "Value"])
}

/// The rows of the tables with these two columns.
fn tables<'a>(
    blocks: &'a [Block],
    columns: [&'a str; 2],
) -> impl Iterator<Item = (String, String)> + 'a {
    let tables = blocks.iter().filter_map(|block| match &block.content {
        Content::Table(table) => Some(table),
        _ => None,
    });
    let tables = tables.filter(move |table| table.header.iter().map(Inlines::plain).eq(columns));
    let rows = tables.flat_map(|table| &table.rows);
    rows.filter_map(|row| match &row.cells[..] {
        [name, value] => Some((name.plain(), value.marked())),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_page::{PAGE, README, listed, vendor};

    #[test]
    fn a_folder_page_tells_where_the_service_is_and_how_to_get_in() {
        let mut problems = Vec::new();
        let service = read("docs/library/README.md", README, &mut problems);
        assert_eq!(listed(&problems), "");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = Service {
            path: "docs/library/README.md".to_owned(),
            title: "The library".to_owned(),
            base_urls: vec![
                "https://a.example".to_owned(),
                "https://a.example/b".to_owned(),
            ],
            is_basic: false,
            secret_headers: vec![pair("x-key", "the key")],
            headers: vec![pair("Content-Type", "`application/x+json;charset=UTF-8`")],
            statuses: vec![Status::new(401, "No key.")],
        };
        assert_eq!(service, expected);
        assert_eq!(service.media_type(), "application/x+json");
    }

    #[test]
    fn basic_authentication_is_told_in_words() {
        let text = "# X\n\n## Authentication\n\nHTTP Basic, on every request.\n";
        let service = read("README.md", text, &mut Vec::new());
        assert!(service.is_basic);
        assert_eq!(service.media_type(), "application/json");
    }

    #[test]
    fn a_folder_page_without_base_url_or_authentication_is_found() {
        for (old, new, message) in [
            ("# The library\n", "The library\n", "no title"),
            ("## Base URL", "## Base URLs", "no URL in code"),
            (
                "## Authentication",
                "## Authentification",
                "neither \"HTTP Basic\" nor",
            ),
        ] {
            let mut problems = Vec::new();
            read("README.md", &README.replacen(old, new, 1), &mut problems);
            assert!(listed(&problems).contains(message), "{}", listed(&problems));
        }
    }

    /// What differs between the page with `old` replaced and a client and a sandbox.
    fn differences(old: &str, new: &str) -> String {
        let (mut vendor, _) = vendor(PAGE);
        assert!(README.contains(old), "{old}");
        let text = README.replacen(old, new, 1);
        vendor.service = read("README.md", &text, &mut Vec::new());
        let client = Literals::of(
            r#"const URL: &str = "https://a.example"; const KEY: HeaderName = from("x-key");
               const TYPE: (&str, &str) = ("content-type", "application/x+json;charset=UTF-8");"#,
        );
        let sandbox = Literals::of(r#"f("X-Key"); const PATHS: [&str; 2] = ["", "/b"];"#);
        listed(&compare(&vendor, &client, &sandbox))
    }

    #[test]
    fn every_fact_of_a_folder_page_is_compared() {
        assert_eq!(differences("The library", "The library"), "");
        for (old, new, message) in [
            (
                "https://a.example`",
                "https://a.exmaple`",
                "does not know the base URL",
            ),
            (
                "https://a.example`",
                "https://a.exmaple`",
                "has the base URL https://a.example, which",
            ),
            (
                "/b`",
                "/c`",
                "does not know the base URL https://a.example/c",
            ),
            (
                "x-key",
                "x-kye",
                "the client does not know the header x-kye",
            ),
            (
                "x-key",
                "x-kye",
                "the sandbox does not know the header x-kye",
            ),
            (
                "| Header |",
                "HTTP Basic.\n\n| Header |",
                "whether it is HTTP Basic differs",
            ),
            (
                "`Content-Type`",
                "`Content-Typ`",
                "does not send the header",
            ),
            (
                "x+json;charset=UTF-8",
                "x+json;charset=UTF-7",
                "does not send application/x+json",
            ),
        ] {
            let found = differences(old, new);
            assert!(found.contains(message), "{message}: {found}");
        }
    }
}
