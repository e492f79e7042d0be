//! Who is in a room, what each may do, and what each is told.

use super::command::Rank;
use super::member::{Bucket, Departed, Echo, Feed, Here, Lines, Member, Presence};
use super::name::{Nick, NickError};
use super::notice::{self, Answer, Farewell, Listed, Notice};
use super::post::{Entry, Known};
use super::table::{Table, TableId};
use crate::games::Chance;
use crate::wire::{
    self, Author, Entrance, MemberId, Membership, Parting, Post, PostId, Ticket, What,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::mem;
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

/// How many of the last posts a newcomer sees.
pub const NEWCOMER_SEES: u64 = 20;

/// How many of the last posts are kept for who comes back.
const RECENT: usize = 256;

/// How many posts are looked up at once for somebody who is behind.
const CATCH_UP: usize = 200;

/// How many who have left can come again as the same member.
const REMEMBERED: usize = 4_096;

/// How long the answers of a survey are waited for.
const SURVEY: Duration = Duration::from_secs(2);

/// A room: what everybody in it has come to.
#[derive(Debug)]
pub struct Hub {
    pub(super) settings: Settings,
    /// Where tickets, coordinators and the secrets of games come from.
    pub(super) chance: Chance,
    links: BTreeMap<Link, Party>,
    pub(super) members: BTreeMap<MemberId, Member>,
    /// What names look like, the host's too. Never gone through, so that its order does not matter.
    names: HashMap<String, MemberId>,
    /// Who comes by which ticket. Never gone through either.
    tickets: HashMap<Ticket, MemberId>,
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
    live: Option<Arc<[Link]>>,
    /// Who may send a line when the store has caught up, and from when.
    held: VecDeque<(Link, Duration)>,
    pub(super) coordinator: Option<MemberId>,
    /// Who was the coordinator before the server was started again, and may still come back.
    claim: Option<MemberId>,
    surveys: Vec<Survey>,
    pub(super) tables: BTreeMap<TableId, Table>,
    pub(super) last_table: TableId,
    pub(super) host_watches: Option<TableId>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    /// The room ends when this post is stored.
    Closing(PostId),
    Over,
}

/// Whose a connection is.
#[derive(Debug)]
enum Party {
    /// Nobody's yet: somebody is asked for a name.
    Stranger {
        from: SocketAddr,
        bucket: Bucket,
        /// When it is too late for a name.
        until: Duration,
    },
    Member(MemberId),
}

/// A post that is not stored yet.
#[derive(Debug)]
struct Unstored {
    post: Arc<Post>,
    /// Who sees it already.
    but: Option<Link>,
    /// Who waits for a receipt for it.
    awaited_by: Option<MemberId>,
}

/// Somebody wants to know who answers.
#[derive(Debug)]
struct Survey {
    by: Reader,
    since: Duration,
    awaited: BTreeSet<MemberId>,
}

/// One call of [`Hub::handle`].
pub(super) struct Step<'effects> {
    pub(super) now: Duration,
    pub(super) effects: &'effects mut Vec<Effect>,
    /// The numbered line that all this comes of, and whose it was.
    line: Option<(MemberId, u64)>,
}

impl Step<'_> {
    pub(super) fn tell(&mut self, to: Reader, notice: Notice) {
        self.effects.push(Effect::Tell { to, notice });
    }
}

/// Somebody who types.
#[derive(Debug, Clone)]
pub(super) struct Speaker {
    pub(super) id: MemberId,
    pub(super) name: Arc<str>,
    pub(super) reader: Reader,
    pub(super) rank: Rank,
}

impl Hub {
    /// A room of which nothing is known yet but its seed, which has to be random: whoever knows it
    /// knows every ticket.
    #[must_use]
    pub fn open(settings: Settings, seed: [u8; 32]) -> Self {
        Self::restore(settings, seed, &Known::default(), [])
    }

