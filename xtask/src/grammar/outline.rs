//! Headings and what stands below them.

use crate::markdown::{Block, Content};

/// A heading and what stands below it.
pub(super) struct Part<'a> {
    pub(super) heading: String,
    pub(super) line: usize,
    /// What stands before the first heading below.
    pub(super) intro: &'a [Block],
    pub(super) parts: Vec<Part<'a>>,
}

impl Part<'_> {
    /// The heading before the colon, and the name after it.
    pub(super) fn titled(&self) -> (&str, Option<&str>) {
        match self.heading.split_once(": ") {
            Some((title, name)) => (title, Some(name.trim())),
            None => (&self.heading, None),
        }
    }
}

/// Cuts `blocks` at their headings.
pub(super) fn split(blocks: &[Block], level: u8) -> (&[Block], Vec<Part<'_>>) {
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
