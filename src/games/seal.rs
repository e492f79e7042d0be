//! Secrets that nobody has to be trusted with: sealed before they matter, opened afterwards.
//!
//! A [`Seal`] is sent while its secret is kept. It tells nothing of the secret, and only one
//! [`Opening`] fits it:
//!
//! ```text
//! seal = SHA-256("tictalk seal" ‖ game id ‖ seat ‖ salt ‖ secret)      seat: "1" or "2"
//! ```
//!
//! The salt has 256 random bits, so that nobody can find the secret by trying. The [`GameId`] is
//! the digest over all that was said in the session before the game, and that digest begins with
//! the session's ticket: a seal of another game, another session or the other seat opens nothing
//! here.

use super::chance::Chance;
use super::seat::Seat;
use crate::hex;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// What no other game has: the digest over what was said before it, with the session's ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GameId(pub [u8; 32]);

/// A commitment to a secret. Written as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal([u8; 32]);

/// 256 random bits that hide a secret in its [`Seal`]. Written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

/// A secret, and the salt it was sealed with. Written as the secret, a space and the salt.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// What was kept: one or more words.
    pub secret: String,
    /// What hid it.
    pub salt: Salt,
}

/// A text that is no seal, salt or opening.
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

    /// The seal of two others, in this order: a tree of them has one root.
    #[must_use]
    pub fn over(left: Self, right: Self) -> Self {
        // Other first words than of a secret, so that no pair can pass for one (RFC 9162, 2.1.1).
        let both = Sha256::new()
            .chain_update("tictalk pair")
            .chain_update(left.0)
            .chain_update(right.0);
        Self(both.finalize().into())
    }
}

impl Salt {
    /// A salt that nobody has seen.
    pub fn draw(chance: &mut Chance) -> Self {
        Self(chance.array())
    }

    /// One of many salts that come of this one, and do not tell it.
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
    /// `secret`, to be sealed with a salt that nobody has seen.
    pub fn draw(secret: impl Into<String>, chance: &mut Chance) -> Self {
        Self {
            secret: secret.into(),
            salt: Salt::draw(chance),
        }
    }
}

/// A secret is not for logs.
impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// A secret is not for logs, but two of them are not the same.
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
