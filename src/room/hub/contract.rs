//! What the hub is told, what it asks for, and how it is set up.

use crate::room::name::Nick;
use crate::room::notice::{Farewell, Notice};
use crate::room::post::Entry;
use crate::wire::{self, Entrance, Membership, Post, PostId};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A connection, by the number that the shell gives it and never gives again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link(pub u64);

/// Somebody who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    /// The person at the server.
    Host,
    /// Whoever is at the other end of this connection.
    Link(Link),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A framed or raw peer has connected.
    Connected {
        /// Its connection.
        link: Link,
        /// Where it is.
        from: SocketAddr,
    },
    /// A `tictalk` client has said hello.
    Hello {
        /// Its connection.
        link: Link,
        /// Where it is.
        from: SocketAddr,
        /// How the person wants to be called.
        name: Option<wire::Name>,
        /// By what it is known.
        room: Option<Entrance>,
    },
    /// A line came; only where an [`Effect::Read`] has asked for one.
    Line {
        /// From here.
        link: Link,
        /// Its number, where the client numbers its lines.
        number: Option<u64>,
        /// What was typed.
        text: String,
    },
    /// A ping was answered.
    Pong(Link),
    /// So many bytes wait to be read by this one, half of what may wait or more. Said once, and
    /// again only after there was less.
    Behind {
        /// By whom.
        link: Link,
        /// How many.
        bytes: usize,
    },
    /// More waits to be read by this one than may.
    Overflow(Link),
    /// The connection has ended or was broken.
    Lost(Link),
    /// The host has typed this.
    Host(String),
    /// What was to be stored is, up to this post.
    Stored(PostId),
    /// What came of an [`Effect::Look`].
    Found {
        /// For whom it was.
        to: Reader,
        /// What was looked for.
        query: Query,
        /// The posts, in their order.
        posts: Vec<Arc<Post>>,
    },
    /// Time has passed. Comes at least once a second.
    Tick,
}

/// What must be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write this down, and come back with [`Input::Stored`] when it is safe. Several may be written
    /// at once, in their order.
    Store(Entry),
    /// Send this post.
    Deliver {
        /// What.
        post: Arc<Post>,
        /// To whom.
        to: Audience,
    },
    /// Send these old posts, which were asked for.
    Recall {
        /// To whom.
        to: Reader,
        /// What, in its order.
        posts: Vec<Arc<Post>>,
    },
    /// Tell somebody.
    Tell {
        /// Whom.
        to: Reader,
        /// What.
        notice: Notice,
    },
    /// Welcome a `tictalk` client.
    Welcome {
        /// Where.
        link: Link,
        /// What it is here.
        room: Membership,
    },
    /// Let a `tictalk` client know that it need not send its lines up to this one again.
    Receipt {
        /// Where.
        link: Link,
        /// The number of the last of them.
        number: u64,
    },
    /// Ask a `tictalk` client whether it is there.
    Ping(Link),
    /// Look this up, and come back with [`Input::Found`].
    Look {
        /// For whom.
        to: Reader,
        /// What.
        query: Query,
    },
    /// Read the next line of this connection: one, and not before this time.
    Read {
        /// Where.
        link: Link,
        /// When, as time since the room's start.
        at: Duration,
    },
    /// Say farewell and close the connection, when what was sent before is on its way. Nothing that
    /// comes from it matters any more.
    Close {
        /// Which.
        link: Link,
        /// Why.
        why: Farewell,
    },
    /// The room is closed, and so are all connections: the hub is of no more use.
    Over,
}

/// To whom a post goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// To everybody in the room and to the host.
    All {
        /// Everybody's connections: the same list as last time while nobody comes or goes.
        links: Arc<[Link]>,
        /// Who wrote it, and sees it already.
        but: Option<Link>,
    },
    /// To one who was not there when everybody else got it.
    One(Link),
}

/// What can be looked up in the store. Only what was stored is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// The posts behind this one, in their order, at most so many. The answer may wait until the
    /// reader has taken in what was sent before.
    After(PostId, usize),
    /// The last posts, so many.
    Last(usize),
    /// The last posts in which all of these words occur, at most so many.
    Words(String, usize),
}

/// How a room is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the host is called.
    pub host: Nick,
    /// When the room starts: milliseconds since 1970.
    pub began: u64,
    /// The most members.
    pub members: usize,
    /// How long a framed or raw peer may take to say a name for the first time.
    pub introduction: Duration,
    /// How long nothing may come from a member, how long one that has lost its connection keeps its
    /// place, and how long somebody may think of another name.
    pub patience: Duration,
    /// How often a member is asked whether it is there.
    pub ping: Duration,
    /// How long a player who has lost the connection may stay away.
    pub forfeit: Duration,
    /// How many lines a member may send at once.
    pub burst: u32,
    /// How much time each line behind those takes.
    pub pace: Duration,
    /// About how many bytes of old posts are sent at once to somebody who catches up; far less than
    /// may wait for a member.
    pub at_once: usize,
    /// How many posts may wait to be stored before nothing more is read.
    pub unstored: usize,
}

impl Settings {
    /// The settings of a room that has no others.
    #[must_use]
    pub fn new(host: Nick, began: u64) -> Self {
        Self {
            host,
            began,
            members: 1_000,
            introduction: Duration::from_secs(10),
            patience: Duration::from_secs(120),
            ping: Duration::from_secs(15),
            forfeit: Duration::from_secs(120),
            burst: 20,
            pace: Duration::from_millis(200),
            at_once: 32 * 1_024,
            unstored: 1_024,
        }
    }
}
