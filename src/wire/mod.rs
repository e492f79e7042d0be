//! Bytes and frames: what goes over the socket.
//!
//! Each [`Dialect`] is one file that implements [`Codec`]. The messages are types: [`Control`],
//! [`Standing`], [`Exchange`], [`Post`]. The page that follows specifies them.
#![doc = include_str!("../../docs/protocol.md")]

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
