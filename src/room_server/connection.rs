//! One connection: what waits to be sent, and the task that reads it.

use super::dispatch::Dispatch;
use crate::room::{ConnectionId, Query};
use crate::wire::{Arrival, Codec, Control, Dialect, Frame, LineNumber, MAX_TEXT, Telnet};
use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until, timeout};

/// How many pieces leave with one call of the system.
const PIECES: usize = 64;

/// How much is read at once: whatever has come, in most cases.
pub(super) const READ_SIZE: usize = 64 * 1024;

/// How long the task of one connection may run until all others have had their turn.
const SLICE: Duration = Duration::from_micros(500);

/// How long the other end may take to hear a farewell.
const FAREWELL: Duration = Duration::from_secs(2);

/// How long a close may take behind the last byte that was sent.
const LINGER: Duration = Duration::from_millis(300);

/// How many bytes of telnet's commands cost as much as a line.
const STRIPPED: usize = 1_024;

/// How many bytes of a peer are ignored then, so that it reads our last words. One that sends more has
/// its connection reset.
const IGNORED: usize = 64 * 1_024;

/// How long a raw peer that ends its lines may take over the rest of one: as long as a packet that
/// was lost takes to come again.
const HESITATION: Duration = Duration::from_secs(1);

/// A connection whose dialect is known.
#[derive(Debug)]
pub(super) struct RoomConnection {
    pub(super) connection: ConnectionId,
    pub(super) from: SocketAddr,
    pub(super) dialect: Dialect,
    /// Whether the other end has proved to know the ticket by which it comes back.
    pub(super) has_proved: bool,
    stream: TcpStream,
    outbox: RefCell<Outbox>,
    /// Whether the hub waits for a line of this connection.
    may_speak: Cell<bool>,
    /// Whether a ping was sent that is not answered yet.
    awaits_pong: Cell<bool>,
    /// Whether it waits for its turn to have something looked up.
    is_asking: Cell<bool>,
    stage: Cell<SendState>,
    /// Rings when something of this has changed.
    bell: Notify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SendState {
    Open,
    /// What waits is still sent, and then the connection is closed.
    Closing,
    /// Nothing more can be sent or read.
    Broken,
}

/// What waits to be sent.
#[derive(Debug, Default)]
struct Outbox {
    pieces: VecDeque<Bytes>,
    bytes: usize,
    /// Whether it was said that half the room is taken.
    is_behind: bool,
    looks: PendingQueries,
}

/// What is to be looked up for one reader, when there is room for the answer.
#[derive(Debug, Default)]
pub(super) struct PendingQueries {
    /// What it has missed. The hub asks for the next portion when it has the last.
    catch_up: Option<Query>,
    /// What it has asked, in that order: one line, which is answered before the next is read, and the
    /// rest of one survey.
    asked: VecDeque<Query>,
}

impl PendingQueries {
    pub(super) fn add(&mut self, query: Query) {
        match query {
            Query::After(..) => self.catch_up = Some(query),
            Query::Said(_) | Query::Posts(_) | Query::Members(..) => self.asked.push_back(query),
        }
    }

    /// The next one, in turn.
    pub(super) fn take(&mut self) -> Option<Query> {
        self.asked.pop_front().or_else(|| self.catch_up.take())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.catch_up.is_none() && self.asked.is_empty()
    }
}

/// How full an outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueueFill {
    Fine,
    /// Half full, for the first time since it was not: so many bytes.
    Behind(usize),
    Over,
}

impl RoomConnection {
    pub(super) fn new(
        connection: ConnectionId,
        from: SocketAddr,
        dialect: Dialect,
        has_proved: bool,
        stream: TcpStream,
    ) -> Self {
        Self {
            connection,
            from,
            dialect,
            has_proved,
            stream,
            outbox: RefCell::default(),
            may_speak: Cell::new(false),
            awaits_pong: Cell::new(false),
            is_asking: Cell::new(false),
            stage: Cell::new(SendState::Open),
            bell: Notify::new(),
        }
    }

    /// Lets the connection send one more line.
    pub(super) fn permit(&self) {
        self.may_speak.set(true);
        self.bell.notify_one();
    }

    /// A ping is sent, and one answer to it is expected.
    pub(super) fn expect_pong(&self) {
        self.awaits_pong.set(true);
    }

