//! What is printed.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::timing::Timing;
use crate::valgrind::Counts;
use crate::{Benchmark, Limits};

/// All figures of one contender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) timing: Timing,
    pub(crate) counts: Option<Counts>,
}

/// One target, and what was reached.
#[derive(Clone, Debug)]
pub struct Verdict {
    what: String,
    reached: String,
    target: String,
    is_reached: bool,
}

impl Verdict {
    /// A figure that must not be above its limit.
    #[must_use]
    pub fn at_most(what: impl Into<String>, figure: f64, limit: f64, unit: &str) -> Self {
        Self {
            what: what.into(),
            reached: format!("{figure:.2}{unit}"),
            target: format!("≤ {limit:.2}{unit}"),
            // As printed: a ratio of 1.003 is one of 1.00.
            is_reached: (figure * 100.0).round() <= (limit * 100.0).round(),
        }
    }
}

/// The middle one, or 0 of none.
pub fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// What the figures were measured on.
pub(crate) fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown processor", |model| {
        model.trim_start_matches([' ', '\t', ':'])
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores, {}", version_of("rustc"))
}

fn version_of(tool: &str) -> String {
    let output = Command::new(tool).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_else(|_| format!("no {tool}"))
}

/// A table of contenders and figures, as Markdown.
pub(crate) fn table(benchmark: &Benchmark, measured: &[Measured]) -> String {
    let mut text = format!("## {}\n\n", benchmark.title);
    let width = measured.iter().map(|one| one.name.len()).max().unwrap_or(0);
    let heads = [
        "instructions per call",
        "allocations",
        "one by one",
        "64 in flight",
    ];
    let [instructions, allocations, one_by_one, in_flight] = heads;
    let _ = writeln!(
        text,
        "| {:width$} | {instructions:>21} | {allocations:>11} | {one_by_one:>17} | {in_flight:>20} |",
        ""
    );
    let _ = writeln!(
        text,
        "| {:-<width$} | {:->20}: | {:->10}: | {:->16}: | {:->19}: |",
        "", "", "", "", ""
    );
    for one in measured {
        let (instructions, allocations) = counts(one, measured);
        let in_sequence = one.timing.in_sequence;
        let one_by_one = format!("{:.1} µs  {:.3} ×", in_sequence.micros, in_sequence.ratio);
        let in_flight = one.timing.in_flight;
        let in_flight = format!(
            "{:.0} /s  {:.3} ×",
            1e6 / in_flight.micros,
            1.0 / in_flight.ratio
        );
        let _ = writeln!(
            text,
            "| {:width$} | {instructions:>21} | {allocations:>11} | {one_by_one:>17} | {in_flight:>20} |",
            one.name
        );
    }
    text
}

fn counts(one: &Measured, measured: &[Measured]) -> (String, String) {
    let Some((counts, first)) = one.counts.zip(measured[0].counts) else {
        return ("no valgrind".to_owned(), "no valgrind".to_owned());
    };
    let ratio = counts.instructions / first.instructions;
    (
        format!("{:.0}  {ratio:.3} ×", counts.instructions),
        format!("{:.1}", counts.allocations),
    )
}

/// Judges our contender, the second.
pub(crate) fn verdicts(benchmark: &Benchmark, measured: &[Measured]) -> Vec<Verdict> {
    let Limits {
        instructions,
        time,
        more_allocations,
        less_than_all,
    } = benchmark.limits;
    let [first, ours, others @ ..] = measured else {
        return Vec::new();
    };
    let title = benchmark.title;
    let versus = |what: &str, other: &Measured| format!("{title}: {what}, to {}", other.name);
    let mut verdicts = Vec::new();
    let mut compare = |other: &Measured, instructions: f64, time: f64| {
        if let Some((ours, other_counts)) = ours.counts.zip(other.counts) {
            let ratio = ours.instructions / other_counts.instructions;
            verdicts.push(Verdict::at_most(
                versus("instructions", other),
                ratio,
                instructions,
                " ×",
            ));
        }
        let (ours, others) = (ours.timing, other.timing);
        let ratio = ours.in_sequence.ratio / others.in_sequence.ratio;
        verdicts.push(Verdict::at_most(
            versus("time one by one", other),
            ratio,
            time,
            " ×",
        ));
        let ratio = ours.in_flight.ratio / others.in_flight.ratio;
        verdicts.push(Verdict::at_most(
            versus("time with 64 in flight", other),
            ratio,
            time,
            " ×",
        ));
    };
    compare(first, instructions, time);
    for other in others.iter().filter(|_| less_than_all) {
        compare(other, 1.0, 1.0);
    }
    if let (Some((ours, other)), Some(limit)) = (ours.counts.zip(first.counts), more_allocations) {
        let more = ours.allocations - other.allocations;
        let what = versus("further allocations", first);
        verdicts.push(Verdict::at_most(what, more, limit as f64, ""));
    }
    verdicts
}

/// All targets, as Markdown.
pub(crate) fn summary(verdicts: &[Verdict]) -> String {
    let width = verdicts
        .iter()
        .map(|one| one.what.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = format!(
        "## Targets\n\n| {:width$} | {:>10} | {:>10} | {:>7} |\n| {:-<width$} | {:->9}: | {:->9}: | {:-<7} |\n",
        "", "reached", "target", "", "", "", "", ""
    );
    for one in verdicts {
        let Verdict {
            what,
            reached,
            target,
            is_reached,
        } = one;
        let verdict = if *is_reached { "reached" } else { "missed" };
        let _ = writeln!(
            text,
            "| {what:width$} | {reached:>10} | {target:>10} | {verdict:7} |"
        );
    }
    text
}
