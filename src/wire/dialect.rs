//! The four dialects of a connection.

use super::frame::{Codec, Frame};
use super::framed::Framed;
use super::raw::{MessageEnd, Raw};
use super::tictalk::Tictalk;
use super::web::{self, Web};
use bytes::BytesMut;

/// The protocol of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Between two tictalk programs: text and control frames, UTF-8 only. Both sides check the
    /// rules.
    Tictalk,
    /// `<u32 big-endian size><data>`: for programs of a few lines in any language.
    Framed,
    /// No framing: `nc`, or a program that only calls `send` and `recv(4096)`.
    Raw,
    /// The messages of a WebSocket (RFC 6455), each with one control message or text as JSON: for
    /// the page in a browser. The request that opens the WebSocket precedes them.
    Web,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 4] = [Self::Tictalk, Self::Framed, Self::Raw, Self::Web];

    /// The dialects that a client can begin with its first byte.
    pub const OF_CLIENTS: [Self; 3] = [Self::Tictalk, Self::Framed, Self::Raw];

    /// The dialect of this [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// Whether the dialect has control messages, and with them a greeting.
    #[must_use]
    pub fn has_controls(self) -> bool {
        match self {
            Self::Tictalk | Self::Web => true,
            Self::Framed | Self::Raw => false,
        }
    }

    /// Whether a session in this dialect can be resumed on another connection.
    #[must_use]
    pub fn can_resume(self) -> bool {
        match self {
            Self::Tictalk => true,
            Self::Framed | Self::Raw | Self::Web => false,
        }
    }

    /// The dialect of a connection by the first bytes of the side that connects; `None` if more
    /// bytes are needed.
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

    /// The name, as in `--wire`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tictalk => "tictalk",
            Self::Framed => "framed",
            Self::Raw => "raw",
            Self::Web => "web",
        }
    }

    /// A new codec for a connection of a pair.
    #[must_use]
    pub fn codec(self) -> Box<dyn Codec> {
        self.codec_with(MessageEnd::Silence)
    }

    /// A new codec for a connection of a room. A raw peer of a room sends and receives lines, many
    /// at once.
    #[must_use]
    pub fn room_codec(self) -> Box<dyn Codec> {
        self.codec_with(MessageEnd::Newline)
    }

    /// Appends `frame` to `out` as a [`room_codec`](Self::room_codec) does.
    pub fn encode_in_room(self, frame: &Frame, out: &mut BytesMut) {
        match self {
            Self::Tictalk => Tictalk.encode(frame, out),
            Self::Framed => Framed.encode(frame, out),
            Self::Raw => Raw::new(MessageEnd::Newline).encode(frame, out),
            Self::Web => Web::default().encode(frame, out),
        }
    }

    /// Appends the last bytes of this side of a connection, if the dialect has such.
    pub fn put_close(self, out: &mut BytesMut) {
        match self {
            Self::Tictalk | Self::Framed | Self::Raw => {}
            Self::Web => web::put_close(out),
        }
    }

    fn codec_with(self, ends: MessageEnd) -> Box<dyn Codec> {
        match self {
            Self::Tictalk => Box::new(Tictalk),
            Self::Framed => Box::new(Framed),
            Self::Raw => Box::new(Raw::new(ends)),
            Self::Web => Box::new(Web::default()),
        }
    }
}
