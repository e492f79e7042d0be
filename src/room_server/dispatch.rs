//! Where everything meets: what happened goes to the hub, and what must be done is done.

use super::connection::{PendingQueries, QueueFill, READ_SIZE, RoomConnection, put};
use super::console::HostQueue;
use super::log;
use super::store::Store;
use crate::room::{
    ConnectionId, Entrant, Farewell, Hub, HubEffect, HubInput, Listed, Origin, Query, Recipient,
    Recipients, RoomNotice, plain,
};
use crate::wire::{
    Control, Dialect, Frame, HANDSHAKE_VERSION, Handle, LineNumber, Mode, Name, Post, PostId, Text,
    Ticket,
};
use bytes::{Bytes, BytesMut};
use std::cell::{Cell, RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tracing::info;

/// Work for one connection that takes less is not worth being charged.
const NOTICEABLE: Duration = Duration::from_micros(100);

/// The room of all tasks of this thread.
#[derive(Debug)]
pub(super) struct Dispatch {
    inner: RefCell<Inner>,
    began: Instant,
    /// How many bytes may wait for a member; none is no limit.
    room: usize,
    /// What a read fills, for one task after the other.
    scratch: RefCell<Vec<u8>>,
    is_over: Cell<bool>,
    /// Rings when the room is over, and when a connection has ended.
    bell: Notify,
    pub(super) pane: HostQueue,
}

#[derive(Debug)]
struct Inner {
    hub: Hub,
    inputs: VecDeque<HubInput>,
    effects: Vec<HubEffect>,
    store: Store,
    lines: HashMap<ConnectionId, Rc<RoomConnection>>,
    last_connection: u64,
    /// The last post that is stored.
    stored: PostId,
    /// Who has something looked up, in turn, and whether somebody's turn it is.
    asking: VecDeque<Recipient>,
    is_looking: bool,
    /// What the host has asked.
    looks_of_host: PendingQueries,
    /// Who may send a line later, and when.
    permits: BTreeSet<(Duration, ConnectionId)>,
    /// Connections to which something was added.
    changed: Vec<Rc<RoomConnection>>,
    /// Connections that are still open, known to the hub or not.
    open: usize,
    /// Those of them that have said who they are, or want to be asked.
    heard: usize,
    /// The tasks of the others, the oldest first.
    strangers: BTreeMap<ConnectionId, (Origin, AbortHandle)>,
}

impl Dispatch {
    /// A room of which the posts up to `stored` are in the store. Up to `queue` bytes wait for a
    /// member; zero is no limit.
    pub(super) fn open(hub: Hub, store: Store, stored: PostId, queue: usize) -> Self {
        let inner = Inner {
            hub,
            inputs: VecDeque::new(),
            effects: Vec::new(),
            store,
            lines: HashMap::new(),
            last_connection: 0,
            stored,
            asking: VecDeque::new(),
            is_looking: false,
            looks_of_host: PendingQueries::default(),
            permits: BTreeSet::new(),
            changed: Vec::new(),
            open: 0,
            heard: 0,
            strangers: BTreeMap::new(),
        };
        Self {
            inner: RefCell::new(inner),
            began: Instant::now(),
            room: if queue == 0 { usize::MAX } else { queue },
            scratch: RefCell::new(vec![0; READ_SIZE]),
            is_over: Cell::new(false),
            bell: Notify::new(),
            pane: HostQueue::default(),
        }
    }

    pub(super) fn scratch(&self) -> RefMut<'_, Vec<u8>> {
        self.scratch.borrow_mut()
    }

    /// A number for a connection that has come.
    pub(super) fn next_connection(&self) -> ConnectionId {
        let mut inner = self.inner.borrow_mut();
        inner.last_connection += 1;
        inner.open += 1;
        ConnectionId(inner.last_connection)
    }

    /// Somebody comes in from this address: when, if at all.
    pub(super) fn arrival(&self, from: IpAddr) -> Option<Instant> {
        let mut inner = self.inner.borrow_mut();
        let at = inner.hub.arrival(self.now(), from)?;
        self.began.checked_add(at)
    }

    /// Whoever has this ticket comes back: when, if at all.
    pub(super) fn comeback(&self, ticket: &Ticket) -> Option<Instant> {
        let mut inner = self.inner.borrow_mut();
        let at = inner.hub.comeback(self.now(), ticket)?;
        self.began.checked_add(at)
    }

    /// The ticket of this handle, if somebody can come back by it.
    pub(super) fn ticket(&self, handle: &Handle) -> Option<Ticket> {
        self.inner.borrow().hub.ticket(handle)
    }

    /// What somebody wants to know cannot be read. It costs nobody else anything: a question has no
    /// answer, and who misses posts has to connect again for them.
    pub(super) fn unread(&self, to: Recipient, query: Query) {
        self.inner.borrow_mut().is_looking = false;
        if let (Query::After(..), Recipient::Connection(connection)) = (&query, to) {
            let line = self.inner.borrow().lines.get(&connection).cloned();
            if let Some(line) = line {
                self.lost(&line);
            }
            return;
        }
        self.handle(HubInput::Found {
            to,
            query,
            posts: Vec::new(),
            rest: None,
        });
    }

    /// A connection that has said nothing yet is served by this task.
    pub(super) fn expect(&self, connection: ConnectionId, origin: Origin, task: AbortHandle) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.insert(connection, (origin, task));
    }

    /// Closes the oldest of the connections that have said nothing yet, of this address if one is
    /// named. Returns whether there was one.
    pub(super) fn close_a_stranger(&self, origin: Option<Origin>) -> bool {
        let mut inner = self.inner.borrow_mut();
        let is_meant = |of: &Origin| origin.is_none_or(|origin| origin == *of);
        let mut meant = inner.strangers.iter().filter(|(_, (of, _))| is_meant(of));
        let Some((connection, task)) = meant
            .next()
            .map(|(connection, (_, task))| (*connection, task.clone()))
        else {
            return false;
        };
        inner.strangers.remove(&connection);
        task.abort();
        true
    }

    /// A connection has ended, of which something was heard or not.
    pub(super) fn forget(&self, connection: ConnectionId, was_heard: bool) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.remove(&connection);
        inner.open -= 1;
        inner.heard -= usize::from(was_heard);
        self.bell.notify_one();
    }

    /// A connection is to be told when the room is closed.
    pub(super) fn hear(&self, connection: ConnectionId) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.remove(&connection);
        inner.heard += 1;
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        self.inner.borrow().open
    }

    /// Waits until the room is over.
    pub(super) async fn is_over(&self) {
        while !self.is_over.get() {
            self.bell.notified().await;
        }
    }

    /// Waits until all have ended who have said who they are, and so have a line; those that the hub
    /// does not know end now.
    pub(super) async fn all_left(&self) {
        let lines: Vec<_> = self.inner.borrow().lines.values().cloned().collect();
        lines.iter().for_each(|line| line.close());
        while self.inner.borrow().heard > 0 {
            self.bell.notified().await;
        }
    }

    /// Who is in.
    pub(super) fn members(&self) -> Vec<Listed> {
        self.inner.borrow().hub.members(self.now())
    }

    /// A client has said hello.
    pub(super) fn greet(
        &self,
        line: &Rc<RoomConnection>,
        name: Option<Name>,
        room: Option<Entrant>,
    ) {
        self.enter(line);
        let hello = HubInput::Hello {
            connection: line.connection,
            from: line.from,
            name,
            room,
        };
        self.handle_for(line.connection, hello);
    }

    /// A peer without a greeting is there.
    pub(super) fn meet(&self, line: &Rc<RoomConnection>) {
        self.enter(line);
        self.handle(HubInput::Connected {
            connection: line.connection,
            from: line.from,
        });
    }

    fn enter(&self, line: &Rc<RoomConnection>) {
        let (connection, from, dialect) = (line.connection.0, line.from, line.dialect.name());
        info!(connection, %from, dialect, "connected");
        if self.is_over.get() {
            // Too late: it is closed as all others are.
            return line.close();
        }
        let mut inner = self.inner.borrow_mut();
        inner.lines.insert(line.connection, Rc::clone(line));
    }

    /// A line came.
    pub(super) fn line(&self, line: &RoomConnection, number: Option<LineNumber>, text: String) {
        let connection = line.connection;
        self.handle_for(
            connection,
            HubInput::Line {
                connection,
                number,
                text,
            },
        );
    }

    /// Something came that says nothing.
    pub(super) fn noise(&self, line: &RoomConnection, bytes: usize) {
        let connection = line.connection;
        self.handle(HubInput::Noise { connection, bytes });
    }

    pub(super) fn pong(&self, line: &RoomConnection) {
        self.handle(HubInput::Pong(line.connection));
    }

    /// The connection is of no more use.
    pub(super) fn lost(&self, line: &RoomConnection) {
        line.abandon();
        if self
            .inner
            .borrow_mut()
            .lines
            .remove(&line.connection)
            .is_some()
        {
            info!(connection = line.connection.0, "connection lost");
            self.handle(HubInput::Lost(line.connection));
            self.flush();
        }
    }

    /// Something of what waited for this connection was sent.
    pub(super) fn drained(&self, line: &RoomConnection) {
        self.release(line);
        line.fill(self.room);
    }

    /// There may be room for the answer to what this connection wants to know.
    fn release(&self, line: &RoomConnection) {
        if line.begins_to_ask(self.room) {
            let mut inner = self.inner.borrow_mut();
            inner
                .asking
                .push_back(Recipient::Connection(line.connection));
            self.work(&mut inner);
        }
    }

    /// There may be room on the host's screen for the answer to what the host wants to know.
    pub(super) fn release_host(&self) {
        let mut inner = self.inner.borrow_mut();
        if self.pane.has_room() && !inner.looks_of_host.is_empty() {
            inner.asking.push_front(Recipient::Host);
            self.work(&mut inner);
        }
    }

    /// The store has found what was looked up.
    pub(super) fn found(&self, found: HubInput) {
        self.inner.borrow_mut().is_looking = false;
        match found {
            // What another thread has spent holds up nobody but who asks.
            HubInput::Found {
                to: Recipient::Connection(connection),
                ..
            } => self.handle_for(connection, found),
            found => self.handle(found),
        }
    }

    /// Time has passed.
    pub(super) fn tick(&self) {
        self.handle(HubInput::Tick);
        self.flush();
    }

    /// When the next connection may send a line that may not yet.
    pub(super) fn next_permit(&self) -> Option<Instant> {
        let inner = self.inner.borrow();
        let (at, _) = inner.permits.first()?;
        self.began.checked_add(*at)
    }

    /// Lets those send a line whose time has come.
    pub(super) fn permit(&self) {
        let now = self.now();
        let mut inner = self.inner.borrow_mut();
        while let Some((at, connection)) = inner.permits.first().copied()
            && at <= now
        {
            inner.permits.pop_first();
            if let Some(line) = inner.lines.get(&connection) {
                line.permit();
            }
        }
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Hands something that one connection wants to the hub, which charges it for the time that it
    /// takes.
    fn handle_for(&self, connection: ConnectionId, input: HubInput) {
        let began = Instant::now();
        self.handle(input);
        let time = began.elapsed();
        if time >= NOTICEABLE {
            self.handle(HubInput::Took { connection, time });
        }
    }

    /// Hands `input` to the hub, and does what must be done.
    pub(super) fn handle(&self, input: HubInput) {
        let mut inner = self.inner.borrow_mut();
        if let HubInput::Stored(up_to) = input {
            inner.stored = inner.stored.max(up_to);
        }
        inner.inputs.push_back(input);
        self.work(&mut inner);
    }

    /// Hands all inputs to the hub, and does what must be done.
    fn work(&self, inner: &mut Inner) {
        let now = self.now();
        loop {
            self.look(inner);
            let Some(input) = inner.inputs.pop_front() else {
                return;
            };
            let mut effects = std::mem::take(&mut inner.effects);
            inner.hub.handle(now, input, &mut effects);
            let mut batch = Batch::default();
            for effect in effects.drain(..) {
                self.perform(inner, &mut batch, now, effect);
            }
            batch.deliver(inner);
            inner.effects = effects;
        }
    }

    /// Has the store look up what is next in turn, one thing at a time: who asks much waits behind
    /// everybody else, and what nobody reads any more is not looked up.
    fn look(&self, inner: &mut Inner) {
        while !inner.is_looking
            && let Some(to) = inner.asking.pop_front()
        {
            let query = match to {
                Recipient::Host => inner.looks_of_host.take(),
                Recipient::Connection(connection) => {
                    inner.lines.get(&connection).and_then(|line| {
                        let query = line.ask(self.room);
                        if line.begins_to_ask(self.room) {
                            inner.asking.push_back(to);
                        }
                        query
                    })
                }
            };
            let answer = match query {
                None => continue,
                // The hub knows its members itself.
                Some(query @ Query::Members(..)) => Some(HubInput::Found {
                    to,
                    query,
                    posts: Vec::new(),
                    rest: None,
                }),
                Some(query) => inner.store.look(to, query, inner.stored),
            };
            match answer {
                Some(answer) => return inner.inputs.push_back(answer),
                None => inner.is_looking = true,
            }
        }
    }

    fn perform(&self, inner: &mut Inner, batch: &mut Batch, now: Duration, effect: HubEffect) {
        match effect {
            HubEffect::Store(entry) => inner.store.write(entry),
            HubEffect::Deliver {
                post,
                to: Recipients::All { connections, but },
            } => {
                log::post(&post);
                self.pane.post(&post);
                batch.add(inner, &connections, but, &post);
            }
            HubEffect::Deliver {
                post,
                to: Recipients::One(connection),
            } => {
                batch.deliver(inner);
                inner.push(connection, |line, out| put_post(line.dialect, &post, out));
            }
            HubEffect::Recall { to, posts } => {
                batch.deliver(inner);
                for post in posts {
                    match to {
                        Recipient::Host => self.pane.post(&post),
                        Recipient::Connection(connection) => inner.push(connection, |line, out| {
                            put_recalled(line.dialect, &post, out);
                        }),
                    }
                }
            }
            HubEffect::Tell { to, notice } => {
                batch.deliver(inner);
                if let (Recipient::Connection(connection), RoomNotice::Entered { name, id, .. }) =
                    (to, &notice)
                    && inner.is_plain(connection)
                {
                    log::entrance(connection, *id, name);
                }
                match to {
                    Recipient::Host => self.pane.say(notice.words()),
                    Recipient::Connection(connection) => inner.push(connection, |line, out| {
                        put_notice(line.dialect, &notice, out);
                    }),
                }
            }
            HubEffect::Welcome {
                connection,
                mut room,
            } => {
                room.ticket = room.ticket.filter(|_| !inner.has_proved(connection));
                log::entrance(connection, room.you, &room.name);
                batch.deliver(inner);
                inner.send(
                    connection,
                    Control::Welcome {
                        version: HANDSHAKE_VERSION,
                        name: None,
                        mode: Mode::Room,
                        standing: None,
                        room: Some(room),
                    },
                );
            }
            HubEffect::Receipt { connection, number } => {
                inner.send(connection, Control::Stored { number });
            }
            HubEffect::Ping(connection) => {
                if let Some(line) = inner.lines.get(&connection) {
                    line.expect_pong();
                }
                inner.send(connection, Control::Ping);
            }
            HubEffect::Look { to, query } => match to {
                Recipient::Host => {
                    inner.looks_of_host.add(query);
                    if self.pane.has_room() {
                        inner.asking.push_front(to);
                    }
                }
                Recipient::Connection(connection) => {
                    if let Some(line) = inner.lines.get(&connection) {
                        line.look(query);
                        if line.begins_to_ask(self.room) {
                            inner.asking.push_back(to);
                        }
                    }
                }
            },
            HubEffect::Read { connection, at } => {
                if at > now {
                    inner.permits.insert((at, connection));
                } else if let Some(line) = inner.lines.get(&connection) {
                    line.permit();
                }
            }
            HubEffect::Close { connection, why } => {
                batch.deliver(inner);
                info!(connection = connection.0, ?why, "connection closed");
                inner.close(connection, &why);
            }
            HubEffect::Over => {
                batch.deliver(inner);
                self.is_over.set(true);
                self.bell.notify_one();
            }
        }
    }

    /// Sends what was added to connections since this was last done.
    pub(super) fn flush(&self) {
        loop {
            let changed = std::mem::take(&mut self.inner.borrow_mut().changed);
            if changed.is_empty() {
                return;
            }
            for line in changed {
                if line.flush().is_err() {
                    self.lost(&line);
                    continue;
                }
                // The system may have taken all at once, and then nobody waits until it takes more.
                self.release(&line);
                match line.fill(self.room) {
                    QueueFill::Fine => {}
                    QueueFill::Behind(bytes) => self.handle(HubInput::Behind {
                        connection: line.connection,
                        bytes,
                    }),
                    QueueFill::Over => {
                        // What it is told now is the last that it gets, and comes soon enough.
                        line.drop_pieces();
                        self.handle(HubInput::Overflow(line.connection));
                    }
                }
            }
        }
    }
}

