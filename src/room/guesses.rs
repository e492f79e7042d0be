//! Wrong codes: how often the code of a private room can be guessed.
//!
//! The code lives as long as the room, so a wrong one cannot burn it. Instead, wrong codes cost time:
//!
//! | wrong codes | without a pause | then, after each | one is forgiven every |
//! |---|---|---|---|
//! | of an address | 3 | 1 s, 2 s, 4 s and so on, up to 10 min | 10 min |
//! | of all addresses | 64 | 1 s, 2 s, 4 s and so on, up to 1 min | minute |
//!
//! In the long run, that is one guess a minute at two billion codes. A member that returns proposes a key
//! and is never kept waiting.

use super::budget::Origin;
use super::notice::RoomNotice;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

/// The limits of one address.
const OF_ADDRESS: GuessLimit = GuessLimit {
    free: 3,
    longest: Duration::from_secs(600),
    forgiven_every: Duration::from_secs(600),
};

/// The limits of all addresses together: an attacker with many addresses meets these.
const OF_ALL: GuessLimit = GuessLimit {
    free: 64,
    longest: Duration::from_secs(60),
    forgiven_every: Duration::from_secs(60),
};

/// The first pause. Each one after it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Maximum number of addresses with an account. Wrong codes of other addresses count only for all
/// together, which keeps their number far below this one.
const ADDRESSES: usize = 65_536;

/// Minimum time between two reports to the host.
const REPORT_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy)]
struct GuessLimit {
    /// How many wrong codes in a row are followed by no pause, counting the one after which there is
    /// the first.
    free: u32,
    longest: Duration,
    forgiven_every: Duration,
}

impl GuessLimit {
    /// The pause after this number of wrong codes.
    fn pause(self, wrong: u32) -> Duration {
        let Some(doubled) = wrong.checked_sub(self.free) else {
            return Duration::ZERO;
        };
        let factor = 1_u32.checked_shl(doubled).unwrap_or(u32::MAX);
        FIRST_PAUSE.saturating_mul(factor).min(self.longest)
    }
}

/// Wrong codes that are not forgiven yet.
#[derive(Debug, Clone, Copy, Default)]
struct GuessCount {
    wrong: u32,
    /// When the time began that forgives the next one.
    since: Duration,
    next_at: Duration,
}

impl GuessCount {
    fn add(&mut self, now: Duration, limit: GuessLimit) {
        self.forgive(now, limit);
        self.wrong = self.wrong.saturating_add(1);
        self.next_at = now + limit.pause(self.wrong);
    }

    fn forgive(&mut self, now: Duration, limit: GuessLimit) {
        let times = now.saturating_sub(self.since).as_secs() / limit.forgiven_every.as_secs();
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        match times < self.wrong {
            true => self.since += limit.forgiven_every.saturating_mul(times),
            false => self.since = now,
        }
        self.wrong = self.wrong.saturating_sub(times);
    }

    fn is_at_rest(mut self, now: Duration, limit: GuessLimit) -> bool {
        self.forgive(now, limit);
        self.wrong == 0 && self.next_at <= now
    }
}

/// The wrong codes of all addresses. Times are those since the room's start.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    /// Iterated only to remove entries, so hash order cannot affect behaviour.
    by_address: HashMap<Origin, GuessCount>,
    all: GuessCount,
    /// How many wrong codes there were.
    total: u64,
    /// How many of them were not reported, and the address of the last one.
    unreported: Option<(u64, IpAddr)>,
    reported_at: Option<Duration>,
}

impl Guesses {
    /// Whether this address may guess now.
    ///
    /// # Errors
    /// The time until it may.
    pub(crate) fn admit(&self, now: Duration, from: IpAddr) -> Result<(), Duration> {
        let of_address = self.by_address.get(&Origin::from(from));
        let of_address = of_address.map_or(Duration::ZERO, |tally| tally.next_at);
        let wait = of_address.max(self.all.next_at).saturating_sub(now);
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }

