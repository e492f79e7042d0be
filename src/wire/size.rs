//! The sizes that programs of other people put in front of their messages.

use super::limits::MAX_TEXT;

/// How a program writes the size of a message in front of it. `<u32 big-endian size>` is not among
/// them: that is the [`Framed`](super::Dialect::Framed) dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SizeForm {
    /// One byte.
    U8,
    /// Two bytes, big-endian, as `writeUTF` of Java does.
    U16,
    /// Two bytes, little-endian.
    Le16,
    /// Four bytes, little-endian, as `BinaryWriter` of C# does.
    Le32,
    /// Eight bytes, big-endian.
    U64,
    /// Eight bytes, little-endian.
    Le64,
    /// Decimal digits in a field of fixed width, padded with spaces or zeros.
    Columns(Columns),
    /// Decimal digits, and a mark after them.
    Marked(SizeMark),
}

/// The width of a field of decimal digits: the usual ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each name is its meaning")]
pub enum Columns {
    Four,
    Eight,
    Ten,
    Sixteen,
    ThirtyTwo,
    SixtyFour,
    HundredTwentyEight,
}

/// What ends decimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SizeMark {
    /// `|`
    Bar,
    /// `~$`
    TildeDollar,
    /// A byte 0.
    Nul,
    /// A byte 0, and another one in front of the digits.
    Nuls,
}

/// How the field of a size is filled.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// `5   `, as by `{:<4}` in Python.
    #[default]
    SpacesAfter,
    /// `   5`.
    SpacesBefore,
    /// `0005`.
    Zeros,
}

/// The size in front of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SizeHeader {
    /// The length of the header itself, in bytes.
    pub(super) length: usize,
    /// What it announces.
    pub(super) size: usize,
    /// How its field is filled; `None` if the header does not tell.
    pub(super) padding: Option<Padding>,
}

/// Bytes that are not a size of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotASize;

/// The most digits that a size in front of a mark may have.
const DIGITS: usize = 5;

/// The unit of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Bytes.
    Bytes,
    /// Characters of Unicode, as `len` counts a `str` of Python.
    Characters,
}

impl Columns {
    /// The number of columns.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Four => 4,
            Self::Eight => 8,
            Self::Ten => 10,
            Self::Sixteen => 16,
            Self::ThirtyTwo => 32,
            Self::SixtyFour => 64,
            Self::HundredTwentyEight => 128,
        }
    }
}

impl SizeMark {
    fn before(self) -> &'static [u8] {
        match self {
            Self::Bar | Self::TildeDollar | Self::Nul => b"",
            Self::Nuls => b"\0",
        }
    }

    fn after(self) -> &'static [u8] {
        match self {
            Self::Bar => b"|",
            Self::TildeDollar => b"~$",
            Self::Nul | Self::Nuls => b"\0",
        }
    }
}

impl SizeForm {
    /// Every form, in the order in which [`that_fits`](Self::that_fits) tries them.
    pub const ALL: [Self; 17] = [
        Self::Le32,
        Self::U16,
        Self::Le16,
        Self::U64,
        Self::Le64,
        Self::U8,
        Self::Columns(Columns::Ten),
        Self::Columns(Columns::SixtyFour),
        Self::Columns(Columns::Four),
        Self::Columns(Columns::Eight),
        Self::Columns(Columns::Sixteen),
        Self::Columns(Columns::ThirtyTwo),
        Self::Columns(Columns::HundredTwentyEight),
        Self::Marked(SizeMark::Bar),
        Self::Marked(SizeMark::TildeDollar),
        Self::Marked(SizeMark::Nul),
        Self::Marked(SizeMark::Nuls),
    ];

