//! The `framed` dialect: `<u32 big-endian size><data>`, for programs of a few lines in any
//! language.

use super::tictalk::{HEADER, payload, short};
use super::{Arrival, Codec, Frame, MAX_TEXT, WireError};
use crate::text::lossy;
use bytes::{Buf as _, BufMut as _, BytesMut};

/// The codec of the `framed` dialect. It has no state.
#[derive(Debug)]
pub(super) struct Framed;

impl Codec for Framed {
    /// Bytes that are not UTF-8 become U+FFFD: a peer of a few lines may not check them.
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        let Some(header) = buffer.first_chunk::<HEADER>() else {
            return short(buffer, HEADER, arrival);
        };
        let size = u32::from_be_bytes(*header) as usize;
        if size == 0 {
            // An empty line: the peer may be waiting for an answer.
            buffer.advance(HEADER);
            return Ok(Some(Frame::Text(String::new())));
        }
        let Some(payload) = payload(buffer, "message", size, MAX_TEXT, arrival)? else {
            return Ok(None);
        };
        let text = lossy(payload);
        buffer.advance(HEADER + size);
        Ok(Some(Frame::Text(text)))
    }

    fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        let Frame::Text(text) = frame else { return };
        out.reserve(HEADER + text.len());
        out.put_uint(text.len() as u64, HEADER);
        out.put_slice(text.as_bytes());
    }
}
