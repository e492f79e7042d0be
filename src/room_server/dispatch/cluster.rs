//! A room whose inputs come from the stream of a cluster.

use super::{Dispatch, Inner, Order, StreamOrder};
use crate::cluster::{
    Applied, ClusterChange, Command, MachineId, Replica, Report, Submission, Submissions,
};
use crate::room::{Farewell, RoomNotice};
use crate::room_server::encode::put_notice;
use crate::room_server::machine::Rebuilt;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How many posts the journal may be behind before the stream is not read further.
const UNWRITTEN: u64 = 4_096;

impl Inner {
    fn stream(&mut self) -> Option<&mut StreamOrder> {
        match &mut self.order {
            Order::Stream(order) => Some(order),
            Order::Own(_) => None,
        }
    }
}

impl Dispatch {
    /// Applies a message of the stream, and performs its effects for this machine. Returns the machine
    /// that it came from, and how the cluster has changed.
    pub(in crate::room_server) fn apply(
        &self,
        sequence: u64,
        at: Duration,
        bytes: &[u8],
    ) -> (Option<MachineId>, Vec<ClusterChange>) {
        let done = {
            let inner = &mut *self.inner.borrow_mut();
            let Some(order) = inner.stream() else {
                return (None, Vec::new());
            };
            let Applied {
                origin,
                mut effects,
                admitted,
                last_boards,
                changes,
            } = order.replica.apply(sequence, at, bytes);
            let now = order.replica.now();
            effects.retain(|effect| order.performs(origin, effect));
            for (connection, at) in admitted {
                if let Some(answer) = order.admissions.remove(&connection) {
                    // A peer that has left in the meantime needs no answer.
                    let _ = answer.send(at);
                }
            }
            self.clock.set((Instant::now(), now));
            self.perform_all(inner, now, effects.into_iter(), last_boards);
            self.work(inner);
            (origin, changes)
        };
        self.flush();
        done
    }

    /// Waits until everything is applied that is in the stream now.
    pub(super) async fn catch_up(&self) {
        let caught_up = {
            let inner = &mut *self.inner.borrow_mut();
            inner.last_connection += 1;
            let number = inner.last_connection;
            inner.stream().map(|order| {
                let connection = order.connection(number);
                order.ask(connection, Command::Barrier { connection })
            })
        };
        if let Some(caught_up) = caught_up {
            caught_up.answer().await;
        }
    }

    /// Reads the state of the room.
    pub(in crate::room_server) fn with_replica<T>(
        &self,
        read: impl FnOnce(&Replica) -> T,
    ) -> Option<T> {
        let mut inner = self.inner.borrow_mut();
        inner.stream().map(|order| read(&order.replica))
    }

    /// The message that this machine has to publish next, until [`published`](Self::published) is
    /// called.
    pub(in crate::room_server) fn submission(
        &self,
    ) -> Result<Option<Submission>, serde_json::Error> {
        let mut inner = self.inner.borrow_mut();
        let submissions = inner.stream().and_then(|order| order.submissions.as_mut());
        let next = submissions.map_or(Ok(None), Submissions::upcoming)?;
        Ok(next.cloned())
    }

    /// Notes that the message is in the stream.
    pub(in crate::room_server) fn published(&self) {
        let mut inner = self.inner.borrow_mut();
        if let Some(submissions) = inner.stream().and_then(|it| it.submissions.as_mut()) {
            submissions.published();
        }
    }

    /// Has the next message report how far this machine is.
    pub(in crate::room_server) fn report(&self) {
        let mut inner = self.inner.borrow_mut();
        if let Some(order) = inner.stream()
            && let Some(submissions) = &mut order.submissions
        {
            submissions.report(Report {
                applied: order.replica.applied(),
                saved: order.saved,
                checkpoint: order.replica.checkpoint(),
            });
            order.submitted.notify_one();
        }
    }

    /// Waits for one of the notifications of a cluster; for ever without one.
    async fn notified(&self, which: impl FnOnce(&StreamOrder) -> &Rc<Notify>) {
        let notify = self
            .inner
            .borrow_mut()
            .stream()
            .map(|order| Rc::clone(which(order)));
        match notify {
            Some(notify) => notify.notified().await,
            None => pending().await,
        }
    }

