//! The parts of the bench: their aims, and what they print.

use crate::figures::{Aim, Comparison, print_heads, print_row};
use crate::ngircd;
use crate::rounds::{LONG_ROUNDS, ROUNDS, Round, both, compare};
use crate::seen::Faults;
use crate::server::{self, Kind};
use crate::trials;

/// Room sizes for throughput, each with the aims for the deliveries a second and for the processor
/// time of a delivery, as multiples of the relay's.
const BESIDE_RELAY: [(usize, Aim, Option<Aim>); 3] = [
    (10, Aim::AtLeast(0.75), Some(Aim::AtMost(1.8))),
    (100, Aim::AtLeast(0.95), Some(Aim::AtMost(1.4))),
    (1_000, Aim::AtLeast(0.95), None),
];

/// The same as multiples of ngircd's.
const BESIDE_NGIRCD: [(usize, Aim, Option<Aim>); 3] = [
    (10, Aim::AtLeast(3.0), Some(Aim::AtMost(0.2))),
    (100, Aim::AtLeast(5.0), Some(Aim::AtMost(0.2))),
    (1_000, Aim::AtLeast(6.0), Some(Aim::AtMost(0.2))),
];

/// Room size for delays.
const USUAL_SIZE: usize = 100;

/// Median and 99th percentile of the delay, as multiples of the relay's.
const MEDIAN_DELAY: Aim = Aim::AtMost(1.1);
const LONG_DELAY: Aim = Aim::AtMost(1.5);

/// Members that join or are silent, if the limit of open files allows it.
const MANY: usize = 10_000;

/// Open files besides those of members.
const OTHER_FILES: usize = 100;

/// Time in which many members join, in seconds.
const JOINS_S: Aim = Aim::AtMost(5.0);

/// Memory of a silent member, in KiB.
const MEMBER_KIB: Aim = Aim::AtMost(2.0);

/// Time from the start to the first connection, in milliseconds.
const START_MS: Aim = Aim::AtMost(5.0);

/// Memory of an empty room, in MiB.
const EMPTY_MIB: Aim = Aim::AtMost(10.0);

/// Throughput beside the relay.
pub(crate) fn print_saturated() -> anyhow::Result<Faults> {
    println!("\nThroughput: 10 members send messages of 100 bytes\n");
    print_throughput(Kind::Relay, "relay", BESIDE_RELAY)
}

/// Throughput beside ngircd, if it is installed.
pub(crate) fn print_ngircd() -> anyhow::Result<Faults> {
    let Some(version) = ngircd::version() else {
        println!("\nThroughput beside ngircd: not measured, because ngircd is not installed.");
        return Ok(Faults::default());
    };
    println!(
        "\nThroughput beside an IRC server that stores nothing: the same load, all members in one\n\
         channel, without limits and penalties ({version})\n"
    );
    print_throughput(Kind::Ngircd, "ngircd", BESIDE_NGIRCD)
}

fn print_throughput(
    base: Kind,
    name: &str,
    aims: [(usize, Aim, Option<Aim>); 3],
) -> anyhow::Result<Faults> {
    print_heads("members", name, "room");
    let mut faults = Faults::default();
    for (size, deliveries_aim, processor_aim) in aims {
        let rounds = both(ROUNDS, base, |kind| trials::saturated(kind, size))?;
        let deliveries = compare(&rounds, |it| Some(it.deliveries / 1e6));
        let size = size.to_string();
        print_ratio(
            &size,
            "million deliveries/s",
            deliveries,
            Some(deliveries_aim),
        );
        let processor = compare(&rounds, |it| it.processor);
        print_ratio("", "processor s/million", processor, processor_aim);
        faults += sum(&rounds, |it| it.faults);
    }
    Ok(faults)
}

