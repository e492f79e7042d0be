//! The room: who is in, what each may do, and what each is told.

mod contests;
mod crowd;
mod games;
mod guest;
mod members;
mod names;
mod promises;
mod saving;
mod sights;
mod simulation;

use crowd::{address, look_up, may_be_missing, settings};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Entrant, Farewell, Found, Hub, HubEffect, HubInput, LineMark, Listed, PostRecord,
    Recipient, Recipients, RestoredRoom, Settings, announced, words,
};
use tictalk::wire::{Control, Membership, PostId, Sees};

const SECOND: Duration = Duration::from_secs(1);

fn known(store: &[PostRecord]) -> RestoredRoom {
    let mut known = RestoredRoom::default();
    store.iter().for_each(|entry| known.add(entry));
    known
}

/// A hub, and a shell that does everything at once.
struct Room {
    hub: Hub,
    now: Duration,
    connections: u64,
    store: Vec<PostRecord>,
    /// Whether what is to be stored is stored at once.
    stores: bool,
    /// The connections that answer pings.
    answers: BTreeSet<ConnectionId>,
    seen: BTreeMap<Recipient, Vec<String>>,
    /// What a client asks for as data.
    sees: Sees,
    /// What lists say about the next member.
    mark: LineMark,
    /// The data and the posts that were sent, in order.
    sent: BTreeMap<ConnectionId, Vec<Control>>,
    welcomes: BTreeMap<ConnectionId, Membership>,
    receipts: BTreeMap<ConnectionId, u64>,
    reads: BTreeMap<ConnectionId, Duration>,
    closed: BTreeMap<ConnectionId, Farewell>,
    is_over: bool,
}

impl Room {
    fn new() -> Self {
        Self::with(settings())
    }

    fn with(settings: Settings) -> Self {
        Self::of(Hub::open(settings, [1; 32]), Vec::new())
    }

    /// The room after a crash: what is stored is all that is left.
    fn restarted(self) -> Self {
        let known = known(&self.store);
        let hub = Hub::restore(settings(), [2; 32], &known, []);
        let connections = self.connections;
        Self {
            connections,
            ..Self::of(hub, self.store)
        }
    }

    fn of(hub: Hub, store: Vec<PostRecord>) -> Self {
        Self {
            hub,
            now: Duration::ZERO,
            connections: 0,
            store,
            stores: true,
            answers: BTreeSet::new(),
            seen: BTreeMap::new(),
            sees: Sees::default(),
            mark: LineMark::Unmarked,
            sent: BTreeMap::new(),
            welcomes: BTreeMap::new(),
            receipts: BTreeMap::new(),
            reads: BTreeMap::new(),
            closed: BTreeMap::new(),
            is_over: false,
        }
    }

