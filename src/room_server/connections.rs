//! The connections that the hub knows.

use super::connection::RoomConnection;
use super::encode::put_farewell;
use crate::room::{ConnectionId, Farewell};
use crate::wire::{Control, Frame};
use bytes::{Bytes, BytesMut};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// All connections by number, and those to which something was added.
#[derive(Debug, Default)]
pub(super) struct Connections {
    by_id: HashMap<ConnectionId, Rc<RoomConnection>>,
    /// The audience that was last pushed to: most posts go to the same one.
    audience: Option<KnownRecipients>,
    /// Connections to which something was added since [`take_changed`](Self::take_changed).
    changed: Vec<Rc<RoomConnection>>,
}

/// Connections that are looked up once for many posts.
#[derive(Debug)]
struct KnownRecipients {
    ids: Arc<[ConnectionId]>,
    connections: Rc<[Rc<RoomConnection>]>,
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
        // An audience must not keep the connection open.
        self.audience = None;
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
            note_change(&mut self.changed, connection);
        }
    }

    /// Notes that something was appended to this connection.
    pub(super) fn mark_changed(&mut self, connection: &Rc<RoomConnection>) {
        note_change(&mut self.changed, connection);
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
        let mut encoded = BTreeMap::new();
        self.push_to_all(ids, |connection| {
            let dialect = connection.dialect;
            let bytes: &Bytes = encoded.entry(dialect).or_insert_with(|| {
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
        for connection in ids.iter().filter_map(|id| self.by_id.get(id)) {
            push(connection);
            note_change(&mut self.changed, connection);
        }
    }

    /// The same for an audience that many posts share: it is looked up only when it has changed.
    pub(super) fn push_to_audience(
        &mut self,
        ids: &Arc<[ConnectionId]>,
        mut push: impl FnMut(&RoomConnection),
    ) {
        let connections = match &self.audience {
            Some(last) if Arc::ptr_eq(&last.ids, ids) => Rc::clone(&last.connections),
            _ => {
                let known = ids.iter().filter_map(|id| self.by_id.get(id));
                let connections: Rc<[_]> = known.cloned().collect();
                self.audience = Some(KnownRecipients {
                    ids: Arc::clone(ids),
                    connections: Rc::clone(&connections),
                });
                connections
            }
        };
        for connection in &*connections {
            push(connection);
            note_change(&mut self.changed, connection);
        }
    }

    /// Says farewell and closes the connection once everything queued is sent.
    pub(super) fn close(&mut self, id: ConnectionId, why: &Farewell) {
        let Some(connection) = self.by_id.remove(&id) else {
            return;
        };
        self.audience = None;
        let mut bytes = BytesMut::new();
        put_farewell(connection.dialect, why, &mut bytes);
        if !bytes.is_empty() {
            connection.push(bytes.freeze());
        }
        connection.close();
        note_change(&mut self.changed, &connection);
    }

    /// Moves the changed connections to the end of `changed`.
    pub(super) fn take_changed(&mut self, changed: &mut Vec<Rc<RoomConnection>>) {
        for connection in &self.changed {
            connection.is_changed.set(false);
        }
        changed.append(&mut self.changed);
    }
}

/// Adds a connection, once, to those that have changed.
fn note_change(changed: &mut Vec<Rc<RoomConnection>>, connection: &Rc<RoomConnection>) {
    if !connection.is_changed.replace(true) {
        changed.push(Rc::clone(connection));
    }
}
