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

/// A target, and the figure reached.
#[derive(Clone, Debug)]
pub struct Verdict {
    what: String,
    reached: String,
    target: String,
    is_reached: bool,
}

impl Verdict {
    /// A figure that must not exceed its limit. It is compared as measured, not as printed.
    #[must_use]
    pub fn at_most(what: impl Into<String>, figure: f64, limit: f64, unit: &str) -> Self {
        Self {
            what: what.into(),
            reached: format!("{figure:.3}{unit}"),
            target: format!("≤ {limit:.3}{unit}"),
            is_reached: figure <= limit,
        }
    }
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
    let _ = writeln!(
        text,
        "| {:width$} | instructions per call | allocations |        one by one |         64 in flight |",
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

/// Judges the second contender.
pub(crate) fn verdicts(title: &str, limits: Limits, measured: &[Measured]) -> Vec<Verdict> {
    let Limits {
        instructions,
        time,
        more_allocations,
        less_than,
    } = limits;
    let [first, ours, others @ ..] = measured else {
        return Vec::new();
    };
    let verdict = |what: String, figure, limit, unit| {
        Verdict::at_most(format!("{title}: {what}"), figure, limit, unit)
    };
    let mut verdicts = Vec::new();
    let to_first = Ratios::of(ours, first);
    if let Some(ratio) = to_first.instructions {
        verdicts.push(verdict("instructions".into(), ratio, instructions, " ×"));
    }
    verdicts.push(verdict(
        "time one by one".into(),
        to_first.in_sequence,
        time,
        " ×",
    ));
    verdicts.push(verdict(
        "time with 64 in flight".into(),
        to_first.in_flight,
        time,
        " ×",
    ));
    if let (Some((ours, first)), Some(limit)) = (ours.counts.zip(first.counts), more_allocations) {
        let more = ours.allocations - first.allocations;
        verdicts.push(verdict(
            "allocations more".into(),
            more,
            f64::from(limit),
            "",
        ));
    }
    for other in others.iter().filter(|one| less_than.contains(&one.name)) {
        let what = format!("highest of the four ratios to {}", other.name);
        verdicts.push(verdict(what, Ratios::of(ours, other).highest(), 1.0, " ×"));
    }
    verdicts
}

/// Our figures to another contender's.
struct Ratios {
    instructions: Option<f64>,
    allocations: Option<f64>,
    in_sequence: f64,
    in_flight: f64,
}

impl Ratios {
    fn of(ours: &Measured, other: &Measured) -> Self {
        let counts = ours.counts.zip(other.counts);
        Self {
            instructions: counts.map(|(ours, other)| ours.instructions / other.instructions),
            allocations: counts.map(|(ours, other)| ours.allocations / other.allocations),
            in_sequence: ours.timing.in_sequence.ratio / other.timing.in_sequence.ratio,
            in_flight: ours.timing.in_flight.ratio / other.timing.in_flight.ratio,
        }
    }

    fn highest(&self) -> f64 {
        let counts = self.instructions.into_iter().chain(self.allocations);
        counts.fold(self.in_sequence.max(self.in_flight), f64::max)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_compared_before_it_is_rounded() {
        let is_reached = |figure| Verdict::at_most("time", figure, 1.02, " ×").is_reached;
        assert!(is_reached(1.02));
        assert!(!is_reached(1.0249), "which is printed as 1.025");
        assert!(!is_reached(1.020_04), "which is printed as 1.020");
    }
}
