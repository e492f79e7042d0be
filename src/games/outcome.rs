//! Who does what next, and how a game ends.

use super::seat::Seat;

/// Who does what next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Somebody in this seat chooses a move.
    Move(Seat),
    /// Somebody in this seat types something that nobody may see.
    Hidden(Seat),
    /// The program of this seat has nothing to choose.
    Step(Seat),
    /// Nobody: the game has ended.
    Over(Outcome),
}

impl Next {
    /// Whose turn it is.
    #[must_use]
    pub fn seat(self) -> Option<Seat> {
        match self {
            Self::Move(seat) | Self::Hidden(seat) | Self::Step(seat) => Some(seat),
            Self::Over(_) => None,
        }
    }
}

/// How a game ended by its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// This seat has won.
    Won(Seat),
    /// Nobody has won, and nobody can any more.
    Drawn,
    /// This seat has lost, because its program did what no honest one can do.
    Caught(Seat, Lie),
}

/// What only a dishonest program does. Reads behind "the client's program".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lie {
    /// It had to seal a choice, and sent something else.
    #[error("did not seal its choice before it mattered")]
    NotSealed,
    /// It had to open what it had sealed, and sent something else.
    #[error("did not show what it had sealed")]
    NotShown,
    /// It opened a secret while it still mattered.
    #[error("showed its secret too early")]
    TooEarly,
    /// What it opened is not what it had sealed for this game.
    #[error("showed something else than it had sealed for this game")]
    Changed,
    /// What it opened breaks a rule.
    #[error("had sealed something that breaks the rules")]
    AgainstTheRules,
    /// An answer does not fit what it opened, or what it answered before.
    #[error("gave a false answer")]
    FalseAnswer,
    /// It had to do something, and did something else.
    #[error("did not do what the game asked of it")]
    NoMove,
}
