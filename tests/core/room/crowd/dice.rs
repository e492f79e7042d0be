//! A dice whose numbers the seed determines.

use std::time::Duration;
use tictalk::wire::MAX_TEXT;

/// A dice (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    pub(crate) fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    /// A number near one where something overflows.
    pub(crate) fn extreme(&mut self) -> u64 {
        let near = [0, 1, 20, u64::from(u32::MAX), i64::MAX as u64, u64::MAX];
        let base = near[usize::try_from(self.below(near.len() as u64)).unwrap()];
        base.wrapping_add(self.below(5)).wrapping_sub(2)
    }

    /// A text or a name of a hostile guest, who knows this honest one.
    pub(crate) fn hostile_text(&mut self, guest: &str) -> String {
        match self.below(24) {
            0 => "/history 200".to_owned(),
            1 => "/search a b c d e f says".to_owned(),
            2 => format!("/msg guest {guest} {}", "\n".repeat(2_000)),
            3 => format!("/play rps 3 guest {guest}"),
            4 => format!("/play rps{}", " 1".repeat(50)),
            5 => "/q".to_owned(),
            6 => format!("/nick intruder {guest}"),
            7 => format!("/watch guest {guest}"),
            8 => "/status".to_owned(),
            9 => "/accept".to_owned(),
            10 => "/resign".to_owned(),
            11 => "\u{1b}[2J\u{202e}".to_owned(),
            12 => "\n".repeat(MAX_TEXT),
            13 => "x".repeat(MAX_TEXT),
            14 => format!("-- guest {guest} left."),
            15 => String::new(),
            16 => "host".to_owned(),
            _ => format!("intruder {guest}"),
        }
    }

    /// At most this number of milliseconds.
    pub(crate) fn delay(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.below(most))
    }
}
