//! Why a session could not start or continue.

use super::handshake::HandshakeError;
use crate::journal::JournalError;
use crate::net::{Address, AddressError};
use crate::session::{Diverged, Refusal, Role};
use crate::terminal::ConsoleError;
use crate::wire::WireError;
use std::io;

/// Why a session could not start or continue. Each is one line: what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// The server could not listen, or the client could not connect.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The greeting failed.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    /// Too many wrong codes were entered.
    #[error(
        "three wrong codes were entered, so somebody may be guessing: start the server again when your \
         partner is ready"
    )]
    Guessed,
    /// The connection ended without `/q`.
    #[error("the {} disconnected without /q: its program ended or the connection was lost", .0.name())]
    PartnerGone(Role),
    /// The peer violated the wire protocol.
    #[error("connection closed: the {}'s program broke the rules: {error}", .role.name())]
    PartnerBrokeWire {
        /// The peer's role.
        role: Role,
        /// The violation.
        error: WireError,
    },
    /// The peer broke a rule of the turns or of a game.
    #[error("connection closed: the {}'s program broke the rules: {refusal}", .role.name())]
    PartnerBrokeRule {
        /// The peer's role.
        role: Role,
        /// The rule.
        refusal: Refusal,
    },
    /// The partner's program has recorded different turns.
    #[error(
        "{0}, so the session cannot resume. `tictalk history` shows it; start a new one without \
         --resume"
    )]
    Diverged(Diverged),
    /// A bot has connected to a room.
    #[error("this server is a room, and a bot needs a partner: start the bot without --join")]
    Room,
    /// There is no session to resume.
    #[error(
        "the journal has no unfinished session with {0}: leave out --resume to start a new one"
    )]
    NothingToResume(Address),
    /// A turn could not be recorded.
    #[error("cannot write the journal: {0}; free some space, or use --no-journal")]
    Unrecorded(JournalError),
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The terminal, or the file in its place, failed.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// The system refused something that a program can expect to get.
    #[error(transparent)]
    System(#[from] io::Error),
}
