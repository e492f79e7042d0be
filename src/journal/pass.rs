//! By what a client comes back to a room after it has ended.

use super::claim::Claim;
use super::{Journal, JournalError, Moment};
use crate::wire::Ticket;
use rusqlite::{OptionalExtension as _, named_params};

/// How many tickets for rooms are kept: those that were used last.
const KEPT: i64 = 1_024;

/// Where a client goes: which room, and under which name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomLogin {
    /// Where the server listens, as it was typed.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The name that is asked for, if any.
    pub name: Option<String>,
}

/// The ticket that this program has for a room. While it lives, no other program gets the same one
/// from the journal: the second client of a person in a room is somebody else there.
#[derive(Debug)]
pub struct Pass {
    seat: RoomLogin,
    ticket: Option<Ticket>,
    /// None where another program uses what is stored.
    claim: Option<Claim>,
}

impl Pass {
    /// Takes the ticket that `journal` has for this place. There is none where nobody was there
    /// before, or another running program has taken it.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn take(journal: &Journal, seat: RoomLogin) -> Result<Self, JournalError> {
        let (host, name) = (&seat.host, seat.name.as_deref().unwrap_or_default());
        let port = seat.port.to_string();
        let claim = Claim::take(&journal.folder, &["ticket", host, &port, name])?;
        let mut ticket = None;
        if claim.is_some() {
            let mut query = journal.db.prepare(
                "SELECT ticket FROM tickets WHERE host = :host AND port = :port AND name = :name",
            )?;
            let found = query.query_row(
                named_params! { ":host": host, ":port": seat.port, ":name": name },
                |row| row.get(0).map(Ticket::new),
            );
            ticket = found.optional()?;
        }
        Ok(Self {
            seat,
            ticket,
            claim,
        })
    }

    /// The ticket, if there is one.
    #[must_use]
    pub fn ticket(&self) -> Option<Ticket> {
        self.ticket
    }

    /// Keeps the ticket that the room has given, for the next program that goes there. Where another
    /// running program has taken the place, nothing is kept.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn remember(&mut self, journal: &mut Journal, ticket: Ticket) -> Result<(), JournalError> {
        self.ticket = Some(ticket);
        if self.claim.is_none() {
            return Ok(());
        }
        let change = journal.db.transaction()?;
        change.execute(
            "INSERT OR REPLACE INTO tickets (host, port, name, ticket, at)
             VALUES (:host, :port, :name, :ticket, :at)",
            named_params! {
                ":host": self.seat.host,
                ":port": self.seat.port,
                ":name": self.seat.name.as_deref().unwrap_or_default(),
                ":ticket": ticket.as_bytes(),
                ":at": Moment::now().0,
            },
        )?;
        change.execute(
            "DELETE FROM tickets WHERE (host, port, name) NOT IN
                (SELECT host, port, name FROM tickets ORDER BY at DESC LIMIT ?)",
            [KEPT],
        )?;
        Ok(change.commit()?)
    }
}
