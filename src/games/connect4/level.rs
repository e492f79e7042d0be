//! How the program plays, by its skill.

use super::book;
use super::guess::Guesser;
use super::position::{COLUMNS, Position, squares_of};
use super::score::{Score, Suggestion};
use super::solver::Solver;
use crate::games::Skill;

/// How many moves, its own and the other side's, [`Skill::Medium`] looks ahead.
const MEDIUM_DEPTH: u32 = 6;

/// In how many of [`EASY_OF`] moves [`Skill::Easy`] sees what the other side could win with next.
const EASY_SEES: u64 = 3;
const EASY_OF: u64 = 4;

/// How many nodes [`Skill::Perfect`] may spend on a move: one to two seconds, at the twelve to
/// twenty million nodes a second that `cargo bench --bench time_to_move` measures, depending on
/// what else the machine does.
pub const PERFECT_BUDGET: u64 = 25_000_000;

/// The move that a player of this skill makes in `position`; `None` when the game is over.
///
/// [`Skill::Easy`] takes a win, mostly does not hand one over, and otherwise plays anywhere: it
/// needs `random`, any number. [`Skill::Medium`] looks six moves ahead. [`Skill::Perfect`] makes the
/// best move there is, and alone makes a forecast. That is certain for every game in which it has
/// made all moves of its side; in a game that it takes over early on, its budget can be too little.
pub fn choose(
    skill: Skill,
    solver: &mut Solver,
    position: Position,
    random: u64,
) -> Option<Suggestion> {
    Score::of_end(position).is_none().then_some(())?;
    let guess = |column| Suggestion {
        column,
        forecast: None,
    };
    match skill {
        Skill::Easy => anywhere(position, random).map(guess),
        Skill::Medium => Guesser::new(u64::MAX)
            .look(position, MEDIUM_DEPTH)
            .map(guess),
        Skill::Perfect => book::look_up(position).or_else(|| solver.best(position, PERFECT_BUDGET)),
    }
}

/// A winning move, or one by chance.
fn anywhere(position: Position, random: u64) -> Option<usize> {
    let safe = position.safe_moves();
    let moves = if position.winning_moves() != 0 {
        position.winning_moves()
    } else if safe != 0 && random % EASY_OF < EASY_SEES {
        safe
    } else {
        position.landing()
    };
    let columns = || (0..COLUMNS).filter(|&column| moves & squares_of(column) != 0);
    let count = columns().count().max(1) as u64;
    columns().nth((random / EASY_OF % count) as usize)
}
