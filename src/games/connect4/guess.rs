//! A search of limited depth, with a heuristic at its leaves.

use super::position::{COLUMNS, ORDER, Position, SQUARES, UPPER_ROWS, completing, squares_of};

/// The value of a win; sooner wins have more. No heuristic value comes near it.
const WIN: i32 = 10_000;

/// The values of a square that would complete four, and of one that its owner can expect to get.
const THREAT: i32 = 8;
const GOOD_THREAT: i32 = 24;

/// The value of a stone in each column.
const PLACES: [i32; COLUMNS] = [0, 1, 2, 3, 2, 1, 0];

/// Searches to a limited depth.
#[derive(Debug)]
pub(super) struct Guesser {
    budget: u64,
    left: u64,
}

impl Guesser {
    /// A search of at most `budget` nodes.
    pub(super) fn new(budget: u64) -> Self {
        Self {
            budget,
            left: budget,
        }
    }

    /// The number of nodes searched.
    pub(super) fn nodes(&self) -> u64 {
        self.budget - self.left
    }

    /// The best move by iterative deepening until the budget is used up. `None` if there is no
    /// move.
    pub(super) fn deepen(&mut self, position: Position) -> Option<usize> {
        let mut column = nearest(position)?;
        for depth in 1..=SQUARES as u32 - position.plies() {
            match self.look(position, depth) {
                Some(found) => column = found,
                None => break,
            }
        }
        Some(column)
    }

    /// The best move by a search to `depth`; of equal moves the one nearest to the middle. `None`
    /// if the budget is used up or there is no move.
    pub(super) fn look(&mut self, position: Position, depth: u32) -> Option<usize> {
        let mut best = -WIN * 2;
        let mut column = None;
        for tried in ORDER {
            if let Some(next) = position.play(tried) {
                let value = -self.value(next, depth.saturating_sub(1), -WIN * 2, -best)?;
                if value > best {
                    best = value;
                    column = Some(tried);
                }
            }
        }
        column
    }

    /// The value of `position` for the side to move, exact between `alpha` and `beta`.
    fn value(&mut self, position: Position, depth: u32, alpha: i32, beta: i32) -> Option<i32> {
        self.left = self.left.checked_sub(1)?;
        let left = SQUARES - position.plies() as i32;
        if position.has_won() {
            return Some(-WIN - left);
        }
        if left == 0 {
            return Some(0);
        }
        if position.winning_moves() != 0 {
            return Some(WIN + left - 1);
        }
        if depth == 0 {
            return Some(appearance(position));
        }
        let mut alpha = alpha;
        let mut best = -WIN * 2;
        let moves = position.landing();
        for column in ORDER {
            let square = moves & squares_of(column);
            if square != 0 {
                best = best.max(-self.value(position.with(square), depth - 1, -beta, -alpha)?);
                alpha = alpha.max(best);
                if alpha >= beta {
                    break;
                }
            }
        }
        Some(best)
    }
}

fn nearest(position: Position) -> Option<usize> {
    ORDER.into_iter().find(|&column| position.can_play(column))
}

/// The heuristic value of `position` for the side to move.
fn appearance(position: Position) -> i32 {
    // Late in a game the sides fill columns from below in turn: the first side gets the odd rows,
    // the second the even rows.
    let (own_rows, their_rows) = match position.plies() % 2 {
        0 => (!UPPER_ROWS, UPPER_ROWS),
        _ => (UPPER_ROWS, !UPPER_ROWS),
    };
    let side = |stones: u64, rows: u64| {
        let threats = completing(stones) & position.free();
        let count = |squares: u64| squares.count_ones() as i32;
        let places: i32 = (0..COLUMNS)
            .zip(PLACES)
            .map(|(column, worth)| worth * count(stones & squares_of(column)))
            .sum();
        places + THREAT * count(threats & !rows) + GOOD_THREAT * count(threats & rows)
    };
    side(position.own(), own_rows) - side(position.theirs(), their_rows)
}
