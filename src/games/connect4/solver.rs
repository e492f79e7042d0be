//! The exact score of a position by exhaustive search.
//!
//! The search is a negamax with null windows: each call only decides whether the score is greater
//! than some number, which prunes much of the tree, and bisection finds the score.

use super::guess::Guesser;
use super::position::{
    COLUMNS, ORDER, Position, SQUARES, UPPER_ROWS, completing, is_four, squares_of,
};
use super::score::{SolverScore, Suggestion};
use super::table::{Bounds, TranspositionTable};

/// The default size of the table in bytes. A larger one gains nothing within the budget for a move.
const TABLE: usize = 8 << 20;

/// Positions with at least this many stones use a separate table that fits into the processor's
/// cache: they are the majority and cheap to search again, unlike a cache miss. Found by trial,
/// like its size.
const LATE: i32 = 24;

/// The size of that table, in bytes.
const LATE_TABLE: usize = 512 << 10;

/// Up to this many stones a position and its mirror image share an entry. Later both rarely occur.
const MIRRORED: i32 = 14;

/// Below every score.
const WORST: i32 = -SQUARES;

/// Solves positions, and keeps its results for later searches.
///
/// Budgets are counted in nodes (positions visited), not in time, so the same queries in the same
/// order give the same answers on every machine.
#[derive(Debug)]
pub struct Solver {
    early: TranspositionTable,
    late: TranspositionTable,
    /// The nodes left in the budget.
    left: u64,
    /// The nodes visited since the solver was created.
    nodes: u64,
}

impl Default for Solver {
    /// A solver with a table of 8 MiB.
    fn default() -> Self {
        Self::new(TABLE)
    }
}

impl Solver {
    /// A solver with a table of at most `bytes`, rounded down to a power of two, but at least 512
    /// KiB, and a second table of 512 KiB. The system allocates the memory as it is used.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self {
            early: TranspositionTable::new(bytes),
            late: TranspositionTable::new(LATE_TABLE),
            left: 0,
            nodes: 0,
        }
    }

    /// Forgets all positions.
    pub fn forget(&mut self) {
        self.early.clear();
        self.late.clear();
    }

    /// The number of nodes visited since the solver was created.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        self.nodes
    }

    /// The score of `position`; `None` if `budget` nodes do not suffice.
    pub fn solve(&mut self, position: Position, budget: u64) -> Option<SolverScore> {
        match SolverScore::of_end(position) {
            Some(score) => Some(score),
            None => self.exact(position, budget).map(|(_, score)| score),
        }
    }

    /// The best move: the soonest win, else a draw, else the latest loss; of equal moves the one
    /// nearest to the middle. If `budget` nodes do not suffice, the best move of a shallower
    /// search, which takes up to an eighth of `budget` more. `None` if the game is over.
    pub fn best(&mut self, position: Position, budget: u64) -> Option<Suggestion> {
        if SolverScore::of_end(position).is_some() {
            return None;
        }
        if let Some((column, score)) = self.exact(position, budget) {
            return Some(Suggestion {
                column,
                forecast: Some(score),
            });
        }
        let mut guesser = Guesser::new(budget / 8);
        let column = guesser.deepen(position)?;
        self.nodes += guesser.nodes();
        Some(Suggestion {
            column,
            forecast: None,
        })
    }

    /// The best move and the score of an unfinished game.
    ///
    /// A position and its mirror image have mirrored moves, even if several are equally good: the
    /// book relies on it.
    fn exact(&mut self, position: Position, budget: u64) -> Option<(usize, SolverScore)> {
        let mirrored = position.mirrored();
        if mirrored.key() < position.key() {
            let (column, score) = self.exact(mirrored, budget)?;
            return Some((COLUMNS - 1 - column, score));
        }
        self.left = budget;
        let found = self.halve(position);
        self.nodes += budget - self.left;
        found
    }

    /// The best move and the score, by bisection.
    fn halve(&mut self, position: Position) -> Option<(usize, SolverScore)> {
        let plies = position.plies() as i32;
        let nearest = |moves: u64| {
            ORDER
                .into_iter()
                .find(|&column| moves & squares_of(column) != 0)
        };
        if let Some(column) = nearest(position.winning_moves()) {
            return Some((column, SolverScore::new(win_at_once(plies))));
        }
        let moves = position.safe_moves();
        let Some(mut column) = nearest(moves) else {
            // Every move loses. Blocking one of several threats at least looks like a defence.
            let blocks = completing(position.theirs()) & position.landing();
            let column = nearest(blocks).or_else(|| nearest(position.landing()))?;
            return Some((column, SolverScore::new(loss_at_once(plies))));
        };
        let mut known = limits(plies);
        while known.low < known.high {
            let alpha = question(known);
            let mut best = WORST;
            for tried in ORDER {
                let square = moves & squares_of(tried);
                if square == 0 {
                    continue;
                }
                let score = -self.search(position.with(square), plies + 1, -alpha - 1)?;
                best = best.max(score);
                if score > alpha {
                    // All columns before this one are worse, whatever the score is.
                    column = tried;
                    break;
                }
            }
            if best > alpha {
                known.low = best;
            } else {
                known.high = best;
            }
        }
        self.table(plies).put(key(position, plies), known, u64::MAX);
        Some((column, SolverScore::new(known.low)))
    }

    /// Decides whether the score is greater than `alpha`. If so, returns a lower bound of the score
    /// that is greater than `alpha`, otherwise an upper bound that is at most `alpha`. `None` if no
    /// nodes are left.
    ///
    /// `plies` stones are on the board, and the side to move has no win at once.
    fn search(&mut self, position: Position, plies: i32, alpha: i32) -> Option<i32> {
        self.left = self.left.checked_sub(1)?;
        let moves = position.safe_moves();
        if moves == 0 {
            return Some(loss_at_once(plies));
        }
        let known = limits(plies);
        if let Some(answer) = answer(known, alpha) {
            return Some(answer);
        }
        if alpha >= -1
            && let Some(high) = most_against_follow_up(position)
            && high <= alpha
        {
            return Some(high);
        }
        let key = key(position, plies);
        let mut known = self.table(plies).get(key).unwrap_or(known);
        if let Some(answer) = answer(known, alpha) {
            return Some(answer);
        }
        if plies < LATE
            && let Some(low) = self.known_reply(position, moves, plies, alpha)
        {
            known.low = low;
            self.table(plies).put(key, known, 1);
            return Some(low);
        }

        let before = self.left;
        let mut best = WORST;
        let mut ranked = ranked(position, moves);
        while let Some(rank) = ranked.iter_mut().max().filter(|rank| **rank != 0) {
            let square = moves & squares_of(column_of(*rank));
            *rank = 0;
            let score = -self.search(position.with(square), plies + 1, -alpha - 1)?;
            best = best.max(score);
            if best > alpha {
                break;
            }
        }
        if best > alpha {
            known.low = best;
        } else {
            known.high = best;
        }
        let nodes = before - self.left;
        self.table(plies).put(key, known, nodes);
        Some(best)
    }

    /// A score greater than `alpha` that the table has for one of `moves`: a lookup is cheaper than
    /// a search of another move.
    fn known_reply(
        &mut self,
        position: Position,
        moves: u64,
        plies: i32,
        alpha: i32,
    ) -> Option<i32> {
        ORDER.into_iter().find_map(|column| {
            let square = moves & squares_of(column);
            if square == 0 {
                return None;
            }
            let child = position.with(square);
            let found = self.table(plies + 1).get(key(child, plies + 1))?;
            (-found.high > alpha).then_some(-found.high)
        })
    }

    fn table(&mut self, plies: i32) -> &mut TranspositionTable {
        if plies < LATE {
            &mut self.early
        } else {
            &mut self.late
        }
    }
}

