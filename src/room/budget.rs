//! What reading may cost: the one brake of a room, for everything that anybody sends.
//!
//! The documentation of [`room`](super) has its numbers in a table.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// How many bytes one token pays for: a long message costs everybody who reads it as much as several
/// short ones.
const TOKEN_BYTES: usize = 1_024;

/// How many members' worth of frames an address may send: a class behind one router is many people.
const SHARE: u32 = 64;

/// How much time a connection of an address takes after those that it may make at once.
const ARRIVAL_PACE: Duration = Duration::from_millis(250);

/// How long somebody who comes may be kept waiting; for longer, it is told to come again.
const SOON: Duration = Duration::from_secs(2);

/// How many tokens a member pays for coming back.
const COMEBACK: u32 = 4;

/// How much of the room's time an address may take at once, and which part of it then: one in so
/// many.
const TIME_AT_ONCE: Duration = Duration::from_millis(100);
const TIME_PART: u32 = 10;

/// How many addresses have an account. One more is treated as one that has spent all it had: it waits
/// this long for each line.
const ACCOUNTS: usize = 65_536;
const WITHOUT_ACCOUNT: Duration = Duration::from_secs(1);

/// A token bucket, kept as the time at which it would be full again (the generic cell rate
/// algorithm of ITU-T I.371).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bucket {
    full_at: Duration,
}

impl Bucket {
    /// Takes `tokens`, of which one comes back every `pace` and there are at most `burst`.
    fn spend(&mut self, now: Duration, tokens: u32, pace: Duration) {
        self.full_at = self.full_at.max(now) + pace.saturating_mul(tokens);
    }

    /// Its owner comes back, which costs as much as some lines, since everybody is told. Returns when
    /// it may, if that is soon.
    pub(super) fn come_back(&mut self, now: Duration, rate: Rate) -> Option<Duration> {
        if rate.pace.is_zero() {
            return Some(now);
        }
        let ready_at = self.ready_at(now, rate.burst, rate.pace);
        if ready_at > now + SOON {
            return None;
        }
        self.spend(now, COMEBACK, rate.pace);
        Some(ready_at)
    }

    /// When there is another token.
    fn ready_at(&self, now: Duration, burst: u32, pace: Duration) -> Duration {
        let room = pace.saturating_mul(burst.saturating_sub(1));
        self.full_at.saturating_sub(room).max(now)
    }
}

/// Where connections come from, as far as one person can hardly be at many such places: an IPv4
/// address, or the first 64 bits of an IPv6 address, of which one host has all the others
/// (RFC 4291, 2.5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin(IpAddr);

impl From<IpAddr> for Origin {
    fn from(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// How fast a member may send, and how many connections its address may make at once, if that is
/// limited; a pace of zero lifts every limit of this file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) burst: u32,
    pub(super) pace: Duration,
    pub(super) arrivals: Option<u32>,
}

/// What an address has spent.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    arrivals: Bucket,
    frames: Bucket,
    /// When the time that was taken is paid for.
    time_paid_at: Duration,
}

impl Account {
    fn is_at_rest(&self, now: Duration) -> bool {
        let Self {
            arrivals,
            frames,
            time_paid_at,
        } = self;
        arrivals.full_at <= now && frames.full_at <= now && *time_paid_at <= now
    }
}

/// The accounts of all addresses that have spent something lately.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// Only ever gone through to throw some away, so that its order does not matter.
    accounts: HashMap<Origin, Account>,
}

impl Accounts {
    /// Somebody new comes in. Returns when it may, if that is soon; where it is not, nothing is spent,
    /// so that no flood keeps an address out for longer than it lasts.
    pub(super) fn arrive(&mut self, now: Duration, origin: Origin, rate: Rate) -> Option<Duration> {
        let Some(at_once) = rate.arrivals.filter(|_| !rate.pace.is_zero()) else {
            return Some(now);
        };
        let account = self.account(origin)?;
        let ready_at = account.arrivals.ready_at(now, at_once, ARRIVAL_PACE);
        if ready_at > now + SOON {
            return None;
        }
        account.arrivals.spend(now, 1, ARRIVAL_PACE);
        Some(ready_at)
    }

