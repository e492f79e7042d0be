//! Budgets: how fast the peers of a room may send.
//!
//! The documentation of [`room`](super) lists the numbers in a table.

use super::data::{sorted, time};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

/// How many bytes one token pays for: a long message costs its readers as much as several short
/// ones.
const TOKEN_BYTES: usize = 1_024;

/// How many members' worth of frames an address may send: a class behind one router is many people.
const SHARE: u32 = 64;

/// Minimum time between two newcomers from one address after its burst.
const ARRIVAL_PACE: Duration = Duration::from_millis(250);

/// How long a newcomer may be kept waiting. One that would have to wait longer is turned away.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How many tokens a member pays to return.
const COMEBACK: u32 = 4;

/// How much of the room's time an address may use at once, and the divisor of the time that it may
/// use after that.
const TIME_AT_ONCE: Duration = Duration::from_millis(100);
const TIME_PART: u32 = 10;

/// Maximum number of addresses with an account. Any other address is treated as one that has spent
/// everything: it waits this long for each line.
const ACCOUNTS: usize = 65_536;
const WITHOUT_ACCOUNT: Duration = Duration::from_secs(1);

/// How fast a member may send lines.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct LineRate {
    pub(super) burst: u32,
    /// Never zero.
    #[serde(with = "time")]
    pub(super) pace: Duration,
}

impl LineRate {
    /// How many lines a member may send at once.
    #[must_use]
    pub fn burst(self) -> u32 {
        self.burst
    }

    /// Minimum time between two lines after the burst.
    #[must_use]
    pub fn pace(self) -> Duration {
        self.pace
    }

    /// Whether [`new`](Self::new) could have made this.
    pub(super) fn is_possible(self) -> bool {
        let pace = Duration::from_nanos(1)..=Duration::from_secs(1);
        self.burst > 0 && pace.contains(&self.pace)
    }

    /// `burst` lines at once, and then `per_second` lines a second.
    #[must_use]
    pub fn new(burst: NonZeroU32, per_second: NonZeroU32) -> Self {
        let pace = Duration::from_secs(1) / per_second.get();
        Self {
            burst: burst.get(),
            pace: pace.max(Duration::from_nanos(1)),
        }
    }
}

/// A token bucket, kept as the time at which it would be full again (the generic cell rate
/// algorithm of ITU-T I.371).
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Bucket {
    #[serde(with = "time")]
    full_at: Duration,
}

impl Bucket {
    /// Takes `tokens`. One token comes back every `pace`.
    fn spend(&mut self, now: Duration, tokens: u32, pace: Duration) {
        self.full_at = self.full_at.max(now) + pace.saturating_mul(tokens);
    }

    /// Pays for a member that returns, which costs as much as some lines because everybody is told.
    /// Returns when it may return, unless that is too late.
    pub(super) fn come_back(&mut self, now: Duration, rate: Option<LineRate>) -> Option<Duration> {
        let Some(LineRate { burst, pace }) = rate else {
            return Some(now);
        };
        let ready_at = self.ready_at(now, burst, pace);
        if ready_at > now + LONGEST_WAIT {
            return None;
        }
        self.spend(now, COMEBACK, pace);
        Some(ready_at)
    }

    /// When there is another token.
    fn ready_at(&self, now: Duration, burst: u32, pace: Duration) -> Duration {
        let credit = pace.saturating_mul(burst.saturating_sub(1));
        self.full_at.saturating_sub(credit).max(now)
    }
}

/// What counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address, because
/// one host has all addresses that begin with them (RFC 4291, 2.5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Origin(IpAddr);

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

/// What an address has spent.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Account {
    arrivals: Bucket,
    frames: Bucket,
    /// When the room's time that the address has used is paid for.
    #[serde(with = "time")]
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
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Accounts {
    /// Iterated only to remove entries, so hash order cannot affect behaviour.
    #[serde(with = "sorted")]
    accounts: HashMap<Origin, Account>,
}

