//! The hub of a room whose guests send anything.
//!
//! The shell keeps its part of the contract: one line for each read that was asked for, effects in
//! their order, and one answer to each question. All else comes from the input.

use crate::run::Marks;
use crate::source::Source;
use bytes::BytesMut;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem::discriminant;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Entrant, Found, GameProblem, Hub, HubEffect, HubInput, LineMark, Nick,
    PostRecord, Query, Recipient, Recipients, RestoredRoom, Settings, plain,
};
use tictalk::wire::{
    Control, Dialect, Frame, LineNumber, MAX_TEXT, MemberId, Post, PostId, Sees, Ticket, What,
};

const MEMBERS: usize = 6;
const UNSTORED: usize = 8;

/// The most posts of one input of one member.
const AT_ONCE: usize = 4;

/// How many posts there may be; the input is over then.
const POSTS: usize = 3_000;

/// Every second connection is plain in a private room.
fn mark(ConnectionId(number): ConnectionId) -> LineMark {
    match number % 2 {
        0 => LineMark::Unmarked,
        _ => LineMark::Plain,
    }
}

fn settings() -> Settings {
    let host = Nick::read("host").unwrap();
    Settings {
        members: std::num::NonZeroUsize::new(MEMBERS),
        unstored: UNSTORED,
        ..Settings::new(host, 1_700_000_000_000)
    }
}

/// A connection, as its shell knows it.
#[derive(Default)]
struct End {
    ticket: Option<Ticket>,
    /// The greatest number that it has sent.
    number: u64,
    seen: Option<PostId>,
    /// A framed or raw peer does not see what it has said itself.
    misses_own: bool,
    may_send: bool,
    is_pinged: bool,
}

struct World<'marks> {
    hub: Hub,
    now: Duration,
    store: Vec<PostRecord>,
    writing: VecDeque<PostRecord>,
    ends: BTreeMap<ConnectionId, End>,
    closed: BTreeSet<ConnectionId>,
    connections: u64,
    /// The greatest number that came by each ticket.
    numbers: BTreeMap<[u8; 16], u64>,
    looks: Vec<(Recipient, Query)>,
    problems: Vec<GameProblem>,
    /// The names of all members when they were looked at last.
    names: Vec<Arc<str>>,
    restarts: u8,
    /// Whether the host has closed the room: it says the rest to whoever was in then.
    is_closing: bool,
    marks: &'marks mut Marks,
}

pub(crate) fn try_input(source: &mut Source<'_>, marks: &mut Marks) {
    let mut world = World {
        hub: Hub::open(settings(), [0; 32]),
        now: Duration::ZERO,
        store: Vec::new(),
        writing: VecDeque::new(),
        ends: BTreeMap::new(),
        closed: BTreeSet::new(),
        connections: 0,
        numbers: BTreeMap::new(),
        looks: Vec::new(),
        problems: Vec::new(),
        names: Vec::new(),
        restarts: 0,
        is_closing: false,
        marks,
    };
    while !source.is_empty() && !world.hub.is_over() && world.store.len() < POSTS {
        let Some(input) = world.input(source) else {
            continue;
        };
        world.handle(input);
        world.check();
    }
}

