//! Sessions and turns as they are stored, and how they are read.

use super::row_id::{RowId, belongs};
use super::{Journal, JournalError, Moment};
use crate::session::{Played, Retelling, Role, Turn, TurnLog};
use crate::wire::{Dialect, Digest, LineKey, Ticket};
use rusqlite::{OptionalExtension as _, Row, named_params};

/// How many tickets of sessions without turns are kept.
const PROMISES: i64 = 64;

/// The facts of a session that are known before its first turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Which end of the session this program was.
    pub role: Role,
    /// The ticket that its two ends share.
    pub ticket: Ticket,
    /// The dialect of the connection.
    pub dialect: Dialect,
    /// The server's host, as the person typed it.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// The name of the person at this end.
    pub me: Option<String>,
    /// The name of the partner. Foreign text.
    pub partner: Option<String>,
    /// The key of the session's private line, if it had one.
    pub key: Option<LineKey>,
}

impl Header {
    /// Whether both sessions have the same partner: partners with the same name, or partners
    /// without a name at the same address and in the same role.
    pub(super) fn has_same_partner(&self, other: &Self) -> bool {
        match (&self.partner, &other.partner) {
            (Some(one), Some(another)) => one.to_lowercase() == another.to_lowercase(),
            (None, None) => {
                (self.role, &self.host, self.port) == (other.role, &other.host, other.port)
            }
            _ => false,
        }
    }
}

/// A session in the journal, without its turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// Its number in this journal, from 1.
    pub id: i64,
    /// The facts known before its first turn.
    pub header: Header,
    /// The time of its first turn.
    pub began: Moment,
    /// When it was ended by a goodbye, and by whom.
    pub ended: Option<(Moment, Role)>,
    /// The number of its turns.
    pub turns: u64,
}

/// A turn in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its number in the session, from 1.
    pub number: u64,
    /// The side that took the turn, and its text.
    pub turn: Turn,
    /// When it was stored.
    pub at: Moment,
    /// The digest of all turns up to and including this one.
    pub digest: Digest,
    /// What this end kept secret when it sent the turn.
    pub secret: Option<String>,
}

/// A turn found by a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The number of its session.
    pub session: i64,
    /// The turn itself.
    pub written: Written,
}

impl StoredSession {
    /// Replays the session from its beginning.
    #[must_use]
    pub fn retelling(&self) -> Retelling {
        let Header {
            role,
            ticket,
            dialect,
            ..
        } = self.header;
        Retelling::new(role, ticket, dialect != Dialect::Tictalk)
    }

    /// The games in `turns`, which must be all turns of the session.
    #[must_use]
    pub fn games(&self, turns: &[Written]) -> Vec<Played> {
        let mut retelling = self.retelling();
        for written in turns {
            retelling.tell(&written.turn, written.secret.as_deref());
        }
        retelling.into_games()
    }
}

