//! What the clients reported, and whether it is true.

use std::collections::BTreeMap;

use vendor_client_core::Error;
use vendor_sandbox::Sandbox;

/// What a client reported about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reported {
    Done,
    /// It was not done: not sent, or refused.
    NotDone,
    /// Nobody knows.
    Unknown,
}

impl Reported {
    pub(super) fn by<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(error) if error.may_have_been_applied() => Self::Unknown,
            Err(_) => Self::NotDone,
        }
    }

    /// The same for a deletion of a thing that nobody else could have deleted.
    pub(super) fn of_deletion<T>(result: &Result<T, Error>) -> Self {
        match result {
            Err(error) if error.is_not_found() && error.may_have_been_applied() => Self::Done,
            other => Self::by(other),
        }
    }
}

/// A change that must be done once, and what the client reported about it.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) vendor: &'static str,
    pub(super) route: &'static str,
    pub(super) about: String,
    pub(super) reported: Reported,
}

/// The results of a round, or of all.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) calls: u64,
    pub(super) failed: u64,
    pub(super) found: u64,
    pub(super) faults: BTreeMap<&'static str, u64>,
    pub(super) complaints: Vec<String>,
    changes: Vec<Change>,
    done: u64,
    not_done: u64,
    unknown: u64,
    lost: u64,
    twice: u64,
    done_despite_report: u64,
    requests: u64,
    log_ins: u64,
}

impl Tally {
    pub(super) fn call<T>(&mut self, result: &Result<T, Error>) {
        self.calls += 1;
        self.failed += u64::from(result.is_err());
    }

    pub(super) fn change(&mut self, change: Change) {
        self.changes.push(change);
    }

    pub(super) fn fault(&mut self, fault: Option<&'static str>) {
        if let Some(name) = fault {
            *self.faults.entry(name).or_default() += 1;
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.found += other.found;
        for (name, count) in other.faults {
            *self.faults.entry(name).or_default() += count;
        }
        self.complaints.extend(other.complaints);
        self.changes.extend(other.changes);
        self.done += other.done;
        self.not_done += other.not_done;
        self.unknown += other.unknown;
        self.lost += other.lost;
        self.twice += other.twice;
        self.done_despite_report += other.done_despite_report;
        self.requests += other.requests;
        self.log_ins += other.log_ins;
    }

    /// Compares every change with the ledgers, which know what was really done.
    pub(super) fn compared_with(mut self, sandbox: &Sandbox) -> Self {
        let mut effects: BTreeMap<(&str, &str, String), u64> = BTreeMap::new();
        for service in sandbox.emulators() {
            let dropped = service.ledger().dropped();
            if dropped > 0 {
                let name = service.name();
                self.complaints
                    .push(format!("the ledger of {name} dropped {dropped} requests"));
            }
            for entry in service.ledger().entries() {
                self.requests += 1;
                let route = entry.route.unwrap_or_default();
                self.log_ins += u64::from(route == "log_in");
                if let (true, Some(about)) = (entry.took_effect, entry.about) {
                    *effects.entry((service.name(), route, about)).or_default() += 1;
                }
            }
        }
        for change in std::mem::take(&mut self.changes) {
            let Change {
                vendor,
                route,
                about,
                reported,
            } = change;
            let key = (vendor, route, about);
            let times = effects.get(&key).copied().unwrap_or_default();
            self.judge(reported, times, &key);
        }
        self
    }

    fn judge(&mut self, reported: Reported, times: u64, change: &(&str, &str, String)) {
        let (count, is_true) = match reported {
            Reported::Done => (&mut self.done, times == 1),
            Reported::NotDone => (&mut self.not_done, times == 0),
            Reported::Unknown => (&mut self.unknown, times <= 1),
        };
        *count += 1;
        if is_true {
            return;
        }
        let wrong = match (reported, times) {
            (Reported::Done, 0) => &mut self.lost,
            (Reported::NotDone, 1) => &mut self.done_despite_report,
            _ => &mut self.twice,
        };
        *wrong += 1;
        self.complaints.push(format!(
            "{change:?}: reported {reported:?}, done {times} times"
        ));
    }

    pub(super) fn write(&self, line: &mut impl FnMut(&str, String)) {
        let faults: u64 = self.faults.values().sum();
        line("requests that arrived", self.requests.to_string());
        line("log-ins", self.log_ins.to_string());
        line("faults planned", faults.to_string());
        for (name, count) in &self.faults {
            line(&format!("– {name}"), count.to_string());
        }
        line("calls that failed", self.failed.to_string());
        line("changes reported as done", self.done.to_string());
        line(
            "– of them found after a lost response",
            self.found.to_string(),
        );
        line("changes reported as not done", self.not_done.to_string());
        line("changes reported as unknown", self.unknown.to_string());
        line("lost", self.lost.to_string());
        line("done twice", self.twice.to_string());
        line(
            "done although reported otherwise",
            self.done_despite_report.to_string(),
        );
    }
}