impl World<'_> {
    fn input(&mut self, source: &mut Source<'_>) -> Option<HubInput> {
        Some(match source.below(24) {
            0 => {
                let (connection, from) = self.connection(true);
                HubInput::Connected {
                    connection,
                    from,
                    mark: mark(connection),
                }
            }
            1 | 2 => {
                let (connection, from) = self.connection(false);
                let name = source.text().parse().ok();
                let room = match source.one_in(3) {
                    true => None,
                    // A few tickets that everybody knows, so that they meet.
                    false => Some(Entrant {
                        ticket: Ticket::new([source.byte() % 8; 16]),
                        since: (!source.one_in(4)).then(|| PostId(source.number())),
                    }),
                };
                HubInput::Hello {
                    connection,
                    from,
                    mark: mark(connection),
                    name,
                    room,
                    sees: Sees {
                        members: source.one_in(2),
                        boards: source.one_in(2),
                    },
                }
            }
            3..13 => {
                let connection = self.pick(source)?;
                let end = self.ends.get_mut(&connection)?;
                if !std::mem::take(&mut end.may_send) {
                    return None;
                }
                let text = source.message();
                let number = match end.ticket {
                    Some(_) => Some(line_number(source, end.number)?),
                    None => None,
                };
                if let (Some(ticket), Some(number)) = (end.ticket, number) {
                    end.number = end.number.max(number.get());
                    self.numbers.insert(*ticket.as_bytes(), end.number);
                }
                HubInput::Line {
                    connection,
                    number,
                    text,
                }
            }
            13 => match source.below(4) {
                0 => {
                    let connection = self.pick(source)?;
                    // Only what answers a ping is a pong.
                    if !std::mem::take(&mut self.ends.get_mut(&connection)?.is_pinged) {
                        return None;
                    }
                    HubInput::Pong(connection)
                }
                _ if !self.problems.is_empty() => {
                    // The search is slow, and a search that fails is followed by a random move.
                    let which = source.below(self.problems.len());
                    HubInput::Thought(self.problems.remove(which).unsolved())
                }
                1 => HubInput::Took {
                    connection: self.pick(source)?,
                    time: Duration::from_millis(u64::from(source.byte())),
                },
                _ => {
                    let connection = self.pick(source)?;
                    if !std::mem::take(&mut self.ends.get_mut(&connection)?.may_send) {
                        return None;
                    }
                    let bytes = source.below(70_000);
                    HubInput::Noise { connection, bytes }
                }
            },
            14 => HubInput::Behind {
                connection: self.pick(source)?,
                bytes: usize::try_from(source.number()).unwrap(),
            },
            15 => HubInput::Overflow(self.pick(source)?),
            16 => {
                let connection = self.pick(source)?;
                self.ends.remove(&connection);
                self.looks
                    .retain(|(to, _)| *to != Recipient::Connection(connection));
                HubInput::Lost(connection)
            }
            17 if source.one_in(20) => HubInput::HostLeft,
            17 => HubInput::Host(source.text()),
            18 | 19 => {
                let count = source.below(20).min(self.writing.len());
                self.store.extend(self.writing.drain(..count));
                HubInput::Stored(self.store.last().map_or(PostId(0), |entry| entry.post.id))
            }
            20 | 21 => {
                if self.looks.is_empty() {
                    return None;
                }
                let (to, query) = self.looks.remove(source.below(self.looks.len()));
                let (posts, rest) = look_up(&self.store, &query);
                HubInput::Found(Found {
                    to,
                    query,
                    posts,
                    rest,
                })
            }
            22 => {
                self.now += Duration::from_millis(100) * u32::from(source.byte());
                HubInput::Tick
            }
            _ if source.one_in(4) => {
                self.restart();
                HubInput::Tick
            }
            _ => return None,
        })
    }

    fn pick(&self, source: &mut Source<'_>) -> Option<ConnectionId> {
        let count = self.ends.len().max(1);
        self.ends.keys().nth(source.below(count)).copied()
    }

    fn connection(&mut self, misses_own: bool) -> (ConnectionId, SocketAddr) {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let end = End {
            misses_own,
            ..End::default()
        };
        self.ends.insert(connection, end);
        let last = u8::try_from(self.connections % 5 + 1).unwrap();
        (connection, SocketAddr::from(([192, 0, 2, last], 40_000)))
    }

    /// The server is killed: what is not stored is gone, and so is every connection.
    fn restart(&mut self) {
        self.writing.clear();
        self.ends.clear();
        self.looks.clear();
        self.problems.clear();
        self.restarts = self.restarts.wrapping_add(1);
        let mut known = RestoredRoom::default();
        self.store.iter().for_each(|entry| known.add(entry));
        let recent = self.store.iter().rev().take(3).rev();
        let recent = recent.map(|entry| Arc::clone(&entry.post));
        self.hub = Hub::restore(settings(), [self.restarts; 32], &known, recent);
        self.now = Duration::ZERO;
        self.is_closing = false;
    }

    fn handle(&mut self, input: HubInput) {
        let kind = discriminant(&input);
        let is_of_one = matches!(
            input,
            HubInput::Connected { .. }
                | HubInput::Hello { .. }
                | HubInput::Line { .. }
                | HubInput::Lost(_)
        );
        let before = self.hub.unstored();
        let mut effects = Vec::new();
        self.hub.handle(self.now, input, &mut effects);
        let mut last = None;
        for effect in effects {
            let effect_kind = discriminant(&effect);
            self.marks
                .note((kind, last.replace(effect_kind), effect_kind));
            self.perform(effect);
        }
        assert!(!is_of_one || self.hub.unstored() <= before + AT_ONCE);
    }

    fn perform(&mut self, effect: HubEffect) {
        match effect {
            HubEffect::Store(entry) => {
                let last = self.writing.back().or(self.store.last());
                let last = last.map_or(PostId(0), |entry| entry.post.id);
                assert_eq!(entry.post.id, last.next(), "posts have no gaps");
                self.marks.note(discriminant(&entry.post.what));
                self.is_closing |= entry.post.what == What::Closed;
                self.writing.push_back(entry);
            }
            HubEffect::Deliver { post, to } => {
                let place = usize::try_from(post.id.0 - 1).unwrap();
                let stored = self.store.get(place).map(|entry| &entry.post);
                assert_eq!(stored, Some(&post), "what is seen is stored");
                are_messages(&plain(&post));
                match to {
                    Recipients::All { connections, but } => {
                        for connection in connections
                            .iter()
                            .filter(|connection| !but.contains(&Some(**connection)))
                        {
                            self.see(*connection, &post);
                        }
                    }
                    Recipients::One(connection) => self.see(connection, &post),
                }
            }
            HubEffect::Announce {
                announcement,
                to,
                clients,
            } => {
                are_messages(&announcement.plain());
                let summary = announcement.summary();
                let rest = announcement.rest();
                let named = std::iter::once(&summary).chain(&rest);
                let groups = named.flat_map(|it| &it.groups);
                let mut named: Vec<PostId> = groups
                    .flat_map(|it| it.members.iter().map(|member| member.id))
                    .collect();
                named.sort_unstable();
                let posts = announcement.posts();
                assert!(named.iter().eq(posts.iter().map(|post| &post.id)));
                assert!(clients.iter().all(|connection| to.contains(connection)));
                for post in posts {
                    let place = usize::try_from(post.id.0 - 1).unwrap();
                    let stored = self.store.get(place).map(|entry| &entry.post);
                    assert_eq!(stored, Some(post), "what is seen is stored");
                    to.iter().for_each(|connection| self.see(*connection, post));
                }
            }
            HubEffect::Welcome { connection, room } => {
                let end = self.ends.get_mut(&connection).unwrap();
                let ticket = room.ticket.unwrap();
                end.ticket = Some(ticket);
                let sent = self.numbers.get(ticket.as_bytes());
                end.number = sent.copied().unwrap_or(0);
                assert!(
                    room.heard <= end.number,
                    "a line was heard that nobody has sent"
                );
            }
            HubEffect::Receipt { connection, number } => {
                let sent = self.ends.get(&connection).map(|end| end.number);
                let is_gone = sent.is_none() && self.is_closing;
                assert!(
                    is_gone || sent >= Some(number),
                    "a receipt for what nobody has sent"
                );
            }
            HubEffect::Look { to, query } => self.looks.push((to, query)),
            HubEffect::Read { connection, .. } => {
                if let Some(end) = self.ends.get_mut(&connection) {
                    let twice = std::mem::replace(&mut end.may_send, true);
                    assert!(!twice, "two lines are read at once");
                }
            }
            HubEffect::Close { connection, why } => {
                self.marks.note(discriminant(&why));
                self.ends.remove(&connection);
                self.looks
                    .retain(|(to, _)| *to != Recipient::Connection(connection));
                assert!(
                    self.closed.insert(connection),
                    "a connection is closed twice"
                );
            }
            HubEffect::Tell { notice, .. } => {
                self.marks.note(discriminant(&notice));
                are_messages(&notice.plain());
            }
            HubEffect::Ping(connection) => self.ends.get_mut(&connection).unwrap().is_pinged = true,
            HubEffect::Think(problem) => self.problems.push(problem),
            HubEffect::Send { control, .. } => {
                let mut bytes = BytesMut::new();
                let frame = Frame::Control(control);
                Dialect::Tictalk.codec().encode(&frame, &mut bytes);
                let unknown = b"{\"type\":\"unknown\"}";
                assert!(!bytes.ends_with(unknown), "{frame:?} is too long");
            }
            HubEffect::Recall { .. } | HubEffect::Over => {}
        }
    }

    /// Everybody sees one post after the other.
    fn see(&mut self, connection: ConnectionId, post: &Post) {
        let Some(end) = self.ends.get_mut(&connection) else {
            if self.is_closing {
                return;
            }
            panic!("{connection:?} is gone and is sent a post");
        };
        match end.seen {
            Some(seen) if end.misses_own => assert!(post.id > seen),
            Some(seen) => {
                // Private messages and moves are not for everybody, and players are told of the end
                // of their game in other words.
                let next = usize::try_from(seen.0).unwrap();
                let missed = self.store.iter().skip(next);
                let mut missed = missed.take_while(|entry| entry.post.id < post.id);
                let may_be_missing = |what: &What| {
                    matches!(
                        what,
                        What::Whispered { .. }
                            | What::Moved { .. }
                            | What::Undone { .. }
                            | What::Ended { .. }
                    )
                };
                assert!(
                    post.id > seen && missed.all(|entry| may_be_missing(&entry.post.what)),
                    "{connection:?} has a gap"
                );
            }
            None => {}
        }
        end.seen = Some(post.id);
    }

    fn check(&mut self) {
        if self.hub.is_over() {
            return;
        }
        let members = self.hub.members(self.now);
        let here = members.iter().filter(|member| member.is_here).count();
        let chairs: Vec<_> = members.iter().filter(|it| it.is_coordinator).collect();
        assert!(chairs.iter().all(|chair| chair.is_here));
        assert!(members.len() <= MEMBERS);
        // Strangers leave off at twice as many, and members who were away still come back.
        assert!(self.hub.connections() <= 3 * MEMBERS);
        assert_eq!(self.hub.unstored(), self.writing.len());
        let by_host = |entry: &&PostRecord| entry.post.by.id == MemberId::HOST;
        let host = self.writing.iter().filter(by_host).count();
        let most = 2 * UNSTORED + (MEMBERS + 1) * AT_ONCE + host;
        assert!(
            self.writing.len() <= most,
            "{} unstored",
            self.writing.len()
        );
        // Nobody takes care of a room that is being closed.
        assert!(
            self.is_closing || chairs.len() == here.min(1),
            "one coordinator while anybody is here"
        );
        let names: Vec<Arc<str>> = members.into_iter().map(|member| member.name).collect();
        if names == self.names {
            return;
        }
        self.names = names;
        let mut keys = BTreeSet::new();
        for name in self.names.iter().map(|name| &**name).chain(["host"]) {
            for key in Nick::read(name).unwrap().keys() {
                assert!(keys.insert(key), "{name} looks like another one");
            }
        }
    }
}

