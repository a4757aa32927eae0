//! Mistakes on the real pages, and whether a maintainer would hear of them.
//!
//! A maintainer refreshes what is stale with `cargo xtask write`, so a stale file doesn't count: a
//! mistake has to be a problem on the pages themselves, or disagree with the code. Every class of
//! mistakes that `docs/README.md` promises to find is here; the seed makes each run the same.

use crate::check::GENERATORS;
use crate::code::{self, Codes};
use crate::pages::{self, Texts};

/// How many mistakes of a class are tried on each vendor's pages.
const PER_CLASS: usize = 1;

/// How many in a hundred have to be noticed.
const WANTED: usize = 98;

/// A page with one mistake.
struct Mistake {
    class: &'static str,
    file: String,
    /// The line as it was, and as it is.
    change: (String, String),
    text: String,
}

/// A class of mistakes: its name, and the line with the mistake, if it can be made in this one.
struct Class {
    name: &'static str,
    make: fn(&Line<'_>) -> Option<String>,
}

/// A line of a page, and where it stands.
struct Line<'a> {
    text: &'a str,
    file: &'a str,
    /// The last heading above it.
    heading: &'a str,
    /// The header of the table that it is a row of.
    columns: &'a str,
    is_code: bool,
}

impl Line<'_> {
    fn cells(&self) -> Vec<&str> {
        let row = self.text.trim().trim_matches('|');
        row.split(" | ").map(str::trim).collect()
    }

    /// The row of a field table with one cell changed.
    fn field_cell(&self, at: usize, change: impl Fn(&str) -> Option<String>) -> Option<String> {
        let is_row = self.columns.starts_with("| Field | Type |") && self.text.starts_with("| `");
        let cells = is_row
            .then(|| self.cells())
            .filter(|cells| cells.len() >= 4)?;
        let changed = change(cells[at]).filter(|changed| changed != cells[at])?;
        let mut cells: Vec<String> = cells.into_iter().map(str::to_owned).collect();
        cells[at] = changed;
        Some(format!("| {} |", cells.join(" | ")))
    }

    /// Whether the fields of this table are sent.
    fn is_sent(&self) -> bool {
        self.heading.contains("Request") || self.heading.contains("parameters")
    }

    fn is_status(&self) -> bool {
        let is_row = self.columns.starts_with("| Status | Meaning |");
        let number = self.text.trim_start_matches("| ");
        is_row && number.starts_with(|c: char| c.is_ascii_digit())
    }

    fn is_deviation(&self) -> bool {
        self.columns.starts_with("| Field | The vendor says |") && self.text.starts_with("| ")
    }
}

