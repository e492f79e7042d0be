//! The dialects of a connection.

use super::counted::Counted;
use super::frame::{Codec, Frame};
use super::framed::Framed;
use super::limits::MAX_TEXT;
use super::lines::Lines;
use super::raw::{MessageEnd, Raw};
use super::size::SizeForm;
use super::tictalk::Tictalk;
use super::web::{self, Web};
use bytes::BytesMut;

/// The protocol of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// Between two tictalk programs: text and control frames, UTF-8 only. Both sides check the
    /// rules.
    Tictalk,
    /// `<u32 big-endian size><data>`: for programs of a few lines in any language.
    Framed,
    /// The same with a size of another form.
    Counted(SizeForm),
    /// Each line is one message: for programs that read lines.
    Lines,
    /// No framing: `nc`, or a program that only calls `send` and `recv(4096)`.
    Raw,
    /// The messages of a WebSocket (RFC 6455), each with one control message or text as JSON: for
    /// the page in a browser. The request that opens the WebSocket precedes them.
    Web,
}

impl Dialect {
    /// The dialects that a person can choose.
    #[must_use]
    pub fn choices() -> Vec<Self> {
        let counted = SizeForm::ALL.into_iter().map(Self::Counted);
        [Self::Tictalk, Self::Framed, Self::Lines, Self::Raw]
            .into_iter()
            .chain(counted)
            .collect()
    }

    /// The dialect of this [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::choices().into_iter().chain([Self::Web]);
        all.find(|dialect| dialect.name() == name)
    }

    /// Whether the dialect has control messages, and with them a greeting.
    #[must_use]
    pub fn has_controls(self) -> bool {
        match self {
            Self::Tictalk | Self::Web => true,
            Self::Framed | Self::Counted(_) | Self::Lines | Self::Raw => false,
        }
    }

    /// Whether a session in this dialect can be resumed on another connection.
    #[must_use]
    pub fn can_resume(self) -> bool {
        self == Self::Tictalk
    }

    /// The name, as in `--wire`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tictalk => "tictalk",
            Self::Framed => "framed",
            Self::Counted(form) => form.name(),
            Self::Lines => "lines",
            Self::Raw => "raw",
            Self::Web => "web",
        }
    }

    /// How its messages are told apart, in a few words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Tictalk => "the protocol of this program".to_owned(),
            Self::Framed => {
                "messages with their size in front, as a 32-bit big-endian number".to_owned()
            }
            Self::Counted(form) => {
                format!("messages with their size in front, as {}", form.words())
            }
            Self::Lines => "one line is one message".to_owned(),
            Self::Raw => "plain text, and a pause after each message".to_owned(),
            Self::Web => "the messages of the page in a browser".to_owned(),
        }
    }

    /// The longest message, in bytes of UTF-8.
    #[must_use]
    pub fn longest(self) -> usize {
        match self {
            Self::Counted(form) => form.longest(),
            Self::Tictalk | Self::Framed | Self::Lines | Self::Raw | Self::Web => MAX_TEXT,
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
            Self::Counted(form) => Counted::new(form).encode(frame, out),
            Self::Lines => Lines::default().encode(frame, out),
            Self::Raw => Raw::new(MessageEnd::Newline).encode(frame, out),
            Self::Web => Web::default().encode(frame, out),
        }
    }

    /// Appends the last bytes of this side of a connection, if the dialect has such.
    pub fn put_close(self, out: &mut BytesMut) {
        match self {
            Self::Tictalk | Self::Framed | Self::Counted(_) | Self::Lines | Self::Raw => {}
            Self::Web => web::put_close(out),
        }
    }

    fn codec_with(self, ends: MessageEnd) -> Box<dyn Codec> {
        match self {
            Self::Tictalk => Box::new(Tictalk),
            Self::Framed => Box::new(Framed),
            Self::Counted(form) => Box::new(Counted::new(form)),
            Self::Lines => Box::new(Lines::default()),
            Self::Raw => Box::new(Raw::new(ends)),
            Self::Web => Box::new(Web::default()),
        }
    }
}
