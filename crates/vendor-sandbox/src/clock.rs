//! The sandbox's own time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

/// The time that a sandbox lives by: tokens expire by it, and its responses are dated by it.
///
/// The clock of a sandbox that a test starts stands still until the test moves it, so that no
/// test depends on how long it takes. The binary's clock follows the system's, and can be moved
/// as well. It never leaves the years 0 to 9999, which is as far as its dates can be written. Clones
/// are the same clock.
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

    /// The first and the last instant that it shows.
    const REACH: [OffsetDateTime; 2] = [
        datetime!(0000-01-01 00:00 UTC),
        datetime!(9999-12-31 23:59:59 UTC),
    ];

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
        self.reading().shown()
    }

    /// Moves it on, at most to the end of the year 9999.
    pub fn advance(&self, by: Duration) {
        let mut reading = self.reading();
        let instant = later(reading.shown(), by);
        reading.show(instant);
    }

    /// Sets it to an instant, forwards or back. One that UTC cannot express moves nothing.
    pub fn set(&self, instant: OffsetDateTime) {
        if let Some(instant) = instant.checked_to_offset(UtcOffset::UTC) {
            self.reading().show(instant);
        }
    }

    /// Brings it back to where it was before it was moved: [`Clock::START`], or the system's time.
    pub fn reset(&self) {
        match &mut *self.reading() {
            Reading::Still(shown) => *shown = Self::START,
            Reading::Ahead(lead) => *lead = time::Duration::ZERO,
        }
    }

    fn reading(&self) -> std::sync::MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    fn shown(&self) -> OffsetDateTime {
        match *self {
            Self::Still(instant) => instant,
            Self::Ahead(lead) => within_reach(OffsetDateTime::now_utc().saturating_add(lead)),
        }
    }

    fn show(&mut self, instant: OffsetDateTime) {
        let instant = within_reach(instant);
        match self {
            Self::Still(shown) => *shown = instant,
            Self::Ahead(lead) => *lead = instant - OffsetDateTime::now_utc(),
        }
    }
}

impl From<Reading> for Clock {
    fn from(reading: Reading) -> Self {
        Self(Arc::new(Mutex::new(reading)))
    }
}

fn within_reach(instant: OffsetDateTime) -> OffsetDateTime {
    let [first, last] = Clock::REACH;
    instant.clamp(first, last)
}

/// The instant that lies `by` later, or the last there is.
pub(crate) fn later(instant: OffsetDateTime, by: Duration) -> OffsetDateTime {
    instant.saturating_add(saturated(by))
}

/// An instant as the remote control writes it.
pub(crate) fn rfc3339(instant: OffsetDateTime) -> String {
    instant.format(&Rfc3339).unwrap_or_default()
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

    #[test]
    fn a_clock_is_never_moved_out_of_reach() {
        let [first, last] = Clock::REACH;
        for clock in [Clock::standing(), Clock::system()] {
            let before = clock.now();
            for _ in 0..3 {
                clock.advance(Duration::MAX);
                assert!(last - clock.now() < time::Duration::MINUTE);
            }
            clock.set(OffsetDateTime::new_utc(
                time::Date::MIN,
                time::Time::MIDNIGHT,
            ));
            assert!(clock.now() - first < time::Duration::MINUTE);
            clock.reset();
            assert!(clock.now() - before < time::Duration::MINUTE);
        }
    }
}
