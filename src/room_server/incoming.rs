//! The reading side of a connection: bytes that have arrived, and the messages in them.

use crate::wire::{
    Arrival, Codec, Control, Dialect, Frame, LineNumber, MAX_TEXT, Telnet, WireError,
};
use bytes::{Buf as _, BytesMut};
use std::time::Duration;
use tokio::time::Instant;

/// How many bytes of telnet commands cost as much as a line.
const STRIPPED: usize = 1_024;

/// How long a raw peer that ends its lines with a newline may take over the rest of one: as long as
/// TCP takes to send a lost packet again.
const RETRANSMISSION: Duration = Duration::from_secs(1);

/// Bytes that have arrived and are not handed on yet.
pub(super) struct Incoming {
    dialect: Dialect,
    codec: Box<dyn Codec>,
    inbox: BytesMut,
    /// Removes what a raw peer's telnet program adds.
    telnet: Telnet,
    /// How many bytes of that were removed and not charged yet.
    stripped: usize,
    /// Whether the last line of a raw peer ended with a newline.
    ends_lines: bool,
    last_arrival: Instant,
    arrival: Arrival,
}

/// What a frame, or a line of a raw peer, means to the room.
#[derive(Debug)]
pub(super) enum Message {
    Line {
        number: Option<LineNumber>,
        text: String,
    },
    /// The answer to a ping, of this many bytes.
    Pong { bytes: usize },
    /// This many bytes without a meaning here. A later version may send them.
    Noise(usize),
}

impl Message {
    /// The meaning of a frame that took this many bytes.
    fn of(frame: Frame, bytes: usize) -> Self {
        match frame {
            Frame::Text(text) if text.trim().is_empty() => Self::Noise(bytes),
            Frame::Text(text) => Self::Line { number: None, text },
            Frame::Control(Control::Say { number, text }) => Self::Line {
                number: Some(number),
                text: text.into(),
            },
            Frame::Control(Control::Pong) => Self::Pong { bytes },
            Frame::Control(_) => Self::Noise(bytes),
        }
    }
}

impl Incoming {
    pub(super) fn new(dialect: Dialect, inbox: BytesMut) -> Self {
        Self {
            dialect,
            codec: dialect.codec(),
            inbox,
            telnet: Telnet::default(),
            stripped: 0,
            ends_lines: false,
            last_arrival: Instant::now(),
            arrival: Arrival::Bytes,
        }
    }

    /// The buffer to which arriving bytes are appended.
    pub(super) fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }

    /// Notes that bytes have arrived, or the end of the connection.
    pub(super) fn arrived(&mut self, has_ended: bool) {
        if has_ended {
            self.arrival = Arrival::End;
        } else {
            self.arrival = Arrival::Bytes;
        }
        if self.codec.quiet().is_some() {
            self.last_arrival = Instant::now();
        }
    }

    /// Notes that nothing has arrived until [`quiet_at`](Self::quiet_at).
    pub(super) fn is_quiet(&mut self) {
        self.arrival = Arrival::Quiet;
    }

    /// Whether the peer has closed its side.
    pub(super) fn has_ended(&self) -> bool {
        self.arrival == Arrival::End
    }

    /// The next frame, if all of it has arrived.
    ///
    /// # Errors
    /// When the peer breaks its dialect. The connection is of no more use.
    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, WireError> {
        self.codec.decode(&mut self.inbox, self.arrival)
    }

    /// The next message, if all of it has arrived.
    ///
    /// # Errors
    /// As [`next_frame`](Self::next_frame).
    pub(super) fn next(&mut self) -> Result<Option<Message>, WireError> {
        let before = self.inbox.len();
        let next = match self.dialect {
            Dialect::Raw => self.next_line(),
            Dialect::Tictalk | Dialect::Framed => {
                let frame = self.next_frame()?;
                let bytes = before - self.inbox.len();
                frame.map(|frame| Message::of(frame, bytes))
            }
        };
        if next.is_none() && self.inbox.is_empty() {
            // Release the buffer: an idle connection must cost nothing.
            self.inbox = BytesMut::new();
        }
        Ok(next)
    }

    /// The next line of a raw peer. Many lines may arrive at once, so a newline ends a line. A line
    /// without one ends when nothing more arrives.
    fn next_line(&mut self) -> Option<Message> {
        let before = self.inbox.len();
        self.telnet.strip(&mut self.inbox);
        self.stripped += before - self.inbox.len();
        if self.stripped >= STRIPPED {
            return Some(Message::Noise(std::mem::take(&mut self.stripped)));
        }
        let searched = self.inbox.get(..=MAX_TEXT).unwrap_or(&self.inbox);
        let end = searched.iter().position(|byte| *byte == b'\n');
        let length = match end {
            Some(end) => end,
            None if self.inbox.len() > MAX_TEXT => whole_characters(&self.inbox),
            None if self.arrival == Arrival::Bytes || self.inbox.is_empty() => return None,
            None => self.inbox.len(),
        };
        let bytes = self.inbox.split_to(length);
        self.ends_lines = end == Some(length);
        if self.ends_lines {
            self.inbox.advance(1);
        }
        self.telnet.take(length + usize::from(self.ends_lines));
        let line = String::from_utf8_lossy(&bytes);
        // A program in C may send the NUL at the end of its text, or its whole buffer.
        let line = line.trim_matches(['\r', '\0']);
        if line.trim().is_empty() {
            return Some(Message::Noise(length + 1));
        }
        let text = line.to_owned();
        Some(Message::Line { number: None, text })
    }

    /// When a line without a newline counts as complete, if nothing more arrives.
    pub(super) fn quiet_at(&self) -> Option<Instant> {
        let quiet = match self.codec.quiet()? {
            _ if self.ends_lines => RETRANSMISSION,
            quiet => quiet,
        };
        let waits = !self.inbox.is_empty() && self.arrival == Arrival::Bytes;
        waits.then(|| self.last_arrival + quiet)
    }
}

/// The length of the longest message at the start of these bytes, which are too many for one, that
/// does not split a UTF-8 character.
fn whole_characters(bytes: &[u8]) -> usize {
    let is_start = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 != 0x80);
    // UTF-8 characters are at most four bytes; longer runs are not valid text.
    let mut ends = (MAX_TEXT - 3..=MAX_TEXT).rev();
    ends.find(is_start).unwrap_or(MAX_TEXT)
}
