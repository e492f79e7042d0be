//! Where the turns of one running session are written.

use super::{
    Journal, JournalError, LAST, LAST_SESSION, Moment, Problem, StoredSession, turn_id, turn_ids,
};
use crate::session::{LoggedTurn, Played, Record, Role};
use crate::wire::{Dialect, Ticket};
use rusqlite::{Connection, OptionalExtension as _, named_params};

/// What is known of a session before its first turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Which end of it this is.
    pub role: Role,
    /// What its two ends call it.
    pub ticket: Ticket,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where the server listens, as it was typed.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the person here is called.
    pub me: Option<String>,
    /// How the partner is called. Foreign text.
    pub partner: Option<String>,
}

impl Header {
    /// Whether the partner of `other` has the same name as this one; of partners without a name,
    /// whether they were met at the same place.
    fn has_same_partner(&self, other: &Self) -> bool {
        match (&self.partner, &other.partner) {
            (Some(one), Some(another)) => one.to_lowercase() == another.to_lowercase(),
            (None, None) => {
                (self.role, &self.host, self.port) == (other.role, &other.host, other.port)
            }
            _ => false,
        }
    }
}

/// The place in the journal where a session is written, or none.
#[derive(Debug)]
pub struct Ledger<'journal> {
    place: Option<Place<'journal>>,
}

#[derive(Debug)]
struct Place<'journal> {
    journal: &'journal mut Journal,
    page: Page,
    /// What tells this program from another that goes on with the same session.
    claim: i64,
}

#[derive(Debug)]
enum Page {
    /// Nothing has been said, and a session in which nothing is said leaves no trace.
    Blank(Header),
    /// The session has this number.
    Begun(i64),
}

impl<'journal> Ledger<'journal> {
    /// A new session is written into `journal` as soon as something is said.
    #[must_use]
    pub fn begin(journal: Option<&'journal mut Journal>, header: Header) -> Self {
        let place = journal.map(|journal| Place {
            journal,
            page: Page::Blank(header),
            claim: 0,
        });
        Self { place }
    }

    /// Goes on with a session as it was read. From now on no other program can.
    ///
    /// # Errors
    /// [`Problem::TakenOver`] when another program has gone on with it since it was read,
    /// [`Problem::Deleted`] when it is gone, and what SQLite says.
    pub fn go_on(
        journal: &'journal mut Journal,
        with: &StoredSession,
    ) -> Result<Self, JournalError> {
        let (first, last) = turn_ids(with.id);
        let changed = journal.db.query_row(
            "UPDATE sessions SET claim = claim + 1 WHERE id = :id AND :turns =
                (SELECT count(*) FROM turns WHERE turns.id BETWEEN :first AND :last)
             RETURNING claim",
            named_params! { ":id": with.id, ":turns": with.turns, ":first": first, ":last": last },
            |row| row.get(0),
        );
        let Some(claim) = changed.optional()? else {
            claim(&journal.db, with.id)?;
            return Err(Problem::TakenOver.into());
        };
        let place = Place {
            journal,
            page: Page::Begun(with.id),
            claim,
        };
        Ok(Self { place: Some(place) })
    }

    /// Writes nothing down.
    #[must_use]
    pub fn none() -> Self {
        Self { place: None }
    }

    /// Writes nothing more.
    pub fn close(&mut self) {
        self.place = None;
    }