const CLASSES: &[Class] = &[
    Class {
        name: "a field is misspelt",
        make: |line| line.field_cell(0, |cell| Some(misspelt(cell))),
    },
    Class {
        name: "a row is missing",
        make: |line| {
            line.field_cell(0, |_| Some("gone".to_owned()))
                .map(|_| String::new())
        },
    },
    Class {
        name: "another type",
        make: |line| {
            line.field_cell(1, |cell| {
                let (first, rest) = cell.split_once(' ').unwrap_or((cell, ""));
                let other = match first {
                    "string" => "boolean",
                    "integer" | "number" | "boolean" => "string",
                    _ => return None,
                };
                Some(if rest.starts_with('(') {
                    other.to_owned()
                } else {
                    format!("{other} {rest}")
                })
            })
        },
    },
    Class {
        name: "a requirement is turned round",
        make: |line| {
            let is_null_too = line
                .cells()
                .get(1)
                .is_some_and(|cell| cell.contains("null"));
            line.field_cell(2, |cell| match cell {
                // Reading does without whatever may be null.
                "yes" if !is_null_too => Some("no".to_owned()),
                "no" if !is_null_too => Some("yes".to_owned()),
                _ => None,
            })
        },
    },
    Class {
        name: "another bound on what is sent",
        make: |line| {
            line.field_cell(3, |cell| {
                (line.is_sent() && cell.contains("..")).then(|| one_more(cell))
            })
        },
    },
    Class {
        name: "a listed value is missing",
        make: |line| {
            line.field_cell(3, |cell| {
                let is_list = cell.starts_with("known ") || cell.starts_with("one of ");
                let (rest, _) = cell.rsplit_once(", ").filter(|_| is_list)?;
                Some(rest.to_owned())
            })
        },
    },
    Class {
        name: "a listed value is misspelt",
        make: |line| {
            line.field_cell(3, |cell| {
                let is_list = cell.starts_with("known ") || cell.starts_with("one of ");
                is_list.then(|| format!("{cell}9"))
            })
        },
    },
    Class {
        name: "another unit or format",
        make: |line| {
            line.field_cell(1, |cell| {
                [
                    ("(minutes)", "(seconds)"),
                    ("(seconds)", "(minutes)"),
                    ("(epoch milliseconds)", "(seconds)"),
                    ("(dd/MM/yyyy HH:mm)", "(ISO 8601)"),
                    ("(ISO 8601)", "(UUID)"),
                    ("(UUID)", "(ISO 8601)"),
                ]
                .iter()
                .find(|(old, _)| cell.contains(old))
                .map(|(old, new)| cell.replacen(old, new, 1))
            })
        },
    },
    Class {
        name: "a path can do without its parameter",
        make: |line| {
            let is_path = line.heading.starts_with("### Path parameters");
            line.field_cell(2, |_| is_path.then(|| "no".to_owned()))
        },
    },
    Class {
        name: "another spelling is missing",
        make: |line| {
            let (before, rest) = line.text.split_once("also spelled `")?;
            let (name, after) = rest.split_once('`')?;
            Some(format!("{before}once `{name}`{after}"))
        },
    },
    Class {
        name: "another spelling is misspelt",
        make: |line| {
            let (before, rest) = line.text.split_once("also spelled `")?;
            Some(format!("{before}also spelled `x{rest}"))
        },
    },
    Class {
        name: "a deviation is about no field",
        make: |line| {
            let is_about_one = line.is_deviation() && line.cells()[0].ends_with('`');
            let cell = is_about_one.then(|| line.cells()[0].to_owned())?;
            Some(line.text.replacen(&cell, &misspelt(&cell), 1))
        },
    },
    Class {
        name: "a marker is misspelt or missing",
        make: |line| {
            let marked = line.is_deviation() && line.cells()[0].contains("` (not ");
            marked.then(|| line.text.replacen(" (not ", " (nto ", 1))
        },
    },
    Class {
        name: "another method",
        make: |line| {
            let is_route = line.text.starts_with("- `");
            let method = ["`GET /", "`POST /", "`PUT /", "`DELETE /"];
            let method = method.iter().find(|method| line.text.contains(**method))?;
            is_route.then(|| line.text.replacen(method, "`PATCH /", 1))
        },
    },
    Class {
        name: "another path",
        make: |line| {
            let (before, path) = line
                .text
                .split_once(" /")
                .filter(|_| line.text.starts_with("- `"))?;
            Some(format!("{before} /x{path}"))
        },
    },
    Class {
        name: "another name of an operation",
        make: |line| {
            let is_route = line.text.starts_with("- `") && line.text.contains("`: `");
            is_route.then(|| line.text.replacen("- `", "- `x", 1))
        },
    },
    Class {
        name: "a heading is misspelt",
        make: |line| {
            let is_part = line.text.starts_with("### ") && !line.text.starts_with("### Filters");
            let is_part = is_part && !line.is_code && line.file != "README.md";
            is_part.then(|| line.text.replacen("### ", "### X", 1))
        },
    },
    Class {
        name: "a variant is misspelt",
        make: |line| {
            let rest = line.text.strip_prefix("### Variant: ")?;
            Some(format!("### Variant: x{rest}"))
        },
    },
    Class {
        name: "a status that no service gives",
        make: |line| {
            line.is_status()
                .then(|| format!("| 418{}", &line.text[5..]))
        },
    },
    Class {
        name: "a status is missing",
        make: |line| line.is_status().then(String::new),
    },
    Class {
        name: "a status that another operation has",
        make: |line| {
            let (number, other) = [("| 404 ", "| 409 "), ("| 200 ", "| 204 ")]
                .into_iter()
                .find(|(number, _)| line.is_status() && line.text.starts_with(number))?;
            Some(line.text.replacen(number, other, 1))
        },
    },
    Class {
        name: "a field of a refusal is misspelt",
        make: |line| {
            let is_refusal = line.heading == "## Type: Refusal";
            line.field_cell(0, |cell| is_refusal.then(|| misspelt(cell)))
        },
    },
    Class {
        name: "an example has another member",
        make: |line| {
            let is_member = line.is_code && line.text.trim().starts_with('"');
            let is_member = is_member && line.text.contains("\": ") && line.file != "README.md";
            is_member.then(|| line.text.replacen('"', "\"zz", 1))
        },
    },
    Class {
        name: "an example is not JSON",
        make: |line| {
            let is_member = line.is_code && line.text.contains("\": ") && line.file != "README.md";
            is_member.then(|| line.text.replacen("\": ", "\" ", 1))
        },
    },
    Class {
        name: "a link leads nowhere",
        make: |line| {
            line.text
                .contains(".md#")
                .then(|| line.text.replacen(".md#", ".md#x", 1))
        },
    },
    Class {
        name: "a page that is linked is not there",
        make: |line| {
            line.text
                .contains(".md)")
                .then(|| line.text.replacen(".md)", "x.md)", 1))
        },
    },
    Class {
        name: "a finding that is not registered",
        make: |line| {
            let at = line.text.find("inding ")? + "inding ".len();
            let number = line.text.get(at..at + 4)?;
            let is_number = number.as_bytes()[1] == b'-' && number.ends_with(char::is_numeric);
            let unknown = format!("{}99", &number[..2]);
            is_number.then(|| line.text.replacen(number, &unknown, 1))
        },
    },
    Class {
        name: "a day that does not exist",
        make: |line| {
            let is_source = line.text.starts_with("Source: ");
            is_source.then(|| line.text.replacen("2026-11-21", "2026-13-41", 1))
        },
    },
    Class {
        name: "another base URL",
        make: |line| {
            let is_it = line.heading == "## Base URL" && line.text.contains("`https://");
            is_it.then(|| line.text.replacen("`https://", "`https://x", 1))
        },
    },
    Class {
        name: "another header",
        make: |line| header_cell(line, 0, |cell| cell.replacen('`', "`X", 1)),
    },
    Class {
        name: "another value of a header",
        make: |line| {
            header_cell(line, 1, |cell| match cell.starts_with("`application/") {
                true => cell.replacen("application/", "application/x", 1),
                false => cell.to_owned(),
            })
        },
    },
    Class {
        name: "a heading of the service is misspelt",
        make: |line| match line.text {
            "## Authentication" => Some("## Authentification".to_owned()),
            "## Base URL" => Some("## Base URLs".to_owned()),
            _ => None,
        },
    },
    Class {
        name: "other words on authentication",
        make: |line| {
            let is_it = line.heading == "## Authentication" && line.file == "README.md";
            match line.text {
                text if is_it && text.contains("HTTP Basic") => {
                    Some(text.replacen("HTTP Basic", "HTTP Digest", 1))
                }
                text if is_it && text == "| Header | Value |" => {
                    Some(format!("HTTP Basic.\n\n{text}"))
                }
                _ => None,
            }
        },
    },
];

