//! The secret of a session, and the public name that finds it.

use crate::hex::{self, NotHex};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What lets a program back into a session: 128 random bits that only its two ends know, made by
/// the server and sent in its first welcome, and never again before the other end has proved that
/// it knows them. Whoever can read the connection can read them too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ticket([u8; 16]);

/// The public name of a session: it finds the ticket where that is known and does not tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle([u8; 16]);

impl Ticket {
    /// A ticket of these bytes; they have to be random where a stranger must not guess them.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Whether the two are the same, in a time that does not tell how much of them is.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(other.0);
        pairs.fold(0, |different, (a, b)| different | (a ^ b)) == 0
    }

    /// The public name of the session that this ticket belongs to.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle(self.derived("tictalk handle"))
    }

    /// The ticket that a client uses where nobody knows this one any more. It tells nothing of this
    /// one.
    #[must_use]
    pub fn next(&self) -> Self {
        Self::new(self.derived("tictalk next ticket"))
    }

    #[expect(clippy::expect_used, reason = "16 is less than the digest's 32")]
    fn derived(&self, purpose: &str) -> [u8; 16] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(purpose)
            .chain_update(self.as_bytes())
            .finalize()
            .into();
        *digest.first_chunk().expect("32 bytes begin with 16")
    }
}

/// A secret is not for logs.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}

impl From<Ticket> for String {
    fn from(ticket: Ticket) -> Self {
        hex::digits(&ticket.0)
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        hex::digits(&handle.0)
    }
}

impl TryFrom<String> for Ticket {
    type Error = NotHex;

    fn try_from(text: String) -> Result<Self, NotHex> {
        hex::bytes(&text).map(Self)
    }
}

impl TryFrom<String> for Handle {
    type Error = NotHex;

    fn try_from(text: String) -> Result<Self, NotHex> {
        hex::bytes(&text).map(Self)
    }
}