/// The delay of messages at a moderate rate.
pub(crate) fn print_delay() -> anyhow::Result<Faults> {
    println!("\nDelay of a message from write to read, at 300 messages a second\n");
    print_heads("members", "relay", "room");
    let rounds = both(ROUNDS, Kind::Relay, |kind| trials::delay(kind, USUAL_SIZE))?;
    let median = compare(&rounds, |it| Some(it.median));
    let long = compare(&rounds, |it| Some(it.long));
    let size = USUAL_SIZE.to_string();
    print_ratio(&size, "ms, median", median, Some(MEDIAN_DELAY));
    print_ratio("", "ms, 99th percentile", long, Some(LONG_DELAY));
    Ok(sum(&rounds, |it| it.faults))
}

/// How long it takes many members to join.
pub(crate) fn print_joins() -> anyhow::Result<()> {
    println!(
        "\nMany members join, at most 100 at a time: until each has read its welcome and then a message; \
         {LONG_ROUNDS} rounds.\nA room tells all members who joined; the relay tells nobody.\n"
    );
    let size = many();
    print_heads("members", "relay", "room");
    let rounds = both(LONG_ROUNDS, Kind::Relay, |kind| trials::joins(kind, size))?;
    let time = compare(&rounds, |it| Some(*it));
    print_ours(&size.to_string(), "s", time, Some(JOINS_S));
    Ok(())
}

/// The cost of silent members.
pub(crate) fn print_silent() -> anyhow::Result<()> {
    println!("\nSilent members, {LONG_ROUNDS} rounds\n");
    let size = many();
    print_heads("members", "relay", "room");
    let rounds = both(LONG_ROUNDS, Kind::Relay, |kind| trials::silent(kind, size))?;
    let kib = compare(&rounds, |it| it.as_ref().map(|it| it.kib));
    let processor = compare(&rounds, |it| it.as_ref().map(|it| it.processor * 1e3));
    print_ours(&size.to_string(), "KiB a member", kib, Some(MEMBER_KIB));
    print_ours("", "processor ms/s", processor, None);
    Ok(())
}

/// As many members as the limit of open files allows; says so if they are few.
fn many() -> usize {
    let files = server::open_files();
    let size = MANY.min(files.saturating_sub(OTHER_FILES));
    if size < MANY {
        println!("  Only {files} files may be open here: {size} members instead of {MANY}.\n");
    }
    size
}

/// The start of a server.
pub(crate) fn print_start() -> anyhow::Result<()> {
    println!("\nTime from the start to the first connection, and memory at that point\n");
    print_heads("members", "relay", "room");
    let rounds = both(ROUNDS, Kind::Relay, trials::start)?;
    let time = compare(&rounds, |it| Some(it.milliseconds));
    let memory = compare(&rounds, |it| it.mib);
    print_ours("0", "ms", time, Some(START_MS));
    print_ours("", "MiB", memory, Some(EMPTY_MIB));
    Ok(())
}

/// Prints a figure whose aim is a ratio.
fn print_ratio(key: &str, what: &str, compared: Option<Comparison>, aim: Option<Aim>) {
    print_measured(key, what, compared, |compared| {
        aim.map(|aim| aim.verdict("ratio", &compared.ratio))
    });
}

/// Prints a figure whose aim is one for the room alone.
fn print_ours(key: &str, what: &str, compared: Option<Comparison>, aim: Option<Aim>) {
    print_measured(key, what, compared, |compared| {
        aim.map(|aim| aim.verdict("room", &compared.ours))
    });
}

fn print_measured(
    key: &str,
    what: &str,
    compared: Option<Comparison>,
    verdict: impl Fn(&Comparison) -> Option<String>,
) {
    match compared {
        Some(compared) => {
            let verdict = verdict(&compared).unwrap_or_default();
            print_row(key, what, &compared, &verdict);
        }
        None => println!("  {key:>7}  {what:<22} not measured: requires Linux"),
    }
}

fn sum<T>(rounds: &[Round<T>], of: fn(&T) -> Faults) -> Faults {
    let mut faults = Faults::default();
    for round in rounds {
        faults += of(&round.base);
        faults += of(&round.room);
    }
    faults
}
