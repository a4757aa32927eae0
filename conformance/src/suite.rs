//! All cases with one vendor.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::case::Case;
use crate::cases::{Topic, topics};
use crate::report::{Line, Report};
use crate::run::run;
use crate::subject::{Key, Subject, Subjected};
use crate::{callers, creations};

/// Runs every case with every operation of a vendor, the topics in parallel. `program` is this
/// crate's own, which one case starts.
pub fn examine<S: Subject>(program: &Path) -> Report {
    let lines = std::thread::scope(|scope| {
        let mut topics: Vec<_> = topics::<S>()
            .into_iter()
            .map(|topic| scope.spawn(|| examine_topic::<S>(topic)))
            .collect();
        topics.push(scope.spawn(creations::examine::<S>));
        topics.push(scope.spawn(|| callers::examine(&start::<S>(), program)));
        topics
            .into_iter()
            .flat_map(|topic| topic.join().unwrap())
            .collect()
    });
    Report {
        vendor: S::NAME,
        lines,
    }
}

fn start<S: Subject>() -> Arc<S> {
    Arc::new(single_threaded().block_on(S::start()))
}

pub(crate) fn single_threaded() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Runs the cases of a topic, with a sandbox of their own.
fn examine_topic<S: Subject>(topic: Topic) -> Vec<Line> {
    let subject = start::<S>();
    let watchdog = Watchdog::start(S::NAME);
    let mut keys = (1..).map(Key);
    let mut lines = Vec::new();
    for case in topic.cases {
        let mut line = Line {
            topic: topic.name,
            case: case.name,
            expected: case.expected.in_words(),
            runs: 0,
            complaints: Vec::new(),
        };
        for operation in operations(&*subject, &case) {
            for (acts, key) in case.stage.runs().iter().zip(&mut keys) {
                watchdog.look_at(case.name, &operation);
                line.runs += 1;
                line.complaints
                    .extend(run(&subject, &operation, &case, *acts, key));
            }
        }
        lines.push(line);
    }
    lines
}

/// The operations that a case is run with: all of them, or one idempotent and one not if the case
/// is heavy.
fn operations<S: Subject>(subject: &S, case: &Case) -> Vec<Subjected> {
    let all = subject.operations();
    if !case.is_heavy {
        return all;
    }
    let first = |is_idempotent| {
        all.iter()
            .find(|operation| operation.is_idempotent() == is_idempotent)
    };
    [first(true), first(false)]
        .into_iter()
        .flatten()
        .copied()
        .collect()
}

/// Ends the process and names the case if one hangs: a client that waits forever must not make the
/// suite wait forever. No case that passes comes near the limit.
struct Watchdog(Sender<String>);

impl Watchdog {
    const LIMIT: Duration = Duration::from_secs(300);

    fn start(vendor: &'static str) -> Self {
        let (sender, receiver) = mpsc::channel::<String>();
        std::thread::spawn(move || {
            let mut current = "the start".to_owned();
            loop {
                match receiver.recv_timeout(Self::LIMIT) {
                    Ok(next) => current = next,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        eprintln!("{vendor} hangs at {current}");
                        std::process::exit(101);
                    }
                }
            }
        });
        Self(sender)
    }

    fn look_at(&self, case: &str, operation: &Subjected) {
        // The other side lives as long as this one.
        let _ = self.0.send(format!("{case}, {}", operation.operation.name));
    }
}
