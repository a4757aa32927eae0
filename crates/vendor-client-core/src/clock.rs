//! The wall clock, so that a test can set it.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A source of the time of day.
///
/// It decides about what outlives a process or a suspended machine, such as a token. Short waits
/// within a call use tokio's timer instead, which a test can pause.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time now. It may be earlier than at the last call: wall clocks are set back.
    fn now(&self) -> SystemTime;
}

/// The machine's wall clock.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    #[inline]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock for tests, which moves only when the test moves it. Clones show the same time.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use vendor_client_core::{Clock, ManualClock};
///
/// let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
/// let clock = ManualClock::new(start);
/// clock.advance(Duration::from_secs(60));
/// clock.jump_back(Duration::from_secs(20));
/// assert_eq!(clock.now(), start + Duration::from_secs(40));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<SystemTime>>);

impl ManualClock {
    /// A clock that shows `now` until it is moved.
    #[must_use]
    pub fn new(now: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Shows `now` from here on, be it earlier or later than before.
    pub fn set(&self, now: SystemTime) {
        self.update(|_| Some(now));
    }

    /// Moves forward. A step beyond what the system can represent moves nothing.
    pub fn advance(&self, by: Duration) {
        self.update(|now| now.checked_add(by));
    }

    /// Moves back. A step beyond what the system can represent moves nothing.
    pub fn jump_back(&self, by: Duration) {
        self.update(|now| now.checked_sub(by));
    }

    fn update(&self, change: impl FnOnce(SystemTime) -> Option<SystemTime>) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = change(*now).unwrap_or(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a time limit that begins now. A limit beyond what the timer can hold is as good as
/// none.
pub(crate) fn from_now(limit: Duration) -> Instant {
    const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
    Instant::now() + limit.min(THIRTY_YEARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_manual_clock_show_the_same_time() {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        clock.clone().advance(Duration::from_secs(5));
        assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(5));
    }

    #[test]
    fn a_step_that_no_time_can_represent_moves_nothing() {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        clock.advance(Duration::MAX);
        clock.jump_back(Duration::MAX);
        assert_eq!(clock.now(), SystemTime::UNIX_EPOCH);
    }
}
