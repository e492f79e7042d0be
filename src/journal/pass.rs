//! Tickets by which a client rejoins a room after a restart.

use super::claim::Claim;
use super::{Journal, JournalError, Moment};
use crate::wire::{LineKey, Ticket};
use rusqlite::{OptionalExtension as _, named_params};

/// How many tickets for rooms are kept, the most recently used ones.
const KEPT: i64 = 1_024;

/// A room and the name under which a client joins it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomLogin {
    /// The server's host, as the person typed it.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// The requested name, if any.
    pub name: Option<String>,
}

/// This program's ticket for a room. For the lifetime of this value no other program gets the same
/// ticket from the journal, so a person's second client in a room is a second member.
#[derive(Debug)]
pub struct Pass {
    login: RoomLogin,
    ticket: Option<Ticket>,
    key: Option<LineKey>,
    /// `None` if another program uses the stored ticket.
    claim: Option<Claim>,
}

impl Pass {
    /// Takes the ticket that `journal` has for this login, and the room's key. There is neither on a first visit, or while
    /// another program uses it.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn take(journal: &Journal, login: RoomLogin) -> Result<Self, JournalError> {
        let (host, name) = (&login.host, login.name.as_deref().unwrap_or_default());
        let port = login.port.to_string();
        let claim = Claim::take(&journal.folder, &["ticket", host, &port, name])?;
        let (mut ticket, mut key) = (None, None);
        if claim.is_some() {
            let mut query = journal.db.prepare(
                "SELECT ticket, line FROM tickets
                 WHERE host = :host AND port = :port AND name = :name",
            )?;
            let found = query.query_row(
                named_params! { ":host": host, ":port": login.port, ":name": name },
                |row| Ok((Ticket::new(row.get(0)?), row.get(1)?)),
            );
            if let Some((known, of_room)) = found.optional()? {
                (ticket, key) = (Some(known), of_room);
            }
        }
        Ok(Self {
            login,
            ticket,
            key,
            claim,
        })
    }

    /// Whether the client asked for a name.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.login.name.is_some()
    }

    /// The ticket, if there is one.
    #[must_use]
    pub fn ticket(&self) -> Option<Ticket> {
        self.ticket
    }

    /// The key of the room's private line, if there is one.
    #[must_use]
    pub fn key(&self) -> Option<LineKey> {
        self.key.clone()
    }

    /// Stores the ticket that the room has issued, and its key, for the next program with this login.
    /// Stores nothing if another program has taken the login.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn remember(
        &mut self,
        journal: &mut Journal,
        ticket: Ticket,
        key: Option<&LineKey>,
    ) -> Result<(), JournalError> {
        self.ticket = Some(ticket);
        // A visit over a plain line leaves the key for the next private one.
        self.key = key.cloned().or(self.key.take());
        if self.claim.is_none() {
            return Ok(());
        }
        let change = journal.db.transaction()?;
        change.execute(
            "INSERT INTO tickets (host, port, name, ticket, at, line)
             VALUES (:host, :port, :name, :ticket, :at, :line)
             ON CONFLICT (host, port, name) DO UPDATE SET ticket = excluded.ticket,
                at = excluded.at, line = coalesce(excluded.line, line)",
            named_params! {
                ":host": self.login.host,
                ":port": self.login.port,
                ":name": self.login.name.as_deref().unwrap_or_default(),
                ":ticket": ticket.as_bytes(),
                ":at": Moment::now().0,
                ":line": key,
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
