//! Time per call.
//!
//! The contenders take turns in short rounds, so that other load on the machine affects all of them
//! alike. Each round gives a ratio to the first contender; the median of those ratios counts.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::contender::{BoxError, Contender};

const ROUNDS: usize = 1001;
const CALLS_IN_SEQUENCE: usize = 40;
const IN_FLIGHT: usize = 64;
const CALLS_IN_EACH_FLIGHT: usize = 2;

/// The times of one contender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// Per call, one after the other.
    pub(crate) in_sequence: Timed,
    /// Per call, with 64 in flight.
    pub(crate) in_flight: Timed,
}

/// Medians over all rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed {
    pub(crate) micros: f64,
    /// To the first contender's time in the same round.
    pub(crate) ratio: f64,
}

pub(crate) fn measure(
    runtime: &Runtime,
    contenders: &[Contender],
) -> Result<Vec<Timing>, BoxError> {
    let in_sequence = rounds(contenders, CALLS_IN_SEQUENCE, |contender| {
        runtime.block_on(contender.calls(CALLS_IN_SEQUENCE))
    })?;
    let in_flight = rounds(contenders, IN_FLIGHT * CALLS_IN_EACH_FLIGHT, |contender| {
        runtime.block_on(contender.calls_at_once(IN_FLIGHT, CALLS_IN_EACH_FLIGHT))
    })?;
    Ok(in_sequence
        .into_iter()
        .zip(in_flight)
        .map(|(in_sequence, in_flight)| Timing {
            in_sequence,
            in_flight,
        })
        .collect())
}

fn rounds(
    contenders: &[Contender],
    calls: usize,
    run: impl Fn(&Contender) -> Result<(), BoxError>,
) -> Result<Vec<Timed>, BoxError> {
    let mut times = vec![Vec::new(); contenders.len()];
    for contender in contenders {
        run(contender)?;
    }
    for round in 0..ROUNDS {
        // No contender always goes first.
        for turn in 0..contenders.len() {
            let place = (round + turn) % contenders.len();
            let start = Instant::now();
            run(&contenders[place])?;
            times[place].push(per_call(start.elapsed(), calls));
        }
    }
    let first = &times[0];
    Ok(times
        .iter()
        .map(|times| Timed {
            micros: median(times.iter().copied()),
            ratio: median(times.iter().zip(first).map(|(time, first)| time / first)),
        })
        .collect())
}

/// The middle figure, or 0 if there are none.
pub fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// In microseconds.
fn per_call(elapsed: Duration, calls: usize) -> f64 {
    elapsed.as_secs_f64() * 1e6 / calls as f64
}
