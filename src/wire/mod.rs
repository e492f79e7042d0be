//! Bytes and frames: what goes over the socket.
//!
//! One TCP connection carries a session from its first message to its last, in one of three
//! [`Dialect`]s. Each dialect has a file of its own here and speaks through the [`Codec`] trait,
//! so that nothing above this room knows how a message looks on the wire.
//!
//! The frame of the `tictalk` dialect:
//!
//! ```text
//!  0        1                         4
//!  +--------+-------------------------+------------------------+
//!  | kind   | length, 24-bit big-end. | payload (length bytes) |
//!  +--------+-------------------------+------------------------+
//! ```
//!
//! | kind | name | payload | limit |
//! |---|---|---|---|
//! | 0 | text | one message, UTF-8, never empty | [`MAX_TEXT`] |
//! | 1 | control | one JSON object with a `"type"` | [`MAX_CONTROL`] |
//!
//! Any other kind, an empty payload or a length over its limit is a [`WireError`], and the
//! connection is closed. A length is checked before a byte is allocated for it.
//!
//! A text frame has kind 0 and at most 4,096 bytes, so it is also a 4-byte big-endian size and the
//! data: the `framed` dialect is the same bytes without control frames. The words on the wire are
//! the words a person types: `Hello`, `/q`, `play tictactoe`, `5`.
//!
//! # Dialects
//! The side that listens decides by the first bytes that it receives; the side that connects says
//! which one it speaks, and a connection never falls back by itself.
//!
//! | dialect | first bytes | text that is no UTF-8 | who checks the rules |
//! |---|---|---|---|
//! | tictalk | `01` | a [`WireError`] | both sides; what breaks one ends the connection |
//! | framed | `00 00` | shown with U+FFFD | we do; what breaks one is answered with the reason |
//! | raw | anything else | shown with U+FFFD | as for framed |
//!
//! A raw message is what arrives until the line has been quiet for 30 ms, at most 4,096 bytes, cut
//! between characters; an empty line is none. Ours go out in one write and end in a newline where
//! the peer's last one did; `/q` is always exactly these two bytes.
//!
//! Commands of telnet (RFC 854) in raw bytes are dropped, and NULs at the end of a raw message too.
//!
//! A visitor that begins with a request of HTTP, a TLS record or `SSH-` has come to the wrong port:
//! it is no partner ([`Opener`]). HTTP is answered with [`HTTP_ANSWER`], the others with a close.
//!
//! # Greeting
//! In the `tictalk` dialect the side that connects sends [`Control::Hello`] and is answered with
//! [`Control::Welcome`] within 5 seconds, or with [`Control::Refuse`] and a close. A greeting, or a
//! first frame, that has begun has 30 seconds to end. A connection that has sent nothing may stay;
//! when there are too many that have not introduced themselves, the oldest goes.
//!
//! The greeting of a new session, and of one that goes on:
//!
//! ```text
//! client: {"type":"hello","version":2,"name":"ann"}
//! server: {"type":"welcome","version":2,"name":"bob","mode":"pair",
//!          "session":"<ticket: 32 hex digits>","turns":0,"digest":"<64 hex digits>"}
//!
//! client: {"type":"hello","version":2,"name":"ann","nonce":"<32 hex digits>",
//!          "resume":{"session":"<handle: 32 hex digits>","turns":7,"digest":"<64 hex digits>"}}
//! server: {"type":"challenge","nonce":"<32 hex digits>","proof":"<64 hex digits>"}
//! client: {"type":"proof","proof":"<64 hex digits>"}
//! server: {"type":"welcome","version":2,"name":"bob","mode":"pair",
//!          "session":"<ticket: 32 hex digits>","turns":6,"digest":"<64 hex digits>"}
//! ```
//!
//! A server that knows the session proves it first: a client tells its own proof, and believes an
//! `ended` or a `diverged`, only after that of the server. A server that does not know the session
//! refuses with `unknown`. How handle and proofs are made stands with [`Exchange`].
//!
//! | field | what it says |
//! |---|---|
//! | `name` | how the person wants to be called; may be missing |
//! | `mode` | `pair`, or `room`: what follows in a room stands with `room` |
//! | `room` | in a room, who comes in, or back and as whom |
//! | `session` | in a welcome the [`Ticket`]: 128 random bits that the server makes, a secret of the two ends; in `resume` its public [`Handle`] |
//! | `nonce` | 128 random bits of the sender, for this connection only |
//! | `proof` | that the sender knows the ticket: a digest over it and both nonces |
//! | `turns` | how many turns the sender has written down |
//! | `digest` | a SHA-256 chain over them; how it is made stands with `session::Log` |
//!
//! `session`, `turns` and `digest` stand together or not at all: a server that does not wait for a
//! partner whose connection broke leaves them out. Unknown fields and types are let pass.
//!
//! # A connection that breaks
//! A connection that ends without `/q` is not the end of the session. The client connects anew and
//! says in its hello how far it has come; the server answers how far it has come itself, also when
//! it has not noticed yet that the old connection is gone. Since turns alternate and a turn is
//! written down before it is sent, the two differ by one turn at the most. Whoever has that one
//! sends it again as its next text frame; then the talk goes on. Whoever finds that the other's
//! digest is not the one that it has at that number of turns ends the connection: logs that do not
//! match are never merged.
//!
//! A server that knows the ticket and has no turn of the session written down has heard nothing yet:
//! it goes on where the client has said one turn at most. Else it refuses:
//!
//! | reason | the client |
//! |---|---|
//! | `busy` | comes again: somebody else has the seat, or the server cannot look into its journal |
//! | `version` | ends: the two speak different versions |
//! | `unknown` | ends: the server does not know the session |
//! | `ended` | ends, and notes it: somebody has said goodbye |
//! | `diverged` | ends: the two have written down different turns |
//! | `name` | ends, or asks for another name: this one cannot be had in the room |
//! | `kicked` | ends: somebody has removed it from the room |
//! | `behind` | comes again: it has not answered the room, or not read what it was sent |
//! | `replaced` | ends: the same client has another connection to the room |
//!
//! The ticket lets a program back to its seat and keeps everybody else from it, and a program that
//! takes the port of a server that died learns nothing of use. It is no protection against somebody
//! who can read or relay the connection: nothing on it is encrypted.
//!
//! # Receipts
//! When a turn has been written down and shown, its receiver says so with
//! `{"type":"receipt","turns":7}`: how many turns that makes. Its own next turn says the same, so
//! where that follows within 40 ms there is no receipt. Nobody waits for one.
//!
//! # Pings
//! Each end of a pair sends `{"type":"ping"}` every 10 seconds, and answers one with
//! `{"type":"pong"}`. A connection on which nothing came for 25 seconds counts as broken.
//!
//! # Turns
//! Text frames alternate strictly, and the connecting side sends first. Up to two messages that
//! come too early are held, so that a `/q` or a close right behind the first is felt at once, and
//! then nothing is read: a peer that floods is slowed by TCP itself. What a raw server says before
//! the first turn is a banner and costs no turn.
//!
//! Some turns in a game are nobody's choice: a program takes them by itself, and they are turns like
//! any other. A side that has the turn but nothing to do in the game says `noted`, such as in front
//! of a rematch that the other side begins. Where a game has secrets, its turns are words for
//! programs (`sealed <64 hex digits>`); the file of each game lists them. How a secret is sealed
//! stands with `games::seal`. Secrets and coins are only for two `tictalk` programs, since each has
//! to check the other.
//!
//! A framed or raw partner draws no boards, so in a game it is sent them: the first line of a
//! message is what was said (`5`, `play tictactoe`), and what follows is for a person to look at.
//! Of what it sends, the first line tells whether it is a command or a move. What it has to know when it
//! is not its turn to be told, such as that its own move has won, stands behind what is said next.