/// The number of a line, as far as the wire lets it through: mostly the next one.
fn line_number(source: &mut Source<'_>, last: u64) -> Option<LineNumber> {
    let number = match source.below(8) {
        0..6 => last.wrapping_add(1),
        6 => last,
        _ => source.number(),
    };
    let json = format!(r#"{{"type":"say","number":{number},"text":"x"}}"#);
    match serde_json::from_str(&json) {
        Ok(Control::Say { number, .. }) => Some(number),
        // A line that the wire refuses is skipped.
        _ => None,
    }
}

/// As a framed or raw peer can take them.
fn are_messages(messages: &[String]) {
    for message in messages {
        assert!(
            (1..=MAX_TEXT).contains(&message.len()),
            "{} bytes",
            message.len()
        );
        let is_clean = |it: char| !it.is_control() || matches!(it, '\n' | '\t');
        assert!(message.chars().all(is_clean), "{message:?}");
    }
}

/// How many posts one portion of an answer has, and how many one step of a search looks at.
const PORTION: usize = 3;

/// The answer of a store, and the query for the rest.
fn look_up(store: &[PostRecord], query: &Query) -> (Vec<Arc<Post>>, Option<Query>) {
    let posts = store.iter().map(|entry| Arc::clone(&entry.post));
    match query {
        Query::After(after, count) => {
            let posts = posts.filter(|it| it.id > *after);
            (posts.take(*count).collect(), None)
        }
        Query::Said(search) => {
            let mut search = search.clone();
            let before = search.before;
            let mut left = posts
                .rev()
                .filter(|post| before.is_none_or(|it| post.id < it));
            let is_over = loop {
                match left.next() {
                    None => break true,
                    Some(post) if search.look_at(&post) => break true,
                    Some(post) if post.id.0 % PORTION as u64 == 0 => break false,
                    Some(_) => {}
                }
            };
            let rest = match is_over {
                false => Some(Query::Said(search)),
                true if search.found.is_empty() => None,
                true => Some(Query::Posts(search.found)),
            };
            (Vec::new(), rest)
        }
        Query::Posts(ids) => {
            let mut rest = ids.clone();
            let ids: Vec<PostId> = rest.drain(..PORTION.min(rest.len())).collect();
            let posts = posts.filter(|post| ids.contains(&post.id)).collect();
            (posts, (!rest.is_empty()).then_some(Query::Posts(rest)))
        }
        Query::Members(..) => (Vec::new(), None),
    }
}
