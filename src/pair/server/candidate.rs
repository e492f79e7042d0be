//! A visitor that has identified itself, or why it left without a session.

use super::seat::Turned;
use crate::net::admission::AdmissionError;
use crate::net::key_exchange::KeyExchangeError;
use crate::net::{Connection, LineKind, PeerAddress, ReceiveError};
use crate::pair::secured::Secured;
use crate::wire::{
    Abilities, Control, Dialect, Frame, Handle, Name, Reason, Standing, Stranger, Text,
};
use bytes::BytesMut;
use std::io;
use tokio::net::TcpStream;

/// A visitor that has identified itself.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) address: PeerAddress,
    pub(super) connection: Connection,
    pub(super) dialect: Dialect,
    pub(super) name: Option<Name>,
    /// The session that it wants to resume and how far its end has come. It has proved that it knows
    /// the ticket.
    pub(super) resume: Option<Standing>,
    /// The unfinished session that it asks about.
    pub(super) unfinished: Option<Handle>,
    /// What its program can do.
    pub(super) can: Abilities,
    pub(super) opening: FirstTurn,
    /// How its line is private, if it is.
    pub(super) secured: Option<Secured>,
    /// Whether the person has been told about it.
    pub(super) is_announced: bool,
}

/// The first turn of a session with a candidate.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FirstTurn {
    /// This message, in a dialect without a greeting.
    Said(String),
    /// It has not come yet.
    Awaited,
    /// The person here has taken it.
    Taken,
}

impl Candidate {
    /// A visitor whose dialect has no greeting.
    pub(super) fn ungreeted(
        stream: TcpStream,
        dialect: Dialect,
        received: BytesMut,
        address: PeerAddress,
    ) -> Self {
        Self {
            address,
            connection: Connection::new(stream, dialect, received),
            dialect,
            name: None,
            resume: None,
            unfinished: None,
            can: Abilities::default(),
            opening: FirstTurn::Awaited,
            secured: None,
            is_announced: false,
        }
    }

    /// Whether its line is private.
    pub(super) fn line(&self) -> LineKind {
        match self.secured {
            Some(_) => LineKind::Private,
            None => LineKind::Plain,
        }
    }

    /// Sends the reason in the candidate's dialect and closes the connection, in the background.
    pub(super) fn turn_away(self, reason: Reason, message: String) {
        tokio::spawn(async move {
            let refusal = Turned::new(reason, message);
            turn_away(self.connection, self.dialect, refusal).await;
        });
    }
}

/// Why a visitor left without a session.
#[derive(Debug, thiserror::Error)]
pub(super) enum VisitError {
    #[error("it sent no turn")]
    Left,
    #[error("it did not wait for an answer")]
    Unanswered,
    #[error("it speaks {}", .0.name())]
    Stranger(Stranger),
    #[error("it asked for the page")]
    Answered,
    #[error("it {0}")]
    Refused(&'static str),
    #[error("dropped to make room for newer connections")]
    Crowded,
    #[error("it did not finish its greeting in time")]
    Slow,
    #[error("it wants to resume an unknown session")]
    Unknown,
    #[error("it wants to see a room")]
    NoRoom,
    /// A code is burnt by the wrong guess.
    #[error(transparent)]
    Exchange(#[from] KeyExchangeError),
    #[error("it has no private line")]
    NotPrivate,
    #[error(transparent)]
    Admission(AdmissionError),
}

impl From<AdmissionError> for VisitError {
    fn from(error: AdmissionError) -> Self {
        match error {
            AdmissionError::Left => Self::Left,
            error => Self::Admission(error),
        }
    }
}

impl From<ReceiveError> for VisitError {
    fn from(error: ReceiveError) -> Self {
        Self::Admission(match error {
            ReceiveError::Io(error) => AdmissionError::Io(error),
            ReceiveError::Wire(error) | ReceiveError::Line(error) => AdmissionError::Wire(error),
        })
    }
}

impl From<io::Error> for VisitError {
    fn from(error: io::Error) -> Self {
        Self::Admission(AdmissionError::Io(error))
    }
}

/// Sends the reason in the visitor's dialect and closes the connection.
pub(super) async fn turn_away(mut connection: Connection, dialect: Dialect, turned: Turned) {
    let Turned {
        reason,
        message,
        unfinished,
    } = turned;
    let frame = if dialect.has_controls() {
        Frame::Control(Control::Refuse {
            reason,
            message: Text::cut(message),
            unfinished,
        })
    } else {
        Frame::Text(message)
    };
    if connection.send(&frame).is_ok() {
        connection.close().await;
    }
}
