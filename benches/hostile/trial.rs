//! One room, its honest members and one kind of hostile guest.

use crate::ATTACK;
use crate::attack::{Kind, Spread};
use crate::honest::{Delays, Faults, Honest};
use crate::room::{Room, Template};
use anyhow::Context as _;
use std::env;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Durations of a trial.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Duration of the measurement before the attack and during it.
    pub(crate) quiet: Duration,
    pub(crate) loud: Duration,
    /// Limit of a wait.
    pub(crate) wait: Duration,
}

/// The results of a trial.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) quiet: Delays,
    pub(crate) loud: Delays,
    pub(crate) faults: Faults,
    /// Peak memory of the room, in KiB.
    pub(crate) peak: Option<u64>,
    /// From the host's `/kick` until the others are told; `None` if that took too long.
    pub(crate) kick: Option<Duration>,
    /// From SIGTERM until the room has ended; `None` if that took too long.
    pub(crate) end: Option<Duration>,
    /// Whether the listener was told of the close.
    pub(crate) is_told: bool,
    /// Whether the room had ended before SIGTERM. No guest may be able to cause that.
    pub(crate) had_ended: bool,
}

/// Runs a trial.
///
/// # Errors
/// The bench itself failed, or the room failed before the attack.
pub(crate) fn run(
    template: &Template,
    plan: &Plan,
    kind: Kind,
    count: usize,
    spread: Spread,
) -> anyhow::Result<Row> {
    let mut room = template.start()?;
    let mut honest = Honest::join(room.address, plan.wait)?;
    let quiet = honest.talk(plan.quiet, plan.wait);
    let attackers = Attackers::start(kind, count, spread, room.address)?;
    let loud = honest.talk(plan.loud, plan.wait);
    honest.compare(plan.wait);
    let faults = honest.faults;
    let peak = room.peak();
    let had_ended = room.has_ended();
    let kick = kick(&mut room, &mut honest, plan.wait);
    let end = room.terminate().then(|| room.ended(plan.wait)).flatten();
    let is_told = end.is_some() && honest.is_told(Duration::from_millis(200));
    drop(attackers);
    Ok(Row {
        quiet,
        loud,
        faults,
        peak,
        kick,
        end,
        is_told,
        had_ended,
    })
}

fn kick(room: &mut Room, honest: &mut Honest, wait: Duration) -> Option<Duration> {
    let since = Instant::now();
    room.enter("/kick spare").ok()?;
    honest.kicked(since, wait)
}

/// The process of the hostile guests.
struct Attackers(Child);

impl Attackers {
    fn start(kind: Kind, count: usize, spread: Spread, room: SocketAddr) -> anyhow::Result<Self> {
        let this = env::current_exe()?;
        let mut command = if cfg!(unix) {
            let mut command = Command::new("nice");
            command.args(["-n", "19"]).arg(this);
            command
        } else {
            Command::new(this)
        };
        command.args([ATTACK, kind.name(), &count.to_string(), spread.name()]);
        command.arg(room.port().to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let child = command.spawn().context("the hostile guests do not start")?;
        Ok(Self(child))
    }
}

impl Drop for Attackers {
    fn drop(&mut self) {
        // Both fail only if it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
