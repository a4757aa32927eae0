//! The experiments as `docs/README.md` shows them: made with the sandbox, once for each setting.

use std::path::Path;

use vendor_sandbox::Sandbox;

use crate::coverage::{PAGE, cut, read, write_section};
use crate::error::{Error, Result};
use crate::observe::compare;
use crate::observe::exchange::Exchange;
use crate::page::Vendor;
use crate::problem::Problem;
use crate::settle::experiment::{Experiment, Subject};
use crate::settle::rehearsal::rehearse;
use crate::settle::subject;

const HEADING: &str = "## With every setting turned\n";
const COMMAND: &str = "cargo xtask experiments";

/// Reports if the page is stale.
pub(crate) fn check(root: &Path, vendors: &[Vendor]) -> Result<Vec<Problem>> {
    let page = read(root)?;
    let (before, shown, _) = cut(&page, HEADING);
    if shown == self::shown(vendors)? {
        return Ok(Vec::new());
    }
    let line = before.matches('\n').count() + 1;
    let message = format!("the experiments are stale: refresh them with `{COMMAND}`");
    Ok(vec![Problem::new(PAGE, line, message)])
}

/// Writes what the page has to show. Returns what it did, if the page was stale.
pub(crate) fn write(root: &Path, vendors: &[Vendor]) -> Result<Option<String>> {
    write_section(root, HEADING, &shown(vendors)?)
}

fn shown(vendors: &[Vendor]) -> Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(Error::Sandbox)?;
    let sandbox = runtime.block_on(Sandbox::start()).map_err(Error::Sandbox)?;
    let mut text = format!(
        "{HEADING}\nWritten by `{COMMAND}`, which makes each experiment with the sandbox, once for \
         each of its settings. A pencil (✎) marks those that write. What `observe` says of the same \
         calls follows each table.\n"
    );
    for vendor in vendors {
        let Some(subject) = subject(&vendor.name) else {
            continue;
        };
        text.push_str(&format!(
            "\n### {}, turned\n\n\
             | Finding | Experiment | Assumed | Observed, by setting |\n\
             | --- | --- | --- | --- |\n",
            vendor.service.title
        ));
        let mut exchanges = Vec::new();
        for experiment in subject.experiments {
            text.push_str(&row(&sandbox, subject, experiment, &mut exchanges)?);
        }
        let observed = compare::all(vendor, &exchanges).to_string();
        let (observed, _) = observed
            .split_once("\nDocumented, and never")
            .unwrap_or((&observed, ""));
        text.push_str(&format!("\n```text\n{observed}```\n"));
    }
    Ok(text)
}

/// The row of an experiment, which is made with each of its settings.
fn row(
    sandbox: &Sandbox,
    subject: &'static Subject,
    experiment: &'static Experiment,
    exchanges: &mut Vec<Exchange>,
) -> Result<String> {
    let mut observed = Vec::new();
    for outcome in experiment.outcomes {
        let Some(settings) = outcome.sandbox else {
            continue;
        };
        let report = rehearse(sandbox, subject, experiment, outcome, true)?;
        exchanges.extend(report.exchanges);
        let told = report.results.into_iter().next().map(|(_, told)| told);
        let told = match told {
            Some(Ok(told)) => told.to_owned(),
            Some(Err(reason)) => reason.to_string(),
            None => "nothing".to_owned(),
        };
        observed.push(match settings {
            "{}" => told,
            settings => format!("{told} by `{settings}`"),
        });
    }
    Ok(format!(
        "| {} | `{}`{} | {} | {} |\n",
        experiment.finding,
        experiment.name,
        if experiment.writes.is_some() {
            " ✎"
        } else {
            ""
        },
        experiment.assumed(),
        observed.join("; "),
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::pages;

    #[test]
    fn a_page_that_shows_something_else_is_found_and_mended() {
        let name = "ocean-geomission";
        let (vendor, _) = pages::read(name, &pages::texts(crate::root(), name).unwrap());
        let vendors = [vendor];
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        let page = "# The contract\n\n## With every setting turned\n\n## Coverage\n";
        fs::write(root.path().join(PAGE), page).unwrap();
        let found = check(root.path(), &vendors).unwrap();
        let stale = "docs/README.md:3: the experiments are stale";
        assert!(found[0].to_string().starts_with(stale), "{}", found[0]);
        write(root.path(), &vendors).unwrap();
        assert_eq!(check(root.path(), &vendors).unwrap(), []);
    }
}
