//! What carries the frames of a connection: the socket itself, or the records of a private line.

use crate::wire::{PrivateLine, WireError};
use bytes::BytesMut;

/// Which lines a server takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LinePolicy {
    /// Plain ones, and private ones by a key that it knows.
    #[default]
    Plain,
    /// Private ones only.
    Private,
    /// Private ones, and plain ones too.
    Mixed,
}

impl LinePolicy {
    /// Whether programs without encryption are served.
    #[must_use]
    pub fn takes_plain(self) -> bool {
        match self {
            Self::Plain | Self::Mixed => true,
            Self::Private => false,
        }
    }

    /// Whether a code opens a private line.
    #[must_use]
    pub fn takes_code(self) -> bool {
        match self {
            Self::Private | Self::Mixed => true,
            Self::Plain => false,
        }
    }
}

/// Whether a line is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Whoever can read the connection can read the frames.
    Plain,
    /// Only its two ends can.
    Private,
}

/// What carries the frames of a connection.
#[derive(Debug, Default)]
pub enum Line {
    /// The socket. Whoever can read it can read the frames.
    #[default]
    Plain,
    /// Encrypted records.
    Private(Box<PrivateLine>),
}

impl Line {
    /// Whether it is private.
    pub(crate) fn kind(&self) -> LineKind {
        match self {
            Self::Plain => LineKind::Plain,
            Self::Private(_) => LineKind::Private,
        }
    }

    /// The buffer to which arriving bytes are appended: that of the line, or the `inbox` of frames.
    pub(crate) fn received<'a>(&'a mut self, inbox: &'a mut BytesMut) -> &'a mut BytesMut {
        match self {
            Self::Plain => inbox,
            Self::Private(line) => line.reader.received(),
        }
    }

    /// Moves the frames that have arrived into `inbox`.
    ///
    /// # Errors
    /// [`WireError`] if somebody has changed them.
    pub(crate) fn open(&mut self, inbox: &mut BytesMut) -> Result<(), WireError> {
        match self {
            Self::Plain => Ok(()),
            Self::Private(line) => line.reader.open(inbox),
        }
    }

    /// Whether the peer has said that nothing more follows.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Plain => false,
            Self::Private(line) => line.reader.is_closed(),
        }
    }

    /// Checks a connection that has ended.
    ///
    /// # Errors
    /// [`WireError::Cut`] if the peer of a private line has not ended it.
    pub(crate) fn end(&self) -> Result<(), WireError> {
        match self {
            Self::Plain => Ok(()),
            Self::Private(line) => line.reader.end(),
        }
    }

    /// Makes the frames at the end of `out`, from `start` on, ready to be sent.
    pub(crate) fn seal(&mut self, out: &mut BytesMut, start: usize) {
        match self {
            Self::Plain => {}
            Self::Private(line) => {
                let frames = out.split_off(start);
                line.writer.seal(&frames, out);
            }
        }
    }

    /// Appends what says that nothing more follows.
    pub(crate) fn put_close(&mut self, out: &mut BytesMut) {
        match self {
            Self::Plain => {}
            Self::Private(line) => line.writer.close(out),
        }
    }
}

impl From<PrivateLine> for Line {
    fn from(line: PrivateLine) -> Self {
        Self::Private(Box::new(line))
    }
}
