//! Whether the partner's program is still there: the two ping each other.

use std::time::Duration;
use tokio::time::Instant;

/// How often a program pings its partner.
pub(super) const EVERY: Duration = Duration::from_secs(10);

/// How long nothing may come before the connection counts as broken: two pings and some.
const SILENCE: Duration = Duration::from_secs(25);

/// Who looks so much later than was due has slept, and cannot tell who was silent meanwhile.
const ASLEEP: Duration = Duration::from_secs(5);

/// What is to be done when a [`Pulse`] is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    /// Send a ping.
    Ping,
    /// Take the connection for broken.
    Dead,
}

/// When the partner was heard last, and when it is to be pinged next.
#[derive(Debug)]
pub(super) struct Pulse {
    heard: Instant,
    due: Instant,
}

impl Pulse {
    /// A connection that has just been made.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            heard: now,
            due: now + EVERY,
        }
    }

    /// Something has come, or nothing could be read.
    pub(super) fn hear(&mut self, now: Instant) {
        self.heard = now;
    }

    /// When to call [`beat`](Self::beat) next.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// What is to be done now, which is when it was due or later.
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
    use super::{ASLEEP, Beat, EVERY, Pulse, SILENCE};
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn a_partner_that_is_silent_is_missed_in_time() {
        let start = Instant::now();
        let mut pulse = Pulse::new(start);
        let heard = start + Duration::from_secs(7);
        pulse.hear(heard);
        let mut pings = 0;
        while pulse.beat(pulse.due()) == Beat::Ping {
            pings += 1;
        }
        assert_eq!(pulse.due(), heard + SILENCE);
        assert_eq!(pings, 3);
    }

    #[test]
    fn a_partner_that_answers_is_not_missed() {
        let mut pulse = Pulse::new(Instant::now());
        for _ in 0..1_000 {
            let now = pulse.due();
            assert_eq!(pulse.beat(now), Beat::Ping);
            assert!(pulse.due() <= now + EVERY);
            pulse.hear(now + Duration::from_millis(100));
        }
    }

    #[test]
    fn whoever_has_slept_gives_the_partner_another_chance() {
        let mut pulse = Pulse::new(Instant::now());
        let late = pulse.due() + SILENCE + ASLEEP;
        assert_eq!(pulse.beat(late), Beat::Ping);
        assert_eq!(pulse.due(), late + EVERY);
    }
}
