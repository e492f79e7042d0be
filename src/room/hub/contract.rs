//! The inputs, effects and settings of the hub.

use crate::room::announcement::Announcement;
use crate::room::budget::LineRate;
use crate::room::data::time;
use crate::room::farewell::Farewell;
use crate::room::line_mark::LineMark;
use crate::room::name::Nick;
use crate::room::notice::RoomNotice;
use crate::room::post::{PostRecord, Readers};
use crate::room::thought::{GameProblem, Solution};
use crate::wire::{
    self, BoardForm, Control, LineNumber, MemberId, Membership, Post, PostId, Sees, Ticket, What,
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

/// The number of a connection. The caller assigns it and never reuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConnectionId(pub u64);

/// A reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Recipient {
    /// The person at the server, or the persons at all servers of the room.
    Host,
    /// The person at one of several servers, who has entered a command on this console.
    Console(ConnectionId),
    /// The peer of this connection.
    Connection(ConnectionId),
}

/// An event for [`Hub::handle`](super::Hub::handle).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HubInput {
    /// A framed or raw peer has connected.
    Connected {
        /// Its connection.
        connection: ConnectionId,
        /// Its address.
        from: SocketAddr,
        /// What lists say about its line.
        mark: LineMark,
    },
    /// A `tictalk` client has said hello.
    Hello {
        /// Its connection.
        connection: ConnectionId,
        /// Its address.
        from: SocketAddr,
        /// What lists say about its line.
        mark: LineMark,
        /// The name that the person asks for.
        name: Option<wire::Name>,
        /// Its ticket, which it has proved to know or has just made.
        room: Option<Entrant>,
        /// What it gets as data.
        sees: Sees,
    },
    /// A line has arrived, for which a [`HubEffect::Read`] has asked.
    Line {
        /// Its connection.
        connection: ConnectionId,
        /// Its number, where the client numbers its lines.
        number: Option<LineNumber>,
        /// The line. Foreign text.
        text: String,
    },
    /// Input without a meaning has arrived, such as a blank line or an unexpected control frame. It
    /// uses up a [`HubEffect::Read`], as a line does.
    Noise {
        /// Its connection.
        connection: ConnectionId,
        /// Its size.
        bytes: usize,
    },
    /// The last input of this connection, or a query for it, has taken this much time. Less than a
    /// tenth of a millisecond need not be reported.
    Took {
        /// The connection to be charged.
        connection: ConnectionId,
        /// The time to charge.
        time: Duration,
    },
    /// A ping was answered: at most once for each [`HubEffect::Ping`].
    Pong(ConnectionId),
    /// A queue is more than half full. Reported again only after it was less than that.
    Behind {
        /// The connection with the queue.
        connection: ConnectionId,
        /// Bytes in the queue.
        bytes: usize,
    },
    /// A queue has grown over its limit.
    Overflow(ConnectionId),
    /// A connection has ended or failed.
    Lost(ConnectionId),
    /// A `tictalk` client asks for boards of this form.
    Boards {
        /// Its connection.
        connection: ConnectionId,
        /// How it is shown boards from now on.
        boards: BoardForm,
    },
    /// The answer to a [`HubEffect::Think`].
    Thought(Solution),
    /// The host has typed this line.
    Host(String),
    /// The host has typed a line at one of several servers.
    Console {
        /// The number of the server's console, which is no other connection's.
        console: ConnectionId,
        /// The line.
        text: String,
    },
    /// The host has gone, and the room is to be closed.
    HostLeft,
    /// The posts up to this one are stored.
    Stored(PostId),
    /// The answer to a [`HubEffect::Look`].
    Found(Found),
    /// The same, where [`Hub::send_found`](super::Hub::send_found) has sent the posts.
    Sent {
        /// The reader of that effect.
        to: Recipient,
        /// The query of that effect.
        query: Query,
        /// What the reader was sent.
        sent: SentPosts,
        /// The query for the rest of the answer.
        rest: Option<Query>,
    },
    /// Time has passed; at least once a second.
    Tick,
}

