//! Days, on which rounds take place.

use time::{Date, OffsetDateTime, UtcOffset};

/// A day, and the offset from UTC of the place whose day is meant.
///
/// It is made from a [`Date`], with the offset 0, or from an instant: the day that it is then, in
/// the instant's own offset.
///
/// ```
/// use geoplanning::Day;
/// use time::macros::{date, datetime, offset};
///
/// let day = Day::new(date!(2026-11-24), offset!(+1));
/// assert_eq!(Day::from(datetime!(2026-11-24 00:30 +1)), day);
/// assert_ne!(Day::from(date!(2026-11-24)), day);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Day {
    /// The day in the calendar.
    pub date: Date,
    /// Where it is: only the list of rounds takes it, to the minute.
    pub offset: UtcOffset,
}

impl Day {
    /// A day at a place with this offset.
    #[must_use]
    pub const fn new(date: Date, offset: UtcOffset) -> Self {
        Self { date, offset }
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self::new(date, UtcOffset::UTC)
    }
}

impl From<OffsetDateTime> for Day {
    fn from(at: OffsetDateTime) -> Self {
        Self::new(at.date(), at.offset())
    }
}
