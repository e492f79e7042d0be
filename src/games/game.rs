//! What the rules of every game offer.

use super::advice::{Advice, Skill};
use super::board::Board;
use super::chance::Chance;
use super::outcome::Next;
use super::seat::Seat;
use std::fmt;

/// Stands in a game's sentences for what the other person is called.
pub const OTHER: &str = "{other}";

/// A running game between two seats. A reader sits in one of them.
pub trait Game: fmt::Debug + Send + Sync + CloneGame {
    /// Who does what next.
    fn next(&self) -> Next;

    /// Makes the move that `words` name for `seat` and returns the words by which any other program
    /// knows it.
    ///
    /// # Errors
    /// [`Illegal`], and the game is as it was.
    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal>;

    /// What is on the board, in words: parts of a sentence, without the last full stop.
    fn describe(&self, reader: Seat) -> String;

    /// What is on the board, drawn.
    fn board(&self, reader: Seat) -> Board {
        Board::text(&self.describe(reader))
    }

    /// What a move looks like now, as a sentence.
    fn moves(&self) -> &'static str;

    /// All moves that can be made now; where there are too many to list, or a secret is asked for,
    /// some of them or none.
    fn legal(&self) -> Vec<String>;

    /// The sign by which the board shows the pieces of `seat`, where it has such.
    fn sign(&self, seat: Seat) -> Option<char> {
        let _ = seat;
        None
    }

    /// What the reader is told when the game begins. [`OTHER`] is the other person.
    fn intro(&self, reader: Seat) -> String {
        match (reader, self.sign(reader), self.sign(reader.other())) {
            (Seat::First, Some(mine), _) => format!("you are {mine} and move first."),
            (Seat::Second, Some(mine), Some(theirs)) => {
                format!("you are {mine}, {OTHER} is {theirs} and moves first.")
            }
            (Seat::First, ..) => "you move first.".to_owned(),
            (Seat::Second, ..) => format!("{OTHER} moves first."),
        }
    }

    /// A good move for the seat that is next; `None` where the game knows no better than chance.
    /// May take up to about two seconds.
    fn advise(&self, skill: Skill, chance: &mut Chance) -> Option<Advice> {
        let _ = (skill, chance);
        None
    }
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
        /// What a move looks like: [`Game::moves`].
        moves: &'static str,
    },
    /// A square that the board does not have.
    #[error("There is no square {square}. {moves}")]
    OffBoard {
        /// What was typed, a few characters.
        square: String,
        /// What a move looks like: [`Game::moves`].
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
    /// A move that this game does not allow now, and why, as a sentence.
    #[error("{0}")]
    Against(String),
}

/// Makes a copy of any game that can be cloned.
pub trait CloneGame {
    /// The same game once more, to be played on by itself.
    fn boxed(&self) -> Box<dyn Game>;
}

impl<G: Game + Clone + 'static> CloneGame for G {
    fn boxed(&self) -> Box<dyn Game> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Game> {
    fn clone(&self) -> Self {
        self.as_ref().boxed()
    }
}
