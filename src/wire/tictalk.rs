//! The `tictalk` dialect: frames of a kind, a 24-bit length and a payload.

use super::{Arrival, Codec, Control, Frame, MAX_CONTROL, MAX_TEXT, WireError};
use bytes::{Buf, BufMut, BytesMut};

/// The length of a header in bytes.
pub(super) const HEADER: usize = 4;

/// The kind of a frame with text.
pub(super) const TEXT: u8 = 0;
/// The kind of a frame with a control message.
pub(super) const CONTROL: u8 = 1;

/// The codec of the `tictalk` dialect. It has no state.
#[derive(Debug)]
pub(super) struct Tictalk;

impl Codec for Tictalk {
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        let Some(&[kind, high, middle, low]) = buffer.first_chunk::<HEADER>() else {
            return short(buffer, HEADER, arrival);
        };
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        match kind {
            TEXT => {
                let Some(payload) = payload(buffer, "message", length, MAX_TEXT, arrival)? else {
                    return Ok(None);
                };
                let text = std::str::from_utf8(payload)
                    .map_err(|error| WireError::NotUtf8(error.valid_up_to()))?
                    .to_owned();
                buffer.advance(HEADER + length);
                Ok(Some(Frame::Text(text)))
            }
            CONTROL => {
                let Some(payload) = payload(buffer, "control frame", length, MAX_CONTROL, arrival)?
                else {
                    return Ok(None);
                };
                let control = Control::from_json(payload)?;
                buffer.advance(HEADER + length);
                Ok(Some(Frame::Control(control)))
            }
            unknown => Err(WireError::UnknownKind(unknown)),
        }
    }

    fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        match frame {
            Frame::Text(text) => put(out, TEXT, text.as_bytes()),
            Frame::Control(control) => put(out, CONTROL, &control.to_json()),
        }
    }
}

fn put(out: &mut BytesMut, kind: u8, payload: &[u8]) {
    out.reserve(HEADER + payload.len());
    out.put_u8(kind);
    out.put_uint(payload.len() as u64, 3);
    out.put_slice(payload);
}

/// The payload of the frame at the front of `buffer`, if it is complete.
pub(super) fn payload<'a>(
    buffer: &'a BytesMut,
    kind: &'static str,
    size: usize,
    limit: usize,
    arrival: Arrival,
) -> Result<Option<&'a [u8]>, WireError> {
    if size > limit {
        return Err(WireError::TooLong { kind, size, limit });
    }
    if size == 0 {
        return Err(WireError::Empty);
    }
    match buffer.get(HEADER..HEADER + size) {
        Some(payload) => Ok(Some(payload)),
        None => short(buffer, HEADER + size, arrival),
    }
}

/// No frame yet, or an error if the connection has ended inside one.
pub(super) fn short<T>(
    buffer: &BytesMut,
    needed: usize,
    arrival: Arrival,
) -> Result<Option<T>, WireError> {
    if arrival == Arrival::End && !buffer.is_empty() {
        let expected = needed - buffer.len();
        return Err(WireError::CutShort { expected });
    }
    Ok(None)
}