/// A row of a table of headers with one cell changed.
fn header_cell(line: &Line<'_>, at: usize, change: impl Fn(&str) -> String) -> Option<String> {
    let is_row = line.columns == "| Header | Value |" && line.text.starts_with("| `");
    // What is accepted is a header of every client's.
    let is_row = is_row && (at > 0 || !line.text.contains("`Accept`"));
    let mut cells: Vec<String> = line.cells().into_iter().map(str::to_owned).collect();
    let changed = is_row.then(|| change(&cells[at]))?;
    if changed == cells[at] {
        return None;
    }
    cells[at] = changed;
    Some(format!("| {} |", cells.join(" | ")))
}

/// The name in a cell with a letter too many at its end.
fn misspelt(cell: &str) -> String {
    match cell.rsplit_once('`') {
        Some((name, rest)) => format!("{name}q`{rest}"),
        None => cell.to_owned(),
    }
}

/// The text with its last whole number raised by one.
fn one_more(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit();
    let Some(last) = text.rfind(is_digit) else {
        return text.to_owned();
    };
    let first = text[..=last].rfind(|c| !is_digit(c)).map_or(0, |at| at + 1);
    let number: u64 = text[first..=last].parse().unwrap_or_default();
    format!("{}{}{}", &text[..first], number + 1, &text[last + 1..])
}

