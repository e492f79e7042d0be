//! The greeting: versions, modes and refusals.

use serde::{Deserialize, Serialize};

/// The version of the protocol, including the handshake.
pub const HANDSHAKE_VERSION: u32 = 2;

/// The kind of conversation that a server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Two people in strict turns.
    Pair,
    /// Many people, at any time.
    Room,
    /// A mode that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a server refuses a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// The seat is taken.
    Busy,
    /// The client's [`HANDSHAKE_VERSION`] is not the server's.
    Version,
    /// The session to resume is not known here.
    Unknown,
    /// The session to resume has ended.
    Ended,
    /// The two logs of the session differ.
    Diverged,
    /// The name is not allowed in the room, or is taken.
    Name,
    /// The member was removed from the room.
    Kicked,
    /// The member did not answer or did not read. It may come back.
    Behind,
    /// The member has a newer connection.
    Replaced,
    /// The server takes private lines only.
    Private,
    /// A reason that this version does not know. The message explains it.
    #[serde(other)]
    Other,
}

/// What the server of a pair knows about the unfinished session that a hello names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unfinished {
    /// The connection is lost, and the seat is kept for the client.
    Waiting,
    /// The session is in progress over another connection.
    Connected,
    /// The session is stored, and the client can resume it.
    Stored,
    /// The server cannot resume it, or this version does not know the word.
    #[serde(other)]
    Unknown,
}

/// What a program can do beyond what every program of this version does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Abilities {
    /// Whether it shows the [comments](super::Control::Comment) of its partner.
    pub comments: bool,
    /// Whether it remembers the key of its partner for the next session.
    pub partners: bool,
}

/// The word for [`Abilities::comments`].
const COMMENTS: &str = "comments";

/// The word for [`Abilities::partners`].
const PARTNERS: &str = "partners";

impl Abilities {
    /// Those of this program, on a plain line.
    pub const OURS: Self = Self {
        comments: true,
        partners: false,
    };

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl From<Vec<String>> for Abilities {
    /// Ignores unknown words, which later versions may add.
    fn from(words: Vec<String>) -> Self {
        Self {
            comments: words.iter().any(|word| word == COMMENTS),
            partners: words.iter().any(|word| word == PARTNERS),
        }
    }
}

impl From<Abilities> for Vec<String> {
    fn from(abilities: Abilities) -> Self {
        let Abilities { comments, partners } = abilities;
        let words = [(comments, COMMENTS), (partners, PARTNERS)];
        let words = words.into_iter().filter(|(can, _)| *can);
        words.map(|(_, word)| word.to_owned()).collect()
    }
}