    /// A room that was there before: what is known of it, and its last posts in their order, as many
    /// as there are at hand. The seed must be another one. Everybody who was in may come back.
    #[must_use]
    pub fn restore(
        settings: Settings,
        seed: [u8; 32],
        known: &Known,
        recent: impl IntoIterator<Item = Arc<Post>>,
    ) -> Self {
        let mut hub = Self {
            chance: Chance::new(seed),
            links: BTreeMap::new(),
            members: BTreeMap::new(),
            names: HashMap::new(),
            tickets: HashMap::new(),
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
            stage: Stage::Open,
            settings,
        };
        hub.take_name(&hub.settings.host.clone(), MemberId::HOST);
        for (id, known) in &known.members {
            let (id, ticket) = (*id, known.ticket);
            let lines = Lines::stored(known.heard);
            let entered = PostId(known.joined.0.saturating_sub(NEWCOMER_SEES + 1));
            let nick = Nick::read(&known.name);
            let nick = nick.ok().filter(|nick| hub.is_free(nick, id));
            if !known.is_in || hub.members.len() == hub.settings.members {
                let nick = nick.unwrap_or_else(|| hub.free_name(id));
                hub.remember(
                    id,
                    Departed {
                        ticket,
                        nick,
                        lines,
                        entered,
                    },
                );
                continue;
            }
            let nick = nick.unwrap_or_else(|| hub.free_name(id));
            hub.take_name(&nick, id);
            hub.tickets.insert(ticket, id);
            let since = Duration::ZERO;
            let member = Member {
                nick,
                ticket: Some(ticket),
                joined_at: since,
                entered,
                spoke_at: since,
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
    pub fn handle(&mut self, now: Duration, input: Input, effects: &mut Vec<Effect>) {
        let step = &mut Step {
            now,
            effects,
            line: None,
        };
        match (input, self.stage) {
            (_, Stage::Over) => {}
            (Input::Stored(up_to), _) => self.stored(step, up_to),
            (_, Stage::Closing(_)) => {}
            (Input::Connected { link, from }, _) => self.connected(step, link, from),
            (
                Input::Hello {
                    link,
                    from,
                    name,
                    room,
                },
                _,
            ) => self.hello(step, link, from, name.as_ref(), room),
            (Input::Line { link, number, text }, _) => self.line(step, link, number, &text),
            (Input::Pong(link), _) => self.pong(step, link),
            (Input::Behind { link, bytes }, _) => {
                if self.links.contains_key(&link) {
                    step.tell(Reader::Link(link), Notice::Behind { bytes });
                }
            }
            (Input::Overflow(link), _) => {
                self.lose(step, link, Parting::Behind, Some(Farewell::Behind));
            }
            (Input::Lost(link), _) => self.lose(step, link, Parting::Lost, None),
            (Input::Host(text), _) => {
                let host = self.host();
                self.obey(step, &host, &text);
            }
            (Input::Found { to, query, posts }, _) => self.found(step, to, query, posts),
            (Input::Tick, _) => self.tick(step),
        }
    }

    /// Who is in, in the order in which they came.
    #[must_use]
    pub fn members(&self, now: Duration) -> Vec<Listed> {
        let members = self.members.iter().map(|(id, member)| Listed {
            id: *id,
            name: member.nick.shared(),
            is_coordinator: self.coordinator == Some(*id),
            is_here: member.here().is_some(),
            since: now.saturating_sub(member.joined_at),
            quiet: now.saturating_sub(member.spoke_at),
        });
        members.collect()
    }

    /// How many posts are made and not stored.
    #[must_use]
    pub fn unstored(&self) -> usize {
        self.unstored.len()
    }

    /// How many connections the hub knows.
    #[must_use]
    pub fn links(&self) -> usize {
        self.links.len()
    }

    /// Whether the room is closed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    fn host(&self) -> Speaker {
        Speaker {
            id: MemberId::HOST,
            name: self.settings.host.shared(),
            reader: Reader::Host,
            rank: Rank::Host,
        }
    }

    // Coming in.

    /// Whether there is no room for one more.
    fn is_full(&self) -> bool {
        self.members.len() >= self.settings.members || self.is_far_behind()
    }

    /// Whether nobody may come in, nor come back: who comes and goes while nothing can be stored
    /// would fill the memory with it.
    fn is_far_behind(&self) -> bool {
        self.unstored.len() >= self.settings.unstored.saturating_mul(2)
    }

    fn connected(&mut self, step: &mut Step<'_>, link: Link, from: SocketAddr) {
        if self.is_full() || self.links.len() >= self.settings.members.saturating_mul(2) {
            let why = Farewell::Full;
            step.effects.push(Effect::Close { link, why });
            return;
        }
        let stranger = Party::Stranger {
            from,
            bucket: Bucket::default(),
            until: step.now.saturating_add(self.settings.introduction),
        };
        self.links.insert(link, stranger);
        // It is not asked for its name: what it speaks is only known by the first thing it says.
        step.effects.push(Effect::Read { link, at: step.now });
    }

    fn hello(
        &mut self,
        step: &mut Step<'_>,
        link: Link,
        from: SocketAddr,
        name: Option<&wire::Name>,
        room: Option<Entrance>,
    ) {
        let known = room.and_then(|room| {
            let id = *self.tickets.get(&room.ticket)?;
            Some((id, room.since))
        });
        if let Some((id, since)) = known
            && self.members.contains_key(&id)
            && !self.is_far_behind()
        {
            return self.come_back(step, id, link, from, since);
        }
        if self.is_full() || known.is_some_and(|(id, _)| self.members.contains_key(&id)) {
            let why = Farewell::Full;
            step.effects.push(Effect::Close { link, why });
            return;
        }
        let returns = known.and_then(|(id, since)| Some((id, self.departed.remove(&id)?, since)));
        if let Some((id, departed, since)) = returns {
            // Others may have found the name free.
            let nick = Some(departed.nick.clone()).filter(|nick| self.is_free(nick, id));
            let nick = nick.unwrap_or_else(|| self.free_name(id));
            let start = self.start(since, departed.entered);
            let identity = Identity {
                id,
                nick,
                ticket: Some(departed.ticket),
                lines: departed.lines,
            };
            self.admit(step, link, from, identity, start);
            return;
        }
        let id = MemberId(self.last_member.0 + 1);
        let nick = match name {
            Some(name) => self.available(name.as_str(), id),
            None => Ok(self.free_name(id)),
        };
        match nick {
            Ok(nick) => {
                let ticket = room.map(|room| room.ticket);
                let ticket = Some(ticket.unwrap_or_else(|| self.new_ticket()));
                // A server that crashed may have forgotten who had just come in.
                let since = room.map_or(PostId(0), |room| room.since);
                let start = self.start(since, self.newcomers_start());
                let identity = Identity {
                    id,
                    nick,
                    ticket,
                    lines: Lines::default(),
                };
                self.admit(step, link, from, identity, start);
            }
            Err(error) => {
                let why = Farewell::Name(error);
                step.effects.push(Effect::Close { link, why });
            }
        }
    }

    /// A stranger says a name.
    fn introduce(&mut self, step: &mut Step<'_>, link: Link, from: SocketAddr, text: &str) {
        if self.is_full() {
            self.links.remove(&link);
            let why = Farewell::Full;
            step.effects.push(Effect::Close { link, why });
            return;
        }
        let id = MemberId(self.last_member.0 + 1);
        match self.available(text, id) {
            Ok(nick) => {
                let start = self.newcomers_start();
                let identity = Identity {
                    id,
                    nick,
                    ticket: None,
                    lines: Lines::default(),
                };
                self.admit(step, link, from, identity, start);
            }
            Err(error) => step.tell(Reader::Link(link), Notice::NotAName(error)),
        }
    }

    /// Somebody becomes a member, and sees what was posted behind `start`.
    fn admit(
        &mut self,
        step: &mut Step<'_>,
        link: Link,
        from: SocketAddr,
        identity: Identity,
        start: PostId,
    ) {
        let Identity {
            id,
            nick,
            ticket,
            lines,
        } = identity;
        self.last_member = self.last_member.max(id);
        self.take_name(&nick, id);
        let name = nick.shared();
        if let Some(ticket) = ticket {
            self.tickets.insert(ticket, id);
        }
        let member = Member {
            nick,
            ticket,
            joined_at: step.now,
            entered: start,
            spoke_at: step.now,
            lines,
            bucket: Bucket::default(),
            presence: Presence::Away { since: step.now },
            playing: None,
            watching: None,
            offer: None,
        };
        self.members.insert(id, member);
        self.arrive(step, id, link, from, start);
        step.tell(
            Reader::Link(link),
            Notice::Entered {
                name: Arc::clone(&name),
                id,
                count: self.members.len(),
            },
        );
        self.catch_up(step, id);
        self.post_entry(step, Author { id, name }, What::Joined, ticket);
        self.elect(step);
    }

    /// A member that is in has connected anew.
    fn come_back(
        &mut self,
        step: &mut Step<'_>,
        id: MemberId,
        link: Link,
        from: SocketAddr,
        since: PostId,
    ) {
        let Some(member) = self.members.get(&id) else {
            return;
        };
        let start = self.start(since, member.entered);
        let was_away = match member.link() {
            None => true,
            Some(old) => {
                // We have not noticed yet that it is gone.
                self.links.remove(&old);
                let why = Farewell::Replaced;
                step.effects.push(Effect::Close { link: old, why });
                false
            }
        };
        self.arrive(step, id, link, from, start);
        self.catch_up(step, id);
        if was_away {
            self.post(step, id, What::Back);
        }
        self.elect(step);
        self.show_table(step, id);
    }

    /// A member has this connection now.
    fn arrive(
        &mut self,
        step: &mut Step<'_>,
        id: MemberId,
        link: Link,
        from: SocketAddr,
        start: PostId,
    ) {
        self.live = None;
        self.links.insert(link, Party::Member(id));
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        member.presence = Presence::Here(Here {
            link,
            from,
            heard_at: step.now,
            is_read: true,
            pinged_at: step.now,
            echo: Echo::Awaited,
            feed: Feed::Behind(start),
        });
        if let Some(ticket) = member.ticket {
            let room = Membership {
                you: id,
                name: member.nick.shared(),
                ticket,
                heard: member.lines.done(),
                since: start,
            };
            step.effects.push(Effect::Welcome { link, room });
            step.effects.push(Effect::Ping(link));
        }
        step.effects.push(Effect::Read { link, at: step.now });
    }

    /// Behind which post a newcomer begins: it sees what was said last.
    fn newcomers_start(&self) -> PostId {
        PostId(self.stored.0.saturating_sub(NEWCOMER_SEES))
    }

    /// Behind which post somebody goes on who has seen the posts up to `since`: behind the same
    /// one, or behind `first` where it has seen none, or none of this room.
    fn start(&self, since: PostId, first: PostId) -> PostId {
        let is_ours = since > PostId(0) && since <= self.stored;
        if is_ours { since } else { first }
    }

    fn new_ticket(&mut self) -> Ticket {
        let bytes = self.chance.bytes();
        let (ticket, _) = bytes.as_chunks::<16>();
        Ticket::new(ticket.first().copied().unwrap_or_default())
    }

    // Names.

    /// The name that `text` is, if `id` may have it.
    pub(super) fn available(&self, text: &str, id: MemberId) -> Result<Nick, NickError> {
        let nick = Nick::read(text)?;
        if self.is_free(&nick, id) {
            Ok(nick)
        } else {
            Err(NickError::Taken(nick))
        }
    }

    fn is_free(&self, nick: &Nick, id: MemberId) -> bool {
        let mut owners = nick
            .keys()
            .into_iter()
            .filter_map(|key| self.names.get(&key).copied());
        owners.all(|owner| owner == id)
    }

    /// A name for somebody who says none, or whose own is taken.
    fn free_name(&self, id: MemberId) -> Nick {
        let mut names = (id.0..).filter_map(|number| Nick::read(&format!("guest{number}")).ok());
        names
            .find(|nick| self.is_free(nick, id))
            .unwrap_or_else(|| self.settings.host.clone())
    }

    pub(super) fn take_name(&mut self, nick: &Nick, id: MemberId) {
        for key in nick.keys() {
            self.names.insert(key, id);
        }
    }

    pub(super) fn free_the_name(&mut self, nick: &Nick, id: MemberId) {
        for key in nick.keys() {
            if self.names.get(&key) == Some(&id) {
                self.names.remove(&key);
            }
        }
    }

    /// Who is called this, the host too.
    pub(super) fn called(&self, name: &str) -> Option<MemberId> {
        let keys = Nick::read(name).ok()?.keys();
        keys.iter().find_map(|key| self.names.get(key).copied())
    }

    // Going.

    /// The connection is of no more use.
    fn lose(&mut self, step: &mut Step<'_>, link: Link, why: Parting, farewell: Option<Farewell>) {
        let Some(party) = self.links.get(&link) else {
            return;
        };
        let Party::Member(id) = *party else {
            self.links.remove(&link);
            return self.close(step, link, farewell);
        };
        let can_come_back = self.members.get(&id).is_some_and(|it| it.ticket.is_some());
        if !can_come_back {
            return self.leave(step, id, What::Left { why }, farewell);
        }
        self.links.remove(&link);
        self.live = None;
        self.close(step, link, farewell);
        if let Some(member) = self.members.get_mut(&id) {
            let since = step.now;
            member.presence = Presence::Away { since };
        }
        self.post(step, id, What::Away);
        self.forget_offers(step, id);
        self.elect(step);
    }

    fn close(&mut self, step: &mut Step<'_>, link: Link, why: Option<Farewell>) {
        if let Some(why) = why {
            step.effects.push(Effect::Close { link, why });
        }
    }

    /// Somebody is no member any more.
    pub(super) fn leave(
        &mut self,
        step: &mut Step<'_>,
        id: MemberId,
        what: What,
        farewell: Option<Farewell>,
    ) {
        self.post(step, id, what);
        self.forget_offers(step, id);
        self.forfeit(step, id);
        let Some(member) = self.members.remove(&id) else {
            return;
        };
        self.live = None;
        self.free_the_name(&member.nick, id);
        if let Some(link) = member.link() {
            self.links.remove(&link);
            self.close(step, link, farewell);
        }
        if let Some(ticket) = member.ticket {
            self.remember(
                id,
                Departed {
                    ticket,
                    nick: member.nick,
                    lines: member.lines,
                    entered: member.entered,
                },
            );
        }
        if self.claim == Some(id) {
            self.claim = None;
        }
        self.elect(step);
    }

    /// Keeps what is needed of somebody who may come again.
    fn remember(&mut self, id: MemberId, departed: Departed) {
        self.tickets.insert(departed.ticket, id);
        self.departed.insert(id, departed);
        self.departures.retain(|other| *other != id);
        self.departures.push_back(id);
        while self.departures.len() > REMEMBERED
            && let Some(id) = self.departures.pop_front()
        {
            // Who is in again has left this list's meaning behind.
            if let Some(departed) = self.departed.remove(&id) {
                self.tickets.remove(&departed.ticket);
            }
        }
    }

    /// Sees to it that there is a coordinator while anybody is here.
    pub(super) fn elect(&mut self, step: &mut Step<'_>) {
        let is_here = |id: &MemberId| {
            let member = self.members.get(id);
            member.is_some_and(|member| member.here().is_some())
        };
        if let Some(id) = self.claim.take_if(|id| is_here(id)) {
            if self.coordinator != Some(id) {
                self.appoint(step, id);
            }
            return;
        }
        if self.coordinator.as_ref().is_some_and(is_here) {
            return;
        }
        let here: Vec<MemberId> = self.members.keys().copied().filter(is_here).collect();
        match self.chance.pick(&here) {
            Some(id) => self.appoint(step, *id),
            None => self.coordinator = None,
        }
    }

    fn appoint(&mut self, step: &mut Step<'_>, id: MemberId) {
        self.coordinator = Some(id);
        self.post(step, id, What::Coordinator);
        if let Some(link) = self.members.get(&id).and_then(Member::link) {
            step.tell(Reader::Link(link), Notice::Coordinating);
        }
    }

    // Lines.

    fn line(&mut self, step: &mut Step<'_>, link: Link, number: Option<u64>, text: &str) {
        let Settings {
            burst,
            pace,
            patience,
            ..
        } = self.settings;
        let id = match self.links.get_mut(&link) {
            None => return,
            Some(Party::Stranger {
                from,
                bucket,
                until,
            }) => {
                let from = *from;
                *until = step.now.saturating_add(patience);
                let at = bucket.spend(step.now, burst, pace);
                self.introduce(step, link, from, text);
                if matches!(self.links.get(&link), Some(Party::Stranger { .. })) {
                    step.effects.push(Effect::Read { link, at });
                }
                return;
            }
            Some(Party::Member(id)) => *id,
        };
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let at = member.bucket.spend(step.now, burst, pace);
        if let Some(here) = member.here_mut() {
            here.heard_at = step.now;
            here.is_read = false;
        }
        let is_new = number.is_none_or(|number| member.lines.take(number));
        let mut looks = false;
        if is_new {
            member.spoke_at = step.now;
            step.line = number.map(|number| (id, number));
            let speaker = Speaker {
                id,
                name: member.nick.shared(),
                reader: Reader::Link(link),
                rank: if self.coordinator == Some(id) {
                    Rank::Coordinator
                } else {
                    Rank::Member
                },
            };
            let before = self.last;
            looks = self.obey(step, &speaker, text);
            if number.is_some() {
                let post = Some(self.last).filter(|last| *last > before);
                self.account(step, id, link, post);
            }
        } else if let Some(number) = number
            && number <= member.lines.done()
        {
            step.effects.push(Effect::Receipt { link, number });
        }
        // What is being looked up has to be read first.
        if !looks {
            self.read(step, link, at);
        }
    }

    /// The last line of this member has come to `post`, or to none.
    fn account(&mut self, step: &mut Step<'_>, id: MemberId, link: Link, post: Option<PostId>) {
        let lines = match (self.members.get_mut(&id), self.departed.get_mut(&id)) {
            (Some(member), _) => &mut member.lines,
            (None, Some(departed)) => &mut departed.lines,
            (None, None) => return,
        };
        if lines.settle(post) {
            let number = lines.done();
            step.effects.push(Effect::Receipt { link, number });
        } else if let Some(post) = post
            && let Ok(place) = usize::try_from(post.0 - self.stored.0 - 1)
            && let Some(unstored) = self.unstored.get_mut(place)
        {
            unstored.awaited_by = Some(id);
        }
    }

    /// Lets the next line of this connection be read at this time, or when the store has caught up.
    fn read(&mut self, step: &mut Step<'_>, link: Link, at: Duration) {
        if self.unstored.len() >= self.settings.unstored {
            self.held.push_back((link, at));
            return;
        }
        let Some(Party::Member(id)) = self.links.get(&link) else {
            return;
        };
        if let Some(here) = self.members.get_mut(id).and_then(Member::here_mut) {
            // Nothing could come before.
            here.heard_at = at.max(here.heard_at);
            here.is_read = true;
            step.effects.push(Effect::Read { link, at });
        }
    }

    // Posts.

    /// A post of this member.
    pub(super) fn post(&mut self, step: &mut Step<'_>, id: MemberId, what: What) {
        let name = match self.members.get(&id) {
            Some(member) => member.nick.shared(),
            None => self.settings.host.shared(),
        };
        self.post_entry(step, Author { id, name }, what, None);
    }

    fn post_entry(&mut self, step: &mut Step<'_>, by: Author, what: What, ticket: Option<Ticket>) {
        self.last = self.last.next();
        let author = self.members.get(&by.id);
        let but = author
            .filter(|author| is_talk(&what) && author.ticket.is_none())
            .and_then(Member::link);
        let passed = u64::try_from(step.now.as_millis()).unwrap_or(u64::MAX);
        let post = Arc::new(Post {
            id: self.last,
            at: self.settings.began.saturating_add(passed),
            by,
            what,
        });
        self.unstored.push_back(Unstored {
            post: Arc::clone(&post),
            but,
            awaited_by: None,
        });
        step.effects.push(Effect::Store(Entry {
            post,
            ticket,
            line: step.line,
        }));
    }

    /// The posts up to this one can be seen now.
    fn stored(&mut self, step: &mut Step<'_>, up_to: PostId) {
        let mut awaiting = BTreeSet::new();
        while let Some(next) = self.unstored.pop_front_if(|next| next.post.id <= up_to) {
            let Unstored {
                post,
                but,
                awaited_by,
            } = next;
            self.stored = post.id;
            awaiting.extend(awaited_by);
            if self.recent.len() >= RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back(Arc::clone(&post));
            let links = self.live();
            let to = Audience::All { links, but };
            step.effects.push(Effect::Deliver { post, to });
        }
        for id in awaiting {
            if let Some(departed) = self.departed.get_mut(&id) {
                departed.lines.store(self.stored);
            } else if let Some(member) = self.members.get_mut(&id)
                && let Some(number) = member.lines.store(self.stored)
                && let Some(link) = member.link()
            {
                step.effects.push(Effect::Receipt { link, number });
            }
        }
        if self.unstored.len() < self.settings.unstored {
            for (link, at) in mem::take(&mut self.held) {
                self.read(step, link, at.max(step.now));
            }
        }
        if matches!(self.stage, Stage::Closing(last) if last <= self.stored) {
            self.stage = Stage::Over;
            for link in mem::take(&mut self.links).into_keys() {
                let why = Farewell::Closed;
                step.effects.push(Effect::Close { link, why });
            }
            step.effects.push(Effect::Over);
        }
    }

    /// The host closes the room.
    pub(super) fn close_room(&mut self, step: &mut Step<'_>) {
        self.post(step, MemberId::HOST, What::Closed);
        self.stage = Stage::Closing(self.last);
    }

    /// Everybody who gets posts as soon as they are stored.
    fn live(&mut self) -> Arc<[Link]> {
        let live = self.live.get_or_insert_with(|| {
            let here = self.members.values().filter_map(Member::here);
            let live = here.filter(|here| here.feed == Feed::Live);
            live.map(|here| here.link).collect()
        });
        Arc::clone(live)
    }

    /// Sends a member what it has not seen yet, as far as that is at hand.
    fn catch_up(&mut self, step: &mut Step<'_>, id: MemberId) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let is_foreign = member.ticket.is_none();
        let Some(here) = member.here_mut() else {
            return;
        };
        let Feed::Behind(seen) = here.feed else {
            return;
        };
        let link = here.link;
        let oldest = self.recent.front().map(|post| post.id);
        if seen < self.stored && oldest.is_none_or(|oldest| oldest > seen.next()) {
            step.effects.push(Effect::Look {
                to: Reader::Link(link),
                query: Query::After(seen, CATCH_UP),
            });
            return;
        }
        let missed = self.recent.iter().filter(|post| post.id > seen);
        let mut seen = seen;
        let mut bytes = 0;
        for post in missed {
            if bytes >= self.settings.at_once {
                // The rest when there is room for it.
                here.feed = Feed::Behind(seen);
                step.effects.push(Effect::Look {
                    to: Reader::Link(link),
                    query: Query::After(seen, CATCH_UP),
                });
                return;
            }
            seen = post.id;
            bytes += size(post);
            if !is_foreign || post.by.id != id || !is_talk(&post.what) {
                step.effects.push(Effect::Deliver {
                    post: Arc::clone(post),
                    to: Audience::One(link),
                });
            }
        }
        here.feed = Feed::Live;
        self.live = None;
    }

    fn found(&mut self, step: &mut Step<'_>, to: Reader, query: Query, posts: Vec<Arc<Post>>) {
        let Query::After(after, _) = query else {
            if posts.is_empty() {
                step.tell(to, Notice::NothingFound);
            } else {
                step.effects.push(Effect::Recall { to, posts });
            }
            if let Reader::Link(link) = to {
                self.read(step, link, step.now);
            }
            return;
        };
        let Reader::Link(link) = to else {
            return;
        };
        let Some(Party::Member(id)) = self.links.get(&link) else {
            return;
        };
        let id = *id;
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let is_foreign = member.ticket.is_none();
        let Some(here) = member.here_mut() else {
            return;
        };
        if here.feed != Feed::Behind(after) {
            return;
        }
        // What was stored just now comes again when that is known here.
        let posts = posts
            .into_iter()
            .filter(|post| post.id > after && post.id <= self.stored);
        let mut seen = after;
        let mut bytes = 0;
        for post in posts {
            if bytes >= self.settings.at_once {
                break;
            }
            seen = post.id;
            bytes += size(&post);
            if !is_foreign || post.by.id != id || !is_talk(&post.what) {
                let to = Audience::One(link);
                step.effects.push(Effect::Deliver { post, to });
            }
        }
        if seen == after {
            // The store has nothing more: what is at hand is all there is.
            let oldest = self.recent.front().map(|post| post.id.0);
            seen = PostId(oldest.map_or(self.stored.0, |oldest| oldest.saturating_sub(1)));
        }
        here.feed = Feed::Behind(seen.max(after));
        self.catch_up(step, id);
    }

    // Time.

    fn pong(&mut self, step: &mut Step<'_>, link: Link) {
        let Some(Party::Member(id)) = self.links.get(&link) else {
            return;
        };
        let id = *id;
        let Some(here) = self.members.get_mut(&id).and_then(Member::here_mut) else {
            return;
        };
        here.heard_at = here.heard_at.max(step.now);
        if here.echo == Echo::Awaited {
            here.echo = Echo::Came(step.now.saturating_sub(here.pinged_at));
        }
        for survey in &mut self.surveys {
            survey.awaited.remove(&id);
        }
        self.end_surveys(step);
    }

    /// Asks everybody, for somebody who wants to know.
    pub(super) fn survey(&mut self, step: &mut Step<'_>, by: Reader) {
        let mut awaited = BTreeSet::new();
        for (id, member) in &mut self.members {
            if member.ticket.is_none() {
                continue;
            }
            if let Some(here) = member.here_mut() {
                awaited.insert(*id);
                // A ping that is on its way will do.
                if here.echo != Echo::Awaited {
                    here.echo = Echo::Awaited;
                    here.pinged_at = step.now;
                    step.effects.push(Effect::Ping(here.link));
                }
            }
        }
        self.surveys.retain(|survey| survey.by != by);
        let since = step.now;
        self.surveys.push(Survey { by, since, awaited });
        self.end_surveys(step);
    }

    /// Tells what came of the surveys that are complete, or have lasted long enough.
    fn end_surveys(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        let is_over = |survey: &mut Survey| {
            survey.awaited.is_empty() || now.saturating_sub(survey.since) >= SURVEY
        };
        let over: Vec<Survey> = self.surveys.extract_if(.., is_over).collect();
        for survey in over {
            let answers = self.members.iter().map(|(id, member)| {
                let line = member.here().map(|here| {
                    let echo = match here.echo {
                        _ if member.ticket.is_none() => notice::Echo::Cannot,
                        Echo::Came(time) if !survey.awaited.contains(id) => {
                            notice::Echo::Came(time)
                        }
                        _ => notice::Echo::Missing,
                    };
                    (here.from, echo)
                });
                let heard_at = match &member.presence {
                    Presence::Here(here) => here.heard_at,
                    Presence::Away { since } => *since,
                };
                Answer {
                    id: *id,
                    name: member.nick.shared(),
                    line,
                    heard: now.saturating_sub(heard_at),
                }
            });
            step.tell(survey.by, Notice::Status(answers.collect()));
        }
    }

    fn tick(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        let Settings {
            patience,
            ping,
            forfeit,
            ..
        } = self.settings;
        let (mut silent, mut lost, mut late) = (Vec::new(), Vec::new(), Vec::new());
        for (id, member) in &mut self.members {
            let is_tictalk = member.ticket.is_some();
            let is_playing = member.playing.is_some();
            match &mut member.presence {
                Presence::Here(here) if is_tictalk => {
                    if here.is_read && now.saturating_sub(here.heard_at) >= patience {
                        silent.push(*id);
                    } else if here.echo != Echo::Awaited
                        && now.saturating_sub(here.pinged_at) >= ping
                    {
                        here.echo = Echo::Awaited;
                        here.pinged_at = now;
                        step.effects.push(Effect::Ping(here.link));
                    }
                }
                Presence::Here(_) => {}
                Presence::Away { since } if now.saturating_sub(*since) >= patience => {
                    lost.push(*id);
                }
                Presence::Away { since } => {
                    if is_playing && now.saturating_sub(*since) >= forfeit {
                        late.push(*id);
                    }
                }
            }
        }
        for id in late {
            self.forfeit(step, id);
        }
        let is_late =
            |party: &Party| matches!(party, Party::Stranger { until, .. } if *until <= now);
        let strangers = self.links.iter().filter(|(_, party)| is_late(party));
        for link in strangers.map(|(link, _)| *link).collect::<Vec<_>>() {
            self.links.remove(&link);
            self.close(step, link, Some(Farewell::Nameless));
        }
        for id in silent {
            let why = Parting::Silent;
            let farewell = Farewell::Silent(patience);
            self.leave(step, id, What::Left { why }, Some(farewell));
        }
        for id in lost {
            let why = Parting::Lost;
            self.leave(step, id, What::Left { why }, None);
        }
        self.end_surveys(step);
    }
}

/// Whether this is something that its author has typed, and sees already.
fn is_talk(what: &What) -> bool {
    matches!(what, What::Said { .. } | What::Acted { .. })
}

/// About how many bytes a post takes on its way.
fn size(post: &Post) -> usize {
    const FIELDS: usize = 128;
    match &post.what {
        What::Said { text } | What::Acted { text } => FIELDS + text.len(),
        _ => FIELDS,
    }
}

/// Who comes in.
struct Identity {
    id: MemberId,
    nick: Nick,
    /// What it can come back by; framed and raw peers have none.
    ticket: Option<Ticket>,
    lines: Lines,
}
