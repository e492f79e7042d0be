//! Computes the opening book of Connect Four: `cargo run --release --example connect4_book`.
//!
//! Takes the number of stones up to which positions are looked at, 10 if it is not said, and writes
//! `src/games/connect4/book.bin`. It looks at every position that can come up when one side always
//! makes the best move, whatever the other one does, and leaves out what the solver solves by
//! itself: see `tictalk::games::connect4::book`. That takes 600 MiB of memory and about half an
//! hour.
//!
//! What the book has already is taken from it, so that an interrupted run can be taken up again. To
//! compute everything, empty the file first.

#![expect(
    clippy::print_stdout,
    reason = "it runs long and should say how far it is"
)]

use anyhow::{Context as _, ensure};
use std::collections::BTreeMap;
use std::time::Instant;
use std::{env, fs};
use tictalk::games::connect4::{COLUMNS, Position, Score, Solver, Suggestion, book};

/// The size of the large table, in bytes.
const TABLE: usize = 512 << 20;

/// What a solver with an empty table finds within so many nodes is not in the book.
const BUDGET: u64 = 4_000_000;

/// The size of that solver's table, in bytes.
const SMALL_TABLE: usize = 16 << 20;

/// Up to so many stones it is not worth asking whether the solver needs the book.
const ALWAYS: u32 = 4;

/// Where the book is kept.
const BOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/games/connect4/book.bin");

/// Positions by their canonical keys: a position and its mirror image are one.
type Positions = BTreeMap<u64, Position>;

fn main() -> anyhow::Result<()> {
    let deepest = match env::args().nth(1) {
        Some(stones) => stones.parse()?,
        None => 10,
    };
    let mut author = Author {
        large: Solver::new(TABLE),
        small: Solver::new(SMALL_TABLE),
        entries: Vec::new(),
    };
    let started = Instant::now();
    // Positions with this many stones, from games in which the best moves are those of the side
    // that moves now, and those of the other side.
    let mut own = add(Positions::new(), [Position::new()]);
    let mut theirs = own.clone();
    for stones in 0..=deepest {
        let mut after_best = Positions::new();
        for &position in own.values() {
            let column = author.best(position)?;
            after_best = add(after_best, position.play(column));
        }
        let mut after_any = Positions::new();
        for position in theirs.values() {
            after_any = add(
                after_any,
                (0..COLUMNS).filter_map(|column| position.play(column)),
            );
        }
        let on = |positions: &mut Positions| {
            positions.retain(|_, position| Score::of_end(*position).is_none());
        };
        println!(
            "{stones} stones: {} positions, {} in the book so far, {:.0} s",
            own.len(),
            author.entries.len(),
            started.elapsed().as_secs_f64()
        );
        (own, theirs) = (after_any, after_best);
        on(&mut own);
        on(&mut theirs);
        author.write()?;
    }
    Ok(())
}

fn add(mut positions: Positions, more: impl IntoIterator<Item = Position>) -> Positions {
    for position in more {
        positions.insert(position.canonical_key(), position);
    }
    positions
}

/// Who writes the book.
struct Author {
    /// Solves everything, and remembers much.
    large: Solver,
    /// Tells what needs no entry.
    small: Solver,
    entries: Vec<[u8; 5]>,
}

impl Author {
    /// The best move, which is written down if it is hard to find.
    fn best(&mut self, position: Position) -> anyhow::Result<usize> {
        let advice = match book::look_up(position) {
            Some(advice) => advice,
            None => {
                if position.plies() > ALWAYS {
                    self.small.forget();
                    let advice = self.small.best(position, BUDGET);
                    if let Some(Suggestion {
                        column,
                        forecast: Some(_),
                    }) = advice
                    {
                        return Ok(column);
                    }
                }
                let advice = self.large.best(position, u64::MAX);
                advice.context("the game is over")?
            }
        };
        let score = advice.forecast.context("the budget is endless")?;
        let entry = book::entry(position, advice.column, score);
        self.entries.push(entry.context("few stones")?);
        Ok(advice.column)
    }

    fn write(&mut self) -> anyhow::Result<()> {
        self.entries.sort_unstable();
        let count = self.entries.len();
        self.entries.dedup();
        ensure!(count == self.entries.len(), "a position came up twice");
        fs::write(BOOK, self.entries.concat())?;
        Ok(())
    }
}
