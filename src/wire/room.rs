//! The messages of a room: the fields of its greeting, and its posts. The module `room` defines
//! their meaning and order.

use super::line_key::LineKey;
use super::others::Others;
use super::text::Text;
use super::ticket::{Handle, Ticket};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The number of a member in its room, assigned on the first join and never reused.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct MemberId(pub u64);

/// The position of a post in the total order of its room: 1, 2, 3, without gaps. A member is not sent
/// every post: moves and the private messages of others are missing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct PostId(pub u64);

/// How a client enters a room: `room` in its hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entrance {
    /// As a new member, with a ticket that it has just drawn.
    Join {
        /// 128 random bits that identify the member from now on. If the welcome is lost, the client
        /// can still return, so its name is not left taken by nobody.
        ticket: Ticket,
        /// The last post that the client has seen, 0 for none.
        #[serde(default)]
        since: PostId,
        /// Whether a client without a name wants to be refused with [`Reason::Name`], so that it
        /// can ask its person.
        ///
        /// [`Reason::Name`]: super::Reason::Name
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        asks: bool,
    },
    /// As the member that it was. Both sides prove their knowledge of the ticket.
    Return {
        /// The handle of the ticket.
        member: Handle,
        /// The last post that the client has seen, 0 for none. `None` from a restarted client,
        /// which gets the posts of a newcomer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<PostId>,
    },
}

/// The membership of a client: `room` in the welcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The member's number.
    pub you: MemberId,
    /// The member's name in the room.
    pub name: Arc<str>,
    /// The ticket with which the member can return: its own or, if it sent none, one that the
    /// server has drawn. A secret, and left out for a client that has proved to know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// The posts after this one follow.
    pub since: PostId,
    /// The number of the client's last processed line, 0 for none. The client sends later lines
    /// again.
    pub heard: u64,
    /// The key by which the member gets a private line again. A secret, sent over a private line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<LineKey>,
    /// The other machines that serve the room, through which the member can return as well. Left out
    /// if there are none.
    #[serde(default, skip_serializing_if = "Others::is_empty")]
    pub others: Others,
}

/// How a room shows boards to a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BoardForm {
    /// In words, of which only the changes are told.
    Words,
    /// As drawings, and the fallback for a form that this version does not know.
    #[default]
    #[serde(other)]
    Drawing,
}

/// An entry in the log of a room. All members see the posts in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// The position of the post.
    pub id: PostId,
    /// The time of the post: milliseconds since 1970 by the server's clock.
    pub at: u64,
    /// The author, set by the server and never taken from a client.
    #[serde(flatten)]
    pub by: Author,
    /// The event.
    #[serde(flatten)]
    pub what: What,
}

/// What a client needs to know of a private message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private {
    /// The position of its post, which a returning client has seen.
    pub id: PostId,
    /// The member that wrote it.
    pub by: MemberId,
}

/// The author of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The member's number.
    #[serde(rename = "by")]
    pub id: MemberId,
    /// The member's name at that time. Foreign text.
    pub name: Arc<str>,
}

/// An event in a room. It is about the post's [`Author`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum What {
    /// A line said to all.
    Said {
        /// Foreign text, never empty.
        text: Text,
    },
    /// An action, as typed with `/me`.
    Acted {
        /// Foreign text, never empty.
        text: Text,
    },
    /// Joined the room.
    Joined,
    /// Left the room.
    Left {
        /// The reason.
        why: Parting,
    },
    /// Was removed by another member or the host.
    Kicked {
        /// The name of that one.
        from: Arc<str>,
    },
    /// Was removed and may not return.
    Banned {
        /// The name of the host or coordinator who did so.
        from: Arc<str>,
    },
    /// May return again.
    Unbanned {
        /// The name of the host or coordinator who allows it.
        from: Arc<str>,
    },
    /// May not send messages any more.
    Muted {
        /// The name of the host or coordinator who did so.
        from: Arc<str>,
    },
    /// May send messages again.
    Unmuted {
        /// The name of the host or coordinator who allows it.
        from: Arc<str>,
    },
    /// Lost the connection. The name is kept for a while.
    Away,
    /// Reconnected.
    Back,
    /// Changed the name.
    Renamed {
        /// The new name.
        to: Arc<str>,
    },
    /// Became the coordinator.
    Coordinator,
    /// Began a game with another member.
    Began {
        /// The game's name.
        game: String,
        /// The other player.
        with: Arc<str>,
    },
    /// A game with another member is over.
    Ended {
        /// The game's name.
        game: String,
        /// The other player.
        with: Arc<str>,
        /// The result for the author.
        end: End,
    },
    /// Wrote a private message. It is stored, and told to its two people only.
    Whispered {
        /// The number of the reader, 0 for the host.
        to: MemberId,
        /// The name of the reader.
        whom: Arc<str>,
        /// Foreign text, never empty.
        text: Text,
    },
    /// Moved in a game. It is stored and not sent: those who see the game are told.
    Moved {
        /// The game's name.
        game: String,
        /// The other player.
        with: Arc<str>,
        /// The move, unless it is secret.
        #[serde(rename = "move", default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
    },
    /// Took back a move in a game. It is stored and not sent, as a move is.
    Undone {
        /// The game's name.
        game: String,
        /// The other player.
        with: Arc<str>,
    },
    /// Something about a tournament, in the words of the room. The author has opened, entered, started
    /// or stopped it; the host is the author of what happens by itself.
    Tournament {
        /// One or more lines, never empty. The names in it are foreign text.
        text: Text,
    },
    /// The host closed the room, and everybody has left.
    Closed,
    /// An event that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a member has left the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Parting {
    /// Quit.
    Quit,
    /// Lost the connection and could not return, or not in time.
    Lost,
    /// Did not answer pings.
    Silent,
    /// Was too slow to read.
    Behind,
    /// A reason that this version does not know.
    #[serde(other)]
    Other,
}

/// The result of a game for the author of the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// The author won.
    Won,
    /// A draw.
    Drawn,
    /// The author resigned.
    Resigned,
    /// The author left, or did not return in time.
    Forfeited,
    /// The author took too long for a move in a tournament.
    Late,
    /// The game could not be finished after a restart of the server.
    Abandoned,
    /// A result that this version does not know.
    #[serde(other)]
    Other,
}

impl MemberId {
    /// The host, who is not a member but can post.
    pub const HOST: Self = Self(0);
}

impl PostId {
    /// The next position.
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
