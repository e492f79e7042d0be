//! What is said on the wire of a room: the fields of its greeting, and what everybody in it sees.
//! What comes when, and what each of it means, stands with `room`.

use super::text::Text;
use super::ticket::{Handle, Ticket};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The number of a member in its room: given when it first comes in, never to anybody else.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct MemberId(pub u64);

/// The place of a post in the one order of its room: 1, 2, 3, without a gap.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct PostId(pub u64);

/// How a client comes to a room, and back: `room` in its hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entrance {
    /// By a ticket that it has just made. Nobody else has seen it yet.
    Join {
        /// 128 random bits, by which it is known for the same one from now on: a welcome that is lost
        /// does then not leave its name with somebody who cannot come back.
        ticket: Ticket,
        /// The last post that it has seen, 0 for none.
        #[serde(default)]
        since: PostId,
    },
    /// As the member that it was. Both sides prove that they know the ticket.
    Return {
        /// What names the ticket.
        member: Handle,
        /// The last post that it has seen, 0 for none; not given by a program that was started anew,
        /// and shows what a newcomer sees.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<PostId>,
    },
}

/// What a client is in a room: `room` in the welcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Its number.
    pub you: MemberId,
    /// The name by which the others know it.
    pub name: Arc<str>,
    /// What lets it come back as the same member: its own ticket or, where it has sent none, one
    /// that the server has made. A secret, and not told to who has proved to know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// The posts behind this one follow.
    pub since: PostId,
    /// The number of the last of its lines that is done with; 0 for none. Whatever is behind it has
    /// to be sent again.
    pub heard: u64,
}

/// What everybody in a room sees, in one order that is the same for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its place in that order.
    pub id: PostId,
    /// When it was made: milliseconds since 1970 by the server's clock.
    pub at: u64,
    /// Whose it is: stamped by the server, never taken from a client.
    #[serde(flatten)]
    pub by: Author,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// A member as a post names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Its number.
    #[serde(rename = "by")]
    pub id: MemberId,
    /// Its name at that time. Foreign text.
    pub name: Arc<str>,
}

/// What happened in a room. The member that it is about is the post's [`Author`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum What {
    /// It said this.
    Said {
        /// Foreign text, never empty.
        text: Text,
    },
    /// It says of itself that it does this.
    Acted {
        /// Foreign text, never empty.
        text: Text,
    },
    /// It is a member now.
    Joined,
    /// It is no member any more.
    Left {
        /// Why.
        why: Parting,
    },
    /// It was removed by another one.
    Kicked {
        /// Who did it.
        from: Arc<str>,
    },
    /// Its connection broke; it keeps its name for a while.
    Away,
    /// It has come back.
    Back,
    /// It has another name now.
    Renamed {
        /// The new one.
        to: Arc<str>,
    },
    /// It is the coordinator now.
    Coordinator,
    /// It plays with another member.
    Began {
        /// The game's name.
        game: String,
        /// The other one.
        with: Arc<str>,
    },
    /// A game of its with another member is over.
    Ended {
        /// The game's name.
        game: String,
        /// The other one.
        with: Arc<str>,
        /// How.
        end: End,
    },
    /// The host has closed the room, and everybody is out.
    Closed,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a member is none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Parting {
    /// It said goodbye.
    Quit,
    /// Its connection ended, and it has no way to come back, or did not come back in time.
    Lost,
    /// It did not answer.
    Silent,
    /// It did not read what it was sent.
    Behind,
    /// A reason that this version does not know.
    #[serde(other)]
    Other,
}

/// How a game ended for the author of the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// It won.
    Won,
    /// Nobody won.
    Drawn,
    /// It gave up.
    Resigned,
    /// It left, or did not come back in time.
    Forfeited,
    /// A way that this version does not know.
    #[serde(other)]
    Other,
}

impl MemberId {
    /// The host, who is no member and speaks in the room all the same.
    pub const HOST: Self = Self(0);
}

impl PostId {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}
