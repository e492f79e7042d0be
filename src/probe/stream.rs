//! One connection to the examined program: what is read has a budget, every wait an end.

use super::framing::{Framing, Taken};
use super::verdict::{Excerpt, quoted};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// The most bytes that the probe reads from one connection.
const BUDGET: usize = 256 * 1_024;

/// How long nothing may come before raw bytes are a whole message.
const RAW_QUIET: Duration = Duration::from_millis(80);

/// How much later than its first byte, which may come at the last moment, a raw message may end.
const LAST_BYTES: Duration = Duration::from_millis(500);

/// How long one write may take: a program that does not read blocks it.
const WRITE: Duration = Duration::from_secs(2);

/// How long the program may take to close after the probe has closed its side.
const HANG_UP: Duration = Duration::from_millis(500);

/// What the program sent, or how the connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// A message.
    Text(String),
    /// Nothing within this time.
    Nothing(Duration),
    /// The beginning of a message, and nothing more within the time.
    Part(Excerpt),
    /// Bytes that begin no message, and what is wrong with them.
    Broken(String, Excerpt),
    /// More bytes than anybody reads.
    Flood,
    /// The end of the stream (FIN).
    Closed,
    /// A reset (RST), or another error of the connection.
    Reset,
}

impl Reply {
    /// The reply as a sentence of a report, without a full stop.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Nothing(limit) => {
                format!("your program did not answer within {}", seconds(*limit))
            }
            Self::Part(excerpt) => {
                format!(
                    "only part of a message: {} ({})",
                    excerpt.short, excerpt.text
                )
            }
            Self::Broken(problem, excerpt) => format!("{problem}: {}", excerpt.short),
            Self::Flood => "your program sent more than 256 KiB".to_owned(),
            Self::Closed => "your program closed the connection".to_owned(),
            Self::Reset => "the connection was reset".to_owned(),
        }
    }

    /// Whether the program has ended the connection.
    pub(super) fn has_left(&self) -> bool {
        match self {
            Self::Closed | Self::Reset => true,
            Self::Text(_) | Self::Nothing(_) | Self::Part(_) => false,
            Self::Flood | Self::Broken(..) => false,
        }
    }

    /// Whether no more can come.
    pub(super) fn is_end(&self) -> bool {
        match self {
            Self::Closed | Self::Reset | Self::Flood | Self::Broken(..) => true,
            Self::Text(_) | Self::Nothing(_) | Self::Part(_) => false,
        }
    }
}

/// A time as people say it: `5 s`, `0.3 s`.
pub(super) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if time.subsec_millis() == 0 {
        format!("{seconds:.0} s")
    } else {
        format!("{seconds:.1} s")
    }
}

/// A connection, and what has come over it.
#[derive(Debug)]
pub(super) struct PeerStream {
    stream: TcpStream,
    inbox: Vec<u8>,
    /// How many bytes may still be read.
    budget: usize,
    ended: Option<Reply>,
}

impl PeerStream {
    pub(super) fn new(stream: TcpStream) -> Self {
        // Without it, the pieces of a message would be sent together.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            inbox: Vec::new(),
            budget: BUDGET,
            ended: None,
        }
    }

    /// Sends these bytes with one write. A failure shows in the next reply.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        let _ = timeout_at(Instant::now() + WRITE, self.stream.write_all(bytes)).await;
    }

    /// Closes this direction: the program reads the end of the stream.
    pub(super) async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Closes with a reset, which loses what is on the way.
    pub(super) fn reset(self) {
        let socket = socket2::SockRef::from(&self.stream);
        let _ = socket.set_linger(Some(Duration::ZERO));
    }

    /// Closes, and lets the program read the end before the next connection.
    pub(super) async fn hang_up(mut self) {
        self.finish().await;
        let end = Instant::now() + HANG_UP;
        while self.fill(end).await {
            self.inbox.clear();
        }
    }

    /// The next message in this framing, until `end`, at which `limit` has passed.
    pub(super) async fn reply(&mut self, framing: Framing, end: Instant, limit: Duration) -> Reply {
        loop {
            let is_whole = match framing {
                // Silence ends it.
                Framing::Raw => false,
                Framing::Lines | Framing::Sized(..) => true,
            };
            if is_whole || self.ended.is_some() {
                match framing.take(&mut self.inbox) {
                    Taken::Message(text) => return Reply::Text(text),
                    Taken::Broken(problem) => {
                        let excerpt = Excerpt::of(&self.inbox);
                        let broken = Reply::Broken(problem, excerpt);
                        self.inbox.clear();
                        self.ended = Some(broken.clone());
                        return broken;
                    }
                    Taken::Incomplete => {}
                }
            }
            if let Some(ended) = &self.ended {
                return ended.clone();
            }
            let until = match framing {
                // A program that sends a byte now and then does not hold the probe up.
                Framing::Raw if !self.inbox.is_empty() => {
                    (Instant::now() + RAW_QUIET).min(end + LAST_BYTES)
                }
                _ => end,
            };
            if !self.fill(until).await && self.ended.is_none() {
                if framing == Framing::Raw
                    && let Taken::Message(text) = framing.take(&mut self.inbox)
                {
                    return Reply::Text(text);
                }
                return match self.inbox.is_empty() {
                    true => Reply::Nothing(limit),
                    false => Reply::Part(Excerpt::of(&std::mem::take(&mut self.inbox))),
                };
            }
        }
    }

    /// Whether the connection is still open after this time.
    pub(super) async fn lives(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        while self.fill(end).await {}
        self.ended.is_none()
    }

    /// Everything that comes until nothing more does for a moment; empty if nothing comes until
    /// `end`, or the end of the connection does.
    pub(super) async fn burst(&mut self, end: Instant) -> Vec<u8> {
        if self.inbox.is_empty() && !self.fill(end).await {
            return Vec::new();
        }
        while self
            .fill((Instant::now() + RAW_QUIET).min(end + LAST_BYTES))
            .await
        {}
        self.inbox.clone()
    }

    /// Puts the bytes of a burst back, as they are in the inbox already, or drops them.
    pub(super) fn drop_inbox(&mut self) {
        self.inbox.clear();
    }

    /// How the connection has ended, if it has.
    pub(super) fn ended(&self) -> Option<&Reply> {
        self.ended.as_ref()
    }

    /// Waits for more bytes; `false` at `end` or if no more come.
    async fn fill(&mut self, end: Instant) -> bool {
        if self.ended.is_some() {
            return false;
        }
        let mut buffer = [0; 4_096];
        match timeout_at(end, self.stream.read(&mut buffer)).await {
            Err(_) => false,
            Ok(Ok(0)) => {
                self.ended = Some(Reply::Closed);
                false
            }
            Ok(Ok(length)) => {
                self.inbox
                    .extend_from_slice(buffer.get(..length).unwrap_or_default());
                self.budget = self.budget.saturating_sub(length);
                if self.budget == 0 {
                    self.inbox.clear();
                    self.ended = Some(Reply::Flood);
                    return false;
                }
                true
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => true,
            Ok(Err(_)) => {
                self.ended = Some(Reply::Reset);
                false
            }
        }
    }
}
