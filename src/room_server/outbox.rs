//! What waits to be sent over a connection.

use super::pieces::Pieces;
use super::queries::PendingQueries;
use crate::wire::{MAX_RECORD, RecordWriter};
use bytes::{Buf as _, Bytes, BytesMut};
use std::io;
use std::num::NonZeroUsize;
use tokio::net::TcpStream;

/// How many bytes are sealed before the system has taken them. The pieces that wait for several
/// members are held once; a record belongs to one connection.
const SEALED_AT_ONCE: usize = 2 * MAX_RECORD;

/// Everything that waits to be sent.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pieces: Pieces,
    /// The bytes of the pieces, and of the records that were made of others.
    bytes: usize,
    /// Whether the outbox was more than half full when it was last checked.
    is_behind: bool,
    pub(super) queries: PendingQueries,
    /// What seals the pieces for a private line.
    sealer: Option<Box<Sealer>>,
}

/// The sending end of a private line.
#[derive(Debug)]
struct Sealer {
    writer: RecordWriter,
    /// Records, of which the first may be partly sent.
    sealed: BytesMut,
    last: LastRecord,
}

/// The record by which the peer knows that nothing was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastRecord {
    Later,
    /// After the pieces that wait.
    Next,
    Sealed,
}

/// How full an outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueueFill {
    /// Neither of the others.
    Normal,
    /// More than half full, with this many bytes, and not so at the last check.
    Behind(usize),
    /// Over the limit.
    Over,
}

/// How much of an outbox the system has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flushed {
    All,
    /// The system takes no more now.
    Part,
}

