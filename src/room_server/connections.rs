//! The connections that the hub knows.

use super::connection::RoomConnection;
use super::encode::put_farewell;
use crate::room::{ConnectionId, Farewell};
use crate::wire::{Control, Dialect, Frame};
use bytes::{Bytes, BytesMut};
use std::collections::HashMap;
use std::mem;
use std::rc::Rc;

/// All connections by number, and those to which something was added.
#[derive(Debug, Default)]
pub(super) struct Connections {
    by_id: HashMap<ConnectionId, Rc<RoomConnection>>,
    /// Connections to which something was added since [`take_changed`](Self::take_changed).
    changed: Vec<Rc<RoomConnection>>,
}

impl Connections {
    pub(super) fn get(&self, id: ConnectionId) -> Option<&Rc<RoomConnection>> {
        self.by_id.get(&id)
    }

    pub(super) fn insert(&mut self, connection: &Rc<RoomConnection>) {
        self.by_id.insert(connection.id, Rc::clone(connection));
    }

    /// Forgets a connection. Returns whether it was known.
    pub(super) fn remove(&mut self, id: ConnectionId) -> bool {
        self.by_id.remove(&id).is_some()
    }

    pub(super) fn all(&self) -> Vec<Rc<RoomConnection>> {
        self.by_id.values().cloned().collect()
    }

    /// Appends what `write` writes to a connection that is still there.
    pub(super) fn push(
        &mut self,
        id: ConnectionId,
        write: impl FnOnce(&RoomConnection, &mut BytesMut),
    ) {
        let Some(connection) = self.by_id.get(&id) else {
            return;
        };
        let mut bytes = BytesMut::new();
        write(connection, &mut bytes);
        if !bytes.is_empty() {
            connection.push(bytes.freeze());
            self.changed.push(Rc::clone(connection));
        }
    }

    /// Notes that something was appended to this connection.
    pub(super) fn mark_changed(&mut self, connection: &Rc<RoomConnection>) {
        self.changed.push(Rc::clone(connection));
    }

    /// Appends a control frame. A peer whose dialect has none gets nothing.
    pub(super) fn send(&mut self, id: ConnectionId, control: Control) {
        self.push(id, |connection, out| {
            if !connection.is_plain() {
                connection
                    .dialect
                    .encode_in_room(&Frame::Control(control), out);
            }
        });
    }

    /// Appends a control frame, encoded once for each dialect, to the connections of peers that
    /// have said hello.
    pub(super) fn send_to_all(&mut self, ids: &[ConnectionId], control: Control) {
        let frame = Frame::Control(control);
        let (mut tictalk, mut web) = (None, None);
        self.push_to_all(ids, |connection| {
            let dialect = connection.dialect;
            let encoded = match dialect {
                Dialect::Web => &mut web,
                Dialect::Tictalk | Dialect::Framed | Dialect::Raw => &mut tictalk,
            };
            let bytes: &Bytes = encoded.get_or_insert_with(|| {
                let mut bytes = BytesMut::new();
                dialect.encode_in_room(&frame, &mut bytes);
                bytes.freeze()
            });
            connection.push(bytes.clone());
        });
    }

    /// Calls `push` for each of these connections that is still there.
    pub(super) fn push_to_all(
        &mut self,
        ids: &[ConnectionId],
        mut push: impl FnMut(&RoomConnection),
    ) {
        for id in ids {
            if let Some(connection) = self.by_id.get(id) {
                push(connection);
                self.changed.push(Rc::clone(connection));
            }
        }
    }

    /// Says farewell and closes the connection once everything queued is sent.
    pub(super) fn close(&mut self, id: ConnectionId, why: &Farewell) {
        let Some(connection) = self.by_id.remove(&id) else {
            return;
        };
        let mut bytes = BytesMut::new();
        put_farewell(connection.dialect, why, &mut bytes);
        if !bytes.is_empty() {
            connection.push(bytes.freeze());
        }
        connection.close();
        self.changed.push(connection);
    }

    pub(super) fn take_changed(&mut self) -> Vec<Rc<RoomConnection>> {
        mem::take(&mut self.changed)
    }
}
