//! One connection and its outgoing queue.

use super::facade::ObserverKind;
use super::outbox::{Flushed, Outbox, QueueFill};
use crate::net::LineKind;
use crate::room::{ConnectionId, Query};
use crate::wire::{Dialect, MAX_RECORD, RecordWriter};
use bytes::{BufMut as _, Bytes, BytesMut};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::num::NonZeroUsize;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::timeout;

/// How long the other end may take to receive a farewell.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a close may take after the last byte was sent.
const LINGER: Duration = Duration::from_millis(300);

/// How many bytes of the peer are discarded during that time, so that it can read the farewell. The
/// connection of a peer that sends more is reset.
const IGNORED: usize = 64 * 1_024;

/// A connection whose dialect is known.
#[derive(Debug)]
pub(super) struct RoomConnection {
    pub(super) id: ConnectionId,
    pub(super) from: SocketAddr,
    pub(super) dialect: Dialect,
    pub(super) line: LineKind,
    /// What the peer sees, if it is no member.
    pub(super) observer: Option<ObserverKind>,
    /// Whether the other end has proved to know the ticket with which it returns.
    pub(super) has_proved: bool,
    /// Maximum number of bytes in the outbox.
    queue_limit: Option<NonZeroUsize>,
    stream: TcpStream,
    outbox: RefCell<Outbox>,
    /// Whether the hub waits for the next line.
    may_speak: Cell<bool>,
    /// Whether a ping was sent that is not answered yet.
    awaits_pong: Cell<bool>,
    /// Whether the connection waits for its turn to have a query answered.
    is_queued_for_query: Cell<bool>,
    /// Whether something was appended that no flush has seen.
    pub(super) is_changed: Cell<bool>,
    state: Cell<SendState>,
    reader: ReaderCall,
}

/// A request that the read loop look at the connection again.
#[derive(Debug, Default)]
struct ReaderCall {
    is_due: Cell<bool>,
    /// What wakes the task of the loop while it waits.
    waker: RefCell<Option<Waker>>,
}

impl ReaderCall {
    fn call(&self) {
        self.is_due.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Takes the pending call, if any. Otherwise, the next call wakes `task`.
    fn answer(&self, task: &Context<'_>) -> bool {
        if self.is_due.take() {
            return true;
        }
        let mut waker = self.waker.borrow_mut();
        match &mut *waker {
            Some(waker) => waker.clone_from(task.waker()),
            None => *waker = Some(task.waker().clone()),
        }
        false
    }
}

/// Why the read loop has to look at a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// Something about it has changed.
    Called,
    /// The socket takes more of the outbox.
    Writable,
    /// Bytes have arrived, or the end.
    Readable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendState {
    Open,
    /// The outbox is still sent, then the connection is closed.
    Closing,
    /// Nothing can be sent or read any more.
    Broken,
}

impl RoomConnection {
    pub(super) fn new(
        id: ConnectionId,
        from: SocketAddr,
        dialect: Dialect,
        stream: TcpStream,
        queue_limit: Option<NonZeroUsize>,
    ) -> Self {
        Self {
            id,
            from,
            dialect,
            line: LineKind::Plain,
            observer: None,
            has_proved: false,
            queue_limit,
            stream,
            outbox: RefCell::default(),
            may_speak: Cell::new(false),
            awaits_pong: Cell::new(false),
            is_queued_for_query: Cell::new(false),
            is_changed: Cell::new(false),
            state: Cell::new(SendState::Open),
            reader: ReaderCall::default(),
        }
    }

    /// Seals everything that is sent.
    pub(super) fn sealing(self, writer: RecordWriter) -> Self {
        Self {
            line: LineKind::Private,
            outbox: RefCell::new(Outbox::sealing(writer)),
            ..self
        }
    }

    /// Marks the other end as one that has proved to know its ticket.
    pub(super) fn proved(self) -> Self {
        Self {
            has_proved: true,
            ..self
        }
    }

