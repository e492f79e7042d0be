//! Points in time as the journal stores them.

use crate::text;
use crate::wire::Post;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// The current time.
    #[must_use]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self(since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        }))
    }

    /// The time of `post`.
    #[must_use]
    pub fn of(post: &Post) -> Self {
        Self(i64::try_from(post.at).unwrap_or(i64::MAX))
    }

    /// The time since `earlier`; zero if the clock was set back in between.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// This time in UTC, as [`text::rfc3339`] writes it.
    #[must_use]
    pub(crate) fn to_rfc3339(self) -> String {
        text::rfc3339(self.0)
    }
}
