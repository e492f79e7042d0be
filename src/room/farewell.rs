//! Why the room closes a connection, and the words for it.

use super::name::NickError;
use super::sanctions::Barred;
use crate::text::count;
use crate::wire::Reason;
use std::sync::Arc;
use std::time::Duration;

/// Why the room closes a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Farewell {
    /// The member has left.
    Goodbye,
    /// The room is full, or is waiting for its store.
    Full,
    /// The name cannot be used.
    Name(NickError),
    /// The peer has not given a name in time.
    Nameless,
    /// The person of this name has removed the member.
    Kicked(Arc<str>),
    /// The person of this name has banned the member.
    Banned(Arc<str>),
    /// The peer was removed or banned before.
    Barred(Barred),
    /// Nothing came from the member for this long.
    Silent(Duration),
    /// The member's queue has grown over its limit.
    Behind,
    /// The same client has another connection now.
    Replaced,
    /// The host has closed the room.
    Closed {
        /// Whether the peer has got the post that says so.
        is_posted: bool,
    },
}

impl Farewell {
    /// What a program is told, in [`Control::Refuse`](crate::wire::Control::Refuse). `None` for a
    /// member that has left.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        Some(match self {
            Self::Goodbye => return None,
            Self::Full => Reason::Busy,
            Self::Name(_) | Self::Nameless => Reason::Name,
            Self::Kicked(_) | Self::Banned(_) | Self::Barred(_) => Reason::Kicked,
            Self::Silent(_) | Self::Behind => Reason::Behind,
            Self::Replaced => Reason::Replaced,
            Self::Closed { .. } => Reason::Ended,
        })
    }

    /// What a person is told.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Goodbye | Self::Closed { is_posted: true } => "Bye!".to_owned(),
            Self::Full => "The room is full. Try again later.".to_owned(),
            Self::Name(error) => error.to_string(),
            Self::Nameless => "You did not give a name.".to_owned(),
            Self::Kicked(from) => format!("You were removed from the room by {from}."),
            Self::Banned(from) => format!("You were banned from the room by {from}."),
            Self::Barred(barred) => barred.words(),
            Self::Silent(patience) => {
                let seconds = usize::try_from(patience.as_secs()).unwrap_or(usize::MAX);
                let seconds = count(seconds, "second");
                format!("You were removed from the room: no answer for {seconds}.")
            }
            Self::Behind => "You were removed from the room: too slow to keep up.".to_owned(),
            Self::Replaced => "You joined from another connection.".to_owned(),
            Self::Closed { is_posted: false } => "The host has closed the room.".to_owned(),
        }
    }
}