    /// Marks the other end as one that sees the room without being a member.
    pub(super) fn observing(self, kind: ObserverKind) -> Self {
        Self {
            observer: Some(kind),
            ..self
        }
    }

    /// Whether the peer gets text only: its dialect has no control frames.
    pub(super) fn is_plain(&self) -> bool {
        !self.dialect.has_controls()
    }

    /// Lets the system find out whether a peer is still there that cannot answer a ping.
    pub(super) fn set_keepalive(&self, patience: Duration) {
        const PROBES: u32 = 4;
        let interval = (patience / (PROBES + 1)).max(Duration::from_secs(1));
        let socket = socket2::SockRef::from(&self.stream);
        let keepalive = socket2::TcpKeepalive::new()
            .with_time(interval)
            .with_interval(interval)
            .with_retries(PROBES);
        // A system that lacks one of these options only notices later.
        let _ = socket.set_tcp_keepalive(&keepalive);
        #[cfg(target_os = "linux")]
        let _ =
            socket.set_tcp_user_timeout(Some(patience.min(crate::net::ACKNOWLEDGEMENT_TIMEOUT)));
    }

    /// Allows one more line to be read.
    pub(super) fn permit(&self) {
        self.may_speak.set(true);
        self.reader.call();
    }

    /// Uses the permit to read a line.
    pub(super) fn use_permit(&self) {
        self.may_speak.set(false);
    }

    pub(super) fn has_permit(&self) -> bool {
        self.may_speak.get()
    }

    /// Expects one answer to the ping that is being sent.
    pub(super) fn expect_pong(&self) {
        self.awaits_pong.set(true);
    }

    /// Whether a pong was expected. The next one is not.
    pub(super) fn take_expected_pong(&self) -> bool {
        self.awaits_pong.take()
    }

    pub(super) fn state(&self) -> SendState {
        self.state.get()
    }

    /// Appends `piece` to the outbox.
    pub(super) fn push(&self, piece: Bytes) {
        if self.state.get() == SendState::Open && !piece.is_empty() {
            self.outbox.borrow_mut().push(piece);
        }
    }

    /// Sends as much of the outbox as the system takes without waiting.
    ///
    /// # Errors
    /// When the connection is broken.
    pub(super) fn flush(&self) -> io::Result<()> {
        if self.outbox.borrow_mut().flush(&self.stream)? == Flushed::Part {
            self.reader.call();
        }
        Ok(())
    }

    /// How full the outbox is. The limit is for posts: a connection that is closed still sends its
    /// farewell, however much waits before it.
    pub(super) fn fill(&self) -> QueueFill {
        match self.state.get() {
            SendState::Open => self.outbox.borrow_mut().fill(self.queue_limit),
            SendState::Closing | SendState::Broken => QueueFill::Normal,
        }
    }

    /// Adds a query, to be answered when it is this connection's turn.
    pub(super) fn add_query(&self, query: Query) {
        self.outbox.borrow_mut().queries.add(query);
    }

    /// Whether the connection has to be queued for an answer: it has a query, its outbox is at most
    /// half full, and it is not queued yet. It counts as queued from then on.
    pub(super) fn joins_query_queue(&self) -> bool {
        let outbox = self.outbox.borrow();
        let may_ask = !outbox.queries.is_empty() && outbox.has_space(self.queue_limit);
        may_ask && !self.is_queued_for_query.replace(true)
    }

    /// Takes the next query now that it is this connection's turn, if the outbox still has space.
    pub(super) fn take_query(&self) -> Option<Query> {
        self.is_queued_for_query.set(false);
        let mut outbox = self.outbox.borrow_mut();
        if !outbox.has_space(self.queue_limit) {
            return None;
        }
        outbox.queries.take()
    }

    /// Drops the outbox except for what may be partly sent.
    pub(super) fn drop_pieces(&self) {
        self.outbox.borrow_mut().drop_pieces();
    }

    /// Closes the connection once the outbox is sent.
    pub(super) fn close(&self) {
        if self.state.get() == SendState::Open {
            let mut end = BytesMut::new();
            self.dialect.put_close(&mut end);
            self.push(end.freeze());
        }
        self.end();
    }

