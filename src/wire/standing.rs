//! How far a session has come, as its two ends tell each other: a ticket that names it, a number of
//! turns, and a digest over them.

use super::ticket::{Handle, Ticket};
use crate::hex::{self, NotHex};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where one end of a session stands. What two ends have to compare before they go on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Standing {
    /// Which session.
    pub session: Ticket,
    /// How many turns this end has written down.
    pub turns: u64,
    /// The digest over them.
    pub digest: Digest,
}

/// How far a client has come in the session that it wants to go on with: `resume` in its hello. It
/// names the session by its handle, since the program at the other end may not be the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Resume {
    /// Which session.
    pub session: Handle,
    /// How many turns the client has written down.
    pub turns: u64,
    /// The digest over them.
    pub digest: Digest,
}

/// A SHA-256 digest (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Standing {
    /// The same as a client tells it to a server that has proved nothing yet.
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
    /// The same of a client that has proved that it knows `ticket`.
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

    /// Its bytes.
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
