//! How much of the coming and going at the door a person is told.

use std::time::Duration;
use tokio::time::Instant;

/// How many visitors in a row are told of one by one.
const BURST: u32 = 5;

/// After these, one line stands for all who have gone within so long.
const EVERY: Duration = Duration::from_secs(1);

/// Counts visitors who went without a talk: the first are told of one by one, and of a flood no more
/// than one line a second.
#[derive(Debug)]
pub(super) struct Departures {
    /// How many more visitors can be told of now.
    lines: u32,
    /// Since when `lines` counts.
    since: Instant,
    /// How many have gone and have not been told of.
    untold: u64,
}

impl Departures {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            lines: BURST,
            since: now,
            untold: 0,
        }
    }

    /// Whether a visitor can be told of now.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.since).as_secs();
        let earned = u32::try_from(earned).unwrap_or(BURST).min(BURST);
        if earned > 0 {
            self.lines = (self.lines + earned).min(BURST);
            self.since = now;
        }
        let is_admitted = self.lines > 0 && self.untold == 0;
        if is_admitted {
            self.lines -= 1;
        }
        is_admitted
    }

    /// A visitor has gone. Returns whether it can be told of by itself; else it is counted.
    pub(super) fn leaves(&mut self, now: Instant) -> bool {
        let is_admitted = self.admits(now);
        if !is_admitted {
            self.untold += 1;
        }
        is_admitted
    }

    /// When those that were counted have to be told of.
    pub(super) fn due(&self) -> Option<Instant> {
        (self.untold > 0).then(|| self.since + EVERY)
    }

    /// How many were counted. They are told of now.
    pub(super) fn tell(&mut self, now: Instant) -> u64 {
        self.lines = 0;
        self.since = now;
        std::mem::take(&mut self.untold)
    }
}

#[cfg(test)]
mod tests {
    use super::{BURST, Departures};
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn a_flood_of_visitors_costs_a_line_a_second() {
        let start = Instant::now();
        let mut departures = Departures::new(start);
        let (mut lines, mut told) = (0, 0);
        for milliseconds in 0..10_000 {
            let now = start + Duration::from_millis(milliseconds);
            if departures.due().is_some_and(|due| due <= now) {
                lines += 1;
                told += departures.tell(now);
            }
            if departures.leaves(now) {
                lines += 1;
                told += 1;
            }
        }
        assert!(lines <= u64::from(BURST) + 10, "{lines} lines");
        let now = start + Duration::from_secs(11);
        assert_eq!(told + departures.tell(now), 10_000);
        // Later, one by one again.
        assert!(departures.leaves(now + Duration::from_secs(2)));
        assert_eq!(departures.due(), None);
    }
}
