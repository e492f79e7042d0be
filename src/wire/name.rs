//! Names of people.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of a person: 1 to 20 characters, no control characters, no space at either end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

/// Why a text is not a name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    /// Nothing, or only spaces.
    #[error("a name needs at least one visible character")]
    Blank,
    /// Longer than 20 characters.
    #[error("a name has at most {limit} characters, this one has {count}", limit = Name::LIMIT)]
    TooLong {
        /// How many characters it has.
        count: usize,
    },
    /// A control character, which could control a terminal.
    #[error("a name cannot contain control characters")]
    Control,
}

impl Name {
    /// The maximum number of characters (Unicode scalar values).
    pub const LIMIT: usize = 20;

    /// The name, which is foreign text: escape it before it reaches a terminal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl std::str::FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(NameError::Blank);
        }
        let count = name.chars().count();
        if count > Self::LIMIT {
            return Err(NameError::TooLong { count });
        }
        if name.chars().any(char::is_control) {
            return Err(NameError::Control);
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
