//! Control frames: what two `tictalk` programs say to each other.
//!
//! Unknown fields are ignored and an unknown type is [`Control::Unknown`], so that a later version
//! can say more.

use super::error::WireError;
use super::handshake::{Mode, Reason};
use super::limits::MAX_CONTROL;
use super::name::Name;
use super::proof::{Nonce, Proof};
use super::room::{Entrance, Membership, Post};
use super::standing::{Resume, Standing};
use super::text::{LineNumber, Text};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How much of a reason why a frame cannot be read is worth telling, in characters.
const REASON: usize = 120;

/// The payload of a control frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Control {
    /// The first frame of the side that connects.
    Hello {
        /// The sender's [`HANDSHAKE_VERSION`](super::HANDSHAKE_VERSION).
        version: u32,
        /// How the person wants to be called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        /// The session to go on with, and how far it has come; none begins a new one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Resume>,
        /// What the server's proof has to be made with; nothing is proved to a client without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
        /// Who comes to a room, or back to it; a pair has no use for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<Entrance>,
    },
    /// The listening side knows the session that the client wants to go on with, proves it, and
    /// asks the client for the same.
    Challenge {
        /// What the client's proof has to be made with.
        nonce: Nonce,
        /// That the server knows the session's ticket.
        proof: Proof,
    },
    /// The client's answer to a challenge whose proof is right.
    Proof {
        /// That the client knows the session's ticket.
        proof: Proof,
    },
    /// The listening side takes the seat opposite.
    Welcome {
        /// The sender's [`HANDSHAKE_VERSION`](super::HANDSHAKE_VERSION).
        version: u32,
        /// How the person wants to be called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        /// What kind of talk this is.
        mode: Mode,
        /// The session, and how far the sender has come in it. Without it, the sender does not
        /// wait for a partner whose connection broke.
        #[serde(flatten)]
        standing: Option<Standing>,
        /// What the client is in the room, where the mode is [`Mode::Room`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<Membership>,
    },
    /// The listening side will not talk; a close follows.
    Refuse {
        /// Why, for the program.
        reason: Reason,
        /// Why, for the person.
        message: Text,
    },
    /// The receiver of a turn has written it down and shown it.
    Receipt {
        /// How many turns that makes.
        turns: u64,
    },
    /// A line that somebody typed, to a room.
    Say {
        /// Which line of this client it is.
        number: LineNumber,
        /// The line, foreign text.
        text: Text,
    },
    /// A room is done with the client's lines up to this one: what had to be stored of them is.
    Stored {
        /// The number of the last of them.
        number: u64,
    },
    /// What has happened in a room.
    Post(Arc<Post>),
    /// What has happened in a room once, because somebody asked.
    Recall(Arc<Post>),
    /// What a room tells one member, in words for a person.
    Tell {
        /// One or more whole lines.
        text: Text,
    },
    /// The sender asks whether the receiver is still there, which answers with a pong: every 10
    /// seconds a room asks its clients, and each end of a pair the other.
    Ping,
    /// The answer to a ping.
    Pong,
    /// A type that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Control {
    /// Reads a control frame's payload.
    ///
    /// # Errors
    /// [`WireError::BadControl`] when it is no JSON object with a `type`, or a field has the wrong
    /// form.
    pub(super) fn from_json(payload: &[u8]) -> Result<Self, WireError> {
        serde_json::from_slice(payload).map_err(|error| {
            // The reason may quote the frame, which may be long.
            let reason = error.to_string().chars().take(REASON).collect();
            WireError::BadControl(reason)
        })
    }

    /// Writes a control frame's payload: at most [`MAX_CONTROL`] bytes.
    #[expect(
        clippy::expect_used,
        reason = "serializing to memory fails only for a map whose keys are not strings; no field is a map"
    )]
    pub(super) fn to_json(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).expect("a control frame is always valid JSON");
        // The types of texts and names bound their length. If a later field is not bounded, send a
        // frame that every receiver ignores rather than one that ends the connection.
        if json.len() > MAX_CONTROL {
            return Self::Unknown.to_json();
        }
        json
    }
}
