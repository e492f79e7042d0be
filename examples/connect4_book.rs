//! Computes the opening book of Connect Four: `cargo run --release --example connect4_book`.
//!
//! The argument is the largest number of stones in a position, 10 by default. The program writes
//! `src/games/connect4/book.bin`. It visits every position that can arise when one side always
//! makes the best move, and skips those that the solver solves quickly without a book: see
//! `tictalk::games::connect4::book`. That takes 600 MiB of memory and about half an hour.
//!
//! An interrupted run resumes: moves in the book are not computed again. To compute everything,
//! empty the file first.

#![expect(clippy::print_stdout, reason = "a long run prints its progress")]

use anyhow::{Context as _, ensure};
use std::collections::BTreeMap;
use std::time::Instant;
use std::{env, fs};
use tictalk::games::connect4::{COLUMNS, Position, Solver, SolverScore, Suggestion, book};

/// The size of the large table, in bytes.
const TABLE: usize = 512 << 20;

/// The book omits positions that a solver with an empty table solves within this many nodes.
const BUDGET: u64 = 4_000_000;

/// The size of that solver's table, in bytes.
const SMALL_TABLE: usize = 16 << 20;

/// The book contains every visited position with at most this many stones.
const ALWAYS: u32 = 4;

/// Path of the book.
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
    // Positions with this many stones, from games in which the side to move has made the best
    // moves, and from games in which the other side has.
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
            positions.retain(|_, position| SolverScore::of_end(*position).is_none());
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

/// Computes and writes the book.
struct Author {
    /// Solves every position, with a large table.
    large: Solver,
    /// Decides which positions need no entry.
    small: Solver,
    entries: Vec<[u8; 5]>,
}

impl Author {
    /// Returns the best move, and adds an entry if it is hard to find.
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
        let score = advice.forecast.context("the budget has no limit")?;
        let entry = book::entry(position, advice.column, score);
        self.entries
            .push(entry.context("the position has too many stones")?);
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
