//! The server's side of a room, as a state machine.
//!
//! `contract` defines inputs, effects and settings. Each subject has a file: `arrivals`,
//! `departures` and `names` of members; `lines` that arrive, the commands in them (`obey`), lines
//! that are a command without a slash (`bare`) and the `posts` that they cause; `offers` of games,
//! how they are played (`play`), the computer's moves (`thinking`) and their `restoring` after a
//! restart; pings and timeouts (`pulse`); members and boards as data (`sights`). `publishing` announces
//! stored posts, many joins and leaves together (`gathering`). `saving` makes the whole state data.

use super::budget::{Accounts, Bucket, Origin};
use super::command::Rank;
use super::contest::Contest;
use super::data::{sorted, time};
use super::farewell::Farewell;
use super::line_mark::LineMark;
use super::member::{Departed, LineReceipts, Member, MemberPeer, Presence};
use super::name::Nick;
use super::notice::RoomNotice;
use super::post::RestoredRoom;
use super::results::Results;
use super::roster::Listed;
use super::sanctions::Sanctions;
use super::setup::Models;
use super::table::{COMPUTER, COMPUTER_NAME, GameTable, TableId};
use super::table_record::TableRecord;
use super::thought::{Thought, ThoughtId};
use crate::games::Chance;
use crate::wire::{
    BoardForm, BoardSight, Handle, LineNumber, MemberId, Parting, Post, PostId, Sees, Ticket,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

mod arrivals;
mod bare;
mod contests;
mod contract;
mod departures;
mod gathering;
mod lines;
mod names;
mod obey;
mod observing;
mod offers;
mod order;
mod play;
mod posts;
mod publishing;
mod pulse;
mod restoring;
mod saving;
mod sights;
mod thinking;

use gathering::{Gathering, Live};

pub use contract::{
    ConnectionId, Coordination, Entrant, Found, HubEffect, HubInput, Listing, Query, Recipient,
    Recipients, Search, SentPosts, Settings,
};
pub use saving::LoadError;
pub use sights::{MembersPortion, TableVersion};

/// How many of the last posts a new member is sent.
pub const NEWCOMER_SEES: u64 = 20;

/// How many of the last stored posts are kept in memory.
pub(crate) const RECENT_POSTS: usize = 256;

/// The server-side state of a room. It is written with [`save`](Self::save) and read with
/// [`load`](Self::load), which also checks it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Hub {
    settings: Settings,
    /// The source of tickets, coordinators and the secrets of games.
    chance: Chance,
    connections: BTreeMap<ConnectionId, Holder>,
    /// Boxed, because the nodes of the map are half empty while members join in order.
    members: BTreeMap<MemberId, Box<Member>>,
    /// The connected members.
    present: BTreeSet<MemberId>,
    /// The members that have offered a game.
    offering: BTreeSet<MemberId>,
    /// The owner of each confusable key, including the host's. Never iterated, so hash order cannot
    /// affect behaviour.
    #[serde(with = "sorted")]
    names: HashMap<String, MemberId>,
    /// The owner of each ticket, by the ticket's handle. Never iterated.
    #[serde(with = "sorted")]
    tickets: HashMap<Handle, (Ticket, MemberId)>,
    /// What addresses have spent.
    accounts: Accounts,
    /// How many members each address has. Never iterated.
    #[serde(with = "sorted")]
    crowds: HashMap<Origin, usize>,
    departed: BTreeMap<MemberId, Departed>,
    /// The order in which they left.
    departures: VecDeque<MemberId>,
    last_member: MemberId,
    /// The last post, stored or not.
    last: PostId,
    /// The last stored post.
    stored: PostId,
    unstored: VecDeque<Unstored>,
    /// The last announced posts, at most [`RECENT_POSTS`].
    recent: VecDeque<Arc<Post>>,
    /// The last post that was announced. A member is live that has got the posts up to it.
    announced: PostId,
    /// The stored posts after it.
    gathering: Gathering,
    /// The connections that get posts as soon as these are announced; `None` when that has changed.
    #[serde(skip)]
    live: Option<Live>,
    /// The connections that are read again when the store has caught up, and the earliest time.
    held: VecDeque<(ConnectionId, Duration)>,
    sanctions: Sanctions,
    coordinator: Option<MemberId>,
    /// The coordinator before the server was restarted, who may still return.
    claim: Option<MemberId>,
    surveys: Vec<Survey>,
    /// Whether the mark of a member has changed, which no post tells, and when clients that see
    /// members may be sent them again.
    has_new_marks: bool,
    #[serde(with = "time")]
    marks_from: Duration,
    #[serde(with = "saving::tables")]
    tables: BTreeMap<TableId, GameTable>,
    last_table: TableId,
    /// The last boards of the tables that have ended, as somebody who watches sees them, until they
    /// are taken.
    #[serde(skip)]
    last_boards: VecDeque<BoardSight>,
    /// Games of the last run whose players cannot return, until they are reported.
    abandoned: Vec<Arc<TableRecord>>,
    results: Results,
    /// The tournament, if there is one.
    contest: Option<Contest>,
    /// The table of the last tournament that was played to its end.
    last_contest: Option<String>,
    #[serde(skip)]
    models: Models,
    /// The problems that are being solved.
    thoughts: BTreeMap<ThoughtId, Thought>,
    last_thought: ThoughtId,
    host_watches: Option<TableId>,
    host_boards: BoardForm,
    stage: RoomStage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum RoomStage {
    Open,
    /// The room ends when this post is stored.
    Closing(PostId),
    Over,
}

/// The owner of a connection.
#[derive(Debug, Serialize, Deserialize)]
enum Holder {
    /// A peer without a name yet. Boxed, because few connections have no name.
    Nameless(Box<NamelessPeer>),
    Member(MemberId),
}

/// A peer without a name yet.
#[derive(Debug, Serialize, Deserialize)]
struct NamelessPeer {
    from: SocketAddr,
    mark: LineMark,
    bucket: Bucket,
    #[serde(with = "time")]
    came_at: Duration,
    /// The deadline for a name.
    #[serde(with = "time::option")]
    until: Option<Duration>,
}

/// The connection of somebody who joins or returns.
#[derive(Debug, Clone, Copy)]
struct MemberLine {
    connection: ConnectionId,
    from: SocketAddr,
    mark: LineMark,
}

/// A post that is not stored yet.
#[derive(Debug, Serialize, Deserialize)]
struct Unstored {
    post: Arc<Post>,
    /// The connections that are not sent the post.
    but: [Option<ConnectionId>; 2],
    /// The member that gets a receipt for it.
    awaited_by: Option<MemberId>,
}

/// A ping of all members, whose answers somebody waits for.
#[derive(Debug, Serialize, Deserialize)]
struct Survey {
    by: Recipient,
    #[serde(with = "time")]
    since: Duration,
    awaited: BTreeSet<MemberId>,
}

/// The state of one call of [`Hub::handle`].
pub(super) struct Step<'effects> {
    now: Duration,
    effects: &'effects mut Vec<HubEffect>,
    /// The author and number of the line that is being carried out, if it has a number.
    line: Option<(MemberId, LineNumber)>,
}

