//! The parts of the bench: their aims, and what they print.

use crate::ends::between_two_ends;
use crate::figures::{Aim, Comparison, Spread, print_heads, print_row};
use crate::pair::{self, Memory};
use crate::parts::Parts;
use crate::startup;
use crate::stdio::{self, Talkers};
use crate::stopwatch::Stopwatch;

/// Rounds of a comparison. Each one starts fresh processes, because the placement of a process in
/// memory affects all of its measurements.
const ROUNDS: usize = 11;

/// The aims for a pair's round trip, as multiples of the bare socket's, by bytes of text.
const PAIR_TO_BARE: [(usize, Aim); 4] = [
    (1, Aim::AtMost(1.15)),
    (64, Aim::AtMost(1.15)),
    (1_024, Aim::AtMost(1.15)),
    (4_096, Aim::AtMost(1.3)),
];

/// The aims for a round trip over a private line, as multiples of that over a plain one.
const PRIVATE_TO_PLAIN: [(usize, Aim); 2] = [(64, Aim::AtMost(1.3)), (4_096, Aim::AtMost(1.6))];

/// Message sizes with which the cost of journals is measured.
const JOURNAL_SIZES: [usize; 4] = [1, 64, 1_024, 4_096];

/// The aims for a round trip through standard input and output, as multiples of that of nc.
const PIPES_TO_NC: [(Memory, Aim); 2] = [
    (Memory::None, Aim::AtMost(1.0)),
    (Memory::Journal, Aim::AtMost(1.8)),
];

/// The aim for the time until a server listens, in milliseconds.
const LISTENING_MS: Aim = Aim::AtMost(2.5);

/// The aim for the size of the program, in MiB.
const PROGRAM_MIB: Aim = Aim::AtMost(8.0);

/// The parts that measure round trips.
pub(crate) const ROUND_TRIPS: [&str; 4] = ["sockets", "private", "journal", "pipes"];

/// The part that measures the start and the size of the program.
pub(crate) const START: &str = "start";

/// Measures the round trips of these parts.
pub(crate) fn print_round_trips(parts: &Parts<'_>) -> anyhow::Result<()> {
    println!(
        "Each figure is the median of {ROUNDS} rounds, with the minimum and the maximum. A round is\n\
         the median of {} round trips, in us. A ratio is taken round by round.",
        Stopwatch::LAPS
    );
    let [sockets, private, journal, pipes] = ROUND_TRIPS;
    if parts.has(sockets) {
        print_sockets()?;
    }
    if parts.has(private) {
        print_private()?;
    }
    if parts.has(journal) {
        print_journal()?;
    }
    if parts.has(pipes) {
        print_pipes()?;
    }
    Ok(())
}

fn print_sockets() -> anyhow::Result<()> {
    println!("\nRound trip from frame to frame, over loopback TCP between two processes\n");
    print_heads("bytes", "bare blocking socket", "a pair of tictalk");
    for (size, aim) in PAIR_TO_BARE {
        let compared = between_ends("bare", "pair", size)?;
        print_with_aim(size, "us", &compared, aim);
    }
    Ok(())
}

/// Measures the cost of the records of a private line, and the time of a key exchange.
fn print_private() -> anyhow::Result<()> {
    println!("\nThe same over a private line\n");
    print_heads("bytes", "a plain pair", "a private pair");
    for (size, aim) in PRIVATE_TO_PLAIN {
        let compared = between_ends("pair", "private", size)?;
        print_with_aim(size, "us", &compared, aim);
    }
    println!(
        "\n  us of a key exchange, both ends on one core, {} exchanges: {}",
        pair::EXCHANGES,
        pair::key_exchange()?
    );
    Ok(())
}

/// Measures the cost of the journals: each end stores two turns, so a round trip has four writes.
fn print_journal() -> anyhow::Result<()> {
    println!("\nThe same with a journal at both ends, and what it adds\n");
    print_heads("bytes", "a pair without", "a pair with journals");
    for size in JOURNAL_SIZES {
        let compared = between_ends("pair", "journal", size)?;
        let added = compared.ours.median - compared.base.median;
        print_row(
            &size.to_string(),
            "us",
            &compared,
            &format!("+{added:.0} us"),
        );
    }
    Ok(())
}

/// Measures whole programs, from one's standard input to the other's standard output.
fn print_pipes() -> anyhow::Result<()> {
    println!("\nRound trip from one program's standard input to the other's standard output\n");
    if let Err(error) = Talkers::nc() {
        println!("  Not compared: {error}.");
        for (memory, _) in PIPES_TO_NC {
            let time = Talkers::tictalk(memory)?.round_trip()?;
            println!("  {:>7}  {:<22} {time:.2}", stdio::SIZE, journals(memory));
        }
        return Ok(());
    }
    print_heads("bytes", "nc -l and nc", "a pair of tictalk");
    for (memory, aim) in PIPES_TO_NC {
        let compared = in_turns(
            || Talkers::nc()?.round_trip(),
            || Talkers::tictalk(memory)?.round_trip(),
        )?;
        print_with_aim(stdio::SIZE, journals(memory), &compared, aim);
    }
    Ok(())
}

fn journals(memory: Memory) -> &'static str {
    match memory {
        Memory::None => "us, without journals",
        Memory::Journal => "us, with journals",
    }
}

/// Measures the start and the size of the program.
pub(crate) fn print_start() -> anyhow::Result<()> {
    let listening = startup::until_listening()?;
    let size = Spread::of(vec![startup::program_size()? as f64 / f64::from(1 << 20)]);
    println!("\nThe program by itself\n");
    println!(
        "  ms until a server says that it listens, {} starts: {listening}  {}",
        startup::STARTS,
        LISTENING_MS.verdict("time", &listening)
    );
    println!(
        "  MiB of the program: {:.2}  {}",
        size.median,
        PROGRAM_MIB.verdict("size", &size)
    );
    Ok(())
}

fn print_with_aim(size: usize, what: &str, compared: &Comparison, aim: Aim) {
    let verdict = aim.verdict("ratio", &compared.ratio);
    print_row(&size.to_string(), what, compared, &verdict);
}

fn between_ends(base: &str, ours: &str, size: usize) -> anyhow::Result<Comparison> {
    in_turns(
        || between_two_ends(base, size),
        || between_two_ends(ours, size),
    )
}

/// Measures both sides in turns.
fn in_turns(
    base: impl Fn() -> anyhow::Result<f64>,
    ours: impl Fn() -> anyhow::Result<f64>,
) -> anyhow::Result<Comparison> {
    let round = |_| Ok((base()?, ours()?));
    let rounds: anyhow::Result<Vec<_>> = (0..ROUNDS).map(round).collect();
    Ok(Comparison::of(&rounds?))
}
