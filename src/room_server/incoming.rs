//! The reading side of a connection: bytes that have arrived, and the messages in them.

use crate::wire::{
    Arrival, BoardForm, Codec, Control, Dialect, Frame, LineNumber, RecordReader, WireError,
};
use bytes::BytesMut;
use std::time::Duration;
use tokio::time::Instant;

/// How many bytes of telnet commands cost as much as a line.
const DROPPED: usize = 1_024;

/// Bytes that have arrived and are not handed on yet.
pub(super) struct Incoming {
    codec: Box<dyn Codec>,
    /// What opens the records of a private line.
    records: Option<Box<RecordReader>>,
    inbox: BytesMut,
    /// Time taken by records that is not charged yet.
    opening: Duration,
    /// How many bytes the codec has dropped that are not charged yet.
    dropped: usize,
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
    /// A wish for boards of this form, of this many bytes.
    Boards { form: BoardForm, bytes: usize },
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
            Frame::Control(Control::Boards { form }) => Self::Boards { form, bytes },
            // A client does not send these here. A later version may send more.
            Frame::Control(
                Control::Hello { .. }
                | Control::Challenge { .. }
                | Control::Proof { .. }
                | Control::Welcome { .. }
                | Control::Refuse { .. }
                | Control::Receipt { .. }
                | Control::Stored { .. }
                | Control::Post(_)
                | Control::Gathered(_)
                | Control::Recall(_)
                | Control::Tell { .. }
                | Control::Comment { .. }
                | Control::Heard { .. }
                | Control::Members { .. }
                | Control::Board(_)
                | Control::Ended { .. }
                | Control::Turn { .. }
                | Control::Open { .. }
                | Control::Connected { .. }
                | Control::Others { .. }
                | Control::Results { .. }
                | Control::Ping
                | Control::Unknown,
            ) => Self::Noise(bytes),
        }
    }
}

impl Incoming {
    pub(super) fn new(dialect: Dialect, inbox: BytesMut) -> Self {
        Self {
            codec: dialect.room_codec(),
            records: None,
            inbox,
            opening: Duration::ZERO,
            dropped: 0,
            last_arrival: Instant::now(),
            arrival: Arrival::Bytes,
        }
    }

    /// The same for a private line.
    pub(super) fn over(self, records: RecordReader) -> Self {
        Self {
            records: Some(Box::new(records)),
            ..self
        }
    }

    /// The buffer to which arriving bytes are appended.
    pub(super) fn received(&mut self) -> &mut BytesMut {
        match &mut self.records {
            Some(records) => records.received(),
            None => &mut self.inbox,
        }
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

    /// Moves what has arrived over a private line into the inbox.
    ///
    /// # Errors
    /// For a record that the peer has not sent, or not as the next one.
    fn open(&mut self) -> Result<(), WireError> {
        let Some(records) = &mut self.records else {
            return Ok(());
        };
        if records.received().is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let opened = records.open(&mut self.inbox);
        if records.is_closed() {
            self.arrival = Arrival::End;
        }
        self.opening += began.elapsed();
        opened
    }

    /// The time that records have taken since the last call: many short ones take long.
    pub(super) fn take_opening(&mut self) -> Duration {
        std::mem::take(&mut self.opening)
    }

    /// The next message, if all of it has arrived.
    ///
    /// # Errors
    /// As [`next_frame`](Self::next_frame).
    pub(super) fn next(&mut self) -> Result<Option<Message>, WireError> {
        if let Some(noise) = self.dropped_noise() {
            return Ok(Some(noise));
        }
        self.open()?;
        let before = self.inbox.len();
        let frame = self.next_frame()?;
        let dropped = self.codec.take_dropped();
        self.dropped += dropped;
        // Bytes that were dropped earlier as the start of a command may return as text.
        let bytes = before.saturating_sub(self.inbox.len() + dropped);
        let next = match frame {
            Some(frame) => Some(Message::of(frame, bytes)),
            None => self.dropped_noise(),
        };
        if next.is_none() && self.inbox.is_empty() {
            // Release the buffer: an idle connection must cost nothing.
            self.inbox = BytesMut::new();
        }
        Ok(next)
    }

    /// What the dialect itself answers to what has arrived.
    pub(super) fn take_reply(&mut self) -> BytesMut {
        self.codec.take_reply()
    }

    /// The charge for dropped bytes, once they cost as much as a line.
    fn dropped_noise(&mut self) -> Option<Message> {
        (self.dropped >= DROPPED).then(|| Message::Noise(std::mem::take(&mut self.dropped)))
    }

    /// When a line without a newline counts as complete, if nothing more arrives.
    pub(super) fn quiet_at(&self) -> Option<Instant> {
        let quiet = self.codec.quiet()?;
        let waits = !self.inbox.is_empty() && self.arrival == Arrival::Bytes;
        waits.then(|| self.last_arrival + quiet)
    }
}