impl Step<'_> {
    fn tell(&mut self, to: Recipient, notice: RoomNotice) {
        self.effects.push(HubEffect::Tell { to, notice });
    }
}

/// The author of a line.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    id: MemberId,
    name: Arc<str>,
    reader: Recipient,
    rank: Rank,
}

impl Hub {
    /// A new room. The seed must be random: it determines every ticket.
    #[must_use]
    pub fn open(settings: Settings, seed: [u8; 32]) -> Self {
        Self::restore(settings, seed, &RestoredRoom::default(), [])
    }

    /// A room after a restart of the server, from what is stored of it and its last posts, in order.
    /// The hub keeps 256 posts in memory. All members may return. The seed must be a new one.
    #[must_use]
    pub fn restore(
        settings: Settings,
        seed: [u8; 32],
        known: &RestoredRoom,
        recent: impl IntoIterator<Item = Arc<Post>>,
    ) -> Self {
        let mut hub = Self {
            chance: Chance::new(seed),
            connections: BTreeMap::new(),
            members: BTreeMap::new(),
            present: BTreeSet::new(),
            offering: BTreeSet::new(),
            names: HashMap::new(),
            tickets: HashMap::new(),
            accounts: Accounts::default(),
            crowds: HashMap::new(),
            departed: BTreeMap::new(),
            departures: VecDeque::new(),
            last_member: known.last_member,
            last: known.last,
            stored: known.last,
            unstored: VecDeque::new(),
            recent: recent.into_iter().collect(),
            announced: known.last,
            gathering: Gathering::default(),
            live: None,
            held: VecDeque::new(),
            sanctions: known.sanctions.clone(),
            coordinator: None,
            claim: known.coordinator,
            surveys: Vec::new(),
            has_new_marks: false,
            marks_from: Duration::ZERO,
            tables: BTreeMap::new(),
            last_table: TableId(0),
            last_boards: VecDeque::new(),
            abandoned: Vec::new(),
            results: known.results.clone(),
            contest: None,
            last_contest: None,
            models: Models::default(),
            thoughts: BTreeMap::new(),
            last_thought: ThoughtId(0),
            host_watches: None,
            host_boards: settings.boards,
            stage: RoomStage::Open,
            settings,
        };
        if let Ok(computer) = Nick::read(COMPUTER_NAME) {
            hub.take_name(&computer, COMPUTER);
        }
        hub.take_name(&hub.settings.host.clone(), MemberId::HOST);
        for (id, known) in &known.members {
            let (id, ticket) = (*id, known.ticket);
            let lines = LineReceipts::stored(known.heard);
            let entered = PostId(known.joined.0.saturating_sub(NEWCOMER_SEES + 1));
            let nick = Nick::read(&known.name);
            let nick = nick.ok().filter(|nick| hub.is_free(nick, id));
            let is_full = hub
                .settings
                .members
                .is_some_and(|most| hub.members.len() >= most.get());
            if !known.is_in || is_full {
                let nick = nick.unwrap_or_else(|| hub.free_name(id));
                hub.remember(
                    id,
                    Departed {
                        ticket,
                        nick,
                        lines,
                        entered,
                        bucket: Bucket::default(),
                    },
                );
                continue;
            }
            let nick = nick.unwrap_or_else(|| hub.free_name(id));
            hub.take_name(&nick, id);
            hub.tickets.insert(ticket.handle(), (ticket, id));
            let since = Duration::ZERO;
            let member = Member {
                nick,
                peer: MemberPeer::Tictalk(ticket),
                origin: None,
                mark: LineMark::Unmarked,
                joined_at: since,
                entered,
                spoke_at: (known.heard > 0).then_some(since),
                lines,
                bucket: Bucket::default(),
                presence: Presence::Away { since },
                playing: None,
                watching: None,
                offer: None,
                last_game: None,
                boards: BoardForm::Drawing,
                sees: Sees::default(),
            };
            hub.members.insert(id, Box::new(member));
        }
        hub.restore_tables(&known.tables);
        if hub.claim.is_some_and(|id| !hub.members.contains_key(&id)) {
            hub.claim = None;
        }
        hub
    }

