//! Posts that go to everybody, encoded once for each dialect.

use super::connections::Connections;
use super::encode::{put_announcement, put_post};
use crate::room::{Announcement, ConnectionId};
use crate::wire::{Control, Dialect, Post};
use bytes::{Bytes, BytesMut};
use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;
use std::sync::Arc;

/// Consecutive posts that go to the same connections.
#[derive(Debug, Default)]
pub(super) struct Broadcast {
    recipients: Option<Arc<[ConnectionId]>>,
    /// The posts, each with the connections that do not get it.
    posts: Vec<(Arc<Post>, [Option<ConnectionId>; 2])>,
}

/// The posts of a broadcast in one dialect.
#[derive(Debug)]
struct Encoded {
    bytes: Bytes,
    /// The parts of `bytes` that one connection does not get.
    skipped: Vec<(ConnectionId, Range<usize>)>,
}

impl Broadcast {
    /// Adds a post. Posts for other recipients are sent first.
    pub(super) fn add(
        &mut self,
        connections: &mut Connections,
        recipients: &Arc<[ConnectionId]>,
        but: [Option<ConnectionId>; 2],
        post: &Arc<Post>,
    ) {
        let is_same = self
            .recipients
            .as_ref()
            .is_some_and(|last| Arc::ptr_eq(last, recipients));
        if !is_same {
            self.deliver(connections);
            self.recipients = Some(Arc::clone(recipients));
        }
        self.posts.push((Arc::clone(post), but));
    }

    /// Queues all posts for their recipients, and leaves the broadcast empty.
    pub(super) fn deliver(&mut self, connections: &mut Connections) {
        let Some(recipients) = self.recipients.take() else {
            return;
        };
        let posts = mem::take(&mut self.posts);
        let mut encoded = BTreeMap::new();
        connections.push_to_audience(&recipients, |connection| {
            let dialect = connection.dialect;
            let encoded = encoded
                .entry(dialect)
                .or_insert_with(|| Encoded::new(dialect, &posts));
            encoded.pieces(connection.id, |piece| connection.push(piece));
        });
    }
}

/// Queues an announcement for its recipients, and its rest for the programs that keep names. It
/// is encoded once for each dialect.
pub(super) fn announce(
    connections: &mut Connections,
    announcement: &Announcement,
    to: &[ConnectionId],
    clients: &[ConnectionId],
) {
    let mut encoded = BTreeMap::new();
    connections.push_to_all(to, |connection| {
        let dialect = connection.dialect;
        let bytes: &Bytes = encoded.entry(dialect).or_insert_with(|| {
            let mut bytes = BytesMut::new();
            put_announcement(dialect, announcement, &mut bytes);
            bytes.freeze()
        });
        connection.push(bytes.clone());
    });
    if !clients.is_empty() {
        for rest in announcement.rest() {
            connections.send_to_all(clients, Control::Gathered(rest));
        }
    }
}

impl Encoded {
    fn new(dialect: Dialect, posts: &[(Arc<Post>, [Option<ConnectionId>; 2])]) -> Self {
        let mut bytes = BytesMut::new();
        let mut skipped = Vec::new();
        for (post, but) in posts {
            let start = bytes.len();
            put_post(dialect, post, Control::Post, &mut bytes);
            let but = but.iter().flatten();
            skipped.extend(but.map(|id| (*id, start..bytes.len())));
        }
        Self {
            bytes: bytes.freeze(),
            skipped,
        }
    }

    /// Calls `push` with the pieces that the connection `id` gets.
    fn pieces(&self, id: ConnectionId, mut push: impl FnMut(Bytes)) {
        let mut start = 0;
        for (_, skipped) in self.skipped.iter().filter(|(by, _)| *by == id) {
            if start < skipped.start {
                push(self.bytes.slice(start..skipped.start));
            }
            start = skipped.end;
        }
        if start < self.bytes.len() {
            push(self.bytes.slice(start..));
        }
    }
}
