//! Connections that are lost, end, or are closed with the room.

use super::Dispatch;
use crate::room::{ConnectionId, HubInput};
use crate::room_server::connection::RoomConnection;
use tracing::info;

impl Dispatch {
    /// Gives up a connection that is of no more use.
    pub(in crate::room_server) fn lost(&self, connection: &RoomConnection) {
        self.give_up(connection);
        self.flush();
    }

    /// The same for the connection with this number, if it is still there.
    pub(in crate::room_server) fn lost_by_id(&self, id: ConnectionId) {
        let connection = self.inner.borrow().connections.get(id).cloned();
        if let Some(connection) = connection {
            self.lost(&connection);
        }
    }

    /// Gives up a connection. The caller sends what this causes.
    pub(super) fn give_up(&self, connection: &RoomConnection) {
        connection.abandon();
        let was_known = self.forget_connection(connection.id);
        if was_known {
            info!(connection = connection.id.0, "connection lost");
            self.handle(HubInput::Lost(connection.id));
        }
    }

    /// Gives up a connection whose peer still gets what is queued.
    pub(in crate::room_server) fn part(&self, connection: &RoomConnection) {
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

    /// Forgets a connection that has ended.
    pub(in crate::room_server) fn forget(&self, id: ConnectionId, was_introduced: bool) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.remove(&id);
        inner.open -= 1;
        inner.introduced -= usize::from(was_introduced);
        self.changed.notify_one();
    }

    /// Closes the connections that are still open, and waits until all have ended that have
    /// identified themselves.
    pub(in crate::room_server) async fn all_left(&self) {
        let connections = self.inner.borrow().connections.all();
        connections.iter().for_each(|connection| connection.close());
        while self.inner.borrow().introduced > 0 {
            self.changed.notified().await;
        }
    }
}
