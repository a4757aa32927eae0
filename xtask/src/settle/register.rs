//! The register of a vendor's findings, and the experiments that it names.
//!
//! A row is `| C-14 | what was settled | the experiments |`.

use time::Date;

use crate::links::README;
use crate::page::Vendor;
use crate::problem::Problem;
use crate::settle::experiment::Experiment;
use crate::settle::subject;

/// The header of a register that names experiments.
const HEADER: &str = "| Finding | Settled | Experiment |";

pub(crate) struct Register {
    /// The page that it is on.
    pub(crate) path: String,
    /// The line of its header.
    line: usize,
    rows: Vec<Row>,
}

struct Row {
    line: usize,
    finding: String,
    settled: String,
    experiments: String,
}

impl Register {
    pub(crate) fn of(vendor: &Vendor) -> Self {
        let text = vendor.texts.get(README).map_or("", String::as_str);
        Self::read(&vendor.name, text)
    }

    /// The register in the text of a vendor's page.
    pub(crate) fn read(vendor: &str, text: &str) -> Self {
        let path = format!("docs/{vendor}/{README}");
        let mut lines = (1..).zip(text.lines());
        let header = lines.find(|(_, line)| *line == HEADER);
        let rows = lines.skip(1).map_while(|(line, text)| {
            let row = text.strip_prefix("| ")?.strip_suffix('|')?;
            let mut cells = row.split(" |").map(str::trim);
            Some(Row {
                line,
                finding: cells.next()?.to_owned(),
                settled: cells.next()?.to_owned(),
                experiments: cells.next()?.to_owned(),
            })
        });
        Self {
            path,
            line: header.map_or(0, |(line, _)| line),
            rows: rows.collect(),
        }
    }

    /// The row of an experiment's finding with what was observed, and the line that it replaces.
    pub(crate) fn row_with(
        &self,
        experiment: &Experiment,
        observed: &str,
        on: Date,
    ) -> Option<(usize, String)> {
        let mut rows = self.rows.iter();
        let row = rows.find(|row| row.finding == experiment.finding)?;
        let observed = format!("Observed on {on}: {} – {observed}.", experiment.question);
        let row_with = format!(
            "| {} | {} {observed} | {} |",
            row.finding, row.settled, row.experiments
        );
        Some((row.line, row_with))
    }
}

/// Names every experiment that the register lacks, and every one that it has too many.
pub(crate) fn check(vendor: &Vendor) -> Vec<Problem> {
    let Some(subject) = subject(&vendor.name) else {
        return Vec::new();
    };
    let register = Register::of(vendor);
    let mut problems = Vec::new();
    for row in &register.rows {
        let of_finding = subject.experiments.iter();
        let of_finding = of_finding.filter(|experiment| experiment.finding == row.finding);
        let names: Vec<_> = of_finding
            .map(|experiment| format!("`{}`", experiment.name))
            .collect();
        let names = names.join(", ");
        if names != row.experiments {
            let message = match names.as_str() {
                "" => format!("finding {} has no experiment", row.finding),
                names => format!("finding {} has the experiment {names}", row.finding),
            };
            problems.push(Problem::new(&register.path, row.line, message));
        }
    }
    for experiment in subject.experiments {
        let mut rows = register.rows.iter();
        if !rows.any(|row| row.finding == experiment.finding) {
            let message = format!(
                "the experiment {} settles {}, which no row of the register has",
                experiment.name, experiment.finding
            );
            problems.push(Problem::new(&register.path, register.line, message));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages;
    use crate::sample_page::listed;

    /// The problems of a register in which `old` is replaced.
    fn problems(old: &str, new: &str) -> String {
        let mut texts = pages::texts(crate::root(), "cegid-loop").unwrap();
        let page = texts.get_mut(README).unwrap();
        assert!(page.contains(old), "{old}");
        *page = page.replacen(old, new, 1);
        let (vendor, _) = pages::read("cegid-loop", &texts);
        listed(&check(&vendor))
    }

    #[test]
    fn a_register_names_every_experiment_and_no_other() {
        assert_eq!(problems("C-14", "C-14"), "");
        let found = problems(" | `filter-mandatory` |", " | |");
        assert!(
            found.contains("finding C-14 has the experiment `filter-mandatory`"),
            "{found}"
        );
        let found = problems("above. | |", "above. | `made-up` |");
        assert!(found.contains("finding C-04 has no experiment"), "{found}");
        let found = problems("| C-25 |", "| C-26 |");
        assert!(
            found.contains("sort-descending settles C-25, which no row of the register has"),
            "{found}"
        );
    }
}
