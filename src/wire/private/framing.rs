//! The frames of a private line: a header and a payload.

use crate::wire::error::WireError;
use bytes::{Buf as _, BufMut as _, BytesMut};

/// The first byte of every frame of a private line.
pub(in crate::wire) const PRIVATE: u8 = 2;

/// The length of a header: the kind and the length of the payload, as in the tictalk dialect.
pub(super) const HEADER: usize = 4;

/// The header of a frame whose payload has this length.
pub(super) fn header(length: usize) -> [u8; HEADER] {
    // At most MAX_RECORD and the seal, or MAX_PRIVATE.
    let [.., high, middle, low] = length.to_be_bytes();
    [PRIVATE, high, middle, low]
}

/// A frame of the private line.
pub(super) fn frame(parts: &[&[u8]]) -> BytesMut {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut frame = BytesMut::with_capacity(HEADER + length);
    frame.put_slice(&header(length));
    parts.iter().for_each(|part| frame.put_slice(part));
    frame
}

/// Removes the payload of the first frame from `buffer`, once it is complete. It has 1 to `limit`
/// bytes.
///
/// # Errors
/// [`WireError::UnknownKind`], [`WireError::TooLong`] and [`WireError::Empty`].
pub fn take_frame(buffer: &mut BytesMut, limit: usize) -> Result<Option<BytesMut>, WireError> {
    let Some(&[kind, high, middle, low]) = buffer.first_chunk::<HEADER>() else {
        return match buffer.first() {
            Some(&kind) if kind != PRIVATE => Err(WireError::UnknownKind(kind)),
            _ => Ok(None),
        };
    };
    if kind != PRIVATE {
        return Err(WireError::UnknownKind(kind));
    }
    let size = u32::from_be_bytes([0, high, middle, low]) as usize;
    match size {
        0 => return Err(WireError::Empty),
        size if size > limit => {
            let kind = "record";
            return Err(WireError::TooLong { kind, size, limit });
        }
        _ => {}
    }
    if buffer.len() < HEADER + size {
        return Ok(None);
    }
    buffer.advance(HEADER);
    Ok(Some(buffer.split_to(size)))
}
