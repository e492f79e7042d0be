//! Frames, and how a dialect turns them into bytes and back.

use super::control::Control;
use super::error::WireError;
use bytes::BytesMut;
use std::fmt;
use std::time::Duration;

/// One unit of what a peer sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// What a person typed, without the line ending: at most [`MAX_TEXT`] bytes as it is sent, and
    /// empty only from a framed peer. Bytes that were no UTF-8 are U+FFFD here, and longer.
    Text(String),
    /// What the two programs tell each other; only the `tictalk` dialect has it.
    Control(Control),
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

    /// How many bytes were dropped since the last call because no frame has them, such as commands of
    /// telnet: a server may charge a peer for them.
    fn take_dropped(&mut self) -> usize {
        0
    }
}
