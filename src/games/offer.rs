//! Offers to the other player that change or end a game.

use super::wording::capital;
use serde::{Deserialize, Serialize};

/// A proposal that takes effect only when both sides make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Offer {
    /// To take back the last move of the side that offers.
    Undo,
    /// To end the game as a draw.
    Draw,
}

impl Offer {
    /// The command that makes the offer and accepts it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Undo => "/undo",
            Self::Draw => "/draw",
        }
    }

    /// The text for the reader, who makes the offer to `other`.
    #[must_use]
    pub fn made(self, other: &str) -> String {
        let offer = match self {
            Self::Undo => "asked to take back your last move",
            Self::Draw => "offered a draw",
        };
        format!("You {offer}. Waiting for {other}.")
    }

    /// The text for the reader, who gets the offer from `other`. `decline` tells how it is declined.
    #[must_use]
    pub fn received(self, other: &str, decline: &str) -> String {
        let other = capital(other);
        let offer = match self {
            Self::Undo => "asks to take back their last move",
            Self::Draw => "offers a draw",
        };
        format!("{other} {offer}: {} agrees, {decline}.", self.word())
    }

    /// The text for the reader, who accepts the offer.
    #[must_use]
    pub fn accepted(self) -> &'static str {
        match self {
            Self::Undo => "You agree: the last move of your partner is taken back.",
            Self::Draw => "You agree.",
        }
    }

    /// The text for the reader, whose offer `other` accepts.
    #[must_use]
    pub fn agreed(self, other: &str) -> String {
        let other = capital(other);
        match self {
            Self::Undo => format!("{other} agrees: your last move is taken back."),
            Self::Draw => format!("{other} agrees."),
        }
    }

    /// Why a game with secrets does not allow the offer.
    #[must_use]
    pub fn refused(self) -> &'static str {
        match self {
            Self::Undo => "A move in a game with secrets cannot be taken back.",
            Self::Draw => "A game with secrets cannot end by agreement. /resign gives up.",
        }
    }
}
