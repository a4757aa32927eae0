//! Experiments made with the sandbox, whose settings decide how they end.

use std::time::Duration;

use serde_json::{Map, Value};
use vendor_sandbox::{Emulator, Sandbox};

use crate::crates::{self, Parameters};
use crate::error::{Error, Result};
use crate::settle::experiment::{Experiment, Outcome, Subject};
use crate::settle::report::Report;
use crate::settle::{Options, PREFIX, settle};

/// Makes one experiment with a sandbox that is set to lead to this outcome.
pub(crate) fn rehearse(
    sandbox: &Sandbox,
    subject: &'static Subject,
    experiment: &'static Experiment,
    outcome: &Outcome,
    write: bool,
) -> Result<Report> {
    let emulator = emulator(sandbox, subject)?;
    emulator.reset();
    let settings = outcome.sandbox.unwrap_or("{}");
    let settings: Map<String, Value> = serde_json::from_str(settings).map_err(Error::Json)?;
    let refused = |reason| Error::Setting(experiment.name, reason);
    emulator.change_settings(settings).map_err(refused)?;
    let no_such = || Error::NoSuchVendor(subject.vendor.to_owned());
    let vendor = crates::named(subject.vendor).ok_or_else(no_such)?;
    let environment = (vendor.environment)(sandbox);
    let account: Parameters = environment
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let with = subject.in_the_sandbox.iter();
    let with = with.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let options = Options {
        list: false,
        only: vec![experiment.name.to_owned()],
        with: with.collect(),
        write,
        prefix: PREFIX.to_owned(),
        pace: Duration::ZERO,
    };
    settle(subject, &emulator.base_url(), &account, options)
}

/// The sandbox's emulator of a service.
pub(crate) fn emulator<'a>(sandbox: &'a Sandbox, subject: &Subject) -> Result<&'a Emulator> {
    let mut emulators = sandbox.emulators();
    let emulator = emulators.find(|emulator| emulator.name() == subject.vendor);
    emulator.ok_or_else(|| Error::NoSuchVendor(subject.vendor.to_owned()))
}
