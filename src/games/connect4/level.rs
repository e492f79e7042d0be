//! Computer players, by their skill.

use super::book;
use super::position::{COLUMNS, Position, squares_of};
use super::score::{SolverScore, Suggestion};
use super::solver::Solver;
use crate::games::Skill;

/// Of this many chances to see something at once, [`Skill::Easy`] misses one.
const EASY_MISSES_OF: u64 = 2;

/// The budget of [`Skill::Perfect`] for a move, in nodes: one to two seconds at the twelve to
/// twenty million nodes per second that `cargo bench --bench time_to_move` measures.
pub const PERFECT_BUDGET: u64 = 25_000_000;

/// The move of a player of this skill in `position`; `None` if the game is over.
///
/// [`Skill::Easy`] overlooks every other win and threat of the next move and otherwise plays at
/// random, for which it uses `random`, any number. [`Skill::Medium`] overlooks neither, but no trap
/// that takes longer, and prefers the middle. [`Skill::Perfect`] plays the best move and is the only
/// one with a forecast. Its budget always suffices if it has made all moves of its side; in a game
/// taken over early it may not.
pub fn choose(
    skill: Skill,
    solver: &mut Solver,
    position: Position,
    random: u64,
) -> Option<Suggestion> {
    SolverScore::of_end(position).is_none().then_some(())?;
    let guess = |column| Suggestion {
        column,
        forecast: None,
    };
    match skill {
        Skill::Easy => careless(position, random).map(guess),
        Skill::Medium => short_sighted(position, random).map(guess),
        Skill::Perfect => book::look_up(position).or_else(|| solver.best(position, PERFECT_BUDGET)),
    }
}

/// A random move, or one of those that a beginner notices.
fn careless(position: Position, random: u64) -> Option<usize> {
    let (sees_win, random) = (
        !random.is_multiple_of(EASY_MISSES_OF),
        random / EASY_MISSES_OF,
    );
    let (sees_loss, random) = (
        !random.is_multiple_of(EASY_MISSES_OF),
        random / EASY_MISSES_OF,
    );
    pick(&sensible(position, sees_win, sees_loss), random)
}

/// Of two sensible moves the one nearer to the middle.
fn short_sighted(position: Position, random: u64) -> Option<usize> {
    let columns = sensible(position, true, true);
    let one = pick(&columns, random)?;
    let other = pick(&columns, random / COLUMNS as u64 / COLUMNS as u64)?;
    [one, other]
        .into_iter()
        .min_by_key(|column| column.abs_diff(COLUMNS / 2))
}

/// The columns that win; if there are none or they are overlooked, those after which the other side
/// does not win at once; else all.
fn sensible(position: Position, sees_win: bool, sees_loss: bool) -> Vec<usize> {
    let (wins, safe) = (position.winning_moves(), position.safe_moves());
    let moves = if sees_win && wins != 0 {
        wins
    } else if sees_loss && safe != 0 {
        safe
    } else {
        position.landing()
    };
    let columns = (0..COLUMNS).filter(|&column| moves & squares_of(column) != 0);
    columns.collect()
}

fn pick(columns: &[usize], random: u64) -> Option<usize> {
    let at = random % columns.len().max(1) as u64;
    columns.get(at as usize).copied()
}
