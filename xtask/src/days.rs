//! Days in the text of the pages.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::pages::Texts;
use crate::problem::Problem;

/// Finds every day that no calendar has.
pub(crate) fn check(folder: &str, texts: &Texts, problems: &mut Vec<Problem>) {
    for (file, text) in texts {
        for (offset, words) in running_text(text) {
            for day in days(&words).filter(|day| !is_day(day)) {
                let line = 1 + text[..offset].matches('\n').count();
                let message = format!("there is no day {day}");
                problems.push(Problem::new(&format!("{folder}/{file}"), line, message));
            }
        }
    }
}

/// The text of a page without its code, piece by piece.
fn running_text(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut in_block = false;
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    events.filter_map(move |(event, range)| {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Text(text) if !in_block => return Some((range.start, text.into_string())),
            _ => {}
        }
        None
    })
}

/// What looks like a day.
fn days(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.filter(|word| {
        let is_digit_or_hyphen = |(at, c): (usize, char)| match at {
            4 | 7 => c == '-',
            _ => c.is_ascii_digit(),
        };
        word.len() == 10 && word.chars().enumerate().all(is_digit_or_hyphen)
    })
}

/// Whether there is such a day.
pub(crate) fn is_day(text: &str) -> bool {
    const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
    Date::parse(text, DAY).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_page::listed;

    #[test]
    fn a_day_that_does_not_exist_is_found_at_its_line() {
        let text = "# A\n\nRead on 2024-02-29, and `2026-13-41`.\n\nRead on 2026-02-29.\n";
        let texts = Texts::from([("a.md".to_owned(), text.to_owned())]);
        let mut problems = Vec::new();
        check("docs/library", &texts, &mut problems);
        let expected = "docs/library/a.md:5: there is no day 2026-02-29";
        assert_eq!(listed(&problems), expected);
    }
}
