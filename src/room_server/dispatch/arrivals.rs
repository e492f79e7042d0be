//! Connections that come: which may, who they are, and how they enter the room.

use super::admission::Admission;
use super::{Dispatch, Order};
#[cfg(feature = "cluster")]
use crate::cluster::Command;
use crate::net::LineKind;
use crate::room::{ConnectionId, Farewell, LineMark, Origin};
use crate::room_server::connection::RoomConnection;
use crate::room_server::facade::ObserverKind;
use crate::wire::{Handle, HostSecret, PageRole, Ticket};
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tracing::info;

impl Dispatch {
    /// A number for a new connection.
    pub(in crate::room_server) fn next_connection(&self) -> ConnectionId {
        let mut inner = self.inner.borrow_mut();
        inner.last_connection += 1;
        inner.open += 1;
        match &inner.order {
            Order::Own(_) => ConnectionId(inner.last_connection),
            #[cfg(feature = "cluster")]
            Order::Stream(order) => order.connection(inner.last_connection),
        }
    }

    /// Whether nobody can be admitted now, because the room waits for its engine.
    pub(in crate::room_server) fn is_waiting(&self) -> bool {
        self.inner.borrow().order.is_waiting()
    }

    /// How many connections are open.
    pub(in crate::room_server) fn connections(&self) -> usize {
        self.inner.borrow().open
    }

    /// When a newcomer from this address may join; `None` to turn it away.
    #[cfg_attr(
        not(feature = "cluster"),
        expect(unused_variables, reason = "only a stream answers later")
    )]
    pub(in crate::room_server) async fn arrival(
        &self,
        connection: ConnectionId,
        from: IpAddr,
    ) -> Option<Instant> {
        let admission = {
            let inner = &mut *self.inner.borrow_mut();
            match &mut inner.order {
                Order::Own(hub) => Admission::Known(hub.arrival(self.now(), from)),
                #[cfg(feature = "cluster")]
                Order::Stream(order) => {
                    order.ask(connection, Command::Arrival { connection, from })
                }
            }
        };
        self.instant(admission.answer().await?)
    }

    /// When the owner of this ticket may return; `None` to turn it away.
    #[cfg_attr(
        not(feature = "cluster"),
        expect(unused_variables, reason = "only a stream answers later")
    )]
    pub(in crate::room_server) async fn comeback(
        &self,
        connection: ConnectionId,
        ticket: Ticket,
    ) -> Option<Instant> {
        let admission = {
            let inner = &mut *self.inner.borrow_mut();
            match &mut inner.order {
                Order::Own(hub) => Admission::Known(hub.comeback(self.now(), &ticket)),
                #[cfg(feature = "cluster")]
                Order::Stream(order) => {
                    order.ask(connection, Command::Comeback { connection, ticket })
                }
            }
        };
        self.instant(admission.answer().await?)
    }

    /// When a key exchange with this address may begin, as far as is known now.
    pub(in crate::room_server) fn exchange_at(&self, from: IpAddr) -> Instant {
        let now = self.now();
        let at = self.inner.borrow().order.hub().exchange_at(now, from);
        Instant::now() + at.saturating_sub(now)
    }

    /// Charges an address for the time that a key exchange has taken.
    pub(in crate::room_server) fn took_exchange(&self, from: IpAddr, time: Duration) {
        let now = self.now();
        match &mut self.inner.borrow_mut().order {
            Order::Own(hub) => hub.took_exchange(now, from, time),
            #[cfg(feature = "cluster")]
            Order::Stream(order) => order.add(Command::Exchange { from, time }),
        }
    }

    /// The ticket of this handle, if its owner can return.
    pub(in crate::room_server) fn ticket(&self, handle: &Handle) -> Option<Ticket> {
        self.inner.borrow().order.hub().ticket(handle)
    }

    /// The same, of a handle that a client has shown. In a cluster, its owner may have joined through
    /// another machine a moment ago.
    pub(in crate::room_server) async fn known_ticket(&self, handle: &Handle) -> Option<Ticket> {
        #[cfg(feature = "cluster")]
        if self.ticket(handle).is_none() {
            self.catch_up().await;
        }
        self.ticket(handle)
    }

    /// Notes the task that serves a connection which has not identified itself.
    pub(in crate::room_server) fn expect(
        &self,
        id: ConnectionId,
        origin: Origin,
        task: AbortHandle,
    ) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.insert(id, (origin, task));
    }

    /// Closes the oldest connection that has not identified itself, of this address if one is
    /// given. Returns whether there was one.
    pub(in crate::room_server) fn close_unidentified(&self, origin: Option<Origin>) -> bool {
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
    pub(in crate::room_server) fn count_introduced(&self, id: ConnectionId) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.remove(&id);
        inner.introduced += 1;
    }

    /// What a page with this role and this secret sees; `None` if it may see nothing.
    pub(in crate::room_server) fn admits(
        &self,
        role: PageRole,
        secret: Option<&HostSecret>,
    ) -> Option<ObserverKind> {
        self.inner.borrow().observers.admits(role, secret)
    }

    /// Whether no more observers of this kind can be admitted.
    pub(in crate::room_server) fn is_full_of(&self, kind: ObserverKind) -> bool {
        self.inner.borrow().observers.is_full(kind)
    }

    /// Shows the room to a peer that is no member.
    /// Others may have come since it was admitted.
    pub(in crate::room_server) fn observe(
        &self,
        connection: &Rc<RoomConnection>,
        kind: ObserverKind,
    ) {
        self.enter(connection);
        let inner = &mut *self.inner.borrow_mut();
        if inner.observers.is_full(kind) {
            return inner.connections.close(connection.id, &Farewell::Full);
        }
        let (hub, connections) = (inner.order.hub(), &mut inner.connections);
        inner
            .observers
            .enter(connection.id, kind, self.now(), hub, connections);
        connection.permit();
    }

    pub(in crate::room_server) fn enter(&self, connection: &Rc<RoomConnection>) {
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
    pub(in crate::room_server) fn mark(&self, connection: &RoomConnection) -> LineMark {
        match (connection.line, &self.inner.borrow().private) {
            (LineKind::Plain, Some(_)) => LineMark::Plain,
            (LineKind::Plain, None) | (LineKind::Private, _) => LineMark::Unmarked,
        }
    }
}