    /// Counts a wrong code from this address.
    pub(crate) fn wrong(&mut self, now: Duration, from: IpAddr) {
        self.by_address
            .retain(|_, tally| !tally.is_at_rest(now, OF_ADDRESS));
        let origin = Origin::from(from);
        if self.by_address.len() < ADDRESSES || self.by_address.contains_key(&origin) {
            let tally = self.by_address.entry(origin).or_default();
            tally.add(now, OF_ADDRESS);
        }
        self.all.add(now, OF_ALL);
        self.total += 1;
        let before = self.unreported.map_or(0, |(count, _)| count);
        self.unreported = Some((before + 1, from));
    }

    /// Notes that the right code came from this address: its earlier mistakes are forgiven. In a class
    /// behind one router, the mistakes of some would otherwise keep out the others.
    pub(crate) fn right(&mut self, from: IpAddr) {
        self.by_address.remove(&Origin::from(from));
    }

    /// What the host is told about wrong codes, at most once a second.
    pub(crate) fn report(&mut self, now: Duration) -> Option<RoomNotice> {
        let is_soon = |at: Duration| now.saturating_sub(at) < REPORT_PAUSE;
        if self.reported_at.is_some_and(is_soon) {
            return None;
        }
        let (count, from) = self.unreported.take()?;
        self.reported_at = Some(now);
        let total = self.total;
        Some(RoomNotice::WrongCodes { count, from, total })
    }
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test should stop where it fails"
)]
mod tests {
    use super::{ADDRESSES, Guesses, OF_ADDRESS};
    use crate::room::notice::RoomNotice;
    use std::net::IpAddr;
    use std::time::Duration;

    const NOW: Duration = Duration::from_secs(100);

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Guesses wrong as soon as possible, this often. Returns the pauses after each guess.
    fn pauses(guesses: &mut Guesses, now: &mut Duration, from: &[IpAddr]) -> Vec<u64> {
        let mut pauses = Vec::new();
        for from in from {
            assert_eq!(guesses.admit(*now, *from), Ok(()), "after {pauses:?}");
            guesses.wrong(*now, *from);
            let pause = guesses.admit(*now, *from).err().unwrap_or_default();
            pauses.push(pause.as_secs());
            *now += pause;
        }
        pauses
    }