use bytes::BytesMut;
use std::fmt;
use std::time::Duration;

mod framed;
mod handshake;
mod proof;
mod raw;
mod room;
mod standing;
mod stranger;
mod telnet;
mod text;
mod tictalk;

pub use crate::hex::NotHex;
pub use handshake::{Control, HANDSHAKE_VERSION, Mode, Name, NameError, Reason};
pub use proof::{Exchange, Handle, Nonce, Proof, Prover};
pub use room::{Author, End, Entrance, MemberId, Membership, Parting, Post, PostId, What};
pub use standing::{Digest, Resume, Standing, Ticket};
pub use stranger::{FIRST_BYTES, HTTP_ANSWER, Opener, Stranger, is_request_line};
pub use telnet::Telnet;
pub use text::{LineNumber, NotALineNumber, Text, TooLong};

/// The longest message, in bytes of UTF-8 (the assignment's limit: one `recv(4096)`).
pub const MAX_TEXT: usize = 4_096;

/// The longest control frame, in bytes of JSON.
pub const MAX_CONTROL: usize = 65_536;

/// The word that ends a session, on the wire as at the prompt.
pub const QUIT: &str = "/q";

/// One unit of what a peer sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// What a person typed, without the line ending: at most [`MAX_TEXT`] bytes as it is sent, and
    /// empty only from a framed peer. Bytes that were no UTF-8 are U+FFFD here, and longer.
    Text(String),
    /// What the two programs tell each other; only the `tictalk` dialect has it.
    Control(Control),
}

