//! What the hub is told, what it asks for, and how it is set up.

use crate::room::budget::LineRate;
use crate::room::farewell::Farewell;
use crate::room::name::Nick;
use crate::room::notice::RoomNotice;
use crate::room::post::PostRecord;
use crate::wire::{self, LineNumber, MemberId, Membership, Post, PostId, Ticket, What};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

/// A connection, by the number that the shell gives it and never gives again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Somebody who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// The person at the server.
    Host,
    /// Whoever is at the other end of this connection.
    Connection(ConnectionId),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubInput {
    /// A framed or raw peer has connected.
    Connected {
        /// Its connection.
        connection: ConnectionId,
        /// Where it is.
        from: SocketAddr,
    },
    /// A `tictalk` client has said hello.
    Hello {
        /// Its connection.
        connection: ConnectionId,
        /// Where it is.
        from: SocketAddr,
        /// How the person wants to be called.
        name: Option<wire::Name>,
        /// By what it is known; it has proved to know it, or has just made it.
        room: Option<Entrant>,
    },
    /// A line came; only where an [`HubEffect::Read`] has asked for one.
    Line {
        /// From here.
        connection: ConnectionId,
        /// Its number, where the client numbers its lines.
        number: Option<LineNumber>,
        /// What was typed.
        text: String,
    },
    /// Something came that says nothing, such as a blank line or a control frame that nobody asked
    /// for. It uses up an [`HubEffect::Read`] as a line does.
    Noise {
        /// From here.
        connection: ConnectionId,
        /// How many bytes of it.
        bytes: usize,
    },
    /// To take in the last thing from this connection, or to look something up for it, took so much
    /// time. What takes less than a tenth of a millisecond need not be told.
    Took {
        /// For whom.
        connection: ConnectionId,
        /// How much.
        time: Duration,
    },
    /// A ping was answered; once for each [`HubEffect::Ping`], and never without one.
    Pong(ConnectionId),
    /// So many bytes wait to be read by this one, half of what may wait or more. Said once, and
    /// again only after there was less.
    Behind {
        /// By whom.
        connection: ConnectionId,
        /// How many.
        bytes: usize,
    },
    /// More waits to be read by this one than may.
    Overflow(ConnectionId),
    /// The connection has ended or was broken.
    Lost(ConnectionId),
    /// The host has typed this.
    Host(String),
    /// What was to be stored is, up to this post.
    Stored(PostId),
    /// What came of an [`HubEffect::Look`].
    Found {
        /// For whom it was.
        to: Recipient,
        /// What was looked for.
        query: Query,
        /// The posts, in their order: as many as fit into one portion.
        posts: Vec<Arc<Post>>,
        /// What is to be looked up for the rest of the answer.
        rest: Option<Query>,
    },
    /// Time has passed. Comes at least once a second.
    Tick,
}

/// Who comes in, or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entrant {
    /// By what it is known from now on.
    pub ticket: Ticket,
    /// The last post that it has seen, 0 for none; nothing where it is to see what a newcomer sees.
    pub since: Option<PostId>,
}

/// What must be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubEffect {
    /// Write this down, and come back with [`HubInput::Stored`] when it is safe. Several may be written
    /// at once, in their order.
    Store(PostRecord),
    /// Send this post.
    Deliver {
        /// What.
        post: Arc<Post>,
        /// To whom.
        to: Recipients,
    },
    /// Send these old posts, which were asked for.
    Recall {
        /// To whom.
        to: Recipient,
        /// What, in its order.
        posts: Vec<Arc<Post>>,
    },
    /// Tell somebody.
    Tell {
        /// Whom.
        to: Recipient,
        /// What.
        notice: RoomNotice,
    },
    /// Welcome a `tictalk` client.
    Welcome {
        /// Where.
        connection: ConnectionId,
        /// What it is here.
        room: Membership,
    },
    /// Let a `tictalk` client know that it need not send its lines up to this one again.
    Receipt {
        /// Where.
        connection: ConnectionId,
        /// The number of the last of them.
        number: u64,
    },
    /// Ask a `tictalk` client whether it is there.
    Ping(ConnectionId),
    /// Look this up when the queue of its reader is less than half full, and come back with
    /// [`HubInput::Found`]. Each is answered, in their order, but those of a connection that is gone.
    Look {
        /// For whom.
        to: Recipient,
        /// What.
        query: Query,
    },
    /// Read the next line of this connection: one, and not before this time.
    Read {
        /// Where.
        connection: ConnectionId,
        /// When, as time since the room's start.
        at: Duration,
    },
    /// Say farewell and close the connection, when what was sent before is on its way. Nothing that
    /// comes from it matters any more.
    Close {
        /// Which.
        connection: ConnectionId,
        /// Why.
        why: Farewell,
    },
    /// The room is closed, and so are all connections: the hub is of no more use.
    Over,
}

