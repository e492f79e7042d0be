//! The network: messages are carried, effects performed, and connections cut.

use super::{Comeback, Pipe, Server, Wire, World, address, letters, may_be_missing};
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Entrant, Guest, GuestEffect, GuestEnding, GuestInput, HubEffect, HubInput,
    LineMark, Recipient, Recipients, Sight,
};
use tictalk::wire::{
    Abilities, Control, Entrance, Exchange, HANDSHAKE_VERSION, Mode, Nonce, Post, Prover, Reason,
    Text, Ticket,
};

impl<S: Server> World<S> {
    /// Cuts a connection, perhaps.
    pub(super) fn cut_something(&mut self) {
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

    /// Cuts the connections of a server that has gone.
    pub(crate) fn cut_all(&mut self, is_its: impl Fn(ConnectionId) -> bool) {
        self.hostile.retain(|connection, _| !is_its(*connection));
        for (_, wire) in self.wires.iter_mut().filter(|(it, _)| is_its(**it)) {
            wire.is_broken = true;
            wire.server_notices = None;
            wire.guest_notices = Some(self.now + self.dice.delay(3_000));
        }
    }

    /// Whether a connection has a backlog: it is sent more old posts later.
    pub(crate) fn is_behind(&self, connection: ConnectionId) -> bool {
        let wire = self.wires.get(&connection);
        wire.is_some_and(|wire| wire.down.messages.len() > 50)
    }

    /// Brings what has arrived to both ends of every connection.
    pub(super) fn carry(&mut self) {
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
                        name,
                        room,
                        nonce,
                        sees,
                        ..
                    } => match room.unwrap() {
                        Entrance::Join { ticket, since, .. } => {
                            let since = Some(since);
                            let room = Some(Entrant { ticket, since });
                            let from = address(connection);
                            HubInput::Hello {
                                connection,
                                from,
                                mark: LineMark::Unmarked,
                                name,
                                room,
                                sees,
                            }
                        }
                        Entrance::Return { member, since } => {
                            let comeback = Comeback {
                                connection,
                                member,
                                nonce: nonce.unwrap(),
                                since,
                                sees,
                            };
                            S::challenge(self, comeback);
                            continue;
                        }
                    },
                    Control::Proof { proof } => {
                        let wire = self.wires.get_mut(&connection).unwrap();
                        let (exchange, since, sees) = wire.to_prove.take().unwrap();
                        assert!(exchange.accepts(&proof, Prover::Client));
                        let ticket = exchange.ticket;
                        let room = Some(Entrant { ticket, since });
                        let from = address(connection);
                        HubInput::Hello {
                            connection,
                            from,
                            mark: LineMark::Unmarked,
                            name: None,
                            room,
                            sees,
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
                S::tell(self, input);
            }
            let Some(wire) = self.wires.get_mut(&connection) else {
                continue;
            };
            let guest = wire.guest;
            let server = wire.server_notices.take_if(|at| *at <= self.now).is_some();
            let client = wire.guest_notices.take_if(|at| *at <= self.now).is_some();
            if server {
                S::tell(self, HubInput::Lost(connection));
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
            is_used || is_pending && self.server.hub(*connection).is_some()
        });
    }

    /// Has a client that comes back prove that it is the one that was here.
    pub(crate) fn challenge(&mut self, comeback: Comeback) {
        let connection = comeback.connection;
        let Some(hub) = self.server.hub(connection) else {
            return;
        };
        let Some(ticket) = hub.ticket(&comeback.member) else {
            let reason = Reason::Unknown;
            let message = Text::default();
            return self.send(connection, Control::refuse(reason, message));
        };
        let exchange = Exchange {
            ticket,
            client: comeback.nonce,
            server: Nonce::new([u8::try_from(connection.0 % 256).unwrap(); 16]),
        };
        let Some(wire) = self.wires.get_mut(&connection) else {
            return;
        };
        wire.to_prove = Some((exchange, comeback.since, comeback.sees));
        let (nonce, proof) = (exchange.server, exchange.proof(Prover::Server));
        self.send(connection, Control::Challenge { nonce, proof });
    }

