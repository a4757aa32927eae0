//! The sandbox's own time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

/// The time that a sandbox lives by: tokens expire by it, and its responses are dated by it.
///
/// The clock of a sandbox that a test starts stands still until the test moves it, so that no
/// test depends on how long it takes. The binary's clock follows the system's, and can be moved
/// as well. Clones are the same clock.
///
/// ```
/// use std::time::Duration;
///
/// use vendor_sandbox::Clock;
///
/// let clock = Clock::standing();
/// assert_eq!(clock.now(), Clock::START);
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now() - Clock::START, Duration::from_secs(90));
/// ```
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Reading>>);

#[derive(Debug)]
enum Reading {
    /// Stands at this instant.
    Still(OffsetDateTime),
    /// Is this far ahead of the system's clock.
    Ahead(time::Duration),
}

impl Clock {
    /// Where a standing clock begins: Monday, 2 March 2026, 8 o'clock UTC.
    pub const START: OffsetDateTime = datetime!(2026-03-02 08:00 UTC);

    /// A clock that stands at [`Clock::START`] until it is moved.
    pub fn standing() -> Self {
        Self::from(Reading::Still(Self::START))
    }

    /// The system's clock.
    pub fn system() -> Self {
        Self::from(Reading::Ahead(time::Duration::ZERO))
    }

    /// The instant it shows, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        match *self.reading() {
            Reading::Still(instant) => instant,
            Reading::Ahead(lead) => OffsetDateTime::now_utc().saturating_add(lead),
        }
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        match &mut *self.reading() {
            Reading::Still(instant) => *instant = later(*instant, by),
            Reading::Ahead(lead) => *lead = lead.saturating_add(saturated(by)),
        }
    }

    /// Sets it to an instant, forwards or back. One that UTC cannot express moves nothing.
    pub fn set(&self, instant: OffsetDateTime) {
        let Some(instant) = instant.checked_to_offset(UtcOffset::UTC) else {
            return;
        };
        match &mut *self.reading() {
            Reading::Still(shown) => *shown = instant,
            Reading::Ahead(lead) => *lead = instant - OffsetDateTime::now_utc(),
        }
    }

    fn reading(&self) -> std::sync::MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Reading> for Clock {
    fn from(reading: Reading) -> Self {
        Self(Arc::new(Mutex::new(reading)))
    }
}

/// The instant that lies `by` later, or the last there is.
pub(crate) fn later(instant: OffsetDateTime, by: Duration) -> OffsetDateTime {
    instant.saturating_add(saturated(by))
}

fn saturated(by: Duration) -> time::Duration {
    time::Duration::try_from(by).unwrap_or(time::Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_by_hand() {
        let clock = Clock::standing();
        let copy = clock.clone();
        assert_eq!(clock.now(), copy.now());
        copy.advance(Duration::from_secs(12 * 3600));
        assert_eq!(clock.now(), datetime!(2026-03-02 20:00 UTC));
        clock.set(Clock::START);
        assert_eq!(copy.now(), Clock::START);
        clock.advance(Duration::MAX);
    }

    #[test]
    fn an_instant_is_shown_in_utc_and_one_beyond_it_moves_nothing() {
        let clock = Clock::standing();
        clock.set(datetime!(2026-03-02 23:30 -01:00));
        assert_eq!(clock.now().offset(), UtcOffset::UTC);
        assert_eq!(clock.now(), datetime!(2026-03-03 00:30 UTC));
        clock.set(datetime!(9999-12-31 23:30 -01:00));
        assert_eq!(clock.now(), datetime!(2026-03-03 00:30 UTC));
    }

    #[test]
    fn the_system_clock_can_be_moved_as_well() {
        let clock = Clock::system();
        clock.set(datetime!(2030-01-01 00:00 UTC));
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now() >= datetime!(2030-01-01 01:00 UTC));
    }
}
