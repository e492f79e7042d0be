//! The side that connects.

use super::{
    Address, AddressError, Connection, Exit, PeerError, ReceiveError, Signals, Transcript,
};
use crate::session::Role;
use crate::terminal::{Console, Typed, visible, with_progress};
use crate::wire::{Control, Dialect, Frame, HANDSHAKE_VERSION, Mode, Name, Reason, WireError};
use bytes::BytesMut;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

/// How long a server may take to answer the greeting.
const WELCOME: Duration = Duration::from_secs(5);

/// How long to wait before a server is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// How much of a server's reason to turn us away is shown, in characters.
const MESSAGE: usize = 200;

/// What a client needs to know.
#[derive(Debug, Clone)]
pub struct Client {
    /// Where the server listens.
    pub address: Address,
    /// What to speak to it.
    pub dialect: Dialect,
    /// How long to keep trying while nobody listens.
    pub wait: Duration,
    /// How the person wants to be called.
    pub name: Option<Name>,
}

/// Why two programs could not agree to talk.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The server turned us away.
    #[error("the server turned you away: {}", one_line(.0))]
    Refused(String),
    /// The server talks with somebody else.
    #[error("the server is busy: {}", one_line(.0))]
    Busy(String),
    /// The server said nothing.
    #[error(
        "the server did not answer the greeting within {} seconds: it may not be tictalk; try \
         --wire framed or --wire raw",
        WELCOME.as_secs()
    )]
    Silent,
    /// The server closed the connection.
    #[error(
        "the server closed the connection without answering the greeting: it may not be tictalk; \
         try --wire framed or --wire raw"
    )]
    Closed,
    /// The server said something else.
    #[error("the server's answer is not tictalk ({0}): try --wire framed or --wire raw")]
    NotTictalk(WireError),
    /// The server answered, but not the greeting.
    #[error(
        "the server answered the greeting with something else: try --wire framed or --wire raw"
    )]
    Unexpected,
    /// The server offers a kind of talk that this program does not know.
    #[error("the server offers a kind of talk that this version does not know: update tictalk")]
    UnknownMode,
}

/// A server's words as part of one line of ours.
fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    visible(&words.join(" ")).chars().take(MESSAGE).collect()
}

impl Client {
    /// Connects, greets, and talks until one of the two leaves.
    ///
    /// # Errors
    /// [`PeerError`].
    pub async fn run<C: Console>(
        self,
        transcript: &mut Transcript<C>,
        signals: &mut Signals,
    ) -> Result<Exit, PeerError> {
        let arrived = tokio::select! {
            biased;
            signal = signals.next() => Err(Ok(Exit::Signalled(signal))),
            typed = transcript.typed() => Err(match typed {
                Typed::Failed(error) => Err(error.into()),
                _ => Ok(Exit::Goodbye),
            }),
            arrived = self.arrive() => arrived.map_err(Err),
        };
        let (connection, name) = match arrived {
            Ok(arrived) => arrived,
            Err(ended) => {
                transcript.finish().await;
                return ended;
            }
        };
        transcript.line(&format!("Connected to: {}", self.address));
        transcript.introduce(name);
        super::converse(
            Role::Client,
            self.dialect,
            connection,
            None,
            transcript,
            signals,
        )
        .await
    }

    async fn arrive(&self) -> Result<(Connection, Option<Name>), PeerError> {
        let Address { host, port } = &self.address;
        let connecting = format!("Waiting for a server on port {port} of {host}");
        let stream = with_progress(&connecting, self.connect()).await?;
        let mut connection = Connection::new(stream, self.dialect, BytesMut::new());
        let name = match self.dialect {
            Dialect::Tictalk => {
                with_progress(
                    "Waiting for the server's answer",
                    self.greet(&mut connection),
                )
                .await?
            }
            Dialect::Framed | Dialect::Raw => None,
        };
        Ok((connection, name))
    }

    /// Connects; while nobody listens, again and again for as long as the person is ready to wait.
    async fn connect(&self) -> Result<TcpStream, AddressError> {
        let begun = Instant::now();
        loop {
            match self.address.connect().await {
                Err(AddressError::NobodyListens(_)) if begun.elapsed() < self.wait => {
                    sleep(RETRY.min(self.wait.saturating_sub(begun.elapsed()))).await;
                }
                connected => return connected,
            }
        }
    }

    /// Says hello and waits for the welcome; returns what the other person is called.
    async fn greet(&self, connection: &mut Connection) -> Result<Option<Name>, PeerError> {
        connection.send(&Frame::Control(Control::Hello {
            version: HANDSHAKE_VERSION,
            name: self.name.clone(),
        }))?;
        let answer = timeout(WELCOME, connection.receive())
            .await
            .map_err(|_| HandshakeError::Silent)?;
        let answer = match answer {
            Ok(Some(answer)) => answer,
            Ok(None)
            | Err(ReceiveError::Io(_) | ReceiveError::Wire(WireError::CutShort { .. })) => {
                return Err(HandshakeError::Closed.into());
            }
            Err(ReceiveError::Wire(error)) => return Err(HandshakeError::NotTictalk(error).into()),
        };
        match answer {
            Frame::Control(Control::Welcome {
                mode: Mode::Pair,
                name,
                ..
            }) => Ok(name),
            Frame::Control(Control::Welcome { .. }) => Err(HandshakeError::UnknownMode.into()),
            Frame::Control(Control::Refuse {
                reason: Reason::Busy,
                message,
            }) => Err(HandshakeError::Busy(message).into()),
            Frame::Control(Control::Refuse { message, .. }) => {
                Err(HandshakeError::Refused(message).into())
            }
            Frame::Text(_) | Frame::Control(Control::Hello { .. } | Control::Unknown) => {
                Err(HandshakeError::Unexpected.into())
            }
        }
    }
}
