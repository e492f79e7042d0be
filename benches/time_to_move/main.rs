//! Measures how long the computer thinks about a move. `cargo bench --bench time_to_move` prints
//! the times by game and level.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod battleship;
mod connect4;

use std::env;

fn main() {
    if !env::args().any(|argument| argument == "--bench") {
        println!("Measures only when `cargo bench` runs it.");
        return;
    }
    for line in connect4::measure()
        .lines()
        .into_iter()
        .chain(battleship::lines())
    {
        println!("{line}");
    }
}
