//! The table: case × vendor.

use std::fmt::Write as _;

/// What came of all cases with one vendor.
#[derive(Debug, Default)]
pub struct Report {
    /// The vendor.
    pub vendor: &'static str,
    /// One line for each case, in their order.
    pub lines: Vec<Line>,
}

/// What came of one case.
#[derive(Debug)]
pub struct Line {
    /// The topic that it belongs to.
    pub topic: &'static str,
    /// What goes wrong.
    pub case: &'static str,
    /// What the client has to make of it.
    pub expected: String,
    /// How often it was run: with each operation, the vendor acting first or not.
    pub runs: usize,
    /// What was wrong.
    pub complaints: Vec<String>,
}

impl Report {
    /// What was wrong, in all cases.
    pub fn complaints(&self) -> Vec<&str> {
        self.lines
            .iter()
            .flat_map(|line| &line.complaints)
            .map(String::as_str)
            .collect()
    }
}

/// The table of several vendors' reports, in Markdown. A cell holds the number of runs, all of
/// which passed unless it says otherwise; a dash stands where the case does not apply.
pub fn markdown(reports: &[Report]) -> String {
    let mut text = String::new();
    let mut rows: Vec<&Line> = Vec::new();
    for line in reports.iter().flat_map(|report| &report.lines) {
        if !rows
            .iter()
            .any(|row| row.topic == line.topic && row.case == line.case)
        {
            rows.push(line);
        }
    }
    let mut topic = "";
    for row in rows {
        if row.topic != topic {
            topic = row.topic;
            let _ = writeln!(text, "\n### {topic}\n");
            let _ = write!(text, "| Case | What the client makes of it |");
            for report in reports {
                let _ = write!(text, " {} |", report.vendor);
            }
            let _ = writeln!(text, "\n| --- | --- |{}", " --: |".repeat(reports.len()));
        }
        let _ = write!(text, "| {} | {} |", row.case, row.expected);
        for report in reports {
            let _ = write!(text, " {} |", cell(report, row));
        }
        text.push('\n');
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
