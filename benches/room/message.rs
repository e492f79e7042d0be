//! The text of a message: its sender, its number and its time.

/// Bytes in a message's text.
const SIZE: usize = 100;

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
    /// The text of the message.
    pub(crate) fn text(self) -> String {
        let mut text = String::with_capacity(SIZE);
        text.push(MARK.into());
        put_letters(self.sender as u64, 4, &mut text);
        put_letters(self.number.into(), 8, &mut text);
        put_letters(self.at, 16, &mut text);
        text.extend(std::iter::repeat_n('.', SIZE - text.len()));
        text
    }

    /// Reads the stamp at the end of `text`, if there is one. Before it may be the sender's name.
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
fn put_letters(value: u64, count: u32, out: &mut String) {
    let bits = (0..count).rev().map(|place| (value >> (4 * place)) & 15);
    out.extend(bits.map(|bits| char::from(b'a' + bits as u8)));
}

fn letters(text: &[u8]) -> u64 {
    let bits = text.iter().map(|letter| letter.wrapping_sub(b'a') & 15);
    bits.fold(0, |value, bits| value << 4 | u64::from(bits))
}