    /// The next thing that the server reads from a connection: lines only where one is wanted.
    fn next_up(&mut self, connection: ConnectionId) -> Option<Control> {
        self.server.hub(connection)?;
        let now = self.server.time(self.now, connection);
        let wire = self.wires.get_mut(&connection)?;
        if let Some((_, Control::Say { .. })) = wire.up.messages.front() {
            wire.reads.take_if(|at| *at <= now)?;
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
        let posts = self.posts(&control);
        let before = self.people[guest].core.seen();
        self.tell_guest(guest, GuestInput::Control(control));
        if self.people[guest].core.seen() == before {
            return;
        }
        for post in posts {
            let stored = &self.server.committed()[usize::try_from(post.id.0).unwrap() - 1].post;
            assert_eq!(&post, stored, "a post was seen that is not stored");
            self.people[guest].seen.push(post);
        }
    }

    /// The posts of which a message tells.
    fn posts(&self, control: &Control) -> Vec<Arc<Post>> {
        match control {
            Control::Post(post) => vec![Arc::clone(post)],
            Control::Gathered(gathered) => {
                let posts = &self.announcements[&gathered.last];
                let groups = gathered.groups.iter();
                let told: u64 = groups.map(|it| it.members.len() as u64 + it.more).sum();
                assert_eq!(told, posts.len() as u64, "{gathered:?} leaves out posts");
                posts.clone()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn attend(&mut self, guest: usize) {
        let now = self.now;
        if self.people[guest]
            .connects_at
            .take_if(|at| *at <= now)
            .is_some()
        {
            if let Some(connection) = S::connect(self) {
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
                self.people[guest].boards.clear();
                let nonce =
                    Nonce::new(self.dice.roll().to_be_bytes().repeat(2).try_into().unwrap());
                self.tell_guest(guest, GuestInput::Connected { nonce });
            } else {
                self.people[guest].connects_at = Some(now + self.dice.delay(2_000));
            }
        }
        self.tell_guest(guest, GuestInput::Tick);
    }

    pub(super) fn tell_guest(&mut self, guest: usize, input: GuestInput) {
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
                GuestEffect::Show(Sight::Whispered(words)) => {
                    assert!(person.told.insert(words.clone()), "{words:?} is told twice");
                }
                GuestEffect::Show(Sight::Board(board)) => {
                    person.boards.insert(board.table, *board);
                }
                GuestEffect::Show(Sight::BoardOver(table)) => {
                    person.boards.remove(&table);
                }
                GuestEffect::Show(_) | GuestEffect::Others(_) => {}
                GuestEffect::Close(GuestEnding::Refused {
                    reason: Reason::Name,
                    ..
                }) if person.core.id().is_none() => self.rename(guest),
                GuestEffect::Close(ending) => panic!("{guest} is out: {ending:?}"),
            }
        }
    }

    /// A person who was never in the room comes with another name: a hello that the program has given up
    /// has arrived after all, and has taken the name.
    fn rename(&mut self, guest: usize) {
        self.renamed += 1;
        let bytes = self.dice.roll().to_be_bytes().repeat(2);
        let name = format!("guest {} {}", letters(guest), self.renamed);
        let person = &mut self.people[guest];
        let ticket = Ticket::new(bytes.try_into().unwrap());
        person.core = Guest::new(Some(name.parse().unwrap()), ticket).seeing(self.sees);
        person.said.clear();
        person.lines = 0;
        person.wire = None;
        person.connects_at = Some(self.now + self.dice.delay(2_000));
    }

    /// Performs an effect about those connections that `is_mine` says. Returns it if it is about none.
    pub(crate) fn perform(
        &mut self,
        effect: HubEffect,
        is_mine: impl Fn(ConnectionId) -> bool,
    ) -> Option<HubEffect> {
        match effect {
            HubEffect::Deliver { post, to } => match to {
                Recipients::All { connections, but } => {
                    for connection in connections
                        .iter()
                        .filter(|it| !but.contains(&Some(**it)) && is_mine(**it))
                    {
                        self.send(*connection, Control::Post(Arc::clone(&post)));
                    }
                }
                Recipients::One(connection) if is_mine(connection) => {
                    self.send(connection, Control::Post(post));
                }
                Recipients::One(_) => {}
            },
            HubEffect::Announce {
                announcement, to, ..
            } => {
                let summary = announcement.summary();
                self.gathered += 1;
                let posts = announcement.posts().to_vec();
                self.announcements.insert(summary.last, posts);
                for connection in to.iter().filter(|it| is_mine(**it)) {
                    self.send(*connection, Control::Gathered(summary.clone()));
                }
            }
            HubEffect::Recall { to, posts } => {
                let Recipient::Connection(connection) = to else {
                    return None;
                };
                if !is_mine(connection) {
                    return None;
                }
                for post in posts {
                    self.send(connection, Control::Recall(post));
                }
            }
            HubEffect::Tell { to, notice } => {
                let Recipient::Connection(connection) = to else {
                    return None;
                };
                if !is_mine(connection) {
                    return None;
                }
                for tell in notice.tells() {
                    self.send(connection, tell);
                }
            }
            HubEffect::Send {
                connection,
                control,
            } if is_mine(connection) => self.send(connection, control),
            HubEffect::Welcome { connection, room } if is_mine(connection) => self.send(
                connection,
                Control::Welcome {
                    version: HANDSHAKE_VERSION,
                    name: None,
                    mode: Mode::Room,
                    standing: None,
                    room: Some(room),
                    unfinished: None,
                    can: Abilities::default(),
                },
            ),
            HubEffect::Receipt { connection, number } if is_mine(connection) => {
                self.send(connection, Control::Stored { number });
            }
            HubEffect::Ping(connection) if is_mine(connection) => {
                self.send(connection, Control::Ping)
            }
            HubEffect::Read { connection, at } if is_mine(connection) => {
                if let Some(wire) = self.wires.get_mut(&connection) {
                    assert_eq!(wire.reads.replace(at), None);
                }
                if let Some(hostile) = self.hostile.get_mut(&connection) {
                    assert_eq!(hostile.reads.replace(at), None);
                }
            }
            HubEffect::Close { connection, why } if is_mine(connection) => {
                self.hostile.remove(&connection);
                if let Some(reason) = why.reason() {
                    let message = Text::cut(why.words());
                    self.send(connection, Control::refuse(reason, message));
                }
                if let Some(wire) = self.wires.get_mut(&connection) {
                    wire.is_broken = true;
                    wire.server_notices = None;
                    wire.guest_notices
                        .get_or_insert(self.now + Duration::from_secs(2));
                }
            }
            HubEffect::Over => panic!("nobody has closed the room"),
            HubEffect::Store(_) | HubEffect::Look { .. } | HubEffect::Think(_) => {
                return Some(effect);
            }
            HubEffect::Send { .. }
            | HubEffect::Welcome { .. }
            | HubEffect::Receipt { .. }
            | HubEffect::Ping(_)
            | HubEffect::Read { .. }
            | HubEffect::Close { .. } => {}
        }
        None
    }

    fn send(&mut self, connection: ConnectionId, control: Control) {
        let delay = self.dice.delay(400);
        let posts = self.posts(&control);
        if let Some(wire) = self
            .wires
            .get_mut(&connection)
            .filter(|wire| !wire.is_broken)
        {
            for post in posts {
                let last = wire.sent.replace(post.id);
                let is_next = last.is_none_or(|last| {
                    let missed = usize::try_from(last.0).unwrap();
                    let missed = self.server.committed().iter().skip(missed);
                    let mut missed = missed.take_while(|entry| entry.post.id < post.id);
                    post.id > last && missed.all(|entry| may_be_missing(&entry.post))
                });
                assert!(is_next, "{connection:?} after {last:?}");
            }
            wire.down.send(self.now, delay, control);
        }
    }
}
