//! One hub, many guests, a network that breaks and a server that crashes, by a clock and a dice of
//! their own: what a seed has done once, it does again.
//!
//! Under every third seed there are hostile guests, too. They send the hub anything at any time, as
//! far as its contract lets them: a line only where one is read. What a member may do to others is
//! not hostile, so a hostile coordinator removes nobody and none takes the name of somebody honest
//! who has yet to join.

use super::{address, known, look_up, settings};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Entrant, Guest, GuestEffect, GuestInput, Hub, HubEffect, HubInput, PostRecord,
    Query, Recipient, Recipients, Sight,
};
use tictalk::wire::{
    Control, Entrance, Exchange, HANDSHAKE_VERSION, Handle, LineNumber, MAX_TEXT, Mode, Nonce,
    Post, PostId, Prover, Reason, Text, Ticket, What,
};

const GUESTS: usize = 30;
const SEEDS: u64 = 60;

/// How much time passes at once.
const STEP: Duration = Duration::from_millis(100);

/// How long things go wrong, and how long the room then has to recover.
const STORM: Duration = Duration::from_secs(240);
const CALM: Duration = Duration::from_secs(400);

/// A dice (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    /// A number near one where something overflows.
    fn extreme(&mut self) -> u64 {
        let near = [0, 1, 20, u64::from(u32::MAX), i64::MAX as u64, u64::MAX];
        let base = near[usize::try_from(self.below(near.len() as u64)).unwrap()];
        base.wrapping_add(self.below(5)).wrapping_sub(2)
    }

    /// What a hostile guest says or is called.
    fn hostile_text(&mut self) -> String {
        let guest = letters(usize::try_from(self.below(GUESTS as u64)).unwrap());
        match self.below(24) {
            0 => "/history 200".to_owned(),
            1 => "/search a b c d e f says".to_owned(),
            2 => format!("/msg guest {guest} {}", "\n".repeat(2_000)),
            3 => format!("/play rps 3 guest {guest}"),
            4 => format!("/play rps{}", " 1".repeat(50)),
            5 => "/q".to_owned(),
            6 => format!("/nick intruder {guest}"),
            7 => format!("/watch guest {guest}"),
            8 => "/status".to_owned(),
            9 => "/accept".to_owned(),
            10 => "/resign".to_owned(),
            11 => "\u{1b}[2J\u{202e}".to_owned(),
            12 => "\n".repeat(MAX_TEXT),
            13 => "x".repeat(MAX_TEXT),
            14 => format!("-- guest {guest} left."),
            15 => String::new(),
            16 => "host".to_owned(),
            _ => format!("intruder {guest}"),
        }
    }

    /// Up to so many milliseconds.
    fn delay(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.below(most))
    }
}

/// One direction of a connection: what is on its way, and when it arrives.
#[derive(Default)]
struct Pipe {
    messages: VecDeque<(Duration, Control)>,
}

impl Pipe {
    fn send(&mut self, now: Duration, delay: Duration, message: Control) {
        let last = self.messages.back().map_or(Duration::ZERO, |(at, _)| *at);
        self.messages.push_back((last.max(now + delay), message));
    }

    fn next(&mut self, now: Duration) -> Option<Control> {
        let next = self.messages.pop_front_if(|(at, _)| *at <= now);
        next.map(|(_, message)| message)
    }
}

/// A connection. What is sent into a broken one is lost, and an end may take its time to notice.
struct Wire {
    guest: usize,
    up: Pipe,
    down: Pipe,
    is_broken: bool,
    /// When the two ends notice that it is broken, if they do.
    server_notices: Option<Duration>,
    guest_notices: Option<Duration>,
    /// From when the server reads the next line.
    reads: Option<Duration>,
    /// The last post that was sent.
    sent: Option<PostId>,
    /// What a client that comes back has to prove, and as who it then comes in.
    to_prove: Option<(Exchange, Option<PostId>)>,
}