    #[test]
    fn the_pauses_of_an_address_grow_up_to_ten_minutes() {
        let (mut guesses, mut now) = (Guesses::default(), NOW);
        let eve = ip("192.0.2.9");
        let first = pauses(&mut guesses, &mut now, &[eve; 12]);
        assert_eq!(first, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        // An attacker who never stops makes up for the guess that is forgiven every ten minutes.
        let more = pauses(&mut guesses, &mut now, &[eve; 100]);
        assert!(
            more.iter().all(|pause| [512, 600].contains(pause)),
            "{more:?}"
        );
        assert_eq!(more.last(), Some(&600));
        // Another address does not wait, except for the limit of all.
        assert_eq!(guesses.admit(now, ip("192.0.2.8")), Ok(()));
    }

    #[test]
    fn an_address_of_ipv6_is_a_network() {
        let mut guesses = Guesses::default();
        for host in 1..=3 {
            guesses.wrong(NOW, ip(&format!("2001:db8:1:2::{host}")));
        }
        let wait = guesses.admit(NOW, ip("2001:db8:1:2:ffff::1"));
        assert_eq!(wait, Err(seconds(1)));
        assert_eq!(guesses.admit(NOW, ip("2001:db8:1:3::1")), Ok(()));
    }

    #[test]
    fn one_wrong_code_is_forgiven_every_ten_minutes() {
        let mut guesses = Guesses::default();
        let ann = ip("192.0.2.1");
        for _ in 0..3 {
            guesses.wrong(NOW, ann);
        }
        assert_eq!(guesses.admit(NOW, ann), Err(seconds(1)));
        // One is forgiven, so the next is the third again.
        let later = NOW + seconds(600);
        guesses.wrong(later, ann);
        assert_eq!(guesses.admit(later, ann), Err(seconds(1)));
        let much_later = later + seconds(1_800);
        guesses.wrong(much_later, ann);
        assert_eq!(guesses.admit(much_later, ann), Ok(()));
    }

    #[test]
    fn the_right_code_forgives_an_address() {
        let mut guesses = Guesses::default();
        let (ann, eve) = (ip("192.0.2.1"), ip("192.0.2.9"));
        for _ in 0..3 {
            guesses.wrong(NOW, ann);
            guesses.wrong(NOW, eve);
        }
        guesses.right(ann);
        assert_eq!(guesses.admit(NOW, ann), Ok(()));
        assert_eq!(guesses.admit(NOW, eve), Err(seconds(1)));
    }

    #[test]
    fn many_addresses_together_are_limited_too() {
        let (mut guesses, mut now) = (Guesses::default(), NOW);
        let many = |from: u32, count: u32| {
            let numbers = from..from + count;
            numbers
                .map(|number| IpAddr::from(number.to_be_bytes()))
                .collect::<Vec<_>>()
        };
        let first = pauses(&mut guesses, &mut now, &many(1, 69));
        assert!(first[..63].iter().all(|pause| *pause == 0));
        assert_eq!(first[63..], [1, 2, 4, 8, 16, 32]);
        // Nobody else may guess in the meantime.
        guesses.wrong(now, ip("192.0.2.9"));
        let wait = guesses.admit(now, ip("198.51.100.1")).unwrap_err();
        assert!(wait > seconds(16) && wait <= seconds(60), "{wait:?}");
        // In the long run, a guess takes a minute, however many addresses there are.
        now += wait;
        let begun = now;
        let more = pauses(&mut guesses, &mut now, &many(1_000, 600));
        assert!(
            more.iter().all(|pause| [32, 60].contains(pause)),
            "{more:?}"
        );
        assert!(now - begun >= seconds(59 * 600), "{:?}", now - begun);
        assert!(guesses.by_address.len() < 100);
    }

    #[test]
    fn the_accounts_are_bounded() {
        let mut guesses = Guesses::default();
        let addresses = u32::try_from(ADDRESSES).unwrap();
        // As if they were not limited together.
        for number in 0..addresses {
            let origin = IpAddr::from(number.to_be_bytes()).into();
            let tally = guesses.by_address.entry(origin).or_default();
            tally.add(NOW, OF_ADDRESS);
        }
        guesses.wrong(NOW, ip("255.0.0.1"));
        assert_eq!(guesses.by_address.len(), ADDRESSES);
        guesses.wrong(NOW + seconds(600), ip("255.0.0.1"));
        assert_eq!(guesses.by_address.len(), 1);
    }

    #[test]
    fn the_host_is_told_at_most_once_a_second() {
        let mut guesses = Guesses::default();
        let eve = ip("192.0.2.9");
        assert_eq!(guesses.report(NOW), None);
        let told = |count, total| {
            let from = eve;
            Some(RoomNotice::WrongCodes { count, from, total })
        };
        guesses.wrong(NOW, eve);
        assert_eq!(guesses.report(NOW), told(1, 1));
        for _ in 0..5 {
            guesses.wrong(NOW, eve);
            assert_eq!(guesses.report(NOW + Duration::from_millis(999)), None);
        }
        assert_eq!(guesses.report(NOW + seconds(1)), told(5, 6));
        assert_eq!(guesses.report(NOW + seconds(9)), None);
        let words = |count, total| told(count, total).unwrap().words();
        assert_eq!(words(1, 2), "-- 192.0.2.9 entered a wrong code (2 so far).");
        assert_eq!(
            words(5, 6),
            "-- 5 wrong codes were entered, the last by 192.0.2.9 (6 so far)."
        );
    }
}
