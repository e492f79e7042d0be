//! How a program marks where a message ends: the forms that the probe writes and recognizes.
//!
//! This is not a [`Dialect`](crate::wire::Dialect). The probe has to write what no codec writes, such
//! as half a header, and reads what no codec accepts, such as a size that counts its own bytes.

use crate::text::lossy;
use crate::wire::MAX_TEXT;

/// The framing of an examined program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// None: what one `send` sends is a message.
    Raw,
    /// A newline ends a message.
    Lines,
    /// A size precedes a message.
    Sized(SizeField, SizeOf),
}

/// How the size is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeField {
    /// This many bytes, the most significant one first.
    Big(usize),
    /// This many bytes, the least significant one first.
    Little(usize),
    /// Decimal digits in this many columns.
    Columns(usize),
    /// Decimal digits up to this mark.
    Until(&'static str),
    /// Decimal digits between two bytes 0.
    BetweenNuls,
}

/// What the size counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeOf {
    /// The text.
    Text,
    /// The text and the size itself.
    Both,
}

/// A message as bytes, in its two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenMessage {
    /// What precedes the text.
    pub header: Vec<u8>,
    /// The text, and what ends it.
    pub body: Vec<u8>,
}

/// The state of the bytes at the front of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// The message is not complete.
    Incomplete,
    /// A message.
    Message(String),
    /// These bytes begin no message.
    Broken(String),
}

/// The forms of sizes, in the order in which a burst is compared with them.
const FIELDS: [(SizeField, &str); 18] = [
    (SizeField::Big(4), "framed"),
    (SizeField::Little(4), "le32"),
    (SizeField::Big(2), "u16"),
    (SizeField::Little(2), "le16"),
    (SizeField::Big(8), "u64"),
    (SizeField::Little(8), "le64"),
    (SizeField::Columns(10), "digits10"),
    (SizeField::Columns(64), "digits64"),
    (SizeField::Columns(4), "digits4"),
    (SizeField::Columns(8), "digits8"),
    (SizeField::Columns(16), "digits16"),
    (SizeField::Columns(32), "digits32"),
    (SizeField::Columns(128), "digits128"),
    (SizeField::Until("|"), "digits-bar"),
    (SizeField::Until("~$"), "digits-tilde-dollar"),
    (SizeField::Until("\0"), "digits-nul"),
    (SizeField::BetweenNuls, "nul-digits-nul"),
    // Last: a digit is one byte, and a text may have as many bytes as its code.
    (SizeField::Big(1), "u8"),
];

/// The most digits before a mark.
const MOST_DIGITS: usize = 9;

impl Framing {
    /// A size of four bytes, the most significant one first.
    pub const FRAMED: Self = Self::Sized(SizeField::Big(4), SizeOf::Text);