impl Outbox {
    /// An outbox whose pieces are sealed before they are sent.
    pub(super) fn sealing(writer: RecordWriter) -> Self {
        let sealer = Sealer {
            writer,
            sealed: BytesMut::new(),
            last: LastRecord::Later,
        };
        Self {
            sealer: Some(Box::new(sealer)),
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, piece: Bytes) {
        self.bytes += piece.len();
        self.pieces.push(piece);
    }

    /// Ends a private line after everything that waits.
    pub(super) fn end(&mut self) {
        if let Some(sealer) = &mut self.sealer
            && sealer.last == LastRecord::Later
        {
            sealer.last = LastRecord::Next;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let is_sealed =
            |sealer: &Sealer| sealer.sealed.is_empty() && sealer.last != LastRecord::Next;
        self.pieces.is_empty() && self.sealer.as_deref().is_none_or(is_sealed)
    }

    /// Sends as much as the system takes without waiting.
    ///
    /// # Errors
    /// When the connection is broken.
    pub(super) fn flush(&mut self, stream: &TcpStream) -> io::Result<Flushed> {
        while !self.is_empty() {
            self.seal();
            let sent = match &mut self.sealer {
                Some(sealer) => sealer.send(stream),
                None => self.pieces.send(stream),
            };
            match sent {
                Ok(written) => self.bytes = self.bytes.saturating_sub(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(Flushed::Part);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Flushed::All)
    }

    /// Seals the next pieces for a private line, if all records are sent. Short pieces share a record.
    fn seal(&mut self) {
        let Some(sealer) = self.sealer.as_deref_mut() else {
            return;
        };
        if !sealer.sealed.is_empty() {
            return;
        }
        let mut gathered = BytesMut::new();
        while sealer.sealed.len() < SEALED_AT_ONCE && !self.pieces.is_empty() {
            let part = self.pieces.take(MAX_RECORD - gathered.len());
            self.bytes -= part.len();
            let is_last = self.pieces.is_empty();
            let is_full = gathered.len() + part.len() >= MAX_RECORD;
            // One piece alone needs no other copy.
            if gathered.is_empty() && (is_last || is_full) {
                sealer.writer.seal(&part, &mut sealer.sealed);
                continue;
            }
            gathered.extend_from_slice(&part);
            if is_last || is_full {
                sealer.writer.seal(&gathered, &mut sealer.sealed);
                gathered.clear();
            }
        }
        if self.pieces.is_empty() && sealer.last == LastRecord::Next {
            sealer.writer.close(&mut sealer.sealed);
            sealer.last = LastRecord::Sealed;
        }
        self.bytes += sealer.sealed.len();
    }

    /// How full the outbox is, compared with `limit`.
    pub(super) fn fill(&mut self, limit: Option<NonZeroUsize>) -> QueueFill {
        let Some(limit) = limit else {
            return QueueFill::Normal;
        };
        if self.bytes > limit.get() {
            return QueueFill::Over;
        }
        let is_behind = self.bytes > limit.get() / 2;
        let was_behind = std::mem::replace(&mut self.is_behind, is_behind);
        if is_behind && !was_behind {
            QueueFill::Behind(self.bytes)
        } else {
            QueueFill::Normal
        }
    }

    /// Whether there is space for the next portion of an answer.
    pub(super) fn has_space(&self, limit: Option<NonZeroUsize>) -> bool {
        limit.is_none_or(|limit| self.bytes <= limit.get() / 2)
    }

    /// Drops everything except for records and the piece that may be partly sent: a frame that was
    /// begun must be completed.
    pub(super) fn drop_pieces(&mut self) {
        self.pieces.keep_first();
        let sealed = self.sealer.as_ref().map_or(0, |it| it.sealed.len());
        self.bytes = sealed + self.pieces.size();
    }
}

impl Sealer {
    /// Sends records as far as the system takes them without waiting. Returns their length.
    fn send(&mut self, stream: &TcpStream) -> io::Result<usize> {
        let written = stream.try_write(&self.sealed)?;
        self.sealed.advance(written);
        if self.sealed.is_empty() {
            self.sealed = BytesMut::new();
        }
        Ok(written)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test should stop where it fails")]
mod tests {
    use super::{Flushed, Outbox, QueueFill};
    use crate::wire::{
        ClientOpening, MAX_PRIVATE, PrivateLine, RecordReader, SecretChoice, ServerOpening,
        take_frame,
    };
    use bytes::{Bytes, BytesMut};
    use getrandom::SysRng;
    use getrandom::rand_core::UnwrapErr;
    use std::num::NonZeroUsize;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::{TcpListener, TcpStream};

    fn run<F: Future>(test: F) -> F::Output {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(test)
    }

    /// The two ends of a line.
    fn ends() -> (PrivateLine, PrivateLine) {
        let payload = |mut frame| take_frame(&mut frame, MAX_PRIVATE).unwrap().unwrap();
        let mut rng = UnwrapErr(SysRng);
        let (client, open) = ClientOpening::new(&[], &mut rng);
        let server = ServerOpening::read(&payload(open)).unwrap();
        let (server, offer) = server.offer(SecretChoice::Code, b"x", &mut rng).unwrap();
        let client = client.read(&payload(offer)).unwrap();
        let (client, answer) = client.answer(b"x", &mut rng).unwrap();
        let (server, confirmation) = server.confirm(&payload(answer)).unwrap();
        let client = client.confirm(&payload(confirmation)).unwrap();
        (client.line, server.line)
    }

    async fn sockets() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap());
        let (near, far) = tokio::join!(near, listener.accept());
        let near = near.unwrap();
        near.writable().await.unwrap();
        (near, far.unwrap().0)
    }

    /// Opens what arrives until the line has ended.
    async fn heard(far: &mut TcpStream, mut reader: RecordReader) -> BytesMut {
        let mut inbox = BytesMut::new();
        while !reader.is_closed() {
            assert!(far.read_buf(reader.received()).await.unwrap() > 0);
            reader.open(&mut inbox).unwrap();
        }
        inbox
    }

    #[test]
    fn pieces_of_any_length_arrive_in_order_and_leave_no_buffer() {
        run(async {
            let (near, mut far) = sockets().await;
            let (client, server) = ends();
            let mut outbox = Outbox::sealing(server.writer);
            let mut expected = BytesMut::new();
            for (length, letter) in [10, 20, 40_000, 5, 16_384, 1, 16_383]
                .into_iter()
                .zip(b'a'..)
            {
                let piece = vec![letter; length];
                expected.extend_from_slice(&piece);
                outbox.push(piece.into());
            }
            outbox.end();
            assert!(!outbox.is_empty());
            let sending = async {
                while outbox.flush(&near).unwrap() == Flushed::Part {
                    near.writable().await.unwrap();
                }
            };
            let ((), heard) = tokio::join!(sending, heard(&mut far, client.reader));
            assert_eq!(heard, expected);
            assert!(outbox.is_empty());
            assert_eq!(outbox.bytes, 0);
            let sealer = outbox.sealer.unwrap();
            assert_eq!(sealer.sealed.capacity(), 0);
        });
    }

    #[test]
    fn short_pieces_share_a_record() {
        run(async {
            let (near, mut far) = sockets().await;
            let (_, server) = ends();
            let mut outbox = Outbox::sealing(server.writer);
            (0..100).for_each(|_| outbox.push(Bytes::from_static(b"0123456789")));
            assert_eq!(outbox.flush(&near).unwrap(), Flushed::All);
            drop(near);
            let mut sent = Vec::new();
            far.read_to_end(&mut sent).await.unwrap();
            assert_eq!(sent.len(), 4 + 1_000 + 16);
        });
    }

    #[test]
    fn an_overflow_keeps_what_was_begun() {
        run(async {
            let (near, mut far) = sockets().await;
            let (client, server) = ends();
            let mut outbox = Outbox::sealing(server.writer);
            let limit = NonZeroUsize::new(8 * 1_024 * 1_024);
            // More than the system takes without a reader.
            let piece = Bytes::from(vec![b'x'; 100_000]);
            while outbox.fill(limit) != QueueFill::Over {
                outbox.push(piece.clone());
                outbox.flush(&near).unwrap();
            }
            outbox.drop_pieces();
            outbox.push(Bytes::from_static(b"the end"));
            outbox.end();
            let sending = async {
                while outbox.flush(&near).unwrap() == Flushed::Part {
                    near.writable().await.unwrap();
                }
            };
            let ((), heard) = tokio::join!(sending, heard(&mut far, client.reader));
            let (pieces, end) = heard.split_at(heard.len() - 7);
            assert_eq!(end, b"the end");
            assert_eq!(pieces.len() % piece.len(), 0, "{}", pieces.len());
            assert!(pieces.iter().all(|byte| *byte == b'x'));
        });
    }
}
