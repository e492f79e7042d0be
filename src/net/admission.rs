//! Admission: what a server learns about a new connection before its own rules apply.
//!
//! 1. [`identify`] reads the first bytes and recognizes the dialect, or a program of another
//!    protocol.
//! 2. For a `tictalk` client, [`Greeting::hello`] reads its hello.
//! 3. If the client resumes a session or returns to a room, [`Greeting::challenge`] proves that this
//!    server knows the ticket, and verifies the client's proof.
//!
//! Nothing here has a timeout except [`QUIET`]: the server sets the limit for all steps together.

use super::line::{Line, LineKind};
use super::random::new_nonce;
use crate::wire::{
    Abilities, Arrival, Codec, Control, Dialect, Entrance, Exchange, Frame, HANDSHAKE_VERSION,
    Handle, HostSecret, Name, Nonce, Opener, PageRole, PrivateLine, Prover, Resume, Sees, Ticket,
    WireError,
};
use bytes::BytesMut;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

/// How long a raw peer may pause within its first line before the line counts as complete.
const QUIET: Duration = Duration::from_millis(30);

/// How many bytes without a meaning, such as pings, a client may send before its greeting is
/// complete. Programs send none.
const MOST_DROPPED: usize = 4_096;

/// How long to wait before the next attempt when the system cannot accept another connection.
pub(crate) const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Why a connection is not admitted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdmissionError {
    /// The peer closed the connection.
    #[error("it closed the connection")]
    Left,
    /// The connection was lost.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The peer violated its dialect.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The client's first frame is not a hello.
    #[error("it did not start with a greeting")]
    NoGreeting,
    /// The client speaks this other version.
    #[error("it speaks another version of tictalk")]
    Version(u32),
    /// The client's proof is wrong or missing.
    #[error("it could not prove that it is the client it claims to be")]
    Unproved,
}

/// A client's hello, in this version of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hello {
    /// The name of the person.
    pub(crate) name: Option<Name>,
    /// The session to resume.
    pub(crate) resume: Option<Resume>,
    /// The nonce for the server's proof.
    pub(crate) nonce: Option<Nonce>,
    /// How the client enters a room.
    pub(crate) room: Option<Entrance>,
    /// A session that the client could resume instead.
    pub(crate) unfinished: Option<Handle>,
    /// What the client's program can do.
    pub(crate) can: Abilities,
    /// What a room sends the client as data.
    pub(crate) sees: Sees,
    /// The page that the client shows, unless it is that of a member.
    pub(crate) role: Option<PageRole>,
    /// The secret of the host's page.
    pub(crate) secret: Option<HostSecret>,
}

/// Reads the first bytes of a connection until they tell the peer. Returns them with the peer.
///
/// # Errors
/// [`AdmissionError::Left`] or [`AdmissionError::Io`].
pub(crate) async fn identify<S: AsyncRead + Unpin>(
    stream: &mut S,
) -> Result<(Opener, BytesMut), AdmissionError> {
    let mut received = BytesMut::new();
    let mut arrival = Arrival::Quiet;
    loop {
        let reading = stream.read_buf(&mut received);
        let read = match arrival {
            // A raw message may have no line ending.
            Arrival::Bytes => timeout(QUIET, reading).await.ok(),
            Arrival::Quiet => Some(reading.await),
            Arrival::End => return Err(AdmissionError::Left),
        };
        arrival = match read {
            None => Arrival::Quiet,
            Some(read) => match read? {
                0 => Arrival::End,
                _ => Arrival::Bytes,
            },
        };
        if let Some(opener) = Opener::of_first_bytes(&received, arrival) {
            return Ok((opener, received));
        }
    }
}

