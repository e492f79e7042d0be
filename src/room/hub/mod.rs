//! Who is in a room, what each may do, and what each is told.
//!
//! What the caller sees stands in `contract`. What happens to whom has a file each: `arrivals`,
//! `departures`, `names`; `lines` that come, what they say (`obey`, `play`), and the `posts` that come
//! of them; and with time, who still answers (`pulse`).

use super::budget::{Accounts, Bucket, Origin};
use super::command::Rank;
use super::farewell::Farewell;
use super::member::{Departed, LineReceipts, Member, Presence};
use super::name::Nick;
use super::notice::RoomNotice;
use super::post::RestoredRoom;
use super::roster::Listed;
use super::table::{GameTable, TableId};
use crate::games::Chance;
use crate::wire::{Handle, LineNumber, MemberId, Parting, Post, PostId, Ticket};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

mod arrivals;
mod contract;
mod departures;
mod lines;
mod names;
mod obey;
mod play;
mod posts;
mod pulse;

pub use contract::{
    ConnectionId, Entrant, HubEffect, HubInput, Listing, Query, Recipient, Recipients, Search,
    Settings,
};

/// How many of the last posts a newcomer sees.
pub const NEWCOMER_SEES: u64 = 20;

/// How many of the last stored posts are kept in memory.
pub const RECENT_POSTS: usize = 256;

/// A room: what everybody in it has come to.
#[derive(Debug)]
pub struct Hub {
    settings: Settings,
    /// Where tickets, coordinators and the secrets of games come from.
    chance: Chance,
    connections: BTreeMap<ConnectionId, Holder>,
    members: BTreeMap<MemberId, Member>,
    /// What names look like, the host's too. Never gone through, so that its order does not matter.
    names: HashMap<String, MemberId>,
    /// Who comes by which ticket, by the ticket's handle. Never gone through either.
    tickets: HashMap<Handle, (Ticket, MemberId)>,
    /// What addresses have spent, and how many members each has. Never gone through either.
    accounts: Accounts,
    crowds: HashMap<Origin, usize>,
    departed: BTreeMap<MemberId, Departed>,
    /// In which order they left.
    departures: VecDeque<MemberId>,
    last_member: MemberId,
    /// The last post that was made, and the last that is stored.
    last: PostId,
    stored: PostId,
    unstored: VecDeque<Unstored>,
    /// The last posts that are stored.
    recent: VecDeque<Arc<Post>>,
    /// Whoever gets posts as soon as they are stored, while nobody comes or goes.
    live: Option<Arc<[ConnectionId]>>,
    /// Who may send a line when the store has caught up, and from when.
    held: VecDeque<(ConnectionId, Duration)>,
    coordinator: Option<MemberId>,
    /// Who was the coordinator before the server was started again, and may still come back.
    claim: Option<MemberId>,
    surveys: Vec<Survey>,
    tables: BTreeMap<TableId, GameTable>,
    last_table: TableId,
    host_watches: Option<TableId>,
    stage: RoomStage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RoomStage {
    Open,
    /// The room ends when this post is stored.
    Closing(PostId),
    Over,
}

/// Whose a connection is.
#[derive(Debug)]
enum Holder {
    /// Nobody's yet: somebody is asked for a name.
    Stranger {
        from: SocketAddr,
        bucket: Bucket,
        came_at: Duration,
        /// When it is too late for a name.
        until: Option<Duration>,
    },
    Member(MemberId),
}

/// A post that is not stored yet.
#[derive(Debug)]
struct Unstored {
    post: Arc<Post>,
    /// Who sees it already.
    but: Option<ConnectionId>,
    /// Who waits for a receipt for it.
    awaited_by: Option<MemberId>,
}

/// Somebody wants to know who answers.
#[derive(Debug)]
struct Survey {
    by: Recipient,
    since: Duration,
    awaited: BTreeSet<MemberId>,
}

/// One call of [`Hub::handle`].
pub(super) struct Step<'effects> {
    now: Duration,
    effects: &'effects mut Vec<HubEffect>,
    /// The numbered line that all this comes of, and whose it was.
    line: Option<(MemberId, LineNumber)>,
}

impl Step<'_> {
    fn tell(&mut self, to: Recipient, notice: RoomNotice) {
        self.effects.push(HubEffect::Tell { to, notice });
    }
}