    /// Closes the connection once the outbox is sent, without a goodbye of the dialect.
    pub(super) fn end(&self) {
        if self.state.get() == SendState::Open {
            self.state.set(SendState::Closing);
            self.outbox.borrow_mut().end();
        }
        self.reader.call();
    }

    /// Closes the connection at once.
    pub(super) fn abandon(&self) {
        self.state.set(SendState::Broken);
        self.reader.call();
    }

    pub(super) fn has_pieces(&self) -> bool {
        !self.outbox.borrow().is_empty()
    }

    /// Waits until the read loop has to look at the connection. Arrived bytes are a reason only if it
    /// `wants_read`. Cancel safe.
    ///
    /// # Errors
    /// When the connection is broken.
    pub(super) async fn wake(&self, wants_read: bool) -> io::Result<Wake> {
        poll_fn(|task| {
            if self.reader.answer(task) {
                return Poll::Ready(Ok(Wake::Called));
            }
            if self.has_pieces()
                && let Poll::Ready(ready) = self.stream.poll_write_ready(task)
            {
                return Poll::Ready(ready.map(|()| Wake::Writable));
            }
            match wants_read {
                true => self
                    .stream
                    .poll_read_ready(task)
                    .map_ok(|()| Wake::Readable),
                false => Poll::Pending,
            }
        })
        .await
    }

    /// Appends what has arrived to `inbox`. Returns whether the peer has closed its side.
    pub(super) fn read(&self, scratch: &mut [u8], inbox: &mut BytesMut) -> io::Result<bool> {
        // Many short records take long to open.
        let most = match self.line {
            LineKind::Plain => scratch.len(),
            LineKind::Private => scratch.len().min(MAX_RECORD),
        };
        match self
            .stream
            .try_read(scratch.get_mut(..most).unwrap_or_default())
        {
            Ok(0) => Ok(true),
            Ok(length) => {
                inbox.put_slice(scratch.get(..length).unwrap_or_default());
                Ok(false)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends the outbox, then discards what still arrives: closing a socket with unread bytes would
    /// reset the connection, and the peer would lose the farewell.
    pub(super) async fn say_farewell(&self) {
        let sent = async {
            while self.has_pieces() {
                self.stream.writable().await?;
                self.flush()?;
            }
            io::Result::Ok(())
        };
        if !matches!(timeout(FAREWELL_TIMEOUT, sent).await, Ok(Ok(()))) {
            return;
        }
        let socket = socket2::SockRef::from(&self.stream);
        let _ = socket.shutdown(Shutdown::Write);
        let ended = async {
            let mut ignored = [0; 1_024];
            let mut left = IGNORED;
            while left > 0 {
                self.stream.readable().await?;
                match self.stream.try_read(&mut ignored) {
                    Ok(0) => break,
                    Ok(length) => left = left.saturating_sub(length),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
                // A peer that keeps sending gets no more of the room's time than any other.
                yield_now().await;
            }
            io::Result::Ok(())
        };
        let _ = timeout(LINGER, ended).await;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test should stop where it fails")]
mod tests {
    use super::{RoomConnection, SendState};
    use crate::room::ConnectionId;
    use crate::room_server::outbox::QueueFill;
    use crate::wire::Dialect;
    use bytes::Bytes;
    use std::num::NonZeroUsize;
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test]
    async fn a_connection_that_is_closed_has_no_limit() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await;
        let (stream, limit) = (stream.unwrap(), NonZeroUsize::new(10));
        let from = stream.local_addr().unwrap();
        let connection =
            RoomConnection::new(ConnectionId(1), from, Dialect::Tictalk, stream, limit);
        connection.push(Bytes::from_static(b"more than ten bytes"));
        assert_eq!(connection.fill(), QueueFill::Over);
        connection.push(Bytes::from_static(b"farewell"));
        connection.close();
        assert_eq!(connection.state(), SendState::Closing);
        assert_eq!(connection.fill(), QueueFill::Normal);
    }
}
