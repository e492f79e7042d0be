//! Computer players, by their skill.

use super::book;
use super::guess::Guesser;
use super::position::{COLUMNS, Position, squares_of};
use super::score::{Score, Suggestion};
use super::solver::Solver;
use crate::games::Skill;

/// The search depth of [`Skill::Medium`], counting the moves of both sides.
const MEDIUM_DEPTH: u32 = 6;

/// In this many of [`EASY_OF`] moves, [`Skill::Easy`] notices the other side's winning replies.
const EASY_SEES: u64 = 3;
const EASY_OF: u64 = 4;

/// The budget of [`Skill::Perfect`] for a move, in nodes: one to two seconds at the twelve to
/// twenty million nodes per second that `cargo bench --bench time_to_move` measures.
pub const PERFECT_BUDGET: u64 = 25_000_000;

/// The move of a player of this skill in `position`; `None` if the game is over.
///
/// [`Skill::Easy`] takes a win, usually avoids a losing move, and otherwise plays at random, for
/// which it uses `random`, any number. [`Skill::Medium`] searches six moves deep.
/// [`Skill::Perfect`] plays the best move and is the only one with a forecast. Its budget always
/// suffices if it has made all moves of its side; in a game taken over early it may not.
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

/// A winning move, or a random one.
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