    /// The name, as in `--wire`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::Le16 => "le16",
            Self::Le32 => "le32",
            Self::U64 => "u64",
            Self::Le64 => "le64",
            Self::Columns(Columns::Four) => "digits4",
            Self::Columns(Columns::Eight) => "digits8",
            Self::Columns(Columns::Ten) => "digits10",
            Self::Columns(Columns::Sixteen) => "digits16",
            Self::Columns(Columns::ThirtyTwo) => "digits32",
            Self::Columns(Columns::SixtyFour) => "digits64",
            Self::Columns(Columns::HundredTwentyEight) => "digits128",
            Self::Marked(SizeMark::Bar) => "digits-bar",
            Self::Marked(SizeMark::TildeDollar) => "digits-tilde-dollar",
            Self::Marked(SizeMark::Nul) => "digits-nul",
            Self::Marked(SizeMark::Nuls) => "nul-digits-nul",
        }
    }

    /// What a size is, in a few words.
    #[must_use]
    pub fn words(self) -> String {
        let number = |bits: u8, order: &str| format!("a {bits}-bit {order} number");
        match self {
            Self::U8 => "one byte".to_owned(),
            Self::U16 => number(16, "big-endian"),
            Self::Le16 => number(16, "little-endian"),
            Self::Le32 => number(32, "little-endian"),
            Self::U64 => number(64, "big-endian"),
            Self::Le64 => number(64, "little-endian"),
            Self::Columns(columns) => format!("digits in {} columns", columns.width()),
            Self::Marked(SizeMark::Bar) => "digits and |".to_owned(),
            Self::Marked(SizeMark::TildeDollar) => "digits and ~$".to_owned(),
            Self::Marked(SizeMark::Nul) => "digits and a zero byte".to_owned(),
            Self::Marked(SizeMark::Nuls) => "digits between zero bytes".to_owned(),
        }
    }

    /// The longest message whose size can be written, in bytes; at most [`MAX_TEXT`].
    #[must_use]
    pub fn longest(self) -> usize {
        match self {
            Self::U8 => u8::MAX.into(),
            _ => MAX_TEXT,
        }
    }

    /// The form of the first burst of a connection: the one whose size is exactly what follows, in
    /// bytes, or else in characters. `None` if no form fits, or if what follows is not text.
    ///
    /// One byte that is a size of 9 to 13 or of 32 and more is also the first byte of a text, so such
    /// a burst is not recognized.
    #[must_use]
    pub fn that_fits(burst: &[u8]) -> Option<Self> {
        let fits_in = |unit| Self::ALL.into_iter().find(|form| form.fits(burst, unit));
        fits_in(Unit::Bytes).or_else(|| fits_in(Unit::Characters))
    }

    fn fits(self, burst: &[u8], unit: Unit) -> bool {
        let Ok(Some(header)) = self.read(burst) else {
            return false;
        };
        let message = burst.get(header.length..).unwrap_or_default();
        self.announces(header.size)
            && is_text(message)
            && Unit::of(message, header.size) == Some(unit)
    }

    /// Whether the first burst is the beginning of a message with its size in front, of which more
    /// is on the way: some programs send the size by itself. Only sizes that begin with a control
    /// character count, with which no text begins.
    #[must_use]
    pub fn may_follow(burst: &[u8]) -> bool {
        let has_begun = |form: Self| match form.read(burst) {
            Ok(Some(header)) => {
                let message = burst.get(header.length..).unwrap_or_default();
                form.announces(header.size) && message.len() < header.size && is_text(message)
            }
            // The bytes of a little-endian size that follow are zeros.
            Ok(None) => match (form, burst) {
                (Self::Le32 | Self::Le64, [_, 0..=16, zeros @ ..]) => {
                    zeros.iter().all(|byte| *byte == 0)
                }
                _ => false,
            },
            Err(NotASize) => false,
        };
        let is_binary = match burst {
            // The end of a line begins a text, unless a NUL follows.
            [b'\t' | b'\r' | b'\n', next, ..] => *next == 0,
            [b'\t' | b'\r' | b'\n'] => false,
            [1..32, ..] | [0, 1..=255, ..] => true,
            _ => false,
        };
        is_binary && Self::ALL.into_iter().any(has_begun)
    }

    /// Whether a first message may have this size.
    fn announces(self, size: usize) -> bool {
        match self {
            // The first bytes of a text: tab, line feed, carriage return; and printable ones.
            Self::U8 => matches!(size, 1..9 | 14..32),
            // 0 is an empty message, or the start of something else.
            Self::U16 | Self::Le16 | Self::Le32 | Self::U64 | Self::Le64 | Self::Marked(_) => {
                (1..=MAX_TEXT).contains(&size)
            }
            Self::Columns(_) => size <= MAX_TEXT,
        }
    }

    /// Reads the header at the front of `bytes`; `None` if it is not complete yet.
    pub(super) fn read(self, bytes: &[u8]) -> Result<Option<SizeHeader>, NotASize> {
        let number = |length: usize, size: Option<u64>| {
            Ok(size.map(|size| SizeHeader {
                length,
                // More than the address space is more than the limit, too.
                size: usize::try_from(size).unwrap_or(usize::MAX),
                padding: None,
            }))
        };
        match self {
            Self::U8 => number(1, bytes.first().map(|byte| u64::from(*byte))),
            Self::U16 => number(
                2,
                bytes.first_chunk().map(|it| u16::from_be_bytes(*it).into()),
            ),
            Self::Le16 => number(
                2,
                bytes.first_chunk().map(|it| u16::from_le_bytes(*it).into()),
            ),
            Self::Le32 => number(
                4,
                bytes.first_chunk().map(|it| u32::from_le_bytes(*it).into()),
            ),
            Self::U64 => number(8, bytes.first_chunk().map(|it| u64::from_be_bytes(*it))),
            Self::Le64 => number(8, bytes.first_chunk().map(|it| u64::from_le_bytes(*it))),
            Self::Columns(columns) => read_columns(columns.width(), bytes),
            Self::Marked(mark) => read_marked(mark, bytes),
        }
    }

    /// The header for a message of this size, which must be at most [`longest`](Self::longest).
    pub(super) fn header(self, size: usize, padding: Padding) -> Vec<u8> {
        let number = size as u64;
        let low = |bytes: usize| number.to_le_bytes().into_iter().take(bytes);
        match self {
            Self::U8 => low(1).collect(),
            Self::U16 => low(2).rev().collect(),
            Self::Le16 => low(2).collect(),
            Self::Le32 => low(4).collect(),
            Self::U64 => low(8).rev().collect(),
            Self::Le64 => low(8).collect(),
            Self::Columns(columns) => {
                let width = columns.width();
                match padding {
                    Padding::SpacesAfter => format!("{size:<width$}"),
                    Padding::SpacesBefore => format!("{size:>width$}"),
                    Padding::Zeros => format!("{size:0>width$}"),
                }
                .into_bytes()
            }
            Self::Marked(mark) => {
                [mark.before(), size.to_string().as_bytes(), mark.after()].concat()
            }
        }
    }
}

