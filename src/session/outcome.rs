//! The views and outcomes of a session's games.

use super::role::Side;
use crate::games::{Board, Entry, Lie};

/// A game as this end sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The drawing.
    pub board: Board,
    /// The same in words: parts of a sentence.
    pub words: String,
    /// Whose move it is; `None` when the game is over.
    pub next: Option<Side>,
}

/// A proposal that takes effect only when both sides make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// To take back the last move of the side that offers.
    Undo,
    /// To end the game as a draw.
    Draw,
}

/// How a game ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameEnd {
    /// This side won by the rules.
    Won(Side),
    /// Nobody won.
    Drawn,
    /// This side gave up.
    Resigned(Side),
    /// Both sides agreed to a draw.
    Agreed,
    /// The program of this side broke a rule that no honest program can break.
    Caught(Side, Lie),
}

impl GameEnd {
    /// The side that has won; `None` after a draw.
    #[must_use]
    pub fn winner(self) -> Option<Side> {
        match self {
            Self::Won(side) => Some(side),
            Self::Resigned(side) | Self::Caught(side, _) => Some(side.other()),
            Self::Drawn | Self::Agreed => None,
        }
    }
}

/// A game that was played in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// The game.
    pub game: &'static Entry,
    /// How it ended; `None` while it is running.
    pub end: Option<GameEnd>,
}
