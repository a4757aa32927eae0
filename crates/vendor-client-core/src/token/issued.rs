//! A token in the cache.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::token::{StoredToken, Token};

/// Identifies one of a cache's tokens: every new one has a higher generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub(super) u64);

/// A token in the cache, with everything that a hit compares made ready.
#[derive(Clone, Debug)]
pub(super) struct IssuedToken {
    pub(super) stored: StoredToken,
    pub(super) generation: Generation,
    /// When one caller has to fetch the next one, by the wall clock.
    fresh_until: SystemTime,
    pub(super) expires_at: SystemTime,
    /// When it has lived its lifetime, whatever the wall clock shows.
    outlived_at: Instant,
}

impl IssuedToken {
    /// Stands for no token: it is never fresh, and its secret equals no other.
    pub(super) fn none() -> Self {
        Self {
            stored: StoredToken::new(Token::none(), SystemTime::UNIX_EPOCH),
            generation: Generation(0),
            fresh_until: SystemTime::UNIX_EPOCH,
            expires_at: SystemTime::UNIX_EPOCH,
            outlived_at: Instant::now(),
        }
    }

    /// A token that is used from `now` on, to be replaced `refresh_ahead` of its end.
    pub(super) fn new(
        stored: StoredToken,
        generation: Generation,
        now: SystemTime,
        refresh_ahead: Duration,
    ) -> Self {
        let expires_at = stored.expires_at();
        let used_from = Instant::now();
        Self {
            generation,
            fresh_until: expires_at.checked_sub(refresh_ahead).unwrap_or(expires_at),
            expires_at,
            outlived_at: used_from
                .checked_add(stored.remaining(now))
                .unwrap_or(used_from),
            stored,
        }
    }

    /// The same token, which nobody replaces before `until`.
    pub(super) fn kept_until(&self, until: SystemTime) -> Self {
        Self {
            fresh_until: until.min(self.expires_at),
            ..self.clone()
        }
    }

    /// Whether it can be used, and nobody has to fetch the next one yet.
    #[inline]
    pub(super) fn is_fresh(&self, now: SystemTime) -> bool {
        now < self.fresh_until
    }

    pub(super) fn is_alive(&self, now: SystemTime) -> bool {
        now < self.expires_at && !self.is_outlived()
    }

    pub(super) fn is_outlived(&self) -> bool {
        self.outlived_at <= Instant::now()
    }
}
