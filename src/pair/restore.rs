//! Restores a session from the journal.

use crate::games::Chance;
use crate::journal::{self, Header, Journal, JournalError};
use crate::session::{Effect, Kept, Session};

/// The session as the journal has it, with the effects that show a person where it stopped.
///
/// # Errors
/// [`JournalError`] if it cannot be read, or no session can have had its turns.
pub(super) fn restore(
    journal: &Journal,
    of: &journal::StoredSession,
    chance: Chance,
) -> Result<(Session, Vec<Effect>), JournalError> {
    let turns = journal.turns(of)?;
    let turns = turns.into_iter().map(|written| Kept {
        turn: written.turn,
        secret: written.secret,
    });
    let Header { role, ticket, .. } = of.header;
    let restored = Session::restore(role, ticket, turns, chance);
    let (mut session, mut effects) = restored.map_err(|error| JournalError::Altered {
        session: of.id,
        turn: error.0,
    })?;
    let comments = journal.comments(of)?.into_iter();
    effects.extend(session.restore_comments(comments.map(|stored| stored.comment)));
    Ok((session, effects))
}
