//! The promises of a room, for any events in any order.

use super::{SECOND, address, known, look_up, may_be_missing, settings};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Entrant, Found, GameProblem, Hub, HubEffect, HubInput, LineMark, Nick,
    PostRecord, Query, Recipient, Recipients, RestoredRoom, Settings,
};
use tictalk::wire::{MemberId, Post, PostId, Sees, Ticket};

const MEMBERS: usize = 6;
const UNSTORED: usize = 8;

/// The most posts that one thing that happens to one member can come to: it leaves, its game is
/// over, and another one takes over.
const AT_ONCE: usize = 4;

/// An event. Numbers select one of the existing items.
#[derive(Debug, Clone)]
enum Event {
    Connected,
    Hello(&'static str),
    /// Somebody who was here shows a ticket, and says to have seen so much.
    Return(usize, usize),
    Line(usize, String),
    /// A line that was sent before.
    Again(usize, String),
    /// Something that says nothing.
    Noise(usize, usize),
    Took(usize, u64),
    Pong(usize),
    Behind(usize),
    Overflow(usize),
    Lost(usize),
    Host(&'static str),
    Stored(usize),
    Found(usize),
    Wait(u64),
    Restart,
}

fn names() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("ann"),
        Just("Ann"),
        Just("bob"),
        Just("b0b"),
        Just("carol"),
        Just("host")
    ]
}