fn key(position: Position, plies: i32) -> u64 {
    if plies < MIRRORED {
        position.canonical_key()
    } else {
        position.key()
    }
}

/// The score when the side to move wins with this move.
fn win_at_once(plies: i32) -> i32 {
    (SQUARES + 1 - plies) / 2
}

/// The score when the other side wins with the next move, or there is no move left.
fn loss_at_once(plies: i32) -> i32 {
    -(SQUARES - plies) / 2
}

/// The range of scores when neither side can win with its next move.
fn limits(plies: i32) -> Bounds {
    Bounds {
        low: loss_at_once(plies + 2).min(0),
        high: win_at_once(plies + 2).max(0),
    }
}

/// The answer of the bounds to whether the score is greater than `alpha`.
fn answer(known: Bounds, alpha: i32) -> Option<i32> {
    if known.low > alpha {
        Some(known.low)
    } else if known.high <= alpha {
        Some(known.high)
    } else {
        None
    }
}

/// The next number to compare the score with: the middle, but nearer to a draw, because the winner
/// is found sooner than the length of the game.
fn question(known: Bounds) -> i32 {
    let middle = known.low + (known.high - known.low) / 2;
    if middle <= 0 {
        middle.max(known.low / 2).min(known.high - 1)
    } else {
        middle.min(known.high / 2).max(known.low)
    }
}

/// The upper bound of the score against an opponent who answers every stone with one on top of it.
/// That needs an even number of free squares in every column; the side to move then gets the lower
/// square of each pair, the opponent the upper one. `None` if this strategy does not apply or gives
/// no bound.
fn most_against_follow_up(position: Position) -> Option<i32> {
    if position.landing() & UPPER_ROWS != 0 {
        return None;
    }
    let free = position.free();
    if is_four(position.own() | (free & !UPPER_ROWS)) {
        return None;
    }
    // The opponent wins with its last stone at the latest.
    let loses = is_four(position.theirs() | (free & UPPER_ROWS));
    Some(if loses { -1 } else { 0 })
}

/// A rank for each of `moves`: higher for more threats, then for nearer to the middle; 0 for no
/// move.
fn ranked(position: Position, moves: u64) -> [u32; COLUMNS] {
    let mut ranked = [0; COLUMNS];
    for (rank, (nearness, column)) in ranked.iter_mut().zip((0..8).rev().zip(ORDER)) {
        let square = moves & squares_of(column);
        if square != 0 {
            let threats = completing(position.own() | square) & position.free();
            *rank = (threats.count_ones() << 6) | (nearness << 3) | column as u32;
        }
    }
    ranked
}

/// The column of a move from [`ranked`].
fn column_of(rank: u32) -> usize {
    (rank & 7) as usize
}
