//! Many members in one thread.

use crate::dialect::{Dialect, Heard};
use crate::message::Stamp;
use crate::seen::{Faults, SENDERS, Seen};
use crate::server::Server;
use anyhow::{Context as _, bail};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of one read.
const READ_SIZE: usize = 256 * 1024;

/// Time limit for all joins.
const PATIENCE: Duration = Duration::from_secs(600);

/// Pause before members that join read again. Each join may be told to everybody: what has gathered
/// in the meantime costs one read for each member, and the server gets most of the processor.
const PAUSE: Duration = Duration::from_millis(2);

/// Silence after which nothing more is expected.
const SILENCE: Duration = Duration::from_millis(300);

/// All members of a server.
pub(crate) struct Crowd {
    poll: Poll,
    events: Events,
    dialect: Dialect,
    members: Vec<Member>,
    /// Read buffer.
    scratch: Vec<u8>,
    /// The time from which stamps count.
    began: Instant,
    pub(crate) seen: Seen,
}

struct Member {
    stream: TcpStream,
    /// An incomplete frame or line.
    inbox: Vec<u8>,
    outbox: Vec<u8>,
    /// Messages sent.
    sent: u32,
}

impl Crowd {
    /// Connects this many members, and waits until the server has told everybody of the last join.
    pub(crate) fn join(server: &Server, size: usize) -> anyhow::Result<Self> {
        let (mut crowd, _) = Self::join_timed(server, size)?;
        crowd.settle(SILENCE)?;
        Ok(crowd)
    }

    /// Connects this many members. Returns the time until the server has welcomed each, and each has
    /// then received the same message.
    pub(crate) fn join_timed(server: &Server, size: usize) -> anyhow::Result<(Self, Duration)> {
        let mut crowd = Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1_024),
            dialect: server.kind.dialect(),
            members: Vec::with_capacity(size),
            scratch: vec![0; READ_SIZE],
            began: Instant::now(),
            seen: Seen::by(size),
        };
        let most = crowd.dialect.most_joining();
        while crowd.seen.welcomed < size {
            let joining = crowd.members.len() - crowd.seen.welcomed;
            if joining * 2 <= most {
                crowd.connect(
                    server.address,
                    (most - joining).min(size - crowd.members.len()),
                )?;
            }
            thread::sleep(PAUSE);
            crowd.turn_before(PATIENCE)?;
        }
        crowd.say(0)?;
        while crowd.under_way(0) > 0 {
            crowd.turn_before(PATIENCE)?;
        }
        let time = crowd.began.elapsed();
        Ok((crowd, time))
    }

    /// Connects more members. They say their names together, so that the server can tell everybody of
    /// all of them at once.
    fn connect(&mut self, server: SocketAddr, count: usize) -> anyhow::Result<()> {
        let first = self.members.len();
        for number in first..first + count {
            let stream = std::net::TcpStream::connect(server)?;
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            let mut stream = TcpStream::from_std(stream);
            let interest = Interest::READABLE | Interest::WRITABLE;
            let registry = self.poll.registry();
            registry.register(&mut stream, Token(number), interest)?;
            let mut outbox = Vec::new();
            self.dialect.put_name(&format!("m{number}"), &mut outbox);
            self.members.push(Member {
                stream,
                inbox: Vec::new(),
                outbox,
                sent: 0,
            });
        }
        for member in self.members.iter_mut().skip(first) {
            member.flush()?;
        }
        Ok(())
    }

    /// Deliveries due for a sender's messages.
    fn due(&self, sender: usize) -> u64 {
        let sent = self.members.get(sender).map_or(0, |it| it.sent);
        u64::from(sent) * self.others()
    }

    /// Deliveries of this sender's messages that are under way.
    pub(crate) fn under_way(&self, sender: usize) -> u64 {
        self.due(sender).saturating_sub(self.seen.of(sender))
    }

    /// Receivers of each message.
    pub(crate) fn others(&self) -> u64 {
        self.members.len() as u64 - 1
    }

    /// Adds a message to this sender's next flush.
    pub(crate) fn add(&mut self, sender: usize) -> anyhow::Result<()> {
        let at = self.now();
        let member = self.members.get_mut(sender).context("no such member")?;
        let number = member.sent;
        member.sent += 1;
        let text = Stamp { sender, number, at }.text();
        self.dialect.put_message(&text, &mut member.outbox);
        Ok(())
    }

    pub(crate) fn flush(&mut self, sender: usize) -> io::Result<()> {
        self.members.get_mut(sender).map_or(Ok(()), Member::flush)
    }

    /// Sends a message now.
    pub(crate) fn say(&mut self, sender: usize) -> anyhow::Result<()> {
        self.add(sender)?;
        Ok(self.flush(sender)?)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Reads for this long.
    pub(crate) fn listen(&mut self, time: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            self.turn(Some(left))?;
        }
    }

    /// Reads until nothing arrives for this long.
    pub(crate) fn settle(&mut self, silence: Duration) -> anyhow::Result<()> {
        self.seen.last = Some(Instant::now());
        while self.seen.last.is_some_and(|last| last.elapsed() < silence) {
            self.turn(Some(silence))?;
        }
        Ok(())
    }

    /// Missing and misplaced deliveries, once everything has had time to arrive.
    pub(crate) fn faults(&self) -> Faults {
        let senders = self.members.len().min(SENDERS);
        let due = (0..senders).map(|sender| self.due(sender)).sum();
        self.seen.faults(due)
    }

    /// One turn, unless the crowd is older than this.
    fn turn_before(&mut self, limit: Duration) -> anyhow::Result<()> {
        if self.began.elapsed() > limit {
            bail!("not every member has joined within {} s", limit.as_secs());
        }
        self.turn(Some(SILENCE))
    }

    /// Waits until a socket is ready, then reads, and sends what is pending.
    pub(crate) fn turn(&mut self, wait: Option<Duration>) -> anyhow::Result<()> {
        match self.poll.poll(&mut self.events, wait) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            polled => polled?,
        }
        for event in &self.events {
            let Token(number) = event.token();
            let Some(member) = self.members.get_mut(number) else {
                continue;
            };
            if event.is_writable() {
                member.flush()?;
            }
            if event.is_readable() {
                self.seen.last = Some(Instant::now());
                let now = self.began.elapsed().as_nanos() as u64;
                member.read(self.dialect, &mut self.scratch, |heard| {
                    self.seen.take(number, heard, now);
                })?;
            }
        }
        Ok(())
    }
}

impl Member {
    fn flush(&mut self) -> io::Result<()> {
        while !self.outbox.is_empty() {
            match self.stream.write(&self.outbox) {
                Ok(written) => drop(self.outbox.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads what has arrived, and answers where the server expects it.
    fn read(
        &mut self,
        dialect: Dialect,
        scratch: &mut [u8],
        mut take: impl FnMut(Heard<'_>),
    ) -> anyhow::Result<()> {
        loop {
            let length = match self.stream.read(scratch) {
                Ok(0) => bail!("the server has closed a connection"),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            };
            let came = scratch.get(..length).unwrap_or_default();
            let joined;
            let mut rest = if self.inbox.is_empty() {
                came
            } else {
                self.inbox.extend_from_slice(came);
                joined = std::mem::take(&mut self.inbox);
                &joined
            };
            while let Some(heard) = dialect.next(&mut rest) {
                heard.put_answer(&mut self.outbox);
                take(heard);
            }
            self.inbox.extend_from_slice(rest);
            if length < scratch.len() {
                break;
            }
        }
        Ok(self.flush()?)
    }
}
