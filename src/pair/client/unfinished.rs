//! An unfinished session with the server: what to ask the person about it, how to get back to it, how
//! it is recorded as ended.

use super::greeting::ServerReply;
use super::options::Client;
use super::question::ResumeQuestion;
use super::visit::{Arrived, VisitOutcome};
use crate::journal::{Journal, Ledger, StoredSession};
use crate::pair::error::PairError;
use crate::pair::handshake::HandshakeError;
use crate::session::{Record, Role};
use crate::wire::Unfinished;

impl Client {
    /// Adds to a refusal how the person gets back to an unfinished session.
    pub(super) fn way_back(&self, error: HandshakeError) -> HandshakeError {
        let command = self.resume_command();
        match error {
            HandshakeError::Busy {
                message,
                unfinished,
            } => match unfinished {
                Some(Unfinished::Waiting) => HandshakeError::SeatKept { message, command },
                Some(Unfinished::Connected) => HandshakeError::StillConnected { command },
                // It is in a session with somebody else.
                Some(Unfinished::Stored | Unfinished::Unknown) => HandshakeError::Busy {
                    message,
                    unfinished,
                },
                // An older version does not answer.
                None => HandshakeError::BusyUnfinished { message, command },
            },
            error => error,
        }
    }
}

/// What to ask the person about an unfinished session, if the server still has it.
pub(super) fn question(arrived: &VisitOutcome) -> Option<ResumeQuestion> {
    let unfinished = match arrived {
        Ok(Arrived {
            reply: ServerReply::Pair(welcome),
            ..
        }) => welcome.unfinished,
        Err(Err(PairError::Handshake(HandshakeError::Busy { unfinished, .. }))) => *unfinished,
        Ok(Arrived {
            reply: ServerReply::Room(..),
            ..
        })
        | Err(_) => None,
    };
    match unfinished? {
        Unfinished::Waiting | Unfinished::Stored => Some(ResumeQuestion::Resume),
        Unfinished::Connected => Some(ResumeQuestion::TakeOver),
        Unfinished::Unknown => None,
    }
}

/// Records that the server ended a session while we were away.
pub(super) fn note_end(
    journal: Option<&mut Journal>,
    over: &StoredSession,
) -> Result<(), PairError> {
    if let Some(journal) = journal {
        let mut ledger = Ledger::resume(journal, over)?;
        ledger.write(&Record::Goodbye(Role::Server))?;
    }
    Ok(())
}
