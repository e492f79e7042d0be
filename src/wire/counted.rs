//! Messages with their size in front, in the [form](SizeForm) of programs of other people.

use super::error::WireError;
use super::frame::{Arrival, Codec, Frame};
use super::limits::MAX_TEXT;
use super::raw::QUIET;
use super::size::{Padding, SizeForm, SizeHeader, Unit};
use crate::text::lossy;
use bytes::{Buf as _, BufMut as _, BytesMut};
use std::time::Duration;

/// The length of the longest character of UTF-8, in bytes (RFC 3629, 3).
const LONGEST_CHARACTER: usize = 4;

/// The codec of a counted dialect. It writes sizes as the peer's last message has them.
#[derive(Debug)]
pub(super) struct Counted {
    form: SizeForm,
    padding: Padding,
    /// The unit of the peer's sizes, once a message has told it. In ASCII, both are the same.
    unit: Option<Unit>,
}

impl Counted {
    pub(super) fn new(form: SizeForm) -> Self {
        Self {
            form,
            padding: Padding::default(),
            unit: None,
        }
    }

    /// The length in bytes of the message of `size` at the front of `bytes`; `None` if it is not
    /// complete yet.
    fn length(&mut self, size: usize, bytes: &[u8], arrival: Arrival) -> Option<usize> {
        let counted = bytes.get(..size)?;
        // No characters are longer.
        let is_open = bytes.len() < size * LONGEST_CHARACTER;
        if self.unit.is_none() && !counted.is_ascii() {
            // The peer sends one message and waits, so its end tells the unit.
            if arrival == Arrival::Bytes && is_open {
                return None;
            }
            let unit = Unit::of(bytes, size);
            // More bytes than the size, and fewer characters: more of them may be on the way.
            let is_between =
                unit.is_none() && bytes.len() > size && length_of_characters(size, bytes).is_none();
            if is_between && is_open && arrival != Arrival::End {
                return None;
            }
            self.unit = Some(unit.unwrap_or(Unit::Bytes));
        }
        match self.unit {
            Some(Unit::Characters) => match length_of_characters(size, bytes) {
                None if is_open => None,
                length => Some(length.unwrap_or(size)),
            },
            Some(Unit::Bytes) | None => Some(size),
        }
    }
}

/// The length of this many characters; `None` if there are fewer.
fn length_of_characters(count: usize, bytes: &[u8]) -> Option<usize> {
    let is_start = |byte: &u8| byte & 0xc0 != 0x80;
    let mut starts = (0..bytes.len()).filter(|at| bytes.get(*at).is_some_and(is_start));
    match starts.nth(count) {
        Some(next) => Some(next),
        None => {
            let text = std::str::from_utf8(bytes).ok()?;
            (text.chars().count() == count).then_some(text.len())
        }
    }
}

impl Codec for Counted {
    /// Bytes that are not UTF-8 become U+FFFD.
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        let read = self.form.read(buffer);
        let Some(header) = read.map_err(|_| WireError::NotASize(self.form.name()))? else {
            return cut_short(buffer, 1, arrival);
        };
        let SizeHeader {
            length,
            size,
            padding,
        } = header;
        if size > MAX_TEXT {
            return Err(WireError::TooLong {
                kind: "message",
                size,
                limit: MAX_TEXT,
            });
        }
        let bytes = buffer.get(length..).unwrap_or_default();
        let missing = size.saturating_sub(bytes.len());
        let Some(end) = self.length(size, bytes, arrival) else {
            return cut_short(buffer, missing.max(1), arrival);
        };
        if end > MAX_TEXT {
            return Err(WireError::TooLong {
                kind: "message",
                size: end,
                limit: MAX_TEXT,
            });
        }
        let text = lossy(bytes.get(..end).unwrap_or_default());
        buffer.advance(length + end);
        self.padding = padding.unwrap_or(self.padding);
        Ok(Some(Frame::Text(text)))
    }

    /// A text over [`SizeForm::longest`] becomes several messages.
    fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        let Frame::Text(text) = frame else { return };
        let mut rest = text.as_str();
        loop {
            let (message, later) = rest.split_at(rest.floor_char_boundary(self.form.longest()));
            let size = match self.unit {
                Some(Unit::Characters) => message.chars().count(),
                Some(Unit::Bytes) | None => message.len(),
            };
            out.put_slice(&self.form.header(size, self.padding));
            out.put_slice(message.as_bytes());
            if later.is_empty() {
                return;
            }
            rest = later;
        }
    }

    /// Only a message that tells the unit has to be seen to its end.
    fn quiet(&self) -> Option<Duration> {
        self.unit.is_none().then_some(QUIET)
    }
}

/// No frame yet, or an error if the connection has ended inside one.
fn cut_short<T>(
    buffer: &BytesMut,
    expected: usize,
    arrival: Arrival,
) -> Result<Option<T>, WireError> {
    match arrival {
        Arrival::End if !buffer.is_empty() => Err(WireError::CutShort { expected }),
        Arrival::Bytes | Arrival::Quiet | Arrival::End => Ok(None),
    }
}
