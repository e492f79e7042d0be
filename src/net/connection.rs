//! A TCP connection that speaks one dialect: frames in, frames out.

use super::line::Line;
use crate::wire::{Arrival, Codec, Dialect, Frame, WireError};
use bytes::{Buf as _, BytesMut};
use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

/// The size of a read: more than a whole text frame, because a read that fills the buffer must be
/// followed by another that finds nothing.
const READ_SIZE: usize = 2 * crate::wire::MAX_TEXT;

/// How long the parts of a first message may take to arrive.
const MESSAGE_TIME: Duration = Duration::from_secs(2);

/// The time limit of a close, including the wait for the peer's own.
const FAREWELL: Duration = Duration::from_millis(300);

/// Why no frame was received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The connection was lost.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The peer broke the rules of its dialect.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// Somebody on the way has changed or cut a private line. The peer is not to blame.
    #[error("{0}")]
    Line(WireError),
}

/// One end of a connection. It keeps partly received and partly sent frames, so every wait on it is
/// cancel safe.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    dialect: Dialect,
    codec: Box<dyn Codec>,
    line: Line,
    inbox: BytesMut,
    outbox: BytesMut,
    last_arrival: Instant,
    ended: bool,
    /// The error that ended the connection; `None` if the peer closed it.
    broken: Option<io::Error>,
}

impl Connection {
    /// A connection that speaks `dialect`. `received` holds the bytes already read from it.
    #[must_use]
    pub fn new(stream: TcpStream, dialect: Dialect, received: BytesMut) -> Self {
        Self::over(stream, Line::Plain, dialect, received)
    }

    /// A connection that speaks `dialect` over `line`. `received` holds the bytes of the dialect that
    /// have already arrived.
    #[must_use]
    pub fn over(stream: TcpStream, line: Line, dialect: Dialect, received: BytesMut) -> Self {
        Self {
            codec: codec_for(dialect, &stream),
            stream,
            dialect,
            line,
            inbox: received,
            outbox: BytesMut::new(),
            last_arrival: Instant::now(),
            ended: false,
            broken: None,
        }
    }

    /// The next frame; `None` when the peer has closed the connection after a whole one.
    ///
    /// Nothing is read while queued bytes wait to be sent, so a peer that does not read cannot make
    /// them pile up. Cancel safe.
    ///
    /// # Errors
    /// [`ReceiveError`]. The connection is of no more use.
    pub async fn receive(&mut self) -> Result<Option<Frame>, ReceiveError> {
        if !self.outbox.is_empty()
            && let Err(error) = self.flush().await
        {
            self.end(Some(error));
        }
        let mut arrival = match self.ended {
            true => Arrival::End,
            false => Arrival::Bytes,
        };
        self.open()?;
        loop {
            if !self.inbox.is_empty()
                && let Some(frame) = self.decode(arrival)?
            {
                return Ok(Some(frame));
            }
            if self.ended {
                return match self.broken.take() {
                    Some(error) => Err(error.into()),
                    None => self.line.end().map(|()| None).map_err(ReceiveError::Line),
                };
            }
            // A peer that does not read what its own frames are answered with is not read either.
            if !self.outbox.is_empty()
                && let Err(error) = self.flush().await
            {
                self.end(Some(error));
                continue;
            }
            let has_begun = !self.inbox.is_empty();
            let received = self.line.received(&mut self.inbox);
            received.reserve(READ_SIZE);
            let reading = self.stream.read_buf(received);
            let read = match self.codec.quiet() {
                Some(quiet) if arrival == Arrival::Bytes && has_begun => {
                    match timeout_at(self.last_arrival + quiet, reading).await {
                        Ok(read) => read,
                        Err(_) => {
                            arrival = Arrival::Quiet;
                            continue;
                        }
                    }
                }
                _ => reading.await,
            };
            if self.codec.quiet().is_some() {
                self.last_arrival = Instant::now();
            }
            match read {
                Ok(0) => self.end(None),
                // The bytes that arrived before it are still to be decoded.
                Err(error) => self.end(Some(error)),
                Ok(_) => self.open()?,
            }
            if self.line.is_closed() {
                self.end(None);
            }
            arrival = if self.ended {
                Arrival::End
            } else {
                Arrival::Bytes
            };
        }
    }

