//! Scores of positions, and their meaning in moves.

use super::position::{Position, SQUARES};
use crate::games::Forecast;

/// The result of a position under best play, for the side to move.
///
/// 0 is a draw. A win is 22 minus the number of stones that the winner will have played, so sooner
/// wins score higher; a loss is the negative of that. Scores of unfinished games are from -18 to
/// 18. The convention is that of Pascal Pons, "Solving Connect 4: how to build a perfect AI"
/// (2015).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SolverScore(i32);

/// A suggested move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// The column to play, 0 to 6 from the left.
    pub column: usize,
    /// The score of the position, if it is known.
    pub forecast: Option<SolverScore>,
}

impl SolverScore {
    pub(super) fn new(value: i32) -> Self {
        Self(value)
    }

    /// The score as a number.
    #[must_use]
    pub fn value(self) -> i32 {
        self.0
    }

    /// The score of a finished game; `None` if it is not finished.
    #[must_use]
    pub fn of_end(position: Position) -> Option<Self> {
        let plies = position.plies() as i32;
        if position.has_won() {
            Some(Self(-(SQUARES + 2 - plies) / 2))
        } else {
            position.is_full().then_some(Self(0))
        }
    }

    /// The forecast for the side to move, if this is the score of `position`.
    #[must_use]
    pub fn forecast(self, position: Position) -> Forecast {
        // The side to move has as many stones as the other, or one fewer.
        let own = position.plies() / 2;
        let theirs = position.plies() - own;
        let at_the_end = (SQUARES as u32 / 2 + 1).saturating_sub(self.0.unsigned_abs());
        match self.0 {
            0 => Forecast::Draws,
            1.. => Forecast::Wins(at_the_end.saturating_sub(own)),
            _ => Forecast::Loses(at_the_end.saturating_sub(theirs)),
        }
    }
}