    fn handle(&mut self, input: HubInput) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut effects = Vec::new();
            self.hub.handle(self.now, input, &mut effects);
            for effect in effects {
                inputs.extend(self.perform(effect));
            }
        }
    }

    fn perform(&mut self, effect: HubEffect) -> Option<HubInput> {
        match effect {
            HubEffect::Store(entry) => {
                let id = entry.post.id;
                self.store.push(entry);
                return self.stores.then_some(HubInput::Stored(id));
            }
            HubEffect::Deliver { post, to } => match to {
                Recipients::All { connections, but } => {
                    self.see(Recipient::Host, words(&post));
                    for connection in connections
                        .iter()
                        .filter(|connection| !but.contains(&Some(**connection)))
                    {
                        self.see(Recipient::Connection(*connection), words(&post));
                        self.sent(*connection, Control::Post(Arc::clone(&post)));
                    }
                }
                Recipients::One(connection) => {
                    self.see(Recipient::Connection(connection), words(&post));
                    self.sent(connection, Control::Post(post));
                }
            },
            HubEffect::Announce {
                announcement,
                to,
                clients,
            } => {
                let summary = announcement.summary();
                let lines = announced(&summary).join("\n");
                self.see(Recipient::Host, lines.clone());
                for connection in to.iter() {
                    self.see(Recipient::Connection(*connection), lines.clone());
                    self.sent(*connection, Control::Gathered(summary.clone()));
                }
                for connection in clients.iter() {
                    assert!(to.contains(connection));
                    for rest in announcement.rest() {
                        self.sent(*connection, Control::Gathered(rest));
                    }
                }
            }
            HubEffect::Recall { to, posts } => {
                posts.iter().for_each(|post| self.see(to, words(post)));
            }
            HubEffect::Tell { to, notice } => self.see(to, notice.words()),
            HubEffect::Send {
                connection,
                control,
            } => self.sent(connection, control),
            HubEffect::Welcome { connection, room } => {
                self.answers.insert(connection);
                self.welcomes.insert(connection, room);
            }
            HubEffect::Receipt { connection, number } => {
                self.receipts.insert(connection, number);
            }
            HubEffect::Ping(connection) => {
                return self
                    .answers
                    .contains(&connection)
                    .then_some(HubInput::Pong(connection));
            }
            HubEffect::Look { to, query } => {
                let (posts, rest) = look_up(&self.store, &query);
                return Some(HubInput::Found(Found {
                    to,
                    query,
                    posts,
                    rest,
                }));
            }
            HubEffect::Think(problem) => return Some(HubInput::Thought(problem.solve())),
            HubEffect::Read { connection, at } => {
                let twice = self.reads.insert(connection, at);
                assert_eq!(
                    twice, None,
                    "two lines are read at once from {connection:?}"
                );
            }
            HubEffect::Close { connection, why } => {
                self.answers.remove(&connection);
                self.closed.insert(connection, why);
            }
            HubEffect::Over => self.is_over = true,
        }
        None
    }

    fn sent(&mut self, connection: ConnectionId, control: Control) {
        self.sent.entry(connection).or_default().push(control);
    }

    fn see(&mut self, reader: Recipient, text: String) {
        self.seen.entry(reader).or_default().push(text);
    }

    /// The lines that this connection has seen since the last call.
    fn seen(&mut self, connection: ConnectionId) -> Vec<String> {
        self.seen
            .remove(&Recipient::Connection(connection))
            .unwrap_or_default()
    }

    fn seen_by_host(&mut self) -> Vec<String> {
        self.seen.remove(&Recipient::Host).unwrap_or_default()
    }

    fn forget_seen(&mut self) {
        self.seen.clear();
    }

    fn connection(&mut self) -> ConnectionId {
        self.connections += 1;
        ConnectionId(self.connections)
    }

    /// Somebody with `nc` comes in.
    fn raw(&mut self, name: &str) -> ConnectionId {
        let connection = self.connection();
        let from = address(connection);
        self.handle(HubInput::Connected {
            connection,
            from,
            mark: self.mark,
        });
        self.say(connection, name);
        connection
    }

    /// Somebody with this program comes in.
    fn tictalk(&mut self, name: &str) -> ConnectionId {
        self.hello(Some(name), None)
    }

    fn hello(&mut self, name: Option<&str>, room: Option<Entrant>) -> ConnectionId {
        let connection = self.connection();
        self.handle(HubInput::Hello {
            connection,
            from: address(connection),
            mark: self.mark,
            name: name.map(|name| name.parse().unwrap()),
            room,
            sees: self.sees,
        });
        connection
    }

    /// The member of this connection returns by another one.
    fn back(&mut self, connection: ConnectionId, since: u64) -> ConnectionId {
        let ticket = self.welcomes[&connection].ticket.unwrap();
        let since = Some(PostId(since));
        self.hello(Some("whoever"), Some(Entrant { ticket, since }))
    }

    fn say(&mut self, connection: ConnectionId, text: &str) {
        self.send(connection, None, text);
    }

    fn send(&mut self, connection: ConnectionId, number: Option<u64>, text: &str) {
        self.reads.remove(&connection);
        let number = number.map(|number| number.try_into().unwrap());
        let text = text.to_owned();
        self.handle(HubInput::Line {
            connection,
            number,
            text,
        });
    }

    fn host(&mut self, text: &str) {
        self.handle(HubInput::Host(text.to_owned()));
    }

    fn lose(&mut self, connection: ConnectionId) {
        self.answers.remove(&connection);
        self.handle(HubInput::Lost(connection));
    }

    /// Lets time pass.
    fn wait(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.now += SECOND;
            self.handle(HubInput::Tick);
        }
    }

    fn members(&self) -> Vec<Listed> {
        self.hub.members(self.now)
    }

    fn names(&self) -> Vec<String> {
        let members = self.members().into_iter();
        members.map(|member| member.name.to_string()).collect()
    }

    fn coordinator(&self) -> Option<String> {
        let mut members = self.members().into_iter();
        let coordinator = members.find(|member| member.is_coordinator);
        coordinator.map(|member| member.name.to_string())
    }
}