    /// Waits up to `first` for something to arrive, then until the peer pauses for `pause`, has sent
    /// more than any message, or has sent for 2 seconds. Returns what has arrived and is not decoded yet. Errors are left
    /// to [`receive`](Self::receive). Only for a plain line.
    pub(crate) async fn peek(&mut self, first: Duration, pause: Duration) -> &[u8] {
        let end = Instant::now() + first.max(MESSAGE_TIME);
        let mut limit = if self.inbox.is_empty() { first } else { pause };
        while self.inbox.len() <= READ_SIZE && !self.ended {
            let until = end.min(Instant::now() + limit);
            match timeout_at(until, self.stream.read_buf(&mut self.inbox)).await {
                Err(_) => break,
                Ok(Ok(0)) => self.end(None),
                Ok(Ok(_)) => limit = pause,
                Ok(Err(error)) => self.end(Some(error)),
            }
        }
        &self.inbox
    }

    /// Speaks another dialect, from the first byte that is not decoded yet.
    pub(crate) fn speak(&mut self, dialect: Dialect) {
        self.dialect = dialect;
        self.codec = codec_for(dialect, &self.stream);
    }

    /// Moves what has arrived over the line into the inbox.
    fn open(&mut self) -> Result<(), ReceiveError> {
        self.line.open(&mut self.inbox).map_err(ReceiveError::Line)
    }

    /// The next frame of the inbox. Answers what the dialect itself has to answer.
    fn decode(&mut self, arrival: Arrival) -> Result<Option<Frame>, WireError> {
        let decoded = self.codec.decode(&mut self.inbox, arrival);
        let reply = self.codec.take_reply();
        if !reply.is_empty() {
            self.outbox.unsplit(reply);
            // Bytes that do not fit are sent with the next wait; after an error, they may be lost.
            if let Ok(written) = self.stream.try_write(&self.outbox) {
                self.outbox.advance(written);
            }
        }
        match decoded {
            Err(WireError::Closed) => {
                self.end(None);
                self.inbox.clear();
                Ok(None)
            }
            decoded => decoded,
        }
    }

    /// Marks the receiving side as ended, and the sending side too if the connection is `broken`.
    fn end(&mut self, broken: Option<io::Error>) {
        self.ended = true;
        if broken.is_some() {
            self.outbox.clear();
        }
        self.broken = broken;
    }

    /// Sends `frame`: immediately as far as the socket accepts it, the rest with the next wait on
    /// [`receive`](Self::receive) or [`close`](Self::close).
    ///
    /// # Errors
    /// If the connection is lost.
    pub fn send(&mut self, frame: &Frame) -> io::Result<()> {
        self.queue(frame);
        while !self.outbox.is_empty() {
            match self.stream.try_write(&self.outbox) {
                Ok(written) => self.outbox.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.outbox.clear();
        Ok(())
    }

    /// Queues `frame` to be sent with the next one, or with the next wait on
    /// [`receive`](Self::receive).
    pub fn queue(&mut self, frame: &Frame) {
        let start = self.outbox.len();
        self.codec.encode(frame, &mut self.outbox);
        self.line.seal(&mut self.outbox, start);
    }

    async fn flush(&mut self) -> io::Result<()> {
        while !self.outbox.is_empty() {
            self.stream.write_buf(&mut self.outbox).await?;
        }
        Ok(())
    }

    /// Closes the connection after all queued bytes are sent. Bytes of the peer are read and
    /// dropped until it closes too: closing with unread bytes resets the connection and would
    /// discard what we sent. Takes at most 300 ms.
    pub async fn close(mut self) {
        self.dialect.put_close(&mut self.outbox);
        self.line.put_close(&mut self.outbox);
        let farewell = async {
            self.flush().await?;
            self.stream.shutdown().await?;
            let mut ignored = [0; 1024];
            while self.stream.read(&mut ignored).await? > 0 {}
            io::Result::Ok(())
        };
        // A peer that is gone or does not close gets no more time.
        let _ = timeout(FAREWELL, farewell).await;
    }
}

/// A codec for messages on this stream.
fn codec_for(dialect: Dialect, stream: &TcpStream) -> Box<dyn Codec> {
    let mut codec = dialect.codec();
    // Only messages that end in silence depend on it.
    if dialect == Dialect::Raw
        && let Some(segment) = segment_of(stream)
    {
        codec.set_segment(segment);
    }
    codec
}

/// The most bytes that one packet of this connection carries, where the system tells.
fn segment_of(stream: &TcpStream) -> Option<NonZeroUsize> {
    #[cfg(unix)]
    {
        let segment = socket2::SockRef::from(stream).tcp_mss().ok()?;
        NonZeroUsize::new(usize::try_from(segment).ok()?)
    }
    #[cfg(not(unix))]
    {
        let _ = stream;
        None
    }
}