    /// Every framing that a person can name.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let sized = FIELDS.map(|(field, _)| Self::Sized(field, SizeOf::Text));
        [Self::Raw, Self::Lines].into_iter().chain(sized).collect()
    }

    /// The name, as in `--wire`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Lines => "lines",
            Self::Sized(field, _) => {
                let row = FIELDS.iter().find(|(known, _)| *known == field);
                row.map_or("sized", |(_, name)| name)
            }
        }
    }

    /// How a message ends, in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Raw => "no framing: what one send() sends is a message".to_owned(),
            Self::Lines => "lines: a newline ends a message".to_owned(),
            Self::Sized(..) => format!("a size comes first: {}", self.short()),
        }
    }

    /// The framing in a few words.
    #[must_use]
    pub fn short(self) -> String {
        match self {
            Self::Raw => "no framing".to_owned(),
            Self::Lines => "lines".to_owned(),
            Self::Sized(field, counts) => {
                let field = match field {
                    SizeField::Big(1) | SizeField::Little(1) => "one byte".to_owned(),
                    SizeField::Big(bytes) => format!("{bytes} bytes, big-endian"),
                    SizeField::Little(bytes) => format!("{bytes} bytes, little-endian"),
                    SizeField::Columns(width) => format!("decimal digits in {width} columns"),
                    SizeField::Until("\0") => "decimal digits, then a byte 0".to_owned(),
                    SizeField::Until(mark) => format!("decimal digits, then {mark}"),
                    SizeField::BetweenNuls => "decimal digits between two bytes 0".to_owned(),
                };
                let counts = match counts {
                    SizeOf::Text => "",
                    SizeOf::Both => ", including its own length",
                };
                format!("{field}{counts}")
            }
        }
    }

    /// The longest text that a message can carry, in bytes; at most `most`.
    #[must_use]
    pub fn longest(self, most: usize) -> usize {
        match self {
            Self::Sized(SizeField::Big(1) | SizeField::Little(1), _) => most.min(255),
            Self::Sized(SizeField::Columns(width @ ..4), _) => most.min(10_usize.pow(width as u32)),
            _ => most,
        }
    }

    /// A message of these bytes.
    #[must_use]
    pub fn write(self, text: &[u8]) -> WrittenMessage {
        let mut body = text.to_vec();
        let header = match self {
            Self::Raw => Vec::new(),
            Self::Lines => {
                body.push(b'\n');
                Vec::new()
            }
            Self::Sized(field, counts) => field.write(text.len(), counts),
        };
        WrittenMessage { header, body }
    }

    /// Removes the first message from the front of `inbox`. A raw one is everything that is there.
    pub fn take(self, inbox: &mut Vec<u8>) -> Taken {
        match self {
            Self::Raw if inbox.is_empty() => Taken::Incomplete,
            Self::Raw => Taken::Message(lossy(&std::mem::take(inbox))),
            Self::Lines => match inbox.iter().position(|byte| *byte == b'\n') {
                Some(end) => {
                    let line: Vec<u8> = inbox.drain(..=end).collect();
                    Taken::Message(lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
                }
                None => Taken::Incomplete,
            },
            Self::Sized(field, counts) => {
                let (header, size) = match field.read(inbox, counts) {
                    Ok(Some(read)) => read,
                    Ok(None) => return Taken::Incomplete,
                    Err(problem) => return Taken::Broken(problem),
                };
                if size > LONGEST_ANSWER {
                    return Taken::Broken(format!("a size of {size} bytes"));
                }
                let Some(body) = inbox.get(header..header + size) else {
                    return Taken::Incomplete;
                };
                let text = lossy(body);
                inbox.drain(..header + size);
                Taken::Message(text)
            }
        }
    }

    /// The framing of a first burst: the one whose size is exactly what follows. Text without a size
    /// is raw or lines, which a burst alone does not tell apart.
    #[must_use]
    pub fn of_burst(burst: &[u8]) -> Option<Self> {
        let sized = [SizeOf::Text, SizeOf::Both].into_iter().flat_map(|counts| {
            let fields = FIELDS.into_iter();
            fields.map(move |(field, _)| Self::Sized(field, counts))
        });
        let sized: Vec<Self> = sized.collect();
        let fits = |framing: &Self, accepts: fn(&str) -> bool| {
            let mut inbox = burst.to_vec();
            while !inbox.is_empty() {
                match framing.take(&mut inbox) {
                    Taken::Message(text) if accepts(&text) => {}
                    _ => return false,
                }
            }
            !burst.is_empty()
        };
        let text = sized.iter().find(|framing| fits(framing, is_text));
        if let Some(framing) = text {
            return Some(*framing);
        }
        match burst.first() {
            None => None,
            Some(b' '.. | b'\t' | b'\r' | b'\n' | 0x1b) => {
                is_mostly_text(burst).then_some(Self::Raw)
            }
            Some(_) => sized.into_iter().find(|framing| fits(framing, |_| true)),
        }
    }
}

/// The longest answer that the probe takes in, in bytes.
const LONGEST_ANSWER: usize = 16 * MAX_TEXT;

/// Whether a program may have meant this as text for a person. An empty text says nothing.
fn is_text(text: &str) -> bool {
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    !text.is_empty() && text.chars().all(is_text)
}

