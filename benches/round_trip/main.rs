//! Measures the round trip of a message, the time until a server listens, and the size of the
//! program. `cargo bench --bench round_trip` prints each figure with its base and its aim. `--
//! sockets`, `-- private`, `-- journal`, `-- pipes` and `-- start` select one part.
//!
//! All processes share one core: with two cores, most of a round trip is the time that the system
//! takes to wake the other core. This program starts itself again as each end of a connection. The
//! two sides of a comparison alternate, round by round, so that other load affects both.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod bare;
mod ends;
#[path = "../common/exchange.rs"]
mod exchange;
#[path = "../common/figures.rs"]
mod figures;
mod pair;
#[path = "../common/parts.rs"]
mod parts;
mod program;
mod report;
mod startup;
mod stdio;
mod stopwatch;

use ends::END;
use parts::Parts;
use program::succeeded;
use report::{ROUND_TRIPS, START};
use std::env;
use std::path::Path;
use std::process::Command;

/// First argument of the process that measures round trips. The parts follow.
const PINNED: &str = "round-trips";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [END, arguments @ ..] => ends::run(arguments),
        [PINNED, parts @ ..] => report::print_round_trips(&Parts::read(parts, &ROUND_TRIPS)?),
        arguments if arguments.contains(&"--bench") => print(arguments),
        _ => {
            println!("Measures only when `cargo bench` runs it.");
            Ok(())
        }
    }
}

fn print(arguments: &[&str]) -> anyhow::Result<()> {
    let known = [&ROUND_TRIPS[..], &[START]].concat();
    let parts = Parts::read(arguments, &known)?;
    let round_trips: Vec<_> = ROUND_TRIPS.into_iter().filter(|it| parts.has(it)).collect();
    if !round_trips.is_empty() {
        print_on_one_core(&round_trips)?;
    }
    if parts.has(START) {
        report::print_start()?;
    }
    Ok(())
}

/// Measures these round trips in a process that is pinned to one core together with its children.
/// Without `taskset`, measures them in this process and says so.
fn print_on_one_core(parts: &[&str]) -> anyhow::Result<()> {
    let is_possible = on_one_core("true".as_ref())
        .output()
        .is_ok_and(|output| output.status.success());
    if is_possible {
        println!("Every process is pinned to one core.");
        let mut this = on_one_core(&env::current_exe()?);
        succeeded(this.arg(PINNED).args(parts).status()?)
    } else {
        println!(
            "Processes cannot be pinned to one core here (that takes Linux, taskset and core 0).\n\
             Round trips take longer and vary."
        );
        report::print_round_trips(&Parts::read(parts, &ROUND_TRIPS)?)
    }
}

fn on_one_core(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}
