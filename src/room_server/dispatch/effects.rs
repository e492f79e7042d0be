//! Performs the effects that the hub returns.

use super::{Dispatch, Inner};
use crate::net::LineKind;
#[cfg(feature = "cluster")]
use crate::room::Portion;
use crate::room::{HubEffect, Recipient, Recipients, RoomNotice};
use crate::room_server::broadcast::{Broadcast, announce};
use crate::room_server::connections::Connections;
use crate::room_server::encode::{put_notice, put_post};
use crate::room_server::log;
use crate::wire::{Abilities, Control, Dialect, HANDSHAKE_VERSION, Membership, Mode, Name, What};
use std::time::Duration;
use tracing::info;

impl Dispatch {
    /// Performs an effect. Posts for everybody are gathered in `broadcast`.
    pub(super) fn perform(
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
                    inner.observers.show_results(inner.order.hub(), connections);
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
                        Recipient::Host | Recipient::Console(_) => {
                            self.host_queue.recall(&post);
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
                if let Recipient::Host | Recipient::Console(_) = to {
                    inner.observers.tell(&notice, connections);
                }
                self.tell(connections, to, &notice);
                #[cfg(feature = "cluster")]
                if let RoomNotice::Status(Portion { total: Some(_), .. }) = notice
                    && let Some(machines) = inner.order.machines()
                {
                    let notice = RoomNotice::Machines(machines);
                    if let Recipient::Host | Recipient::Console(_) = to {
                        inner.observers.tell(&notice, connections);
                    }
                    self.tell(connections, to, &notice);
                }
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
                // A browser returns only to the machine that its page comes from.
                let is_tictalk = connections
                    .get(id)
                    .is_some_and(|it| it.dialect == Dialect::Tictalk);
                if is_tictalk {
                    room.others.clone_from(&inner.others);
                }
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
            Recipient::Host | Recipient::Console(_) => self.host_queue.tell(notice),
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
