//! Many members in one thread. They speak the framed dialect.

use crate::message::{Stamp, next_text, put_text};
use crate::trials::Faults;
use anyhow::{Context as _, bail};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Members that send.
pub(crate) const SENDERS: usize = 10;

/// Bytes of one read.
const READ_SIZE: usize = 256 * 1024;

/// Members that join together, so that their joins share deliveries, and how long they read before
/// the next ones join.
const GROUP: usize = 100;
const BETWEEN: Duration = Duration::from_millis(5);

/// Time limit for all joins.
const PATIENCE: Duration = Duration::from_secs(120);

/// Interval between test messages until all have joined.
const CALL: Duration = Duration::from_millis(100);

/// Silence after which nothing more is expected.
const SILENCE: Duration = Duration::from_millis(300);

/// All members of a room.
pub(crate) struct Crowd {
    poll: Poll,
    events: Events,
    members: Vec<Member>,
    /// Read buffer.
    scratch: Vec<u8>,
    /// The time from which stamps count.
    began: Instant,
    pub(crate) seen: Seen,
}

struct Member {
    stream: TcpStream,
    /// An incomplete frame.
    inbox: Vec<u8>,
    outbox: Vec<u8>,
    /// Messages sent.
    sent: u32,
}

/// Everything that all members received.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) deliveries: u64,
    /// Deliveries of each sender's messages.
    of: [u64; SENDERS],
    /// For each member and sender, the next expected number.
    next: Vec<[u32; SENDERS]>,
    late: u64,
    /// Delay of each message in nanoseconds, if wanted.
    pub(crate) delays: Option<Vec<f64>>,
    last: Option<Instant>,
}

impl Seen {
    fn take(&mut self, member: usize, text: &[u8], now: u64) {
        let Some(stamp) = Stamp::read(text) else {
            return;
        };
        let next = self.next.get_mut(member);
        let (Some(next), Some(of)) = (
            next.and_then(|it| it.get_mut(stamp.sender)),
            self.of.get_mut(stamp.sender),
        ) else {
            return;
        };
        *of += 1;
        self.deliveries += 1;
        if stamp.number < *next {
            self.late += 1;
            return;
        }
        *next = stamp.number + 1;
        if let Some(delays) = &mut self.delays {
            delays.push(now.saturating_sub(stamp.at) as f64);
        }
    }
}

impl Crowd {
    /// Connects this many members, and waits until each receives a message from another.
    pub(crate) fn join(server: SocketAddr, size: usize) -> anyhow::Result<Self> {
        let mut crowd = Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1_024),
            members: Vec::new(),
            scratch: vec![0; READ_SIZE],
            began: Instant::now(),
            seen: Seen {
                next: vec![[0; SENDERS]; size],
                ..Seen::default()
            },
        };
        for number in 0..size {
            crowd.connect(server, number)?;
            if (number + 1) % GROUP == 0 || number + 1 == size {
                let group = crowd.members.len() - 1 - number % GROUP;
                for member in crowd.members.iter_mut().skip(group) {
                    member.flush()?;
                }
                crowd.listen(BETWEEN)?;
            }
        }
        crowd.call_all()?;
        Ok(crowd)
    }

    fn connect(&mut self, server: SocketAddr, number: usize) -> anyhow::Result<()> {
        let stream = std::net::TcpStream::connect(server)?;
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let mut stream = TcpStream::from_std(stream);
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registry = self.poll.registry();
        registry.register(&mut stream, Token(number), interest)?;
        let mut outbox = Vec::new();
        put_text(&format!("m{number}"), &mut outbox);
        self.members.push(Member {
            stream,
            inbox: Vec::new(),
            outbox,
            sent: 0,
        });
        Ok(())
    }

    /// Has two members send messages until everybody receives them. These do not count.
    fn call_all(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        let is_in = |(number, next): (usize, &[u32; SENDERS])| match (number, next) {
            (0, [_, of_second, ..]) => *of_second > 0,
            (_, [of_first, ..]) => *of_first > 0,
        };
        while !self.seen.next.iter().enumerate().all(is_in) {
            if begun.elapsed() > PATIENCE {
                bail!("some members never joined");
            }
            self.say(0)?;
            self.say(1)?;
            self.listen(CALL)?;
        }
        self.settle(SILENCE)?;
        let sent: Vec<u32> = self.senders().map(|it| it.sent).collect();
        for next in &mut self.seen.next {
            next.copy_from_slice(&sent);
        }
        self.seen = Seen {
            next: std::mem::take(&mut self.seen.next),
            of: std::array::from_fn(|sender| self.due(sender)),
            ..Seen::default()
        };
        Ok(())
    }

    fn senders(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().take(SENDERS)
    }

    /// Deliveries due for a sender's messages.
    fn due(&self, sender: usize) -> u64 {
        let sent = self.members.get(sender).map_or(0, |it| it.sent);
        u64::from(sent) * (self.members.len() as u64 - 1)
    }

    /// Deliveries of this sender's messages that are under way.
    pub(crate) fn under_way(&self, sender: usize) -> u64 {
        let came = self.seen.of.get(sender).copied().unwrap_or_default();
        self.due(sender).saturating_sub(came)
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
        Stamp { sender, number, at }.put(&mut member.outbox);
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
        let due: u64 = (0..senders).map(|sender| self.due(sender)).sum();
        let came: u64 = self.seen.of.iter().sum();
        Faults {
            missing: (due + self.seen.late).saturating_sub(came),
            late: self.seen.late,
        }
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
                member.read(&mut self.scratch, |text| self.seen.take(number, text, now))?;
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

    fn read(&mut self, scratch: &mut [u8], mut take: impl FnMut(&[u8])) -> anyhow::Result<()> {
        loop {
            let length = match self.stream.read(scratch) {
                Ok(0) => bail!("the server has closed a connection"),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
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
            while let Some(text) = next_text(&mut rest) {
                take(text);
            }
            self.inbox.extend_from_slice(rest);
            if length < scratch.len() {
                return Ok(());
            }
        }
    }
}
