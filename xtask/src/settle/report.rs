//! What was settled, put together. Everything in it is a text of an experiment's, a number of a
//! status, or a name that the lab has given.

use time::Date;

use crate::observe::exchange::Exchange;
use crate::problem::Problem;
use crate::settle::experiment::{Experiment, Subject};
use crate::settle::lab::Told;
use crate::settle::register::Register;

/// The outcome of each experiment.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) results: Vec<(&'static Experiment, Told)>,
    /// What could not be undone.
    pub(crate) left: Vec<String>,
    /// Every call with its response, none of which is printed as it is.
    pub(crate) exchanges: Vec<Exchange>,
}

impl Report {
    pub(crate) fn text(&self, register: &Register, today: Date) -> String {
        let told = self.results.iter().filter(|(_, told)| told.is_ok()).count();
        let mut text = format!(
            "{told} of {} experiments have an outcome\n\n\
             | Finding | Experiment | Assumed | Observed |\n\
             | --- | --- | --- | --- |\n",
            self.results.len()
        );
        for (experiment, told) in &self.results {
            let observed = match told {
                Ok(observed) => (*observed).to_owned(),
                Err(reason) => format!("– ({reason})"),
            };
            text.push_str(&format!(
                "| {} | {} | {} | {observed} |\n",
                experiment.finding,
                experiment.name,
                experiment.assumed(),
            ));
        }
        let lines: Vec<_> = self.lines(register, today).collect();
        if !lines.is_empty() {
            text.push_str(&format!("\nFor {}:\n", register.path));
            lines.iter().for_each(|line| text.push_str(line));
        }
        text
    }

    /// The rows of the register with what was observed, each with its line.
    fn lines(&self, register: &Register, today: Date) -> impl Iterator<Item = String> {
        self.results.iter().filter_map(move |(experiment, told)| {
            let observed = told.as_ref().ok()?;
            let (line, row) = register.row_with(experiment, observed, today)?;
            Some(format!("{line}: {row}\n"))
        })
    }

    /// What somebody has to delete by hand.
    pub(crate) fn left_behind(&self, register: &Register) -> Vec<Problem> {
        let left = self.left.iter().map(|left| {
            let message = format!("left behind, and to be undone by hand: {left}");
            Problem::new(&register.path, 0, message)
        });
        left.collect()
    }
}

/// The experiments of a service, with what they do and leave.
pub(crate) fn list(subject: &Subject) -> String {
    let mut text = String::new();
    for experiment in subject.experiments {
        let Experiment {
            finding,
            name,
            question,
            does,
            ..
        } = experiment;
        text.push_str(&format!("{name} ({finding}): {question}\n  {does}\n"));
        match &experiment.writes {
            None => text.push_str("  It only reads.\n"),
            Some(traces) => text.push_str(&format!(
                "  It leaves {}; {}.\n",
                traces.leaves, traces.undone
            )),
        }
        for (index, outcome) in experiment.outcomes.iter().enumerate() {
            let assumed = if index == 0 { ", as is assumed" } else { "" };
            text.push_str(&format!(
                "  - {}{assumed}: {}\n",
                outcome.observed, outcome.told_by
            ));
        }
    }
    text
}
