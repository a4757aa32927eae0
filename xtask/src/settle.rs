//! `cargo xtask settle`: experiments with a real service that settle recorded findings.
//!
//! An experiment asks one question, and ends in one of the outcomes that it lists. Nothing else
//! gets into a report, so no value of an account does. What an experiment makes carries a prefix, is
//! undone when it ends, and when Ctrl-C ends it.
//!
//! Reading order: `experiment.rs` (what one is), `lab.rs` (where it is made), `report.rs` and
//! `register.rs` (what becomes of its outcome), then one file per vendor.

mod cegid_loop;
mod experiment;
mod geoplanning;
mod lab;
mod ocean_geomission;
pub(crate) mod register;
mod rehearsal;
mod report;
pub(crate) mod shown;

use std::path::Path;
use std::time::Duration;

use crate::crates::{self, Parameters};
use crate::error::{Error, Result};
use crate::pages;
use crate::problem::Problem;
use crate::settle::experiment::{Experiment, Subject};
use crate::settle::lab::{Lab, Rules, Untold};
use crate::settle::register::Register;
use crate::settle::report::Report;

/// The services, each with its experiments.
pub(crate) const SUBJECTS: &[&Subject] = &[
    &cegid_loop::SUBJECT,
    &geoplanning::SUBJECT,
    &ocean_geomission::SUBJECT,
];

/// How long the command waits before each call.
const PACE: Duration = Duration::from_millis(500);

/// How the names of what is made begin.
const PREFIX: &str = "settle-";

const USAGE: &str = "\
Usage: cargo xtask settle <vendor> [--list] [--only NAME]... [--with NAME=VALUE]...
                          [--write] [--prefix TEXT] [--pace MILLISECONDS]

Makes the experiments with the account that the client's `from_env` reads, and prints what was
assumed and what was observed. Without --write it makes only those that read.

  --list               print the experiments, with what they leave and how it is undone
  --only NAME          make this experiment only; may be repeated
  --with NAME=VALUE    a parameter that experiments need, such as codeDossier=cabinet
  --write              make the experiments that write, too, and undo what they did
  --prefix TEXT        how the names of what they make begin. Default: settle-
  --pace MILLISECONDS  how long to wait before each call. Default: 500";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
struct Options {
    list: bool,
    only: Vec<String>,
    with: Parameters,
    write: bool,
    prefix: String,
    pace: Duration,
}

impl Options {
    fn read(arguments: &[&str]) -> Option<Self> {
        let mut options = Self {
            list: false,
            only: Vec::new(),
            with: Parameters::new(),
            write: false,
            prefix: PREFIX.to_owned(),
            pace: PACE,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--list" => options.list = true,
                "--write" => options.write = true,
                "--only" => options.only.push((*arguments.next()?).to_owned()),
                "--prefix" => options.prefix = prefix(arguments.next()?)?,
                "--pace" => {
                    options.pace = Duration::from_millis(arguments.next()?.parse().ok()?);
                }
                "--with" => {
                    let (name, value) = arguments.next()?.split_once('=')?;
                    options.with.insert(name.to_owned(), value.to_owned());
                }
                _ => return None,
            }
        }
        Some(options)
    }

    fn wants(&self, experiment: &Experiment) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == experiment.name)
    }
}

/// A prefix that is safe in a path, and tells what is made from everything else.
fn prefix(text: &str) -> Option<String> {
    let is_safe = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    // A customer's foreign id has room for 20 characters, of which a name needs 11 more.
    let fits = (3..=9).contains(&text.len()) && text.chars().all(is_safe);
    fits.then(|| text.to_owned())
}

/// Settles findings of the vendor `name` and prints the report.
pub(crate) fn run(root: &Path, name: &str, arguments: &[&str]) -> Result<Vec<Problem>> {
    let options = Options::read(arguments).ok_or(Error::Usage(USAGE))?;
    let no_such = || Error::NoSuchVendor(name.to_owned());
    let subject = subject(name).ok_or_else(no_such)?;
    if let Some(unknown) = options.only.iter().find(|name| !subject.has(name)) {
        return Err(Error::NoSuchExperiment(unknown.clone()));
    }
    if options.list {
        crate::say(&report::list(subject));
        return Ok(Vec::new());
    }
    let vendor = crates::named(name).ok_or_else(no_such)?;
    let (pages, _) = pages::read(name, &pages::texts(root, name)?);
    let account: Parameters = std::env::vars().collect();
    let service = match account.get(&vendor.base_url_variable()) {
        Some(url) => url.clone(),
        None => pages
            .service
            .base_urls
            .first()
            .cloned()
            .ok_or_else(no_such)?,
    };
    let report = settle(subject, &service, &account, options)?;
    let register = Register::of(&pages);
    let today = time::OffsetDateTime::now_utc().date();
    crate::say(&report.text(&register, today));
    Ok(report.left_behind(&register))
}

