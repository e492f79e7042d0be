//! Measures the round trip of a message, the time until a server listens, and the size of the
//! program. `cargo bench --bench round_trip` prints each figure with its base and its aim.
//!
//! All processes share one core: with two cores, most of a round trip is the time that the system
//! takes to wake the other core. This program starts itself again as each end of a connection. The
//! two sides of a comparison alternate, round by round, so that other load affects both.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod bare;
#[path = "../common/exchange.rs"]
mod exchange;
mod figures;
mod pair;
mod program;
mod startup;
mod stdio;

use anyhow::{Context as _, bail};
use figures::{Comparison, ROUNDS, Stopwatch, at_most};
use pair::{Cover, Memory};
use program::Program;
use std::env;
use std::path::Path;
use std::process::{Command, ExitStatus};
use stdio::Talkers;

/// Message sizes between two ends of a socket, in bytes of text.
const SIZES: [usize; 4] = [1, 64, 1_024, 4_096];

/// The aim for a pair's round trip, as a multiple of the bare socket's.
const PAIR_TO_BARE: f64 = 1.15;

/// The aims for a round trip over a private line, as multiples of that over a plain one, at 64 and at
/// 4,096 bytes.
const PRIVATE_TO_PLAIN: [(usize, f64); 2] = [(64, 1.3), (4_096, 1.6)];

/// The aim for a round trip through standard input and output, as a multiple of that of nc.
const PIPES_TO_NC: f64 = 1.0;

/// The aim for the time until a server listens, in milliseconds.
const LISTENING_MS: f64 = 5.0;

/// The aim for the size of the program, in MiB.
const PROGRAM_MIB: f64 = 4.0;

/// First argument of the process that measures round trips.
const ROUND_TRIPS: &str = "round-trips";

/// First argument of a process that is one end of a connection.
const END: &str = "end";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [END, arguments @ ..] => end(arguments),
        [ROUND_TRIPS] => print_round_trips(),
        arguments if arguments.contains(&"--bench") => {
            print_round_trips_on_one_core()?;
            print_startup()
        }
        _ => {
            println!("Measures only when `cargo bench` runs it.");
            Ok(())
        }
    }
}

/// Measures round trips in a process that is pinned to one core together with its children. Without
/// `taskset`, measures them in this process and says so.
fn print_round_trips_on_one_core() -> anyhow::Result<()> {
    let is_possible = on_one_core("true".as_ref())
        .output()
        .is_ok_and(|output| output.status.success());
    if is_possible {
        println!("Every process is pinned to one core.");
        let mut this = on_one_core(&env::current_exe()?);
        succeeded(this.arg(ROUND_TRIPS).status()?)
    } else {
        println!(
            "Processes cannot be pinned to one core here (that takes Linux, taskset and core 0).\n\
             Round trips take longer and vary."
        );
        print_round_trips()
    }
}

fn on_one_core(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}

fn succeeded(status: ExitStatus) -> anyhow::Result<()> {
    if !status.success() {
        bail!("a child process failed: {status}");
    }
    Ok(())
}

fn print_round_trips() -> anyhow::Result<()> {
    println!(
        "Each figure is the median of {ROUNDS} rounds, with the minimum and the maximum. A round is\n\
         the median of {} round trips, in us. A ratio is the median of the rounds' ratios.",
        Stopwatch::LAPS
    );
    print_socket_to_socket()?;
    print_private()?;
    print_journal()?;
    print_pipe_to_pipe()
}

fn print_socket_to_socket() -> anyhow::Result<()> {
    println!("\nRound trip from frame to frame, over loopback TCP between two processes\n");
    print_heads("bare blocking socket", "a pair of tictalk");
    for size in SIZES {
        let compared = Comparison::of(
            || between_two_ends("bare", size),
            || between_two_ends("pair", size),
        )?;
        print_row(size, &compared, &at_most(PAIR_TO_BARE, compared.ratio, ""));
    }
    Ok(())
}

/// Measures the cost of the records of a private line, and the time of a key exchange.
fn print_private() -> anyhow::Result<()> {
    println!("\nThe same over a private line\n");
    print_heads("a plain pair", "a private pair");
    for (size, aim) in PRIVATE_TO_PLAIN {
        let compared = Comparison::of(
            || between_two_ends("pair", size),
            || between_two_ends("private", size),
        )?;
        print_row(size, &compared, &at_most(aim, compared.ratio, ""));
    }
    println!(
        "\n  key exchange, both ends on one core, median of {}: {:.0} us",
        pair::EXCHANGES,
        pair::key_exchange()?
    );
    Ok(())
}

