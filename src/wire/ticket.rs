//! The secret of a session, and its public name.

use crate::hex::{self, NotHex};
use serde::{Deserialize, Serialize};
use sha2::digest::consts::U16;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The secret that lets a program resume a session: 128 random bits known only to its two ends. The
/// server draws them and sends them in its first welcome, and later only to an end that has proved
/// to know them. Only a private line encrypts them on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ticket([u8; 16]);

/// The public name of a session, derived from its ticket. It does not reveal the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle([u8; 16]);

impl Ticket {
    /// A ticket of these bytes, which must be random if strangers must not guess it.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Whether the two tickets are equal. Takes constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(other.0);
        pairs.fold(0, |different, (a, b)| different | (a ^ b)) == 0
    }

    /// The public name of the ticket's session.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle(self.derived("tictalk handle"))
    }

    /// The ticket that a client uses after this one is no longer known. It reveals nothing about
    /// this one.
    #[must_use]
    pub fn next(&self) -> Self {
        Self::new(self.derived("tictalk next ticket"))
    }

    /// The first 16 bytes of a digest over this ticket.
    fn derived(&self, purpose: &str) -> [u8; 16] {
        let digest = Sha256::new()
            .chain_update(purpose)
            .chain_update(self.as_bytes())
            .finalize();
        let (first, _) = digest.split::<U16>();
        first.into()
    }
}

/// Keeps the secret out of logs.
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