    /// Handles an input at the time `now` since the room's start. Appends the effects to perform,
    /// in order.
    pub fn handle(&mut self, now: Duration, input: HubInput, effects: &mut Vec<HubEffect>) {
        let step = &mut Step {
            now,
            effects,
            line: None,
        };
        match (input, self.stage) {
            (_, RoomStage::Over) => {}
            (HubInput::Stored(up_to), _) => self.stored(step, up_to),
            (_, RoomStage::Closing(_)) => {}
            (
                HubInput::Connected {
                    connection,
                    from,
                    mark,
                },
                _,
            ) => {
                let line = MemberLine {
                    connection,
                    from,
                    mark,
                };
                self.connected(step, line);
            }
            (
                HubInput::Hello {
                    connection,
                    from,
                    mark,
                    name,
                    room,
                    sees,
                },
                _,
            ) => {
                let line = MemberLine {
                    connection,
                    from,
                    mark,
                };
                self.hello(step, line, name.as_ref(), room, sees);
            }
            (
                HubInput::Line {
                    connection,
                    number,
                    text,
                },
                _,
            ) => self.line(step, connection, number, &text),
            (HubInput::Noise { connection, bytes }, _) => self.noise(step, connection, bytes),
            (HubInput::Took { connection, time }, _) => self.took(step, connection, time),
            (HubInput::Pong(connection), _) => self.pong(step, connection),
            (HubInput::Behind { connection, bytes }, _) => {
                if self.connections.contains_key(&connection) {
                    step.tell(
                        Recipient::Connection(connection),
                        RoomNotice::Behind { bytes },
                    );
                }
            }
            (HubInput::Overflow(connection), _) => {
                self.lose(step, connection, Parting::Behind, Some(Farewell::Behind));
            }
            (HubInput::Lost(connection), _) => self.lose(step, connection, Parting::Lost, None),
            (HubInput::Boards { connection, boards }, _) => {
                self.set_boards(Recipient::Connection(connection), boards);
            }
            (HubInput::Thought(solution), _) => self.thought(step, solution),
            (HubInput::Host(text), _) => {
                let host = self.host(Recipient::Host);
                self.obey(step, &host, &text);
            }
            (HubInput::Console { console, text }, _) => {
                let host = self.host(Recipient::Console(console));
                self.obey(step, &host, &text);
            }
            (HubInput::HostLeft, _) => self.close_room(step),
            (HubInput::Found(found), _) => self.found(step, found),
            (
                HubInput::Sent {
                    to,
                    query,
                    sent,
                    rest,
                },
                _,
            ) => self.sent(step, to, query, sent, rest),
            (HubInput::Tick, _) => self.tick(step),
        }
    }