    /// Waits until there may be something to publish.
    pub(in crate::room_server) async fn submitted(&self) {
        self.notified(|order| &order.submitted).await;
    }

    /// Drops all connections, which are not part of the room any more. What they have sent is lost
    /// without an acknowledgement.
    pub(in crate::room_server) fn drop_connections(&self) {
        let connections = {
            let inner = &mut *self.inner.borrow_mut();
            if let Some(order) = inner.stream() {
                order.submissions = None;
                order.admissions.clear();
            }
            inner.permits.clear();
            for (_, task) in std::mem::take(&mut inner.strangers).into_values() {
                task.abort();
            }
            inner.connections.all()
        };
        for connection in connections {
            self.lost(&connection);
        }
    }

    /// Notes that this machine is part of the room again.
    pub(in crate::room_server) fn rejoined(&self, machine: MachineId) {
        let mut inner = self.inner.borrow_mut();
        if let Some(order) = inner.stream() {
            order.machine = machine;
            order.submissions = Some(Submissions::new(machine));
        }
    }

    /// Replaces the state of the room by one that was computed again.
    pub(in crate::room_server) fn replace(&self, rebuilt: Rebuilt) {
        let Rebuilt {
            replica,
            after,
            records,
        } = rebuilt;
        let mut inner = self.inner.borrow_mut();
        self.clock.set((Instant::now(), replica.now()));
        if let Some(order) = inner.stream() {
            order.replica = replica;
        }
        inner.store.replace(after, records);
    }

    /// Waits until the host closes this machine.
    pub(in crate::room_server) async fn leaving(&self) {
        self.notified(|order| &order.leaving).await;
    }

    /// Ends the room at this machine. The members return through the others, if there are any.
    pub(in crate::room_server) fn end(&self, has_others: bool) {
        {
            let inner = &mut *self.inner.borrow_mut();
            let why = Farewell::Closed { is_posted: false };
            for connection in inner.connections.all() {
                match has_others {
                    true => connection.close(),
                    false => inner.connections.close(connection.id, &why),
                }
            }
            inner.observers.close(&mut inner.connections);
        }
        self.is_over.set(true);
        self.changed.notify_one();
        self.flush();
    }

    /// Tells the host and all members at this machine that the engine is away, or back. While it is
    /// away, newcomers are told to try again.
    pub(in crate::room_server) fn tell_everybody(&self, notice: &RoomNotice) {
        {
            let inner = &mut *self.inner.borrow_mut();
            if let Some(order) = inner.stream() {
                order.is_waiting = matches!(notice, RoomNotice::EngineLost { .. });
            }
            for connection in inner.connections.all() {
                let id = connection.id;
                // A client expects nothing before its welcome, which waits for the stream.
                if inner.order.hub().is_member(id) {
                    inner.connections.push(id, |connection, out| {
                        put_notice(connection.dialect, notice, out);
                    });
                }
            }
            inner.observers.tell(notice, &mut inner.connections);
        }
        self.host_queue.tell(notice);
        self.flush();
    }

    /// Whether the journal is so far behind that the stream is not to be read further.
    pub(in crate::room_server) fn is_journal_behind(&self) -> bool {
        let inner = self.inner.borrow();
        inner.order.hub().last().0.saturating_sub(inner.stored.0) > UNWRITTEN
    }

    /// Waits until the journal has been written.
    pub(in crate::room_server) async fn journal_written(&self) {
        self.notified(|order| &order.journal_written).await;
    }

    /// The input of the last saved state.
    pub(in crate::room_server) fn saved(&self) -> u64 {
        self.inner
            .borrow_mut()
            .stream()
            .map_or(0, |order| order.saved)
    }

    /// Has the state of the room saved after everything before it.
    pub(in crate::room_server) fn save_state(&self, input: u64, state: Vec<u8>) {
        let mut inner = self.inner.borrow_mut();
        inner.store.save_state(input, state);
    }
}
