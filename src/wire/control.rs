//! Control frames: the messages between two `tictalk` programs.
//!
//! Unknown fields are ignored, and an unknown type is [`Control::Unknown`], so later versions can
//! add both.

use super::error::WireError;
use super::gathered::Gathered;
use super::handshake::{Abilities, Mode, Reason, Unfinished};
use super::limits::MAX_CONTROL;
use super::name::Name;
use super::others::Others;
use super::proof::{Nonce, Proof};
use super::room::{BoardForm, Entrance, Membership, Post, PostId, Private};
use super::sights::{
    BoardSight, ConnectedSight, HostSecret, MemberSight, PageRole, ResultSight, Sees,
};
use super::standing::{Resume, Standing};
use super::text::{LineNumber, Text};
use super::ticket::Handle;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The maximum length of the reason in [`WireError::BadControl`], in characters.
const REASON: usize = 120;

/// A control frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Control {
    /// The first frame of the side that connects.
    Hello {
        /// The sender's [`HANDSHAKE_VERSION`](super::HANDSHAKE_VERSION).
        version: u32,
        /// The name of the person at this end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        /// The session to resume, and how many turns of it the client has; `None` begins a new one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Resume>,
        /// The nonce for the server's proof. A client without one gets no proof.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
        /// How the client enters a room. Not used in a pair.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<Entrance>,
        /// A session that the client could resume instead, about which it asks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unfinished: Option<Handle>,
        /// What the sender can do.
        #[serde(default, skip_serializing_if = "Abilities::is_empty")]
        can: Abilities,
        /// What a room sends the client as data.
        #[serde(default, skip_serializing_if = "Sees::is_empty")]
        sees: Sees,
        /// The page that the client shows, unless it joins or returns as a member.
        #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
        role: Option<PageRole>,
        /// The secret of the host's page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<HostSecret>,
    },
    /// The listening side proves that it knows the session to resume, and asks for the client's
    /// proof.
    Challenge {
        /// The nonce for the client's proof.
        nonce: Nonce,
        /// The proof that the server knows the ticket.
        proof: Proof,
    },
    /// The answer of a client that has verified the challenge.
    Proof {
        /// The proof that the client knows the ticket.
        proof: Proof,
    },
    /// The listening side accepts the client.
    Welcome {
        /// The sender's [`HANDSHAKE_VERSION`](super::HANDSHAKE_VERSION).
        version: u32,
        /// The name of the person at this end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        /// The kind of conversation.
        mode: Mode,
        /// The session, and how many turns of it the sender has. Without it the session cannot be
        /// resumed.
        #[serde(flatten)]
        standing: Option<Standing>,
        /// The client's membership, if the mode is [`Mode::Room`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<Membership>,
        /// The answer to `unfinished` in the hello.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unfinished: Option<Unfinished>,
        /// What the sender can do.
        #[serde(default, skip_serializing_if = "Abilities::is_empty")]
        can: Abilities,
    },
    /// The listening side refuses the client. A close follows.
    Refuse {
        /// The reason for the program.
        reason: Reason,
        /// The reason for the person.
        message: Text,
        /// The answer to `unfinished` in the hello.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unfinished: Option<Unfinished>,
    },
    /// The receiver of a turn has stored and shown it.
    Receipt {
        /// The number of turns so far.
        turns: u64,
    },
    /// A line that the sender's person said in a pair without taking a turn.
    Comment {
        /// The number of the comment at its sender, from 1.
        number: u64,
        /// Foreign text.
        text: Text,
    },
    /// The receiver of comments has stored and shown them.
    Heard {
        /// The number of the last one.
        comments: u64,
    },
    /// A line typed by a member of a room.
    Say {
        /// The number of the line at this client.
        number: LineNumber,
        /// Foreign text.
        text: Text,
    },
    /// The room has processed, and stored if necessary, the client's lines up to this one.
    Stored {
        /// The number of the last processed line.
        number: u64,
    },
    /// A new post of the room.
    Post(Arc<Post>),
    /// Several new posts about who is in the room.
    Gathered(Gathered),
    /// An old post, as the answer to a request for it.
    Recall(Arc<Post>),
    /// A message of the room to one member, in words for a person.
    Tell {
        /// One or more complete lines.
        text: Text,
        /// The private message that ends with these lines. Left out where an old one is shown
        /// again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        private: Option<Private>,
    },
    /// A member of a room asks for boards of this form.
    Boards {
        /// The form from now on.
        form: BoardForm,
    },
    /// The members of a room. They come in several portions, which together are the list.
    Members {
        /// At most [`MemberSight::PORTION`] members, in the order in which they joined.
        members: Vec<MemberSight>,
        /// The portion includes what the posts up to this one have changed.
        since: PostId,
        /// Whether another portion follows.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        more: bool,
    },
    /// A board, whole.
    Board(Box<BoardSight>),
    /// No more boards of this table come.
    Ended {
        /// The number of the table.
        table: u64,
    },
    /// Whose turn it is in a pair, for a page.
    Turn {
        /// Whether it is the turn of the reader.
        yours: bool,
    },
    /// The room and the ways into it, for the host's page.
    Open {
        /// The room's name, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<Arc<str>>,
        /// The host at which the room listens, as its options name it.
        #[serde(rename = "address")]
        host: String,
        /// The port at which the room listens.
        port: u16,
        /// The links for browsers.
        pages: Vec<String>,
        /// The commands for terminals.
        commands: Vec<String>,
    },
    /// The members and their connections, for the host's page. They come in portions.
    Connected {
        /// At most [`MemberSight::PORTION`] members, in the order in which they joined.
        members: Vec<ConnectedSight>,
        /// Whether another portion follows.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        more: bool,
    },
    /// The other machines that serve the room have changed.
    Others {
        /// All of them, in place of those that were named before.
        others: Others,
    },
    /// The results of the games, the best player first.
    Results {
        /// The players.
        players: Vec<ResultSight>,
    },
    /// Asks for a pong. Each end of a pair pings the other every 10 seconds, and a room its
    /// clients.
    Ping,
    /// The answer to a ping.
    Pong,
    /// A type that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Control {
    /// A refusal that answers no question about a session.
    #[must_use]
    pub fn refuse(reason: Reason, message: Text) -> Self {
        Self::Refuse {
            reason,
            message,
            unfinished: None,
        }
    }

    /// Parses the payload of a control frame.
    ///
    /// # Errors
    /// [`WireError::BadControl`] if it is not a JSON object with a `type`, or if a field is not valid.
    pub(super) fn from_json(payload: &[u8]) -> Result<Self, WireError> {
        serde_json::from_slice(payload).map_err(|error| {
            // The error may quote the frame, which may be long.
            let reason = error.to_string().chars().take(REASON).collect();
            WireError::BadControl(reason)
        })
    }

    /// The payload of the control frame: at most [`MAX_CONTROL`] bytes.
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