/// A guest and what happens to it.
struct Person {
    core: Guest,
    wire: Option<ConnectionId>,
    connects_at: Option<Duration>,
    /// The posts it was shown or told of by the hub, in order.
    seen: Vec<Arc<Post>>,
    /// What it has said to all, by number.
    said: BTreeMap<u64, String>,
    lines: u64,
    received: BTreeSet<u64>,
}

/// A connection of a hostile guest, which has no delay and breaks only when its end wants that.
#[derive(Default)]
struct Hostile {
    /// From when the server reads the next line.
    reads: Option<Duration>,
    /// Whether its lines have numbers, and the last one.
    number: Option<u64>,
}

struct World {
    dice: Dice,
    now: Duration,
    hub: Option<Hub>,
    /// When the hub was started: its time begins there.
    hub_began: Duration,
    restarts_at: Duration,
    starts: u8,
    committed: Vec<PostRecord>,
    writing: VecDeque<PostRecord>,
    commits_at: Duration,
    /// Commits of which the hub does not know yet.
    reports: VecDeque<(Duration, PostId)>,
    looks: Vec<(Duration, Recipient, Query)>,
    wires: BTreeMap<ConnectionId, Wire>,
    connections: u64,
    people: Vec<Person>,
    is_attacked: bool,
    hostile: BTreeMap<ConnectionId, Hostile>,
    /// What has to have happened for all this to mean anything.
    crashes: u32,
    cuts: u32,
    resent: u32,
    catch_ups: u32,
    hostile_lines: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let people = (0..GUESTS).map(|number| Person {
            core: Guest::new(
                Some(format!("guest {}", letters(number)).parse().unwrap()),
                Ticket::new([u8::try_from(number).unwrap(); 16]),
            ),
            wire: None,
            connects_at: Some(dice.delay(20_000)),
            seen: Vec::new(),
            said: BTreeMap::new(),
            lines: 0,
            received: BTreeSet::new(),
        });
        let people = people.collect();
        Self {
            dice,
            now: Duration::ZERO,
            hub: None,
            hub_began: Duration::ZERO,
            restarts_at: Duration::ZERO,
            starts: 0,
            committed: Vec::new(),
            writing: VecDeque::new(),
            commits_at: Duration::ZERO,
            reports: VecDeque::new(),
            looks: Vec::new(),
            wires: BTreeMap::new(),
            connections: 0,
            people,
            is_attacked: seed % 3 == 2,
            hostile: BTreeMap::new(),
            crashes: 0,
            cuts: 0,
            resent: 0,
            catch_ups: 0,
            hostile_lines: 0,
        }
    }

    fn run(&mut self) {
        while self.now < STORM + CALM {
            self.now += STEP;
            if self.now < STORM {
                self.break_something();
                self.talk();
                if self.is_attacked && self.hub.is_some() {
                    self.attack();
                }
            } else {
                self.go_away();
            }
            self.serve();
            self.store();
            self.carry();
            for guest in 0..GUESTS {
                self.attend(guest);
            }
        }
    }

    fn break_something(&mut self) {
        if self.hub.is_some() && self.dice.one_in(400) {
            self.crash();
        }
        if self.dice.one_in(15)
            && let Some(connection) = self.some_wire()
        {
            let now = self.now;
            // Some notice nothing, and find out by the silence.
            let mut notices = || {
                let delay = self.dice.delay(5_000);
                (!self.dice.one_in(4)).then_some(now + delay)
            };
            let (server_notices, guest_notices) = (notices(), notices());
            let wire = self.wires.get_mut(&connection).unwrap();
            if !wire.is_broken {
                wire.is_broken = true;
                (wire.server_notices, wire.guest_notices) = (server_notices, guest_notices);
                // A part of what was on its way still arrives.
                let up = self.dice.below(4);
                let down = self.dice.below(4);
                wire.up.messages.truncate(usize::try_from(up).unwrap());
                wire.down.messages.truncate(usize::try_from(down).unwrap());
                self.cuts += 1;
            }
        }
    }

    fn some_wire(&mut self) -> Option<ConnectionId> {
        let count = self.wires.len() as u64;
        let which = usize::try_from(self.dice.below(count.max(1))).unwrap();
        self.wires.keys().nth(which).copied()
    }

    /// The server is killed: what is not committed is gone, and so is every connection.
    fn crash(&mut self) {
        self.crashes += 1;
        self.hub = None;
        // Some of what was being written has come through, without anybody knowing.
        let kept = self.dice.below(self.writing.len() as u64 + 1);
        self.committed
            .extend(self.writing.drain(..usize::try_from(kept).unwrap()));
        self.writing.clear();
        self.reports.clear();
        self.looks.clear();
        self.hostile.clear();
        for wire in self.wires.values_mut() {
            wire.is_broken = true;
            wire.server_notices = None;
            wire.guest_notices = Some(self.now + self.dice.delay(3_000));
        }
        self.restarts_at = self.now + self.dice.delay(10_000);
    }

    fn serve(&mut self) {
        if self.hub.is_none() && self.now >= self.restarts_at {
            self.starts += 1;
            let known = known(&self.committed);
            let recent = self.committed.iter().rev().take(50).rev();
            let recent = recent.map(|entry| Arc::clone(&entry.post));
            let hub = Hub::restore(settings(), [self.starts; 32], &known, recent);
            self.hub = Some(hub);
            self.hub_began = self.now;
        }
        self.tell_hub(HubInput::Tick);
    }

    /// People type.
    fn talk(&mut self) {
        for guest in 0..GUESTS {
            if !self.dice.one_in(25) || !self.people[guest].core.wants_line() {
                continue;
            }
            let other = letters(usize::try_from(self.dice.below(GUESTS as u64)).unwrap());
            let kind = self.dice.below(12);
            let person = &mut self.people[guest];
            person.lines += 1;
            let number = person.lines;
            let text = format!("{guest} says {number}");
            let line = match kind {
                0 => "/who".to_owned(),
                1 => format!("/msg guest {other} psst"),
                2 => format!("/me {text}"),
                3 => "/history 5".to_owned(),
                _ => text.clone(),
            };
            if !matches!(kind, 0 | 1 | 3) {
                person.said.insert(number, text);
            }
            self.tell_guest(guest, GuestInput::Line(line));
        }
    }

    /// Hostile guests do something.
    fn attack(&mut self) {
        if self.hostile.len() < 4 || self.dice.one_in(20) {
            self.intrude();
        }
        let count = self.hostile.len().max(1) as u64;
        let which = usize::try_from(self.dice.below(count)).unwrap();
        let Some(connection) = self.hostile.keys().nth(which).copied() else {
            return;
        };
        match self.dice.below(40) {
            0 => self.tell_hub(HubInput::Pong(connection)),
            1 => {
                let bytes = usize::try_from(self.dice.extreme()).unwrap();
                self.tell_hub(HubInput::Behind { connection, bytes });
            }
            2 => self.tell_hub(HubInput::Overflow(connection)),
            3 => {
                self.hostile.remove(&connection);
                self.tell_hub(HubInput::Lost(connection));
            }
            // As many lines as are read at once.
            4 => while self.sends_line(connection) {},
            5..12 => {
                self.sends_line(connection);
            }
            _ => {}
        }
    }

    /// A hostile guest connects, by whatever hello.
    fn intrude(&mut self) {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let last = u8::try_from(self.dice.below(3)).unwrap();
        let from = SocketAddr::from(([198, 51, 100, last], 40_000));
        let mut hostile = Hostile::default();
        let input = if self.dice.one_in(3) {
            HubInput::Connected { connection, from }
        } else {
            hostile.number = Some(0);
            // Nobody is told the tickets of the honest; these are few, so that one replaces another.
            let bytes = [200 + u8::try_from(self.dice.below(6)).unwrap(); 16];
            let room = (!self.dice.one_in(6)).then(|| Entrant {
                ticket: Ticket::new(bytes),
                since: (!self.dice.one_in(4)).then(|| PostId(self.dice.extreme())),
            });
            let name = self.dice.hostile_text().parse().ok();
            HubInput::Hello {
                connection,
                from,
                name,
                room,
            }
        };
        self.hostile.insert(connection, hostile);
        self.tell_hub(input);
    }

    /// Whether this one could send a line just now, and has.
    fn sends_line(&mut self, connection: ConnectionId) -> bool {
        let now = self.now - self.hub_began;
        let Some(hostile) = self.hostile.get_mut(&connection) else {
            return false;
        };
        if hostile.reads.take_if(|at| *at <= now).is_none() {
            return false;
        }
        hostile.number = hostile.number.map(|last| match self.dice.below(8) {
            0 => self.dice.extreme(),
            // The same one again.
            1 => last,
            _ => last.saturating_add(1),
        });
        let text = self.dice.hostile_text();
        // The wire lets through only what can be a number.
        let number = match hostile.number.map(LineNumber::try_from) {
            None => None,
            Some(Ok(number)) => Some(number),
            Some(Err(_)) => {
                hostile.number = Some(0);
                let bytes = text.len();
                self.tell_hub(HubInput::Noise { connection, bytes });
                return true;
            }
        };
        self.hostile_lines += 1;
        self.tell_hub(HubInput::Line {
            connection,
            number,
            text,
        });
        true
    }

    /// All hostile guests hang up.
    fn go_away(&mut self) {
        while let Some((connection, _)) = self.hostile.pop_first() {
            self.tell_hub(HubInput::Lost(connection));
        }
    }

    fn store(&mut self) {
        if self.hub.is_some() && self.now >= self.commits_at {
            self.committed.extend(self.writing.drain(..));
            if let Some(last) = self.committed.last() {
                let at = self.now + self.dice.delay(300);
                self.reports.push_back((at, last.post.id));
            }
            self.commits_at = self.now + self.dice.delay(1_000);
        }
        while let Some((_, up_to)) = self.reports.pop_front_if(|(at, _)| *at <= self.now) {
            self.tell_hub(HubInput::Stored(up_to));
        }
        let now = self.now;
        // Who has much to read yet is sent more later.
        let wires = &self.wires;
        let is_due = |(at, reader, query): &mut (Duration, Recipient, Query)| {
            let waits = match (reader, query) {
                (Recipient::Connection(connection), Query::After(..)) => {
                    let wire = wires.get(connection);
                    wire.is_some_and(|wire| wire.down.messages.len() > 50)
                }
                _ => false,
            };
            *at <= now && !waits
        };
        let due: Vec<_> = self.looks.extract_if(.., is_due).collect();
        for (_, to, query) in due {
            let (posts, rest) = look_up(&self.committed, &query);
            self.tell_hub(HubInput::Found {
                to,
                query,
                posts,
                rest,
            });
        }
    }

    /// Brings what has arrived to both ends of every connection.
    fn carry(&mut self) {
        let connections: Vec<ConnectionId> = self.wires.keys().copied().collect();
        for connection in connections {
            while let Some(control) = self
                .wires
                .get_mut(&connection)
                .and_then(|it| it.down.next(self.now))
            {
                self.arrives(connection, control);
            }
            while let Some(control) = self.next_up(connection) {
                let input = match control {
                    Control::Hello {
                        name, room, nonce, ..
                    } => match room.unwrap() {
                        Entrance::Join { ticket, since } => {
                            let since = Some(since);
                            let room = Some(Entrant { ticket, since });
                            let from = address(connection);
                            HubInput::Hello {
                                connection,
                                from,
                                name,
                                room,
                            }
                        }
                        Entrance::Return { member, since } => {
                            self.challenge(connection, &member, nonce.unwrap(), since);
                            continue;
                        }
                    },
                    Control::Proof { proof } => {
                        let wire = self.wires.get_mut(&connection).unwrap();
                        let (exchange, since) = wire.to_prove.take().unwrap();
                        assert!(exchange.accepts(&proof, Prover::Client));
                        let ticket = exchange.ticket;
                        let room = Some(Entrant { ticket, since });
                        let from = address(connection);
                        HubInput::Hello {
                            connection,
                            from,
                            name: None,
                            room,
                        }
                    }
                    Control::Say { number, text } => {
                        let number = Some(number);
                        let text = text.into();
                        HubInput::Line {
                            connection,
                            number,
                            text,
                        }
                    }
                    Control::Pong => HubInput::Pong(connection),
                    other => panic!("{other:?}"),
                };
                self.tell_hub(input);
            }
            let Some(wire) = self.wires.get_mut(&connection) else {
                continue;
            };
            let guest = wire.guest;
            let server = wire.server_notices.take_if(|at| *at <= self.now).is_some();
            let client = wire.guest_notices.take_if(|at| *at <= self.now).is_some();
            if server {
                self.tell_hub(HubInput::Lost(connection));
            }
            if client && self.people[guest].wire == Some(connection) {
                self.people[guest].wire = None;
                self.tell_guest(guest, GuestInput::Lost);
            }
        }
        let people = &self.people;
        self.wires.retain(|connection, wire| {
            let is_used = people[wire.guest].wire == Some(*connection);
            let is_pending = wire.server_notices.is_some() || !wire.up.messages.is_empty();
            is_used || is_pending && self.hub.is_some()
        });
    }

    /// Has a client that comes back prove that it is the one that was here.
    fn challenge(
        &mut self,
        connection: ConnectionId,
        member: &Handle,
        client: Nonce,
        since: Option<PostId>,
    ) {
        let hub = self.hub.as_ref().unwrap();
        let Some(ticket) = hub.ticket(member) else {
            let reason = Reason::Unknown;
            let message = Text::default();
            return self.send(connection, Control::Refuse { reason, message });
        };
        let exchange = Exchange {
            ticket,
            client,
            server: Nonce::new([u8::try_from(connection.0 % 256).unwrap(); 16]),
        };
        let wire = self.wires.get_mut(&connection).unwrap();
        wire.to_prove = Some((exchange, since));
        let (nonce, proof) = (exchange.server, exchange.proof(Prover::Server));
        self.send(connection, Control::Challenge { nonce, proof });
    }

    /// The next thing that the server reads from a connection: lines only where one is wanted.
    fn next_up(&mut self, connection: ConnectionId) -> Option<Control> {
        self.hub.as_ref()?;
        let wire = self.wires.get_mut(&connection)?;
        if let Some((_, Control::Say { .. })) = wire.up.messages.front() {
            let began = self.hub_began;
            wire.reads.take_if(|at| began + *at <= self.now)?;
        }
        match wire.up.next(self.now) {
            Some(control) => Some(control),
            None => {
                // Nothing has come after all.
                if let Some((_, Control::Say { .. })) = wire.up.messages.front() {
                    wire.reads = Some(Duration::ZERO);
                }
                None
            }
        }
    }

    fn arrives(&mut self, connection: ConnectionId, control: Control) {
        let guest = self.wires[&connection].guest;
        if self.people[guest].wire != Some(connection) {
            return;
        }
        let post = match &control {
            Control::Post(post) => Some(Arc::clone(post)),
            _ => None,
        };
        let before = self.people[guest].core.seen();
        self.tell_guest(guest, GuestInput::Control(control));
        if let Some(post) = post
            && self.people[guest].core.seen() != before
        {
            let stored = &self.committed[usize::try_from(post.id.0).unwrap() - 1].post;
            assert_eq!(&post, stored, "a post was seen that is not stored");
            self.people[guest].seen.push(post);
        }
    }

    fn attend(&mut self, guest: usize) {
        let now = self.now;
        if self.people[guest]
            .connects_at
            .take_if(|at| *at <= now)
            .is_some()
        {
            if self.hub.is_some() {
                self.connections += 1;
                let connection = ConnectionId(self.connections);
                let wire = Wire {
                    guest,
                    up: Pipe::default(),
                    down: Pipe::default(),
                    is_broken: false,
                    server_notices: None,
                    guest_notices: None,
                    reads: None,
                    sent: None,
                    to_prove: None,
                };
                self.wires.insert(connection, wire);
                self.people[guest].wire = Some(connection);
                let nonce =
                    Nonce::new(self.dice.roll().to_be_bytes().repeat(2).try_into().unwrap());
                self.tell_guest(guest, GuestInput::Connected { nonce });
            } else {
                self.people[guest].connects_at = Some(now + self.dice.delay(2_000));
            }
        }
        self.tell_guest(guest, GuestInput::Tick);
    }

    fn tell_guest(&mut self, guest: usize, input: GuestInput) {
        let is_welcome = matches!(&input, GuestInput::Control(Control::Welcome { .. }));
        let effects = self.people[guest].core.handle(self.now, input);
        for effect in effects {
            let person = &mut self.people[guest];
            match effect {
                GuestEffect::Send(control) => {
                    if is_welcome && matches!(control, Control::Say { .. }) {
                        self.resent += 1;
                    }
                    let delay = self.dice.delay(400);
                    let wire = person
                        .wire
                        .and_then(|connection| self.wires.get_mut(&connection));
                    if let Some(wire) = wire.filter(|wire| !wire.is_broken) {
                        wire.up.send(self.now, delay, control);
                    }
                }
                GuestEffect::Received(number) => {
                    assert!(person.received.insert(number), "{number} is received twice");
                }
                GuestEffect::Connect { .. } => {
                    if let Some(wire) = person.wire.take().and_then(|it| self.wires.get_mut(&it)) {
                        wire.is_broken = true;
                        wire.server_notices
                            .get_or_insert(self.now + self.dice.delay(2_000));
                    }
                    person.connects_at = Some(self.now + self.dice.delay(2_000));
                }
                GuestEffect::Show(Sight::NotTaken(line)) => panic!("{line} was not taken"),
                GuestEffect::Show(_) => {}
                GuestEffect::Close(ending) => panic!("{guest} is out: {ending:?}"),
            }
        }
    }

    fn tell_hub(&mut self, input: HubInput) {
        let Some(hub) = &mut self.hub else {
            return;
        };
        let mut effects = Vec::new();
        hub.handle(self.now - self.hub_began, input, &mut effects);
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: HubEffect) {
        match effect {
            HubEffect::Store(entry) => self.writing.push_back(entry),
            HubEffect::Deliver { post, to } => match to {
                Recipients::All { connections, but } => {
                    for connection in connections
                        .iter()
                        .filter(|connection| Some(**connection) != but)
                    {
                        self.send(*connection, Control::Post(Arc::clone(&post)));
                    }
                }
                Recipients::One(connection) => self.send(connection, Control::Post(post)),
            },
            HubEffect::Recall { to, posts } => {
                let Recipient::Connection(connection) = to else {
                    return;
                };
                for post in posts {
                    self.send(connection, Control::Recall(post));
                }
            }
            HubEffect::Tell { to, notice } => {
                let Recipient::Connection(connection) = to else {
                    return;
                };
                for text in notice.texts() {
                    self.send(connection, Control::Tell { text });
                }
            }
            HubEffect::Welcome { connection, room } => self.send(
                connection,
                Control::Welcome {
                    version: HANDSHAKE_VERSION,
                    name: None,
                    mode: Mode::Room,
                    standing: None,
                    room: Some(room),
                },
            ),
            HubEffect::Receipt { connection, number } => {
                self.send(connection, Control::Stored { number })
            }
            HubEffect::Ping(connection) => self.send(connection, Control::Ping),
            HubEffect::Look { to, query } => {
                if matches!(query, Query::After(..)) {
                    self.catch_ups += 1;
                }
                self.looks
                    .push((self.now + self.dice.delay(500), to, query));
            }
            HubEffect::Read { connection, at } => {
                if let Some(wire) = self.wires.get_mut(&connection) {
                    assert_eq!(wire.reads.replace(at), None);
                }
                if let Some(hostile) = self.hostile.get_mut(&connection) {
                    assert_eq!(hostile.reads.replace(at), None);
                }
            }
            HubEffect::Close { connection, why } => {
                self.hostile.remove(&connection);
                if let Some(reason) = why.reason() {
                    let message = Text::cut(why.words());
                    self.send(connection, Control::Refuse { reason, message });
                }
                if let Some(wire) = self.wires.get_mut(&connection) {
                    wire.is_broken = true;
                    wire.server_notices = None;
                    wire.guest_notices
                        .get_or_insert(self.now + Duration::from_secs(2));
                }
            }
            HubEffect::Over => panic!("nobody has closed the room"),
        }
    }

    fn send(&mut self, connection: ConnectionId, control: Control) {
        let delay = self.dice.delay(400);
        if let Some(wire) = self
            .wires
            .get_mut(&connection)
            .filter(|wire| !wire.is_broken)
        {
            if let Control::Post(post) = &control {
                let last = wire.sent.replace(post.id);
                assert!(
                    last.is_none_or(|last| post.id == last.next()),
                    "{connection:?} after {last:?}"
                );
            }
            wire.down.send(self.now, delay, control);
        }
    }

    /// What everybody was promised; says what is not so.
    fn verdict(&self) -> Result<(), String> {
        let mut wrong = String::new();
        let ids: Vec<u64> = self.committed.iter().map(|entry| entry.post.id.0).collect();
        if ids != (1..=ids.len() as u64).collect::<Vec<_>>() {
            wrong.push_str("the store has gaps\n");
        }
        let mut stored: BTreeMap<&str, u32> = BTreeMap::new();
        for entry in &self.committed {
            if let What::Said { text } | What::Acted { text } = &entry.post.what {
                *stored.entry(&**text).or_default() += 1;
            }
        }
        for (guest, person) in self.people.iter().enumerate() {
            let seen: Vec<u64> = person.seen.iter().map(|post| post.id.0).collect();
            let first = seen.first().copied().unwrap_or(0);
            if seen != (first..=ids.len() as u64).collect::<Vec<_>>() {
                let _ = writeln!(wrong, "{guest} has seen {seen:?} of {}", ids.len());
            }
            let id = person.core.id();
            let joined = self
                .committed
                .iter()
                .find(|entry| Some(entry.post.by.id) == id && entry.post.what == What::Joined);
            if joined.is_none_or(|joined| joined.post.id.0 < first) {
                let _ = writeln!(wrong, "{guest} has missed something behind its own arrival");
            }
            for (number, text) in &person.said {
                let times = stored.get(text.as_str()).copied().unwrap_or(0);
                let is_received = person.received.contains(number);
                if times != 1 || !is_received {
                    let _ = writeln!(wrong, "{text:?}: stored {times} times, {is_received}");
                }
            }
            if person.core.unreceived() > 0 {
                let _ = writeln!(wrong, "{guest} still waits for receipts");
            }
        }
        let members = self
            .hub
            .as_ref()
            .unwrap()
            .members(self.now - self.hub_began);
        if members.iter().filter(|it| it.is_here).count() != GUESTS {
            let _ = writeln!(wrong, "not everybody is here at the end");
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// A number as letters that look like no others.
fn letters(number: usize) -> String {
    let letter = |number: usize| char::from(b"abcdefgh"[number % 8]);
    [letter(number / 8), letter(number)].iter().collect()
}

#[test]
fn through_cuts_and_crashes_and_hostile_guests_everybody_sees_everything_once_and_in_order() {
    let (mut crashes, mut cuts, mut resent, mut catch_ups, mut posts) = (0, 0, 0, 0, 0);
    let mut hostile_lines = 0;
    for seed in 0..SEEDS {
        let mut world = World::new(seed);
        world.run();
        if let Err(wrong) = world.verdict() {
            let wrong: String = wrong.chars().take(3_000).collect();
            panic!("seed {seed}:\n{wrong}");
        }
        crashes += world.crashes;
        cuts += world.cuts;
        resent += world.resent;
        catch_ups += world.catch_ups;
        hostile_lines += world.hostile_lines;
        posts += world.committed.len();
    }
    // Else nothing was tried.
    for (what, count) in [
        ("crashes", crashes),
        ("cuts", cuts),
        ("lines sent again", resent),
        ("looks into the store", catch_ups),
        ("lines of hostile guests", hostile_lines / 100),
    ] {
        assert!(count >= 20, "only {count} {what}");
    }
    assert!(posts > 10_000, "only {posts} posts");
}