impl HubInput {
    /// The connection that the input is about; nothing if it is about none.
    #[must_use]
    pub fn connection(&self) -> Option<ConnectionId> {
        match self {
            Self::Connected { connection, .. }
            | Self::Hello { connection, .. }
            | Self::Line { connection, .. }
            | Self::Noise { connection, .. }
            | Self::Took { connection, .. }
            | Self::Pong(connection)
            | Self::Behind { connection, .. }
            | Self::Overflow(connection)
            | Self::Lost(connection)
            | Self::Boards { connection, .. }
            | Self::Console {
                console: connection,
                ..
            } => Some(*connection),
            Self::Found(Found { to, .. }) | Self::Sent { to, .. } => match to {
                Recipient::Host => None,
                Recipient::Console(connection) | Recipient::Connection(connection) => {
                    Some(*connection)
                }
            },
            Self::Thought(_) | Self::Host(_) | Self::HostLeft | Self::Stored(_) | Self::Tick => {
                None
            }
        }
    }
}

/// What the store has found for a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The reader of the query.
    pub to: Recipient,
    /// The query.
    pub query: Query,
    /// One portion of posts, in order.
    pub posts: Vec<Arc<Post>>,
    /// The query for the rest of the answer.
    pub rest: Option<Query>,
}

/// What the reader of a query was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SentPosts {
    /// Nothing.
    None,
    /// A portion of the answer.
    UpTo {
        /// The reader has all posts of the answer up to this one.
        last: PostId,
        /// The size of the portion.
        bytes: usize,
    },
}

/// The ticket and the position of a client that joins or returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrant {
    /// The client's ticket.
    pub ticket: Ticket,
    /// The last post that it has shown, 0 for none. A client that was restarted leaves it out, and
    /// is sent what a new member is sent.
    pub since: Option<PostId>,
}

/// An action that the caller has to perform, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubEffect {
    /// Store a post, and report [`HubInput::Stored`] when it is safe. Several may be stored
    /// together, in order.
    Store(PostRecord),
    /// Send a post.
    Deliver {
        /// The post, which is stored.
        post: Arc<Post>,
        /// Its readers.
        to: Recipients,
    },
    /// Send several posts about who is in the room together.
    Announce {
        /// The posts, which are stored.
        announcement: Arc<Announcement>,
        /// The connections that get its [`summary`](Announcement::summary), besides the host.
        to: Arc<[ConnectionId]>,
        /// Those of them that get the [`rest`](Announcement::rest) as well.
        clients: Arc<[ConnectionId]>,
    },
    /// Send old posts that a reader has asked for.
    Recall {
        /// The reader.
        to: Recipient,
        /// The posts, in order.
        posts: Vec<Arc<Post>>,
    },
    /// Send a notice.
    Tell {
        /// The reader.
        to: Recipient,
        /// The notice, which is not stored.
        notice: RoomNotice,
    },
    /// Send a `tictalk` client data that it has asked for in its hello.
    Send {
        /// The client's connection.
        connection: ConnectionId,
        /// Members, a board, or the end of one.
        control: Control,
    },
    /// Welcome a `tictalk` client.
    Welcome {
        /// The client's connection.
        connection: ConnectionId,
        /// Its membership. The ticket is left out on the wire if the client has proved to know it.
        room: Membership,
    },
    /// Acknowledge the lines of a `tictalk` client.
    Receipt {
        /// The client's connection.
        connection: ConnectionId,
        /// The number of the last acknowledged line.
        number: u64,
    },
    /// Ping a `tictalk` client.
    Ping(ConnectionId),
    /// Answer a query with [`HubInput::Found`] once the queue of its reader is less than half full.
    /// The queries of one reader are answered in order, unless its connection has ended.
    Look {
        /// The reader.
        to: Recipient,
        /// The query.
        query: Query,
    },
    /// Solve a problem on another thread, since it may take two seconds, and hand in
    /// [`HubInput::Thought`] once. Problems wait in order, at most one for each member.
    Think(GameProblem),
    /// Read one line of a connection.
    Read {
        /// The connection.
        connection: ConnectionId,
        /// The earliest time, since the room's start.
        at: Duration,
    },
    /// Send a farewell and close the connection once everything is sent. Further input of it is
    /// ignored.
    Close {
        /// The connection.
        connection: ConnectionId,
        /// The reason, which the farewell tells.
        why: Farewell,
    },
    /// End the room. All connections are closed, and no effect follows.
    Over,
}

/// The readers of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipients {
    /// All members that are up to date, and the host.
    All {
        /// The members' connections. The same allocation as last time unless they have changed.
        connections: Arc<[ConnectionId]>,
        /// The connections that do not get it: of an author that has seen the post already, or of
        /// players who are told in other words how their game has ended.
        but: [Option<ConnectionId>; 2],
    },
    /// A member that catches up.
    One(ConnectionId),
}