/// The greeting of a client whose dialect has control messages, on the side of the server.
#[derive(Debug)]
pub(crate) struct Greeting<'a, S> {
    stream: &'a mut S,
    dialect: Dialect,
    codec: Box<dyn Codec>,
    line: Line,
    inbox: BytesMut,
    /// How many bytes have arrived that belong to no message.
    dropped: usize,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Greeting<'a, S> {
    /// A greeting in `dialect` on `stream`, of which `received` was read already.
    pub(crate) fn new(stream: &'a mut S, dialect: Dialect, received: BytesMut) -> Self {
        Self {
            stream,
            dialect,
            codec: dialect.codec(),
            line: Line::Plain,
            inbox: received,
            dropped: 0,
        }
    }

    /// A greeting over a private line on `stream`.
    pub(crate) fn private(stream: &'a mut S, line: PrivateLine) -> Self {
        Self {
            line: line.into(),
            ..Self::new(stream, Dialect::Tictalk, BytesMut::new())
        }
    }

    /// The line, and the bytes that arrived over it after the greeting.
    #[must_use]
    pub(crate) fn into_parts(self) -> (Line, BytesMut) {
        (self.line, self.inbox)
    }

    /// Whether the line is private.
    #[must_use]
    pub(crate) fn line(&self) -> LineKind {
        self.line.kind()
    }

    /// Reads the client's hello.
    ///
    /// # Errors
    /// [`AdmissionError`].
    pub(crate) async fn hello(&mut self) -> Result<Hello, AdmissionError> {
        match self.receive().await? {
            Frame::Control(Control::Hello { version, .. }) if version != HANDSHAKE_VERSION => {
                Err(AdmissionError::Version(version))
            }
            Frame::Control(Control::Hello {
                version: _,
                name,
                resume,
                nonce,
                room,
                unfinished,
                can,
                sees,
                role,
                secret,
            }) => Ok(Hello {
                name,
                resume,
                nonce,
                room,
                unfinished,
                can,
                sees,
                role,
                secret,
            }),
            Frame::Control(_) | Frame::Text(_) => {
                self.close().await?;
                Err(AdmissionError::NoGreeting)
            }
        }
    }

    /// Sends the last bytes of the dialect.
    async fn close(&mut self) -> io::Result<()> {
        let mut end = BytesMut::new();
        self.dialect.put_close(&mut end);
        self.line.put_close(&mut end);
        self.stream.write_all(&end).await
    }

    /// Proves to the client that this server knows `ticket`, and verifies that the client does.
    /// `client` is the nonce of its hello.
    ///
    /// # Errors
    /// [`AdmissionError`].
    pub(crate) async fn challenge(
        &mut self,
        ticket: Ticket,
        client: Nonce,
    ) -> Result<(), AdmissionError> {
        let exchange = Exchange {
            ticket,
            client,
            server: new_nonce()?,
        };
        let challenge = Frame::Control(Control::Challenge {
            nonce: exchange.server,
            proof: exchange.proof(Prover::Server),
        });
        let mut bytes = BytesMut::new();
        self.codec.encode(&challenge, &mut bytes);
        self.line.seal(&mut bytes, 0);
        self.stream.write_all(&bytes).await?;
        match self.receive().await? {
            Frame::Control(Control::Proof { proof })
                if exchange.accepts(&proof, Prover::Client) =>
            {
                Ok(())
            }
            Frame::Control(_) | Frame::Text(_) => Err(AdmissionError::Unproved),
        }
    }

    async fn receive(&mut self) -> Result<Frame, AdmissionError> {
        let mut arrival = Arrival::Bytes;
        loop {
            self.line.open(&mut self.inbox)?;
            let decoded = self.codec.decode(&mut self.inbox, arrival);
            let reply = self.codec.take_reply();
            if !reply.is_empty() {
                self.stream.write_all(&reply).await?;
            }
            self.dropped += self.codec.take_dropped();
            if self.dropped > MOST_DROPPED {
                self.close().await?;
                return Err(AdmissionError::NoGreeting);
            }
            match decoded {
                Err(WireError::Closed) => return Err(AdmissionError::Left),
                Err(error) => return Err(error.into()),
                Ok(Some(frame)) => return Ok(frame),
                // A frame that was cut short is an error.
                Ok(None) if arrival == Arrival::End => return Err(AdmissionError::Left),
                Ok(None) => {}
            }
            let received = self.line.received(&mut self.inbox);
            if self.stream.read_buf(received).await? == 0 {
                arrival = Arrival::End;
            }
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop there and say where"
)]
mod tests {
    use super::{AdmissionError, Greeting, identify};
    use crate::wire::{
        Abilities, Arrival, Control, Dialect, Exchange, Frame, HANDSHAKE_VERSION, Nonce, Opener,
        Prover, Sees, Stranger, Ticket,
    };
    use bytes::BytesMut;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    fn run<F: Future>(test: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(test)
    }

    fn hello(version: u32) -> Control {
        Control::Hello {
            version,
            name: None,
            resume: None,
            nonce: Some(Nonce::new([1; 16])),
            room: None,
            unfinished: None,
            can: Abilities::default(),
            sees: Sees::default(),
            role: None,
            secret: None,
        }
    }