/// To whom a post goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipients {
    /// To everybody in the room and to the host.
    All {
        /// Everybody's connections: the same list as last time while nobody comes or goes.
        connections: Arc<[ConnectionId]>,
        /// Who wrote it, and sees it already.
        but: Option<ConnectionId>,
    },
    /// To one who was not there when everybody else got it.
    One(ConnectionId),
}

/// What can be looked up in the store. Only what was stored is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// The posts behind this one, in their order, at most so many.
    After(PostId, usize),
    /// What was said last.
    Said(Search),
    /// These posts, which a search has found. As many as fit into one portion are answered, and the
    /// others are the rest.
    Posts(VecDeque<PostId>),
    /// The members behind this one. The hub knows them itself: the answer holds no posts and only
    /// says that the reader has room for more.
    Members(Listing, MemberId),
}

/// A list of members that one person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// `/who`
    Who,
    /// `/status`
    Status,
}

/// A search through what was said, from the last post to the first. It may be done in several steps:
/// a step that ends before the search does leaves the rest as another search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// In small letters; a post fits that has all of them. None fit every post.
    pub words: Vec<String>,
    /// How many posts are wanted.
    pub limit: usize,
    /// Only posts in front of this one are still to be looked at; all of them where there is none.
    pub before: Option<PostId>,
    /// What was found so far, in the posts' order.
    pub found: VecDeque<PostId>,
}

impl Search {
    /// A search for the last `limit` posts that have all of `words`.
    #[must_use]
    pub fn new<'a>(words: impl Iterator<Item = &'a str>, limit: usize) -> Self {
        Self {
            words: words.map(str::to_lowercase).collect(),
            limit,
            before: None,
            found: VecDeque::new(),
        }
    }

    /// Looks at the post in front of the last one that was looked at. Returns whether the search is
    /// over by it.
    pub fn look_at(&mut self, post: &Post) -> bool {
        self.before = Some(post.id);
        if self.fits(post) {
            self.found.push_front(post.id);
        }
        self.found.len() >= self.limit
    }

    fn fits(&self, post: &Post) -> bool {
        let (What::Said { text } | What::Acted { text }) = &post.what else {
            return false;
        };
        if self.words.is_empty() {
            return true;
        }
        let text = format!("{} {}", post.by.name, &**text).to_lowercase();
        self.words.iter().all(|word| text.contains(word))
    }
}

/// How a room is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the host is called.
    pub host: Nick,
    /// When the room starts: milliseconds since 1970.
    pub began: u64,
    /// The most members.
    pub members: Option<NonZeroUsize>,
    /// The most members of one address, away ones too.
    pub per_address: Option<NonZeroUsize>,
    /// How long a framed or raw peer may take to say a name for the first time.
    pub introduction: Option<Duration>,
    /// How long nothing may come from a member, how long one that has lost its connection keeps its
    /// place, and how long somebody may think of another name.
    pub patience: Option<Duration>,
    /// How often a member is asked whether it is there.
    pub ping: Duration,
    /// How long a player who has lost the connection may stay away.
    pub forfeit: Duration,
    /// How fast a member may send. `None` also disables the limits of addresses.
    pub rate: Option<LineRate>,
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
            members: NonZeroUsize::new(1_000),
            per_address: NonZeroUsize::new(256),
            introduction: Some(Duration::from_secs(10)),
            patience: Some(Duration::from_secs(120)),
            ping: Duration::from_secs(10),
            forfeit: Duration::from_secs(120),
            rate: Some(LineRate {
                burst: 20,
                pace: Duration::from_millis(200),
            }),
            at_once: 32 * 1_024,
            unstored: 1_024,
        }
    }
}
