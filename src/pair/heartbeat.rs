//! Detects a dead connection: the two programs ping each other.

use std::time::Duration;
use tokio::time::Instant;

/// How often a program pings its partner.
pub(super) const EVERY: Duration = Duration::from_secs(10);

/// How long nothing may arrive before the connection counts as lost: two pings and a margin.
const SILENCE: Duration = Duration::from_secs(25);

/// A check that is this late means that the machine was asleep, so silence proves nothing.
const ASLEEP: Duration = Duration::from_secs(5);

/// The action that a [`Heartbeat`] requires when it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    /// Send a ping.
    Ping,
    /// Count the connection as lost.
    Dead,
}

/// When something last arrived from the partner, and when the next ping is due.
#[derive(Debug)]
pub(super) struct Heartbeat {
    heard: Instant,
    due: Instant,
}

impl Heartbeat {
    /// The heartbeat of a new connection.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            heard: now,
            due: now + EVERY,
        }
    }

    /// Something has arrived, or nothing could be read.
    pub(super) fn hear(&mut self, now: Instant) {
        self.heard = now;
    }

    /// When to call [`beat`](Self::beat) next.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// The action at `now`, which must not be before [`due`](Self::due).
    pub(super) fn beat(&mut self, now: Instant) -> Beat {
        if now.saturating_duration_since(self.due) > ASLEEP {
            self.heard = now;
        }
        let silent_since = now.saturating_duration_since(self.heard);
        if silent_since >= SILENCE {
            return Beat::Dead;
        }
        self.due = now + EVERY.min(SILENCE - silent_since);
        Beat::Ping
    }
}

#[cfg(test)]
mod tests {
    use super::{ASLEEP, Beat, EVERY, Heartbeat, SILENCE};
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn a_partner_that_is_silent_is_missed_in_time() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(start);
        let heard = start + Duration::from_secs(7);
        heartbeat.hear(heard);
        let mut pings = 0;
        while heartbeat.beat(heartbeat.due()) == Beat::Ping {
            pings += 1;
        }
        assert_eq!(heartbeat.due(), heard + SILENCE);
        assert_eq!(pings, 3);
    }

    #[test]
    fn a_partner_that_answers_is_not_missed() {
        let mut heartbeat = Heartbeat::new(Instant::now());
        for _ in 0..1_000 {
            let now = heartbeat.due();
            assert_eq!(heartbeat.beat(now), Beat::Ping);
            assert!(heartbeat.due() <= now + EVERY);
            heartbeat.hear(now + Duration::from_millis(100));
        }
    }

    #[test]
    fn whoever_has_slept_gives_the_partner_another_chance() {
        let mut heartbeat = Heartbeat::new(Instant::now());
        let late = heartbeat.due() + SILENCE + ASLEEP;
        assert_eq!(heartbeat.beat(late), Beat::Ping);
        assert_eq!(heartbeat.due(), late + EVERY);
    }
}