    /// Whether what is said is written down.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.place.is_some()
    }

    /// Whether another program has gone on with this session since. One that cannot tell has not.
    #[must_use]
    pub fn is_taken_over(&self) -> bool {
        self.place.as_ref().is_some_and(|place| match place.page {
            Page::Blank(_) => false,
            Page::Begun(id) => claim(&place.journal.db, id).is_ok_and(|claim| claim != place.claim),
        })
    }

    /// The games of all other sessions with the same partner: of the same name, or, without one, at
    /// the same place.
    ///
    /// # Errors
    /// Those of [`Journal::games`]. A session that was altered is passed over.
    pub fn other_games(&self) -> Result<Vec<Played>, JournalError> {
        let Some(place) = &self.place else {
            return Ok(Vec::new());
        };
        let (id, header) = match &place.page {
            Page::Blank(header) => (None, header.clone()),
            Page::Begun(id) => (Some(*id), place.journal.session(*id)?.header),
        };
        let mut games = Vec::new();
        for session in place.journal.sessions()? {
            if Some(session.id) == id || !header.has_same_partner(&session.header) {
                continue;
            }
            match place.journal.games(&session) {
                Ok(played) => games.extend(played),
                Err(JournalError::Altered { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(games)
    }

    /// Writes `record`. When this returns, it outlives the program.
    ///
    /// # Errors
    /// [`JournalError::Use`]; nothing has been written then.
    pub fn write(&mut self, record: &Record) -> Result<(), JournalError> {
        let Some(place) = &mut self.place else {
            return Ok(());
        };
        let db = &mut place.journal.db;
        match (record, &place.page) {
            (Record::Turn(entry), Page::Blank(header)) => {
                let change = db.transaction()?;
                let id = insert_session(&change, header)?;
                insert_turn(&change, id, place.claim, entry)?;
                change.commit()?;
                place.page = Page::Begun(id);
            }
            (Record::Turn(entry), Page::Begun(id)) => {
                insert_turn(db, *id, place.claim, entry)?;
            }
            (Record::Goodbye(by), Page::Begun(id)) => {
                let ended = db
                    .prepare_cached(
                        "UPDATE sessions SET ended = ?, ended_by = ?
                         WHERE id = ? AND claim = ? AND ended IS NULL",
                    )?
                    .execute((Moment::now().0, by.name(), id, place.claim))?;
                // Of a session that has an end, or is gone, nothing more is to be written.
                if ended == 0 && claim(db, *id).is_ok_and(|claim| claim != place.claim) {
                    return Err(Problem::TakenOver.into());
                }
            }
            (Record::Goodbye(_), Page::Blank(_)) => {}
        }
        Ok(())
    }
}

fn claim(db: &Connection, session: i64) -> Result<i64, JournalError> {
    let mut query = db.prepare_cached("SELECT claim FROM sessions WHERE id = ?")?;
    let claim = query.query_row([session], |row| row.get(0)).optional()?;
    Ok(claim.ok_or(Problem::Deleted)?)
}

fn insert_session(db: &Connection, header: &Header) -> Result<i64, JournalError> {
    db.prepare_cached(
        "INSERT INTO sessions (role, ticket, dialect, host, port, me, partner, began)
         VALUES (:role, :ticket, :dialect, :host, :port, :me, :partner, :began)",
    )?
    .execute(named_params! {
        ":role": header.role.name(),
        ":ticket": header.ticket.as_bytes(),
        ":dialect": header.dialect.name(),
        ":host": header.host,
        ":port": header.port,
        ":me": header.me,
        ":partner": header.partner,
        ":began": Moment::now().0,
    })
    .map_err(|error| match error.sqlite_error_code() {
        // The only constraint that what we write can break.
        Some(rusqlite::ErrorCode::ConstraintViolation) => Problem::SameTicket,
        _ => error.into(),
    })?;
    let id = db.last_insert_rowid();
    if id > LAST_SESSION {
        return Err(Problem::Value.into());
    }
    Ok(id)
}

/// Writes a turn of a session that is claimed so.
///
/// # Errors
/// [`Problem::TakenOver`] and [`Problem::Deleted`] when it is not, and what SQLite says.
fn insert_turn(
    db: &Connection,
    session: i64,
    claimed: i64,
    entry: &LoggedTurn,
) -> Result<(), JournalError> {
    if entry.number > LAST {
        return Err(Problem::Complete.into());
    }
    let written = db
        .prepare_cached(
            "INSERT INTO turns (id, by, text, at, digest, secret)
             SELECT :id, :by, :text, :at, :digest, :secret
             FROM sessions WHERE id = :session AND claim = :claim",
        )?
        .execute(named_params! {
            ":id": turn_id(session, entry.number),
            ":by": entry.turn.by.name(),
            ":text": entry.turn.text,
            ":at": Moment::now().0,
            ":digest": entry.digest.as_bytes(),
            ":secret": entry.secret,
            ":session": session,
            ":claim": claimed,
        })?;
    if written == 0 {
        claim(db, session)?;
        return Err(Problem::TakenOver.into());
    }
    Ok(())
}
