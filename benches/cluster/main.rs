//! Measures a room on several machines beside a room on one: delay, deliveries, and how long a machine
//! takes to catch up, with the engine's own figures. `cargo bench --features cluster --bench cluster`
//! prints them; `-- engine`, `-- delay`, `-- deliveries` and `-- behind` select one part. Needs
//! nats-server.
//!
//! Everything runs on this computer: the machines, the engine and the members share its cores.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod engine;
mod members;
mod processes;

use members::Members;
use processes::{Nats, Room};
use std::env;
use std::time::{Duration, Instant};

/// How many members there are, over all machines.
const MEMBERS: usize = 60;

/// How many of them send in the part `deliveries`, and how many messages of each are under way.
const SENDERS: usize = 12;
const WINDOW: usize = 8;

/// How long deliveries are counted.
const COUNTED: Duration = Duration::from_secs(5);

/// How many delays are measured.
const DELAYS: usize = 200;

/// How many inputs a machine is behind.
const BEHIND: usize = 100_000;

const PARTS: [&str; 4] = ["engine", "delay", "deliveries", "behind"];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("Measures only when `cargo bench` runs it.");
        return Ok(());
    }
    let chosen: Vec<&str> = PARTS
        .into_iter()
        .filter(|part| arguments.iter().any(|argument| argument == part))
        .collect();
    let has = |part: &str| chosen.is_empty() || chosen.contains(&part);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        if has("engine") {
            engine::measure(&Nats::start()?).await?;
        }
        if has("delay") {
            delays().await?;
        }
        if has("deliveries") {
            deliveries().await?;
        }
        if has("behind") {
            behind().await?;
        }
        Ok(())
    })
}

/// The delay of a post from a member's socket to another's.
async fn delays() -> anyhow::Result<()> {
    println!("\nDelay of a post among {MEMBERS} members, median and 95th percentile of {DELAYS}:");
    let alone = Room::alone()?;
    let mut members = Members::join(&[alone.port()], MEMBERS).await?;
    let one = members.delays(0, 1, DELAYS).await?;
    println!("  one server without a cluster     {}", shown(&one));
    drop((members, alone));
    let nats = Nats::start()?;
    let rooms = Room::cluster(&nats, 3)?;
    let ports: Vec<u16> = rooms.iter().map(Room::port).collect();
    let mut members = Members::join(&ports, MEMBERS).await?;
    // Members are spread over the machines in turn.
    let same = members.delays(0, 3, DELAYS).await?;
    let other = members.delays(0, 1, DELAYS).await?;
    println!("  three machines, the same machine {}", shown(&same));
    println!("  three machines, another machine  {}", shown(&other));
    println!(
        "  ratio of the medians: {:.2}",
        median(&other) / median(&one)
    );
    Ok(())
}

fn shown(delays: &[f64]) -> String {
    let late = delays
        .get(delays.len() * 95 / 100)
        .copied()
        .unwrap_or_default();
    format!("{:6.2} ms {:6.2} ms", median(delays) * 1e3, late * 1e3)
}

/// The median of sorted figures.
fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// How many messages reach members in a second.
async fn deliveries() -> anyhow::Result<()> {
    println!(
        "\nDeliveries a second to {MEMBERS} members, of which {SENDERS} send, and for each second of a \
         processor:"
    );
    let alone = Room::alone()?;
    let one = saturate(&[alone]).await?;
    println!(
        "  one server without a cluster {:9.0} {:9.0}",
        one.per_second, one.per_core
    );
    for machines in 1..=3 {
        let nats = Nats::start()?;
        let rooms = Room::cluster(&nats, machines)?;
        let before = nats.processor();
        let many = saturate(&rooms).await?;
        let engine = (nats.processor() - before) / COUNTED.as_secs_f64();
        println!(
            "  machines: {machines}                  {:9.0} {:9.0}, {:.2} of one server; the engine used {:.0} % of a core",
            many.per_second,
            many.per_core,
            many.per_second / one.per_second,
            engine * 100.0
        );
    }
    Ok(())
}

struct Saturated {
    per_second: f64,
    /// For each second of a processor that the servers used.
    per_core: f64,
}

async fn saturate(rooms: &[Room]) -> anyhow::Result<Saturated> {
    let ports: Vec<u16> = rooms.iter().map(Room::port).collect();
    let mut members = Members::join(&ports, MEMBERS).await?;
    let used = || rooms.iter().map(Room::processor).sum::<f64>();
    let before = used();
    let delivered = members.saturate(SENDERS, WINDOW, COUNTED).await?;
    let used = used() - before;
    Ok(Saturated {
        per_second: delivered as f64 / COUNTED.as_secs_f64(),
        per_core: delivered as f64 / used.max(1e-3),
    })
}

/// How long a machine takes to catch up.
async fn behind() -> anyhow::Result<()> {
    let nats = Nats::start()?;
    let mut rooms = Room::cluster(&nats, 2)?;
    let Some(mut late) = rooms.pop() else {
        return Ok(());
    };
    late.kill()?;
    let ports: Vec<u16> = rooms.iter().map(Room::port).collect();
    let mut members = Members::join(&ports, SENDERS).await?;
    members.send(BEHIND).await?;
    let began = Instant::now();
    late.restart()?;
    let took = began.elapsed().as_secs_f64();
    println!(
        "\nCatching up with {BEHIND} lines: {took:.1} s, {:.0} a second",
        BEHIND as f64 / took
    );
    Ok(())
}
