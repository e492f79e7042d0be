//! The time of a room on several machines.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The longest time that passes between two messages of the stream. More than that means that the
/// engine was away: patience and forfeits must not run out while nobody can be heard. There are ticks
/// every second otherwise.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The room's clock, which only the times of the stream advance. So all machines read the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomClock {
    /// The time of the last message by the engine's clock, since 1970.
    seen: Duration,
    /// The time since the room began, without the time in which it stood still.
    now: Duration,
}

impl RoomClock {
    /// Begins at this time since 1970.
    #[must_use]
    pub fn begin(at: Duration) -> Self {
        Self {
            seen: at,
            now: Duration::ZERO,
        }
    }

    /// The time since the room began.
    #[must_use]
    pub fn now(self) -> Duration {
        self.now
    }

    /// Advances the clock to the time of the next message. Returns for how long it has stood still
    /// in between. A clock of the engine that is set back stops this one until it has caught up.
    pub fn advance(&mut self, at: Duration) -> Duration {
        let passed = at.saturating_sub(self.seen);
        self.seen = self.seen.max(at);
        let counted = passed.min(LONGEST_PAUSE);
        self.now += counted;
        passed - counted
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_PAUSE, RoomClock};
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_pause_of_the_engine_does_not_count() {
        let mut clock = RoomClock::begin(SECOND * 100);
        assert_eq!(clock.advance(SECOND * 101), Duration::ZERO);
        assert_eq!(clock.now(), SECOND);
        assert_eq!(clock.advance(SECOND * 161), SECOND * 60 - LONGEST_PAUSE);
        assert_eq!(clock.now(), SECOND + LONGEST_PAUSE);
    }

    #[test]
    fn a_clock_that_is_set_back_loses_nothing() {
        let mut clock = RoomClock::begin(SECOND * 100);
        assert_eq!(clock.advance(SECOND * 50), Duration::ZERO);
        assert_eq!(clock.now(), Duration::ZERO);
        assert_eq!(clock.advance(SECOND * 101), Duration::ZERO);
        assert_eq!(clock.now(), SECOND);
    }
}