/// Every mistake of a class that can be made on these pages.
fn mistakes(class: &Class, texts: &Texts) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (file, text) in texts {
        let lines: Vec<&str> = text.lines().collect();
        let (mut heading, mut columns, mut is_code) = ("", "", false);
        for (at, text) in lines.iter().enumerate() {
            if text.starts_with("```") {
                is_code = !is_code;
            }
            if text.starts_with('#') && !is_code {
                heading = text;
            }
            columns = match (text.starts_with('|'), columns) {
                (false, _) => "",
                (true, "") => text,
                (true, columns) => columns,
            };
            let line = Line {
                text,
                file,
                heading,
                columns,
                is_code,
            };
            if let Some(changed) = (class.make)(&line).filter(|changed| changed != text) {
                let mut lines = lines.clone();
                lines[at] = &changed;
                if changed.is_empty() {
                    lines.remove(at);
                }
                mistakes.push(Mistake {
                    class: class.name,
                    file: file.clone(),
                    text: lines.join("\n") + "\n",
                    change: ((*text).to_owned(), changed),
                });
            }
        }
    }
    mistakes
}

/// Some of them, always the same.
fn chosen(mut mistakes: Vec<Mistake>, seed: &mut u64) -> Vec<Mistake> {
    let mut chosen = Vec::new();
    while chosen.len() < PER_CLASS && !mistakes.is_empty() {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let at = (*seed >> 33) as usize % mistakes.len();
        chosen.push(mistakes.swap_remove(at));
    }
    chosen
}

/// Whether anything but a stale file tells of the mistake.
fn is_noticed(vendor: &str, texts: &Texts, codes: &Codes) -> bool {
    let (vendor, problems) = pages::read(vendor, texts);
    let vendors = std::slice::from_ref(&vendor);
    !problems.is_empty()
        || !code::compare(&vendor, codes).is_empty()
        || GENERATORS
            .iter()
            .any(|generate| !generate(crate::root(), vendors).1.is_empty())
}

#[test]
fn a_mistake_on_a_page_is_noticed_after_everything_was_refreshed() {
    let root = crate::root();
    let codes = code::load(root).unwrap();
    let (mut seed, mut tried, mut survivors) = (12, 0, Vec::new());
    let mut untried: Vec<_> = CLASSES.iter().map(|class| class.name).collect();
    for vendor in pages::names(root).unwrap() {
        let texts = pages::texts(root, &vendor).unwrap();
        assert!(
            !is_noticed(&vendor, &texts, &codes),
            "{vendor} has problems"
        );
        for class in CLASSES {
            for mistake in chosen(mistakes(class, &texts), &mut seed) {
                untried.retain(|name| *name != class.name);
                let mut texts = texts.clone();
                texts.insert(mistake.file.clone(), mistake.text);
                tried += 1;
                if !is_noticed(&vendor, &texts, &codes) {
                    let (old, new) = mistake.change;
                    survivors.push(format!(
                        "{}: {vendor}/{}\n  - {old}\n  + {new}",
                        mistake.class, mistake.file
                    ));
                }
            }
        }
    }
    let noticed = tried - survivors.len();
    let list = survivors.join("\n");
    eprintln!("{noticed} of {tried} mistakes noticed\n{list}");
    assert!(untried.is_empty(), "never tried: {untried:?}");
    assert!(
        noticed * 100 >= tried * WANTED,
        "{noticed} of {tried}\n{list}"
    );
}