/// Somebody who types.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    id: MemberId,
    name: Arc<str>,
    reader: Recipient,
    rank: Rank,
}

impl Hub {
    /// A room of which nothing is known yet but its seed, which has to be random: whoever knows it
    /// knows every ticket.
    #[must_use]
    pub fn open(settings: Settings, seed: [u8; 32]) -> Self {
        Self::restore(settings, seed, &RestoredRoom::default(), [])
    }

    /// A room that was there before: what is known of it, and its last posts in their order, as many
    /// as there are at hand. The seed must be another one. Everybody who was in may come back.
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
            live: None,
            held: VecDeque::new(),
            coordinator: None,
            claim: known.coordinator,
            surveys: Vec::new(),
            tables: BTreeMap::new(),
            last_table: TableId(0),
            host_watches: None,
            stage: RoomStage::Open,
            settings,
        };
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
                ticket: Some(ticket),
                origin: None,
                joined_at: since,
                entered,
                spoke_at: (known.heard > 0).then_some(since),
                lines,
                bucket: Bucket::default(),
                presence: Presence::Away { since },
                playing: None,
                watching: None,
                offer: None,
            };
            hub.members.insert(id, member);
        }
        if hub.claim.is_some_and(|id| !hub.members.contains_key(&id)) {
            hub.claim = None;
        }
        hub
    }

    /// Takes in what happened at this time since the room's start, and adds what must be done, in
    /// order.
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
            (HubInput::Connected { connection, from }, _) => self.connected(step, connection, from),
            (
                HubInput::Hello {
                    connection,
                    from,
                    name,
                    room,
                },
                _,
            ) => self.hello(step, connection, from, name.as_ref(), room),
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
            (HubInput::Host(text), _) => {
                let host = self.host();
                self.obey(step, &host, &text);
            }
            (
                HubInput::Found {
                    to,
                    query,
                    posts,
                    rest,
                },
                _,
            ) => self.found(step, to, query, posts, rest),
            (HubInput::Tick, _) => self.tick(step),
        }
    }

    /// Somebody new comes in from this address, which costs the address something. Returns the time,
    /// since the room's start, before which nothing of the connection may be handed in; `None` where
    /// that is too far away, and the connection is to be closed, which costs nothing.
    pub fn arrival(&mut self, now: Duration, from: IpAddr) -> Option<Duration> {
        let Settings {
            per_address, rate, ..
        } = self.settings;
        self.accounts
            .arrive(now, Origin::from(from), per_address, rate)
    }

    /// Whoever has this ticket comes back, which costs nobody else anything: a class behind one router
    /// may come back all at once. Returns the same as [`arrival`](Self::arrival).
    pub fn comeback(&mut self, now: Duration, ticket: &Ticket) -> Option<Duration> {
        let (_, id) = self.tickets.get(&ticket.handle())?;
        let bucket = match self.members.get_mut(id) {
            Some(member) => &mut member.bucket,
            None => &mut self.departed.get_mut(id)?.bucket,
        };
        bucket.come_back(now, self.settings.rate)
    }

    /// The ticket of this handle, if somebody can come back by it.
    #[must_use]
    pub fn ticket(&self, handle: &Handle) -> Option<Ticket> {
        self.tickets.get(handle).map(|(ticket, _)| *ticket)
    }

    /// Who is in, in the order in which they came.
    #[must_use]
    pub fn members(&self, now: Duration) -> Vec<Listed> {
        let members = self.members.iter();
        members
            .map(|(id, member)| self.listed(now, *id, member))
            .collect()
    }

    fn listed(&self, now: Duration, id: MemberId, member: &Member) -> Listed {
        let spoke_at = member.spoke_at.unwrap_or(member.joined_at);
        Listed {
            id,
            name: member.nick.shared(),
            is_coordinator: self.coordinator == Some(id),
            is_here: member.here().is_some(),
            since: now.saturating_sub(member.joined_at),
            quiet: now.saturating_sub(spoke_at),
        }
    }

    /// How many posts are made and not stored.
    #[must_use]
    pub fn unstored(&self) -> usize {
        self.unstored.len()
    }

    /// How many connections the hub knows.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Whether the room is closed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage == RoomStage::Over
    }

    fn host(&self) -> Sender {
        Sender {
            id: MemberId::HOST,
            name: self.settings.host.shared(),
            reader: Recipient::Host,
            rank: Rank::Host,
        }
    }
}
