//! How people name a session or a room of the journal.

use std::fmt;
use std::str::FromStr;

/// A session or a room, as the list names it: `3` or `r1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    /// The session with this number, from 1.
    Session(i64),
    /// The room with this number, from 1.
    Room(i64),
}

/// A session or a room, as a person asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// This one.
    Id(Id),
    /// The newest session.
    Last,
}

/// The word for the newest session.
pub const LAST: &str = "last";

/// The text names neither a session nor a room.
#[derive(Debug, thiserror::Error)]
#[error("expected the number of a session, such as 3, or of a room, such as r1, or last")]
pub struct NoId;

impl FromStr for Id {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let room = text.strip_prefix(['r', 'R']);
        match (room.unwrap_or(text).parse(), room) {
            (Ok(number @ 1..), Some(_)) => Ok(Self::Room(number)),
            (Ok(number @ 1..), None) => Ok(Self::Session(number)),
            _ => Err(NoId),
        }
    }
}

impl FromStr for Wanted {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        match text {
            LAST => Ok(Self::Last),
            id => id.parse().map(Self::Id),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(number) => write!(f, "{number}"),
            Self::Room(number) => write!(f, "r{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, Wanted};

    #[test]
    fn rooms_have_a_letter_and_sessions_have_none() {
        let id = |text: &str| text.parse().ok();
        assert_eq!(id("3"), Some(Id::Session(3)));
        assert_eq!(id("r12"), Some(Id::Room(12)));
        assert_eq!(id("R1"), Some(Id::Room(1)));
        for wrong in ["", "0", "-1", "r", "r0", "r-1", "rr1", "1r", "first"] {
            assert_eq!(id(wrong), None, "{wrong}");
        }
        assert_eq!("last".parse().ok(), Some(Wanted::Last));
        assert_eq!("r1".parse().ok(), Some(Wanted::Id(Id::Room(1))));
    }
}
