//! Feeds inputs to the hub and performs the effects that it returns.
//!
//! [`Dispatch`] owns the hub and everything that its effects need. `effects` performs them; `lookups` has
//! the store answer queries; `delivery` sends what is queued and lets peers send again. `arrivals` and
//! `departures` are about connections that come and go.

use super::broadcast::Broadcast;
use super::connection::RoomConnection;
use super::connections::Connections;
use super::facade::Facade;
use super::host_queue::HostQueue;
use super::log;
use super::observers::Observers;
use super::page_lines::PageLines;
use super::queries::PendingQueries;
use super::secrets::PrivateRoom;
use super::store::Store;
use super::thinker::Thinker;
use crate::room::{ConnectionId, HubEffect, HubInput, Listed, Origin, Recipient};
use crate::wire::{BoardSight, ConnectedSight, MemberId, Others, PostId};
use std::cell::{Cell, RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{AbortHandle, yield_now};
use tokio::time::Instant;

mod admission;
mod arrivals;
#[cfg(feature = "cluster")]
mod cluster;
mod delivery;
mod departures;
mod effects;
mod lookups;
mod order;
#[cfg(feature = "cluster")]
mod others;
#[cfg(feature = "cluster")]
mod stream_order;

pub(super) use lookups::no_posts;
pub(super) use order::Order;
#[cfg(feature = "cluster")]
pub(super) use stream_order::StreamOrder;

/// How much one read takes at most: in most cases, everything that has arrived.
const SCRATCH_SIZE: usize = 64 * 1_024;

/// The hub and everything that its effects need, shared by all tasks of this thread.
///
/// Inputs are handed in through [`inputs`](Self::inputs), in the file of that name.
#[derive(Debug)]
pub(super) struct Dispatch {
    inner: RefCell<Inner>,
    /// The room's time at some instant.
    clock: Cell<(Instant, Duration)>,
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
    order: Order,
    inputs: VecDeque<HubInput>,
    effects: Vec<HubEffect>,
    store: Store,
    thinker: Thinker,
    connections: Connections,
    observers: Observers,
    /// The secrets, if the room is private.
    private: Option<PrivateRoom>,
    /// The other machines that serve the room. None, if this one serves it alone.
    others: Others,
    last_connection: u64,
    /// The last post that is stored.
    stored: PostId,
    /// The readers whose queries are not answered yet, in order.
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
        order: Order,
        store: Store,
        thinker: Thinker,
        stored: PostId,
        facade: Facade,
        private: Option<PrivateRoom>,
    ) -> Self {
        let inner = Inner {
            order,
            inputs: VecDeque::new(),
            effects: Vec::new(),
            store,
            thinker,
            connections: Connections::default(),
            observers: Observers::new(facade),
            private,
            others: Others::default(),
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
            clock: Cell::new((Instant::now(), Duration::ZERO)),
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

    /// Waits until the room is over.
    pub(super) async fn is_over(&self) {
        while !self.is_over.get() {
            self.changed.notified().await;
        }
    }

    pub(super) fn members(&self) -> Vec<Listed> {
        self.inner.borrow().order.hub().members(self.now())
    }

    /// All members with their connections.
    pub(super) fn connected(&self) -> Vec<ConnectedSight> {
        self.inner
            .borrow()
            .order
            .hub()
            .connections_of_members(self.now())
    }

    /// The current address of a member.
    pub(super) fn address(&self, id: MemberId) -> Option<SocketAddr> {
        self.inner.borrow().order.hub().address(id)
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
        inner.order.note_written();
    }

    /// Notes that the state after this input is saved.
    pub(super) fn note_saved(&self, input: u64) {
        self.inner.borrow_mut().order.note_saved(input);
    }

    /// Shows observers what changes with time.
    pub(super) fn beat(&self) {
        let now = self.now();
        let inner = &mut *self.inner.borrow_mut();
        inner
            .observers
            .beat(now, inner.order.hub(), &mut inner.connections);
    }

    pub(super) fn handle(&self, input: HubInput) {
        let mut inner = self.inner.borrow_mut();
        inner.inputs.push_back(input);
        self.work(&mut inner);
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
            let last_boards = inner.order.handle(now, input, &mut effects);
            self.perform_all(inner, now, effects.drain(..), last_boards);
            inner.effects = effects;
        }
    }

    /// Performs effects in order, and shows observers the boards that have changed.
    fn perform_all(
        &self,
        inner: &mut Inner,
        now: Duration,
        effects: impl Iterator<Item = HubEffect>,
        last_boards: Vec<BoardSight>,
    ) {
        let mut broadcast = Broadcast::default();
        for effect in effects {
            self.perform(inner, &mut broadcast, now, effect);
        }
        broadcast.deliver(&mut inner.connections);
        inner
            .observers
            .show_boards(inner.order.hub(), last_boards, &mut inner.connections);
    }

    /// The room's time.
    fn now(&self) -> Duration {
        let (at, time) = self.clock.get();
        time + at.elapsed()
    }

    /// When the room's time will be this, as far as is known now.
    fn instant(&self, time: Duration) -> Option<Instant> {
        let (at, now) = self.clock.get();
        at.checked_add(time.saturating_sub(now))
    }
}
