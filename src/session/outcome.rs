//! The views and outcomes of a session's games.

use super::role::Side;
use crate::games::{Board, Entry, Game, Lie, Seat};

pub use crate::games::Offer;

/// A game as this end sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The drawing.
    pub board: Board,
    /// The same in words: parts of a sentence.
    pub words: String,
    /// Whose move it is; `None` when the game is over.
    pub next: Option<Side>,
    /// The pieces of the person here, if the game has pieces.
    pub piece: Option<Piece>,
    /// Why it is shown.
    pub cause: Cause,
}

/// The pieces of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Their sign in texts, and on a board in ASCII.
    pub sign: char,
    /// Their shape on a board in shapes; `None` if it is the sign.
    pub shape: Option<char>,
}

impl Piece {
    /// The pieces of `seat` in this game, if it has pieces.
    pub(super) fn of(game: &dyn Game, seat: Seat) -> Option<Self> {
        let sign = game.sign(seat)?;
        let shape = game.shape(seat);
        Some(Self { sign, shape })
    }
}

/// Why a [`View`] is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Somebody wants to see it, or has to after a takeback.
    Asked,
    /// The game starts.
    Start,
    /// This side has taken a turn: with this move, if it is one that both see.
    Turn(Side, Option<Ply>),
    /// The program here has taken a turn by itself.
    Step,
}

/// A move that both sides see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ply {
    /// The move in canonical form.
    pub words: String,
    /// The same for somebody who does not see the board.
    pub spoken: String,
}

/// A report by a game with secrets on its last turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The report, in one or more lines.
    pub words: String,
    /// The report in a few words, to be repeated beneath the board; may be empty.
    pub brief: String,
    /// What the board shows besides, for somebody who does not see it; may be empty.
    pub unseen: String,
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