impl Journal {
    /// All sessions, the newest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn sessions(&self) -> Result<Vec<StoredSession>, JournalError> {
        let mut query = self.db.prepare(&select_sessions("ORDER BY id DESC"))?;
        let sessions = query.query_map([], session)?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }

    /// One session.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] and [`JournalError::Use`].
    pub fn session(&self, id: i64) -> Result<StoredSession, JournalError> {
        let mut query = self.db.prepare(&select_sessions("WHERE id = ?"))?;
        let found = query.query_row([id], session).optional()?;
        found.ok_or(JournalError::NoSession(id))
    }

    /// The session with this ticket in which this program had the role `me`.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn find(&self, me: Role, ticket: &Ticket) -> Result<Option<StoredSession>, JournalError> {
        let mut query = self
            .db
            .prepare(&select_sessions("WHERE role = ? AND ticket = ?"))?;
        let found = query.query_row((me.name(), ticket.as_bytes()), session);
        Ok(found.optional()?)
    }

    /// Stores a ticket that a server has issued for a session without turns yet, and the key of its
    /// private line. The first turn stores both with the session. The newest 64 are kept.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn promise(&mut self, ticket: &Ticket, key: Option<&LineKey>) -> Result<(), JournalError> {
        let change = self.db.transaction()?;
        change.execute(
            "INSERT INTO promised (ticket, line) VALUES (?, ?)",
            (ticket.as_bytes(), key),
        )?;
        change.execute(
            "DELETE FROM promised WHERE id <= (SELECT max(id) FROM promised) - ?",
            [PROMISES],
        )?;
        Ok(change.commit()?)
    }

    /// Deletes a ticket that was [promised](Self::promise), with its key: its session is over.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn withdraw_promise(&mut self, ticket: &Ticket) -> Result<(), JournalError> {
        let delete = "DELETE FROM promised WHERE ticket = ?";
        self.db.execute(delete, [ticket.as_bytes()])?;
        Ok(())
    }

    /// The tickets that a server has issued, the oldest first: those of its `limit` newest
    /// sessions, and those that were [promised](Self::promise). With each, the key of its private
    /// line.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn server_tickets(
        &self,
        limit: usize,
    ) -> Result<Vec<(Ticket, Option<LineKey>)>, JournalError> {
        let mut query = self.db.prepare(
            "SELECT ticket, line FROM (SELECT id, ticket, iif(ended IS NULL, line, NULL) AS line
                FROM sessions WHERE role = 'server' AND dialect = :dialect
                ORDER BY id DESC LIMIT :limit)
             UNION ALL SELECT ticket, line FROM promised WHERE ticket NOT IN
                (SELECT ticket FROM sessions WHERE role = 'server' AND ended IS NOT NULL)",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let dialect = Dialect::Tictalk.name();
        let found = query.query_map(
            named_params! { ":dialect": dialect, ":limit": limit },
            |row| Ok((Ticket::new(row.get(0)?), row.get(1)?)),
        )?;
        let mut tickets: Vec<_> = found.collect::<Result<_, _>>()?;
        tickets.reverse();
        Ok(tickets)
    }

    /// The newest unfinished session of a client with the server at this address.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn unfinished(&self, host: &str, port: u16) -> Result<Option<StoredSession>, JournalError> {
        let mut query = self.db.prepare(&select_sessions(
            "WHERE role = 'client' AND dialect = :dialect AND host = :host
                AND port = :port AND ended IS NULL ORDER BY id DESC LIMIT 1",
        ))?;
        let dialect = Dialect::Tictalk.name();
        let found = query.query_row(
            named_params! { ":dialect": dialect, ":host": host, ":port": port },
            session,
        );
        Ok(found.optional()?)
    }

    /// The newest session of a server on this port with another tictalk program.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn last_served(&self, port: u16) -> Result<Option<StoredSession>, JournalError> {
        let mut query = self.db.prepare(&select_sessions(
            "WHERE role = 'server' AND dialect = :dialect AND port = :port
                ORDER BY id DESC LIMIT 1",
        ))?;
        let dialect = Dialect::Tictalk.name();
        let found = query.query_row(
            named_params! { ":dialect": dialect, ":port": port },
            session,
        );
        Ok(found.optional()?)
    }

    /// The turns of a session, in order and checked against their digests.
    ///
    /// # Errors
    /// [`JournalError::Altered`] at the first turn that is missing or changed, and
    /// [`JournalError::Use`].
    pub fn turns(&self, of: &StoredSession) -> Result<Vec<Written>, JournalError> {
        let mut query = self.db.prepare(&format!(
            "SELECT {TURN} FROM turns WHERE id BETWEEN ? AND ? ORDER BY id"
        ))?;
        let mut log = TurnLog::new(of.header.ticket);
        let mut turns = Vec::new();
        for written in query.query_map(RowId::range(of.id), written)? {
            let (_, written) = written?;
            let entry = log.add(written.turn.clone());
            if (entry.number, entry.digest) != (written.number, written.digest) {
                let (session, turn) = (of.id, entry.number);
                return Err(JournalError::Altered { session, turn });
            }
            turns.push(written);
        }
        Ok(turns)
    }

    /// The games of a session, as this end knows them.
    ///
    /// # Errors
    /// Those of [`turns`](Self::turns).
    pub fn games(&self, of: &StoredSession) -> Result<Vec<Played>, JournalError> {
        let turns = self.turns(of)?;
        Ok(of.games(&turns))
    }
}

/// The columns of a turn in the order in which [`written`] reads them.
pub(super) const TURN: &str =
    "turns.id, turns.by, turns.text, turns.at, turns.digest, turns.secret";

/// Selects sessions with the columns that [`session`] reads, as `rest` restricts and orders them.
fn select_sessions(rest: &str) -> String {
    format!(
        "SELECT id, role, ticket, dialect, host, port, me, partner, began, ended, ended_by,
            line, (SELECT count(*) FROM turns WHERE {})
         FROM sessions {rest}",
        belongs("turns", "sessions")
    )
}

fn session(row: &Row<'_>) -> rusqlite::Result<StoredSession> {
    let ended = match (
        row.get::<_, Option<i64>>(9)?,
        row.get::<_, Option<String>>(10)?,
    ) {
        (Some(at), Some(by)) => Some((Moment(at), role(&by))),
        _ => None,
    };
    Ok(StoredSession {
        id: row.get(0)?,
        header: Header {
            role: role(&row.get::<_, String>(1)?),
            ticket: Ticket::new(row.get(2)?),
            dialect: dialect(&row.get::<_, String>(3)?),
            host: row.get(4)?,
            port: row.get(5)?,
            me: row.get(6)?,
            partner: row.get(7)?,
            key: row.get(11)?,
        },
        began: Moment(row.get(8)?),
        ended,
        turns: row.get(12)?,
    })
}

/// Reads a turn and the number of its session.
pub(super) fn written(row: &Row<'_>) -> rusqlite::Result<(i64, Written)> {
    let id: RowId = row.get(0)?;
    let written = Written {
        number: id.number(),
        turn: Turn {
            by: role(&row.get::<_, String>(1)?),
            text: row.get(2)?,
        },
        at: Moment(row.get(3)?),
        digest: Digest::new(row.get(4)?),
        secret: row.get(5)?,
    };
    Ok((id.owner(), written))
}

/// The table's constraint allows only the names of the two roles.
pub(super) fn role(name: &str) -> Role {
    if name == Role::Client.name() {
        Role::Client
    } else {
        Role::Server
    }
}

/// The table's constraint allows only the names of the dialects.
fn dialect(name: &str) -> Dialect {
    Dialect::from_name(name).unwrap_or(Dialect::Raw)
}
