//! Plain bytes: `nc`, or a program that only calls `send` and `recv(4096)`.

use super::error::WireError;
use super::frame::{Arrival, Codec, Frame};
use super::limits::{MAX_TEXT, QUIT};
use super::telnet::Telnet;
use bytes::{Buf as _, BufMut as _, BytesMut};
use std::num::NonZeroUsize;
use std::time::Duration;

/// How long a connection must be silent before what has arrived is a whole message: much longer
/// than the gaps between the packets of one message, much shorter than a person notices.
pub(super) const QUIET: Duration = Duration::from_millis(30);

/// The same after bytes that look unfinished: long enough for a lost packet to be sent again.
const UNFINISHED: Duration = Duration::from_secs(1);

/// The shortest message that may be the whole buffer of a program in C.
const SHORTEST_BLOCK: usize = 16;

/// The codec of the `raw` dialect.
#[derive(Debug)]
pub(super) struct Raw {
    ends: MessageEnd,
    ending: LineEnding,
    telnet: Telnet,
    /// The most bytes that a packet carries.
    segment: Option<NonZeroUsize>,
    /// Whether the bytes that wait look as if more of them were on the way.
    is_unfinished: bool,
    /// The length of the blocks that the peer pads with NUL. Our messages are padded alike.
    block: Option<usize>,
}

/// What ends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MessageEnd {
    /// Silence: in a pair, each side sends one message and waits for the answer. Our own messages
    /// end as the peer's last one did.
    Silence,
    /// A newline: in a room, many lines may arrive at once. Silence ends a line without one. Our
    /// own messages all end in a newline.
    Newline,
}

/// How the peer's last message ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum LineEnding {
    #[default]
    Bare,
    Newline,
}

impl Raw {
    pub(super) fn new(ends: MessageEnd) -> Self {
        Self {
            ends,
            ending: LineEnding::default(),
            telnet: Telnet::default(),
            segment: None,
            is_unfinished: false,
            block: None,
        }
    }

    /// The next message, which may be blank.
    fn next(&mut self, buffer: &mut BytesMut, arrival: Arrival) -> Option<String> {
        match self.ends {
            MessageEnd::Silence => self.next_burst(buffer, arrival),
            MessageEnd::Newline => self.next_line(buffer, arrival),
        }
    }

    fn next_burst(&mut self, buffer: &mut BytesMut, arrival: Arrival) -> Option<String> {
        if arrival == Arrival::Bytes && buffer.len() < MAX_TEXT {
            let is_whole_segments = |segment| buffer.len().is_multiple_of(segment);
            self.is_unfinished = ends_inside_character(buffer)
                || self.segment.is_some_and(|it| is_whole_segments(it.get()));
            return None;
        }
        let bytes = buffer.split_to(burst_length(buffer));
        self.telnet.take(bytes.len());
        let is_block = bytes.len() >= SHORTEST_BLOCK
            && bytes.len().is_power_of_two()
            && bytes.ends_with(b"\0");
        self.block = is_block.then_some(bytes.len());
        let text = String::from_utf8_lossy(&bytes);
        // A program in C may send the NUL at the end of its text, or its whole buffer.
        let text = text.trim_end_matches('\0');
        self.ending = if text.ends_with('\n') {
            LineEnding::Newline
        } else {
            LineEnding::Bare
        };
        let message = text.trim_start_matches(['\r', '\n']);
        Some(message.trim_end_matches(['\r', '\n', '\0']).to_owned())
    }

    fn next_line(&mut self, buffer: &mut BytesMut, arrival: Arrival) -> Option<String> {
        let searched = buffer.get(..=MAX_TEXT).unwrap_or(buffer);
        let end = searched.iter().position(|byte| *byte == b'\n');
        let length = match end {
            Some(end) => end,
            None if buffer.len() > MAX_TEXT => whole_characters(buffer),
            None if arrival == Arrival::Bytes => return None,
            None => buffer.len(),
        };
        let bytes = buffer.split_to(length);
        self.ending = match end {
            Some(_) => {
                buffer.advance(1);
                self.telnet.take(length + 1);
                LineEnding::Newline
            }
            None => {
                self.telnet.take(length);
                LineEnding::Bare
            }
        };
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_matches(['\r', '\0']);
        // A space or a tab alone says nothing either.
        let is_blank = line.trim().is_empty();
        Some(if is_blank { "" } else { line }.to_owned())
    }
}

impl Codec for Raw {
    /// Never fails: every byte is text, and bytes that are not UTF-8 become U+FFFD. Blank messages
    /// are skipped in a pair, where an empty line typed at `nc` is no turn, and are empty texts in
    /// a room.
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        self.telnet.strip(buffer);
        while !buffer.is_empty() {
            match self.next(buffer, arrival) {
                None => break,
                Some(blank) if blank.is_empty() && self.ends == MessageEnd::Silence => {}
                Some(message) => return Ok(Some(Frame::Text(message))),
            }
        }
        Ok(None)
    }

    /// In a pair the quit word is sent as exactly its two bytes, so that a peer can compare it. A peer
    /// that sends blocks gets blocks.
    fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        let Frame::Text(text) = frame else { return };
        out.put_slice(text.as_bytes());
        let ends_line = match self.ends {
            MessageEnd::Silence => self.ending == LineEnding::Newline && text != QUIT,
            MessageEnd::Newline => true,
        };
        if ends_line {
            out.put_u8(b'\n');
        }
        if let Some(block) = self.block {
            let length = text.len() + usize::from(ends_line);
            let padding = length.next_multiple_of(block) - length;
            out.put_bytes(0, padding);
        }
    }

    fn quiet(&self) -> Option<Duration> {
        Some(match (self.ends, self.ending) {
            (MessageEnd::Newline, LineEnding::Newline) => UNFINISHED,
            (MessageEnd::Silence, _) if self.is_unfinished => UNFINISHED,
            _ => QUIET,
        })
    }

    fn set_segment(&mut self, bytes: NonZeroUsize) {
        self.segment = Some(bytes);
    }

    fn take_dropped(&mut self) -> usize {
        self.telnet.take_dropped()
    }
}

/// How many of the waiting bytes make one message: all of them, except a quit word on the last
/// line, or as many as [`MAX_TEXT`] allows without cutting a character.
fn burst_length(bytes: &[u8]) -> usize {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let end = bytes.iter().rposition(|byte| !is_end(byte));
    let said = bytes
        .get(..end.map_or(0, |last| last + 1))
        .unwrap_or_default();
    if let Some(before) = said.strip_suffix(QUIT.as_bytes())
        && before.ends_with(b"\n")
        && before.len() <= MAX_TEXT
    {
        return before.len();
    }
    if bytes.len() <= MAX_TEXT {
        return bytes.len();
    }
    whole_characters(bytes)
}

/// The longest prefix of at most [`MAX_TEXT`] bytes that cuts no UTF-8 character. There are more
/// bytes than that.
pub(super) fn whole_characters(bytes: &[u8]) -> usize {
    let is_start = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 != 0x80);
    // UTF-8 characters are at most four bytes; a longer run of continuation bytes is not valid
    // text.
    let mut ends = (MAX_TEXT - 3..=MAX_TEXT).rev();
    ends.find(is_start).unwrap_or(MAX_TEXT)
}

/// Whether the last character of UTF-8 is not complete.
fn ends_inside_character(bytes: &[u8]) -> bool {
    let end = bytes.utf8_chunks().last().map(|chunk| chunk.invalid());
    end.is_some_and(|end| std::str::from_utf8(end).is_err_and(|error| error.error_len().is_none()))
}
