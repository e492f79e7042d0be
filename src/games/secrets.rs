//! What the rules of a game with secrets offer besides.

use super::chance::Chance;
use super::game::{Game, Illegal};
use super::seal::Opening;
use super::seat::Seat;

/// A game in which the seats keep secrets from each other. Of its two copies each knows the secrets
/// of one seat.
///
/// [`Game::play`] takes what was sent, which is never refused but as [`Outcome::Caught`]; what a
/// person types goes through [`choose`](Self::choose) first. What a turn keeps secret is handed to
/// [`keep`](Self::keep) right behind that turn, now and when a session is read from the journal.
pub trait Secrets: Game + CloneSecrets {
    /// What comes of what a person in the seat that is next has typed.
    ///
    /// # Errors
    /// [`Illegal`], and the game is as it was.
    fn choose(&mut self, typed: &str, chance: &mut Chance) -> Result<Choice, Illegal>;

    /// The turn that the program of the seat that is next takes by itself.
    fn step(&self, chance: &mut Chance) -> Said;

    /// Learns again what the last turn of the reader's seat has kept secret.
    fn keep(&mut self, secret: &str);

    /// What has just happened, in one or more lines for who sits in the seat `reader`; empty where
    /// there is nothing to tell. [`OTHER`] is the other person.
    fn news(&self, reader: Seat) -> String;

    /// The one in `seat` gives up. A game that wants the other one to show its secrets first goes on
    /// with [`Next::Step`]; else it is over.
    fn resign(&mut self, seat: Seat);
}

/// What comes of a person's words in a game with secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A turn.
    Said(Said),
    /// Only a part of what a turn needs; the board shows it.
    Partly,
}

/// A turn in a game with secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What the other end is sent.
    pub words: String,
    /// What is kept here, and needed later.
    pub secret: Option<String>,
}

impl Said {
    /// A turn without a secret.
    pub fn openly(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            secret: None,
        }
    }

    /// The turn that opens `kept`; a seat whose secret is lost opens [nothing](Self::nothing).
    pub(super) fn opening(kept: Option<&Opening>) -> Self {
        kept.map_or_else(Self::nothing, |kept| Self::openly(kept.to_string()))
    }

    /// The turn of a program that cannot show what it has sealed, because its journal was altered. No
    /// game takes these words for an answer, so that the other seat wins.
    pub(super) fn nothing() -> Self {
        Self::openly("nothing")
    }
}

/// Makes a copy of any game with secrets that can be cloned.
pub trait CloneSecrets {
    /// The same game once more, to be played on by itself.
    fn boxed_secrets(&self) -> Box<dyn Secrets>;
}

impl<G: Secrets + Clone + 'static> CloneSecrets for G {
    fn boxed_secrets(&self) -> Box<dyn Secrets> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Secrets> {
    fn clone(&self) -> Self {
        self.as_ref().boxed_secrets()
    }
}
