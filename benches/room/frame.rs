//! Frames of the framed dialect: a size of four bytes, then the text.

/// Offset of the text in a frame.
pub(crate) const HEADER: usize = 4;

/// Appends a frame with this text.
pub(crate) fn put_frame(text: &[u8], out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_be_bytes());
    out.extend(text);
}

/// Takes the text of the first frame off `bytes`, if the frame is complete.
pub(crate) fn next_text<'bytes>(bytes: &mut &'bytes [u8]) -> Option<&'bytes [u8]> {
    let (size, rest) = bytes.split_first_chunk::<HEADER>()?;
    let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*size) as usize)?;
    *bytes = rest;
    Some(text)
}
