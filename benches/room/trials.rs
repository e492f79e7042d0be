//! What is measured, each time of a fresh server.

use crate::crowd::{Crowd, SENDERS};
use crate::figures::quantile;
use crate::server::{Kind, Server};
use anyhow::Context as _;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// How many messages of each sender are under way where as many are sent as can be.
const WINDOW: u64 = 64;

/// How many messages a second are sent where delays are measured, by all senders together.
const RATE: u32 = 300;

/// How long load is put on a server before it counts, and how long it does.
const WARM_UP: Duration = Duration::from_millis(500);
const MEASURED: Duration = Duration::from_millis(1_500);

/// How long a message may take before it counts as lost.
const LOST: Duration = Duration::from_millis(500);

/// How long nothing has happened before a server is idle, and for how long that is watched.
const IDLE: Duration = Duration::from_secs(2);
const WATCHED: Duration = Duration::from_secs(3);

/// What went wrong; nothing should.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Faults {
    /// Messages that never came.
    pub(crate) missing: u64,
    /// Messages that came twice, or behind a later one of the same sender.
    pub(crate) late: u64,
}

impl AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.missing += other.missing;
        self.late += other.late;
    }
}

/// A server that has as much to do as it can.
#[derive(Debug)]
pub(crate) struct Saturated {
    /// A second.
    pub(crate) deliveries: f64,
    /// Processor seconds of a million deliveries.
    pub(crate) processor: Option<f64>,
    pub(crate) faults: Faults,
}

/// Every sender keeps its window full.
pub(crate) fn saturated(kind: Kind, members: usize) -> anyhow::Result<Saturated> {
    let server = Server::start(kind)?;
    let mut crowd = Crowd::join(server.address, members)?;
    send_all(&mut crowd, WARM_UP)?;
    let (processor, deliveries) = (server.processor(), crowd.seen.deliveries);
    let begun = Instant::now();
    send_all(&mut crowd, MEASURED)?;
    let time = begun.elapsed().as_secs_f64();
    let deliveries = (crowd.seen.deliveries - deliveries) as f64;
    let processor = server.processor().zip(processor);
    crowd.settle(LOST)?;
    Ok(Saturated {
        deliveries: deliveries / time,
        processor: processor.map(|(after, before)| (after - before) * 1e6 / deliveries),
        faults: crowd.faults(),
    })
}

fn send_all(crowd: &mut Crowd, time: Duration) -> anyhow::Result<()> {
    let begun = Instant::now();
    let window = WINDOW * crowd.others();
    while begun.elapsed() < time {
        for sender in 0..SENDERS {
            // Half at once, as somebody does who waits for answers.
            if crowd.under_way(sender) * 2 > window {
                continue;
            }
            while crowd.under_way(sender) + crowd.others() <= window {
                crowd.add(sender)?;
            }
            crowd.flush(sender)?;
        }
        crowd.turn(Some(Duration::from_millis(20)))?;
    }
    Ok(())
}

/// How long messages took, in milliseconds.
#[derive(Debug)]
pub(crate) struct Delay {
    pub(crate) median: f64,
    /// What 99 of 100 stay under.
    pub(crate) long: f64,
    pub(crate) faults: Faults,
}

/// The senders take turns, at a fixed rate.
pub(crate) fn delay(kind: Kind, members: usize) -> anyhow::Result<Delay> {
    let server = Server::start(kind)?;
    let mut crowd = Crowd::join(server.address, members)?;
    send_at_rate(&mut crowd, WARM_UP)?;
    crowd.seen.delays = Some(Vec::new());
    send_at_rate(&mut crowd, MEASURED)?;
    crowd.settle(LOST)?;
    let delays = crowd.seen.delays.take().context("nothing was measured")?;
    let delays: Vec<f64> = delays.into_iter().map(|delay| delay / 1e6).collect();
    Ok(Delay {
        median: quantile(delays.clone(), 0.5),
        long: quantile(delays, 0.99),
        faults: crowd.faults(),
    })
}

fn send_at_rate(crowd: &mut Crowd, time: Duration) -> anyhow::Result<()> {
    let begun = Instant::now();
    for number in 0.. {
        let due = Duration::from_secs(1) * number / RATE;
        if due > time {
            break;
        }
        crowd.listen(due.saturating_sub(begun.elapsed()))?;
        crowd.say(number as usize % SENDERS)?;
    }
    Ok(())
}

/// What silent members take up.
#[derive(Debug)]
pub(crate) struct Silent {
    /// Resident memory of each, in KiB.
    pub(crate) kib: f64,
    /// Processor time while nothing happens, as a part of all time.
    pub(crate) processor: f64,
}

/// So many members come, and are silent.
pub(crate) fn silent(kind: Kind, members: usize) -> anyhow::Result<Option<Silent>> {
    let server = Server::start(kind)?;
    let before = server.resident();
    let mut crowd = Crowd::join(server.address, members)?;
    crowd.settle(IDLE)?;
    let processor = server.processor();
    crowd.listen(WATCHED)?;
    let processor = server.processor().zip(processor);
    let resident = server.resident().zip(before);
    Ok(resident
        .zip(processor)
        .map(|((after, before), (end, start))| Silent {
            kib: (after - before) / members as f64,
            processor: (end - start) / WATCHED.as_secs_f64(),
        }))
}

/// A server that nobody has joined.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) milliseconds: f64,
    /// Resident memory.
    pub(crate) mib: Option<f64>,
}

/// It is started, and nothing else.
pub(crate) fn start(kind: Kind) -> anyhow::Result<Start> {
    let server = Server::start(kind)?;
    std::thread::sleep(Duration::from_millis(100));
    Ok(Start {
        milliseconds: server.started.as_secs_f64() * 1e3,
        mib: server.resident().map(|kib| kib / 1_024.0),
    })
}
