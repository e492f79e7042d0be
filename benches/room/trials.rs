//! The measurements, each with a fresh server.

use crate::crowd::Crowd;
use crate::seen::{Faults, SENDERS};
use crate::server::{Kind, Server};
use anyhow::Context as _;
use std::time::{Duration, Instant};

/// Messages of each sender under way when throughput is measured.
const WINDOW: u64 = 64;

/// Messages a second, of all senders together, when delays are measured.
const RATE: u32 = 300;

/// Duration of the load before the measurement, and of the measurement.
const WARM_UP: Duration = Duration::from_millis(500);
const MEASURED: Duration = Duration::from_millis(1_500);

/// Time after which a message counts as lost.
const LOST: Duration = Duration::from_millis(500);

/// Silence before a server counts as idle, and how long the idle server is measured.
const IDLE: Duration = Duration::from_secs(2);
const WATCHED: Duration = Duration::from_secs(3);

/// A saturated server.
#[derive(Debug)]
pub(crate) struct Saturated {
    /// A second.
    pub(crate) deliveries: f64,
    /// Processor seconds for a million deliveries.
    pub(crate) processor: Option<f64>,
    pub(crate) faults: Faults,
}

/// Measures throughput: every sender keeps its window full.
pub(crate) fn saturated(kind: Kind, members: usize) -> anyhow::Result<Saturated> {
    let server = Server::start(kind)?;
    let mut crowd = Crowd::join(&server, members)?;
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
            // Send half a window at a time.
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

/// Delays in milliseconds.
#[derive(Debug)]
pub(crate) struct Delay {
    pub(crate) median: f64,
    /// The 99th percentile.
    pub(crate) long: f64,
    pub(crate) faults: Faults,
}

/// Measures delays: the senders alternate at a fixed rate.
pub(crate) fn delay(kind: Kind, members: usize) -> anyhow::Result<Delay> {
    let server = Server::start(kind)?;
    let mut crowd = Crowd::join(&server, members)?;
    send_at_rate(&mut crowd, WARM_UP)?;
    crowd.seen.delays = Some(Vec::new());
    send_at_rate(&mut crowd, MEASURED)?;
    crowd.settle(LOST)?;
    let delays = crowd.seen.delays.take().context("nothing was measured")?;
    let mut delays: Vec<f64> = delays.into_iter().map(|delay| delay / 1e6).collect();
    delays.sort_by(f64::total_cmp);
    Ok(Delay {
        median: quantile(&delays, 0.5),
        long: quantile(&delays, 0.99),
        faults: crowd.faults(),
    })
}

/// The quantile of the sorted figures; NaN if there are none.
fn quantile(figures: &[f64], part: f64) -> f64 {
    let index = (figures.len() as f64 * part) as usize;
    figures.get(index).copied().unwrap_or(f64::NAN)
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

/// Seconds in which this many members join.
pub(crate) fn joins(kind: Kind, members: usize) -> anyhow::Result<f64> {
    let server = Server::start(kind)?;
    let (_, time) = Crowd::join_timed(&server, members)?;
    Ok(time.as_secs_f64())
}

/// The cost of silent members.
#[derive(Debug)]
pub(crate) struct Silent {
    /// Resident memory of each, in KiB.
    pub(crate) kib: f64,
    /// Processor time while idle, as a fraction of elapsed time.
    pub(crate) processor: f64,
}

/// Connects this many members and lets them be silent.
pub(crate) fn silent(kind: Kind, members: usize) -> anyhow::Result<Option<Silent>> {
    let server = Server::start(kind)?;
    let before = server.resident();
    let mut crowd = Crowd::join(&server, members)?;
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

/// An empty server.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) milliseconds: f64,
    /// Resident memory.
    pub(crate) mib: Option<f64>,
}

/// Measures the start of a server.
pub(crate) fn start(kind: Kind) -> anyhow::Result<Start> {
    let server = Server::start(kind)?;
    std::thread::sleep(Duration::from_millis(100));
    Ok(Start {
        milliseconds: server.started.as_secs_f64() * 1e3,
        mib: server.resident().map(|kib| kib / 1_024.0),
    })
}
