//! The text of a message: its sender, its number and its time.

/// Bytes in a message's text.
pub(crate) const SIZE: usize = 100;

/// Offset of the text in a frame.
pub(crate) const HEADER: usize = 4;

/// Prefix of a text, which tells it from texts of the room.
const MARK: u8 = b'~';

/// The contents of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) sender: usize,
    /// Counted for each sender, from 0.
    pub(crate) number: u32,
    /// Nanoseconds since a time that both ends share.
    pub(crate) at: u64,
}

impl Stamp {
    /// Appends it as a frame.
    pub(crate) fn put(self, out: &mut Vec<u8>) {
        let start = out.len() + HEADER;
        out.extend((SIZE as u32).to_be_bytes());
        out.push(MARK);
        put_letters(self.sender as u64, 4, out);
        put_letters(self.number.into(), 8, out);
        put_letters(self.at, 16, out);
        out.resize(start + SIZE, b'.');
    }

    /// Reads the stamp at the end of `text`, if there is one. Before it is the sender's name.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let stamp = text.get(text.len().checked_sub(SIZE)?..)?;
        let (mark, stamp) = stamp.split_first()?;
        let (sender, stamp) = stamp.split_at_checked(4)?;
        let (number, stamp) = stamp.split_at_checked(8)?;
        (*mark == MARK).then_some(())?;
        Some(Self {
            sender: usize::try_from(letters(sender)).ok()?,
            number: u32::try_from(letters(number)).ok()?,
            at: letters(stamp.get(..16)?),
        })
    }
}

/// Four bits a letter: fast to parse, and valid text in every dialect.
fn put_letters(value: u64, count: u32, out: &mut Vec<u8>) {
    let bits = (0..count).rev().map(|place| (value >> (4 * place)) & 15);
    out.extend(bits.map(|bits| b'a' + bits as u8));
}

fn letters(text: &[u8]) -> u64 {
    let bits = text.iter().map(|letter| letter.wrapping_sub(b'a') & 15);
    bits.fold(0, |value, bits| value << 4 | u64::from(bits))
}

/// Appends a frame with this text.
pub(crate) fn put_text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_be_bytes());
    out.extend(text.as_bytes());
}

/// Takes the text of the first frame off `bytes`, if the frame is complete.
pub(crate) fn next_text<'bytes>(bytes: &mut &'bytes [u8]) -> Option<&'bytes [u8]> {
    let (size, rest) = bytes.split_first_chunk::<HEADER>()?;
    let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*size) as usize)?;
    *bytes = rest;
    Some(text)
}