impl Inner {
    fn send(&mut self, connection: ConnectionId, control: Control) {
        self.push(connection, |line, out| {
            if line.dialect == Dialect::Tictalk {
                put(line.dialect, &Frame::Control(control), out);
            }
        });
    }

    /// Adds to a connection what `write` writes.
    fn push(
        &mut self,
        connection: ConnectionId,
        write: impl FnOnce(&RoomConnection, &mut BytesMut),
    ) {
        let Some(line) = self.lines.get(&connection) else {
            return;
        };
        let mut bytes = BytesMut::new();
        write(line, &mut bytes);
        if !bytes.is_empty() {
            line.push(bytes.freeze());
            self.changed.push(Rc::clone(line));
        }
    }

    /// Whether this is the connection of a framed or raw peer, who gets no welcome.
    fn is_plain(&self, connection: ConnectionId) -> bool {
        let line = self.lines.get(&connection);
        line.is_some_and(|line| line.dialect != Dialect::Tictalk)
    }

    /// Whether the other end has proved to know its ticket.
    fn has_proved(&self, connection: ConnectionId) -> bool {
        let line = self.lines.get(&connection);
        line.is_some_and(|line| line.has_proved)
    }

    fn close(&mut self, connection: ConnectionId, why: &Farewell) {
        let Some(line) = self.lines.remove(&connection) else {
            return;
        };
        let mut bytes = BytesMut::new();
        let message = why.words();
        let farewell = match (line.dialect, why.reason()) {
            (Dialect::Tictalk, None) => None,
            (Dialect::Tictalk, Some(reason)) => {
                let message = Text::cut(message);
                Some(Frame::Control(Control::Refuse { reason, message }))
            }
            (Dialect::Framed | Dialect::Raw, _) => Some(Frame::Text(message)),
        };
        if let Some(farewell) = farewell {
            put(line.dialect, &farewell, &mut bytes);
            line.push(bytes.freeze());
        }
        line.close();
        self.changed.push(line);
    }
}

