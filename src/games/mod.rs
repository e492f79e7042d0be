//! The rules of the games, one file a game, behind the [`Game`] trait.
//!
//! A game knows two seats, judges words, and shows a [`Board`]. It knows no socket, no terminal and
//! no person. To add one, write its file and add one line to [`GAMES`].

use std::fmt;

mod board;
mod tictactoe;

pub use board::{Board, Mark, Square};
pub use tictactoe::TicTacToe;

/// Every game, in the order in which `/help` lists them.
pub const GAMES: &[Entry] = &[tictactoe::ENTRY];

/// What the registry knows of a game before one is started.
#[derive(Debug)]
pub struct Entry {
    /// The word after `play`, in lower case and without spaces.
    pub name: &'static str,
    /// What a move looks like, for a person.
    pub moves: &'static str,
    start: fn() -> Box<dyn Game>,
}

impl Entry {
    /// Sets up a new game.
    #[must_use]
    pub fn start(&self) -> Box<dyn Game> {
        (self.start)()
    }
}

/// A game is known by its name.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Entry {}

/// The game that a person means by `words`: letters count, case, spaces and hyphens do not.
#[must_use]
pub fn find(words: &str) -> Option<&'static Entry> {
    let name: String = words
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_lowercase)
        .collect();
    GAMES.iter().find(|entry| entry.name == name)
}

/// A place at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seat {
    /// Moves first.
    First,
    /// Moves second.
    Second,
}

impl Seat {
    /// The seat opposite.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
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
}

/// Why words are not a legal move. Nothing has changed on the board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    /// The other seat moves now, or the game is over.
    #[error("It is not your move.")]
    OutOfTurn,
    /// The words do not name a move of this game.
    #[error("That is not a move. {moves}")]
    Unreadable {
        /// What a move looks like: [`Entry::moves`].
        moves: &'static str,
    },
    /// A square that the board does not have.
    #[error("There is no square {square}. {moves}")]
    OffBoard {
        /// What was typed, a few characters.
        square: String,
        /// What a move looks like: [`Entry::moves`].
        moves: &'static str,
    },
    /// A square that somebody holds already.
    #[error("Square {square} is taken. Free squares: {free}.")]
    Taken {
        /// The square's number.
        square: usize,
        /// The numbers of the free squares.
        free: String,
    },
}

/// A running game between two seats that move in turn, [`Seat::First`] first.
pub trait Game: fmt::Debug + Send + Sync {
    /// Makes the move that `words` name for `seat` and returns the words by which any other program
    /// knows it.
    ///
    /// # Errors
    /// [`Illegal`], and the game is as it was.
    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal>;

    /// How the game ended; `None` while it goes on.
    fn outcome(&self) -> Option<Outcome>;

    /// What is on the board now.
    fn board(&self) -> Board;

    /// The sign by which the board shows the pieces of `seat`.
    fn sign(&self, seat: Seat) -> char;

    /// The same game once more, to be played on by itself.
    fn boxed(&self) -> Box<dyn Game>;
}

impl Clone for Box<dyn Game> {
    fn clone(&self) -> Self {
        self.as_ref().boxed()
    }
}
