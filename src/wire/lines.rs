//! One line is one message: for programs that read lines.

use super::error::WireError;
use super::frame::{Arrival, Codec, Frame};
use super::limits::MAX_TEXT;
use super::raw::whole_characters;
use super::telnet::Telnet;
use crate::text::lossy;
use bytes::{Buf as _, BufMut as _, BytesMut};

/// The codec of the `lines` dialect.
#[derive(Debug, Default)]
pub(super) struct Lines {
    telnet: Telnet,
}

impl Codec for Lines {
    /// Never fails: every byte is text, and bytes that are not UTF-8 become U+FFFD. An empty line is
    /// an empty message. A line over [`MAX_TEXT`] is cut into several.
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        self.telnet.strip(buffer);
        let searched = buffer.get(..=MAX_TEXT).unwrap_or(buffer);
        let end = searched.iter().position(|byte| *byte == b'\n');
        let length = match end {
            Some(end) => end,
            None if buffer.len() > MAX_TEXT => whole_characters(buffer),
            None if arrival == Arrival::End && !buffer.is_empty() => buffer.len(),
            None => return Ok(None),
        };
        let line = buffer.split_to(length);
        if end.is_some() {
            buffer.advance(1);
        }
        self.telnet.take(length + usize::from(end.is_some()));
        // A telnet client may end its lines in CR NUL, and a program in C in NUL.
        let line = lossy(&line);
        let line = line.trim_end_matches(['\r', '\0']);
        Ok(Some(Frame::Text(line.to_owned())))
    }

    /// Line ends within a text become spaces.
    fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        let Frame::Text(text) = frame else { return };
        for (at, line) in text
            .split(['\r', '\n'])
            .filter(|line| !line.is_empty())
            .enumerate()
        {
            if at > 0 {
                out.put_u8(b' ');
            }
            out.put_slice(line.as_bytes());
        }
        out.put_u8(b'\n');
    }

    fn take_dropped(&mut self) -> usize {
        self.telnet.take_dropped()
    }
}
