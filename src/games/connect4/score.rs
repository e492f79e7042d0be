//! What a position is worth, and what that means to a person.

use super::position::{Position, SQUARES};
use crate::games::Forecast;

/// How a game ends when both sides play as well as can be, as the side to move sees it.
///
/// 0 is a draw. A win is 22 less the number of stones that the winner will have played by then, so
/// that a sooner win is more; a loss is minus the same number. In a game that goes on, scores are
/// from -18 to 18. The convention is that of Pascal Pons, "Solving Connect 4: how to build a
/// perfect AI" (2015).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(i32);

/// A move and what can be expected of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// The column to play, 0 to 6 from the left.
    pub column: usize,
    /// The score of the position, when it is known for certain.
    pub forecast: Option<Score>,
}

impl Score {
    pub(super) fn new(value: i32) -> Self {
        Self(value)
    }

    /// The score as a number.
    #[must_use]
    pub fn value(self) -> i32 {
        self.0
    }

    /// The score of a game that is over; `None` while it goes on.
    #[must_use]
    pub fn of_end(position: Position) -> Option<Self> {
        let plies = position.plies() as i32;
        if position.has_won() {
            Some(Self(-(SQUARES + 2 - plies) / 2))
        } else {
            position.is_full().then_some(Self(0))
        }
    }

    /// What this score, being that of `position`, means to the side to move.
    #[must_use]
    pub fn forecast(self, position: Position) -> Forecast {
        // Each side's stones: the side to move has as many as the other, or one fewer.
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