    /// A frame or line of so many bytes was read. `bucket` is the sender's own. Returns when the
    /// sender may be read again.
    pub(super) fn charge(
        &mut self,
        now: Duration,
        origin: Origin,
        bucket: &mut Bucket,
        bytes: usize,
        rate: Rate,
    ) -> Duration {
        let pace = rate.pace;
        if pace.is_zero() {
            return now;
        }
        let tokens = bytes.div_ceil(TOKEN_BYTES).max(1);
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        bucket.spend(now, tokens, pace);
        if let Some(account) = self.account(origin) {
            account.frames.spend(now, tokens, pace / SHARE);
        }
        self.ready_at(now, origin, bucket, rate)
    }

    /// When somebody may be read who pays from `bucket` at this address. Who has spent less than half
    /// of what is its own does not wait for others at the same address.
    pub(super) fn ready_at(
        &self,
        now: Duration,
        origin: Origin,
        bucket: &Bucket,
        Rate { burst, pace, .. }: Rate,
    ) -> Duration {
        if pace.is_zero() {
            return now;
        }
        let own = bucket.ready_at(now, burst, pace);
        if bucket.full_at <= now + pace.saturating_mul(burst / 2) {
            return own;
        }
        let Some(account) = self.accounts.get(&origin) else {
            // So many addresses are here that this one has no account.
            return own.max(now + WITHOUT_ACCOUNT);
        };
        let frames = account
            .frames
            .ready_at(now, burst.saturating_mul(SHARE), pace / SHARE);
        let time = account
            .time_paid_at
            .saturating_sub(TIME_AT_ONCE * TIME_PART);
        own.max(frames).max(time)
    }

    /// The room has spent so much time on something from this address.
    pub(super) fn take_time(&mut self, now: Duration, origin: Origin, time: Duration) {
        if let Some(account) = self.account(origin) {
            let time = time.saturating_mul(TIME_PART);
            account.time_paid_at = account.time_paid_at.max(now) + time;
        }
    }

    /// Forgets the addresses that have everything back that they have spent.
    pub(super) fn forget(&mut self, now: Duration) {
        self.accounts.retain(|_, account| !account.is_at_rest(now));
    }

    fn account(&mut self, origin: Origin) -> Option<&mut Account> {
        if self.accounts.len() >= ACCOUNTS && !self.accounts.contains_key(&origin) {
            return None;
        }
        Some(self.accounts.entry(origin).or_default())
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 20,
        pace: Duration::from_millis(200),
        arrivals: Some(256),
    };
    const NOW: Duration = Duration::from_secs(100);

    fn origin(ip: &str) -> Origin {
        Origin::from(ip.parse::<IpAddr>().expect("an address"))
    }

    #[test]
    fn a_member_has_its_burst_and_then_its_pace() {
        let (mut accounts, mut bucket) = (Accounts::default(), Bucket::default());
        let ann = origin("192.0.2.1");
        for _ in 0..19 {
            assert_eq!(accounts.charge(NOW, ann, &mut bucket, 2, RATE), NOW);
        }
        for late in 1..=5 {
            let at = accounts.charge(NOW, ann, &mut bucket, 2, RATE);
            assert_eq!(at, NOW + RATE.pace * late);
        }
        // A frame of 64 KiB is as much as 64 short ones.
        let before = accounts.ready_at(NOW, ann, &bucket, RATE);
        let after = accounts.charge(NOW, ann, &mut bucket, 65_536, RATE);
        assert_eq!(after - before, RATE.pace * 64);
        // Nobody else waits for it, at the same address or elsewhere.
        let mut other = Bucket::default();
        for at in [ann, origin("192.0.2.2")] {
            assert_eq!(accounts.charge(NOW, at, &mut other, 2, RATE), NOW);
        }
    }

