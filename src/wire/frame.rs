//! Frames, and the trait of the codecs that convert them to bytes and back.

use super::control::Control;
use super::error::WireError;
use bytes::BytesMut;
use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

/// One message on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A line as typed, without the line ending: at most [`MAX_TEXT`](super::MAX_TEXT) bytes on the
    /// wire, and empty only in the dialects that have empty messages. Bytes that are not UTF-8
    /// have become U+FFFD, which is longer.
    Text(String),
    /// A message between the two programs. Only the `tictalk` dialect has them.
    Control(Control),
}

/// The state of a connection when a codec is asked for a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Bytes have arrived, and more may follow immediately.
    Bytes,
    /// Nothing has arrived for [`Codec::quiet`].
    Quiet,
    /// The peer will send nothing more.
    End,
}

/// Converts the frames of one dialect to bytes and back.
pub trait Codec: fmt::Debug + Send {
    /// Removes the next complete frame from the front of `buffer`, if there is one.
    ///
    /// # Errors
    /// [`WireError`] if the bytes violate the dialect. The connection is of no more use.
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError>;

    /// Appends `frame` to `out`. A dialect without control frames drops them.
    fn encode(&mut self, frame: &Frame, out: &mut BytesMut);

    /// How long the connection must be silent before the bytes so far are a complete message;
    /// `None` if messages carry their length.
    fn quiet(&self) -> Option<Duration> {
        None
    }

    /// Tells the most bytes that one packet of this connection carries. After a multiple of it, more
    /// may be on the way.
    fn set_segment(&mut self, bytes: NonZeroUsize) {
        let _ = bytes;
    }

    /// The number of bytes dropped since the last call that belong to no frame, such as telnet
    /// commands. A server may charge a peer for them.
    fn take_dropped(&mut self) -> usize {
        0
    }

    /// Bytes that the dialect itself answers, such as the pong of a WebSocket, to be sent before
    /// anything else. Never longer than the bytes that were decoded since the last call, except for
    /// the last answer before an error.
    fn take_reply(&mut self) -> BytesMut {
        BytesMut::new()
    }
}
