//! Writes the turns of a running session.

use super::row_id::{LAST_NUMBER, LAST_OWNER, RowId};
use super::{Header, Journal, JournalError, Moment, Problem, StoredSession};
use crate::session::{Comment, LoggedTurn, Played, Record, Role};
use crate::wire::LineKey;
use rusqlite::{Connection, OptionalExtension as _, named_params};

/// Writes one running session into the journal, or nowhere if there is no journal.
#[derive(Debug)]
pub struct Ledger<'journal> {
    place: Option<Place<'journal>>,
}

#[derive(Debug)]
struct Place<'journal> {
    journal: &'journal mut Journal,
    page: Page,
    /// Incremented by each program that resumes the session: distinguishes this one from the
    /// others.
    claim: i64,
}

#[derive(Debug)]
enum Page {
    /// No turn has been taken yet. A session without turns is not stored.
    Blank(Header),
    /// The session is stored under this number.
    Begun(i64),
}

impl<'journal> Ledger<'journal> {
    /// Begins a new session, which is stored with its first turn.
    #[must_use]
    pub fn begin(journal: Option<&'journal mut Journal>, header: Header) -> Self {
        let place = journal.map(|journal| Place {
            journal,
            page: Page::Blank(header),
            claim: 0,
        });
        Self { place }
    }

    /// Resumes a stored session. Another program that was writing it loses its claim.
    ///
    /// # Errors
    /// [`Problem::TakenOver`] if another program has added turns since the session was read,
    /// [`Problem::Deleted`] if it was deleted, and errors of SQLite.
    pub fn resume(
        journal: &'journal mut Journal,
        session: &StoredSession,
    ) -> Result<Self, JournalError> {
        let (first, last) = RowId::range(session.id);
        let changed = journal.db.query_row(
            "UPDATE sessions SET claim = claim + 1 WHERE id = :id AND :turns =
                (SELECT count(*) FROM turns WHERE turns.id BETWEEN :first AND :last)
             RETURNING claim",
            named_params! { ":id": session.id, ":turns": session.turns, ":first": first, ":last": last },
            |row| row.get(0),
        );
        let Some(claim) = changed.optional()? else {
            claim(&journal.db, session.id)?;
            return Err(Problem::TakenOver.into());
        };
        let place = Place {
            journal,
            page: Page::Begun(session.id),
            claim,
        };
        Ok(Self { place: Some(place) })
    }

    /// Notes that a resumed session is private from now on, by this key. It resumes over no plain line.
    ///
    /// # Errors
    /// Errors of SQLite.
    pub fn make_private(&mut self, key: &LineKey) -> Result<(), JournalError> {
        if let Some(Place {
            journal,
            page: Page::Begun(session),
            ..
        }) = &mut self.place
        {
            let statement = "UPDATE sessions SET line = ? WHERE id = ? AND line IS NULL";
            journal.db.execute(statement, (key, *session))?;
        }
        Ok(())
    }

    /// A ledger that writes nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { place: None }
    }

    /// Stops writing.
    pub fn close(&mut self) {
        self.place = None;
    }

    /// Whether turns are stored.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.place.is_some()
    }

    /// The number of the session in the journal, once it has a turn.
    #[must_use]
    pub fn session(&self) -> Option<i64> {
        match self.place.as_ref()?.page {
            Page::Blank(_) => None,
            Page::Begun(id) => Some(id),
        }
    }

    /// Whether another program has resumed this session since. `false` if the journal cannot be
    /// read.
    #[must_use]
    pub(crate) fn is_taken_over(&self) -> bool {
        self.place.as_ref().is_some_and(|place| match place.page {
            Page::Blank(_) => false,
            Page::Begun(id) => claim(&place.journal.db, id).is_ok_and(|claim| claim != place.claim),
        })
    }

    /// The games of all other sessions with the same partner: one with the same name or, without a
    /// name, at the same address.
    ///
    /// # Errors
    /// Those of [`Journal::games`]. An altered session is skipped.
    pub(crate) fn other_games(&self) -> Result<Vec<Played>, JournalError> {
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

    /// Writes `record`. Once this returns, the record survives the program.
    ///
    /// # Errors
    /// [`JournalError::Use`]; then nothing has been written.
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
                // A session that has ended or was deleted needs no second goodbye.
                if ended == 0 && claim(db, *id).is_ok_and(|claim| claim != place.claim) {
                    return Err(Problem::TakenOver.into());
                }
            }
            (Record::Comment(comment), Page::Begun(id)) => {
                insert_comment(db, *id, place.claim, comment)?;
            }
            // There are no comments before the first turn.
            (Record::Goodbye(_) | Record::Comment(_), Page::Blank(_)) => {}
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
        "INSERT INTO sessions (role, ticket, dialect, host, port, me, partner, began, line)
         VALUES (:role, :ticket, :dialect, :host, :port, :me, :partner, :began, :line)",
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
        ":line": header.key,
    })
    .map_err(|error| match error.sqlite_error_code() {
        // The only constraint that these values can violate.
        Some(rusqlite::ErrorCode::ConstraintViolation) => Problem::SameTicket,
        _ => error.into(),
    })?;
    let id = db.last_insert_rowid();
    if id > LAST_OWNER {
        return Err(Problem::Value.into());
    }
    Ok(id)
}

/// Writes a turn of a session, provided that its claim is still `claimed`.
///
/// # Errors
/// [`Problem::TakenOver`] and [`Problem::Deleted`] if it is not, and errors of SQLite.
fn insert_turn(
    db: &Connection,
    session: i64,
    claimed: i64,
    entry: &LoggedTurn,
) -> Result<(), JournalError> {
    if entry.number > LAST_NUMBER {
        return Err(Problem::Complete.into());
    }
    let written = db
        .prepare_cached(
            "INSERT INTO turns (id, by, text, at, digest, secret)
             SELECT :id, :by, :text, :at, :digest, :secret
             FROM sessions WHERE id = :session AND claim = :claim",
        )?
        .execute(named_params! {
            ":id": RowId::new(session, entry.number),
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

/// Writes a comment of a session, provided that its claim is still `claimed`.
///
/// # Errors
/// [`Problem::TakenOver`] and [`Problem::Deleted`] if it is not, and errors of SQLite.
fn insert_comment(
    db: &Connection,
    session: i64,
    claimed: i64,
    comment: &Comment,
) -> Result<(), JournalError> {
    // The two sides number their comments independently.
    let number = 2 * comment.number + u64::from(comment.by == Role::Server);
    let written = db
        .prepare_cached(
            "INSERT INTO comments (id, by, turns, text, at)
             SELECT :id, :by, :turns, :text, :at
             FROM sessions WHERE id = :session AND claim = :claim",
        )?
        .execute(named_params! {
            ":id": RowId::new(session, number),
            ":by": comment.by.name(),
            ":turns": comment.turns,
            ":text": comment.text,
            ":at": Moment::now().0,
            ":session": session,
            ":claim": claimed,
        })?;
    if written == 0 {
        claim(db, session)?;
        return Err(Problem::TakenOver.into());
    }
    Ok(())
}
