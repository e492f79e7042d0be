//! Limits how many departing visitors a person is told about.

use std::time::Duration;
use tokio::time::Instant;

/// How many visitors in a row are reported one by one.
const BURST: u32 = 5;

/// After these, one line reports everybody who left within this time.
const EVERY: Duration = Duration::from_secs(1);

/// Counts visitors that left without a session. The first ones are reported one by one, a flood with
/// at most one line a second.
#[derive(Debug)]
pub(super) struct Departures {
    /// How many more visitors can be reported now.
    lines: u32,
    /// When `lines` was last refilled.
    since: Instant,
    /// How many have left and have not been reported.
    unreported: u64,
}

impl Departures {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            lines: BURST,
            since: now,
            unreported: 0,
        }
    }

    /// Whether a visitor can be reported now.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.since).as_secs();
        let earned = u32::try_from(earned).unwrap_or(BURST).min(BURST);
        if earned > 0 {
            self.lines = (self.lines + earned).min(BURST);
            self.since = now;
        }
        let is_admitted = self.lines > 0 && self.unreported == 0;
        if is_admitted {
            self.lines -= 1;
        }
        is_admitted
    }

    /// A visitor has left. Returns whether it can be reported by itself; otherwise it is counted.
    pub(super) fn leaves(&mut self, now: Instant) -> bool {
        let is_admitted = self.admits(now);
        if !is_admitted {
            self.unreported += 1;
        }
        is_admitted
    }

    /// When the counted visitors are due to be reported.
    pub(super) fn due(&self) -> Option<Instant> {
        (self.unreported > 0).then(|| self.since + EVERY)
    }

    /// The number of counted visitors, which are reported now.
    pub(super) fn report(&mut self, now: Instant) -> u64 {
        self.lines = 0;
        self.since = now;
        std::mem::take(&mut self.unreported)
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
                told += departures.report(now);
            }
            if departures.leaves(now) {
                lines += 1;
                told += 1;
            }
        }
        assert!(lines <= u64::from(BURST) + 10, "{lines} lines");
        let now = start + Duration::from_secs(11);
        assert_eq!(told + departures.report(now), 10_000);
        // Later ones are reported one by one again.
        assert!(departures.leaves(now + Duration::from_secs(2)));
        assert_eq!(departures.due(), None);
    }
}
