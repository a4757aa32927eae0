//! Example payloads.

use super::Parser;
use super::outline::Part;
use crate::markdown::Content;
use crate::page::{Direction, Example};

impl Parser<'_> {
    pub(super) fn examples(&mut self, part: &Part<'_>) -> Vec<Example> {
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
}
