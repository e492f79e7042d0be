//! Whose turn it is, and how a game ends.

use super::seat::Seat;

/// The next turn of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The player in this seat chooses a move.
    Move(Seat),
    /// The player in this seat types a secret, which is not echoed.
    Hidden(Seat),
    /// The program of this seat moves automatically: there is no choice.
    Step(Seat),
    /// The game is over.
    Over(Outcome),
}

impl Next {
    /// The seat whose turn it is.
    #[must_use]
    pub fn seat(self) -> Option<Seat> {
        match self {
            Self::Move(seat) | Self::Hidden(seat) | Self::Step(seat) => Some(seat),
            Self::Over(_) => None,
        }
    }
}

/// How a game ended under its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// This seat won.
    Won(Seat),
    /// Neither seat won, and neither can.
    Drawn,
    /// This seat lost because its program broke the rules in a way that no honest program can.
    Caught(Seat, Lie),
}

/// A violation that only a dishonest program commits. The text follows "the program of ann".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lie {
    /// It had to seal a choice and sent something else.
    #[error("did not seal its choice in time")]
    NotSealed,
    /// It had to open its seal and sent something else.
    #[error("did not reveal its sealed choice")]
    NotShown,
    /// It opened a secret that still mattered.
    #[error("revealed its secret too early")]
    TooEarly,
    /// Its opening does not match its seal for this game.
    #[error("revealed a secret that does not match its seal")]
    Changed,
    /// The secret that it opened breaks a rule.
    #[error("sealed a choice that breaks the rules")]
    AgainstTheRules,
    /// An answer contradicts its secret, or one of its earlier answers.
    #[error("gave a false answer")]
    FalseAnswer,
    /// It sent something that is not a legal turn.
    #[error("sent a turn that is not legal")]
    NoMove,
}
