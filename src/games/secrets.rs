//! The trait that games with secrets implement as well.

use super::chance::Chance;
use super::game::{Game, Illegal};
use super::seal::{GameId, Opening, Seal};
use super::seat::Seat;

/// A game in which the seats keep secrets from each other. Each end has a copy that knows the
/// secrets of one seat.
///
/// [`Game::play`] takes the words of a turn as sent; bad ones end the game as [`Outcome::Caught`].
/// Words typed by a person go through [`choose`](Self::choose) first. The secret of a turn is
/// passed to [`keep`](Self::keep) right after that turn, both in play and when a session is read
/// back from the journal.
///
/// [`Outcome::Caught`]: super::Outcome::Caught
pub trait Secrets: Game + CloneSecrets {
    /// Turns the words typed by the player whose turn it is into a turn.
    ///
    /// # Errors
    /// [`Illegal`]. The game is unchanged.
    fn choose(&mut self, typed: &str, chance: &mut Chance) -> Result<Choice, Illegal>;

    /// The automatic turn of the seat whose turn it is, after [`Next::Step`](super::Next::Step).
    fn step(&self, chance: &mut Chance) -> Said;

    /// Restores the secret of the last turn of this copy's own seat.
    fn keep(&mut self, secret: &str);

    /// The last event, in one or more lines for `reader`; empty if there is nothing to report.
    /// [`OTHER`](super::OTHER) is replaced by the other player's name.
    fn news(&self, reader: Seat) -> String;

    /// [`news`](Self::news) in a few words, to be repeated beneath the board; empty if that is not
    /// needed.
    fn brief(&self, reader: Seat) -> String {
        let _ = reader;
        String::new()
    }

    /// What the board shows of the last event besides [`news`](Self::news), as a sentence for
    /// somebody who does not see it; may be empty.
    fn unseen(&self, reader: Seat) -> String {
        let _ = reader;
        String::new()
    }

    /// `seat` resigns. The game is over, unless the other seat has to open its secrets first with
    /// [`Next::Step`](super::Next::Step).
    fn resign(&mut self, seat: Seat);
}

/// The result of words typed in a game with secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A turn.
    Said(Said),
    /// One part of a turn that has several; the board shows it.
    Partly,
}

/// A turn in a game with secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The words sent to the other end.
    pub words: String,
    /// The secret, kept at this end until it is opened.
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

    /// The turn that seals `opening` for `seat`.
    pub(super) fn sealed(opening: &Opening, id: GameId, seat: Seat) -> Self {
        Self {
            words: Seal::of(opening, id, seat).words(),
            secret: Some(opening.to_string()),
        }
    }

    /// The turn that opens `kept`, or [`nothing`](Self::nothing) if the secret is lost.
    pub(super) fn opening(kept: Option<&Opening>) -> Self {
        kept.map_or_else(Self::nothing, |kept| Self::openly(kept.to_string()))
    }

    /// The turn of a program that cannot open its seal because its journal was altered. No game
    /// accepts these words, so the other seat wins.
    pub(super) fn nothing() -> Self {
        Self::openly("nothing")
    }
}

/// Clones a boxed game with secrets. Implemented for every such game that is [`Clone`].
pub trait CloneSecrets {
    /// An independent copy of the game.
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
