//! The trait that every game implements.

use super::advice::{Advice, Skill};
use super::board::Board;
use super::chance::Chance;
use super::outcome::Next;
use super::seat::Seat;
use std::fmt;

/// A placeholder for the other player's name in the texts of a game.
pub const OTHER: &str = "{other}";

/// A running game between two seats. Methods with a `reader` answer as that seat sees the game.
pub trait Game: fmt::Debug + Send + Sync + CloneGame {
    /// The next turn.
    fn next(&self) -> Next;

    /// Plays the move that `words` name for `seat`. Returns the move in canonical form, which is sent
    /// to the other program.
    ///
    /// # Errors
    /// [`Illegal`]. The game is unchanged.
    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal>;

    /// The board in words: parts of a sentence, without the final full stop.
    fn describe(&self, reader: Seat) -> String;

    /// The board as a drawing.
    fn board(&self, reader: Seat) -> Board {
        Board::text(&self.describe(reader))
    }

    /// The move that was just made, `words` in canonical form, for somebody who does not see the
    /// board.
    fn spoken(&self, words: &str) -> String {
        words.to_owned()
    }

    /// The form of a move at this point of the game, as a sentence.
    fn moves(&self) -> &'static str;

    /// What `reader` has to do in a game that begins, as one or two sentences.
    fn how_to_begin(&self, reader: Seat) -> &'static str {
        let _ = reader;
        self.moves()
    }

    /// All legal moves. May be incomplete or empty if there are too many to list, or if the next
    /// turn is a secret.
    fn legal(&self) -> Vec<String>;

    /// The sign of the pieces of `seat` on the board, if the game has pieces.
    fn sign(&self, seat: Seat) -> Option<char> {
        let _ = seat;
        None
    }

    /// The shape of these pieces, for a board that has shapes other than ASCII.
    fn shape(&self, seat: Seat) -> Option<char> {
        let _ = seat;
        None
    }

    /// The line shown when the game begins. [`OTHER`] is replaced by the other player's name.
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

    /// A good move for the seat whose turn it is; `None` if the game has no better than a random
    /// one. May take about two seconds.
    fn advise(&self, skill: Skill, chance: &mut Chance) -> Option<Advice> {
        let _ = (skill, chance);
        None
    }
}

/// Why a move is refused. The game is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    /// It is the other seat's turn, or the game is over.
    #[error("It is not your move.")]
    OutOfTurn,
    /// The words do not name a move of this game.
    #[error("That is not a move. {moves}")]
    Unreadable {
        /// The form of a move: [`Game::moves`].
        moves: &'static str,
    },
    /// The board has no such square.
    #[error("There is no square {square}. {moves}")]
    OffBoard {
        /// The square as typed, a few characters.
        square: String,
        /// The form of a move: [`Game::moves`].
        moves: &'static str,
    },
    /// The square is taken.
    #[error("Square {square} is taken. Free squares: {free}.")]
    Taken {
        /// The square's number.
        square: usize,
        /// The numbers of the free squares.
        free: String,
    },
    /// The game does not allow this move now. The reason, as a sentence.
    #[error("{0}")]
    Against(String),
}

/// Clones a boxed game. Implemented for every game that is [`Clone`].
pub trait CloneGame {
    /// An independent copy of the game.
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