    async fn send(stream: &mut DuplexStream, control: Control) {
        let mut bytes = BytesMut::new();
        let frame = Frame::Control(control);
        Dialect::Tictalk.codec().encode(&frame, &mut bytes);
        stream.write_all(&bytes).await.unwrap();
    }

    #[test]
    fn the_first_bytes_tell_the_peer_however_they_are_cut() {
        run(async {
            for (bytes, expected) in [
                (&b"\x01\0\0\x02{}"[..], Opener::Dialect(Dialect::Tictalk)),
                (b"\0\0\0\x02hi", Opener::Dialect(Dialect::Framed)),
                (b"Hello", Opener::Dialect(Dialect::Raw)),
                (b"GET / HTTP/1.1\r\n", Opener::Stranger(Stranger::Http)),
            ] {
                for cut in 1..bytes.len() {
                    let (mut near, mut far) = duplex(64);
                    let (first, rest) = bytes.split_at(cut);
                    far.write_all(first).await.unwrap();
                    let identified = identify(&mut near);
                    let sent = async {
                        tokio::task::yield_now().await;
                        far.write_all(rest).await.unwrap();
                    };
                    let (identified, ()) = tokio::join!(identified, sent);
                    let (opener, received) = identified.unwrap();
                    assert_eq!(opener, expected, "{bytes:?} at {cut}");
                    assert!(bytes.starts_with(&received));
                }
            }
        });
    }

    #[test]
    fn a_peer_that_leaves_is_told_from_one_that_pauses() {
        run(async {
            let (mut near, far) = duplex(64);
            drop(far);
            let left = identify(&mut near).await;
            assert!(matches!(left, Err(AdmissionError::Left)), "{left:?}");
            let (mut near, mut far) = duplex(64);
            far.write_all(b"GET well soon").await.unwrap();
            let (opener, _) = identify(&mut near).await.unwrap();
            assert_eq!(opener, Opener::Dialect(Dialect::Raw));
        });
    }

    #[test]
    fn only_a_hello_of_this_version_is_a_greeting() {
        run(async {
            let (mut near, mut far) = duplex(1_024);
            send(&mut far, hello(HANDSHAKE_VERSION + 1)).await;
            let hello = Greeting::new(&mut near, Dialect::Tictalk, BytesMut::new())
                .hello()
                .await;
            let other = HANDSHAKE_VERSION + 1;
            assert!(
                matches!(hello, Err(AdmissionError::Version(version)) if version == other),
                "{hello:?}"
            );
            send(&mut far, Control::Ping).await;
            let hello = Greeting::new(&mut near, Dialect::Tictalk, BytesMut::new())
                .hello()
                .await;
            assert!(
                matches!(hello, Err(AdmissionError::NoGreeting)),
                "{hello:?}"
            );
        });
    }

    /// The server's end of a challenge that a client with `known` answers, where the server has the
    /// ticket `[7; 16]`.
    async fn challenged(known: Ticket) -> Result<(), AdmissionError> {
        let (mut near, mut far) = duplex(1_024);
        send(&mut far, hello(HANDSHAKE_VERSION)).await;
        let mut greeting = Greeting::new(&mut near, Dialect::Tictalk, BytesMut::new());
        let nonce = greeting.hello().await.unwrap().nonce.unwrap();
        let client = async {
            let mut inbox = BytesMut::new();
            let server = loop {
                far.read_buf(&mut inbox).await.unwrap();
                let mut codec = Dialect::Tictalk.codec();
                match codec.decode(&mut inbox, Arrival::Bytes).unwrap() {
                    Some(Frame::Control(Control::Challenge { nonce, .. })) => break nonce,
                    None => {}
                    Some(other) => panic!("{other:?}"),
                }
            };
            let exchange = Exchange {
                ticket: known,
                client: nonce,
                server,
            };
            let proof = exchange.proof(Prover::Client);
            send(&mut far, Control::Proof { proof }).await;
        };
        let challenge = greeting.challenge(Ticket::new([7; 16]), nonce);
        tokio::join!(challenge, client).0
    }

    #[test]
    fn a_client_has_to_know_the_ticket() {
        run(async {
            let right = challenged(Ticket::new([7; 16])).await;
            assert!(right.is_ok(), "{right:?}");
            let wrong = challenged(Ticket::new([8; 16])).await;
            assert!(matches!(wrong, Err(AdmissionError::Unproved)), "{wrong:?}");
        });
    }
}
