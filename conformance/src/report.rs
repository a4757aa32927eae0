//! The table: case × vendor.

use std::fmt::Write as _;

/// The results of all cases with one vendor.
#[derive(Debug, Default)]
pub struct Report {
    pub vendor: &'static str,
    /// One line for each case, in their order.
    pub lines: Vec<Line>,
}

/// The result of one case.
#[derive(Debug)]
pub struct Line {
    pub topic: &'static str,
    /// What goes wrong.
    pub case: &'static str,
    /// What the client must make of it.
    pub expected: String,
    /// How often it was run: with each operation, before and after the vendor acts.
    pub runs: usize,
    pub complaints: Vec<String>,
}

impl Report {
    pub fn complaints(&self) -> Vec<&str> {
        self.lines
            .iter()
            .flat_map(|line| &line.complaints)
            .map(String::as_str)
            .collect()
    }
}

/// The table of several vendors' reports, in Markdown. A cell holds the number of runs, all of
/// which passed unless it says otherwise, or a dash if the case does not apply.
pub fn markdown(reports: &[Report]) -> String {
    let mut text = String::new();
    let all = || reports.iter().flat_map(|report| &report.lines);
    let mut topics: Vec<&str> = Vec::new();
    for line in all().filter(|line| line.runs > 0) {
        if !topics.contains(&line.topic) {
            topics.push(line.topic);
        }
    }
    for topic in topics {
        let _ = write!(
            text,
            "\n### {topic}\n\n| Case | What the client makes of it |"
        );
        for report in reports {
            let _ = write!(text, " {} |", report.vendor);
        }
        let _ = writeln!(text, "\n| --- | --- |{}", " --: |".repeat(reports.len()));
        let mut cases: Vec<&str> = Vec::new();
        for line in all().filter(|line| line.topic == topic) {
            if cases.contains(&line.case) {
                continue;
            }
            cases.push(line.case);
            let _ = write!(text, "| {} | {} |", line.case, line.expected);
            for report in reports {
                let _ = write!(text, " {} |", cell(report, line));
            }
            text.push('\n');
        }
    }
    text
}

fn cell(report: &Report, row: &Line) -> String {
    let found = report
        .lines
        .iter()
        .find(|line| line.topic == row.topic && line.case == row.case);
    match found {
        Some(line) if !line.complaints.is_empty() => format!("**failed** of {}", line.runs),
        Some(line) if line.runs > 0 => line.runs.to_string(),
        _ => "–".to_owned(),
    }
}