fn lines() -> impl Strategy<Value = String> {
    let fixed = [
        "/help",
        "/who",
        "/status",
        "/history",
        "/history 2 5",
        "/search hello",
        "/accept",
        "/decline",
        "/board",
        "/watch",
        "/resign",
        "/q",
        "/hint",
        "/draw",
        "/undo",
        "/rematch",
        "rematch",
        "/score",
        "/results",
        "/describe on",
        "/describe",
        "play tictactoe",
        "/play connect4 computer easy",
        "/play tictactoe computer",
        "/nick computer",
        "/msg bob psst",
        "1",
        "5",
        "rock",
        "/move 1",
        "/move 2",
        "/move 5",
        "/move rock",
        "/nonsense",
        "",
    ];
    prop_oneof![
        4 => names().prop_map(str::to_owned),
        4 => Just("hello".to_owned()),
        4 => proptest::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        2 => (proptest::sample::select(vec!["/msg", "/nick", "/kick", "/watch", "/accept"]), names())
            .prop_map(|(command, name)| format!("{command} {name} x").replace("/kick ", "/kick  ").replace(" x", if command == "/msg" { " x" } else { "" })),
        3 => (proptest::sample::select(vec!["tictactoe", "rps 1", "hangman", "connect4"]), names())
            .prop_map(|(game, name)| format!("/play {game} {name}")),
        1 => "\\PC{0,12}",
        1 => Just("x".repeat(5_000)),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let which = 0..32_usize;
    prop_oneof![
        2 => Just(Event::Connected),
        3 => names().prop_map(Event::Hello),
        3 => (which.clone(), 0..40_usize).prop_map(|(who, since)| Event::Return(who, since)),
        20 => (which.clone(), lines()).prop_map(|(who, line)| Event::Line(who, line)),
        2 => (which.clone(), lines()).prop_map(|(who, line)| Event::Again(who, line)),
        3 => (which.clone(), 0..70_000_usize).prop_map(|(who, bytes)| Event::Noise(who, bytes)),
        1 => (which.clone(), 0..1_000_u64).prop_map(|(who, time)| Event::Took(who, time)),
        3 => which.clone().prop_map(Event::Pong),
        1 => which.clone().prop_map(Event::Behind),
        1 => which.clone().prop_map(Event::Overflow),
        3 => which.clone().prop_map(Event::Lost),
        1 => proptest::sample::select(vec![
            "/say hi", "/who", "/kick ann", "/status", "/kick bob", "/watch",
        ]).prop_map(Event::Host),
        8 => (1..20_usize).prop_map(Event::Stored),
        4 => which.prop_map(Event::Found),
        3 => (1..70_u64).prop_map(Event::Wait),
        1 => Just(Event::Restart),
    ]
}

fn small() -> Settings {
    Settings {
        members: std::num::NonZeroUsize::new(MEMBERS),
        unstored: UNSTORED,
        ..settings()
    }
}

/// The knowledge of the peer at the other end of a connection.
#[derive(Default)]
struct End {
    ticket: Option<Ticket>,
    number: u64,
    /// The last post that came, and whether it may miss what it has said itself.
    seen: Option<PostId>,
    misses_own: bool,
    may_send: bool,
}

struct World {
    hub: Hub,
    now: Duration,
    /// The posts that are stored, and those that are being stored.
    store: Vec<PostRecord>,
    writing: VecDeque<PostRecord>,
    ends: BTreeMap<ConnectionId, End>,
    connections: u64,
    tickets: Vec<Ticket>,
    looks: Vec<(Recipient, Query)>,
    problems: Vec<GameProblem>,
    restarts: u8,
    /// The number of the last line that was sent by this ticket.
    numbers: BTreeMap<[u8; 16], u64>,
}

impl World {
    fn new() -> Self {
        Self {
            hub: Hub::open(small(), [0; 32]),
            now: Duration::ZERO,
            store: Vec::new(),
            writing: VecDeque::new(),
            ends: BTreeMap::new(),
            connections: 0,
            tickets: Vec::new(),
            looks: Vec::new(),
            problems: Vec::new(),
            restarts: 0,
            numbers: BTreeMap::new(),
        }
    }

    fn pick(&self, which: usize) -> Option<ConnectionId> {
        self.ends
            .keys()
            .nth(which % self.ends.len().max(1))
            .copied()
    }

    fn connection(&mut self, misses_own: bool) -> (ConnectionId, SocketAddr) {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let end = End {
            misses_own,
            ..End::default()
        };
        self.ends.insert(connection, end);
        (connection, address(connection))
    }

    fn act(&mut self, event: Event) -> Result<(), TestCaseError> {
        let input = match event {
            Event::Connected => {
                let (connection, from) = self.connection(true);
                HubInput::Connected {
                    connection,
                    from,
                    mark: LineMark::Unmarked,
                }
            }
            Event::Hello(name) => {
                let (connection, from) = self.connection(false);
                let name = Some(name.parse().unwrap());
                HubInput::Hello {
                    connection,
                    from,
                    mark: LineMark::Unmarked,
                    name,
                    room: None,
                    sees: Sees::default(),
                }
            }
            Event::Return(which, since) => {
                let Some(ticket) = self.tickets.get(which % self.tickets.len().max(1)) else {
                    return Ok(());
                };
                let since = Some(PostId(since.min(self.store.len()) as u64));
                let room = Some(Entrant {
                    ticket: *ticket,
                    since,
                });
                let (connection, from) = self.connection(false);
                HubInput::Hello {
                    connection,
                    from,
                    mark: LineMark::Unmarked,
                    name: None,
                    room,
                    sees: Sees::default(),
                }
            }
            Event::Line(which, text) => {
                let Some(connection) = self.pick(which) else {
                    return Ok(());
                };
                let end = self.ends.get_mut(&connection).unwrap();
                if !std::mem::take(&mut end.may_send) {
                    return Ok(());
                }
                end.number += 1;
                if let Some(ticket) = end.ticket {
                    self.numbers.insert(*ticket.as_bytes(), end.number);
                }
                let number = end.ticket.map(|_| end.number.try_into().unwrap());
                HubInput::Line {
                    connection,
                    number,
                    text,
                }
            }
            Event::Again(which, text) => {
                let Some(connection) = self.pick(which) else {
                    return Ok(());
                };
                let end = self.ends.get_mut(&connection).unwrap();
                let Ok(number) = end.number.try_into() else {
                    return Ok(());
                };
                if end.ticket.is_none() || !std::mem::take(&mut end.may_send) {
                    return Ok(());
                }
                let number = Some(number);
                HubInput::Line {
                    connection,
                    number,
                    text,
                }
            }
            Event::Noise(which, bytes) => {
                let Some(connection) = self.pick(which) else {
                    return Ok(());
                };
                let end = self.ends.get_mut(&connection).unwrap();
                if !std::mem::take(&mut end.may_send) {
                    return Ok(());
                }
                HubInput::Noise { connection, bytes }
            }
            Event::Took(which, millis) => match self.pick(which) {
                Some(connection) => HubInput::Took {
                    connection,
                    time: Duration::from_millis(millis),
                },
                None => return Ok(()),
            },
            Event::Pong(which) => match self.pick(which) {
                Some(connection) => HubInput::Pong(connection),
                None => return Ok(()),
            },
            Event::Behind(which) => match self.pick(which) {
                Some(connection) => HubInput::Behind {
                    connection,
                    bytes: 200_000,
                },
                None => return Ok(()),
            },
            Event::Overflow(which) => match self.pick(which) {
                Some(connection) => HubInput::Overflow(connection),
                None => return Ok(()),
            },
            Event::Lost(which) => match self.pick(which) {
                Some(connection) => {
                    self.ends.remove(&connection);
                    HubInput::Lost(connection)
                }
                None => return Ok(()),
            },
            Event::Host(line) => HubInput::Host(line.to_owned()),
            Event::Stored(count) => {
                let count = count.min(self.writing.len());
                self.store.extend(self.writing.drain(..count));
                HubInput::Stored(self.store.last().map_or(PostId(0), |entry| entry.post.id))
            }
            Event::Found(which) if !self.problems.is_empty() => {
                // A search that fails is followed by a random move.
                let problem = self.problems.remove(which % self.problems.len());
                HubInput::Thought(problem.unsolved())
            }
            Event::Found(which) => {
                if self.looks.is_empty() {
                    return Ok(());
                }
                let (to, query) = self.looks.remove(which % self.looks.len());
                let (posts, rest) = look_up(&self.store, &query);
                HubInput::Found(Found {
                    to,
                    query,
                    posts,
                    rest,
                })
            }
            Event::Wait(seconds) => {
                self.now += SECOND * u32::try_from(seconds).unwrap();
                HubInput::Tick
            }
            Event::Restart => {
                self.writing.clear();
                self.ends.clear();
                self.looks.clear();
                self.problems.clear();
                self.restarts += 1;
                let known: RestoredRoom = known(&self.store);
                let recent = self.store.iter().rev().take(3).rev();
                let recent = recent.map(|entry| Arc::clone(&entry.post));
                self.hub = Hub::restore(small(), [self.restarts; 32], &known, recent);
                self.now = Duration::ZERO;
                HubInput::Tick
            }
        };
        let mut effects = Vec::new();
        let before = self.hub.unstored();
        let is_input_of_one = !matches!(input, HubInput::Tick | HubInput::Stored(_));
        self.hub.handle(self.now, input, &mut effects);
        for effect in effects {
            self.perform(effect)?;
        }
        if is_input_of_one {
            prop_assert!(self.hub.unstored() <= before + AT_ONCE);
        }
        self.check()
    }

    fn perform(&mut self, effect: HubEffect) -> Result<(), TestCaseError> {
        match effect {
            HubEffect::Store(entry) => {
                let last = self.writing.back().or(self.store.last());
                let last = last.map_or(PostId(0), |entry| entry.post.id);
                prop_assert_eq!(entry.post.id, last.next(), "posts have no gaps");
                self.writing.push_back(entry);
            }
            HubEffect::Deliver { post, to } => {
                let stored = self.store.get(usize::try_from(post.id.0).unwrap() - 1);
                let stored = stored.map(|entry| &entry.post);
                prop_assert_eq!(stored, Some(&post), "what is seen is stored");
                match to {
                    Recipients::All { connections, but } => {
                        for connection in connections
                            .iter()
                            .filter(|connection| !but.contains(&Some(**connection)))
                        {
                            self.see(*connection, &post)?;
                        }
                    }
                    Recipients::One(connection) => self.see(connection, &post)?,
                }
            }
            HubEffect::Announce {
                announcement, to, ..
            } => {
                for post in announcement.posts() {
                    let stored = self.store.get(usize::try_from(post.id.0).unwrap() - 1);
                    let stored = stored.map(|entry| &entry.post);
                    prop_assert_eq!(stored, Some(post), "what is seen is stored");
                    for connection in to.iter() {
                        self.see(*connection, post)?;
                    }
                }
            }
            HubEffect::Welcome { connection, room } => {
                let ticket = room.ticket.unwrap();
                if !self.tickets.contains(&ticket) {
                    self.tickets.push(ticket);
                }
                let end = self.ends.get_mut(&connection).unwrap();
                end.ticket = Some(ticket);
                let last = self.numbers.get(ticket.as_bytes());
                end.number = last.copied().unwrap_or(0);
                prop_assert!(room.heard <= end.number);
            }
            HubEffect::Receipt { connection, number } => {
                let end = self.ends.get(&connection);
                prop_assert!(end.is_none_or(|end| number <= end.number));
            }
            HubEffect::Look { to, query } => self.looks.push((to, query)),
            HubEffect::Read { connection, .. } => {
                if let Some(end) = self.ends.get_mut(&connection) {
                    prop_assert!(!std::mem::replace(&mut end.may_send, true));
                }
            }
            HubEffect::Close { connection, .. } => {
                self.ends.remove(&connection);
            }
            HubEffect::Tell { notice, .. } => {
                for message in notice.plain() {
                    prop_assert!((1..=tictalk::wire::MAX_TEXT).contains(&message.len()));
                }
            }
            HubEffect::Think(problem) => self.problems.push(problem),
            HubEffect::Ping(_)
            | HubEffect::Send { .. }
            | HubEffect::Recall { .. }
            | HubEffect::Over => {}
        }
        Ok(())
    }

    /// Everybody sees one post after the other.
    fn see(&mut self, connection: ConnectionId, post: &Post) -> Result<(), TestCaseError> {
        let end = self.ends.get_mut(&connection);
        let end = end.ok_or_else(|| TestCaseError::fail(format!("{connection:?} is closed")))?;
        match end.seen {
            Some(seen) if end.misses_own => prop_assert!(post.id > seen),
            Some(seen) => {
                let next = usize::try_from(seen.0).unwrap();
                let missed = self.store.iter().skip(next);
                let mut missed = missed.take_while(|entry| entry.post.id < post.id);
                prop_assert!(post.id > seen && missed.all(|entry| may_be_missing(&entry.post)));
            }
            None => {}
        }
        end.seen = Some(post.id);
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let members = self.hub.members(self.now);
        let here = members.iter().filter(|member| member.is_here).count();
        let chairs: Vec<_> = members.iter().filter(|it| it.is_coordinator).collect();
        // There is none while only members are here who were removed or muted before.
        prop_assert!(chairs.len() <= here.min(1), "at most one coordinator");
        prop_assert!(chairs.iter().all(|chair| chair.is_here));
        prop_assert!(members.len() <= MEMBERS);
        prop_assert!(self.hub.connections() <= 2 * MEMBERS);
        prop_assert_eq!(self.hub.unstored(), self.writing.len());
        // Lines stop at one limit, arrivals at twice that; who is in may still go.
        let host = self
            .writing
            .iter()
            .filter(|it| it.post.by.id == MemberId::HOST)
            .count();
        let most = 2 * UNSTORED + (MEMBERS + 1) * AT_ONCE + host;
        prop_assert!(
            self.writing.len() <= most,
            "{} unstored",
            self.writing.len()
        );
        let mut keys = BTreeSet::new();
        for name in members.iter().map(|member| &*member.name).chain(["host"]) {
            for key in Nick::read(name).unwrap().keys() {
                prop_assert!(keys.insert(key), "{} looks like another one", name);
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_room_keeps_its_promises_for_any_input(
        events in proptest::collection::vec(event(), 0..150),
    ) {
        let mut world = World::new();
        for event in events {
            world.act(event)?;
        }
    }
}