    #[test]
    fn an_address_is_bounded_whoever_sends() {
        let mut accounts = Accounts::default();
        let loud = origin("192.0.2.1");
        // 200 members who each send as much as they may.
        let mut members = [Bucket::default(); 200];
        let mut read = 0;
        for _ in 0..20 {
            for member in &mut members {
                read += u32::from(accounts.charge(NOW, loud, member, 2, RATE) == NOW);
            }
        }
        // Each has half of its burst, whatever the others do, and then they share.
        assert_eq!(read, 200 * 10);
        // One of them who has said nothing yet does not wait for the others.
        let mut quiet = Bucket::default();
        assert_eq!(accounts.charge(NOW, loud, &mut quiet, 2, RATE), NOW);
        let mut other = Bucket::default();
        let ann = origin("192.0.2.2");
        assert_eq!(accounts.charge(NOW, ann, &mut other, 2, RATE), NOW);
    }

    #[test]
    fn connections_cost_and_come_back() {
        let mut accounts = Accounts::default();
        let loud = origin("2001:db8:1:2::1");
        let same = origin("2001:db8:1:2:ffff::1");
        for _ in 0..256 {
            assert_eq!(accounts.arrive(NOW, loud, RATE), Some(NOW));
        }
        // The next ones wait, and when that would be too long, they are not let in.
        for late in 1..=8 {
            let at = accounts.arrive(NOW, same, RATE);
            assert_eq!(at, Some(NOW + ARRIVAL_PACE * late));
        }
        for _ in 0..1_000 {
            assert_eq!(accounts.arrive(NOW, same, RATE), None);
        }
        // Which costs nothing: a moment later, the next one is.
        let soon = NOW + ARRIVAL_PACE;
        assert_eq!(accounts.arrive(soon, same, RATE), Some(soon + SOON));
        let other = origin("2001:db8:1:3::1");
        assert_eq!(accounts.arrive(NOW, other, RATE), Some(NOW));
        let later = NOW + ARRIVAL_PACE * 300;
        assert_eq!(accounts.arrive(later, loud, RATE), Some(later));
        accounts.forget(later * 2);
        assert!(accounts.accounts.is_empty());
    }

    #[test]
    fn time_is_charged_to_the_address() {
        let mut accounts = Accounts::default();
        let bucket = Bucket::default();
        let slow = origin("192.0.2.1");
        let mut busy = bucket;
        busy.spend(NOW, 15, RATE.pace);
        accounts.take_time(NOW, slow, TIME_AT_ONCE);
        assert_eq!(accounts.ready_at(NOW, slow, &busy, RATE), NOW);
        accounts.take_time(NOW, slow, Duration::from_millis(10));
        let at = accounts.ready_at(NOW, slow, &busy, RATE);
        assert_eq!(at, NOW + Duration::from_millis(10) * TIME_PART);
        // Who has hardly said a word does not wait for it.
        assert_eq!(accounts.ready_at(NOW, slow, &bucket, RATE), NOW);
    }

    #[test]
    fn a_room_without_limits_has_none() {
        let mut accounts = Accounts::default();
        let rate = Rate {
            pace: Duration::ZERO,
            ..RATE
        };
        let loud = origin("192.0.2.1");
        for _ in 0..10_000 {
            let mut bucket = Bucket::default();
            assert_eq!(accounts.charge(NOW, loud, &mut bucket, 65_536, rate), NOW);
        }
    }

    #[test]
    fn many_addresses_take_a_bounded_memory() {
        let mut accounts = Accounts::default();
        for number in (0..=u32::MAX).take(ACCOUNTS + 1_000) {
            let ip = IpAddr::from(number.to_be_bytes());
            accounts.arrive(NOW, Origin::from(ip), RATE);
        }
        assert_eq!(accounts.accounts.len(), ACCOUNTS);
        // One more is slow, and not free.
        let mut bucket = Bucket::default();
        let late = origin("255.0.0.1");
        let mut at = NOW;
        for _ in 0..11 {
            at = accounts.charge(NOW, late, &mut bucket, 2, RATE);
        }
        assert_eq!(at, NOW + WITHOUT_ACCOUNT);
        assert_eq!(accounts.arrive(NOW, late, RATE), None);
    }
}
