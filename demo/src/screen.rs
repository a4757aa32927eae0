//! How the demonstration is written on the screen.

use std::fmt::Display;

use time::OffsetDateTime;
use time::macros::format_description;

/// The heading of one vendor's day.
pub(crate) fn title(text: &str) {
    println!("\n{text}\n{}\n", "=".repeat(text.chars().count()));
}

/// What happens at a time of the day.
pub(crate) fn event(at: OffsetDateTime, text: impl Display) {
    let time = at
        .format(format_description!("[hour]:[minute]"))
        .unwrap_or_default();
    println!("{time}  {text}");
}

/// A further line of the same event.
pub(crate) fn detail(text: impl Display) {
    println!("       {text}");
}

/// A table with a line above it that names its columns.
pub(crate) fn table<const COLUMNS: usize>(heads: [&str; COLUMNS], rows: &[[String; COLUMNS]]) {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .chain([heads[column].chars().count()])
            .max()
            .unwrap_or_default()
    };
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    let line = |cells: [&str; COLUMNS]| {
        let cells: Vec<_> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        detail(cells.join("  ").trim_end());
    };
    line(heads);
    let rules = widths.map(|width| "-".repeat(width));
    line(rules.each_ref().map(String::as_str));
    for row in rows {
        line(row.each_ref().map(String::as_str));
    }
    println!();
}
