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
    /// A reason that this version does not know. The message explains it.
    #[serde(other)]
    Other,
}
