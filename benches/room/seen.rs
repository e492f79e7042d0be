//! Everything that all members received.

use crate::dialect::Heard;
use crate::message::Stamp;
use std::ops::AddAssign;
use std::time::Instant;

/// Members that send.
pub(crate) const SENDERS: usize = 10;

/// What all members together have received.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Members that the server has welcomed.
    pub(crate) welcomed: usize,
    pub(crate) deliveries: u64,
    /// Deliveries of each sender's messages.
    of: [u64; SENDERS],
    /// For each member and sender, the next expected number.
    next: Vec<[u32; SENDERS]>,
    late: u64,
    /// Delay of each message in nanoseconds, if wanted.
    pub(crate) delays: Option<Vec<f64>>,
    /// When anything last arrived.
    pub(crate) last: Option<Instant>,
}

/// Faults; there should be none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Faults {
    /// Deliveries that never arrived.
    pub(crate) missing: u64,
    /// Deliveries that arrived twice, or after a later message of the same sender.
    pub(crate) late: u64,
}

impl AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.missing += other.missing;
        self.late += other.late;
    }
}

impl Seen {
    /// Nothing so far.
    pub(crate) fn by(members: usize) -> Self {
        Self {
            welcomed: 0,
            deliveries: 0,
            of: [0; SENDERS],
            next: vec![[0; SENDERS]; members],
            late: 0,
            delays: None,
            last: None,
        }
    }

    /// Counts what a member heard. `now` is in the time of the stamps.
    pub(crate) fn take(&mut self, member: usize, heard: Heard<'_>, now: u64) {
        match heard {
            Heard::Welcome => self.welcomed += 1,
            Heard::Text(text) => {
                if let Some(stamp) = Stamp::read(text) {
                    self.take_message(member, stamp, now);
                }
            }
            Heard::Registered | Heard::Ping(_) => {}
        }
    }

    fn take_message(&mut self, member: usize, stamp: Stamp, now: u64) {
        let next = self.next.get_mut(member);
        let (Some(next), Some(of)) = (
            next.and_then(|it| it.get_mut(stamp.sender)),
            self.of.get_mut(stamp.sender),
        ) else {
            return;
        };
        *of += 1;
        self.deliveries += 1;
        if stamp.number < *next {
            self.late += 1;
            return;
        }
        *next = stamp.number + 1;
        if let Some(delays) = &mut self.delays {
            delays.push(now.saturating_sub(stamp.at) as f64);
        }
    }

    /// Deliveries of this sender's messages.
    pub(crate) fn of(&self, sender: usize) -> u64 {
        self.of.get(sender).copied().unwrap_or_default()
    }

    /// What is wrong if this many deliveries were due.
    pub(crate) fn faults(&self, due: u64) -> Faults {
        let came: u64 = self.of.iter().sum();
        Faults {
            missing: (due + self.late).saturating_sub(came),
            late: self.late,
        }
    }
}