/// A question to the store. Only stored posts are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Query {
    /// The posts after this one, in order, at most this many.
    After(PostId, usize),
    /// The last messages that match a search.
    Said(Search),
    /// These posts, which a search has found. One portion is answered; the others are the rest.
    Posts(VecDeque<PostId>),
    /// The members after this one. The hub knows them itself: the answer has no posts, and only
    /// says that the reader's queue has space.
    Members(Listing, MemberId),
}

/// A list of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// The list of `/who`.
    Who,
    /// The list of `/status`.
    Status,
    /// The list as data.
    Sights,
}

/// A search of one reader through messages, from the last post to the first. It may be done in several steps: a
/// step that ends early leaves the rest as another search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Whose search it is. Only posts that this reader may see are found.
    pub reader: MemberId,
    /// Words in lower case, all of which a post must contain.
    pub words: Vec<String>,
    /// Maximum number of posts.
    pub limit: usize,
    /// Only posts before this one are still to be examined.
    pub before: Option<PostId>,
    /// The posts found so far, in order.
    pub found: VecDeque<PostId>,
}

impl Search {
    /// A search for the last `limit` posts that contain all of `words`.
    #[must_use]
    pub fn new<'a>(reader: MemberId, words: impl Iterator<Item = &'a str>, limit: usize) -> Self {
        Self {
            reader,
            words: words.map(str::to_lowercase).collect(),
            limit,
            before: None,
            found: VecDeque::new(),
        }
    }

    /// The same search through the posts before this one.
    #[must_use]
    pub fn before(self, post: PostId) -> Self {
        Self {
            before: Some(post),
            ..self
        }
    }

    /// The last post that is still to be examined, of those up to `stored`.
    #[must_use]
    pub fn next(&self, stored: PostId) -> PostId {
        match self.before {
            // The person may have named a post that is still to come.
            Some(before) => stored.min(PostId(before.0.saturating_sub(1))),
            None => stored,
        }
    }

    /// Examines the next post, which must be older than the last one. Returns whether the search is
    /// over.
    pub fn look_at(&mut self, post: &Post) -> bool {
        self.before = Some(post.id);
        if self.fits(post) {
            self.found.push_front(post.id);
        }
        self.found.len() >= self.limit
    }

    fn fits(&self, post: &Post) -> bool {
        let (text, whom) = match &post.what {
            What::Said { text } | What::Acted { text } => (text, ""),
            What::Whispered { text, whom, .. } => (text, &**whom),
            _ => return false,
        };
        if !Readers::of(post).includes(self.reader) {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let text = format!("{} {whom} {}", post.by.name, &**text).to_lowercase();
        self.words.iter().all(|word| text.contains(word))
    }
}

/// Who becomes the coordinator of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Coordination {
    /// The first member, and another one when that one leaves.
    #[default]
    First,
    /// No member: the host alone keeps order.
    Host,
    /// Nobody.
    None,
}

/// The settings of a room.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// Who becomes the coordinator.
    pub coordination: Coordination,
    /// The host's name.
    pub host: Nick,
    /// The room's name. Foreign text.
    pub room: Option<Arc<str>>,
    /// When the room starts, in milliseconds since 1970.
    pub began: u64,
    /// Maximum number of members.
    pub members: Option<NonZeroUsize>,
    /// Maximum number of members from one address, disconnected ones included.
    pub per_address: Option<NonZeroUsize>,
    /// Time within which a framed or raw peer must send a first name.
    #[serde(with = "time::option")]
    pub introduction: Option<Duration>,
    /// Silence after which a member is removed, time within which a disconnected member may return,
    /// and time within which a peer whose name was refused must send another.
    #[serde(with = "time::option")]
    pub patience: Option<Duration>,
    /// Time between two pings of a member.
    #[serde(with = "time")]
    pub ping: Duration,
    /// Time within which a disconnected player must return.
    #[serde(with = "time")]
    pub forfeit: Duration,
    /// How fast a member may send. `None` also disables the limits of addresses.
    pub rate: Option<LineRate>,
    /// Approximate size of one portion of old posts for a member that catches up, in bytes: far
    /// less than a member's queue holds.
    pub at_once: usize,
    /// How many posts may wait to be stored before reading pauses.
    pub unstored: usize,
    /// How the host is shown boards.
    pub boards: BoardForm,
}

impl Settings {
    /// The default settings.
    #[must_use]
    pub fn new(host: Nick, began: u64) -> Self {
        Self {
            coordination: Coordination::First,
            host,
            room: None,
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
            boards: BoardForm::Drawing,
        }
    }
}
