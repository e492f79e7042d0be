//! Restores a session from the journal.

use crate::games::Chance;
use crate::journal::{self, Header, Journal, JournalError};
use crate::session::{Effect, Kept, RecordEntry, Session};

/// The session as the journal has it, with the effects that show a person the last `recall` messages
/// and where it stopped.
///
/// # Errors
/// [`JournalError`] if it cannot be read, or no session can have had its turns.
pub(super) fn restore(
    journal: &Journal,
    of: &journal::StoredSession,
    chance: Chance,
    recall: usize,
) -> Result<(Session, Vec<Effect>), JournalError> {
    let mut comments = journal.comments(of)?.into_iter().peekable();
    let mut record = Vec::new();
    for written in journal.turns(of)? {
        let is_before = |turns| turns < written.number;
        while let Some(stored) = comments.next_if(|stored| is_before(stored.comment.turns)) {
            record.push(RecordEntry::Comment(stored.comment));
        }
        let kept = Kept {
            turn: written.turn,
            secret: written.secret,
        };
        let at = u64::try_from(written.at.0).ok();
        record.push(RecordEntry::Turn { kept, at });
    }
    record.extend(comments.map(|stored| RecordEntry::Comment(stored.comment)));
    let Header { role, ticket, .. } = of.header;
    Session::restore(role, ticket, record, chance, recall).map_err(|error| JournalError::Altered {
        session: of.id,
        turn: error.0,
    })
}