/// Measures the cost of the journals: each end stores two turns, so a round trip has four writes.
fn print_journal() -> anyhow::Result<()> {
    println!("\nThe same with a journal at both ends, and what it adds\n");
    print_heads("a pair without", "a pair with journals");
    for size in SIZES {
        let compared = Comparison::of(
            || between_two_ends("pair", size),
            || between_two_ends("journal", size),
        )?;
        let added = compared.ours.median - compared.base.median;
        let ratio = format!("{:.2}  (+{added:.0} us)", compared.ratio);
        print_row(size, &compared, &ratio);
    }
    Ok(())
}

/// The median round trip of one round, in microseconds, between two ends of the same `kind`.
fn between_two_ends(kind: &str, size: usize) -> anyhow::Result<f64> {
    let this = env::current_exe()?;
    let size = size.to_string();
    let start = |role: &str, port: &str| {
        Program::start(Command::new(&this).args([END, kind, role, size.as_str(), port]))
    };
    let mut server = start("server", "0")?;
    let port = server.hear()?.context("the server's end ended")?;
    let mut client = start("client", &port)?;
    let median = client.hear()?.context("the client's end ended")?;
    succeeded(client.wait()?)?;
    succeeded(server.wait()?)?;
    Ok(median.parse()?)
}

/// Runs one end of a connection. A server prints its port; a client prints the median round trip in
/// microseconds.
fn end(arguments: &[&str]) -> anyhow::Result<()> {
    let [kind, role, size, port] = arguments else {
        bail!("an end takes a kind, a role, a size and a port");
    };
    let text = "x".repeat(size.parse()?);
    match (*kind, *role) {
        ("bare", "server") => bare::server(&text),
        ("bare", "client") => bare::client(&text, port.parse()?),
        ("pair", "server") => pair::server(&text, Memory::None, Cover::Plain),
        ("pair", "client") => pair::client(&text, port.parse()?, Memory::None, Cover::Plain),
        ("private", "server") => pair::server(&text, Memory::None, Cover::Private),
        ("private", "client") => pair::client(&text, port.parse()?, Memory::None, Cover::Private),
        ("journal", "server") => pair::server(&text, Memory::Journal, Cover::Plain),
        ("journal", "client") => pair::client(&text, port.parse()?, Memory::Journal, Cover::Plain),
        _ => bail!("there is no {kind} {role}"),
    }
}

fn print_pipe_to_pipe() -> anyhow::Result<()> {
    println!("\nRound trip from one program's standard input to the other's standard output\n");
    if let Err(error) = Talkers::nc() {
        let tictalk = Talkers::tictalk(Memory::None)?.round_trip()?;
        println!(
            "  {:>5}  a pair of tictalk: {tictalk:.2}; nothing to compare it with: {error}",
            stdio::SIZE
        );
        return Ok(());
    }
    print_heads("nc -l and nc", "a pair of tictalk");
    let beside_nc = |memory| {
        Comparison::of(
            || Talkers::nc()?.round_trip(),
            || Talkers::tictalk(memory)?.round_trip(),
        )
    };
    let compared = beside_nc(Memory::None)?;
    let verdict = at_most(PIPES_TO_NC, compared.ratio, "");
    print_row(stdio::SIZE, &compared, &format!("{verdict}, --no-journal"));
    let compared = beside_nc(Memory::Journal)?;
    let ratio = format!("{:.2}  (with journals)", compared.ratio);
    print_row(stdio::SIZE, &compared, &ratio);
    Ok(())
}

fn print_heads(base: &str, ours: &str) {
    println!("  {:>5}  {base:<22}  {ours:<22}  ratio", "bytes");
}

fn print_row(size: usize, compared: &Comparison, ratio: &str) {
    // Format widths apply to strings only.
    let (base, ours) = (compared.base.to_string(), compared.ours.to_string());
    println!("  {size:>5}  {base:<22}  {ours:<22}  {ratio}");
}

fn print_startup() -> anyhow::Result<()> {
    let listening = startup::until_listening()?.median;
    let size = startup::program_size()? as f64 / f64::from(1 << 20);
    println!("\nThe program by itself\n");
    println!(
        "  until a server says that it listens, median of {} starts: {}",
        startup::STARTS,
        at_most(LISTENING_MS, listening, " ms")
    );
    println!("  size: {}", at_most(PROGRAM_MIB, size, " MiB"));
    Ok(())
}
