//! Sends what is queued for the connections, and lets their peers send again.

use super::Dispatch;
use crate::room::{ConnectionId, HubInput};
use crate::room_server::connection::RoomConnection;
use crate::room_server::outbox::QueueFill;
use crate::wire::{Control, LineNumber};
use bytes::BytesMut;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// Time between two messages of an observer.
const OBSERVER_PACE: Duration = Duration::from_millis(100);

impl Dispatch {
    /// Queues an answer of the dialect itself.
    pub(in crate::room_server) fn reply(&self, connection: &Rc<RoomConnection>, answer: BytesMut) {
        connection.push(answer.freeze());
        self.inner.borrow_mut().connections.mark_changed(connection);
    }

    /// Acknowledges a line that the host has entered on a page.
    pub(in crate::room_server) fn acknowledge(&self, id: ConnectionId, number: LineNumber) {
        let number = number.get();
        let connections = &mut self.inner.borrow_mut().connections;
        connections.send(id, Control::Stored { number });
    }

    /// Notes that a part of the connection's outbox was sent.
    pub(in crate::room_server) fn drained(&self, connection: &RoomConnection) {
        self.release(connection);
        connection.fill();
    }

    /// Notes that an observer has sent something. It may send more after a pause.
    pub(in crate::room_server) fn hear_observer(&self, id: ConnectionId) {
        let now = self.now();
        let mut inner = self.inner.borrow_mut();
        inner.observers.hear(id, now);
        inner.permits.insert((now + OBSERVER_PACE, id));
    }

    /// When the next connection may send a line that may not send one now.
    pub(in crate::room_server) fn next_permit(&self) -> Option<Instant> {
        let inner = self.inner.borrow();
        let (at, _) = inner.permits.first()?;
        self.instant(*at)
    }

    /// Gives the permits that are due.
    pub(in crate::room_server) fn permit(&self) {
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

    /// Sends everything that was queued since the last call.
    pub(in crate::room_server) fn flush(&self) {
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
}
