//! The programs that this bench measures: itself, started again.

use std::io::{Write as _, stdin, stdout};

/// Argument of a player that makes the first legal move.
pub(crate) const PLAYER: &str = "player";

/// Arguments of two programs that answer each other.
pub(crate) const FIRST: &str = "answer-first";
pub(crate) const SECOND: &str = "answer-second";

/// How many moves a game has.
const MOVES: usize = 9;

/// Plays tic-tac-toe.
pub(crate) fn play() -> anyhow::Result<()> {
    for line in stdin().lines() {
        let line = line?;
        if line.ends_with("your move.")
            && let Some((_, free)) = line.to_lowercase().split_once("free: ")
            && let Some(square) = free.split([',', ';']).next()
        {
            say(square)?;
        }
    }
    Ok(())
}

/// Says a line, and answers each line with another one, as in a game in which `is_first` moves first.
pub(crate) fn answer(is_first: bool) -> anyhow::Result<()> {
    let mut lines = stdin().lines();
    for number in 0..MOVES {
        if number.is_multiple_of(2) == is_first {
            say("5")?;
        } else if let Some(line) = lines.next() {
            line?;
        }
    }
    Ok(())
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut stdout = stdout().lock();
    writeln!(stdout, "{line}")?;
    Ok(stdout.flush()?)
}