    /// Charges an address for a newcomer. Returns the time since the room's start from which inputs
    /// of the connection may be handed in; `None` if the connection has to be closed, which costs
    /// nothing.
    pub fn arrival(&mut self, now: Duration, from: IpAddr) -> Option<Duration> {
        let Settings {
            per_address, rate, ..
        } = self.settings;
        self.accounts
            .arrive(now, Origin::from(from), per_address, rate)
    }

    /// When the room may begin a key exchange with this address, since the room's start.
    #[must_use]
    pub fn exchange_at(&self, now: Duration, from: IpAddr) -> Duration {
        let rate = self.settings.rate;
        self.accounts.free_at(now, Origin::from(from), rate)
    }

    /// Charges an address for the time that a key exchange has taken.
    pub fn took_exchange(&mut self, now: Duration, from: IpAddr, time: Duration) {
        self.accounts.take_time(now, Origin::from(from), time);
    }

    /// Charges the owner of a ticket for its return. Others at its address pay nothing, so that a
    /// class behind one router may return at once. Returns the same as [`arrival`](Self::arrival).
    pub fn comeback(&mut self, now: Duration, ticket: &Ticket) -> Option<Duration> {
        let (_, id) = self.tickets.get(&ticket.handle())?;
        let bucket = match self.members.get_mut(id) {
            Some(member) => &mut member.bucket,
            None => &mut self.departed.get_mut(id)?.bucket,
        };
        bucket.come_back(now, self.settings.rate)
    }

    /// The ticket of this handle, if its owner can return.
    #[must_use]
    pub fn ticket(&self, handle: &Handle) -> Option<Ticket> {
        self.tickets.get(handle).map(|(ticket, _)| *ticket)
    }

    /// All members, in the order in which they joined.
    #[must_use]
    pub fn members(&self, now: Duration) -> Vec<Listed> {
        let members = self.members.iter();
        members
            .map(|(id, member)| self.listed(now, *id, member))
            .collect()
    }

    /// The address of a member, while it is connected.
    #[must_use]
    pub fn address(&self, id: MemberId) -> Option<SocketAddr> {
        Some(self.members.get(&id)?.here()?.from)
    }

    fn listed(&self, now: Duration, id: MemberId, member: &Member) -> Listed {
        let spoke_at = member.spoke_at.unwrap_or(member.joined_at);
        Listed {
            id,
            name: member.nick.shared(),
            is_coordinator: self.coordinator == Some(id),
            is_here: member.here().is_some(),
            mark: member.mark,
            since: now.saturating_sub(member.joined_at),
            quiet: now.saturating_sub(spoke_at),
        }
    }

    /// Number of posts that are not stored yet.
    #[must_use]
    pub fn unstored(&self) -> usize {
        self.unstored.len()
    }

    /// Number of stored posts that members are told of at the next tick at the latest.
    #[must_use]
    pub fn unannounced(&self) -> usize {
        self.gathering.count()
    }

    /// Number of connections that the hub knows.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// The last post, stored or not.
    #[must_use]
    pub fn last(&self) -> PostId {
        self.last
    }

    /// The known connections with numbers in `range`.
    #[must_use]
    pub fn connections_in(&self, range: RangeInclusive<ConnectionId>) -> Vec<ConnectionId> {
        let known = self.connections.range(range);
        known.map(|(connection, _)| *connection).collect()
    }

    /// Whether this is the connection of a member.
    #[must_use]
    pub fn is_member(&self, connection: ConnectionId) -> bool {
        matches!(self.connections.get(&connection), Some(Holder::Member(_)))
    }

    /// Notes that the room's time stood still for this long. Waits and limits do not count it; the
    /// times of posts do.
    pub fn pause(&mut self, time: Duration) {
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.settings.began = self.settings.began.saturating_add(time);
    }

    /// Whether the room is closed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage == RoomStage::Over
    }

    fn host(&self, reader: Recipient) -> Sender {
        Sender {
            id: MemberId::HOST,
            name: self.settings.host.shared(),
            reader,
            rank: Rank::Host,
        }
    }
}