    /// Adds `piece` to what waits to be sent.
    pub(super) fn push(&self, piece: Bytes) {
        if self.stage.get() == SendState::Open {
            let mut outbox = self.outbox.borrow_mut();
            outbox.bytes += piece.len();
            outbox.pieces.push_back(piece);
        }
    }

    /// Sends what the system takes now.
    ///
    /// # Errors
    /// When the connection is broken.
    pub(super) fn flush(&self) -> io::Result<()> {
        let mut outbox = self.outbox.borrow_mut();
        while !outbox.pieces.is_empty() {
            let slices: [IoSlice<'_>; PIECES] = {
                let mut pieces = outbox.pieces.iter();
                std::array::from_fn(|_| IoSlice::new(pieces.next().map_or(&[], |piece| piece)))
            };
            let count = outbox.pieces.len().min(PIECES);
            match self
                .stream
                .try_write_vectored(slices.get(..count).unwrap_or_default())
            {
                Ok(written) => outbox.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.bell.notify_one();
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        // Nothing is held for who has nothing to be sent.
        outbox.pieces = VecDeque::new();
        Ok(())
    }

    /// How full the outbox is, of `room` bytes.
    pub(super) fn fill(&self, room: usize) -> QueueFill {
        let mut outbox = self.outbox.borrow_mut();
        if outbox.bytes > room {
            return QueueFill::Over;
        }
        let is_behind = outbox.bytes > room / 2;
        let was_behind = std::mem::replace(&mut outbox.is_behind, is_behind);
        match is_behind && !was_behind {
            true => QueueFill::Behind(outbox.bytes),
            false => QueueFill::Fine,
        }
    }

    /// Has something looked up when it is this connection's turn.
    pub(super) fn look(&self, query: Query) {
        self.outbox.borrow_mut().looks.add(query);
    }

    /// Whether something is to be looked up, half of `room` is free for the answer, and the
    /// connection does not wait for its turn yet. From now on it does.
    pub(super) fn begins_to_ask(&self, room: usize) -> bool {
        let outbox = self.outbox.borrow();
        let may_ask = !outbox.looks.is_empty() && outbox.bytes <= room / 2;
        may_ask && !self.is_asking.replace(true)
    }

    /// It is this connection's turn: what is to be looked up, if there still is room for the answer.
    pub(super) fn ask(&self, room: usize) -> Option<Query> {
        self.is_asking.set(false);
        let mut outbox = self.outbox.borrow_mut();
        if outbox.bytes > room / 2 {
            return None;
        }
        outbox.looks.take()
    }

    /// Forgets all that waits, and is closed behind what is pushed next.
    pub(super) fn drop_pieces(&self) {
        let mut outbox = self.outbox.borrow_mut();
        // A frame that was begun must be ended.
        outbox.pieces.truncate(1);
        outbox.bytes = outbox.pieces.iter().map(Bytes::len).sum();
    }

    /// Closes the connection when all that waits is sent.
    pub(super) fn close(&self) {
        if self.stage.get() == SendState::Open {
            self.stage.set(SendState::Closing);
        }
        self.bell.notify_one();
    }

    /// Closes the connection at once.
    pub(super) fn abandon(&self) {
        self.stage.set(SendState::Broken);
        self.bell.notify_one();
    }

    fn has_pieces(&self) -> bool {
        !self.outbox.borrow().pieces.is_empty()
    }

    /// Reads what there is behind `inbox`; returns whether the peer will send nothing more.
    fn read(&self, floor: &Dispatch, inbox: &mut BytesMut) -> io::Result<bool> {
        let mut scratch = floor.scratch();
        match self.stream.try_read(&mut scratch) {
            Ok(0) => Ok(true),
            Ok(length) => {
                inbox.put_slice(scratch.get(..length).unwrap_or_default());
                Ok(false)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Says goodbye: sends what waits, and takes in what still comes, since closing over unread
    /// bytes would reset the connection and take our last words with it.
    async fn bid_farewell(&self) {
        let sent = async {
            while self.has_pieces() {
                self.stream.writable().await?;
                self.flush()?;
            }
            io::Result::Ok(())
        };
        if !matches!(timeout(FAREWELL, sent).await, Ok(Ok(()))) {
            return;
        }
        let socket = socket2::SockRef::from(&self.stream);
        let _ = socket.shutdown(std::net::Shutdown::Write);
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
                // A peer that goes on sending gets no more of our time than any other, and ours ends.
                yield_now().await;
            }
            io::Result::Ok(())
        };
        let _ = timeout(LINGER, ended).await;
    }
}

impl Outbox {
    fn advance(&mut self, mut written: usize) {
        self.bytes = self.bytes.saturating_sub(written);
        while let Some(front) = self.pieces.front_mut() {
            if front.len() > written {
                front.advance(written);
                return;
            }
            written -= front.len();
            self.pieces.pop_front();
        }
    }
}

/// Appends a frame as a member of this dialect gets it. A raw member reads lines.
pub(super) fn put(dialect: Dialect, frame: &Frame, out: &mut BytesMut) {
    match (dialect, frame) {
        (Dialect::Raw, Frame::Text(text)) => {
            out.put_slice(text.as_bytes());
            out.put_u8(b'\n');
        }
        (Dialect::Raw, Frame::Control(_)) => {}
        (Dialect::Framed | Dialect::Tictalk, frame) => dialect.codec().encode(frame, out),
    }
}

/// What has come of a connection and was not handed on yet.
pub(super) struct Incoming {
    pub(super) codec: Box<dyn Codec>,
    pub(super) inbox: BytesMut,
    /// What a raw peer's telnet program adds.
    telnet: Telnet,
    /// How many bytes of it were dropped and not charged yet.
    stripped: usize,
    /// Whether the last line of a raw peer ended as lines do.
    ends_lines: bool,
    last_arrival: Instant,
    arrival: Arrival,
}

impl Incoming {
    pub(super) fn new(dialect: Dialect, inbox: BytesMut) -> Self {
        Self {
            codec: dialect.codec(),
            inbox,
            telnet: Telnet::default(),
            stripped: 0,
            ends_lines: false,
            last_arrival: Instant::now(),
            arrival: Arrival::Bytes,
        }
    }

    /// The next thing that was said, if all of it has come. `None` where nothing more can come of this
    /// connection.
    fn next(&mut self, dialect: Dialect) -> Option<Option<Message>> {
        let before = self.inbox.len();
        let next = if dialect == Dialect::Raw {
            self.next_line()
        } else {
            let frame = self.codec.decode(&mut self.inbox, self.arrival).ok()?;
            let bytes = before - self.inbox.len();
            frame.map(|frame| Message::of(frame, bytes))
        };
        if next.is_none() && self.inbox.is_empty() {
            // Nothing is held for who says nothing.
            self.inbox = BytesMut::new();
        }
        Some(next)
    }

    /// The next line of a raw peer. In a room many lines may come at once, and where one ends is
    /// told by a newline; only what has none is a line when nothing more comes.
    fn next_line(&mut self) -> Option<Message> {
        let before = self.inbox.len();
        self.telnet.strip(&mut self.inbox);
        self.stripped += before - self.inbox.len();
        if self.stripped >= STRIPPED {
            return Some(Message::Noise(std::mem::take(&mut self.stripped)));
        }
        let searched = self.inbox.get(..=MAX_TEXT).unwrap_or(&self.inbox);
        let end = searched.iter().position(|byte| *byte == b'\n');
        let length = match end {
            Some(end) => end,
            None if self.inbox.len() > MAX_TEXT => whole_characters(&self.inbox),
            None if self.arrival == Arrival::Bytes || self.inbox.is_empty() => return None,
            None => self.inbox.len(),
        };
        let bytes = self.inbox.split_to(length);
        self.ends_lines = end == Some(length);
        if self.ends_lines {
            self.inbox.advance(1);
        }
        self.telnet.take(length + usize::from(self.ends_lines));
        let line = String::from_utf8_lossy(&bytes);
        // A program in C may send the NUL at the end of its text, or its whole buffer.
        let line = line.trim_matches(['\r', '\0']);
        if line.trim().is_empty() {
            return Some(Message::Noise(length + 1));
        }
        let text = line.to_owned();
        Some(Message::Line { number: None, text })
    }

    /// When what has come so far is a whole message.
    fn quiet_at(&self) -> Option<Instant> {
        let quiet = match self.codec.quiet()? {
            _ if self.ends_lines => HESITATION,
            quiet => quiet,
        };
        let waits = !self.inbox.is_empty() && self.arrival == Arrival::Bytes;
        waits.then(|| self.last_arrival + quiet)
    }
}

/// How many of these bytes, which are too many for one message, make one without cutting a character
/// of UTF-8 in two.
fn whole_characters(bytes: &[u8]) -> usize {
    let is_start = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 != 0x80);
    // What is longer than four bytes is no character to protect.
    let mut ends = (MAX_TEXT - 3..=MAX_TEXT).rev();
    ends.find(is_start).unwrap_or(MAX_TEXT)
}

/// What a frame, or a line of a raw peer, comes to.
#[derive(Debug)]
enum Message {
    Line {
        number: Option<LineNumber>,
        text: String,
    },
    Pong {
        bytes: usize,
    },
    /// So many bytes that say nothing here; a later version may say more.
    Noise(usize),
}

impl Message {
    /// A frame that took so many bytes.
    fn of(frame: Frame, bytes: usize) -> Self {
        match frame {
            Frame::Text(text) if text.trim().is_empty() => Self::Noise(bytes),
            Frame::Text(text) => Self::Line { number: None, text },
            Frame::Control(Control::Say { number, text }) => Self::Line {
                number: Some(number),
                text: text.into(),
            },
            Frame::Control(Control::Pong) => Self::Pong { bytes },
            Frame::Control(_) => Self::Noise(bytes),
        }
    }
}

/// How much time a task has used since the others had their turn.
#[derive(Debug, Default)]
struct Slice {
    used: Duration,
}

impl Slice {
    /// Whether it is over with the time since `began`.
    fn ends(&self, began: Instant) -> bool {
        self.used + began.elapsed() >= SLICE
    }

    /// Counts the time since `began`; returns whether the others are to have their turn.
    fn is_over(&mut self, began: Instant) -> bool {
        self.used += began.elapsed();
        let is_over = self.used >= SLICE;
        if is_over {
            self.used = Duration::ZERO;
        }
        is_over
    }
}

/// Reads the connection until it ends, and sends what the system did not take at once.
pub(super) async fn serve(floor: Rc<Dispatch>, line: Rc<RoomConnection>, mut reading: Incoming) {
    let mut slice = Slice::default();
    loop {
        // Whatever comes of it, each pass counts.
        let began = Instant::now();
        while line.may_speak.get() && line.stage.get() == SendState::Open && !slice.ends(began) {
            match reading.next(line.dialect) {
                Some(Some(heard)) => hand_over(&floor, &line, heard),
                Some(None) if reading.arrival == Arrival::End => return floor.lost(&line),
                Some(None) => break,
                None => return floor.lost(&line),
            }
        }
        floor.flush();
        match line.stage.get() {
            SendState::Open => {}
            // Boxed, since it would else take up its room as long as the connection lives.
            SendState::Closing => return Box::pin(line.bid_farewell()).await,
            SendState::Broken => return,
        }
        if slice.is_over(began) {
            yield_now().await;
            continue;
        }
        let wants_read = line.may_speak.get() && reading.arrival != Arrival::End;
        let interest = match (wants_read, line.has_pieces()) {
            (true, true) => Some(Interest::READABLE | Interest::WRITABLE),
            (true, false) => Some(Interest::READABLE),
            (false, true) => Some(Interest::WRITABLE),
            (false, false) => None,
        };
        let quiet_at = reading.quiet_at();
        tokio::select! {
            biased;
            () = line.bell.notified() => continue,
            ready = line.stream.ready(interest.unwrap_or(Interest::READABLE)), if interest.is_some() => {
                let Ok(ready) = ready else {
                    return floor.lost(&line);
                };
                if ready.is_writable() && line.flush().is_err() {
                    return floor.lost(&line);
                }
                floor.drained(&line);
                if !wants_read || !(ready.is_readable() || ready.is_read_closed()) {
                    continue;
                }
                match line.read(&floor, &mut reading.inbox) {
                    Ok(has_ended) => {
                        reading.arrival = if has_ended { Arrival::End } else { Arrival::Bytes };
                        if reading.codec.quiet().is_some() {
                            reading.last_arrival = Instant::now();
                        }
                    }
                    Err(_) => return floor.lost(&line),
                }
            }
            () = sleep_until(quiet_at.unwrap_or_else(Instant::now)), if quiet_at.is_some() => {
                reading.arrival = Arrival::Quiet;
            }
        }
    }
}

fn hand_over(floor: &Dispatch, line: &RoomConnection, heard: Message) {
    match heard {
        Message::Line { number, text } => {
            line.may_speak.set(false);
            floor.line(line, number, text);
        }
        // Asked for, and so free.
        Message::Pong { .. } if line.awaits_pong.take() => floor.pong(line),
        Message::Pong { bytes } | Message::Noise(bytes) => {
            line.may_speak.set(false);
            floor.noise(line, bytes);
        }
    }
}
