//! The greeting: what two `tictalk` programs settle before their people speak.

use serde::{Deserialize, Serialize};

/// The version of the handshake and of all that follows it.
pub const HANDSHAKE_VERSION: u32 = 2;

/// What kind of talk a server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Two people who take strict turns.
    Pair,
    /// Many people who talk at any time.
    Room,
    /// A kind that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a server refuses a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Somebody else is talking to it.
    Busy,
    /// It does not speak the client's [`HANDSHAKE_VERSION`].
    Version,
    /// It does not know the session that the client wants to go on with.
    Unknown,
    /// That session has been ended by a goodbye.
    Ended,
    /// The two have written down different turns.
    Diverged,
    /// Nobody can have this name in the room, or somebody else has it.
    Name,
    /// Somebody has removed the client from the room.
    Kicked,
    /// The client has not answered, or has not read what it was sent, and may come again.
    Behind,
    /// The same client has another connection to the room now.
    Replaced,
    /// A reason that this version does not know; the message says it.
    #[serde(other)]
    Other,
}