/// What the bytes of a peer can do wrong: each says what was expected and what came.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WireError {
    /// A length over the limit of its kind; it is checked before anything is allocated.
    #[error("expected at most {limit} bytes in a {kind}, but {size} were announced")]
    TooLong {
        /// What was announced, such as `message`.
        kind: &'static str,
        /// The announced length in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A message without a byte in it.
    #[error("expected a message of 1 to {MAX_TEXT} bytes, but an empty one came")]
    Empty,
    /// A kind that the dialect does not have.
    #[error("expected a frame of kind 0 (text) or 1 (control), but kind {0} came")]
    UnknownKind(u8),
    /// Text that is not UTF-8, from a peer that promised UTF-8.
    #[error("expected UTF-8 text, but byte {0} of the frame is not")]
    NotUtf8(usize),
    /// A control frame that is not the JSON it should be.
    #[error("expected a control frame with a JSON object of a known form, but: {0}")]
    BadControl(String),
    /// The end of the connection inside a frame.
    #[error("expected {expected} more bytes of a frame, but the connection ended")]
    CutShort {
        /// How many bytes were missing at least.
        expected: usize,
    },
}

/// Why a codec is asked for frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Bytes have come, and more may follow at once.
    Bytes,
    /// Nothing has come for [`Codec::quiet`].
    Quiet,
    /// The peer will send nothing more.
    End,
}

/// How one dialect turns messages into bytes and back.
pub trait Codec: fmt::Debug + Send {
    /// Takes the next whole frame off the front of `buffer`, if there is one.
    ///
    /// # Errors
    /// [`WireError`] when the bytes break the dialect; the connection is then of no more use.
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError>;

    /// Appends `frame` to `out` as this dialect says it. A dialect without control frames drops them.
    fn encode(&mut self, frame: &Frame, out: &mut BytesMut);

    /// How long the line must be silent before what has come counts as a whole message; `None`
    /// where messages carry their length.
    fn quiet(&self) -> Option<Duration> {
        None
    }
}

/// The language of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// This program's own: text and control frames, UTF-8 guaranteed, rules checked by both sides.
    Tictalk,
    /// `<u32 big-endian size><data>`: a program of a few lines in any language.
    Framed,
    /// No framing at all: `nc`, or a program that only calls `send` and `recv(4096)`.
    Raw,
}

impl Dialect {
    /// Which dialect a connection speaks, told from the first bytes that its opener sent; `None`
    /// while they do not tell yet.
    ///
    /// A `tictalk` peer opens with a control frame (`01`), a `framed` one with a size of at most
    /// 4,096 (`00 00`), and text for people begins with neither.
    #[must_use]
    pub fn of_first_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [] | [0] => None,
            [1, ..] => Some(Self::Tictalk),
            [0, 0, ..] => Some(Self::Framed),
            _ => Some(Self::Raw),
        }
    }

    /// Its name, as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tictalk => "tictalk",
            Self::Framed => "framed",
            Self::Raw => "raw",
        }
    }

    /// A codec for one connection of this dialect.
    #[must_use]
    pub fn codec(self) -> Box<dyn Codec> {
        match self {
            Self::Tictalk => Box::new(tictalk::Tictalk),
            Self::Framed => Box::new(framed::Framed),
            Self::Raw => Box::new(raw::Raw::default()),
        }
    }
}
