//! A search that looks a number of moves ahead and then judges by appearance.

use super::position::{COLUMNS, ORDER, Position, SQUARES, UPPER_ROWS, completing, squares_of};

/// What a win is worth; a sooner one is worth more. No judgement comes near it.
const WIN: i32 = 10_000;

/// What a square is worth that would complete four, and one that the owner can expect to get.
const THREAT: i32 = 8;
const GOOD_THREAT: i32 = 24;

/// What a stone in each column is worth.
const PLACES: [i32; COLUMNS] = [0, 1, 2, 3, 2, 1, 0];

/// Searches to a depth.
#[derive(Debug)]
pub(super) struct Guesser {
    budget: u64,
    left: u64,
}

impl Guesser {
    /// One that looks at `budget` nodes at most.
    pub(super) fn new(budget: u64) -> Self {
        Self {
            budget,
            left: budget,
        }
    }

    /// How many nodes it has looked at.
    pub(super) fn nodes(&self) -> u64 {
        self.budget - self.left
    }

    /// The move that looks best after a search that goes deeper and deeper, until the budget is
    /// used up. `None` when there is no move.
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

    /// The move that looks best `depth` moves ahead, the nearest to the middle if there are
    /// several. `None` when the budget is used up, or there is no move.
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

    /// What `position` looks like to the side to move, exact between `alpha` and `beta`.
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

/// How much better `position` looks to the side to move than to the other side.
fn appearance(position: Position) -> i32 {
    // Late in a game the sides take turns to fill columns from below: then the side that moved
    // first gets the odd rows, and the other one the even rows.
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