/// Whether bytes without a size may be text in some encoding. Blocks are padded with NUL, colours are
/// control characters, and a program may quote a size that it has taken for text.
fn is_mostly_text(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    let text = lossy(
        bytes
            .get(..end.map_or(0, |last| last + 1))
            .unwrap_or_default(),
    );
    let is_odd = |c: &char| match c {
        '\t' | '\r' | '\n' | '\u{7}' | '\u{8}' | '\u{1b}' => false,
        '\u{fffd}' => true,
        c => c.is_control(),
    };
    let odd = text.chars().filter(is_odd).count();
    let mut start = text.chars();
    let begins_oddly =
        start.next().is_none_or(|c| c == '\u{fffd}') && start.next().is_none_or(|c| is_odd(&c));
    !begins_oddly && odd * 2 <= text.chars().count()
}

impl SizeField {
    fn length(self, size: usize) -> usize {
        match self {
            Self::Big(bytes) | Self::Little(bytes) => bytes,
            Self::Columns(width) => width,
            Self::Until(mark) => size.to_string().len() + mark.len(),
            Self::BetweenNuls => size.to_string().len() + 2,
        }
    }

    fn write(self, text: usize, counts: SizeOf) -> Vec<u8> {
        let size = match counts {
            SizeOf::Text => text,
            SizeOf::Both => text + self.length(text),
        };
        match self {
            Self::Big(bytes) => {
                let all = (size as u64).to_be_bytes();
                all.iter().skip(all.len() - bytes.min(8)).copied().collect()
            }
            Self::Little(bytes) => (size as u64)
                .to_le_bytes()
                .into_iter()
                .take(bytes)
                .collect(),
            Self::Columns(width) => format!("{size:<width$}").into_bytes(),
            Self::Until(mark) => format!("{size}{mark}").into_bytes(),
            Self::BetweenNuls => format!("\0{size}\0").into_bytes(),
        }
    }

    /// The length of the header and of the text after it; `None` if the header is not complete.
    fn read(self, bytes: &[u8], counts: SizeOf) -> Result<Option<(usize, usize)>, String> {
        let number = |digits: &[u8]| {
            let digits = digits.trim_ascii();
            let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            let number = std::str::from_utf8(digits).ok().filter(|_| is_number);
            number
                .and_then(|it| it.parse::<u64>().ok())
                .ok_or_else(|| format!("{:?} instead of a size", lossy(digits)))
        };
        let (length, size) = match self {
            Self::Big(width) | Self::Little(width) => {
                let Some(field) = bytes.get(..width) else {
                    return Ok(None);
                };
                let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
                let size = match self {
                    Self::Little(_) => field.iter().rev().fold(0, add),
                    _ => field.iter().fold(0, add),
                };
                (width, size)
            }
            Self::Columns(width) => match bytes.get(..width) {
                Some(field) => (width, number(field)?),
                None => return Ok(None),
            },
            Self::BetweenNuls => match bytes.split_first() {
                None => return Ok(None),
                Some((0, rest)) => {
                    let found = Self::Until("\0").read(rest, SizeOf::Text)?;
                    let Some((length, size)) = found else {
                        return Ok(None);
                    };
                    (length + 1, size as u64)
                }
                Some(_) => return Err("no byte 0 before the size".to_owned()),
            },
            Self::Until(mark) => {
                let most = bytes.len().min(MOST_DIGITS + mark.len());
                let searched = bytes.get(..most).unwrap_or_default();
                let mut starts = searched.windows(mark.len());
                match starts.position(|window| window == mark.as_bytes()) {
                    Some(end) => (
                        end + mark.len(),
                        number(searched.get(..end).unwrap_or_default())?,
                    ),
                    None if most < MOST_DIGITS => return Ok(None),
                    None => {
                        return Err(format!("no {} after the size", mark.escape_default()));
                    }
                }
            }
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        match counts {
            SizeOf::Text => Ok(Some((length, size))),
            SizeOf::Both => match size.checked_sub(length) {
                Some(text) => Ok(Some((length, text))),
                None => Err(format!(
                    "a size of {size}, less than its own {length} bytes"
                )),
            },
        }
    }
}
