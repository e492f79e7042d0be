//! Commitments: a secret is sealed before it matters and opened afterwards.
//!
//! A [`Seal`] is sent while its secret is kept. It reveals nothing about the secret, and only one
//! [`Opening`] matches it:
//!
//! ```text
//! seal = SHA-256("tictalk seal" ‖ game id ‖ seat ‖ salt ‖ secret)      seat: "1" or "2"
//! ```
//!
//! The salt has 256 random bits, so nobody can find the secret by trying. The [`GameId`] is the
//! digest over all turns of the session before the game, and that digest begins with the session's
//! ticket: a seal from another game, another session or the other seat is of no use here.

use super::chance::Chance;
use super::outcome::Lie;
use super::seat::Seat;
use crate::hex;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// Identifies a game: the digest over the session's ticket and all turns before the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GameId(pub [u8; 32]);

/// A commitment to a secret. Written as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal([u8; 32]);

/// 256 random bits that keep the secret of a [`Seal`] from being guessed. Written as 64 hexadecimal
/// digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

/// A secret and the salt of its seal. Written as the secret, a space and the salt.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// One or more words.
    pub secret: String,
    /// The salt of its seal.
    pub salt: Salt,
}

/// The error of a text that is not a seal, a salt or an opening.
#[derive(Debug, PartialEq, Eq)]
pub struct NoOpening;

impl Seal {
    /// The seal of `opening` by `seat` in the game `id`.
    #[must_use]
    pub fn of(opening: &Opening, id: GameId, seat: Seat) -> Self {
        let seat = match seat {
            Seat::First => "1",
            Seat::Second => "2",
        };
        let seal = Sha256::new()
            .chain_update("tictalk seal")
            .chain_update(id.0)
            .chain_update(seat)
            .chain_update(opening.salt.0)
            .chain_update(&opening.secret);
        Self(seal.finalize().into())
    }

    /// The seal over two others, in this order, for a tree of seals.
    #[must_use]
    pub fn over(left: Self, right: Self) -> Self {
        // Domain separation: a pair never has the seal of a secret (RFC 9162, 2.1.1).
        let both = Sha256::new()
            .chain_update("tictalk pair")
            .chain_update(left.0)
            .chain_update(right.0);
        Self(both.finalize().into())
    }
}

impl Seal {
    /// The words that send this seal: `sealed <seal>`.
    pub(super) fn words(self) -> String {
        format!("sealed {self}")
    }

    /// The seal that [`words`](Self::words) send.
    ///
    /// # Errors
    /// [`Lie::NotSealed`], or [`Lie::TooEarly`] if they open a secret instead.
    pub(super) fn sent_in(words: &str) -> Result<Self, Lie> {
        match words.strip_prefix("sealed ").map(str::parse) {
            Some(Ok(seal)) => Ok(seal),
            _ if words.parse::<Opening>().is_ok() => Err(Lie::TooEarly),
            _ => Err(Lie::NotSealed),
        }
    }

    /// The opening that `words` send, if it matches this seal of `seat` in the game `id`.
    ///
    /// # Errors
    /// [`Lie::NotShown`] or [`Lie::Changed`].
    pub(super) fn opened_by(self, words: &str, id: GameId, seat: Seat) -> Result<Opening, Lie> {
        let opening = words.parse().map_err(|_| Lie::NotShown)?;
        if Self::of(&opening, id, seat) == self {
            Ok(opening)
        } else {
            Err(Lie::Changed)
        }
    }
}

impl Salt {
    /// A new salt.
    pub fn draw(chance: &mut Chance) -> Self {
        Self(chance.array())
    }

    /// One of many salts derived from this one. It does not reveal this one.
    #[must_use]
    pub fn part(self, number: usize) -> Self {
        let part = Sha256::new()
            .chain_update("tictalk salt")
            .chain_update(self.0)
            .chain_update((number as u64).to_be_bytes());
        Self(part.finalize().into())
    }
}

impl Opening {
    /// `secret` with a new salt.
    pub fn draw(secret: impl Into<String>, chance: &mut Chance) -> Self {
        Self {
            secret: secret.into(),
            salt: Salt::draw(chance),
        }
    }
}

/// Keeps the secret out of logs.
impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// Keeps the secret out of logs.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(..)")
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::digits(&self.0))
    }
}

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::digits(&self.0))
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.secret, self.salt)
    }
}

impl FromStr for Seal {
    type Err = NoOpening;

    fn from_str(text: &str) -> Result<Self, NoOpening> {
        hex::bytes(text).map(Self).map_err(|_| NoOpening)
    }
}

impl FromStr for Salt {
    type Err = NoOpening;

    fn from_str(text: &str) -> Result<Self, NoOpening> {
        hex::bytes(text).map(Self).map_err(|_| NoOpening)
    }
}

impl FromStr for Opening {
    type Err = NoOpening;

    fn from_str(text: &str) -> Result<Self, NoOpening> {
        let (secret, salt) = text.rsplit_once(' ').ok_or(NoOpening)?;
        Ok(Self {
            secret: secret.to_owned(),
            salt: salt.parse()?,
        })
    }
}
