//! The progress of a session, which its two ends compare to resume it.

use super::ticket::{Handle, Ticket};
use crate::hex::{self, NotHex};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The progress of one end of a session. Two ends compare it before they resume.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Standing {
    /// The session.
    pub session: Ticket,
    /// The number of turns stored at this end.
    pub turns: u64,
    /// The digest over these turns.
    pub digest: Digest,
}

/// The progress of a client in the session that it wants to resume: `resume` in its hello. It names
/// the session by its handle, because the program at the other end may not be the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Resume {
    /// The session.
    pub session: Handle,
    /// The number of turns stored at the client.
    pub turns: u64,
    /// The digest over these turns.
    pub digest: Digest,
}

/// A SHA-256 digest (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Standing {
    /// The form for a server that has proved nothing yet.
    #[must_use]
    pub fn to_resume(&self) -> Resume {
        Resume {
            session: self.session.handle(),
            turns: self.turns,
            digest: self.digest,
        }
    }
}

impl Resume {
    /// The standing of a client that has proved to know `ticket`.
    #[must_use]
    pub fn into_standing(self, ticket: Ticket) -> Standing {
        Standing {
            session: ticket,
            turns: self.turns,
            digest: self.digest,
        }
    }
}

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 48 bits, for people to compare: `3f2a-91bc-07de`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digits = hex::digits(&self.0);
        let groups = (0..12).step_by(4).filter_map(|at| digits.get(at..at + 4));
        groups.collect::<Vec<_>>().join("-")
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.fingerprint())
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        hex::digits(&digest.0)
    }
}

impl TryFrom<String> for Digest {
    type Error = NotHex;

    fn try_from(text: String) -> Result<Self, NotHex> {
        hex::bytes(&text).map(Self)
    }
}
