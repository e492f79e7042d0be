//! Queries for the store, which answers one at a time.

use super::{Dispatch, Inner};
use crate::room::{Found, HubInput, Query, Recipient};
use crate::room_server::connection::RoomConnection;

impl Dispatch {
    /// Has a query answered when its reader has space for the answer.
    pub(super) fn queue_query(&self, inner: &mut Inner, to: Recipient, query: Query) {
        match to {
            Recipient::Host | Recipient::Console(_) => {
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

    /// Queues the connection for an answer if its outbox has space for one.
    pub(super) fn release(&self, connection: &RoomConnection) {
        if connection.joins_query_queue() {
            let mut inner = self.inner.borrow_mut();
            let to = Recipient::Connection(connection.id);
            inner.query_queue.push_back(to);
            self.work(&mut inner);
        }
    }

    /// Answers the host's next query if the host's queue has space.
    pub(in crate::room_server) fn release_host(&self) {
        let mut inner = self.inner.borrow_mut();
        if self.host_queue.has_space() && !inner.host_queries.is_empty() {
            inner.query_queue.push_front(Recipient::Host);
            self.work(&mut inner);
        }
    }

    /// Has the store answer the next query in the queue, one at a time: a reader with many queries waits
    /// for all others, and a reader that has left costs nothing.
    pub(super) fn look_up(&self, inner: &mut Inner) {
        while !inner.is_looking_up
            && let Some(to) = inner.query_queue.pop_front()
        {
            let query = match to {
                Recipient::Host | Recipient::Console(_) => inner.host_queries.take(),
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
                Some(query) => {
                    let up_to = inner.order.findable(inner.stored);
                    inner.store.look_up(to, query, up_to)
                }
            };
            match answer {
                Some(found) => return inner.inputs.push_back(HubInput::Found(found)),
                None => inner.is_looking_up = true,
            }
        }
    }

    /// Notes that the store has answered a query.
    pub(in crate::room_server) fn note_answer(&self) {
        self.inner.borrow_mut().is_looking_up = false;
    }
}

/// The answer to a query that finds no posts.
pub(in crate::room_server) fn no_posts(to: Recipient, query: Query) -> Found {
    Found {
        to,
        query,
        posts: Vec::new(),
        rest: None,
    }
}