impl Accounts {
    /// Pays for a newcomer from an address that may have `at_once` of them. Returns when it may
    /// join, unless that is too late. A newcomer that is turned away costs nothing, so that a flood
    /// keeps an address out no longer than it lasts.
    pub(super) fn arrive(
        &mut self,
        now: Duration,
        origin: Origin,
        at_once: Option<NonZeroUsize>,
        rate: Option<LineRate>,
    ) -> Option<Duration> {
        let (Some(at_once), Some(_)) = (at_once, rate) else {
            return Some(now);
        };
        let at_once = u32::try_from(at_once.get()).unwrap_or(u32::MAX);
        let account = self.account(origin)?;
        let ready_at = account.arrivals.ready_at(now, at_once, ARRIVAL_PACE);
        if ready_at > now + LONGEST_WAIT {
            return None;
        }
        account.arrivals.spend(now, 1, ARRIVAL_PACE);
        Some(ready_at)
    }

    /// Pays for a frame or line of this many bytes, from the sender's `bucket` and from the account
    /// of its address. Returns when the sender may be read again.
    pub(super) fn charge(
        &mut self,
        now: Duration,
        origin: Origin,
        bucket: &mut Bucket,
        bytes: usize,
        rate: Option<LineRate>,
    ) -> Duration {
        let Some(LineRate { pace, .. }) = rate else {
            return now;
        };
        let tokens = bytes.div_ceil(TOKEN_BYTES).max(1);
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        bucket.spend(now, tokens, pace);
        if let Some(account) = self.account(origin) {
            account.frames.spend(now, tokens, pace / SHARE);
        }
        self.ready_at(now, origin, bucket, rate)
    }

    /// When a sender with this bucket may be read. One that has spent less than half of its burst
    /// does not wait for others at its address.
    pub(super) fn ready_at(
        &self,
        now: Duration,
        origin: Origin,
        bucket: &Bucket,
        rate: Option<LineRate>,
    ) -> Duration {
        let Some(LineRate { burst, pace }) = rate else {
            return now;
        };
        let own = bucket.ready_at(now, burst, pace);
        if bucket.full_at <= now + pace.saturating_mul(burst / 2) {
            return own;
        }
        let Some(account) = self.accounts.get(&origin) else {
            // There are too many addresses for this one to have an account.
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

    /// When the time of the room that an address has used is paid for, as far as it may not be used at
    /// once.
    pub(super) fn free_at(
        &self,
        now: Duration,
        origin: Origin,
        rate: Option<LineRate>,
    ) -> Duration {
        let credit = TIME_AT_ONCE * TIME_PART;
        let account = self.accounts.get(&origin).filter(|_| rate.is_some());
        let paid_at = account.map_or(Duration::ZERO, |account| account.time_paid_at);
        paid_at.saturating_sub(credit).max(now)
    }

    /// Charges an address for the time that the room has spent on it.
    pub(super) fn take_time(&mut self, now: Duration, origin: Origin, time: Duration) {
        if let Some(account) = self.account(origin) {
            let time = time.saturating_mul(TIME_PART);
            account.time_paid_at = account.time_paid_at.max(now).saturating_add(time);
        }
    }

    /// Removes the accounts from which nothing is missing.
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
    use crate::room::budget::{
        ACCOUNTS, ARRIVAL_PACE, Accounts, Bucket, LONGEST_WAIT, LineRate, Origin, TIME_AT_ONCE,
        TIME_PART, WITHOUT_ACCOUNT,
    };
    use std::net::IpAddr;
    use std::num::NonZeroUsize;
    use std::time::Duration;

    const PACE: Duration = Duration::from_millis(200);
    const RATE: Option<LineRate> = Some(LineRate {
        burst: 20,
        pace: PACE,
    });
    const AT_ONCE: Option<NonZeroUsize> = NonZeroUsize::new(256);
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
            assert_eq!(at, NOW + PACE * late);
        }
        // A frame of 64 KiB costs as much as 64 short ones.
        let before = accounts.ready_at(NOW, ann, &bucket, RATE);
        let after = accounts.charge(NOW, ann, &mut bucket, 65_536, RATE);
        assert_eq!(after - before, PACE * 64);
        // Nobody else waits, at the same address or elsewhere.
        let mut other = Bucket::default();
        for at in [ann, origin("192.0.2.2")] {
            assert_eq!(accounts.charge(NOW, at, &mut other, 2, RATE), NOW);
        }
    }

