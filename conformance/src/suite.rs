//! All cases with one vendor.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use crate::callers;
use crate::case::Case;
use crate::cases::{Topic, topics};
use crate::report::{Line, Report};
use crate::run::run;
use crate::subject::{Key, Subject, Subjected};

/// Runs every case with every operation of a vendor to which it applies, the topics side by side.
/// `program` is this crate's own, which some cases start.
pub fn examine<S: Subject>(program: &Path) -> Report {
    let lines = std::thread::scope(|scope| {
        let mut topics: Vec<_> = topics::<S>()
            .into_iter()
            .map(|topic| scope.spawn(|| examine_topic::<S>(topic)))
            .collect();
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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    Arc::new(runtime.block_on(S::start()))
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

/// The operations that a case is run with: all, or for a heavy one a safe and an unsafe one.
fn operations<S: Subject>(subject: &S, case: &Case) -> Vec<Subjected> {
    let all = subject.operations();
    if !case.is_heavy {
        return all;
    }
    let first = |is_safe| all.iter().find(|operation| operation.is_safe() == is_safe);
    [first(true), first(false)]
        .into_iter()
        .flatten()
        .copied()
        .collect()
}

/// Ends the process, with a word on the case, where one hangs: a client that waits for ever must
/// not make the suite wait for ever. No case that passes comes near its limit.
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
