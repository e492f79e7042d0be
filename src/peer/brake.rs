//! What slows a partner whose frames make no turns.

use std::time::Duration;
use tokio::time::Instant;

/// How many frames are read without a turn of either end before a pause. Between two turns, a
/// program of this kind sends a receipt and a ping every ten seconds.
const FRAMES: u32 = 128;

/// How long so many frames last at least.
const PERIOD: Duration = Duration::from_secs(1);

/// Counts the frames of a partner. Turns are free, since each of them waits for one of ours. Of
/// anything else (pings, receipts, controls of a later version, lines that are refused) at most
/// [`FRAMES`] are read in a [`PERIOD`]. The rest waits in the connection, and TCP slows the partner.
#[derive(Debug)]
pub(super) struct Brake {
    /// How many frames can be read before the next pause.
    left: u32,
    /// Since when `left` counts.
    since: Instant,
}

impl Brake {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            left: FRAMES,
            since: now,
        }
    }

    /// A frame was read.
    pub(super) fn spend(&mut self) {
        self.left = self.left.saturating_sub(1);
        // The clock is looked at only now, so that a frame costs next to nothing.
        if self.left == 0 {
            self.lift(Instant::now());
        }
    }

    /// A turn was taken.
    pub(super) fn refill(&mut self) {
        self.left = FRAMES;
    }

    /// When the next frame can be read, if not now.
    pub(super) fn due(&self) -> Option<Instant> {
        (self.left == 0).then(|| self.since + PERIOD)
    }

    /// Ends a pause that is over.
    pub(super) fn lift(&mut self, now: Instant) {
        if now.saturating_duration_since(self.since) >= PERIOD {
            *self = Self::new(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Brake, FRAMES, PERIOD};
    use tokio::time::Instant;

    #[test]
    fn a_flood_is_read_in_portions() {
        let start = Instant::now();
        let mut brake = Brake::new(start);
        for second in 1..10 {
            let mut frames = 0;
            while brake.due().is_none() {
                brake.spend();
                frames += 1;
            }
            assert_eq!(frames, FRAMES);
            let due = brake.due();
            assert_eq!(due, Some(start + second * PERIOD));
            brake.lift(start + second * PERIOD);
        }
    }

    #[test]
    fn turns_are_not_slowed() {
        let mut brake = Brake::new(Instant::now());
        for _ in 0..100_000 {
            brake.spend();
            brake.refill();
        }
        assert_eq!(brake.due(), None);
    }

    #[test]
    fn frames_that_come_slowly_never_wait() {
        let Some(start) = Instant::now().checked_sub(2 * PERIOD) else {
            return;
        };
        let mut brake = Brake::new(start);
        for _ in 0..FRAMES {
            brake.spend();
        }
        assert_eq!(brake.due(), None);
    }
}