/// Posts that go to the same people, encoded once for all who speak the same.
#[derive(Debug, Default)]
struct Batch {
    connections: Option<Arc<[ConnectionId]>>,
    posts: Vec<(Arc<Post>, Option<ConnectionId>)>,
}

/// The posts of a batch in one dialect.
#[derive(Debug)]
struct Encoded {
    bytes: Bytes,
    /// Where in it stands what somebody has said who does not hear it again.
    own: Vec<(ConnectionId, Range<usize>)>,
}

impl Batch {
    fn add(
        &mut self,
        inner: &mut Inner,
        connections: &Arc<[ConnectionId]>,
        but: Option<ConnectionId>,
        post: &Arc<Post>,
    ) {
        let is_same = self
            .connections
            .as_ref()
            .is_some_and(|last| Arc::ptr_eq(last, connections));
        if !is_same {
            self.deliver(inner);
            self.connections = Some(Arc::clone(connections));
        }
        self.posts.push((Arc::clone(post), but));
    }

    /// Gives everybody what was added, and is empty then.
    fn deliver(&mut self, inner: &mut Inner) {
        let Some(connections) = self.connections.take() else {
            return;
        };
        let posts = std::mem::take(&mut self.posts);
        let mut encoded: [Option<Encoded>; 3] = [None, None, None];
        for connection in connections.iter() {
            let Some(line) = inner.lines.get(connection) else {
                continue;
            };
            let Some(slot) = encoded.get_mut(line.dialect as usize) else {
                continue;
            };
            let encoded = slot.get_or_insert_with(|| Encoded::new(line.dialect, &posts));
            encoded.pieces(*connection, |piece| line.push(piece));
            inner.changed.push(Rc::clone(line));
        }
    }
}

