//! Measures a room: throughput, delay, the memory of a silent member, and startup. `cargo bench
//! --bench room` prints each figure with that of a simple relay from the same run, and with its
//! aim. `-- saturated`, `-- delay`, `-- silent` and `-- start` select one part.
//!
//! The relay is another process of this program. Relay and room alternate, round by round, so that
//! other load affects both.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod crowd;
mod figures;
mod message;
mod relay;
mod server;
mod trials;

use anyhow::Context as _;
use figures::{Aim, Pair, ROUNDS};
use server::Kind;
use std::env;
use std::path::Path;
use trials::{Delay, Faults, Saturated, Silent};

/// Room sizes for throughput.
const SIZES: [usize; 3] = [10, 100, 1_000];

/// Room size for delays and for the aim of processor time.
const USUAL_SIZE: usize = 100;

/// Silent members, if the limit of open files allows it.
const SILENT: usize = 10_000;

/// Open files besides those of members.
const OTHER_FILES: usize = 100;

/// Deliveries, as a multiple of the relay's.
const DELIVERIES: Aim = Aim::AtLeast(0.75);

/// Processor time of a delivery, as a multiple of the relay's.
const PROCESSOR: Aim = Aim::AtMost(2.5);

/// Median and 99th percentile of the delay, as multiples of the relay's.
const MEDIAN_DELAY: Aim = Aim::AtMost(1.3);
const LONG_DELAY: Aim = Aim::AtMost(2.0);

/// Memory of a silent member, in KiB.
const MEMBER_KIB: Aim = Aim::AtMost(2.75);

/// Time from the start to the first connection, in milliseconds.
const START_MS: Aim = Aim::AtMost(7.0);

/// Memory of an empty room, in MiB.
const EMPTY_MIB: Aim = Aim::AtMost(10.0);

/// First argument of the process that is the relay.
const RELAY: &str = "relay";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [RELAY, port, folder] => relay::run(port.parse()?, Path::new(folder)),
        arguments if arguments.contains(&"--bench") => print(arguments),
        _ => {
            println!("Measures only when `cargo bench` runs it.");
            Ok(())
        }
    }
}

fn print(arguments: &[&str]) -> anyhow::Result<()> {
    let is_wanted = |part| {
        let mut named = arguments
            .iter()
            .filter(|it| !it.starts_with('-'))
            .peekable();
        named.peek().is_none() || named.any(|it| *it == part)
    };
    println!(
        "The relay: one thread with epoll (or its equivalent) that forwards each frame unchanged to\n\
         all others, in one write for each member and turn. It checks nothing, names nobody, and\n\
         delivers before another thread has stored the frame in SQLite. The room: `tictalk room`\n\
         without limits, storing.\n\n\
         Each figure is the median of {ROUNDS} rounds; a ratio is the median of the rounds' ratios,\n\
         room to relay."
    );
    let mut faults = Faults::default();
    if is_wanted("saturated") {
        faults += print_saturated()?;
    }
    if is_wanted("delay") {
        faults += print_delay()?;
    }
    if is_wanted("silent") {
        print_silent()?;
    }
    if is_wanted("start") {
        print_start()?;
    }
    println!(
        "\nOf all deliveries, {} never arrived, {} arrived twice or out of order.",
        faults.missing, faults.late
    );
    Ok(())
}

/// Runs a trial with the relay and with the room, in every round.
fn both<T>(trial: impl Fn(Kind) -> anyhow::Result<T>) -> anyhow::Result<Vec<Pair<T>>> {
    let round = |_| {
        let relay = trial(Kind::Relay).context("with the relay")?;
        let room = trial(Kind::Room).context("with the room")?;
        Ok(Pair { relay, room })
    };
    (0..ROUNDS).map(round).collect()
}

