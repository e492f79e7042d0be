//! The three languages of a connection.

use super::frame::{Codec, Frame};
use super::framed::Framed;
use super::raw::{MessageEnd, Raw};
use super::tictalk::Tictalk;
use bytes::BytesMut;

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

    /// A codec for one connection of a pair.
    #[must_use]
    pub fn codec(self) -> Box<dyn Codec> {
        self.codec_with(MessageEnd::Silence)
    }

    /// A codec for one connection of a room, in which a raw peer sends lines, many at once, and is sent
    /// lines.
    #[must_use]
    pub fn room_codec(self) -> Box<dyn Codec> {
        self.codec_with(MessageEnd::Newline)
    }

    /// Appends `frame` to `out` as a [`room_codec`](Self::room_codec) says it.
    pub fn encode_in_room(self, frame: &Frame, out: &mut BytesMut) {
        match self {
            Self::Tictalk => Tictalk.encode(frame, out),
            Self::Framed => Framed.encode(frame, out),
            Self::Raw => Raw::new(MessageEnd::Newline).encode(frame, out),
        }
    }

    fn codec_with(self, ends: MessageEnd) -> Box<dyn Codec> {
        match self {
            Self::Tictalk => Box::new(Tictalk),
            Self::Framed => Box::new(Framed),
            Self::Raw => Box::new(Raw::new(ends)),
        }
    }
}
