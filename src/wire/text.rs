//! Types of the fields of control frames. Each value fits into a frame and into the store; values
//! from the wire are checked when they are parsed.

use super::limits::MAX_TEXT;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;

/// A text in a control frame: at most [`MAX_TEXT`] bytes of UTF-8. JSON escapes a byte with at most
/// six, so a control frame with one text and a few names stays within
/// [`MAX_CONTROL`](super::MAX_CONTROL).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Text(String);

/// A text over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text has at most {MAX_TEXT} bytes, this one has {0}")]
pub struct TooLong(pub usize);

impl Text {
    /// The longest prefix of `text` that fits.
    #[must_use]
    pub fn cut(mut text: String) -> Self {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        Self(text)
    }
}

impl TryFrom<String> for Text {
    type Error = TooLong;

    fn try_from(text: String) -> Result<Self, TooLong> {
        if text.len() <= MAX_TEXT {
            Ok(Self(text))
        } else {
            Err(TooLong(text.len()))
        }
    }
}

impl TryFrom<&str> for Text {
    type Error = TooLong;

    fn try_from(text: &str) -> Result<Self, TooLong> {
        text.to_owned().try_into()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a line from a client to a room: 1 to [`LineNumber::MAX`], ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct LineNumber(u64);

/// The error of a number that no line can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a line has a number from 1 to {max}, not {0}", max = LineNumber::MAX.get())]
pub struct NotALineNumber(pub u64);

impl LineNumber {
    /// The number of a client's first line.
    pub const FIRST: Self = Self(1);

    /// The greatest number: the maximum of SQLite's integers.
    pub const MAX: Self = Self(i64::MAX as u64);

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The next number; the greatest is its own successor.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1).min(Self::MAX)
    }
}

impl TryFrom<u64> for LineNumber {
    type Error = NotALineNumber;

    fn try_from(number: u64) -> Result<Self, NotALineNumber> {
        if (1..=Self::MAX.0).contains(&number) {
            Ok(Self(number))
        } else {
            Err(NotALineNumber(number))
        }
    }
}
