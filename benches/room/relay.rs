//! The minimum that a server of many members does: welcome each, and forward each message to all
//! others.

use crate::dialect::WELCOME;
use crate::frame::{next_text, put_frame};
use bytes::{Buf as _, Bytes};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use rusqlite::Connection;
use std::collections::{HashMap, VecDeque};
use std::io::{self, IoSlice, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

const LISTENER: Token = Token(usize::MAX);

/// Bytes of one read.
const READ_SIZE: usize = 64 * 1024;

/// Buffers of one system call.
const PIECES: usize = 64;

/// Turns that may wait to be stored before the relay waits.
const UNSTORED: usize = 64;

/// Maximum number of messages in a commit.
const BATCH: usize = 256;

/// Listens at `port` until the process is killed.
pub(crate) fn run(port: u16, folder: &Path) -> anyhow::Result<()> {
    let store = Store::open(folder)?;
    let (turns, to_store) = mpsc::sync_channel(UNSTORED);
    thread::spawn(move || store.write(&to_store));
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut relay = Relay {
        members: HashMap::new(),
        last: 0,
        scratch: vec![0; READ_SIZE],
    };
    let mut events = Events::with_capacity(1_024);
    loop {
        poll.poll(&mut events, None)?;
        let mut turn = Turn::default();
        for event in &events {
            if event.token() == LISTENER {
                relay.let_in(&poll, &listener)?;
                continue;
            }
            if event.is_writable() {
                relay.catch_up(event.token());
            }
            if event.is_readable() {
                relay.read(event.token(), &mut turn);
            }
        }
        if !turn.said.is_empty() {
            let turn = turn.finish();
            relay.pass_on(&turn);
            turns.send(turn)?;
        }
    }
}

struct Relay {
    members: HashMap<Token, Member>,
    last: usize,
    /// Read buffer.
    scratch: Vec<u8>,
}

struct Member {
    stream: TcpStream,
    has_name: bool,
    /// An incomplete frame.
    inbox: Vec<u8>,
    outbox: VecDeque<Bytes>,
}

impl Relay {
    fn let_in(&mut self, poll: &Poll, listener: &TcpListener) -> io::Result<()> {
        while let Ok((mut stream, _)) = listener.accept() {
            stream.set_nodelay(true)?;
            self.last += 1;
            let token = Token(self.last);
            poll.registry().register(
                &mut stream,
                token,
                Interest::READABLE | Interest::WRITABLE,
            )?;
            let member = Member {
                stream,
                has_name: false,
                inbox: Vec::new(),
                outbox: VecDeque::new(),
            };
            self.members.insert(token, member);
        }
        Ok(())
    }

    /// Reads the received bytes into this turn.
    fn read(&mut self, token: Token, turn: &mut Turn) {
        let Some(member) = self.members.get_mut(&token) else {
            return;
        };
        loop {
            let had_name = member.has_name;
            let length = match member.stream.read(&mut self.scratch) {
                Ok(length) if length > 0 => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                _ => {
                    self.members.remove(&token);
                    return;
                }
            };
            let came = self.scratch.get(..length).unwrap_or_default();
            if member.inbox.is_empty() {
                let rest = turn.take(token, &mut member.has_name, came);
                member.inbox.extend_from_slice(rest);
            } else {
                member.inbox.extend_from_slice(came);
                let rest = turn.take(token, &mut member.has_name, &member.inbox).len();
                member.inbox.drain(..member.inbox.len() - rest);
            }
            if member.has_name && !had_name && member.welcome().is_err() {
                self.members.remove(&token);
                return;
            }
            if length < READ_SIZE {
                return;
            }
        }
    }

    fn pass_on(&mut self, turn: &Turned) {
        self.members.retain(|token, member| {
            turn.pieces(*token, |piece| member.outbox.push_back(piece));
            member.flush().is_ok()
        });
    }

    fn catch_up(&mut self, token: Token) {
        if let Some(member) = self.members.get_mut(&token)
            && member.flush().is_err()
        {
            self.members.remove(&token);
        }
    }
}

impl Member {
    fn welcome(&mut self) -> io::Result<()> {
        let mut frame = Vec::new();
        put_frame(WELCOME, &mut frame);
        self.outbox.push_back(frame.into());
        self.flush()
    }

    /// Sends as much as the system takes now.
    fn flush(&mut self) -> io::Result<()> {
        while !self.outbox.is_empty() {
            let mut slices = [IoSlice::new(&[]); PIECES];
            for (slice, piece) in slices.iter_mut().zip(&self.outbox) {
                *slice = IoSlice::new(piece);
            }
            let count = self.outbox.len().min(PIECES);
            match self
                .stream
                .write_vectored(slices.get(..count).unwrap_or_default())
            {
                Ok(written) => self.sent(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn sent(&mut self, mut written: usize) {
        while let Some(front) = self.outbox.front_mut() {
            if front.len() > written {
                return front.advance(written);
            }
            written -= front.len();
            self.outbox.pop_front();
        }
    }
}

/// Everything received in one turn of the loop.
#[derive(Debug, Default)]
struct Turn {
    bytes: Vec<u8>,
    /// The range of each member's frames.
    said: Vec<(Token, Range<usize>)>,
}

impl Turn {
    /// Takes all complete frames of `came` except for a name; returns the rest.
    fn take<'came>(
        &mut self,
        by: Token,
        has_name: &mut bool,
        mut came: &'came [u8],
    ) -> &'came [u8] {
        if !*has_name && next_text(&mut came).is_some() {
            *has_name = true;
        }
        let mut rest = came;
        while next_text(&mut rest).is_some() {}
        let frames = came.len() - rest.len();
        if *has_name && frames > 0 {
            let start = self.bytes.len();
            self.bytes
                .extend_from_slice(came.get(..frames).unwrap_or_default());
            self.said.push((by, start..self.bytes.len()));
            return rest;
        }
        came
    }

    fn finish(self) -> Turned {
        Turned {
            bytes: self.bytes.into(),
            said: self.said.into(),
        }
    }
}

/// The same, shared for forwarding and storing.
#[derive(Debug, Clone)]
struct Turned {
    bytes: Bytes,
    said: Arc<[(Token, Range<usize>)]>,
}

impl Turned {
    /// Everything except the frames of `member`.
    fn pieces(&self, member: Token, mut push: impl FnMut(Bytes)) {
        let mut start = 0;
        for (_, own) in self.said.iter().filter(|(by, _)| *by == member) {
            if start < own.start {
                push(self.bytes.slice(start..own.start));
            }
            start = own.end;
        }
        if start < self.bytes.len() {
            push(self.bytes.slice(start..));
        }
    }
}

/// Stores messages.
struct Store(Connection);

impl Store {
    fn open(folder: &Path) -> rusqlite::Result<Self> {
        let db = Connection::open(folder.join("relay.db"))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        db.execute_batch(
            "CREATE TABLE said (id INTEGER PRIMARY KEY, by INTEGER NOT NULL, text BLOB NOT NULL)",
        )?;
        Ok(Self(db))
    }

    /// Stores messages until the sender is gone.
    fn write(mut self, turns: &mpsc::Receiver<Turned>) -> rusqlite::Result<()> {
        while let Ok(first) = turns.recv() {
            let change = self.0.transaction()?;
            {
                let mut insert =
                    change.prepare_cached("INSERT INTO said (by, text) VALUES (?, ?)")?;
                let mut written = 0;
                let mut next = Some(first);
                while let Some(turn) = next {
                    for (by, range) in turn.said.iter() {
                        let mut frames = turn.bytes.get(range.clone()).unwrap_or_default();
                        while let Some(text) = next_text(&mut frames) {
                            insert.execute((by.0 as i64, text))?;
                            written += 1;
                        }
                    }
                    next = if written < BATCH {
                        turns.try_recv().ok()
                    } else {
                        None
                    };
                }
            }
            change.commit()?;
        }
        Ok(())
    }
}
