//! The exact value of a position, found by trying all that could be played.

use super::position::{COLUMNS, Position, SQUARES, completing, squares_of};
use super::table::{Bounds, Table};

/// The columns from the middle outwards: a stone near the middle is part of more lines.
pub(super) const ORDER: [usize; COLUMNS] = [3, 2, 4, 1, 5, 0, 6];

/// The bits of the table that a solver gets by default: 16 MiB.
const TABLE_BITS: u32 = 24;

/// How a game ends when both sides play as well as can be, as seen by the side to move: 0 is a
/// draw; when it wins, 22 less the stones that it will have played by then, so that a sooner win
/// is more; when it loses, minus 22 and the stones that the other side will have played.
///
/// The numbers are those of Pascal Pons, "Solving Connect 4" (2015), from -18 to 18 in a game that
/// goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(i32);

impl Score {
    /// The score as a number.
    #[must_use]
    pub fn value(self) -> i32 {
        self.0
    }
}

/// Solves positions and remembers what it found.
#[derive(Debug)]
pub struct Solver {
    table: Table,
    /// The nodes that may still be looked at.
    left: u64,
}

impl Default for Solver {
    fn default() -> Self {
        Self::new(TABLE_BITS)
    }
}

impl Solver {
    #[must_use]
    pub fn new(bits: u32) -> Self {
        Self {
            table: Table::new(bits),
            left: 0,
        }
    }

    pub fn forget(&mut self) {
        self.table.clear();
    }

    pub fn left(&self) -> u64 {
        self.left
    }

    pub fn solve(&mut self, position: Position, budget: u64) -> Option<Score> {
        self.left = budget;
        let plies = position.plies() as i32;
        if position.winning_moves() != 0 {
            return Some(Score((SQUARES + 1 - plies) / 2));
        }
        let mut low = -(SQUARES - plies) / 2;
        let mut high = (SQUARES - 1 - plies) / 2;
        while low < high {
            let middle = low + (high - low) / 2;
            let alpha = if middle <= 0 && low / 2 < middle {
                low / 2
            } else if middle >= 0 && high / 2 > middle {
                high / 2
            } else {
                middle
            };
            let score = self.search(position, plies, alpha)?;
            if score > alpha {
                low = score;
            } else {
                high = score;
            }
        }
        Some(Score(low))
    }

    fn search(&mut self, position: Position, plies: i32, alpha: i32) -> Option<i32> {
        self.left = self.left.checked_sub(1)?;
        let moves = position.safe_moves();
        if moves == 0 {
            return Some(-(SQUARES - plies) / 2);
        }
        if plies >= SQUARES - 2 {
            return Some(0);
        }
        let mut known = Bounds {
            low: -(SQUARES - 2 - plies) / 2,
            high: (SQUARES - 1 - plies) / 2,
        };
        if known.low > alpha {
            return Some(known.low);
        }
        if known.high <= alpha {
            return Some(known.high);
        }
        let key = if plies < 14 { position.canonical_key() } else { position.key() };
        if let Some(found) = self.table.get(key) {
            known = found;
            if known.low > alpha {
                return Some(known.low);
            }
            if known.high <= alpha {
                return Some(known.high);
            }
        }
        let before = self.left;
        let mut ranked = [0_u64; COLUMNS];
        for (slot, (place, column)) in ranked.iter_mut().zip((0..).zip(ORDER)) {
            let square = moves & squares_of(column);
            if square != 0 {
                let threats = completing(position.own() | square) & position.free();
                *slot = (u64::from(threats.count_ones()) + 1) << 4 | (7 - place);
            }
        }
        let mut best = -100;
        loop {
            let Some(top) = ranked.iter_mut().max() else { break };
            if *top == 0 {
                break;
            }
            let place = 7 - (*top & 15) as usize;
            *top = 0;
            let column = ORDER.get(place).copied().unwrap_or_default();
            let square = moves & squares_of(column);
            let score = -self.search(position.with(square), plies + 1, -alpha - 1)?;
            if score > best {
                best = score;
                if best > alpha {
                    break;
                }
            }
        }
        if best > alpha {
            known.low = best;
        } else {
            known.high = best;
        }
        self.table.put(key, known, before - self.left);
        Some(best)
    }
}
