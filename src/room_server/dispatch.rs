//! Feeds inputs to the hub and performs the effects that it returns.

use super::broadcast::{Broadcast, announce};
use super::connection::RoomConnection;
use super::connections::Connections;
use super::encode::{put_notice, put_post};
use super::facade::{Facade, ObserverKind};
use super::host_queue::HostQueue;
use super::log;
use super::observers::Observers;
use super::outbox::QueueFill;
use super::page_lines::PageLines;
use super::queries::PendingQueries;
use super::secrets::PrivateRoom;
use super::store::Store;
use super::thinker::Thinker;
use crate::net::LineKind;
use crate::room::{
    ConnectionId, Farewell, Hub, HubEffect, HubInput, LineMark, Listed, Origin, Query, Recipient,
    Recipients, RoomNotice,
};
use crate::wire::{
    Abilities, Control, HANDSHAKE_VERSION, Handle, HostSecret, LineNumber, MemberId, Membership,
    Mode, Name, PageRole, PostId, Ticket, What,
};
use bytes::BytesMut;
use std::cell::{Cell, RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{AbortHandle, yield_now};
use tokio::time::Instant;
use tracing::info;

/// How much one read takes at most: in most cases, everything that has arrived.
const SCRATCH_SIZE: usize = 64 * 1_024;

/// Time between two messages of an observer.
const OBSERVER_PACE: Duration = Duration::from_millis(100);

/// The hub and everything that its effects need, shared by all tasks of this thread.
///
/// Inputs are handed in through [`inputs`](Self::inputs), in the file of that name.
#[derive(Debug)]
pub(super) struct Dispatch {
    inner: RefCell<Inner>,
    began: Instant,
    /// The buffer that a read fills, shared because only one task reads at a time.
    scratch: RefCell<Vec<u8>>,
    /// The buffer of [`flush`](Self::flush).
    changed_connections: RefCell<Vec<Rc<RoomConnection>>>,
    is_over: Cell<bool>,
    /// Notified when the room is over and when a connection has ended.
    changed: Notify,
    /// Notified when there are posts to write.
    posts_added: Notify,
    pub(super) host_queue: HostQueue,
    /// What the host has entered on a page.
    pub(super) page_lines: PageLines,
}

#[derive(Debug)]
struct Inner {
    hub: Hub,
    inputs: VecDeque<HubInput>,
    effects: Vec<HubEffect>,
    store: Store,
    thinker: Thinker,
    connections: Connections,
    observers: Observers,
    /// The secrets, if the room is private.
    private: Option<PrivateRoom>,
    last_connection: u64,
    /// The last post that is stored.
    stored: PostId,
    /// Who waits for a query to be answered, in order.
    query_queue: VecDeque<Recipient>,
    /// Whether the store is answering a query.
    is_looking_up: bool,
    host_queries: PendingQueries,
    /// Connections that may send a line later, and when.
    permits: BTreeSet<(Duration, ConnectionId)>,
    /// How many connections are open, known to the hub or not.
    open: usize,
    /// How many open connections have identified themselves.
    introduced: usize,
    /// The tasks of the open connections that have not, oldest first.
    strangers: BTreeMap<ConnectionId, (Origin, AbortHandle)>,
}

impl Dispatch {
    /// A room whose posts up to `stored` are in the store.
    pub(super) fn open(
        hub: Hub,
        store: Store,
        thinker: Thinker,
        stored: PostId,
        facade: Facade,
        private: Option<PrivateRoom>,
    ) -> Self {
        let inner = Inner {
            hub,
            inputs: VecDeque::new(),
            effects: Vec::new(),
            store,
            thinker,
            connections: Connections::default(),
            observers: Observers::new(facade),
            private,
            last_connection: 0,
            stored,
            query_queue: VecDeque::new(),
            is_looking_up: false,
            host_queries: PendingQueries::default(),
            permits: BTreeSet::new(),
            open: 0,
            introduced: 0,
            strangers: BTreeMap::new(),
        };
        Self {
            inner: RefCell::new(inner),
            began: Instant::now(),
            scratch: RefCell::new(vec![0; SCRATCH_SIZE]),
            changed_connections: RefCell::default(),
            is_over: Cell::new(false),
            changed: Notify::new(),
            posts_added: Notify::new(),
            host_queue: HostQueue::default(),
            page_lines: PageLines::default(),
        }
    }

    pub(super) fn scratch(&self) -> RefMut<'_, Vec<u8>> {
        self.scratch.borrow_mut()
    }

    /// A number for a new connection.
    pub(super) fn next_connection(&self) -> ConnectionId {
        let mut inner = self.inner.borrow_mut();
        inner.last_connection += 1;
        inner.open += 1;
        ConnectionId(inner.last_connection)
    }

    /// When a newcomer from this address may join; `None` to turn it away.
    pub(super) fn arrival(&self, from: IpAddr) -> Option<Instant> {
        let mut inner = self.inner.borrow_mut();
        let at = inner.hub.arrival(self.now(), from)?;
        self.began.checked_add(at)
    }

    /// When the owner of this ticket may return; `None` to turn it away.
    pub(super) fn comeback(&self, ticket: &Ticket) -> Option<Instant> {
        let mut inner = self.inner.borrow_mut();
        let at = inner.hub.comeback(self.now(), ticket)?;
        self.began.checked_add(at)
    }

    /// When a key exchange with this address may begin, as far as is known now.
    pub(super) fn exchange_at(&self, from: IpAddr) -> Instant {
        let now = self.now();
        let at = self.inner.borrow().hub.exchange_at(now, from);
        Instant::now() + at.saturating_sub(now)
    }

    /// Charges an address for the time that a key exchange has taken.
    pub(super) fn took_exchange(&self, from: IpAddr, time: Duration) {
        let now = self.now();
        self.inner.borrow_mut().hub.took_exchange(now, from, time);
    }

    /// Reads or changes the secrets, at the time since the room's start.
    pub(super) fn with_private<T>(
        &self,
        work: impl FnOnce(Option<&mut PrivateRoom>, Duration) -> T,
    ) -> T {
        let now = self.now();
        work(self.inner.borrow_mut().private.as_mut(), now)
    }

    /// Tells the host and the log about wrong codes, at most once a second.
    pub(super) fn report_guesses(&self) {
        let now = self.now();
        let inner = &mut *self.inner.borrow_mut();
        let report = inner.private.as_mut().and_then(|it| it.report(now));
        if let Some(notice) = report {
            log::wrong_codes(&notice);
            inner.observers.tell(&notice, &mut inner.connections);
            self.host_queue.tell(&notice);
        }
    }

    /// The ticket of this handle, if its owner can return.
    pub(super) fn ticket(&self, handle: &Handle) -> Option<Ticket> {
        self.inner.borrow().hub.ticket(handle)
    }

    /// Notes the task that serves a connection which has not identified itself.
    pub(super) fn expect(&self, id: ConnectionId, origin: Origin, task: AbortHandle) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.insert(id, (origin, task));
    }

    /// Closes the oldest connection that has not identified itself, of this address if one is
    /// given. Returns whether there was one.
    pub(super) fn close_unidentified(&self, origin: Option<Origin>) -> bool {
        let mut inner = self.inner.borrow_mut();
        let matches = |of: &Origin| origin.is_none_or(|origin| origin == *of);
        let mut strangers = inner.strangers.iter().filter(|(_, (of, _))| matches(of));
        let Some((id, task)) = strangers.next().map(|(id, (_, task))| (*id, task.clone())) else {
            return false;
        };
        inner.strangers.remove(&id);
        task.abort();
        true
    }

    /// Counts a connection as one that has identified itself: [`all_left`](Self::all_left) waits
    /// for it.
    pub(super) fn count_introduced(&self, id: ConnectionId) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.remove(&id);
        inner.introduced += 1;
    }

    /// Forgets a connection that has ended.
    pub(super) fn forget(&self, id: ConnectionId, was_introduced: bool) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.remove(&id);
        inner.open -= 1;
        inner.introduced -= usize::from(was_introduced);
        self.changed.notify_one();
    }

    /// How many connections are open.
    pub(super) fn connections(&self) -> usize {
        self.inner.borrow().open
    }

    /// Waits until the room is over.
    pub(super) async fn is_over(&self) {
        while !self.is_over.get() {
            self.changed.notified().await;
        }
    }

    /// Closes the connections that are still open, and waits until all have ended that have
    /// identified themselves.
    pub(super) async fn all_left(&self) {
        let connections = self.inner.borrow().connections.all();
        connections.iter().for_each(|connection| connection.close());
        while self.inner.borrow().introduced > 0 {
            self.changed.notified().await;
        }
    }

    pub(super) fn members(&self) -> Vec<Listed> {
        self.inner.borrow().hub.members(self.now())
    }

    /// The current address of a member.
    pub(super) fn address(&self, id: MemberId) -> Option<SocketAddr> {
        self.inner.borrow().hub.address(id)
    }

    /// What a page with this role and this secret sees; `None` if it may see nothing.
    pub(super) fn admits(
        &self,
        role: PageRole,
        secret: Option<&HostSecret>,
    ) -> Option<ObserverKind> {
        self.inner.borrow().observers.admits(role, secret)
    }

    /// Whether no more observers of this kind can be admitted.
    pub(super) fn is_full_of(&self, kind: ObserverKind) -> bool {
        self.inner.borrow().observers.is_full(kind)
    }

    /// Shows the room to a peer that is no member.
    /// Others may have come since it was admitted.
    pub(super) fn observe(&self, connection: &Rc<RoomConnection>, kind: ObserverKind) {
        self.enter(connection);
        let inner = &mut *self.inner.borrow_mut();
        if inner.observers.is_full(kind) {
            return inner.connections.close(connection.id, &Farewell::Full);
        }
        let (hub, connections) = (&inner.hub, &mut inner.connections);
        inner
            .observers
            .enter(connection.id, kind, self.now(), hub, connections);
        connection.permit();
    }

    pub(super) fn enter(&self, connection: &Rc<RoomConnection>) {
        let (id, from, dialect) = (connection.id.0, connection.from, connection.dialect.name());
        let line = match connection.line {
            LineKind::Plain => None,
            LineKind::Private => Some("private"),
        };
        info!(connection = id, %from, dialect, line, "connected");
        if self.is_over.get() {
            // The room closed in the meantime, and closes this connection as well.
            return connection.close();
        }
        self.inner.borrow_mut().connections.insert(connection);
    }

    /// What lists say about the line of this connection: in a private room, that it is plain.
    pub(super) fn mark(&self, connection: &RoomConnection) -> LineMark {
        match (connection.line, &self.inner.borrow().private) {
            (LineKind::Plain, Some(_)) => LineMark::Plain,
            (LineKind::Plain, None) | (LineKind::Private, _) => LineMark::Unmarked,
        }
    }

    /// Gives up a connection that is of no more use.
    pub(super) fn lost(&self, connection: &RoomConnection) {
        self.give_up(connection);
        self.flush();
    }

    fn give_up(&self, connection: &RoomConnection) {
        connection.abandon();
        let was_known = self.forget_connection(connection.id);
        if was_known {
            info!(connection = connection.id.0, "connection lost");
            self.handle(HubInput::Lost(connection.id));
        }
    }

    /// Gives up a connection whose peer still gets what is queued.
    pub(super) fn part(&self, connection: &RoomConnection) {
        let was_known = self.forget_connection(connection.id);
        connection.end();
        if was_known {
            info!(connection = connection.id.0, "connection ended");
            self.handle(HubInput::Lost(connection.id));
            self.flush();
        }
    }

    /// Removes a connection from those that are sent something. Returns whether it was one.
    fn forget_connection(&self, id: ConnectionId) -> bool {
        let mut inner = self.inner.borrow_mut();
        inner.observers.remove(id);
        inner.connections.remove(id)
    }

    /// The same for the connection with this number, if it is still there.
    pub(super) fn lost_by_id(&self, id: ConnectionId) {
        let connection = self.inner.borrow().connections.get(id).cloned();
        if let Some(connection) = connection {
            self.lost(&connection);
        }
    }

    /// Has posts written as long as the room is open. What several members say at the same time shares
    /// a commit and its deliveries: the tasks that are ready run first.
    pub(super) async fn write_posts(&self) {
        loop {
            self.posts_added.notified().await;
            yield_now().await;
            self.inner.borrow_mut().store.write();
        }
    }

    /// Notes that the posts up to this one are stored.
    pub(super) fn note_stored(&self, up_to: PostId) {
        let mut inner = self.inner.borrow_mut();
        inner.stored = inner.stored.max(up_to);
    }

    /// Notes that the store has answered a query.
    pub(super) fn note_answer(&self) {
        self.inner.borrow_mut().is_looking_up = false;
    }

    /// Acknowledges a line that the host has entered on a page.
    pub(super) fn acknowledge(&self, id: ConnectionId, number: LineNumber) {
        let number = number.get();
        let connections = &mut self.inner.borrow_mut().connections;
        connections.send(id, Control::Stored { number });
    }

    /// Notes that an observer has sent something. It may send more after a pause.
    pub(super) fn hear_observer(&self, id: ConnectionId) {
        let now = self.now();
        let mut inner = self.inner.borrow_mut();
        inner.observers.hear(id, now);
        inner.permits.insert((now + OBSERVER_PACE, id));
    }

    /// Shows observers what changes with time.
    pub(super) fn beat(&self) {
        let now = self.now();
        let inner = &mut *self.inner.borrow_mut();
        inner
            .observers
            .beat(now, &inner.hub, &mut inner.connections);
    }

    /// Queues an answer of the dialect itself.
    pub(super) fn reply(&self, connection: &Rc<RoomConnection>, answer: BytesMut) {
        connection.push(answer.freeze());
        self.inner.borrow_mut().connections.mark_changed(connection);
    }

    /// Notes that a part of the connection's outbox was sent.
    pub(super) fn drained(&self, connection: &RoomConnection) {
        self.release(connection);
        connection.fill();
    }

    /// Queues the connection for an answer if its outbox has space for one.
    fn release(&self, connection: &RoomConnection) {
        if connection.joins_query_queue() {
            let mut inner = self.inner.borrow_mut();
            let to = Recipient::Connection(connection.id);
            inner.query_queue.push_back(to);
            self.work(&mut inner);
        }
    }

    /// Answers the host's next query if the host's queue has space.
    pub(super) fn release_host(&self) {
        let mut inner = self.inner.borrow_mut();
        if self.host_queue.has_space() && !inner.host_queries.is_empty() {
            inner.query_queue.push_front(Recipient::Host);
            self.work(&mut inner);
        }
    }

    /// When the next connection may send a line that may not send one now.
    pub(super) fn next_permit(&self) -> Option<Instant> {
        let inner = self.inner.borrow();
        let (at, _) = inner.permits.first()?;
        self.began.checked_add(*at)
    }

    /// Gives the permits that are due.
    pub(super) fn permit(&self) {
        let now = self.now();
        let mut inner = self.inner.borrow_mut();
        while let Some((at, id)) = inner.permits.first().copied()
            && at <= now
        {
            inner.permits.pop_first();
            if let Some(connection) = inner.connections.get(id) {
                connection.permit();
            }
        }
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Hands all waiting inputs to the hub, and performs the effects.
    fn work(&self, inner: &mut Inner) {
        let now = self.now();
        loop {
            self.look_up(inner);
            let Some(input) = inner.inputs.pop_front() else {
                return;
            };
            let mut effects = std::mem::take(&mut inner.effects);
            inner.hub.handle(now, input, &mut effects);
            let mut broadcast = Broadcast::default();
            for effect in effects.drain(..) {
                self.perform(inner, &mut broadcast, now, effect);
            }
            broadcast.deliver(&mut inner.connections);
            let last_boards = inner.hub.take_last_boards();
            inner
                .observers
                .show_boards(&inner.hub, last_boards, &mut inner.connections);
            inner.effects = effects;
        }
    }

    /// Has the store answer the next query in the queue, one at a time: a reader with many queries waits
    /// for all others, and a reader that has left costs nothing.
    fn look_up(&self, inner: &mut Inner) {
        while !inner.is_looking_up
            && let Some(to) = inner.query_queue.pop_front()
        {
            let query = match to {
                Recipient::Host => inner.host_queries.take(),
                Recipient::Connection(id) => inner.connections.get(id).and_then(|connection| {
                    let query = connection.take_query();
                    if connection.joins_query_queue() {
                        inner.query_queue.push_back(to);
                    }
                    query
                }),
            };
            let answer = match query {
                None => continue,
                // The hub knows its members itself.
                Some(query @ Query::Members(..)) => Some(no_posts(to, query)),
                Some(query) => inner.store.look_up(to, query, inner.stored),
            };
            match answer {
                Some(answer) => return inner.inputs.push_back(answer),
                None => inner.is_looking_up = true,
            }
        }
    }

    fn perform(
        &self,
        inner: &mut Inner,
        broadcast: &mut Broadcast,
        now: Duration,
        effect: HubEffect,
    ) {
        let connections = &mut inner.connections;
        match effect {
            HubEffect::Store(entry) => {
                inner.store.add(entry);
                self.posts_added.notify_one();
            }
            HubEffect::Deliver {
                post,
                to:
                    Recipients::All {
                        connections: recipients,
                        but,
                    },
            } => {
                log::post(&post);
                self.host_queue.post(&post);
                inner.observers.post(&post, connections);
                if let What::Ended { .. } = post.what {
                    inner.observers.show_results(&inner.hub, connections);
                }
                broadcast.add(connections, &recipients, but, &post);
            }
            HubEffect::Deliver {
                post,
                to: Recipients::One(id),
            } => {
                broadcast.deliver(connections);
                connections.push(id, |connection, out| {
                    put_post(connection.dialect, &post, Control::Post, out);
                });
            }
            HubEffect::Announce {
                announcement,
                to,
                clients,
            } => {
                broadcast.deliver(connections);
                announcement.posts().iter().for_each(|post| log::post(post));
                self.host_queue.announce(&announcement);
                inner.observers.announce(&announcement, connections);
                announce(connections, &announcement, &to, &clients);
            }
            HubEffect::Recall { to, posts } => {
                broadcast.deliver(connections);
                for post in posts {
                    match to {
                        Recipient::Host => {
                            self.host_queue.post(&post);
                            inner.observers.recall(&post, connections);
                        }
                        Recipient::Connection(id) => connections.push(id, |connection, out| {
                            put_post(connection.dialect, &post, Control::Recall, out);
                        }),
                    }
                }
            }
            HubEffect::Tell { to, notice } => {
                broadcast.deliver(connections);
                if to == Recipient::Host {
                    inner.observers.tell(&notice, connections);
                }
                self.tell(connections, to, &notice);
            }
            HubEffect::Send {
                connection,
                control,
            } => {
                broadcast.deliver(connections);
                connections.send(connection, control);
            }
            HubEffect::Welcome {
                connection: id,
                mut room,
            } => {
                // A ticket that the other end has proved to know needs no second trip.
                let has_proved = connections.get(id).is_some_and(|it| it.has_proved);
                room.ticket = room.ticket.filter(|_| !has_proved);
                let is_private = connections
                    .get(id)
                    .is_some_and(|it| it.line == LineKind::Private);
                let private = inner.private.as_ref().filter(|_| is_private);
                room.key = private.map(|private| private.key().clone());
                log::joined(id, room.you, &room.name);
                broadcast.deliver(connections);
                let host = inner.observers.host();
                connections.send(id, welcome(room, host));
            }
            HubEffect::Receipt { connection, number } => {
                connections.send(connection, Control::Stored { number });
            }
            HubEffect::Ping(id) => {
                if let Some(connection) = connections.get(id) {
                    connection.expect_pong();
                }
                connections.send(id, Control::Ping);
            }
            HubEffect::Look { to, query } => self.queue_query(inner, to, query),
            HubEffect::Think(problem) => inner.thinker.add(problem),
            HubEffect::Read { connection: id, at } => {
                if at > now {
                    inner.permits.insert((at, id));
                } else if let Some(connection) = connections.get(id) {
                    connection.permit();
                }
            }
            HubEffect::Close { connection, why } => {
                broadcast.deliver(connections);
                info!(connection = connection.0, ?why, "connection closed");
                connections.close(connection, &why);
            }
            HubEffect::Over => {
                broadcast.deliver(connections);
                inner.observers.close(connections);
                self.is_over.set(true);
                self.changed.notify_one();
            }
        }
    }

    /// Sends a notice to one reader.
    fn tell(&self, connections: &mut Connections, to: Recipient, notice: &RoomNotice) {
        match to {
            Recipient::Host => self.host_queue.tell(notice),
            Recipient::Connection(id) => {
                // Nothing else tells when a framed or raw peer joins, which gets no welcome.
                if let RoomNotice::Entered { name, id: you, .. } = notice
                    && connections.get(id).is_some_and(|it| it.is_plain())
                {
                    log::joined(id, *you, name);
                }
                connections.push(id, |connection, out| {
                    put_notice(connection.dialect, notice, out);
                });
            }
        }
    }

    /// Has a query answered when its reader has space for the answer.
    fn queue_query(&self, inner: &mut Inner, to: Recipient, query: Query) {
        match to {
            Recipient::Host => {
                inner.host_queries.add(query);
                if self.host_queue.has_space() {
                    inner.query_queue.push_front(to);
                }
            }
            Recipient::Connection(id) => {
                if let Some(connection) = inner.connections.get(id) {
                    connection.add_query(query);
                    if connection.joins_query_queue() {
                        inner.query_queue.push_back(to);
                    }
                }
            }
        }
    }

    /// Sends everything that was queued since the last call.
    pub(super) fn flush(&self) {
        // Kept between calls, since every message changes many connections.
        let mut changed = self.changed_connections.take();
        loop {
            self.inner
                .borrow_mut()
                .connections
                .take_changed(&mut changed);
            if changed.is_empty() {
                break;
            }
            for connection in changed.drain(..) {
                if connection.flush().is_err() {
                    // What this causes is sent in the next round. Otherwise, members that are lost
                    // together would be told of each other.
                    self.give_up(&connection);
                    continue;
                }
                // Where the system has taken everything at once, nobody waits for the socket.
                self.release(&connection);
                let id = connection.id;
                match connection.fill() {
                    QueueFill::Normal => {}
                    QueueFill::Behind(bytes) => self.handle(HubInput::Behind {
                        connection: id,
                        bytes,
                    }),
                    QueueFill::Over if self.inner.borrow().observers.contains(id) => {
                        self.give_up(&connection);
                    }
                    QueueFill::Over => {
                        // Only the farewell that follows still has to arrive.
                        connection.drop_pieces();
                        self.handle(HubInput::Overflow(id));
                    }
                }
            }
        }
        self.changed_connections.replace(changed);
    }

    pub(super) fn handle(&self, input: HubInput) {
        let mut inner = self.inner.borrow_mut();
        inner.inputs.push_back(input);
        self.work(&mut inner);
    }
}

/// The answer to a query that finds no posts.
pub(super) fn no_posts(to: Recipient, query: Query) -> HubInput {
    HubInput::Found {
        to,
        query,
        posts: Vec::new(),
        rest: None,
    }
}

/// The answer to the hello of a client that enters.
fn welcome(room: Membership, host: Option<Name>) -> Control {
    Control::Welcome {
        version: HANDSHAKE_VERSION,
        name: host,
        mode: Mode::Room,
        standing: None,
        room: Some(room),
        unfinished: None,
        can: Abilities::default(),
    }
}