impl Encoded {
    fn new(dialect: Dialect, posts: &[(Arc<Post>, Option<ConnectionId>)]) -> Self {
        let mut bytes = BytesMut::new();
        let mut own = Vec::new();
        for (post, but) in posts {
            let start = bytes.len();
            put_post(dialect, post, &mut bytes);
            own.extend(but.map(|connection| (connection, start..bytes.len())));
        }
        Self {
            bytes: bytes.freeze(),
            own,
        }
    }

    /// All but what `connection` has said itself.
    fn pieces(&self, connection: ConnectionId, mut push: impl FnMut(Bytes)) {
        let mut start = 0;
        for (_, own) in self.own.iter().filter(|(by, _)| *by == connection) {
            if start < own.start {
                push(self.bytes.slice(start..own.start));
            }
            start = own.end;
        }
        if start < self.bytes.len() {
            push(self.bytes.slice(start..));
        }
    }
}

fn put_post(dialect: Dialect, post: &Arc<Post>, out: &mut BytesMut) {
    match dialect {
        Dialect::Tictalk => put(
            dialect,
            &Frame::Control(Control::Post(Arc::clone(post))),
            out,
        ),
        Dialect::Framed | Dialect::Raw => put_texts(dialect, plain(post), out),
    }
}

fn put_recalled(dialect: Dialect, post: &Arc<Post>, out: &mut BytesMut) {
    match dialect {
        Dialect::Tictalk => put(
            dialect,
            &Frame::Control(Control::Recall(Arc::clone(post))),
            out,
        ),
        Dialect::Framed | Dialect::Raw => put_texts(dialect, plain(post), out),
    }
}

fn put_notice(dialect: Dialect, notice: &RoomNotice, out: &mut BytesMut) {
    match dialect {
        Dialect::Tictalk => {
            for text in notice.texts() {
                put(dialect, &Frame::Control(Control::Tell { text }), out);
            }
        }
        Dialect::Framed | Dialect::Raw => put_texts(dialect, notice.plain(), out),
    }
}

fn put_texts(dialect: Dialect, texts: Vec<String>, out: &mut BytesMut) {
    for text in texts {
        put(dialect, &Frame::Text(text), out);
    }
}
