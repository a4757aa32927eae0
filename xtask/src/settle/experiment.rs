//! What an experiment is.

use crate::crates::Parameters;
use crate::settle::lab::{Lab, Told, Untold};

/// A service with its experiments.
pub(crate) struct Subject {
    /// The vendor's folder below `docs/`.
    pub(crate) vendor: &'static str,
    /// Signs in with the account of the environment, so that every later call may be made.
    pub(crate) sign_in: fn(&mut Lab, &Parameters) -> Result<(), Untold>,
    /// The user's parameters that fit the sandbox.
    pub(crate) in_the_sandbox: &'static [(&'static str, &'static str)],
    pub(crate) experiments: &'static [Experiment],
}

/// A small trial that settles a recorded finding.
pub(crate) struct Experiment {
    /// The finding's number in the register of its vendor.
    pub(crate) finding: &'static str,
    /// Its own name, as in the register.
    pub(crate) name: &'static str,
    /// What is to be settled.
    pub(crate) question: &'static str,
    /// What it does, in one sentence.
    pub(crate) does: &'static str,
    /// None if it only reads.
    pub(crate) writes: Option<Traces>,
    /// The ways in which it may end, the one that the contract assumes first.
    pub(crate) outcomes: &'static [Outcome],
    pub(crate) run: fn(&mut Lab) -> Told,
}

/// What a writing experiment leaves.
pub(crate) struct Traces {
    /// What there is while it runs.
    pub(crate) leaves: &'static str,
    /// How that goes away again.
    pub(crate) undone: &'static str,
}

/// A way in which an experiment may end.
pub(crate) struct Outcome {
    /// The answer to the question.
    pub(crate) observed: &'static str,
    /// What tells it from the others.
    pub(crate) told_by: &'static str,
    /// The sandbox's settings, in JSON, under which it comes out.
    pub(crate) sandbox: Option<&'static str>,
}

/// Shorter than a struct expression, for tables.
pub(crate) const fn outcome(
    observed: &'static str,
    told_by: &'static str,
    sandbox: &'static str,
) -> Outcome {
    Outcome {
        observed,
        told_by,
        sandbox: Some(sandbox),
    }
}

/// An outcome that the sandbox has no setting for.
pub(crate) const fn elsewhere(observed: &'static str, told_by: &'static str) -> Outcome {
    Outcome {
        observed,
        told_by,
        sandbox: None,
    }
}

impl Experiment {
    /// What the contract assumes.
    pub(crate) fn assumed(&self) -> &'static str {
        self.outcomes.first().map_or("", |first| first.observed)
    }

    /// Makes it, and undoes what it did. What could not be undone goes to `left`.
    pub(crate) fn make(&self, lab: &mut Lab, left: &mut Vec<String>) -> Told {
        if self.writes.is_some() && !lab.may_write() {
            return Err(Untold::Writes);
        }
        let told = (self.run)(lab);
        left.extend(lab.clean_up());
        told
    }
}