/// The service `name` with its experiments.
pub(crate) fn subject(name: &str) -> Option<&'static Subject> {
    SUBJECTS
        .iter()
        .copied()
        .find(|subject| subject.vendor == name)
}

/// Makes the experiments that the options ask for. Ctrl-C ends it.
fn settle(
    subject: &'static Subject,
    service: &str,
    account: &Parameters,
    options: Options,
) -> Result<Report> {
    let wanted: Vec<_> = subject
        .experiments
        .iter()
        .filter(|experiment| options.wants(experiment))
        .collect();
    let rules = Rules {
        write: options.write,
        prefix: options.prefix,
        pace: options.pace,
        with: options.with,
    };
    let mut lab = Lab::open(service, rules)?;
    let mut report = Report::default();
    let signed_in = (subject.sign_in)(&mut lab, account);
    signed_in.map_err(|reason| Error::NotSignedIn(reason.to_string()))?;
    for experiment in wanted {
        let told = experiment.make(&mut lab, &mut report.left);
        let is_interrupted = told == Err(Untold::Interrupted);
        report.results.push((experiment, told));
        if is_interrupted {
            break;
        }
    }
    report.exchanges = lab.exchanges().to_vec();
    Ok(report)
}

impl Subject {
    fn has(&self, name: &str) -> bool {
        self.experiments.iter().any(|known| known.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use vendor_sandbox::{Entry, Response, Sandbox};

    use super::*;
    use crate::observe::exchange::tests::packed;
    use crate::settle::experiment::Outcome;
    use crate::settle::lab::get;
    use crate::settle::rehearsal::{emulator, rehearse};

    fn sandbox() -> Sandbox {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(Sandbox::start()).unwrap()
    }

    /// Every experiment with every outcome that the sandbox has a setting for.
    fn rehearsals()
    -> impl Iterator<Item = (&'static Subject, &'static Experiment, &'static Outcome)> {
        SUBJECTS.iter().flat_map(|subject| {
            subject.experiments.iter().flat_map(move |experiment| {
                let outcomes = experiment.outcomes.iter();
                let in_the_sandbox = outcomes.filter(|outcome| outcome.sandbox.is_some());
                in_the_sandbox.map(move |outcome| (*subject, experiment, outcome))
            })
        })
    }

    fn register(vendor: &str) -> Register {
        let path = crate::root().join("docs").join(vendor).join("README.md");
        Register::read(vendor, &std::fs::read_to_string(path).unwrap())
    }

    fn is_a_write(entry: &Entry) -> bool {
        entry.method != "GET" && entry.route != Some("log_in")
    }

    #[test]
    fn every_outcome_is_produced_by_a_setting_and_told_rightly() {
        let sandbox = sandbox();
        for (subject, experiment, outcome) in rehearsals() {
            let what = format!("{}: {}", experiment.name, outcome.observed);
            let report = rehearse(&sandbox, subject, experiment, outcome, true).unwrap();
            let told = &report.results[0].1;
            assert_eq!(*told, Ok(outcome.observed), "{what}");
            assert_eq!(report.left, [""; 0], "{what}");
            let state = emulator(&sandbox, subject).unwrap().state().to_string();
            assert!(
                !state.contains(PREFIX),
                "{what}: something is left: {state}"
            );
        }
    }

    #[test]
    fn without_write_nothing_is_written() {
        let sandbox = sandbox();
        for (subject, experiment, outcome) in rehearsals() {
            let report = rehearse(&sandbox, subject, experiment, outcome, false).unwrap();
            let told = &report.results[0].1;
            match experiment.writes {
                Some(_) => assert_eq!(*told, Err(Untold::Writes), "{}", experiment.name),
                None => assert_eq!(*told, Ok(outcome.observed), "{}", experiment.name),
            }
            let ledger = emulator(&sandbox, subject).unwrap().ledger().entries();
            let written: Vec<_> = ledger.into_iter().filter(is_a_write).collect();
            assert_eq!(written, [], "{}", experiment.name);
        }
    }

    #[test]
    fn at_least_25_findings_have_an_experiment_with_two_outcomes_in_the_sandbox() {
        let experiments = || SUBJECTS.iter().flat_map(|subject| subject.experiments);
        let findings: BTreeSet<_> = experiments().map(|it| it.finding).collect();
        assert!(findings.len() >= 25, "{}", findings.len());
        let names: BTreeSet<_> = experiments().map(|it| it.name).collect();
        assert_eq!(names.len(), experiments().count(), "a name occurs twice");
        for experiment in experiments() {
            let outcomes = experiment.outcomes.iter();
            let observed: BTreeSet<_> = outcomes.clone().map(|it| it.observed).collect();
            assert_eq!(observed.len(), experiment.outcomes.len());
            let settings: BTreeSet<_> = outcomes.filter_map(|it| it.sandbox).collect();
            assert!(settings.len() >= 2, "{}", experiment.name);
        }
    }

    #[test]
    fn an_experiment_without_its_parameter_says_what_it_needs() {
        let sandbox = sandbox();
        let subject = subject("cegid-loop").unwrap();
        let account = crates::named("cegid-loop").unwrap().environment;
        let account = account(&sandbox).into_iter();
        let account = account
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let options = Options::read(&["--only", "list-envelope", "--pace", "0"]).unwrap();
        let url = sandbox.cegid_loop().base_url();
        let report = settle(subject, &url, &account, options).unwrap();
        assert_eq!(report.results[0].1, Err(Untold::Needs("codeDossier")));
    }

    #[test]
    fn a_service_that_packs_its_responses_unasked_is_read() {
        let sandbox = sandbox();
        let subject = subject("ocean-geomission").unwrap();
        let ocean = sandbox.ocean_geomission();
        let response = Response::new(200)
            .header("content-encoding", "gzip")
            .body(packed(br#"{"status": "ok"}"#));
        ocean.faults().on("mission_status").respond(response);
        let rules = Rules {
            write: false,
            prefix: PREFIX.to_owned(),
            pace: Duration::ZERO,
            with: Parameters::new(),
        };
        let mut lab = Lab::open(&ocean.base_url(), rules).unwrap();
        let account = crates::named(subject.vendor).unwrap().environment;
        let account = account(&sandbox).into_iter();
        let account = account
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        (subject.sign_in)(&mut lab, &account).unwrap();
        let status = lab.send(get("/restapi/geomission/statutMission")).unwrap();
        assert_eq!(status.json().unwrap()["status"], "ok");
    }

    #[test]
    fn a_report_has_a_row_for_the_page_and_no_value_of_the_account() {
        let sandbox = sandbox();
        let mut texts = String::new();
        for (subject, experiment, outcome) in rehearsals() {
            let report = rehearse(&sandbox, subject, experiment, outcome, true).unwrap();
            let today = time::macros::date!(2026 - 11 - 28);
            texts += &report.text(&register(subject.vendor), today);
        }
        let row =
            "Observed on 2026-11-28: What is a list wrapped in? – in `data`. | `list-envelope` |";
        assert!(texts.contains(row), "{texts}");
        assert!(texts.contains("docs/cegid-loop/README.md:\n"));
        let ocean = sandbox.ocean_geomission();
        let cegid = sandbox.cegid_loop();
        let letter = &cegid.letters()[0];
        let canaries = [
            ocean.login(),
            ocean.password(),
            cegid.api_key(),
            cegid.api_secret(),
            cegid.subscription_key(),
            letter["objectId"].as_str().unwrap(),
            letter["codeIBS"].as_str().unwrap(),
            "Boulangerie",
            "Bankin",
            "VAN-07",
            "7305511",
            "PREPARED",
        ];
        for canary in canaries {
            assert!(!texts.contains(canary), "{canary}");
        }
    }

    #[test]
    fn options_are_read_from_the_command_line() {
        let options = [
            "--only",
            "revisions",
            "--write",
            "--prefix",
            "try-",
            "--with",
            "a=b=c",
        ];
        let options = Options::read(&options).unwrap();
        assert_eq!(options.only, ["revisions"]);
        assert!(options.write);
        assert_eq!(options.prefix, "try-");
        assert_eq!(options.with["a"], "b=c");
        let none: Options = Options::read(&[]).unwrap();
        assert!(!none.write);
        assert_eq!(none.pace, PACE);
        for wrong in [
            &["--prefix", "x"][..],
            &["--prefix", "a/b c"],
            &["--with", "a"],
            &["--x"],
        ] {
            assert_eq!(Options::read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_list_says_what_an_experiment_leaves_and_how_that_is_undone() {
        let list = report::list(subject("ocean-geomission").unwrap());
        assert!(
            list.contains("second-creation (O-16): What does a second creation"),
            "{list}"
        );
        assert!(list.contains("  It leaves up to two missions"), "{list}");
        assert!(
            list.contains("the mission is deleted until there is none."),
            "{list}"
        );
        assert!(
            list.contains("  - it is refused: the second creation is a 4xx\n"),
            "{list}"
        );
    }
}
