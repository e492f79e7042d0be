//! How long the program thinks about its move: `cargo bench --bench time_to_move` prints it, game
//! by game and level by level.

#![expect(clippy::print_stdout, reason = "printing figures is what this is for")]

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
