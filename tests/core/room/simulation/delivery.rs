//! The network, the store and both shells: messages are carried and effects performed.

use super::{Pipe, Wire, World};
use crate::room::{address, known, look_up, may_be_missing, settings};
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Entrant, Found, GuestEffect, GuestInput, Hub, HubEffect, HubInput, LineMark,
    Query, Recipient, Recipients, Sight,
};
use tictalk::wire::{
    Abilities, Control, Entrance, Exchange, HANDSHAKE_VERSION, Handle, Mode, Nonce, Post, PostId,
    Prover, Reason, Sees, Text,
};

impl World {
    pub(super) fn serve(&mut self) {
        if self.hub.is_none() && self.now >= self.restarts_at {
            self.starts += 1;
            let known = known(&self.committed);
            self.restored += u32::try_from(known.tables.len()).unwrap();
            let recent = self.committed.iter().rev().take(50).rev();
            let recent = recent.map(|entry| Arc::clone(&entry.post));
            let hub = Hub::restore(settings(), [self.starts; 32], &known, recent);
            self.hub = Some(hub);
            self.hub_began = self.now;
        }
        self.tell_hub(HubInput::Tick);
    }

    pub(super) fn store(&mut self) {
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
        let solved: Vec<_> = self.problems.extract_if(.., |(at, _)| *at <= now).collect();
        for (_, problem) in solved {
            // The search is slow, and one that fails is followed by a random move.
            self.tell_hub(HubInput::Thought(problem.unsolved()));
        }
        // A connection with a backlog is sent more later.
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
            self.tell_hub(HubInput::Found(Found {
                to,
                query,
                posts,
                rest,
            }));
        }
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
                            mark: LineMark::Unmarked,
                            name: None,
                            room,
                            sees: Sees::default(),
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
    pub(super) fn challenge(
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
            return self.send(connection, Control::refuse(reason, message));
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
    pub(super) fn next_up(&mut self, connection: ConnectionId) -> Option<Control> {
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

    pub(super) fn arrives(&mut self, connection: ConnectionId, control: Control) {
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
            let stored = &self.committed[usize::try_from(post.id.0).unwrap() - 1].post;
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
                GuestEffect::Others(others) => assert!(others.is_empty(), "{others:?}"),
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
                GuestEffect::Show(_) => {}
                GuestEffect::Others(others) => panic!("this room has {others:?}"),
                GuestEffect::Close(ending) => panic!("{guest} is out: {ending:?}"),
            }
        }
    }

    pub(super) fn tell_hub(&mut self, input: HubInput) {
        let Some(hub) = &mut self.hub else {
            return;
        };
        let mut effects = Vec::new();
        hub.handle(self.now - self.hub_began, input, &mut effects);
        for effect in effects {
            self.perform(effect);
        }
    }

    pub(super) fn perform(&mut self, effect: HubEffect) {
        match effect {
            HubEffect::Store(entry) => self.writing.push_back(entry),
            HubEffect::Deliver { post, to } => match to {
                Recipients::All { connections, but } => {
                    for connection in connections
                        .iter()
                        .filter(|connection| !but.contains(&Some(**connection)))
                    {
                        self.send(*connection, Control::Post(Arc::clone(&post)));
                    }
                }
                Recipients::One(connection) => self.send(connection, Control::Post(post)),
            },
            HubEffect::Announce {
                announcement, to, ..
            } => {
                let summary = announcement.summary();
                self.gathered += 1;
                let posts = announcement.posts().to_vec();
                self.announcements.insert(summary.last, posts);
                for connection in to.iter() {
                    self.send(*connection, Control::Gathered(summary.clone()));
                }
            }
            HubEffect::Think(problem) => {
                let at = self.now + self.dice.delay(2_000);
                self.problems.push((at, problem));
            }
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
                for tell in notice.tells() {
                    self.send(connection, tell);
                }
            }
            HubEffect::Send {
                connection,
                control,
            } => self.send(connection, control),
            HubEffect::Welcome { connection, room } => self.send(
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
        }
    }

    pub(super) fn send(&mut self, connection: ConnectionId, control: Control) {
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
                    let missed = self.committed.iter().skip(missed);
                    let mut missed = missed.take_while(|entry| entry.post.id < post.id);
                    post.id > last && missed.all(|entry| may_be_missing(&entry.post))
                });
                assert!(is_next, "{connection:?} after {last:?}");
            }
            wire.down.send(self.now, delay, control);
        }
    }
}