impl Unit {
    /// The unit in which `message` has this size.
    pub(super) fn of(message: &[u8], size: usize) -> Option<Self> {
        if message.len() == size {
            return Some(Self::Bytes);
        }
        let characters = std::str::from_utf8(message).ok()?.chars().count();
        (characters == size).then_some(Self::Characters)
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let is_text = |byte: &u8| !byte.is_ascii_control() || matches!(byte, b'\t' | b'\r' | b'\n');
    bytes.iter().all(is_text)
}

fn read_columns(width: usize, bytes: &[u8]) -> Result<Option<SizeHeader>, NotASize> {
    let field = bytes.get(..width).unwrap_or(bytes);
    if !field
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b' ')
    {
        return Err(NotASize);
    }
    if field.len() < width {
        return Ok(None);
    }
    let digits = field.trim_ascii();
    let size = parse(digits).ok_or(NotASize)?;
    let padding = match (field.first(), field.last()) {
        (_, Some(b' ')) => Some(Padding::SpacesAfter),
        (Some(b' '), _) => Some(Padding::SpacesBefore),
        (Some(b'0'), _) => Some(Padding::Zeros),
        _ => None,
    };
    Ok(Some(SizeHeader {
        length: width,
        size,
        padding,
    }))
}

fn read_marked(mark: SizeMark, bytes: &[u8]) -> Result<Option<SizeHeader>, NotASize> {
    let (before, after) = (mark.before(), mark.after());
    let most = before.len() + DIGITS + after.len();
    let is_open = bytes.len() < most;
    let searched = bytes.get(..most).unwrap_or(bytes);
    let Some(rest) = searched.strip_prefix(before) else {
        return match searched.is_empty() {
            true => Ok(None),
            false => Err(NotASize),
        };
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at(digits);
    if rest.starts_with(after) {
        let size = parse(digits).ok_or(NotASize)?;
        return Ok(Some(SizeHeader {
            length: before.len() + digits.len() + after.len(),
            size,
            padding: None,
        }));
    }
    match is_open && after.starts_with(rest) {
        true => Ok(None),
        false => Err(NotASize),
    }
}

/// The number of these digits; `None` for none, or for anything else.
fn parse(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let significant = digits.iter().position(|digit| *digit != b'0');
    let digits = digits.get(significant.unwrap_or(digits.len())..)?;
    if digits.len() > DIGITS {
        // Over every limit.
        return Some(usize::MAX);
    }
    Some(
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + usize::from(digit - b'0')),
    )
}