    #[test]
    fn an_address_is_bounded_whoever_sends() {
        let mut accounts = Accounts::default();
        let loud = origin("192.0.2.1");
        // 200 members that each send as much as they may.
        let mut members = [Bucket::default(); 200];
        let mut read = 0;
        for _ in 0..20 {
            for member in &mut members {
                read += u32::from(accounts.charge(NOW, loud, member, 2, RATE) == NOW);
            }
        }
        // Each has half of its burst to itself; the rest is shared.
        assert_eq!(read, 200 * 10);
        // A member that has sent nothing yet does not wait for the others.
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
            assert_eq!(accounts.arrive(NOW, loud, AT_ONCE, RATE), Some(NOW));
        }
        // The next ones wait. Those that would wait too long are turned away.
        for late in 1..=8 {
            let at = accounts.arrive(NOW, same, AT_ONCE, RATE);
            assert_eq!(at, Some(NOW + ARRIVAL_PACE * late));
        }
        for _ in 0..1_000 {
            assert_eq!(accounts.arrive(NOW, same, AT_ONCE, RATE), None);
        }
        // That costs nothing: a moment later, the next one may join.
        let soon = NOW + ARRIVAL_PACE;
        assert_eq!(
            accounts.arrive(soon, same, AT_ONCE, RATE),
            Some(soon + LONGEST_WAIT)
        );
        let other = origin("2001:db8:1:3::1");
        assert_eq!(accounts.arrive(NOW, other, AT_ONCE, RATE), Some(NOW));
        let later = NOW + ARRIVAL_PACE * 300;
        assert_eq!(accounts.arrive(later, loud, AT_ONCE, RATE), Some(later));
        accounts.forget(later * 2);
        assert!(accounts.accounts.is_empty());
    }

    #[test]
    fn time_is_charged_to_the_address() {
        let mut accounts = Accounts::default();
        let bucket = Bucket::default();
        let slow = origin("192.0.2.1");
        let mut busy = bucket;
        busy.spend(NOW, 15, PACE);
        accounts.take_time(NOW, slow, TIME_AT_ONCE);
        assert_eq!(accounts.ready_at(NOW, slow, &busy, RATE), NOW);
        accounts.take_time(NOW, slow, Duration::from_millis(10));
        let at = accounts.ready_at(NOW, slow, &busy, RATE);
        assert_eq!(at, NOW + Duration::from_millis(10) * TIME_PART);
        // A member that has sent little does not wait.
        assert_eq!(accounts.ready_at(NOW, slow, &bucket, RATE), NOW);
        // A key exchange waits, at this address.
        let at = accounts.free_at(NOW, slow, RATE);
        assert_eq!(at, NOW + Duration::from_millis(10) * TIME_PART);
        assert_eq!(accounts.free_at(at, slow, RATE), at);
        assert_eq!(accounts.free_at(NOW, origin("192.0.2.2"), RATE), NOW);
        assert_eq!(accounts.free_at(NOW, slow, None), NOW);
    }

    #[test]
    fn a_room_without_limits_has_none() {
        let mut accounts = Accounts::default();
        let loud = origin("192.0.2.1");
        for _ in 0..10_000 {
            let mut bucket = Bucket::default();
            assert_eq!(accounts.charge(NOW, loud, &mut bucket, 65_536, None), NOW);
        }
    }

    #[test]
    fn many_addresses_take_a_bounded_memory() {
        let mut accounts = Accounts::default();
        for number in (0..=u32::MAX).take(ACCOUNTS + 1_000) {
            let ip = IpAddr::from(number.to_be_bytes());
            accounts.arrive(NOW, Origin::from(ip), AT_ONCE, RATE);
        }
        assert_eq!(accounts.accounts.len(), ACCOUNTS);
        // One more address is slow, but not unlimited.
        let mut bucket = Bucket::default();
        let late = origin("255.0.0.1");
        let mut at = NOW;
        for _ in 0..11 {
            at = accounts.charge(NOW, late, &mut bucket, 2, RATE);
        }
        assert_eq!(at, NOW + WITHOUT_ACCOUNT);
        assert_eq!(accounts.arrive(NOW, late, AT_ONCE, RATE), None);
    }
}
