//! Measures a room: throughput, delay, joins, the memory of a silent member, and startup. `cargo
//! bench --bench room` prints each figure with that of a simple relay from the same run, and with
//! its aim; throughput also with that of ngircd, where that is installed. `-- saturated`, `--
//! ngircd`, `-- delay`, `-- joins`, `-- silent` and `-- start` select one part.
//!
//! The relay is another process of this program. The two servers of a comparison alternate, round by
//! round, so that other load affects both.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod crowd;
mod dialect;
#[path = "../common/figures.rs"]
mod figures;
mod frame;
mod message;
mod ngircd;
#[path = "../common/parts.rs"]
mod parts;
mod relay;
mod report;
mod rounds;
mod seen;
mod server;
mod trials;

use parts::Parts;
use rounds::ROUNDS;
use seen::Faults;
use std::env;
use std::path::Path;

/// First argument of the process that is the relay.
const RELAY: &str = "relay";

/// The parts that the command line may name.
const PARTS: [&str; 6] = ["saturated", "ngircd", "delay", "joins", "silent", "start"];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [RELAY, port, folder] => relay::run(port.parse()?, Path::new(folder)),
        arguments if arguments.contains(&"--bench") => print(&Parts::read(arguments, &PARTS)?),
        _ => {
            println!("Measures only when `cargo bench` runs it.");
            Ok(())
        }
    }
}

fn print(parts: &Parts<'_>) -> anyhow::Result<()> {
    // A thousand members need more files than many systems allow at first.
    server::open_files();
    println!(
        "The relay: one thread with epoll (or its equivalent) that forwards each frame unchanged to\n\
         all others, in one write for each member and turn. It checks nothing, names nobody, and\n\
         delivers before another thread has stored the frame in SQLite. The room: `tictalk room`\n\
         without limits, storing.\n\n\
         Each figure is the median of {ROUNDS} rounds, with the minimum and the maximum. A ratio is\n\
         that of the room to the reference, taken round by round."
    );
    let mut faults = Faults::default();
    if parts.has("saturated") {
        faults += report::print_saturated()?;
    }
    if parts.has("ngircd") {
        faults += report::print_ngircd()?;
    }
    if parts.has("delay") {
        faults += report::print_delay()?;
    }
    if parts.has("joins") {
        report::print_joins()?;
    }
    if parts.has("silent") {
        report::print_silent()?;
    }
    if parts.has("start") {
        report::print_start()?;
    }
    println!(
        "\nOf all deliveries, {} never arrived, {} arrived twice or out of order.",
        faults.missing, faults.late
    );
    Ok(())
}