fn print_saturated() -> anyhow::Result<Faults> {
    println!("\nThroughput: 10 members send messages of 100 bytes\n");
    print_heads("members");
    let mut faults = Faults::default();
    for size in SIZES {
        let rounds = both(|kind| trials::saturated(kind, size))?;
        let figure = |of: fn(&Saturated) -> f64| figures::medians(&rounds, of);
        let deliveries = figure(|it| it.deliveries / 1e6);
        print_row(size, "million deliveries/s", &deliveries, Some(DELIVERIES));
        if rounds.iter().all(|it| it.room.processor.is_some()) {
            let processor = figure(|it| it.processor.unwrap_or_default());
            let aim = (size == USUAL_SIZE).then_some(PROCESSOR);
            print_row("", "processor s/million", &processor, aim);
        }
        for round in &rounds {
            faults += round.relay.faults;
            faults += round.room.faults;
        }
    }
    Ok(faults)
}

fn print_delay() -> anyhow::Result<Faults> {
    println!("\nDelay of a message from write to read, at 300 messages a second\n");
    print_heads("members");
    let rounds = both(|kind| trials::delay(kind, USUAL_SIZE))?;
    let figure = |of: fn(&Delay) -> f64| figures::medians(&rounds, of);
    let median = figure(|it| it.median);
    let long = figure(|it| it.long);
    print_row(USUAL_SIZE, "ms, median", &median, Some(MEDIAN_DELAY));
    print_row("", "ms, 99th percentile", &long, Some(LONG_DELAY));
    let mut faults = Faults::default();
    for round in &rounds {
        faults += round.relay.faults;
        faults += round.room.faults;
    }
    Ok(faults)
}

/// One round is enough: memory varies little, and this trial takes longest.
fn print_silent() -> anyhow::Result<()> {
    let files = server::open_files();
    let size = SILENT.min(files.saturating_sub(OTHER_FILES));
    println!("\nSilent members, one round\n");
    if size < SILENT {
        println!("  Only {files} files may be open here: {size} members instead of {SILENT}.");
    }
    let relay = trials::silent(Kind::Relay, size)?;
    let room = trials::silent(Kind::Room, size)?;
    let (Some(relay), Some(room)) = (relay, room) else {
        println!("  Not measured: requires Linux.");
        return Ok(());
    };
    print_heads("members");
    let figure = |of: fn(&Silent) -> f64| (of(&relay), of(&room));
    let (base, ours) = figure(|it| it.kib);
    println!(
        "  {size:>7}  {:<21} {base:>8.3} {ours:>8.3}           {}",
        "KiB a member",
        MEMBER_KIB.verdict(ours)
    );
    let (base, ours) = figure(|it| it.processor * 1e3);
    println!(
        "  {:>7}  {:<21} {base:>8.3} {ours:>8.3}",
        "", "processor ms/s"
    );
    Ok(())
}

fn print_start() -> anyhow::Result<()> {
    let rounds = both(trials::start)?;
    println!("\nTime from the start to the first connection, and memory at that point\n");
    print_heads("members");
    let start = figures::medians(&rounds, |it| it.milliseconds);
    println!(
        "  {:>7}  {:<21} {:>8.3} {:>8.3}           {}",
        0,
        "ms",
        start.relay,
        start.room,
        START_MS.verdict(start.room)
    );
    if rounds.iter().all(|it| it.room.mib.is_some()) {
        let mib = figures::medians(&rounds, |it| it.mib.unwrap_or_default());
        println!(
            "  {:>7}  {:<21} {:>8.3} {:>8.3}           {}",
            "",
            "MiB",
            mib.relay,
            mib.room,
            EMPTY_MIB.verdict(mib.room)
        );
    }
    Ok(())
}

fn print_heads(size: &str) {
    println!(
        "  {size:>7}  {:<21} {:>8} {:>8} {:>8}",
        "", "relay", "room", "ratio"
    );
}

fn print_row(size: impl ToString, what: &str, medians: &figures::Medians, aim: Option<Aim>) {
    let verdict = aim
        .map(|aim| aim.verdict(medians.ratio))
        .unwrap_or_default();
    println!(
        "  {:>7}  {what:<21} {:>8.3} {:>8.3} {:>8.2}  {verdict}",
        size.to_string(),
        medians.relay,
        medians.room,
        medians.ratio,
    );
}
