//! How a client gets a line: a plain one, or a private one by a key or a code.

use crate::net::key_exchange::agree_as_client;
use crate::net::{Connection, KeyExchangeError, Line};
use crate::pair::handshake::HandshakeError;
use crate::pair::secured::Secured;
use crate::wire::{Dialect, HINTS, LineKey, PrivateRefusal};
use crate::words::Code;
use bytes::BytesMut;
use tokio::net::TcpStream;

/// The line that a client wants.
#[derive(Debug, Clone)]
pub enum LineWish {
    /// A plain one.
    Plain,
    /// A private one, and nothing else. The code, if it is known before anybody is asked.
    Private(Option<Code>),
}

impl LineWish {
    /// The code, if it is known before anybody is asked.
    pub(super) fn code(&self) -> Option<&Code> {
        match self {
            Self::Plain => None,
            Self::Private(code) => code.as_ref(),
        }
    }
}

/// The secrets of a client for its next connection.
#[derive(Debug, Clone)]
pub(super) enum LineSecret {
    /// None: the line is plain.
    Plain,
    /// The server chooses one of the keys, or the code.
    Private {
        keys: Vec<LineKey>,
        code: Option<Code>,
    },
}

impl LineSecret {
    /// The secrets of a client with this wish, for a session over a private line with this `key`.
    pub(super) fn new(wish: &LineWish, key: Option<LineKey>) -> Self {
        match (wish, key) {
            (LineWish::Plain, None) => Self::Plain,
            (LineWish::Plain, key) => Self::Private {
                keys: key.into_iter().collect(),
                code: None,
            },
            (LineWish::Private(code), key) => Self::Private {
                keys: key.into_iter().collect(),
                code: code.clone(),
            },
        }
    }

    /// Adds keys, as far as there is space.
    pub(super) fn propose(&mut self, more: impl IntoIterator<Item = LineKey>) {
        if let Self::Private { keys, .. } = self {
            for key in more {
                if keys.len() < HINTS && !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
    }

    /// Uses this code from now on.
    pub(super) fn enter(&mut self, entered: Code) {
        if let Self::Private { code, .. } = self {
            *code = Some(entered);
        }
    }

    /// Gets the line over `stream`.
    ///
    /// # Errors
    /// [`HandshakeError::NoLine`].
    pub(super) async fn open(
        &self,
        mut stream: TcpStream,
        dialect: Dialect,
    ) -> Result<(Connection, Option<Secured>), HandshakeError> {
        let nothing = BytesMut::new();
        let Self::Private { keys, code } = self else {
            let connection = Connection::new(stream, dialect, nothing);
            return Ok((connection, None));
        };
        let agreed = agree_as_client(&mut stream, keys, code.as_ref()).await;
        let (line, secured) = Secured::new(agreed.map_err(HandshakeError::NoLine)?);
        let connection = Connection::over(stream, Line::from(line), Dialect::Tictalk, nothing);
        Ok((connection, Some(secured)))
    }
}

/// Why a person is asked for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NewCode {
    /// None was entered yet.
    First,
    /// The last one is burnt.
    Next,
}

impl NewCode {
    /// Whether another code may open the line that could not be opened.
    pub(super) fn after(why: &KeyExchangeError) -> Option<Self> {
        match why {
            KeyExchangeError::NeedsCode => Some(Self::First),
            KeyExchangeError::WrongCode
            | KeyExchangeError::Unconfirmed
            | KeyExchangeError::Refused(PrivateRefusal::Burnt) => Some(Self::Next),
            KeyExchangeError::Left
            | KeyExchangeError::Slow
            | KeyExchangeError::Io(_)
            | KeyExchangeError::Wire(_)
            | KeyExchangeError::Private(_)
            | KeyExchangeError::Refused(
                PrivateRefusal::Version
                | PrivateRefusal::NotPrivate
                | PrivateRefusal::Busy
                | PrivateRefusal::WrongCode
                | PrivateRefusal::Later(_),
            ) => None,
        }
    }
}
