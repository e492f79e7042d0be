//! What the fields of control frames can hold, as types: whatever can be built here fits into a frame
//! and into the store, and whatever comes from the wire is checked as it is parsed.

use super::limits::MAX_TEXT;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;

/// Words in a control frame: at most [`MAX_TEXT`] bytes of UTF-8. JSON escapes a byte with six at
/// most, so a control frame with one text and a few names always stays within
/// [`MAX_CONTROL`](super::MAX_CONTROL).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Text(String);

/// A text over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text has at most {MAX_TEXT} bytes, this one has {0}")]
pub struct TooLong(pub usize);

impl Text {
    /// As much of `text` as fits, cut between characters.
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

/// The number of a line that a client has sent to a room: 1 to [`LineNumber::MAX`], each greater than
/// the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct LineNumber(u64);

/// A number that no line can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a line has a number from 1 to {max}, not {0}", max = LineNumber::MAX.get())]
pub struct NotALineNumber(pub u64);

impl LineNumber {
    /// The number of a client's first line.
    pub const FIRST: Self = Self(1);

    /// The greatest number: what SQLite's integers hold.
    pub const MAX: Self = Self(i64::MAX as u64);

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The next one. A client that has sent 2^63 lines stays at the greatest.
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
