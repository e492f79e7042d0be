//! `<u32 big-endian size><data>`, for programs of a few lines in any language.

use super::tictalk::{HEADER, short, take_payload};
use super::{Arrival, Codec, Frame, MAX_TEXT, WireError};
use bytes::{BufMut, BytesMut};

/// The codec of the `framed` dialect. It keeps nothing between frames.
#[derive(Debug)]
pub(super) struct Framed;

impl Codec for Framed {
    /// Bytes that are no UTF-8 become U+FFFD: a peer of a few lines may well not check them.
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        let Some(header) = buffer.first_chunk::<HEADER>() else {
            return short(buffer, HEADER, arrival);
        };
        let size = u32::from_be_bytes(*header) as usize;
        let payload = take_payload(buffer, "message", size, MAX_TEXT, arrival)?;
        Ok(payload.map(|payload| Frame::Text(String::from_utf8_lossy(&payload).into_owned())))
    }

    fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        let Frame::Text(text) = frame else { return };
        out.reserve(HEADER + text.len());
        out.put_uint(text.len() as u64, HEADER);
        out.put_slice(text.as_bytes());
    }
}
